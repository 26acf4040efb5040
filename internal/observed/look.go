package observed

import (
	"context"
	"slices"
	"sort"

	"github.com/sluis-go/sluis/internal/exact"
	"github.com/sluis-go/sluis/internal/guard"
)

// Request says what Look finds of each cell.
type Request struct {
	// Quantiles are to be found, ascending by their part.
	Quantiles []Quantile
	// Tail ends the counts of units at and between quantiles.
	Tail int64
	// Ends asks for the least and the largest value. Least ends the counts of units, of each
	// role, that have these.
	Ends  bool
	Least [Roles]int64
	// PerRespondent adds up the rows of a respondent in a cell to one observation.
	PerRespondent bool
}

// Cell is what Look finds of one cell.
type Cell struct {
	N         int64 // observations; where there are none, nothing else is set
	Quantiles []Found
	Min, Max  End
}

// Found is a quantile of a cell: the part Part of the way from Low to High, which are two
// neighbouring observations, or the same one.
type Found struct {
	Low, High exact.Num
	Part      Part
	// Below and Above are the units that have an observation up to the quantile, and from the
	// quantile on: Tail stands for Tail or more.
	Below, Above [Roles]int64
	// Next are the units that have an observation from this quantile up to the next one of
	// the request; not set for the last.
	Next [Roles]int64
}

// End is the least or the largest value of a cell, and the units that have exactly this
// value: Least stands for Least or more.
type End struct {
	Value exact.Num
	Units [Roles]int64
}

// NoCell stands for an inner cell of the log that belongs to no cell.
const NoCell = ^uint32(0)

// Look sorts the observations, and finds what is asked for of n cells. to has a list for each
// combination of levels: the cell of every inner cell of the log, or NoCell. No cell may be in
// two lists. The log must not be used afterwards.
func (l *Log) Look(ctx context.Context, to [][]uint32, n int, q *Request, threads int) ([]Cell, error) {
	if l.fits() {
		x := l.shorts()
		return look(ctx, l, sorted(l, x, orderOf(x)), to, n, q, threads)
	}
	x := l.longs()
	return look(ctx, l, sorted(l, x, orderOfLong(x)), to, n, q, threads)
}

func look[T number[T]](ctx context.Context, l *Log, s *list[T], to [][]uint32, n int, q *Request, threads int) ([]Cell, error) {
	l.blocks = nil
	out := make([]Cell, n)
	err := guard.Try(ctx, threads, len(to), func(_, k int) error {
		// Deal the places out to the cells: each cell gets its places in ascending order.
		start := make([]uint32, n+1)
		for _, g := range s.cell {
			if c := to[k][g]; c != NoCell {
				start[c+1]++
			}
		}
		for c := range n {
			start[c+1] += start[c]
		}
		at := make([]uint32, start[n])
		next := slices.Clone(start[:n])
		for i, g := range s.cell {
			if c := to[k][g]; c != NoCell {
				at[next[c]] = uint32(i)
				next[c]++
			}
		}
		v := viewer[T]{s: s, q: q}
		for c := range n {
			if start[c] == start[c+1] {
				continue
			}
			if c%64 == 0 {
				if err := ctx.Err(); err != nil {
					return err
				}
			}
			out[c] = v.look(at[start[c]:start[c+1]])
		}
		return nil
	})
	if err != nil {
		return nil, err
	}
	return out, nil
}

// viewer looks at one cell after the other.
type viewer[T number[T]] struct {
	s    *list[T]
	q    *Request
	sums list[T] // scratch: the observations of a cell, per respondent
}

// view is the observations of one cell: places of a list, ascending by value.
type view[T number[T]] struct {
	*list[T]
	at []uint32
	// rows says that every observation is a respondent.
	rows bool
}

func (v *viewer[T]) look(at []uint32) Cell {
	w := view[T]{v.s, at, v.s.units[Respondent] == nil}
	if v.q.PerRespondent && !w.rows {
		w = v.perRespondent(at)
	}
	c := Cell{N: int64(len(w.at))}
	roles := 1
	if v.s.units[Holding] != nil {
		roles = 2
	}
	last := len(w.at) - 1
	type span struct{ low, high int } // the observations at or next to a quantile
	spans := make([]span, len(v.q.Quantiles))
	c.Quantiles = make([]Found, len(v.q.Quantiles))
	for k, q := range v.q.Quantiles {
		rank, part := q.Place(c.N)
		s := span{int(rank), int(rank)}
		if part.Num > 0 {
			s.high++
		}
		spans[k] = s
		c.Quantiles[k] = Found{Low: w.value(s.low).Num(), High: w.value(s.high).Num(), Part: part}
	}
	for r := range roles {
		if len(spans) > 0 {
			// From these places on, enough units have been seen from either end.
			low, high := w.reach(r, 0, last, 1, v.q.Tail), w.reach(r, last, 0, -1, v.q.Tail)
			for k, s := range spans {
				f := &c.Quantiles[k]
				f.Below[r], f.Above[r] = v.q.Tail, v.q.Tail
				if low > last || w.value(s.low).Cmp(w.value(low)) < 0 {
					f.Below[r] = w.distinct(r, 0, w.after(s.low)-1, v.q.Tail)
				}
				if high < 0 || w.value(s.high).Cmp(w.value(high)) > 0 {
					f.Above[r] = w.distinct(r, w.first(s.high), last, v.q.Tail)
				}
				if k+1 < len(spans) {
					f.Next[r] = w.distinct(r, w.first(s.high), w.after(spans[k+1].low)-1, v.q.Tail)
				}
			}
		}
		if v.q.Ends {
			c.Min.Units[r] = w.distinct(r, 0, w.after(0)-1, v.q.Least[r])
			c.Max.Units[r] = w.distinct(r, w.first(last), last, v.q.Least[r])
		}
	}
	if v.q.Ends {
		c.Min.Value, c.Max.Value = w.value(0).Num(), w.value(last).Num()
	}
	return c
}

func (w *view[T]) value(i int) T { return w.x[w.at[i]] }

// first returns the first place with the value of place i.
func (w *view[T]) first(i int) int {
	x := w.value(i)
	return sort.Search(i, func(k int) bool { return w.value(k).Cmp(x) >= 0 })
}

// after returns the first place with a larger value than place i, or the number of places.
func (w *view[T]) after(i int) int {
	x := w.value(i)
	return i + 1 + sort.Search(len(w.at)-i-1, func(k int) bool { return w.value(i+1+k).Cmp(x) > 0 })
}

// unit is a respondent or a holding.
type unit struct {
	kind kind
	key  uint64
}

// unit returns the unit of place i; false where none is counted.
func (w *view[T]) unit(role, i int) (unit, bool) {
	k := w.at[i]
	if role == Respondent {
		if w.rows {
			return unit{row, uint64(k)}, true
		}
		return unit{named, w.units[role][k]}, true
	}
	switch w.kinds[k] {
	case several:
		return unit{}, false
	case row:
		return unit{row, uint64(k)}, true
	}
	return unit{w.kinds[k], w.units[role][k]}, true
}

// few is how many units are compared one by one.
const few = 16

// seen is a set of units.
type seen struct {
	few  [few]unit
	n    int64
	many map[unit]struct{}
}

// add adds a unit, and returns how many there are.
func (s *seen) add(u unit) int64 {
	if s.many == nil {
		if slices.Contains(s.few[:s.n], u) {
			return s.n
		}
		if s.n < few {
			s.few[s.n] = u
			s.n++
			return s.n
		}
		s.many = map[unit]struct{}{}
		for _, x := range s.few {
			s.many[x] = struct{}{}
		}
	}
	s.many[u] = struct{}{}
	s.n = int64(len(s.many))
	return s.n
}

// reach walks from place from to place to, and returns the place at which it has seen so many
// units; the place behind to where there are fewer.
func (w *view[T]) reach(role, from, to, step int, most int64) int {
	if role == Respondent && w.rows {
		if n := int64(len(w.at)); most > n {
			return to + step
		}
		return from + step*int(most-1)
	}
	var s seen
	i := from
	for ; i != to+step; i += step {
		if u, ok := w.unit(role, i); ok && s.add(u) >= most {
			break
		}
	}
	return i
}

// distinct counts the units of the places lo to hi; most stands for most or more.
func (w *view[T]) distinct(role, lo, hi int, most int64) int64 {
	if hi < lo {
		return 0
	}
	if role == Respondent && w.rows {
		return min(most, int64(hi-lo)+1)
	}
	var s seen
	for i := lo; i <= hi && s.n < most; i++ {
		if u, ok := w.unit(role, i); ok {
			s.add(u)
		}
	}
	return s.n
}

// perRespondent adds up the observations of each respondent.
func (v *viewer[T]) perRespondent(at []uint32) view[T] {
	by := slices.Clone(at)
	who, holdings := v.s.units[Respondent], v.s.units[Holding]
	slices.SortFunc(by, func(a, b uint32) int {
		switch {
		case who[a] < who[b]:
			return -1
		case who[a] > who[b]:
			return 1
		}
		return 0
	})
	s := &v.sums
	*s = list[T]{x: s.x[:0], kinds: s.kinds[:0], units: [Roles][]uint64{s.units[Respondent][:0], s.units[Holding][:0]}}
	for i, k := range by {
		if i > 0 && who[k] == who[by[i-1]] {
			last := len(s.x) - 1
			s.x[last] = s.x[last].Add(v.s.x[k])
			if holdings != nil && (s.kinds[last] != v.s.kinds[k] || s.units[Holding][last] != holdings[k]) {
				s.kinds[last], s.units[Holding][last] = several, 0
			}
			continue
		}
		s.x = append(s.x, v.s.x[k])
		s.units[Respondent] = append(s.units[Respondent], who[k])
		if holdings != nil {
			s.units[Holding], s.kinds = append(s.units[Holding], holdings[k]), append(s.kinds, v.s.kinds[k])
		}
	}
	places := by[:len(s.x)]
	for i := range places {
		places[i] = uint32(i)
	}
	slices.SortFunc(places, func(a, b uint32) int { return s.x[a].Cmp(s.x[b]) })
	return view[T]{s, places, false}
}
