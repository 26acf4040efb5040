package lp

import "math"

// X returns the point that the last program ended in, in the caller's units.
func (s *Solver) X() []float64 {
	x := make([]float64, s.n)
	for j := range x {
		x[j] = s.x[j] * s.scale
	}
	return x
}

// Vertex returns the point of the last basis as whole + rest. The residual of the
// constraints at whole is computed exactly; rest is small, and is the solution of the
// basis for that residual. Where the point is whole, rest is all zero and A whole = 0
// exactly. The caller must check the bounds.
func (s *Solver) Vertex() (whole []int64, rest []float64) {
	if !s.fresh || len(s.f.etas) > 0 {
		s.refresh()
	}
	whole = make([]int64, s.n)
	for j := range whole {
		if s.pos[j] < 0 {
			whole[j] = s.at[j]
		} else {
			whole[j] = round(s.x[j] * s.scale)
		}
	}
	rest = make([]float64, s.n)
	left := make([]int64, s.m)
	for range 4 {
		clear(left)
		for j, v := range whole {
			rows, vals := s.column(int32(j))
			for i, r := range rows {
				left[r] -= int64(vals[i]) * v
			}
		}
		exact := true
		for r, v := range left {
			s.byRow[r] = float64(v)
			exact = exact && v == 0
		}
		clear(rest)
		if exact {
			return whole, rest
		}
		s.f.ftran(s.byRow, s.alpha)
		far := false
		for p, j := range s.head {
			if int(j) < s.n {
				rest[j] = s.alpha[p]
				far = far || math.Abs(rest[j]) >= 1
			}
		}
		if !far {
			break
		}
		for j, v := range rest {
			whole[j] += round(v)
		}
	}
	return whole, rest
}

// round rounds v, and limits values that a conversion cannot hold.
func round(v float64) int64 {
	return int64(math.Round(min(max(v, -1<<60), 1<<60)))
}

// Prices returns the price of each row by the last basis: the gain of the objective of
// the last program for a unit of the row. For any y, the value of the optimum is at most
//
//	sum over j of max(d_j lower_j, d_j upper_j),  d_j = c_j - sum over r of A_rj y_r,
//
// The prices change with the next program.
func (s *Solver) Prices() []float64 { return s.y }

// Ray returns, after a program that ended Unbounded, the direction in which the objective
// grows: A ray = 0, up to errors of floating-point numbers.
func (s *Solver) Ray() []float64 {
	ray := make([]float64, s.n)
	sign := 1.0
	if !s.rose {
		sign = -1
	}
	ray[s.entered] = sign
	for p, j := range s.head {
		if int(j) < s.n {
			ray[j] = -sign * s.alpha[p]
		}
	}
	return ray
}
