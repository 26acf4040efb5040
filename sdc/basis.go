package sdc

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"maps"
	"slices"

	"github.com/sluis-go/sluis/sdc/basis"
)

// basis returns the basis of the verdict on an output of these data.
func (d *Data) basis(o *Output) basis.Facts {
	b := basis.Facts{
		Respondent: d.Roles.Respondent, Cells: d.Cells != nil, Holding: d.Roles.Holding, Weight: d.Roles.Weight, Response: o.Response,
		By: append([]string{}, o.By...), Sensitive: append([]string{}, o.Sensitive...),
		Statistics: append([]string{}, o.Statistics...), Missing: []basis.Missing{}, Hierarchies: []basis.Hierarchy{},
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
		if d.Cells == nil {
			b.Missing = append(b.Missing, basis.Missing{Column: name, Policy: string(d.missing(name))})
		}
		if h := d.tree(name); h != nil {
			b.Hierarchies = append(b.Hierarchies, basis.Hierarchy{Column: name, Levels: h.depth, Codes: len(h.codes), Depth: o.Depth[name], SHA256: h.digest()})
		} else if o.Depth[name] > 0 {
			b.Hierarchies = append(b.Hierarchies, basis.Hierarchy{Column: name, Depth: o.Depth[name]})
		}
	}
	o.describe(&b)
	b.Request = d.Roles.Request
	return b
}

// describe adds the fields that the output itself gives.
func (o *Output) describe(b *basis.Facts) {
	if o.Kind == Frequency || o.Kind == Magnitude {
		switch b.Margins = "all"; {
		case o.NoMargins:
			b.Margins = "none"
		case o.Margins != nil:
			b.Margins, b.MarginsOf = "listed", o.Margins
		}
	}
	for _, name := range slices.Sorted(maps.Keys(o.Fold)) {
		b.Fold = append(b.Fold, basis.Fold{Column: name, Codes: o.Fold[name]})
	}
	b.QuantileType, b.PerRespondent = o.quantileType(), o.PerRespondent
	b.SensitiveValues, b.Parameters = o.SensitiveValues, o.Parameters
	for _, name := range o.Sensitive {
		if o.isAmount(name) {
			b.Amounts = append(b.Amounts, basis.Amount{Column: name, Width: o.Width[name]})
		}
	}
	for _, a := range o.APriori {
		x := basis.APriori{
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
