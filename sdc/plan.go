package sdc

import (
	"fmt"
	"slices"
	"sync/atomic"

	"github.com/sluis-go/sluis/internal/evidence"
	"github.com/sluis-go/sluis/sdc/population"
)

// plan lists the columns and tables that one pass over the data gathers.
type plan struct {
	data    *Data
	columns []planned
	tabs    []*tabulation

	respondent, holding, weight, request int // positions in columns, or -1

	relations  []plannedRelation
	bounds     []plannedBounds
	exceptions int64 // so many respondents make a relation that they break an error

	overlap bool // look whether respondents have rows of several holdings

	memory int64        // the budget in bytes, 0 for none
	held   atomic.Int64 // bytes of observations

	where population.Where // the rows that are gathered
}

// planned is a column that is read.
type planned struct {
	name      string
	coded     bool       // as codes
	number    bool       // as exact numbers
	amount    bool       // the codes are numbers
	sensitive bool       // an output names the column as sensitive
	refuse    bool       // nulls are refused
	hierarchy *Hierarchy // values must be its leaves
}

// tabulation is one table to be gathered: the table of an output, or for microdata a
// table with a sensitive variable beside the keys.
type tabulation struct {
	output   *Output
	by       []int // columns
	exclude  []int // a null in one of these columns leaves the row out
	response int   // column, or -1
	shape    evidence.Shape
	// line is the variable of the lines that a rule looks at in microdata, or -1.
	line int
	// known is the same table of the rows with a known value alone.
	known bool
	// pair says that the last two variables are sensitive: see Table.fixes.
	pair bool
	// asked also gathers the largest contribution of a unit that asked for protection.
	asked bool
	// observing says which order statistics are found of the cells; nil for none.
	observing *observing
}

// validOutputs reports the first fault of data and outputs.
func validOutputs(d *Data, outputs []Output) error {
	if err := d.validate(); err != nil {
		return err
	}
	if len(outputs) == 0 {
		return outputsError("there are no outputs to check")
	}
	var names []string
	for i := range outputs {
		if err := outputs[i].Validate(); err != nil {
			return err
		}
		names = append(names, outputs[i].Name)
	}
	if name, ok := duplicate(names); ok {
		return outputsError("two outputs have the name %q", name)
	}
	return nil
}

// newPlan plans the outputs of a population, which are valid.
func newPlan(d *Data, outputs []Output, p *Policy, where population.Where) (*plan, error) {
	pl := &plan{data: d, respondent: -1, holding: -1, weight: -1, request: -1, where: where}
	if d.Roles.Respondent != "" {
		pl.respondent = pl.column(d.Roles.Respondent, true, false)
		pl.columns[pl.respondent].refuse = true
	}
	if d.Roles.Holding != "" {
		pl.holding = pl.column(d.Roles.Holding, true, false)
	}
	if d.Roles.Weight != "" {
		pl.weight = pl.column(d.Roles.Weight, false, true)
	}
	if d.Roles.Request != "" && !p.Request.Off {
		pl.request = pl.column(d.Roles.Request, true, false)
	}
	pl.addDeclared(p)
	for i := range outputs {
		if err := pl.addOutput(&outputs[i], p); err != nil {
			return nil, err
		}
	}
	for _, name := range where.Columns() {
		pl.column(name, false, false)
	}
	return pl, nil
}

// column returns the position of a column, adding it or a use of it.
func (pl *plan) column(name string, coded, number bool) int {
	i := slices.IndexFunc(pl.columns, func(c planned) bool { return c.name == name })
	if i < 0 {
		i = len(pl.columns)
		pl.columns = append(pl.columns, planned{name: name})
	}
	pl.columns[i].coded = pl.columns[i].coded || coded
	pl.columns[i].number = pl.columns[i].number || number
	return i
}

func (pl *plan) addOutput(o *Output, p *Policy) error {
	t := &tabulation{output: o, response: -1, line: -1}
	for _, name := range o.By {
		c, err := pl.spanning(o, name)
		if err != nil {
			return err
		}
		t.by = append(t.by, c)
		if pl.data.missing(name) == MissingExclude {
			t.exclude = append(t.exclude, c)
		}
	}
	t.shape = evidence.Shape{
		Columns: len(t.by), Respondent: pl.respondent >= 0, Holding: pl.holding >= 0,
		Weight: pl.weight >= 0, Top: p.top(),
	}
	if o.Kind == Magnitude {
		t.response = pl.column(o.Response, false, true)
		t.shape.Response = true
		t.shape.Tau = pl.weight >= 0 && p.Weighting == WeightingTau
		if t.shape.Tau && t.shape.Holding {
			return fmt.Errorf("%w: %w", ErrRequest, evidence.ErrTauHolding)
		}
		t.asked = pl.request >= 0
		pl.lookAlike(t, p)
		var err error
		if t.observing, err = pl.observe(o, p); err != nil {
			return err
		}
	}
	pl.tabs = append(pl.tabs, t)
	if o.Kind != Microdata {
		return nil
	}
	var sensitive []*tabulation
	for _, name := range o.Sensitive {
		s := *t
		c, err := pl.spanning(o, name)
		if err != nil {
			return err
		}
		if s.by = append(slices.Clone(t.by), c); o.isAmount(name) {
			if pl.columns[c].amount = true; pl.columns[c].hierarchy != nil {
				return outputsError("output %q: column %q has a hierarchy or declared codes: codes are no amounts", o.Name, name)
			}
		}
		s.exclude = slices.Clone(t.exclude)
		if pl.data.missing(name) == MissingExclude {
			s.exclude = append(s.exclude, c)
		}
		s.shape.Columns = len(s.by)
		s.line = len(t.by)
		pl.tabs = append(pl.tabs, &s)
		sensitive = append(sensitive, &s)
		if m := pl.data.missing(name); m != MissingRefuse && m != MissingExclude && !(p.GroupDisclosure.Off && p.GroupRemainder.Off) {
			k := s
			k.exclude, k.known = append(slices.Clone(s.exclude), c), true
			pl.tabs = append(pl.tabs, &k)
		}
	}
	pl.pairUp(t, sensitive, p)
	return nil
}

// lookAlike makes the table gather the values that contributors share or that are two, and the
// holdings that contribute, where a rule needs them.
func (pl *plan) lookAlike(t *tabulation, p *Policy) {
	t.shape.Few = !p.MinContributors.Off
	t.shape.Owners = pl.holding >= 0 && !(p.MinHoldings.Off && p.AllEqual.Off)
	if !p.AllEqual.Off && (pl.respondent >= 0 || pl.holding >= 0 || p.AllEqual.floor() < 100) {
		t.shape.Alike = p.AllEqual.floor()
	}
}

// pooled reports whether rows are kept until the end.
func (pl *plan) pooled() bool {
	return pl.respondent >= 0 || pl.holding >= 0 || slices.ContainsFunc(pl.tabs, func(t *tabulation) bool { return t.shape.Alike > 0 })
}

// keyed reports whether keys, and not codes, may distinguish the units of a column:
//
//   - the column only names units;
//   - no weight is looked up by unit;
//   - for respondents, some table counts all rows, because the report counts respondents.
func (pl *plan) keyed(c int) bool {
	if c != pl.respondent && c != pl.holding || c == pl.request || pl.spans(c) {
		return false
	}
	whole := false
	for _, t := range pl.tabs {
		if t.shape.Tau {
			return false
		}
		whole = whole || len(t.exclude) == 0
	}
	return whole || c != pl.respondent
}

// spanning adds a column that spans a table.
func (pl *plan) spanning(o *Output, name string) (int, error) {
	m := pl.data.missing(name)
	if m == MissingSuppressed && len(pl.where) > 0 {
		return 0, outputsError("output %q: missing values of column %q are suppressed by a record about the whole file, and where takes a part of the file: suppress the part with sluis local, and leave where out", o.Name, name)
	}
	matching, err := m.matching()
	if err == nil && matching != nil && o.Kind != Microdata {
		return 0, outputsError("output %q: missing values of column %q: %s is defined for the keys of microdata only", o.Name, name, m)
	}
	c := pl.column(name, true, false)
	pl.columns[c].refuse = pl.columns[c].refuse || m == MissingRefuse
	pl.columns[c].hierarchy = pl.data.tree(name)
	pl.columns[c].sensitive = pl.columns[c].sensitive || slices.Contains(o.Sensitive, name)
	return c, nil
}

// combos returns the combinations of levels that a tabulation needs, the published ones
// first, and the number of published ones.
func (t *tabulation) combos(vars []Variable, p *Policy) (all [][]int, published int) {
	if t.output.Kind == Microdata || t.output.Kind == Model {
		return t.microdataCombos(vars)
	}
	choices := make([][]int, len(vars))
	switch {
	case t.output.NoMargins:
		for v := range vars {
			choices[v] = []int{vars[v].depth + 1}
		}
		all = product(all, choices)
	case t.output.Margins == nil:
		for v := range vars {
			choices[v] = span(0, vars[v].depth)
		}
		all = product(all, choices)
	default:
		kept := append([][]string{t.output.By}, t.output.Margins...)
		for _, names := range kept {
			for v := range vars {
				choices[v] = []int{0}
				if slices.Contains(names, vars[v].Name) {
					choices[v] = span(1, vars[v].depth)
				}
			}
			all = product(all, choices)
		}
		all = distinct(all)
	}
	published = len(all)
	if p.GroupDisclosure.Off && p.GroupRemainder.Off && p.ZeroCells.Off {
		return all, published
	}
	for _, v := range lineVariables(t.output, vars) {
		for _, c := range all[:published] {
			line := slices.Clone(c)
			line[v] = 0
			all = append(all, line)
			// The codes above inner cells are sums of them, published or not.
			for level := 1; t.output.NoMargins && level < vars[v].depth; level++ {
				above := slices.Clone(c)
				above[v] = level
				all = append(all, above)
			}
		}
	}
	return distinct(all), published
}

// microdataCombos returns the combinations of levels for microdata: the classes, their
// total, and each variable alone. With a sensitive variable it returns every level of the
// tree in each class, and the lines over the variable. The rules look at the first
// published combinations.
func (t *tabulation) microdataCombos(vars []Variable) (all [][]int, published int) {
	leaf := make([]int, len(vars))
	for v := range vars {
		leaf[v] = vars[v].depth + 1
	}
	if t.pair {
		all = pairCombos(vars)
		return all, len(all)
	}
	if t.line >= 0 {
		for level := 1; level <= vars[t.line].depth; level++ {
			at := slices.Clone(leaf)
			at[t.line] = level
			all = append(all, at)
		}
		published = len(all)
		line := slices.Clone(leaf)
		line[t.line] = 0
		alone := make([]int, len(vars)) // for values that only one respondent has
		alone[t.line] = leaf[t.line]
		return append(all, make([]int, len(vars)), line, alone), published
	}
	all = append(all, leaf, make([]int, len(vars)))
	for v := range vars {
		alone := make([]int, len(vars))
		alone[v] = leaf[v]
		all = append(all, alone)
	}
	return distinct(all), 1
}

func span(from, to int) []int {
	var out []int
	for i := from; i <= to; i++ {
		out = append(out, i)
	}
	return out
}

// product appends every combination of one choice a variable.
func product(all [][]int, choices [][]int) [][]int {
	combo := make([]int, len(choices))
	var walk func(v int)
	walk = func(v int) {
		if v == len(choices) {
			all = append(all, slices.Clone(combo))
			return
		}
		for _, l := range choices[v] {
			combo[v] = l
			walk(v + 1)
		}
	}
	walk(0)
	return all
}

// distinct drops repetitions and keeps the order.
func distinct(combos [][]int) [][]int {
	seen := map[string]bool{}
	var out [][]int
	for _, c := range combos {
		if k := comboKey(c); !seen[k] {
			seen[k] = true
			out = append(out, c)
		}
	}
	return out
}

func comboKey(levels []int) string { return fmt.Sprint(levels) }
