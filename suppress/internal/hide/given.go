package hide

import (
	"fmt"
	"math/big"

	"github.com/sluis-go/sluis/internal/exact"
	"github.com/sluis-go/sluis/sdc/cells"
)

// asGiven takes in what a table of cells says beside the evidence: levels, costs, and cells
// that must be published. The error wraps ErrUnfit for such a cell that is unsafe: a cell that
// everybody knows cannot be protected, and protects no other. It wraps ErrRequest for sums that
// are known to be whole units where no contributions are listed: that one contributor has all of
// a cell is then not the worst case, because a witness cannot be brought nearer to the truth.
func (t *table) asGiven(from *cells.Table, digits int, whole bool) error {
	if from == nil {
		return nil
	}
	if whole && !t.count && from.Listed == 0 {
		return fmt.Errorf("%w: sums of whole units need the largest contributions to each cell: name their columns under largest", ErrRequest)
	}
	at := func(nodes []int) (cell int) {
		for v, k := range nodes {
			cell += k * t.stride[v]
		}
		return cell
	}
	unsafe := 0
	for _, nodes := range from.Published {
		cell := at(nodes)
		if t.apriori[cell].protected = true; t.reasons[cell] != 0 {
			unsafe++
		}
	}
	if unsafe > 0 {
		return fmt.Errorf("%w: %d cells must be published, as their status says, and are unsafe: hide them, or leave the output out", ErrUnfit, unsafe)
	}
	unit := new(big.Rat).SetFrac(exact.Pow10(digits), exact.Pow10(from.Digits))
	up := func(x int64) int64 {
		n, err := roundUnits(new(big.Rat).Mul(new(big.Rat).SetInt64(x), unit), true)
		if err != nil {
			return largest // more than any table holds: proven impossible later
		}
		return n
	}
	for i := range from.Cells {
		c := &from.Cells[i]
		cell := at(c.Nodes)
		if max(c.Lower, c.Upper, c.Sliding) > 0 {
			t.raise(cell, Level{up(c.Lower), up(c.Upper), up(c.Sliding)})
		}
		t.apriori[cell].cost = max(t.apriori[cell].cost, c.Cost)
	}
	return nil
}
