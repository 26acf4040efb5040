package evidence

import (
	"slices"

	"github.com/sluis-go/sluis/internal/scatter"
)

// LowestUnits is the number of units of a kind that an accumulator keeps for a look
// at their keys.
const LowestUnits = 10_000

// lowest keeps the units with the smallest mixed keys: the choice depends only on the set
// of keys. A partition without a kept unit costs one comparison.
type lowest struct {
	units []uint64 // mixed keys
	limit uint64   // the largest that may be kept, where full
	full  bool
}

// wants reports whether some of the units may be kept. recs must ascend by unit.
func (l *lowest) wants(recs []rec) bool {
	return len(recs) > 0 && (!l.full || recs[0].unit <= l.limit)
}

func (l *lowest) add(u uint64) {
	if l.full && u > l.limit {
		return
	}
	if l.units = append(l.units, u); len(l.units) == 2*LowestUnits {
		l.cut()
	}
}

func (l *lowest) cut() {
	slices.Sort(l.units)
	if l.units = slices.Compact(l.units); len(l.units) >= LowestUnits {
		l.units = l.units[:LowestUnits]
		l.limit, l.full = l.units[LowestUnits-1], true
	}
}

// Lowest returns the keys of up to LowestUnits respondents or holdings of a closed
// accumulator: the same ones for every order of the rows. Where units were given ids
// instead of keys, these are meaningless.
func (a *Accumulator) Lowest(kind UnitKind) []uint64 {
	var l *lowest
	switch {
	case a.none != nil:
		l = &a.none.lowest[kind]
	case a.small != nil:
		l = &a.small.lowest[kind]
	case a.narrow != nil:
		l = &a.narrow.lowest[kind]
	default:
		l = &a.wide.lowest[kind]
	}
	l.cut()
	out := make([]uint64, len(l.units))
	for i, u := range l.units {
		out[i] = scatter.Unmix(u)
	}
	return out
}

// LowestOf returns the keys that Lowest would return for one accumulator with all units
// of several accumulators. keys are the results of Lowest for each of them, one after the
// other.
func LowestOf(keys []uint64) []uint64 {
	mixed := make([]uint64, len(keys))
	for i, k := range keys {
		mixed[i] = scatter.Mix(k)
	}
	slices.Sort(mixed)
	mixed = slices.Compact(mixed)
	out := mixed[:min(len(mixed), LowestUnits)]
	for i, u := range out {
		out[i] = scatter.Unmix(u)
	}
	return out
}
