package sdc

import (
	"slices"

	"github.com/sluis-go/sluis/sdc/report/words"
)

// joinedRecords remarks on two outputs of microdata that have a column in common, a key or
// a sensitive variable. Whoever has both files joins them on these columns: the records of
// the joined file have the keys of both. No rule has looked at the classes of that file, so
// the pair is for review. An income that few persons have joins nearly every record.
//
// Two outputs with the same keys have the same classes: no key is added by joining, and the
// pair has no remark.
//
// Quadratic in the outputs.
func joinedRecords(outputs []Output) []Remark {
	var out []Remark
	for j := range outputs {
		for i := range j {
			a, b := &outputs[i], &outputs[j]
			if a.Kind != Microdata || b.Kind != Microdata || among(a.By, b.By) && among(b.By, a.By) {
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
