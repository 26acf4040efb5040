package hide

import (
	"cmp"
	"context"
	"fmt"
	"slices"
)

// Protect chooses what else to hide so that every primary cell is protected, at
// little cost, and proves it by witnesses.
//
// The outcome is a whole pattern or none: where a cell provably cannot be
// protected the error wraps ErrInfeasible, where it is not known whether it can
// ErrUndecided, and both name the cells. The same problem and options give the
// same pattern for any number of threads, unless a Budget says otherwise. A
// context that is done ends it with the context's error.
func Protect(ctx context.Context, p *Problem, o Options) (*Pattern, error) {
	// The start is the primary cells alone. The alternative is the proposal of
	// elimination, repaired and pruned. Over 12 tables of each size it was 1 to 4 %
	// dearer on average for 20x20, 60x60 and 14x13x12 codes, 1 % cheaper for 8x9x10, and
	// cheaper in 18 of the 48. It took 1.4 to 2 times as long (BenchmarkStart). So the
	// proposal is tried only where Rounds asks for effort.
	t, err := p.repair(ctx, make([]bool, len(p.cells)), o)
	if err != nil {
		return nil, err
	}
	if t, err = p.improve(ctx, t, o); err != nil {
		return nil, err
	}
	// Whatever made the pattern, nothing leaves that is not proven.
	if err := p.proves(t); err != nil {
		return nil, err
	}
	return t, nil
}

// repair hides what it takes beside what is hidden, drops what is redundant, and
// returns a pattern that is proven. It changes hidden.
func (p *Problem) repair(ctx context.Context, hidden []bool, o Options) (*Pattern, error) {
	proposed := slices.Contains(hidden, true)
	price := make([]int64, len(p.cells))
	for i := range price {
		price[i] = p.cost(i)
		status := p.cells[i].Status
		hidden[i] = status.Hidden() || hidden[i] && status != Protected
	}
	c := newCover(p, hidden, price, o.Threads)
	// What witnesses hide mostly makes sums pass too. What a proposal hides may not be in use.
	if proposed {
		c.forceRests()
	}
	if err := c.run(ctx); err != nil {
		return nil, err
	}
	if c.failed = c.giveUp(c.failed); len(c.failed) > 0 {
		if err := c.rescue(ctx); err != nil {
			return nil, err
		}
	}
	failed, err := c.meetRests(ctx)
	if err != nil {
		return nil, err
	}
	if err := cellsError(ErrUndecided, ints(failed)); err != nil {
		return nil, err
	}
	if err := c.prune(ctx); err != nil {
		return nil, err
	}
	if p.rests != nil {
		if failed, err = c.meetRests(ctx); err != nil {
			return nil, err
		}
		if err := cellsError(ErrUndecided, ints(failed)); err != nil {
			return nil, err
		}
	}
	t := c.pattern()
	if err := p.proves(t); err != nil {
		return nil, err
	}
	return t, nil
}

// pattern writes down what is hidden, and the witnesses that are in use. A secondary cell
// that none of these changes is published: it protects nothing, and what is published beside
// it may tell its value.
func (c *cover) pattern() *Pattern {
	t := &Pattern{problem: c.p, status: make([]Status, len(c.hidden))}
	for i, cell := range c.p.cells {
		t.status[i] = cell.Status
		switch {
		case cell.Status.Hidden() && cell.Status != Secondary:
		case c.isForced(int32(i)):
			t.status[i] = Primary
			t.forced = append(t.forced, int32(i))
			t.cost += c.p.cost(i)
		case c.hidden[i] && c.used[i] > 0:
			t.status[i] = Secondary
			t.cost += c.p.cost(i)
		case cell.Status == Secondary:
			t.status[i] = Safe
		}
	}
	number := make([]int32, len(c.found.all))
	for id := range number {
		number[id] = -1
		if id < len(c.users) && len(c.users[id]) > 0 {
			number[id] = int32(len(t.witnesses))
			t.witnesses = append(t.witnesses, c.found.all[id])
		}
	}
	for _, cell := range c.primaries {
		for _, n := range c.uses[cell] {
			if n.High >= 0 {
				n.High = number[n.High]
			}
			if n.Low >= 0 {
				n.Low = number[n.Low]
			}
			t.needs = append(t.needs, n)
		}
	}
	slices.SortStableFunc(t.needs, func(a, b Need) int {
		return cmp.Or(cmp.Compare(a.Cell, b.Cell), cmp.Compare(a.Kind, b.Kind), cmp.Compare(a.Owner, b.Owner), cmp.Compare(a.Least, b.Least))
	})
	t.trace = []traceStep{{cost: t.cost}}
	return t
}

// proves checks a pattern from the beginning, in whole numbers: every witness
// holds, and every need of every primary cell, insiders' too, has its own. The
// error wraps ErrUndecided, or ErrRequest for a pattern of another problem.
func (p *Problem) proves(t *Pattern) error {
	if t == nil || t.problem != p || len(t.status) != len(p.cells) {
		return fmt.Errorf("%w: the pattern was made for another problem; make one with Protect, of the problem as it is now", ErrRequest)
	}
	check := newChecker(p)
	s := newStore(p)
	for i := range t.witnesses {
		w := &t.witnesses[i]
		if !check.check(w, func(c int32) bool { return t.status[c].Hidden() }) {
			return ErrUndecided
		}
		s.add(w)
	}
	var failed []int
	next := 0
	for i, cell := range p.cells {
		from := next
		for next < len(t.needs) && int(t.needs[next].Cell) == i {
			next++
		}
		if (cell.Status == Primary || t.status[i] == Primary) && !s.shown(int32(i), t.needs[from:next]) {
			failed = append(failed, i)
		}
	}
	return cellsError(ErrUndecided, failed)
}

// shown reports whether a list of needs shows all that a primary cell requires.
func (s *store) shown(c int32, list []Need) bool {
	if slices.ContainsFunc(list, func(n Need) bool { return !n.met(s.all) }) {
		return false
	}
	for _, want := range s.p.needs(c) {
		if !slices.ContainsFunc(list, func(n Need) bool {
			return n.Kind == want.Kind && n.Owner == 0 && n.Cell == c && n.Least == want.Least
		}) {
			return false
		}
	}
	for _, id := range tables(list) {
		if s.all[id].at(c) == 0 {
			return false
		}
	}
	return !slices.ContainsFunc(s.p.needs(c), func(want Need) bool {
		return len(s.open(list, want, Anyone)) > 0 ||
			slices.ContainsFunc(s.doubters(list, want), func(who int32) bool { return len(s.open(list, want, who)) > 0 })
	})
}
