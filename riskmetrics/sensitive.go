package riskmetrics

import (
	"cmp"
	"context"
	"fmt"
	"slices"

	"github.com/sluis-go/sluis/internal/column"
	"github.com/sluis-go/sluis/internal/group"
)

// Sensitive is the distribution of a sensitive variable in every class and over all
// records. Under wildcard a class has the values of all records that match it. Under the
// other policies, including sdcmicro(alpha), a class has the values of its own records.
// Immutable.
//
// Where respondents are named, k is the number of distinct respondents with a value, and
// n the number of distinct respondents of a class with any value. A respondent with
// several values counts for each of them, so shares may add up to more than 1. A measure
// that needs shares which add up to 1 refuses data in which a respondent has several
// values.
type Sensitive struct {
	classes *Classes
	col     *column.Column
	codes   int      // codes of the column below this are values, others nulls
	code    []uint32 // value -> its code; only values that occur, in order
	total   []int64  // value -> records that were not left out
	all     int64    // records with a value
	start   []int    // class -> its first entry, and the end of the last
	entries []entry  // by class, then by value
	n       []int64  // class -> records with a value
	prefix  []int64  // value -> records with this or a smaller one

	multi // nothing where every respondent has one value
}

// entry says how many records of a class have a value.
type entry struct {
	value uint32
	count int64
}

// newSensitive counts; codes from codes on are nulls that are no values.
func newSensitive(ctx context.Context, c *Classes, col *column.Column, codes int) (*Sensitive, error) {
	s := &Sensitive{classes: c, col: col, codes: codes}
	ids, of := make([]uint32, 0, len(c.id)), make([]uint32, 0, len(c.id))
	rank := make([]uint32, col.List.Len()) // code -> value; at first 1 for codes that occur
	for i, id := range c.id {
		if code := col.Codes[i]; id != NoClass && int(code) < codes {
			ids, of = append(ids, id), append(of, code)
			rank[code] = 1
		}
	}
	for code, occurs := range rank {
		rank[code] = uint32(len(s.code))
		if occurs == 1 {
			s.code = append(s.code, uint32(code))
		}
	}
	g, err := group.Build(ctx, [][]uint32{ids, of}, []int{len(c.size), col.List.Len()}, len(ids), 1)
	if err != nil {
		return nil, err
	}
	s.total = make([]int64, len(s.code))
	lists := make([][]entry, len(c.size))
	flat := make([]entry, g.N)
	for i, code := range g.Keys[1] {
		flat[i] = entry{rank[code], g.Sizes[i]}
		s.total[rank[code]] += g.Sizes[i]
		s.all += g.Sizes[i]
	}
	for i := 0; i < g.N; {
		id, from := g.Keys[0][i], i
		for i < g.N && g.Keys[0][i] == id {
			i++
		}
		lists[id] = flat[from:i:i]
	}
	people, err := s.ofRespondents(ctx, ids, of, rank, lists)
	if err != nil {
		return nil, err
	}
	if c.missing.kind == asWildcard {
		if lists, err = c.matched(ctx, lists); err != nil {
			return nil, err
		}
	}
	s.fill(lists)
	if people != nil {
		return s, s.fillPeople(ctx, people)
	}
	return s, nil
}

// fill lays the entries of the classes out in a row.
func (s *Sensitive) fill(of [][]entry) {
	s.start = make([]int, len(of)+1)
	s.n = make([]int64, len(of))
	for id, list := range of {
		for _, e := range list {
			s.n[id] += e.count
		}
		s.start[id+1] = s.start[id] + len(list)
		s.entries = append(s.entries, list...)
	}
	s.cumulate()
}

// cumulate sets prefix: for each value, the records with this value or a lower one.
func (s *Sensitive) cumulate() {
	s.prefix = make([]int64, len(s.code))
	sum := int64(0)
	for v, n := range s.total {
		sum += n
		s.prefix[v] = sum
	}
}

// matched adds up the entries of all classes that match each.
func (c *Classes) matched(ctx context.Context, of [][]entry) ([][]entry, error) {
	out := make([][]entry, len(of))
	err := group.Pairs(ctx, c.codes, c.nulls(), len(of), group.Matching{}, func(p *group.Pair) {
		byGroup := make([][]entry, p.Groups)
		for i, y := range p.Y {
			if g := p.GY[i]; g != group.NoGroup {
				byGroup[g] = append(byGroup[g], of[y]...)
			}
		}
		for g := range byGroup {
			byGroup[g] = collect(byGroup[g])
		}
		for i, x := range p.X {
			if g := p.GX[i]; g != group.NoGroup {
				out[x] = append(out[x], byGroup[g]...)
			}
		}
	})
	for id := range out {
		out[id] = collect(out[id])
	}
	return out, err
}

// collect sorts entries by value and adds up the entries of one value.
func collect(list []entry) []entry {
	slices.SortFunc(list, byValue)
	n := 0
	for _, e := range list {
		if n > 0 && list[n-1].value == e.value {
			list[n-1].count += e.count
			continue
		}
		list[n] = e
		n++
	}
	return list[:n]
}

func byValue(a, b entry) int { return cmp.Compare(a.value, b.value) }

// Values returns the distinct values that occur in records that were not left
// out, as text, in order.
func (s *Sensitive) Values() []string {
	out := make([]string, len(s.code))
	for v, code := range s.code {
		out[v] = s.col.List.Written(code)
	}
	return out
}

// Given returns the distribution of s in the classes on the keys and all the others
// together. Nulls of the others match as nulls of keys do. Its measures give l-diversity
// of several sensitive variables together: an attacker who knows all of them but one must
// not learn that one. Each variable takes its turn as s (Machanavajjhala et al. 2007,
// section 4.3). The error is ErrRequest for variables of other classes, or the context's.
func (s *Sensitive) Given(ctx context.Context, others ...*Sensitive) (*Sensitive, error) {
	c := s.classes
	p := &Classes{missing: c.missing, threads: c.threads, unit: c.unit, house: c.house, origin: c.origin, keys: slices.Clone(c.keys), id: slices.Clone(c.id)}
	cols, cards := make([][]uint32, 1+len(others)), []int{len(c.size)}
	for i, o := range others {
		if o.classes != c || o == s {
			return nil, fmt.Errorf("%w: the other variables must be of the same classes", ErrRequest)
		}
		p.keys, cards = append(p.keys, o.col), append(cards, o.col.List.Len())
		for r, id := range c.id {
			if id != NoClass {
				cols[1+i] = append(cols[1+i], o.col.Codes[r])
			}
		}
	}
	for _, id := range c.id {
		if id != NoClass {
			cols[0] = append(cols[0], id)
		}
	}
	g, err := group.Build(ctx, cols, cards, len(cols[0]), 1)
	if err != nil {
		return nil, err
	}
	next := 0
	for r, id := range c.id {
		if id != NoClass {
			p.id[r] = g.IDs[next]
			next++
		}
	}
	p.size = g.Sizes
	for k := range c.keys {
		codes := make([]uint32, g.N)
		for id, class := range g.Keys[0] {
			codes[id] = c.codes[k][class]
		}
		p.codes = append(p.codes, codes)
	}
	p.codes = append(p.codes, g.Keys[1:]...)
	if err := p.count(ctx); err != nil {
		return nil, err
	}
	if err := p.match(ctx); err != nil {
		return nil, err
	}
	return newSensitive(ctx, p, s.col, s.codes)
}
