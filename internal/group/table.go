package group

import (
	"math"
	"math/bits"
	"slices"

	"github.com/sluis-go/sluis/internal/scatter"
	"github.com/sluis-go/sluis/internal/touch"
)

// directSlots is the largest key space for which a table is addressed by the
// key itself: 4 bytes a slot, 16 MiB in all.
const directSlots = 1 << 22

// Table maps tuples of codes to dense group ids in first-seen order. Memory grows with
// the number of groups. A table is not safe for concurrent use; partial tables merge with
// [Table.Merge].
type Table struct {
	codes  [][]uint32 // per column, the code of each group
	n      int
	caps   []uint64 // per column, the number of codes the radix has room for
	stride []uint64

	prefix *Table   // groups of the leading columns, where 64 bits do not suffice
	tail   *Table   // groups of (prefix id, remaining columns): the same ids as t
	split  int      // number of columns that prefix has taken
	pid    []uint32 // scratch: prefix ids of a batch

	direct []uint32 // key -> id+1
	keys   []uint64 // id -> key, for the hashed form
	slots  []uint32 // hash -> id+1
	shift  uint

	key []uint64 // scratch
}

// NewTable returns an empty table for tuples of the given number of columns.
// Zero columns is allowed: all rows are one group.
func NewTable(columns int) *Table {
	return &Table{codes: make([][]uint32, columns), caps: make([]uint64, columns), stride: make([]uint64, columns)}
}

// NewTableOf returns a table of distinct tuples, numbered in the given order. codes holds
// the columns, which the table keeps. Every code of column c must be less than cards[c].
func NewTableOf(codes [][]uint32, cards []int, n int) *Table {
	t := NewTable(len(codes))
	t.codes, t.n = codes, n
	for c, card := range cards {
		t.caps[c] = uint64(card)
	}
	return t
}

// Rename gives the codes of each column other names, one to one. to[c] maps the codes of
// column c; a code that occurs must not map to NoCode. It reports false, and changes
// nothing, if two codes of a column would have one name.
func (t *Table) Rename(to [][]uint32) bool {
	caps := make([]uint64, len(to))
	for c, names := range to {
		top := uint32(0)
		for _, name := range names {
			if name != NoCode {
				top = max(top, name)
			}
		}
		seen := make([]bool, int(top)+1)
		for _, name := range names {
			if name == NoCode {
				continue
			}
			if seen[name] {
				return false
			}
			seen[name] = true
		}
		caps[c] = uint64(top) + 1
	}
	for c, names := range to {
		col := t.codes[c]
		for i, code := range col {
			col[i] = names[code]
		}
	}
	t.caps = caps
	t.prefix, t.tail, t.direct, t.slots, t.keys = nil, nil, nil, nil, nil
	return true
}

// NoCode marks a code without a name.
const NoCode = math.MaxUint32

// Len returns the number of groups.
func (t *Table) Len() int { return t.n }

// Codes returns, for one column, the code of every group. The caller must not
// change it.
func (t *Table) Codes(column int) []uint32 { return t.codes[column] }

// Insert finds or makes the group of every row of a batch and writes its id to ids. cols
// holds one slice of codes for each column, each as long as ids. cards[c] must be greater
// than every code of column c. Insert panics if the lengths differ. Amortised constant
// time for each row and column.
func (t *Table) Insert(cols [][]uint32, cards []int, ids []uint32) {
	if len(cols) != len(t.codes) || len(cards) != len(cols) {
		panic("group: wrong number of columns")
	}
	for _, c := range cols {
		if len(c) != len(ids) {
			panic("group: column lengths differ")
		}
	}
	if len(ids) == 0 {
		return
	}
	if t.prefix != nil {
		t.insertSplit(cols, cards, ids)
		return
	}
	if !t.fit(cards) {
		t.makeSplit()
		t.insertSplit(cols, cards, ids)
		return
	}
	if t.direct != nil {
		fuse(ids, cols, t.stride, 0) // keys are less than directSlots
		t.insertDirect(cols, ids)
		return
	}
	t.insertHashed(cols, t.keysOf(cols, len(ids)), ids)
}

// fit makes room in the radix for the given cardinalities and rebuilds the
// index if it had to change. It reports false if 64 bits do not suffice.
func (t *Table) fit(cards []int) bool {
	grown := false
	for c, card := range cards {
		if uint64(card) > t.caps[c] {
			// A column that grows from batch to batch gets room to spare.
			// Two columns always fit 64 bits, which is where splitting ends.
			if t.caps[c] > 0 {
				t.caps[c] = max(uint64(card), min(2*t.caps[c], math.MaxUint32))
			} else {
				t.caps[c] = uint64(card)
			}
			grown = true
		}
	}
	if !grown && (t.direct != nil || t.slots != nil) {
		return true
	}
	product, ok := t.setStrides()
	if !ok {
		return false
	}
	t.rebuild(product)
	return true
}

func (t *Table) setStrides() (product uint64, ok bool) {
	product = 1
	for c := len(t.caps) - 1; c >= 0; c-- {
		t.stride[c] = product
		hi, lo := bits.Mul64(product, max(1, t.caps[c]))
		if hi != 0 {
			return 0, false
		}
		product = lo
	}
	return product, true
}

func (t *Table) rebuild(product uint64) {
	key := t.keysOf(t.codes, t.n)
	if product <= directSlots {
		t.direct = touch.Slice[uint32](int(product))
		for id, k := range key {
			t.direct[k] = uint32(id + 1)
		}
		return
	}
	t.direct = nil
	t.keys = slices.Clone(key)
	t.rehash(max(64, 4*t.n))
}

// keysOf numbers tuples in mixed radix.
func (t *Table) keysOf(cols [][]uint32, n int) []uint64 {
	if cap(t.key) < n {
		t.key = make([]uint64, n)
	}
	key := t.key[:n]
	fuse(key, cols, t.stride, 0)
	return key
}

// insertDirect turns keys into ids, in place.
func (t *Table) insertDirect(cols [][]uint32, ids []uint32) {
	direct := t.direct
	for i, k := range ids {
		s := direct[k]
		if s == 0 {
			s = t.add(cols, i) + 1
			direct[k] = s
		}
		ids[i] = s - 1
	}
}

// add makes a group of row i.
func (t *Table) add(cols [][]uint32, i int) uint32 {
	if uint64(t.n) >= math.MaxUint32-1 {
		panic("group: more than 2^32-2 groups")
	}
	for c, col := range cols {
		t.codes[c] = append(t.codes[c], col[i])
	}
	t.n++
	return uint32(t.n - 1)
}

func (t *Table) insertHashed(cols [][]uint32, key []uint64, ids []uint32) {
	for i, k := range key {
		if len(t.slots) < 2*(t.n+1) {
			t.rehash(2 * len(t.slots))
		}
		mask := uint64(len(t.slots) - 1)
		h := scatter.Mix(k) >> t.shift
		for {
			s := t.slots[h&mask]
			if s == 0 {
				t.keys = append(t.keys, k)
				s = t.add(cols, i) + 1
				t.slots[h&mask] = s
				ids[i] = s - 1
				break
			}
			if t.keys[s-1] == k {
				ids[i] = s - 1
				break
			}
			h++
		}
	}
}

func (t *Table) rehash(size int) {
	size = 1 << bits.Len(uint(size-1))
	t.slots = touch.Slice[uint32](size)
	t.shift = uint(64 - bits.Len(uint(size-1)))
	mask := uint64(size - 1)
	for id, k := range t.keys {
		h := scatter.Mix(k) >> t.shift
		for t.slots[h&mask] != 0 {
			h++
		}
		t.slots[h&mask] = uint32(id + 1)
	}
}
