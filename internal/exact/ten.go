package exact

import "math/big"

// Pow10 returns 10^n as a number of the caller's own: what a value is multiplied with to
// count its units of 10^-n. It is 1 where n is negative.
func Pow10(n int) *big.Int { return new(big.Int).Exp(big.NewInt(10), big.NewInt(int64(n)), nil) }
