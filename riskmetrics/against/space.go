package against

import (
	"fmt"
	"math"
	"math/big"
)

// Distance says how far two records are apart. Whatever the distance, a null is treated as
// Options.Missing says: under category two nulls are at distance 0 in a variable, and a null
// and a value are as far apart as two values of the variable can be; under wildcard a null
// adds nothing.
type Distance uint8

const (
	// Gower is the distance of Gower (1971) over all variables: the sum of
	//
	//	|x - y| / range     numbers, the range being that of both files together
	//	0 or 1              keys that are equal, or not
	//
	// Gower's own divides the sum by the number of variables, which changes no order.
	// Gower's own leaves a variable with a null out of the mean. Wildcard leaves the
	// variable out of the sum, and does not divide.
	Gower Distance = iota
	// Euclidean is the distance of standardised numbers: the root of the sum of
	//
	//	((x - y) / s)^2
	//
	// over Numbers alone, s being the standard deviation of the original data (with n-1).
	// A number that is constant in the original data is left out.
	Euclidean
	// ManhattanRanks is the sum over Numbers of
	//
	//	|r - q|
	//
	// r and q being the ranks of the values, each in its own file and over the number of
	// values there: (the rank - 1/2)/n, equal values having the mean of their ranks. A
	// change of scale that keeps the order hides nothing from this distance.
	ManhattanRanks
)

// String returns "gower", "euclidean" or "manhattan-ranks".
func (d Distance) String() string {
	switch d {
	case Gower:
		return "gower"
	case Euclidean:
		return "euclidean"
	case ManhattanRanks:
		return "manhattan-ranks"
	}
	return fmt.Sprintf("Distance(%d)", uint8(d))
}

// axis is one variable of a space.
type axis struct {
	category bool
	codes    [2][]uint32 // of the records of the files; none for a null
	// A number has places by file and code. Place is from 0 to 1, for a fast comparison that
	// may not decide; small or wide is exact. Weight is the contribution of the distance 1
	// between places, and far the exact contribution of a category that is not equal, or of
	// a null and a value.
	place  [2][]float64
	small  [2][]int64
	wide   [2][]*big.Int
	weight float64
	far    *big.Int
	times  *big.Int // of a square: the exact factor
}

// space is the variables of a distance, with all that the comparison of records needs.
type space struct {
	axes     []axis
	squares  bool
	wildcard bool
	small    bool // exact distances fit into an int64
	// doubt is how far two fast distances may be apart where the exact ones are equal or the
	// other way round.
	doubt float64
}

// maxSmall bounds exact distances in an int64.
const maxSmall = 62

// space makes the space of a distance.
func (p *Pair) space(d Distance) (*space, error) {
	s := &space{wildcard: p.wildcard}
	if d != Gower && len(p.numbers) == 0 {
		return nil, fmt.Errorf("%w: the distance %v is over numbers, and there are none", ErrRequest, d)
	}
	switch d {
	case Gower:
		s.gower(p)
	case Euclidean:
		s.euclidean(p)
	case ManhattanRanks:
		s.ranks(p)
	default:
		return nil, fmt.Errorf("%w: there is no distance %d", ErrRequest, d)
	}
	total, most := 0.0, new(big.Int)
	for i := range s.axes {
		total += s.axes[i].weight
		most.Add(most, s.axes[i].far)
	}
	// A place is off by 2^-53, a difference by 2^-52, its square by 2^-50; the sum of m terms
	// by m 2^-53 of the total.
	s.doubt = total * float64(len(s.axes)+16) * 0x1p-51
	if s.small = !s.squares && most.BitLen() < maxSmall; s.small {
		s.narrow()
	}
	return s, nil
}

// narrow turns wide places into narrow ones.
func (s *space) narrow() {
	for i := range s.axes {
		a := &s.axes[i]
		for f, wide := range a.wide {
			a.small[f] = make([]int64, len(wide))
			for code, x := range wide {
				if x != nil {
					a.small[f][code] = x.Int64()
				}
			}
			a.wide[f] = nil
		}
	}
}

// gower adds all variables. Exact distances are in units of 1/full, full being the least
// common multiple of the ranges, so that each variable has places from 0 to full.
func (s *space) gower(p *Pair) {
	full, common := big.NewInt(1), new(big.Int)
	for i := range p.numbers {
		if r := p.numbers[i].spread(); r.Sign() > 0 {
			common.GCD(nil, nil, full, r)
			full.Mul(full, new(big.Int).Quo(r, common))
		}
	}
	for i := range p.keys {
		s.axes = append(s.axes, axis{category: true, codes: p.keys[i].codes, weight: 1, far: full})
	}
	for i := range p.numbers {
		v := &p.numbers[i]
		r := v.spread()
		a := axis{codes: v.codes, weight: 1, far: full}
		times := new(big.Int).Set(full)
		if r.Sign() > 0 {
			times.Quo(full, r)
		} else {
			r.SetInt64(1)
		}
		places := make([]float64, len(v.value))
		exact := make([]*big.Int, len(v.value))
		for code := range v.value {
			above := v.above(uint32(code))
			places[code] = quotient(above, r)
			exact[code] = above.Mul(above, times)
		}
		a.place, a.wide = [2][]float64{places, places}, [2][]*big.Int{exact, exact}
		s.axes = append(s.axes, a)
	}
}

// euclidean adds the numbers, in units of 1/full: the square of a difference in units of the
// variable times n(n-1) over the n(n-1)-fold variance.
func (s *space) euclidean(p *Pair) {
	s.squares = true
	full, common := big.NewInt(1), new(big.Int)
	for i := range p.numbers {
		if num, _ := p.numbers[i].variance(Before); num.Sign() > 0 {
			common.GCD(nil, nil, full, num)
			full.Mul(full, new(big.Int).Quo(num, common))
		}
	}
	for i := range p.numbers {
		v := &p.numbers[i]
		num, den := v.variance(Before)
		if num.Sign() == 0 {
			continue
		}
		r := v.spread()
		square := new(big.Int).Mul(r, r)
		a := axis{codes: v.codes, weight: quotient(new(big.Int).Mul(square, den), num)}
		a.times = new(big.Int).Mul(den, new(big.Int).Quo(full, num))
		a.far = square.Mul(square, a.times)
		places := make([]float64, len(v.value))
		exact := make([]*big.Int, len(v.value))
		for code := range v.value {
			exact[code] = v.above(uint32(code))
			places[code] = quotient(exact[code], r)
		}
		a.place, a.wide = [2][]float64{places, places}, [2][]*big.Int{exact, exact}
		s.axes = append(s.axes, a)
	}
}

// ranks adds the numbers by their ranks, in units of 1/(2nm), n and m being the numbers of
// values in both files.
func (s *space) ranks(p *Pair) {
	full, common := big.NewInt(1), new(big.Int)
	type ranked struct {
		twice [2][]int64 // twice the rank less 1, by code
		n     [2]int64
	}
	list := make([]ranked, len(p.numbers))
	for i := range p.numbers {
		v := &p.numbers[i]
		for f := range v.codes {
			count := make([]int64, len(v.value))
			for _, code := range v.codes[f] {
				if code != none {
					count[code]++
				}
			}
			x := &list[i]
			x.twice[f] = make([]int64, len(count))
			for code, c := range count {
				// The ranks are from n+1 to n+c.
				x.twice[f][code] = 2*x.n[f] + c
				x.n[f] += c
			}
			n := big.NewInt(max(1, 2*x.n[f]))
			common.GCD(nil, nil, full, n)
			full.Mul(full, n.Quo(n, common))
		}
	}
	for i := range p.numbers {
		v, x := &p.numbers[i], &list[i]
		a := axis{codes: v.codes, weight: 1, far: full}
		for f := range v.codes {
			n := max(1, 2*x.n[f])
			times := new(big.Int).Quo(full, big.NewInt(n))
			a.place[f] = make([]float64, len(v.value))
			a.wide[f] = make([]*big.Int, len(v.value))
			for code, twice := range x.twice[f] {
				a.place[f][code] = float64(twice) / float64(n)
				a.wide[f][code] = new(big.Int).Mul(big.NewInt(twice), times)
			}
		}
		s.axes = append(s.axes, a)
	}
}

// quotient is a/b, correctly rounded.
func quotient(a, b *big.Int) float64 {
	if a.IsInt64() && b.IsInt64() && a.BitLen() <= 53 && b.BitLen() <= 53 {
		return float64(a.Int64()) / float64(b.Int64())
	}
	f, _ := new(big.Rat).SetFrac(a, b).Float64()
	return f
}

// nothing is the place of a null.
const nothing = -1

// placeOf is the place of a record on an axis.
func (a *axis) placeOf(f File, code uint32) float64 {
	switch {
	case code == none:
		return nothing
	case a.category:
		return float64(code)
	}
	return a.place[f][code]
}

// near is the contribution of an axis to the fast distance of two places.
func (s *space) near(a *axis, x, y float64) float64 {
	switch {
	case x < 0 || y < 0:
		if s.wildcard || x == y {
			return 0
		}
		return a.weight
	case a.category:
		if x == y {
			return 0
		}
		return a.weight
	}
	d := math.Abs(x - y)
	if s.squares {
		d *= d
	}
	return float64(d * a.weight)
}

// distance is the exact distance of two records by their codes, in a file and in the other.
// It is for spaces that are small.
func (s *space) distance(f File, x, y []uint32) int64 {
	var sum int64
	for i := range s.axes {
		a := &s.axes[i]
		switch {
		case x[i] == none || y[i] == none:
			if !s.wildcard && x[i] != y[i] {
				sum += a.far.Int64()
			}
		case a.category:
			if x[i] != y[i] {
				sum += a.far.Int64()
			}
		default:
			d := a.small[f][x[i]] - a.small[f.other()][y[i]]
			sum += max(d, -d)
		}
	}
	return sum
}

// wideDistance is distance in any space.
func (s *space) wideDistance(f File, x, y []uint32) *big.Int {
	sum, d := new(big.Int), new(big.Int)
	for i := range s.axes {
		a := &s.axes[i]
		switch {
		case x[i] == none || y[i] == none:
			if !s.wildcard && x[i] != y[i] {
				sum.Add(sum, a.far)
			}
		case a.category:
			if x[i] != y[i] {
				sum.Add(sum, a.far)
			}
		default:
			d.Sub(a.wide[f][x[i]], a.wide[f.other()][y[i]])
			if s.squares {
				d.Mul(d, d)
				d.Mul(d, a.times)
			}
			sum.Add(sum, d.Abs(d))
		}
	}
	return sum
}
