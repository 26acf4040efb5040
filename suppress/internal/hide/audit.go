package hide

import (
	"cmp"
	"context"
	"fmt"
	"math/big"
	"slices"

	"github.com/sluis-go/sluis/internal/guard"
)

// Audit computes what attackers can say of the hidden cells of a pattern, of this package
// or of another tool:
//
//   - the feasibility interval of each hidden cell, under the prior knowledge of the
//     attacker;
//   - whether the needs of every primary cell hold, against outsiders and every insider.
//
// A primary cell that is published fails all its needs. A protected cell counts as known
// even where it is hidden.
//
// Floating-point numbers find the ends of intervals, and whole numbers prove them: an end
// that is reached is the value in another table, which was checked; an end that is proven
// follows from exact sums over bounds. For an attacker who knows that values are whole,
// programs are branched upon. Where the reached and the proven end differ, the interval
// says so, and a need that rests on that end is Undecided.
//
// The result does not depend on the number of threads.
func Audit(ctx context.Context, p *Problem, hidden []bool, o AuditOptions) (*Audited, error) {
	return auditFrom(ctx, p, hidden, o, nil)
}

// auditFrom is Audit with witnesses that are known: they agree with the problem, and change
// what is hidden alone.
func auditFrom(ctx context.Context, p *Problem, hidden []bool, o AuditOptions, known []Witness) (*Audited, error) {
	if len(hidden) != len(p.cells) {
		return nil, fmt.Errorf("%w: a pattern of %d cells for a problem of %d", ErrRequest, len(hidden), len(p.cells))
	}
	if o.Branches <= 0 {
		o.Branches = 200
	}
	a := &auditor{p: p, o: o, hidden: slices.Clone(hidden), out: &Audited{}}
	for i, c := range p.cells {
		if c.Status == Protected {
			a.hidden[i] = false
		}
	}
	a.cover = newCover(p, a.hidden, make([]int64, len(p.cells)), o.Threads)
	for i := range known {
		a.cover.found.add(&known[i])
	}
	a.lower, a.upper = p.propagate(func(i int) bool { return !a.hidden[i] })
	a.split()
	if !o.NeedsOnly {
		if err := a.intervals(ctx, hidden); err != nil {
			return nil, err
		}
	}
	if err := a.needs(ctx, hidden); err != nil {
		return nil, err
	}
	a.out.Witnesses = a.cover.found.all
	return a.out, nil
}

type auditor struct {
	p            *Problem
	o            AuditOptions
	hidden       []bool // and not known to the attacker
	lower, upper []int64
	parts        [][]int32 // components: cells that depend on each other, rising
	part         []int32   // cell -> its component, -1 where it has one value
	ends         []ends    // of cells of components
	cover        *cover
	out          *Audited
}

// split finds the components of the cells that may have more than one value.
func (a *auditor) split() {
	p := a.p
	top := make([]int32, len(p.cells))
	for i := range top {
		top[i] = int32(i)
	}
	find := func(i int32) int32 {
		for top[i] != i {
			top[i] = top[top[i]]
			i = top[i]
		}
		return i
	}
	loose := func(i int) bool { return a.lower[i] < a.upper[i] }
	for _, r := range p.rel {
		first := int32(-1)
		join := func(i int) {
			switch {
			case !loose(i):
			case first < 0:
				first = find(int32(i))
			default:
				if q := find(int32(i)); q < first {
					top[first] = q
					first = q
				} else {
					top[q] = first
				}
			}
		}
		join(r.Total)
		for _, i := range r.Parts {
			join(i)
		}
	}
	a.part = make([]int32, len(p.cells))
	for i := range p.cells {
		a.part[i] = -1
		if !loose(i) {
			continue
		}
		// The top of a component is its first cell.
		t := find(int32(i))
		if int(t) == i {
			a.part[i] = int32(len(a.parts))
			a.parts = append(a.parts, nil)
		}
		a.part[i] = a.part[t]
		a.parts[a.part[i]] = append(a.parts[a.part[i]], int32(i))
	}
}

// ends is what is known of how far a cell goes: at least reached and at most
// proven, nil being no end.
type ends struct {
	reached [2]*big.Rat // above, below
	free    [2]bool     // a ray goes on without end
	proven  [2]*big.Rat
}

// intervals works out the intervals of all hidden cells, a component at a time.
func (a *auditor) intervals(ctx context.Context, hidden []bool) error {
	a.ends = make([]ends, len(a.p.cells))
	found := make([][]*Witness, len(a.parts))
	checkers := make([]*checker, max(1, a.o.Threads))
	err := guard.Try(ctx, a.o.Threads, len(a.parts), func(worker, i int) (err error) {
		if checkers[worker] == nil {
			checkers[worker] = newChecker(a.p)
		}
		found[i], err = a.component(ctx, a.parts[i], checkers[worker])
		return err
	})
	if err != nil {
		return err
	}
	for _, list := range found {
		for _, w := range list {
			a.cover.found.add(w)
		}
	}
	for i, h := range hidden {
		if h {
			a.out.Intervals = append(a.out.Intervals, a.interval(i))
		}
	}
	return nil
}

// component works out the ends of the cells of a component. Every table found is
// news for all the cells in which it differs.
func (a *auditor) component(ctx context.Context, cells []int32, check *checker) (found []*Witness, err error) {
	g := a.program(cells, check, a.p.view(Need{Cell: cells[0]}))
	for j, c := range cells {
		e := &a.ends[c]
		e.reached = [2]*big.Rat{new(big.Rat), new(big.Rat)}
		e.proven = [2]*big.Rat{g.side(j, 1), g.side(j, -1)}
	}
	learn := func(w *Witness) {
		news := false
		for i, c := range w.Cells {
			e := &a.ends[c]
			v := big.NewRat(w.Delta[i], w.Den)
			side := 0
			if v.Sign() < 0 {
				side = 1
				v.Neg(v)
			}
			if v.Cmp(e.reached[side]) > 0 {
				e.reached[side] = v
				news = true
			}
		}
		if news {
			found = append(found, w)
		}
	}
	for j, c := range cells {
		for side, sign := range []int64{1, -1} {
			e := &a.ends[c]
			if e.free[side] || e.proven[side] != nil && e.reached[side].Cmp(e.proven[side]) >= 0 {
				continue
			}
			x, err := g.extreme(ctx, j, sign)
			if err != nil {
				return nil, err
			}
			if x.reached != nil {
				learn(x.reached)
			}
			if x.ray != nil {
				e.free[side] = true
				if w := along(x.ray, Need{Cell: c, Least: a.asked(c)}); w != nil && g.admits(w) {
					learn(w)
				}
			}
			e.proven[side] = x.proven
		}
	}
	return found, nil
}

// asked is the most that a cell's level asks, at least 1.
func (a *auditor) asked(c int32) int64 {
	l := a.p.cells[c].Level
	return max(1, l.Lower, l.Upper, l.Sliding)
}

// program makes the program of some cells, in order, with the bounds of one view.
func (a *auditor) program(cells []int32, check *checker, v *view) *region {
	lower, upper := make([]int64, len(cells)), make([]int64, len(cells))
	for j, c := range cells {
		least, _ := bounds(v.below(c), 0)
		lower[j], upper[j] = max(a.lower[c], least), a.upper[c]
	}
	return newRegion(a.p, cells, lower, upper, check, a.o.Branches)
}

// interval writes down the ends of a cell.
func (a *auditor) interval(i int) Interval {
	zero := Bound{Den: 1}
	v := Interval{Cell: i, Lower: zero, Upper: zero, Least: zero, Greatest: zero}
	if a.part[i] < 0 {
		return v
	}
	e := &a.ends[i]
	v.Upper, v.Greatest = bound(e.reached[0], e.free[0], 1), bound(e.proven[0], false, 1)
	v.Lower, v.Least = bound(e.reached[1], e.free[1], -1), bound(e.proven[1], false, -1)
	return v
}

// bound writes down one end; one that does not fit is none.
func bound(v *big.Rat, free bool, sign int64) Bound {
	if v == nil || free || !v.Num().IsInt64() || !v.Denom().IsInt64() {
		return Bound{}
	}
	return Bound{Delta: sign * v.Num().Int64(), Den: v.Denom().Int64()}
}

// needs shows or refutes the needs of every primary cell.
func (a *auditor) needs(ctx context.Context, hidden []bool) error {
	c := a.cover
	// Cells that depend on no other, or have one value, fail or are free at once;
	// the rest first look for small tables.
	if err := c.pass(ctx, slices.Clone(c.primaries), 1024, false); err != nil {
		return err
	}
	failures := map[int32][]Failure{}
	rest := c.failed
	for len(rest) > 0 {
		verdicts := make([]Verdict, len(rest))
		asked := make([]Need, len(rest))
		open := make([]bool, len(rest))
		got := make([][]*Witness, len(rest))
		err := guard.Try(ctx, c.threads, len(rest), func(worker, i int) (err error) {
			missing := a.missing(rest[i], failures[rest[i]])
			if len(missing) == 0 {
				return nil
			}
			asked[i], open[i] = missing[0], true
			verdicts[i], got[i], err = a.decide(ctx, asked[i], c.finders[worker])
			return err
		})
		if err != nil {
			return err
		}
		var next []int32
		for i, cell := range rest {
			n := asked[i]
			if !open[i] {
				continue
			}
			for _, w := range got[i] {
				c.found.add(w)
			}
			if verdicts[i] == Holds && !a.now(n) {
				verdicts[i] = Undecided
			}
			if verdicts[i] != Holds {
				failures[cell] = append(failures[cell], Failure{Cell: int(cell), Kind: n.Kind, Owner: n.Owner, Least: n.Least, Verdict: verdicts[i]})
			}
			next = append(next, cell)
		}
		rest = next
	}
	a.conclude(hidden, failures)
	return nil
}

// missing lists the needs of a cell that nothing shows or refutes yet.
func (a *auditor) missing(cell int32, failed []Failure) []Need {
	_, missing := a.cover.found.assign(cell, func(int32) bool { return true })
	return slices.DeleteFunc(missing, func(n Need) bool {
		return slices.ContainsFunc(failed, func(f Failure) bool { return f.Kind == n.Kind && f.Owner == n.Owner && f.Least == n.Least })
	})
}

// now reports whether the tables found by now meet a need.
func (a *auditor) now(n Need) bool {
	s := a.cover.found
	return s.pick(&n, s.candidates(n.Cell, func(int32) bool { return true }))
}

// decide settles a need by the interval of its cell, where there is one, or by
// the attacker's program.
func (a *auditor) decide(ctx context.Context, n Need, f *finder) (Verdict, []*Witness, error) {
	k := a.part[n.Cell]
	if k < 0 {
		return Fails, nil, nil
	}
	if a.ends != nil && n.Owner == 0 {
		if n.denied(a.ends[n.Cell].proven) {
			return Fails, nil, nil
		}
		return Undecided, nil, nil
	}
	v := a.p.view(n)
	if n.Owner == 0 {
		return a.p.settle(ctx, n, a.program(a.parts[k], f.check, v))
	}
	// The prior knowledge of an insider may split the component: the cells that are
	// connected to the cell without the insider's cells are enough.
	cells, _ := f.region(n.Cell, n.Owner, false, true, len(a.p.cells))
	cells = slices.DeleteFunc(cells, func(c int32) bool { return a.part[c] < 0 })
	return a.p.settle(ctx, n, a.program(cells, f.check, v))
}

// conclude writes down what holds, by which tables, and what does not.
func (a *auditor) conclude(hidden []bool, failures map[int32][]Failure) {
	for i, cell := range a.p.cells {
		if cell.Status != Primary {
			continue
		}
		c := int32(i)
		if !hidden[i] {
			for _, n := range a.p.needs(c) {
				a.out.Failures = append(a.out.Failures, Failure{Cell: i, Kind: n.Kind, Least: n.Least, Verdict: Fails})
			}
			continue
		}
		met, _ := a.cover.found.assign(c, func(int32) bool { return true })
		slices.SortFunc(met, func(a, b Need) int {
			return cmp.Or(cmp.Compare(a.Kind, b.Kind), cmp.Compare(a.Owner, b.Owner), cmp.Compare(a.Least, b.Least))
		})
		a.out.Needs = append(a.out.Needs, met...)
		list := failures[c]
		slices.SortFunc(list, func(a, b Failure) int {
			return cmp.Or(cmp.Compare(a.Kind, b.Kind), cmp.Compare(a.Owner, b.Owner), cmp.Compare(a.Least, b.Least))
		})
		a.out.Failures = append(a.out.Failures, list...)
	}
}
