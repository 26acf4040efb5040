package hide

import (
	"context"
	"fmt"
	"math/big"
	"strings"

	"github.com/sluis-go/sluis/internal/exact"
)

// foreignProblem is the problem of a foreign table under some options.
type foreignProblem struct {
	f        *Foreign
	o        *ForeignOptions
	kind     []kind   // of every cell
	value    []int64  // in units
	known    []bool   // its value was given
	level    []Level  // of primary cells, as asked
	blind    []bool   // its level cannot be decided without its value
	broken   []string // rules that call a published cell unsafe, by cell
	owner    []int32
	hidden   []bool
	rel      []Relation
	attack   Attacker
	unsure   bool // values are missing: no insider can be looked at
	promoted int  // cells with the status of a secondary one that a rule calls unsafe
	p        *Problem
}

// problem lays out every cell of the table with all its totals, and every sum.
func (f *Foreign) problem(ctx context.Context, o *ForeignOptions) (*foreignProblem, error) {
	n := f.grid.n
	p := &foreignProblem{
		f: f, o: o, kind: make([]kind, n), value: make([]int64, n), known: make([]bool, n), level: make([]Level, n),
		blind: make([]bool, n), broken: make([]string, n), owner: make([]int32, n), hidden: make([]bool, n),
	}
	if err := p.fill(); err != nil {
		return nil, err
	}
	f.grid.relations(func(_, total int, parts []int) { p.rel = append(p.rel, Relation{Total: total, Parts: parts}) })
	if err := p.attacker(); err != nil {
		return nil, err
	}
	if err := p.sums(); err != nil {
		return nil, err
	}
	if err := p.people(); err != nil {
		return nil, err
	}
	if err := p.judge(); err != nil {
		return nil, err
	}
	if err := p.complete(ctx); err != nil {
		return nil, err
	}
	p.insiders()
	return p, p.build()
}

// fill takes in kinds and values.
func (p *foreignProblem) fill() (err error) {
	f := p.f
	for cell, row := range f.row {
		switch {
		case row < 0 && f.spec.Absent == AbsentWithheld:
			p.kind[cell] = kindWithheld
		case row < 0:
			p.kind[cell], p.known[cell] = kindEmpty, true
		default:
			r := &f.rows[row]
			p.kind[cell], p.known[cell] = r.kind, r.is
			if p.value[cell], err = r.units(f.Digits); err != nil {
				return fmt.Errorf("line %d: %w", r.line, err)
			}
		}
		p.hidden[cell] = p.kind[cell].hidden()
	}
	return nil
}

// attacker finds the prior knowledge about hidden cells.
func (p *foreignProblem) attacker() error {
	a, o := &p.attack, p.o
	bound := func(name, text string) (int64, error) {
		if text == "" {
			return 0, nil
		}
		n, err := parseNumber(text, '.')
		if err != nil || int(n.scale) > p.f.Digits {
			return 0, fmt.Errorf("%w: %s must be a number with no more decimals than the values have", ErrRequest, name)
		}
		return n.units(p.f.Digits)
	}
	var err error
	if a.Lower, err = bound("the least value known", o.AtLeast); err != nil {
		return err
	}
	if a.Upper, err = bound("the greatest value known", o.AtMost); err != nil {
		return err
	}
	if a.Within = o.Within; a.Within < 0 {
		return fmt.Errorf("%w: the attacker's percentage is negative", ErrRequest)
	}
	if o.AtMost != "" && a.Upper == 0 {
		return fmt.Errorf("%w: a greatest value of 0", ErrRequest)
	}
	switch o.Values {
	case "":
		a.Whole = p.f.Digits == 0
	case ValuesWhole:
		a.Whole = true
	case ValuesAny:
	default:
		return fmt.Errorf("%w: values are neither whole nor any", ErrRequest)
	}
	if o.AtLeast == "" {
		for _, v := range p.value {
			a.Negative = a.Negative || v < 0
		}
	}
	return nil
}

// shownSums is how many totals that are not the sum of their parts are named.
const shownSums = 10

// sums checks every sum for which all values are given. The error wraps ErrNotAdditive.
// It names totals, the variable that they are totals in, and the differences relative to
// the total.
func (p *foreignProblem) sums() error {
	var found []string
	count := 0
	f := p.f
	f.grid.relations(func(v, total int, parts []int) {
		all, absent := p.known[total], f.row[total] < 0
		sum := new(big.Int)
		for _, c := range parts {
			all = all && p.known[c]
			absent = absent || f.row[c] < 0
			sum.Add(sum, big.NewInt(p.value[c]))
		}
		t := big.NewInt(p.value[total])
		if !all || sum.Cmp(t) == 0 {
			return
		}
		if count++; count > shownSums {
			return
		}
		off, of := new(big.Float).SetInt(sum.Sub(sum, t)), new(big.Float).SetInt(t)
		how := "although it is zero"
		if t.Sign() != 0 {
			share, _ := off.Quo(off.Abs(off), of.Abs(of)).Float64()
			how = fmt.Sprintf("by %.2g of it", share)
		}
		note := ""
		if absent {
			note = " (cells that are in no row count as zero)"
		}
		found = append(found, fmt.Sprintf("%s, over %q, %s%s", f.name(total), f.grid.vars[v].Name, how, note))
	})
	if count == 0 {
		return nil
	}
	more := ""
	if count > shownSums {
		more = fmt.Sprintf("\n  and %d more", count-shownSums)
	}
	return fmt.Errorf("%w in %d places; rounded tables must be audited with the values before rounding:\n  %s%s",
		ErrNotAdditive, count, strings.Join(found, "\n  "), more)
}

// people refuses a part with more contributors than its total has.
func (p *foreignProblem) people() (err error) {
	f := p.f
	if f.people == nil || f.spec.Contributors == f.spec.Value {
		return nil // of counts the sums are checked
	}
	f.grid.relations(func(v, total int, parts []int) {
		if err != nil || f.row[total] < 0 || !f.people[f.row[total]].is {
			return
		}
		most := f.people[f.row[total]].rat()
		for _, c := range parts {
			if row := f.row[c]; row >= 0 && f.people[row].is && f.people[row].rat().Cmp(most) > 0 {
				err = fmt.Errorf("%w: line %d, column %q: there are more contributors than in the total over %q, in line %d",
					ErrTable, f.rows[row].line, f.spec.Contributors, f.grid.vars[v].Name, f.rows[f.row[total]].line)
				return
			}
		}
	})
	return err
}

// judge gives primary cells their levels, and finds published ones that the rules
// call unsafe.
func (p *foreignProblem) judge() error {
	rules := &p.o.Rules
	if err := rules.check(&p.f.spec); err != nil {
		return err
	}
	unit := new(big.Rat).SetInt(exact.Pow10(p.f.Digits))
	up := func(x *big.Rat) int64 {
		n, err := roundUnits(new(big.Rat).Mul(x, unit), true)
		if err != nil {
			return largest // more than any table holds
		}
		return n
	}
	for cell, row := range p.f.row {
		if row < 0 || p.kind[cell] == kindEmpty {
			continue
		}
		if err := p.few(cell, int(row), rules.MinContributors); err != nil {
			return err
		}
		raise := func(by int64) {
			l := &p.level[cell]
			l.Lower, l.Upper = max(l.Lower, by), max(l.Upper, by)
		}
		if err := p.concentrated(cell, int(row), rules, func(x *big.Rat) { raise(up(x)) }); err != nil {
			return err
		}
		if p.kind[cell] != kindPrimary {
			continue
		}
		if l := p.f.levels; l != nil {
			is := &p.level[cell]
			is.Lower, is.Upper = max(is.Lower, up(l[row][0].rat())), max(is.Upper, up(l[row][1].rat()))
			is.Sliding = up(l[row][2].rat())
		}
		if rules.Range != "" {
			x := p.f.rows[row].rat()
			raise(up(x.Mul(x.Abs(x), percentage(rules.Range)).Quo(x, big.NewRat(100, 1))))
			p.blind[cell] = p.blind[cell] || !p.known[cell]
		}
		if l := p.level[cell]; !p.known[cell] && max(l.Lower, l.Upper) > 0 {
			// The value is not known. If the cell is protected, the ends of its interval
			// are at least this far apart: the sum of both levels, or the upper level
			// where the value may be the least known value.
			p.blind[cell] = true
			apart := l.Upper
			if p.attack.Negative {
				apart = min(l.Lower+l.Upper, largest)
			}
			p.level[cell] = Level{Sliding: max(l.Sliding, apart)}
		}
	}
	return nil
}

// concentrated looks at the rules of concentration.
func (p *foreignProblem) concentrated(cell, row int, rules *ForeignRules, raise func(*big.Rat)) error {
	n := rules.tops()
	if n == 0 {
		return nil
	}
	if !p.known[cell] {
		p.blind[cell] = p.blind[cell] || p.kind[cell] == kindPrimary
		return nil
	}
	x := p.f.rows[row].rat()
	if x.Sign() < 0 {
		return fmt.Errorf("%w: line %d: rules of concentration need values that are not negative", ErrTable, p.f.rows[row].line)
	}
	tops, err := p.f.contributions(row, n)
	if err != nil {
		return err
	}
	level := rules.level(x, tops)
	switch {
	case level.Sign() == 0:
	case p.kind[cell].hidden():
		p.promote(cell)
		raise(level)
	default:
		p.broken[cell] = "concentration"
	}
	return nil
}

// promote makes a cell primary that a rule calls unsafe, with any status.
func (p *foreignProblem) promote(cell int) {
	if p.kind[cell] == kindSecondary {
		p.kind[cell] = kindPrimary
		p.promoted++
	}
}

// few looks at the least number of contributors.
func (p *foreignProblem) few(cell, row int, least int64) error {
	if least <= 0 || p.kind[cell] == kindPrimary {
		return nil
	}
	n := p.f.people[row]
	if !n.is && p.kind[cell].hidden() {
		return nil
	}
	if !n.is {
		return fmt.Errorf("%w: line %d, column %q: is missing in a published cell", ErrTable, p.f.rows[row].line, p.f.spec.Contributors)
	}
	x := n.rat()
	if x.Sign() <= 0 || x.Cmp(big.NewRat(least, 1)) >= 0 {
		return nil
	}
	if p.kind[cell].hidden() {
		p.promote(cell)
	} else {
		p.broken[cell] = strings.TrimPrefix(p.broken[cell]+", few contributors", ", ")
	}
	return nil
}

// complete finds values for suppressed cells without one: any table of whole units that
// agrees with the published and the given values. The interval of an attacker does not
// depend on the choice.
func (p *foreignProblem) complete(ctx context.Context) error {
	f := p.f
	r := &Release{Variables: f.grid.vars, Digits: f.Digits, grid: f.grid,
		shown: make([]bool, f.grid.n), hidden: make([]bool, f.grid.n), value: p.value}
	missing := false
	for cell, known := range p.known {
		r.shown[cell] = p.kind[cell] != kindWithheld
		r.hidden[cell] = r.shown[cell] && !known
		missing = missing || !known
		p.unsure = p.unsure || r.hidden[cell]
	}
	if !missing {
		return nil
	}
	if p.attack.Within > 0 {
		return fmt.Errorf("%w: bounds within a percentage of the truth need the value of every suppressed cell", ErrRequest)
	}
	known := p.attack
	known.Upper = 0 // it bounds the found values below
	q, err := newPublic([]*Release{r}, known)
	if err != nil {
		return err
	}
	s := newSketcher(q)
	sketch := s.spread(s.draw(0))
	for cell, is := range q.known {
		if is {
			p.value[cell] = q.value[cell]
		}
	}
	for _, c := range q.components() {
		for j := range c.cells {
			if p.attack.Upper != 0 && q.shown[c.cells[j]] {
				c.upper[j] = min(c.upper[j], p.attack.Upper)
			}
		}
		x, err := c.from(ctx, sketch)
		if err != nil {
			return err
		}
		if x == nil {
			return fmt.Errorf("%w: of the values that are missing; the sums may not hold for any", ErrUndecided)
		}
		for j, cell := range c.cells {
			p.value[cell] = x[j]
		}
	}
	return nil
}

// insiders numbers the sole contributors of cells. A cell that is not empty within a cell
// of one contributor belongs to that contributor. Cells under one name belong to one
// contributor.
func (p *foreignProblem) insiders() {
	f := p.f
	if f.people == nil && f.owners == nil || p.unsure {
		return
	}
	alone, empty := make([]bool, f.grid.n), make([]bool, f.grid.n)
	top := make([]int32, f.grid.n)
	find := func(i int32) int32 {
		for top[i] != i {
			top[i] = top[top[i]]
			i = top[i]
		}
		return i
	}
	first := map[string]int32{}
	for cell, row := range f.row {
		top[cell] = int32(cell)
		empty[cell] = row < 0 || p.kind[cell] == kindEmpty
		if row < 0 {
			continue
		}
		name := ""
		if f.owners != nil {
			name = f.owners[row]
		}
		alone[cell] = name != ""
		if f.people != nil {
			n := f.people[row]
			alone[cell] = n.is && n.rat().Cmp(big.NewRat(1, 1)) == 0
			empty[cell] = empty[cell] || n.is && n.mant == 0
		}
		if !alone[cell] || name == "" {
			continue
		}
		if same, ok := first[name]; ok {
			top[find(int32(cell))] = find(same)
		} else {
			first[name] = int32(cell)
		}
	}
	for _, r := range p.rel {
		if !alone[r.Total] {
			continue
		}
		for _, c := range r.Parts {
			if !empty[c] {
				alone[c] = true // relations come from the top down
				top[find(int32(c))] = find(int32(r.Total))
			}
		}
	}
	for cell, is := range alone {
		if is {
			p.owner[cell] = find(int32(cell)) + 1
		}
	}
}

// shares is the share of the largest of several contributors to a suppressed cell. The
// identity of that contributor, and its other contributions, are not known.
func (p *foreignProblem) shares(cell int) []Share {
	row := p.f.row[cell]
	if row < 0 || p.f.largest == nil || !p.known[cell] || p.owner[cell] != 0 || p.attack.signed() || p.unsure {
		return nil
	}
	x := p.f.largest[row][0].rat()
	unit := new(big.Rat).SetInt(exact.Pow10(p.f.Digits))
	value := max(0, p.value[cell])
	if s := (Share{Least: min(unitsBelow(x, unit), value), Most: min(unitsAbove(x, unit), value)}); s.Most > 0 {
		return []Share{s}
	}
	return nil
}

// build makes the problem. Published cells are known: they do not change, and need no
// protection.
func (p *foreignProblem) build() (err error) {
	cells := make([]Cell, len(p.kind))
	for i, k := range p.kind {
		c := Cell{Value: p.value[i], Status: Protected}
		switch k {
		case kindPrimary:
			c.Status, c.Level = Primary, p.level[i]
			if !p.attack.Negative {
				// The lower level ends at the least value that every attacker knows.
				c.Level.Lower = min(c.Level.Lower, max(0, c.Value-p.attack.Lower))
			}
		case kindSecondary:
			c.Status = Secondary
		case kindWithheld:
			c.Status = Withheld
		}
		if k.hidden() {
			c.Owner = p.owner[i]
			c.Shares = p.shares(i)
		}
		cells[i] = c
	}
	if p.p, err = New(cells, p.rel, p.attack); err == nil {
		p.p.grid = p.f.grid
	}
	return err
}
