package hide

import (
	"context"
	"errors"
	"math/big"
	"slices"

	"github.com/sluis-go/sluis/sdc"
	"github.com/sluis-go/sluis/sdc/report/words"
)

// groupFinding is a cell that has too great a share of a line.
type groupFinding struct {
	cell, line, v int
	rule          string
}

// hiddenSum is the sum of what is hidden under a published total of one table.
type hiddenSum struct {
	t     *table
	total int
	parts []int
}

// mostTries is how often a pattern is looked for anew, to hide what the last one tells.
const mostTries = 8

// Protect finds a pattern for the tables as Problem.Protect does, and looks at three things
// that the pattern reveals beside the single cells:
//
//	sums      the sum of what is hidden under a published total, in every variable at
//	          every level: every reader can compute the sum, so as one cell it must
//	          pass the rules, see sdc.Policy.Together
//	few       other sums, see openForms: of two suppressed cells anywhere; of three
//	          where there are not too many; differences of sums that lie within each
//	          other; all sums of cells in which one contributor is alone. A sum that
//	          would break the rules as one cell must not be computable
//	shares    of every cell that a group rule calls unsafe, some possible table, among the
//	          witnesses, must have a share of the line that passes the rule
//
// The search hides further parts of a total until the sum under it passes, see rests. Where a
// share fails, or a sum still does, Protect hides a further part of the total, or publishes the
// line, and looks for a pattern again, a few times. Then every other sum that
// fails becomes a cell of the problem that is never published, with a need of its own: see
// meet. Hidden cells stay hidden. What is still open afterwards is in the remarks, for
// review, with the number of sums and of shares. So is a fourth thing, for which nothing is
// hidden:
//
//	codes     a code is listed because it occurs, unless the codes of the variable are
//	          declared: n hidden counts of codes of one variable, over all of the others,
//	          that sum to n are 1 each
//
// Two things are not looked at: sums of four and more cells that are none of these; and what
// a contributor to a line knows of the share of the others. The Problem of the tables
// changes: cells that were hidden in this way are Primary, and sums have cells after those of
// the tables.
//
// Where the choice was drawn, a release of a small table that pins a cell, see pinned.go, is
// drawn anew, and is for review where that does not help.
func (g *Tables) Protect(ctx context.Context, o Options) (*Pattern, []sdc.Remark, error) {
	var pattern *Pattern
	var remarks []sdc.Remark
	ok, err := g.unpinned(ctx, func(h *Tables) (choice, error) {
		p, list, err := h.protect(ctx, o)
		if h == g {
			pattern, remarks = p, list
		}
		if err != nil || h.looked() == nil && !h.base {
			return choice{}, err
		}
		return h.suppressed(p, len(list) > 0)
	})
	if err != nil {
		return nil, nil, err
	}
	if !ok {
		remarks = append(remarks, g.pinsRemark())
	}
	return pattern, remarks, nil
}

// protect is one choice.
func (g *Tables) protect(ctx context.Context, o Options) (*Pattern, []sdc.Remark, error) {
	pattern, err := g.first(ctx, o)
	if err != nil {
		return nil, nil, err
	}
	sums, shares := g.openSums(pattern), g.openShares(pattern)
	for range mostTries {
		if len(sums)+len(shares) == 0 || !g.hideMore(pattern, sums, shares) {
			break
		}
		before := g.problem
		if err := g.lay(g.options); err != nil {
			return nil, nil, err
		}
		next, err := Protect(ctx, g.problem, o)
		var cells *CellsError
		if errors.As(err, &cells) {
			g.problem = before
			if !g.giveUp(cells.Cells) {
				break
			}
			continue
		}
		if err != nil {
			return nil, nil, err
		}
		pattern = next
		sums, shares = g.openSums(pattern), g.openShares(pattern)
	}
	pattern, open, err := g.meet(ctx, pattern, o)
	if err != nil {
		return nil, nil, err
	}
	if err := g.adopt(pattern); err != nil {
		return nil, nil, err
	}
	sums, shares = g.openSums(pattern), g.openShares(pattern)
	var out []sdc.Remark
	remark := func(n int, id words.ID) {
		if n > 0 {
			out = append(out, sdc.Remark{Name: string(id), Count: int64(n), Verdict: sdc.Review, Message: words.New(id, words.NameOf(g.list[0].name), words.Count(int64(n)))})
		}
	}
	remark(len(sums), words.SumOfHidden)
	few, err := g.auditForms(ctx, pattern, open.forms, o.Threads)
	if err != nil {
		return nil, nil, err
	}
	remark(few+open.undecided, words.SumsOfFew)
	if !open.all {
		remark(mostHidden, words.SumsOfThree)
	}
	remark(g.openCodes(pattern), words.CodeOccurs)
	remark(len(shares), words.GroupShareOpen)
	return pattern, out, nil
}

// first is the pattern before anything more is hidden. Where it cannot be with what is hidden
// by lot, it is without.
func (g *Tables) first(ctx context.Context, o Options) (*Pattern, error) {
	pattern, err := Protect(ctx, g.problem, o)
	if err == nil || ctx.Err() != nil || !g.withoutLots() {
		return pattern, err
	}
	if err := g.lay(g.options); err != nil {
		return nil, err
	}
	return Protect(ctx, g.problem, o)
}

// adopt makes what a pattern hides for the sake of a sum Primary in the problem, and notes it
// in the tables.
func (g *Tables) adopt(p *Pattern) error {
	if len(p.forced) == 0 {
		return nil
	}
	q, err := g.problem.promote(p.forced)
	if err != nil {
		return err
	}
	ids := p.forced
	for _, t := range g.list {
		for c, id := range t.id {
			if t.shown[c] && slices.Contains(ids, id) {
				t.force[c] = true
			}
		}
	}
	g.problem, p.problem, p.forced = q, q, nil
	return q.proves(p)
}

// pinsRemark says that every choice that was drawn pins a cell.
func (g *Tables) pinsRemark() sdc.Remark {
	return sdc.Remark{Name: string(words.ChoicePins), Verdict: sdc.Review, Message: words.New(words.ChoicePins, words.NameOf(g.list[0].name))}
}

// GroupCells returns the number of cells of which a group rule calls the share of a line
// unsafe.
func (g *Tables) GroupCells() (n int) {
	for _, t := range g.list {
		n += len(t.groups)
	}
	return n
}

// giveUp takes back what was hidden besides and cannot be protected; it returns false where
// that is not the reason.
func (g *Tables) giveUp(cells []int) (some bool) {
	for _, t := range g.list {
		for c, id := range t.id {
			if (t.force[c] || t.keep[c]) && slices.Contains(cells, int(id)) {
				t.force[c], t.keep[c], t.never[c], some = false, false, true, true
			}
		}
	}
	return some
}

// more reports whether a cell that is published can be hidden besides.
func (g *Tables) more(t *table, p *Pattern, c int) bool {
	return !p.status[t.id[c]].Hidden() && g.problem.cells[t.id[c]].Status == Safe && !t.force[c] && !t.keep[c] && !t.never[c] && t.hears(c) != isNothing
}

// openSums lists the sums of hidden cells that are not certain to pass the rules.
func (g *Tables) openSums(p *Pattern) (out []hiddenSum) {
	if g.policy.Attacker.NoUnions {
		return nil
	}
	for _, t := range g.list {
		t.relations(func(_, total int, parts []int) {
			if p.status[t.id[total]].Hidden() || !t.has[total] {
				return
			}
			s := hiddenSum{t, total, parts}
			if hidden, shown := s.split(p); len(hidden) > 0 && len(shown) > 0 && g.policy.Together(t.cells[total], hidden, shown) != sdc.Safe {
				out = append(out, s)
			}
		})
	}
	return out
}

// openCodes returns the number of places where hidden counts of codes of one variable, over
// all other variables, sum to the number of the codes. Problems already state that a listed
// code occurs, unless a table leaves rows out: see tell.
func (g *Tables) openCodes(p *Pattern) (n int) {
	if g.policy.Attacker.NoOccurs {
		return 0
	}
	for _, t := range g.list {
		if !t.count {
			continue
		}
		t.relations(func(v, total int, parts []int) {
			if t.declared[v] || !t.overAll(v, total) {
				return
			}
			codes, sum := int64(0), int64(0)
			for _, c := range parts {
				if t.has[c] && p.status[t.id[c]].Hidden() {
					codes++
					sum += t.value[c]
				}
			}
			if codes > 0 && codes == sum && !p.status[t.id[total]].Hidden() {
				n++
			}
		})
	}
	return n
}

// split returns the parts that are not empty.
func (s *hiddenSum) split(p *Pattern) (hidden, shown []sdc.Cell) {
	for _, c := range s.parts {
		switch {
		case !s.t.has[c]:
		case p.status[s.t.id[c]].Hidden():
			hidden = append(hidden, s.t.cells[c])
		default:
			shown = append(shown, s.t.cells[c])
		}
	}
	return hidden, shown
}

// overAll reports whether a cell is over all codes of every variable but v.
func (t *table) overAll(v, cell int) bool {
	return cell%t.stride[v] == 0 && cell/(t.stride[v]*len(t.vars[v].Codes)) == 0
}

// openShares lists the cells of group rules of which no witness has a share that passes.
func (g *Tables) openShares(p *Pattern) (out []shareOf) {
	if g.policy.Attacker.NoShares {
		return nil
	}
	for _, t := range g.list {
		for _, f := range t.groups {
			if !p.status[t.id[f.cell]].Hidden() || !slices.ContainsFunc(p.witnesses, func(w Witness) bool { return g.passes(t, &f, &w) }) {
				out = append(out, shareOf{t, f})
			}
		}
	}
	return out
}

type shareOf struct {
	t *table
	f groupFinding
}

// passes reports whether a witness has a share of the line that passes the rule. The share
// must also pass for the contributor with the most in the rest of the line.
func (g *Tables) passes(t *table, f *groupFinding, w *Witness) bool {
	at := func(cell int) *big.Rat {
		x := big.NewRat(w.at(t.id[cell]), w.Den)
		return x.Add(x, new(big.Rat).SetInt64(t.value[cell]))
	}
	n, line := at(f.cell), at(f.line)
	line.Sub(line, new(big.Rat).SetInt64(t.apart(f.cell, f.line)))
	if f.rule != "group-disclosure" {
		return n.Cmp(line.Sub(line, new(big.Rat).SetInt64(g.policy.GroupRemainder.K))) < 0
	}
	r := g.policy.GroupDisclosure
	percent, ok := new(big.Rat).SetString(string(r.Percent))
	if !ok {
		return false
	}
	cmp := n.Mul(n, big.NewRat(100, 1)).Cmp(percent.Mul(percent, line))
	return cmp < 0 || cmp == 0 && r.Exclusive && line.Sign() > 0
}

// hideMore marks what is hidden besides, and which lines are published, in the tables; it
// returns false where there is nothing more to do.
func (g *Tables) hideMore(p *Pattern, sums []hiddenSum, shares []shareOf) (more bool) {
	for i := range sums {
		_, ok := g.hidePart(p, &sums[i])
		more = ok || more
	}
	for _, s := range shares {
		t, line := s.t, s.f.line
		if p.status[t.id[line]] == Secondary && !t.keep[line] && !t.force[line] && !t.never[line] {
			t.keep[line], more = true, true
			continue
		}
		// The line is hidden for its own sake: so must be the largest of what else is in it.
		best := -1
		for _, k := range t.below[s.f.v][0] {
			c := line + k*t.stride[s.f.v]
			if c != s.f.cell && g.more(t, p, c) && (best < 0 || t.value[c] > t.value[best]) {
				best = c
			}
		}
		if best >= 0 {
			t.force[best], more = true, true
		}
	}
	return more
}

// hidePart marks the cheapest published part with which a sum passes the rules, or the
// dearest where it does with none; ok is false where nothing can be hidden.
func (g *Tables) hidePart(p *Pattern, s *hiddenSum) (cell int, ok bool) {
	t := s.t
	var list []int
	for _, c := range s.parts {
		if t.has[c] && g.more(t, p, c) {
			list = append(list, c)
		}
	}
	if len(list) == 0 {
		return 0, false
	}
	slices.SortStableFunc(list, func(a, b int) int {
		return int(min(1, max(-1, g.problem.cost(int(t.id[a]))-g.problem.cost(int(t.id[b])))))
	})
	hidden, shown := s.split(p)
	for _, c := range list {
		rest := slices.DeleteFunc(slices.Clone(shown), func(x sdc.Cell) bool { return x == t.cells[c] })
		if len(rest) == 0 || g.policy.Together(t.cells[s.total], append(slices.Clone(hidden), t.cells[c]), rest) == sdc.Safe {
			t.force[c] = true
			return c, true
		}
	}
	c := list[len(list)-1]
	t.force[c] = true
	return c, true
}
