package sdc

import (
	"fmt"

	"github.com/sluis-go/sluis/internal/evidence"
	"github.com/sluis-go/sluis/internal/spill"
)

// budget shares Options.Memory out among the pools of rows of all accumulators.
// Nil is no budget.
type budget struct {
	file    *spill.File
	share   []*evidence.Spill // of each tabulation
	overlap *evidence.Spill
}

// newBudget returns a budget, or nil where there is none to keep: no rows are
// kept for tables without respondents and holdings. Half of the memory is for
// rows; the other half is room to sort them and to read them back.
func newBudget(pl *plan, opts Options) (*budget, error) {
	if opts.Memory < 0 {
		return nil, fmt.Errorf("%w: memory must be at least 0", ErrRequest)
	}
	if opts.Memory == 0 || !pl.pooled() {
		return nil, nil
	}
	pools := int64(1)
	if pl.holding >= 0 { // respondents may be rows
		pools = 3
	}
	accumulators := int64(0)
	for _, t := range pl.tabs {
		accumulators++
		if t.asked {
			accumulators++
		}
	}
	if pl.overlap {
		accumulators++
	}
	file, err := spill.Create(opts.TempDir)
	if err != nil {
		return nil, fmt.Errorf("%w: %w", evidence.ErrSpill, err)
	}
	b := &budget{file: file}
	each := opts.Memory / 2 / (int64(opts.threads()) * accumulators * pools)
	for _, t := range pl.tabs {
		b.share = append(b.share, evidence.NewSpill(file, int(each/int64(evidence.RowBytes(t.shape)))))
	}
	b.overlap = evidence.NewSpill(file, int(each/int64(evidence.OverlapRowBytes)))
	return b, nil
}

// give gives a worker's accumulators their share.
func (b *budget) give(w *worker) {
	if b == nil {
		return
	}
	for k := range w.accumulators {
		w.accumulators[k].SpillTo(b.share[k])
		if w.asked[k] != nil {
			w.asked[k].SpillTo(b.share[k])
		}
	}
	if w.overlap != nil {
		w.overlap.SpillTo(b.overlap)
	}
}

func (b *budget) close() {
	if b != nil {
		b.file.Close() //nolint:errcheck // the file is gone in any case
	}
}
