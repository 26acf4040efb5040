package sdc

import (
	"fmt"
	"slices"
)

// populations remarks on outputs of one data set that leave out different rows for
// missing values: the difference of two of them is an output about the rows that only one
// of them leaves out, be they a single person, and no rule has looked at it.
//
// Two outputs are compared where they tell the same thing: both count, or both sum up one
// response; microdata can be counted and summed up, and are compared with everything. The
// rows that two outputs leave out are known to be the same where both leave out none, or
// where the columns whose nulls leave a row out are among those of the other and both
// leave out as many. All else is for review.
//
// Quadratic in the outputs.
func (d *Data) populations(outputs []Output, tables []*outputTables) []Remark {
	var out []Remark
	for j := range outputs {
		for i := range j {
			a, b := &outputs[i], &outputs[j]
			if !a.comparable(b) {
				continue
			}
			of, with := d.leftOut(a), d.leftOut(b)
			_, n := tables[i].main.Rows()
			_, m := tables[j].main.Rows()
			if n == m && (n == 0 || among(of, with) || among(with, of)) {
				continue
			}
			out = append(out, Remark{
				Name: "populations", Count: n + m, Verdict: Review,
				Message: fmt.Sprintf("outputs %q and %q leave out different rows for missing values (%d and %d): what one tells minus what the other tells is about these rows alone, and was not checked; "+
					"make null a category (missing: category), or leave the same rows out before the check", a.Name, b.Name, n, m),
			})
		}
	}
	return out
}

// comparable reports whether what two outputs tell can be subtracted.
func (o *Output) comparable(b *Output) bool {
	if o.Kind == Model || b.Kind == Model {
		return false
	}
	return o.Kind == Microdata || b.Kind == Microdata || o.Kind == b.Kind && o.Response == b.Response
}

// leftOut lists the variables of an output whose nulls leave a row out.
func (d *Data) leftOut(o *Output) []string {
	var out []string
	for _, name := range o.By {
		if d.missing(name) == missingExclude {
			out = append(out, name)
		}
	}
	return out
}

func among(list, of []string) bool {
	for _, x := range list {
		if !slices.Contains(of, x) {
			return false
		}
	}
	return true
}
