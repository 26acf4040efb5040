package hide

import (
	"context"
	"fmt"
	"maps"
	"math/big"
	"slices"
)

// Told is what readers know beside the sums, of one response or two, and what they can work
// out who know it.
type Told struct {
	// Response has declared bounds; or it is at most Larger in every record.
	Response, Larger string
	// Open is the number of hidden cells, and of sums of hidden cells, to which such a reader
	// comes too close, or of which that was not decided; 1 where nothing was decided.
	Open int
}

// mostJoint is the number of cells of all tables together up to which Jointly decides anything:
// 7,500 cells of two responses, 3,000 of them hidden, take some 40 seconds.
const mostJoint = 1 << 13

// Jointly looks at what patterns of tables of sums tell who knows more of the responses than
// that none is negative:
//
//	at most   that one response is at most another in every record, as wages are at most the
//	          total income: then a hidden cell of the first is at most the same cell of the
//	          second
//	bounds    the least and the greatest value of a record, where they are declared: n records
//	          sum to at least n times the one, and to at most n times the other
//
// That a response is at most another is taken to be known where it is so in every cell that two
// groups of tables share, and no contributor is known to break it: more is known then than where
// every record has it. An inequality that has missing values in its way in some cell is not
// looked at. The number of records of each cell is taken to be known.
//
// The cells of groups that are compared become one problem, with further cells that are not
// negative, and are never published:
//
//	larger       = smaller + difference
//	cell         = n * least + rest
//	n * greatest = cell + rest
//
// Whatever the patterns prove must hold there too: the needs of all primary cells and of all
// sums, against outsiders and insiders. An insider has at most as much of a difference as of
// the larger response, and at most the distance of the bounds of a rest. The witnesses of the
// patterns prove what they prove as before where no further cell falls below 0; an audit decides
// what is left.
//
// Not decided are: responses with values below zero, whole units of different size, tables that
// make a ring together, more than 2^13 cells, and bounds where a contributor may have several
// records or a response is missing.
//
// The groups are those of one FromReport, with a pattern each; bounds returns the declared
// bounds of a response. The result has the pairs of which one is at most the other, and the
// responses with bounds, where something is hidden. The error is that of the context.
func Jointly(ctx context.Context, groups []*Tables, patterns []*Pattern, bounds func(response string) (least, most *big.Rat, ok bool), threads int) (out []Told, err error) {
	hides := make([]bool, len(groups))
	limited := make([]*limits, len(groups))
	for k, g := range groups {
		if hides[k] = slices.ContainsFunc(patterns[k].status, func(s Status) bool { return s == Primary || s == Secondary }); g.list[0].count {
			continue
		}
		if least, most, ok := bounds(g.output.Response); ok && hides[k] {
			limited[k] = g.limits(least, most)
		}
	}
	pairs := unequal(groups, hides)
	open := make([]int, len(groups))
	done := make([]bool, len(groups))
	for k := range groups {
		if done[k] {
			continue
		}
		kept := []int{k}
		for i := 0; i < len(kept); i++ {
			done[kept[i]] = true
			for _, p := range pairs {
				for _, x := range [][2]int{{p.smaller, p.larger}, {p.larger, p.smaller}} {
					if x[0] == kept[i] && !slices.Contains(kept, x[1]) {
						kept = append(kept, x[1])
					}
				}
			}
		}
		slices.Sort(kept)
		if len(kept) == 1 && limited[k] == nil {
			continue
		}
		if err := openTogether(ctx, groups, patterns, kept, pairs, limited, threads, open); err != nil {
			return nil, err
		}
	}
	for _, p := range pairs {
		out = append(out, Told{groups[p.smaller].output.Response, groups[p.larger].output.Response, open[p.smaller] + open[p.larger]})
	}
	for k, g := range groups {
		if limited[k] != nil {
			out = append(out, Told{g.output.Response, "", open[k]})
		}
	}
	return out, nil
}

// joint is the problem of several groups.
type joint struct {
	p      *Problem
	first  map[int]int32       // group -> its first cell
	scale  map[int]int64       // group -> units of the problem in one of its own
	slack  map[int32][]slackOf // cell -> the differences that change with it
	hidden []bool
}

// slackOf is a difference, and its sign.
type slackOf struct {
	cell int32
	sign int64
}

// joinProblem makes one problem of some groups; nil where they are not to be decided.
func joinProblem(groups []*Tables, patterns []*Pattern, kept []int, pairs []unequalPair, limited []*limits) *joint {
	digits, n := 0, 0
	var layouts []*layout
	for _, k := range kept {
		g := groups[k]
		digits = max(digits, g.digits)
		n += len(g.problem.cells)
		for _, t := range slices.Concat(g.list, g.behind) {
			layouts = append(layouts, t.layout)
		}
		if g.problem.attacker.signed() || g.problem.attacker != groups[kept[0]].problem.attacker || g.problem.attacker.Whole && g.digits != groups[kept[0]].digits || limited[k] != nil && !limited[k].decided {
			return nil
		}
	}
	if n > mostJoint || ringed(layouts) {
		return nil
	}
	j := &joint{first: map[int]int32{}, scale: map[int]int64{}, slack: map[int32][]slackOf{}}
	var cells []Cell
	var relations []Relation
	var down, up []int64
	for _, k := range kept {
		g := groups[k]
		scale := int64(1)
		for range digits - g.digits {
			scale *= 10
		}
		j.first[k], j.scale[k] = int32(len(cells)), scale
		for i, c := range g.problem.cells {
			c, ok := c.times(scale)
			if !ok {
				return nil
			}
			if c.Status = patterns[k].status[i]; !c.Status.Hidden() {
				c.Status = Protected
			}
			cells = append(cells, c)
			down, up = append(down, roomTimes(g.problem.down[i], scale)), append(up, roomTimes(g.problem.up[i], scale))
		}
		for _, r := range g.problem.rel {
			s := Relation{Total: r.Total + int(j.first[k])}
			for _, part := range r.Parts {
				s.Parts = append(s.Parts, part+int(j.first[k]))
			}
			relations = append(relations, s)
		}
	}
	named := len(cells)
	// further adds what total has beside known, of which one contributor has at most so much.
	further := func(total, known int32, has Cell) int32 {
		d := Cell{Status: Withheld, Value: cells[total].Value - cells[known].Value}
		d.Part = min(d.Value, has.Part)
		for _, s := range has.Shares {
			d.Shares = append(d.Shares, Share{Owner: s.Owner, Most: min(d.Value, s.Most)})
		}
		cells = append(cells, d)
		id := int32(len(cells) - 1)
		relations = append(relations, Relation{Total: int(total), Parts: []int{int(known), int(id)}})
		return id
	}
	known := func(value int64) int32 {
		cells = append(cells, Cell{Status: Protected, Value: value})
		return int32(len(cells) - 1)
	}
	for _, k := range kept {
		if limited[k] == nil {
			continue
		}
		for i, least := range limited[k].least {
			x, most, part := j.first[k]+int32(i), limited[k].most[i], roomTimes(limited[k].apart, j.scale[k])
			if cells[x].Status == Protected || most > largest/j.scale[k] {
				continue
			}
			if cells[x].Owner != 0 {
				part = 0
			}
			if least > 0 {
				id := further(x, known(least*j.scale[k]), Cell{Part: part})
				j.slack[x] = append(j.slack[x], slackOf{id, 1})
			}
			id := further(known(most*j.scale[k]), x, Cell{Part: part})
			j.slack[x] = append(j.slack[x], slackOf{id, -1})
		}
	}
	for _, pair := range pairs {
		if !slices.Contains(kept, pair.smaller) {
			continue
		}
		of, other := groups[pair.smaller].byKey(), groups[pair.larger].byKey()
		for _, key := range slices.Sorted(maps.Keys(of)) {
			at, ok := other[key]
			if !ok {
				continue
			}
			x, z := of[key]+j.first[pair.smaller], at+j.first[pair.larger]
			if cells[x].Status == Protected && cells[z].Status == Protected {
				continue // the difference is known
			}
			id := further(z, x, besides(&cells[x], &cells[z]))
			j.slack[x], j.slack[z] = append(j.slack[x], slackOf{id, -1}), append(j.slack[z], slackOf{id, 1})
		}
	}
	var err error
	if j.p, err = New(cells, relations, groups[kept[0]].problem.attacker); err != nil {
		return nil
	}
	for i := range named {
		if cells[i].Status != Protected {
			j.p.down[i], j.p.up[i] = down[i], up[i]
		}
	}
	for i := range cells {
		j.hidden = append(j.hidden, cells[i].Status != Protected)
	}
	return j
}

// besides is what contributors have at most of z beside what they have of x: Shares and Part of
// the result. Where one contributor has all of z there are none: the contributor knows z.
func besides(x, z *Cell) (c Cell) {
	if z.Owner != 0 {
		return c
	}
	if c.Part = z.Part; c.Part == 0 && len(z.Shares) == 0 {
		c.Part = z.Value // nothing is known
	}
	for _, s := range z.Shares {
		if s.Owner == 0 {
			c.Part = max(c.Part, s.Most)
			continue
		}
		least := int64(0)
		if x.Owner == s.Owner {
			least = max(0, x.Value)
		}
		for _, o := range x.Shares {
			if o.Owner == s.Owner {
				least = o.Least
			}
		}
		c.Shares = append(c.Shares, Share{Owner: s.Owner, Most: max(0, s.Most-least)})
	}
	return c
}

// times is a cell in smaller units; ok is false beyond the largest value.
func (c Cell) times(scale int64) (_ Cell, ok bool) {
	list := []*int64{&c.Value, &c.Level.Lower, &c.Level.Upper, &c.Level.Sliding, &c.Part}
	c.Shares = slices.Clone(c.Shares)
	for i := range c.Shares {
		list = append(list, &c.Shares[i].Least, &c.Shares[i].Most)
	}
	for _, x := range list {
		if *x > largest/scale {
			return c, false
		}
		*x *= scale
	}
	return c, true
}

// roomTimes is room in smaller units. Where it is out of range there is no bound that matters.
func roomTimes(room, scale int64) int64 {
	if room == infinity || room > largest/scale {
		return infinity
	}
	return room * scale
}

// ringed reports whether tables are linked in a ring: see Behind.
func ringed(list []*layout) bool {
	var spans [][]span
	for _, l := range list {
		var s []span
		for _, v := range l.vars {
			s = append(s, span{v.Name, len(v.Codes)})
		}
		spans = append(spans, s)
	}
	return len(ringsIn(spans)) > 0
}

// lifted are the witnesses of the pattern of a group in the problem of all, where they agree
// with it.
func (j *joint) lifted(k int, list []Witness, check *checker) (out []Witness) {
	for i := range list {
		w := &list[i]
		by := map[int32]int64{}
		for n, c := range w.Cells {
			c += j.first[k]
			by[c] += w.Delta[n] * j.scale[k]
			for _, s := range j.slack[c] {
				by[s.cell] += s.sign * w.Delta[n] * j.scale[k]
			}
		}
		cells, delta := make([]int32, 0, len(by)), make([]int64, 0, len(by))
		for c, d := range by {
			cells, delta = append(cells, c), append(delta, d)
		}
		if x := newWitness(cells, delta, w.Den); check.check(x, func(c int32) bool { return j.hidden[c] }) {
			out = append(out, *x)
		}
	}
	return out
}

// ofGroup are the witnesses of the problem of all as those of one group.
func (j *joint) ofGroup(k, cells int, list []Witness) (out []Witness) {
	from := j.first[k]
	for i := range list {
		w := Witness{Den: list[i].Den}
		for n, c := range list[i].Cells {
			if c >= from && int(c-from) < cells {
				w.Cells, w.Delta = append(w.Cells, c-from), append(w.Delta, list[i].Delta[n])
			}
		}
		if len(w.Cells) > 0 {
			out = append(out, w)
		}
	}
	return out
}

// openTogether adds the number of what is open to that of each group.
func openTogether(ctx context.Context, groups []*Tables, patterns []*Pattern, kept []int, pairs []unequalPair, limited []*limits, threads int, open []int) error {
	j := joinProblem(groups, patterns, kept, pairs, limited)
	if j == nil {
		for _, k := range kept {
			open[k] = 1
		}
		return nil
	}
	var seeds []Witness
	check := newChecker(j.p)
	for _, k := range kept {
		seeds = append(seeds, j.lifted(k, patterns[k].witnesses, check)...)
	}
	audited, err := auditFrom(ctx, j.p, j.hidden, AuditOptions{Threads: threads, NeedsOnly: true}, seeds)
	if err != nil {
		return err
	}
	failed := map[int]bool{}
	note := func(a *Audited, of func(cell int) int) {
		for _, f := range a.Failures {
			if k := of(f.Cell); k >= 0 && !failed[f.Cell] {
				failed[f.Cell] = true
				open[k]++
			}
		}
	}
	note(audited, func(cell int) int {
		for i := len(kept) - 1; i >= 0; i-- {
			if cell >= int(j.first[kept[i]]) {
				return kept[i]
			}
		}
		return -1
	})
	// Sums in which no witness differs that is left.
	var forms []form
	var whose []int
	for _, k := range kept {
		p := *patterns[k]
		p.witnesses = j.ofGroup(k, len(groups[k].problem.cells), audited.Witnesses)
		list, err := groups[k].openForms(ctx, &p)
		if err != nil {
			return err
		}
		if len(list.forms) > mostAudited {
			open[k] += len(list.forms)
			continue
		}
		for _, f := range list.forms {
			shift := func(ids []int32) (out []int32) {
				for _, id := range ids {
					out = append(out, id+j.first[k])
				}
				return out
			}
			forms, whose = append(forms, form{plus: shift(f.plus), minus: shift(f.minus)}), append(whose, k)
		}
	}
	if len(forms) == 0 {
		return nil
	}
	with, at, err := j.p.with(forms, nil)
	if err != nil {
		return fmt.Errorf("sums of several responses: %w", err)
	}
	n := len(j.p.cells)
	for i := range with.cells[:n] {
		if with.cells[i].Status == Primary { // it was looked at
			with.cells[i].Status, with.cells[i].Level = Withheld, Level{}
		}
	}
	hidden := append(slices.Clone(j.hidden), slices.Repeat([]bool{true}, len(with.cells)-n)...)
	if audited, err = auditFrom(ctx, with, hidden, AuditOptions{Threads: threads, NeedsOnly: true}, lift(audited.Witnesses, forms, at)); err != nil {
		return err
	}
	note(audited, func(cell int) int {
		if i := slices.Index(at, int32(cell)); i >= 0 {
			return whose[i]
		}
		return -1
	})
	return nil
}
