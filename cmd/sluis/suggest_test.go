package main

import (
	"context"
	"fmt"
	"math/rand/v2"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"testing"

	projectkey "github.com/sluis-go/sluis/internal/secret"
	"github.com/sluis-go/sluis/sdc"
	"github.com/sluis-go/sluis/sdc/spec"
	"github.com/sluis-go/sluis/suppress"
)

var (
	suppressed = regexp.MustCompile(`(?m)^(\w+): (safe|review) if (\d+) cells suppressed.*?( in a table of records)? \((\d+) of (\d+) cells left\)$`)
	small      = regexp.MustCompile(`,[1-9],`)
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
			same := filepath.Join(dir, "suggestions.secret")
			if err := projectkey.Save(same, must(projectkey.Of([]byte(suggestionSecret)))); err != nil {
				t.Fatal(err)
			}
			args := []string{"protect", at, "--out", filepath.Join(dir, "out"), "--rounds", "0", "--replace", "--secret", same}
			if strings.Contains(said, "table of records") {
				args = append(args, "--count", "records")
			}
			code, text := verb(t, args...)
			if code != 0 && code != exitReview {
				t.Fatalf("round %d: exit status %d: %s%s", round, code, said, text)
			}
			if again, text := verb(t, "verify", filepath.Join(dir, "out")); again != 0 && again != code {
				t.Fatalf("round %d: exit status %d: %s", round, code, text)
			}
			did := map[string]string{}
			for _, m := range protected.FindAllStringSubmatch(text, -1) {
				did[m[1]] = m[2] + " " + m[3]
			}
			for _, m := range list {
				promises++
				group := map[string]string{"sums": "sums"}[m[1]] // counts and sexes are one
				if group == "" {
					group = "counts"
				}
				others := strings.Count(text, ": review: ") > strings.Count(text, ": review: table "+strconv.Quote(group))
				if code == exitReview && strings.HasPrefix(m[0], m[1]+": safe") && !others && !strings.Contains(text, "is left alone") {
					t.Errorf("round %d: %s is promised to be safe, and protect asks for review: %s", round, m[1], text)
				}
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
	run, err := newProject(ctx, s, policy, nil)
	if err != nil {
		t.Fatal(err)
	}
	r, err := run.CheckOutputs(ctx, s.Outputs, sdc.Options{Sole: true})
	if err != nil {
		t.Fatal(err)
	}
	// Rounding is for counts: a spec of these alone.
	text := readFile(t, path)
	counts := filepath.Join(filepath.Dir(path), "counts.yaml")
	write(t, counts, text[:strings.Index(text, "  - {name: sums")])
	list, err := protections(ctx, r, suppress.Options{Rounds: -1, Threads: 1, Recheck: rechecked(run, 1)})
	if err != nil {
		t.Fatal(err)
	}
	for _, x := range list {
		if x.Round == 0 {
			continue
		}
		n++
		out := filepath.Join(filepath.Dir(path), "rounded")
		if code, text := verb(t, "protect", counts, "--out", out, "--round", fmt.Sprint(x.Round), "--replace"); code != 0 && code != exitReview {
			t.Fatalf("exit status %d: %s", code, text)
		}
		if code, text := verb(t, "verify", out); code != 0 && code != exitReview {
			t.Fatalf("exit status %d: %s", code, text)
		}
		for line := range strings.Lines(readFile(t, filepath.Join(out, "release", r.Outputs[x.Output].Name+".release.csv"))) {
			if small.MatchString(line) {
				t.Errorf("a rounded table publishes %s", line)
			}
		}
		for _, f := range r.Outputs[x.Output].Findings {
			if f.Verdict == sdc.Unsafe && f.Rule != "min-contributors" {
				t.Errorf("rounding is suggested against %s", f.Rule)
			}
		}
	}
	return n
}
