package names

import (
	"strings"
	"testing"
)

func TestNearest(t *testing.T) {
	have := []string{"gemeente", "Geslacht", "x1", "x2", "income"}
	for name, want := range map[string]string{"gemeent": "gemeente", "geslacht": "Geslacht", "gselacht": "Geslacht", "x3": "x1", "X2": "x2", "y": "", "incme": "income", "nothing": "", "zz": ""} {
		if got, _ := Nearest(name, have); got != want {
			t.Errorf("%s: %q, want %q", name, got, want)
		}
	}
}

// TestAbsent: the text about a column that does not exist, without any text that may be a
// value.
func TestAbsent(t *testing.T) {
	many := make([]string, 40)
	for i := range many {
		many[i] = "c" + strings.Repeat("x", i)
	}
	for _, tc := range []struct {
		name, column string
		n            int
		have         []string
		want         string
	}{
		{"a slip in the case", "Region", 0, []string{"region", "sex"}, `the column does not exist; the nearest name is "region"; the columns are "region", "sex"`},
		{"nothing near", "zzz", 0, []string{"region"}, `the column does not exist; the columns are "region"`},
		{"no columns", "a", 0, nil, "the column does not exist"},
		{"twice", "a", 2, []string{"a", "a"}, "2 columns have this name: give each column that is read a name of its own"},
		{"names that come twice", "naam", 0, []string{"Jansen", "x", "x"}, "the column does not exist; the file has 3 columns, whose names are not shown: some have no name or that of another, as if the first line were a record; the first line of a CSV file must have the names"},
		{"names that are empty", "Jansn", 0, []string{"Jansen", "x", ""}, "the column does not exist; the file has 3 columns, whose names are not shown: some have no name or that of another, as if the first line were a record; the first line of a CSV file must have the names"},
		{"names that are values", "naam", 0, []string{"naam2", "123456782"}, "the column does not exist; the file has 2 columns, whose names are not shown: some look like values, as if the first line were a record; the first line of a CSV file must have the names"},
	} {
		t.Run(tc.name, func(t *testing.T) {
			if got := Absent(tc.column, tc.n, tc.have); got != tc.want {
				t.Errorf("%q, want %q", got, tc.want)
			}
		})
	}
	if got := Absent("q", 0, many); !strings.HasSuffix(got, " and 10 more") {
		t.Errorf("%q", got)
	}
}
