package main

import (
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// roundData writes counts of which some are small, and a spec of two linked tables.
func roundData(t *testing.T) (dir string) {
	t.Helper()
	dir = t.TempDir()
	var b strings.Builder
	b.WriteString("region,sex,age\n")
	for i, n := range []int{31, 42, 3, 57, 28, 1, 16, 0, 44, 35, 12, 2} {
		for range n {
			b.WriteString(string("NOZW"[i/3]) + "," + string("mvx"[i%3]) + "," + string("abc"[(i*7+n)%3]) + "\n")
		}
	}
	write(t, filepath.Join(dir, "d.csv"), b.String())
	write(t, filepath.Join(dir, "spec.yaml"), `version: 1
data: {source: d.csv}
outputs:
  - {name: n, kind: frequency, by: [region, sex]}
  - {name: m, kind: frequency, by: [region, age]}
`)
	write(t, filepath.Join(dir, "policy.yaml"), `version: 1
name: small counts
extends: cbs
rules: {min-contributors: {min: 4}, nk: off, group-disclosure: off, zero-cells: off}
`)
	return dir
}

// TestRound: the releases add up and verify, the report says how far cells moved and
// what an attacker can say, and a changed release is refused.
func TestRound(t *testing.T) {
	dir := roundData(t)
	out := filepath.Join(dir, "out")
	args := []string{"protect", filepath.Join(dir, "spec.yaml"), "--policy", filepath.Join(dir, "policy.yaml"), "--round", "5", "--out", out}
	code, text := verb(t, args...)
	if code != 0 || !strings.Contains(text, "multiples of 5, all sums hold; a true value lies from 4 below to 4 above") {
		t.Fatalf("exit status %d: %s", code, text)
	}
	const golden = `CONFIDENTIAL: this report holds the values before rounding and must not leave the closed environment
The choice was drawn with the seed `
	const next = `: whoever knows the seed can repeat the choice.

Rounded to multiples of 5, so that all sums hold, each cell to a multiple next to its value.
Whoever knows this knows of a value x, rounded to r, that r - 4 <= x <= r + 4.

Table "n": `
	report, err := os.ReadFile(filepath.Join(out, "confidential", "n.confidential.txt"))
	if err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{golden, next, "all 9 sums hold", "unsafe cells (region, sex: value; rounded; possible to an attacker; level below, above; why unsafe; verdict)", "; small count; holds"} {
		if !strings.Contains(string(report), want) {
			t.Errorf("%q is not in the report:\n%s", want, report)
		}
	}
	names := []string{}
	err = fs.WalkDir(os.DirFS(out), ".", func(path string, e fs.DirEntry, err error) error {
		if err == nil && !e.IsDir() {
			names = append(names, path)
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	if got := strings.Join(names, " "); got != "confidential/n.confidential.txt release/m.release.csv release/m.release.parquet release/manifest.json release/n.release.csv release/n.release.parquet release/n.rounding.json" {
		t.Errorf("files: %s", got)
	}
	if code, text := verb(t, "verify", out); code != 0 || !strings.Contains(text, "n.rounding.json holds: n.release.csv, m.release.csv") {
		t.Errorf("exit status %d: %s", code, text)
	}
	// Another base would not be the same; a run again is, byte for byte.
	again := filepath.Join(dir, "again")
	if code, text := verb(t, append(args[:len(args)-1], again)...); code != 0 {
		t.Fatalf("exit status %d: %s", code, text)
	}
	for _, name := range names {
		a, err := os.ReadFile(filepath.Join(out, name))
		if err != nil {
			t.Fatal(err)
		}
		b, err := os.ReadFile(filepath.Join(again, name))
		if err != nil || string(a) != string(b) {
			t.Errorf("%s is not the same again (%v)", name, err)
		}
	}
	// A release that nothing states, and one that was changed.
	out = filepath.Join(out, "release")
	write(t, filepath.Join(out, "other.release.xlsx"), "x")
	if code, text := verb(t, "verify", out); code != exitUnsafe || !strings.Contains(text, "other.release.xlsx: no certificate holds for it") {
		t.Errorf("exit status %d: %s", code, text)
	}
	if err := os.Remove(filepath.Join(out, "other.release.xlsx")); err != nil {
		t.Fatal(err)
	}
	csv, err := os.ReadFile(filepath.Join(out, "n.release.csv"))
	if err != nil {
		t.Fatal(err)
	}
	write(t, filepath.Join(out, "n.release.csv"), strings.Replace(string(csv), ",5,F", ",10,F", 1))
	if code, text := verb(t, "verify", out); code != exitUnsafe || !strings.Contains(text, "n.rounding.json: ") {
		t.Errorf("exit status %d: %s", code, text)
	}
}

// TestRoundNearest: each cell by itself, verified as such.
func TestRoundNearest(t *testing.T) {
	dir := roundData(t)
	out := filepath.Join(dir, "out")
	code, text := verb(t, "protect", filepath.Join(dir, "spec.yaml"), "--policy", filepath.Join(dir, "policy.yaml"), "--round", "10", "--nearest", "--out", out)
	if code != 0 {
		t.Fatalf("exit status %d: %s", code, text)
	}
	if code, text := verb(t, "verify", out); code != 0 || !strings.Contains(text, "each cell by itself, so that sums need not hold; a true value lies from 5 below to 4 above") {
		t.Errorf("exit status %d: %s", code, text)
	}
}

// TestRoundRefused: what cannot be rounded, and what rounding does not protect, leaves
// no file.
func TestRoundRefused(t *testing.T) {
	dir := roundData(t)
	spec, policy, out := filepath.Join(dir, "spec.yaml"), filepath.Join(dir, "policy.yaml"), filepath.Join(dir, "out")
	base := []string{"protect", spec, "--policy", policy, "--out", out}
	for _, c := range []struct {
		args []string
		want int
		says string
	}{
		{append(base, "--round", "1"), exitUsage, "base"},
		{append(base, "--nearest"), exitUsage, "--round"},
		{append(base, "--round", "5", "--html", filepath.Join(dir, "p.html")), exitUsage, "--html"},
	} {
		t.Run(strings.Join(c.args, " "), func(t *testing.T) {
			if code, text := verb(t, c.args...); code != c.want || !strings.Contains(text, c.says) {
				t.Errorf("%v: exit status %d: %s", c.args[2:], code, text)
			}
		})
	}
	// A share of the line of more than 90 % is not hidden by so fine a base.
	write(t, policy, `version: 1
name: groups
extends: cbs
rules: {min-contributors: off, nk: off, group-disclosure: {percent: 60}, zero-cells: off}
`)
	code, text := verb(t, append(base, "--round", "2")...)
	if code != exitUnsafe || !strings.Contains(text, "nothing is released: rounding with this base leaves the values of unsafe cells too closely known\n  \"") {
		t.Errorf("exit status %d: %s", code, text)
	}
	// Sums are not counts.
	write(t, filepath.Join(dir, "d.csv"), "a,x\np,1\nq,2\nq,3\n")
	write(t, spec, "version: 1\ndata: {source: d.csv}\noutputs:\n  - {name: s, kind: magnitude, by: [a], response: x}\n")
	code, text = verb(t, append(base, "--round", "5")...)
	if code != exitUnsafe || !strings.Contains(text, `output "s" is not of whole counts`) {
		t.Errorf("exit status %d: %s", code, text)
	}
	if entries, err := os.ReadDir(out); err == nil && len(entries) > 0 {
		t.Errorf("left behind: %v", entries)
	}
}

// TestRoundedSmall: a count of too few that is known to be of too few is for review, and one
// that may be the least number that is enough is not.
func TestRoundedSmall(t *testing.T) {
	for _, c := range []struct {
		base string
		code int
	}{{"4", exitReview}, {"5", 0}} { // 0 is from 0 to 3 of at least 4, or from 0 to 4
		t.Run("base "+c.base, func(t *testing.T) {
			dir := roundData(t)
			code, text := verb(t, "protect", filepath.Join(dir, "spec.yaml"), "--policy", filepath.Join(dir, "policy.yaml"), "--round", c.base, "--out", filepath.Join(dir, "out"))
			if code != c.code || strings.Contains(text, "can still be seen to lie below the minimum") != (code == exitReview) {
				t.Errorf("exit status %d, want %d: %s", code, c.code, text)
			}
		})
	}
}
