package report_test

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"html"
	"regexp"
	"strings"
	"testing"

	"github.com/apache/arrow/go/v15/arrow"
	"github.com/apache/arrow/go/v15/arrow/array"
	"github.com/apache/arrow/go/v15/arrow/memory"

	"github.com/sluis-go/sluis/sdc"
	"github.com/sluis-go/sluis/sdc/checklist"
	"github.com/sluis-go/sluis/sdc/dossier"
	"github.com/sluis-go/sluis/sdc/origin"
	"github.com/sluis-go/sluis/sdc/report"
	"github.com/sluis-go/sluis/sdc/report/words"
	"github.com/sluis-go/sluis/sdc/suggest"
)

// checked builds a table from rows of JSON objects and checks outputs on it.
func checked(t *testing.T, columns []arrow.Field, rows []map[string]any, set func(*sdc.Data), p sdc.Policy, outputs ...sdc.Output) *sdc.Report {
	t.Helper()
	mem := memory.NewCheckedAllocator(memory.NewGoAllocator())
	text, err := json.Marshal(rows)
	if err != nil {
		t.Fatal(err)
	}
	table, err := array.TableFromJSON(mem, arrow.NewSchema(columns, nil), []string{string(text)}, array.WithUseNumber())
	if err != nil {
		t.Fatal(err)
	}
	defer mem.AssertSize(t, 0)
	defer table.Release()
	d := sdc.FromTable(table)
	if set != nil {
		set(d)
	}
	r, err := sdc.Check(context.Background(), d, outputs, p, sdc.Options{Threads: 1})
	if err != nil {
		t.Fatal(err)
	}
	return r
}

func field(name string, dt arrow.DataType) arrow.Field {
	return arrow.Field{Name: name, Type: dt, Nullable: true}
}

func page(t *testing.T, r *sdc.Report, opts report.HTMLOptions) string {
	t.Helper()
	var b, again bytes.Buffer
	if err := report.HTML(&b, r, opts); err != nil {
		t.Fatal(err)
	}
	if err := report.HTML(&again, r, opts); err != nil || !bytes.Equal(b.Bytes(), again.Bytes()) {
		t.Fatalf("the page differs the second time: %v", err)
	}
	return b.String()
}

func public(t *testing.T, r *sdc.Report, lang string) string {
	t.Helper()
	var b bytes.Buffer
	if err := report.PublicHTML(&b, r, report.HTMLOptions{Lang: lang}); err != nil {
		t.Fatal(err)
	}
	return b.String()
}

var (
	blocks = regexp.MustCompile(`(?s)<(script|style)>(.*?)</(?:script|style)>`)
	tags   = regexp.MustCompile(`(?s)<[^>]*>`)
)

// seen is the text of a page.
func seen(page string) string { return tags.ReplaceAllString(blocks.ReplaceAllString(page, " "), " ") }

// small is a register with something wrong in every way: few persons, one large
// holding, lines that share a category.
func small(seed int) ([]arrow.Field, []map[string]any) {
	fields := []arrow.Field{field("id", arrow.PrimitiveTypes.Int64), field("region", arrow.BinaryTypes.String), field("state", arrow.BinaryTypes.String), field("x", arrow.PrimitiveTypes.Int64)}
	var rows []map[string]any
	for i := range 60 + seed {
		region := []string{"North", "South", "East", "West"}[i*i*(seed+3)%7%4]
		state := []string{"well", "ill", "cured"}[i*(i+seed)%11%3]
		if i%23 == 5 {
			region, state = "Isle", "rare"
		}
		x := 1009 + i*i*37
		if i%13 == 0 {
			x *= 971
		}
		rows = append(rows, map[string]any{"id": i, "region": region, "state": state, "x": x})
	}
	return fields, rows
}

// TestSelfContained: the security policy of the page names its parts by their hashes, and
// no part of the page fetches or sends data.
func TestSelfContained(t *testing.T) {
	fields, rows := small(1)
	r := checked(t, fields, rows, nil, sdc.CBS(), sdc.Output{Name: "x", Kind: sdc.Frequency, By: []string{"region", "state"}})
	for _, lang := range []string{"en", "nl"} {
		p := page(t, r, report.HTMLOptions{Lang: lang})
		found := blocks.FindAllStringSubmatch(p, -1)
		if len(found) != 3 {
			t.Fatalf("%d blocks", len(found))
		}
		for _, b := range found {
			sum := sha256.Sum256([]byte(b[2]))
			want := "'sha256-" + base64.StdEncoding.EncodeToString(sum[:]) + "'"
			escaped := strings.NewReplacer("+", "&#43;", "'", "&#39;").Replace(want)
			if !strings.Contains(p, want) && !strings.Contains(p, escaped) {
				t.Errorf("the policy does not name the %s", b[1])
			}
		}
		rest := blocks.ReplaceAllString(p, "")
		for _, bad := range []string{"http:", "https:", "//", " src=", " style=", "onclick", "@import", "url("} {
			if strings.Contains(strings.ReplaceAll(rest, "</", ""), bad) {
				t.Errorf("the page holds %q", bad)
			}
		}
		if !strings.Contains(p, "default-src &#39;none&#39;") && !strings.Contains(p, "default-src 'none'") {
			t.Error("no policy")
		}
	}
	if err := report.HTML(&bytes.Buffer{}, r, report.HTMLOptions{Lang: "fr"}); err == nil {
		t.Error("a language without words")
	}
}

// TestPublicHoldsNothing: ten unsafe outputs leave no small count, no value of a
// cell, and no observed value in the page that may leave.
func TestPublicHoldsNothing(t *testing.T) {
	number := regexp.MustCompile(`[0-9][0-9.,]*`)
	outputs := []sdc.Output{
		{Name: "states", Kind: sdc.Frequency, By: []string{"region", "state"}, Sensitive: []string{"state"}},
		{Name: "regions", Kind: sdc.Frequency, By: []string{"state", "region"}},
		{Name: "turnover", Kind: sdc.Magnitude, By: []string{"region", "state"}, Response: "x"},
		{Name: "largest", Kind: sdc.Magnitude, By: []string{"state"}, Response: "x", Statistics: []string{"max"}},
		{Name: "persons", Kind: sdc.Microdata, By: []string{"region", "state"}, Sensitive: []string{"x"}},
		{Name: "values", Kind: sdc.Microdata, By: []string{"x"}},
		{Name: "inner", Kind: sdc.Frequency, By: []string{"region", "state"}, NoMargins: true},
		{Name: "by value", Kind: sdc.Frequency, By: []string{"x"}},
		{Name: "fit", Kind: sdc.Model, Parameters: 57},
		{Name: "by person", Kind: sdc.Frequency, By: []string{"id"}},
	}
	searched := 0
	for seed := range 5 {
		fields, rows := small(seed)
		r := checked(t, fields, rows, func(d *sdc.Data) { d.Roles.Respondent = "id" }, sdc.ESSNet(), outputs...)
		secret := map[string]bool{}
		for n := range 10 {
			secret[fmt.Sprint(n)] = true
		}
		note := func(s string) {
			if len(s) > 0 && s != "10" && s != "90" && s != "95" {
				secret[strings.ReplaceAll(s, ",", "")] = true
			}
		}
		for i, o := range r.Outputs {
			if o.Verdict != sdc.Unsafe {
				t.Fatalf("%s is %v: the test wants unsafe outputs", o.Name, o.Verdict)
			}
			for _, f := range o.Findings {
				note(fmt.Sprint(f.Observed))
			}
			for c := range r.Tables[i].Cells() {
				note(fmt.Sprint(c.Records()))
				note(fmt.Sprint(c.Respondents()))
				note(c.SumText())
				for _, x := range c.Top() {
					note(x.RatString())
				}
			}
		}
		for _, lang := range []string{"en", "nl"} {
			digest := `<code class="hash">` + r.Policy.SHA256 + `</code>`
			whole := public(t, r, lang)
			if !strings.Contains(whole, digest) {
				t.Error("the public page does not have the digest of the policy")
			}
			text := seen(strings.ReplaceAll(whole, digest, ""))
			for _, n := range number.FindAllString(text, -1) {
				searched++
				n = strings.NewReplacer(",", "", ".", "").Replace(n)
				if secret[n] {
					t.Errorf("seed %d, %s: the public page holds %s", seed, lang, n)
				}
			}
			for _, code := range []string{"North", "well", "ill"} {
				if strings.Contains(text, code) {
					t.Errorf("seed %d, %s: the public page holds the code %s", seed, lang, code)
				}
			}
			if full := seen(page(t, r, report.HTMLOptions{Lang: lang})); !strings.Contains(full, "North") || !number.MatchString(full) {
				t.Error("the confidential page holds nothing: the test looks at the wrong thing")
			}
		}
	}
	if searched == 0 {
		t.Error("no number was looked at")
	}
}

// TestPublicShowsSafe: only a table without findings may leave.
func TestPublicShowsSafe(t *testing.T) {
	fields, _ := small(0)
	var many []map[string]any
	for i := range 1800 {
		many = append(many, map[string]any{"id": i, "region": []string{"North", "South"}[i%2], "state": []string{"well", "ill", "cured"}[i%3], "x": 100 + i})
	}
	outputs := []sdc.Output{
		{Name: "states", Kind: sdc.Frequency, By: []string{"region", "state"}},
		{Name: "by person", Kind: sdc.Frequency, By: []string{"id"}},
	}
	r := checked(t, fields, many, nil, sdc.CBS(), outputs...)
	text := seen(public(t, r, "en"))
	if r.Outputs[0].Verdict != sdc.Safe || !strings.Contains(text, "North") || !strings.Contains(text, "1,800") {
		t.Errorf("%v: the safe table is not there: %s", r.Outputs[0].Verdict, text)
	}
	// A cell that was set safe by hand keeps the table inside.
	outputs[0].APriori = []sdc.APriori{{Codes: map[string]string{"region": "North"}, Safe: true, Reason: "known"}}
	few := append([]map[string]any{}, many...)
	few = append(few, map[string]any{"id": -1, "region": "North", "state": "rare", "x": 1})
	outputs[0].APriori[0].Codes = map[string]string{"state": "rare"}
	r = checked(t, fields, few, nil, sdc.CBS(), outputs...)
	if text := seen(public(t, r, "en")); strings.Contains(text, "rare") {
		t.Error("a table with a small cell left, since it was set safe by hand")
	}
}

// TestHostileCodes: any codes of the data are shown as text.
func TestHostileCodes(t *testing.T) {
	codes := []string{
		`<script>alert(1)</script>`, `"><img src=x onerror=alert(1)>`, `'; alert(1); '`, `</style><script>x</script>`, `{{.Policy}}`,
		"\u202egnp.exe", "\u05d0\u200f\u05d1", strings.Repeat("long", 2500), `=HYPERLINK("http://x";"y")`, "@SUM(1)", "-2+3", "\ttab", "<!--", "]]>", "\x00",
		"javascript:alert(1)", `&lt;b&gt;`, "a\u2028b",
	}
	var rows []map[string]any
	for i, c := range codes {
		for k := range 3 + i%4 {
			rows = append(rows, map[string]any{"code": c, "kind": codes[(i+k)%len(codes)], "x": k})
		}
	}
	name := `<b>out</b>` + "\u202e"
	fields := []arrow.Field{field("code", arrow.BinaryTypes.String), field("kind", arrow.BinaryTypes.String), field("x", arrow.PrimitiveTypes.Int64)}
	r := checked(t, fields, rows, nil, sdc.CBS(),
		sdc.Output{Name: name, Kind: sdc.Frequency, By: []string{"code", "kind"}},
		sdc.Output{Name: `"quoted"`, Kind: sdc.Magnitude, By: []string{"code"}, Response: "x"},
		sdc.Output{Name: "file", Kind: sdc.Microdata, By: []string{"code"}, Sensitive: []string{"kind"}})
	p := page(t, r, report.HTMLOptions{})
	rest := blocks.ReplaceAllString(p, "")
	for _, bad := range []string{"<script", "<img", "<b>out", "<!--", "\u202e", "\u200f", "\u2028", "\x00", `href="javascript`, strings.Repeat("long", 200)} {
		if strings.Contains(rest, bad) {
			t.Errorf("the page holds %.40q", bad)
		}
	}
	for _, want := range []string{"&lt;script&gt;alert(1)&lt;/script&gt;", "\u27e8U&#43;202E\u27e9gnp.exe", "{{.Policy}}", "[10000, #"} {
		if !strings.Contains(html.UnescapeString(rest), html.UnescapeString(want)) {
			t.Errorf("the page does not show %q", want)
		}
	}
	if n := strings.Count(p, "<script>"); n != 2 {
		t.Errorf("%d scripts", n)
	}
	public(t, r, "nl")
}

// TestManyFindings: the page holds the worst ten thousand and says how many
// there are.
func TestManyFindings(t *testing.T) {
	var rows []map[string]any
	for i := range 10_200 {
		rows = append(rows, map[string]any{"a": i % 3400, "b": fmt.Sprint(i % 3), "id": i})
	}
	fields := []arrow.Field{field("a", arrow.PrimitiveTypes.Int64), field("b", arrow.BinaryTypes.String), field("id", arrow.PrimitiveTypes.Int64)}
	r := checked(t, fields, rows, nil, sdc.CBS(), sdc.Output{Name: "many", Kind: sdc.Frequency, By: []string{"a", "b"}})
	n := len(r.Outputs[0].Findings)
	p := page(t, r, report.HTMLOptions{})
	if got := strings.Count(p, `<td data-v="unsafe">`) + strings.Count(p, `<td data-v="review">`); got != 10_000 {
		t.Errorf("%d findings on the page", got)
	}
	if more := fmt.Sprintf("%d,%03d more findings", (n-10_000)/1000, (n-10_000)%1000); !strings.Contains(p, more) {
		t.Errorf("the page does not say %q", more)
	}
	if p = page(t, r, report.HTMLOptions{Cells: 100}); !strings.Contains(p, "are not drawn here") {
		t.Error("the page does not say that it leaves cells out")
	}
}

// TestDutchPage: for any findings, changes of a policy and missing steps of a dossier,
// the Dutch page has no English text.
func TestDutchPage(t *testing.T) {
	fields, rows := small(2)
	fields = append(fields, field("asked", arrow.FixedWidthTypes.Boolean), field("BSN", arrow.PrimitiveTypes.Int64))
	for i := range rows {
		rows[i]["asked"], rows[i]["BSN"] = i%5 == 0, i
		if i%7 == 0 {
			rows[i]["x"] = -40 - i
		}
	}
	p := sdc.CBS()
	p.PPercent, p.PQ = sdc.PPercent{P: "10"}, sdc.PQ{P: "10", Q: "50"}
	p.GroupRemainder, p.Request = sdc.GroupRemainder{K: 1}, sdc.Request{Percent: "1"}
	p.MinContributors.Min, p.RequireDossier = 20, true
	outputs := []sdc.Output{
		{Name: "a", Kind: sdc.Frequency, By: []string{"region", "state"}, Sensitive: []string{"state"}},
		{Name: "b", Kind: sdc.Magnitude, By: []string{"region", "state"}, Response: "x", Statistics: []string{"sum", "min", "max", "range"}, APriori: []sdc.APriori{
			{Codes: map[string]string{"region": "Isle"}, Reason: "eiland"}, {Codes: map[string]string{"region": "North", "state": "ill"}, Safe: true, Reason: "bekend"},
		}},
		{Name: "c", Kind: sdc.Microdata, By: []string{"region", "BSN"}, Sensitive: []string{"state"}},
		{Name: "d", Kind: sdc.Microdata, By: []string{"region", "id"}},
		{Name: "e", Kind: sdc.Model, Parameters: 57},
	}
	said := map[string]bool{}
	for _, state := range []*checklist.State{nil, {Missing: []string{"8, controller"}}} {
		for _, policy := range []sdc.Policy{p, sdc.CBS()} {
			r := checked(t, fields, rows, func(d *sdc.Data) { d.Roles.Request, d.Dossier = "asked", state }, policy, outputs...)
			(&dossier.Dossier{}).Compare(r, dossier.Reading{})
			r.Refuse("dossier", words.New(words.DossierContradicted, words.TextOf("5, minimisation")))
			r.Manifest = &origin.Manifest{Tool: origin.Tool{Name: "sluis", Version: "v9", Modified: true}, Inputs: []origin.Source{{Name: "spec.yaml", SHA256: "5pec"}}}
			for _, o := range r.Outputs {
				for _, f := range o.Findings {
					said[f.Rule] = true
				}
			}
			opts := report.HTMLOptions{Suggestions: []suggest.Suggestion{
				{Verdict: sdc.Safe, Changes: []suggest.Change{{Variable: "region", Level: 1}, {Variable: "state", Fold: []string{"ill", "well"}}, {Variable: "x"}}},
				{Verdict: sdc.Safe, Suppress: &suggest.Suppression{Cells: 3, Share: 1.5, Records: true}}, {Verdict: sdc.Review, Round: 10},
			}}
			en := page(t, r, opts)
			opts.Lang = "nl"
			nl := page(t, r, opts)
			english(t, en, nl)
			if !strings.Contains(nl, "5pec") || !strings.Contains(nl, "sluis v9 (") || strings.Contains(public(t, r, "nl"), "5pec") {
				t.Error("what the report was made with")
			}
			english(t, public(t, r, "en"), public(t, r, "nl"))
		}
	}
	for _, rule := range []string{
		"min-contributors", "nk", "p-percent", "pq", "group-disclosure", "group-remainder", "request", "identifiers", "endpoints", "k-anonymity",
		"zero-cells", "min-degrees-of-freedom", "a-priori", "dossier",
	} {
		if !said[rule] {
			t.Errorf("no finding of %s: the test does not see its sentence", rule)
		}
	}
}

// codes are names of rules, thresholds and figures, as in files.
var codes = regexp.MustCompile(`(?s)<code.*?</code>|<option.*?</option>`)

var word = regexp.MustCompile(`[A-Za-z]{2,}`)

// english fails for English text on a Dutch page: text that is marked as English, and
// text of three words or more that the English page has too.
func english(t *testing.T, en, nl string) {
	t.Helper()
	if at := strings.Index(nl, ` lang="en"`); at >= 0 {
		t.Errorf("the Dutch page says in English: %.200s", nl[at:])
	}
	texts := func(page string) map[string]bool {
		out := map[string]bool{}
		for _, s := range tags.Split(codes.ReplaceAllString(blocks.ReplaceAllString(page, " "), " "), -1) {
			if s = strings.TrimSpace(s); len(word.FindAllString(s, -1)) >= 3 {
				out[s] = true
			}
		}
		return out
	}
	both := texts(en)
	for s := range texts(nl) {
		if both[s] && !strings.Contains(s, "&") { // a code of the data
			t.Errorf("not in Dutch: %.200s", s)
		}
	}
}

// TestDossierPage: for every step the page has the title, the question, the law, the
// possible proof, and the answers of persons, in both languages.
func TestDossierPage(t *testing.T) {
	fields, rows := small(2)
	r := checked(t, fields, rows, nil, sdc.CBS(), sdc.Output{Name: "e", Kind: sdc.Model, Parameters: 2})
	d := &dossier.Dossier{
		Sources: []dossier.Source{{File: "drugs.csv", Origin: dossier.Supplied, Law: "police",
			Responsible: dossier.Entry{Text: "korpschef\u202e", By: "A. Jansen"}, Permission: dossier.Entry{Text: "Bpg 4:7 <b>", By: "B. de Wit", Date: "2026-01-20"}}},
		Answers:    map[string]dossier.Entry{"anonymous": {Text: "the table lacks ages", By: "me", Answer: "no"}},
		Evaluation: map[string]dossier.Entry{"yield": {Text: "it was", By: "me"}},
	}
	d.Compare(r, dossier.Reading{})
	en, nl := page(t, r, report.HTMLOptions{}), page(t, r, report.HTMLOptions{Lang: "nl"})
	for _, s := range r.Dossier {
		for _, x := range []struct{ page, lang, title, question, law, can, why string }{
			{en, "en", s.Title, s.Question, s.Article, s.Can, s.Why}, {nl, "nl", s.Dutch.Title, s.Dutch.Question, s.Dutch.Article, s.Dutch.Can, s.Dutch.Why},
		} {
			for _, want := range []string{x.title, x.question, x.law, x.can, x.why} {
				if !strings.Contains(x.page, html.EscapeString(want)) {
					t.Errorf("%s, step %d: the page does not have %q", x.lang, s.Step, want)
				}
			}
		}
	}
	for _, want := range []string{"the table lacks ages", "A. Jansen", "korpschef\u27e8U&#43;202E\u27e9", "Bpg 4:7 &lt;b&gt;", "B. de Wit", "2026-01-20", "drugs.csv", "it was"} {
		if !strings.Contains(en, want) || !strings.Contains(nl, want) {
			t.Errorf("a page does not have %q", want)
		}
	}
	if !strings.Contains(en, "no: <bdi>the table") || !strings.Contains(nl, "nee: <bdi>the table") {
		t.Error("yes or no of step 3")
	}
	if !strings.Contains(nl, "Woog de opbrengst") || strings.Contains(public(t, r, "nl"), "korpschef") {
		t.Error("the question of an answer, or an answer on the page that leaves")
	}
}
