package group

import (
	"unsafe"

	"github.com/sluis-go/sluis/internal/column"
)

const (
	binColumns = 8        // most columns of a grid that is counted in bins
	mostBins   = 8        // more, and the rows take longer to be put there than is gained
	binCells   = 40 << 10 // most cells of a bin: a byte each, in the first cache
	binKeys    = 1 << 15  // keys that wait in a bin: many, so that loading its cells costs little
	onlyKeys   = 1 << 12  // the same where there is but one
	binBlock   = 1 << 11  // rows that are put into bins at a time
	binLeast   = 1 << 14  // rows for which it is worth it to begin
)

// bins keeps the keys of rows that wait to be counted, by ranges of cells that fit in the
// first cache. In a larger table, counting at random places waits for the second cache at
// most rows. Sorting keys of 16 bits into a few bins, without a branch, takes less time
// than that wait.
type bins struct {
	args binArgs
	size int // cells of a bin; the last may have fewer
	keys [][]uint16
	most int // keys that wait
}

// binArgs holds the data that binRows reads and writes. Vectors have one number many
// times.
type binArgs struct {
	cols [binColumns]unsafe.Pointer // the first row of each column
	card [binColumns][32]uint16
	last [binColumns][32]uint16 // the largest index
	// width is how many values of the leading columns, taken together, belong to a
	// bin, and step the number of its cells, both modulo 2^16.
	width, step [32]uint16
	keys        [mostBins]unsafe.Pointer
	fill        [mostBins]int    // how many keys wait
	wide        [binColumns]bool // columns of 16 bits
	columns     int
	lead        int
	bins        int
}

// newBins returns empty bins for a grid; nil if there are no columns, too many, or
// too many cells.
func newBins(g *Grid) *bins {
	n := len(g.cards)
	if n == 0 || n > binColumns {
		return nil
	}
	b := &bins{}
	a := &b.args
	a.columns = n
	values := 1
	for a.lead < n {
		values *= g.cards[a.lead]
		a.lead++
		if int(g.stride[a.lead-1]) <= binCells {
			break
		}
	}
	stride := int(g.stride[a.lead-1])
	width := max(1, binCells/stride)
	a.bins = (values + width - 1) / width
	if stride > binCells || a.bins > mostBins {
		return nil
	}
	width = (values + a.bins - 1) / a.bins // the same number in each
	b.size = width * stride
	if values+width > 1<<16 { // a value that is one bin too far must not look like one inside
		return nil
	}
	for c, card := range g.cards {
		if card > 1<<16-1 {
			return nil
		}
		fillWords(&a.card[c], card)
		fillWords(&a.last[c], card-1)
	}
	fillWords(&a.width, width)
	fillWords(&a.step, b.size)
	b.most = binKeys
	if a.bins == 1 {
		b.most = onlyKeys
	}
	for k := range a.bins {
		keys := make([]uint16, b.most+binBlock+binLanes)
		b.keys = append(b.keys, keys)
		a.keys[k] = unsafe.Pointer(unsafe.SliceData(keys))
	}
	return b
}

func fillWords(v *[32]uint16, x int) {
	for i := range v {
		v[i] = uint16(x)
	}
}

// takes reports whether columns are of widths that bins read.
func (b *bins) takes(cols []column.Indices) bool {
	for c := range cols {
		if cols[c].U8 == nil && cols[c].U16 == nil {
			return false
		}
	}
	return true
}

// add puts the keys of rows lo to hi in their bins, and counts the keys of full bins. The
// number of rows must be a multiple of binLanes and at most binBlock. It returns false if
// an index is too large; then it counts no waiting key.
func (b *bins) add(c *Counts, cols []column.Indices, lo, hi int) bool {
	a := &b.args
	for k := range cols {
		if u8 := cols[k].U8; u8 != nil {
			a.cols[k], a.wide[k] = unsafe.Pointer(&u8[lo:hi][0]), false
		} else {
			a.cols[k], a.wide[k] = unsafe.Pointer(&cols[k].U16[lo:hi][0]), true
		}
	}
	ok := binRows(a, hi-lo)
	clear(a.cols[:])
	if !ok {
		clear(a.fill[:])
		return false
	}
	for k := range a.bins {
		if a.fill[k] >= b.most {
			b.count(c, k)
		}
	}
	return true
}

// count counts the keys that wait in a bin.
func (b *bins) count(c *Counts, k int) {
	first := k * b.size
	countWords(c.low[first:], c.carry[first:], b.keys[k][:b.args.fill[k]])
	b.args.fill[k] = 0
}
