package against_test

import (
	"math"
	"math/big"
	"math/rand/v2"
	"slices"
	"strconv"
	"testing"

	"github.com/apache/arrow/go/v15/arrow"
	"github.com/apache/arrow/go/v15/arrow/array"
	"github.com/apache/arrow/go/v15/arrow/memory"

	"github.com/sluis-go/sluis/riskmetrics"
	"github.com/sluis-go/sluis/riskmetrics/against"
)

// file is a file of texts; "" is a null.
type file struct {
	names []string
	types []arrow.DataType
	rows  [][]string
}

// table makes an Arrow table of a file, with chunks between the cuts.
func (f *file) table(t testing.TB, cuts ...int) arrow.Table {
	t.Helper()
	mem := memory.NewCheckedAllocator(memory.NewGoAllocator())
	t.Cleanup(func() { mem.AssertSize(t, 0) })
	var fields []arrow.Field
	for k, name := range f.names {
		fields = append(fields, arrow.Field{Name: name, Type: f.types[k], Nullable: true})
	}
	schema := arrow.NewSchema(fields, nil)
	var records []arrow.Record
	from := 0
	for _, to := range append(slices.Clone(cuts), len(f.rows)) {
		b := array.NewRecordBuilder(mem, schema)
		for _, row := range f.rows[from:to] {
			for k, text := range row {
				if text == "" {
					b.Field(k).AppendNull()
				} else if err := b.Field(k).AppendValueFromString(text); err != nil {
					t.Fatal(err)
				}
			}
		}
		from = to
		records = append(records, b.NewRecord())
		b.Release()
	}
	out := array.NewTableFromRecords(schema, records)
	for _, r := range records {
		r.Release()
	}
	t.Cleanup(out.Release)
	return out
}

func policy(t testing.TB, name string) riskmetrics.Missing {
	t.Helper()
	m, err := riskmetrics.ParseMissing(name)
	if err != nil {
		t.Fatal(err)
	}
	return m
}

func number(text string) *big.Rat {
	r, ok := new(big.Rat).SetString(text)
	if !ok {
		panic(text)
	}
	return r
}

// column returns the values of a column that are not null.
func (f *file) column(k int) (out []*big.Rat) {
	for _, row := range f.rows {
		if row[k] != "" {
			out = append(out, number(row[k]))
		}
	}
	return out
}

func square(x *big.Rat) *big.Rat   { return new(big.Rat).Mul(x, x) }
func minus(x, y *big.Rat) *big.Rat { return new(big.Rat).Sub(x, y) }
func abs(x *big.Rat) *big.Rat      { return new(big.Rat).Abs(x) }

// variance is the sum of squares about the mean over n-1, nil with fewer than two values.
func variance(list []*big.Rat) *big.Rat {
	if len(list) < 2 {
		return nil
	}
	mean := new(big.Rat)
	for _, x := range list {
		mean.Add(mean, x)
	}
	mean.Quo(mean, new(big.Rat).SetInt64(int64(len(list))))
	sum := new(big.Rat)
	for _, x := range list {
		sum.Add(sum, square(minus(x, mean)))
	}
	return sum.Quo(sum, new(big.Rat).SetInt64(int64(len(list)-1)))
}

// rank is (the mean of the places of the values equal to x - 1/2) / n.
func rank(x *big.Rat, list []*big.Rat) *big.Rat {
	less, same := int64(0), int64(0)
	for _, y := range list {
		switch y.Cmp(x) {
		case -1:
			less++
		case 0:
			same++
		}
	}
	return big.NewRat(2*less+same, 2*int64(len(list)))
}

// spread is the largest value less the smallest, 0 for none.
func spread(list []*big.Rat) *big.Rat {
	least, most := new(big.Rat), new(big.Rat)
	for i, x := range list {
		if i == 0 || x.Cmp(least) < 0 {
			least = x
		}
		if i == 0 || x.Cmp(most) > 0 {
			most = x
		}
	}
	return minus(most, least)
}

// apart is the matrix of the distances of records of the original and of the released data,
// their squares for the Euclidean, by the definitions alone. Column 0 is the identifier, and
// texts are keys.
func apart(before, after *file, d against.Distance, wildcard bool) [][]*big.Rat {
	out := make([][]*big.Rat, len(before.rows))
	for i := range out {
		out[i] = make([]*big.Rat, len(after.rows))
		for j := range out[i] {
			out[i][j] = new(big.Rat)
		}
	}
	for k := 1; k < len(before.names); k++ {
		far := big.NewRat(1, 1)             // of a null and a value
		var of func(x, y *big.Rat) *big.Rat // of numbers
		if before.types[k].ID() == arrow.STRING {
			if d != against.Gower {
				continue
			}
		} else {
			mine, theirs := before.column(k), after.column(k)
			all := spread(slices.Concat(mine, theirs))
			switch d {
			case against.Gower:
				of = func(x, y *big.Rat) *big.Rat {
					if all.Sign() == 0 {
						return new(big.Rat)
					}
					return new(big.Rat).Quo(abs(minus(x, y)), all)
				}
			case against.Euclidean:
				s := variance(mine)
				if s == nil || s.Sign() == 0 {
					continue
				}
				far = new(big.Rat).Quo(square(all), s)
				of = func(x, y *big.Rat) *big.Rat { return new(big.Rat).Quo(square(minus(x, y)), s) }
			case against.ManhattanRanks:
				of = func(x, y *big.Rat) *big.Rat { return abs(minus(rank(x, mine), rank(y, theirs))) }
			}
		}
		for i, x := range before.rows {
			for j, y := range after.rows {
				a, b := x[k], y[k]
				switch {
				case a == "" || b == "":
					if !wildcard && a != b {
						out[i][j].Add(out[i][j], far)
					}
				case of != nil:
					out[i][j].Add(out[i][j], of(number(a), number(b)))
				case a != b:
					out[i][j].Add(out[i][j], far)
				}
			}
		}
	}
	return out
}

// recounted is what Among must find, by sorting all distances of every record.
func recounted(before, after *file, d against.Distance, wildcard bool, from against.File, k int) against.Found {
	m := apart(before, after, d, wildcard)
	f := against.Found{}
	targets := len(before.rows)
	if from == against.Before {
		targets = len(after.rows)
	}
	for i, x := range before.rows {
		for j, y := range after.rows {
			if x[0] != y[0] {
				continue
			}
			f.Records++
			var all []*big.Rat
			for r := range targets {
				if from == against.After {
					all = append(all, m[r][j])
				} else {
					all = append(all, m[i][r])
				}
			}
			slices.SortFunc(all, (*big.Rat).Cmp)
			places := 0 // of the ties, those among the first k
			ties := 0
			for place, x := range all {
				if x.Cmp(m[i][j]) == 0 {
					if ties++; place < k {
						places++
					}
				}
			}
			f.Expected += float64(places) / float64(ties)
			if places > 0 {
				f.Possible++
			}
			if places == ties {
				f.Certain++
			}
		}
	}
	f.Chance = float64(f.Records) * min(1, float64(k)/float64(targets))
	return f
}

// drawn draws two files of the same people: the released one lacks some, is in another order,
// and has changed values. Values are few, so that there are ties.
func drawn(rng *rand.Rand, nulls bool) (before, after *file) {
	number := []arrow.DataType{arrow.PrimitiveTypes.Int64, arrow.PrimitiveTypes.Float64, &arrow.Decimal128Type{Precision: 12, Scale: 2}}
	before = &file{names: []string{"id"}, types: []arrow.DataType{arrow.BinaryTypes.String}}
	after = &file{names: []string{"id"}, types: []arrow.DataType{arrow.BinaryTypes.String}}
	for k := range 1 + rng.IntN(4) {
		name := "v" + strconv.Itoa(k)
		if k > 0 && rng.IntN(2) == 0 {
			before.types, after.types = append(before.types, arrow.BinaryTypes.String), append(after.types, arrow.BinaryTypes.String)
		} else {
			before.types, after.types = append(before.types, number[rng.IntN(3)]), append(after.types, number[rng.IntN(3)])
		}
		before.names, after.names = append(before.names, name), append(after.names, name)
	}
	few := 1 + rng.IntN(12)
	wide := rng.IntN(3) == 0 // distances that need more than 64 bits
	var far [6]int64
	for i := range far {
		far[i] = rng.Int64N(1_000_000_000)
	}
	value := func(k int) string {
		if nulls && rng.IntN(6) == 0 {
			return ""
		}
		text := strconv.Itoa(rng.IntN(few) - few/2)
		if wide && before.types[k].ID() != arrow.STRING {
			text = strconv.FormatInt(far[rng.IntN(6)]+int64(k*rng.IntN(few)), 10)
		}
		if whole := arrow.INT64; before.types[k].ID() != whole && after.types[k].ID() != whole && rng.IntN(3) == 0 && before.types[k].ID() != arrow.STRING {
			text += []string{".5", ".25", ".1"}[rng.IntN(3)]
		}
		return text
	}
	for i := range 2 + rng.IntN(30) {
		row := []string{"p" + strconv.Itoa(i)}
		for k := 1; k < len(before.names); k++ {
			row = append(row, value(k))
		}
		before.rows = append(before.rows, row)
		if rng.IntN(8) == 0 && i > 0 {
			continue // deleted
		}
		changed := slices.Clone(row)
		for k := 1; k < len(row); k++ {
			if rng.IntN(3) == 0 {
				changed[k] = value(k)
			}
		}
		after.rows = append(after.rows, changed)
	}
	rng.Shuffle(len(after.rows), func(i, j int) { after.rows[i], after.rows[j] = after.rows[j], after.rows[i] })
	return before, after
}

// within says whether an original lies in the interval around a released value.
func within(x, y *big.Rat, w against.Width, part *big.Rat, released []*big.Rat) bool {
	d := abs(minus(x, y))
	switch w {
	case against.Deviations:
		s := variance(released)
		if s == nil {
			s = new(big.Rat)
		}
		return square(d).Cmp(new(big.Rat).Mul(square(part), s)) <= 0
	case against.Relative:
		return d.Cmp(new(big.Rat).Mul(part, abs(y))) <= 0
	}
	sorted := slices.SortedFunc(slices.Values(released), (*big.Rat).Cmp)
	reach := new(big.Rat).Mul(part, new(big.Rat).SetInt64(int64(len(sorted))))
	w1, _ := reach.Float64()
	places := int(math.Floor(w1 + 1e-9))
	first, last := -1, -1
	for i, v := range sorted {
		if v.Cmp(y) == 0 {
			if last = i; first < 0 {
				first = i
			}
		}
	}
	return x.Cmp(sorted[max(0, first-places)]) >= 0 && x.Cmp(sorted[min(len(sorted)-1, last+places)]) <= 0
}
