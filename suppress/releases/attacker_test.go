package releases

import (
	"testing"

	"github.com/sluis-go/sluis/internal/manifest"
	"github.com/sluis-go/sluis/suppress/verify"
)

// TestCounts: the attacker against whom counts are released knows that they are whole and not
// negative. What a table has is read from the data of its manifest, and from the name of its
// values in a manifest of an earlier version alone.
func TestCounts(t *testing.T) {
	yes, no, least, below := true, false, int64(0), int64(-1)
	strong := verify.Certified{Releases: []string{"t.csv"}, Whole: true, Least: &least}
	for _, tc := range []struct {
		name   string
		values manifest.Values
		of     func(c *verify.Certified)
		fails  bool
	}{
		{"counts", manifest.Values{Shows: "number of respondents", Counts: &yes}, nil, false},
		{"counts that may be broken", manifest.Values{Shows: "number of respondents", Counts: &yes}, func(c *verify.Certified) { c.Whole = false }, true},
		{"counts that may be negative", manifest.Values{Shows: "number of respondents", Counts: &yes}, func(c *verify.Certified) { c.Least = &below }, true},
		{"counts without a least value", manifest.Values{Shows: "number of respondents", Counts: &yes}, func(c *verify.Certified) { c.Least = nil }, true},
		{"counts with decimals", manifest.Values{Shows: "number of respondents", Counts: &yes}, func(c *verify.Certified) { c.Digits = 1 }, true},
		{"counts of another name", manifest.Values{Shows: "persons", Counts: &yes}, func(c *verify.Certified) { c.Whole = false }, true},
		{"sums", manifest.Values{Shows: "sum of turnover", Counts: &no}, func(c *verify.Certified) { c.Whole = false }, false},
		{"no counts, by the data", manifest.Values{Shows: "number of records, weighted with w", Counts: &no}, func(c *verify.Certified) { c.Whole = false }, false},
		{"earlier, counts", manifest.Values{Shows: "number of records"}, func(c *verify.Certified) { c.Whole = false }, true},
		{"earlier, weighted", manifest.Values{Shows: "number of records, weighted with w"}, func(c *verify.Certified) { c.Whole = false }, false},
		{"earlier, sums", manifest.Values{Shows: "sum of number of rooms"}, func(c *verify.Certified) { c.Whole = false }, false},
	} {
		t.Run(tc.name, func(t *testing.T) {
			c := strong
			if tc.of != nil {
				tc.of(&c)
			}
			v := &verification{
				tell: func(Found) {}, verdict: &Verdict{Holds: true},
				manifest: &manifest.Manifest{Files: []manifest.File{
					{Name: "other.csv", Values: manifest.Values{Shows: "number of respondents", Counts: &yes}}, {Name: "t.csv", Values: tc.values},
				}},
			}
			v.counts("t.certificate.json", &c)
			if failed := !v.verdict.Holds; failed != tc.fails {
				t.Errorf("failed: %v", failed)
			}
		})
	}
}
