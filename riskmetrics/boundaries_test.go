package riskmetrics_test

import (
	"errors"
	"strings"
	"testing"

	"github.com/sluis-go/sluis/riskmetrics"
)

// TestRiskOfEachClass: two classes that follow each other, with one population frequency and
// different sample frequencies, have different risks.
func TestRiskOfEachClass(t *testing.T) {
	tab := table(t, [][]string{{"a", "w"}, {"A", "10"}, {"B", "5"}, {"B", "5"}, {"C", "4"}, {"C", "6"}, {"D", "10"}, {"E", "7"}}, "w")
	risk, err := classes(t, tab, riskmetrics.Options{Keys: []string{"a"}, Weight: "w"}).Individual(ctx, riskmetrics.Exact)
	if err != nil {
		t.Fatal(err)
	}
	for i, of := range [][2]float64{{1, 10}, {2, 10}, {2, 10}, {2, 10}, {2, 10}, {1, 10}, {1, 7}} {
		if want, err := riskmetrics.IndividualRisk(of[0], of[1], riskmetrics.Exact); err != nil || risk[i] != want {
			t.Errorf("record %d: %v, want %v, %v", i+1, risk[i], want, err)
		}
	}
}

// TestPopulationOfPersons: one person in two classes of the population is enough for matching
// of nulls to be undefined; and a sample of which a class is larger than in the population is
// not of that population.
func TestPopulationOfPersons(t *testing.T) {
	o := riskmetrics.Options{Keys: []string{"a"}, Respondent: "id", Missing: policy(t, "wildcard")}
	sample := classes(t, table(t, persons("A p1 x")), o)
	for _, tc := range []struct {
		rows []string
		ok   bool
	}{{[]string{"A p1 x", "B p2 x"}, true}, {[]string{"A p1 x", "B p1 x", "B p2 x"}, false}} {
		t.Run(strings.Join(tc.rows, " "), func(t *testing.T) {
			_, err := sample.KMap(ctx, classes(t, table(t, persons(tc.rows...)), o))
			if (err == nil) != tc.ok || err != nil && !errors.Is(err, riskmetrics.ErrRequest) {
				t.Errorf("%q: %v", tc.rows, err)
			}
		})
	}
	plain := riskmetrics.Options{Keys: []string{"a"}}
	two := classes(t, table(t, persons("A p1 x", "A p2 x")), plain)
	for _, tc := range []struct {
		rows []string
		ok   bool
	}{{[]string{"A p1 x", "A p2 x"}, true}, {[]string{"A p1 x", "B p2 x"}, false}} {
		t.Run(strings.Join(tc.rows, " "), func(t *testing.T) {
			if _, _, err := two.Presence(ctx, classes(t, table(t, persons(tc.rows...)), plain)); (err == nil) != tc.ok || err != nil && !errors.Is(err, riskmetrics.ErrClass) {
				t.Errorf("%q: %v", tc.rows, err)
			}
		})
	}
}
