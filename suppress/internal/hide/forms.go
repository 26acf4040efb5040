package hide

import (
	"context"
	"fmt"
	"math/big"
	"slices"

	"github.com/sluis-go/sluis/sdc"
)

// form is a sum of hidden cells, less a sum of hidden cells that lie within the first. To an
// attacker who can compute the form, the form is a cell of its own.
type form struct {
	plus, minus []int32 // cells of the problem, rising; none in both
	level       Level   // how far bounds must stay from it; all zero: it is not determined
}

// key names a form, whatever its level.
func (f *form) key() string { return fmt.Sprint(f.plus, f.minus) }

// mark adds up the marks of a form: 0 says that no witness differs in it.
func (f *form) mark(marks []uint64) uint64 {
	return minusMark(sumOf(marks, f.plus), sumOf(marks, f.minus))
}

// with is the problem with a virtual cell more for each form: hidden, never published, with
// a need of its own; at says which. The cells of force are Primary besides.
//
// A form with a minus takes two virtual cells: the sum of the first cells, of which the form
// is what the others leave.
func (p *Problem) with(forms []form, force []int32) (q *Problem, at []int32, err error) {
	cells, relations := slices.Clone(p.cells), slices.Clone(p.rel)
	for _, id := range force {
		cells[id].Status = Primary
	}
	add := func(c Cell) int {
		cells = append(cells, c)
		return len(cells) - 1
	}
	for _, f := range forms {
		sum := Cell{Status: Primary, Level: f.level, Owner: p.ownerOf(&f)}
		parts := ints(f.plus)
		for _, id := range f.plus {
			sum.Value += cells[id].Value
		}
		if len(f.minus) > 0 {
			all := add(Cell{Status: Withheld, Value: sum.Value})
			relations = append(relations, Relation{Total: all, Parts: parts})
			parts = ints(f.minus)
			for _, id := range f.minus {
				sum.Value -= cells[id].Value
			}
			rest := add(sum)
			relations = append(relations, Relation{Total: all, Parts: append(parts, rest)})
			at = append(at, int32(rest))
			continue
		}
		at = append(at, int32(add(sum)))
		relations = append(relations, Relation{Total: int(at[len(at)-1]), Parts: parts})
	}
	if q, err = New(cells, relations, p.attacker); err != nil {
		return nil, nil, err
	}
	copy(q.down, p.down)
	copy(q.up, p.up)
	for i := len(p.cells); i < len(cells); i++ {
		q.down[i], q.up[i] = infinity, infinity // what is known of its parts is all
	}
	q.grid = p.grid
	if more := len(cells) - len(p.cells); p.price != nil {
		// What is drawn stays drawn. What is added is hidden in any case, and has no lot.
		q.price = append(slices.Clip(p.price), slices.Repeat([]int64{1}, more)...)
		q.chance = append(slices.Clip(p.chance), make([]uint64, more)...)
		if p.lots != nil {
			q.lots = append(slices.Clip(p.lots), make([]bool, more)...)
		}
	}
	if q.rests = p.rests; q.rests != nil {
		of := *p.rests
		of.of = append(slices.Clip(of.of), make([][]int32, len(cells)-len(of.of))...)
		of.barred = append(slices.Clip(of.barred), make([]bool, len(cells)-len(of.barred))...)
		q.rests = &of
	}
	return q, at, nil
}

// promote is the problem with further cells Primary.
func (p *Problem) promote(ids []int32) (*Problem, error) {
	cells := slices.Clone(p.cells)
	for _, id := range ids {
		cells[id].Status = Primary
	}
	q, err := New(cells, p.rel, p.attacker)
	if err != nil {
		return nil, err
	}
	copy(q.down, p.down)
	copy(q.up, p.up)
	q.price, q.chance, q.lots, q.rests, q.grid = p.price, p.chance, p.lots, p.rests, p.grid
	return q, nil
}

// ownerOf is who is alone in all cells of a sum.
func (p *Problem) ownerOf(f *form) int32 {
	if len(f.minus) > 0 {
		return noOwner
	}
	owner := p.cells[f.plus[0]].Owner
	for _, id := range f.plus {
		if p.cells[id].Owner != owner {
			return noOwner
		}
	}
	return owner
}

// lift makes witnesses of a problem those of the same with forms.
func lift(list []Witness, forms []form, at []int32) []Witness {
	type change struct{ witness, delta int64 }
	of := map[int32][]change{}
	for _, f := range forms {
		for _, id := range slices.Concat(f.plus, f.minus) {
			of[id] = nil
		}
	}
	for k := range list {
		for i, id := range list[k].Cells {
			if changes, ok := of[id]; ok {
				of[id] = append(changes, change{int64(k), list[k].Delta[i]})
			}
		}
	}
	out := slices.Clone(list)
	for k := range out {
		// What is appended goes into memory of its own.
		out[k].Cells, out[k].Delta = slices.Clip(out[k].Cells), slices.Clip(out[k].Delta)
	}
	set := func(cell int32, by map[int64]int64) {
		for k, d := range by {
			if d != 0 {
				out[k].Cells, out[k].Delta = append(out[k].Cells, cell), append(out[k].Delta, d)
			}
		}
	}
	for i, f := range forms {
		by := map[int64]int64{}
		for _, id := range f.plus {
			for _, c := range of[id] {
				by[c.witness] += c.delta
			}
		}
		if len(f.minus) > 0 {
			set(at[i]-1, by)
		}
		for _, id := range f.minus {
			for _, c := range of[id] {
				by[c.witness] -= c.delta
			}
		}
		set(at[i], by)
	}
	return out
}

// mostDecided bounds the search for the least cost after more was hidden: needs that are
// decided for some set of hidden cells.
const mostDecided = 2000

// extend goes on from a pattern of the problem without forms: what is hidden stays hidden,
// and more is where that takes it. lost are the primary cells for which nothing was found;
// then there is no pattern.
func (p *Problem) extend(ctx context.Context, from *Pattern, forms []form, at []int32, o Options) (t *Pattern, lost []int32, err error) {
	hidden := make([]bool, len(p.cells))
	for i := range hidden {
		hidden[i] = i >= len(from.status) || from.status[i].Hidden() || p.cells[i].Status.Hidden()
	}
	was := slices.Clone(hidden)
	c := newCover(p, hidden, p.prices(), o.Threads)
	for _, w := range lift(from.witnesses, forms, at) {
		c.found.add(&w)
	}
	for _, id := range from.forced {
		if p.cells[id].Status != Primary {
			c.force(id)
		}
	}
	if err := c.run(ctx); err != nil {
		return nil, nil, err
	}
	if len(c.failed) > 0 {
		return nil, c.failed, nil
	}
	if lost, err = c.meetRests(ctx); len(lost) > 0 || err != nil {
		return nil, lost, err
	}
	c.sweep(c.secondaries())
	fresh := slices.DeleteFunc(c.secondaries(), func(id int32) bool { return was[id] })
	if err := c.pruneAmong(ctx, fresh); err != nil {
		return nil, nil, err
	}
	c.sweep(c.secondaries())
	t = c.pattern()
	if err := p.proves(t); err != nil {
		return nil, nil, err
	}
	if o.Rounds > 0 {
		decided := 0
		if t, _, err = p.least(ctx, t, func() bool { decided++; return decided > mostDecided }); err != nil {
			return nil, nil, err
		}
	}
	return t, nil, nil
}

// meet hides more until no form is open any more, a few times. What is open still, which meet
// returns, was not met.
func (g *Tables) meet(ctx context.Context, p *Pattern, o Options) (*Pattern, openForms, error) {
	hopeless := map[string]bool{}
	for try := 0; ; try++ {
		open, err := g.openForms(ctx, p)
		if err != nil || try == mostTries {
			return p, open, err
		}
		forms := slices.DeleteFunc(slices.Clone(open.forms), func(f form) bool { return hopeless[f.key()] })
		forms = forms[:min(len(forms), mostAudited)]
		var force []int32
		for _, s := range g.openSums(p) {
			if c, ok := g.hidePart(p, &s); ok {
				force = append(force, s.t.id[c])
			}
		}
		if len(forms)+len(force) == 0 {
			return p, open, nil
		}
		next, err := g.meetAll(ctx, p, forms, force, hopeless, o)
		if next == nil || err != nil {
			return p, open, err
		}
		p = next
	}
}

// meetAll is one time: nil where nothing was met. A form for which nothing is found is tried
// without its level, and then given up.
func (g *Tables) meetAll(ctx context.Context, p *Pattern, forms []form, force []int32, hopeless map[string]bool, o Options) (*Pattern, error) {
	for len(forms)+len(force) > 0 {
		q, at, err := g.problem.with(forms, force)
		if err != nil {
			return nil, err
		}
		t, lost, err := q.extend(ctx, p, forms, at, o)
		if err != nil {
			return nil, err
		}
		if len(lost) == 0 {
			g.problem = q
			return t, nil
		}
		some := false
		var left []form
		for i, f := range forms {
			if slices.Contains(lost, at[i]) {
				some = true
				if f.level == (Level{}) {
					hopeless[f.key()] = true
					continue
				}
				f.level = Level{}
			}
			left = append(left, f)
		}
		forms = left
		force = slices.DeleteFunc(force, func(id int32) bool { return slices.Contains(lost, id) })
		if !g.giveUp(ints(lost)) && !some {
			return nil, nil
		}
	}
	return nil, nil
}

// levelOf is how far bounds must stay from the sum of some cells: the level that the rules
// ask for the parts together. The level that the rules ask for the sum is no more. Counts
// must not be determined.
func (g *Tables) levelOf(cells []sdc.Cell, value int64) Level {
	if g.list[0].count {
		return Level{}
	}
	sum := new(big.Rat)
	for _, c := range cells {
		sum.Add(sum, c.ProtectionLevel(g.policy))
	}
	unit := new(big.Rat).SetInt(new(big.Int).Exp(big.NewInt(10), big.NewInt(int64(g.digits)), nil))
	n, err := roundUnits(sum.Mul(sum, unit), true)
	if err != nil {
		return Level{} // more than any table holds
	}
	l := Level{Lower: n, Upper: n}
	if a := g.problem.attacker; !a.Negative {
		l.Lower = min(n, max(0, value-a.Lower))
	}
	return l
}
