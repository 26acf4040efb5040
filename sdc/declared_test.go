package sdc_test

import (
	"context"
	"errors"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/sluis-go/sluis/sdc"
)

// TestDeclaredCodes: a table lists all declared codes, in their order, whether they occur or
// not.
func TestDeclaredCodes(t *testing.T) {
	for _, tc := range []struct {
		name  string
		codes []string
		rows  []row
		want  []string
	}{
		{"one occurs nowhere", []string{"z", "b", "a"}, []row{{"k": "a", "n": 7}, {"k": "b", "n": 7}}, []string{"z", "b", "a"}},
		{"two occur nowhere", []string{"a", "y", "z"}, []row{{"k": "a", "n": 7}}, []string{"a", "y", "z"}},
		{"all occur", []string{"b", "a"}, []row{{"k": "a", "n": 7}, {"k": "b", "n": 7}}, []string{"b", "a"}},
		{"a missing value is a category", []string{"a", "b"}, []row{{"k": "a", "n": 7}, {"k": nil, "n": 7}}, []string{"a", "b", "(missing)"}},
		{"a code that looks like a total", []string{"*", "a"}, []row{{"k": "a", "n": 7}}, []string{`\*`, "a"}},
	} {
		t.Run(tc.name, func(t *testing.T) {
			d := sdc.FromTable(tableOf(t, fields("k", text, "n", integer), tc.rows...))
			d.Missing = map[string]sdc.Missing{"k": sdc.MissingCategory}
			d.Declared.Codes = map[string][]string{"k": tc.codes, "n": {"6", "7"}}
			r := check(t, d, off(), sdc.Output{Name: "o", Kind: sdc.Frequency, By: []string{"k", "n"}})
			var got []string
			v := r.Tables[0].Variables()[0]
			for n := 1; n < v.Len(); n++ {
				got = append(got, v.Label(n))
				if v.Level(n) != 1 || !v.IsLeaf(n) {
					t.Errorf("node %d is no leaf", n)
				}
			}
			if diff := cmp.Diff(tc.want, got); diff != "" {
				t.Error(diff)
			}
			if !v.Declared() || r.Tables[0].Variables()[1].Len() != 3 {
				t.Error("the codes are not known to be declared")
			}
		})
	}
}

// TestNotDeclared: a code of the data that is not declared is an error with the row, and
// without the code.
func TestNotDeclared(t *testing.T) {
	d := sdc.FromTable(tableOf(t, fields("k", text), row{"k": "a"}, row{"k": "secret"}, row{"k": "secret"}))
	d.Declared.Codes = map[string][]string{"k": {"a", "b"}}
	_, err := sdc.Check(context.Background(), d, []sdc.Output{{Name: "o", Kind: sdc.Frequency, By: []string{"k"}}}, off(), sdc.Options{Threads: 1})
	var at *sdc.ColumnError
	if !errors.As(err, &at) || at.Column != "k" || at.Row != 1 {
		t.Fatal(err)
	}
	if s := err.Error(); strings.Contains(s, "secret") || !strings.Contains(s, "declare its code too") {
		t.Error(s)
	}
}

// TestDeclaredRefused: declarations that are not well defined.
func TestDeclaredRefused(t *testing.T) {
	tree, err := sdc.NewHierarchy(sdc.Code{Label: "a"})
	if err != nil {
		t.Fatal(err)
	}
	for _, tc := range []struct {
		name string
		with func(*sdc.Data)
		want string
	}{
		{"no codes", func(d *sdc.Data) { d.Declared.Codes = map[string][]string{"k": {}} }, "leave the column out"},
		{"an empty code", func(d *sdc.Data) { d.Declared.Codes = map[string][]string{"k": {"a", ""}} }, "code 2 is empty"},
		{"a code twice", func(d *sdc.Data) { d.Declared.Codes = map[string][]string{"k": {"a", "b", "b"}} }, "code 3 is the same as code 2"},
		{"codes and a hierarchy", func(d *sdc.Data) {
			d.Declared.Codes, d.Hierarchies = map[string][]string{"k": {"a"}}, map[string]*sdc.Hierarchy{"k": tree}
		}, "leave one of them out"},
		{"a column that does not exist", func(d *sdc.Data) { d.Declared.Codes = map[string][]string{"q": {"a"}} }, "Data.Declared.Codes"},
		{"amounts", func(d *sdc.Data) { d.Declared.Codes = map[string][]string{"x": {"1"}} }, "no amounts"},
	} {
		t.Run(tc.name, func(t *testing.T) {
			d := sdc.FromTable(tableOf(t, fields("k", text, "x", integer), row{"k": "a", "x": 1}))
			tc.with(d)
			_, err := sdc.Check(context.Background(), d, []sdc.Output{{Name: "o", Kind: sdc.Microdata, By: []string{"k"}, Sensitive: []string{"x"}, Amounts: []string{"x"}}}, off(), sdc.Options{Threads: 1})
			if !errors.Is(err, sdc.ErrRequest) || !strings.Contains(err.Error(), tc.want) {
				t.Error(err)
			}
		})
	}
}
