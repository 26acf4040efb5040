package identifier

import (
	"cmp"
	"container/heap"
	"slices"
	"strconv"
)

// Least is the smallest number of distinct values for a decision about a column. Percent
// is the share of these values that must have a form of identifiers.
const (
	Least   = 10
	Percent = 90
)

// Tally counts the kinds of the distinct values of a column. The zero value is empty. A
// Tally is not safe for concurrent use.
type Tally struct {
	total  int64
	counts [kinds]int64
}

// Add counts a value. Give each distinct value of the column once.
func (t *Tally) Add(value string) {
	t.total++
	t.counts[Of(value)]++
}

// AddWhole adds a whole number, as Add adds its decimal digits. Of the identifiers only a
// citizen service number is a number without a leading zero.
func (t *Tally) AddWhole(x uint64) {
	switch {
	case x >= 1e15: // its digits may be hexadecimal digits of a text
		t.Add(strconv.FormatUint(x, 10))
		return
	case x >= 1e7 && x < 1e9 && BSN(strconv.FormatUint(x, 10)):
		t.counts[CitizenNumber]++
	default:
		t.counts[None]++
	}
	t.total++
}

// Kind returns the most frequent kind of identifier, the first one of equals, and
// whether the column holds identifiers:
//
//	values >= Least   and   100 * (values of some kind) >= Percent * values
func (t *Tally) Kind() (Kind, bool) {
	most, some := None+1, int64(0)
	for k := None + 1; k < kinds; k++ {
		some += t.counts[k]
		if t.counts[k] > t.counts[most] {
			most = k
		}
	}
	if t.total < Least || 100*some < Percent*t.total {
		return None, false
	}
	return most, true
}

// Total returns the number of values that were counted, and Found how many of them
// have some form of identifiers.
func (t *Tally) Total() int64 { return t.total }

// Found returns the number of values of any kind but None.
func (t *Tally) Found() int64 { return t.total - t.counts[None] }

// SampleSize is the number of values that a [Sample] keeps.
const SampleSize = 10_000

// Sample keeps the SampleSize distinct values with the smallest hashes, or all values
// where there are fewer. The choice depends only on the set of values, and not on their
// order or on repetitions. Memory is bounded; a value that is not kept costs its hash.
// The zero value is empty. A Sample is not safe for concurrent use.
type Sample struct {
	kept  entries
	known map[uint64]struct{}
}

type entry struct {
	hash  uint64
	value string
}

// entries is a heap with the largest hash on top.
type entries []entry

// Len is the number of entries.
func (e entries) Len() int { return len(e) }

// Less puts the larger hash first.
func (e entries) Less(i, j int) bool { return e[i].hash > e[j].hash }

// Swap exchanges two entries.
func (e entries) Swap(i, j int) { e[i], e[j] = e[j], e[i] }

// Push adds an entry at the end.
func (e *entries) Push(x any) { *e = append(*e, x.(entry)) }

// Pop takes the last entry off.
func (e *entries) Pop() any {
	last := (*e)[len(*e)-1]
	*e = (*e)[:len(*e)-1]
	return last
}

// Add offers a value. Add copies the value only if the sample keeps it. Two values with
// one hash of 64 bits count as one.
func (s *Sample) Add(value []byte) {
	h := hash(value)
	if len(s.kept) == SampleSize && h >= s.kept[0].hash {
		return
	}
	if _, ok := s.known[h]; ok {
		return
	}
	if s.known == nil {
		s.known = map[uint64]struct{}{}
	}
	if len(s.kept) == SampleSize {
		delete(s.known, s.kept[0].hash)
		heap.Pop(&s.kept)
	}
	s.known[h] = struct{}{}
	heap.Push(&s.kept, entry{h, string(value[:min(len(value), maxLength+1)])})
}

// Merge offers the values of another sample.
func (s *Sample) Merge(o *Sample) {
	for _, e := range o.kept {
		s.Add([]byte(e.value))
	}
}

// Tally counts the values that are kept.
func (s *Sample) Tally() *Tally {
	slices.SortFunc(s.kept, func(a, b entry) int { return -cmp.Compare(a.hash, b.hash) }) // is a heap still
	t := &Tally{}
	for _, e := range s.kept {
		t.Add(e.value)
	}
	return t
}

// hash is FNV-1a of 64 bits with the finaliser of MurmurHash3 behind it. No seed:
// the same values are chosen in every run. Only the first maxLength + 1 bytes
// count: no identifier is as long.
func hash(b []byte) uint64 {
	h := uint64(14695981039346656037)
	for _, c := range b[:min(len(b), maxLength+1)] {
		h = (h ^ uint64(c)) * 1099511628211
	}
	h = (h ^ h>>33) * 0xff51afd7ed558ccd
	h = (h ^ h>>33) * 0xc4ceb9fe1a85ec53
	return h ^ h>>33
}
