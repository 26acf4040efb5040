// Package linear finds out which cells of tables can be published without a
// hidden one following from them: elimination in whole numbers modulo a prime,
// sparse, with what is left of every hidden cell at hand all the time.
//
// A prime of 61 bits can, with a chance of about 2^-61 a comparison, see a
// dependence that is none, never miss one that there is: what is published on
// its word does not disclose by sums and differences.
package linear

import "slices"

// Kind is what a column stands for in the elimination.
type Kind uint8

// A column is a candidate to be published, or hidden: then it must not become
// zero, and, where it is a singleton, no other hidden column may become a
// multiple of it, nor it of another's that is a singleton.
const (
	Candidate Kind = iota
	Hidden
	Singleton
)

// Elimination holds the columns of the cells, reduced by those published.
type Elimination struct {
	kind   []Kind
	cols   []Vector
	live   []bool
	owner  []int32
	inRow  [][]int32 // row -> columns that had an entry there
	count  []int32   // row -> live columns
	byDir  map[uint64][]int32
	dir    []uint64
	lone   bool // there are singletons
	buf    Vector
	hidden []int32 // of the step being tried, with what they would become
	next   []Vector
	stamp  []int32 // column -> last step that it was tried in
	tick   int32
}

// New starts an elimination over columns of the given kinds in a space of rows.
// Owner tells who stands behind a singleton: columns of one owner may become
// multiples of each other. It may be nil, when every singleton has another.
func New(rows int, cols []Vector, kind []Kind, owner []int32) *Elimination {
	e := &Elimination{
		kind: kind, cols: slices.Clone(cols), live: make([]bool, len(cols)), owner: owner,
		inRow: make([][]int32, rows), count: make([]int32, rows),
		byDir: map[uint64][]int32{}, dir: make([]uint64, len(cols)), stamp: make([]int32, len(cols)),
	}
	for j, c := range cols {
		e.live[j] = true
		e.lone = e.lone || kind[j] == Singleton
		for _, x := range c {
			e.inRow[x.Row] = append(e.inRow[x.Row], int32(j))
			e.count[x.Row]++
		}
		if kind[j] != Candidate {
			e.enter(int32(j))
		}
	}
	return e
}

func (e *Elimination) enter(j int32) {
	d := e.cols[j].direction()
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

// Implied reports whether the column follows from those published.
func (e *Elimination) Implied(j int) bool { return len(e.cols[j]) == 0 }

// Hide turns a candidate into a hidden column.
func (e *Elimination) Hide(j int) { e.drop(int32(j)) }

// drop takes a column out for good.
func (e *Elimination) drop(j int32) {
	e.live[j] = false
	for _, x := range e.cols[j] {
		e.count[x.Row]--
	}
	e.cols[j] = nil
}

// clash reports whether two hidden columns may not be multiples of each other.
func (e *Elimination) clash(a, b int32) bool {
	if e.kind[a] != Singleton && e.kind[b] != Singleton {
		return false
	}
	return e.owner == nil || e.owner[a] != e.owner[b] || e.kind[a] != e.kind[b]
}

// Publish publishes a candidate unless something hidden would follow, and
// reports whether it did. Where it did not the column is out for good.
func (e *Elimination) Publish(col int) bool {
	j := int32(col)
	c := e.cols[j]
	if len(c) == 0 {
		e.live[j] = false
		return true
	}
	for _, k := range e.byDir[c.direction()] {
		if parallel(e.cols[k], c) {
			e.drop(j)
			return false
		}
	}
	pivot := c[0]
	for _, x := range c[1:] {
		if e.count[x.Row] < e.count[pivot.Row] {
			pivot = x
		}
	}
	inv := neg(inverse(pivot.val))
	list := e.inRow[pivot.Row]
	if e.lone && !e.try(c, pivot.Row, inv, list) {
		e.drop(j)
		return false
	}
	for _, k := range list {
		if k == j || !e.live[k] {
			continue
		}
		old := e.cols[k]
		at, ok := old.find(pivot.Row)
		if !ok {
			continue
		}
		e.buf = axpy(e.buf[:0], old, mul(at, inv), c)
		if e.kind[k] != Candidate {
			e.remove(k)
		}
		e.replace(k, old)
		if e.kind[k] != Candidate {
			e.enter(k)
		}
	}
	e.live[j] = false
	for _, x := range c {
		e.count[x.Row]--
	}
	e.inRow[pivot.Row] = nil
	e.cols[j] = nil
	return true
}

// replace makes buf the column k, and tells the rows.
func (e *Elimination) replace(k int32, old Vector) {
	i := 0
	for _, x := range e.buf {
		for i < len(old) && old[i].Row < x.Row {
			e.count[old[i].Row]--
			i++
		}
		if i < len(old) && old[i].Row == x.Row {
			i++
			continue
		}
		e.count[x.Row]++
		e.inRow[x.Row] = append(e.inRow[x.Row], k)
	}
	for ; i < len(old); i++ {
		e.count[old[i].Row]--
	}
	e.cols[k] = slices.Clone(e.buf)
}

// try works out what the hidden columns would become, and reports whether all
// stay apart.
func (e *Elimination) try(c Vector, row int32, inv uint64, list []int32) bool {
	e.hidden, e.next = e.hidden[:0], e.next[:0]
	e.tick++
	for _, k := range list {
		if e.kind[k] == Candidate || !e.live[k] || e.stamp[k] == e.tick {
			continue
		}
		at, ok := e.cols[k].find(row)
		if !ok {
			continue
		}
		e.stamp[k] = e.tick
		e.hidden = append(e.hidden, k)
		e.next = append(e.next, axpy(nil, e.cols[k], mul(at, inv), c))
	}
	type seen struct {
		col int32
		v   Vector
	}
	fresh := map[uint64][]seen{}
	for i, k := range e.hidden {
		v := e.next[i]
		d := v.direction()
		for _, o := range e.byDir[d] {
			if o != k && e.stamp[o] != e.tick && e.clash(k, o) && parallel(v, e.cols[o]) {
				return false
			}
		}
		for _, o := range fresh[d] {
			// Those that were multiples before the step are so anyway.
			if e.clash(k, o.col) && parallel(v, o.v) && !parallel(e.cols[k], e.cols[o.col]) {
				return false
			}
		}
		fresh[d] = append(fresh[d], seen{k, v})
	}
	return true
}
