package hide

import (
	"crypto/sha256"
	"fmt"
	"slices"
	"testing"

	"github.com/sluis-go/sluis/sdc"
)

// TestChoicePins: of very small tables some choices are drawn anew, and some tables are left to
// a reviewer; the same secret gives the same outcome; a table of which nothing is hidden, or of
// which the policy has no rule of counts, is not looked at.
func TestChoicePins(t *testing.T) {
	p := onlyRules()
	p.MinContributors = sdc.MinContributors{Min: 2}
	outcome := func(d *drawnTable, seed int) (text string, try int, review bool) {
		t.Helper()
		groups, err := FromReport(d.report, []int{0}, BuildOptions{})
		if err != nil {
			t.Fatal(err)
		}
		g := groups[0]
		if err := g.Draw(sha256.Sum256(fmt.Append(nil, d.x, seed))); err != nil {
			t.Fatal(err)
		}
		pattern, remarks, err := g.Protect(t.Context(), Options{Threads: 1, Rounds: 2, Seed: 1})
		if err != nil {
			return "", g.try, false
		}
		for _, r := range remarks {
			review = review || r.Name == "choice-pins"
		}
		list, err := g.Releases(pattern)
		if err != nil {
			t.Fatal(err)
		}
		return textOf(t, list), g.try, review
	}
	again, left := 0, 0
	alone := onlyRules()
	alone.MinContributors = p.MinContributors
	alone.Attacker.NoUnions = true
	for _, d := range slices.Concat(drawnTables(t, 2, 2, 4, p), drawnTables(t, 2, 2, 4, alone)) {
		text, try, review := outcome(d, 1)
		if other, sameTry, same := outcome(d, 1); other != text || sameTry != try || same != review {
			t.Errorf("%v: the same secret gives another outcome", d.x)
		}
		switch {
		case review:
			left++
			if try != 0 {
				t.Errorf("%v: choice %d is left to a reviewer, want the first", d.x, try)
			}
		case try > 0:
			again++
		}
	}
	t.Logf("drawn anew: %d, left to a reviewer: %d", again, left)
	if again == 0 || left == 0 {
		t.Errorf("drawn anew: %d, left to a reviewer: %d; want some of both", again, left)
	}
	for _, tc := range []struct {
		name string
		x    []int64
		min  int64
	}{
		{"nothing is unsafe", []int64{9, 8, 7, 6}, 2},
		{"a large table of four cells", []int64{3, 40, 50, 60}, 10},
	} {
		t.Run(tc.name, func(t *testing.T) {
			p.MinContributors.Min = tc.min
			d := &drawnTable{x: tc.x, report: (&rowsOf{2, 2}).report(t, tc.x, p)}
			if _, try, review := outcome(d, 1); try > 0 || review {
				t.Errorf("drawn anew %d times, review %v", try, review)
			}
		})
	}
}

// TestFiveByFour: a table of five by four with 3 and 4 in one row is published, with or without
// the look at what the choice tells.
func TestFiveByFour(t *testing.T) {
	p := onlyRules()
	p.MinContributors = sdc.MinContributors{Min: 5}
	x := []int64{3, 4, 20, 30, 12, 15, 22, 31, 14, 18, 25, 40, 11, 17, 21, 33, 13, 16, 24, 35}
	d := &drawnTable{x: x, report: (&rowsOf{5, 4}).report(t, x, p)}
	for seed := range 5 {
		groups, err := FromReport(d.report, []int{0}, BuildOptions{})
		if err != nil {
			t.Fatal(err)
		}
		g := groups[0]
		if err := g.Draw(sha256.Sum256(fmt.Append(nil, "five", seed))); err != nil {
			t.Fatal(err)
		}
		pattern, remarks, err := g.Protect(t.Context(), Options{Threads: 1, Rounds: 8, Seed: 1})
		if err != nil || len(remarks) > 0 {
			t.Fatalf("seed %d: %v, remarks %v", seed, err, remarks)
		}
		hidden := 0
		for _, is := range pattern.Hidden() {
			if is {
				hidden++
			}
		}
		t.Logf("%d cells are hidden beside the two", hidden-2)
		if hidden > 2+8 {
			t.Errorf("%d cells are hidden", hidden)
		}
	}
}
