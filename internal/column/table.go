package column

import (
	"bytes"
	"hash/maphash"
	"math/bits"

	"github.com/sluis-go/sluis/internal/scatter"
	"github.com/sluis-go/sluis/internal/touch"
)

// intTable maps int64 values to dense codes in first-seen order, by open
// addressing with linear probing. Slots hold code+1.
type intTable struct {
	values []int64
	slots  []uint32
	shift  uint
}

const firstTableSize = 64

func (t *intTable) code(v int64) uint32 {
	if len(t.slots) <= 2*len(t.values) {
		t.grow()
	}
	mask := uint64(len(t.slots) - 1)
	i := scatter.Mix(uint64(v)) >> t.shift
	for {
		s := t.slots[i&mask]
		if s == 0 {
			t.values = append(t.values, v)
			t.slots[i&mask] = uint32(len(t.values))
			return uint32(len(t.values) - 1)
		}
		if t.values[s-1] == v {
			return s - 1
		}
		i++
	}
}

func (t *intTable) grow() {
	n := max(firstTableSize, 2*len(t.slots))
	t.slots = touch.Slice[uint32](n)
	t.shift = uint(64 - bits.Len(uint(n-1)))
	mask := uint64(n - 1)
	for code, v := range t.values {
		i := scatter.Mix(uint64(v)) >> t.shift
		for t.slots[i&mask] != 0 {
			i++
		}
		t.slots[i&mask] = uint32(code + 1)
	}
}

// byteTable maps byte strings to dense codes in first-seen order. The bytes of
// all values lie in one arena; equality is decided by the bytes, never by the
// hash.
type byteTable struct {
	arena  []byte
	ends   []uint64 // end of value i in the arena
	hashes []uint32 // for growing, and to skip most comparisons
	slots  []uint32
	seed   maphash.Seed
}

func (t *byteTable) len() int { return len(t.ends) }

func (t *byteTable) value(code uint32) []byte {
	start := uint64(0)
	if code > 0 {
		start = t.ends[code-1]
	}
	return t.arena[start:t.ends[code]]
}

func (t *byteTable) code(v []byte) uint32 {
	if len(t.slots) <= 2*len(t.ends) {
		t.grow()
	}
	h := uint32(maphash.Bytes(t.seed, v))
	mask := uint32(len(t.slots) - 1)
	i := h
	for {
		s := t.slots[i&mask]
		if s == 0 {
			t.arena = append(t.arena, v...)
			t.ends = append(t.ends, uint64(len(t.arena)))
			t.hashes = append(t.hashes, h)
			t.slots[i&mask] = uint32(len(t.ends))
			return uint32(len(t.ends) - 1)
		}
		if t.hashes[s-1] == h && bytes.Equal(t.value(s-1), v) {
			return s - 1
		}
		i++
	}
}

func (t *byteTable) grow() {
	if t.slots == nil {
		t.seed = maphash.MakeSeed()
	}
	n := max(firstTableSize, 2*len(t.slots))
	t.slots = touch.Slice[uint32](n)
	mask := uint32(n - 1)
	for code, h := range t.hashes {
		i := h
		for t.slots[i&mask] != 0 {
			i++
		}
		t.slots[i&mask] = uint32(code + 1)
	}
}
