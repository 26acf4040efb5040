package observed

import (
	"fmt"
	"math"
	"math/big"
	"math/rand/v2"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/sluis-go/sluis/internal/column"
	"github.com/sluis-go/sluis/internal/exact"
)

// TestPlace compares the places of quantiles with the definitions of Hyndman and Fan, which
// say with n observations and m how far x[j] and x[j+1] enter: j = floor(np + m) and
// g = np + m - j.
func TestPlace(t *testing.T) {
	for den := range int64(13) {
		for num := range den {
			for n := range int64(40) {
				for _, kind := range []int{2, 6, 7} {
					if num == 0 || n == 0 {
						continue
					}
					p := big.NewRat(num, den)
					np := new(big.Rat).Mul(p, big.NewRat(n, 1))
					m := map[int]*big.Rat{2: new(big.Rat), 6: p, 7: new(big.Rat).Sub(big.NewRat(1, 1), p)}[kind]
					at := new(big.Rat).Add(np, m)
					j := new(big.Int).Div(at.Num(), at.Denom()).Int64()
					g := new(big.Rat).Sub(at, big.NewRat(j, 1))
					if kind == 2 {
						if g.Sign() == 0 {
							g = big.NewRat(1, 2)
						} else {
							g = big.NewRat(1, 1)
						}
					}
					// The value for x[i] = i, with x[0] = x[1] and x[n+1] = x[n].
					inside := func(i int64) *big.Rat { return big.NewRat(max(1, min(n, i)), 1) }
					want := new(big.Rat).Add(inside(j), new(big.Rat).Mul(g, new(big.Rat).Sub(inside(j+1), inside(j))))
					rank, part := Quantile{num, den, kind}.Place(n)
					got := new(big.Rat).Add(big.NewRat(rank+1, 1), big.NewRat(part.Num, part.Den))
					if got.Cmp(want) != 0 || rank < 0 || rank >= n || part.Num < 0 || part.Num >= part.Den || part.Num > 0 && rank+1 >= n {
						t.Fatalf("type %d, %d/%d of %d: %v, %v; want %v", kind, num, den, n, rank, part, want)
					}
				}
			}
		}
	}
}

// TestOrderOf: the order is that of a stable sort, at the ends of the range too.
func TestOrderOf(t *testing.T) {
	rng := rand.New(rand.NewPCG(1, 2))
	for _, span := range []int64{1, 3, 1 << 11, 1<<11 + 1, 1 << 22, 1 << 40, 1<<62 - 1} {
		for n := range 50 {
			x := make([]short, n*n)
			for i := range x {
				up, down := rng.Int64N(span), rng.Int64N(span)
				x[i] = short(up - down)
			}
			want := make([]uint32, len(x))
			for i := range want {
				want[i] = uint32(i)
			}
			slices.SortStableFunc(want, func(a, b uint32) int { return x[a].Cmp(x[b]) })
			if got := orderOf(x); !slices.Equal(got, want) {
				t.Fatalf("span %d, %d values: another order", span, len(x))
			}
		}
	}
}

// observation is a row of the recount.
type observation struct {
	a, b       int
	who, owner int // owner -1: none
	value      *big.Int
	shift      int
	null       bool
}

// TestLookRecount compares random logs, which are merged from parts with other codes, with a
// recount by maps: values of up to 200 bits and of several shifts, nulls, ties, respondents
// with several rows and holdings, respondents without a holding, data without respondents.
func TestLookRecount(t *testing.T) {
	rounds := 3000
	if testing.Short() {
		rounds = 400
	}
	met := map[string]int{}
	for seed := range rounds {
		rng := rand.New(rand.NewPCG(uint64(seed), 7))
		respondents, holdings := rng.IntN(3) > 0, rng.IntN(2) == 0
		long, shifts := rng.IntN(4) == 0, rng.IntN(3) == 0
		people, spread := 1+rng.IntN(30), int64(1+rng.IntN(12))
		var rows []observation
		for range 1 + rng.IntN(80) {
			o := observation{a: rng.IntN(2), b: rng.IntN(3), who: rng.IntN(people), value: big.NewInt(rng.Int64N(spread) - spread/2), null: rng.IntN(8) == 0}
			o.owner = o.who % 7
			if rng.IntN(4) == 0 {
				o.owner = rng.IntN(7)
			}
			if o.who%3 == 0 {
				o.owner = -1
			}
			if long {
				o.value.Lsh(o.value, uint(60+rng.IntN(3)*40))
			}
			if shifts {
				o.shift = rng.IntN(3)
			}
			rows = append(rows, o)
		}
		q := Request{
			Quantiles: []Quantile{{1, 10, 7}, {1, 4, 7}, {1, 2, 7}, {3, 4, 7}, {999, 1000, 7}}, Tail: 1 + rng.Int64N(8), Ends: true,
			Least: [Roles]int64{1 + rng.Int64N(5), 1 + rng.Int64N(5)}, PerRespondent: respondents && rng.IntN(2) == 0,
		}
		for k := range q.Quantiles {
			q.Quantiles[k].Type = []int{2, 6, 7}[seed%3]
		}
		whole := New(2, respondents, holdings)
		cut := rng.IntN(len(rows) + 1)
		addRows(t, whole, rows[:cut], 0, long)
		other := New(2, respondents, holdings)
		addRows(t, other, rows[cut:], 1, long)
		if err := whole.Merge(other, swapped); err != nil {
			t.Fatal(err)
		}
		// Cells: 0 to 2 are the codes of b, 3 is the total.
		to := [][]uint32{make([]uint32, whole.Cells()), make([]uint32, whole.Cells())}
		for g := range whole.Cells() {
			to[0][g], to[1][g] = whole.Codes(1)[g], 3
		}
		shift := whole.Shift()
		got, err := whole.Look(t.Context(), to, 5, &q, 1+seed%3)
		if err != nil {
			t.Fatal(err)
		}
		for c := range 5 {
			var in []observation
			for _, o := range rows {
				if !o.null && (o.b == c || c == 3) {
					in = append(in, o)
				}
			}
			want := recount(in, &q, shift, respondents, holdings)
			if diff := cmp.Diff(want, told(&got[c], &q, holdings)); diff != "" {
				t.Fatalf("seed %d, cell %d: %s", seed, c, diff)
			}
			met[fmt.Sprintf("long %v, shifts %v, per respondent %v, holdings %v", long, shifts, q.PerRespondent, holdings)]++
		}
	}
	if len(met) < 16 {
		t.Errorf("only %d kinds of data were met", len(met))
	}
}

// swapped maps the codes of the second part to those of the first.
var swapped = Codes{Columns: [][]uint32{{1, 0}, {2, 1, 0}}, Respondent: reversed(40), Holding: reversed(40)}

func reversed(n int) []uint32 {
	out := make([]uint32, n)
	for i := range out {
		out[i] = uint32(n - 1 - i)
	}
	return out
}

// addRows adds rows in batches, in the codes of part 0 or 1.
func addRows(t *testing.T, l *Log, rows []observation, part int, long bool) {
	t.Helper()
	for len(rows) > 0 {
		n := min(len(rows), 7)
		// A batch has one shift: that of its first row.
		for i := range n {
			if rows[i].shift != rows[0].shift {
				n = i
				break
			}
		}
		b := &Batch{Rows: n, Cols: [][]uint32{nil, nil}, Cards: []int{2, 3}, Response: &column.Numbers{Shift: rows[0].shift, Null: []bool{}, Bits: 5}}
		code := func(k, of int) uint32 {
			if part == 1 {
				k = of - 1 - k
			}
			return uint32(k)
		}
		for _, o := range rows[:n] {
			b.Cols[0], b.Cols[1] = append(b.Cols[0], code(o.a, 2)), append(b.Cols[1], code(o.b, 3))
			b.Respondent = append(b.Respondent, code(o.who, 40))
			b.HoldingNull = append(b.HoldingNull, o.owner < 0)
			b.Holding = append(b.Holding, code(max(0, o.owner), 40))
			b.Response.Null = append(b.Response.Null, o.null)
			if long {
				b.Response.Wide = append(b.Response.Wide, wideOf(t, o.value))
			} else {
				b.Response.Small = append(b.Response.Small, o.value.Int64())
			}
		}
		if err := l.Add(b); err != nil {
			t.Fatal(err)
		}
		rows = rows[n:]
	}
}

func wideOf(t *testing.T, v *big.Int) exact.Wide {
	t.Helper()
	w, ok := exact.WideFromBig(v, 0)
	if !ok {
		t.Fatal("too wide")
	}
	return w
}

// facts is a cell of the recount, as text.
type facts struct {
	N         int64
	Quantiles []string
	Units     [][]int64 // of each quantile: below, above, next; then of the ends
}

// told says a cell as the recount does.
func told(c *Cell, q *Request, holdings bool) facts {
	out := facts{N: c.N}
	if c.N == 0 {
		return out
	}
	roles := 1
	if holdings {
		roles = 2
	}
	for k := range c.Quantiles {
		f := &c.Quantiles[k]
		x := new(big.Rat).SetInt(f.High.Sub(f.Low).Big())
		x.Mul(x, big.NewRat(f.Part.Num, f.Part.Den)).Add(x, new(big.Rat).SetInt(f.Low.Big()))
		out.Quantiles = append(out.Quantiles, x.RatString())
		for r := range roles {
			list := []int64{f.Below[r], f.Above[r]}
			if k+1 < len(c.Quantiles) {
				list = append(list, f.Next[r])
			}
			out.Units = append(out.Units, list)
		}
	}
	out.Quantiles = append(out.Quantiles, c.Min.Value.Big().String(), c.Max.Value.Big().String())
	for r := range roles {
		out.Units = append(out.Units, []int64{c.Min.Units[r], c.Max.Units[r]})
	}
	return out
}

// recount finds the same by maps and fractions.
func recount(in []observation, q *Request, shift int, respondents, holdings bool) facts {
	type one struct {
		x           *big.Rat
		who, holder string
	}
	var all []one
	at := map[int]int{}
	for i, o := range in {
		x := new(big.Rat).SetInt(new(big.Int).Lsh(o.value, uint(shift-o.shift)))
		y := one{x, fmt.Sprint("row ", i), fmt.Sprint("row ", i)}
		if respondents {
			y.who = fmt.Sprint("p", o.who)
			y.holder = y.who
		}
		if o.owner >= 0 {
			y.holder = fmt.Sprint("h", o.owner)
		}
		if k, ok := at[o.who]; ok && q.PerRespondent {
			all[k].x.Add(all[k].x, x)
			if all[k].holder != y.holder {
				all[k].holder = "several"
			}
			continue
		}
		at[o.who] = len(all)
		all = append(all, y)
	}
	out := facts{N: int64(len(all))}
	if len(all) == 0 {
		return out
	}
	slices.SortStableFunc(all, func(a, b one) int { return a.x.Cmp(b.x) })
	units := func(role int, most int64, keep func(x *big.Rat) bool) int64 {
		who := map[string]bool{}
		for _, y := range all {
			if name := []string{y.who, y.holder}[role]; keep(y.x) && name != "several" {
				who[name] = true
			}
		}
		return min(most, int64(len(who)))
	}
	roles := 1
	if holdings {
		roles = 2
	}
	value := func(k int) *big.Rat {
		n := int64(len(all))
		p := big.NewRat(q.Quantiles[k].Num, q.Quantiles[k].Den)
		h := new(big.Rat) // the place, counted from 1
		switch q.Quantiles[k].Type {
		case 2:
			h.Mul(p, big.NewRat(n, 1))
			if h.IsInt() {
				h.Add(h, big.NewRat(1, 2))
			} else {
				h.SetInt64(new(big.Int).Div(h.Num(), h.Denom()).Int64() + 1)
			}
		case 6:
			h.Mul(p, big.NewRat(n+1, 1))
		case 7:
			h.Mul(p, big.NewRat(n-1, 1)).Add(h, big.NewRat(1, 1))
		}
		if h.Cmp(big.NewRat(1, 1)) < 0 {
			h.SetInt64(1)
		}
		if h.Cmp(big.NewRat(n, 1)) > 0 {
			h.SetInt64(n)
		}
		j := new(big.Int).Div(h.Num(), h.Denom()).Int64()
		g := h.Sub(h, big.NewRat(j, 1))
		x := new(big.Rat).Sub(all[min(n, j+1)-1].x, all[j-1].x)
		return x.Mul(x, g).Add(x, all[j-1].x)
	}
	for k := range q.Quantiles {
		v := value(k)
		out.Quantiles = append(out.Quantiles, v.RatString())
		for r := range roles {
			list := []int64{
				units(r, q.Tail, func(x *big.Rat) bool { return x.Cmp(v) <= 0 }),
				units(r, q.Tail, func(x *big.Rat) bool { return x.Cmp(v) >= 0 }),
			}
			if k+1 < len(q.Quantiles) {
				w := value(k + 1)
				list = append(list, units(r, q.Tail, func(x *big.Rat) bool { return x.Cmp(v) >= 0 && x.Cmp(w) <= 0 }))
			}
			out.Units = append(out.Units, list)
		}
	}
	least, most := all[0].x, all[len(all)-1].x
	out.Quantiles = append(out.Quantiles, least.RatString(), most.RatString())
	for r := range roles {
		out.Units = append(out.Units, []int64{
			units(r, q.Least[r], func(x *big.Rat) bool { return x.Cmp(least) == 0 }), units(r, q.Least[r], func(x *big.Rat) bool { return x.Cmp(most) == 0 }),
		})
	}
	return out
}

// TestLargest: values of 64 bits are compared, shifted and added up without a wrap.
func TestLargest(t *testing.T) {
	for _, tc := range []struct {
		name                string
		small               []int64
		shifts              []int
		per                 bool
		least, median, most string // in units of 2^-1
	}{
		{"both ends", []int64{math.MaxInt64, math.MinInt64, 0}, []int{1, 1, 1}, false, "-9223372036854775808", "0", "9223372036854775807"},
		{"shifted", []int64{math.MaxInt64, math.MinInt64, 1}, []int{0, 0, 1}, false, "-18446744073709551616", "1", "18446744073709551614"},
		{"added up", []int64{math.MaxInt64, math.MaxInt64, 5}, []int{1, 1, 1}, true, "5", "18446744073709551619/2", "18446744073709551614"},
	} {
		t.Run(tc.name, func(t *testing.T) {
			l := New(0, true, false)
			for i, x := range tc.small {
				b := &Batch{Rows: 1, Respondent: []uint32{uint32(i / 2)}, Response: &column.Numbers{Small: []int64{x}, Shift: tc.shifts[i], Bits: 64}}
				if err := l.Add(b); err != nil {
					t.Fatal(err)
				}
			}
			q := &Request{Quantiles: []Quantile{{1, 2, 7}}, Tail: 1, Ends: true, Least: [Roles]int64{1, 1}, PerRespondent: tc.per}
			got, err := l.Look(t.Context(), [][]uint32{{0}}, 1, q, 1)
			if err != nil {
				t.Fatal(err)
			}
			f := got[0].Quantiles[0]
			x := new(big.Rat).SetInt(f.High.Sub(f.Low).Big())
			x.Mul(x, big.NewRat(f.Part.Num, f.Part.Den)).Add(x, new(big.Rat).SetInt(f.Low.Big()))
			if a, b, c := got[0].Min.Value.Big().String(), x.RatString(), got[0].Max.Value.Big().String(); a != tc.least || b != tc.median || c != tc.most {
				t.Errorf("%s, %s, %s", a, b, c)
			}
		})
	}
}
