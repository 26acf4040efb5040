package differencing

import (
	"fmt"
	"maps"
	"slices"

	"github.com/apache/arrow/go/v15/arrow"

	"github.com/sluis-go/sluis/internal/rows"
	"github.com/sluis-go/sluis/sdc"
	"github.com/sluis-go/sluis/sdc/population"
	"github.com/sluis-go/sluis/sdc/source"
	"github.com/sluis-go/sluis/sdc/spec"
)

// Definition is an output with all that decides about its cells: what a ledger keeps of an
// output, and what the cells are derived from again.
type Definition struct {
	Kind       string              `json:"kind"`
	By         []string            `json:"by,omitempty"`
	Margins    [][]string          `json:"margins,omitempty"` // nil for all
	NoMargins  bool                `json:"noMargins,omitempty"`
	Depth      map[string]int      `json:"depth,omitempty"`
	Fold       map[string][]string `json:"fold,omitempty"`
	Sensitive  []string            `json:"sensitive,omitempty"`
	Response   string              `json:"response,omitempty"`
	Statistics []string            `json:"statistics,omitempty"`
	Parameters int                 `json:"parameters,omitempty"`
	// Where has the conditions on the records that the output is about; nil for all records.
	Where population.Where `json:"where,omitempty"`
	// Missing has the policy for nulls of every column of By.
	Missing map[string]string `json:"missing,omitempty"`
	// Trees have the code trees of columns of By and Where: pairs of a code and the code above it, ""
	// for a code below the total.
	Trees map[string][][2]string `json:"trees,omitempty"`
}

// Reading says how the files of a release were read, and which columns name whom.
type Reading struct {
	Delimiter    string            `json:"delimiter,omitempty"`
	Nulls        []string          `json:"nulls,omitempty"`
	DecimalComma bool              `json:"decimalComma,omitempty"`
	Trim         bool              `json:"trim,omitempty"`
	Encoding     string            `json:"encoding,omitempty"`
	Types        map[string]string `json:"types,omitempty"`
	Copies       bool              `json:"copies,omitempty"`
	Respondent   string            `json:"respondent,omitempty"`
	Form         string            `json:"form,omitempty"`
	Holding      string            `json:"holding,omitempty"`
	Weight       string            `json:"weight,omitempty"`
}

// Describe returns the definition of an output of a spec. It is empty where one of the two is
// nil.
func Describe(s *spec.Spec, o *sdc.Output) Definition {
	if s == nil || o == nil {
		return Definition{}
	}
	d := Definition{
		Kind: string(o.Kind), By: o.By, Margins: o.Margins, NoMargins: o.NoMargins, Depth: o.Depth, Fold: o.Fold,
		Sensitive: o.Sensitive, Response: o.Response, Statistics: o.Statistics, Parameters: o.Parameters, Where: slices.Concat(s.Where, o.Where),
	}
	for _, name := range d.Where.Columns() {
		d.tree(s, name)
	}
	for _, name := range o.By {
		m, ok := s.Missing[name]
		if !ok || m == "" {
			m = s.Missing[""]
		}
		if m == "" {
			m = sdc.MissingRefuse
		}
		if d.Missing == nil {
			d.Missing = map[string]string{}
		}
		d.Missing[name] = string(m)
		d.tree(s, name)
	}
	return d
}

// tree keeps the code tree of a column.
func (d *Definition) tree(s *spec.Spec, name string) {
	h := s.Hierarchies[name]
	if h == nil || d.Trees[name] != nil {
		return
	}
	if d.Trees == nil {
		d.Trees = map[string][][2]string{}
	}
	for code, parent := range h.All() {
		d.Trees[name] = append(d.Trees[name], [2]string{code, parent})
	}
}

// picker returns what picks the records of the output from those of a file; nil for all.
func (d *Definition) picker(schema *arrow.Schema, comma bool) (*rows.Picker, error) {
	if len(d.Where) == 0 {
		return nil, nil
	}
	if err := d.Where.Validate(); err != nil {
		return nil, err
	}
	return rows.New(d.Where, func(c *population.Condition) (rows.Column, error) {
		at := schema.FieldIndices(c.Column)
		if len(at) != 1 {
			return rows.Column{}, fmt.Errorf("%w: column %q of where is not there", errDerive, c.Column)
		}
		out := rows.Column{Type: schema.Field(at[0]).Type, Comma: comma}
		if tree, ok := d.Trees[c.Column]; ok {
			out.Tree = rows.Tree{}
			for _, p := range tree {
				out.Tree[p[0]] = p[1]
			}
		}
		return out, nil
	})
}

// ReadingOf returns how the files of a spec are read. It is empty for nil.
func ReadingOf(s *spec.Spec) Reading {
	if s == nil {
		return Reading{}
	}
	csv := s.Options.CSV
	if csv.Delimiter == 0 {
		csv.Delimiter = source.FindDelimiter(s.Patterns)
	}
	r := Reading{
		Nulls: csv.Nulls, DecimalComma: csv.DecimalComma, Trim: csv.Trim, Encoding: string(csv.Encoding), Types: csv.Types, Copies: s.Options.Copies,
		Respondent: s.Roles.Respondent, Form: string(s.RespondentForm), Holding: s.Roles.Holding, Weight: s.Roles.Weight,
	}
	if csv.Delimiter != 0 {
		r.Delimiter = string(csv.Delimiter)
	}
	return r
}

// publishes lists what a table publishes of each cell: counts of respondents or contributors,
// and sums. other reports whether it publishes something else too.
func (d *Definition) publishes() (counts, sums, other bool) {
	switch sdc.Kind(d.Kind) {
	case sdc.Frequency:
		return true, false, false
	case sdc.Magnitude:
		if len(d.Statistics) == 0 {
			return false, true, false
		}
		for _, s := range d.Statistics {
			switch s {
			case "sum":
				sums = true
			case "count":
				counts = true
			case "mean":
				counts, sums = true, true
			default:
				other = true
			}
		}
		return counts, sums, other
	}
	return false, false, true
}

// columns lists the columns that the derivation reads, each once.
func (m *Made) columns() (codes, numbers []string) {
	add := func(to *[]string, name string) {
		if name != "" && !slices.Contains(*to, name) {
			*to = append(*to, name)
		}
	}
	add(&codes, m.Reading.Respondent)
	for i := range m.Outputs {
		d := &m.Outputs[i].Definition
		for _, name := range slices.Concat(d.By, d.Where.Columns()) {
			add(&codes, name)
		}
		if _, sums, _ := d.publishes(); sums || slices.Contains(d.Statistics, "count") {
			add(&numbers, d.Response)
		}
	}
	return codes, numbers
}

// sameFiles reports whether two releases were made from the same files, read in the same way.
func (m *Made) sameFiles(o *Made) bool {
	a, b := m.Reading, o.Reading
	return slices.Equal(m.SHA256, o.SHA256) && a.Delimiter == b.Delimiter && slices.Equal(a.Nulls, b.Nulls) && a.DecimalComma == b.DecimalComma &&
		a.Trim == b.Trim && a.Encoding == b.Encoding && maps.Equal(a.Types, b.Types) && a.Respondent == b.Respondent && a.Form == b.Form
}

// chains finds, for a code of a column, the codes above it that a table publishes.
type chains struct {
	depth   int
	fold    []string
	parent  map[string]string // nil without a tree
	written func(string) string
}

func (d *Definition) chains(name string, written func(string) string) *chains {
	c := &chains{depth: d.Depth[name], fold: d.Fold[name], written: written}
	if tree, ok := d.Trees[name]; ok {
		c.parent = map[string]string{}
		for _, p := range tree {
			c.parent[p[0]] = p[1]
		}
	}
	return c
}

// of returns the codes from below the total to the code itself, or to where the table folds
// it, as they are written. It returns nil for a code that is not in the tree.
func (c *chains) of(label string) []string {
	if c.parent == nil {
		return []string{c.written(label)}
	}
	var path []string
	for code := label; ; {
		above, ok := c.parent[code]
		if !ok || len(path) > len(c.parent) {
			return nil
		}
		path = append(path, c.written(code))
		if above == "" {
			break
		}
		code = above
	}
	slices.Reverse(path)
	if c.depth > 0 && len(path) > c.depth {
		path = path[:c.depth]
	}
	for i, code := range path {
		if slices.Contains(c.fold, code) {
			return path[:i+1]
		}
	}
	return path
}

// cellsOf lists the published cells of a table that a row with these chains is part of: each
// the codes in the order of By, "*" for a total.
func (d *Definition) cellsOf(path [][]string) [][]string {
	switch {
	case d.NoMargins:
		cell := make([]string, len(path))
		for v, p := range path {
			cell[v] = p[len(p)-1]
		}
		return [][]string{cell}
	case d.Margins == nil:
		choices := make([][]string, len(path))
		for v, p := range path {
			choices[v] = append([]string{"*"}, p...)
		}
		return product(choices)
	}
	var out [][]string
	for _, kept := range append([][]string{d.By}, d.Margins...) {
		choices := make([][]string, len(path))
		for v, p := range path {
			if choices[v] = []string{"*"}; slices.Contains(kept, d.By[v]) {
				choices[v] = p
			}
		}
		out = append(out, product(choices)...)
	}
	slices.SortFunc(out, slices.Compare)
	return slices.CompactFunc(out, slices.Equal)
}

// product lists all choices of one text of each list.
func product(choices [][]string) [][]string {
	out := [][]string{nil}
	for _, list := range choices {
		var next [][]string
		for _, begin := range out {
			for _, x := range list {
				next = append(next, append(slices.Clone(begin), x))
			}
		}
		out = next
	}
	return out
}
