package main

import (
	"slices"
	"strings"

	"github.com/sluis-go/sluis/sdc"
	"github.com/sluis-go/sluis/sdc/report"
)

// unlinked is said where tables of the same counts, or of sums of one response, are
// not protected as one.
const unlinked = "what tables tell together that leave out rows with missing values; " +
	"they share no cell exactly and are protected one by one"

// columns is said by every run: only some relations between columns are looked for.
const columns = "longer relations between columns than that one fixes another and that one response is the sum of two: " +
	"what tables of them tell together"

// earlier is said by every run: protect sees one spec.
const earlier = "earlier and later releases about the same persons or firms, of these data or others: " +
	"what one tells minus what another tells may be about one of them"

// judgedByHand lists what an a-priori list did to the tables that a person must look at,
// cells set safe that a rule does not and entries without effect, and who set cells safe.
func judgedByHand(r *sdc.Report, tables []int) (found, safeBy []report.HandJudgement) {
	for _, k := range tables {
		o := &r.Outputs[k]
		for _, f := range o.Findings {
			if f.Rule == "a-priori" && f.Verdict == sdc.Review {
				found = append(found, report.HandJudgement{Output: o.Name, Text: f.Message})
			}
		}
		for _, by := range o.SafeBy() {
			safeBy = append(safeBy, report.HandJudgement{Output: o.Name, Text: by})
		}
	}
	return found, safeBy
}

// countedThings returns how many different things tables count or sum up.
func countedThings(r *sdc.Report, tables []int) int {
	seen := map[string]bool{}
	for _, k := range tables {
		o := r.Tables[k].Output()
		seen[string(o.Kind)+" "+o.Response] = true
	}
	return len(seen)
}

// leftToReviewer names what a reviewer must judge of the tables, in order: remarks of the
// check and of protect, and rules.
func leftToReviewer(r *sdc.Report, tables []int, open []sdc.Remark) []string {
	var names []string
	for _, x := range slices.Concat(r.Data.Remarks, open) {
		if x.Verdict != sdc.Safe {
			names = append(names, x.Name)
		}
	}
	for _, k := range tables {
		for _, f := range r.Outputs[k].Findings {
			if f.Verdict == sdc.Review {
				names = append(names, f.Rule)
			}
		}
		if requestOpen(&r.Outputs[k]) {
			names = append(names, "request")
		}
	}
	slices.Sort(names)
	return slices.Compact(names)
}

// requestOpen reports whether the policy asks for a rule of requests that the data cannot
// answer: that is no finding, but no less open.
func requestOpen(o *sdc.OutputReport) bool {
	return slices.ContainsFunc(o.NotChecked, func(s string) bool { return strings.HasPrefix(s, "request: ") })
}

// leftOver is what suppression does not settle: findings that a person must
// judge.
func leftOver(o sdc.OutputReport) sdc.Verdict {
	for _, x := range o.Findings {
		if x.Verdict == sdc.Review {
			return sdc.Review
		}
	}
	if requestOpen(&o) {
		return sdc.Review
	}
	return sdc.Safe
}
