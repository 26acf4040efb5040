package attacker

import (
	"fmt"
	"slices"
	"strings"
)

// Missing is the code of a missing value in [Row.Codes]. Outputs leave such rows out.
const Missing = ""

// Variable is a spanning variable with its code tree.
type Variable struct {
	Name   string
	Leaves []string
	// Declared says that the spec declares the codes, so that a leaf may occur nowhere.
	Declared bool
	// Parent names the code above a code. Codes at the top are absent.
	Parent map[string]string
}

// Codes lists all codes: leaves, and the codes above them that have a leaf.
func (v *Variable) Codes() []string {
	codes := slices.Clone(v.Leaves)
	for _, leaf := range v.Leaves {
		for c := v.Parent[leaf]; c != ""; c = v.Parent[c] {
			if !slices.Contains(codes, c) {
				codes = append(codes, c)
			}
		}
	}
	return codes
}

// under reports whether a leaf lies at or below a code.
func (v *Variable) under(leaf, code string) bool {
	for ; leaf != ""; leaf = v.Parent[leaf] {
		if leaf == code {
			return true
		}
	}
	return false
}

// children lists the codes directly below a code; for Total the codes at the top.
func (v *Variable) children(code string) []string {
	if code == Total {
		code = ""
	}
	var out []string
	for _, c := range v.Codes() {
		if v.Parent[c] == code {
			out = append(out, c)
		}
	}
	return out
}

// Row is one record.
type Row struct {
	Who     string   // the respondent
	Holding string   // "" is held by the respondent
	Codes   []string // by variable: a leaf, or Missing
	X       []int64  // by response
	Weight  int64
}

// Data is a small data set with all that the attacker needs of the spec.
type Data struct {
	Vars      []Variable
	Responses []string
	Rows      []Row
	Holdings  bool // the spec names the column
	Weights   bool
	Negative  bool // some response is below 0
	// Relation says that the third response is the sum of the first two, in every row.
	Relation bool
	// Declared says that the spec has the relation.
	Declared bool
	// Bounds holds, for each response, the least and the greatest value that the spec
	// declares; nil for none.
	Bounds [][2]int64
	// Coded says that the first response is a code.
	Coded bool
	// Independent lists pairs of variables that the spec declares not to fix each other.
	Independent [][2]int
}

// unit names the contributor of a row: the holding, or the respondent.
func (d *Data) unit(r *Row) string {
	if d.Holdings && r.Holding != "" {
		return "holding " + r.Holding
	}
	return r.Who
}

// codes lists the values of the first response.
func (d *Data) codes() (out []int64) {
	for i := range d.Rows {
		if x := d.Rows[i].X[0]; !slices.Contains(out, x) {
			out = append(out, x)
		}
	}
	return out
}

// Output is one table of the spec.
type Output struct {
	Name      string
	By        []int   // variables
	Response  int     // of a table of sums; Count for a table of counts
	Sensitive []int   // declared sensitive variables
	Inner     bool    // margins: none
	Depth     int     // of the variable with a tree; 0: down to the leaves
	Values    []int64 // sensitive values of the response
}

// Count is the response of a table of counts.
const Count = -1

// Total is the code of a total in release files.
const Total = "*"

// Case is one data set, spec, policy and command line.
type Case struct {
	Data    Data
	Outputs []Output
	Policy  Policy
	Args    []string // flags of protect
	Records bool     // counts are of records, not of respondents
	Whole   bool     // the attacker knows sums to be whole
	Class   []string // features that were drawn
	// Base is the base of rounding, 0 for suppression. A rounded release has no hidden
	// cell, and its values differ from the true ones by at most Off, as its statement
	// says.
	Base, Off int64
}

// Policy holds the rules that a draw switches on; a rule with 0 is off.
type Policy struct {
	Min         int64 // min-contributors
	Interval    int64
	MinHoldings int64
	NK          [2]int64 // n, percent
	P           int64    // p-percent
	Coalition   int64    // of p-percent; 0 for 1
	PQ          [2]int64
	AllEqual    int64
	Group       int64 // group-disclosure, percent
}

// CSV is the file of the records.
func (c *Case) CSV() string {
	var b strings.Builder
	b.WriteString("who,owner,w")
	for _, v := range c.Data.Vars {
		b.WriteString("," + v.Name)
	}
	for _, x := range c.Data.Responses {
		b.WriteString("," + x)
	}
	b.WriteString("\n")
	for _, r := range c.Data.Rows {
		fmt.Fprintf(&b, "%s,%s,%d", r.Who, r.Holding, r.Weight)
		for _, code := range r.Codes {
			b.WriteString("," + code)
		}
		for _, x := range r.X {
			fmt.Fprintf(&b, ",%d", x)
		}
		b.WriteString("\n")
	}
	return b.String()
}

// Spec is the spec file.
func (c *Case) Spec() string {
	var b strings.Builder
	b.WriteString("version: 1\ndata:\n  source: d.csv\n  respondent: who\n")
	if c.Data.Holdings {
		b.WriteString("  holding: owner\n")
	}
	if c.Data.Weights {
		b.WriteString("  weight: w\n")
	}
	b.WriteString("  csv: {types: {who: string, owner: string, w: int64")
	for _, x := range c.Data.Responses {
		b.WriteString(", " + x + ": int64")
	}
	b.WriteString("}}\n")
	if c.missing() {
		b.WriteString("  missing: {default: exclude}\n")
	}
	trees := ""
	for _, v := range c.Data.Vars {
		if len(v.Parent) > 0 {
			list := []string{}
			for _, code := range v.Codes() {
				list = append(list, fmt.Sprintf("%s: %q", code, v.Parent[code]))
			}
			trees += fmt.Sprintf("    %s: {parents: {%s}}\n", v.Name, strings.Join(list, ", "))
		}
	}
	if trees != "" {
		b.WriteString("  hierarchies:\n" + trees)
	}
	codes := ""
	for _, v := range c.Data.Vars {
		if v.Declared {
			codes += fmt.Sprintf("    %s: [%s]\n", v.Name, strings.Join(v.Leaves, ", "))
		}
	}
	if codes != "" {
		b.WriteString("  codes:\n" + codes)
	}
	for _, p := range c.Data.Independent {
		if !strings.Contains(b.String(), "independent") {
			b.WriteString("  independent:\n")
		}
		fmt.Fprintf(&b, "    - [%s, %s]\n", c.Data.Vars[p[0]].Name, c.Data.Vars[p[1]].Name)
	}
	if c.Data.Declared {
		fmt.Fprintf(&b, "  relations: [\"%s = %s + %s\"]\n", c.Data.Responses[2], c.Data.Responses[0], c.Data.Responses[1])
	}
	if c.Data.Bounds != nil {
		b.WriteString("  bounds:\n")
		for k, x := range c.Data.Bounds {
			fmt.Fprintf(&b, "    %s: [%d, %d]\n", c.Data.Responses[k], x[0], x[1])
		}
	}
	b.WriteString("outputs:\n")
	names := func(list []int) string {
		out := []string{}
		for _, v := range list {
			out = append(out, c.Data.Vars[v].Name)
		}
		return "[" + strings.Join(out, ", ") + "]"
	}
	for _, o := range c.Outputs {
		fmt.Fprintf(&b, "  - {name: %s, by: %s, ", o.Name, names(o.By))
		if o.Response == Count {
			b.WriteString("kind: frequency")
		} else {
			fmt.Fprintf(&b, "kind: magnitude, response: %s", c.Data.Responses[o.Response])
		}
		if o.Inner {
			b.WriteString(", margins: none")
		}
		for _, v := range o.By {
			if o.Depth > 0 && len(c.Data.Vars[v].Parent) > 0 {
				fmt.Fprintf(&b, ", depth: {%s: %d}", c.Data.Vars[v].Name, o.Depth)
			}
		}
		if len(o.Values) > 0 {
			b.WriteString(", sensitive-values: " + strings.ReplaceAll(fmt.Sprint(o.Values), " ", ", "))
		}
		if len(o.Sensitive) > 0 {
			b.WriteString(", sensitive: " + names(o.Sensitive))
		}
		b.WriteString("}\n")
	}
	return b.String()
}

func (c *Case) missing() bool {
	return slices.ContainsFunc(c.Data.Rows, func(r Row) bool { return slices.Contains(r.Codes, Missing) })
}

// PolicyFile is the policy file.
func (c *Case) PolicyFile() string {
	p := &c.Policy
	var b strings.Builder
	b.WriteString("version: 1\nname: drawn\nextends: cbs\n")
	if c.Data.Weights {
		b.WriteString("weighting: handbook\n")
	}
	b.WriteString("rules:\n  zero-cells: off\n")
	rule := func(name string, on bool, format string, args ...any) {
		if on {
			fmt.Fprintf(&b, "  %s: {%s}\n", name, fmt.Sprintf(format, args...))
		} else {
			fmt.Fprintf(&b, "  %s: off\n", name)
		}
	}
	rule("min-contributors", p.Min > 0, "min: %d, interval: %d", p.Min, p.Interval)
	rule("min-holdings", p.MinHoldings > 0, "min: %d", p.MinHoldings)
	rule("nk", p.NK[0] > 0, "n: %d, percent: %d", p.NK[0], p.NK[1])
	rule("p-percent", p.P > 0, "p: %d, coalition: %d", p.P, max(1, p.Coalition))
	rule("pq", p.PQ[0] > 0, "p: %d, q: %d", p.PQ[0], p.PQ[1])
	rule("all-equal", p.AllEqual > 0, "percent: %d", p.AllEqual)
	rule("group-disclosure", p.Group > 0, "percent: %d", p.Group)
	return b.String()
}
