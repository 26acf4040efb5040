package sdc

import (
	"fmt"
	"math/big"
	"regexp"
	"slices"

	"github.com/sluis-go/sluis/sdc/population"
)

// Kind is the kind of an output.
type Kind string

const (
	// Frequency is a table of counts of respondents.
	Frequency Kind = "frequency"
	// Magnitude is a table of sums of a response variable.
	Magnitude Kind = "magnitude"
	// Microdata is a file of records, judged on its key variables.
	Microdata Kind = "microdata"
	// Model is a fitted model, judged on its degrees of freedom.
	Model Kind = "model"
)

// Output describes one result that is to leave.
type Output struct {
	// Name identifies the output in the report. Required; unique.
	Name string
	// Title describes the output for readers of the report. Defaults to none.
	Title string
	// Kind is the kind of the output. Required.
	Kind Kind
	// By lists the spanning variables of a table, in the order of its
	// coordinates, or the key variables of microdata. Required for these; none
	// twice. A Model has none.
	By []string
	// Where says which records the output is about, of those of Data.Where. Other records are
	// not read for the output. Defaults to all of them.
	Where population.Where
	// Margins lists the margins that are published beside the inner cells. A margin is
	// given by the spanning variables that it keeps; the empty list is the grand total.
	// The codes of a kept variable are published at every level of its hierarchy.
	// Defaults to all: every combination of totals and levels.
	Margins [][]string
	// Depth limits the levels of hierarchies that are published, or of keys of released
	// microdata. Codes below the level are folded into the codes at the level. Levels
	// count from 1, directly below the total. Defaults to all levels. A level beyond the
	// deepest changes nothing.
	Depth map[string]int
	// Fold lists, for spanning or key variables with a hierarchy, codes into which
	// all codes below them are folded: these are not published apart. Each must have
	// codes below it. Defaults to none.
	Fold map[string][]string
	// NoMargins publishes the inner cells alone. Excludes Margins.
	NoMargins bool
	// Sensitive lists the variables that must not be inferred of a group. For a
	// table each is one of By; where empty, every spanning variable is looked at
	// in turn. For microdata they are columns beside the keys.
	Sensitive []string
	// Response is the summed column of a magnitude table. Required there.
	Response string
	// SensitiveValues lists values of the response that must not be inferred of the
	// contributors to a cell, as decimals: see AllEqual. Defaults to none.
	SensitiveValues []string
	// Amounts lists sensitive variables of microdata that are amounts. Width lists other
	// sensitive variables that are numbers, such as years, each with the width of a
	// narrow band as a decimal. See Closeness. Defaults to none.
	Amounts []string
	Width   map[string]string
	// Statistics lists the published statistics of each cell of a magnitude table: sum,
	// mean, count; median and percentiles above p0 and below p100, with at most six
	// decimals, such as p25 and p99.9; and the endpoints min, max, range. Defaults to sum.
	Statistics []string
	// QuantileType says which value a median or a percentile is: type 2, 6 or 7 of Hyndman
	// and Fan (1996), see [Cell.Statistic]. Defaults to 7. It is an error without a median
	// and percentiles.
	QuantileType int
	// PerRespondent makes the observations of medians, percentiles and endpoints the sums
	// of the rows of a respondent in the cell. Defaults to false: every row with a value is
	// an observation.
	PerRespondent bool
	// Parameters is the number of estimated parameters of a Model. Required
	// there.
	Parameters int
	// APriori lists cells that were judged by hand.
	APriori []APriori
}

var plainNumber = regexp.MustCompile(`^-?[0-9]{1,40}(\.[0-9]{1,40})?$`)

// sensitiveValues returns the sensitive values of the response.
func (o *Output) sensitiveValues() []*big.Rat {
	var out []*big.Rat
	for _, s := range o.SensitiveValues {
		if x, ok := new(big.Rat).SetString(s); ok { // as Validate has seen to
			out = append(out, x)
		}
	}
	return out
}

// Validate reports the first thing that is wrong with o. The error wraps
// ErrRequest and names the output.
func (o *Output) Validate() error {
	fail := func(format string, args ...any) error {
		return fmt.Errorf("%w: output %q: %s", ErrRequest, o.Name, fmt.Sprintf(format, args...))
	}
	if o.Name == "" {
		return fail("name is empty")
	}
	if d, ok := duplicate(o.By); ok {
		return fail("variable %q is named twice", d)
	}
	if d, ok := duplicate(o.Sensitive); ok {
		return fail("sensitive variable %q is named twice", d)
	}
	if err := o.Where.Validate(); err != nil {
		return fmt.Errorf("output %q: %w", o.Name, err)
	}
	for name, level := range o.Depth {
		if level < 1 || !slices.Contains(o.By, name) {
			return fail("depth: a level of at least 1 of a spanning or key variable is wanted")
		}
	}
	for name, codes := range o.Fold {
		if _, twice := duplicate(codes); twice || !slices.Contains(o.By, name) {
			return fail("fold: codes of a spanning or key variable are wanted, none twice")
		}
	}
	if (o.Kind == Magnitude) != (o.Response != "") {
		return fail("a response belongs to a magnitude table, and to no other kind")
	}
	if err := o.validateStatistics(fail); err != nil {
		return err
	}
	if len(o.SensitiveValues) > 0 && o.Kind != Magnitude {
		return fail("sensitive values belong to a magnitude table")
	}
	for i, s := range o.SensitiveValues {
		if !plainNumber.MatchString(s) {
			return fail("sensitive value %d is no plain decimal number", i+1)
		}
	}
	if err := o.validateAmounts(fail); err != nil {
		return err
	}
	if (o.Kind == Model) != (o.Parameters > 0) {
		return fail("parameters (at least 1) belong to a model, and to no other kind")
	}
	switch o.Kind {
	case Frequency, Magnitude:
		return o.validateTable(fail)
	case Microdata:
		if len(o.By) == 0 {
			return fail("microdata need key variables")
		}
		for _, s := range o.Sensitive {
			if slices.Contains(o.By, s) {
				return fail("%q is a key variable and a sensitive one", s)
			}
		}
		if o.NoMargins || o.Margins != nil {
			return fail("margins belong to a table")
		}
		if len(o.APriori) > 0 {
			return fail("an a-priori list belongs to a table")
		}
	case Model:
		if len(o.By)+len(o.Sensitive) > 0 {
			return fail("a model has no spanning or sensitive variables")
		}
		if o.NoMargins || o.Margins != nil || len(o.APriori) > 0 {
			return fail("margins and an a-priori list belong to a table")
		}
	default:
		return fail("kind %q is none of frequency, magnitude, microdata, model", o.Kind)
	}
	return nil
}

func (o *Output) validateTable(fail func(string, ...any) error) error {
	if len(o.By) == 0 {
		return fail("a table needs spanning variables")
	}
	for _, s := range o.Sensitive {
		if !slices.Contains(o.By, s) {
			return fail("sensitive variable %q does not span the table", s)
		}
	}
	if o.NoMargins && o.Margins != nil {
		return fail("margins are both none and listed")
	}
	for _, m := range o.Margins {
		if d, ok := duplicate(m); ok {
			return fail("a margin names variable %q twice", d)
		}
		for _, name := range m {
			if !slices.Contains(o.By, name) {
				return fail("a margin keeps variable %q, which does not span the table", name)
			}
		}
	}
	for i, a := range o.APriori {
		if err := a.validate(o); err != nil {
			return fail("a-priori entry %d: %v", i+1, err)
		}
	}
	return nil
}

func duplicate(names []string) (string, bool) {
	for i, n := range names {
		if slices.Contains(names[:i], n) {
			return n, true
		}
	}
	return "", false
}

// publishes reports whether a statistic is published.
func (o *Output) publishes(s string) bool { return slices.Contains(o.Statistics, s) }
