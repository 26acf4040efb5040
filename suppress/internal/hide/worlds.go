package hide

import (
	"context"
	"fmt"
	"hash/fnv"
	"math/rand/v2"
	"slices"

	"github.com/apache/arrow/go/v15/arrow"
	"github.com/apache/arrow/go/v15/arrow/array"
	"github.com/apache/arrow/go/v15/arrow/memory"

	"github.com/sluis-go/sluis/sdc"
)

// worlds draws small tables of counts that agree with a release: whole numbers for the inner
// cells, not negative, such that every total lies where the release says, and every code
// occurs. What it draws depends on the release alone.
type worlds struct {
	t      *table
	cells  []int // the inner cells
	sums   []worldSum
	of     [][]int // inner cell -> sums that it is in
	lo, hi []int64 // of the inner cells
	rng    *rand.Rand
	nodes  int
}

// worldSum says that some inner cells add up to lo at least and to hi at most.
type worldSum struct {
	parts  []int // numbers of inner cells
	lo, hi int64
}

// newWorlds takes what is known of every cell: from lo to hi.
func newWorlds(t *table, name string, lo, hi []int64) *worlds {
	h := fnv.New64a()
	h.Write([]byte(name)) //nolint:errcheck // a hash takes everything
	w := &worlds{t: t, rng: rand.New(rand.NewPCG(h.Sum64(), 0x3017))}
	number := make([]int, t.n)
	for cell := range t.n {
		if t.inner(cell) {
			number[cell] = len(w.cells)
			w.cells = append(w.cells, cell)
			w.lo, w.hi = append(w.lo, lo[cell]), append(w.hi, hi[cell])
		}
	}
	w.of = make([][]int, len(w.cells))
	for cell := range t.n {
		if t.inner(cell) {
			continue
		}
		s := worldSum{lo: lo[cell], hi: hi[cell]}
		for i, c := range w.cells {
			if t.covers(cell, c) {
				s.parts = append(s.parts, i)
				w.of[i] = append(w.of[i], len(w.sums))
			}
		}
		w.sums = append(w.sums, s)
	}
	return w
}

// mostNodes bounds the search for one table.
const mostNodes = 4000

// draw returns a table, by inner cells, or nil where none was found. first, where it is not
// below 0, is an inner cell that is not to be other.
func (w *worlds) draw(first int, other int64) []int64 {
	lo, hi := slices.Clone(w.lo), slices.Clone(w.hi)
	order := w.rng.Perm(len(w.cells))
	if first >= 0 {
		at := slices.Index(order, first)
		order[0], order[at] = order[at], order[0]
	}
	w.nodes = 0
	if !w.fill(lo, hi, order, first >= 0, other) {
		return nil
	}
	return lo
}

// fill gives the cells of order their values.
func (w *worlds) fill(lo, hi []int64, order []int, but bool, other int64) bool {
	if w.nodes++; w.nodes > mostNodes {
		return false
	}
	if len(order) == 0 {
		return true
	}
	i := order[0]
	least, most := lo[i], hi[i]
	for _, k := range w.of[i] {
		s := &w.sums[k]
		below, above := int64(0), int64(0)
		for _, j := range s.parts {
			if j != i {
				below, above = below+lo[j], above+hi[j]
			}
		}
		least, most = max(least, s.lo-above), min(most, s.hi-below)
	}
	if least > most {
		return false
	}
	was := [2]int64{lo[i], hi[i]}
	n := most - least + 1
	from := w.rng.Int64N(n)
	for k := range n {
		v := least + (from+k)%n
		if but && v == other {
			continue
		}
		lo[i], hi[i] = v, v
		if w.fill(lo, hi, order[1:], false, 0) {
			return true
		}
		if w.nodes > mostNodes {
			break
		}
	}
	lo[i], hi[i] = was[0], was[1]
	return false
}

// report checks persons that make up a table: each has one row.
func (w *worlds) report(ctx context.Context, x []int64, policy *sdc.Policy, out *sdc.Output) (*sdc.Report, error) {
	var fields []arrow.Field
	trees := map[string]*sdc.Hierarchy{}
	for v, list := range w.t.vars {
		fields = append(fields, arrow.Field{Name: list.Name, Type: arrow.BinaryTypes.String})
		h, err := sdc.NewHierarchy(w.codes(v, 0)...)
		if err != nil {
			return nil, err
		}
		trees[list.Name] = h
	}
	b := array.NewRecordBuilder(memory.DefaultAllocator, arrow.NewSchema(fields, nil))
	defer b.Release()
	for i, n := range x {
		for range n {
			for v := range w.t.vars {
				b.Field(v).(*array.StringBuilder).Append(w.t.vars[v].Codes[w.t.code(w.cells[i], v)])
			}
		}
	}
	rec := b.NewRecord()
	defer rec.Release()
	rows := array.NewTableFromRecords(rec.Schema(), []arrow.Record{rec})
	defer rows.Release()
	d := sdc.FromTable(rows)
	d.Hierarchies = trees
	own := *out
	own.Depth, own.Fold = nil, nil // of the codes that are left
	return sdc.Check(ctx, d, []sdc.Output{own}, *policy, sdc.Options{Threads: 1, Sole: true})
}

// codes is the tree of a variable below a code.
func (w *worlds) codes(v, above int) (out []sdc.Code) {
	for _, k := range w.t.below[v][above] {
		out = append(out, sdc.Code{Label: w.t.vars[v].Codes[k], Children: w.codes(v, k)})
	}
	return out
}

// values are all cells of a table.
func (w *worlds) values(x []int64) []int64 {
	out := make([]int64, w.t.n)
	for i, v := range x {
		out[w.cells[i]] = v
	}
	w.t.rollUp(out) //nolint:errcheck // small numbers
	return out
}

// worldName names a table.
func worldName(x []int64) string { return fmt.Sprint(x) }
