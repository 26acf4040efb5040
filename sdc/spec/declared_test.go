package spec_test

import (
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/sluis-go/sluis/sdc/declared"
	"github.com/sluis-go/sluis/sdc/spec"
)

// declares loads a spec with some lines under data.
func declares(t *testing.T, lines string) (*spec.Spec, error) {
	t.Helper()
	path := filepath.Join(t.TempDir(), "spec.yaml")
	text := "version: 1\ndata:\n  source: d.csv\n" + lines + "outputs:\n  - {name: n, kind: frequency, by: [region]}\n"
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	return spec.Load(path)
}

// TestDeclared: what a spec declares of columns.
func TestDeclared(t *testing.T) {
	for _, tc := range []struct {
		name, lines string
		want        declared.Columns
	}{
		{"nothing", "", declared.Columns{}},
		{"codes", "  codes: {region: [N, \"01\", 7, true, \"x y\"]}\n", declared.Columns{Codes: map[string][]string{"region": {"N", "01", "7", "true", "x y"}}}},
		{"codes, one a line", "  codes:\n    b:\n      - z\n      - a\n    c: [q]\n", declared.Columns{Codes: map[string][]string{"b": {"z", "a"}, "c": {"q"}}}},
		{"a pair", "  independent: [[region, b]]\n", declared.Columns{Independent: [][2]string{{"region", "b"}}}},
		{"pairs, one a line", "  independent:\n    - [a, b]\n    - [c, \"7\"]\n", declared.Columns{Independent: [][2]string{{"a", "b"}, {"c", "7"}}}},
		{"a relation", "  relations: [\"total = paid + unpaid\"]\n", declared.Columns{Relations: []string{"total = paid + unpaid"}}},
		{"relations, one a line", "  relations:\n    - total = paid + unpaid\n    - 'a = 2 * \"b c\"'\n", declared.Columns{Relations: []string{"total = paid + unpaid", `a = 2 * "b c"`}}},
		{"bounds", "  bounds: {hours: [0, 168], x: [-5, \"0.50\"]}\n", declared.Columns{Bounds: map[string][2]string{"hours": {"0", "168"}, "x": {"-5", "0.50"}}}},
	} {
		t.Run(tc.name, func(t *testing.T) {
			s, err := declares(t, tc.lines)
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(tc.want, s.Declared); diff != "" {
				t.Error(diff)
			}
		})
	}
}

// TestDeclaredErrors: each error names the line and the column of the fault, or the column
// of the data, and the cure.
func TestDeclaredErrors(t *testing.T) {
	for _, tc := range []struct {
		name, lines string
		want        []string
	}{
		{"codes: not a list", "  codes: {region: N}\n", []string{"[4:19]", "as [a, b, c]"}},
		{"codes: none", "  codes: {region: []}\n", []string{"[4:19]", "as [a, b, c]"}},
		{"codes: twice", "  codes: {region: [N, S, N]}\n", []string{"[4:26]", "code 3 is the same as code 1", "take one of them out"}},
		{"codes: twice, once in quotes", "  codes: {region: [7, \"7\"]}\n", []string{"[4:23]", "code 2 is the same as code 1"}},
		{"codes: empty", "  codes: {region: [N, \"\"]}\n", []string{"[4:23]", "code 2 is empty", "take the entry out"}},
		{"codes: a list in the list", "  codes:\n    region:\n      - N\n      - [S]\n", []string{"[7:9]", "code 2"}},
		{"codes: read as another text", "  codes: {region: [01]}\n", []string{"[4:20]", "put quotes around it"}},
		{"codes: beside a hierarchy", "  codes: {region: [N]}\n  hierarchies: {region: {tree: {N: [a]}}}\n", []string{`"region"`, "leave one of the two out"}},
		{"independent: one pair", "  independent: [a, b]\n", []string{"[4:17]", "as [[a, b]]"}},
		{"independent: three columns", "  independent: [[a, b, c]]\n", []string{"[4:17]", "as [[a, b]]"}},
		{"independent: one column twice", "  independent: [[a, b], [c, c]]\n", []string{"[4:25]", "two different columns"}},
		{"independent: a pair twice", "  independent: [[a, b], [b, a]]\n", []string{"independent pair 2 is the same as pair 1", "take one of them out"}},
		{"relations: no list", "  relations: {total: paid}\n", []string{"[4:"}},
		{"relations: a list in the list", "  relations: [[a, b]]\n", []string{"[4:15]", "total = paid + unpaid"}},
		{"relations: without blanks", "  relations:\n    - a = b + c\n    - total=paid+unpaid\n", []string{"[6:7]", "blanks around every sign"}},
		{"relations: twice", "  relations: [a = b, a = b]\n", []string{"relation 2 is the same as relation 1"}},
		{"bounds: one", "  bounds: {x: [1]}\n", []string{"[4:15]", "as [0, 168]"}},
		{"bounds: no number", "  bounds: {x: [0, much]}\n", []string{"[4:15]", "bound 2 is no plain decimal number"}},
		{"bounds: turned around", "  bounds: {x: [1, 0]}\n", []string{"[4:15]", "write the least value first"}},
	} {
		t.Run(tc.name, func(t *testing.T) {
			_, err := declares(t, tc.lines)
			if !errors.Is(err, spec.ErrSpec) {
				t.Fatal(err)
			}
			for _, want := range tc.want {
				if !strings.Contains(err.Error(), want) {
					t.Errorf("%q is not in: %v", want, err)
				}
			}
		})
	}
}
