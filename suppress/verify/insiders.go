// The second half of the verifier of the confidential proof: the knowledge of insiders,
// and whether unsafe cells are protected against them.

package verify

import "slices"

// judge checks an unsafe cell against
//
//   - outsiders;
//   - the unlisted contributor;
//   - every owner that rules out one of the witnesses by a cell in which the owner is
//     alone or listed.
//
// No other owner knows more than the unlisted contributor.
func (i *twinVerifier) judge(k int) error {
	d := i.doc
	list := d.Shown[d.ShownStarts[k]:d.ShownStarts[k+1]]
	cell := i.number(i.where[d.Primary[k]])
	if !i.shows(k, cell, list, 0) {
		return refuse("unsafe cell %d is not shown to be protected", k)
	}
	insiders := []int64{noList}
	for _, w := range list {
		for _, m := range i.moved[w] {
			if o := i.owner[m.cell]; o > 0 {
				insiders = append(insiders, o)
			}
			for _, s := range i.shares[m.cell] {
				if m.by < -(i.value(m.cell)-s.most)*d.Dens[w] {
					insiders = append(insiders, s.who)
				}
			}
		}
	}
	slices.Sort(insiders)
	for _, who := range slices.Compact(insiders) {
		if i.owner[cell] != who && !i.shows(k, cell, list, who) {
			return refuse("unsafe cell %d is not shown to be protected against an insider", k)
		}
	}
	return nil
}

// mostShares is the largest number of possible shares of a cell that are looked at one by
// one.
const mostShares = 64

// shows checks the levels of an unsafe cell with the witnesses that attacker who cannot
// rule out; who is 0 for outsiders.
func (i *twinVerifier) shows(k, cell int, list []int64, who int64) bool {
	d := i.doc
	value := i.value(cell)
	least, most := int64(0), int64(0)
	if who != 0 && !i.signed() {
		least, most = i.has(cell, who), i.may(cell, who)
	}
	type shown struct{ by, den int64 } // the change of the cell in a witness
	var left []shown
	for _, w := range list {
		if who == 0 || !i.rulesOut(w, cell, who) {
			left = append(left, shown{i.change[shownIn{cell, w}], d.Dens[w]})
		}
	}
	// An insider with a share of the cell rules out values more than room below the true
	// value.
	room := int64(-1)
	if most > 0 {
		room = value - most
	}
	within := func(m shown, room int64) bool { return room < 0 || m.by >= -room*m.den }
	// lowered reports whether some witness lowers the cell by at least below, and by no
	// more than room.
	lowered := func(below, room int64) bool {
		return slices.ContainsFunc(left, func(m shown) bool { return m.by <= -below*m.den && within(m, room) })
	}
	below, above, apart := d.Below[k], d.Above[k], d.Apart[k]
	if below == 0 && above == 0 && apart == 0 {
		return least >= value && value > 0 || slices.ContainsFunc(left, func(m shown) bool {
			if !d.Whole {
				return m.by != 0
			}
			return m.by >= m.den || m.by <= -m.den && within(m, room)
		})
	}
	high, highDen, low, lowDen := int64(0), int64(1), int64(0), int64(1)
	for _, m := range left {
		if less(high, highDen, m.by, m.den) {
			high, highDen = m.by, m.den
		}
		if less(m.by, m.den, low, lowDen) && within(m, room) {
			low, lowDen = m.by, m.den
		}
	}
	if less(high, highDen, above, 1) || !wide(high, highDen, low, lowDen, apart) {
		return false
	}
	if least > 0 {
		below = min(below, value-least)
	}
	switch {
	case below <= 0:
		return true
	case !d.Whole || room < 0:
		return lowered(below, -1)
	case below <= room:
		return lowered(below, room)
	case below-room > mostShares:
		return false
	}
	for ; below >= max(1, room); below-- { // the insider may have all but below of the cell
		if !lowered(below, below) {
			return false
		}
	}
	return true
}

// signed reports whether values may be negative. Then a share of a cell gives no lower
// bound of the cell.
func (i *twinVerifier) signed() bool { return i.doc.Least == nil || *i.doc.Least < 0 }

// rulesOut reports whether insider who knows from a cell other than except that a witness
// is not the true table.
func (i *twinVerifier) rulesOut(w int64, except int, who int64) bool {
	return slices.ContainsFunc(i.moved[w], func(m move) bool {
		switch {
		case m.cell == except:
			return false
		case i.owner[m.cell] == who:
			return true
		case m.by > 0 || i.signed():
			return false
		}
		return m.by < -(i.value(m.cell)-i.may(m.cell, who))*i.doc.Dens[w]
	})
}

// may is the most that insider who may have of a cell. The insider then knows that the
// cell is at least that much.
func (i *twinVerifier) may(cell int, who int64) int64 {
	if who == noList {
		return i.part[cell]
	}
	if i.owner[cell] == who {
		return max(0, i.value(cell))
	}
	for _, s := range i.shares[cell] {
		if s.who == who {
			return s.most
		}
	}
	x := i.part[cell]
	if x > 0 {
		if left, ok := i.leaves(cell, who, map[int]int64{}); ok {
			x = min(x, left)
		}
	}
	return x
}

// leaves is the most that insider who may have of a cell, as far as the totals of the
// cell show. ok is false where they show nothing. known holds the results so far.
func (i *twinVerifier) leaves(cell int, who int64, known map[int]int64) (left int64, ok bool) {
	const nothing = -1
	if x, is := known[cell]; is {
		return x, x != nothing
	}
	left = nothing
	if i.owner[cell] == who {
		left = max(0, i.value(cell))
	}
	for _, s := range i.shares[cell] {
		if s.who == who {
			left = s.most
		}
	}
	for _, p := range i.places(cell) {
		t := i.tables[p.table]
		for v := range t.vars {
			code := p.cell / t.stride[v] % len(t.vars[v].Codes)
			if code == 0 {
				continue
			}
			up := t.vars[v].Parents[code]
			above, is := i.leaves(i.number(place{p.table, p.cell + (up-code)*t.stride[v]}), who, known)
			if !is {
				continue
			}
			for _, q := range i.below[i.variable(p.table)+v][up] {
				if q != code {
					above -= i.has(i.number(place{p.table, p.cell + (q-code)*t.stride[v]}), who)
				}
			}
			if above = max(above, 0); left == nothing || above < left {
				left = above
			}
		}
	}
	known[cell] = left
	return left, left != nothing
}

// less reports whether a/b < c/d, for positive b and d.
func less(a, b, c, d int64) bool {
	x, y := floorDiv(a, b), floorDiv(c, d)
	if x != y {
		return x < y
	}
	return (a-x*b)*d < (c-y*d)*b
}

// wide reports whether a/b - c/d >= least.
func wide(a, b, c, d, least int64) bool {
	x, y := floorDiv(a, b), floorDiv(c, d)
	switch whole := x - y - least; {
	case whole != 0:
		return whole > 0 // the remainders of both are less than 1
	default:
		return (a-x*b)*d >= (c-y*d)*b
	}
}

func floorDiv(a, b int64) int64 {
	q := a / b
	if a%b < 0 {
		q--
	}
	return q
}

// up calls fn for every total that a cell is directly in.
func (i *twinVerifier) up(cell int, fn func(total int)) {
	for _, p := range i.places(cell) {
		t := i.tables[p.table]
		for v := range t.vars {
			code := p.cell / t.stride[v] % len(t.vars[v].Codes)
			if code > 0 {
				fn(i.number(place{p.table, p.cell + (t.vars[v].Parents[code]-code)*t.stride[v]}))
			}
		}
	}
}

// totals returns the given cells and all totals that they are in.
func (i *twinVerifier) totals(cells []int) map[int]bool {
	out := map[int]bool{}
	for _, c := range cells {
		out[c] = true
	}
	for k := 0; k < len(cells); k++ {
		i.up(cells[k], func(total int) {
			if !out[total] {
				out[total] = true
				cells = append(cells, total)
			}
		})
	}
	return out
}

// has is the least that insider who has in a cell. It follows from the cells within it in
// which the insider is alone or listed: the cell can be added up in several ways, and the
// largest result counts.
func (i *twinVerifier) has(cell int, who int64) int64 {
	if who == noList {
		return 0
	}
	his, ok := i.stakes[who]
	if !ok {
		his = i.stake(who)
		i.stakes[who] = his
	}
	return his[cell]
}

func (i *twinVerifier) stake(who int64) map[int]int64 {
	his := map[int]int64{} // worked out
	above := i.totals(slices.Clone(i.cells[who]))
	var within func(cell int) int64
	within = func(cell int) int64 {
		if x, ok := his[cell]; ok || !above[cell] {
			return x
		}
		most := int64(0)
		if i.owner[cell] == who {
			most = max(0, i.value(cell))
		}
		for _, s := range i.shares[cell] {
			if s.who == who {
				most = s.least
			}
		}
		for _, p := range i.places(cell) {
			t := i.tables[p.table]
			for v := range t.vars {
				code := p.cell / t.stride[v] % len(t.vars[v].Codes)
				sum := int64(0)
				for _, k := range i.below[i.variable(p.table)+v][code] {
					sum += within(i.number(place{p.table, p.cell + (k-code)*t.stride[v]}))
				}
				most = max(most, sum)
			}
		}
		his[cell] = most
		return most
	}
	for cell := range above {
		within(cell)
	}
	return his
}

// variable is the number of the first variable of a table among all.
func (i *twinVerifier) variable(table int) (n int) {
	for _, t := range i.tables[:table] {
		n += len(t.vars)
	}
	return n
}
