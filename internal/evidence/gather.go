package evidence

import (
	"cmp"
	"math/bits"
	"slices"

	"github.com/sluis-go/sluis/internal/exact"
)

// gathered is one partition of a pool, sorted by unit and cell. Its memory is reused from
// partition to partition.
type gathered[T number[T]] struct {
	recs   []rec
	filled []bool
	x      []T
	wx     []exact.Int512
	bucket []uint32
	blocks []block[T] // the rows of the partition, block by block
	stored block[T]   // rows that were in storage
	buf    []byte
}

// rec is a row of a partition; at is its place in the slices of values.
type rec struct {
	unit uint64
	cell uint32
	at   uint32
}

func (r rec) compare(o rec) int {
	if c := cmp.Compare(r.unit, o.unit); c != 0 {
		return c
	}
	return cmp.Compare(r.cell, o.cell)
}

func (r rec) less(o rec) bool { return r.unit < o.unit || r.unit == o.unit && r.cell < o.cell }

// smallBucket is the number of rows up to which a bucket is sorted by
// insertion.
const smallBucket = 24

// partition fills g with a partition of a settled pool and returns the number of
// its rows.
func (g *gathered[T]) partition(p *pool[T], part int) int {
	if len(p.runs) == 0 {
		return g.load(p.blocks, part)
	}
	g.read(p, part)
	g.blocks = append(g.blocks[:0], g.stored)
	return g.arrange(g.stored.len(), p.partBits())
}

// load fills g with a partition of blocks and returns the number of its rows.
func (g *gathered[T]) load(blocks []block[T], part int) int {
	n := 0
	g.blocks = g.blocks[:0]
	for i := range blocks {
		b := blocks[i].slice(blocks[i].part(part))
		b.cells = blocks[i].cells
		g.blocks = append(g.blocks, b)
		n += b.len()
	}
	return g.arrange(n, partBits)
}

// arrange sorts the n rows of g.blocks. Their units agree in the first bits. The
// bits behind are as good as random: counting by them leaves a row or two a bucket,
// unless one unit has many.
func (g *gathered[T]) arrange(n, bitsOfPart int) int {
	g.recs = slices.Grow(g.recs[:0], n)[:n]
	g.filled, g.x, g.wx = g.filled[:0], g.x[:0], g.wx[:0]
	if n == 0 {
		return 0
	}
	width := max(1, min(16, bits.Len(uint(n-1))))
	shift := 64 - width
	g.bucket = slices.Grow(g.bucket[:0], 1<<width)[:1<<width]
	bucket := g.bucket
	clear(bucket)
	for i := range g.blocks {
		for _, u := range g.blocks[i].unit {
			bucket[u<<bitsOfPart>>shift]++
		}
	}
	sum, most := uint32(0), uint32(0)
	for i, k := range bucket {
		bucket[i] = sum
		sum += k
		most = max(most, k)
	}
	at := uint32(0)
	for i := range g.blocks {
		b := &g.blocks[i]
		for k, u := range b.unit {
			c := b.cell[k]
			if b.cells != nil {
				c = b.cells[c]
			}
			to := &bucket[u<<bitsOfPart>>shift]
			g.recs[*to] = rec{u, c, at}
			*to++
			at++
		}
		if b.x != nil {
			g.x = append(g.x, b.x...)
			g.filled = append(g.filled, b.filled...)
		}
		if b.wx != nil {
			g.wx = append(g.wx, b.wx...)
		}
	}
	if most <= smallBucket {
		// Rows have to move within their buckets only, and so not far.
		insertionSort(g.recs)
		return n
	}
	start := uint32(0) // bucket now holds ends
	for _, end := range bucket {
		if end-start > smallBucket {
			slices.SortFunc(g.recs[start:end], rec.compare)
		} else {
			insertionSort(g.recs[start:end])
		}
		start = end
	}
	return n
}

func insertionSort(r []rec) {
	for i := 1; i < len(r); i++ {
		x := r[i]
		k := i
		for k > 0 && x.less(r[k-1]) {
			r[k] = r[k-1]
			k--
		}
		r[k] = x
	}
}

// pairs returns the number of distinct (unit, cell) pairs.
func (g *gathered[T]) pairs() int {
	n := 0
	for i, r := range g.recs {
		if i == 0 || r.unit != g.recs[i-1].unit || r.cell != g.recs[i-1].cell {
			n++
		}
	}
	return n
}

// addUp appends the pairs to out, rows of the same added up.
func (g *gathered[T]) addUp(out *block[T], s *Shape) {
	for i, r := range g.recs {
		if i > 0 && r.unit == g.recs[i-1].unit && r.cell == g.recs[i-1].cell {
			end := out.len() - 1
			if s.Response {
				out.filled[end] = out.filled[end] || g.filled[r.at]
				out.x[end] = out.x[end].Add(g.x[r.at])
				if s.Weight {
					out.wx[end] = out.wx[end].Add(g.wx[r.at])
				}
			}
			continue
		}
		out.unit, out.cell = append(out.unit, r.unit), append(out.cell, r.cell)
		if s.Response {
			out.filled, out.x = append(out.filled, g.filled[r.at]), append(out.x, g.x[r.at])
			if s.Weight {
				out.wx = append(out.wx, g.wx[r.at])
			}
		}
	}
}
