package sdc

import (
	"testing"

	"github.com/sluis-go/sluis/sdc/report/words"
)

// TestShareDigits: a share that lies beyond a limit is shown beyond that limit.
func TestShareDigits(t *testing.T) {
	for _, tc := range []struct {
		name  string
		a, b  int64
		limit Percent
		want  words.Arg
	}{
		{"far from the limit", 2, 3, "50", words.Decimal("66.7")},
		{"at a whole limit", 1, 2, "50", words.Arg{Kind: words.Above, Text: "50"}},
		{"six digits beyond", 5_000_000_5, 10_000_000_0, "50", words.Decimal("50.000005")},
		{"eight digits beyond", 50_000_000_01, 100_000_000_00, "50", words.Decimal("50.00000001")},
		{"beyond a limit with a decimal", 505_000_001, 1_000_000_000, "50.5", words.Decimal("50.5000001")},
		{"nearer to a whole number than a digit shows", 999_999, 1_000_000, "50", words.Decimal("99.9999")},
		{"all", 7, 7, "50", words.Decimal("100")},
	} {
		t.Run(tc.name, func(t *testing.T) {
			var w texts
			got := w.shareAbove(count(tc.a), count(tc.b), tc.limit.float(), tc.limit)
			if got != tc.want {
				t.Errorf("%+v, want %+v", got, tc.want)
			}
		})
	}
}
