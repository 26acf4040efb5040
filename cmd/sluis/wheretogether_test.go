package main

import (
	"encoding/json"
	"fmt"
	"strings"
	"testing"
)

// TestPopulationsAreNotDecided: tables of a population are not compared with the other tables of
// a spec. So no report says that they were, and two populations are never safe together.
func TestPopulationsAreNotDecided(t *testing.T) {
	var rows strings.Builder
	rows.WriteString("id,region,sex,age\n")
	for i := range 400 {
		age := 20 + i%40
		if i == 7 {
			age = 64 // the one person between the two populations
		}
		fmt.Fprintf(&rows, "%d,%s,%s,%d\n", i, []string{"North", "South"}[i%2], []string{"F", "M"}[i/2%2], age)
	}
	const all, women = "  - {name: all, kind: frequency, by: [region]}\n", "  - {name: women, kind: frequency, by: [region], where: {sex: [F]}}\n"
	for _, tc := range []struct {
		name, data, outputs string
		status              int
		apart               bool     // two populations are named
		decided             []string // outputs whose tables were compared
	}{
		{"a part and the whole", "", all + women, exitReview, true, nil},
		{"two parts that differ by one person", "", "  - {name: a, kind: frequency, by: [region], where: {age: {to: 64}}}\n  - {name: b, kind: frequency, by: [region], where: {age: {to: 65}}}\n", exitReview, true, nil},
		{"one part, two tables", "", women + "  - {name: ages, kind: frequency, by: [sex], where: {sex: [F]}}\n", 0, false, nil},
		{"all tables are of one part", "  where: {age: {to: 64}}\n", all + "  - {name: sexes, kind: frequency, by: [sex]}\n", 0, false, nil},
		{"the others are compared", "", all + women + "  - {name: sexes, kind: frequency, by: [sex]}\n", exitReview, true, []string{"all", "sexes"}},
		{"no part: all are compared", "", all + "  - {name: sexes, kind: frequency, by: [sex]}\n", 0, false, []string{"all", "sexes"}},
	} {
		t.Run(tc.name, func(t *testing.T) {
			dir := folder(t, "data.csv", rows.String())
			write(t, dir+"/spec.yaml", "version: 1\ndata:\n  source: data.csv\n  respondent: id\n"+tc.data+"outputs:\n"+tc.outputs)
			policy := dir + "/policy.yaml"
			write(t, policy, "version: 1\nname: counts\nextends: cbs\nrules: {group-disclosure: off}\n")
			status, text, errs := sluis(t, "check", dir+"/spec.yaml", "--policy", policy, "--json", dir+"/r.json")
			if status != tc.status {
				t.Fatalf("status %d: %s\n%s", status, errs, text)
			}
			var r struct {
				Data    struct{ Remarks []struct{ ID string } }
				Outputs []struct {
					Name       string
					NotChecked []struct{ ID string }
				}
			}
			if err := json.Unmarshal([]byte(readFile(t, dir+"/r.json")), &r); err != nil {
				t.Fatal(err)
			}
			apart := false
			for _, x := range r.Data.Remarks {
				apart = apart || x.ID == "other-populations"
			}
			if apart != tc.apart {
				t.Errorf("two populations are named: %v", apart)
			}
			for _, o := range r.Outputs {
				compared := false
				for _, x := range o.NotChecked {
					compared = compared || x.ID == "secondary-disclosure-in-part"
				}
				want := false
				for _, name := range tc.decided {
					want = want || name == o.Name
				}
				if compared != want {
					t.Errorf("output %s: its tables were compared: %v, want %v", o.Name, compared, want)
				}
			}
		})
	}
}
