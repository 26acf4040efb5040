package riskmetrics

import (
	"context"

	"github.com/sluis-go/sluis/internal/group"
	"github.com/sluis-go/sluis/sdc/report/words"
)

// multi describes the effect of respondents with several values on a Sensitive.
type multi struct {
	inClass int64 // respondents with several values in one class
	overall int64 // respondents with several values in all
	matched []int // class -> values that as many respondents can have; nil where all can
}

// oneInClass refuses respondents with several values in one class.
func (s *Sensitive) oneInClass() error {
	if s.inClass == 0 {
		return nil
	}
	return &words.Error{Kind: ErrRequest, Fact: words.New(words.SeveralInClass, words.Count(s.inClass), words.NameOf(s.col.Name))}
}

// oneOverall refuses respondents with several values.
func (s *Sensitive) oneOverall() error {
	if s.overall == 0 {
		return nil
	}
	return &words.Error{Kind: ErrRequest, Fact: words.New(words.SeveralValues, words.Count(s.overall), words.NameOf(s.col.Name))}
}

// ofRespondents counts respondents in place of records, in the lists of entries and in
// the totals. It returns, by class, the number of respondents with a value. It returns
// nil where every respondent has one record with a value: the counts of records are then
// right.
//
// classes and codes are the classes and codes of the records with a value; rank maps
// codes to values. Time linear in these, and in the pairs of respondents with several
// values.
func (s *Sensitive) ofRespondents(ctx context.Context, classes, codes, rank []uint32, lists [][]entry) (people []int64, err error) {
	c := s.classes
	if c.unit == nil {
		return nil, nil
	}
	units := make([]uint32, 0, len(classes))
	seen, twice, card := make([]bool, 0), false, 0
	for i, id := range c.id {
		if id == NoClass || int(s.col.Codes[i]) >= s.codes {
			continue
		}
		u := int(c.unit[i])
		for len(seen) <= u {
			seen = append(seen, false)
		}
		twice = twice || seen[u]
		seen[u] = true
		units = append(units, uint32(u))
		card = max(card, u+1)
	}
	if !twice {
		return nil, nil
	}
	if c.missing.kind == asWildcard && c.several > 0 {
		return nil, &words.Error{Kind: ErrRequest, Fact: words.New(words.SeveralMatching, words.Count(c.several))}
	}
	values := make([]uint32, len(codes))
	for i, code := range codes {
		values[i] = rank[code]
	}
	build := func(n int, cards []int, cols ...[]uint32) (*group.Groups, error) {
		return group.Build(ctx, cols, cards, n, max(1, c.threads))
	}
	all, err := build(len(units), []int{len(c.size) + 1, len(s.code) + 1, card}, classes, values, units)
	if err != nil {
		return nil, err
	}
	class, value, unit := all.Keys[0], all.Keys[1], all.Keys[2]
	for id := range lists {
		lists[id] = nil
	}
	for i := 0; i < all.N; {
		from := i
		for i < all.N && class[i] == class[from] && value[i] == value[from] {
			i++
		}
		lists[class[from]] = append(lists[class[from]], entry{value[from], int64(i - from)})
	}
	in, err := build(all.N, []int{len(c.size) + 1, card}, class, unit)
	if err != nil {
		return nil, err
	}
	people = make([]int64, len(c.size))
	several := make([]bool, card)
	crowded := make([]bool, len(c.size)) // classes in which a respondent has several values
	for i, id := range in.Keys[0] {
		people[id]++
		if in.Sizes[i] > 1 {
			crowded[id] = true
			several[in.Keys[1][i]] = true
		}
	}
	s.inClass = trues(several)
	have, err := build(all.N, []int{len(s.code) + 1, card}, value, unit)
	if err != nil {
		return nil, err
	}
	clear(s.total)
	had := make([]uint8, card)
	s.all = 0
	for i, v := range have.Keys[0] {
		s.total[v]++
		u := have.Keys[1][i]
		if had[u]++; had[u] == 1 {
			s.all++
		} else {
			had[u] = 2
		}
	}
	for _, n := range had {
		if n > 1 {
			s.overall++
		}
	}
	if s.inClass > 0 {
		s.matched = make([]int, len(c.size))
		for i := 0; i < all.N; {
			id, from := class[i], i
			for i < all.N && class[i] == id {
				i++
			}
			if s.matched[id] = len(lists[id]); crowded[id] {
				s.matched[id] = represented(value[from:i], unit[from:i])
			}
		}
	}
	return people, nil
}

func trues(list []bool) (n int64) {
	for _, t := range list {
		if t {
			n++
		}
	}
	return n
}

// fillPeople sets the number of respondents with a value, by class. Under wildcard it
// adds up all classes that match; they have no respondent in common.
func (s *Sensitive) fillPeople(ctx context.Context, people []int64) error {
	s.n = people
	if s.classes.missing.kind != asWildcard {
		return nil
	}
	whole, _, err := group.MatchAll(ctx, s.classes.codes, s.classes.nulls(), [][]int64{people}, group.Matching{})
	if err == nil {
		s.n = whole[0]
	}
	return err
}

// represented returns the size of a maximum matching of values and units. The pairs that
// may be matched are given in order of value. A unit with only one value is matched with
// that value first, which never makes the matching smaller. The other pairs are found by
// augmenting paths (Kuhn 1955), all values once a round. Time is the pairs times the
// rounds; there are few rounds.
func represented(value, unit []uint32) int {
	of := map[uint32]int{} // unit -> number from 0
	alone := []bool{}      // has one value
	pairs := make([]int, len(unit))
	var start []int // value -> its first pair
	for i, u := range unit {
		k, ok := of[u]
		if !ok {
			k = len(of)
			of[u] = k
			alone = append(alone, true)
		} else {
			alone[k] = false
		}
		pairs[i] = k
		if i == 0 || value[i] != value[i-1] {
			start = append(start, i)
		}
	}
	start = append(start, len(unit))
	n := 0
	holder := make([]int, len(of)) // unit -> value that it represents, plus 1
	done := make([]bool, len(start)-1)
	for v := range done {
		for _, k := range pairs[start[v]:start[v+1]] {
			if alone[k] {
				holder[k], done[v] = v+1, true
				n++
				break
			}
		}
	}
	tick, seen := 0, make([]int, len(of))
	var augment func(v int) bool
	augment = func(v int) bool {
		for _, k := range pairs[start[v]:start[v+1]] {
			if seen[k] == tick {
				continue
			}
			seen[k] = tick
			if holder[k] == 0 || augment(holder[k]-1) {
				holder[k] = v + 1
				return true
			}
		}
		return false
	}
	for grown := true; grown; {
		grown = false
		tick++
		for v := range done {
			if !done[v] && augment(v) {
				done[v], grown = true, true
				n++
			}
		}
	}
	return n
}
