package pseudonym

import (
	"encoding/binary"
	"math"
	"math/bits"
)

// sketchBits gives 2^14 registers, a standard error of 0.8 %.
const sketchBits = 14

// sketch estimates the number of distinct pseudonyms in constant memory
// (Flajolet et al. 2007, HyperLogLog; pseudonyms are uniform, so they are their
// own hash). Up to exactCount they are counted exactly.
type sketch struct {
	few  map[uint64]struct{}
	most [1 << sketchBits]uint8
}

// exactCount is the number up to which values are counted exactly.
const exactCount = 1 << 12

func (s *sketch) add(sum *[32]byte) {
	h := binary.BigEndian.Uint64(sum[:])
	if s.few == nil {
		s.few = map[uint64]struct{}{}
	}
	if len(s.few) <= exactCount {
		s.few[h] = struct{}{}
	}
	r := &s.most[h>>(64-sketchBits)]
	*r = max(*r, uint8(bits.LeadingZeros64(h<<sketchBits|1<<(sketchBits-1))+1))
}

func (s *sketch) merge(o *sketch) {
	for h := range o.few {
		if s.few == nil {
			s.few = map[uint64]struct{}{}
		}
		if len(s.few) <= exactCount {
			s.few[h] = struct{}{}
		}
	}
	for i, r := range o.most {
		s.most[i] = max(s.most[i], r)
	}
}

// count returns the number, and whether it is exact.
func (s *sketch) count() (n int64, exact bool) {
	if len(s.few) <= exactCount {
		return int64(len(s.few)), true
	}
	const m = 1 << sketchBits
	sum, zeros := 0.0, 0
	for _, r := range s.most {
		sum += math.Ldexp(1, -int(r))
		if r == 0 {
			zeros++
		}
	}
	e := 0.7213 / (1 + 1.079/m) * m * m / sum
	if e <= 2.5*m && zeros > 0 {
		e = m * math.Log(m/float64(zeros))
	}
	return int64(math.Round(e)), false
}
