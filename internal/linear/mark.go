package linear

// Mark returns a random linear functional, modulo the prime 2^61-1, of the whole numbers
// that a cell has in several tables: the sum of the marks of some cells is 0 if their sum is
// 0 in every one of these tables, and, but for a chance of 2^-61, in no other case. To a
// mark table adds the number by of a table.
func Mark(mark uint64, table int, by int64) uint64 {
	x := uint64(by)
	if by < 0 {
		x = -x
	}
	if x %= prime; by < 0 {
		x = neg(x)
	}
	return add(mark, mul(scramble(uint64(table)), x))
}

// Sum adds two marks.
func Sum(a, b uint64) uint64 { return add(a, b) }

// Opposite is the mark that gives 0 with a.
func Opposite(a uint64) uint64 { return neg(a) }
