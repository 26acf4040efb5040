package report

import (
	"strconv"
	"strings"

	"github.com/sluis-go/sluis/sdc"
	"github.com/sluis-go/sluis/sdc/basis"
	"github.com/sluis-go/sluis/sdc/origin"
)

// basisFact is one thing that an output rests on, for a list of two columns.
type basisFact struct{ Name, Text string }

// request lists the fields of a request for output.
func (d language) request(a *origin.About) []basisFact {
	if a == nil {
		return nil
	}
	var out []basisFact
	for _, f := range []basisFact{{d.t("Title"), a.Title}, {d.t("Project"), a.Project}, {d.t("Requester"), a.Requester}, {d.t("Date"), a.Date}} {
		if f.Text != "" {
			out = append(out, basisFact{f.Name, shorten(visible(f.Text), 4*longestLabel)})
		}
	}
	return out
}

// unit says who is a respondent of an output: all of its basis that a public page has.
func (d language) unit(b *basis.Facts) basisFact {
	if b.Cells {
		return basisFact{d.t("Respondent"), d.t("not known: the table is given as cells, with the numbers of contributors")}
	}
	if b.Respondent == "" {
		return basisFact{d.t("Respondent"), d.t("none named: every row is a respondent of its own")}
	}
	return basisFact{d.t("Respondent"), visible(b.Respondent)}
}

// basis lists what an output rests on, in the page's language: the unit that was
// counted, the columns that decide, what nulls mean and what they leave out.
func (d language) basis(o *sdc.OutputReport) []basisFact {
	b := &o.Basis
	none := func(column, otherwise string) string {
		if column == "" {
			return otherwise
		}
		return visible(column)
	}
	list := func(names []string) string {
		out := make([]string, len(names))
		for i, s := range names {
			out[i] = visible(s)
		}
		return strings.Join(out, ", ")
	}
	out := []basisFact{d.unit(b)}
	switch o.Kind {
	case sdc.Frequency:
		out = append(out, basisFact{d.t("Cell"), d.t("number of distinct respondents, unweighted")})
	case sdc.Magnitude:
		var all []string
		for _, s := range b.Statistics {
			all = append(all, d.t(s))
		}
		out = append(out,
			basisFact{d.t("Response"), visible(b.Response)}, basisFact{d.t("Statistics"), strings.Join(all, ", ")},
			basisFact{d.t("Holding"), none(b.Holding, d.t("none named: dominance is judged by respondent"))})
		if b.QuantileType > 0 {
			out = append(out, basisFact{d.t("Type of quantiles"), d.number(int64(b.QuantileType))})
		}
		if b.PerRespondent {
			out = append(out, basisFact{d.t("Observation"), d.t("the sum of the rows of a respondent")})
		}
	}
	if o.Kind == sdc.Frequency && b.Holding != "" {
		out = append(out, basisFact{d.t("Holding"), visible(b.Holding)})
	}
	if o.Kind != sdc.Model {
		out = append(out, basisFact{d.t("Weight"), none(b.Weight, d.t("none named: nothing is weighted"))})
	}
	if len(b.By) > 0 {
		name := d.t("Spanning variables")
		if o.Kind == sdc.Microdata {
			name = d.t("Key variables")
		}
		sensitive := d.t("none declared")
		if len(b.Sensitive) > 0 {
			sensitive = list(b.Sensitive)
		}
		out = append(out, basisFact{name, list(b.By)}, basisFact{d.t("Sensitive variables"), sensitive})
	}
	var missing []string
	for _, m := range b.Missing {
		missing = append(missing, visible(m.Column)+": "+d.t(string(m.Policy)))
	}
	if len(missing) > 0 {
		out = append(out, basisFact{d.t("Missing values"), strings.Join(missing, ", ")})
	}
	if p := b.Population; p != nil {
		out = append(out, basisFact{d.t("Population"), shorten(visible(p.Where), 4*longestLabel) + ": " + d.f(d.t("%s rows of %s respondents"), int(p.Rows), int(p.Respondents))})
	}
	if o.Kind != sdc.Model {
		out = append(out, basisFact{d.t("Rows"), d.f(d.t("%s counted, %s left out for missing values"), int(o.Rows), int(o.Excluded))})
	}
	for _, h := range b.Hierarchies {
		text := d.f(d.t("%s codes in %s levels"), h.Codes, h.Levels)
		if h.Codes == 0 {
			text = d.t("none declared")
		}
		if h.Depth > 0 {
			text += ", " + d.t("published to level") + " " + strconv.Itoa(h.Depth)
		}
		out = append(out, basisFact{d.t("Hierarchy") + " " + visible(h.Column), text})
	}
	return append(out, d.decided(b, list)...)
}

// decided lists the choices of the requester for the output: totals, folded codes,
// sensitive values, requests for protection, and cells that were judged by hand.
func (d language) decided(b *basis.Facts, list func([]string) string) []basisFact {
	var out []basisFact
	switch b.Margins {
	case "none":
		out = append(out, basisFact{d.t("Totals"), d.t("none are published")})
	case "listed":
		var all []string
		for _, m := range b.MarginsOf {
			all = append(all, "{"+list(m)+"}")
		}
		out = append(out, basisFact{d.t("Totals"), d.t("published by") + " " + strings.Join(all, ", ")})
	}
	for _, f := range b.Fold {
		out = append(out, basisFact{d.t("Folded codes of") + " " + visible(f.Column), shorten(list(f.Codes), 4*longestLabel)})
	}
	if len(b.SensitiveValues) > 0 {
		out = append(out, basisFact{d.t("Sensitive values"), shorten(list(b.SensitiveValues), 4*longestLabel)})
	}
	for _, a := range b.Amounts {
		width := ""
		if a.Width != "" {
			width = ", " + d.t("narrow within") + " " + a.Width
		}
		out = append(out, basisFact{d.t("Amounts"), visible(a.Column) + width})
	}
	if b.Parameters > 0 {
		out = append(out, basisFact{d.t("Parameters"), d.number(int64(b.Parameters))})
	}
	if b.Request != "" {
		out = append(out, basisFact{d.t("Requests for protection"), visible(b.Request)})
	}
	if n := len(b.APriori); n > 0 {
		out = append(out, basisFact{d.t("Judged by hand"), d.f(d.t("entries of an a-priori list: %s"), n)})
	}
	return out
}

// basisLine is basis for a terminal.
func basisLine(o *sdc.OutputReport) string {
	var out []string
	for _, f := range dictionary("en").basis(o) {
		out = append(out, strings.ToLower(f.Name[:1])+f.Name[1:]+" "+f.Text)
	}
	return "rests on: " + strings.Join(out, "; ")
}
