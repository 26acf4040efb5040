package sdc

import (
	"slices"

	"github.com/sluis-go/sluis/sdc/report/words"
)

// populations remarks on outputs of one data set that leave out different rows for
// missing values. The difference of two such outputs is an output about the rows that
// only one of them leaves out, perhaps of a single person. No rule has looked at that
// difference.
//
// Two outputs are compared where they publish the same thing:
//
//   - both count, or both add up one response;
//   - microdata can be counted and added up, and are compared with every output;
//   - a magnitude table that publishes the count, or the mean (which gives the count
//     beside the sum), counts only the rows with a response: a null response leaves a row
//     out of the count.
//
// Two outputs that leave out the same rows are no difference; see population. All other pairs
// are for review. So are two outputs of two populations: see Output.Where.
//
// Quadratic in the outputs, and linear in the cells of magnitude tables.
func (d *Data) populations(outputs []Output, tables []*outputTables) []Remark {
	var out []Remark
	for j := range outputs {
		for i := range j {
			a, b := &outputs[i], &outputs[j]
			if a.Kind == Model || b.Kind == Model {
				continue
			}
			counts := a.counts() && b.counts()
			if !counts && a.Kind != Microdata && b.Kind != Microdata && a.Response != b.Response {
				continue
			}
			_, n := tables[i].main.Rows()
			_, m := tables[j].main.Rows()
			same := tables[i].main.population == tables[j].main.population
			if counts && a.Response != b.Response {
				x, y := tables[i].main.withoutResponse(), tables[j].main.withoutResponse()
				same, n, m = same && x == 0 && y == 0, n+x, m+y
			}
			if same {
				continue
			}
			id := words.DifferentPopulations
			if !tables[i].sameRows(tables[j]) {
				id, n, m = words.OtherPopulations, tables[i].records(), tables[j].records()
			}
			out = append(out, Remark{
				Name: "populations", Count: n + m, Verdict: Review,
				Message: words.New(id, words.NameOf(a.Name), words.NameOf(b.Name), words.Count(n), words.Count(m)),
			})
		}
	}
	return out
}

// records is the number of records of the population of an output.
func (t *outputTables) records() int64 {
	counted, excluded := t.main.Rows()
	return counted + excluded
}

// sameRows reports whether two outputs are known to be about the same records: their
// conditions are the same, or one has more conditions, and as many records.
func (t *outputTables) sameRows(o *outputTables) bool {
	a, b := t.population, o.population
	return a.Key() == b.Key() || (a.Narrows(b) || b.Narrows(a)) && t.records() == o.records()
}

// population gives outputs that leave out the same rows one number: the position of the first
// of these outputs. Two outputs of the same records leave out the same rows in two cases:
//
//   - both leave out no row;
//   - both leave out as many rows, and the columns whose nulls leave a row out of one
//     output are among those columns of the other.
//
// Outputs that leave out the same rows as a third output leave out the same rows too.
// Quadratic in the outputs.
func (d *Data) population(outputs []Output, tables []*outputTables) {
	for j := range outputs {
		tables[j].main.population = j
		for i := range j {
			first, second := tables[i].main, tables[j].main
			of, with := d.leftOut(&outputs[i]), d.leftOut(&outputs[j])
			n := first.exclude
			if !tables[i].sameRows(tables[j]) {
				continue
			}
			if n != second.exclude || n != 0 && !among(of, with) && !among(with, of) {
				continue
			}
			// The two are one, and so are all that are one with either.
			low, high := min(first.population, second.population), max(first.population, second.population)
			for k := range j + 1 {
				if tables[k].main.population == high {
					tables[k].main.population = low
				}
			}
		}
	}
}

// counts reports whether an output publishes counts.
func (o *Output) counts() bool {
	return o.Kind != Magnitude || slices.Contains(o.Statistics, "count") || slices.Contains(o.Statistics, "mean")
}

// leftOut lists the variables of an output in which a null leaves the row out.
func (d *Data) leftOut(o *Output) []string {
	var out []string
	for _, name := range o.By {
		if d.missing(name) == MissingExclude {
			out = append(out, name)
		}
	}
	return out
}

// withoutResponse returns the largest number of rows without a response in a cell. The
// total, where the table has one, has the largest number. 0 where every row has a
// response.
func (t *Table) withoutResponse() int64 {
	most := int64(0)
	for _, n := range t.m.Missing {
		most = max(most, n)
	}
	return most
}

func among(list, of []string) bool {
	for _, x := range list {
		if !slices.Contains(of, x) {
			return false
		}
	}
	return true
}
