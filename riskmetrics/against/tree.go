package against

import "math"

// tree is a k-d tree over the distinct points of one file: a binary tree in which every node
// has a box that holds its points.
type tree struct {
	s      *space
	file   File
	m      int       // axes
	codes  []uint32  // of the points, m each
	places []float64 // the same as places
	count  []int64   // records at a point
	order  []int32   // points in the order of the leaves
	nodes  []node
	lo, hi []float64 // boxes, m each, without nulls
	has    []uint8   // of nodes and axes: someValue, someNull
}

const (
	someValue = 1 << iota
	someNull
)

// leafSize is the most points of a leaf.
const leafSize = 8

type node struct {
	from, to    int32 // in order
	left, right int32 // 0 for a leaf
	count       int64 // records
}

// newTree makes the tree of points.
func newTree(s *space, f File, codes []uint32, count []int64) *tree {
	t := &tree{s: s, file: f, m: len(s.axes), codes: codes, count: count, order: make([]int32, len(count))}
	t.places = make([]float64, len(codes))
	for i := range count {
		t.order[i] = int32(i)
		for j := range t.m {
			t.places[i*t.m+j] = s.axes[j].placeOf(f, codes[i*t.m+j])
		}
	}
	if len(count) > 0 {
		t.build(0, len(count))
	}
	return t
}

// build makes the node of a part of order, and returns its number. The depth is
// logarithmic: a node has half of the points of the node above.
func (t *tree) build(from, to int) int32 {
	id := len(t.nodes)
	n := node{from: int32(from), to: int32(to)}
	lo, hi := make([]float64, t.m), make([]float64, t.m)
	has := make([]uint8, t.m)
	for j := range t.m {
		lo[j], hi[j] = math.Inf(1), math.Inf(-1)
	}
	for _, p := range t.order[from:to] {
		n.count += t.count[p]
		for j, x := range t.places[int(p)*t.m : int(p+1)*t.m] {
			if x < 0 {
				has[j] |= someNull
				continue
			}
			has[j] |= someValue
			lo[j], hi[j] = min(lo[j], x), max(hi[j], x)
		}
	}
	t.nodes = append(t.nodes, n)
	t.lo, t.hi, t.has = append(t.lo, lo...), append(t.hi, hi...), append(t.has, has...)
	if to-from <= leafSize {
		return int32(id)
	}
	axis, widest := 0, -1.0
	for j := range t.m {
		a, wide := &t.s.axes[j], 0.0
		switch {
		case has[j] == someValue|someNull, a.category && hi[j] > lo[j]:
			wide = a.weight
		case has[j] == someValue && !a.category:
			wide = t.s.near(a, lo[j], hi[j])
		}
		if wide > widest {
			axis, widest = j, wide
		}
	}
	middle := (from + to) / 2
	t.halve(t.order[from:to], middle-from, axis)
	left := t.build(from, middle)
	right := t.build(middle, to)
	t.nodes[id].left, t.nodes[id].right = left, right
	return int32(id)
}

// halve puts the k points with the smallest places on an axis first.
func (t *tree) halve(points []int32, k, axis int) {
	at := func(i int) float64 { return t.places[int(points[i])*t.m+axis] }
	lo, hi := 0, len(points)-1
	for lo < hi {
		// The median of three, as the value that splits.
		a, b, c := at(lo), at((lo+hi)/2), at(hi)
		pivot := max(min(a, b), min(max(a, b), c))
		i, j := lo, hi
		for i <= j {
			for at(i) < pivot {
				i++
			}
			for at(j) > pivot {
				j--
			}
			if i <= j {
				points[i], points[j] = points[j], points[i]
				i++
				j--
			}
		}
		switch {
		case k <= j:
			hi = j
		case k >= i:
			lo = i
		default:
			return
		}
	}
}

// bounds returns the least and the most that the fast distance from a point to the points of
// a node can be.
func (t *tree) bounds(id int32, from []float64) (least, most float64) {
	at := int(id) * t.m
	for j, x := range from {
		a := &t.s.axes[j]
		lo, hi, has := t.lo[at+j], t.hi[at+j], t.has[at+j]
		low, high := math.Inf(1), 0.0
		if has&someNull != 0 {
			d := t.s.near(a, x, nothing)
			low, high = d, d
		}
		if has&someValue != 0 {
			var l, h float64
			switch {
			case x < 0:
				l = t.s.near(a, x, lo)
				h = l
			case a.category:
				if x < lo || x > hi {
					l = a.weight
				}
				if lo != hi || x != lo {
					h = a.weight
				}
			default:
				l = t.s.near(a, x, min(max(x, lo), hi))
				h = max(t.s.near(a, x, lo), t.s.near(a, x, hi))
			}
			low, high = min(low, l), max(high, h)
		}
		least += low
		most += high
	}
	return least, most
}

// search counts the records of a tree that are nearer to a point than a radius, and those
// that are as near. It stops where enough are nearer.
type search struct {
	t           *tree
	places      []float64                // of the point
	fast        float64                  // the radius
	exact       func(codes []uint32) int // the sign of an exact distance less the radius
	enough      int64
	nearer, tie int64
}

// visit counts the points of a node. least and most are its bounds.
func (q *search) visit(id int32, least, most float64) {
	t := q.t
	n := &t.nodes[id]
	switch {
	case least > q.fast+t.s.doubt:
		return
	case most < q.fast-t.s.doubt:
		q.nearer += n.count
		return
	case n.left == 0:
		q.leaf(n)
		return
	}
	l, r := n.left, n.right
	ll, lm := t.bounds(l, q.places)
	rl, rm := t.bounds(r, q.places)
	if rl < ll {
		l, ll, lm, r, rl, rm = r, rl, rm, l, ll, lm
	}
	if q.visit(l, ll, lm); q.nearer < q.enough {
		q.visit(r, rl, rm)
	}
}

func (q *search) leaf(n *node) {
	t := q.t
	for _, p := range t.order[n.from:n.to] {
		d := 0.0
		at := int(p) * t.m
		for j, x := range q.places {
			d += t.s.near(&t.s.axes[j], x, t.places[at+j])
		}
		sign := 1
		switch {
		case d < q.fast-t.s.doubt:
			sign = -1
		case d <= q.fast+t.s.doubt:
			sign = q.exact(t.codes[at : at+t.m])
		}
		switch sign {
		case -1:
			q.nearer += t.count[p]
		case 0:
			q.tie += t.count[p]
		}
	}
}
