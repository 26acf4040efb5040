package evidence_test

import (
	"fmt"
	"math"
	"math/big"
	"math/rand/v2"
	"testing"

	"github.com/apache/arrow/go/v15/arrow"
	"github.com/apache/arrow/go/v15/arrow/array"
	"github.com/apache/arrow/go/v15/arrow/decimal128"
	"github.com/apache/arrow/go/v15/arrow/decimal256"
	"github.com/apache/arrow/go/v15/arrow/memory"

	"github.com/sluis-go/sluis/internal/column"
	"github.com/sluis-go/sluis/internal/evidence"
	"github.com/sluis-go/sluis/internal/oracle"
)

// numeric is a column of numbers: nil, int64, uint64, float64 or, for
// decimals, the unscaled *big.Int.
type numeric struct {
	typ    arrow.DataType
	values []any
}

func (n *numeric) rat(i int) *big.Rat {
	switch v := n.values[i].(type) {
	case int64:
		return new(big.Rat).SetInt64(v)
	case uint64:
		return new(big.Rat).SetUint64(v)
	case float64:
		return oracle.Float(v)
	case *big.Int:
		digits, _ := column.NumberDigits(n.typ)
		return new(big.Rat).SetFrac(v, new(big.Int).Exp(big.NewInt(10), big.NewInt(int64(digits)), nil))
	}
	return nil
}

// read returns the given rows as a batch of the real reader.
func (n *numeric) read(t testing.TB, mem memory.Allocator, rows []int) *column.Numbers {
	t.Helper()
	b := array.NewBuilder(mem, n.typ)
	defer b.Release()
	for _, i := range rows {
		switch v := n.values[i].(type) {
		case nil:
			b.AppendNull()
		case int64:
			b.(*array.Int64Builder).Append(v)
		case uint64:
			b.(*array.Uint64Builder).Append(v)
		case float64:
			b.(*array.Float64Builder).Append(v)
		case *big.Int:
			if d, ok := b.(*array.Decimal128Builder); ok {
				d.Append(decimal128.FromBigInt(v))
			} else {
				b.(*array.Decimal256Builder).Append(decimal256.FromBigInt(v))
			}
		}
	}
	arr := b.NewArray()
	defer arr.Release()
	var out column.Numbers
	if err := out.Read("x", arr, 0); err != nil {
		t.Fatal(err)
	}
	return &out
}

// source draws the values of a column.
type source struct {
	name string
	typ  arrow.DataType
	draw func(*rand.Rand) any
}

func ints(name string, draw func(*rand.Rand) int64) source {
	return source{name, arrow.PrimitiveTypes.Int64, func(rng *rand.Rand) any { return draw(rng) }}
}

func floats(name string, draw func(*rand.Rand) float64) source {
	return source{name, arrow.PrimitiveTypes.Float64, func(rng *rand.Rand) any { return draw(rng) }}
}

func decimals(name string, typ arrow.DataType, bits int) source {
	return source{name, typ, func(rng *rand.Rand) any {
		z := new(big.Int)
		for range (bits + 63) / 64 {
			z.Lsh(z, 64).Or(z, new(big.Int).SetUint64(rng.Uint64()))
		}
		z.Rsh(z, uint((bits+63)/64*64-rng.IntN(bits+1)))
		if rng.IntN(2) == 0 {
			z.Neg(z)
		}
		return z
	}}
}

// binary is an arbitrary float of a magnitude around 2^exp.
func binary(rng *rand.Rand, exp int) float64 { return math.Ldexp(rng.Float64()*2-1, exp) }

// responses are the kinds of response; wild says that magnitudes may be too
// far apart to be weighted.
var responses = []struct {
	source
	wild bool
}{
	{source: ints("small integers", func(rng *rand.Rand) int64 { return rng.Int64N(11) - 5 })},
	{source: ints("no negatives", func(rng *rand.Rand) int64 { return rng.Int64N(1000) })},
	{source: ints("extreme integers", func(rng *rand.Rand) int64 {
		return []int64{math.MinInt64, math.MaxInt64, math.MinInt64 + 1, 0, rng.Int64()}[rng.IntN(5)]
	})},
	{source: source{"unsigned", arrow.PrimitiveTypes.Uint64, func(rng *rand.Rand) any { return rng.Uint64() >> rng.IntN(64) }}},
	{source: floats("cents", func(rng *rand.Rand) float64 { return float64(rng.IntN(200001)-100000) / 100 })},
	{source: floats("arbitrary floats", func(rng *rand.Rand) float64 { return binary(rng, 10) })},
	{source: floats("cents, some finer and finer", func(rng *rand.Rand) float64 {
		if rng.IntN(3) > 0 {
			return float64(rng.IntN(1000)) / 4
		}
		return binary(rng, -rng.IntN(40))
	})},
	{source: floats("mixed magnitudes", func(rng *rand.Rand) float64 {
		if rng.IntN(8) > 0 {
			return float64(rng.IntN(2000)-1000) / 100
		}
		return []float64{1e300, -1e300, 1e-300, 5e-324, -math.MaxFloat64, math.MaxFloat64}[rng.IntN(6)]
	}), wild: true},
	{source: floats("any exponent", func(rng *rand.Rand) float64 { return binary(rng, rng.IntN(400)-200) }), wild: true},
	{source: decimals("decimal128(18,2)", &arrow.Decimal128Type{Precision: 18, Scale: 2}, 40)},
	{source: decimals("decimal128(38,9)", &arrow.Decimal128Type{Precision: 38, Scale: 9}, 126)},
	{source: decimals("decimal256(76,30)", &arrow.Decimal256Type{Precision: 76, Scale: 30}, 250), wild: true},
}

// weights are the kinds of weight, all within range.
var weights = []source{
	ints("whole", func(rng *rand.Rand) int64 { return rng.Int64N(5) }),
	ints("large", func(rng *rand.Rand) int64 { return rng.Int64N(1 << 40) }),
	floats("quarters", func(rng *rand.Rand) float64 { return float64(rng.IntN(12)) / 4 }),
	floats("thirds", func(rng *rand.Rand) float64 { return float64(rng.IntN(20)) / 3 }),
	decimals("decimal128(20,4)", &arrow.Decimal128Type{Precision: 20, Scale: 4}, 30),
}

// data is a random data set, with the inputs of the accumulators and the oracle.
type data struct {
	name     string
	shape    evidence.Shape
	rows     []oracle.Row
	levels   [][]level
	response numeric
	weight   numeric
}

// level is one level of a hierarchy: code -> node; codes absent have none.
type level map[string]string

// randomLevels are the total, the codes and up to one ragged level between.
func randomLevels(rng *rand.Rand, codes int) []level {
	total, leaf, middle := level{}, level{}, level{}
	for c := range codes {
		name := fmt.Sprint("c", c)
		total[name], leaf[name] = "", name
		switch rng.IntN(4) {
		case 0: // a branch without this level
		case 1:
			middle[name] = name // a code that is a node of its own here too
		default:
			middle[name] = fmt.Sprint("m", rng.IntN(2))
		}
	}
	if rng.IntN(3) == 0 {
		return []level{leaf, total}
	}
	return []level{total, middle, leaf}
}

// randomData draws a data set. Its cells are few, so that units have rows in
// several cells and cells have several units.
func randomData(rng *rand.Rand) *data {
	d := &data{}
	s := &d.shape
	s.Columns = rng.IntN(5)
	s.Respondent, s.Holding = rng.IntN(2) == 0, rng.IntN(2) == 0
	s.Response, s.Weight = rng.IntN(4) > 0, rng.IntN(3) == 0
	s.Top = rng.IntN(5)
	s.Tau = s.Weight && !s.Holding && rng.IntN(2) == 0
	r := responses[rng.IntN(len(responses))]
	for s.Weight && r.wild {
		r = responses[rng.IntN(len(responses))]
	}
	w := weights[rng.IntN(len(weights))]
	d.response.typ, d.weight.typ = r.typ, w.typ
	d.name = fmt.Sprintf("%+v response %q weight %q", *s, r.name, w.name)

	codes := make([]int, s.Columns)
	for v := range codes {
		codes[v] = 1 + rng.IntN(5)
		d.levels = append(d.levels, randomLevels(rng, codes[v]))
	}
	n := rng.IntN(40)
	units, holdings := 1+rng.IntN(12), 1+rng.IntN(5)
	nulls, orphans := rng.IntN(3), rng.IntN(3)
	cancel := rng.IntN(3) == 0 // rows that take back the row before
	owner := map[int]int{}
	weightOf := map[int]any{}
	for i := range n {
		row := oracle.Row{}
		for v := range codes {
			row.Codes = append(row.Codes, fmt.Sprint("c", rng.IntN(codes[v])))
		}
		who := rng.IntN(units)
		if cancel && i%2 == 1 && s.Respondent {
			who = d.unitOf(i - 1)
		}
		if s.Respondent {
			row.Respondent = fmt.Sprint("r", who)
		}
		if s.Holding && rng.IntN(4) >= orphans {
			if _, ok := owner[who]; !ok {
				owner[who] = rng.IntN(holdings)
			}
			h := owner[who]
			if rng.IntN(5) == 0 { // a respondent that changed hands
				h = rng.IntN(holdings)
			}
			row.Holding = fmt.Sprint("h", h)
		}
		d.rows = append(d.rows, row)

		x := r.draw(rng)
		if cancel && i%2 == 1 {
			x = negate(d.response.values[i-1], x)
		}
		if rng.IntN(6) < nulls {
			x = nil
		}
		d.response.values = append(d.response.values, x)
		if _, ok := weightOf[who]; !ok || !s.Tau || !s.Respondent {
			weightOf[who] = w.draw(rng)
			if z, ok := weightOf[who].(*big.Int); ok {
				z.Abs(z)
			}
		}
		d.weight.values = append(d.weight.values, weightOf[who])
	}
	for i := range d.rows {
		if s.Response {
			d.rows[i].Response = d.response.rat(i)
		}
		if s.Weight {
			d.rows[i].Weight = d.weight.rat(i)
		}
	}
	return d
}

// named switches the sole units and the contributors of the largest contributions on or
// off. The other evidence must not change.
func (d *data) named(rng *rand.Rand) *data {
	d.shape.Sole = rng.IntN(3) == 0
	if d.shape.Response && rng.IntN(3) == 0 {
		d.shape.Largest = rng.IntN(6)
	}
	return d
}

// unitOf is the number of row i's respondent.
func (d *data) unitOf(i int) int {
	var who int
	fmt.Sscanf(d.rows[i].Respondent, "r%d", &who)
	return who
}

// negate is -x where that can be, and else y.
func negate(x, y any) any {
	switch x := x.(type) {
	case int64:
		if x > math.MinInt64 {
			return -x
		}
	case float64:
		return -x
	case *big.Int:
		return new(big.Int).Neg(x)
	}
	return y
}

func (d *data) oracle() *oracle.Data {
	return &oracle.Data{Rows: d.rows, HasResponse: d.shape.Response}
}
