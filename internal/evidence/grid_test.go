package evidence_test

import (
	"math/rand/v2"
	"reflect"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/sluis-go/sluis/internal/column"
	"github.com/sluis-go/sluis/internal/evidence"
	"github.com/sluis-go/sluis/internal/group"
)

// TestGrids adds rows by their dictionary indices, with vector instructions and without.
// The grids start again in the middle, merge or cannot merge, refuse a response that is
// too wide, and share the data with rows that are encoded.
func TestGrids(t *testing.T) {
	gridded, refused, merged := 0, 0, 0
	for _, vectors := range []bool{true, false} {
		were := group.Vectors(vectors)
		for seed := range uint64(draws(600)) {
			rng := rand.New(rand.NewPCG(seed, 5))
			d := randomData(rng).named(rng)
			want := d.want()
			for range 2 {
				p := d.shuffled(rng)
				p.grids, p.keys = true, !d.shape.Tau && rng.IntN(2) == 0
				w, err := d.accumulate(t, p)
				if err != nil {
					t.Fatalf("seed %d, %s: %v", seed, d.name, err)
				}
				if got := w.lines(t, p.threads); !slices.Equal(got, want) {
					t.Fatalf("seed %d, %s, %+v: (-want +got)\n%s", seed, d.name, p, cmp.Diff(want, got))
				}
				if n := w.acc.Respondents(); d.shape.Respondent && n != d.respondents() {
					t.Fatalf("seed %d: %d respondents, want %d", seed, n, d.respondents())
				}
				gridded, refused, merged = gridded+w.gridded, refused+w.refused, merged+w.merged
			}
		}
		group.Vectors(were)
	}
	if gridded == 0 || refused == 0 || merged == 0 {
		t.Errorf("%d batches in grids, %d refused, %d merges of grids", gridded, refused, merged)
	}
}

// TestGridOfManyRows has more rows than a block of keys, counts that need more than one
// or two bytes, frequent cells, and every kind of response that a cell distinguishes. The
// grids merge. The result is compared with an accumulator that encodes rows.
func TestGridOfManyRows(t *testing.T) {
	const n = 60_000
	amount := func(rng *rand.Rand) int64 { return 1 + rng.Int64N(1<<32-1) }
	kinds := []struct {
		name string
		draw func(rng *rand.Rand, i int) int64
	}{
		{"cents", func(rng *rand.Rand, _ int) int64 { return rng.Int64N(1<<33) - 1<<31 }},
		{"cents in some grids", func(rng *rand.Rand, _ int) int64 { return amount(rng) - 1 }},
		{"mixed", func(rng *rand.Rand, _ int) int64 { return (rng.Int64N(2000) - 900) * int64(rng.IntN(3)) }},
		{"amounts", func(rng *rand.Rand, _ int) int64 { return amount(rng) }},
		{"around the bounds", func(rng *rand.Rand, _ int) int64 { return []int64{-1, 0, 1, 1<<32 - 1, 1 << 32}[rng.IntN(5)] }},
		{"nearly all negative", func(rng *rand.Rand, _ int) int64 { return -rng.Int64N(1000) }},
		{"large in the end", func(rng *rand.Rand, i int) int64 { return amount(rng) << (i * 3 / n * 5) }},
		{"large at first", func(rng *rand.Rand, i int) int64 { return amount(rng) << ((n - 1 - i) * 3 / n * 5) }},
	}
	for _, vectors := range []bool{true, false} {
		were := group.Vectors(vectors)
		for _, top := range []int{0, 1, 2, 3} {
			for k, kind := range kinds {
				rng := rand.New(rand.NewPCG(uint64(top), uint64(k)))
				r := gridRows{mixed: k == 1, a: column.Indices{Below: 7}, b: column.Indices{Below: 300}}
				for i := range n {
					r.a.U8 = append(r.a.U8, uint8(min(6, rng.IntN(80))))
					r.b.U16 = append(r.b.U16, uint16(rng.IntN(300)*min(1, rng.IntN(4)/3)))
					r.x = append(r.x, kind.draw(rng, i))
					if k < 2 {
						r.steps = append(r.steps, r.x[i])
						r.x[i] *= 10_000
					}
					if top != 2 || k%2 == 0 {
						r.null = append(r.null, rng.IntN(30) == 0)
					}
				}
				want := r.margins(t, top, func(acc *evidence.Accumulator) error { return acc.Add(r.batch(0, n)) })
				cuts := []int{0, 1 + rng.IntN(n/2), n/2 + rng.IntN(n/2), n}
				read := (top + k) % 4
				got := r.margins(t, top, func(acc *evidence.Accumulator) error {
					return acc.Take(r.grid(t, acc, cuts, read), [][]uint32{span(7), span(300)}, 3)
				})
				if !reflect.DeepEqual(want, got) {
					diff := cmp.Diff(want, got, sameEvidence)
					t.Errorf("%s, top %d, vectors %t, grid %d read: (-encoded +grid)\n%s", kind.name, top, vectors, read, diff)
				}
			}
		}
		group.Vectors(were)
	}
}

// gridRows are rows of two columns of 7 and 300 codes.
type gridRows struct {
	a, b column.Indices
	x    []int64
	null []bool

	steps []int64 // of 10,000; nil if there are none
	mixed bool    // the second of several parts has none
}

func (r *gridRows) batch(lo, hi int) *evidence.Batch {
	b := &evidence.Batch{Rows: hi - lo, Cols: make([][]uint32, 2), Cards: []int{7, 300}, Response: &column.Numbers{Bits: 46, Small: r.x[lo:hi]}}
	if r.steps != nil {
		b.Response.Steps, b.Response.Step = r.steps[lo:hi], 10_000
	}
	for i := lo; i < hi; i++ {
		b.Cols[0], b.Cols[1] = append(b.Cols[0], uint32(r.a.U8[i])), append(b.Cols[1], uint32(r.b.U16[i]))
	}
	if r.null != nil {
		b.Response.Null = r.null[lo:hi]
	}
	return b
}

// grid returns the rows in a grid. It is merged from one grid for each part between cuts;
// where there are enough parts, one grid has read other rows before.
func (r *gridRows) grid(t *testing.T, acc *evidence.Accumulator, cuts []int, read int) *evidence.Grid {
	t.Helper()
	var all *evidence.Grid
	for p, lo := range cuts[:len(cuts)-1] {
		hi := cuts[p+1]
		g := acc.NewGrid([]int{7, 300}, int64(len(r.x)))
		cols := []column.Indices{{U8: r.a.U8[lo:hi], Below: 7}, {U16: r.b.U16[lo:hi], Below: 300}}
		b := r.batch(lo, hi)
		if r.mixed && p == 1 {
			b.Response.Steps, b.Response.Step = nil, 0
		}
		if ok, err := g.Add(b, cols); !ok || err != nil {
			t.Fatal(ok, err)
		}
		if p == read {
			g.Used(1)
		}
		if all == nil {
			all = g
		} else if err := all.Merge(g, evidence.Codes{}, 3); err != nil {
			t.Fatal(err)
		}
	}
	return all
}

// margins returns the evidence of the rows that add adds, of all margins.
func (r *gridRows) margins(t *testing.T, top int, add func(*evidence.Accumulator) error) []*evidence.Margin {
	t.Helper()
	acc, err := evidence.New(evidence.Shape{Columns: 2, Response: true, Top: top}, 0, 0, false)
	if err != nil {
		t.Fatal(err)
	}
	if err := add(acc); err != nil {
		t.Fatal(err)
	}
	levels := []evidence.Levels{{make([]uint32, 7), span(7)}, {make([]uint32, 300), span(300)}}
	m, err := acc.Margins(t.Context(), levels, [][]int{{1, 1}, {0, 1}, {1, 0}, {0, 0}}, 2)
	if err != nil {
		t.Fatal(err)
	}
	return m
}

func span(n int) []uint32 {
	out := make([]uint32, n)
	for i := range out {
		out[i] = uint32(i)
	}
	return out
}

// TestGridIndexTooLarge: an index beyond the dictionary is an error, not a cell.
func TestGridIndexTooLarge(t *testing.T) {
	for _, shape := range []evidence.Shape{{Columns: 1}, {Columns: 1, Respondent: true}, {Columns: 1, Response: true, Top: 2}} {
		acc, err := evidence.New(shape, 0, 0, false)
		if err != nil {
			t.Fatal(err)
		}
		g := acc.NewGrid([]int{3}, 10)
		b := evidence.Batch{Rows: 40, RespondentKey: make([]uint64, 40), Response: &column.Numbers{Small: make([]int64, 40)}}
		cols := []column.Indices{{U8: make([]uint8, 40), Below: 3}}
		cols[0].U8[33] = 3
		if ok, err := g.Add(&b, cols); ok || err != evidence.ErrIndex {
			t.Errorf("%+v: %t, %v, want ErrIndex", shape, ok, err)
		}
	}
}
