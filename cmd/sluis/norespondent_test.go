package main

import (
	"path/filepath"
	"strings"
	"testing"
)

// TestNoRespondentSaid: where nobody says whose row it is, 15 rows of one person are a class
// of 15; the verbs say that they take every row as a person.
func TestNoRespondentSaid(t *testing.T) {
	dir := t.TempDir()
	data := filepath.Join(dir, "d.csv")
	write(t, data, "id,town\n"+strings.Repeat("1,A\n", 15))
	page := filepath.Join(dir, "p.html")
	const remark = "no-respondent: no respondent column is named"
	for _, c := range []struct {
		name string
		args []string
		code int
		says []string
		not  []string
	}{
		{"risk", []string{"risk", data, "--keys", "town", "--k", "10", "--html", page}, 0, []string{remark, "SAFE, if every row is a person: "}, nil},
		{"risk with respondents", []string{"risk", data, "--keys", "town", "--k", "10", "--respondent", "id"}, exitUnsafe, []string{"UNSAFE: "}, []string{"no-respondent", "if every row"}},
		{"profile", []string{"profile", data}, 0, []string{"15 rows, each taken as a respondent of its own"}, []string{"15 respondents"}},
		{"profile with respondents", []string{"profile", data, "--respondent", "id"}, 1, []string{"fewer respondents than the policy asks for"}, []string{"each taken"}},
		{"local", []string{"local", data, filepath.Join(dir, "o.csv"), "--keys", "town", "--k", "10", "--missing", "category"}, 0, []string{remark}, nil},
		{"local with respondents", []string{"local", data, filepath.Join(dir, "o2.csv"), "--keys", "town", "--k", "10", "--missing", "category", "--respondent", "id"}, exitUnsafe, nil, []string{"no-respondent"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			code, text := verb(t, c.args...)
			if code != c.code {
				t.Errorf("exit status %d: %s", code, text)
			}
			for _, s := range c.says {
				if !strings.Contains(text, s) {
					t.Errorf("%q is missing: %s", s, text)
				}
			}
			for _, s := range c.not {
				if strings.Contains(text, s) {
					t.Errorf("%q is said: %s", s, text)
				}
			}
		})
	}
	if text := readFile(t, page); !strings.Contains(text, "no respondent column is named") || !strings.Contains(text, "safe only if every row is a person") {
		t.Error("the page does not say it")
	}
}
