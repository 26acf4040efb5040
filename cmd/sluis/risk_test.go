package main

import (
	"context"
	"encoding/json"
	"flag"
	"math/rand/v2"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/sluis-go/sluis/sdc/report"
	"github.com/sluis-go/sluis/sdc/source"
)

var update = flag.Bool("update", false, "write the golden files")

// guide is table 4.1 of the SDC Practice Guide (Benschop, Machingauta and Welch,
// https://sdcpractice.readthedocs.io), with the sensitive variable and the
// weights of its example.
const guide = `Residence,Gender,Education,Labor,Health,w
Urban,Female,Secondary incomplete,Employed,yes,180
Urban,Female,Secondary incomplete,Employed,yes,180
Urban,Female,Primary incomplete,Non-LF,yes,215
Urban,Male,Secondary complete,Employed,yes,76
Rural,Female,Secondary complete,Unemployed,yes,186
Urban,Male,Secondary complete,Employed,no,76
Urban,Female,Primary complete,Non-LF,no,180
Urban,Male,Post-secondary,Unemployed,yes,215
Urban,Female,Secondary incomplete,Non-LF,no,186
Urban,Female,Secondary incomplete,Non-LF,yes,76
`

const guideKeys = "Residence,Gender,Education,Labor"

func golden(t *testing.T, name, got string) {
	t.Helper()
	path := filepath.Join("testdata", name)
	if *update {
		if err := os.WriteFile(path, []byte(got), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(string(want), got); diff != "" {
		t.Error(diff)
	}
}

func readFile(t *testing.T, path string) string {
	t.Helper()
	info, err := os.Stat(path)
	if err != nil {
		t.Fatal(err)
	}
	if info.Mode().Perm() != 0o600 {
		t.Errorf("%s has mode %v", filepath.Base(path), info.Mode().Perm())
	}
	b, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	return string(b)
}

// TestRiskGolden: the frequencies, weights and numbers of distinct values are
// those of the guide's table.
func TestRiskGolden(t *testing.T) {
	dir := folder(t, "guide.csv", guide)
	in, csvOut, jsonOut := filepath.Join(dir, "guide.csv"), filepath.Join(dir, "r.csv"), filepath.Join(dir, "r.json")
	status, out, errs := sluis(t, "risk", in, "--keys", guideKeys, "--weight", "w", "--sensitive", "Health",
		"--k", "2", "--l", "2", "--combinations", "2", "--records", csvOut, "--json", jsonOut)
	if status != 3 || errs != "" {
		t.Fatalf("status %d, %s", status, errs)
	}
	golden(t, "risk.txt", strings.ReplaceAll(out, dir+string(filepath.Separator), ""))
	golden(t, "risk.records.csv", readFile(t, csvOut))
	golden(t, "risk.json", readFile(t, jsonOut))
}

// TestRiskFormats: CSV with any delimiter, Parquet and IPC give the same bytes.
func TestRiskFormats(t *testing.T) {
	dir := folder(t, "a.csv", guide, "b.csv", strings.ReplaceAll(guide, ",", ";"), "c.csv", strings.ReplaceAll(guide, ",", "\t"))
	names := []string{"a.csv", "b.csv", "c.csv"}
	for _, ext := range []string{".parquet", ".arrow", ".arrows"} {
		convert(t, filepath.Join(dir, "a.csv"), filepath.Join(dir, "d"+ext))
		names = append(names, "d"+ext)
	}
	want := ""
	for _, name := range names {
		out := filepath.Join(dir, "r.csv")
		if status, _, errs := sluis(t, "risk", filepath.Join(dir, name), "--keys", guideKeys, "--weight", "w", "--sensitive", "Health", "--records", out); status != 0 {
			t.Fatal(name, status, errs)
		}
		got := readFile(t, out)
		if want == "" {
			want = got
		}
		if got != want {
			t.Errorf("%s: %s", name, cmp.Diff(want, got))
		}
		back := filepath.Join(dir, "r.parquet")
		if status, _, errs := sluis(t, "risk", filepath.Join(dir, name), "--keys", guideKeys, "--weight", "w", "--sensitive", "Health", "--records", back); status != 0 {
			t.Fatal(name, status, errs)
		}
		convert(t, back, out)
		if got := readFile(t, out); got != want {
			t.Errorf("%s through Parquet: %s", name, cmp.Diff(want, got))
		}
	}
}

func convert(t *testing.T, from, to string) {
	t.Helper()
	src, err := source.Open(context.Background(), []string{from}, source.Options{CSV: source.CSVOptions{Infer: true}})
	if err != nil {
		t.Fatal(err)
	}
	defer src.Close()
	r, err := src.Reader(context.Background(), nil)
	if err != nil {
		t.Fatal(err)
	}
	defer r.Release()
	w, err := source.Create(to, r.Schema(), source.WriterOptions{})
	if err != nil {
		t.Fatal(err)
	}
	for r.Next() {
		if err := w.Write(r.Record()); err != nil {
			t.Fatal(err)
		}
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
}

// TestRiskOrder: every record keeps its risks when the file is shuffled.
func TestRiskOrder(t *testing.T) {
	lines := strings.Split(strings.TrimSpace(guide), "\n")
	lines[4] = strings.Replace(lines[4], "Urban", "", 1)
	rows := make([]int, len(lines)-1)
	for i := range rows {
		rows[i] = i
	}
	risks := func(policy string) map[int]string {
		dir := t.TempDir()
		text := lines[0] + "\n"
		for _, i := range rows {
			text += lines[i+1] + "\n"
		}
		if err := os.WriteFile(filepath.Join(dir, "x.csv"), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		out := filepath.Join(dir, "r.csv")
		if status, _, errs := sluis(t, "risk", filepath.Join(dir, "x.csv"), "--keys", guideKeys, "--weight", "w", "--sensitive", "Health", "--missing", policy, "--records", out); status != 0 {
			t.Fatal(errs)
		}
		got := map[int]string{}
		for at, line := range strings.Split(strings.TrimSpace(readFile(t, out)), "\n")[1:] {
			_, rest, _ := strings.Cut(line, ",")
			got[rows[at]] = rest
		}
		return got
	}
	rng := rand.New(rand.NewPCG(3, 3))
	for _, policy := range []string{"category", "exclude", "wildcard", "sdcmicro(0.5)"} {
		slices.Sort(rows)
		want := risks(policy)
		if excluded := strings.HasPrefix(want[3], ","); excluded != (policy == "exclude") {
			t.Errorf("%s: the record with a null has %q", policy, want[3])
		}
		rng.Shuffle(len(rows), func(i, j int) { rows[i], rows[j] = rows[j], rows[i] })
		if diff := cmp.Diff(want, risks(policy)); diff != "" {
			t.Errorf("%s: %s", policy, diff)
		}
	}
}

// TestRiskReview: a limit that says nothing of some records is not called safe.
func TestRiskReview(t *testing.T) {
	dir := folder(t, "left.csv", "a,b,s\n1,,x\n2,,y\n,3,x\n", "some.csv", "a,b,s\n1,1,x\n1,1,y\n,3,x\n",
		"blank.csv", "a,b,s\n1,1,\n1,1,\n2,1,x\n2,1,y\n2,1,z\n", "whole.csv", "a,b,s\n1,1,x\n1,1,y\n2,1,x\n2,1,y\n",
		"nulls.csv", "a,b,s\n1,1,x\n,1,y\n,1,z\n")
	for _, tc := range []struct {
		file   string
		args   []string
		status int
		say    string
	}{
		{"left.csv", []string{"--missing", "exclude", "--k", "2", "--sensitive", "s", "--t", "0.9"}, 4, "records left out for nulls in keys: 3"},
		{"some.csv", []string{"--missing", "exclude", "--k", "2"}, 4, "REVIEW, if every row is a person: k-anonymity"},
		{"some.csv", []string{"--missing", "exclude", "--k", "3"}, 3, "records left out for nulls in keys: 1"},
		{"nulls.csv", []string{"--missing", "wildcard", "--combinations", "2", "--min-count", "2"}, 4, "REVIEW, if every row is a person: every combination of at most 2 keys without what nulls may stand for"},
		{"nulls.csv", []string{"--missing", "wildcard", "--combinations", "2", "--min-count", "1"}, 0, "SAFE, if every row is a person: every combination of at most 2 keys without"},
		{"nulls.csv", []string{"--missing", "wildcard", "--combinations", "2", "--min-count", "4"}, 3, "UNSAFE"},
		{"some.csv", []string{"--missing", "exclude"}, 0, "records left out for nulls in keys: 1"},
		{"some.csv", []string{"--missing", "category", "--k", "1"}, 0, "SAFE, if every row is a person: k-anonymity"},
		{"blank.csv", []string{"--k", "2", "--sensitive", "s", "--t", "0.9"}, 4, "REVIEW, if every row is a person: s, t-closeness"},
		{"blank.csv", []string{"--k", "2", "--sensitive", "s", "--alpha", "0.5"}, 4, "records in classes without a value of s: 2"},
		{"blank.csv", []string{"--k", "2", "--sensitive", "s", "--l", "2", "--alpha", "0.5"}, 3, "UNSAFE: s, l-diversity"},
		{"blank.csv", []string{"--k", "2", "--sensitive", "s"}, 0, "SAFE, if every row is a person: k-anonymity"},
		{"whole.csv", []string{"--k", "2", "--sensitive", "s", "--l", "2", "--alpha", "0.5", "--t", "0"}, 0, "SAFE, if every row is a person: s, t-closeness"},
	} {
		t.Run(tc.file, func(t *testing.T) {
			for _, lang := range []string{"en", "nl"} {
				page := filepath.Join(dir, "page.html")
				status, out, errs := sluis(t, append([]string{"risk", filepath.Join(dir, tc.file), "--keys", "a,b", "--html", page, "--lang", lang}, tc.args...)...)
				if status != tc.status || !strings.Contains(out, tc.say) {
					t.Errorf("%s %v: status %d, %s%s", tc.file, tc.args, status, out, errs)
				}
				badge := map[string]string{"en": "review", "nl": "beoordelen"}[lang]
				if shown := strings.Contains(readFile(t, page), badge+"</span>"); status != 3 && shown != (status == 4) {
					t.Errorf("%s %v: the page in %s shows %q: %v", tc.file, tc.args, lang, badge, shown)
				}
				if err := os.Remove(page); err != nil {
					t.Fatal(err)
				}
			}
		})
	}
}

// TestRiskErrors: wrong usage has status 2, bad data 1, and nothing is written.
func TestRiskErrors(t *testing.T) {
	const secret = "SECRET"
	data := "a,b,w,s\nSECRET,1,5,x\ny,2,5,x\n"
	dir := folder(t, "ok.csv", data,
		"null.csv", strings.Replace(data, "y,2", ",2", 1),
		"zero.csv", strings.Replace(data, "y,2,5", "y,2,0", 1),
		"weight.csv", strings.Replace(data, "y,2,5", "y,2,", 1),
		"text.csv", strings.Replace(data, "y,2,5", "y,2,SECRET", 1))
	for _, tc := range []struct {
		file   string
		args   []string
		status int
		says   string
	}{
		{"ok.csv", []string{}, 2, "--keys is required"},
		{"ok.csv", []string{"--keys", "a,nobody"}, 2, `"nobody"`},
		{"ok.csv", []string{"--keys", "a,a"}, 2, "twice"},
		{"ok.csv", []string{"--keys", "a,"}, 2, "empty name"},
		{"ok.csv", []string{"--keys", "a", "--missing", "guess"}, 2, "policy for missing values"},
		{"ok.csv", []string{"--keys", "a", "--missing", "sdcmicro(2)"}, 2, "policy for missing values"},
		{"ok.csv", []string{"--keys", "a", "--model", "guess"}, 2, "--model"},
		{"ok.csv", []string{"--keys", "a", "--l", "2"}, 2, "--sensitive"},
		{"ok.csv", []string{"--keys", "a", "--sensitive", "a"}, 2, "is a key"},
		{"ok.csv", []string{"--keys", "a", "--type", "b=int64"}, 2, "--type"},
		{"ok.csv", []string{"--keys", "a", "--at-risk", "NaN"}, 2, "--at-risk"},
		{"ok.csv", []string{"--keys", "a", "--delimiter", "ab"}, 2, "one character"},
		{"none.csv", []string{"--keys", "a"}, 1, "none.csv"},
		{"null.csv", []string{"--keys", "a,b"}, 1, `column "a", row 2: null`},
		{"zero.csv", []string{"--keys", "b", "--weight", "w"}, 1, `column "w", row 2`},
		{"ok.csv", []string{"--keys", "a", "--sensitive", "s", "--distance", "ordered"}, 2, "--order 's=least<...<largest'"},
		{"ok.csv", []string{"--keys", "a", "--sensitive", "s", "--distance", "ordered", "--order", "s=p<q"}, 2, "misses a value"},
		{"ok.csv", []string{"--keys", "a", "--sensitive", "s", "--order", "s=x<y"}, 2, "--distance ordered"},
		{"ok.csv", []string{"--keys", "a", "--sensitive", "s", "--distance", "ordered", "--order", "t=x<y"}, 2, "names a sensitive variable"},
		{"ok.csv", []string{"--keys", "b", "--respondent", "a", "--population", "POP"}, 1, "POP"},
		{"weight.csv", []string{"--keys", "b", "--weight", "w"}, 1, `column "w", row 2`},
		{"text.csv", []string{"--keys", "b", "--weight", "w"}, 1, `column "w"`},
		{"null.csv", []string{"--keys", "b", "--household", "a"}, 1, `column "a", row 2`},
	} {
		t.Run(tc.file, func(t *testing.T) {
			out := filepath.Join(dir, "out.csv")
			status, stdout, errs := sluis(t, append([]string{"risk", filepath.Join(dir, tc.file), "--records", out, "--json", out + ".json"}, tc.args...)...)
			if status != tc.status || !strings.Contains(errs, tc.says) || strings.Contains(errs, secret) || stdout != "" {
				t.Errorf("%s %v: status %d, %q", tc.file, tc.args, status, errs)
			}
			for _, name := range []string{out, out + ".json"} {
				if _, err := os.Stat(name); err == nil {
					t.Errorf("%s %v left a file behind", tc.file, tc.args)
				}
			}
		})
	}
}

// TestRiskFiguresAreDefined: every figure of a report with everything in it has
// a definition, and docs/risk.md knows it.
func TestRiskFiguresAreDefined(t *testing.T) {
	dir := folder(t, "guide.csv", personEach(guide), "id.csv", personEach(guide))
	in, out := filepath.Join(dir, "guide.csv"), filepath.Join(dir, "r.json")
	if status, _, errs := sluis(t, "risk", in, "--keys", guideKeys, "--weight", "w", "--respondent", "person", "--household", "w", "--sensitive", "Health",
		"--population", filepath.Join(dir, "id.csv"), "--fraction", "0.1", "--k", "7", "--json", out); status != 3 {
		t.Fatal(status, errs)
	}
	var r report.Risk
	if err := json.Unmarshal([]byte(numbers.ReplaceAllString(readFile(t, out), `"$1": 0`)), &r); err != nil {
		t.Fatal(err)
	}
	doc, err := os.ReadFile(filepath.Join("..", "..", "docs", "risk.md"))
	if err != nil {
		t.Fatal(err)
	}
	if len(r.Figures) < 40 {
		t.Errorf("only %d figures", len(r.Figures))
	}
	digits := regexp.MustCompile(`_\d+`)
	for _, f := range r.Figures {
		if f.Definition == "" || f.Missing == "" {
			t.Errorf("%s has no definition", f.Name)
		}
		if !strings.Contains(string(doc), "`"+digits.ReplaceAllString(f.Name, "_#")+"`") {
			t.Errorf("docs/risk.md does not know %s", f.Name)
		}
	}
}

var numbers = regexp.MustCompile(`"(value|to|size|attained)": (null|"infinite"|[-0-9.e+]+)`)

// TestRiskLimits: the statuses on and beside what is attained. Of the table of Li
// et al. 2007 (see riskmetrics) the distance of the diseases is 8/27 in the tree,
// 5/9 with all equally far apart.
func TestRiskLimits(t *testing.T) {
	dir := folder(t, "li.csv", `zip;age;disease
4767*;<=40;gastric ulcer
4767*;<=40;stomach cancer
4767*;<=40;pneumonia
4790*;>=40;gastritis
4790*;>=40;flu
4790*;>=40;bronchitis
4760*;<=40;gastritis
4760*;<=40;bronchitis
4760*;<=40;stomach cancer
`, "tree.csv", `gastric ulcer;stomach;digestive;all
gastritis;stomach;digestive;all
stomach cancer;stomach;digestive;all
flu;respiratory;lung;all
bronchitis;respiratory;lung;all
pneumonia;respiratory;lung;all
`, "bad.csv", "flu;a;all\nflu;b;all\n")
	for _, tc := range []struct {
		args   []string
		status int
	}{
		{[]string{"--k", "3"}, 0},
		{[]string{"--k", "4"}, 3},
		{[]string{"--l", "3"}, 0},
		{[]string{"--l", "4"}, 3},
		{[]string{"--combinations", "2", "--min-count", "3"}, 0},
		{[]string{"--combinations", "2", "--min-count", "4"}, 3},
		{[]string{"--t", "0.55555555555556"}, 0},
		{[]string{"--t", "0.5555555555555"}, 3},
		{[]string{"--t", "0.2962962962963", "--tree", "disease=" + filepath.Join(dir, "tree.csv")}, 0},
		{[]string{"--t", "0.2962962962962", "--tree", "disease=" + filepath.Join(dir, "tree.csv")}, 3},
		{[]string{"--t", "0.5", "--tree", "disease=" + filepath.Join(dir, "bad.csv")}, 1},
		{[]string{"--beta", "2"}, 0},
		{[]string{"--beta", "1.9999999999999"}, 3},
		{[]string{"--c", "0.5"}, 3}, // r_1 < c (r_2 + r_3) is strict
		{[]string{"--c", "0.50000000000001"}, 0},
		{[]string{"--delta", "1", "--log-base", "3"}, 3}, // |log| < delta is strict
		{[]string{"--delta", "1.0000000000001", "--log-base", "3"}, 0},
		{[]string{"--delta", "1", "--log-base", "1"}, 2},
		{[]string{"--alpha", "1/3"}, 2},
		{[]string{"--sensitive-missing", "wildcard"}, 2},
	} {
		t.Run(strings.Join(tc.args, " "), func(t *testing.T) {
			args := append([]string{"risk", filepath.Join(dir, "li.csv"), "--keys", "zip,age", "--sensitive", "disease"}, tc.args...)
			if status, out, errs := sluis(t, args...); status != tc.status {
				t.Errorf("%v: status %d, want %d\n%s%s", tc.args, status, tc.status, out, errs)
			}
		})
	}
}
