package main

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// TestProfile: what a profile says of a small file, all of it, and what it says has
// changed in another.
func TestProfile(t *testing.T) {
	register := func(n int) string {
		var b strings.Builder
		b.WriteString("id;region;income;seen\n")
		for i := range n {
			region := []string{"01", "02", "03", "02"}[i%4]
			if i%50 == 0 {
				region = "99" // a few invalid ones
			}
			income := fmt.Sprintf("%d,5", 1500+i*10)
			if i == 7 {
				income = "987654321,5" // the one who would be recognised
			}
			if i%5 == 0 {
				income = ""
			}
			fmt.Fprintf(&b, "p%03d;%s;%s;20%02d-03-0%d\n", i, region, income, 20+i%3, 1+i%9)
		}
		return b.String()
	}
	dir := folder(t, "a.csv", register(200), "b.csv", strings.ReplaceAll(register(200), ";02;", ";01;"),
		"codes.yaml", "version: 1\ncolumns: {region: [01, '02', \"03\"]}\n", "bad.yaml", "version: 1\ncolumns: [x]\n")
	at := func(name string) string { return filepath.Join(dir, name) }
	args := func(file string, more ...string) []string {
		return append([]string{"profile", at(file), "--respondent", "id", "--decimal-comma", "--codes", at("codes.yaml")}, more...)
	}
	status, out, errs := sluis(t, args("a.csv", "--json", at("a.json"))...)
	want := `200 rows, 200 respondents; what is shown passes the policy cbs

"id", utf8
  withheld: it identifies respondents

"region", utf8
   50 %  value "02"
   24 %  value "01"
   26 %  other

"income", float64
   20 %  bin "below 2000"
   61 %  bin "from 2000"
   20 %  missing

"seen", date32
   34 %  bin "below 2021"
   34 %  bin "from 2021 to below 2022"
   33 %  bin "from 2022"

not checked: what follows from this profile and an earlier one, by subtraction
`
	if diff := cmp.Diff(want, out); diff != "" || status != 0 {
		t.Errorf("status %d, %s: %s", status, errs, diff)
	}
	text, err := os.ReadFile(at("a.json"))
	if err != nil {
		t.Fatal(err)
	}
	for _, never := range []string{"987654321", "1e+09", `"99"`, `"p00`} {
		if strings.Contains(string(text), never) {
			t.Errorf("the profile holds %q", never)
		}
	}
	if status, out, _ := sluis(t, args("a.csv", "--against", at("a.json"))...); status != 0 || !strings.Contains(out, "nothing that both profiles show has changed") {
		t.Errorf("against itself: status %d: %s", status, out)
	}
	if status, out, _ := sluis(t, args("b.csv", "--against", at("a.json"))...); status != 4 || !strings.Contains(out, `"region": value "02" is no longer shown`) {
		t.Errorf("against another: status %d: %s", status, out)
	}
	for say, bad := range map[string][]string{
		"at least one":   {"profile"},
		"does not exist": {"profile", at("a.csv"), "--delimiter", ";", "--respondent", "who"},
		"columns: {name": args("a.csv", "--codes", at("bad.yaml")),
	} {
		t.Run(say, func(t *testing.T) {
			if status, _, errs := sluis(t, bad...); status != 2 || !strings.Contains(errs, say) {
				t.Errorf("%v: status %d: %s", bad, status, errs)
			}
		})
	}
	if err := os.WriteFile(at("few.csv"), []byte("id;x\n1;2\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	if status, out, errs := sluis(t, "profile", at("few.csv"), "--respondent", "id"); status != 1 || out != "" || !strings.Contains(errs, "fewer respondents") {
		t.Errorf("one person: status %d: %s%s", status, out, errs)
	}
}

// TestProfileOfAnyColumns: a column of a type that is not read is in the profile, and
// does not end it; a name that does not exist is told with those that do.
func TestProfileOfAnyColumns(t *testing.T) {
	dir := t.TempDir()
	at := func(name string) string { return filepath.Join(dir, name) }
	events(t, at("a.arrow"))
	status, out, errs := sluis(t, "profile", at("a.arrow"), "--respondent", "id", "--json", at("a.json"))
	want := `24 rows, 24 respondents; what is shown passes the policy cbs

"list", list<int64>
  withheld: columns of its type cannot be read

"id", int64
  withheld: it identifies respondents
`
	if status != 0 || !strings.HasPrefix(out, want) || !strings.Contains(out, `"x", float64`) || !strings.Contains(readFile(t, at("a.json")), `"name": "list"`) {
		t.Errorf("status %d, %s%s", status, out, errs)
	}
	if status, _, errs := sluis(t, "profile", at("a.arrow"), "--respondent", "list"); status == 0 || !strings.Contains(errs, "not supported") {
		t.Errorf("a list as respondent: status %d, %s", status, errs)
	}
	if status, _, errs := sluis(t, "profile", at("a.arrow"), "--respondent", "idd"); status != 2 || !strings.Contains(errs, "the name of column 2 is near; the file has 5 columns") {
		t.Errorf("a name that does not exist: status %d, %s", status, errs)
	}
}
