package main

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// TestLookAlikesOfVerbs: six persons whose names are written in two ways are no twelve, and
// two ways of writing one diagnosis are no two diagnoses.
func TestLookAlikesOfVerbs(t *testing.T) {
	var persons, values, other strings.Builder
	persons.WriteString("p,r,s\n")
	values.WriteString("p,r,s\n")
	other.WriteString("p,r,s\n")
	for i := range 12 {
		fmt.Fprintf(&persons, "%c%d,N,%c\n", "aA"[i%2], i/2, "xy"[i%2])
		fmt.Fprintf(&values, "p%d,N,%s\n", i, []string{"HIV", "hiv"}[i%2])
		fmt.Fprintf(&other, "p%d,N,%c\n", i, "xy"[i%2])
	}
	dir := folder(t, "persons.csv", persons.String(), "values.csv", values.String(), "other.csv", other.String())
	at := func(name string) string { return filepath.Join(dir, name) }
	limits := []string{"--keys", "r", "--respondent", "p", "--k", "10"}
	for _, x := range []struct {
		name   string
		args   []string
		status int
		says   string
	}{
		{"persons", append([]string{"risk", at("persons.csv")}, limits...), 1, `column "p": values look alike: 6 values differ from another one`},
		{"persons, who are different", append([]string{"risk", at("persons.csv"), "--respondent-form", "exact"}, limits...), 4, `6 values of "p" differ from another one`},
		{"persons of the population", append([]string{"risk", at("other.csv"), "--population", at("persons.csv")}, limits...), 1, `--population: column "p": values look alike`},
		{"households", []string{"risk", at("persons.csv"), "--keys", "r", "--household", "p", "--k", "10"}, 1, `column "p": values look alike`},
		{"values", append([]string{"risk", at("values.csv"), "--sensitive", "s", "--l", "2"}, limits...), 4, `2 codes of "s" differ from another`},
		{"nothing looks alike", append([]string{"risk", at("other.csv"), "--sensitive", "s", "--l", "2"}, limits...), 0, "SAFE"},
		{"another form", append([]string{"risk", at("other.csv"), "--respondent-form", "fold"}, limits...), 2, "--respondent-form is exact"},
		{"local", append([]string{"local", at("persons.csv"), at("out.csv"), "--missing", "wildcard"}, limits...), 1, `column "p": values look alike`},
		{"local of what is different", append([]string{"local", at("persons.csv"), at("exact.csv"), "--missing", "wildcard", "--respondent-form", "exact"}, limits...), 0, `6 values of "p" differ from another one`},
	} {
		t.Run(x.name, func(t *testing.T) {
			status, out, said := sluis(t, x.args...)
			if status != x.status || !strings.Contains(out+said, x.says) {
				t.Errorf("status %d, want %d and %q:\n%s%s", status, x.status, x.says, out, said)
			}
		})
	}
	if _, err := os.Stat(at("out.csv")); err == nil {
		t.Error("local has written what it refuses")
	}
}
