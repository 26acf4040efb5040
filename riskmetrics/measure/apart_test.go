package measure_test

import (
	"math/big"
	"strings"
	"testing"

	"github.com/apache/arrow/go/v15/arrow/memory"

	"github.com/sluis-go/sluis/riskmetrics"
	"github.com/sluis-go/sluis/riskmetrics/measure"
)

// TestApart: a limit on a sensitive variable that holds only by what nulls may stand for is
// for review.
func TestApart(t *testing.T) {
	policy := func(s string) riskmetrics.Missing {
		m, err := riskmetrics.ParseMissing(s)
		if err != nil {
			t.Fatal(err)
		}
		return m
	}
	times := func(n int, row string) []string {
		return strings.Split(strings.TrimSuffix(strings.Repeat(row+"\n", n), "\n"), "\n")
	}
	alike := append(times(10, "x,hiv"), append(times(4, "NULL,flu"), append(times(4, "NULL,cold"), times(4, "NULL,hiv")...)...)...)
	unknown := append(times(8, "x,hiv"), append(times(4, "x,NULL"), append(times(6, "y,hiv"), times(6, "y,flu")...)...)...)
	both := append(times(6, "x,hiv"), append(times(6, "x,NULL"), append(times(6, "NULL,flu"), times(6, "NULL,cold")...)...)...)
	limit := func(l int, alpha *big.Rat) measure.Options { return measure.Options{L: l, Alpha: alpha} }
	for _, tc := range []struct {
		name         string
		rows         []string
		keys, values string
		suppressed   bool
		o            measure.Options
		want         string
		review       int // limits for review
	}{
		{"a class of one value, and nulls with others", alike, "wildcard", "exclude", false, limit(3, nil), "review", 1},
		{"the share of one value", alike, "wildcard", "exclude", false, limit(0, big.NewRat(7, 10)), "review", 1},
		{"the distance alone", alike, "wildcard", "exclude", false, measure.Options{T: big.NewRat(1, 4)}, "review", 1},
		{"the gain alone", alike, "wildcard", "exclude", false, measure.Options{Beta: big.NewRat(1, 2)}, "review", 1},
		{"the logarithm alone", alike, "wildcard", "exclude", false, measure.Options{Delta: big.NewRat(2, 5)}, "review", 1},
		{"the largest against the others alone", alike, "wildcard", "exclude", false, measure.Options{C: big.NewRat(2, 1)}, "review", 1},
		{"no limit on values", alike, "wildcard", "exclude", false, measure.Options{K: 2}, "safe", 0},
		{"nulls as a category are judged once", alike, "category", "exclude", false, limit(3, nil), "unsafe", 0},
		{"nulls that local suppression wrote", alike, "wildcard", "exclude", true, limit(3, nil), "safe", 0},
		{"unsafe with nulls too", alike, "wildcard", "exclude", false, limit(4, nil), "unsafe", 0},
		{"eight have one value, of four it is unknown", unknown, "refuse", "category", false, limit(2, nil), "review", 1},
		{"unknown values are no values", unknown, "refuse", "exclude", false, limit(2, nil), "unsafe", 0},
		{"nulls of both", both, "wildcard", "category", false, limit(2, nil), "review", 1},
	} {
		t.Run(tc.name, func(t *testing.T) {
			mem := memory.NewCheckedAllocator(memory.DefaultAllocator)
			defer mem.AssertSize(t, 0)
			data := table(mem, []string{"a", "s"}, tc.rows...)
			defer data.Release()
			o := tc.o
			o.Keys, o.Sensitive, o.Missing, o.SensitiveMissing, o.Suppressed = []string{"a"}, []string{"s"}, policy(tc.keys), policy(tc.values), tc.suppressed
			result, err := measure.Make(t.Context(), data, o)
			if err != nil {
				t.Fatal(err)
			}
			review := 0
			for _, l := range result.Report.Limits {
				if strings.Contains(l.Definition.String(), "without what nulls may stand for, which is review") {
					review++
					if l.Verdict != "review" {
						t.Errorf("%q is %s", l.Definition, l.Verdict)
					}
				}
			}
			if result.Report.Verdict != tc.want || review != tc.review {
				t.Errorf("%s with %d limits for review, want %s with %d: %+v", result.Report.Verdict, review, tc.want, tc.review, result.Report.Limits)
			}
		})
	}
}
