package sdc

import "slices"

// Basis says what the verdict on one output rests on: which unit was counted, which
// columns decided, and what was left out. "" and empty lists mean that there is none.
type Basis struct {
	// Respondent is the column of the unit that is counted and protected. Where it is
	// "", every row is a respondent of its own.
	Respondent string `json:"respondent"`
	// Holding is the column of the owners of respondents.
	Holding string `json:"holding"`
	// Weight is the column of sampling weights. Counts of respondents never use it;
	// dominance does, as the policy's weighting says.
	Weight string `json:"weight"`
	// By lists the spanning variables of a table, or the key variables of microdata.
	By []string `json:"by"`
	// Sensitive lists the sensitive variables.
	Sensitive []string `json:"sensitive"`
	// Response is the summed column of a magnitude table.
	Response string `json:"response"`
	// Statistics lists what is published of a cell: "count" of a frequency table, and
	// "sum" of a magnitude table that names none.
	Statistics []string `json:"statistics"`
	// Missing says what a null means, for every column of By, and for every sensitive
	// column of microdata.
	Missing []MissingBasis `json:"missing"`
	// Hierarchies lists the code trees of columns of By and Sensitive.
	Hierarchies []HierarchyBasis `json:"hierarchies"`
}

// MissingBasis is what a null in a column means. [OutputReport] has the number of rows
// that all columns together leave out.
type MissingBasis struct {
	Column string  `json:"column"`
	Policy Missing `json:"policy"`
}

// HierarchyBasis is the code tree of a column, with its number of levels and codes
// below the total. Depth is the level that the output publishes it to, 0 for all.
type HierarchyBasis struct {
	Column string `json:"column"`
	Levels int    `json:"levels"`
	Codes  int    `json:"codes"`
	Depth  int    `json:"depth"`
}

// basis says what an output of these data rests on.
func (d *Data) basis(o *Output) Basis {
	b := Basis{
		Respondent: d.Roles.Respondent, Holding: d.Roles.Holding, Weight: d.Roles.Weight, Response: o.Response,
		By: append([]string{}, o.By...), Sensitive: append([]string{}, o.Sensitive...),
		Statistics: append([]string{}, o.Statistics...), Missing: []MissingBasis{}, Hierarchies: []HierarchyBasis{},
	}
	switch {
	case o.Kind == Frequency:
		b.Statistics = []string{"count"}
	case o.Kind == Magnitude && len(o.Statistics) == 0:
		b.Statistics = []string{"sum"}
	}
	columns := slices.Clone(o.By)
	for _, name := range o.Sensitive {
		if !slices.Contains(columns, name) {
			columns = append(columns, name)
		}
	}
	for _, name := range columns {
		b.Missing = append(b.Missing, MissingBasis{name, d.missing(name)})
		if h := d.Hierarchies[name]; h != nil {
			b.Hierarchies = append(b.Hierarchies, HierarchyBasis{name, h.depth, len(h.codes), o.Depth[name]})
		}
	}
	return b
}
