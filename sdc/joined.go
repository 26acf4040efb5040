package sdc

import (
	"slices"

	"github.com/sluis-go/sluis/sdc/report/words"
)

// joinedRecords remarks on two outputs of microdata that have a column in common, a key or
// a sensitive variable. A reader of both files can join them on these columns: the records
// of the joined file have the keys of both. No rule has looked at the classes of that file, so
// the pair is for review. An income that few persons have joins nearly every record.
//
// Two outputs with the same keys in the same codes have the same classes: no key is added by
// joining, and the pair has no remark. Keys that one output publishes to another level, or
// folds otherwise, are different keys: one file can have the exact region with groups of ages,
// the other groups of regions with the exact age.
//
// Quadratic in the outputs.
func joinedRecords(outputs []Output) []Remark {
	var out []Remark
	for j := range outputs {
		for i := range j {
			a, b := &outputs[i], &outputs[j]
			if a.Kind != Microdata || b.Kind != Microdata || a.sameKeys(b) {
				continue
			}
			var shared []string
			columns := slices.Concat(a.By, a.Sensitive)
			for _, name := range slices.Concat(b.By, b.Sensitive) {
				if slices.Contains(columns, name) {
					shared = append(shared, name)
				}
			}
			if len(shared) == 0 {
				continue
			}
			out = append(out, Remark{
				Name: "joined-records", Column: shared[0], Count: int64(len(shared)), Verdict: Review,
				Message: words.New(words.JoinedRecords, append([]words.Arg{words.NameOf(a.Name), words.NameOf(b.Name)}, words.Names(shared)...)...),
			})
		}
	}
	return out
}

// sameKeys reports whether two outputs have the same keys, published to the same levels and
// with the same folded codes. Settings that differ are different, also where the tree of codes
// makes the same of them.
func (o *Output) sameKeys(other *Output) bool {
	if !among(o.By, other.By) || !among(other.By, o.By) {
		return false
	}
	for _, name := range o.By {
		if o.Depth[name] != other.Depth[name] || !among(o.Fold[name], other.Fold[name]) || !among(other.Fold[name], o.Fold[name]) {
			return false
		}
	}
	return true
}
