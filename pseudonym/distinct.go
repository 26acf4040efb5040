package pseudonym

import (
	"encoding/binary"
	"math"
	"math/bits"
)

const (
	// exactCount is the number up to which distinct values are counted exactly.
	exactCount = 1 << 20
	// sketchBits gives 2^14 registers, a standard error of 1.04 / 2^7 = 0.81 %.
	sketchBits = 14
	// sketchError is three standard errors, as a share of the number.
	sketchError = 3 * 1.04 / (1 << (sketchBits / 2))
	// markBits gives 2^17 marks: 16 KiB.
	markBits = 17
)

// layouts are the ways to keep values, each for more values than the one before. Values
// are kept in parts by their first bits, with a fixed room in each part. The last but one
// has room for 2^20 distinct values, plus eight standard deviations in a part. The last
// has room for repetitions too.
var layouts = [...]struct {
	bits, room int
	clears     bool // a part that is full is cleared of repetitions
}{
	{0, 64, false}, {0, 512, false}, {0, 4096, true},
	{8, 256, false}, {8, 1024, true}, {8, 4608, true}, {8, 8192, true},
}

// sketch counts distinct values. The zero value is empty.
//
//   - Up to exactCount it counts the first 64 bits of sums exactly. Two sums with equal
//     first 64 bits count as one; among 2^20 values the probability of such a pair is
//     2^-25.
//   - Above exactCount it estimates in constant memory (Flajolet et al. 2007,
//     HyperLogLog). The known bias of HyperLogLog is at fewer than five values a
//     register; a sketch has more than 64.
//
// A value is appended to its part, and repetitions are removed from a part that is full.
// A part fits the cache of the processor. A table of all values would not: every value
// would wait for memory.
type sketch struct {
	layout int      // the number of layouts that were taken
	values []uint64 // of all parts, each with its room
	parts  []part
	n      int // the sum of distinct
	clearing
	most []uint8 // registers, nil up to exactCount
}

// part says how many values a part has, and how many of these, the first, are known to be
// distinct.
type part struct{ len, distinct int }

// shape returns the bits and the room of the layout. Beyond the last, which values without
// a pattern do not reach, the room doubles.
func (s *sketch) shape() (bits, room int, clears bool) {
	if s.layout == 0 {
		return 0, 0, false
	}
	i := min(s.layout, len(layouts))
	l := layouts[i-1]
	return l.bits, l.room << (s.layout - i), l.clears
}

func (s *sketch) add(sum *[32]byte) { s.insertAll([]uint64{binary.BigEndian.Uint64(sum[:])}) }

// insertAll inserts many values.
func (s *sketch) insertAll(values []uint64) {
	for s.most == nil {
		values = values[s.append(values):]
		if len(values) == 0 {
			return
		}
		s.makeRoom(values[0])
	}
	for _, h := range values {
		s.register(h)
	}
}

// append appends values until one finds its part full, and returns how many it appended.
func (s *sketch) append(values []uint64) int {
	bits, room, _ := s.shape()
	if room == 0 {
		return 0
	}
	to, parts, shift := s.values, s.parts, 64-bits
	for i, h := range values {
		k := int(h >> shift)
		p := &parts[k]
		n := p.len
		if n == room {
			return i
		}
		to[k*room+n] = h
		p.len = n + 1
	}
	return len(values)
}

// makeRoom makes room in the part of h, or goes to an estimate.
func (s *sketch) makeRoom(h uint64) {
	bits, room, clears := s.shape()
	if clears {
		k := int(h >> (64 - bits))
		s.clear(k)
		if s.n > exactCount {
			s.estimate()
			return
		}
		if 4*s.parts[k].len <= 3*room {
			return
		}
	}
	old := *s
	s.layout++
	bits, room, _ = s.shape()
	s.values, s.parts, s.n = make([]uint64, room<<bits), make([]part, 1<<bits), 0
	old.each(s.insertAll)
}

// each calls fn with every value that is kept, a repeated one perhaps more than once.
func (s *sketch) each(fn func([]uint64)) {
	_, room, _ := s.shape()
	for k, p := range s.parts {
		fn(s.values[k*room:][:p.len])
	}
}

// clear clears a part of repetitions.
func (s *sketch) clear(k int) {
	_, room, _ := s.shape()
	p := &s.parts[k]
	if p.distinct == p.len {
		return
	}
	n := s.distinct(s.values[k*room:][:p.len], p.distinct)
	s.n += n - p.distinct
	p.len, p.distinct = n, n
}

// clearing is the memory of distinct.
type clearing struct {
	marks, doubt []uint64
	slots        []uint64 // open addressing with linear probing; 0 is free
}

// distinct moves the distinct values to the front and returns their number; the first
// known ones are distinct.
//
// The last bits of a value choose its mark. A value is distinct where no other has its
// mark. A mark that two values have is in doubt, and the values of these marks go through a
// table.
func (c *clearing) distinct(values []uint64, known int) int {
	const mask = 1<<markBits - 1
	if c.marks == nil {
		c.marks, c.doubt = make([]uint64, (mask+1)/64), make([]uint64, (mask+1)/64)
	}
	marks, doubt := c.marks, c.doubt
	clear(marks)
	clear(doubt)
	for _, h := range values[:known] {
		marks[h&mask/64] |= 1 << (h & 63)
	}
	any := uint64(0)
	for _, h := range values[known:] {
		m := &marks[h&mask/64]
		twice := *m & (1 << (h & 63))
		*m |= 1 << (h & 63)
		doubt[h&mask/64] |= twice
		any |= twice
	}
	if any == 0 {
		return len(values)
	}
	size := 1 << bits.Len(uint(len(values)))
	if len(c.slots) < size {
		c.slots = make([]uint64, size)
	}
	slots := c.slots[:size]
	clear(slots)
	n, zero := 0, false
	for _, h := range values {
		if doubt[h&mask/64]&(1<<(h&63)) != 0 {
			if h == 0 {
				if zero {
					continue
				}
				zero = true
			} else if !place(slots, h) {
				continue
			}
		}
		values[n] = h
		n++
	}
	return n
}

// place puts a value into the slots, and reports whether it is new.
func place(slots []uint64, h uint64) bool {
	mask := uint64(len(slots) - 1)
	for i := h >> markBits & mask; ; i = (i + 1) & mask {
		switch slots[i] {
		case h:
			return false
		case 0:
			slots[i] = h
			return true
		}
	}
}

// estimate goes from the exact count to registers.
func (s *sketch) estimate() {
	if s.most != nil {
		return
	}
	s.most = make([]uint8, 1<<sketchBits)
	s.each(func(values []uint64) {
		for _, h := range values {
			s.register(h)
		}
	})
	s.values, s.parts, s.clearing = nil, nil, clearing{}
}

func (s *sketch) register(h uint64) {
	r := &s.most[h>>(64-sketchBits)]
	*r = max(*r, uint8(bits.LeadingZeros64(h<<sketchBits|1<<(sketchBits-1))+1))
}

func (s *sketch) merge(o *sketch) {
	if o.most == nil {
		o.each(s.insertAll)
		return
	}
	s.estimate()
	for i, r := range o.most {
		s.most[i] = max(s.most[i], r)
	}
}

// count returns the number of distinct values and its bounds. low and high equal n where
// the number is exact, and are three standard errors away where it is an estimate.
func (s *sketch) count() (n, low, high int64) {
	if s.most == nil {
		for k := range s.parts {
			s.clear(k)
		}
		if s.n <= exactCount {
			return int64(s.n), int64(s.n), int64(s.n)
		}
		s.estimate()
	}
	const m = 1 << sketchBits
	sum := 0.0
	for _, r := range s.most {
		sum += math.Ldexp(1, -int(r))
	}
	e := 0.7213 / (1 + 1.079/m) * m * m / sum
	n = max(exactCount+1, int64(math.Round(e)))
	low = max(exactCount+1, int64(math.Floor(e/(1+sketchError))))
	return n, low, int64(math.Ceil(max(e, exactCount+1) / (1 - sketchError)))
}
