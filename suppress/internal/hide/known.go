package hide

import (
	"math/big"
	"slices"

	"github.com/sluis-go/sluis/internal/exact"
)

// limits are what is known of the cells of a group by bounds of records.
type limits struct {
	decided     bool
	least, most []int64 // cell of the problem -> in units
	apart       int64   // how far the bounds of one record are apart at most
}

// limits works out what bounds tell of each cell. They are not decided where a contributor, or
// a holding, may have several records, where a response is missing, and where values are
// weighted or out of range.
func (g *Tables) limits(least, most *big.Rat) *limits {
	l := &limits{least: make([]int64, len(g.problem.cells)), most: make([]int64, len(g.problem.cells))}
	unit := new(big.Rat).SetInt(exact.Pow10(g.digits))
	for i := range l.most {
		l.most[i] = infinity
	}
	for _, t := range slices.Concat(g.list, g.behind) {
		if !t.disjoint {
			return l
		}
		n := make([]int64, t.n)
		for cell := range t.n {
			if !t.inner(cell) || !t.has[cell] {
				continue
			}
			c := &t.cells[cell]
			n[cell] = c.Records()
			if c.MissingResponse() > 0 || c.Contributors() != n[cell] || c.Holdings() != n[cell] || c.WeightedSum() != nil {
				return l
			}
		}
		if t.rollUp(n) != nil {
			return l
		}
		for cell, id := range t.id {
			count := new(big.Rat).SetInt64(n[cell])
			low := new(big.Rat).Mul(unit, count)
			high := new(big.Rat).Mul(low, most)
			low.Mul(low, least)
			up, down := floor(high), floor(low)
			if new(big.Rat).SetInt(down).Cmp(low) < 0 {
				down = new(big.Int).Add(down, big.NewInt(1))
			}
			if !up.IsInt64() || !down.IsInt64() || up.Int64() > largest || down.Int64() < -largest || up.Int64() < g.problem.cells[id].Value || down.Int64() > g.problem.cells[id].Value {
				return l
			}
			l.least[id], l.most[id] = max(0, down.Int64()), up.Int64()
		}
	}
	width := new(big.Rat).Sub(most, least)
	l.apart = unitsAbove(width, unit)
	l.decided = true
	return l
}

// unequalPair are two groups, by number.
type unequalPair struct{ smaller, larger int }

// unequal lists the pairs of groups of different responses of which one is at most the other.
// Pairs that are equal everywhere are left out, and pairs that hide nothing.
func unequal(groups []*Tables, hides []bool) (out []unequalPair) {
	cells := make([]map[string]int32, len(groups))
	for k, g := range groups {
		if !g.list[0].count && len(groups) > 1 {
			cells[k] = g.byKey()
		}
	}
	for k := range groups {
		for l := range groups {
			if k == l || cells[k] == nil || cells[l] == nil || !hides[k] && !hides[l] || groups[k].output.Response == groups[l].output.Response {
				continue
			}
			if atMost(groups[k], groups[l], cells[k], cells[l]) {
				out = append(out, unequalPair{k, l})
			}
		}
	}
	return out
}

// byKey names the cells of the tables of a group.
func (g *Tables) byKey() map[string]int32 {
	out := map[string]int32{}
	for _, t := range slices.Concat(g.list, g.behind) {
		for cell, id := range t.id {
			out[t.key(cell)] = id
		}
	}
	return out
}

// atMost reports whether one group is at most another in every cell that both have, and less
// in some. A contributor who is known to have more in the first is no less of a proof that the
// inequality is none.
func atMost(g, h *Tables, of, other map[string]int32) bool {
	less := false
	up, down := scales(g, h)
	for key, id := range of {
		at, ok := other[key]
		if !ok {
			continue
		}
		x, z := &g.problem.cells[id], &h.problem.cells[at]
		if x.Value > largest/up || z.Value > largest/down {
			continue // the problem of both is not made: see joinProblem
		}
		if x.Value*up > z.Value*down {
			return false
		}
		less = less || x.Value*up < z.Value*down
		for _, s := range x.Shares {
			if s.Owner != 0 && s.Least*up > mostOf(z, s.Owner)*down {
				return false
			}
		}
	}
	return less
}

// mostOf is the most that a contributor with a number has of a cell.
func mostOf(c *Cell, who int32) int64 {
	for _, s := range c.Shares {
		if s.Owner == who {
			return s.Most
		}
	}
	if len(c.Shares) == 0 && c.Part == 0 || slices.ContainsFunc(c.Shares, func(s Share) bool { return s.Owner == 0 }) {
		return c.Value // nothing is known, or the contributor may be the one without a number
	}
	return c.Part
}

// scales are the factors that bring the units of two groups to one.
func scales(g, h *Tables) (of, other int64) {
	of, other = 1, 1
	for range h.digits - g.digits {
		of *= 10
	}
	for range g.digits - h.digits {
		other *= 10
	}
	return of, other
}
