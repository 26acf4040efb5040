package suppress

import (
	"cmp"
	"context"
	"encoding/binary"
	"fmt"
	"slices"
)

// MissingCode stands for a value that is missing or suppressed.
const MissingCode = ^uint32(0)

// NullMatching says how a missing value counts in the size of a class.
type NullMatching uint8

const (
	// NullWildcard: a missing value matches every value, and every value it.
	NullWildcard NullMatching = iota + 1
	// NullCategory: a missing value is a category of its own.
	NullCategory
)

// LocalOptions say what local suppression must reach.
type LocalOptions struct {
	// K is the least size of a class that is safe. Required, at least 2.
	K int
	// Matching is required.
	Matching NullMatching
	// Cost is the price of suppressing one value of each key. Required, each at
	// least 1: the more important a key, the dearer.
	Cost []int64
	// UpTo, where above 0, asks for K on every combination of at most so many keys
	// rather than on all keys together.
	UpTo int
}

// LocallySuppressed is what Local did.
type LocallySuppressed struct {
	Keys       [][]uint32 // key -> record -> code, MissingCode where suppressed
	Suppressed []int64    // values of each key
	Cost       int64
}

// Local suppresses single values of records until every record is in a class of at
// least K, at little cost: of a record whose class is too small, the cheapest value
// or set of values goes that makes it large enough.
//
// The size of the class of a record on some keys is the number of records, itself
// included, that agree with it on them, missing values matching as declared.
// keys[v][i] is the code of key v of record i; the slices are not changed.
//
// Whatever the search did, the result is counted anew from the beginning before it
// is returned. The error wraps ErrInfeasible where there are fewer records than K,
// ErrUndecided where the search ended with small classes left (under NullCategory,
// where suppression makes other classes smaller), or ErrRequest. Nothing depends on
// the order of records but which of equal ones is changed. The cost of the least
// costly solution may be less: the problem is NP-hard (Meyerson and Williams 2004).
// A pass takes time in proportion to records times combinations times patterns of
// missing values.
func Local(ctx context.Context, keys [][]uint32, o LocalOptions) (*LocallySuppressed, error) {
	l, err := newLocalSearch(keys, o)
	if err != nil {
		return nil, err
	}
	if l.n < o.K {
		return nil, fmt.Errorf("%w: fewer records than a class needs", ErrInfeasible)
	}
	for pass := 0; pass <= len(keys)*len(l.combos)+1; pass++ {
		changed := false
		for _, combo := range l.combos {
			if err := ctx.Err(); err != nil {
				return nil, err
			}
			c, err := l.mend(ctx, combo)
			if err != nil {
				return nil, err
			}
			changed = changed || c
		}
		if !changed {
			break
		}
	}
	// Counted anew: what was reckoned on the way plays no part.
	for _, combo := range l.combos {
		if len(l.small(newClasses(l.out, combo, o.Matching))) > 0 {
			return nil, fmt.Errorf("%w: records with small classes are left", ErrUndecided)
		}
	}
	out := &LocallySuppressed{Keys: l.out, Suppressed: make([]int64, len(keys))}
	for v := range keys {
		for i := range keys[v] {
			if keys[v][i] != l.out[v][i] {
				out.Suppressed[v]++
				out.Cost += o.Cost[v]
			}
		}
	}
	return out, nil
}

type localSearch struct {
	o      LocalOptions
	n      int
	out    [][]uint32
	combos [][]int // key numbers, small ones first
}

func newLocalSearch(keys [][]uint32, o LocalOptions) (*localSearch, error) {
	switch {
	case len(keys) == 0 || len(keys) > 30:
		return nil, fmt.Errorf("%w: from 1 to 30 keys", ErrRequest)
	case o.K < 2:
		return nil, fmt.Errorf("%w: K must be at least 2", ErrRequest)
	case o.Matching != NullWildcard && o.Matching != NullCategory:
		return nil, fmt.Errorf("%w: how missing values match is not declared", ErrRequest)
	case len(o.Cost) != len(keys) || slices.Min(o.Cost) < 1:
		return nil, fmt.Errorf("%w: every key needs a cost of at least 1", ErrRequest)
	case o.UpTo < 0 || o.UpTo > len(keys):
		return nil, fmt.Errorf("%w: combinations of more keys than there are", ErrRequest)
	}
	l := &localSearch{o: o, n: len(keys[0])}
	for _, k := range keys {
		if len(k) != l.n {
			return nil, fmt.Errorf("%w: keys have different numbers of records", ErrRequest)
		}
		l.out = append(l.out, slices.Clone(k))
	}
	if o.UpTo == 0 {
		all := make([]int, len(keys))
		for v := range all {
			all[v] = v
		}
		l.combos = [][]int{all}
		return l, nil
	}
	for set := uint32(1); set < 1<<len(keys); set++ {
		var combo []int
		for v := range keys {
			if set>>v&1 == 1 {
				combo = append(combo, v)
			}
		}
		if len(combo) <= o.UpTo {
			l.combos = append(l.combos, combo)
		}
	}
	slices.SortStableFunc(l.combos, func(a, b []int) int { return cmp.Compare(len(a), len(b)) })
	return l, nil
}

// mend goes through the records with a small class on a combination of keys.
func (l *localSearch) mend(ctx context.Context, combo []int) (changed bool, err error) {
	c := newClasses(l.out, combo, l.o.Matching)
	sets := l.sets(combo)
	for n, i := range l.small(c) {
		if n%256 == 0 && ctx.Err() != nil {
			return false, ctx.Err()
		}
		code := c.code(i)
		if c.size(code) >= l.o.K {
			continue // by what was suppressed since
		}
		now := slices.Clone(code)
		var best []int
		for _, set := range sets {
			copy(now, code)
			some := false
			for _, k := range set {
				some = some || code[k] != MissingCode
				now[k] = MissingCode
			}
			// The record itself moves to where it is counted.
			size := c.size(now)
			if !c.matches(code, now) {
				size++
			}
			if some && size >= l.o.K {
				best = set
				break
			}
		}
		if best == nil { // everything goes
			best = sets[len(sets)-1]
		}
		c.remove(code)
		for _, k := range best {
			if v := combo[k]; l.out[v][i] != MissingCode {
				l.out[v][i] = MissingCode
				changed = true
			}
		}
		c.add(c.code(i))
	}
	return changed, nil
}

// sets lists the sets of positions in a combination, the cheapest first, all of
// them last.
func (l *localSearch) sets(combo []int) [][]int {
	type priced struct {
		set  []int
		cost int64
	}
	var all []priced
	if len(combo) <= 12 {
		for bits := uint32(1); bits < 1<<len(combo); bits++ {
			var p priced
			for k := range combo {
				if bits>>k&1 == 1 {
					p.set = append(p.set, k)
					p.cost += l.o.Cost[combo[k]]
				}
			}
			all = append(all, p)
		}
	} else { // the cheapest one, two, three, ... keys
		order := make([]int, len(combo))
		for k := range order {
			order[k] = k
			all = append(all, priced{[]int{k}, l.o.Cost[combo[k]]})
		}
		slices.SortStableFunc(order, func(a, b int) int { return cmp.Compare(l.o.Cost[combo[a]], l.o.Cost[combo[b]]) })
		sum := int64(0)
		for k, pos := range order {
			sum += l.o.Cost[combo[pos]]
			all = append(all, priced{slices.Clone(order[:k+1]), sum})
		}
	}
	slices.SortStableFunc(all, func(a, b priced) int {
		return cmp.Or(cmp.Compare(a.cost, b.cost), cmp.Compare(len(a.set), len(b.set)))
	})
	out := make([][]int, len(all))
	for i, p := range all {
		out[i] = p.set
	}
	return out
}

// small lists the records whose class is too small.
func (l *localSearch) small(c *classes) []int {
	var out []int
	for i := range l.n {
		if c.size(c.code(i)) < l.o.K {
			out = append(out, i)
		}
	}
	return out
}

// classes counts the records by their codes on some keys, apart for each pattern
// of missing values, and what they look like when more of them are left out.
type classes struct {
	keys     [][]uint32
	combo    []int
	matching NullMatching
	patterns []uint32                  // of missing values that occur
	count    map[uint32]map[string]int // pattern -> codes -> records
	views    map[uint64]map[string]int // pattern, left out -> codes of the rest -> records
	buf      []byte
	scratch  []uint32
}

func newClasses(keys [][]uint32, combo []int, m NullMatching) *classes {
	c := &classes{keys: keys, combo: combo, matching: m, count: map[uint32]map[string]int{}, scratch: make([]uint32, len(combo))}
	for i := range keys[0] {
		c.add(c.code(i))
	}
	return c
}

// code returns the codes of a record; they change with the next call.
func (c *classes) code(i int) []uint32 {
	for k, v := range c.combo {
		c.scratch[k] = c.keys[v][i]
	}
	return slices.Clone(c.scratch)
}

func pattern(code []uint32) (p uint32) {
	for k, x := range code {
		if x == MissingCode {
			p |= 1 << k
		}
	}
	return p
}

// text is the codes that are not left out.
func (c *classes) text(code []uint32, left uint32) string {
	c.buf = c.buf[:0]
	for k, x := range code {
		if left>>k&1 == 0 {
			c.buf = binary.LittleEndian.AppendUint32(c.buf, x)
		}
	}
	return string(c.buf)
}

func (c *classes) add(code []uint32)    { c.change(code, 1) }
func (c *classes) remove(code []uint32) { c.change(code, -1) }

func (c *classes) change(code []uint32, by int) {
	p := pattern(code)
	if c.count[p] == nil {
		c.count[p] = map[string]int{}
		c.patterns = append(c.patterns, p)
	}
	c.count[p][c.text(code, 0)] += by
	if c.matching == NullCategory {
		return
	}
	for id, view := range c.views {
		if uint32(id>>32) == p {
			view[c.text(code, uint32(id))] += by
		}
	}
}

// size counts the records that match.
func (c *classes) size(code []uint32) (n int) {
	p := pattern(code)
	if c.matching == NullCategory {
		return c.count[p][c.text(code, 0)]
	}
	for _, q := range c.patterns {
		n += c.view(q, p|q)[c.text(code, p|q)]
	}
	return n
}

// view counts the records with pattern q by what is left of their codes.
func (c *classes) view(q, left uint32) map[string]int {
	id := uint64(q)<<32 | uint64(left)
	if v, ok := c.views[id]; ok {
		return v
	}
	v := map[string]int{}
	code := make([]uint32, len(c.combo))
	for text, n := range c.count[q] {
		for k := range code {
			code[k] = binary.LittleEndian.Uint32([]byte(text[4*k:]))
		}
		v[c.text(code, left)] += n
	}
	if c.views == nil {
		c.views = map[uint64]map[string]int{}
	}
	c.views[id] = v
	return v
}

// matches reports whether a record with one code counts for one with the other.
func (c *classes) matches(a, b []uint32) bool {
	for k := range a {
		if a[k] != b[k] && (c.matching == NullCategory || a[k] != MissingCode && b[k] != MissingCode) {
			return false
		}
	}
	return true
}
