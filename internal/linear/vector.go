package linear

import (
	"cmp"
	"slices"
)

// Entry is one non-zero of a sparse vector.
type Entry struct {
	Row int32
	val uint64
}

// Unit returns the entry for a whole number, less than 2^60 in absolute value.
func Unit(row int32, v int64) Entry { return Entry{row, of(v)} }

// Vector is a sparse vector, rows rising, no zeros.
type Vector []Entry

// sum sorts a list of entries by row and adds up those of one row.
func sum(v Vector) Vector {
	slices.SortFunc(v, func(a, b Entry) int { return cmp.Compare(a.Row, b.Row) })
	out := v[:0]
	for i := 0; i < len(v); {
		e := v[i]
		for i++; i < len(v) && v[i].Row == e.Row; i++ {
			e.val = add(e.val, v[i].val)
		}
		if e.val != 0 {
			out = append(out, e)
		}
	}
	return out
}

func (v Vector) find(row int32) (uint64, bool) {
	if len(v) <= 12 {
		for _, e := range v {
			if e.Row == row {
				return e.val, true
			}
		}
		return 0, false
	}
	i, ok := slices.BinarySearchFunc(v, row, func(e Entry, r int32) int { return cmp.Compare(e.Row, r) })
	if !ok {
		return 0, false
	}
	return v[i].val, true
}

// axpy appends a + f*b to dst.
func axpy(dst, a Vector, f uint64, b Vector) Vector {
	i, j := 0, 0
	for i < len(a) && j < len(b) {
		switch {
		case a[i].Row < b[j].Row:
			dst = append(dst, a[i])
			i++
		case a[i].Row > b[j].Row:
			dst = append(dst, Entry{b[j].Row, mul(f, b[j].val)})
			j++
		default:
			if s := add(a[i].val, mul(f, b[j].val)); s != 0 {
				dst = append(dst, Entry{a[i].Row, s})
			}
			i++
			j++
		}
	}
	dst = append(dst, a[i:]...)
	for ; j < len(b); j++ {
		dst = append(dst, Entry{b[j].Row, mul(f, b[j].val)})
	}
	return dst
}

// direction is a hash that two vectors share when one is a multiple of the
// other; 0 for the zero vector. Others share it by chance only, of which the
// caller makes sure with parallel.
func (v Vector) direction() uint64 {
	if len(v) == 0 {
		return 0
	}
	scale := inverse(v[0].val)
	h := uint64(len(v))*0x9e3779b97f4a7c15 + 1
	for _, e := range v {
		h = (h ^ uint64(uint32(e.Row))) * 0xff51afd7ed558ccd
		h ^= h >> 29
		h = (h ^ mul(e.val, scale)) * 0xc4ceb9fe1a85ec53
		h ^= h >> 32
	}
	return h | 1
}

// parallel reports whether one of two vectors is a multiple of the other,
// neither being zero.
func parallel(a, b Vector) bool {
	if len(a) != len(b) || len(a) == 0 {
		return false
	}
	for i := range a {
		if a[i].Row != b[i].Row || mul(a[i].val, b[0].val) != mul(b[i].val, a[0].val) {
			return false
		}
	}
	return true
}
