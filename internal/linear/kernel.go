package linear

import "github.com/sluis-go/sluis/internal/field"

// Kernel is the space of the vectors whose product with each of some others is 0, modulo
// the prime 2^61-1. Every vector of whole numbers for which that is so is in it. The zero
// value has no others.
type Kernel struct {
	rows  [][]uint64 // each with 1 at its pivot, where the others have 0
	pivot []int
}

// Residue is a whole number modulo the prime.
func Residue(x int64) uint64 {
	if x < 0 {
		return field.Neg(uint64(-x) % field.Prime)
	}
	return uint64(x) % field.Prime
}

// Rank is the number of independent vectors among the others: no more than over the
// whole numbers.
func (k *Kernel) Rank() int { return len(k.rows) }

// Add takes in a vector of residues, which it changes.
func (k *Kernel) Add(v []uint64) {
	for i, row := range k.rows {
		subtract(v, row, v[k.pivot[i]])
	}
	at := 0
	for at < len(v) && v[at] == 0 {
		at++
	}
	if at == len(v) {
		return
	}
	by := field.Inverse(v[at])
	for i := range v {
		v[i] = field.Mul(v[i], by)
	}
	for _, row := range k.rows {
		subtract(row, v, row[at])
	}
	k.rows, k.pivot = append(k.rows, v), append(k.pivot, at)
}

// subtract takes a multiple of a row off a vector.
func subtract(v, row []uint64, by uint64) {
	if by == 0 {
		return
	}
	by = field.Neg(by)
	for i, x := range row {
		if x != 0 {
			v[i] = field.Add(v[i], field.Mul(by, x))
		}
	}
}

// Choices calls fn with the vectors of n numbers in the kernel that have 0 and 1 alone, but
// for that of zeros, until fn is false. It is false where not all were looked at: fn was
// false, or more than most numbers are free, of which the first most are tried.
func (k *Kernel) Choices(n, most int, fn func(in []bool) bool) bool {
	var free []int
	bound := make([]bool, n)
	for _, at := range k.pivot {
		bound[at] = true
	}
	for i, is := range bound {
		if !is {
			free = append(free, i)
		}
	}
	whole := len(free) <= most
	free = free[:min(len(free), most)]
	in := make([]bool, n)
	for mask := 1; mask < 1<<len(free); mask++ {
		clear(in)
		for b, i := range free {
			in[i] = mask>>b&1 == 1
		}
		fits := true
		for r, row := range k.rows {
			x := uint64(0)
			for b, i := range free {
				if mask>>b&1 == 1 {
					x = field.Add(x, row[i])
				}
			}
			if x = field.Neg(x); x > 1 {
				fits = false
				break
			}
			in[k.pivot[r]] = x == 1
		}
		if fits && !fn(in) {
			return false
		}
	}
	return whole
}
