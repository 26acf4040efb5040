package observed

import (
	"slices"

	"github.com/sluis-go/sluis/internal/exact"
)

// number is a value: short, or long where 63 bits do not suffice.
type number[T any] interface {
	Cmp(T) int
	Add(T) T
	Num() exact.Num
}

// short is a value of at most 63 bits.
type short int64

// Cmp compares two values.
func (a short) Cmp(b short) int {
	switch {
	case a < b:
		return -1
	case a > b:
		return 1
	}
	return 0
}

// Add adds two values.
func (a short) Add(b short) short { return a + b }

// Num returns the value.
func (a short) Num() exact.Num { return exact.NewNum(exact.FromInt64(int64(a))) }

// long is a value of any size.
type long struct{ v exact.Num }

// Cmp compares two values.
func (a long) Cmp(b long) int { return a.v.Cmp(b.v) }

// Add adds two values.
func (a long) Add(b long) long { return long{a.v.Add(b.v)} }

// Num returns the value.
func (a long) Num() exact.Num { return a.v }

// list is observations, ascending by value.
type list[T any] struct {
	cell  []uint32
	x     []T
	units [Roles][]uint64
	kinds []kind
}

// sorted returns all observations of the log in the order of their values; order has, for each
// place, the place of the observation in the blocks, one block after the other.
func sorted[T any](l *Log, x []T, order []uint32) *list[T] {
	out := &list[T]{x: make([]T, l.rows)}
	for i, k := range order {
		out.x[i] = x[k]
	}
	out.cell = ordered(l, order, func(b *block) []uint32 { return b.cell })
	for r := range Roles {
		if l.keeps[r] {
			out.units[r] = ordered(l, order, func(b *block) []uint64 { return b.units[r] })
		}
	}
	if l.keeps[Holding] {
		out.kinds = ordered(l, order, func(b *block) []kind { return b.kinds })
	}
	return out
}

func ordered[T any](l *Log, order []uint32, of func(*block) []T) []T {
	all := make([]T, 0, l.rows)
	for i := range l.blocks {
		all = append(all, of(&l.blocks[i])...)
	}
	out := make([]T, l.rows)
	for i, k := range order {
		out[i] = all[k]
	}
	return out
}

// shorts lists all values of a log, which fit.
func (l *Log) shorts() []short {
	out := make([]short, 0, l.rows)
	for i := range l.blocks {
		b := &l.blocks[i]
		up := l.shift - b.shift
		for _, x := range b.small {
			out = append(out, short(x<<up))
		}
	}
	return out
}

// longs lists all values of a log.
func (l *Log) longs() []long {
	out := make([]long, 0, l.rows)
	for i := range l.blocks {
		b := &l.blocks[i]
		for k := range b.cell {
			out = append(out, long{b.at(k, l.shift)})
		}
	}
	return out
}

// digit is the number of bits that one pass of orderOf sorts by.
const digit = 11

// orderOf returns the places of x in ascending order of the values, equal values in the order
// of their places. It sorts by digits of the distance from the least value, the lowest first.
func orderOf(x []short) []uint32 {
	n := len(x)
	if n == 0 {
		return nil
	}
	least, most := slices.Min(x), slices.Max(x)
	span := uint64(most) - uint64(least)
	key, order := make([]uint64, n), make([]uint32, n)
	for i, v := range x {
		key[i], order[i] = uint64(v)-uint64(least), uint32(i)
	}
	toKey, toOrder := make([]uint64, n), make([]uint32, n)
	for shift := uint(0); shift < 64 && span>>shift > 0; shift += digit {
		var start [1 << digit]uint32
		for _, k := range key {
			start[k>>shift&(1<<digit-1)]++
		}
		sum := uint32(0)
		for d, c := range start {
			start[d], sum = sum, sum+c
		}
		for i, k := range key {
			d := k >> shift & (1<<digit - 1)
			at := start[d]
			start[d]++
			toKey[at], toOrder[at] = k, order[i]
		}
		key, toKey, order, toOrder = toKey, key, toOrder, order
	}
	return order
}

// orderOfLong is orderOf for values of any size.
func orderOfLong(x []long) []uint32 {
	order := make([]uint32, len(x))
	for i := range order {
		order[i] = uint32(i)
	}
	slices.SortStableFunc(order, func(a, b uint32) int { return x[a].Cmp(x[b]) })
	return order
}
