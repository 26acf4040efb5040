package oracle

import (
	"math/big"
	"strconv"
)

// Float returns the number that a finite float64 stands for in a response or a
// weight: with j the largest of 0..6 for which |v|*10^j < 10^15, and m the
// whole number nearest to v*10^j, it is m/10^j where that reads back as v, and
// the binary number v otherwise.
func Float(v float64) *big.Rat {
	x := new(big.Rat).SetFloat64(v)
	limit := new(big.Rat).SetInt64(1e15)
	for j := 6; j >= 0; j-- {
		ten := new(big.Int).Exp(big.NewInt(10), big.NewInt(int64(j)), nil)
		y := new(big.Rat).Mul(x, new(big.Rat).SetInt(ten))
		if new(big.Rat).Abs(y).Cmp(limit) >= 0 {
			continue
		}
		short, _ := new(big.Rat).SetString(x.FloatString(j))
		if back, err := strconv.ParseFloat(x.FloatString(j), 64); err == nil && back == v {
			return short
		}
		break
	}
	return x
}
