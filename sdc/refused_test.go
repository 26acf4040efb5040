package sdc_test

import (
	"context"
	"errors"
	"fmt"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/sluis-go/sluis/sdc"
)

// TestMatchingIsRefused: policies of matching that are not defined, or not for these data.
func TestMatchingIsRefused(t *testing.T) {
	rows := []row{{"a": "x", "b": "y", "who": 1}, {"a": "x", "b": nil, "who": 2}, {"a": "z", "b": "y", "who": 3}}
	twice := append(append([]row{}, rows...), row{"a": "z", "b": "y", "who": 1})
	for _, tc := range []struct {
		name    string
		missing map[string]sdc.Missing
		rows    []row
		refused bool
	}{
		{"wildcard", map[string]sdc.Missing{"b": "wildcard"}, rows, false},
		{"alpha of 1", map[string]sdc.Missing{"b": "sdcmicro(1)"}, rows, false},
		{"alpha above 1", map[string]sdc.Missing{"b": "sdcmicro(1.1)"}, rows, true},
		{"two of the same", map[string]sdc.Missing{"a": "sdcmicro(0.5)", "b": "sdcmicro(0.5)"}, rows, false},
		{"two alphas", map[string]sdc.Missing{"a": "sdcmicro(0.5)", "b": "sdcmicro(0.4)"}, rows, true},
		{"alpha and wildcard", map[string]sdc.Missing{"a": "wildcard", "b": "sdcmicro(0.5)"}, rows, true},
		{"a respondent in two classes", map[string]sdc.Missing{"b": "wildcard"}, twice, true},
	} {
		t.Run(tc.name, func(t *testing.T) {
			d := sdc.FromTable(tableOf(t, fields("a", text, "b", text, "who", integer), tc.rows...))
			d.Roles.Respondent, d.Missing = "who", tc.missing
			p := off()
			p.KAnonymity = sdc.KAnonymity{K: 2}
			_, err := sdc.Check(context.Background(), d, []sdc.Output{{Name: "o", Kind: sdc.Microdata, By: []string{"a", "b"}}}, p, sdc.Options{})
			if tc.refused != (err != nil) || err != nil && !errors.Is(err, sdc.ErrRequest) {
				t.Errorf("%v", err)
			}
		})
	}
}

// TestHoldingIdentifies: the column of holdings is an identifier, with any name.
func TestHoldingIdentifies(t *testing.T) {
	d := sdc.FromTable(tableOf(t, fields("k", text, "grp", integer), row{"k": "a", "grp": 1}, row{"k": "a", "grp": 1}))
	d.Roles.Holding = "grp"
	p := off()
	p.Identifiers = sdc.Identifiers{Names: []string{}, UniqueShare: "95"}
	r := check(t, d, p, sdc.Output{Name: "o", Kind: sdc.Frequency, By: []string{"k", "grp"}})
	if diff := cmp.Diff([]string{"identifiers at output: unsafe"}, found(r, 0)); diff != "" {
		t.Error(diff)
	}
}

// TestAPrioriOfTheTotal: no code stands for the total alone, not for a code that is an empty
// text.
func TestAPrioriOfTheTotal(t *testing.T) {
	d := sdc.FromTable(tableOf(t, fields("k", text), row{"k": ""}, row{"k": ""}, row{"k": "a"}))
	r := check(t, d, off(), sdc.Output{
		Name: "o", Kind: sdc.Frequency, By: []string{"k"}, APriori: []sdc.APriori{{Codes: map[string]string{"k": ""}, Reason: "under embargo"}},
	})
	if diff := cmp.Diff([]string{"a-priori at k=*: unsafe"}, found(r, 0)); diff != "" {
		t.Error(diff)
	}
}

// TestKnownMinimum: where min-contributors is off, k-anonymity says from how many known
// values on a shared one is unsafe.
func TestKnownMinimum(t *testing.T) {
	for known, want := range map[int]sdc.Verdict{2: sdc.Review, 3: sdc.Unsafe} {
		t.Run(fmt.Sprint("known ", known), func(t *testing.T) {
			var rows []row
			for i := range 12 {
				r := row{"k": "a", "who": i}
				if i < known {
					r["s"] = "hiv"
				}
				rows = append(rows, r)
			}
			d := sdc.FromTable(tableOf(t, fields("k", text, "who", integer, "s", text), rows...))
			d.Roles.Respondent = "who"
			d.Missing = map[string]sdc.Missing{"s": "category"}
			p := off()
			p.KAnonymity, p.GroupDisclosure = sdc.KAnonymity{K: 3}, sdc.GroupDisclosure{Percent: "100"}
			r := check(t, d, p, sdc.Output{Name: "o", Kind: sdc.Microdata, By: []string{"k"}, Sensitive: []string{"s"}})
			got := sdc.Safe
			for _, f := range r.Outputs[0].Findings {
				if f.Rule == "group-disclosure" && f.Of == int64(known) {
					got = f.Verdict
				}
			}
			if got != want {
				t.Errorf("%d known: %v, want %v", known, got, want)
			}
			if status := r.Status(0, cellAt(t, r.Tables[0], "a")); status != want {
				t.Errorf("%d known: the class is %v, want %v", known, status, want)
			}
		})
	}
}
