package observed

// Quantile is the part Num / Den of the observations, above 0 and below 1, and the type of
// Hyndman and Fan (1996) that says where it lies among n observations. x1 <= x2 <= ... are
// these, and [h] is the whole part of h:
//
//	Type 2  h = n p; the mean of x[h] and x[h]+1 where h is whole, else x[h]+1
//	Type 6  h = (n + 1) p, at least 1 and at most n
//	Type 7  h = (n - 1) p + 1
//
// Types 6 and 7 go the part h - [h] of the way from x[h] to x[h]+1. Num is below 2^31, and Den
// is at most 2^31.
type Quantile struct {
	Num, Den int64
	Type     int
}

// Part says how far a quantile lies from an observation to the next: Num / Den of the way.
type Part struct{ Num, Den int64 }

// Place returns the number of the observation at or below the quantile of n observations,
// counted from 0, and the part of the way to the next. Den is at least 1, Num at least 0 and
// less than Den.
func (q Quantile) Place(n int64) (rank int64, p Part) {
	var t int64
	switch q.Type {
	case 2:
		t = n * q.Num
		if t%q.Den == 0 {
			return t/q.Den - 1, Part{1, 2}
		}
		return t / q.Den, Part{0, 1}
	case 6:
		t = (n+1)*q.Num - q.Den
		switch {
		case t < 0:
			return 0, Part{0, 1}
		case t >= (n-1)*q.Den:
			return n - 1, Part{0, 1}
		}
	default:
		t = (n - 1) * q.Num
	}
	return t / q.Den, Part{t % q.Den, q.Den}
}
