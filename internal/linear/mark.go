package linear

import "github.com/sluis-go/sluis/internal/field"

// Mark returns mark after adding by, the whole number of a cell in a table. The mark of a
// cell is a random linear functional, modulo the prime 2^61-1, of the numbers of a cell
// in several tables. If the sum of some cells is 0 in every table, the sum of their marks
// is 0. Otherwise the sum of the marks is 0 with probability 2^-61.
func Mark(mark uint64, table int, by int64) uint64 {
	x := uint64(by)
	if by < 0 {
		x = -x
	}
	if x %= field.Prime; by < 0 {
		x = field.Neg(x)
	}
	return field.Add(mark, field.Mul(scramble(uint64(table)), x))
}

// Sum adds two marks.
func Sum(a, b uint64) uint64 { return field.Add(a, b) }

// Opposite is the mark that gives 0 with a.
func Opposite(a uint64) uint64 { return field.Neg(a) }
