package records

import (
	"cmp"
	"context"
	"slices"
)

// recordGroup is records with equal codes.
type recordGroup struct {
	code    []uint32
	records []int
	who     map[uint32]bool // nil where every record is a respondent
}

func (g *recordGroup) size() int {
	if g.who != nil {
		return len(g.who)
	}
	return len(g.records)
}

// join joins classes on all keys until every class is large enough. Missing values are a
// category. It tries the classes after the search and the classes of the data, and keeps
// the cheaper result.
func (l *localSearch) join(ctx context.Context) error {
	mended := l.out
	var best [][]uint32
	least := int64(0)
	for n, from := range [][][]uint32{mended, l.truth} {
		l.out = nil
		for _, k := range from {
			l.out = append(l.out, slices.Clone(k))
		}
		if err := l.joinGroups(ctx); err != nil {
			return err
		}
		if cost := l.cost(); n == 0 || cost < least {
			best, least = l.out, cost
		}
	}
	l.out = best
	return nil
}

// cost is the cost of the suppressed values.
func (l *localSearch) cost() (sum int64) {
	for v := range l.out {
		for i, x := range l.out[v] {
			if x != l.truth[v][i] {
				sum += l.o.Cost[v]
			}
		}
	}
	return sum
}

// joinGroups joins the smallest class with the class for which the join is cheapest; both
// lose the values in which they differ. At worst all records end in one class. So the
// classes have at least K records on all keys at the end, and on every combination of
// keys.
//
// Time is classes times joins. Where that is more than mostJoins, all small classes are
// joined at once.
func (l *localSearch) joinGroups(ctx context.Context) error {
	list := l.groups()
	for {
		if err := ctx.Err(); err != nil {
			return err
		}
		slices.SortFunc(list, func(a, b *recordGroup) int {
			return cmp.Or(cmp.Compare(a.size(), b.size()), slices.Compare(a.code, b.code))
		})
		small := 0
		for small < len(list) && list[small].size() < l.o.K {
			small++
		}
		if small == 0 || len(list) == 1 {
			break
		}
		if small > 1 && small*len(list) > mostJoins {
			list = merged(append(list[small:], joinedGroups(list[:small]...)))
			continue
		}
		best, least := 1, int64(0)
		for i, b := range list[1:] {
			if cost := l.joinCost(list[0], b); i == 0 || cost < least {
				best, least = i+1, cost
			}
		}
		g := joinedGroups(list[0], list[best])
		list = merged(append(slices.Delete(list, best, best+1)[1:], g))
	}
	for _, g := range list {
		for _, i := range g.records {
			for v, x := range g.code {
				if x == MissingCode {
					l.out[v][i] = MissingCode
				}
			}
		}
	}
	return nil
}

const mostJoins = 1 << 22

// groups lists the classes of the result on all keys.
func (l *localSearch) groups() []*recordGroup {
	all := make([]int, len(l.out))
	for v := range all {
		all[v] = v
	}
	c := &classes{keys: l.out, combo: all, scratch: make([]uint32, len(all))}
	by := map[string]*recordGroup{}
	var list []*recordGroup
	for i := range l.n {
		code := c.code(i)
		text := c.text(code, 0)
		g := by[text]
		if g == nil {
			g = &recordGroup{code: code}
			if l.o.Respondent != nil {
				g.who = map[uint32]bool{}
			}
			by[text] = g
			list = append(list, g)
		}
		g.records = append(g.records, i)
		if g.who != nil {
			g.who[l.o.Respondent[i]] = true
		}
	}
	return list
}

// joinCost is the cost of the values that both lose.
func (l *localSearch) joinCost(a, b *recordGroup) (cost int64) {
	for v := range a.code {
		if a.code[v] == b.code[v] {
			continue
		}
		for _, g := range []*recordGroup{a, b} {
			if g.code[v] != MissingCode {
				cost += l.o.Cost[v] * int64(len(g.records))
			}
		}
	}
	return cost
}

// joinedGroups joins some groups.
func joinedGroups(of ...*recordGroup) *recordGroup {
	g := &recordGroup{code: slices.Clone(of[0].code)}
	if of[0].who != nil {
		g.who = map[uint32]bool{}
	}
	for _, b := range of {
		g.records = append(g.records, b.records...)
		for v := range g.code {
			if b.code[v] != g.code[v] {
				g.code[v] = MissingCode
			}
		}
		for u := range b.who {
			g.who[u] = true
		}
	}
	return g
}

// merged makes one group of the last of a list and another of equal codes.
func merged(list []*recordGroup) []*recordGroup {
	last := list[len(list)-1]
	for i, g := range list[:len(list)-1] {
		if slices.Equal(g.code, last.code) {
			list[i] = joinedGroups(g, last)
			return list[:len(list)-1]
		}
	}
	return list
}
