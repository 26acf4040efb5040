package evidence_test

import (
	"errors"
	"fmt"
	"math"
	"math/big"
	"math/rand/v2"
	"slices"
	"testing"

	"github.com/apache/arrow/go/v15/arrow"
	"github.com/google/go-cmp/cmp"

	"github.com/sluis-go/sluis/internal/evidence"
	"github.com/sluis-go/sluis/internal/oracle"
)

// table is a data set without units, typed in: one spanning column of codes,
// with the total and the codes as levels.
func table(shape evidence.Shape, codes []string, response, weight numeric) *data {
	shape.Columns = 1
	shape.Response, shape.Weight = response.typ != nil, weight.typ != nil
	total, leaf := level{}, level{}
	for _, c := range codes {
		total[c], leaf[c] = "", c
	}
	d := &data{shape: shape, levels: [][]level{{total, leaf}}, response: response, weight: weight}
	for i, c := range codes {
		r := oracle.Row{Codes: []string{c}}
		if shape.Respondent {
			r.Respondent = fmt.Sprint("r", i)
		}
		if shape.Response {
			r.Response = response.rat(i)
		}
		if shape.Weight {
			r.Weight = weight.rat(i)
		}
		d.rows = append(d.rows, r)
	}
	return d
}

func numbersOf[T any](typ arrow.DataType, values ...T) numeric {
	n := numeric{typ: typ}
	for _, v := range values {
		n.values = append(n.values, v)
	}
	return n
}

func repeat[T any](n int, v ...T) []T { return slices.Repeat(v, n) }

var (
	float64s = arrow.PrimitiveTypes.Float64
	int64s   = arrow.PrimitiveTypes.Int64
)

// each hands out every row as a batch of its own, in the order given.
func each(rows ...int) plan {
	p := plan{parts: 1, threads: 1}
	for _, i := range rows {
		p.batches = append(p.batches, []int{i})
		p.part = append(p.part, 0)
	}
	return p
}

// TestWeightsOfManyDigits has weights with a very fine unit: n slots need more than 64
// bits.
func TestWeightsOfManyDigits(t *testing.T) {
	for _, scale := range []int32{17, 18, 19, 20, 30, 38} {
		typ := &arrow.Decimal128Type{Precision: 38, Scale: scale}
		var w []*big.Int
		for range 20 {
			w = append(w, big.NewInt(3<<40))
		}
		x := numbersOf[int64](int64s)
		for i := range 20 {
			x.values = append(x.values, int64(100-i))
		}
		d := table(evidence.Shape{Tau: true, Top: 5}, repeat(10, "a", "b"), x, numbersOf(typ, w...))
		check(t, fmt.Sprint("scale ", scale), d, d.straight())
	}
}

// check compares a plan with the oracle.
func check(t *testing.T, name string, d *data, p plan) *worker {
	t.Helper()
	w, err := d.accumulate(t, p)
	if err != nil {
		t.Fatalf("%s: %v", name, err)
	}
	if got, want := w.lines(t, p.threads), d.want(); !slices.Equal(got, want) {
		t.Fatalf("%s: (-want +got)\n%s", name, cmp.Diff(want, got))
	}
	return w
}

// TestWeightSums has sums of weights at the largest possible sum. Beyond it there is an
// error, for a cell, a margin and a merge.
func TestWeightSums(t *testing.T) {
	const largest = 1<<46 - 1 // of one weight; 2^16 of them fit in a sum
	fits := 1 << 16
	for _, tt := range []struct {
		name  string
		codes []string
		err   error
	}{
		{"a cell at the edge", repeat(fits, "a"), nil},
		{"a cell beyond", repeat(fits+1<<4, "a"), evidence.ErrRange},
		{"a margin at the edge", repeat(fits/4, "a", "b", "c", "d"), nil},
		{"a margin beyond", repeat(fits/2, "a", "b", "c", "d"), evidence.ErrRange},
	} {
		for _, parts := range []int{1, 2} {
			t.Run(fmt.Sprintf("%s, parts %d", tt.name, parts), func(t *testing.T) {
				n := len(tt.codes)
				d := table(evidence.Shape{}, tt.codes, numeric{}, numbersOf(int64s, repeat(n, int64(largest))...))
				p := d.straight()
				if parts == 2 {
					all := p.batches[0]
					p.batches = [][]int{all[:n/2], all[n/2:]}
					p.part, p.parts, p.merges = []int{0, 1}, 2, [][2]int{{0, 1}}
				}
				if tt.err == nil {
					check(t, tt.name, d, p)
					return
				}
				if _, err := d.accumulate(t, p); !errors.Is(err, tt.err) {
					t.Fatalf("error %v, want %v", err, tt.err)
				}
			})
		}
	}
}

// TestRangeIsOfTheRow: the range of a weighted response is checked for each row alone,
// without the other rows of the batch. The error names the row.
func TestRangeIsOfTheRow(t *testing.T) {
	fine, huge := math.Ldexp(1, -100), 1e30 // far apart: their batch is wide
	beyond := math.Ldexp(1, -400)
	for _, tt := range []struct {
		name   string
		x, w   []float64
		row    int // at fault; -1: none
		weight bool
	}{
		{"apart but in range", []float64{1, fine, huge, -fine}, []float64{1, 2, 3, 4}, -1, false},
		{"zeros beside a huge value", []float64{0, huge, 0, fine}, []float64{1, 2, 3, 4}, -1, false},
		{"too fine", []float64{1, 2, beyond, fine}, []float64{1, 1, 1, 1}, 2, false},
		{"too large", []float64{1, huge, 3, math.MaxFloat64}, []float64{1, 1, 1, 1}, 3, false},
		{"too large, without weight", []float64{1, huge, 3, math.MaxFloat64}, []float64{1, 1, 1, 0}, -1, false},
		{"a weight too fine", []float64{1, 2, 3, 4}, []float64{1, 0.5, fine, 1}, 2, true},
		{"a weight too large", []float64{1, 2, 3, 4}, []float64{1, 0, 2, 1e15}, 3, true},
		{"a weight too fine beside a large one", []float64{1, 2, 3, 4}, []float64{1e9, 0, 2, fine}, 3, true},
	} {
		t.Run(tt.name, func(t *testing.T) {
			d := table(evidence.Shape{Top: 2}, repeat(2, "a", "b"), numbersOf(float64s, tt.x...), numbersOf(float64s, tt.w...))
			plans := []plan{d.straight(), each(0, 1, 2, 3), {batches: [][]int{{0, 1}, {2, 3}}, part: []int{0, 0}, parts: 1, threads: 1}}
			for k, p := range plans {
				if tt.row < 0 {
					check(t, tt.name, d, p)
					continue
				}
				_, err := d.accumulate(t, p)
				var at *evidence.RowError
				if !errors.As(err, &at) || !errors.Is(err, evidence.ErrRange) || at.Weight != tt.weight {
					t.Fatalf("plan %d: error %v, want ErrRange of a weight: %t", k, err, tt.weight)
				}
				size := len(p.batches[0])
				if want := tt.row % size; at.Row != want {
					t.Errorf("plan %d: row %d of the batch, want %d", k, at.Row, want)
				}
			}
		})
	}
}

// TestRangeForEveryChunking: random magnitudes with weights are refused under
// every cut and order of the rows, or under none.
func TestRangeForEveryChunking(t *testing.T) {
	refused, taken := 0, 0
	for seed := range uint64(draws(400)) {
		rng := rand.New(rand.NewPCG(seed, 3))
		spread := 20 + rng.IntN(150)
		x, w := numeric{typ: float64s}, numeric{typ: float64s}
		n := 2 + rng.IntN(8)
		for range n {
			x.values = append(x.values, binary(rng, rng.IntN(2*spread)-spread))
			w.values = append(w.values, float64(rng.IntN(100))/8)
		}
		d := table(evidence.Shape{Respondent: true, Top: 2}, repeat(n, "a", "b")[:n], x, w)
		_, first := d.accumulate(t, d.straight())
		for range 4 {
			p := d.shuffled(rng)
			_, err := d.accumulate(t, p)
			if errors.Is(err, evidence.ErrRange) != errors.Is(first, evidence.ErrRange) {
				t.Fatalf("seed %d: %v in one batch, %v in %d batches", seed, first, err, len(p.batches))
			}
			if err == nil {
				check(t, fmt.Sprint("seed ", seed), d, p)
			}
		}
		if first != nil {
			refused++
		} else {
			taken++
		}
	}
	if refused == 0 || taken == 0 {
		t.Errorf("%d refused, %d taken", refused, taken)
	}
}
