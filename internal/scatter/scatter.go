// Package scatter spreads the bits of whole numbers: for hash tables, for orders that look
// random, and for reproducible random numbers. The results are the same on every machine.
// Nothing here is secret or keeps anything secret.
package scatter

// The factors of Mix are odd, and unA and unB are their inverses modulo 2^64.
const (
	a   = 0x9e3779b97f4a7c15
	b   = 0xbf58476d1ce4e5b9
	unA = 0xf1de83e19937733d
	unB = 0x96de1b173f119089
)

// Mix spreads the bits of k, one to one: two numbers are the same if and only if their
// mixed ones are. The top bits are the best spread; hash tables take these. Two products.
func Mix(k uint64) uint64 {
	k ^= k >> 32
	k *= a
	k ^= k >> 29
	return k * b
}

// Unmix undoes Mix.
func Unmix(k uint64) uint64 {
	k *= unB
	k ^= k>>29 ^ k>>58
	k *= unA
	return k ^ k>>32
}

// Step is the distance between the states of SplitMix64 (Steele, Lea and Flood 2014): the
// golden ratio in 64 bits.
const Step = a

// Finish is the finaliser of SplitMix64: state to random number. Every bit of the result
// depends on every bit of z, which is not so of Mix.
func Finish(z uint64) uint64 {
	z = (z ^ z>>30) * b
	z = (z ^ z>>27) * 0x94d049bb133111eb
	return z ^ z>>31
}
