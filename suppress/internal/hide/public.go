package hide

import (
	"fmt"
	"slices"
)

// public is what every reader can compute from releases alone: which cells are known, and
// the relations of the other cells. public holds no true value of a hidden cell. So nothing
// that is made from it reveals one.
type public struct {
	attacker Attacker
	tables   []*layout
	ids      [][]int32 // table and cell -> number
	shown    []bool    // by number: in some release
	known    []bool
	value    []int64 // of known cells; of all, once there is a base
	rel      []Relation
	of       [][]int32 // number -> relations
}

// newPublic reads releases. A cell is known where one of them publishes it.
func newPublic(releases []*Release, a Attacker) (*public, error) {
	if a.Upper != 0 || a.Within != 0 {
		return nil, fmt.Errorf("%w: a certificate cannot state bounds that follow from the truth", ErrRequest)
	}
	p := &public{attacker: a}
	for _, r := range releases {
		p.tables = append(p.tables, r.grid)
	}
	var n int
	p.ids, n = link(p.tables)
	p.shown, p.known, p.value = make([]bool, n), make([]bool, n), make([]int64, n)
	for t, r := range releases {
		for cell, id := range p.ids[t] {
			if !r.shown[cell] {
				continue
			}
			p.shown[id] = true
			if r.hidden[cell] {
				continue
			}
			if p.known[id] && p.value[id] != r.value[cell] {
				return nil, fmt.Errorf("%w: release %q", ErrNotAdditive, r.Name)
			}
			p.known[id], p.value[id] = true, r.value[cell]
		}
	}
	p.rel = unionRelations(p.tables, p.ids)
	p.of = make([][]int32, n)
	for r, rel := range p.rel {
		p.of[rel.Total] = append(p.of[rel.Total], int32(r))
		for _, c := range rel.Parts {
			p.of[c] = append(p.of[c], int32(r))
		}
	}
	return p, p.settle()
}

// settle works out cells that are the only unknown of a relation, again and
// again: totals that are not published, as a rule.
func (p *public) settle() error {
	open := make([]int, len(p.rel))
	var ready []int
	for r, rel := range p.rel {
		for _, c := range append([]int{rel.Total}, rel.Parts...) {
			if !p.known[c] {
				open[r]++
			}
		}
		if open[r] <= 1 {
			ready = append(ready, r)
		}
	}
	for len(ready) > 0 {
		r := ready[len(ready)-1]
		ready = ready[:len(ready)-1]
		rel := p.rel[r]
		rest, at := int64(0), -1
		for _, c := range rel.Parts {
			if p.known[c] {
				rest -= p.value[c]
			} else {
				at = c
			}
		}
		if p.known[rel.Total] {
			rest += p.value[rel.Total]
		} else {
			at, rest = rel.Total, -rest
		}
		switch {
		case open[r] == 0 && at < 0 && rest != 0:
			return fmt.Errorf("%w: published cells", ErrNotAdditive)
		case open[r] != 1:
			continue
		case abs64(rest) > largest:
			return fmt.Errorf("%w: a total is beyond 2^52 units", ErrRequest)
		}
		p.known[at], p.value[at] = true, rest
		for _, q := range p.of[at] {
			if open[q]--; open[q] <= 1 {
				ready = append(ready, int(q))
			}
		}
	}
	return nil
}

func abs64(v int64) int64 { return max(v, -v) }

// components are the sets of unknown cells that no relation ties to others, in the
// order of their cells.
func (p *public) components() (out []*component) {
	mark := make([]bool, len(p.known))
	for first := range p.known {
		if p.known[first] || mark[first] {
			continue
		}
		mark[first] = true
		list := []int32{int32(first)}
		for k := 0; k < len(list); k++ {
			for _, r := range p.of[list[k]] {
				for _, c := range append([]int{p.rel[r].Total}, p.rel[r].Parts...) {
					if !p.known[c] && !mark[c] {
						mark[c] = true
						list = append(list, int32(c))
					}
				}
			}
		}
		slices.Sort(list)
		out = append(out, p.component(list))
	}
	return out
}

// problem is the attacker's: the base is the truth, what is known is published, and
// of every suppressed cell another value is asked for.
func (p *public) problem() (*Problem, error) {
	cells := make([]Cell, len(p.known))
	for i, v := range p.value {
		cells[i].Value = v
		switch {
		case p.known[i]:
			cells[i].Status = Protected
		case p.shown[i]:
			cells[i].Status = Primary
		default:
			cells[i].Status = Withheld
		}
	}
	return New(cells, p.rel, p.attacker)
}
