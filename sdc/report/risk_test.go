package report_test

import (
	"testing"

	"github.com/sluis-go/sluis/sdc"
	"github.com/sluis-go/sluis/sdc/report"
)

// TestRiskRemark: a remark lifts the verdict and never lowers it.
func TestRiskRemark(t *testing.T) {
	for _, tc := range []struct {
		before string
		of     sdc.Verdict
		want   string
	}{
		{report.NotJudged, sdc.Safe, report.NotJudged}, {report.NotJudged, sdc.Review, "review"}, {report.NotJudged, sdc.Unsafe, "unsafe"},
		{"safe", sdc.Safe, "safe"}, {"safe", sdc.Review, "review"}, {"safe", sdc.Unsafe, "unsafe"},
		{"review", sdc.Safe, "review"}, {"review", sdc.Review, "review"}, {"review", sdc.Unsafe, "unsafe"},
		{"unsafe", sdc.Safe, "unsafe"}, {"unsafe", sdc.Review, "unsafe"}, {"unsafe", sdc.Unsafe, "unsafe"},
	} {
		t.Run(tc.before, func(t *testing.T) {
			r := report.NewRisk("refuse")
			r.Verdict = tc.before
			x := sdc.Remark{Name: "records", Verdict: tc.of}
			r.Remark(x, x)
			if r.Verdict != tc.want || len(r.Data.Remarks) != 1 {
				t.Errorf("%s and a remark for %v: %s, %d remarks; want %s, 1", tc.before, tc.of, r.Verdict, len(r.Data.Remarks), tc.want)
			}
		})
	}
}
