package records

import (
	"cmp"
	"context"
	"slices"
)

// respondents counts the distinct respondents.
func (l *localSearch) respondents() int {
	if l.o.Respondent == nil {
		return l.n
	}
	seen := map[uint32]bool{}
	for _, u := range l.o.Respondent {
		seen[u] = true
	}
	return len(seen)
}

// finish completes the search for classes: it makes candidates where a missing value
// matches, and joins the classes that are still small where a missing value is a
// category.
func (l *localSearch) finish(ctx context.Context) error {
	if l.o.Matching == Wildcard {
		for _, combo := range l.combos {
			if err := l.hide(ctx, combo); err != nil {
				return err
			}
		}
		return nil
	}
	for _, combo := range l.combos {
		if len(l.small(l.classes(combo))) > 0 {
			return l.join(ctx)
		}
	}
	return nil
}

// trueCode returns the true codes of a record on a combination.
func (l *localSearch) trueCode(combo []int, i int) []uint32 {
	code := make([]uint32, len(combo))
	for k, v := range combo {
		code[k] = l.truth[v][i]
	}
	return code
}

// leastCandidates is the smallest number of candidates on a combination. Where
// respondents are named it counts at most K.
func (l *localSearch) leastCandidates(ctx context.Context, combo []int) (int, error) {
	c := l.classes(combo)
	least, known := l.n, map[string]bool{}
	for i := range l.n {
		if i%256 == 0 && ctx.Err() != nil {
			return 0, ctx.Err()
		}
		code := l.trueCode(combo, i)
		if text := c.text(code, 0); !known[text] {
			known[text] = true
			least = min(least, c.candidates(code))
		}
	}
	return least, nil
}

// hide gives every record K candidates on a combination. Suppression only adds
// candidates. So one pass over the records is enough, and the candidates on other
// combinations stay.
func (l *localSearch) hide(ctx context.Context, combo []int) error {
	c := l.classes(combo)
	sets := l.sets(combo)
	ix := &trueIndex{l: l, c: c, combo: combo, order: l.rareFirst(combo), lists: map[uint64]map[string][]int{}}
	done := map[string]bool{}
	for n, i := range ix.order {
		if n%64 == 0 && ctx.Err() != nil {
			return ctx.Err()
		}
		truth := l.trueCode(combo, i)
		text := c.text(truth, 0)
		if done[text] {
			continue
		}
		done[text] = true
		for _, set := range sets {
			if c.candidates(truth) >= l.o.K {
				break
			}
			left := uint32(0)
			for _, k := range set {
				left |= 1 << k
			}
			ix.take(truth, left)
		}
	}
	return nil
}

// rareFirst orders the records: rare true keys first, then by these keys. The order of
// the data decides only between equal records.
func (l *localSearch) rareFirst(combo []int) []int {
	c := &classes{combo: combo, scratch: make([]uint32, len(combo))}
	size := map[string]int{}
	texts := make([]string, l.n)
	for i := range texts {
		texts[i] = c.text(l.trueCode(combo, i), 0)
		size[texts[i]]++
	}
	order := make([]int, l.n)
	for i := range order {
		order[i] = i
	}
	slices.SortStableFunc(order, func(a, b int) int {
		return cmp.Or(cmp.Compare(size[texts[a]], size[texts[b]]), cmp.Compare(texts[a], texts[b]))
	})
	return order
}

// trueIndex finds records that agree with true keys except in some positions. Its lists
// have the codes of the time when they were made. A record that has lost values since is
// still on its list; its codes are read again.
type trueIndex struct {
	l     *localSearch
	c     *classes
	combo []int
	order []int
	lists map[uint64]map[string][]int // pattern, left out -> codes of the rest -> records
}

func (ix *trueIndex) list(q, left uint32) map[string][]int {
	id := uint64(q)<<32 | uint64(left)
	if m, ok := ix.lists[id]; ok {
		return m
	}
	m := map[string][]int{}
	for _, i := range ix.order {
		if code := ix.c.code(i); pattern(code) == q {
			text := ix.c.text(code, left)
			m[text] = append(m[text], i)
		}
	}
	ix.lists[id] = m
	return m
}

// take suppresses values, at the positions left out, of records that then agree with the
// true keys, until these have K candidates. Records with missing values come first.
func (ix *trueIndex) take(truth []uint32, left uint32) {
	c, l := ix.c, ix.l
	natural := pattern(truth)
	for _, q := range slices.Backward(slices.Clone(c.patterns)) {
		if natural&^(q|left) != 0 {
			continue // it has a value where the truth is not known, and keeps it
		}
		for _, i := range ix.list(q, left|q)[c.text(truth, left|q)] {
			code := c.code(i)
			agrees := true
			for k := range code {
				agrees = agrees && (code[k] == MissingCode || code[k] == truth[k])
			}
			if agrees {
				continue
			}
			c.remove(code, i)
			for k := range code {
				if code[k] != MissingCode && code[k] != truth[k] {
					l.out[ix.combo[k]][i] = MissingCode
				}
			}
			c.add(c.code(i), i)
			if c.candidates(truth) >= l.o.K {
				return
			}
		}
	}
}
