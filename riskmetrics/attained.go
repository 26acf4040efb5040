package riskmetrics

import (
	"context"
	"math"
	"math/big"
)

// Attained is the result of a measure: a value for every class, and the worst value. Its
// floats are for reading; Violations decides exactly.
type Attained struct {
	// Value is the worst value, and Class its class (the first of several with the same
	// value). They are NaN and NoClass where no class has a value.
	Value float64
	Class uint32
	// PerClass holds the value of every class of Classes, NaN for one that has
	// none.
	PerClass []float64
	// Classes are the classes that were measured.
	Classes *Classes

	bad  side
	sign func(class int, limit *big.Rat) int
}

// side says which values violate a limit.
type side uint8

const (
	below   side = iota // value < limit
	above               // value > limit
	reaches             // value >= limit
)

// Violations are the classes that violate a limit, with the numbers of their records and
// respondents. Respondents are distinct; records count where no respondents are named.
// NotJudged is the number of records that the limit does not judge: records left out for
// their nulls, and records in classes without a value. Data are within a limit only where
// there are no violations and NotJudged is 0.
type Violations struct {
	Classes              []uint32
	Records, Respondents int64
	NotJudged            int64
}

// margin is the least distance from a limit at which a float decides. It is far larger
// than the error of the float, which is of the order of 1e-16 times the number of values.
const margin = 1e-6

// Violations returns the classes on the wrong side of the limit; each measure says which
// side is wrong. No float decides: a value near the limit is compared exactly, as a
// fraction or by the logarithms of whole numbers that define it.
func (a Attained) Violations(limit *big.Rat) Violations {
	var v Violations
	l, _ := limit.Float64()
	in := make([]bool, len(a.PerClass))
	v.NotJudged = int64(len(a.Classes.id))
	for id, value := range a.PerClass {
		if math.IsNaN(value) {
			continue
		}
		v.NotJudged -= a.Classes.size[id]
		sign := 1
		switch {
		case math.IsInf(value, 1):
		case math.Abs(value-l) <= margin*max(1, math.Abs(l)):
			sign = a.sign(id, limit)
		case value < l:
			sign = -1
		}
		if a.bad == below && sign < 0 || a.bad == above && sign > 0 || a.bad == reaches && sign >= 0 {
			in[id] = true
			v.Classes = append(v.Classes, uint32(id))
		}
	}
	v.Records, v.Respondents = a.Classes.distinct(func(id uint32) bool { return in[id] })
	return v
}

// Records returns the value of every record: the value of its class, and NaN for records
// that were left out.
func (a Attained) Records() []float64 { return a.Classes.spread(a.PerClass) }

// checkEvery is the number of classes after which a loop looks at its context.
const checkEvery = 1 << 12

// attain evaluates a measure for every class; sign compares the value of a class
// with a limit exactly.
func (c *Classes) attain(ctx context.Context, bad side, of func(class int) float64, sign func(class int, limit *big.Rat) int) (Attained, error) {
	a := Attained{Value: math.NaN(), Class: NoClass, PerClass: make([]float64, len(c.size)), Classes: c, bad: bad, sign: sign}
	for id := range a.PerClass {
		if id%checkEvery == 0 && ctx.Err() != nil {
			return Attained{}, ctx.Err()
		}
		v := of(id)
		a.PerClass[id] = v
		if math.IsNaN(v) {
			continue
		}
		if a.Class == NoClass || bad == below && v < a.Value || bad != below && v > a.Value {
			a.Value, a.Class = v, uint32(id)
		}
	}
	return a, nil
}

// given is attain for values that are there already.
func (c *Classes) given(bad side, of []float64, sign func(class int, limit *big.Rat) int) Attained {
	a, _ := c.attain(context.Background(), bad, func(id int) float64 { return of[id] }, sign) // this context does not end
	return a
}

// counted is attain for counts.
func (c *Classes) counted(of []int64) Attained {
	values := make([]float64, len(of))
	for id, n := range of {
		values[id] = float64(n)
	}
	return c.given(below, values, func(id int, limit *big.Rat) int { return new(big.Rat).SetInt64(of[id]).Cmp(limit) })
}

// fraction is a value as num/den, den > 0.
type fraction struct{ num, den int64 }

func (f fraction) float() float64 { return float64(f.num) / float64(f.den) }

func (f fraction) rat() *big.Rat { return big.NewRat(f.num, f.den) }
