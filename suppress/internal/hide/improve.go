package hide

import (
	"cmp"
	"context"
	"math/rand/v2"
	"slices"
	"time"
)

// improve looks for a cheaper pattern than one that is proven. A problem with few cells that
// may be hidden is searched for the least cost. Otherwise improve tries the pattern that
// elimination starts. Then every round reopens the neighbourhood of one secondary cell:
//
//  1. The hidden cells of the neighbourhood are published, except the primary ones.
//  2. The needs that rested on the neighbourhood find other witnesses, at perturbed prices.
//  3. Redundant hidden cells are published.
//  4. The result is kept where it is cheaper.
//
// So the cost never rises, and every pattern that is kept is proven.
//
// The time of a round is in proportion to the reopened part, and a little to the number of
// cells. The seed decides, and no clock unless there is a Budget.
//
// Published tools perturb whole tables (GaussSuppression) or solve integer programs (Fischetti
// and Salazar, "Solving the cell suppression problem on tabular data with linear
// constraints", Management Science 47, 2001). The search of small problems is such a program.
func (p *Problem) improve(ctx context.Context, t *Pattern, o Options) (*Pattern, error) {
	if o.Rounds <= 0 || t.cost == 0 {
		return t, nil
	}
	start := time.Now()
	out := func() bool { return o.Budget > 0 && time.Since(start) >= o.Budget }
	best, proven, err := p.least(ctx, t, out)
	if err != nil || proven {
		return best, err
	}
	if !out() {
		if best, err = p.restart(ctx, best, o); err != nil {
			return nil, err
		}
	}
	return p.reopen(ctx, best, o, out)
}

// restart protects the table anew from what elimination proposes.
func (p *Problem) restart(ctx context.Context, t *Pattern, o Options) (*Pattern, error) {
	hidden, err := p.eliminate(ctx, p.prices(), o.Threads)
	if err != nil {
		return nil, err
	}
	x, err := p.repair(ctx, hidden, o)
	if ctx.Err() != nil {
		return nil, ctx.Err()
	}
	if err != nil || x.cost >= t.cost {
		return t, nil // the first pattern stands
	}
	x.trace = append(t.trace, traceStep{round: 0, cost: x.cost})
	return x, nil
}

func (p *Problem) prices() []int64 {
	price := make([]int64, len(p.cells))
	for i := range price {
		price[i] = p.cost(i)
	}
	return price
}

// reopening is a cover whose pattern is changed in one place at a time.
type reopening struct {
	*cover
	rng     *rand.Rand
	before  []bool // what was hidden
	changed map[int32][]Need
	cells   []int32 // changed, in the order of the changes
}

// reopen runs the rounds.
func (p *Problem) reopen(ctx context.Context, t *Pattern, o Options, out func() bool) (*Pattern, error) {
	c := newCover(p, t.Hidden(), p.prices(), 1)
	for i := range t.witnesses {
		c.found.add(&t.witnesses[i])
	}
	for _, k := range t.forced {
		c.force(k)
	}
	// What the needs rest on now may leave some cells for nothing, and sums without them.
	if failed, err := c.meetRests(ctx); len(failed) > 0 || err != nil {
		return t, err
	}
	r := &reopening{cover: c, rng: rand.New(rand.NewPCG(o.Seed, 0x51a15)), before: make([]bool, len(c.hidden))}
	trace, cost := slices.Clone(t.trace), int64(0)
	c.sweep(c.secondaries())
	for i := range c.hidden {
		if c.isForced(int32(i)) {
			cost += p.cost(i)
		}
	}
	for _, k := range c.secondaries() {
		cost += p.cost(int(k))
	}
	if cost < t.cost {
		trace = append(trace, traceStep{cost: cost})
	}
	for round := 1; round <= o.Rounds && !out(); round++ {
		if err := ctx.Err(); err != nil {
			return nil, err
		}
		list := c.secondaries()
		if len(list) == 0 {
			break
		}
		gain, err := r.round(ctx, r.choose(list))
		if err != nil {
			return nil, err
		}
		if gain > 0 {
			cost -= gain
			trace = append(trace, traceStep{round: round, cost: cost})
		}
	}
	if cost == t.cost {
		return t, nil
	}
	x := c.pattern()
	if err := p.proves(x); err != nil || x.cost > t.cost {
		return t, nil
	}
	x.trace = trace
	return x, nil
}

// secondaries lists what is hidden and need not be by its status or for a sum.
func (c *cover) secondaries() (list []int32) {
	for i, h := range c.hidden {
		if h && (!c.p.cells[i].Status.Hidden() || c.p.cells[i].Status == Secondary) && !c.isForced(int32(i)) {
			list = append(list, int32(i))
		}
	}
	return list
}

// choose draws a secondary cell, the dearer of three.
func (r *reopening) choose(list []int32) int32 {
	best := list[r.rng.IntN(len(list))]
	for range 2 {
		if k := list[r.rng.IntN(len(list))]; r.p.cost(int(k)) > r.p.cost(int(best)) {
			best = k
		}
	}
	return best
}

// round reopens around one cell, and returns what was gained; where nothing was
// the pattern is as before.
func (r *reopening) round(ctx context.Context, k int32) (gain int64, err error) {
	copy(r.before, r.hidden)
	r.changed, r.cells = map[int32][]Need{}, nil
	area := r.area(k)
	prices := make([]int64, len(area))
	for i, c := range area {
		prices[i] = r.price[c]
		// Up to half as much again, and what the round is about four times as much.
		r.price[c] = prices[i] + 1 + r.rng.Int64N(prices[i]/2+2)
		if c == k {
			r.price[c] = min(4*prices[i]+1, largest)
		}
	}
	ok, err := r.rebuild(ctx, area)
	for i, c := range area {
		r.price[c] = prices[i]
	}
	if err != nil {
		return 0, err
	}
	if ok {
		if ok, err = r.drop(ctx, area); err != nil {
			return 0, err
		}
	}
	if ok {
		if gain = r.gained(); gain > 0 && !r.breaksAny() {
			return gain, nil
		}
	}
	copy(r.hidden, r.before)
	for i := len(r.cells) - 1; i >= 0; i-- {
		r.use(r.cells[i], r.changed[r.cells[i]])
	}
	return 0, nil
}

// area lists the secondary cells in relations of a cell, and in relations of the
// hidden cells of those.
func (r *reopening) area(k int32) []int32 {
	list := []int32{k}
	from := 0
	for range 2 {
		to := len(list)
		for _, c := range list[from:to] {
			for _, rel := range r.p.of[c] {
				if r.hidden[r.p.rel[rel].Total] {
					list = append(list, int32(r.p.rel[rel].Total))
				}
				for _, q := range r.p.rel[rel].Parts {
					if r.hidden[q] {
						list = append(list, int32(q))
					}
				}
			}
		}
		from = to
	}
	slices.Sort(list)
	list = slices.Compact(list)
	list = slices.DeleteFunc(list, func(c int32) bool {
		s := r.p.cells[c].Status
		return s == Primary || s == Withheld || r.isForced(c)
	})
	const most = 40
	if len(list) > most {
		r.rng.Shuffle(len(list), func(a, b int) { list[a], list[b] = list[b], list[a] })
		list = append(list[:most-1], k)
		slices.Sort(list)
		list = slices.Compact(list)
	}
	return list
}

// note keeps what a primary cell rested on before the round.
func (r *reopening) note(cell int32) {
	if _, ok := r.changed[cell]; !ok {
		r.changed[cell] = r.uses[cell]
		r.cells = append(r.cells, cell)
	}
}

// rebuild publishes an area and protects the cells that rested on it.
func (r *reopening) rebuild(ctx context.Context, area []int32) (bool, error) {
	var cells []int32
	for _, k := range area {
		cells = append(cells, r.resting(k)...)
		r.hidden[k] = false
	}
	slices.Sort(cells)
	cells = slices.Compact(cells)
	r.rng.Shuffle(len(cells), func(a, b int) { cells[a], cells[b] = cells[b], cells[a] })
	for _, cell := range cells {
		r.note(cell)
		for tries := 0; ; tries++ {
			met, missing := r.found.assign(cell, r.open)
			if len(missing) == 0 {
				r.use(cell, met)
				break
			}
			w, err := r.seek(ctx, r.finders[0], missing[0], true)
			if w == nil || err != nil || tries > 12 {
				return false, err
			}
			r.take(w)
		}
	}
	return true, nil
}

// resting lists the primary cells that rest on a witness which changes a cell.
func (c *cover) resting(k int32) (cells []int32) {
	for _, id := range c.found.by[k] {
		if int(id) < len(c.users) {
			cells = append(cells, c.users[id]...)
		}
	}
	slices.Sort(cells)
	return slices.Compact(cells)
}

// drop publishes what has become redundant in and around an area, dear cells
// first.
func (r *reopening) drop(ctx context.Context, area []int32) (bool, error) {
	list := slices.Clone(area)
	for _, k := range r.secondaries() {
		if !r.before[k] || r.used[k] == 0 {
			list = append(list, k)
		}
	}
	slices.Sort(list)
	list = slices.DeleteFunc(slices.Compact(list), func(k int32) bool { return !r.hidden[k] })
	slices.SortStableFunc(list, func(a, b int32) int { return cmp.Compare(r.price[b], r.price[a]) })
	r.sweep(list)
	for _, k := range list {
		if !r.hidden[k] {
			continue
		}
		for _, cell := range r.resting(k) {
			r.note(cell)
		}
		if err := r.without(ctx, k); err != nil {
			return false, err
		}
	}
	// What rested on a cell that was published may have been all that another was hidden for,
	// near or far.
	r.sweep(r.secondaries())
	return true, nil
}

// breaksAny reports whether a sum fails that has a cell which the round published or hid.
func (r *reopening) breaksAny() bool {
	if r.p.rests == nil {
		return false
	}
	for i, h := range r.hidden {
		if h != r.before[i] && slices.ContainsFunc(r.p.rests.of[i], func(n int32) bool { return r.p.rests.fails(n, r.hides) }) {
			return true
		}
	}
	return false
}

// gained is how much less is hidden than before the round.
func (r *reopening) gained() (gain int64) {
	for i, h := range r.hidden {
		switch {
		case r.before[i] && !h:
			gain += r.p.cost(i)
		case h && !r.before[i]:
			gain -= r.p.cost(i)
		}
	}
	return gain
}
