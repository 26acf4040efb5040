package spec_test

import (
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/sluis-go/sluis/sdc"
	"github.com/sluis-go/sluis/sdc/population"
	"github.com/sluis-go/sluis/sdc/spec"
)

// TestWhere: conditions of the data and of an output.
func TestWhere(t *testing.T) {
	for _, tc := range []struct {
		name, lines string
		want        population.Where
	}{
		{"none", "", nil},
		{"codes", "where: {sex: [F, \"01\", 7, true, x y]}", population.Where{{Column: "sex", Codes: []string{"F", "01", "7", "true", "x y"}}}},
		{"null", "where: {sex: [F, ~]}", population.Where{{Column: "sex", Codes: []string{"F"}, Null: true}}},
		{"null alone", "where: {sex: [~]}", population.Where{{Column: "sex", Null: true}}},
		{"the text of null", "where: {sex: [\"~\", \"null\"]}", population.Where{{Column: "sex", Codes: []string{"~", "null"}}}},
		{"not", "where: {region: {not: [Flevoland, ~]}}", population.Where{{Column: "region", Codes: []string{"Flevoland"}, Null: true, Not: true}}},
		{"ends", "where: {age: {from: 25, to: 65}}", population.Where{{Column: "age", From: "25", To: "65"}}},
		{"one end", "where: {x: {to: -0.5}}", population.Where{{Column: "x", To: "-0.5"}}},
		{"dates", "where: {day: {from: 2026-01-31, to: \"2026-02-01T12:00:00\"}}", population.Where{{Column: "day", From: "2026-01-31", To: "2026-02-01T12:00:00"}}},
		{"columns in order", "where: {b: [x], a: {from: 1}}", population.Where{{Column: "a", From: "1"}, {Column: "b", Codes: []string{"x"}}}},
	} {
		t.Run(tc.name, func(t *testing.T) {
			s, err := declares(t, "  "+tc.lines+"\n")
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(tc.want, s.Where); diff != "" {
				t.Error(diff)
			}
			path := filepath.Join(t.TempDir(), "spec.yaml")
			text := "version: 1\ndata: {source: d.csv}\noutputs:\n  - name: n\n    kind: frequency\n    by: [region]\n    " + tc.lines + "\n"
			if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
				t.Fatal(err)
			}
			if s, err = spec.Load(path); err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(tc.want, s.Outputs[0].Where); diff != "" {
				t.Error(diff)
			}
			for _, c := range tc.want {
				if !strings.Contains(strings.Join(s.Columns(), " "), c.Column) {
					t.Errorf("column %q is not read", c.Column)
				}
			}
		})
	}
}

// TestWhereErrors: each error names the place and the cure.
func TestWhereErrors(t *testing.T) {
	for _, tc := range []struct {
		name, lines string
		want        []string
	}{
		{"a code alone", "  where: {sex: F}\n", []string{"[4:16]", "as [F]"}},
		{"an empty list", "  where: {sex: []}\n", []string{"[4:16]", "the list is empty"}},
		{"an empty list under not", "  where: {sex: {not: []}}\n", []string{"[4:", "the list is empty"}},
		{"nothing", "  where: {sex: ~}\n", []string{"the list is empty"}},
		{"a code twice", "  where: {sex: [F, M, F]}\n", []string{"[4:16]", "code 3 is the same as code 1"}},
		{"null twice", "  where: {sex: [~, ~]}\n", []string{"[4:20]", "a second ~"}},
		{"null in words", "  where: {sex: [null]}\n", []string{"[4:17]"}},
		{"a list in the list", "  where: {sex: [[F]]}\n", []string{"[4:17]", "entry 1 is no code"}},
		{"read as another code", "  where: {sex: [01]}\n", []string{"[4:17]", "put quotes around it"}},
		{"another word", "  where: {age: {above: 3}}\n", []string{"[4:17]", "{from: 25, to: 65}"}},
		{"ends and not", "  where: {age: {from: 3, not: [4]}}\n", []string{"[4:", "has both"}},
		{"ends the wrong way round", "  where: {age: {from: 65, to: 25}}\n", []string{"[4:", "from is not less than to"}},
		{"dates the wrong way round", "  where: {day: {from: 2026-02-01, to: 2026-01-31}}\n", []string{"[4:", "from is not before to"}},
		{"no day", "  where: {day: {from: 2026-02-30}}\n", []string{"[4:", "both dates"}},
		{"a null elsewhere", "  codes: {sex: [F, ~]}\n", []string{"[4:20]"}},
		{"beside cells", "  where: {sex: [F]}\n", nil},
	} {
		t.Run(tc.name, func(t *testing.T) {
			_, err := declares(t, tc.lines)
			if tc.want == nil {
				path := filepath.Join(t.TempDir(), "spec.yaml")
				text := "version: 1\ndata:\n  cells: d.csv\n  value: v\n" + tc.lines + "outputs:\n  - {name: n, kind: frequency, by: [region]}\n"
				if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
					t.Fatal(err)
				}
				_, err = spec.Load(path)
				tc.want = []string{"where picks records", "leave it out"}
			}
			if !errors.Is(err, spec.ErrSpec) && !errors.Is(err, sdc.ErrRequest) {
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
