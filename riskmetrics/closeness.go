package riskmetrics

import (
	"context"
	"fmt"
	"math"
	"math/big"
	"math/bits"
	"slices"
	"sort"
)

// Distance is the ground distance between values for t-closeness.
type Distance uint8

const (
	// Equal sets all values equally far apart: half the sum of |p - q|.
	Equal Distance = iota
	// Ordered is for numbers, dates, times and booleans. Values that follow each other
	// are one step apart: the distance is the sum of the absolute cumulated differences p
	// - q, divided by M-1, with M the number of values. Text has no order except the
	// alphabetic one: see [Sensitive.TClosenessOrdered].
	Ordered
	// Range is for numbers, dates and times: the same with the steps between
	// neighbours in proportion to their differences.
	Range
)

// TCloseness is the earth mover's distance between the distribution of the variable in
// each class and the distribution over all records (Li, Li and Venkatasubramanian 2007).
// It is NaN for a class without values. t is violated where the distance is above t.
//
// The error is the context's, or ErrRequest in these cases:
//
//   - Range for values that are no numbers;
//   - Ordered for text;
//   - a respondent has several values (a distribution has one value a respondent).
//
// Distances are sums of whole numbers over a whole number: with k of n records in the
// class and K of N in all, |p - q| = |kN - Kn| / nN. A class costs its own values times
// the logarithm of M.
func (s *Sensitive) TCloseness(ctx context.Context, d Distance) (Attained, error) {
	if err := s.oneOverall(); err != nil {
		return Attained{}, err
	}
	var steps []*big.Int
	switch d {
	case Equal:
		return s.distance(ctx, s.equal, s.equalExact)
	case Ordered:
		if !s.HasOrder() {
			return Attained{}, fmt.Errorf("%w: the values of %q are text, which has no order but that of its letters; declare their order, or code them as numbers", ErrRequest, s.col.Name)
		}
		for range max(0, len(s.code)-1) {
			steps = append(steps, big.NewInt(1))
		}
	case Range:
		var err error
		if steps, err = s.differences(); err != nil {
			return Attained{}, err
		}
	default:
		return Attained{}, fmt.Errorf("%w: no such distance", ErrRequest)
	}
	o := newOrdering(s, steps)
	return s.distance(ctx, o.fast, o.exact)
}

// HasOrder reports whether the values have an order of their own, as [Ordered] needs.
// Numbers, dates, times and booleans have one. A variable without values has one too.
func (s *Sensitive) HasOrder() bool { return len(s.code) == 0 || s.col.List.Ordered() }

// TClosenessOrdered is TCloseness with the distance [Ordered] and a declared order.
// labels must list all values that occur, written as in [Sensitive.Values], from the
// least to the largest.
//
//   - labels may list other values. Between values that occur each of them is one step as
//     well, and M counts it.
//   - Labels before the first value that occurs, and after the last one, are not counted:
//     they would make every distance smaller.
//
// The error is ErrRequest for a value that is not listed or listed twice. The other errors
// are those of TCloseness.
func (s *Sensitive) TClosenessOrdered(ctx context.Context, labels []string) (Attained, error) {
	if err := s.oneOverall(); err != nil {
		return Attained{}, err
	}
	at := make(map[string]uint32, len(labels))
	for i, l := range labels {
		if _, twice := at[l]; twice {
			return Attained{}, fmt.Errorf("%w: place %d of the order of %q comes twice", ErrRequest, i+1, s.col.Name)
		}
		at[l] = uint32(i)
	}
	// The same distribution over the listed values from the first to the last that occurs, in
	// their order.
	first, end := uint32(len(labels)), uint32(0)
	for _, l := range s.Values() {
		if place, ok := at[l]; ok {
			first, end = min(first, place), max(end, place+1)
		}
	}
	first = min(first, end)
	in := *s
	in.code, in.total = make([]uint32, end-first), make([]int64, end-first)
	to := make([]uint32, len(s.code))
	for v, l := range s.Values() {
		place, ok := at[l]
		if !ok {
			return Attained{}, fmt.Errorf("%w: the order of %q misses a value that occurs: it lists %d, and %d occur", ErrRequest, s.col.Name, len(labels), len(s.code))
		}
		to[v] = place - first
		in.total[to[v]] = s.total[v]
	}
	// A class has an entry for each of its values, now in the declared order.
	in.entries = make([]entry, len(s.entries))
	for i, e := range s.entries {
		in.entries[i] = entry{to[e.value], e.count}
	}
	if !slices.IsSorted(to) {
		for id := range in.n {
			slices.SortFunc(in.of(id), byValue)
		}
	}
	in.cumulate()
	var steps []*big.Int
	for range max(0, len(in.code)-1) {
		steps = append(steps, big.NewInt(1))
	}
	o := newOrdering(&in, steps)
	return in.distance(ctx, o.fast, o.exact)
}

// distance evaluates a distance. fast is its value as a fraction, and false where
// 64 bits may not suffice.
func (s *Sensitive) distance(ctx context.Context, fast func(id int) (fraction, bool), exactly func(id int) *big.Rat) (Attained, error) {
	return s.classes.attain(ctx, above, func(id int) float64 {
		if s.n[id] == 0 {
			return math.NaN()
		}
		if f, ok := fast(id); ok {
			return f.float()
		}
		v, _ := exactly(id).Float64()
		return v
	}, func(id int, limit *big.Rat) int {
		if f, ok := fast(id); ok {
			return f.rat().Cmp(limit)
		}
		return exactly(id).Cmp(limit)
	})
}

// product returns a*b*c for factors of at least 0, and false from 2^62 on.
func product(a, b, c int64) (int64, bool) {
	hi, lo := bits.Mul64(uint64(a), uint64(b))
	if hi != 0 {
		return 0, false
	}
	hi, lo = bits.Mul64(lo, uint64(c))
	return int64(lo), hi == 0 && lo < 1<<62
}

// equal is half the sum of |p - q|. The values that the class lacks add their q: together
// 1 less the sum of q over the values that the class has.
func (s *Sensitive) equal(id int) (fraction, bool) {
	n := s.n[id]
	den, ok := product(2, n, s.all)
	if !ok {
		return fraction{}, false
	}
	num := den / 2
	for _, e := range s.of(id) {
		kn, total := e.count*s.all, s.total[e.value]*n
		num += max(kn-total, total-kn) - total
	}
	return fraction{num, den}, true
}

// equalExact is equal by its definition.
func (s *Sensitive) equalExact(id int) *big.Rat {
	sum := new(big.Rat)
	for _, d := range s.gaps(id) {
		sum.Add(sum, d.Abs(d))
	}
	return sum.Mul(sum, big.NewRat(1, 2))
}

// gaps returns p - q of every value.
func (s *Sensitive) gaps(id int) []*big.Rat {
	out := make([]*big.Rat, len(s.code))
	for v, k := range s.total {
		out[v] = big.NewRat(-k, s.all)
	}
	for _, e := range s.of(id) {
		out[e.value].Add(out[e.value], big.NewRat(e.count, s.n[id]))
	}
	return out
}

// differences returns the differences of neighbouring values, as whole numbers of
// some unit.
func (s *Sensitive) differences() ([]*big.Int, error) {
	var at []*big.Rat
	common := big.NewInt(1) // denominator
	for _, code := range s.code {
		r, ok := s.col.List.Rat(code)
		if !ok {
			return nil, fmt.Errorf("%w: the values of %q are no numbers", ErrRequest, s.col.Name)
		}
		at = append(at, r)
		g := new(big.Int).GCD(nil, nil, common, r.Denom())
		common.Mul(common, g.Quo(r.Denom(), g))
	}
	var steps []*big.Int
	unit := new(big.Int)
	for v := range max(0, len(at)-1) {
		d := new(big.Rat).Sub(at[v+1], at[v])
		step := d.Mul(d, new(big.Rat).SetInt(common)).Num()
		steps = append(steps, new(big.Int).Set(step))
		unit.GCD(nil, nil, unit, step)
	}
	for _, step := range steps {
		step.Quo(step, unit)
	}
	return steps, nil
}

// ordering is a sequence of values with steps between them. Let A be the number of
// records of the class up to a value, and P the same number over all records. The
// distance is
//
//	sum of step |A N - P n| / (n N times the length of the sequence)
type ordering struct {
	s      *Sensitive
	steps  []*big.Int
	length *big.Int
	// The same in 64 bits where it fits: the steps, their sums to before each
	// value, and the sums of step times P.
	total    int64
	to, toP  []int64
	fitsWide bool
}

func newOrdering(s *Sensitive, steps []*big.Int) *ordering {
	o := &ordering{s: s, steps: steps, length: new(big.Int)}
	for _, step := range steps {
		o.length.Add(o.length, step)
	}
	if !o.length.IsInt64() {
		return o
	}
	o.total = o.length.Int64()
	if _, o.fitsWide = product(max(1, o.total), max(1, s.all), 1); !o.fitsWide {
		return o
	}
	o.to, o.toP = make([]int64, len(steps)+1), make([]int64, len(steps)+1)
	for v, step := range steps {
		o.to[v+1] = o.to[v] + step.Int64()
		o.toP[v+1] = o.toP[v] + step.Int64()*s.prefix[v]
	}
	return o
}

func (o *ordering) fast(id int) (fraction, bool) {
	s := o.s
	n := s.n[id]
	den, ok := product(n, s.all, max(1, o.total))
	if !ok || !o.fitsWide {
		return fraction{}, false
	}
	num, seen := int64(0), int64(0)
	list := s.of(id)
	from := 0 // steps from..to-1 lie between two values of the class
	for i := 0; i <= len(list); i++ {
		to := len(o.steps)
		if i < len(list) {
			to = min(to, int(list[i].value))
		}
		if from < to {
			// A N - P n falls along the gap: where it turns negative.
			a := seen * s.all
			turn := from + sort.Search(to-from, func(j int) bool { return s.prefix[from+j]*n > a })
			num += a*(o.to[turn]-o.to[from]) - n*(o.toP[turn]-o.toP[from])
			num += n*(o.toP[to]-o.toP[turn]) - a*(o.to[to]-o.to[turn])
			from = to
		}
		if i < len(list) {
			seen += list[i].count
		}
	}
	return fraction{num, den}, true
}

// exact is the distance by its definition.
func (o *ordering) exact(id int) *big.Rat {
	sum, cumulated := new(big.Rat), new(big.Rat)
	if o.length.Sign() == 0 {
		return sum
	}
	gaps := o.s.gaps(id)
	for v, step := range o.steps {
		cumulated.Add(cumulated, gaps[v])
		d := new(big.Rat).Abs(cumulated)
		sum.Add(sum, d.Mul(d, new(big.Rat).SetInt(step)))
	}
	return sum.Quo(sum, new(big.Rat).SetInt(o.length))
}
