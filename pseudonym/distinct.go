package pseudonym

import (
	"encoding/binary"
	"math"
	"math/bits"
)

const (
	// exactCount is the number up to which distinct values are counted exactly.
	exactCount = 1 << 20
	// ahead is the number of slots that are looked at together.
	ahead = 64
	// sketchBits gives 2^14 registers, a standard error of 1.04 / 2^7 = 0.81 %.
	sketchBits = 14
	// sketchError is three standard errors, as a share of the number.
	sketchError = 3 * 1.04 / (1 << (sketchBits / 2))
)

// sketch counts distinct pseudonyms by the first 64 bits of their full sums, which are
// uniform. Up to exactCount the count is exact, but for two sums of the same 64 bits,
// which among 2^20 have a probability of 2^-25. Above, it is an estimate in constant
// memory (Flajolet et al. 2007, HyperLogLog, whose known bias is at fewer than five
// values a register: here there are more than 64). Its zero value is empty.
type sketch struct {
	slots []uint64 // open addressing with linear probing; 0 is free
	n     int
	zero  bool    // the sum 0, which is no slot
	ahead uint64  // of no meaning: keeps the reads of insertAll
	most  []uint8 // registers, nil up to exactCount
}

func (s *sketch) add(sum *[32]byte) { s.insert(binary.BigEndian.Uint64(sum[:])) }

func (s *sketch) insert(h uint64) {
	if s.most != nil {
		s.register(h)
		return
	}
	if h == 0 {
		if !s.zero {
			s.zero = true
			s.n++
		}
	} else {
		if 2*(s.n+1) > len(s.slots) {
			s.grow()
		}
		if s.place(h) {
			s.n++
		}
	}
	if s.n > exactCount {
		s.estimate()
	}
}

// insertAll inserts many values. It looks at the slots of some of them first, without a
// decision on any: the processor waits for all of these at once, and not for one after
// the other.
func (s *sketch) insertAll(values []uint64) {
	for len(values) > 0 {
		part := values[:min(len(values), ahead)]
		values = values[len(part):]
		if s.most == nil && len(s.slots) > 0 {
			mask := uint64(len(s.slots) - 1)
			for _, h := range part {
				s.ahead ^= s.slots[h&mask]
			}
		}
		for _, h := range part {
			s.insert(h)
		}
	}
}

// place puts a value into the slots, and reports whether it is new.
func (s *sketch) place(h uint64) bool {
	mask := uint64(len(s.slots) - 1)
	for i := h & mask; ; i = (i + 1) & mask {
		switch s.slots[i] {
		case h:
			return false
		case 0:
			s.slots[i] = h
			return true
		}
	}
}

func (s *sketch) grow() {
	old := s.slots
	s.slots = make([]uint64, max(64, 2*len(old)))
	for _, h := range old {
		if h != 0 {
			s.place(h)
		}
	}
}

// estimate goes from the exact count to registers.
func (s *sketch) estimate() {
	if s.most != nil {
		return
	}
	s.most = make([]uint8, 1<<sketchBits)
	s.each(s.register)
	s.slots = nil
}

// each calls fn for every value that is counted exactly.
func (s *sketch) each(fn func(uint64)) {
	if s.zero {
		fn(0)
	}
	for _, h := range s.slots {
		if h != 0 {
			fn(h)
		}
	}
}

func (s *sketch) register(h uint64) {
	r := &s.most[h>>(64-sketchBits)]
	*r = max(*r, uint8(bits.LeadingZeros64(h<<sketchBits|1<<(sketchBits-1))+1))
}

func (s *sketch) merge(o *sketch) {
	if o.most == nil {
		o.each(s.insert)
		return
	}
	s.estimate()
	for i, r := range o.most {
		s.most[i] = max(s.most[i], r)
	}
}

// count returns the number of distinct values and bounds of it: low and high are equal
// to n where it is exact, and three standard errors away where it is an estimate.
func (s *sketch) count() (n, low, high int64) {
	if s.most == nil {
		return int64(s.n), int64(s.n), int64(s.n)
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
