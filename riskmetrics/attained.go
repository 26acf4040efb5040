package riskmetrics

import (
	"context"
	"math"
	"math/big"
)

// Attained is what a measure comes to: a value for every class, and the worst.
// Its floats are for reading; Violations decides exactly.
type Attained struct {
	// Value is that of the worst class, which is Class, the first of equals; NaN
	// and NoClass where no class has a value.
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

// Violations are the classes that violate a limit, and what is in them:
// Respondents are distinct ones, records where none are named. NotJudged is the
// number of records of which the limit says nothing: those left out for their
// nulls, and those in classes that have no value. Without violations, data are
// within a limit only where it is 0.
type Violations struct {
	Classes              []uint32
	Records, Respondents int64
	NotJudged            int64
}

// margin is how near to a limit a float may come and still decide: far more than
// its error, which is of the order of 1e-16 times the number of values.
const margin = 1e-6

// Violations returns the classes on the wrong side of the limit, which the
// measure names. No float decides: a value that comes near to the limit is
// compared as a fraction, or as the logarithms of whole numbers that it is.
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

// Records returns the value of every record, that of its class; NaN for records
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
