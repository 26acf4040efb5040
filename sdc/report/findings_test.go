package report_test

import (
	"bytes"
	"errors"
	"fmt"
	"regexp"
	"slices"
	"sort"
	"strings"
	"testing"

	"github.com/apache/arrow/go/v15/arrow"

	"github.com/sluis-go/sluis/sdc"
	"github.com/sluis-go/sluis/sdc/origin"
	"github.com/sluis-go/sluis/sdc/report"
	"github.com/sluis-go/sluis/sdc/report/words"
)

// TestGlosses: every rule of a policy, and every finding that no policy switches, has a
// Dutch gloss, and it stands on the Dutch page alone.
func TestGlosses(t *testing.T) {
	fields, rows := small(1)
	r := checked(t, fields, rows, nil, sdc.CBS(), sdc.Output{Name: "x", Kind: sdc.Frequency, By: []string{"region"}})
	var rules []string
	for _, x := range r.Policy.Rules {
		rules = append(rules, x.Rule)
	}
	for _, rule := range append(rules, "a-priori", "model", "dossier") {
		if report.DutchRule(rule) == "" {
			t.Errorf("no gloss of %s", rule)
		}
	}
	nl, en := page(t, r, report.HTMLOptions{Lang: "nl"}), page(t, r, report.HTMLOptions{})
	if !strings.Contains(nl, `<code>min-contributors</code> <span class="gloss">(minimum aantal bijdragers)`) {
		t.Error("the Dutch page does not say what min-contributors is")
	}
	if strings.Contains(en, `class="gloss"`) {
		t.Error("the English page has glosses")
	}
}

// TestWhosePolicy: every page has the digest of the policy and its differences from the
// shipped one; one that may leave has no threshold of a concentration rule.
func TestWhosePolicy(t *testing.T) {
	fields, rows := small(1)
	p := sdc.CBS()
	p.Name, p.NK.Percent, p.MinContributors.Min = "ours", "77", 3
	r := checked(t, fields, rows, nil, p, sdc.Output{Name: "x", Kind: sdc.Frequency, By: []string{"region"}})
	protection := &report.Protection{Verdict: sdc.Safe, Policy: r.Policy.Name, PolicySHA256: r.Policy.SHA256, Differences: r.Policy.Differences, Public: r.Policy.Public}
	for _, lang := range []string{"en", "nl"} {
		on, differs := map[string]string{"en": "on, min 3", "nl": "aan, min 3"}[lang], map[string]string{"en": "nk: differs from cbs", "nl": "nk: wijkt af van cbs"}[lang]
		var inside, outside bytes.Buffer
		opts := report.HTMLOptions{Lang: lang}
		if err := errors.Join(report.ProtectionHTML(&inside, protection, opts), report.ReleaseHTML(&outside, protection, opts)); err != nil {
			t.Fatal(err)
		}
		for name, text := range map[string]string{"check": page(t, r, opts), "protection": inside.String(), "public check": public(t, r, lang), "release": outside.String()} {
			text = seen(text)
			if !strings.Contains(text, r.Policy.SHA256) || !strings.Contains(text, "min-contributors: "+on) {
				t.Errorf("%s, %s: no digest, or no difference", name, lang)
			}
			leaves := name == "public check" || name == "release"
			if strings.Contains(strings.ReplaceAll(text, r.Policy.SHA256, ""), "77") == leaves || strings.Contains(text, differs) != leaves {
				t.Errorf("%s, %s: the threshold of nk", name, lang)
			}
		}
	}
	if got := r.Policy.Public; len(got) != 2 {
		t.Errorf("%q", got)
	}
}

// TestIntervalStaysInside: the interval of a sum of few is on no page that leaves, in the
// rules or in the differences.
func TestIntervalStaysInside(t *testing.T) {
	fields, rows := small(1)
	for _, tc := range []struct {
		min  int64
		want string
	}{{10, "min-contributors: differs from cbs"}, {5, "min-contributors: on, min 5 (in cbs: on, min 10)"}} {
		t.Run(fmt.Sprint("min ", tc.min), func(t *testing.T) {
			p := sdc.CBS()
			p.Name, p.MinContributors = "ours", sdc.MinContributors{Min: tc.min, Interval: "88.5"}
			r := checked(t, fields, rows, nil, p, sdc.Output{Name: "x", Kind: sdc.Frequency, By: []string{"region"}})
			if got := r.Policy.Public; len(got) != 1 || got[0].String() != tc.want {
				t.Errorf("%q, want %q", got, tc.want)
			}
			for _, lang := range []string{"en", "nl"} {
				inside, outside := page(t, r, report.HTMLOptions{Lang: lang}), public(t, r, lang)
				if !strings.Contains(inside, "interval 88.5") {
					t.Errorf("%s: the page inside has no interval", lang)
				}
				if strings.Contains(outside, "interval 8") || strings.Contains(outside, "88.5") || strings.Contains(outside, "88,5") {
					t.Errorf("%s: the public page has the interval", lang)
				}
			}
		})
	}
}

// TestPublicSaysWhyHidden: for an output that is not shown the public page says why, and
// names the persons who set cells safe by hand. The page has no number of cells, and no
// reason, because a reason may reveal data.
func TestPublicSaysWhyHidden(t *testing.T) {
	fields, _ := small(0)
	var rows []map[string]any
	for i := range 1801 {
		rows = append(rows, map[string]any{"id": i, "region": []string{"North", "South"}[i%2], "state": []string{"well", "ill", "cured", "rare"}[min(i%3+i/1800*3, 3)], "x": i})
	}
	by := []string{"state"}
	r := checked(t, fields, rows, nil, sdc.CBS(),
		sdc.Output{Name: "cleared", Kind: sdc.Frequency, By: by, APriori: []sdc.APriori{{Codes: map[string]string{"state": "rare"}, Safe: true, Reason: "only the mayor", By: "J. Jansen"}}},
		sdc.Output{Name: "nobody", Kind: sdc.Frequency, By: by, APriori: []sdc.APriori{{Codes: map[string]string{"state": "rare"}, Safe: true, Reason: "only the mayor"}}},
		sdc.Output{Name: "unsafe", Kind: sdc.Frequency, By: by}, sdc.Output{Name: "shown", Kind: sdc.Frequency, By: []string{"region"}})
	for i, want := range []sdc.Verdict{sdc.Review, sdc.Review, sdc.Unsafe, sdc.Safe} {
		if r.Outputs[i].Verdict != want {
			t.Fatalf("%s is %v", r.Outputs[i].Name, r.Outputs[i].Verdict)
		}
	}
	p := &report.Protection{Verdict: sdc.Review, Policy: "cbs", ByHand: []report.HandJudgement{{Output: "cleared", Found: words.New(words.EntrySetsSafe, words.Count(1), words.Decimal(""), words.Count(1), words.TextOf("only the mayor"), words.TextOf("J. Jansen"))}},
		SafeBy: []report.SafeBy{{Output: "cleared", By: "J. Jansen"}}}
	for lang, want := range map[string][]string{
		"en": {"Cells were set safe by hand, against a rule, by J. Jansen.", "who decided is not said", "a reviewer must decide about it first", "it may not leave as it is"},
		"nl": {"Cellen zijn handmatig veilig verklaard, tegen een regel in, door J. Jansen.", "wie dat besloot, is niet vermeld", "een beoordelaar moet er eerst over beslissen", "zij mag zo niet naar buiten"},
	} {
		t.Run(lang, func(t *testing.T) {
			text := seen(public(t, r, lang))
			for _, s := range want {
				if !strings.Contains(text, s) {
					t.Errorf("%s: %q is not said", lang, s)
				}
			}
			var inside, outside bytes.Buffer
			opts := report.HTMLOptions{Lang: lang}
			if err := errors.Join(report.ProtectionHTML(&inside, p, opts), report.ReleaseHTML(&outside, p, opts)); err != nil {
				t.Fatal(err)
			}
			if !strings.Contains(seen(outside.String()), want[0]) || !strings.Contains(seen(inside.String()), "only the mayor") || strings.Contains(inside.String(), `<span lang="en">`) {
				t.Errorf("%s: what protect says of it", lang)
			}
			if strings.Contains(text, "mayor") || strings.Contains(text, "rare") || strings.Contains(outside.String(), "mayor") {
				t.Errorf("%s: a page that leaves has the reason", lang)
			}
		})
	}
}

// TestPublicRemarkForReview: an output that is hidden because of a remark about the data
// is not called safe. The page has no text of the spec that must stay inside.
func TestPublicRemarkForReview(t *testing.T) {
	fields, _ := small(0)
	var rows []map[string]any
	for i := range 400 {
		rows = append(rows, map[string]any{"id": i, "region": []string{"North", "South"}[i%2], "state": []string{"well", "ill"}[i/2%2], "x": i})
	}
	for _, tc := range []struct {
		name    string
		verdict sdc.Verdict // of the remark
		badges  map[string]int
		shown   bool
	}{
		{"for information", sdc.Safe, map[string]int{"safe": 4}, true},
		{"for review", sdc.Review, map[string]int{"review": 4}, false},
		{"unsafe", sdc.Unsafe, map[string]int{"unsafe": 4}, false},
	} {
		t.Run(tc.name, func(t *testing.T) {
			r := checked(t, fields, rows, nil, sdc.CBS(),
				sdc.Output{Name: "a", Kind: sdc.Frequency, By: []string{"region"}},
				sdc.Output{Name: "b", Kind: sdc.Magnitude, By: []string{"region"}, Response: "x", Statistics: []string{"sum"}, SensitiveValues: []string{"31415"}})
			r.Remark(sdc.Remark{Name: "thousands", Column: "x", Verdict: tc.verdict, Message: words.Said("SECRET")})
			page := public(t, r, "en")
			for _, kind := range []string{"safe", "review", "unsafe"} {
				// In the table of verdicts, and over each output.
				if n := strings.Count(page, `badge `+kind+`"`); n != tc.badges[kind]+map[bool]int{true: 1}[kind == r.Verdict.String()] {
					t.Errorf("%d outputs are called %s", n, kind)
				}
			}
			text := seen(page)
			if strings.Contains(page, "31415") || strings.Contains(page, "SECRET") || strings.Contains(text, "not shown") == tc.shown {
				t.Error(text)
			}
		})
	}
}

// TestObservedBesideLimit: a value just over a limit does not print as the limit.
func TestObservedBesideLimit(t *testing.T) {
	for _, tc := range []struct {
		observed, limit float64
		want            string
	}{{50.000005, 50, "50,000005"}, {50, 50, "50"}, {62.34567, 50, "62,346"}, {1234567, 10, "1.234.567"}} {
		t.Run(fmt.Sprint("observed ", tc.observed, ", limit ", tc.limit), func(t *testing.T) {
			if got := report.DutchObserved(&sdc.Finding{Observed: tc.observed, Limit: tc.limit}); got != tc.want {
				t.Errorf("%v against %v prints as %q, want %q", tc.observed, tc.limit, got, tc.want)
			}
		})
	}
}

var anyNumber = regexp.MustCompile(`[0-9]+(?:[.,][0-9]+)*`)

// TestDutchDropsNoNumber: a Dutch sentence has every number of the English one, for all
// that the rules find in many sets of data.
func TestDutchDropsNoNumber(t *testing.T) {
	p := sdc.CBS()
	p.PPercent, p.PQ = sdc.PPercent{P: "10"}, sdc.PQ{P: "10", Q: "50"}
	p.GroupRemainder, p.Request = sdc.GroupRemainder{K: 1}, sdc.Request{Percent: "1"}
	p.AllEqual.Percent = "51"
	said := map[string]bool{}
	for seed := range 4 {
		fields, rows := small(seed)
		fields = append(fields, field("asked", arrow.FixedWidthTypes.Boolean), field("BSN", arrow.PrimitiveTypes.Int64), field("flag", arrow.PrimitiveTypes.Int64), field("owner", arrow.BinaryTypes.String))
		for i := range rows {
			rows[i]["asked"], rows[i]["BSN"], rows[i]["flag"], rows[i]["owner"] = i%5 == 0, i, 1-i%9/8, fmt.Sprint("o", i%7)
			if i%7 == 0 {
				rows[i]["x"] = -40 - i
			}
			if i%6 == 0 {
				rows[i]["state"] = nil
			}
		}
		r := checked(t, fields, rows, func(d *sdc.Data) {
			d.Roles.Request, d.Roles.Holding = "asked", "owner"
			d.Missing = map[string]sdc.Missing{"state": "category"}
		}, p,
			sdc.Output{Name: "a", Kind: sdc.Frequency, By: []string{"region", "state"}, Sensitive: []string{"state"}},
			sdc.Output{Name: "b", Kind: sdc.Magnitude, By: []string{"region", "state"}, Response: "x", Statistics: []string{"sum", "max"}, APriori: []sdc.APriori{
				{Codes: map[string]string{"region": "Isle"}, Reason: "eiland"}, {Codes: map[string]string{"region": "North", "state": "ill"}, Safe: true, Reason: "bekend"},
				{Codes: map[string]string{"region": "North"}, Reason: "alles"}, {Codes: map[string]string{"region": "East"}, Safe: true, Reason: "openbaar"},
			}},
			sdc.Output{Name: "f", Kind: sdc.Magnitude, By: []string{"region", "state"}, Response: "flag", SensitiveValues: []string{"1"}},
			sdc.Output{Name: "c", Kind: sdc.Microdata, By: []string{"region", "BSN"}, Sensitive: []string{"state"}},
			sdc.Output{Name: "e", Kind: sdc.Model, Parameters: 57})
		for _, o := range r.Outputs {
			for _, f := range o.Findings {
				said[f.Rule] = true
				dutch := report.DutchFinding(&f)
				have := anyNumber.FindAllString(dutch, -1)
				for i := range have {
					have[i] = strings.NewReplacer(".", "", ",", ".").Replace(have[i])
				}
				for _, n := range anyNumber.FindAllString(f.Message.String(), -1) {
					at := slices.Index(have, n)
					if at < 0 && !(n == "0" && f.Rule == "group-remainder") { // all but 0 are all
						t.Errorf("%s: %q drops %s: %q", f.Rule, dutch, n, f.Message)
						break
					}
				}
			}
		}
	}
	for _, rule := range []string{"min-contributors", "min-holdings", "nk", "p-percent", "pq", "all-equal", "group-disclosure", "group-remainder", "zero-cells",
		"k-anonymity", "identifiers", "endpoints", "min-degrees-of-freedom", "request", "a-priori", "model"} {
		if !said[rule] {
			t.Errorf("no finding of %s", rule)
		}
	}
}

// TestCountsOfFindings: the numbers of the sentence of a group rule are data.
func TestCountsOfFindings(t *testing.T) {
	fields, rows := small(1)
	table := rows[:0:0]
	for i := range 40 {
		table = append(table, map[string]any{"id": i, "region": []string{"North", "South"}[i%2], "state": []string{"well", "ill"}[i%40/39], "x": i})
	}
	r := checked(t, fields, table, nil, sdc.CBS(), sdc.Output{Name: "a", Kind: sdc.Frequency, By: []string{"region", "state"}, Sensitive: []string{"state"}})
	var got []string
	for _, f := range r.Outputs[0].Findings {
		if f.Rule == "group-disclosure" {
			got = append(got, fmt.Sprintf("%s %d/%d", f.Cell, f.Count, f.Of))
		}
	}
	sort.Strings(got)
	want := []string{"region=*, state=well 39/40", "region=North, state=well 20/20", "region=South, state=well 19/20"}
	if !slices.Equal(got, want) {
		t.Errorf("%q, want %q", got, want)
	}
}

// TestPagesSayWhatCounts: a page without a respondent speaks of records. A table that a
// remark about the data hides is still called a table. The page of protect has the
// request and the basis of its tables; the page that leaves has not.
func TestPagesSayWhatCounts(t *testing.T) {
	fields, _ := small(0)
	var rows []map[string]any
	for i := range 1800 {
		rows = append(rows, map[string]any{"id": i, "region": []string{"North", "South"}[i%2], "state": "well", "x": i})
	}
	r := checked(t, fields, rows, nil, sdc.CBS(), sdc.Output{Name: "counts", Kind: sdc.Frequency, By: []string{"region"}})
	r.Outputs[0].Basis.Respondent, r.Data.Remarks = "", []sdc.Remark{sdc.Roles{}.NoRespondent(1800)}
	text := seen(public(t, r, "en"))
	for _, s := range []string{"Each cell shows the number of records", "no respondent column is named"} {
		if !strings.Contains(text, s) {
			t.Errorf("%q is not on the public page", s)
		}
	}
	r.Outputs[0].Basis.Respondent = "id"
	if text := seen(public(t, r, "en")); !strings.Contains(text, "Each cell shows the number of respondents") {
		t.Error("the public page does not speak of respondents")
	}
	r.Data.Remarks = append(r.Data.Remarks, sdc.Remark{Name: "populations", Verdict: sdc.Review, Message: words.Said("made for the test")})
	for lang, want := range map[string]string{"en": "a reviewer must decide about a remark on the data first", "nl": "eerst moet een beoordelaar over een opmerking over de gegevens beslissen"} {
		t.Run(lang, func(t *testing.T) {
			if text := seen(public(t, r, lang)); !strings.Contains(text, want) || strings.Contains(text, "is no table") || strings.Contains(text, "geen tabel") {
				t.Errorf("%s: the public page does not say why the table is hidden", lang)
			}
		})
	}

	p := protection(false)
	p.About = &origin.About{Title: "Illness by region", Requester: "A. de Vries"}
	r.Outputs[0].Name, r.Outputs[0].Excluded = p.Tables[0].Name, 7
	p.Outputs = r.Outputs
	for lang, want := range map[string][]string{
		"en": {"Illness by region", "A. de Vries", "What the table rests on", "1,800 counted, 7 left out for missing values", "Decision"},
		"nl": {"Illness by region", "A. de Vries", "Waar de tabel op berust", "Besluit"},
	} {
		t.Run(lang, func(t *testing.T) {
			var inside, outside bytes.Buffer
			opts := report.HTMLOptions{Lang: lang}
			if err := errors.Join(report.ProtectionHTML(&inside, p, opts), report.ReleaseHTML(&outside, p, opts)); err != nil {
				t.Fatal(err)
			}
			for _, s := range want {
				if !strings.Contains(seen(inside.String()), s) {
					t.Errorf("%s: the confidential page does not say %q", lang, s)
				}
				if strings.Contains(seen(outside.String()), s) {
					t.Errorf("%s: the page that leaves says %q", lang, s)
				}
			}
			if text := seen(inside.String()); strings.Contains(text, "number of distinct respondents") || strings.Contains(text, "aantal verschillende respondenten") {
				t.Errorf("%s: the page of a release speaks of the cells of the check", lang)
			}
		})
	}
}
