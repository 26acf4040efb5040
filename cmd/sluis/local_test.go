package main

import (
	"encoding/csv"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// localData writes a survey with some rare records and some missing values.
func localData(t *testing.T, dir string, rows int) string {
	t.Helper()
	rng := rand.New(rand.NewPCG(2, 71))
	var b strings.Builder
	b.WriteString("id,region,sex,age,zip,income\n")
	for i := range rows {
		age := fmt.Sprint(20 + 10*rng.IntN(4) + rng.IntN(20)/19)
		if rng.IntN(30) == 0 {
			age = ""
		}
		fmt.Fprintf(&b, "%d,r%d,%c,%s,0%d,%d.5\n", i, rng.IntN(3)*rng.IntN(4)/2, "mv"[rng.IntN(2)], age, rng.IntN(3), rng.IntN(9000))
	}
	name := filepath.Join(dir, "in.csv")
	write(t, name, b.String())
	return name
}

func rowsOfCSV(t *testing.T, name string) [][]string {
	t.Helper()
	f, err := os.Open(name)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	rows, err := csv.NewReader(f).ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	return rows
}

// TestLocal: OUT has the rows of IN in order, some values of keys empty; sluis risk,
// under the same policy for nulls, finds k records in every class, also in Parquet, and
// for combinations of keys.
func TestLocal(t *testing.T) {
	dir := t.TempDir()
	in := localData(t, dir, 300)
	keys := []string{"region", "sex", "age", "zip"}
	for _, c := range []struct {
		out     string
		missing string
		k       string
		more    []string
		check   []string
	}{
		{"a.csv", "wildcard", "3", nil, []string{"--k", "3"}},
		{"b.parquet", "wildcard", "5", []string{"--importance", "age=5,sex=2"}, []string{"--k", "5"}},
		{"c.arrow", "wildcard", "4", []string{"--max-keys", "2"}, []string{"--combinations", "2", "--min-count", "4"}},
		{"d.csv", "category", "2", nil, []string{"--k", "2"}},
	} {
		t.Run(c.out, func(t *testing.T) {
			out := filepath.Join(dir, c.out)
			args := append([]string{"local", in, out, "--keys", strings.Join(keys, ","), "--k", c.k, "--missing", c.missing}, c.more...)
			code, text := verb(t, args...)
			if code != 0 || !strings.Contains(text, "300 records, ") || !strings.Contains(text, "Check with: sluis risk "+out) {
				t.Fatalf("%s: exit status %d: %s", c.out, code, text)
			}
			check := append([]string{"risk", out, "--keys", strings.Join(keys, ","), "--missing", c.missing, "--suda=false"}, c.check...)
			want := 0
			if c.missing == "wildcard" {
				check[5], want = "suppressed", exitReview // values of age were missing before: see TestLocalRecordTrust
			}
			if code, text := verb(t, check...); code != want {
				t.Errorf("%s: sluis risk: exit status %d: %s", c.out, code, text)
			}
			// Without suppression the same check fails.
			check[1], check[5] = in, c.missing
			if code, _ := verb(t, check...); code != exitUnsafe {
				t.Errorf("%s: of the input: exit status %d", c.out, code)
			}
			if !strings.HasSuffix(c.out, ".csv") {
				return
			}
			before, after := rowsOfCSV(t, in), rowsOfCSV(t, out)
			if len(before) != len(after) {
				t.Fatalf("%d rows, %d before", len(after), len(before))
			}
			for i := range before {
				for j := range before[i] {
					if is := after[i][j]; is != before[i][j] && (is != "" || !slices.Contains(keys, before[0][j])) {
						t.Errorf("row %d: %s was changed", i, before[0][j])
					}
				}
			}
		})
	}
	if left, err := filepath.Glob(filepath.Join(dir, ".local-*")); err != nil || len(left) > 0 {
		t.Errorf("left behind: %v", left)
	}
}

func TestLocalExits(t *testing.T) {
	dir := t.TempDir()
	in := localData(t, dir, 20)
	out := filepath.Join(dir, "out.csv")
	base := []string{"local", in, out, "--keys", "region,sex"}
	for _, c := range []struct {
		args []string
		want int
		says string
	}{
		{append(base, "--k", "3"), exitUsage, "--missing is required"},
		{append(base, "--missing", "wildcard"), exitUsage, "--k is required"},
		{append(base, "--k", "3", "--missing", "exclude"), exitUsage, "--missing is required"},
		{append(base, "--k", "21", "--missing", "wildcard"), exitUnsafe, "nothing is written"},
		{append(base, "--k", "3", "--missing", "wildcard", "--importance", "age=3"), exitUsage, "no key"},
		{append(base, "--k", "3", "--missing", "wildcard", "--importance", "sex=0"), exitUsage, "importance"},
		{append(base, "--k", "3", "--missing", "wildcard", "--max-keys", "3"), exitUsage, "--max-keys"},
		{[]string{"local", in, in, "--keys", "sex", "--k", "2", "--missing", "wildcard"}, exitUsage, "is read"},
		{[]string{"local", in, out, "--keys", "colour", "--k", "2", "--missing", "wildcard"}, exitUsage, "colour"},
		{[]string{"local", in, filepath.Join(dir, "out.txt"), "--keys", "sex", "--k", "2", "--missing", "wildcard"}, exitFailure, "extension"},
	} {
		t.Run(strings.Join(c.args, " "), func(t *testing.T) {
			if code, text := verb(t, c.args...); code != c.want || !strings.Contains(text, c.says) {
				t.Errorf("%v: exit status %d: %s", c.args[3:], code, text)
			}
		})
	}
	entries, err := os.ReadDir(dir)
	if err != nil || len(entries) != 1 {
		t.Errorf("left behind: %v", entries)
	}
}

// TestLocalSays is what the verb prints: counts by key, and how to check.
func TestLocalSays(t *testing.T) {
	dir := t.TempDir()
	in, out := filepath.Join(dir, "in.csv"), filepath.Join(dir, "out.csv")
	write(t, in, "a,b,x\np,1,10\np,1,11\nq,2,12\nq,2,13\nq,3,14\n")
	code, text := verb(t, "local", in, out, "--keys", "a,b", "--k", "2", "--missing", "wildcard")
	want := `no-respondent: no respondent column is named, so every row is taken as a respondent of its own
5 records, 2 values suppressed (20.00 % of those of the keys), cost 2
  a: 0 (0.00 %)
  b: 2 (40.00 %)
Read again and counted on all keys together, where a null matches every value: the smallest class has 2 records
Who knows the true keys of a record finds at least 2 records that it can be
What was suppressed is recorded in ` + out + `.local.json
Check with: sluis risk ` + out + ` --keys a,b --missing suppressed --k 2
`
	if code != 0 || text != want {
		t.Errorf("exit status %d: %s", code, text)
	}
	raw, err := os.ReadFile(out)
	if err != nil || string(raw) != "a,b,x\np,1,10\np,1,11\nq,,12\nq,2,13\nq,,14\n" {
		t.Errorf("%v\n%s", err, raw)
	}
}

// TestLocalRecord: nulls are suppressed ones with the record alone, for what it was made
// for; natural nulls that reach k are for a person to judge.
func TestLocalRecord(t *testing.T) {
	dir := t.TempDir()
	at := func(name string) string { return filepath.Join(dir, name) }
	write(t, at("in.csv"), "p,a,b,c\n1,1,1,x\n2,2,2,x\n3,3,3,x\n4,4,4,x\n4,4,4,x\n")
	if code, text := verb(t, "local", at("in.csv"), at("out.csv"), "--keys", "a,b", "--k", "2", "--missing", "wildcard"); code != 0 {
		t.Fatal(text)
	}
	if code, text := verb(t, "local", at("in.csv"), at("four.csv"), "--keys", "a,b", "--k", "4", "--respondent", "p", "--missing", "wildcard"); code != 0 ||
		!strings.Contains(text, "at least 4 respondents") {
		t.Fatal(text)
	}
	if code, text := verb(t, "local", at("in.csv"), at("five.csv"), "--keys", "a,b", "--k", "5", "--respondent", "p", "--missing", "wildcard"); code != exitUnsafe ||
		!strings.Contains(text, "fewer respondents than a class needs") {
		t.Fatal(text)
	}
	record := readFile(t, at("out.csv.local.json"))
	for _, x := range []struct {
		name string
		do   func()
		args []string
		want int
		says string
	}{
		{"with the record", nil, []string{"out.csv", "--keys", "a,b", "--k", "2", "--missing", "suppressed"}, 0, "SAFE"},
		{"fewer keys", nil, []string{"out.csv", "--keys", "a", "--k", "2", "--missing", "suppressed"}, 0, "SAFE"},
		{"as natural nulls", nil, []string{"out.csv", "--keys", "a,b", "--k", "2", "--missing", "wildcard"}, exitReview, "REVIEW"},
		{"another k", nil, []string{"out.csv", "--keys", "a,b", "--k", "3", "--missing", "suppressed"}, exitUsage, "made for 2, not 3"},
		{"another key", nil, []string{"out.csv", "--keys", "a,c", "--k", "2", "--missing", "suppressed"}, exitUsage, `does not know key "c"`},
		{"respondents that were not counted", nil, []string{"out.csv", "--keys", "a,b", "--k", "2", "--missing", "suppressed", "--respondent", "p"}, exitUsage, "does not count the respondents"},
		{"respondents that were counted", nil, []string{"four.csv", "--keys", "a,b", "--k", "4", "--missing", "suppressed", "--respondent", "p"}, 0, "SAFE"},
		{"records of that", nil, []string{"four.csv", "--keys", "a,b", "--k", "4", "--missing", "suppressed"}, 0, "SAFE"},
		{"a file that was changed", func() { write(t, at("out.csv"), readFile(t, at("out.csv"))+"5,,,x\n") },
			[]string{"out.csv", "--keys", "a,b", "--k", "2", "--missing", "suppressed"}, exitFailure, "of another file"},
		{"no record", func() { os.Remove(at("out.csv.local.json")) }, //nolint:errcheck // the next step says
			[]string{"out.csv", "--keys", "a,b", "--k", "2", "--missing", "suppressed"}, exitUsage, "is not there"},
		{"no record at all", func() { write(t, at("out.csv.local.json"), "{}") },
			[]string{"out.csv", "--keys", "a,b", "--k", "2", "--missing", "suppressed"}, exitFailure, "sluis.local/1"},
	} {
		t.Run(x.name, func(t *testing.T) {
			if x.do != nil {
				x.do()
			}
			args := append([]string{"risk", at(x.args[0])}, append(x.args[1:], "--suda=false")...)
			if code, text := verb(t, args...); code != x.want || !strings.Contains(text, x.says) {
				t.Errorf("exit status %d: %s", code, text)
			}
		})
	}
	if strings.Contains(record, "in.csv") || !strings.Contains(record, `"k": 2`) {
		t.Errorf("the record: %s", record)
	}
}

// TestLocalRecordTrust: anybody can write a record of local suppression for a file, and so
// make missing values into suppressed ones. Check and risk say who has signed, and a record
// that cannot be that of the data is refused.
func TestLocalRecordTrust(t *testing.T) {
	dir := t.TempDir()
	at := func(name string) string { return filepath.Join(dir, name) }
	key := func(name string) string {
		code, text := verb(t, "key", "signer", at(name))
		_, public, ok := strings.Cut(strings.TrimSpace(text), "public key ")
		if code != 0 || !ok {
			t.Fatal(text)
		}
		return public
	}
	mine, other := key("mine.pem"), key("other.pem")
	const columns = "p,a,b\n"
	numbered := func(rows string) string {
		var text strings.Builder
		for i, line := range strings.Split(strings.TrimSuffix(rows, "\n"), "\n") {
			fmt.Fprintf(&text, "%d%s\n", i, line[1:])
		}
		return columns + text.String()
	}
	write(t, at("in.csv"), numbered(strings.Repeat("1,x,1\n", 11)+strings.Repeat("2,z,1\n", 9)+"3,y,1\n"))
	write(t, at("spec.yaml"), "version: 1\ndata: {source: out.csv, respondent: p, missing: {a: suppressed}}\noutputs: [{name: m, kind: microdata, keys: [a, b]}]\n")
	write(t, at("dossier.yaml"), "version: 2\ncustodian: "+other+"\n")
	local := []string{"local", at("in.csv"), at("out.csv"), "--keys", "a,b", "--k", "10", "--respondent", "p", "--missing", "wildcard"}
	const notSigned, notTrusted, unknown = "is not signed, and anybody may have written it", "is not signed by a trusted key", "is signed, and no key is trusted"
	for _, x := range []struct {
		name   string
		sign   string
		change [2]string // of the record
		trust  string
		code   int
		says   string
	}{
		{"not signed", "", [2]string{}, "", 0, notSigned},
		{"not signed, and a key is trusted", "", [2]string{}, mine, exitReview, notTrusted},
		{"signed", "mine.pem", [2]string{}, mine, 0, ""},
		{"signed, and no key is trusted", "mine.pem", [2]string{}, "", 0, unknown},
		{"signed by another", "other.pem", [2]string{}, mine, exitReview, notTrusted},
		{"signed by one of two", "mine.pem", [2]string{}, other + "," + mine, 0, ""},
		{"changed after it was signed", "mine.pem", [2]string{`"k": 10`, `"k": 11`}, mine, exitFailure, "the signature is not that of the record"},
		{"a member more", "mine.pem", [2]string{`"k": 10`, `"k": 10, "K": 11`}, mine, exitFailure, "not written as it was signed"},
		{"its signature taken out", "mine.pem", [2]string{`"signature": "`, `"signature": "", "was": "`}, mine, exitFailure, "not written as it was signed"},
		{"more suppressed than missing", "", [2]string{`"values": 10`, `"values": 20`}, "", exitUsage, "has fewer missing values"},
		{"another number of records", "", [2]string{`"records": 21`, `"records": 22`}, "", exitUsage, "another number of records"},
	} {
		t.Run(x.name, func(t *testing.T) {
			args := local
			if x.sign != "" {
				args = append(slices.Clone(local), "--sign-with", at(x.sign))
			}
			code, text := verb(t, args...)
			if signed := x.sign != ""; code != 0 || strings.Contains(text, ", signed by key ") != signed || strings.Contains(text, " --trust ") != signed {
				t.Fatalf("exit status %d: %s", code, text)
			}
			if x.change[0] != "" {
				record := readFile(t, at("out.csv.local.json"))
				changed := strings.Replace(record, x.change[0], x.change[1], 1)
				if changed == record {
					t.Fatalf("nothing to change in %s", record)
				}
				write(t, at("out.csv.local.json"), changed)
			}
			for _, args := range [][]string{
				{"check", at("spec.yaml")},
				{"risk", at("out.csv"), "--keys", "a,b", "--k", "10", "--missing", "suppressed", "--respondent", "p", "--suda=false"},
			} {
				if x.trust != "" {
					args = append(args, "--trust", x.trust)
				}
				code, text := verb(t, args...)
				if code != x.code || !strings.Contains(text, x.says) || x.says == "" && strings.Contains(text, "local-record") {
					t.Errorf("%s: exit status %d, want %d and %q: %s", args[0], code, x.code, x.says, text)
				}
			}
		})
	}
	t.Run("missing before", func(t *testing.T) { // one record alone among nulls that local suppression did not write
		write(t, at("natural.csv"), numbered(strings.Repeat("1,x,1\n", 11)+strings.Repeat("2,,1\n", 10)+"3,y,1\n"))
		args := append(slices.Clone(local), "--sign-with", at("mine.pem"))
		args[1] = at("natural.csv")
		if code, text := verb(t, args...); code != 0 {
			t.Fatal(text)
		}
		for _, args := range [][]string{
			{"check", at("spec.yaml"), "--trust", mine},
			{"risk", at("out.csv"), "--keys", "a,b", "--k", "10", "--missing", "suppressed", "--respondent", "p", "--suda=false", "--trust", mine},
		} {
			if code, text := verb(t, args...); code != exitReview || !strings.Contains(text, "does not count all missing values of the column") {
				t.Errorf("%s: exit status %d: %s", args[0], code, text)
			}
		}
	})
	t.Run("a custodian is a trusted key", func(t *testing.T) {
		if code, text := verb(t, append(slices.Clone(local), "--sign-with", at("other.pem"))...); code != 0 {
			t.Fatal(text)
		}
		write(t, at("with.yaml"), "dossier: dossier.yaml\n"+readFile(t, at("spec.yaml")))
		if code, text := verb(t, "check", at("with.yaml"), "--html", at("p.html"), "--lang", "nl"); strings.Contains(text, "local-record") {
			t.Errorf("exit status %d: %s", code, text)
		}
	})
	t.Run("in Dutch", func(t *testing.T) {
		if code, text := verb(t, local...); code != 0 {
			t.Fatal(text)
		}
		if code, text := verb(t, "check", at("spec.yaml"), "--html", at("p.html"), "--lang", "nl"); code != 0 {
			t.Fatal(text)
		}
		if page := readFile(t, at("p.html")); !strings.Contains(page, "is niet ondertekend: dat de ontbrekende waarden") {
			t.Error("the page does not say it")
		}
	})
}
