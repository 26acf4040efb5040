package suppress

import (
	"errors"
	"testing"

	"github.com/sluis-go/sluis/suppress/internal/hide"
)

// TestResultOfAttack: a need that is refuted is an error; cells with a need that is neither
// confirmed nor refuted are counted, each once.
func TestResultOfAttack(t *testing.T) {
	undecided := func(cell int) hide.Failure { return hide.Failure{Cell: cell, Verdict: hide.Undecided} }
	for _, tc := range []struct {
		name     string
		failures []hide.Failure
		want     int // -1 for an error
	}{
		{"all confirmed", nil, 0},
		{"one cell", []hide.Failure{undecided(3)}, 1},
		{"two needs of one cell", []hide.Failure{undecided(3), undecided(3)}, 1},
		{"two cells", []hide.Failure{undecided(3), undecided(5)}, 2},
		{"refuted", []hide.Failure{undecided(3), {Cell: 4, Verdict: hide.Fails}}, -1},
	} {
		t.Run(tc.name, func(t *testing.T) {
			got, err := resultOf(&hide.Audited{Failures: tc.failures, Intervals: []hide.Interval{{Cell: 3}, {Cell: 9}}})
			if tc.want < 0 {
				if !errors.Is(err, ErrUndecided) || got != nil {
					t.Fatalf("%+v, %v", got, err)
				}
				return
			}
			if err != nil || got.undecided != tc.want || len(got.ends) != 2 {
				t.Errorf("%+v, %v", got, err)
			}
		})
	}
}
