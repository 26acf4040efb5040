package column

import (
	"bytes"
	"encoding/binary"
	"hash/maphash"
	"math"
	"math/bits"
	"sync"

	"github.com/sluis-go/sluis/internal/touch"
)

const (
	internBits   = 8
	internShards = 1 << internBits
)

// Interner gives keys to the texts of one column. In all batches that are read with it,
// equal texts have equal keys, and different texts different keys. The key of a text
// depends on the order in which texts come. An interner is safe for concurrent use: the
// hash of a text chooses its shard, and a reader goes through the shards one by one.
//
// An interner holds every text once, with about 20 bytes more.
type Interner struct {
	seed   maphash.Seed
	shards [internShards]internShard
}

// internShard holds the texts with hashes that begin alike. The key of a text is its
// place in the arena, where it follows its length. The bytes decide equality, never the
// hash.
type internShard struct {
	mu    sync.Mutex
	arena []byte
	// Open addressing with linear probing. A slot is 32 bits of the hash, and one more
	// than the place in the arena; 0 is free. The first bits of the hash give the place
	// of the slot.
	slots []uint64
	n     int
	kinds [textKinds]int // texts by their letters
}

// NewInterner returns an interner without texts.
func NewInterner() *Interner { return &Interner{seed: maphash.MakeSeed()} }

// read writes the keys of texts that are not null. It returns false if there are too
// many.
func (in *Interner) read(keys []uint64, null []bool, value func(int) []byte, t *textKeys) bool {
	hash := resize(&t.hash, len(keys))
	var ends [internShards + 1]uint32 // counts, places, and in the end ends of shards
	for i := range hash {
		if null != nil && null[i] {
			continue
		}
		h := maphash.Bytes(in.seed, value(i))
		hash[i] = h
		ends[h>>(64-internBits)+1]++
	}
	for s := range internShards {
		ends[s+1] += ends[s]
	}
	order := resize(&t.order, int(ends[internShards]))
	for i, h := range hash {
		if null == nil || !null[i] {
			at := &ends[h>>(64-internBits)]
			order[*at] = uint32(i)
			*at++
		}
	}
	// Goroutines that read at the same time mostly begin at different shards.
	t.turn += internShards*5/8 - 1
	for k := range internShards {
		s := (t.turn + k) % internShards
		lo := uint32(0)
		if s > 0 {
			lo = ends[s-1]
		}
		if rows := order[lo:ends[s]]; len(rows) > 0 {
			if !in.shards[s].read(keys, rows, hash, value, t) {
				return false
			}
			for _, i := range rows {
				keys[i] |= uint64(s) << 32
			}
		}
	}
	return true
}

// read writes the places of texts in the arena to keys. It returns false if there
// are too many.
func (s *internShard) read(keys []uint64, rows []uint32, hash []uint64, value func(int) []byte, t *textKeys) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.reserve(len(rows))
	// There are three rounds: in each round the processor waits for many rows at once.
	slot := resize(&t.slot, len(rows))
	shift, mask := s.shift(), uint64(len(s.slots)-1)
	for k, i := range rows {
		slot[k] = s.slots[uint64(uint32(hash[i]))>>shift]
	}
	warm := byte(0)
	for k, i := range rows {
		if p := slot[k]; p != 0 && p>>32 == uint64(uint32(hash[i])) {
			warm |= s.arena[uint32(p)-1]
		}
	}
	t.warm = warm
	for _, i := range rows {
		tag, v := uint64(uint32(hash[i])), value(int(i))
		at := tag >> shift
		for {
			p := s.slots[at]
			if p == 0 {
				if uint64(len(s.arena)+binary.MaxVarintLen64+len(v)) > math.MaxUint32 {
					return false
				}
				keys[i] = uint64(len(s.arena))
				s.slots[at] = tag<<32 | uint64(len(s.arena)+1)
				s.n++
				s.kinds[kindOfText(v)]++
				s.arena = append(binary.AppendUvarint(s.arena, uint64(len(v))), v...)
				break
			}
			if p>>32 == tag && bytes.Equal(s.text(uint32(p)-1), v) {
				keys[i] = uint64(uint32(p) - 1)
				break
			}
			at = (at + 1) & mask
		}
	}
	return true
}

// text returns the text at a place of the arena.
func (s *internShard) text(at uint32) []byte {
	n, size := binary.Uvarint(s.arena[at:])
	from := uint64(at) + uint64(size)
	return s.arena[from : from+n]
}

// shift says where in the slots a hash belongs.
func (s *internShard) shift() uint { return uint(32 - bits.Len(uint(len(s.slots)-1))) }

// reserve makes room for n more texts, with half of the slots free.
func (s *internShard) reserve(n int) {
	if len(s.slots) >= 2*(s.n+n) {
		return
	}
	old := s.slots
	s.slots = touch.Slice[uint64](max(firstTableSize, 1<<bits.Len(uint(2*(s.n+n)-1))))
	shift, mask := s.shift(), uint64(len(s.slots)-1)
	for _, p := range old {
		if p == 0 {
			continue
		}
		at := p >> 32 >> shift
		for s.slots[at] != 0 {
			at = (at + 1) & mask
		}
		s.slots[at] = p
	}
}

// Each calls fn for every text, in any order. No goroutine may read with the interner at
// the same time, and fn must not keep the text.
func (in *Interner) Each(fn func(text []byte)) {
	for s := range in.shards {
		arena := in.shards[s].arena
		for at := 0; at < len(arena); {
			n, size := binary.Uvarint(arena[at:])
			at += size
			fn(arena[at : at+int(n)])
			at += int(n)
		}
	}
}
