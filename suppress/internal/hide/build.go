package hide

import (
	"crypto/sha256"
	"fmt"
	"math/big"
	"slices"

	"github.com/sluis-go/sluis/internal/exact"
	"github.com/sluis-go/sluis/sdc"
)

// Tables are one or several tables of a report that share cells, as one Problem.
type Tables struct {
	problem *Problem
	digits  int // a whole unit of the problem is 10^-digits

	list   []*table
	behind []*table // not released

	policy  *sdc.Policy
	options BuildOptions
	seed    *[sha256.Size]byte                              // of the draw; nil for none
	lotOf   func(try int, cell string) (chance, lot uint64) // of a cell, by its key, see draw; nil for none
	try     int                                             // how often the choice was drawn anew
	byLot   bool                                            // some cells are hidden by lot
	base    bool                                            // whether a release pins a cell is not asked
	single  bool                                            // there are no other tables
	output  *sdc.Output                                     // of the first table
	alike   func(r *sdc.Report) bool                        // a table has the remarks of this one; nil for yes
	pins    *pins

	problemRests *rests // what does not change from one problem of the tables to the next
}

// Problem returns the cells of all tables with the relations between them. Protect
// may replace the problem of the tables; a pattern belongs to the one it was made for.
func (g *Tables) Problem() *Problem { return g.problem }

// Digits says what a whole unit of the problem is: 10^-Digits.
func (g *Tables) Digits() int { return g.digits }

// table is one table of a report.
type table struct {
	*layout
	name     string
	declared []bool   // variable -> its codes are declared, so that one may occur nowhere
	count    bool     // of counts rather than sums
	shown    []bool   // cell -> is in the release
	value    []int64  // in units
	records  []int64  // of published cells
	reasons  []reason // why a cell is unsafe
	level    []Level
	apriori  []apriori
	owner    []int32 // who is alone in a cell, noOwner or severalOwners
	share    [][]Share
	part     []int64
	told     []told
	has      []bool     // the report has evidence of the cell
	cells    []sdc.Cell // it
	groups   []groupFinding
	force    []bool  // hidden for the sake of what others tell together
	never    []bool  // cannot be
	keep     []bool  // published for that sake
	id       []int32 // cell of the problem

	disjoint bool // no contributor, and no holding, is in two inner cells
}

// reason is a set of rules.
type reason uint8

const (
	smallCount reason = 1 << iota // min-contributors, min-holdings
	dominance                     // nk, p-percent, pq
	groupShare                    // group-disclosure, group-remainder
	byRequest
	byHand
)

type apriori struct {
	protected bool
	cost      int64
}

var reasonOf = map[string]reason{
	"min-contributors": smallCount, "min-holdings": smallCount, "all-equal": dominance, "nk": dominance, "p-percent": dominance, "pq": dominance,
	"group-disclosure": groupShare, "group-remainder": groupShare, "request": byRequest, "a-priori": byHand,
}

// FromReport lays out the outputs with the given numbers as problems. Outputs of the same
// response, or all counts, are linked and become one problem, in which a cell that occurs in
// several tables is one cell. The policy is that of the report.
//
// Every cell of the full table is in the problem, empty cells as zeros, with every sum
// relation over totals and hierarchies. Totals that are not published are Withheld. Primary
// cells are those with an unsafe finding. The level of a primary cell, rounded up to units,
// is the largest of those of the a-priori list and of
//
//	concentration rules   sdc.Cell.ProtectionLevel, above and below
//	group disclosure      below: down to where the cell, published as it is,
//	                      would pass the rule in its line
//	a threshold alone     none: the value must not be determined exactly
//
// The lower level is at most the distance to the least value that the attacker knows. A group
// rule is about a share of a line: an attacker breaks the rule by ruling out every share
// below the limit. What the attacker believes possible above the true share plays no part.
//
// A cell with one contributor (one holding; of a respondent with several rows, these alone)
// has this contributor as its owner. All cells with the same only contributor have the same
// owner, in every table, published or not. A cell of several contributors has
//
//   - Shares, where sums of a response are published: what the largest contributors have
//     (sdc.Cell.Largest);
//   - Part: the most that any other contributor may have. For counts: the count, less one
//     for each of the others.
//
// So the report must be made with Options.Sole. A respondent with rows of several holdings
// knows what none of the holdings knows alone: data with such a respondent are refused with
// ErrUnfit.
//
// Outputs of different things are problems of their own: counts and sums, or sums of two
// responses. They reveal about each other which cells are empty. Such an empty cell is not
// hidden to protect others. A count that is not empty is known to be at least 1.
//
// Errors wrap ErrUnfit, ErrRequest or ErrNotAdditive and name outputs. Linear in
// cells times variables, for each two outputs of different things.
func FromReport(r *sdc.Report, outputs []int, o BuildOptions) ([]*Tables, error) {
	if err := o.check(); err != nil {
		return nil, err
	}
	policy := r.JudgedBy()
	if policy == nil {
		return nil, fmt.Errorf("%w: the report was not made by sdc.Check in this process", ErrRequest)
	}
	if !r.HasSole() {
		return nil, fmt.Errorf("%w: the report does not say who is alone in a cell; make it with sdc.Options.Sole", ErrRequest)
	}
	for _, k := range append(slices.Clone(outputs), o.Behind...) {
		if k < 0 || k >= len(r.Tables) {
			return nil, fmt.Errorf("%w: the report has no output %d", ErrRequest, k)
		}
	}
	for _, k := range outputs {
		if _, err := linkName(r, k); err != nil {
			return nil, err
		}
	}
	if r.HoldingsOverlap() {
		return nil, fmt.Errorf("%w: output %q: some respondent has rows of several holdings, or of one and of none, and knows what none of these knows alone; "+
			"give every respondent one holding, or leave that role out", ErrUnfit, r.Outputs[outputs[0]].Name)
	}
	var groups []*Tables
	var numbers [][]int // of the outputs of each group
	for _, group := range linkedGroups(r, outputs) {
		behind, err := findBehind(r, group, o.Behind)
		if err != nil {
			return nil, err
		}
		g := &Tables{}
		for _, k := range slices.Concat(group, behind) {
			t, err := newTable(r.Tables[k])
			if err != nil {
				return nil, fmt.Errorf("output %q: %w", r.Tables[k].Name(), err)
			}
			if len(g.list) < len(group) {
				g.list = append(g.list, t)
			} else {
				g.behind = append(g.behind, t)
			}
		}
		groups, numbers = append(groups, g), append(numbers, slices.Concat(group, behind))
	}
	tell(r, groups, numbers)
	for i, g := range groups {
		g.single, g.output = len(groups) == 1, r.Tables[numbers[i][0]].Output()
		if err := g.build(r, policy, numbers[i], o); err != nil {
			return nil, err
		}
	}
	return groups, nil
}

// linkName is the same for outputs that share cells: of one kind and response,
// over the same rows. Rows are left out of a table for nulls in its variables;
// tables that may leave out different rows share no cell exactly.
func linkName(r *sdc.Report, k int) (string, error) {
	t := r.Tables[k]
	out := t.Output()
	if out.Kind != sdc.Frequency && out.Kind != sdc.Magnitude {
		return "", fmt.Errorf("%w: output %q is no table", ErrUnfit, t.Name())
	}
	for _, f := range r.Outputs[k].Findings {
		if len(f.Cell) == 0 && f.Verdict == sdc.Unsafe {
			return "", fmt.Errorf("%w: output %q: %s: %s", ErrUnfit, t.Name(), f.Rule, f.Message)
		}
	}
	for _, s := range out.Statistics {
		if !slices.Contains(releasable, s) {
			return "", fmt.Errorf("%w: output %q: only sums, means and counts can be protected, not %q", ErrUnfit, t.Name(), s)
		}
	}
	name := string(out.Kind) + " " + out.Response
	return name + fmt.Sprintf(" %d", t.Population()), nil
}

func newTable(t *sdc.Table) (*table, error) {
	var vars []CodeList
	for _, v := range t.Variables() {
		c := CodeList{Name: v.Name}
		for k := range v.Len() {
			c.Codes = append(c.Codes, v.Label(k))
			c.Parents = append(c.Parents, v.Parent(k))
		}
		vars = append(vars, c)
	}
	if err := checkNames(vars); err != nil {
		return nil, err
	}
	l, err := newLayout(vars)
	if err != nil {
		return nil, err
	}
	out := &table{layout: l, name: t.Name(), count: t.Output().Kind == sdc.Frequency}
	for _, v := range t.Variables() {
		out.declared = append(out.declared, v.Declared())
	}
	out.shown = publishedCells(t, l)
	return out, nil
}

// checkNames refuses names and codes that a release cannot hold.
func checkNames(vars []CodeList) error {
	for _, v := range vars {
		for _, s := range append([]string{v.Name}, v.Codes...) {
			if err := checkText(s); err != nil {
				return fmt.Errorf("variable %q: %w", v.Name, err)
			}
		}
		if slices.Contains(releaseColumns, v.Name) {
			return fmt.Errorf("%w: a spanning variable has the name %q, which the release needs", ErrRequest, v.Name)
		}
		if slices.Contains(v.Codes, "*") {
			return fmt.Errorf("%w: variable %q has the code \"*\", which stands for the total", ErrRequest, v.Name)
		}
		if slices.Contains(v.Codes[1:], "") {
			return fmt.Errorf("%w: variable %q has an empty code", ErrRequest, v.Name)
		}
	}
	return nil
}

// publishedCells asks the table once for every combination of levels.
func publishedCells(t *sdc.Table, l *layout) []bool {
	shown := make([]bool, l.n)
	nodes := make([]int, len(l.vars))
	known := map[string]bool{}
	kind := make([]byte, len(l.vars))
	vars := t.Variables()
	for cell := range l.n {
		for v := range l.vars {
			nodes[v] = l.code(cell, v)
			kind[v] = byte(vars[v].Level(nodes[v])) << 1
			if vars[v].IsLeaf(nodes[v]) {
				kind[v]++
			}
		}
		is, ok := known[string(kind)]
		if !ok {
			is = t.Publishes(nodes)
			known[string(kind)] = is
		}
		shown[cell] = is
	}
	return shown
}

// build fills in values, statuses and levels, and makes the problem. outputs are
// the numbers of the tables in the report, those that are not released last.
func (g *Tables) build(r *sdc.Report, policy *sdc.Policy, outputs []int, o BuildOptions) error {
	g.policy, g.options = policy, o
	all := slices.Concat(g.list, g.behind)
	fail := func(i int, err error) error { return fmt.Errorf("output %q: %w", all[i].name, err) }
	values := make([]map[int]*big.Rat, len(all))
	for i, k := range outputs {
		values[i] = all[i].read(r.Tables[k], o)
	}
	if err := g.chooseDigits(values, o); err != nil {
		return fail(0, err)
	}
	additive := o.Digits == nil && !anyNegative(r, outputs)
	unit := new(big.Rat).SetInt(exact.Pow10(g.digits))
	for i, k := range outputs {
		t := all[i]
		if err := t.fill(values[i], g.digits, o.Digits != nil); err != nil {
			return fail(i, err)
		}
		if i >= len(g.list) {
			t.hide()
		} else {
			if err := t.judge(r, k, policy, g.digits); err != nil {
				return fail(i, err)
			}
			if err := t.byHand(r.Tables[k].Output(), g.digits); err != nil {
				return fail(i, err)
			}
			if err := t.asGiven(r.Tables[k].Given(), g.digits, o.WholeNumbers); err != nil {
				return fail(i, err)
			}
		}
		if err := t.contributors(r.Tables[k]); err != nil {
			return fail(i, err)
		}
		if err := t.shares(r.Tables[k], unit, additive); err != nil {
			return fail(i, err)
		}
	}
	return g.lay(o)
}

// read returns what is published of the cells with records.
func (t *table) read(from *sdc.Table, o BuildOptions) map[int]*big.Rat {
	out := map[int]*big.Rat{}
	t.records = make([]int64, t.n)
	t.has, t.cells = make([]bool, t.n), make([]sdc.Cell, t.n)
	t.force, t.never, t.keep = make([]bool, t.n), make([]bool, t.n), make([]bool, t.n)
	inner, all := [2]int64{}, [2]int64{} // contributors and holdings
	for c := range from.Cells() {
		cell := t.at(c)
		if c.Inner() {
			inner[0], inner[1] = inner[0]+c.Contributors(), inner[1]+c.Holdings()
		}
		if cell == 0 {
			all = [2]int64{c.Contributors(), c.Holdings()}
		}
		t.has[cell], t.cells[cell] = c.Records() > 0, c
		t.records[cell] = c.Records()
		var x *big.Rat
		switch {
		case !t.count:
			if x = c.WeightedSum(); x == nil {
				x = c.Sum()
			}
		case c.WeightSum() != nil:
			x = c.WeightSum()
		case o.Count == CountRecords:
			x = new(big.Rat).SetInt64(c.Records())
		default:
			x = new(big.Rat).SetInt64(c.Respondents())
		}
		out[cell] = x
	}
	t.disjoint = inner == all
	return out
}

func (t *table) at(c sdc.Cell) int {
	cell := 0
	for v := range t.vars {
		cell += c.Node(v) * t.stride[v]
	}
	return cell
}

// chooseDigits finds the decimals that the values of all tables need.
func (g *Tables) chooseDigits(values []map[int]*big.Rat, o BuildOptions) error {
	if o.Digits != nil {
		g.digits = *o.Digits
		return nil
	}
	for _, list := range values {
		for _, x := range list {
			n, exact := x.FloatPrec()
			if !exact || n > 15 {
				return fmt.Errorf("%w: sums have more than 15 decimals; say how many to publish", ErrRequest)
			}
			g.digits = max(g.digits, n)
		}
	}
	return nil
}

// fill turns values into whole units, adds up the totals, and checks them against
// the table's own.
func (t *table) fill(values map[int]*big.Rat, digits int, rounded bool) error {
	t.value = make([]int64, t.n)
	unit := new(big.Rat).SetInt(exact.Pow10(digits))
	units := make(map[int]int64, len(values))
	for cell, x := range values {
		n, err := roundUnits(new(big.Rat).Mul(x, unit), false)
		if err != nil {
			return err
		}
		units[cell] = n
		if t.inner(cell) {
			t.value[cell] = n
		}
	}
	if err := t.rollUp(t.value); err != nil {
		return err
	}
	for cell, n := range units {
		if t.value[cell] != n && !rounded {
			if t.count {
				return fmt.Errorf("%w: a respondent is in several cells, so that counts of respondents do not add up to the totals; count records instead (--count records)", ErrNotAdditive)
			}
			return fmt.Errorf("%w: a published sum", ErrNotAdditive)
		}
	}
	return nil
}

// roundUnits returns x as a whole number: half away from zero, or up.
func roundUnits(x *big.Rat, up bool) (int64, error) {
	num := new(big.Int).Abs(x.Num())
	q, rest := new(big.Int).QuoRem(num, x.Denom(), new(big.Int))
	if rest.Sign() != 0 && (up || rest.Lsh(rest, 1).Cmp(x.Denom()) >= 0) {
		q.Add(q, big.NewInt(1))
	}
	if !q.IsInt64() || q.Int64() > largest {
		return 0, fmt.Errorf("%w: a sum or level is beyond 2^52 units; publish fewer decimals", ErrRequest)
	}
	if x.Sign() < 0 {
		return -q.Int64(), nil
	}
	return q.Int64(), nil
}

// lay makes the cells and relations of all tables into one problem.
func (g *Tables) lay(o BuildOptions) error {
	all := slices.Concat(g.list, g.behind)
	layouts := make([]*layout, len(all))
	for i, t := range all {
		layouts[i] = t.layout
	}
	ids, n := link(layouts)
	cells := make([]Cell, n)
	first := make([]int, n) // table that has filled a cell in, plus one
	a := Attacker{Whole: g.list[0].count && g.digits == 0 || o.WholeNumbers}
	for _, t := range all {
		for _, v := range t.value {
			a.Negative = a.Negative || v < 0
		}
	}
	if o.PublishZeros && g.list[0].count && a.Whole && !a.Negative {
		a.Lower = 1
	}
	for i, t := range all {
		t.id = ids[i]
		for cell, id := range t.id {
			c := t.cell(cell, a, o)
			if first[id] == 0 {
				cells[id] = c
				first[id] = i + 1
				continue
			}
			if err := cells[id].join(c); err != nil {
				return fmt.Errorf("outputs %q and %q: %w", all[first[id]-1].name, t.name, err)
			}
		}
	}
	p, err := New(cells, unionRelations(layouts, ids), a)
	if err != nil {
		return fmt.Errorf("output %q: %w", g.list[0].name, err)
	}
	if len(all) == 1 {
		p.grid = all[0].layout
	}
	for _, t := range all {
		t.narrow(p)
	}
	p.rests = g.restsOf(n)
	g.problem = p
	g.draw()
	return nil
}
