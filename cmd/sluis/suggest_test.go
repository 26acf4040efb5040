package main

import (
	"context"
	"fmt"
	"math/rand/v2"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/sluis-go/sluis/sdc"
	"github.com/sluis-go/sluis/sdc/spec"
	"github.com/sluis-go/sluis/sdc/suggest"
	"github.com/sluis-go/sluis/suppress"
)

var (
	suppressed = regexp.MustCompile(`(?m)^(\w+): (safe|review) if (\d+) cells suppressed.*?( in a table of records)? \((\d+) of (\d+) cells left\)$`)
	protected  = regexp.MustCompile(`(?m)^"(\w+)": (\d+) cells, (\d+) suppressed$`)
)

// randomSpec writes records of some persons and a spec of tables of them.
func randomSpec(t *testing.T, rng *rand.Rand) (dir string) {
	t.Helper()
	var b strings.Builder
	b.WriteString("id,region,sex,sector,x\n")
	persons := 40 + rng.IntN(500)
	for i := range 60 + rng.IntN(900) {
		id := i
		if rng.IntN(3) == 0 {
			id = rng.IntN(persons)
		}
		fmt.Fprintf(&b, "%d,r%d,%c,k%d,%d\n", id, rng.IntN(1+rng.IntN(6)), "fm"[rng.IntN(2)], rng.IntN(1+rng.IntN(5)), 1+rng.IntN(1+rng.IntN(900)))
	}
	respondent := ""
	if rng.IntN(2) == 0 {
		respondent = ", respondent: id"
	}
	return folder(t, "d.csv", b.String(), "spec.yaml", `version: 1
data: {source: d.csv`+respondent+`}
outputs:
  - {name: counts, kind: frequency, by: [region, sector]}
  - {name: sexes, kind: frequency, by: [sex, region], margins: [[sex]]}
  - {name: sums, kind: magnitude, by: [region, sector], response: x}
`)
}

// TestSuggestProtection: on random tables suppression as suggested is what protect
// does, proven and verified; and rounding as suggested publishes no small count.
func TestSuggestProtection(t *testing.T) {
	rng := rand.New(rand.NewPCG(7, 7))
	promises, rounded := 0, 0
	for round := range 12 {
		dir := randomSpec(t, rng)
		at := filepath.Join(dir, "spec.yaml")
		code, said := verb(t, "check", at, "--suggest", "--worst", "1")
		if code != 0 && code != exitUnsafe && code != exitReview {
			t.Fatalf("round %d: exit status %d: %s", round, code, said)
		}
		list := suppressed.FindAllStringSubmatch(said, -1)
		if len(list) > 0 {
			args := []string{"protect", at, "--out", filepath.Join(dir, "out"), "--rounds", "0"}
			if strings.Contains(said, "table of records") {
				args = append(args, "--count", "records")
			}
			code, text := verb(t, args...)
			if code != 0 && code != exitReview {
				t.Fatalf("round %d: exit status %d: %s%s", round, code, said, text)
			}
			if code, text := verb(t, "verify", filepath.Join(dir, "out")); code != 0 {
				t.Fatalf("round %d: exit status %d: %s", round, code, text)
			}
			did := map[string]string{}
			for _, m := range protected.FindAllStringSubmatch(text, -1) {
				did[m[1]] = m[2] + " " + m[3]
			}
			for _, m := range list {
				promises++
				if want := m[6] + " " + m[3]; did[m[1]] != want {
					t.Errorf("round %d: %s is promised %s and gets %s", round, m[1], want, did[m[1]])
				}
			}
		}
		rounded += checkRoundings(t, at)
	}
	if promises < 10 || rounded < 3 {
		t.Errorf("%d and %d promises are too few to tell", promises, rounded)
	}
	t.Logf("%d suppressions, %d roundings", promises, rounded)
}

// checkRoundings applies the roundings that are suggested for a spec.
func checkRoundings(t *testing.T, path string) (n int) {
	t.Helper()
	ctx := context.Background()
	s, err := spec.Load(path)
	if err != nil {
		t.Fatal(err)
	}
	policy := sdc.CBS()
	r, err := checkSpec(ctx, s, policy, sdc.Options{Sole: true})
	if err != nil {
		t.Fatal(err)
	}
	list, err := protections(ctx, r, &policy, 1)
	if err != nil {
		t.Fatal(err)
	}
	for _, x := range list {
		if x.Round == 0 {
			continue
		}
		n++
		groups, err := suppress.FromReport(r, &policy, []int{0, 1, 2}, suppress.BuildOptions{})
		if err != nil {
			t.Fatal(err)
		}
		roundsTo(t, groups[0], &x)
		for _, f := range r.Outputs[x.Output].Findings {
			if f.Verdict == sdc.Unsafe && f.Rule != "min-contributors" {
				t.Errorf("rounding is suggested against %s", f.Rule)
			}
		}
	}
	return n
}

func roundsTo(t *testing.T, g *suppress.Tables, x *suggest.Suggestion) {
	t.Helper()
	out, err := suppress.Round(context.Background(), g.Problem, x.Round)
	if err != nil {
		t.Fatal(err)
	}
	for i, v := range out.Value {
		if v < 0 || v%x.Round != 0 || v > 0 && v < 10 {
			t.Errorf("cell %d is published as %d", i, v)
		}
	}
	for _, rel := range g.Problem.Relations() {
		sum := int64(0)
		for _, p := range rel.Parts {
			sum += out.Value[p]
		}
		if sum != out.Value[rel.Total] {
			t.Errorf("total %d does not hold", rel.Total)
		}
	}
}
