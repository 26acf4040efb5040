package rows

import "math/big"

// numberOf reads the label of a value of a column of numbers: also one with an exponent.
func numberOf(label string) (*big.Rat, bool) { return new(big.Rat).SetString(label) }
