package riskmetrics

import (
	"fmt"
	"math"

	"github.com/sluis-go/sluis/internal/column"
)

// Sensitive is the distribution of a sensitive variable over all classes and
// within each. Nulls are no values: they are counted apart and left out of every
// share. Immutable.
type Sensitive struct {
	classes *Classes
	col     *column.Column
	value   []uint32  // distinct values that occur, in order
	count   [][]int64 // class -> value -> records; aligned with value
	total   []int64   // value -> records
	records []int64   // class -> records with a value
	all     int64
}

func newSensitive(c *Classes, col *column.Column) *Sensitive {
	s := &Sensitive{classes: c, col: col, count: make([][]int64, c.Len()), records: make([]int64, c.Len())}
	null, hasNull := col.List.Null()
	n := col.List.Len()
	if hasNull {
		n-- // null is the last code
	}
	s.total = make([]int64, n)
	flat := make([]int64, n*c.Len())
	for id := range s.count {
		s.count[id] = flat[id*n : id*n+n : id*n+n]
	}
	for i, id := range c.id {
		code := col.Codes[i]
		if id == NoClass || hasNull && code == null {
			continue
		}
		s.count[id][code]++
		s.total[code]++
		s.records[id]++
		s.all++
	}
	for code := range uint32(n) {
		s.value = append(s.value, code)
	}
	return s
}

// Values returns the distinct values as text, in order; shares and distances
// follow it.
func (s *Sensitive) Values() []string {
	out := make([]string, len(s.value))
	for i, code := range s.value {
		out[i] = s.col.List.Label(code)
	}
	return out
}

// perClass is a measure of attribute disclosure: a value for every class, NaN
// for a class without any value of the variable.
type perClass func(id int) float64

// Attained is what a measure of attribute disclosure comes to.
type Attained struct {
	// Value is that of the worst class, which is Class; NaN and NoClass where no
	// class has a value.
	Value float64
	Class uint32
	// PerClass holds the value of every class, NaN for one without any value.
	PerClass []float64
}

// Records spreads the values of classes over records; NaN for records that were
// left out.
func (a *Attained) Records(c *Classes) []float64 { return c.spread(a.PerClass) }

// Violating lists the classes for which bad says so, NaN aside.
func (a *Attained) Violating(bad func(value float64) bool) []uint32 {
	var out []uint32
	for id, v := range a.PerClass {
		if !math.IsNaN(v) && bad(v) {
			out = append(out, uint32(id))
		}
	}
	return out
}

// attain evaluates a measure; the worst class is the smallest value, or the
// largest.
func (s *Sensitive) attain(of perClass, smallest bool) Attained {
	a := Attained{Value: math.NaN(), Class: NoClass, PerClass: make([]float64, len(s.count))}
	for id := range s.count {
		a.PerClass[id] = math.NaN()
		if s.records[id] == 0 {
			continue
		}
		v := of(id)
		a.PerClass[id] = v
		if a.Class == NoClass || smallest && v < a.Value || !smallest && v > a.Value {
			a.Value, a.Class = v, uint32(id)
		}
	}
	return a
}

// Distinct is distinct l-diversity: the number of distinct values in a class
// (Machanavajjhala et al. 2007). The smallest is the worst.
func (s *Sensitive) Distinct() Attained {
	return s.attain(func(id int) float64 {
		n := 0
		for _, k := range s.count[id] {
			if k > 0 {
				n++
			}
		}
		return float64(n)
	}, true)
}

// Entropy is entropy l-diversity: exp(H) with H the entropy of the class in
// nats, so that l equally frequent values give l.
func (s *Sensitive) Entropy() Attained {
	return s.attain(func(id int) float64 {
		h, n := 0.0, float64(s.records[id])
		for _, k := range s.count[id] {
			if k > 0 {
				p := float64(k) / n
				h -= float64(p * math.Log(p))
			}
		}
		return math.Exp(h)
	}, true)
}

// Recursive is recursive (c,l)-diversity: the smallest c for which
//
//	r_1 < c (r_l + r_(l+1) + ... + r_m)
//
// fails to hold strictly, that is r_1 over that sum, with r_1 >= r_2 >= ... the
// counts of the values in the class: the class is (c,l)-diverse for every c
// above it. Infinite where the class has fewer than l values. The largest is the
// worst.
func (s *Sensitive) Recursive(l int) (Attained, error) {
	if l < 2 {
		return Attained{}, fmt.Errorf("%w: l must be at least 2", ErrRequest)
	}
	return s.attain(func(id int) float64 {
		top := sorted(s.count[id])
		rest := int64(0)
		for i := l - 1; i < len(top); i++ {
			rest += top[i]
		}
		return float64(top[0]) / float64(rest)
	}, false), nil
}

// sorted returns the counts in falling order.
func sorted(count []int64) []int64 {
	out := append([]int64{}, count...)
	for i := 1; i < len(out); i++ {
		for j := i; j > 0 && out[j] > out[j-1]; j-- {
			out[j], out[j-1] = out[j-1], out[j]
		}
	}
	return out
}

// AlphaK is the largest share of one value in a class, the attained alpha of
// (alpha,k)-anonymity (Wong et al. 2006).
func (s *Sensitive) AlphaK() Attained {
	return s.attain(func(id int) float64 {
		return float64(sorted(s.count[id])[0]) / float64(s.records[id])
	}, false)
}

// share returns the share of a value in a class, and in all.
func (s *Sensitive) share(id, v int) (p, q float64) {
	return float64(s.count[id][v]) / float64(s.records[id]), float64(s.total[v]) / float64(s.all)
}

// BetaLikeness is basic beta-likeness (Cao and Karras 2012): the largest relative
// gain (p-q)/q of a value's share in a class over that in all, 0 if none gains.
// With enhanced it is min(beta, -ln q) that bounds the gain; the attained beta is
// then the same, and Enhanced says whether one exists.
func (s *Sensitive) BetaLikeness() Attained {
	return s.attain(func(id int) float64 {
		most := 0.0
		for v := range s.value {
			p, q := s.share(id, v)
			if s.total[v] > 0 && p > q {
				most = max(most, (p-q)/q)
			}
		}
		return most
	}, false)
}

// EnhancedBeta is the smallest beta for which every class has enhanced
// beta-likeness: every gain (p-q)/q is at most min(beta, -ln q). It reports false
// where no beta does, since some gain is above -ln q.
func (s *Sensitive) EnhancedBeta() (a Attained, feasible bool) {
	a = s.BetaLikeness()
	for id := range s.count {
		if s.records[id] == 0 {
			continue
		}
		for v := range s.value {
			p, q := s.share(id, v)
			if s.total[v] > 0 && p > q && (p-q)/q > -math.Log(q)*(1+1e-12) {
				return a, false
			}
		}
	}
	return a, true
}

// DeltaDisclosure is the largest |log(p/q)| of a value's share in a class against
// that in all (Brickell and Shmatikov 2008), in the given base of the logarithm
// (2 as ARX has it, math.E as others); infinite where a class lacks a value that
// others have.
func (s *Sensitive) DeltaDisclosure(base float64) (Attained, error) {
	if !(base > 1) || math.IsInf(base, 0) {
		return Attained{}, fmt.Errorf("%w: the base of the logarithm must be above 1", ErrRequest)
	}
	scale := math.Log(base)
	return s.attain(func(id int) float64 {
		most := 0.0
		for v := range s.value {
			if s.total[v] == 0 {
				continue
			}
			p, q := s.share(id, v)
			if p == 0 {
				continue
			}
			most = max(most, math.Abs(math.Log(p/q))/scale)
		}
		return most
	}, false), nil
}

// Distance is the distance between distributions of t-closeness.
type Distance uint8

const (
	// Equal is half the sum of |p - q|.
	Equal Distance = iota
	// Ordered is the sum of the absolute cumulated differences over M-1, values
	// being in order and one step apart.
	Ordered
	// Range is the same with the distance of two values being that of the
	// numbers, over the largest.
	Range
)

// TCloseness is the largest distance between the distribution in a class and
// that of all (Li et al. 2007). Range needs numbers.
func (s *Sensitive) TCloseness(d Distance) (Attained, error) {
	m := len(s.value)
	step := make([]float64, m) // from value i to i+1
	switch d {
	case Equal:
	case Ordered, Range:
		for i := range max(0, m-1) {
			step[i] = 1 / float64(m-1)
		}
		if d == Range && m > 1 {
			first, ok1 := s.col.List.Number(s.value[0])
			last, ok2 := s.col.List.Number(s.value[m-1])
			if !ok1 || !ok2 {
				return Attained{}, fmt.Errorf("%w: the variable holds no numbers", ErrRequest)
			}
			for i := range m - 1 {
				a, _ := s.col.List.Number(s.value[i])
				b, _ := s.col.List.Number(s.value[i+1])
				step[i] = (b - a) / (last - first)
			}
		}
	default:
		return Attained{}, fmt.Errorf("%w: no such distance", ErrRequest)
	}
	return s.attain(func(id int) float64 {
		sum, diff := 0.0, 0.0
		for v := range s.value {
			p, q := s.share(id, v)
			if d == Equal {
				sum += math.Abs(p-q) / 2
				continue
			}
			diff += p - q
			sum += float64(math.Abs(diff) * step[v])
		}
		return sum
	}, false), nil
}

// TClosenessTree is t-closeness with the hierarchical distance of Li et al.
// 2007: parent maps every value, and every inner node, to the node above; the
// root has none. The distance of two values is the height of their lowest common
// ancestor over that of the tree; at every inner node the smaller of the surplus
// and the deficit of its children is moved, at the node's height. The error wraps
// ErrRequest for a value without a parent, or a cycle.
func (s *Sensitive) TClosenessTree(parent map[string]string) (Attained, error) {
	t, err := newTree(s.Values(), parent)
	if err != nil {
		return Attained{}, err
	}
	return s.attain(func(id int) float64 {
		extra := make([]float64, len(t.parent))
		pos, neg := make([]float64, len(t.parent)), make([]float64, len(t.parent))
		for v := range s.value {
			p, q := s.share(id, v)
			extra[v] = p - q
		}
		cost := 0.0
		for _, n := range t.upwards {
			if n >= len(s.value) {
				extra[n] = pos[n] - neg[n]
				cost += float64(t.height[n]) / float64(t.height[t.root]) * min(pos[n], neg[n])
			}
			if up := t.parent[n]; up >= 0 {
				if extra[n] > 0 {
					pos[up] += extra[n]
				} else {
					neg[up] -= extra[n]
				}
			}
		}
		return cost
	}, false), nil
}

// tree is a hierarchy of values: nodes 0 to m-1 are the values.
type tree struct {
	parent  []int
	height  []int
	upwards []int // children before parents
	root    int
}

func newTree(values []string, parent map[string]string) (*tree, error) {
	t := &tree{root: -1}
	index := map[string]int{}
	var names []string
	node := func(name string) int {
		if i, ok := index[name]; ok {
			return i
		}
		index[name] = len(names)
		names = append(names, name)
		return len(names) - 1
	}
	for _, v := range values {
		node(v)
	}
	for i := 0; i < len(names); i++ {
		up, ok := parent[names[i]]
		if !ok {
			if i < len(values) || t.root >= 0 {
				return nil, fmt.Errorf("%w: the hierarchy misses a value, or has two roots", ErrRequest)
			}
			t.root = i
			t.parent = append(t.parent, -1)
			continue
		}
		t.parent = append(t.parent, node(up))
	}
	t.height = make([]int, len(names))
	for v := range values {
		h := 0
		for n := v; n >= 0; n = t.parent[n] {
			if h > len(names) {
				return nil, fmt.Errorf("%w: the hierarchy has a cycle", ErrRequest)
			}
			t.height[n] = max(t.height[n], h)
			h++
		}
	}
	if t.root < 0 {
		return nil, fmt.Errorf("%w: the hierarchy has no root", ErrRequest)
	}
	for h := 0; h <= t.height[t.root]; h++ {
		for n := range names {
			if t.height[n] == h {
				t.upwards = append(t.upwards, n)
			}
		}
	}
	return t, nil
}
