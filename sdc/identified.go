package sdc

import (
	"strconv"

	"github.com/sluis-go/sluis/internal/column"
	"github.com/sluis-go/sluis/internal/evidence"
	"github.com/sluis-go/sluis/internal/identifier"
	"github.com/sluis-go/sluis/sdc/report/words"
)

// wholeNumbers says how the keys of a column of units read as whole numbers.
type wholeNumbers uint8

const (
	noWholeNumbers wholeNumbers = iota
	signedNumbers
	unsignedNumbers
)

// notPseudonymised looks at the values of the columns that name persons (respondent and
// holding) and of the columns that span tables (keys and sensitive variables). It remarks
// on a column of at least ten distinct values of which 90 % have the form of a direct
// identifier, see package identifier. Of more than 10,000 values it looks at the values
// with the smallest hashes, so that the remark does not depend on the order of the rows.
// It costs nothing per row. w is the merged worker of closed tables.
func (w *worker) notPseudonymised(pl *plan, lists []*column.List) []Remark {
	var out []Remark
	for c, col := range pl.columns {
		var sample identifier.Sample
		var t *identifier.Tally
		switch unit := c == pl.respondent || c == pl.holding; {
		case lists[c] != nil:
			null, hasNull := lists[c].Null()
			for code := range lists[c].Len() {
				if !hasNull || uint32(code) != null {
					sample.Add([]byte(lists[c].Label(uint32(code))))
				}
			}
		case !unit:
			continue
		case w.interners[c] != nil:
			w.interners[c].Each(sample.Add)
		case w.keyed[c]:
			t = w.tallyKeys(c)
		case w.encoders[c] != nil:
			null, hasNull := w.encoders[c].Null()
			for code := range w.encoders[c].Len() {
				if !hasNull || uint32(code) != null {
					sample.Add([]byte(w.encoders[c].Label(uint32(code))))
				}
			}
		}
		if t == nil {
			t = sample.Tally()
		}
		kind, found := t.Kind()
		if !found {
			continue
		}
		id := words.NotPseudonymised
		if t.Total() == identifier.SampleSize {
			id = words.NotPseudonymisedOf
		}
		out = append(out, Remark{
			Name: "not-pseudonymised", Column: col.name, Count: t.Found(), Verdict: Review,
			Message: words.New(id, words.Count(t.Found()), words.Count(t.Total()), formOf(kind)),
		})
	}
	return out
}

// tallyKeys counts the forms of keys of units that are whole numbers: of every table the
// lowest keys. The keys of one table are distinct, and at most a sample.
func (w *worker) tallyKeys(c int) *identifier.Tally {
	kind := evidence.RespondentUnit
	if c == w.pl.holding {
		kind = evidence.HoldingUnit
	}
	var keys []uint64
	for _, a := range w.accumulators {
		keys = append(keys, a.Lowest(kind)...)
	}
	if len(w.accumulators) > 1 {
		keys = evidence.LowestOf(keys)
	}
	t := &identifier.Tally{}
	for _, key := range keys {
		switch whole := w.whole[c]; {
		case whole == signedNumbers && int64(key) < 0:
			t.Add(strconv.FormatInt(int64(key), 10))
		case whole == signedNumbers || whole == unsignedNumbers:
			t.AddWhole(key)
		default:
			return t
		}
	}
	return t
}
