package riskmetrics_test

import (
	"errors"
	"math"
	"testing"

	"github.com/apache/arrow/go/v15/arrow"

	"github.com/sluis-go/sluis/riskmetrics"
)

// attributesOfPersons recounts the measures of attribute disclosure from sets of
// persons. Without wildcard a class is the records with its keys; with wildcard all
// that match.
func attributesOfPersons(t *testing.T, rows [][]string, p string, c *riskmetrics.Classes, tab arrow.Table,
	left func([]string) bool, same func(x, y []string) bool, seen map[string]int,
) {
	t.Helper()
	s, err := c.Sensitive(ctx, tab, "s", policy(t, "exclude"))
	if errors.Is(err, riskmetrics.ErrRequest) {
		if _, several := c.Respondents(); p != "wildcard" || several == 0 {
			t.Fatalf("%v %s: refused: %v", rows, p, err)
		}
		seen["refused"]++
		return
	}
	if err != nil {
		t.Fatal(err)
	}
	in := func(x, y []string) bool {
		if p == "wildcard" {
			return counts(x, y, []int{0, 1}, p).Sign() > 0
		}
		return same(x, y)
	}
	everybody, have := map[string]map[string]bool{}, map[string]map[string]bool{}
	put := func(m map[string]map[string]bool, a, b string) {
		if m[a] == nil {
			m[a] = map[string]bool{}
		}
		m[a][b] = true
	}
	for _, r := range rows[1:] {
		if !left(r) && r[2] != "" {
			put(everybody, r[3], r[2])
			put(have, r[2], r[3])
		}
	}
	severalOverall, severalInClass := false, false
	for _, v := range everybody {
		severalOverall = severalOverall || len(v) > 1
	}
	for _, x := range rows[1:] {
		for _, y := range rows[1:] {
			if !left(x) && !left(y) && same(x, y) && x[3] == y[3] && x[2] != "" && y[2] != "" && x[2] != y[2] {
				severalInClass = true
			}
		}
	}
	refusal := func(name string, should bool, err error) bool {
		t.Helper()
		if should != errors.Is(err, riskmetrics.ErrRequest) || !should && err != nil {
			t.Fatalf("%v %s: %s: %v", rows, p, name, err)
		}
		return !should
	}
	l, err := s.Distinct(ctx)
	judged := refusal("l", severalInClass && p == "wildcard", err)
	entropy, err := s.Entropy(ctx)
	hasEntropy := refusal("entropy", severalInClass, err)
	closeness, err := s.TCloseness(ctx, riskmetrics.Equal)
	hasT := refusal("t", severalOverall, err)
	alpha, delta := attained(t)(s.MaxShare(ctx)), attained(t)(s.Disclosure(ctx, 2))
	beta := attained(t)(s.Likeness(ctx))
	for i, x := range rows[1:] {
		if left(x) {
			continue
		}
		id := c.Class(i)
		byValue, persons := map[string]map[string]bool{}, map[string]bool{}
		for _, y := range rows[1:] {
			if !left(y) && y[2] != "" && in(x, y) {
				put(byValue, y[2], y[3])
				persons[y[3]] = true
			}
		}
		if judged {
			seen["l"]++
			if want := mostRepresented(byValue); l.PerClass[id] != float64(want) {
				t.Fatalf("%v %s record %d: l = %v, want %d", rows, p, i+1, l.PerClass[id], want)
			}
		}
		if len(persons) == 0 {
			continue
		}
		n, all := float64(len(persons)), float64(len(everybody))
		most, gain, log, h, distance := 0.0, 0.0, 0.0, 0.0, 0.0
		for v, of := range have {
			share, overall := float64(len(byValue[v]))/n, float64(len(of))/all
			distance += math.Abs(share-overall) / 2
			if share > 0 {
				most, gain = max(most, share), max(gain, share/overall-1)
				log = max(log, math.Abs(math.Log2(share/overall)))
				h -= share * math.Log(share)
			}
		}
		if !near(alpha.PerClass[id], most, 1e-12) || !near(beta.PerClass[id], gain, 1e-12) || !near(delta.PerClass[id], log, 1e-12) {
			t.Fatalf("%v %s record %d: alpha %v beta %v delta %v, want %v %v %v", rows, p, i+1,
				alpha.PerClass[id], beta.PerClass[id], delta.PerClass[id], most, gain, log)
		}
		seen["alpha"]++
		seen["delta"]++
		if hasEntropy {
			seen["entropy"]++
			if !near(entropy.PerClass[id], math.Exp(h), 1e-12) {
				t.Fatalf("%v %s record %d: entropy %v, want %v", rows, p, i+1, entropy.PerClass[id], math.Exp(h))
			}
		}
		if hasT {
			seen["t"]++
			if !near(closeness.PerClass[id], distance, 1e-12) {
				t.Fatalf("%v %s record %d: t %v, want %v", rows, p, i+1, closeness.PerClass[id], distance)
			}
		}
	}
}

// mostRepresented tries every way to give values to different persons.
func mostRepresented(byValue map[string]map[string]bool) int {
	var values []string
	for v := range byValue {
		values = append(values, v)
	}
	taken := map[string]bool{}
	var try func(at int) int
	try = func(at int) int {
		if at == len(values) {
			return 0
		}
		best := try(at + 1)
		for person := range byValue[values[at]] {
			if !taken[person] {
				taken[person] = true
				best = max(best, 1+try(at+1))
				delete(taken, person)
			}
		}
		return best
	}
	return try(0)
}
