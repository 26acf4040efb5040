package verify

import (
	"context"
	"math/big"
)

// verifier checks one certificate.
type verifier struct {
	ctx     context.Context
	doc     *certificateDoc
	tables  []*checkedTable
	members [][]place // shared cell -> where it is
	claims  []claim   // of every hidden cell
}

type place struct{ table, cell int }

// claim holds the changes of a hidden cell in its two witnesses.
type claim struct {
	high, low       int64 // change against the base
	highDen, lowDen int64
}

// share finds the cells that several tables have, published or not.
func (v *verifier) share() error {
	for j, t := range v.tables {
		for i, s := range v.tables[:j] {
			if s.file == t.file {
				return refuse("%s occurs twice", s.file)
			}
			if err := v.pair(i, j); err != nil {
				return err
			}
		}
	}
	return nil
}

// common lists the codes that two lists of one variable have both, by their numbers. ok is
// true where one list is the other at another depth, or both are one list with other codes
// folded:
//
//   - a common code has the same code above it in both lists; and
//   - every other code lies below a common code that is a leaf of the list without that code.
func common(a, b *certificateVariable) (both [][2]int, ok bool) {
	number := func(v *certificateVariable) (of map[string]int, top []bool) {
		of, top = map[string]int{}, make([]bool, len(v.Codes))
		for k, c := range v.Codes {
			if of[c] = k; k > 0 {
				top[v.Parents[k]] = true // has codes below
			}
		}
		return of, top
	}
	inA, topA := number(a)
	inB, topB := number(b)
	for k, c := range a.Codes {
		l, is := inB[c]
		if is && k > 0 && (l == 0 || a.Codes[a.Parents[k]] != b.Codes[b.Parents[l]]) {
			return nil, false
		}
		if is {
			both = append(both, [2]int{k, l})
		}
	}
	folded := func(v, w *certificateVariable, inW map[string]int, topW []bool) bool {
		for k := range v.Codes {
			up := k
			for {
				if l, is := inW[v.Codes[up]]; is {
					if up != k && (l == 0 || topW[l]) {
						return false
					}
					break
				}
				up = v.Parents[up]
			}
		}
		return true
	}
	return both, folded(a, b, inB, topB) && folded(b, a, inA, topA)
}

// pair notes the cells that tables i and j share: the cells that are totals in every
// variable that only one of the tables has.
func (v *verifier) pair(i, j int) error {
	s, t := v.tables[i], v.tables[j]
	type axis struct {
		s, t int
		both [][2]int
	}
	var axes []axis
	for a := range s.vars {
		for b := range t.vars {
			if s.vars[a].Name != t.vars[b].Name {
				continue
			}
			both, ok := common(&s.vars[a], &t.vars[b])
			if !ok {
				return refuse("variable %q has different code lists in two releases", s.vars[a].Name)
			}
			axes = append(axes, axis{s.stride[a], t.stride[b], both})
		}
	}
	for _, c := range []*checkedTable{s, t} {
		if c.member == nil {
			c.member = make([]int32, c.n)
			for k := range c.member {
				c.member[k] = -1
			}
		}
	}
	var walk func(k, x, y int)
	walk = func(k, x, y int) {
		if k < len(axes) {
			for _, c := range axes[k].both {
				walk(k+1, x+c[0]*axes[k].s, y+c[1]*axes[k].t)
			}
			return
		}
		id := s.member[x]
		if id < 0 {
			id = int32(len(v.members))
			v.members = append(v.members, []place{{i, x}})
			s.member[x] = id
		}
		if t.member[y] < 0 {
			t.member[y] = id
			v.members[id] = append(v.members[id], place{j, y})
		}
	}
	walk(0, 0, 0)
	return nil
}

// base puts the base into the tables and checks it.
func (v *verifier) base() error {
	at := 0
	for _, t := range v.tables {
		if err := v.ctx.Err(); err != nil {
			return err
		}
		sums := make([]int64, t.n)
		for cell, is := range t.inner {
			if is {
				sums[cell] = t.value[cell]
			}
		}
		if at+len(t.open) > len(v.doc.Base) {
			return refuse("the base has too few values")
		}
		for _, cell := range t.open {
			sums[cell] = v.doc.Base[at]
			at++
			if x := sums[cell]; x > verifyValue || x < -verifyValue {
				return refuse("a value of the base is out of range")
			}
		}
		if !t.addUp(sums) {
			return refuse("sums of the base are out of range")
		}
		for cell, s := range t.state {
			x := sums[cell]
			switch {
			case s == isPublished && x != t.value[cell]:
				return refuse("%s: the base does not agree with a published cell", t.file)
			case s == isHidden && (x > verifyValue || x < -verifyValue || v.doc.Least != nil && x < *v.doc.Least):
				return refuse("%s: the base is outside what the attacker knows of a suppressed cell", t.file)
			}
		}
		t.value = sums
	}
	if at != len(v.doc.Base) {
		return refuse("the base has too many values")
	}
	for _, list := range v.members {
		for _, p := range list[1:] {
			first := list[0]
			if v.tables[p.table].value[p.cell] != v.tables[first.table].value[first.cell] {
				return refuse("%s and %s differ in a cell that they share", v.tables[first.table].file, v.tables[p.table].file)
			}
		}
	}
	return nil
}

// addUp fills in the totals: along each variable it adds every code to its parent, the
// last codes first. It reports false when a sum is out of range.
func (t *checkedTable) addUp(x []int64) bool {
	for v := range t.vars {
		codes, step := len(t.vars[v].Codes), t.stride[v]
		for outer := 0; outer < t.n; outer += codes * step {
			for k := codes - 1; k > 0; k-- {
				from, to := outer+k*step, outer+t.vars[v].Parents[k]*step
				for i := range step {
					s := x[to+i] + x[from+i]
					if s > verifySum || s < -verifySum {
						return false
					}
					x[to+i] = s
				}
			}
		}
	}
	return true
}

// lists checks that the lists of witnesses fit together, and returns where the hidden
// cells are, and of these the inner ones.
func (v *verifier) lists() (where, open []place, err error) {
	d := v.doc
	n := len(d.Dens)
	if len(d.Starts) != n+1 || d.Starts[0] != 0 || d.Starts[n] != int64(len(d.Cells)) || len(d.Changes) != len(d.Cells) {
		return nil, nil, refuse("the lists of the witnesses do not fit together")
	}
	for i, t := range v.tables {
		t.stamp, t.change = make([]int32, t.n), make([]int64, t.n)
		for _, cell := range t.hidden {
			where = append(where, place{i, cell})
		}
		for _, cell := range t.open {
			open = append(open, place{i, cell})
		}
	}
	return where, open, nil
}

// witnesses checks every witness and stores the changes for the claims.
func (v *verifier) witnesses() error {
	d := v.doc
	n := len(d.Dens)
	where, open, err := v.lists()
	if err != nil {
		return err
	}
	if len(d.High) != len(where) || len(d.Low) != len(where) {
		return refuse("there is not one claim for each suppressed cell")
	}
	v.claims = make([]claim, len(where))
	for i := range v.claims {
		v.claims[i] = claim{highDen: 1, lowDen: 1}
	}
	// The claims by witness: highs at 2i, lows at 2i+1.
	next, err := claimsByWitness(d, n)
	if err != nil {
		return err
	}
	for w := range n {
		if err := v.witness(w, open); err != nil {
			return err
		}
		for c := next.first[w]; c >= 0; c = next.next[c] {
			p := where[c/2]
			t := v.tables[p.table]
			x := int64(0)
			if t.stamp[p.cell] == int32(w)+1 {
				x = t.change[p.cell]
			}
			if c%2 == 0 {
				v.claims[c/2].high, v.claims[c/2].highDen = x, d.Dens[w]
			} else {
				v.claims[c/2].low, v.claims[c/2].lowDen = x, d.Dens[w]
			}
		}
	}
	return nil
}

// chains lists the claims of each witness.
type chains struct{ first, next []int32 }

func claimsByWitness(d *certificateDoc, n int) (chains, error) {
	c := chains{first: make([]int32, n), next: make([]int32, 2*len(d.High))}
	for w := range c.first {
		c.first[w] = -1
	}
	for i := range d.High {
		for side, w := range [2]int64{d.High[i], d.Low[i]} {
			switch {
			case w < -1 || w >= int64(n):
				return c, refuse("suppressed cell %d: there is no such witness", i)
			case w >= 0:
				c.next[2*i+side] = c.first[w]
				c.first[w] = int32(2*i + side)
			}
		}
	}
	return c, nil
}

// witness checks one witness. Afterwards the changes of all cells are in the
// tables, stamped with its number plus one.
func (v *verifier) witness(w int, open []place) error {
	if err := v.ctx.Err(); err != nil {
		return err
	}
	d := v.doc
	if d.Starts[w] > d.Starts[w+1] || d.Starts[w] < 0 || d.Starts[w+1] > int64(len(d.Cells)) {
		return refuse("witness %d: no proper list", w)
	}
	if d.Dens[w] < 1 || d.Dens[w] > verifyDen || d.Whole && d.Dens[w] != 1 {
		return refuse("witness %d: the denominator is out of range", w)
	}
	for _, t := range v.tables {
		t.seen = t.seen[:0]
	}
	last := int64(-1)
	for k := d.Starts[w]; k < d.Starts[w+1]; k++ {
		c := d.Cells[k]
		if c <= last || c >= int64(len(open)) {
			return refuse("witness %d: its cells do not rise or do not exist", w)
		}
		last = c
		x := d.Changes[k]
		if x == 0 || x > verifySum || x < -verifySum {
			return refuse("witness %d: a change is out of range", w)
		}
		if !v.tables[open[c].table].spread(open[c].cell, 0, x, int32(w)+1) {
			return refuse("witness %d: a sum is out of range", w)
		}
	}
	den := d.Dens[w]
	for i, t := range v.tables {
		for _, cell := range t.seen {
			x := t.change[cell]
			switch t.state[cell] {
			case isPublished:
				if x != 0 {
					return refuse("witness %d: it changes a published cell of %s", w, t.file)
				}
			case isHidden:
				y := t.value[cell]*den + x // at most 2^62 + 2^61
				if y > verifyValue*den || y < -verifyValue*den {
					return refuse("witness %d: a cell of %s is out of range", w, t.file)
				}
				if d.Least != nil && y < *d.Least*den {
					return refuse("witness %d: a cell of %s is less than the attacker knows it to be", w, t.file)
				}
			}
			if t.member == nil || t.member[cell] < 0 {
				continue
			}
			for _, p := range v.members[t.member[cell]] {
				s := v.tables[p.table]
				if p.table != i && (s.stamp[p.cell] != int32(w)+1 && x != 0 || s.stamp[p.cell] == int32(w)+1 && s.change[p.cell] != x) {
					return refuse("witness %d: %s and %s differ in a cell that they share", w, t.file, s.file)
				}
			}
		}
	}
	return nil
}

// spread adds a change to a cell and to all totals that it is in, the variables
// before the given one being settled.
func (t *checkedTable) spread(cell, variable int, x int64, stamp int32) bool {
	if variable == len(t.vars) {
		if t.stamp[cell] != stamp {
			t.stamp[cell] = stamp
			t.change[cell] = 0
			t.seen = append(t.seen, cell)
		}
		t.change[cell] += x
		return t.change[cell] <= verifySum && t.change[cell] >= -verifySum
	}
	code := cell / t.stride[variable] % len(t.vars[variable].Codes)
	for _, k := range t.up[variable][code] {
		if !t.spread(cell+(k-code)*t.stride[variable], variable+1, x, stamp) {
			return false
		}
	}
	return true
}

// widths checks that every suppressed cell differs, and by enough.
func (v *verifier) widths() (narrowest float64, err error) {
	one := big.NewRat(1, 1)
	var least *big.Rat
	for i, c := range v.claims {
		width := big.NewRat(c.high, c.highDen)
		width.Sub(width, big.NewRat(c.low, c.lowDen))
		if width.Sign() <= 0 || v.doc.Whole && width.Cmp(one) < 0 {
			return 0, refuse("suppressed cell %d is not shown to have two values", i)
		}
		if least == nil || width.Cmp(least) < 0 {
			least = width
		}
	}
	if least == nil {
		return 0, nil
	}
	narrowest, _ = least.Float64()
	return narrowest, nil
}
