package hide

import (
	"context"
	"math/bits"
	"slices"
)

// fewest is the number of cells that may be hidden up to which the least cost is
// searched for: those of a cut are the bits of a word.
const fewest = 64

// leastCuts, leastNodes and leastDecided bound the search for the least cost. A decision
// takes some milliseconds.
const (
	leastCuts    = 3000
	leastNodes   = 400_000
	leastDecided = 4000
)

// least searches for a pattern of least cost, and reports whether it is proven
// that none is cheaper. It learns cuts, sets of cells of which one must be hidden,
// until what hides one of every cut at least cost is protected: then nothing
// cheaper is. A cut is what remains published when a need fails provably, and would
// fail with all else hidden. Where a failure is not proven, or the search is given
// up, the pattern before stands; problems of more than 64 candidates are not
// searched. The number of cuts is exponential at worst.
//
// Source: implicit hitting sets, as for integer programs by Moreno-Centeno and
// Karp, Operations Research 61, 2013.
func (p *Problem) least(ctx context.Context, t *Pattern, out func() bool) (*Pattern, bool, error) {
	s := &leastSearch{p: p, bit: make([]int, len(p.cells))}
	decided := 0
	s.out = func() bool { decided++; return decided > leastDecided || out() }
	for i, c := range p.cells {
		s.bit[i] = -1
		if c.Status == Safe || c.Status == Secondary {
			s.bit[i] = len(s.cells)
			s.cells = append(s.cells, int32(i))
		}
	}
	if len(s.cells) > fewest {
		return t, false, nil
	}
	slices.SortStableFunc(s.cells, func(a, b int32) int {
		return int(min(1, max(-1, p.cost(int(a))-p.cost(int(b)))))
	})
	for b, c := range s.cells {
		s.bit[c] = b
		s.cost = append(s.cost, p.cost(int(c)))
	}
	hidden := make([]bool, len(p.cells))
	for i, c := range p.cells {
		hidden[i] = c.Status == Primary || c.Status == Withheld
	}
	s.cover = newCover(p, hidden, p.prices(), 1)
	for i := range t.witnesses {
		s.cover.found.add(&t.witnesses[i])
	}
	for len(s.cuts) < leastCuts && !out() {
		set, cost, ok := s.hit(t.cost)
		if !ok {
			return t, false, nil
		}
		if cost >= t.cost {
			return t, true, nil // nothing that hits all cuts is cheaper
		}
		n := len(s.cuts)
		if ok, err := s.learn(ctx, set); !ok || err != nil {
			return t, false, err
		}
		if len(s.cuts) > n {
			continue
		}
		s.hide(set)
		x, err := p.repair(ctx, slices.Clone(s.cover.hidden), Options{})
		if err != nil || x.cost > cost {
			if err == nil && x.cost < t.cost {
				x.trace = append(slices.Clone(t.trace), traceStep{cost: x.cost})
				return x, false, nil
			}
			return t, false, ctx.Err()
		}
		x.trace = append(slices.Clone(t.trace), traceStep{cost: x.cost})
		return x, true, nil
	}
	return t, false, nil
}

type leastSearch struct {
	p     *Problem
	cells []int32 // that may be hidden, cheap ones first
	bit   []int   // cell -> its place there, or -1
	cost  []int64
	cuts  []uint64
	cover *cover
	out   func() bool // asked before every decision
}

// hide hides the cells of a set, and no other candidate.
func (s *leastSearch) hide(set uint64) {
	for b, c := range s.cells {
		s.cover.hidden[c] = set>>b&1 == 1
	}
}

// learn adds cuts for needs that fail when a set is hidden; ok is false where a
// need was neither met nor proven to fail, or out says that it is enough. No cut means
// that all needs hold.
func (s *leastSearch) learn(ctx context.Context, set uint64) (ok bool, err error) {
	fresh := uint64(0)
	for _, cell := range s.cover.primaries {
		for tries := 0; ; tries++ {
			s.hide(set)
			_, missing := s.cover.found.assign(cell, s.cover.open)
			if len(missing) == 0 {
				break
			}
			if s.out() {
				return false, nil
			}
			v, err := s.decide(ctx, missing[0])
			if err != nil || v == Undecided || tries > 200 {
				return false, err
			}
			if v == Holds {
				continue
			}
			cut, ok, err := s.cut(ctx, missing[0], set)
			if !ok || err != nil {
				return false, err
			}
			if cut&fresh == 0 || len(s.cuts) == 0 {
				s.cuts = append(s.cuts, cut)
				fresh |= cut
			}
			break
		}
	}
	if fresh == 0 {
		s.hide(set)
		return s.learnRests(), nil
	}
	return true, nil
}

// learnRests adds cuts for sums that fail with what is hidden; it returns false where a sum
// cannot be met. A sum that fails passes only where a further part is hidden, or the total.
// That holds for numbers of contributors; of other rules it is a guess.
func (s *leastSearch) learnRests() bool {
	r := s.p.rests
	if r == nil {
		return true
	}
	hidden := func(id int32) bool { return s.cover.hidden[id] }
	for n := range r.sums {
		if !r.fails(int32(n), hidden) {
			continue
		}
		x := &r.sums[n]
		cut := uint64(0)
		for _, k := range append([]int{x.total}, x.parts...) {
			id := x.t.id[k]
			if b := s.bit[id]; b >= 0 && x.t.has[k] && !s.cover.hidden[id] && (k == x.total || !r.barred[id]) {
				cut |= 1 << b
			}
		}
		if cut == 0 {
			return false
		}
		s.cuts = append(s.cuts, cut)
	}
	return true
}

// cut makes the cells hidden as many as a need fails with, cheap ones first. ok is false
// where out says that it is enough.
func (s *leastSearch) cut(ctx context.Context, n Need, set uint64) (cut uint64, ok bool, err error) {
	for b := range s.cells {
		if set>>b&1 == 1 {
			continue
		}
		s.hide(set | 1<<b)
		if s.cover.found.pick(&n, s.cover.found.candidates(n.Cell, s.cover.open)) {
			n.High, n.Low = -1, -1
			continue
		}
		n.High, n.Low = -1, -1
		if s.out() {
			return 0, false, nil
		}
		v, err := s.decide(ctx, n)
		if err != nil {
			return 0, false, err
		}
		if v == Fails {
			set |= 1 << b
		}
	}
	return ^set & (1<<len(s.cells) - 1), true, nil
}

// decide settles a need for what is hidden now, and keeps the witnesses.
func (s *leastSearch) decide(ctx context.Context, n Need) (Verdict, error) {
	f := s.cover.finders[0]
	cells, _ := f.region(n.Cell, n.Owner, false, true, len(s.p.cells))
	lower, upper := make([]int64, len(cells)), make([]int64, len(cells))
	view := s.p.view(n)
	for j, k := range cells {
		lower[j], upper[j] = bounds(view.below(k), view.above(k))
	}
	v, ws, err := s.p.settle(ctx, n, newRegion(s.p, cells, lower, upper, f.check, rescueBranches))
	if err != nil {
		return v, err
	}
	for _, w := range ws {
		s.cover.found.add(w)
	}
	if v == Holds && !s.cover.found.pick(&n, s.cover.found.candidates(n.Cell, s.cover.open)) {
		return Undecided, nil
	}
	return v, nil
}

// hit finds a set of least cost that has a cell of every cut, where it costs less
// than most; ok is false where the search was given up.
func (s *leastSearch) hit(most int64) (set uint64, cost int64, ok bool) {
	best, found := most, uint64(0)
	nodes := 0
	var visit func(in, ex uint64, cost int64)
	visit = func(in, ex uint64, cost int64) {
		if nodes++; nodes > leastNodes {
			return
		}
		// Cuts that are not hit and have no cell in common cost the sum of their
		// cheapest; the one with the fewest cells left is branched on.
		bound, taken := cost, uint64(0)
		branch, few := uint64(0), fewest+1
		for _, cut := range s.cuts {
			if cut&in != 0 {
				continue
			}
			left := cut &^ ex
			if left == 0 {
				return
			}
			if k := bits.OnesCount64(left); k < few {
				branch, few = left, k
			}
			if left&taken == 0 {
				taken |= left
				bound += s.cost[bits.TrailingZeros64(left)]
			}
		}
		if bound >= best {
			return
		}
		if branch == 0 {
			best, found = cost, in
			return
		}
		for b := branch; b != 0; b &= b - 1 {
			k := b & -b
			visit(in|k, ex, cost+s.cost[bits.TrailingZeros64(k)])
			ex |= k
		}
	}
	visit(0, 0, 0)
	return found, best, nodes <= leastNodes
}
