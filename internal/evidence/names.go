package evidence

import (
	"math"
	"math/bits"

	"github.com/sluis-go/sluis/internal/scatter"
)

// Names numbers units from 1 on, in the order in which they are first asked for. The
// zero value has none.
type Names struct {
	units []Unit
	slots []int32 // where the hash says, or behind: the number; 0 where there is none
	shift uint
}

// Len returns the number of units that have a number.
func (n *Names) Len() int { return len(n.units) }

// Number returns the number of a unit that is one respondent or holding; 0 of others.
// Amortised constant time.
func (n *Names) Number(u Unit) int32 {
	if u.Kind != RespondentUnit && u.Kind != HoldingUnit {
		return 0
	}
	if len(n.slots) < 2*(len(n.units)+1) {
		n.grow()
	}
	at := n.find(u)
	if n.slots[at] == 0 {
		if len(n.units) == math.MaxInt32 {
			panic("evidence: more than 2^31-1 units have numbers")
		}
		n.units = append(n.units, u)
		n.slots[at] = int32(len(n.units))
	}
	return n.slots[at]
}

// find returns the slot of a unit, or the free one where it belongs.
func (n *Names) find(u Unit) int {
	at := int(scatter.Mix(u.Key^uint64(u.Kind)<<62) >> n.shift)
	for n.slots[at] != 0 && n.units[n.slots[at]-1] != u {
		at = (at + 1) & (len(n.slots) - 1)
	}
	return at
}

func (n *Names) grow() {
	size := max(1<<10, 2*len(n.slots))
	n.slots, n.shift = make([]int32, size), uint(64-bits.Len(uint(size-1)))
	for i, u := range n.units {
		n.slots[n.find(u)] = int32(i + 1)
	}
}
