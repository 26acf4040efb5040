package main

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// survey is a file as a Dutch spreadsheet writes it: semicolons and decimal commas.
func survey() string {
	var b strings.Builder
	b.WriteString("\ufeffrespnr;weegfactor;gemeente;geslacht;nota\r\n")
	for i := range 60 {
		fmt.Fprintf(&b, "%06d;1,%04d;%s;%s;%s\r\n", i, 1000+i, []string{"Breda", "Gouda"}[i%2], []string{"m", "v"}[i/30], []string{"NA", " x ", "1,50", ""}[i%4])
	}
	return b.String()
}

// TestNamesThatDoNotExist: a slip in a name is told with the column that is near and the
// number of columns, without a text of the file, whatever the delimiter, by every verb that takes names.
func TestNamesThatDoNotExist(t *testing.T) {
	wide := "c0"
	for i := range 99 {
		wide += fmt.Sprintf(",c%d", i+1)
	}
	dir := folder(t, "lonen.csv", survey(), "c.csv", "a,b\n1,2\n", "d.csv", "a;b\n1;2\n", "wide.csv", wide+"\n")
	at := func(name string) string { return filepath.Join(dir, name) }
	if status, _, errs := sluis(t, "key", "new", at("key")); status != 0 {
		t.Fatal(errs)
	}
	check := func(data, more, by string) []string {
		text := "version: 1\ndata: {source: " + data + more + "}\noutputs: [{name: a, kind: frequency, by: [" + by + "]}]\n"
		if err := os.WriteFile(at("spec.yaml"), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		return []string{"check", at("spec.yaml")}
	}
	for _, tc := range []struct {
		args   []string
		status int
		says   []string
	}{
		{[]string{"risk", at("lonen.csv"), "--keys", "gemeente,gesl"}, 2, []string{`"gesl"`, "the file has 5 columns"}},
		{[]string{"local", at("lonen.csv"), at("o.csv"), "--keys", "gemente", "--k", "2", "--missing", "category"}, 2, []string{"the name of column 3 is near"}},
		{[]string{"pseudonymise", at("lonen.csv"), at("o.csv"), "--column", "respn", "--form", "text", "--key-file", at("key"), "--domain", "p/v"}, 1, []string{"the name of column 1 is near"}},
	} {
		t.Run(strings.Join(tc.args, " "), func(t *testing.T) {
			status, _, errs := sluis(t, tc.args...)
			for _, say := range tc.says {
				if status != tc.status || !strings.Contains(errs, say) {
					t.Errorf("%v: status %d: %s", tc.args, status, errs)
				}
			}
		})
	}
	for _, tc := range []struct {
		data, more, by string
		status         int
		says           []string
	}{
		{"lonen.csv", ", respondent: respnr", "gemeent", 1, []string{`"gemeent"`, "does not exist", "the name of column 3 is near", "the file has 5 columns"}},
		{"lonen.csv", ", respondent: RESPNR", "gemeente", 1, []string{`nearest name is "respnr"`}},
		{"lonen.csv", ", missing: {gemeent: category}", "geslacht", 2, []string{"the name of column 3 is near"}},
		{"lonen.csv", ", csv: {types: {geslcaht: string}}", "geslacht", 1, []string{"the name of column 4 is near"}},
		{"c.csv", "", "c", 1, []string{`"c"`, "the file has 2 columns"}},
		{"d.csv", "", "c", 1, []string{`"c"`, "the file has 2 columns"}},
		{"wide.csv", "", "xyz", 1, []string{"the file has 100 columns"}},
	} {
		t.Run(fmt.Sprintf("data %s, more %s, by %s", tc.data, tc.more, tc.by), func(t *testing.T) {
			status, _, errs := sluis(t, check(tc.data, tc.more, tc.by)...)
			for _, say := range tc.says {
				if status != tc.status || !strings.Contains(errs, say) || strings.Contains(errs, "damaged") {
					t.Errorf("%+v: status %d: %s", tc, status, errs)
				}
			}
		})
	}
}

// TestOneSetOfCSVFlags: the verbs that read data without a spec find the delimiter,
// take a decimal comma, and copy what is not a key or an identifier as it stands.
func TestOneSetOfCSVFlags(t *testing.T) {
	dir := folder(t, "lonen.csv", survey())
	at := func(name string) string { return filepath.Join(dir, name) }
	if status, _, errs := sluis(t, "key", "new", at("key")); status != 0 {
		t.Fatal(errs)
	}
	if status, _, errs := sluis(t, "risk", at("lonen.csv"), "--keys", "gemeente,geslacht", "--weight", "weegfactor", "--decimal", ","); status != 0 {
		t.Errorf("risk: %d %s", status, errs)
	}
	if status, _, errs := sluis(t, "risk", at("lonen.csv"), "--keys", "gemeente,geslacht", "--weight", "weegfactor"); status != 1 || !strings.Contains(errs, `line 2, column "weegfactor"`) || strings.Contains(errs, "1,1000") {
		t.Errorf("risk without a comma: %d %s", status, errs)
	}
	if status, _, errs := sluis(t, "profile", at("lonen.csv"), "--respondent", "respnr", "--decimal", ","); status != 0 {
		t.Errorf("profile: %d %s", status, errs)
	}
	// The same rows in another encoding: the same class sizes, and an error without its name.
	windows := folder(t, "lonen.csv", strings.NewReplacer("Breda", "Br\xe9da").Replace(survey()))
	if status, _, errs := sluis(t, "risk", filepath.Join(windows, "lonen.csv"), "--keys", "gemeente,geslacht", "--encoding", "windows-1252"); status != 0 {
		t.Errorf("risk of windows-1252: %d %s", status, errs)
	}
	if status, _, errs := sluis(t, "risk", filepath.Join(windows, "lonen.csv"), "--keys", "gemeente,geslacht"); status != 1 || !strings.Contains(errs, "not UTF-8") || strings.Contains(errs, "Br") {
		t.Errorf("risk of windows-1252 that nobody named: %d %s", status, errs)
	}
	if status, _, errs := sluis(t, "profile", at("lonen.csv"), "--respondent", "respnr", "--encoding", "ebcdic"); status != 2 || !strings.Contains(errs, "windows-1252") {
		t.Errorf("an encoding that is none: %d %s", status, errs)
	}
	flags := []string{"--null", "NA", "--trim", "--decimal", ",", "--csv-encoding", "utf-8"}
	if status, _, errs := sluis(t, append([]string{"pseudonymise", at("lonen.csv"), at("p.csv"), "--column", "respnr", "--type", "respnr=string", "--key-file", at("key"), "--domain", "p/v"}, flags...)...); status != 0 {
		t.Fatal(errs)
	}
	if status, _, errs := sluis(t, append([]string{"local", at("lonen.csv"), at("l.csv"), "--keys", "gemeente,geslacht", "--k", "3", "--missing", "category"}, flags[:5]...)...); status != 0 {
		t.Fatal(errs)
	}
	for _, name := range []string{"p.csv", "l.csv"} {
		lines := strings.Split(readFile(t, at(name)), "\n")
		for i, end := range []string{`,"1,1000",Breda,m,NA`, `,"1,1001",Gouda,m," x "`, `,"1,1002",Breda,m,"1,50"`, `,"1,1003",Gouda,m,`} {
			if !strings.HasSuffix(lines[i+1], end) {
				t.Errorf("%s: %q, want %q", name, lines[i+1], end)
			}
		}
	}
	if lines := strings.Split(readFile(t, at("l.csv")), "\n"); !strings.HasPrefix(lines[1], "000000,") {
		t.Errorf("an identifier that is copied is %q", lines[1])
	}
}

// TestInferredTypesAreTold: the report says how the columns of a CSV file are read that
// the spec uses, and of no others.
func TestInferredTypesAreTold(t *testing.T) {
	dir := folder(t, "lonen.csv", survey(), "spec.yaml", "version: 1\ndata: {source: lonen.csv, respondent: respnr, csv: {decimal: \",\"}}\noutputs: [{name: a, kind: magnitude, by: [gemeente], response: weegfactor}]\n")
	_, out, errs := sluis(t, "check", filepath.Join(dir, "spec.yaml"))
	for _, say := range []string{`text as it stands in the file: "respnr", "gemeente"`, "decimal numbers, inferred from all rows", "weegfactor"} {
		if !strings.Contains(out, say) {
			t.Errorf("it does not say %q: %s%s", say, out, errs)
		}
	}
	if strings.Contains(out, "geslacht") || strings.Contains(out, "nota") {
		t.Errorf("columns are named that the spec does not use: %s", out)
	}
}
