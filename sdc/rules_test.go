// One file for the boundaries of the rules on tables: they share one small register.

package sdc_test

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/sluis-go/sluis/sdc"
)

// inOneCell returns rows that all fall in cell "a": a value each, by holding.
func inOneCell(values ...float64) []row {
	var rows []row
	for i, v := range values {
		rows = append(rows, row{"k": "a", "who": i, "x": v})
	}
	return rows
}

func TestMinContributorsBoundary(t *testing.T) {
	// ESSNet guidelines 2010: ten is enough.
	for _, tc := range []struct {
		n    int
		want sdc.Verdict
	}{{10, sdc.Safe}, {9, sdc.Unsafe}, {11, sdc.Safe}, {1, sdc.Unsafe}} {
		t.Run(fmt.Sprint(tc.n, " respondents"), func(t *testing.T) {
			var rows []row
			for i := range tc.n {
				rows = append(rows, row{"k": "a", "who": i})
			}
			d := sdc.FromTable(tableOf(t, fields("k", text, "who", integer), rows...))
			d.Roles.Respondent = "who"
			p := off()
			p.MinContributors = sdc.MinContributors{Min: 10}
			r := check(t, d, p, sdc.Output{Name: "o", Kind: sdc.Frequency, By: []string{"k"}})
			if r.Verdict != tc.want {
				t.Errorf("%d contributors: %v, want %v", tc.n, r.Verdict, tc.want)
			}
		})
	}
}

func TestDominanceBoundaries(t *testing.T) {
	nk := func(n int, percent sdc.Percent) sdc.Policy {
		p := off()
		p.NK = sdc.NK{N: n, Percent: percent}
		return p
	}
	pp := func(p sdc.Percent) sdc.Policy {
		q := off()
		q.PPercent = sdc.PPercent{P: p}
		return q
	}
	pq := func(p, q sdc.Percent) sdc.Policy {
		o := off()
		o.PQ = sdc.PQ{P: p, Q: q}
		return o
	}
	coalition := func(p sdc.Percent, c int) sdc.Policy {
		o := off()
		o.PPercent = sdc.PPercent{P: p, Coalition: c}
		return o
	}
	for _, tc := range []struct {
		name   string
		policy sdc.Policy
		values []float64
		want   sdc.Verdict
	}{
		{"exactly 50 % is safe", nk(1, "50"), []float64{50, 30, 20}, sdc.Safe},
		{"a cent above 50 % is not", nk(1, "50"), []float64{50.01, 30, 20}, sdc.Unsafe},
		{"exactly 87.5 % of three quarters", nk(2, "87.5"), []float64{50, 37.5, 12.5}, sdc.Safe},
		{"0.1 + 0.2 against 0.3: half is half", nk(1, "50"), []float64{0.3, 0.1, 0.2}, sdc.Safe},
		{"all zero", nk(1, "50"), []float64{0, 0}, sdc.Safe},
		{"one contributor", nk(1, "50"), []float64{7}, sdc.Unsafe},
		{"negative by absolute value", nk(1, "50"), []float64{-51, 30, 19}, sdc.Unsafe},
		// Handbook on SDC, section 4.2.2: (2, 90.9) and p% with p = 10.
		{"handbook 100000, 50000, 49000: p = 10", pp("10"), []float64{100000, 50000, 49000}, sdc.Safe},
		{"handbook 110000, 52000, 50000: p = 10", pp("10"), []float64{110000, 52000, 50000}, sdc.Safe},
		{"p%: remainder equal to p % of the largest is safe", pp("10"), []float64{100, 50, 10}, sdc.Safe},
		{"p%: a cent less is not", pp("10"), []float64{100, 50, 9.99}, sdc.Unsafe},
		{"p%: two contributors", pp("10"), []float64{100, 50}, sdc.Unsafe},
		{"p%: zeros only", pp("10"), []float64{0, 0, 0}, sdc.Safe},
		{"p% against a coalition of two", coalition("10", 2), []float64{100, 50, 10}, sdc.Unsafe},
		{"p% against a coalition of two, safe", coalition("10", 2), []float64{100, 50, 10, 10}, sdc.Safe},
		{"pq: equality is safe", pq("10", "50"), []float64{100, 50, 20}, sdc.Safe},
		{"pq: less is not", pq("10", "50"), []float64{100, 50, 19.99}, sdc.Unsafe},
		{"pq with q = 100 is p%", pq("10", "100"), []float64{100, 50, 9.99}, sdc.Unsafe},
	} {
		t.Run(tc.name, func(t *testing.T) {
			d := sdc.FromTable(tableOf(t, fields("k", text, "who", integer, "x", float), inOneCell(tc.values...)...))
			r := check(t, d, tc.policy, sdc.Output{Name: "o", Kind: sdc.Magnitude, By: []string{"k"}, Response: "x"})
			if r.Verdict != tc.want {
				t.Errorf("%v, want %v: %+v", r.Verdict, tc.want, r.Outputs[0].Findings)
			}
		})
	}
}

// TestHoldings is the example of the Handbook on SDC, section 4.2.3: 700 and 200
// of one owner, 60, 40, 10, is safe at p = 10 by unit (110 >= 70) and unsafe by
// holding (50 < 90).
func TestHoldings(t *testing.T) {
	var rows []row
	for i, v := range []int{700, 200, 60, 40, 10} {
		owner := any(nil)
		if i < 2 {
			owner = "big"
		}
		rows = append(rows, row{"k": "a", "who": i, "owner": owner, "x": v})
	}
	p := off()
	p.PPercent = sdc.PPercent{P: "10"}
	for _, byHolding := range []bool{false, true} {
		d := sdc.FromTable(tableOf(t, fields("k", text, "who", integer, "owner", text, "x", integer), rows...))
		d.Roles.Respondent = "who"
		want := sdc.Safe
		if byHolding {
			d.Roles.Holding, want = "owner", sdc.Unsafe
		}
		r := check(t, d, p, sdc.Output{Name: "o", Kind: sdc.Magnitude, By: []string{"k"}, Response: "x"})
		if r.Verdict != want {
			t.Errorf("by holding %v: %v, want %v", byHolding, r.Verdict, want)
		}
	}
}

// TestHoldingAcrossRegions: the top of a margin is not the top of the tops. A
// holding with 40 in each of three regions has 120 in the total, and the second
// largest there is 12, not another 40.
func TestHoldingAcrossRegions(t *testing.T) {
	var rows []row
	who := 0
	for _, region := range []string{"east", "north", "west"} {
		rows = append(rows, row{"region": region, "who": who, "owner": "big", "x": 40})
		for _, x := range []int{12, 12, 12, 4} {
			who++
			rows = append(rows, row{"region": region, "who": who, "x": x})
		}
		who++
	}
	d := sdc.FromTable(tableOf(t, fields("region", text, "who", integer, "owner", text, "x", integer), rows...))
	d.Roles.Respondent, d.Roles.Holding = "who", "owner"
	r := check(t, d, off(), sdc.Output{Name: "o", Kind: sdc.Magnitude, By: []string{"region"}, Response: "x"})
	total := cellAt(t, r.Tables[0], "")
	top := total.Top()
	if top[0].RatString() != "120" || top[1].RatString() != "12" {
		t.Errorf("top of the total is %v, %v", top[0], top[1])
	}
	if total.Respondents() != 15 || total.Holdings() != 13 {
		t.Errorf("total has %d respondents in %d holdings", total.Respondents(), total.Holdings())
	}
}

// TestDominatesOnlyTheTotal: a holding with exactly half of each of three
// regions, which is safe, has more than half of the total. With contributions
// that are not negative a share of a total is never above all shares below it;
// it is where another holding's contributions cancel out.
func TestDominatesOnlyTheTotal(t *testing.T) {
	// Another holding has +40 in one region and -40 in another: its contribution
	// to the total is 0, by holding, so the first one dominates the total alone.
	rows := []row{
		{"region": "east", "who": 1, "owner": "big", "x": 40},
		{"region": "east", "who": 2, "owner": "swing", "x": 40},
		{"region": "north", "who": 3, "owner": "big", "x": 40},
		{"region": "north", "who": 4, "owner": "swing", "x": -40},
		{"region": "west", "who": 5, "owner": "big", "x": 40},
		{"region": "west", "who": 6, "x": 40},
	}
	d := sdc.FromTable(tableOf(t, fields("region", text, "who", integer, "owner", text, "x", integer), rows...))
	d.Roles.Respondent, d.Roles.Holding = "who", "owner"
	p := off()
	p.NK = sdc.NK{N: 1, Percent: "50"}
	r := check(t, d, p, sdc.Output{Name: "o", Kind: sdc.Magnitude, By: []string{"region"}, Response: "x"})
	if diff := cmp.Diff([]string{"nk at region=*: unsafe"}, found(r, 0)); diff != "" {
		t.Error(diff)
	}
}

func TestPersonInTwoCellsCountsOnceInTheMargin(t *testing.T) {
	rows := []row{{"k": "a", "who": 1}, {"k": "b", "who": 1}, {"k": "b", "who": 1}, {"k": "b", "who": 2}}
	d := sdc.FromTable(tableOf(t, fields("k", text, "who", integer), rows...))
	d.Roles.Respondent = "who"
	r := check(t, d, off(), sdc.Output{Name: "o", Kind: sdc.Frequency, By: []string{"k"}})
	total := cellAt(t, r.Tables[0], "")
	if total.Records() != 4 || total.Respondents() != 2 {
		t.Errorf("total: %d records, %d respondents", total.Records(), total.Respondents())
	}
	if b := cellAt(t, r.Tables[0], "b"); b.Records() != 3 || b.Respondents() != 2 {
		t.Errorf("b: %d records, %d respondents", b.Records(), b.Respondents())
	}
}

func TestGroupDisclosureBoundary(t *testing.T) {
	for _, tc := range []struct {
		in, of    int
		exclusive bool
		want      sdc.Verdict
	}{
		{9, 10, false, sdc.Unsafe}, {9, 10, true, sdc.Safe}, {89, 100, false, sdc.Safe}, {91, 100, true, sdc.Unsafe},
	} {
		t.Run(fmt.Sprint(tc.in, " of ", tc.of), func(t *testing.T) {
			var rows []row
			for i := range tc.of {
				state := "ill"
				if i < tc.in {
					state = "well"
				}
				rows = append(rows, row{"region": "r", "state": state})
			}
			d := sdc.FromTable(tableOf(t, fields("region", text, "state", text), rows...))
			p := off()
			p.GroupDisclosure = sdc.GroupDisclosure{Percent: "90", Exclusive: tc.exclusive}
			r := check(t, d, p, sdc.Output{Name: "o", Kind: sdc.Frequency, By: []string{"region", "state"}, Sensitive: []string{"state"}})
			if r.Verdict != tc.want {
				t.Errorf("%d of %d, exclusive %v: %v, want %v", tc.in, tc.of, tc.exclusive, r.Verdict, tc.want)
			}
		})
	}
}

// TestGroupRulesAreNotNested is the remark of design.md: 5 of 6 passes the 90 %
// rule and fails the remainder rule, 95 of 105 the other way round.
func TestGroupRulesAreNotNested(t *testing.T) {
	for _, tc := range []struct {
		in, of int
		want   string
	}{{5, 6, "group-remainder"}, {95, 105, "group-disclosure"}} {
		t.Run(fmt.Sprint(tc.in, " of ", tc.of), func(t *testing.T) {
			var rows []row
			for i := range tc.of {
				rows = append(rows, row{"region": "r", "state": fmt.Sprint(i < tc.in)})
			}
			d := sdc.FromTable(tableOf(t, fields("region", text, "state", text), rows...))
			p := off()
			p.GroupDisclosure = sdc.GroupDisclosure{Percent: "90"}
			p.GroupRemainder = sdc.GroupRemainder{K: 1}
			r := check(t, d, p, sdc.Output{Name: "o", Kind: sdc.Frequency, By: []string{"region", "state"}, Sensitive: []string{"state"}})
			want := []string{tc.want + " at region=*, state=true: unsafe", tc.want + " at region=r, state=true: unsafe"}
			if diff := cmp.Diff(want, found(r, 0)); diff != "" {
				t.Errorf("%d of %d: %s", tc.in, tc.of, diff)
			}
		})
	}
}

func TestZeroCells(t *testing.T) {
	rows := []row{
		{"region": "a", "state": "ill"}, {"region": "a", "state": "well"},
		{"region": "b", "state": "well"}, {"region": "b", "state": "well"},
	}
	d := sdc.FromTable(tableOf(t, fields("region", text, "state", text), rows...))
	p := off()
	p.ZeroCells = sdc.ZeroCells{}
	r := check(t, d, p, sdc.Output{Name: "o", Kind: sdc.Frequency, By: []string{"region", "state"}, Sensitive: []string{"state"}})
	if diff := cmp.Diff([]string{"zero-cells at region=b, state=ill: review"}, found(r, 0)); diff != "" {
		t.Error(diff)
	}
	if r.Verdict != sdc.Review {
		t.Errorf("verdict %v", r.Verdict)
	}
}

func TestKAnonymityAndUniqueKeys(t *testing.T) {
	var rows []row
	for i := range 20 {
		rows = append(rows, row{"id": i, "sex": i % 2, "age": i / 12})
	}
	p := off()
	p.KAnonymity = sdc.KAnonymity{K: 6}
	d := sdc.FromTable(tableOf(t, fields("id", integer, "sex", integer, "age", integer), rows...))
	r := check(t, d, p, sdc.Output{Name: "o", Kind: sdc.Microdata, By: []string{"sex", "age"}})
	// 12 of age 0, six of each sex; 8 of age 1, four of each.
	want := []string{"k-anonymity at sex=0, age=1: unsafe", "k-anonymity at sex=1, age=1: unsafe"}
	if diff := cmp.Diff(want, found(r, 0)); diff != "" {
		t.Error(diff)
	}
	p = off()
	p.Identifiers = sdc.Identifiers{Names: []string{"RINPERSOON"}, UniqueShare: "95"}
	d = sdc.FromTable(tableOf(t, fields("id", integer, "sex", integer), rows...))
	r = check(t, d, p, sdc.Output{Name: "o", Kind: sdc.Microdata, By: []string{"id", "sex"}})
	if got := r.Outputs[0].Findings; len(got) != 1 || got[0].Variable != "id" || got[0].Rule != "identifiers" {
		t.Errorf("unique key: %+v", got)
	}
}

// TestMicrodataGroupDisclosure: a class all of whose members share a diagnosis.
func TestMicrodataGroupDisclosure(t *testing.T) {
	var rows []row
	for i := range 24 {
		diagnosis := fmt.Sprint(i % 3)
		if i < 12 {
			diagnosis = "flu"
		}
		rows = append(rows, row{"sex": i / 12, "diagnosis": diagnosis})
	}
	d := sdc.FromTable(tableOf(t, fields("sex", integer, "diagnosis", text), rows...))
	r := check(t, d, sdc.CBS(), sdc.Output{Name: "o", Kind: sdc.Microdata, By: []string{"sex"}, Sensitive: []string{"diagnosis"}})
	want := []string{"group-disclosure at sex=0, diagnosis=flu: unsafe"}
	if diff := cmp.Diff(want, found(r, 0)); diff != "" {
		t.Error(diff)
	}
}

func TestIdentifierNamesAndEndpoints(t *testing.T) {
	rows := []row{{"rinpersoon": 1, "who": 1, "x": 1}, {"rinpersoon": 2, "who": 2, "x": 1}}
	d := sdc.FromTable(tableOf(t, fields("rinpersoon", integer, "who", integer, "x", integer), rows...))
	d.Roles.Respondent = "who"
	p := off()
	p.Identifiers = sdc.CBS().Identifiers
	p.Endpoints = sdc.Endpoints{}
	r := check(t, d, p, sdc.Output{
		Name: "o", Kind: sdc.Magnitude, By: []string{"rinpersoon", "who"}, Response: "x", Statistics: []string{"sum", "max"},
	})
	want := []string{"identifiers at output: unsafe", "identifiers at output: unsafe", "endpoints at output: unsafe"}
	if diff := cmp.Diff(want, found(r, 0)); diff != "" {
		t.Error(diff)
	}
}

func TestDegreesOfFreedom(t *testing.T) {
	for n, want := range map[int]sdc.Verdict{15: sdc.Review, 14: sdc.Unsafe} {
		t.Run(fmt.Sprint("n ", n), func(t *testing.T) {
			var rows []row
			for i := range n {
				rows = append(rows, row{"x": i})
			}
			d := sdc.FromTable(tableOf(t, fields("x", integer), rows...))
			r := check(t, d, sdc.CBS(), sdc.Output{Name: "m", Kind: sdc.Model, Parameters: 5})
			if r.Verdict != want {
				t.Errorf("%d rows, 5 parameters: %v, want %v", n, r.Verdict, want)
			}
		})
	}
}

func TestRequest(t *testing.T) {
	rows := []row{
		{"k": "a", "who": 1, "asked": true, "x": 30}, {"k": "a", "who": 2, "x": 70},
		{"k": "b", "who": 1, "asked": true, "x": 30.01}, {"k": "b", "who": 3, "x": 69.99},
	}
	d := sdc.FromTable(tableOf(t, fields("k", text, "who", integer, "asked", boolean, "x", float), rows...))
	d.Roles.Respondent, d.Roles.Request = "who", "asked"
	p := off()
	p.Request = sdc.Request{Percent: "30"}
	r := check(t, d, p, sdc.Output{Name: "o", Kind: sdc.Magnitude, By: []string{"k"}, Response: "x"})
	// In the total the one who asked has 60.01 of 200.
	want := []string{"request at k=*: unsafe", "request at k=b: unsafe"}
	if diff := cmp.Diff(want, found(r, 0)); diff != "" {
		t.Error(diff)
	}
}

func TestAPriori(t *testing.T) {
	rows := []row{{"k": "a", "l": "x"}, {"k": "b", "l": "x"}, {"k": "b", "l": "y"}}
	of := func(codes ...string) map[string]string {
		m := map[string]string{"k": codes[0]}
		if len(codes) > 1 {
			m["l"] = codes[1]
		}
		return m
	}
	for _, tc := range []struct {
		name    string
		entries []sdc.APriori
		want    []string // of the list, with the message
		verdict sdc.Verdict
		safe    int
	}{
		{"safe against a rule", []sdc.APriori{{Codes: of("a", "x"), Safe: true, Reason: "published before", By: "J. Jansen"}},
			[]string{"review: entry 1 sets 1 cell safe that a rule does not: published before; judged by J. Jansen"}, sdc.Unsafe, 1},
		{"fewer variables", []sdc.APriori{{Codes: of("a"), Safe: true, Reason: "published before"}, {Codes: of("b"), Safe: true, Reason: "known", Line: 7}},
			[]string{
				"review: entry 1 sets 2 cells safe that a rule does not: published before; who judged is not said",
				"safe: entry 1 names 1 of 2 variables and covers 2 cells",
				"review: entry 2 (line 7) sets 3 cells safe that a rule does not: known; who judged is not said",
				"safe: entry 2 (line 7) names 1 of 2 variables and covers 3 cells",
			}, sdc.Unsafe, 5},
		{"all safe by hand is for review", []sdc.APriori{{Codes: of("a"), Safe: true, Reason: "known"}, {Codes: of("b"), Safe: true, Reason: "known"}, {Codes: of(""), Safe: true, Reason: "known"}},
			[]string{
				"review: entry 1 sets 2 cells safe that a rule does not: known; who judged is not said", "safe: entry 1 names 1 of 2 variables and covers 2 cells",
				"review: entry 2 sets 3 cells safe that a rule does not: known; who judged is not said", "safe: entry 2 names 1 of 2 variables and covers 3 cells",
				"review: entry 3 sets 2 cells safe that a rule does not: known; who judged is not said", "safe: entry 3 names 1 of 2 variables and covers 3 cells",
			}, sdc.Review, 7},
		{"protected and unsafe", []sdc.APriori{{Codes: of("", "x"), Neutral: true, Protected: true}, {Codes: of("", "x"), Reason: "under embargo"}},
			[]string{"review: entry 1 does not hold for 1 cell: entry 2 sets the same unsafe, and unsafe wins"}, sdc.Unsafe, 0},
		{"safe and unsafe", []sdc.APriori{{Codes: of("b", "x"), Reason: "under embargo"}, {Codes: of("b", "x"), Safe: true, Reason: "known"}},
			[]string{"review: entry 2 does not hold for 1 cell: entry 1 sets the same unsafe, and unsafe wins"}, sdc.Unsafe, 0},
		{"a level on nothing, as tables/c17", []sdc.APriori{{Codes: of("A", "x"), Neutral: true, Lower: "1", Upper: "1", Line: 2}},
			[]string{`review: entry 1 (line 2) names a code that "k" does not have, and applies to no cell; write a total as null in a list, and in a file as an empty field or as totals says`}, sdc.Unsafe, 0},
		{"a total by another name, as tables/c55", []sdc.APriori{{Codes: of("a", "Total"), Neutral: true, Protected: true}},
			[]string{`review: entry 1 names a code that "l" does not have, and applies to no cell; write a total as null in a list, and in a file as an empty field or as totals says`}, sdc.Unsafe, 0},
		{"an empty cell", []sdc.APriori{{Codes: of("a", "y"), Reason: "under embargo"}},
			[]string{"review: entry 1 applies to no published cell with records"}, sdc.Unsafe, 0},
	} {
		t.Run(tc.name, func(t *testing.T) {
			d := sdc.FromTable(tableOf(t, fields("k", text, "l", text), rows...))
			p := off()
			p.MinContributors = sdc.MinContributors{Min: 3}
			r := check(t, d, p, sdc.Output{Name: "o", Kind: sdc.Frequency, By: []string{"k", "l"}, APriori: tc.entries})
			got := []string{}
			for _, f := range r.Outputs[0].Findings {
				if f.Rule == "a-priori" && f.Cell == nil {
					got = append(got, f.Verdict.String()+": "+f.Message.String())
				}
			}
			if diff := cmp.Diff(tc.want, got); diff != "" {
				t.Error(diff)
			}
			if r.Verdict != tc.verdict || r.Outputs[0].SetSafe() != tc.safe {
				t.Errorf("%v, %d safe by hand", r.Verdict, r.Outputs[0].SetSafe())
			}
		})
	}
	for _, reason := range []string{"", " ", "x", " . ", "é!"} {
		o := sdc.Output{Name: "o", Kind: sdc.Frequency, By: []string{"k"}, APriori: []sdc.APriori{{Codes: of("a"), Safe: true, Reason: reason}}}
		if err := o.Validate(); !errors.Is(err, sdc.ErrRequest) {
			t.Errorf("the reason %q is taken: %v", reason, err)
		}
	}
}

func TestNullAndZeroResponses(t *testing.T) {
	var rows []row
	for i := range 11 {
		x := any(nil)
		if i == 0 {
			x = 5
		}
		rows = append(rows, row{"k": "null", "who": i, "x": x}, row{"k": "zero", "who": i, "x": max(0, 2-i)})
	}
	d := sdc.FromTable(tableOf(t, fields("k", text, "who", integer, "x", integer), rows...))
	d.Roles.Respondent = "who"
	p := off()
	p.MinContributors = sdc.MinContributors{Min: 10}
	r := check(t, d, p, sdc.Output{Name: "o", Kind: sdc.Magnitude, By: []string{"k"}, Response: "x", NoMargins: true})
	want := []string{"min-contributors at k=null: unsafe", "min-contributors at k=zero: review"}
	if diff := cmp.Diff(want, found(r, 0)); diff != "" {
		t.Error(diff)
	}
	null := cellAt(t, r.Tables[0], "null")
	if null.Contributors() != 1 || null.MissingResponse() != 10 || null.Respondents() != 11 {
		t.Errorf("null: %d contributors, %d missing, %d respondents", null.Contributors(), null.MissingResponse(), null.Respondents())
	}
}

// TestWeights is the example of tau-ARGUS: 100 with weight 4 and 10 with weight
// 7 make a total of 470, of which the two largest have 100 each.
func TestWeights(t *testing.T) {
	rows := []row{{"k": "a", "w": 4, "x": 100}, {"k": "a", "w": 7, "x": 10}}
	for _, tc := range []struct {
		weighting sdc.Weighting
		percent   sdc.Percent
		want      sdc.Verdict
	}{
		// tau: 200 of 470 is 42.553...; handbook: 110 of 470 is 23.404...
		{"tau", "42.5532", sdc.Safe}, {"tau", "42.5531", sdc.Unsafe},
		{"handbook", "23.4043", sdc.Safe}, {"handbook", "23.4042", sdc.Unsafe},
	} {
		t.Run(fmt.Sprint("weighting ", tc.weighting), func(t *testing.T) {
			d := sdc.FromTable(tableOf(t, fields("k", text, "w", float, "x", integer), rows...))
			d.Roles.Weight = "w"
			p := off()
			p.NK, p.Weighting = sdc.NK{N: 2, Percent: tc.percent}, tc.weighting
			r := check(t, d, p, sdc.Output{Name: "o", Kind: sdc.Magnitude, By: []string{"k"}, Response: "x"})
			if r.Verdict != tc.want {
				t.Errorf("%s, %s %%: %v, want %v", tc.weighting, tc.percent, r.Verdict, tc.want)
			}
			if s := cellAt(t, r.Tables[0], "a").WeightedSum().RatString(); s != "470" {
				t.Errorf("weighted sum %s", s)
			}
		})
	}
}

// TestMissingKeys: ten of one class and one with a null that could be of it.
func TestMissingKeys(t *testing.T) {
	var rows []row
	for range 9 {
		rows = append(rows, row{"sex": "F", "age": 30})
	}
	rows = append(rows, row{"sex": nil, "age": 30})
	at := func(sex string) string { return "k-anonymity at sex=" + sex + ", age=30: unsafe" }
	review := func(sex string) string { return strings.Replace(at(sex), "unsafe", "review", 1) }
	for _, tc := range []struct {
		missing sdc.Missing
		want    []string
	}{
		{"category", []string{at("F"), at("(missing)")}},
		{"exclude", []string{at("F"), "k-anonymity at output: review"}},
		{"wildcard", []string{review("F"), review("(missing)")}},
		// F: 9 + alpha; the null: 1 and the 9 complete records that it could be.
		{"sdcmicro(0.5)", []string{at("F"), review("(missing)")}},
		{"sdcmicro(1)", []string{review("F"), review("(missing)")}},
	} {
		t.Run(fmt.Sprint("missing ", tc.missing), func(t *testing.T) {
			d := sdc.FromTable(tableOf(t, fields("sex", text, "age", integer), rows...))
			d.Missing = map[string]sdc.Missing{"sex": tc.missing}
			p := off()
			p.KAnonymity = sdc.KAnonymity{K: 10}
			r := check(t, d, p, sdc.Output{Name: "o", Kind: sdc.Microdata, By: []string{"sex", "age"}})
			if diff := cmp.Diff(tc.want, found(r, 0)); diff != "" {
				t.Errorf("%s: %s", tc.missing, diff)
			}
		})
	}
}

// TestLinesWithoutMargins: group rules look at every variable in turn where no
// margin is published, and a line that is hidden itself has no line to look at.
func TestLinesWithoutMargins(t *testing.T) {
	var rows []row
	for i := range 20 {
		rows = append(rows, row{"a": string("xy"[i/10]), "b": string("uv"[i/18]), "c": "w"})
	}
	table := tableOf(t, fields("a", text, "b", text, "c", text), rows...)
	p := off()
	p.GroupDisclosure = sdc.GroupDisclosure{Percent: "90"}
	p.ZeroCells = sdc.ZeroCells{}
	r := check(t, sdc.FromTable(table), p, sdc.Output{Name: "t", Kind: sdc.Frequency, By: []string{"a", "b", "c"}, NoMargins: true})
	want := []string{
		"group-disclosure at a=x, b=u, c=w: unsafe", "group-disclosure at a=x, b=u, c=w: unsafe",
		"group-disclosure at a=y, b=u, c=w: unsafe",
		"group-disclosure at a=y, b=v, c=w: unsafe", "group-disclosure at a=y, b=v, c=w: unsafe",
	}
	got := found(r, 0)
	slices.Sort(got)
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
}
