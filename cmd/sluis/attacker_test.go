package main

import (
	"encoding/json"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/sluis-go/sluis/internal/attacker"
	projectkey "github.com/sluis-go/sluis/internal/secret"
)

// TestAttacker protects random small data sets with the command, and attacks what it calls
// safe from the records and the release files alone. SLUIS_ATTACK says how many,
// SLUIS_ATTACK_SEED with which seed the draws begin, SLUIS_ATTACK_KEEP a folder in which the
// files of what is found are kept. A failure prints its seed:
// SLUIS_ATTACK=1 SLUIS_ATTACK_SEED=n draws that case again.
func TestAttacker(t *testing.T) {
	number := func(name string, otherwise int) int {
		if text := os.Getenv(name); text != "" {
			n, err := strconv.Atoi(text)
			if err != nil {
				t.Fatalf("%s: %v", name, err)
			}
			return n
		}
		return otherwise
	}
	few := 200
	if testing.Short() {
		few = 40
	}
	draws, first := number("SLUIS_ATTACK", few), number("SLUIS_ATTACK_SEED", 1)
	dir := t.TempDir()
	tally := map[string]map[string]int{}
	add := func(classes []string, what string) {
		for _, class := range classes {
			if tally[class] == nil {
				tally[class] = map[string]int{}
			}
			tally[class][what]++
		}
	}
	for i := range draws {
		seed := uint64(first + i)
		c := attacker.Draw(seed)
		classes := append([]string{" all"}, c.Class...)
		status, text, found, err := attackOnce(t, filepath.Join(dir, strconv.FormatUint(seed, 10)), c)
		add(classes, fmt.Sprint("exit ", status))
		switch {
		case status == 0 && strings.Contains(text, "what they tell together was not checked"):
			t.Errorf("seed %d: safe, though it was not decided: %s", seed, text)
		case status != 0 && status != exitUnsafe && status != exitReview && status != exitUsage:
			t.Errorf("seed %d (%s): exit status %d: %s", seed, strings.Join(c.Class, ", "), status, text)
		case err != nil:
			add(classes, "undecided")
		}
		if len(found) > 0 {
			add(classes, "broken")
			kinds := map[string]bool{}
			for _, f := range found {
				kinds[f.Kind] = true
			}
			for kind := range kinds {
				add(classes, "found "+kind)
			}
			list := slices.Sorted(maps.Keys(kinds))
			t.Errorf("seed %d (%s): found %s\n\t%s", seed, strings.Join(c.Class, ", "), strings.Join(list, " "), join(found))
		}
	}
	// What protect leaves to a reviewer is not attacked: a new reason for review must not
	// leave the attack without work.
	if safe := tally[" all"]["exit 0"]; draws >= 40 && 2*safe < draws {
		t.Errorf("%d of %d draws were called safe and attacked, want at least half", safe, draws)
	}
	for _, class := range slices.Sorted(maps.Keys(tally)) {
		line := ""
		for _, what := range slices.Sorted(maps.Keys(tally[class])) {
			line += fmt.Sprintf("  %s: %d", what, tally[class][what])
		}
		t.Logf("%-20s%s", class, line)
	}
}

func join(found []attacker.Finding) string {
	var lines []string
	for _, f := range found {
		lines = append(lines, f.String())
	}
	return strings.Join(lines, "\n\t")
}

// attackOnce writes the files of a case into a new folder, protects them, and attacks what
// is called safe.
func attackOnce(t *testing.T, dir string, c *attacker.Case) (status int, text string, found []attacker.Finding, err error) {
	t.Helper()
	if err := os.Mkdir(dir, 0o700); err != nil {
		t.Fatal(err)
	}
	defer func() {
		if keep := os.Getenv("SLUIS_ATTACK_KEEP"); keep != "" && len(found) > 0 {
			if err := os.CopyFS(filepath.Join(keep, filepath.Base(dir)), os.DirFS(dir)); err != nil {
				t.Error(err)
			}
		}
		if err := os.RemoveAll(dir); err != nil {
			t.Fatal(err)
		}
	}()
	write(t, filepath.Join(dir, "d.csv"), c.CSV())
	write(t, filepath.Join(dir, "spec.yaml"), c.Spec())
	write(t, filepath.Join(dir, "policy.yaml"), c.PolicyFile())
	out := filepath.Join(dir, "out")
	s, err := projectkey.Of(fmt.Appendf(nil, "draw %027s", filepath.Base(dir)))
	if err != nil {
		t.Fatal(err)
	}
	if err := projectkey.Save(filepath.Join(dir, "s.secret"), s); err != nil {
		t.Fatal(err)
	}
	args := append([]string{"protect", filepath.Join(dir, "spec.yaml"), "--policy", filepath.Join(dir, "policy.yaml"), "--out", out, "--secret", filepath.Join(dir, "s.secret"), "--threads", "1"}, c.Args...)
	status, text = verb(t, args...)
	if status != 0 {
		return status, text, nil, nil
	}
	var released []attacker.Released
	for _, o := range c.Outputs {
		f, err := os.Open(filepath.Join(out, "release", o.Name+".release.csv"))
		if err != nil {
			t.Fatal(err)
		}
		r, err := attacker.ReadRelease(f, len(o.By))
		if err != nil {
			t.Fatal(err)
		}
		if err := f.Close(); err != nil {
			t.Fatal(err)
		}
		released = append(released, r)
	}
	if c.Base > 0 {
		c.Off = roundedOff(t, filepath.Join(out, "release", c.Outputs[0].Name+".rounding.json"))
	}
	found, err = attacker.Attack(c, released)
	return status, text, found, err
}

// roundedOff is how far off values are at most, as the statement of a rounding says.
func roundedOff(t *testing.T, name string) int64 {
	t.Helper()
	text, err := os.ReadFile(name)
	if err != nil {
		t.Fatal(err)
	}
	var statement struct{ Below, Above int64 }
	if err := json.Unmarshal(text, &statement); err != nil {
		t.Fatal(err)
	}
	return max(statement.Below, statement.Above)
}
