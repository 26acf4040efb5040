package measure_test

import (
	"errors"
	"fmt"
	"strings"
	"testing"

	"github.com/apache/arrow/go/v15/arrow/memory"

	"github.com/sluis-go/sluis/riskmetrics/measure"
	"github.com/sluis-go/sluis/sdc/localrecord"
)

// TestRecountOne: one class that is too small, of one record, is too small.
func TestRecountOne(t *testing.T) {
	for _, tc := range []struct {
		rows []string
		k    int
		ok   bool
	}{
		{nil, 2, true}, {[]string{"A,x"}, 2, false}, {[]string{"A,x", "A,y"}, 2, true}, {[]string{"A,x", "A,y", "B,z"}, 2, false},
		{[]string{"A,x", "A,y", "B,z", "B,z"}, 3, false},
	} {
		t.Run(strings.Join(tc.rows, " "), func(t *testing.T) {
			data := table(memory.DefaultAllocator, []string{"a", "b"}, tc.rows...)
			_, err := measure.Recount(t.Context(), data, measure.Options{Keys: []string{"a"}, K: tc.k})
			data.Release()
			if (err == nil) != tc.ok || err != nil && !errors.Is(err, measure.ErrSmall) {
				t.Errorf("%q, k %d: %v", tc.rows, tc.k, err)
			}
		})
	}
}

// TestCovered: a record of local suppression reaches the larger of k and the minimum of
// combinations, on all keys where k is asked.
func TestCovered(t *testing.T) {
	for _, tc := range []struct {
		k, combinations int
		least           int64
		reached         int64
		maxKeys         int
		ok              bool
	}{
		{3, 0, 0, 3, 0, true}, {4, 0, 0, 3, 0, false}, {3, 0, 0, 3, 1, false},
		{0, 1, 3, 3, 1, true}, {0, 2, 3, 3, 1, false}, {0, 1, 4, 3, 1, false}, {0, 1, 0, 2, 1, false},
		{2, 1, 4, 3, 0, false}, {2, 1, 3, 3, 0, true}, {3, 1, 2, 3, 0, true}, {2, 1, 3, 3, 1, false},
	} {
		t.Run(fmt.Sprint("k ", tc.k, ", combinations ", tc.combinations), func(t *testing.T) {
			o := measure.Options{Keys: []string{"a", "b"}, K: tc.k, Combinations: tc.combinations, MinCount: tc.least}
			why := o.Covered(&localrecord.Record{Keys: []string{"a", "b"}, K: tc.reached, MaxKeys: tc.maxKeys})
			if (why == "") != tc.ok {
				t.Errorf("%+v: %q", tc, why)
			}
		})
	}
}

// TestTwoParents: a value with two nodes above it is no hierarchy; a value that a level leaves
// as it is has none.
func TestTwoParents(t *testing.T) {
	for text, ok := range map[string]bool{"a;A;*\nb;A;*\n": true, "a;A;*\na;B;*\n": false, "a;A;*\nb;A;+\n": false, "a;a;*\nb;B;*\n": true, "a;A\na;A\n": true} {
		t.Run(text, func(t *testing.T) {
			if _, err := measure.ReadTree(strings.NewReader(text)); (err == nil) != ok {
				t.Errorf("%q: %v", text, err)
			}
		})
	}
}
