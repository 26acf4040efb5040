package against

import (
	"cmp"
	"context"
	"fmt"
	"maps"
	"math"
	"math/big"
	"math/bits"
	"slices"

	"github.com/sluis-go/sluis/internal/guard"
)

// Cost says what the protection cost the data: how far the released data are from the
// original ones. A figure that does not exist is NaN.
type Cost struct {
	// Numbers are the figures of each number, and Tables those of each key and of each two
	// keys. Values are those of each variable, keys first.
	Numbers []NumberCost
	Tables  []TableCost
	Values  []ValueCost
	// IL1 and IL1s are the sums over all numbers of the figures of the same name. IL1sMean is
	// IL1s over the number of records and of numbers.
	IL1, IL1s, IL1sMean float64
	// Correlation is the mean over pairs of numbers of |r - q|, r and q being Pearson's
	// correlations in the original and in the released data, of the records with both values.
	// LargestCorrelation is the largest. NaN with fewer than two numbers, or where a
	// correlation does not exist.
	Correlation, LargestCorrelation float64
	// Eigen is the sum of |e - f| / e, e and f being the eigenvalues of the matrices of
	// correlations of the original and of the released data, each in descending order.
	// It is NaN where a correlation does not exist, and infinite where an e is 0 and its f is
	// not.
	Eigen float64
}

// NumberCost is the cost of a number. x is an original and y a released value of the same
// record; s is the standard deviation (n-1) of all original values.
type NumberCost struct {
	// Name is the variable.
	Name string
	// IL1 is the sum of 100 |x - y| / |x| over records with x other than 0.
	IL1 float64
	// IL1s is the sum of |x - y| / (s sqrt(2)).
	IL1s float64
	// Mean is (the mean of all y - the mean of all x) / s, and Variance the variance of all
	// y over that of all x. Each file has its own records here.
	Mean, Variance float64
}

// TableCost is the cost of a table of counts of one key or of two. p and q are the shares of
// a cell among the records of the original and of the released data; null is a category.
type TableCost struct {
	// Keys are the keys.
	Keys []string
	// Hellinger is the distance of Hellinger, the root of half the sum of
	// (sqrt(p) - sqrt(q))^2, from 0 to 1.
	Hellinger float64
	// Absolute is half the sum of |p - q|: the share of records that would have to move.
	Absolute float64
}

// ValueCost is the cost of the values of one variable, over records that both files have and
// that have an original value.
type ValueCost struct {
	// Name is the variable.
	Name string
	// Values is the number of original values, Suppressed the number of these that are null
	// in the released data, and Changed the number that have another value there.
	Values, Suppressed, Changed int64
	// Entropy is the share of the information of the values that was suppressed: the sum of
	// -log2 of the share of the value among the original values, over the suppressed values,
	// over the same sum over all. A rare value has more information. It is 0 where all values
	// are equal.
	Entropy float64
}

// Cost measures what the protection cost. Sums are exact before one rounding, so that no
// figure depends on the order of the records.
//
// The error is ErrRequest for a nil context, or ctx.Err(). Time linear in the records for each
// pair of variables. Sources: Mateo-Sanz, Sebé and Domingo-Ferrer 2004 (IL1s); Templ 2017 (as
// dUtility of sdcMicro: IL1, IL1s, eigen); Gomatam, Karr and Sanil 2005 (Hellinger).
func (p *Pair) Cost(ctx context.Context) (c *Cost, err error) {
	defer guard.Recover(&err)
	if ctx == nil {
		return nil, fmt.Errorf("%w: the context is nil", ErrRequest)
	}
	c = &Cost{}
	for i := range p.numbers {
		if err := ctx.Err(); err != nil {
			return nil, err
		}
		x := p.numberCost(&p.numbers[i])
		c.Numbers = append(c.Numbers, x)
		c.IL1 += x.IL1
		c.IL1s += x.IL1s
	}
	if c.IL1sMean = c.IL1s / float64(p.Paired()*len(p.numbers)); len(p.numbers) == 0 {
		c.IL1, c.IL1s, c.IL1sMean = math.NaN(), math.NaN(), math.NaN()
	}
	if err := p.correlations(ctx, c); err != nil {
		return nil, err
	}
	for i := range p.keys {
		for j := i; j < len(p.keys); j++ {
			if err := ctx.Err(); err != nil {
				return nil, err
			}
			c.Tables = append(c.Tables, p.tableCost(&p.keys[i], &p.keys[j]))
		}
	}
	slices.SortStableFunc(c.Tables, func(a, b TableCost) int { return cmp.Compare(len(a.Keys), len(b.Keys)) })
	for i := range p.keys {
		v := &p.keys[i]
		c.Values = append(c.Values, p.valueCost(v.name, v.codes, v.n, v.null))
	}
	for i := range p.numbers {
		v := &p.numbers[i]
		c.Values = append(c.Values, p.valueCost(v.name, v.codes, len(v.value), -1))
	}
	return c, nil
}

// deviation is the standard deviation of a file in units; NaN with fewer than two values.
func (v *number) deviation(f File) float64 {
	num, den := v.variance(f)
	if den.Sign() <= 0 {
		return math.NaN()
	}
	return math.Sqrt(quotient(num, den))
}

func (p *Pair) numberCost(v *number) NumberCost {
	out := NumberCost{Name: v.name}
	off := make([]*big.Int, len(v.value)) // by original value: the sum of |x - y|
	sum, d := new(big.Int), new(big.Int)
	for row, y := range v.codes[After] {
		x := v.codes[Before][p.partner[After][row]]
		if x == none || y == none || x == y {
			continue
		}
		d.Sub(v.value[x], v.value[y])
		d.Abs(d)
		sum.Add(sum, d)
		if off[x] == nil {
			off[x] = new(big.Int)
		}
		off[x].Add(off[x], d)
	}
	for x, d := range off {
		if d != nil && v.value[x].Sign() != 0 {
			out.IL1 += float64(100 * quotient(d, new(big.Int).Abs(v.value[x])))
		}
	}
	s := v.deviation(Before)
	if out.IL1s = quotient(sum, big.NewInt(1)) / (s * math.Sqrt2); sum.Sign() == 0 {
		out.IL1s = 0
	}
	a, b := v.mean(Before), v.mean(After)
	out.Mean, out.Variance = math.NaN(), math.NaN()
	if a != nil && b != nil {
		shift, _ := b.Sub(b, a).Float64()
		out.Mean = shift / s
	}
	before, n := v.variance(Before)
	after, m := v.variance(After)
	if n.Sign() > 0 && m.Sign() > 0 && before.Sign() > 0 {
		out.Variance = quotient(after.Mul(after, n), before.Mul(before, m))
	}
	return out
}

// mean is the mean of the values of a file in units, nil for none.
func (v *number) mean(f File) *big.Rat {
	count := make([]int64, len(v.value))
	n := int64(0)
	for _, code := range v.codes[f] {
		if code != none {
			count[code]++
			n++
		}
	}
	if n == 0 {
		return nil
	}
	sum, x := new(big.Int), new(big.Int)
	for code, c := range count {
		sum.Add(sum, x.Mul(v.value[code], big.NewInt(c)))
	}
	return new(big.Rat).SetFrac(sum, big.NewInt(n))
}

// correlations adds the figures of correlations.
func (p *Pair) correlations(ctx context.Context, c *Cost) error {
	c.Correlation, c.LargestCorrelation, c.Eigen = math.NaN(), math.NaN(), math.NaN()
	m := len(p.numbers)
	if m < 2 {
		return nil
	}
	var matrix [2][][]float64
	for f := range matrix {
		matrix[f] = make([][]float64, m)
		for i := range m {
			matrix[f][i] = make([]float64, m)
			matrix[f][i][i] = 1
		}
	}
	sum, most := 0.0, 0.0
	for i := range m {
		for j := range i {
			if err := ctx.Err(); err != nil {
				return err
			}
			for f := range matrix {
				r := correlation(&p.numbers[i], &p.numbers[j], File(f))
				matrix[f][i][j], matrix[f][j][i] = r, r
			}
			d := math.Abs(matrix[0][i][j] - matrix[1][i][j])
			sum += d
			most = max(most, d)
		}
	}
	if math.IsNaN(sum) {
		return nil
	}
	c.Correlation, c.LargestCorrelation = sum/float64(m*(m-1)/2), most
	e, f := eigenvalues(matrix[0]), eigenvalues(matrix[1])
	c.Eigen = 0
	for i := range e {
		if e[i] != f[i] {
			c.Eigen += math.Abs(e[i]-f[i]) / max(0, e[i])
		}
	}
	return nil
}

// correlation is Pearson's of the records of a file with both values; NaN where one of the
// variables is constant there.
func correlation(v, w *number, f File) float64 {
	n := int64(0)
	var sums [5]*big.Int // x, y, xx, yy, xy
	for i := range sums {
		sums[i] = new(big.Int)
	}
	if v.small != nil && w.small != nil {
		var x, y, xx, yy, xy wide
		for row, a := range v.codes[f] {
			b := w.codes[f][row]
			if a == none || b == none {
				continue
			}
			n++
			s, t := uint64(v.small[a]), uint64(w.small[b])
			x.add(s, 1)
			y.add(t, 1)
			xx.add(s, s)
			yy.add(t, t)
			xy.add(s, t)
		}
		for i, u := range []wide{x, y, xx, yy, xy} {
			sums[i].SetUint64(u.hi)
			sums[i].Lsh(sums[i], 64).Add(sums[i], new(big.Int).SetUint64(u.lo))
		}
	} else {
		d := new(big.Int)
		for row, a := range v.codes[f] {
			b := w.codes[f][row]
			if a == none || b == none {
				continue
			}
			n++
			s, t := v.above(a), w.above(b)
			sums[0].Add(sums[0], s)
			sums[1].Add(sums[1], t)
			sums[2].Add(sums[2], d.Mul(s, s))
			sums[3].Add(sums[3], d.Mul(t, t))
			sums[4].Add(sums[4], d.Mul(s, t))
		}
	}
	many := big.NewInt(n)
	moment := func(ab, a, b *big.Int) *big.Int {
		out := new(big.Int).Mul(many, ab)
		return out.Sub(out, new(big.Int).Mul(a, b))
	}
	xx, yy, xy := moment(sums[2], sums[0], sums[0]), moment(sums[3], sums[1], sums[1]), moment(sums[4], sums[0], sums[1])
	if xx.Sign() == 0 || yy.Sign() == 0 {
		return math.NaN()
	}
	// r^2 is a fraction, so that no number is too large for a float.
	r := math.Sqrt(quotient(new(big.Int).Mul(xy, xy), xx.Mul(xx, yy)))
	if xy.Sign() < 0 {
		r = -r
	}
	return r
}

// wide is a sum in 128 bits.
type wide struct{ hi, lo uint64 }

func (w *wide) add(a, b uint64) {
	hi, lo := bits.Mul64(a, b)
	var carry uint64
	w.lo, carry = bits.Add64(w.lo, lo, 0)
	w.hi, _ = bits.Add64(w.hi, hi, carry)
}

// eigenvalues returns the eigenvalues of a symmetric matrix in descending order, by the
// method of Jacobi: rotations that make the largest entries beside the diagonal 0.
func eigenvalues(matrix [][]float64) []float64 {
	n := len(matrix)
	a := make([][]float64, n)
	for i := range a {
		a[i] = slices.Clone(matrix[i])
	}
	for range 100 {
		off := 0.0
		for i := range n {
			for j := range i {
				off = max(off, math.Abs(a[i][j]))
			}
		}
		if off < 1e-15 {
			break
		}
		for i := range n {
			for j := range i {
				rotate(a, j, i)
			}
		}
	}
	out := make([]float64, n)
	for i := range out {
		out[i] = a[i][i]
	}
	slices.SortFunc(out, func(x, y float64) int { return cmp.Compare(y, x) })
	return out
}

// rotate makes entry p, q of a symmetric matrix 0.
func rotate(a [][]float64, p, q int) {
	if a[p][q] == 0 {
		return
	}
	theta := (a[q][q] - a[p][p]) / (2 * a[p][q])
	t := 1 / (math.Abs(theta) + math.Hypot(theta, 1))
	if theta < 0 {
		t = -t
	}
	c := 1 / math.Hypot(t, 1)
	s := float64(t * c)
	for k := range a {
		x, y := a[k][p], a[k][q]
		a[k][p], a[k][q] = float64(c*x)-float64(s*y), float64(s*x)+float64(c*y)
	}
	for k := range a {
		x, y := a[p][k], a[q][k]
		a[p][k], a[q][k] = float64(c*x)-float64(s*y), float64(s*x)+float64(c*y)
	}
	a[p][q], a[q][p] = 0, 0
}

// tableCost compares the tables of two keys, or of one that comes twice.
func (p *Pair) tableCost(v, w *category) TableCost {
	out := TableCost{Keys: []string{v.name}}
	if v != w {
		out.Keys = append(out.Keys, w.name)
	}
	count := map[uint64]*[2]int64{}
	for f := range p.rows {
		for row, a := range v.codes[f] {
			cell := uint64(a)<<32 | uint64(w.codes[f][row])
			c := count[cell]
			if c == nil {
				c = new([2]int64)
				count[cell] = c
			}
			c[f]++
		}
	}
	if p.rows[Before] == 0 || p.rows[After] == 0 {
		out.Hellinger, out.Absolute = math.NaN(), math.NaN()
		return out
	}
	n, m := float64(p.rows[Before]), float64(p.rows[After])
	apart := new(big.Int)
	for _, cell := range slices.Sorted(maps.Keys(count)) {
		c := count[cell]
		d := math.Sqrt(float64(c[0])/n) - math.Sqrt(float64(c[1])/m)
		out.Hellinger += float64(d * d)
		a := new(big.Int).Mul(big.NewInt(c[0]), big.NewInt(int64(p.rows[After])))
		a.Sub(a, new(big.Int).Mul(big.NewInt(c[1]), big.NewInt(int64(p.rows[Before]))))
		apart.Add(apart, a.Abs(a))
	}
	out.Hellinger = math.Sqrt(out.Hellinger / 2)
	all := new(big.Int).Mul(big.NewInt(2*int64(p.rows[Before])), big.NewInt(int64(p.rows[After])))
	out.Absolute = quotient(apart, all)
	return out
}

// valueCost compares the values of a variable with n codes, one of which may be null.
func (p *Pair) valueCost(name string, codes [2][]uint32, n, null int) ValueCost {
	out := ValueCost{Name: name}
	all, lost := make([]int64, n), make([]int64, n)
	isNull := func(code uint32) bool { return code == none || int(code) == null }
	for row, y := range codes[After] {
		x := codes[Before][p.partner[After][row]]
		if isNull(x) {
			continue
		}
		out.Values++
		all[x]++
		switch {
		case isNull(y):
			out.Suppressed++
			lost[x]++
		case x != y:
			out.Changed++
		}
	}
	whole, part := 0.0, 0.0
	for code, c := range all {
		if c > 0 {
			bits := math.Log2(float64(out.Values) / float64(c))
			whole += float64(c) * bits
			part += float64(lost[code]) * bits
		}
	}
	if whole > 0 {
		out.Entropy = part / whole
	}
	return out
}
