package riskmetrics

import (
	"context"
	"fmt"
	"math"
	"math/big"
	"math/bits"
	"runtime"

	"github.com/sluis-go/sluis/internal/guard"
	"github.com/sluis-go/sluis/sdc/report/words"
)

// SUDAScore says how minimal sample uniques are scored. With m keys and a
// minimal unique of s of them:
type SUDAScore uint8

const (
	// Elliot gives (m-s)! (Elliot, Manning and Ford 2002).
	Elliot SUDAScore = iota
	// IHSN gives (2^(m-s) - 1) / C(m, s), as the SDC Practice Guide and sdcMicro
	// offer. A minimal unique of all m keys scores 0.
	IHSN
)

// SUDAOptions are the options of [Classes.SUDA].
type SUDAOptions struct {
	// Limit is the largest number of keys in a minimal unique. Defaults to all of
	// them; the time grows with the number of subsets of that size.
	Limit int
	// Score defaults to Elliot.
	Score SUDAScore
	// Threads is at most 4,096. Defaults to GOMAXPROCS.
	Threads int
}

// SUDA is the special unique detection of a data set (Elliot, Manning and Ford 2002). A
// minimal sample unique is a set of keys on which a record is alone, while it is alone on
// no smaller subset. A null is never part of a minimal sample unique, and matches
// nothing.
type SUDA struct {
	// Score of every record: the sum over its minimal sample uniques; 0 where
	// there is none, NaN for records that were left out.
	Score []float64
	// Contribution of each key: how much of the total score, in percent, comes from
	// minimal uniques that hold the key. The contributions add up to more than 100 where
	// minimal uniques hold several keys. All are 0 where the total is 0.
	Contribution []float64

	c      *Classes
	weight []float64 // by number of keys of the minimal unique
	start  []uint64  // class -> its first minimal unique; one more at the end
	masks  []uint64  // minimal uniques, class by class, by size and then by mask
	score  []float64 // class -> score
	pairs  int64     // records in classes of exactly two without nulls
}

// SUDA finds the minimal sample uniques of every record. The result does not depend on
// threads or on the order of the records. Where respondents are named, a record is alone
// where its respondent is alone. The error is ErrRequest for an option that is not
// defined and for a respondent with records in several classes, or the context's.
//
// The search visits the subsets of keys depth first. It splits groups of classes that
// agree, key by key, the key with the most values first (the idea of SUDA2: Manning,
// Haglin and Keane 2008). It drops a class that is alone in its group. It drops a group
// in which every class has several records: such classes have no minimal unique. Time is
// the number of classes not yet alone, summed over the subsets. Memory is that of the
// answer.
//
// A panic on the way is an error that wraps sdc.ErrInternal.
func (c *Classes) SUDA(ctx context.Context, o SUDAOptions) (suda *SUDA, err error) {
	defer guard.Recover(&err)
	m := len(c.keys)
	if o.Limit < 0 || o.Limit > m {
		return nil, fmt.Errorf("%w: the size limit is from 1 to the number of keys", ErrRequest)
	}
	if o.Threads > maxThreads {
		return nil, fmt.Errorf("%w: %d threads are more than %d", ErrRequest, o.Threads, maxThreads)
	}
	if o.Score > IHSN {
		return nil, fmt.Errorf("%w: no such score", ErrRequest)
	}
	if err := c.oneClassEach(); err != nil {
		return nil, err
	}
	if o.Limit == 0 {
		o.Limit = m
	}
	if o.Threads <= 0 {
		o.Threads = runtime.GOMAXPROCS(0)
	}
	start, masks, err := c.minimalUniques(ctx, o.Limit, o.Threads)
	if err != nil {
		return nil, err
	}
	s := &SUDA{c: c, weight: scoreWeights(m, o.Score), start: start, masks: masks, score: make([]float64, len(c.size))}
	keys := make([]sizes, m)
	var all sizes
	for id, n := range c.basis() {
		if id%checkEvery == 0 && ctx.Err() != nil {
			return nil, ctx.Err()
		}
		of := s.of(uint32(id))
		if len(of) > 0 {
			var own sizes
			for _, mask := range of {
				own.add(mask)
				for rest := mask; rest != 0; rest &= rest - 1 {
					keys[bits.TrailingZeros64(rest)].add(mask)
				}
			}
			s.score[id] = own.score(s.weight)
			all.join(&own)
		}
		if n == 2 && !c.hasNull(uint32(id)) {
			s.pairs += 2
		}
	}
	s.Score = c.spread(s.score)
	s.Contribution = make([]float64, m)
	for k := range keys {
		s.Contribution[k] = percent(keys[k].score(s.weight), all.score(s.weight))
	}
	return s, nil
}

// of returns the minimal uniques of a class.
func (s *SUDA) of(id uint32) []uint64 { return s.masks[s.start[id]:s.start[id+1]] }

// Uniques returns the minimal sample uniques of a record as bit masks over the keys:
// smaller sets first, sets of one size by mask. A record that was left out has none. The
// caller must not change them.
func (s *SUDA) Uniques(record int) []uint64 {
	if id := s.c.id[record]; id != NoClass {
		return s.of(id)
	}
	return nil
}

// RecordContribution returns, for each key, the part of the score of a record, in
// percent, that comes from minimal uniques with the key. All are 0 without a score.
func (s *SUDA) RecordContribution(record int) []float64 {
	out := make([]float64, len(s.c.keys))
	keys := make([]sizes, len(out))
	var all sizes
	for _, mask := range s.Uniques(record) {
		all.add(mask)
		for rest := mask; rest != 0; rest &= rest - 1 {
			keys[bits.TrailingZeros64(rest)].add(mask)
		}
	}
	for k := range out {
		out[k] = percent(keys[k].score(s.weight), all.score(s.weight))
	}
	return out
}

// ValueShare is the share of one value of a key in the score of that key.
type ValueShare struct {
	Value   string  // as Classes.Key prints it
	Percent float64 // of the score of minimal uniques that hold the key
}

// Values returns, for every value of a key except null, in the order of the values, the
// part of the score of the minimal uniques with the key that comes from records of the
// value. The parts are in percent; they add up to 100, or are all 0. The error is
// ErrRequest where there is no such key.
func (s *SUDA) Values(key int) ([]ValueShare, error) {
	if key < 0 || key >= len(s.c.keys) {
		return nil, fmt.Errorf("%w: no such key", ErrRequest)
	}
	list := s.c.keys[key].List
	values := make([]sizes, list.Len())
	var all sizes
	for id, code := range s.c.codes[key] {
		for _, mask := range s.of(uint32(id)) {
			if mask>>key&1 == 1 {
				values[code].add(mask)
				all.add(mask)
			}
		}
	}
	var out []ValueShare
	null, hasNull := list.Null()
	for code := range values {
		if !hasNull || uint32(code) != null {
			out = append(out, ValueShare{list.Written(uint32(code)), percent(values[code].score(s.weight), all.score(s.weight))})
		}
	}
	return out, nil
}

// sizes counts minimal uniques by their number of keys. Scores are summed from such
// counts, so the last digit does not depend on the order.
type sizes [65]int64

func (n *sizes) add(mask uint64) { n[bits.OnesCount64(mask)]++ }

func (n *sizes) join(o *sizes) {
	for s, v := range o {
		n[s] += v
	}
}

func (n *sizes) score(weight []float64) float64 {
	sum := 0.0
	for s, w := range weight {
		sum += float64(float64(n[s]) * w)
	}
	return sum
}

func percent(part, whole float64) float64 {
	if whole == 0 {
		return 0
	}
	return 100 * part / whole
}

// scoreWeights returns the score of a minimal unique of m keys by its size. Each score is
// the exact number, correctly rounded: 63! has 88 digits.
func scoreWeights(m int, score SUDAScore) []float64 {
	out := make([]float64, m+1)
	for s := 1; s <= m; s++ {
		rest := int64(m - s)
		if score == Elliot {
			out[s], _ = new(big.Float).SetInt(new(big.Int).MulRange(1, rest)).Float64()
			continue
		}
		n := new(big.Int).Lsh(big.NewInt(1), uint(rest))
		n.Sub(n, big.NewInt(1))
		out[s], _ = new(big.Rat).SetFrac(n, new(big.Int).Binomial(int64(m), int64(s))).Float64()
	}
	return out
}

// hasNull reports whether a class holds a null.
func (c *Classes) hasNull(id uint32) bool {
	for k, col := range c.keys {
		if null, ok := col.List.Null(); ok && c.codes[k][id] == null {
			return true
		}
	}
	return false
}

// maxDISKeys is the largest number of keys for which the exponent of the DIS
// score is above 0.
const maxDISKeys = 27

// DIS returns the data intrusion simulation score of every record,
//
//	1 / (1 + P (1-d)/d / (s^Q * sum of s^-Q)),   Q = 1 + (8-m)/20
//
// where s is the score of the record; the sum is over the records with a score; P is the
// number of records in classes of exactly two; d is the sampling fraction of the
// intrusion, usually 0.01 (Elliot 2000, calibrated as in sdcMicro). A class with a null
// does not count in P, because a null matches nothing. A record without a score has 0; so
// has every record where no record has a score (U = 0). With P = 0 every record with a
// score has 1.
//
// The error is ErrRequest for d outside (0, 1), and for 28 keys and more: Q is then not
// above 0, and the rarer record would get the smaller score.
func (s *SUDA) DIS(d float64) ([]float64, error) {
	if !(d > 0 && d < 1) {
		return nil, fmt.Errorf("%w: d must be between 0 and 1", ErrRequest)
	}
	m := len(s.c.keys)
	if m > maxDISKeys {
		return nil, &words.Error{Kind: ErrRequest, Fact: words.New(words.ScoresOfKeys, words.Count(maxDISKeys))}
	}
	q := 1 + float64(8-m)/20
	sum := 0.0 // in the order of the classes, which is the order of the values
	for _, v := range s.score {
		if v > 0 {
			sum += math.Pow(v, -q)
		}
	}
	odds := float64(s.pairs) * (1 - d) / d
	out := make([]float64, len(s.score))
	for id, v := range s.score {
		if v > 0 {
			out[id] = 1 / (1 + odds/float64(math.Pow(v, q)*sum))
		}
	}
	return s.c.spread(out), nil
}
