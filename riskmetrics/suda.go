package riskmetrics

import (
	"context"
	"fmt"
	"math"
	"math/bits"
	"runtime"
	"slices"
	"sync"
	"sync/atomic"
)

// SUDAScore says how minimal sample uniques are scored. With m keys and a
// minimal unique of s of them:
type SUDAScore uint8

const (
	// Elliot gives (m-s)! (Elliot, Manning and Ford 2002).
	Elliot SUDAScore = iota
	// IHSN gives (2^(m-s) - 1) / C(m, s), as the SDC Practice Guide and sdcMicro
	// offer.
	IHSN
)

// SUDA is the special unique detection of a data set.
type SUDA struct {
	// Score of every record: the sum over its minimal sample uniques; 0 where
	// there is none, NaN for records that were left out.
	Score []float64
	// Uniques lists the minimal sample uniques of every record as bit masks over
	// the keys, by size and then by mask.
	Uniques [][]uint64
	// Contribution of each key: the share of the total score, in percent, that
	// comes from minimal uniques which hold the key.
	Contribution []float64

	keys  int
	pairs int64 // records in classes of exactly two
}

// SUDA finds the minimal sample uniques of up to limit keys (all where limit is
// 0): sets of keys on which a record is unique, and on no smaller set within. A
// null is never part of one and matches nothing. It works on up to threads
// subtrees at a time; the result does not depend on that. It returns ctx.Err()
// if the context ends.
//
// Records are split key by key, depth first, and leave the split once they are
// alone, so the time is that of the splits of records which are not.
func (c *Classes) SUDA(ctx context.Context, limit int, score SUDAScore, threads int) (*SUDA, error) {
	m := len(c.keys)
	if limit < 0 || limit > m || score > IHSN {
		return nil, fmt.Errorf("%w: the size limit is from 1 to the number of keys", ErrRequest)
	}
	if limit == 0 {
		limit = m
	}
	if threads <= 0 {
		threads = runtime.GOMAXPROCS(0)
	}
	s := &SUDA{keys: m, Uniques: make([][]uint64, len(c.id)), Score: make([]float64, len(c.id)), Contribution: make([]float64, m)}
	found, err := c.split(ctx, limit, threads)
	if err != nil {
		return nil, err
	}
	s.minimal(found)
	total := 0.0
	for i, masks := range s.Uniques {
		for _, mask := range masks {
			v := weightOf(m, bits.OnesCount64(mask), score)
			s.Score[i] += v
			total += v
			for k := range m {
				if mask>>k&1 == 1 {
					s.Contribution[k] += v
				}
			}
		}
		if c.id[i] == NoClass {
			s.Score[i] = math.NaN()
		}
	}
	for k := range s.Contribution {
		if total > 0 {
			s.Contribution[k] *= 100 / total
		}
	}
	for _, n := range c.size {
		if n == 2 {
			s.pairs += 2
		}
	}
	return s, nil
}

// weightOf is the score of one minimal unique, through logarithms so that 64
// keys do not overflow on the way.
func weightOf(m, size int, score SUDAScore) float64 {
	rest := m - size
	if score == Elliot {
		if rest <= 20 {
			f := 1.0
			for i := 2; i <= rest; i++ {
				f *= float64(i)
			}
			return f
		}
		l, _ := math.Lgamma(float64(rest) + 1)
		return math.Exp(l)
	}
	choose := 1.0
	for i := range size {
		choose = choose * float64(m-i) / float64(i+1)
	}
	return (math.Ldexp(1, rest) - 1) / choose
}

// candidate is a set of keys on which a record is alone.
type candidate struct {
	record uint32
	mask   uint64
}

// split walks the subsets of keys. The subtrees of the first key are
// independent.
func (c *Classes) split(ctx context.Context, limit, threads int) ([]candidate, error) {
	m := len(c.keys)
	var all []uint32
	for i, id := range c.id {
		if id != NoClass {
			all = append(all, uint32(i))
		}
	}
	parts := make([][]candidate, m)
	var next atomic.Int64
	var wg sync.WaitGroup
	for range min(threads, m) {
		wg.Go(func() {
			sp := splitter{c: c, ctx: ctx, limit: limit}
			for {
				k := int(next.Add(1)) - 1
				if k >= m || ctx.Err() != nil {
					return
				}
				sp.found = nil
				sp.descend([][]uint32{all}, 0, k)
				parts[k] = sp.found
			}
		})
	}
	wg.Wait()
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	return slices.Concat(parts...), nil
}

type splitter struct {
	c     *Classes
	ctx   context.Context
	limit int
	found []candidate
	count []uint32
	start []uint32
}

// descend splits groups of records, equal on mask, by key k, notes those that
// are alone, and goes on with the keys behind.
func (s *splitter) descend(groups [][]uint32, mask uint64, k int) {
	if s.ctx.Err() != nil {
		return
	}
	col := s.c.keys[k]
	null, hasNull := col.List.Null()
	card := col.List.Len()
	if len(s.count) < card+1 {
		s.count = make([]uint32, card+1)
		s.start = make([]uint32, card+1)
	}
	mask |= 1 << k
	var next [][]uint32
	for _, g := range groups {
		var used []uint32
		for _, i := range g {
			code := col.Codes[i]
			if hasNull && code == null {
				continue
			}
			if s.count[code] == 0 {
				used = append(used, code)
			}
			s.count[code]++
		}
		total := uint32(0)
		for _, code := range used {
			s.start[code] = total
			if s.count[code] > 1 {
				total += s.count[code]
			}
		}
		out := make([]uint32, total)
		for _, i := range g {
			code := col.Codes[i]
			if hasNull && code == null {
				continue
			}
			if s.count[code] == 1 {
				s.found = append(s.found, candidate{i, mask})
				continue
			}
			out[s.start[code]] = i
			s.start[code]++
		}
		for _, code := range used {
			if n := s.count[code]; n > 1 {
				next = append(next, out[s.start[code]-n:s.start[code]])
			}
			s.count[code] = 0
		}
	}
	if len(next) == 0 || bits.OnesCount64(mask) >= s.limit {
		return
	}
	for j := k + 1; j < len(s.c.keys); j++ {
		s.descend(next, mask, j)
	}
}

// minimal keeps, for every record, the candidates that hold no smaller one.
func (s *SUDA) minimal(found []candidate) {
	slices.SortFunc(found, func(a, b candidate) int {
		if n := bits.OnesCount64(a.mask) - bits.OnesCount64(b.mask); n != 0 {
			return n
		}
		if a.mask != b.mask {
			if a.mask < b.mask {
				return -1
			}
			return 1
		}
		return int(a.record) - int(b.record)
	})
	for _, f := range found {
		have := s.Uniques[f.record]
		if !slices.ContainsFunc(have, func(m uint64) bool { return m&f.mask == m }) {
			s.Uniques[f.record] = append(have, f.mask)
		}
	}
}

// DIS returns the data intrusion simulation score of every record,
//
//	1 / (1 + P (1-d)/d / (s^Q * sum of s^-Q)),   Q = 1 + (8-m)/20
//
// with s its score, the sum over records with a score, P the records in classes
// of exactly two and d the sampling fraction of the intrusion (0.01 is usual). A
// record without a score has 0; P = 0 gives 1 to those with one. The error is
// ErrRequest for d outside (0, 1).
func (s *SUDA) DIS(d float64) ([]float64, error) {
	if !(d > 0 && d < 1) {
		return nil, fmt.Errorf("%w: d must be between 0 and 1", ErrRequest)
	}
	q := 1 + float64(8-s.keys)/20
	sum := 0.0
	for _, v := range s.Score {
		if v > 0 {
			sum += math.Pow(v, -q)
		}
	}
	out := make([]float64, len(s.Score))
	for i, v := range s.Score {
		switch {
		case math.IsNaN(v):
			out[i] = v
		case v > 0:
			out[i] = 1 / (1 + float64(s.pairs)*(1-d)/d/float64(math.Pow(v, q)*sum))
		}
	}
	return out, nil
}
