// Package topk keeps the largest of a stream of numbers. The kept set depends only on the
// multiset of numbers, and not on their order. Two kept sets merge into the kept set of
// the union.
package topk

// Ordered is a number that compares with its like.
type Ordered[T any] interface{ Cmp(T) int }

// Insert puts x into top, which is in falling order, and drops the smallest.
// Free places of top hold the least value of the domain (0 for absolute
// values). Time linear in len(top); constant for an x that is not kept.
func Insert[T Ordered[T]](top []T, x T) {
	i := len(top) - 1
	if i < 0 || x.Cmp(top[i]) <= 0 {
		return
	}
	for i > 0 && x.Cmp(top[i-1]) > 0 {
		top[i] = top[i-1]
		i--
	}
	top[i] = x
}

// Pair is a number x with a weight of another type.
type Pair[T, W any] struct {
	Value  T
	Weight W
}

// Weight is a weight that adds up and compares.
type Weight[W any] interface {
	Cmp(W) int
	Add(W) W
}

// InsertWeighted puts (x, w) into list and returns the new list. The list is in falling
// order of value and, among equals, of weight. It drops an element that cannot be among
// the largest any more: the elements before it have a weight of slots or more, and their
// number is least or more.
func InsertWeighted[T Ordered[T], W Weight[W]](list []Pair[T, W], x T, w, slots W, least int) []Pair[T, W] {
	i := len(list)
	for i > 0 {
		c := x.Cmp(list[i-1].Value)
		if c < 0 || c == 0 && w.Cmp(list[i-1].Weight) <= 0 {
			break
		}
		i--
	}
	list = append(list, Pair[T, W]{})
	copy(list[i+1:], list[i:])
	list[i] = Pair[T, W]{Value: x, Weight: w}

	var before W
	for k, p := range list {
		if k >= least && before.Cmp(slots) >= 0 {
			clear(list[k:])
			return list[:k]
		}
		before = before.Add(p.Weight)
	}
	return list
}

// InsertOwned is Insert for numbers with owners, where only the largest number of an
// owner counts. owners has the owners of top. The zero owner stands for an owner without
// other numbers. The kept set depends only on the set of (number, owner), and two kept
// sets merge into the kept set of the union: a number is dropped only where len(top)
// owners have larger numbers, and that remains true.
func InsertOwned[T Ordered[T], O comparable](top []T, owners []O, x T, owner O) {
	n := len(top)
	if n == 0 || x.Cmp(top[n-1]) <= 0 {
		return
	}
	i := n - 1 // the place that is given up: the owner's own, or the last
	if owner != *new(O) {
		for k, o := range owners {
			if o == owner {
				if x.Cmp(top[k]) <= 0 {
					return
				}
				i = k
				break
			}
		}
	}
	for i > 0 && x.Cmp(top[i-1]) > 0 {
		top[i], owners[i] = top[i-1], owners[i-1]
		i--
	}
	top[i], owners[i] = x, owner
}
