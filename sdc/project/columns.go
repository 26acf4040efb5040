package project

import (
	"errors"
	"fmt"
	"path/filepath"
	"slices"
	"strings"

	"github.com/apache/arrow/go/v15/arrow"

	"github.com/sluis-go/sluis/sdc"
	"github.com/sluis-go/sluis/sdc/report/words"
	"github.com/sluis-go/sluis/sdc/source"
	"github.com/sluis-go/sluis/sdc/spec"
)

// inferredTypes remarks on the columns of CSV files that the spec uses without a declared
// type: codes are text, and the type of numbers was found from all rows.
func inferredTypes(s *spec.Spec, src *source.Source) []sdc.Remark {
	numbers := append(s.DeclaredNumbers(), s.Roles.Weight)
	codes := []string{s.Roles.Respondent, s.Roles.Holding}
	for _, o := range s.Outputs {
		numbers = append(append(numbers, o.Response), o.Amounts...)
		codes = append(append(codes, o.By...), o.Sensitive...)
		for _, c := range slices.Concat(s.Where, o.Where) {
			if _, _, err := c.Numbers(); err == nil && c.Ends() {
				numbers = append(numbers, c.Column)
			} else {
				codes = append(codes, c.Column)
			}
		}
	}
	var out []sdc.Remark
	var texts []string
	for _, name := range s.Columns() {
		in, ok := src.Inferred(name)
		if !ok {
			continue
		}
		if slices.Contains(numbers, name) && in.Type != nil {
			kind := words.New(words.ExactDecimals, words.TextOf(in.Type.String()))
			switch in.Type.ID() {
			case arrow.INT64:
				kind = words.New(words.WholeNumbers)
			case arrow.FLOAT64:
				kind = words.New(words.Decimals)
			}
			out = append(out, sdc.Remark{Name: "inferred-type", Column: name, Verdict: sdc.Safe, Message: kind})
		}
		if slices.Contains(codes, name) {
			texts = append(texts, name)
		}
	}
	if texts != nil {
		out = append(out, sdc.Remark{Name: "inferred-type", Verdict: sdc.Safe, Message: words.New(words.CodesAsText, words.Names(texts)...)})
	}
	return out
}

// withHint adds, to errors that are frequent in a first spec, the line to write in the
// spec.
func withHint(err error, s *spec.Spec) error {
	var c *sdc.ColumnError
	switch {
	case !errors.As(err, &c):
	case errors.Is(err, sdc.ErrNull) && c.Column == s.Roles.Respondent:
		return fmt.Errorf("%w; nobody knows whose row it is, and no policy for missing values is for respondents: give the row a respondent, or take the row out of the file", err)
	case errors.Is(err, sdc.ErrNull):
		return fmt.Errorf("%w; say in the spec what it means, such as missing: {%q: category}, or exclude, which leaves the row out", err, c.Column)
	case errors.Is(err, sdc.ErrType) && strings.EqualFold(filepath.Ext(s.Patterns[0]), ".csv"):
		return fmt.Errorf("%w; a column of a CSV file is a number only where every field is one: see csv.decimal, csv.nulls and csv.types in docs/spec.md", err)
	}
	return err
}

// neededColumns lists the columns of the schema that a spec names: only these are read.
func neededColumns(s *spec.Spec, schema *arrow.Schema) []string {
	want := s.Columns()
	var out []string
	for _, f := range schema.Fields() {
		if slices.Contains(want, f.Name) {
			out = append(out, f.Name)
		}
	}
	for i := 0; len(out) == 0 && i < schema.NumFields(); i++ {
		if f := schema.Field(i); source.Readable(f.Type) {
			out = append(out, f.Name) // a model needs the rows alone
		}
	}
	return out
}
