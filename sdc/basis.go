package sdc

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"maps"
	"slices"
)

// Basis lists the facts that the verdict on one output rests on: the unit that was
// counted, the columns that decided, and the rows or codes that were left out. "" and
// empty lists mean none.
type Basis struct {
	// Respondent is the column of the unit that is counted and protected. Where it is
	// "", every row is a respondent of its own.
	Respondent string `json:"respondent"`
	// Holding is the column of the owners of respondents.
	Holding string `json:"holding"`
	// Weight is the column of sampling weights. Counts of respondents never use it;
	// dominance does, as the policy's weighting says.
	Weight string `json:"weight"`
	// Request is the column that marks respondents who asked for protection.
	Request string `json:"request,omitempty"`
	// By lists the spanning variables of a table, or the key variables of microdata.
	By []string `json:"by"`
	// Sensitive lists the sensitive variables.
	Sensitive []string `json:"sensitive"`
	// Response is the summed column of a magnitude table.
	Response string `json:"response"`
	// Statistics lists the published statistics of a cell. They are "count" for a
	// frequency table, and "sum" for a magnitude table that names none.
	Statistics []string `json:"statistics"`
	// Missing is the meaning of a null, for every column of By and for every sensitive
	// column of microdata.
	Missing []MissingBasis `json:"missing"`
	// Hierarchies lists the code trees of columns of By and Sensitive.
	Hierarchies []HierarchyBasis `json:"hierarchies"`
	// Margins says which totals of a table are published: all, none, or the list in
	// MarginsOf, where each margin is given by the variables that it keeps.
	Margins   string     `json:"margins,omitempty"`
	MarginsOf [][]string `json:"marginsOf,omitempty"`
	// Fold lists the codes into which the codes below them are folded.
	Fold []FoldBasis `json:"fold,omitempty"`
	// SensitiveValues are the sensitive values of the response.
	SensitiveValues []string `json:"sensitiveValues,omitempty"`
	// Amounts are the sensitive variables that are amounts. With Width they are numbers
	// for which that width is a narrow band.
	Amounts []AmountBasis `json:"amounts,omitempty"`
	// Parameters is the number of parameters of a model.
	Parameters int `json:"parameters,omitempty"`
	// APriori are the entries that a person has made.
	APriori []APrioriBasis `json:"apriori,omitempty"`
}

// AmountBasis is a sensitive variable of numbers.
type AmountBasis struct {
	Column string `json:"column"`
	Width  string `json:"width,omitempty"`
}

// FoldBasis lists the codes of a column that are folded.
type FoldBasis struct {
	Column string   `json:"column"`
	Codes  []string `json:"codes"`
}

// APrioriBasis is an entry of an a-priori list: see [APriori]. Status is safe, unsafe or
// neutral.
type APrioriBasis struct {
	Codes     map[string]string `json:"codes"`
	Status    string            `json:"status"`
	Reason    string            `json:"reason,omitempty"`
	By        string            `json:"by,omitempty"`
	Line      int               `json:"line,omitempty"`
	Protected bool              `json:"protected,omitempty"`
	Cost      string            `json:"cost,omitempty"`
	Lower     string            `json:"lower,omitempty"`
	Upper     string            `json:"upper,omitempty"`
}

// MissingBasis is the meaning of a null in a column. [OutputReport] has the number of
// rows that all columns together leave out.
type MissingBasis struct {
	Column string  `json:"column"`
	Policy Missing `json:"policy"`
}

// HierarchyBasis is the code tree of a column, with its number of levels and codes
// below the total. Depth is the level that the output publishes it to, 0 for all. SHA256 is
// the digest of the tree: two trees of the same codes differ in it where a code lies below
// another one. A column with a depth and no tree has no levels, codes and digest.
type HierarchyBasis struct {
	Column string `json:"column"`
	Levels int    `json:"levels"`
	Codes  int    `json:"codes"`
	Depth  int    `json:"depth"`
	SHA256 string `json:"sha256,omitempty"`
}

// basis returns the basis of the verdict on an output of these data.
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
			b.Hierarchies = append(b.Hierarchies, HierarchyBasis{name, h.depth, len(h.codes), o.Depth[name], h.digest()})
		} else if o.Depth[name] > 0 {
			b.Hierarchies = append(b.Hierarchies, HierarchyBasis{Column: name, Depth: o.Depth[name]})
		}
	}
	o.describe(&b)
	b.Request = d.Roles.Request
	return b
}

// describe adds the fields that the output itself gives.
func (o *Output) describe(b *Basis) {
	if o.Kind == Frequency || o.Kind == Magnitude {
		switch b.Margins = "all"; {
		case o.NoMargins:
			b.Margins = "none"
		case o.Margins != nil:
			b.Margins, b.MarginsOf = "listed", o.Margins
		}
	}
	for _, name := range slices.Sorted(maps.Keys(o.Fold)) {
		b.Fold = append(b.Fold, FoldBasis{name, o.Fold[name]})
	}
	b.SensitiveValues, b.Parameters = o.SensitiveValues, o.Parameters
	for _, name := range o.Sensitive {
		if o.isAmount(name) {
			b.Amounts = append(b.Amounts, AmountBasis{name, o.Width[name]})
		}
	}
	for _, a := range o.APriori {
		x := APrioriBasis{
			Codes: a.Codes, Status: "unsafe", Reason: a.Reason, By: a.By, Line: a.Line, Protected: a.Protected, Cost: a.Cost, Lower: a.Lower, Upper: a.Upper,
		}
		switch {
		case a.Neutral:
			x.Status = "neutral"
		case a.Safe:
			x.Status = "safe"
		}
		b.APriori = append(b.APriori, x)
	}
}

// digest is the SHA-256 of the codes of a tree, each with the one above.
func (h *Hierarchy) digest() string {
	sum := sha256.New()
	for code, above := range h.All() {
		fmt.Fprintf(sum, "%q %q\n", code, above)
	}
	return hex.EncodeToString(sum.Sum(nil))
}
