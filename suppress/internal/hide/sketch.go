package hide

import (
	"math"

	"github.com/sluis-go/sluis/internal/scatter"
)

// sketcher makes tables of whole numbers that nearly agree with what is known:
//
//  1. Weights are chosen freely.
//  2. The weights are fitted to the known totals in turn (iterative proportional fitting,
//     Deming and Stephan 1940). The result lies in the middle of the possible tables.
//  3. The result is rounded so that the totals are missed by little.
//
// A program that starts from such a table has little left to do. Other weights give other
// tables.
type sketcher struct {
	p       *public
	at      []int32 // number of a cell -> variable, -1
	cells   []int32 // variable -> number of the cell
	start   []int32 // sum -> its list
	list    []int32 // variables that are summed
	rest    []int64 // sum -> what they must add up to, the known parts being taken off
	to      []int32 // sum -> the variable that it must equal, -1: none
	sums    [][]int32
	lower   []float64
	x       []float64
	rounded []int64
	off     []float64 // sum -> how far off it is
}

const (
	fitSweeps   = 80
	fitEnough   = 0.2
	roundSweeps = 12
)

// newSketcher finds the sums: every total of every table that is known, or that is
// an inner cell or a total of another.
func newSketcher(p *public) *sketcher {
	s := &sketcher{p: p, at: make([]int32, len(p.known)), start: []int32{0}}
	times := make([]int8, len(p.known))
	isInner := make([]bool, len(p.known))
	for t, l := range p.tables {
		for cell, id := range p.ids[t] {
			isInner[id] = isInner[id] || l.inner(cell)
			times[id] = min(times[id]+1, 2)
		}
	}
	for id := range s.at {
		s.at[id] = -1
		if !p.known[id] && (isInner[id] || times[id] > 1) {
			s.at[id] = int32(len(s.cells))
			s.cells = append(s.cells, int32(id))
		}
	}
	for t, l := range p.tables {
		s.table(l, p.ids[t])
	}
	n := len(s.cells)
	s.sums = make([][]int32, n)
	for k := range s.rest {
		for _, v := range s.list[s.start[k]:s.start[k+1]] {
			s.sums[v] = append(s.sums[v], int32(k))
		}
		if v := s.to[k]; v >= 0 {
			s.sums[v] = append(s.sums[v], int32(k))
		}
	}
	s.lower, s.x, s.rounded, s.off = make([]float64, n), make([]float64, n), make([]int64, n), make([]float64, len(s.rest))
	for v := range s.lower {
		switch {
		case p.attacker.Negative:
			s.lower[v] = math.Inf(-1)
		case isInner[s.cells[v]]:
			s.lower[v] = float64(p.attacker.Lower)
		}
	}
	return s
}

// table adds the sums of one table. Every unknown inner cell goes into the list of
// each total above it, every known one is taken off.
func (s *sketcher) table(l *layout, ids []int32) {
	members := map[int][]int32{}
	sums := make([]int64, l.n)
	above := make([][][]int, len(l.vars))
	for v := range l.vars {
		above[v] = make([][]int, len(l.vars[v].Codes))
		for k := range l.vars[v].Codes {
			for c := k; c >= 0; c = l.vars[v].Parents[c] {
				above[v][k] = append(above[v][k], c)
			}
		}
	}
	wanted := func(cell int) bool {
		id := ids[cell]
		return s.p.known[id] || s.at[id] >= 0
	}
	for cell, id := range ids {
		if !l.inner(cell) {
			continue
		}
		if s.p.known[id] {
			sums[cell] = s.p.value[id]
			continue
		}
		var walk func(v, at int)
		walk = func(v, at int) {
			if v == len(l.vars) {
				if at != cell && wanted(at) {
					members[at] = append(members[at], s.at[id])
				}
				return
			}
			for _, k := range above[v][l.code(cell, v)] {
				walk(v+1, at+(k-l.code(cell, v))*l.stride[v])
			}
		}
		walk(0, cell)
	}
	_ = l.rollUp(sums) // sums of published cells are in range: settle has added them
	for cell, id := range ids {
		list := members[cell]
		if len(list) == 0 {
			continue
		}
		s.list = append(s.list, list...)
		s.start = append(s.start, int32(len(s.list)))
		rest := -sums[cell]
		if s.p.known[id] {
			rest += s.p.value[id]
			s.to = append(s.to, -1)
		} else {
			s.to = append(s.to, s.at[id])
		}
		s.rest = append(s.rest, rest)
	}
}

// draw makes a table: a whole number for every variable.
func (s *sketcher) draw(round int) []int64 {
	for v := range s.x {
		weight := 1.0
		if round > 0 {
			weight = float64(uint64(1) << (2 * (mix(uint64(round)<<32|uint64(v)) % 4)))
		}
		s.x[v] = weight
		if !math.IsInf(s.lower[v], -1) {
			s.x[v] += s.lower[v]
		}
	}
	for range fitSweeps {
		if s.fit() < fitEnough {
			break
		}
	}
	s.round()
	return s.rounded
}

// mix is the number of SplitMix64 behind a state: the same on every machine.
func mix(state uint64) uint64 { return scatter.Finish(state + scatter.Step) }

// fit goes once through the sums and returns how far off the worst was.
func (s *sketcher) fit() (worst float64) {
	for k := range s.rest {
		list := s.list[s.start[k]:s.start[k+1]]
		sum, low := 0.0, 0.0
		for _, v := range list {
			sum += s.x[v]
			low += s.lower[v]
		}
		want := float64(s.rest[k])
		if to := s.to[k]; to >= 0 {
			// The two meet halfway: want is the other's value less what is known.
			other := s.x[to] + want
			want = (sum + other) / 2
			s.x[to] = max(s.lower[to], want-float64(s.rest[k]))
		}
		worst = max(worst, math.Abs(sum-want))
		switch {
		case math.IsInf(low, -1):
			for _, v := range list {
				s.x[v] += (want - sum) / float64(len(list))
			}
		case want <= low:
			for _, v := range list {
				s.x[v] = s.lower[v]
			}
		case sum > low:
			f := (want - low) / (sum - low)
			for _, v := range list {
				s.x[v] = s.lower[v] + (s.x[v]-s.lower[v])*f
			}
		}
	}
	return worst
}

// round makes the numbers whole. Each step chooses the direction that leaves the sums nearer
// to the required sums. Then round changes single units while that helps.
func (s *sketcher) round() {
	for k := range s.off {
		s.off[k] = -float64(s.rest[k])
		for _, v := range s.list[s.start[k]:s.start[k+1]] {
			s.off[k] += s.x[v]
		}
		if to := s.to[k]; to >= 0 {
			s.off[k] -= s.x[to]
		}
	}
	gain := func(v int, d float64) (g float64) {
		for _, k := range s.sums[v] {
			e := d
			if s.to[k] == int32(v) {
				e = -d
			}
			g += e * (2*s.off[k] + e)
		}
		return g
	}
	step := func(v int, d float64) {
		for _, k := range s.sums[v] {
			if s.to[k] == int32(v) {
				s.off[k] -= d
			} else {
				s.off[k] += d
			}
		}
	}
	for v, x := range s.x {
		x = min(max(x, -largest), largest)
		down := math.Floor(x)
		d := down - s.x[v]
		if gain(v, d+1) < gain(v, d) {
			d++
			down++
		}
		step(v, d)
		s.rounded[v] = int64(down)
	}
	for range roundSweeps {
		better := false
		for v := range s.rounded {
			d := 1.0
			if gain(v, -1) < gain(v, 1) {
				d = -1
			}
			if gain(v, d) < 0 && float64(s.rounded[v])+d >= s.lower[v] {
				step(v, d)
				s.rounded[v] += int64(d)
				better = true
			}
		}
		if !better {
			return
		}
	}
}

// spread fills in all unknown cells: totals are added up in the first table that
// has them.
func (s *sketcher) spread(rounded []int64) []int64 {
	p := s.p
	out := make([]int64, len(p.known))
	done := make([]bool, len(p.known))
	for id := range out {
		if p.known[id] {
			out[id], done[id] = p.value[id], true
		} else if v := s.at[id]; v >= 0 {
			out[id], done[id] = rounded[v], true
		}
	}
	for t, l := range p.tables {
		x := make([]int64, l.n)
		for cell, id := range p.ids[t] {
			if l.inner(cell) {
				x[cell] = out[id]
			}
		}
		if l.rollUp(x) != nil {
			continue
		}
		for cell, id := range p.ids[t] {
			if !done[id] {
				out[id], done[id] = x[cell], true
			}
		}
	}
	return out
}
