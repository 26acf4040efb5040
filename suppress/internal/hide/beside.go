package hide

import (
	"fmt"
	"slices"

	"github.com/sluis-go/sluis/sdc"
	"github.com/sluis-go/sluis/sdc/report/words"
)

// Beside looks at what the microdata among the outputs of a report reveal about the tables
// with the given numbers that hide something (see hides). A reader of the records can count
// the cells. So the error wraps ErrUnfit where microdata have, among their keys and
// sensitive variables,
//
//   - all spanning variables of such a table, in codes that are as fine as those of the
//     table; and
//   - the response of the table, where there is one.
//
// All other microdata beside such a table have a remark for review that this was not
// decided. There are two reasons: a count over shared columns is a margin of the table; and
// a column by another name may determine a column of the table, as a municipality
// determines its region, or be the same column in other codes.
//
// Linear in pairs of outputs and their codes.
func Beside(r *sdc.Report, tables []int, hides func(int) bool) ([]sdc.Remark, error) {
	var out []sdc.Remark
	for m := range r.Tables {
		records := r.Tables[m].Output()
		if records.Kind != sdc.Microdata {
			continue
		}
		columns := slices.Concat(records.By, records.Sensitive)
		for _, k := range tables {
			if !hides(k) {
				continue
			}
			of := r.Tables[k].Output()
			var shared []string
			folded := false // the records are coarser than the table
			for _, name := range of.By {
				if !slices.Contains(columns, name) {
					continue
				}
				shared = append(shared, name)
				folded = folded || coarser(r.Tables[m], r.Tables[k], name)
			}
			column := ""
			if len(shared) > 0 {
				column = shared[0]
			}
			switch {
			case len(shared) == len(of.By) && !folded && (of.Response == "" || slices.Contains(columns, of.Response)):
				return nil, fmt.Errorf("%w: output %q: every hidden cell of it can be counted in the microdata %q, which hold all its variables; "+
					"release one of the two", ErrUnfit, of.Name, records.Name)
			default:
				out = append(out, sdc.Remark{
					Name: "microdata-beside-table", Column: column, Count: int64(len(shared)), Verdict: sdc.Review,
					Message: words.New(words.RecordsBeside, words.NameOf(of.Name), words.NameOf(records.Name), words.Count(int64(len(shared))), words.Count(int64(len(of.By)))),
				})
			}
		}
	}
	return out, nil
}

// coarser reports whether records lack codes of a column that a table has: they are folded
// where the table is not. A column that is no key of the records is not folded.
func coarser(records, of *sdc.Table, name string) bool {
	column := func(t *sdc.Table) *sdc.Variable {
		for v := range t.Variables() {
			if t.Variables()[v].Name == name {
				return &t.Variables()[v]
			}
		}
		return nil
	}
	key, spans := column(records), column(of)
	if key == nil {
		return false
	}
	has := map[string]bool{}
	for node := range key.Len() {
		has[key.Label(node)] = true
	}
	for node := range spans.Len() {
		if !has[spans.Label(node)] {
			return true
		}
	}
	return false
}
