package column

import "math/bits"

// bitsOfAny returns how many bits the largest absolute value needs, or one more.
func bitsOfAny(values []int64) int { return bits.Len64(magnitudes(values)) + 1 } // |MinInt64| has one bit more

// magnitudesPortable is the loop of the faster variants. It returns the bits that occur
// in any absolute value, where a negative value v counts as -v - 1.
func magnitudesPortable(values []int64) uint64 {
	var all uint64
	for _, v := range values {
		all |= uint64(v ^ v>>63)
	}
	return all
}
