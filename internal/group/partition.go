package group

import (
	"math/bits"
	"slices"
	"sync/atomic"

	"github.com/sluis-go/sluis/internal/scatter"
)

const (
	// buckets is the number of equal ranges of keys that are counted. rowsOfPart is the
	// number of rows in all ranges of a partition: its keys and its table fit in the
	// cache of a core.
	buckets    = 1 << 14
	rowsOfPart = 1 << 15
)

// part is the rows of a range of keys.
type part struct {
	from, to int // in the partitioned rows
	base     int // id of the first group
	groups   []uint64
	sizes    []uint32
}

// byPartition scatters the rows into ranges of keys and groups each range alone. Ranges
// ascend, so the ids of a range follow the ids of the range before. A range in which most
// rows share few keys is large, and otherwise treated alike.
func (b *builder) byPartition() (*Groups, error) {
	shift := max(0, bits.Len64(b.product-1)-bits.Len(buckets-1))
	counts := make([][]int, b.threads) // of each worker, rows by bucket
	b.each(func(w int) {
		count := make([]int, buckets)
		b.keys(w, func(_ int, keys []uint64) {
			for _, k := range keys {
				count[k>>shift]++
			}
		})
		counts[w] = count
	})
	if err := b.ctx.Err(); err != nil {
		return nil, err
	}
	parts, partOf, next := b.cut(counts)

	// Scatter: row numbers and keys by partition.
	key, row := make([]uint64, b.rows), make([]uint32, b.rows)
	b.each(func(w int) {
		next := next[w]
		b.keys(w, func(lo int, keys []uint64) {
			for i, k := range keys {
				p := partOf[k>>shift]
				at := next[p]
				next[p] = at + 1
				key[at], row[at] = k, uint32(lo+i)
			}
		})
	})
	if err := b.ctx.Err(); err != nil {
		return nil, err
	}
	g := &Groups{IDs: make([]uint32, b.rows)}
	local := make([]uint32, b.rows) // rank within the partition
	b.eachPart(parts, func(t *partTable, p *part) { t.group(p, key[p.from:p.to], local[p.from:p.to]) })
	for i := range parts {
		parts[i].base = g.N
		g.N += len(parts[i].groups)
	}
	g.Keys = emptyKeys(len(b.cols), g.N)
	g.Sizes = make([]int64, g.N)
	b.eachPart(parts, func(_ *partTable, p *part) {
		base := uint32(p.base)
		for i := p.from; i < p.to; i++ {
			g.IDs[row[i]] = base + local[i]
		}
		for r, k := range p.groups {
			spell(g.Keys, b.radix, p.base+r, k)
			g.Sizes[p.base+r] = int64(p.sizes[r])
		}
	})
	if err := b.ctx.Err(); err != nil {
		return nil, err
	}
	return g, nil
}

// keys calls fn for every morsel of worker w's rows with its keys.
func (b *builder) keys(w int, fn func(lo int, keys []uint64)) {
	scratch := make([]uint64, morsel)
	lo, hi := b.share(w)
	for ; lo < hi && b.ctx.Err() == nil; lo += morsel {
		keys := scratch[:min(morsel, hi-lo)]
		fuse(keys, b.cols, b.radix, lo)
		fn(lo, keys)
	}
}

// cut makes partitions of neighbouring buckets, and tells every worker where
// its rows of each go.
func (b *builder) cut(counts [][]int) (parts []part, partOf []uint16, next [][]int) {
	partOf = make([]uint16, buckets)
	next = make([][]int, b.threads)
	at := 0
	inPart := make([]int, b.threads) // rows of each worker in the present part
	flush := func() {
		from := at
		for w, n := range inPart {
			next[w] = append(next[w], at)
			at += n
		}
		clear(inPart)
		parts = append(parts, part{from: from, to: at})
	}
	rows := 0
	for i := range buckets {
		n := 0
		for w := range counts {
			n += counts[w][i]
		}
		if rows > 0 && rows+n > rowsOfPart {
			flush()
			rows = 0
		}
		rows += n
		partOf[i] = uint16(len(parts))
		for w := range counts {
			inPart[w] += counts[w][i]
		}
	}
	flush()
	return parts, partOf, next
}

// eachPart hands the partitions to the workers, one after the other.
func (b *builder) eachPart(parts []part, fn func(*partTable, *part)) {
	var next atomic.Int64
	b.each(func(int) {
		var t partTable
		for b.ctx.Err() == nil {
			i := int(next.Add(1)) - 1
			if i >= len(parts) {
				return
			}
			fn(&t, &parts[i])
		}
	})
}

// partTable groups the keys of one partition.
type partTable struct {
	slots []uint32 // hash -> id+1
	found []uint64 // id -> key, in the order of first sight
	count []uint32
	rank  []uint32
}

// group fills p.groups and p.sizes, in key order, and writes the rank of every
// row's key to local.
func (t *partTable) group(p *part, keys []uint64, local []uint32) {
	size := 1 << bits.Len(uint(2*len(keys)))
	if cap(t.slots) < size {
		t.slots = make([]uint32, size)
	}
	t.slots = t.slots[:size]
	clear(t.slots)
	t.found, t.count = t.found[:0], t.count[:0]
	shift, mask := uint(64-bits.Len(uint(size-1))), uint64(size-1)
	for i, k := range keys {
		h := scatter.Mix(k) >> shift
		for {
			s := t.slots[h&mask]
			if s == 0 {
				t.found, t.count = append(t.found, k), append(t.count, 1)
				local[i] = uint32(len(t.found) - 1)
				t.slots[h&mask] = local[i] + 1
				break
			}
			if t.found[s-1] == k {
				local[i] = s - 1
				t.count[s-1]++
				break
			}
			h++
		}
	}
	p.groups = slices.Clone(t.found)
	slices.Sort(p.groups)
	p.sizes = make([]uint32, len(p.groups))
	t.rank = slices.Grow(t.rank[:0], len(p.groups))[:len(p.groups)]
	for r, k := range p.groups {
		h := scatter.Mix(k) >> shift
		for t.found[t.slots[h&mask]-1] != k {
			h++
		}
		id := t.slots[h&mask] - 1
		t.rank[id], p.sizes[r] = uint32(r), t.count[id]
	}
	for i, id := range local {
		local[i] = t.rank[id]
	}
}
