package group

import "github.com/sluis-go/sluis/internal/column"

// Grid numbers tuples of dictionary indices in mixed radix, the first column most
// significant. Every combination has a key, also a combination that does not occur, so
// there is no look-up. A grid is for columns with small dictionaries, and is immutable.
type Grid struct {
	cards  []int
	stride []uint32
	cells  int
}

// NewGrid returns the grid of columns with the given numbers of indices; nil if
// it has more than most cells, which is at most 2^30.
func NewGrid(cards []int, most int) *Grid {
	g := &Grid{cards: cards, stride: make([]uint32, len(cards)), cells: 1}
	for c := len(cards) - 1; c >= 0; c-- {
		g.stride[c] = uint32(g.cells)
		if cards[c] < 1 || g.cells > most/cards[c] {
			return nil
		}
		g.cells *= cards[c]
	}
	return g
}

// Cells returns the number of cells; keys are below it.
func (g *Grid) Cells() int { return g.cells }

// Cards returns the number of indices of each column. The caller must not change
// it.
func (g *Grid) Cards() []int { return g.cards }

// Keys writes the keys of the rows from lo to dst, one for each row. It returns false if
// some index is not below the number of indices of its column; dst is then arbitrary.
//
//	dst[i] = sum over c of cols[c][lo+i] * stride[c]
//
// Time linear in rows times columns.
func (g *Grid) Keys(dst []uint32, cols []column.Indices, lo int) bool {
	if len(cols) == 0 {
		clear(dst)
		return true
	}
	hi, ok := lo+len(dst), true
	for c := range cols {
		var top uint32
		x, first := &cols[c], c == 0
		switch {
		case x.U8 != nil:
			top = mulAdd8(dst, x.U8[lo:hi], g.stride[c], first)
		case x.U16 != nil:
			top = mulAdd16(dst, x.U16[lo:hi], g.stride[c], first)
		default:
			top = mulAdd32(dst, x.U32[lo:hi], g.stride[c], first)
		}
		ok = ok && uint64(top) < uint64(g.cards[c])
	}
	return ok
}

// Spell returns the indices in column c of keys that ascend. Time linear in cells.
func (g *Grid) Spell(keys []uint32, c int) []uint32 {
	out := make([]uint32, len(keys))
	stride, card := uint64(g.stride[c]), uint32(g.cards[c])
	v, next := uint32(0), stride // next: the first key with another index
	for i, k := range keys {
		for uint64(k) >= next {
			next += stride
			if v++; v == card {
				v = 0
			}
		}
		out[i] = v
	}
	return out
}

// Used returns which indices of a column were counted, or have amounts, if not nil.
func (g *Grid) Used(c int, counts *Counts, amounts *Amounts) []bool {
	stride, card := int(g.stride[c]), g.cards[c]
	used := make([]bool, card)
	for v := range used {
		for at := v * stride; at < g.cells && !used[v]; at += stride * card {
			used[v] = counts.any(at, at+stride) || amounts != nil && amounts.any(at, at+stride)
		}
	}
	return used
}

// mulAddPortable is the loop of the faster variants. It sets dst where first is true, and
// adds to dst otherwise. It returns the largest value of col; 0 if col is empty.
func mulAddPortable[T uint8 | uint16 | uint32](dst []uint32, col []T, stride uint32, first bool) uint32 {
	col = col[:len(dst)]
	top := T(0)
	if first {
		for i, v := range col {
			dst[i] = uint32(v) * stride
			top = max(top, v)
		}
		return uint32(top)
	}
	for i, v := range col {
		dst[i] += uint32(v) * stride
		top = max(top, v)
	}
	return uint32(top)
}

// Vectors sets whether keys are made by the vector instructions of this machine, where it
// has any, or by the portable loops. It returns the earlier setting. It is for tests that
// compare the two, and must not be called while other goroutines work.
func Vectors(on bool) (were bool) {
	were, hasAVX2 = hasAVX2, on && vectors()
	hasBins = on && canBin()
	return were
}
