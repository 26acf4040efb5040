package evidence

import (
	"context"
	"math"
	"sync/atomic"

	"github.com/sluis-go/sluis/internal/exact"
	"github.com/sluis-go/sluis/internal/scatter"
)

// Overlap finds out whether some respondent has rows of several holdings, or of a holding
// and of none. An Overlap is not safe for concurrent use; overlaps of parts of the data
// merge.
type Overlap struct {
	// Respondents, with the code of their holding in place of a cell. A key is too wide
	// for a cell. Two keys are equal if and only if both halves are, so each half has a
	// pool. A missing holding has a code too, or a mixed key that a holding may also
	// have. none says whether a missing holding occurred, and last whether a holding with
	// that key occurred.
	pools      []*pool[exact.Empty]
	last, none bool
	spill      *Spill
	half       [2][]uint32 // scratch
}

// OverlapRowBytes is the memory of a row of one of the two pools of an Overlap.
var OverlapRowBytes = RowBytes(Shape{Respondent: true})

// noHolding is the mixed key of a missing holding.
const noHolding = math.MaxUint64

// SpillTo gives o a budget. SpillTo must be called before rows are added.
func (o *Overlap) SpillTo(s *Spill) { o.spill = s }

// grow makes so many pools.
func (o *Overlap) grow(n int) {
	for len(o.pools) < n {
		p := newPool[exact.Empty](Shape{Respondent: true}, asRespondent)
		p.spill = o.spill
		o.pools = append(o.pools, p)
	}
}

// Add adds the respondents and holdings of a batch. In Holding (codes) missing holdings
// have a code of their own. For HoldingKey, HoldingNull marks the missing holdings.
func (o *Overlap) Add(b *Batch) error {
	who := units{b.Respondent, b.RespondentKey}
	if b.HoldingKey == nil {
		o.grow(1)
		o.pools[0].add(who, b.Holding, nil, false, b, nil, nil)
		return o.spill.err()
	}
	o.grow(2)
	low, high := extendTo(&o.half[0], b.Rows), extendTo(&o.half[1], b.Rows)
	for i, key := range b.HoldingKey {
		k := scatter.Mix(key)
		if b.HoldingNull != nil && b.HoldingNull[i] {
			k, o.none = noHolding, true
		} else if k == noHolding {
			o.last = true
		}
		low[i], high[i] = uint32(k), uint32(k>>32)
	}
	o.pools[0].add(who, low, nil, false, b, nil, nil)
	o.pools[1].add(who, high, nil, false, b, nil, nil)
	return o.spill.err()
}

// Merge adds the rows of p, which must not be used afterwards. codes maps the dense
// respondents and holdings of p.
func (o *Overlap) Merge(p *Overlap, codes Codes) error {
	o.last, o.none = o.last || p.last, o.none || p.none
	o.grow(len(p.pools))
	for i := range p.pools {
		o.pools[i].merge(p.pools[i], codes.Holding, codes.Respondent)
	}
	return o.spill.err()
}

// Any reports whether there is such a respondent. It also reports true, on the safe side,
// if a holding has the key that stands for a missing one and some holdings are missing.
// Up to threads goroutines work.
func (o *Overlap) Any(ctx context.Context, threads int) (bool, error) {
	var found atomic.Bool
	found.Store(o.last && o.none)
	for _, p := range o.pools {
		p.settle()
		var next atomic.Int64
		inParallel(threads, threads, func(int) {
			var g gathered[exact.Empty]
			for !found.Load() && ctx.Err() == nil {
				part := int(next.Add(1)) - 1
				if part >= 1<<p.partBits() {
					return
				}
				g.partition(p, part)
				for i := 1; i < len(g.recs); i++ {
					if a, b := &g.recs[i-1], &g.recs[i]; a.unit == b.unit && a.cell != b.cell {
						found.Store(true)
						return
					}
				}
			}
		})
	}
	if err := ctx.Err(); err != nil {
		return false, err
	}
	return found.Load(), o.spill.err()
}
