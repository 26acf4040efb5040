package pseudonym

import (
	"errors"
	"fmt"
	"math/big"
)

// ErrLength says that a pseudonym would be too short.
var ErrLength = errors.New("pseudonym is too short")

// MinBytes returns the least length of pseudonyms of n distinct values, in bytes. The
// probability that any two values share a pseudonym is then below 2^-32, by the birthday
// bound:
//
//	n (n-1) / 2^(8 bytes + 1) < 2^-32
//
// For a million values that is 9 bytes, for 2^40 values 14.
func MinBytes(n int64) int {
	if n < 2 {
		n = 2
	}
	pairs := new(big.Int).Mul(big.NewInt(n), big.NewInt(n-1))
	for bytes := 4; ; bytes++ {
		if pairs.BitLen() <= 8*bytes+1-32 {
			return bytes
		}
	}
}

// defaultExpected is the default number of distinct values that pseudonyms must have room
// for: more than a trillion.
const defaultExpected = 1 << 40

// defaultBytes is the default length.
const defaultBytes = 16

// length resolves the length of pseudonyms.
func (c *Config) length() (int, error) {
	expected := c.Expected
	if expected == 0 {
		expected = defaultExpected
	}
	least := MinBytes(expected)
	n := c.Bytes
	if n == 0 {
		n = max(defaultBytes, least)
	}
	switch {
	case expected < 0:
		return 0, fmt.Errorf("%w: the expected number of values is negative", ErrLength)
	case n < least:
		return 0, fmt.Errorf("%w: %d bytes, where %d values need %d", ErrLength, n, expected, least)
	case n > 32:
		return 0, fmt.Errorf("%w: a pseudonym has at most 32 bytes", ErrSetting)
	}
	return n, nil
}
