package names

import "testing"

func TestNearest(t *testing.T) {
	have := []string{"gemeente", "Geslacht", "x1", "x2", "income", "post code"}
	for name, want := range map[string]int{"gemeent": 0, "geslacht": 1, "gselacht": 1, "x3": 2, "X2": 3, "y": -1, "incme": 4, "nothing": -1, "zz": -1, "Post_Code": 5, "": -1, "--": -1} {
		t.Run(name, func(t *testing.T) {
			if got := nearest(name, have); got != want {
				t.Errorf("%s: %d, want %d", name, got, want)
			}
		})
	}
}

// TestAbsent: the text about a column that does not exist, without any text that may be a
// value.
func TestAbsent(t *testing.T) {
	const (
		absent  = "the column does not exist"
		listed  = "not shown: they stand in the first line of a CSV file, or in the schema of another file"
		twice   = "not shown: some have no name or that of another, as if the first line were a record; the first line of a CSV file must have the names"
		records = "not shown: some look like values, as if the first line were a record; the first line of a CSV file must have the names"
	)
	for _, tc := range []struct {
		name, column string
		n            int
		have         []string
		want         string
	}{
		{"a slip in the case", "Region", 0, []string{"sex", "region"}, absent + `; the nearest name is "region"; the file has 2 columns, whose names are ` + listed},
		{"a slip in signs", "post code", 0, []string{"Post_Code"}, absent + `; the nearest name is "Post_Code"; the file has 1 column, whose name is ` + listed},
		{"a slip in a letter", "naam", 0, []string{"Utrecht", "Naas"}, absent + "; the name of column 2 is near; the file has 2 columns, whose names are " + listed},
		{"nothing near", "zzz", 0, []string{"Jansen", "Utrecht"}, absent + "; the file has 2 columns, whose names are " + listed},
		{"no columns", "a", 0, nil, absent},
		{"twice", "a", 2, []string{"a", "a"}, "2 columns have this name: give each column that is read a name of its own"},
		{"names that come twice", "naam", 0, []string{"Jansen", "x", "x"}, absent + "; the file has 3 columns, whose names are " + twice},
		{"names that are empty", "Jansn", 0, []string{"Jansen", "x", ""}, absent + "; the name of column 1 is near; the file has 3 columns, whose names are " + twice},
		{"names that are values", "naam", 0, []string{"naam2", "123456782"}, absent + "; the name of column 1 is near; the file has 2 columns, whose names are " + records},
		{"a value that was asked for with other signs", "123456782", 0, []string{"123.456.782"}, absent + "; the name of column 1 is near; the file has 1 column, whose name is " + records},
	} {
		t.Run(tc.name, func(t *testing.T) {
			if got := Absent(tc.column, tc.n, tc.have); got != tc.want {
				t.Errorf("%q, want %q", got, tc.want)
			}
		})
	}
}
