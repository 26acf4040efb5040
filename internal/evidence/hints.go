package evidence

import (
	"slices"
	"sync"

	"github.com/sluis-go/sluis/internal/touch"
)

// hints count rows of the cells of a grid in which every row is a respondent. The counts
// add up over cells. For most cells they show whether some value has the required share:
//
//   - The first three counts are the rows that have each of three bits of a hash of the
//     response. Rows of one value have the same bit. So if n-others rows have one value,
//     at most others rows have the bit, or at most others do not have it.
//
//   - The last count is the rows with one value, the guess. This count is exact.
type hints struct {
	counts []uint32 // four of 8 bits a cell; none is full between calls
	// Two words for each cell, with two counts of 32 bits each. A full count of counts is
	// moved here. nil before the first is full.
	full  []uint64
	guess small
	blind bool // there is no guess; the last count is 0
}

const (
	hintFull  = 0x80_80_80_80 // a bit of each count
	hintGuess = 1 << 24
	hintMask  = 1<<8 - 1
	hintWords = 2
)

func newHints(n int) *hints { return &hints{counts: touch.Slice[uint32](n)} }

// hintBits returns the three highest bits of a hash of a response (by multiplication with
// the golden ratio) as the first three counts.
func hintBits(x int64) uint32 {
	const spread, each = 1 | 1<<7 | 1<<14, 1 | 1<<8 | 1<<16
	return uint32(uint64(x)*0x9e3779b97f4a7c15>>61) * spread & each
}

// add adds rows. null, if not nil, marks the rows without a response.
func (h *hints) add(keys []uint32, x []int64, null []bool) {
	counts, guess := h.counts, int64(h.guess)
	x = x[:len(keys)]
	for i, k := range keys {
		if null != nil && null[i] {
			continue
		}
		v := x[i]
		n := hintBits(v)
		if v == guess {
			n |= hintGuess
		}
		n += counts[k]
		counts[k] = n
		if n&hintFull != 0 {
			h.empty(int(k))
		}
	}
}

// empty moves the counts of a cell to full.
func (h *hints) empty(k int) {
	if h.full == nil {
		h.full = make([]uint64, hintWords*len(h.counts))
	}
	low, high := hintPairs(h.counts[k])
	h.full[hintWords*k] += low
	h.full[hintWords*k+1] += high
	h.counts[k] = 0
}

// hintPairs returns four counts of 8 bits as two words of two counts of 32.
func hintPairs(counts uint32) (low, high uint64) {
	n := uint64(counts)
	return n&hintMask | n>>8&hintMask<<32, n>>16&hintMask | n>>24<<32
}

// at returns the counts of a cell, two of 32 bits in each word.
func (h *hints) at(k int) (low, high uint64) {
	low, high = hintPairs(h.counts[k])
	if h.full != nil {
		low, high = low+h.full[hintWords*k], high+h.full[hintWords*k+1]
	}
	return low, high
}

// merge adds o, of the same grid. Up to threads goroutines work on it.
func (h *hints) merge(o *hints, threads int) {
	if h.blind || o.blind || h.guess != o.guess {
		h.forget()
		o.forget()
	}
	switch {
	case h.full == nil:
		h.full = o.full
	case o.full != nil:
		for k, n := range o.full {
			h.full[k] += n
		}
	}
	emptied := make([][]int, threads)
	inParallel(threads, threads, func(t int) {
		lo, hi := len(h.counts)*t/threads, len(h.counts)*(t+1)/threads
		for k := lo; k < hi; k++ {
			if h.counts[k] += o.counts[k]; h.counts[k]&hintFull != 0 {
				emptied[t] = append(emptied[t], k)
			}
		}
	})
	for _, k := range slices.Concat(emptied...) {
		h.empty(k)
	}
}

// forget gives up the guess.
func (h *hints) forget() {
	h.blind = true
	for k := range h.counts {
		h.counts[k] &= hintGuess - 1
	}
	for k := 1; k < len(h.full); k += hintWords {
		h.full[k] &= 1<<32 - 1
	}
}

// Guess is a value that many rows of a table may share, for the grids of all its
// accumulators: the most frequent value of the first rows that one of the grids sees. The
// guess changes the speed, and never the result. The zero value has seen no rows yet.
type Guess struct {
	once  sync.Once
	shift int
	x     small
}

// guessRows is the number of rows that are looked at for a guess. At least one in
// guessShare of them must have the value.
const (
	guessRows  = 1 << 11
	guessShare = 4
)

// of returns the guess for responses at a shift; of the first rows of all, x.
func (g *Guess) of(shift int, x []small, null []bool) small {
	g.once.Do(func() {
		g.shift = shift
		var seen []small
		for i, v := range x[:min(len(x), guessRows)] {
			if null == nil || !null[i] {
				seen = append(seen, v)
			}
		}
		slices.Sort(seen)
		for i := 0; i < len(seen); {
			j := i
			for ; j < len(seen) && seen[j] == seen[i]; j++ {
			}
			// The number of zeros is known without.
			if seen[i] != 0 && (j-i)*guessShare >= len(seen) && j-i > 1 {
				g.x = seen[i]
				return
			}
			i = j
		}
	})
	if g.shift != shift {
		return 0
	}
	return g.x
}
