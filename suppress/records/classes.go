package records

import (
	"encoding/binary"
	"slices"
)

// classes counts the records by their codes on some keys, separately for each pattern of
// missing values, and also by their codes with more keys left out.
type classes struct {
	keys     [][]uint32
	combo    []int
	matching Matching
	unit     []uint32                      // record -> respondent; nil where every record is one
	enough   int                           // no count matters beyond
	patterns []uint32                      // of missing values that occur
	count    map[uint32]map[string]*bucket // pattern -> codes -> records
	views    map[uint64]map[string]*bucket // pattern, left out -> codes of the rest -> records
	buf      []byte
	scratch  []uint32
}

// bucket counts records, and the records of each respondent where respondents are named.
type bucket struct {
	n   int
	who map[uint32]int
}

func (b *bucket) change(unit []uint32, i, by int) {
	b.n += by
	if unit == nil {
		return
	}
	if b.who == nil {
		b.who = map[uint32]int{}
	}
	if b.who[unit[i]] += by; b.who[unit[i]] == 0 {
		delete(b.who, unit[i])
	}
}

func (b *bucket) join(o *bucket) {
	b.n += o.n
	for u, n := range o.who {
		if b.who == nil {
			b.who = map[uint32]int{}
		}
		b.who[u] += n
	}
}

// classes counts the records of the result on a combination.
func (l *localSearch) classes(combo []int) *classes {
	c := &classes{
		keys: l.out, combo: combo, matching: l.o.Matching, unit: l.o.Respondent, enough: l.o.K,
		count: map[uint32]map[string]*bucket{}, scratch: make([]uint32, len(combo)),
	}
	for i := range l.n {
		c.add(c.code(i), i)
	}
	return c
}

// code returns the codes of a record.
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

func (c *classes) add(code []uint32, i int)    { c.change(code, i, 1) }
func (c *classes) remove(code []uint32, i int) { c.change(code, i, -1) }

func (c *classes) change(code []uint32, i, by int) {
	p := pattern(code)
	if c.count[p] == nil {
		c.count[p] = map[string]*bucket{}
		c.patterns = append(c.patterns, p)
		slices.Sort(c.patterns)
	}
	at(c.count[p], c.text(code, 0)).change(c.unit, i, by)
	for id, view := range c.views {
		if uint32(id>>32) == p {
			at(view, c.text(code, uint32(id))).change(c.unit, i, by)
		}
	}
}

func at(m map[string]*bucket, text string) *bucket {
	b := m[text]
	if b == nil {
		b = &bucket{}
		m[text] = b
	}
	return b
}

// number counts the records of buckets. Where respondents are named it counts the
// distinct respondents of the buckets and of an extra record (-1 for none), and stops
// when there are enough.
func (c *classes) number(of []*bucket, extra int) (n int) {
	if c.unit == nil {
		for _, b := range of {
			n += b.n
		}
		if extra >= 0 {
			n++
		}
		return n
	}
	if len(of) == 1 && extra < 0 {
		return len(of[0].who)
	}
	seen := map[uint32]bool{}
	if extra >= 0 {
		seen[c.unit[extra]] = true
	}
	for _, b := range of {
		for u := range b.who { // in any order: their number alone counts
			if seen[u] = true; len(seen) >= c.enough {
				return len(seen)
			}
		}
	}
	return len(seen)
}

// match lists the buckets that match a code of the result.
func (c *classes) match(code []uint32) (out []*bucket) {
	p := pattern(code)
	if c.matching == Category {
		if b := c.count[p][c.text(code, 0)]; b != nil {
			out = append(out, b)
		}
		return out
	}
	for _, q := range c.patterns {
		if b := c.view(q, p|q)[c.text(code, p|q)]; b != nil {
			out = append(out, b)
		}
	}
	return out
}

// agree lists the buckets that agree with true keys: they have a missing value wherever
// the true keys have one, or differ.
func (c *classes) agree(truth []uint32) (out []*bucket) {
	p := pattern(truth)
	for _, q := range c.patterns {
		if p&^q != 0 {
			continue
		}
		if b := c.view(q, q)[c.text(truth, q)]; b != nil {
			out = append(out, b)
		}
	}
	return out
}

// size counts the matches of a record.
func (c *classes) size(code []uint32) int { return c.number(c.match(code), -1) }

// sizeWith counts the matches of a code, and the record that will get the code.
func (c *classes) sizeWith(code []uint32, i int, counted bool) int {
	if counted {
		i = -1
	}
	return c.number(c.match(code), i)
}

// candidates counts the records that agree with true keys.
func (c *classes) candidates(truth []uint32) int { return c.number(c.agree(truth), -1) }

// view counts the records with pattern q by the remaining part of their codes.
func (c *classes) view(q, left uint32) map[string]*bucket {
	id := uint64(q)<<32 | uint64(left)
	if v, ok := c.views[id]; ok {
		return v
	}
	v := map[string]*bucket{}
	code := make([]uint32, len(c.combo))
	for text, b := range c.count[q] {
		for k := range code {
			code[k] = binary.LittleEndian.Uint32([]byte(text[4*k:]))
		}
		at(v, c.text(code, left)).join(b)
	}
	if c.views == nil {
		c.views = map[uint64]map[string]*bucket{}
	}
	c.views[id] = v
	return v
}

// matches reports whether a record with one code counts for one with the other.
func (c *classes) matches(a, b []uint32) bool {
	for k := range a {
		if a[k] != b[k] && (c.matching == Category || a[k] != MissingCode && b[k] != MissingCode) {
			return false
		}
	}
	return true
}
