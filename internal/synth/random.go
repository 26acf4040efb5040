package synth

import (
	"math/bits"

	"github.com/sluis-go/sluis/internal/scatter"
)

// rng draws the values of one row. Two rows, two tables and two seeds have
// nothing to do with each other.
type rng uint64

// Salts keep the tables apart.
const (
	saltPerson uint64 = iota + 1
	saltHousehold
	saltEnterprise
	saltHolding
	saltEvent
	saltHierarchy
	saltCube
)

// row returns the generator of a row (or of another unit) of a table.
func row(seed, salt uint64, i int64) rng {
	r := rng(scatter.Finish(seed ^ salt*scatter.Step))
	return rng(scatter.Finish(uint64(r) + uint64(i)*0xd1342543de82ef95))
}

// next returns 64 random bits.
func (r *rng) next() uint64 {
	*r += scatter.Step
	return scatter.Finish(uint64(*r))
}

// below returns a number in [0, n).
func (r *rng) below(n uint64) uint64 {
	hi, _ := bits.Mul64(r.next(), n)
	return hi
}

// pick returns an index with the probabilities of a cumulative weight table.
func (r *rng) pick(cumulative []uint64) int {
	x := r.below(cumulative[len(cumulative)-1])
	lo, hi := 0, len(cumulative)-1
	for lo < hi {
		mid := (lo + hi) / 2
		if x < cumulative[mid] {
			hi = mid
		} else {
			lo = mid + 1
		}
	}
	return lo
}

// cumulate turns weights into the table that pick needs.
func cumulate(weights []uint64) []uint64 {
	out := make([]uint64, len(weights))
	sum := uint64(0)
	for i, w := range weights {
		sum += w
		out[i] = sum
	}
	return out
}

// zipf returns weights that fall like 1/(k+shift).
func zipf(n int, shift uint64) []uint64 {
	out := make([]uint64, n)
	for k := range out {
		out[k] = 1_000_000 / (uint64(k) + shift)
	}
	return out
}

// heavy returns a heavy-tailed whole number: base times a power of two with
// geometric exponent, and a uniform fraction.
func (r *rng) heavy(base uint64) int64 {
	e := uint(0)
	for bits := r.next(); bits&3 == 3 && e < 20; bits >>= 2 {
		e++
	}
	x := (base << e) + r.below(base<<min(e, 10))
	return int64(x)
}
