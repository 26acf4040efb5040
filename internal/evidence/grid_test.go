package evidence_test

import (
	"math/rand/v2"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/sluis-go/sluis/internal/column"
	"github.com/sluis-go/sluis/internal/evidence"
	"github.com/sluis-go/sluis/internal/group"
)

// TestGrids feeds rows by their dictionary indices: through grids that begin anew
// in the middle, merge or cannot, refuse a response that is too wide, and share the
// data with rows that are encoded. With vector instructions and without.
func TestGrids(t *testing.T) {
	gridded, refused, merged := 0, 0, 0
	for _, vectors := range []bool{true, false} {
		were := group.Vectors(vectors)
		for seed := range uint64(draws(600)) {
			rng := rand.New(rand.NewPCG(seed, 5))
			d := randomData(rng)
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

// TestGridOfManyRows has more rows than a block of keys, counts that do not fit a
// byte, and hot cells; the accumulator that encodes rows is what it is held
// against.
func TestGridOfManyRows(t *testing.T) {
	for _, vectors := range []bool{true, false} {
		were := group.Vectors(vectors)
		for _, top := range []int{0, 1, 2, 3, 5} {
			rng := rand.New(rand.NewPCG(uint64(top), 6))
			const n = 10_000
			a, b := column.Indices{Below: 7}, column.Indices{Below: 300}
			batch := evidence.Batch{Rows: n, Cols: make([][]uint32, 2), Cards: []int{7, 300}, Response: &column.Numbers{Bits: 40}}
			for range n {
				x, y := min(6, rng.IntN(40)), rng.IntN(300)*rng.IntN(2)
				a.U8, b.U16 = append(a.U8, uint8(x)), append(b.U16, uint16(y))
				batch.Cols[0], batch.Cols[1] = append(batch.Cols[0], uint32(x)), append(batch.Cols[1], uint32(y))
				batch.Response.Small = append(batch.Response.Small, (rng.Int64N(2000)-900)*int64(rng.IntN(3)))
				batch.Response.Null = append(batch.Response.Null, rng.IntN(9) == 0)
			}
			if top == 2 {
				batch.Response.Null = nil
			}
			shape := evidence.Shape{Columns: 2, Response: true, Top: top}
			var margins [2][]*evidence.Margin
			for k := range margins {
				acc, err := evidence.New(shape, 0, 0, false)
				if err != nil {
					t.Fatal(err)
				}
				if k == 0 {
					err = acc.Add(&batch)
				} else {
					g := acc.NewGrid([]int{7, 300}, n)
					if ok, err := g.Add(&batch, []column.Indices{a, b}); !ok || err != nil {
						t.Fatal(ok, err)
					}
					err = acc.Take(g, [][]uint32{span(7), span(300)}, 3)
				}
				if err != nil {
					t.Fatal(err)
				}
				levels := []evidence.Levels{{make([]uint32, 7), span(7)}, {make([]uint32, 300), span(300)}}
				if margins[k], err = acc.Margins(t.Context(), levels, [][]int{{1, 1}, {0, 1}, {1, 0}, {0, 0}}, 2); err != nil {
					t.Fatal(err)
				}
			}
			if diff := cmp.Diff(margins[0], margins[1], cmp.AllowUnexported(evidence.Nums{}, evidence.Tops{})); diff != "" {
				t.Errorf("top %d: (-encoded +grid)\n%s", top, diff)
			}
		}
		group.Vectors(were)
	}
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
