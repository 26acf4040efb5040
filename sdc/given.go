package sdc

import (
	"fmt"
	"maps"
	"slices"

	"github.com/sluis-go/sluis/internal/column"
	"github.com/sluis-go/sluis/internal/evidence"
	"github.com/sluis-go/sluis/internal/exact"
	"github.com/sluis-go/sluis/sdc/cells"
	"github.com/sluis-go/sluis/sdc/report/words"
)

// given makes the tables of the outputs from cells, in place of tabulate.
func (d *Data) given(outputs []Output, p *Policy) ([]*outputTables, totals, error) {
	var sum totals
	if err := d.fitCells(outputs); err != nil {
		return nil, sum, err
	}
	var out []*outputTables
	var all []*Table
	names := &evidence.Names{}
	for i := range outputs {
		o := &outputs[i]
		if err := p.fitsCells(o, d.Cells[o.Name]); err != nil {
			return nil, sum, err
		}
		t, err := tableOfCells(o, d.Cells[o.Name], p)
		if err != nil {
			return nil, sum, err
		}
		t.nameSoles(names)
		sum.rows = max(sum.rows, t.rows)
		out, all = append(out, &outputTables{main: t}), append(all, t)
	}
	nameLargest(all, names)
	sum.respondents = sum.rows
	if sum.rows == 0 {
		return nil, sum, ErrNoRows
	}
	return out, sum, nil
}

// fitCells refuses what a table of cells does not have.
func (d *Data) fitCells(outputs []Output) error {
	if err := d.validate(); err != nil {
		return err
	}
	if len(outputs) == 0 {
		return outputsError("there are no outputs to check")
	}
	switch x := &d.Declared; {
	case d.input != nil:
		return outputsError("the data are records and cells: one of the two is wanted")
	case d.Roles != Roles{} || len(d.Missing) > 0 || len(d.Suppressions) > 0 || d.RespondentForm != "":
		return outputsError("roles of columns, missing values and records of suppression are about records, and the data are cells: leave them out")
	case len(x.Codes)+len(x.Relations)+len(x.Bounds) > 0:
		return outputsError("declared codes, relations and bounds are about records, and the data are cells: leave them out")
	}
	var names []string
	for i := range outputs {
		o := &outputs[i]
		names = append(names, o.Name)
		if err := o.Validate(); err != nil {
			return err
		}
		switch {
		case o.Kind != Frequency && o.Kind != Magnitude:
			return outputsError("output %q: of cells only tables can be checked, and not %s", o.Name, o.Kind)
		case o.needsRecords() != nil:
			return o.needsRecords()
		case len(o.Depth)+len(o.Fold) > 0:
			return outputsError("output %q: depth and fold take codes out of records, and the data are cells: leave the rows of these codes out of the file", o.Name)
		case d.Cells[o.Name] == nil:
			return outputsError("output %q has no table of cells", o.Name)
		}
		if err := d.Cells[o.Name].Validate(); err != nil {
			return fmt.Errorf("output %q: %w", o.Name, err)
		}
		if !slices.EqualFunc(o.By, d.Cells[o.Name].Variables, func(name string, v cells.Variable) bool { return name == v.Name }) {
			return outputsError("output %q: the variables of its table of cells are others, or in another order", o.Name)
		}
	}
	for _, name := range slices.Sorted(maps.Keys(d.Cells)) {
		if !slices.Contains(names, name) {
			return outputsError("there is a table of cells for output %q, and no such output", name)
		}
	}
	if name, ok := duplicate(names); ok {
		return outputsError("two outputs have the name %q", name)
	}
	return nil
}

// fitsCells refuses a rule that looks at more of the largest contributions than are known.
func (p *Policy) fitsCells(o *Output, t *cells.Table) error {
	if o.Kind != Magnitude {
		return nil
	}
	for _, x := range []struct {
		off  bool
		name string
		n    int
	}{
		{p.NK.Off, p.NK.name(), p.NK.most()}, {p.PPercent.Off, p.PPercent.name(), p.PPercent.most() + 1}, {p.PQ.Off, p.PQ.name(), 2},
	} {
		if !x.off && x.n > t.Listed {
			return outputsError("output %q: rule %s looks at the largest %d contributions to a cell, and the table of cells has %d of them: name their columns, or use a policy without the rule",
				o.Name, x.name, x.n, t.Listed)
		}
	}
	return nil
}

// tableOfCells is the evidence of an output that is given as cells.
func tableOfCells(o *Output, from *cells.Table, p *Policy) (*Table, error) {
	t := &Table{output: o, given: from, weighting: p.Weighting, combos: map[string]bool{}, units: evidence.Units{Response: exact.Unit{Digits: from.Digits}}}
	for _, v := range from.Variables {
		t.vars = append(t.vars, variableOfCells(v))
	}
	tab := &tabulation{output: o}
	combos, n := tab.combos(t.vars, p)
	for _, combo := range combos[:n] {
		t.combos[comboKey(combo)] = true
	}
	t.nodes = make([][]uint32, len(t.vars))
	list := make([]evidence.Given, len(from.Cells))
	levels := make([]int, len(t.vars))
	unit := func(n int64) evidence.Unit {
		if n == 0 {
			return evidence.Unit{}
		}
		return evidence.Unit{Kind: evidence.RespondentUnit, Key: uint64(n)}
	}
	for i := range from.Cells {
		c := &from.Cells[i]
		leaf := true
		for v, k := range c.Nodes {
			t.nodes[v] = append(t.nodes[v], uint32(k))
			levels[v] = t.vars[v].Level(k)
			leaf = leaf && t.vars[v].IsLeaf(k)
		}
		shown := t.combos[comboKey(levels)]
		if o.NoMargins {
			shown = leaf
		}
		t.hidden = append(t.hidden, !shown)
		if leaf {
			t.rows += c.Contributors
		}
		list[i] = evidence.Given{
			Contributors: c.Contributors, NonZero: c.NonZero, Sum: c.Value, Top: c.Largest, Named: c.Known, Rest: c.Rest, Sole: unit(c.Sole),
		}
		for _, who := range c.Who {
			list[i].Who = append(list[i].Who, unit(who))
		}
	}
	t.m = *evidence.FromCells(t.nodes, list, o.Kind == Magnitude, p.top())
	return t, nil
}

// variableOfCells makes the nodes of a variable.
func variableOfCells(from cells.Variable) Variable {
	v := Variable{Name: from.Name}
	for k, code := range from.Codes {
		n := node{label: column.Written(code), parent: from.Parents[k], leaf: true}
		if k == 0 {
			n.label, n.leaf = "", false
		} else {
			n.level = v.nodes[n.parent].level + 1
			v.nodes[n.parent].leaf = false
			v.depth = max(v.depth, n.level)
		}
		v.nodes = append(v.nodes, n)
	}
	if v.depth > 1 {
		v.markWhole()
	}
	return v
}

// checkHidden finds the cells that the table of cells itself says must be hidden.
func (t *Table) checkHidden(f *findings) {
	if t.given == nil {
		return
	}
	message := words.New(words.CellsHide)
	f.runs(func(f *finder, in run) {
		for c := range in.published() {
			if t.given.Cells[c.i].Hide {
				f.cell(c, Finding{Rule: "a-priori", Verdict: Unsafe, Message: message})
			}
		}
	})
}

// givenRemarks says what is declared of cells, and what a rule cannot see in them.
func (d *Data) givenRemarks(outputs []Output, p *Policy, r *Report) (out []Remark) {
	out = append(out, Remark{Name: string(words.CellsGiven), Verdict: Safe, Message: words.New(words.CellsGiven)})
	for i := range outputs {
		o := &outputs[i]
		if o.Kind != Magnitude {
			continue
		}
		if !p.AllEqual.Off && (p.AllEqual.floor() < 100 || d.Cells[o.Name].Listed == 0) {
			out = append(out, Remark{Name: string(words.CellsAlike), Verdict: Review, Message: words.New(words.CellsAlike, words.NameOf(o.Name))})
		}
		if !d.Cells[o.Name].Apart && r.Outputs[i].UnsafeCells > 0 {
			out = append(out, Remark{Name: string(words.CellsShared), Verdict: Review, Message: words.New(words.CellsShared, words.NameOf(o.Name))})
		}
	}
	return out
}
