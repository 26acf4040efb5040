package riskmetrics

import "math/big"

// Utility says how much of the data a grouping costs, to stand beside the risk.
type Utility struct {
	// Discernibility is the sum of squared class sizes; each record that was left out
	// adds the number of all records (Bayardo and Agrawal 2005). It is exact below 2^53,
	// and correctly rounded above.
	Discernibility float64
	// AverageClass is the mean class size; 0 without classes. NormalizedAverage is
	// that over k (LeFevre et al. 2006), for the k asked for.
	AverageClass, NormalizedAverage float64
	// Missing is the share of key values that are null (suppressed), from 0 to 1. LeftOut
	// is the share of records that were left out for their nulls.
	Missing, LeftOut float64
}

// Utility measures the classes; k >= 1 is the k of k-anonymity.
func (c *Classes) Utility(k int64) Utility {
	var u Utility
	var records, nulls int64
	sum, square := new(big.Int), new(big.Int)
	null := c.nulls()
	for id, n := range c.size {
		square.SetInt64(n)
		sum.Add(sum, square.Mul(square, square))
		records += n
		for key := range c.keys {
			if int64(c.codes[key][id]) == null[key] {
				nulls += n
			}
		}
	}
	all := int64(len(c.id))
	out := big.NewInt(all - records)
	sum.Add(sum, out.Mul(out, big.NewInt(all)))
	u.Discernibility, _ = new(big.Float).SetInt(sum).Float64()
	if all > 0 {
		u.LeftOut = float64(all-records) / float64(all)
	}
	if records > 0 {
		u.AverageClass = float64(records) / float64(len(c.size))
		u.NormalizedAverage = u.AverageClass / float64(max(1, k))
		u.Missing = float64(nulls) / float64(records*int64(len(c.keys)))
	}
	return u
}
