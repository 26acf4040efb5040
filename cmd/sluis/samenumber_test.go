package main

import (
	"fmt"
	"path/filepath"
	"strings"
	"testing"
)

// TestSameNumbersOfVerbs: risk, local and profile say that codes and respondents look alike,
// and that respondents are the same number.
func TestSameNumbersOfVerbs(t *testing.T) {
	file := func(more string) string {
		var b strings.Builder
		b.WriteString("id,a,s\n")
		for i := range 40 {
			fmt.Fprintf(&b, "%d,%c,%d\n", i+1, "xy"[i%2], i%3)
		}
		return b.String() + more
	}
	dir := folder(t, "plain.csv", file(""), "number.csv", file("01,x,1\n2.0,y,1\n"), "code.csv", file(strings.Repeat("n,X,1\n", 1)+"m,X,2\n"), "unit.csv", file("p,x,1\nP,x,1\n"))
	at := func(name string) string { return filepath.Join(dir, name) }
	for _, tc := range []struct{ file, verb, want string }{
		{"plain.csv", "risk", ""}, {"plain.csv", "local", ""}, {"plain.csv", "profile", ""},
		{"number.csv", "risk", `same-number: review: column "id": 2 values of "id" differ from another one as texts`},
		{"number.csv", "local", `same-number: review: column "id": 2 values of "id" differ`},
		{"number.csv", "profile", `same-number: review: column "id": values of "id" differ`},
		{"code.csv", "risk", `look-alike: review: column "a": 2 codes of "a" differ`},
		{"code.csv", "local", `look-alike: review: column "a": 2 codes of "a" differ`},
		{"code.csv", "profile", `look-alike: review: column "a": codes of "a" differ`},
		{"unit.csv", "risk", `look-alike: review: column "id": 1 value of "id" differs`},
		{"unit.csv", "local", `look-alike: review: column "id": 1 value of "id" differs`},
		{"unit.csv", "profile", `look-alike: review: column "id": values of "id" differ`},
	} {
		t.Run(tc.verb+" "+tc.file, func(t *testing.T) {
			args := map[string][]string{
				"risk":    {"risk", at(tc.file), "--keys", "a", "--sensitive", "s", "--k", "2", "--respondent", "id", "--respondent-form", "exact"},
				"local":   {"local", at(tc.file), filepath.Join(t.TempDir(), "out.csv"), "--keys", "a", "--k", "2", "--missing", "wildcard", "--respondent", "id", "--respondent-form", "exact"},
				"profile": {"profile", at(tc.file), "--respondent", "id", "--respondent-form", "exact"},
			}[tc.verb]
			status, out, errs := sluis(t, args...)
			if wantStatus := 4; status != 0 && (tc.verb != "risk" || tc.want == "" || status != wantStatus) {
				t.Errorf("status %d: %s", status, errs)
			}
			if tc.verb == "risk" && tc.want != "" && status == 0 {
				t.Error("risk is safe")
			}
			if got := strings.Contains(out, "look-alike") || strings.Contains(out, "same-number"); got != (tc.want != "") || !strings.Contains(out, tc.want) {
				t.Errorf("%s", out)
			}
		})
	}
	status, _, errs := sluis(t, "profile", at("unit.csv"), "--respondent", "id")
	if status == 0 || !strings.Contains(errs, `column "id": values look alike: 1 value differs`) {
		t.Errorf("status %d: %s", status, errs)
	}
}
