package main

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// TestPages: the pages are written where they are asked for, in the language
// that is asked for, and a code that a spreadsheet would run is defused.
func TestPages(t *testing.T) {
	people := strings.ReplaceAll(people(36), ",a,", ",\"=HYPERLINK(\"\"x\"\")\",")
	dir := folder(t, "people.csv", people, "spec.yaml", peopleSpec)
	at := func(name string) string { return filepath.Join(dir, name) }
	status, out, stderr := sluis(t, "check", at("spec.yaml"), "--out", at("out"), "--public", at("public.html"), "--lang", "nl")
	if status != 3 || !strings.Contains(out, "report.html") {
		t.Fatalf("status %d: %s%s", status, out, stderr)
	}
	for name, want := range map[string]string{
		"out/report.html": "VERTROUWELIJK", "public.html": "Openbare samenvatting", "out/cells.csv": `"'=HYPERLINK(""x"")"`,
	} {
		t.Run(name, func(t *testing.T) {
			text, err := os.ReadFile(at(name))
			if err != nil || !strings.Contains(string(text), want) {
				t.Errorf("%s does not hold %q: %v", name, want, err)
			}
			if info, err := os.Stat(at(name)); err != nil || info.Mode().Perm() != 0o600 {
				t.Errorf("%s: %v", name, info.Mode())
			}
		})
	}
	if text, _ := os.ReadFile(at("public.html")); strings.Contains(string(text), "HYPERLINK") { //nolint:errcheck // read above
		t.Error("a code of an unsafe output is in the public page")
	}
	if status, _, _ := sluis(t, "check", at("spec.yaml"), "--lang", "fr"); status != 2 {
		t.Errorf("a language that is not there: status %d", status)
	}
}

// TestSuggest: what is suggested, put into the spec, does as it says.
func TestSuggest(t *testing.T) {
	dir := folder(t, "people.csv", people(36), "spec.yaml", peopleSpec, "better.yaml", strings.Replace(peopleSpec, "[region, sex]", "[region]", 1))
	at := func(name string) string { return filepath.Join(dir, name) }
	status, out, stderr := sluis(t, "check", at("spec.yaml"), "--suggest", "--html", at("r.html"))
	if status != 3 || !strings.Contains(out, `counts: safe if without "sex" (3 of 9 cells left)`) {
		t.Errorf("status %d: %s%s", status, out, stderr)
	}
	if text, err := os.ReadFile(at("r.html")); err != nil || !strings.Contains(string(text), "What would do") {
		t.Errorf("the page does not suggest: %v", err)
	}
	if status, out, _ := sluis(t, "check", at("better.yaml")); status != 0 {
		t.Errorf("applied: status %d: %s", status, out)
	}
}

// TestProtectPages: the confidential page has what is behind the suppressed
// cells; of these the public one has nothing, in any way of writing a number.
func TestProtectPages(t *testing.T) {
	dir := protectData(t)
	at := func(name string) string { return filepath.Join(dir, name) }
	for _, lang := range []string{"en", "nl"} {
		code, text := verb(t, "protect", at("spec.yaml"), "--out", at("out"), "--html", at("inside.html"), "--public", at("outside.html"), "--lang", lang, "--replace")
		if code != 0 {
			t.Fatalf("exit status %d: %s", code, text)
		}
		inside, outside := readFile(t, at("inside.html")), readFile(t, at("outside.html"))
		if hits := suppressedSums(t, dir, at("out"), inside); hits < 10 {
			t.Errorf("%s: %d suppressed sums on the confidential page: the test looks for the wrong thing", lang, hits)
		}
		if hits := suppressedSums(t, dir, at("out"), outside); hits > 0 {
			t.Errorf("%s: %d suppressed sums on the public page", lang, hits)
		}
		marks := 0
		for _, name := range []string{"n", "m", "turnover"} {
			marks += strings.Count(readFile(t, at("out/release/"+name+".release.csv")), ",,C,3")
		}
		if got := strings.Count(outside, `<td class="review">`); got != marks || marks == 0 {
			t.Errorf("%s: %d suppressed cells on the public page, %d in the releases", lang, got, marks)
		}
		if strings.Contains(outside, `class="unsafe"`) || strings.Contains(outside, "<button") {
			t.Errorf("%s: the public page tells suppressed cells apart", lang)
		}
	}
	// Where nothing can be released there is no page.
	if code, _ := verb(t, "protect", at("spec.yaml"), "--out", at("none"), "--count", "respondent", "--html", at("none.html")); code != 2 {
		t.Errorf("exit status %d", code)
	}
	if _, err := os.Stat(at("none.html")); err == nil {
		t.Error("a page of a failure")
	}
}

// suppressedSums counts the suppressed sums of turnover that a text holds.
func suppressedSums(t *testing.T, dir, out, text string) int {
	t.Helper()
	sums := turnoverSums(t, dir)
	digits := strings.NewReplacer(",", "", ".", "").Replace(text)
	n := 0
	for line := range strings.Lines(readFile(t, filepath.Join(out, "release", "turnover.release.csv"))) {
		key, hidden := strings.CutSuffix(strings.TrimSpace(line), ",,C,3")
		if hidden && sums[key] != 0 && strings.Contains(digits, fmt.Sprint(sums[key])) {
			n++
		}
	}
	return n
}

// TestRiskPage: every figure that there is, in both languages; names of the data
// are text; in Dutch nothing is said in English.
func TestRiskPage(t *testing.T) {
	hostile := strings.Replace(strings.ReplaceAll(guide, "Rural", "<script>alert(1)</script>"), "Gender", "<b>Gender", 1)
	hostile = personEach(hostile)
	dir := folder(t, "guide.csv", hostile, "id.csv", hostile)
	in, page := filepath.Join(dir, "guide.csv"), filepath.Join(dir, "r.html")
	pages := map[string]string{}
	for _, lang := range []string{"en", "nl"} {
		if status, _, errs := sluis(t, "risk", in, "--keys", strings.Replace(guideKeys, "Gender", "<b>Gender", 1), "--weight", "w", "--respondent", "person",
			"--household", "w", "--sensitive", "Health", "--population", filepath.Join(dir, "id.csv"), "--fraction", "0.1", "--k", "7", "--l", "2", "--t", "0.1",
			"--alpha", "0.9", "--beta", "1", "--delta", "1", "--c", "2", "--combinations", "2", "--html", page, "--lang", lang,
			"--json", filepath.Join(dir, "r.json")); status != 3 {
			t.Fatal(status, errs)
		}
		pages[lang] = readFile(t, page)
		if strings.Count(pages[lang], "<script>") != 2 || !strings.Contains(pages[lang], "&lt;script&gt;alert(1)") || strings.Contains(pages[lang], "<b>Gender") {
			t.Errorf("%s: names of the data are not text", lang)
		}
		for _, want := range []string{"population_uniques_dankar", "k_map", "household_risk", "l_entropy", "<svg"} {
			if !strings.Contains(pages[lang], want) {
				t.Errorf("%s: the page does not have %s", lang, want)
			}
		}
	}
	if !strings.Contains(pages["en"], "respondents with f_k = 1") || !strings.Contains(pages["nl"], "VERTROUWELIJK") {
		t.Error("the languages are mixed up")
	}
	if at := strings.Index(pages["nl"], ` lang="en"`); at > 0 {
		t.Errorf("the Dutch page says in English: %.200s", pages["nl"][at:])
	}
	if status, _, _ := sluis(t, "risk", in, "--keys", "Residence", "--lang", "de"); status != 2 {
		t.Errorf("a language that is not there: status %d", status)
	}
}

// TestProtectDefuses: a code that a spreadsheet would run leaves as text, and what
// leaves is verified all the same.
func TestProtectDefuses(t *testing.T) {
	dir := protectData(t)
	data := readFile(t, filepath.Join(dir, "d.csv"))
	for code, hostile := range map[string]string{"\nr0,": "\n=HYPERLINK(1),", "\nr1,": "\n'=HYPERLINK(1),", "\nr2,": "\n-2+3,", "\nr3,": "\n-7,", ",k1,": ",@SUM(1),", "region,": "+region,"} {
		data = strings.ReplaceAll(data, code, hostile)
	}
	write(t, filepath.Join(dir, "d.csv"), data)
	spec := strings.ReplaceAll(readFile(t, filepath.Join(dir, "spec.yaml")), "region", "+region")
	write(t, filepath.Join(dir, "spec.yaml"), spec)
	out := filepath.Join(dir, "out")
	if code, text := verb(t, "protect", filepath.Join(dir, "spec.yaml"), "--out", out, "--public", filepath.Join(dir, "public.html")); code != 0 {
		t.Fatalf("exit status %d: %s", code, text)
	}
	if code, text := verb(t, "verify", out); code != 0 {
		t.Fatalf("exit status %d: %s", code, text)
	}
	csv := readFile(t, filepath.Join(out, "release", "turnover.release.csv"))
	for _, want := range []string{"'+region,", "\n'=HYPERLINK(1),", "\n''=HYPERLINK(1),", "\n'-2+3,", "\n-7,", ",'@SUM(1),"} {
		if !strings.Contains(csv, want) {
			t.Errorf("the release does not hold %q", want)
		}
	}
	for line := range strings.Lines(csv) {
		if strings.IndexAny(line, "=+@") == 0 || strings.Contains(line, ",@") {
			t.Errorf("a spreadsheet would run %q", line)
		}
	}
	if page := readFile(t, filepath.Join(dir, "public.html")); !strings.Contains(page, "<bdi>=HYPERLINK(1)</bdi>") {
		t.Error("the page does not show the code as it is")
	}
}
