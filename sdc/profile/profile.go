// Package profile describes the columns of a data set in numbers that themselves pass the
// rules for output: the values and their frequencies, missing values, values that are no
// code of the list, and the distribution of numbers.
//
// Every shown class, also the rest, is a cell of a table that sdc.Check has found safe.
// The classes of a column add up to the whole: so no difference of shown numbers is a
// cell that was not checked. No smallest or largest value and no sum is shown. Numbers
// are counted in bins: their limits do not depend on the data, and the first and the last
// bin are open.
package profile

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/sluis-go/sluis/sdc"
	"github.com/sluis-go/sluis/sdc/origin"
	"github.com/sluis-go/sluis/sdc/report/words"
)

// ErrFew says that there are too few respondents to say anything.
var ErrFew = errors.New("fewer respondents than the policy asks for in a cell")

// ErrRequest says that the request cannot be served. It is the ErrRequest of package sdc.
var ErrRequest = sdc.ErrRequest

// Options steer a profile.
type Options struct {
	// Policy decides which classes are shown. Its minimum of contributors must be on.
	// RequireDossier has no effect: a profile is part of the dossier (step 14).
	Policy sdc.Policy
	// Respondent is the column that identifies respondents. Defaults to none: every
	// row is its own.
	Respondent string
	// RespondentForm is handed on to sdc.Data.
	RespondentForm sdc.RespondentForm
	// Codes holds the valid values of columns, by name. A value that is none of
	// them is invalid.
	Codes map[string][]string
	// Top is the number of values shown of a column. Defaults to 20.
	Top int
	// Check is handed on to sdc.Check.
	Check sdc.Options
}

const (
	schema = "sluis.profile/1"
	// mostValues is the number of values above which a column is not tabulated.
	mostValues = 10_000
	// fewNumbers is the number of distinct whole numbers up to which they are codes.
	fewNumbers = 20
)

// Profile holds the figures of a data set that may be shown. docs/profile.schema.json
// describes its JSON.
type Profile struct {
	Schema      string          `json:"schema"`
	Policy      string          `json:"policy"`
	Rows        int64           `json:"rows"`
	Respondents int64           `json:"respondents"`
	Sources     []origin.Source `json:"sources"`
	Columns     []Column        `json:"columns"`
	// Remarks are facts about the data that a reader must know.
	Remarks []sdc.Remark `json:"remarks,omitempty"`
	// NotChecked lists the points that no rule looked at.
	NotChecked []string `json:"notChecked"`
}

// Column holds the figures of one column that may be shown.
type Column struct {
	Name string `json:"name"`
	Type string `json:"type"`
	// Withheld is the reason why no class of the column is shown; "" where classes are
	// shown.
	Withheld string `json:"withheld"`
	// Classes part the respondents by value; one with several rows may be in
	// several.
	Classes []Class `json:"classes"`
}

// Class is a value, a bin, or the rest.
type Class struct {
	// Kind is value, bin, missing, invalid, not-finite, or other: everything that
	// is not shown by itself, which may hold missing and invalid values too.
	Kind string `json:"kind"`
	// Label is the value, or the limits of the bin.
	Label string `json:"label,omitempty"`
	// Percent is the share of the respondents, rounded to whole percents: 0 is less
	// than a half, and never none.
	Percent int64 `json:"percent"`
}

// Make profiles all columns. It reads the data three times, through open: to find the
// columns and values, to count respondents by value, and to check the shown classes. The
// result is the same for any order of rows.
//
// The error wraps ErrRequest or ErrFew, or is of the reader or of sdc.
func Make(ctx context.Context, open Opener, o Options) (*Profile, error) {
	if err := o.Policy.Validate(); err != nil {
		return nil, err
	}
	if o.Policy.MinContributors.Off {
		return nil, fmt.Errorf("%w: the policy has no minimum of contributors", ErrRequest)
	}
	o.Policy.RequireDossier = false
	if o.Top <= 0 {
		o.Top = 20
	}
	columns, err := scan(ctx, open, &o)
	if err != nil {
		return nil, err
	}
	// Every value and every bin that occurs, with its respondents.
	r, err := check(ctx, open, columns, &o)
	if err != nil {
		return nil, err
	}
	least := o.Policy.MinContributors.Min
	if r.Data.Respondents < least {
		return nil, ErrFew
	}
	additive := r.Data.Rows == r.Data.Respondents
	for _, c := range columns {
		if c.output >= 0 {
			c.fold(r.Tables[c.output], additive, least, o.Top)
		}
	}
	if r, err = check(ctx, open, columns, &o); err != nil {
		return nil, err
	}
	p := &Profile{
		Schema: schema, Policy: o.Policy.Name, Rows: r.Data.Rows, Respondents: r.Data.Respondents, Sources: []origin.Source{}, Columns: []Column{},
		NotChecked: []string{"what follows from this profile and an earlier one, by subtraction"},
	}
	if o.Respondent == "" {
		p.NotChecked = append(p.NotChecked, noRespondent)
	}
	if !additive {
		p.NotChecked = append(p.NotChecked, "respondents with several rows, who may be in several classes: the shares of a column may add up to more than the whole")
	}
	for _, c := range columns {
		p.Columns = append(p.Columns, c.describe(r, least))
		for _, x := range c.alike {
			p.Remarks = append(p.Remarks, withoutNumber(x, c.name, words.SomeCodesLookAlike))
		}
	}
	for _, x := range r.Data.Remarks {
		if x.Column == respondentName && x.Verdict != sdc.Safe {
			p.Remarks = append(p.Remarks, withoutNumber(x, o.Respondent, map[string]words.ID{
				"look-alike": words.SomeUnitsLookAlike, "same-number": words.SomeUnitsSameNumber,
			}[x.Name]))
		}
	}
	return p, nil
}

// withoutNumber is a remark as a profile, which may leave, has it: no rule has looked at
// its number.
func withoutNumber(x sdc.Remark, name string, id words.ID) sdc.Remark {
	x.Column, x.Count = name, 0
	if id == "" {
		id = words.SomeUnitsForReview
	}
	x.Message = words.New(id, words.NameOf(name))
	return x
}

// check tabulates the columns by their present classes.
func check(ctx context.Context, open Opener, columns []*column, o *Options) (*sdc.Report, error) {
	var outputs []sdc.Output
	for _, c := range columns {
		c.output = -1
		if c.withheld == "" {
			c.output = len(outputs)
			outputs = append(outputs, sdc.Output{Name: c.name, Kind: sdc.Frequency, By: []string{c.name}})
		}
	}
	if len(outputs) == 0 {
		return nil, fmt.Errorf("%w: there is no column to profile", ErrRequest)
	}
	records, err := labels(ctx, open, columns, o.Respondent)
	if err != nil {
		return nil, err
	}
	defer records.Release()
	data := sdc.FromReaders(records)
	if o.Respondent != "" {
		data.Roles.Respondent, data.RespondentForm = respondentName, o.RespondentForm
	}
	r, err := sdc.Check(ctx, data, outputs, o.Policy, o.Check)
	var at *sdc.ColumnError
	if errors.As(err, &at) && at.Column == respondentName {
		at.Column = o.Respondent
	}
	return r, err
}

// describe takes the shown classes of a column from the checked table, and shows none
// unless the policy found the table safe. It checks again that no class is below the
// least number.
func (c *column) describe(r *sdc.Report, least int64) Column {
	out := Column{Name: c.name, Type: c.typ, Withheld: c.withheld, Classes: []Class{}}
	if c.output < 0 {
		return out
	}
	if o := r.Outputs[c.output]; o.Verdict != sdc.Safe {
		var rules []string
		for _, f := range o.Findings {
			if f.Verdict != sdc.Safe && !slices.Contains(rules, f.Rule) {
				rules = append(rules, f.Rule)
			}
		}
		out.Withheld = "by the rule " + strings.Join(rules, ", ")
		return out
	}
	t := r.Tables[c.output]
	variable := &t.Variables()[0]
	shown := make([]int64, len(c.groups))
	for cell := range t.Cells() {
		if cell.Node(0) == 0 {
			continue
		}
		for i := range c.groups {
			if c.groups[i].name(i) == variable.Label(cell.Node(0)) {
				shown[i] = cell.Respondents()
			}
		}
	}
	for i, g := range c.groups {
		if shown[i] < least {
			out.Withheld, out.Classes = "a class has changed between two readings", []Class{}
			return out
		}
		kind, label := c.text(&g)
		// Half up, in whole numbers.
		percent := (200*shown[i] + r.Data.Respondents) / (2 * r.Data.Respondents)
		out.Classes = append(out.Classes, Class{Kind: kind, Label: label, Percent: percent})
	}
	return out
}

// noRespondent says that no column names the respondents.
const noRespondent = "respondents: every row is taken as a respondent of its own"

// RowsAreRespondents reports whether no column named the respondents. Then every row
// counted as a respondent.
func (p *Profile) RowsAreRespondents() bool { return slices.Contains(p.NotChecked, noRespondent) }
