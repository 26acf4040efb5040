package hide

import (
	"bytes"
	"context"
	"errors"
	"slices"

	"github.com/sluis-go/sluis/sdc"
)

// The draw makes many patterns possible, and yet a very small table may have so few that a
// release tells a cell to whoever knows the program: all tables that can have led to the
// release, under some secret, have one value of the cell. So of a small table the release is
// looked at before it leaves. Other tables that agree with it are drawn, and each goes
// through the program under secrets that lead to the release if any do. The release holds
// where such tables leave nothing pinned. Otherwise another choice is drawn, with more cells
// hidden by lot. What is asked is a function of the release, the policy and the options: it is
// the same for every table that leads to the release, so that to pass or not to pass tells
// nothing more.

// mostPinned is the number of cells, totals too, up to which a table is looked at.
const mostPinned = 36

// mostRedrawn is how often a choice is drawn anew.
const mostRedrawn = 8

// mostWorlds, mostRuns bound what is tried for one release.
const (
	mostWorlds = 400
	mostRuns   = 1500
)

// pins remembers what is known of releases, and of tables.
type pins struct {
	open    map[string]bool // release -> something is pinned
	reports map[string]*sdc.Report
}

// Alike says which tables, of a report of one output, are taken for tables that can have led to
// a release. Defaults to all of them.
func (g *Tables) Alike(fn func(*sdc.Report) bool) { g.alike = fn }

// looked is the table whose releases are looked at, nil for none: one small table of counts
// without weights, of which no row is left out.
func (g *Tables) looked() *table {
	if g.lotOf == nil || g.base || len(g.list) != 1 || len(g.behind) > 0 || !g.single {
		return nil
	}
	t := g.list[0]
	if !t.count || g.digits != 0 || t.n > mostPinned || !g.problem.attacker.Whole || g.problem.attacker.Negative {
		return nil
	}
	p := g.policy
	if p.MinContributors.Off && p.GroupDisclosure.Off && p.GroupRemainder.Off || !p.MinHoldings.Off && p.MinHoldings.Min > p.MinContributors.Min {
		return nil
	}
	for v := range t.vars {
		if slices.Contains(t.vars[v].Codes, "(missing)") {
			return nil
		}
	}
	return t
}

// choice is a release of tables as they are laid out: what leaves as a text, and from where to
// where every cell lies in it. rounded is what a rounding publishes, nil for suppression. The
// text is "" for what is left to a reviewer; lo and hi are nil where nothing is known of it.
type choice struct {
	text    string
	lo, hi  []int64
	rounded []int64
}

// hides reports whether a suppression hides a cell.
func (c *choice) hides(cell int) bool { return c.lo[cell] != c.hi[cell] }

// chooser makes a release of tables.
type chooser func(g *Tables) (choice, error)

// unpinned calls fn until what it releases pins nothing; ok is false where all of a few
// releases do: then the last call of fn has made the first of them.
func (g *Tables) unpinned(ctx context.Context, fn chooser) (ok bool, err error) {
	t := g.looked()
	c, err := fn(g)
	if t == nil || err != nil {
		return true, err
	}
	for try := 1; ; try++ {
		switch {
		case c.text == "" && try == 1:
			return true, nil
		case c.text != "":
			open, err := g.pinsAny(ctx, t, &c, fn)
			if err != nil || !open {
				return !open, err
			}
		}
		if try > mostRedrawn {
			break
		}
		if err := g.redraw(try, c.rounded == nil); err != nil {
			return false, err
		}
		if c, err = fn(g); err != nil {
			if ctx.Err() != nil {
				return false, err
			}
			c.text = ""
		}
	}
	if err := g.redraw(0, true); err != nil {
		return false, err
	}
	_, err = fn(g)
	return false, err
}

// redraw lays the tables out anew, for another choice.
func (g *Tables) redraw(try int, lots bool) error {
	g.try, g.byLot = try, false
	for _, t := range g.list {
		clear(t.force)
		clear(t.keep)
		clear(t.never)
	}
	if err := g.lay(g.options); err != nil || !lots {
		return err
	}
	return g.drawn()
}

// pinsAny reports whether a release pins something, as far as was found out.
func (g *Tables) pinsAny(ctx context.Context, t *table, c *choice, fn chooser) (bool, error) {
	if g.pins == nil {
		g.pins = &pins{open: map[string]bool{}, reports: map[string]*sdc.Report{}}
	}
	if open, ok := g.pins.open[c.text]; ok {
		return open, nil
	}
	lo, hi := slices.Clone(c.lo), slices.Clone(c.hi)
	for v := range t.vars {
		for k := 1; k < len(t.vars[v].Codes) && !g.policy.Attacker.NoOccurs; k++ {
			if at := k * t.stride[v]; hi[at] > 0 {
				lo[at] = max(lo[at], 1)
			}
		}
	}
	s := &pinSearch{g: g, t: t, of: c, fn: fn, w: newWorlds(t, c.text, lo, hi)}
	open, err := s.open(ctx)
	if err == nil {
		g.pins.open[c.text] = open
	}
	return open, err
}

// pinSearch looks for tables that lead to a release.
type pinSearch struct {
	g     *Tables
	t     *table
	of    *choice
	fn    chooser
	w     *worlds
	runs  int
	found []led
}

// led is a table that leads to the release.
type led struct {
	value   []int64
	reasons []reason
	groups  []groupFinding
}

func (s *pinSearch) open(ctx context.Context) (bool, error) {
	tried := map[string]bool{}
	for n := 0; n < mostWorlds && s.runs < mostRuns; n++ {
		pinned := s.pinned()
		if len(s.found) > 0 && len(pinned) == 0 {
			return false, nil
		}
		first, other := -1, int64(0)
		if len(pinned) > 0 && n%3 > 0 {
			c := pinned[s.w.rng.IntN(len(pinned))]
			first, other = slices.Index(s.w.cells, c), s.found[0].value[c]
		}
		x := s.w.draw(first, other)
		if x == nil || tried[worldName(x)] {
			continue
		}
		tried[worldName(x)] = true
		if err := s.lead(ctx, x); err != nil {
			return true, err
		}
	}
	return true, nil
}

// pinned lists the cells that have one value in all tables that were found, where that must
// not be: an unsafe value, or a share of a group in all of them.
func (s *pinSearch) pinned() (out []int) {
	if len(s.found) == 0 {
		return nil
	}
	least := s.g.policy.MinContributors
	for c := range s.t.n {
		if !s.of.hides(c) || !s.t.shown[c] {
			continue
		}
		v := s.found[0].value[c]
		one, bad, group := true, !least.Off && v > 0 && v < least.Min, true
		for i := range s.found {
			one = one && s.found[i].value[c] == v
			bad = bad || s.found[i].reasons[c] != 0
			group = group && slices.ContainsFunc(s.found[i].groups, func(f groupFinding) bool { return f.cell == c })
		}
		if one && bad || group {
			out = append(out, c)
		}
	}
	return out
}

// lead notes a table if it leads to the release under a secret that is tried. A rounding has no
// lots: one secret is tried.
func (s *pinSearch) lead(ctx context.Context, x []int64) error {
	name := worldName(x)
	r, ok := s.g.pins.reports[name]
	if !ok {
		var err error
		if r, err = s.w.report(ctx, x, s.g.policy, s.g.output); err != nil {
			if errors.Is(err, sdc.ErrRequest) {
				return nil // no such table is
			}
			return err
		}
		s.g.pins.reports[name] = r
	}
	if s.g.alike != nil && !s.g.alike(r) {
		return nil
	}
	value := s.w.values(x)
	chances := map[string]uint64{}
	for c := range s.t.n {
		chances[s.t.key(c)] = s.toward(c, value[c])
	}
	// What the release hides and a run publishes is hidden by lot in the next run.
	for lots, more := map[string]bool{}, true; more; {
		if s.runs++; s.runs > mostRuns {
			return nil
		}
		g, err := s.laid(r, func(_ int, cell string) (chance, lot uint64) {
			if lot = 1; lots[cell] {
				lot = 0
			}
			return chances[cell], lot
		})
		if err != nil {
			return err
		}
		c, err := s.fn(g)
		if ctx.Err() != nil {
			return ctx.Err()
		}
		if err != nil || c.lo == nil {
			return nil
		}
		if c.text == s.of.text {
			s.found = append(s.found, led{value, g.list[0].reasons, g.list[0].groups})
			return nil
		}
		more = false
		for i := range s.t.n {
			if cell := s.t.key(i); s.of.rounded == nil && s.t.shown[i] && s.of.hides(i) && !c.hides(i) && !lots[cell] {
				lots[cell], more = true, true
			}
		}
	}
	return nil
}

// toward is the number of a cell that leads to the release: what it hides is cheap, and what
// it publishes dear.
func (s *pinSearch) toward(c int, value int64) uint64 {
	if s.of.rounded != nil {
		if s.of.rounded[c] > value {
			return 0
		}
		return 1<<64 - 1
	}
	if s.of.hides(c) {
		return 1<<64 - 1
	}
	return 1<<32 - 1
}

// laid lays a table out under a secret.
func (s *pinSearch) laid(r *sdc.Report, lotOf func(try int, cell string) (chance, lot uint64)) (*Tables, error) {
	groups, err := FromReport(r, []int{0}, s.g.options)
	if err != nil {
		return nil, err
	}
	g := groups[0]
	g.lotOf, g.base = lotOf, true
	return g, g.drawn()
}

// textOfReleases is all that leaves of some releases.
func textOfReleases(list []*Release) (string, error) {
	var b bytes.Buffer
	for _, r := range list {
		if err := r.WriteCSV(&b); err != nil {
			return "", err
		}
	}
	return b.String(), nil
}

// suppressed is the choice of a pattern; review says that it is left to a reviewer.
func (g *Tables) suppressed(p *Pattern, review bool) (c choice, err error) {
	t := g.list[0]
	c.lo, c.hi = make([]int64, t.n), make([]int64, t.n)
	for cell, id := range t.id {
		c.lo[cell], c.hi[cell] = t.value[cell], t.value[cell]
		if p.status[id].Hidden() {
			c.lo[cell], c.hi[cell] = 0, worldMost
			if t.inner(cell) {
				c.hi[cell] = g.beyond(p, t, cell)
			}
		}
	}
	if review || slices.Equal(c.lo, c.hi) { // Equal: nothing is hidden
		return c, nil
	}
	c.text, err = textOfReleases(g.releases(p))
	return c, err
}

// worldMost is more than any table has that is drawn.
const worldMost = 1 << 20

// beyond is how much a hidden inner cell of the tables that are drawn has at most: no more
// than a published total, or, where there is none, some more than is safe.
func (g *Tables) beyond(p *Pattern, t *table, cell int) int64 {
	most := int64(worldMost)
	for above, id := range t.id {
		if t.shown[above] && !p.status[id].Hidden() && t.covers(above, cell) {
			most = min(most, t.value[above])
		}
	}
	if most == worldMost {
		most = g.policy.MinContributors.Min + 3
	}
	return most
}
