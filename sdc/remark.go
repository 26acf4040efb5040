package sdc

import (
	"cmp"
	"slices"

	"github.com/sluis-go/sluis/sdc/report/words"
)

// Remark is a fact about the data that every reader of a report must see: an assumption,
// a likely fault, or a point that could not be checked. A remark never holds a value of
// the data.
type Remark struct {
	// Name is the kind of remark, such as "inferred-type" or "look-alike".
	Name string `json:"name"`
	// Column is the column that the remark is about; empty for the whole data.
	Column string `json:"column,omitempty"`
	// Count is a number of rows, values or files, as the message says.
	Count int64 `json:"count,omitempty"`
	// Verdict is [Safe] for information only. [Review] and [Unsafe] lift the
	// verdict of the report: the report is never better than its worst remark.
	Verdict Verdict `json:"verdict"`
	// Message is the fact. In JSON it is the English sentence; a report in JSON has the ID
	// and the arguments beside the sentence, see [words.Fact].
	Message words.Message `json:"message"`
}

// Equal reports whether two remarks say the same.
func (x Remark) Equal(y Remark) bool {
	return x.Name == y.Name && x.Column == y.Column && x.Count == y.Count && x.Verdict == y.Verdict && x.Message.String() == y.Message.String()
}

// Remark adds remarks to the report after the check, as [Data.Remarks] does before it.
func (r *Report) Remark(list ...Remark) { r.remark(list...) }

// remark adds remarks to the report, in the order of name, column and message,
// and lifts the verdict of the report. Equal remarks are kept once.
func (r *Report) remark(list ...Remark) {
	all := append(slices.Clone(r.Data.Remarks), list...)
	slices.SortStableFunc(all, func(a, b Remark) int {
		return cmp.Or(cmp.Compare(a.Name, b.Name), cmp.Compare(a.Column, b.Column), cmp.Compare(a.Message.String(), b.Message.String()), cmp.Compare(a.Verdict, b.Verdict))
	})
	r.Data.Remarks = slices.CompactFunc(all, Remark.Equal)
	for _, x := range list {
		r.Verdict = worst(r.Verdict, x.Verdict)
	}
}
