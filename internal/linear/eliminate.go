package linear

import (
	"slices"

	"github.com/sluis-go/sluis/internal/field"
	"github.com/sluis-go/sluis/internal/guard"
	"github.com/sluis-go/sluis/internal/scatter"
)

// Kind is the role of a column in the elimination.
type Kind uint8

// A column is a candidate to be published, or hidden. A hidden column must not become
// zero. Where a hidden column is a singleton, no other hidden column may become a
// multiple of it, except a singleton of the same owner.
const (
	Candidate Kind = iota
	Hidden
	Singleton
)

// Elimination holds the columns of the cells, reduced by the published ones. It is not
// safe for concurrent use.
//
// Publishing a column with one entry left takes no arithmetic. Its row is only marked;
// the other columns lose their entries in that row when they are next looked at. With the
// coordinates of Space most steps are of this kind.
type Elimination struct {
	kind  []Kind
	owner []int32
	cols  []Vector
	live  []bool
	gone  []bool    // row -> it is published, entries in it count for nothing
	inRow [][]int32 // row -> columns that have had an entry there
	count []int32   // row -> live columns with an entry
	lone  bool      // there are singletons

	one, two []uint64           // column -> two random functionals of it; hidden ones only
	dir      []uint64           // column -> their quotient
	byDir    map[uint64][]int32 // quotient -> hidden columns

	list   []int32 // columns with an entry in the row of the pivot
	factor []uint64
	stamp  []int32 // column -> last step that it was listed in
	tick   int32
	work   []merge
}

// New starts an elimination over columns of the given kinds in a space of rows. owner
// gives the owner of a singleton: columns of one owner may become multiples of each
// other. owner may be nil when every singleton has a different owner. The columns are
// used up. With threads above 1, large steps run on that many goroutines.
func New(rows int, cols []Vector, kind []Kind, owner []int32, threads int) *Elimination {
	n := len(cols)
	e := &Elimination{
		kind: kind, cols: cols, live: make([]bool, n), gone: make([]bool, rows), owner: owner,
		inRow: make([][]int32, rows), count: make([]int32, rows),
		one: make([]uint64, n), two: make([]uint64, n), dir: make([]uint64, n), byDir: map[uint64][]int32{},
		stamp: make([]int32, n), work: make([]merge, max(1, threads)),
	}
	for _, c := range cols {
		for _, r := range c.Row {
			e.count[r]++
		}
	}
	for r, k := range e.count {
		e.inRow[r] = make([]int32, 0, k)
	}
	for j, c := range cols {
		e.live[j] = true
		e.lone = e.lone || kind[j] == Singleton
		for _, r := range c.Row {
			e.inRow[r] = append(e.inRow[r], int32(j))
		}
		if kind[j] != Candidate {
			e.one[j], e.two[j] = functionals(c)
			e.enter(int32(j))
		}
	}
	return e
}

// functionals maps a vector to two numbers, linearly. Vectors that are multiples of each
// other have the same quotient. Two other vectors have the same quotient with probability
// 2^-61.
func functionals(v Vector) (one, two uint64) {
	for i, r := range v.Row {
		h := scramble(uint64(r))
		one = field.Add(one, field.Mul(h, v.val[i]))
		two = field.Add(two, field.Mul(scramble(h), v.val[i]))
	}
	return one, two
}

// scramble is the number of SplitMix64 behind a state, into the field.
func scramble(z uint64) uint64 {
	z = scatter.Finish(z + scatter.Step)
	if z = z&field.Prime + z>>61; z >= field.Prime {
		z -= field.Prime
	}
	return z
}

func direction(one, two uint64) uint64 { return field.Mul(two, field.Inverse(one)) }

func (e *Elimination) enter(j int32) {
	d := direction(e.one[j], e.two[j])
	e.dir[j] = d
	e.byDir[d] = append(e.byDir[d], j)
}

func (e *Elimination) remove(j int32) {
	d := e.dir[j]
	l := e.byDir[d]
	i := slices.Index(l, j)
	l[i] = l[len(l)-1]
	if l = l[:len(l)-1]; len(l) == 0 {
		delete(e.byDir, d)
	} else {
		e.byDir[d] = l
	}
}

// Hide turns a candidate into a hidden column that needs no protection.
func (e *Elimination) Hide(j int) { e.drop(int32(j)) }

// drop takes a column out for good.
func (e *Elimination) drop(j int32) {
	e.live[j] = false
	for _, r := range e.cols[j].Row {
		e.count[r]--
	}
	e.cols[j] = Vector{}
}

// purge takes entries in rows that are gone out of a column.
func (e *Elimination) purge(j int32) {
	c := &e.cols[j]
	n := 0
	for i, r := range c.Row {
		if !e.gone[r] {
			c.Row[n], c.val[n] = r, c.val[i]
			n++
		}
	}
	c.Row, c.val = c.Row[:n], c.val[:n]
}

// clash reports whether two hidden columns may not be multiples of each other.
func (e *Elimination) clash(a, b int32) bool {
	if e.kind[a] != Singleton && e.kind[b] != Singleton {
		return false
	}
	return e.owner == nil || e.owner[a] != e.owner[b] || e.kind[a] != e.kind[b]
}

// Publish publishes a candidate unless a hidden cell would then follow. It reports
// whether it did. A column that was not published is never a candidate again. The pivot
// is the row with the fewest entries. Time is linear in the entries of the columns that
// have an entry in that row.
func (e *Elimination) Publish(col int) bool {
	j := int32(col)
	e.purge(j)
	c := e.cols[j]
	if len(c.Row) == 0 {
		e.live[j] = false
		return true
	}
	one, two := functionals(c)
	for _, k := range e.byDir[direction(one, two)] {
		if e.purge(k); parallel(e.cols[k], c) {
			e.drop(j)
			return false
		}
	}
	p := 0
	for i, r := range c.Row {
		if e.count[r] < e.count[c.Row[p]] {
			p = i
		}
	}
	row := c.Row[p]
	unit := len(c.Row) == 1
	e.collect(j, row, field.Neg(field.Inverse(c.val[p])), unit)
	if e.lone && !e.apart(c, one, two) {
		e.drop(j)
		return false
	}
	e.live[j] = false
	if unit {
		e.gone[row] = true
	} else {
		e.reduce(c)
	}
	for i, k := range e.list {
		if e.kind[k] != Candidate {
			e.remove(k)
			e.one[k] = field.Add(e.one[k], field.Mul(e.factor[i], one))
			e.two[k] = field.Add(e.two[k], field.Mul(e.factor[i], two))
			e.enter(k)
		}
	}
	for _, r := range c.Row {
		e.count[r]--
	}
	e.inRow[row] = nil
	e.cols[j] = Vector{}
	return true
}

// collect lists the live columns other than j with an entry in a row (with hidden set,
// only the hidden ones), and the factor by which column j is added to each.
func (e *Elimination) collect(j, row int32, inv uint64, hidden bool) {
	e.tick++
	e.list, e.factor = e.list[:0], e.factor[:0]
	for _, k := range e.inRow[row] {
		if k == j || !e.live[k] || e.stamp[k] == e.tick || hidden && e.kind[k] == Candidate {
			continue
		}
		if at := e.cols[k].at(row); at != 0 {
			e.stamp[k] = e.tick
			e.list = append(e.list, k)
			e.factor = append(e.factor, field.Mul(at, inv))
		}
	}
}

// reduce adds multiples of c to the columns listed.
func (e *Elimination) reduce(c Vector) {
	parts := 1
	if len(e.work) > 1 {
		entries := len(c.Row) * len(e.list)
		for _, k := range e.list {
			entries += len(e.cols[k].Row)
		}
		if entries > parallelFrom {
			parts = len(e.work)
		}
	}
	n := len(e.list)
	if parts == 1 {
		e.part(&e.work[0], c, 0, n)
	} else {
		var wg guard.Group
		for t := range parts {
			wg.Go(func() { e.part(&e.work[t], c, t*n/parts, (t+1)*n/parts) })
		}
		wg.Wait()
	}
	for t := range parts {
		e.tell(&e.work[t], t*n/parts)
	}
}

// parallelFrom is the number of entries from which a step is shared out.
const parallelFrom = 1 << 14

// part reduces some of the columns listed.
func (e *Elimination) part(m *merge, c Vector, from, to int) {
	m.born, m.died, m.nborn, m.ndie = m.born[:0], m.died[:0], m.nborn[:0], m.ndie[:0]
	for i := from; i < to; i++ {
		k := e.list[i]
		m.axpy(e.cols[k], e.factor[i], c, e.gone)
		set(&e.cols[k], m.sum)
	}
}

// tell enters the changes of a part into the rows.
func (e *Elimination) tell(m *merge, from int) {
	b, d := 0, 0
	for i := range m.nborn {
		k := e.list[from+i]
		for range m.nborn[i] {
			r := m.born[b]
			b++
			e.count[r]++
			if len(e.inRow[r]) == cap(e.inRow[r]) && len(e.inRow[r]) > 2*int(e.count[r])+16 {
				e.sweep(r)
			}
			e.inRow[r] = append(e.inRow[r], k)
		}
		for range m.ndie[i] {
			e.count[m.died[d]]--
			d++
		}
	}
}

// sweep removes columns that are not live from the list of a row. Where the list is still
// long, it also removes columns without an entry in the row, which takes longer. A column
// that gets an entry in this step may already be on the list.
func (e *Elimination) sweep(r int32) {
	l := slices.DeleteFunc(e.inRow[r], func(k int32) bool { return !e.live[k] })
	if len(l) > 4*int(e.count[r])+64 {
		l = slices.DeleteFunc(l, func(k int32) bool { return e.cols[k].at(r) == 0 })
	}
	e.inRow[r] = l
}

// apart reports whether no two hidden columns that must not be multiples of each
// other become so when the columns listed are reduced by c.
func (e *Elimination) apart(c Vector, one, two uint64) bool {
	type seen struct {
		col, i int32
	}
	fresh := map[uint64][]seen{}
	next := func(i int32) Vector {
		var m merge
		m.axpy(e.cols[e.list[i]], e.factor[i], c, e.gone)
		return m.sum
	}
	for i, k := range e.list {
		if e.kind[k] == Candidate {
			continue
		}
		d := direction(field.Add(e.one[k], field.Mul(e.factor[i], one)), field.Add(e.two[k], field.Mul(e.factor[i], two)))
		for _, o := range e.byDir[d] {
			if e.stamp[o] == e.tick || !e.clash(k, o) {
				continue
			}
			if e.purge(o); parallel(next(int32(i)), e.cols[o]) {
				return false
			}
		}
		for _, o := range fresh[d] {
			// Columns that were multiples before the step do not count.
			if !e.clash(k, o.col) || !parallel(next(int32(i)), next(o.i)) {
				continue
			}
			e.purge(k)
			if e.purge(o.col); !parallel(e.cols[k], e.cols[o.col]) {
				return false
			}
		}
		fresh[d] = append(fresh[d], seen{k, int32(i)})
	}
	return true
}
