package synth

import "fmt"

var (
	sexes   = []string{"F", "M"}
	origins = []string{"Netherlands", "Europe", "Turkey", "Morocco", "Suriname", "Caribbean", "Asia", "Africa", "Americas", "Oceania"}

	originTable = cumulate([]uint64{7200, 850, 250, 240, 200, 100, 600, 300, 200, 10})
	regionTable = cumulate(regionWeights())
	ageTable    = cumulate(ageWeights())
)

// regionWeights makes municipalities of a province fall in size like Zipf.
func regionWeights() []uint64 {
	size := []uint64{3, 3, 2, 6, 2, 10, 7, 15, 19, 2, 13, 6}
	var out []uint64
	for p, province := range provinces {
		w := zipf(province.n, 2)
		sum := uint64(0)
		for _, x := range w {
			sum += x
		}
		for _, x := range w {
			out = append(out, max(1, x*size[p]*1000/sum))
		}
	}
	return out
}

// ageWeights is a population that thins out from sixty on, with few above a
// hundred.
func ageWeights() []uint64 {
	out := make([]uint64, 106)
	for age := range out {
		switch {
		case age < 60:
			out[age] = 1000
		case age < 90:
			out[age] = uint64(1000 - 32*(age-60))
		default:
			out[age] = uint64(max(1, 40>>((age-90)/2)))
		}
	}
	return out
}

// persons is a register of persons in households.
type persons struct{ seed uint64 }

// person is one of them.
type person struct {
	id, household, age, sex, region, origin, income int64
	noIncome                                        bool
}

func (p *persons) columns() []columnSpec {
	return []columnSpec{
		{name: "person_id", text: func(v int64) string { return fmt.Sprintf("%09d", v) }},
		{name: "household_id"},
		{name: "age"},
		{name: "sex", labels: sexes},
		{name: "region", labels: Leaves(Regions())},
		{name: "origin", labels: origins},
		{name: "income", nullable: true},
	}
}

func (p *persons) row(i int64, put []int64, null []bool) {
	x := p.person(i)
	put[0], put[1], put[2], put[3], put[4], put[5], put[6] = x.id, x.household, x.age, x.sex, x.region, x.origin, x.income
	null[6] = x.noIncome
}

// Households are made twelve persons at a time.
var patterns = [][12]int64{
	{0, 1, 2, 2, 3, 3, 4, 4, 4, 5, 5, 5},
	{0, 1, 2, 3, 4, 4, 5, 5, 5, 5, 6, 6},
	{0, 0, 1, 1, 1, 1, 1, 2, 3, 3, 3, 4},
	{0, 1, 1, 2, 2, 3, 3, 4, 4, 4, 4, 5},
}

func (p *persons) person(i int64) person {
	block := i / 12
	b := row(p.seed, saltHousehold, block)
	household := 8*block + patterns[b.below(uint64(len(patterns)))][i%12]
	h := row(p.seed, saltHousehold, -1-household)
	x := person{id: BSN(i), household: household}
	x.region = int64(h.pick(regionTable))
	x.origin = int64(h.pick(originTable))
	r := row(p.seed, saltPerson, i)
	x.age = int64(r.pick(ageTable))
	x.sex = int64(r.below(2))
	if r.below(20) == 0 { // some households are mixed
		x.origin = int64(r.pick(originTable))
	}
	if x.noIncome = x.age < 16; !x.noIncome {
		x.income = 12_000 + r.heavy(9_000)
	}
	return x
}

// BSN returns the i-th number of nine digits that passes the eleven test of the Dutch
// citizen service number, for i below some 90 million; above that, numbers of ten digits.
// The numbers are made up, and may belong to a real person.
func BSN(i int64) int64 {
	const most = 90_000_000 - 9
	if i >= most {
		return 1_000_000_000 + i
	}
	i += 9 // the first nine begin with 0000000, and one of them is no number
	prefix, choice := i/9, i%9
	sum := int64(0)
	for k, p := int64(3), prefix; k <= 9; k, p = k+1, p/10 {
		sum += k * (p % 10)
	}
	for d := int64(0); ; d++ {
		check := (sum + 2*d) % 11
		if check == 10 {
			continue // no ninth digit makes this one valid
		}
		if choice == 0 {
			return prefix*100 + d*10 + check
		}
		choice--
	}
}
