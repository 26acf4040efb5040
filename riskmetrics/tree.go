package riskmetrics

import (
	"context"
	"fmt"
	"math/big"
)

// TClosenessTree is TCloseness with the hierarchical distance of Li, Li and
// Venkatasubramanian 2007. parent maps every value, and every inner node, to the node
// above; the root has none. The distance of two values is the height of their lowest
// common ancestor divided by the height of the lowest node that all values which occur lie below:
// nodes above that one would make every distance smaller. A leaf has height 0, and an inner
// node one more than its highest child. At every inner node the smaller of the surplus
// and the deficit of its children,
//
//	min(sum of (extra)+, sum of (extra)-),   extra = sum below of p - q,
//
// is moved at that distance. The error is the context's, or ErrRequest for
//
//   - a value that is not in the tree;
//   - a node that is a value and has children;
//   - two roots, or a cycle;
//   - a respondent with several values.
//
// Li et al. print .278 for their example of this distance; the formula gives .2963, as
// does ARX.
func (s *Sensitive) TClosenessTree(ctx context.Context, parent map[string]string) (Attained, error) {
	if err := s.oneOverall(); err != nil {
		return Attained{}, err
	}
	t, err := newTree(s.Values(), parent)
	if err != nil {
		return Attained{}, err
	}
	total := make([]int64, len(t.parent)) // node -> records below
	for v, k := range s.total {
		for n := v; n >= 0; n = t.parent[n] {
			total[n] += k
		}
	}
	height := int64(max(1, t.height[t.top(len(s.total))]))
	// The definition, node by node.
	exactly := func(id int) *big.Rat {
		extra, surplus := make([]*big.Rat, len(t.parent)), make([]*big.Rat, len(t.parent))
		for at := range extra {
			extra[at], surplus[at] = new(big.Rat), new(big.Rat)
		}
		for v, gap := range s.gaps(id) {
			for at := v; at >= 0; at = t.parent[at] {
				extra[at].Add(extra[at], gap)
			}
		}
		sum := new(big.Rat)
		for at, up := range t.parent {
			if up >= 0 && extra[at].Sign() > 0 {
				surplus[up].Add(surplus[up], extra[at])
			}
		}
		for at := range surplus {
			moved := new(big.Rat).Sub(surplus[at], extra[at])
			if moved.Cmp(surplus[at]) > 0 {
				moved.Set(surplus[at])
			}
			sum.Add(sum, moved.Mul(moved, big.NewRat(int64(t.height[at]), height)))
		}
		return sum
	}
	return s.distance(ctx, func(id int) (fraction, bool) { return t.fast(s, total, height, id) }, exactly)
}

// top returns the lowest node that all of the values lie below, or the value where there is one.
func (t *tree) top(values int) int {
	below := make([]int, len(t.parent))
	top := t.root
	for v := range values {
		for n := v; n >= 0; n = t.parent[n] {
			if below[n]++; below[n] == values && t.height[n] < t.height[top] {
				top = n
			}
		}
	}
	return top
}

// fast is the same in 64 bits.
func (t *tree) fast(s *Sensitive, total []int64, height int64, id int) (fraction, bool) {
	n := s.n[id]
	den, ok := product(n, s.all, height)
	if !ok {
		return fraction{}, false
	}
	touched := make([]int, 0, 16)
	below := make(map[int]int64, 16)
	for _, e := range s.of(id) {
		for at := int(e.value); at >= 0; at = t.parent[at] {
			if _, ok := below[at]; !ok {
				touched = append(touched, at)
			}
			below[at] += e.count
		}
	}
	surplus := make(map[int]int64, len(touched))
	for _, at := range touched {
		if x := below[at]*s.all - total[at]*n; x > 0 && t.parent[at] >= 0 {
			surplus[t.parent[at]] += x
		}
	}
	num := int64(0)
	for _, at := range touched {
		up := surplus[at]
		num += int64(t.height[at]) * min(up, up-(below[at]*s.all-total[at]*n))
	}
	return fraction{num, den}, true
}

// tree is a hierarchy of values: nodes 0 to m-1 are the values.
type tree struct {
	parent []int // -1 for the root
	height []int
	root   int
}

func newTree(values []string, parent map[string]string) (*tree, error) {
	t := &tree{root: -1}
	index := map[string]int{}
	var names []string
	node := func(name string) int {
		i, ok := index[name]
		if !ok {
			i = len(names)
			index[name] = i
			names = append(names, name)
		}
		return i
	}
	for _, v := range values {
		node(v)
	}
	for i := 0; i < len(names); i++ {
		up, ok := parent[names[i]]
		switch {
		case ok:
			at := node(up)
			if at < len(values) {
				return nil, fmt.Errorf("%w: a value of the variable lies above another in the hierarchy", ErrRequest)
			}
			t.parent = append(t.parent, at)
		case i < len(values) && len(values) > 1, t.root >= 0:
			return nil, fmt.Errorf("%w: the hierarchy misses a value of the variable, or has two roots", ErrRequest)
		default:
			t.root = i
			t.parent = append(t.parent, -1)
		}
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
	return t, nil
}
