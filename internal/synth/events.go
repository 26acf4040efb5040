package synth

var (
	offenceTable = cumulate([]uint64{
		4000, 900, 1500, 120, 40, // property
		1800, 700, 160, 4, // violence
		900, 350, 60, // drugs
		1300, 200, // traffic
		1100, 30, 2, 6, // other
	})
	years = []string{"2019", "2020", "2021", "2022", "2023"}
)

// events is a register of suspects' offences: several a person, the person's
// attributes on every row.
type events struct {
	persons persons
	suspect uint64 // number of persons
}

func newEvents(o Options) *events {
	return &events{persons: persons{seed: o.Seed}, suspect: uint64(max(1, o.Rows/3))}
}

func (e *events) columns() []columnSpec {
	return []columnSpec{
		{name: "event_id"},
		{name: "person_id", text: e.persons.columns()[0].text},
		{name: "year", labels: years},
		{name: "region", labels: Leaves(Regions())},
		{name: "age"},
		{name: "sex", labels: sexes},
		{name: "origin", labels: origins},
		{name: "offence", labels: Leaves(Offences())},
		{name: "damage", nullable: true},
	}
}

func (e *events) row(i int64, put []int64, null []bool) {
	r := row(e.persons.seed, saltEvent, i)
	// The smaller of two draws: some persons are suspected again and again.
	who := min(r.below(e.suspect), r.below(e.suspect))
	p := e.persons.person(int64(who))
	put[0] = i
	put[1] = p.id
	put[2] = int64(r.below(uint64(len(years))))
	put[3] = p.region
	put[4] = 12 + p.age*2/3
	put[5] = p.sex
	if r.below(3) == 0 {
		put[5] = p.sex | 1 // more men than women
	}
	put[6] = p.origin
	put[7] = int64(r.pick(offenceTable))
	put[8] = r.heavy(80)
	if put[7] >= 9 && put[7] <= 13 {
		null[8] = true // no damage to speak of
	}
}
