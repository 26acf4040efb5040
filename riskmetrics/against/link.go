package against

import (
	"context"
	"fmt"
	"maps"
	"math"
	"slices"

	"github.com/sluis-go/sluis/internal/guard"
)

// Links says how near every record of one file is to its own record in the other file,
// among all records of the other file.
type Links struct {
	nearest int64
	// nearer is the number of records of the other file that are nearer than the own record,
	// nearest for more; -1 where there is no own record. tied is the number of records that
	// are as near as the own record, itself included.
	nearer, tied []int64
	searched     int64
	among        int64
}

// Link searches every record of a file among all records of the other file:
//
//   - from After: the attacker has the original data, and looks for the person whose record
//     is in the released data;
//   - from Before: the attacker knows the original values of one person, and looks for this
//     person in the released data.
//
// nearest is the largest number of nearest records for which [Links.Among] is asked. The
// distance and the ties are exact. Records that are equal on all variables are searched
// once.
//
// The error is ErrRequest for nearest below 1, an unknown file or distance, and a distance
// over numbers where there are none; or ctx.Err(). The time is mostly far below the product
// of the distinct records of both files, which is its bound; memory is linear. Sources: Gower
// 1971; Pagliuca and Seri 1999; Domingo-Ferrer and Torra 2001.
func (p *Pair) Link(ctx context.Context, d Distance, from File, nearest int) (links *Links, err error) {
	defer guard.Recover(&err)
	if ctx == nil || nearest < 1 || from > After {
		return nil, fmt.Errorf("%w: the context is nil, or the file is unknown, or fewer than one nearest record is asked for", ErrRequest)
	}
	s, err := p.space(d)
	if err != nil {
		return nil, err
	}
	var points [2]*points
	for f := range points {
		if points[f] = s.points(File(f), p.rows[f]); ctx.Err() != nil {
			return nil, ctx.Err()
		}
	}
	to := from.other()
	l := &Links{nearest: int64(nearest), nearer: make([]int64, p.rows[from]), tied: make([]int64, p.rows[from]), among: int64(p.rows[to])}
	// Each pair of a point and the point of the own record is searched once.
	type both struct{ point, own uint32 }
	of := map[both]int32{}
	var list []both
	at := make([]int32, p.rows[from])
	for i, other := range p.partner[from] {
		if at[i] = -1; other < 0 {
			continue
		}
		l.searched++
		b := both{points[from].of[i], points[to].of[other]}
		k, ok := of[b]
		if !ok {
			k = int32(len(list))
			of[b] = k
			list = append(list, b)
		}
		at[i] = k
	}
	t := newTree(s, to, points[to].codes, points[to].count)
	nearer, tied := make([]int64, len(list)), make([]int64, len(list))
	const batch = 64
	err = guard.Try(ctx, p.threads, (len(list)+batch-1)/batch, func(_, i int) error {
		for k := i * batch; k < min((i+1)*batch, len(list)); k++ {
			nearer[k], tied[k] = t.find(points[from].at(list[k].point), points[to].at(list[k].own), int64(nearest))
		}
		return nil
	})
	if err != nil {
		return nil, err
	}
	for i, k := range at {
		if l.nearer[i] = -1; k >= 0 {
			l.nearer[i], l.tied[i] = nearer[k], tied[k]
		}
	}
	return l, nil
}

// find counts the records of the tree that are nearer to a point than the point own is, and
// those that are as near. The count of those nearer stops at enough, and the other count is
// then of no use.
func (t *tree) find(point, own []uint32, enough int64) (nearer, tied int64) {
	from := t.file.other()
	q := search{t: t, enough: enough, places: make([]float64, t.m)}
	for j := range q.places {
		a := &t.s.axes[j]
		q.places[j] = a.placeOf(from, point[j])
		q.fast += t.s.near(a, q.places[j], a.placeOf(t.file, own[j]))
	}
	if t.s.small {
		radius := t.s.distance(from, point, own)
		q.exact = func(p []uint32) int {
			d := t.s.distance(from, point, p)
			return sign(d, radius)
		}
	} else {
		radius := t.s.wideDistance(from, point, own)
		q.exact = func(p []uint32) int { return t.s.wideDistance(from, point, p).Cmp(radius) }
	}
	least, most := t.bounds(0, q.places)
	q.visit(0, least, most)
	return min(q.nearer, enough), q.tie
}

func sign(a, b int64) int {
	switch {
	case a < b:
		return -1
	case a > b:
		return 1
	}
	return 0
}

// points are the distinct records of a file in a space.
type points struct {
	m     int
	of    []uint32 // the point of each record
	codes []uint32 // of the points, m each
	count []int64
}

func (p *points) at(i uint32) []uint32 { return p.codes[int(i)*p.m : int(i+1)*p.m] }

// points groups the records of a file that are equal on all axes.
func (s *space) points(f File, rows int) *points {
	out := &points{m: len(s.axes), of: make([]uint32, rows)}
	n := min(rows, 1)
	for j := range s.axes {
		next := map[uint64]uint32{}
		for i, code := range s.axes[j].codes[f] {
			key := uint64(out.of[i])<<32 | uint64(code)
			to, ok := next[key]
			if !ok {
				to = uint32(len(next))
				next[key] = to
			}
			out.of[i] = to
		}
		n = len(next)
	}
	out.codes, out.count = make([]uint32, n*out.m), make([]int64, n)
	for i, p := range out.of {
		if out.count[p]++; out.count[p] > 1 {
			continue
		}
		for j := range s.axes {
			out.codes[int(p)*out.m+j] = s.axes[j].codes[f][i]
		}
	}
	return out
}

// Found says how many records have their own record among the k nearest. Records that are
// as near as the own record are ties: an attacker chooses among these without knowing.
type Found struct {
	// Records is the number of records that were searched.
	Records int64
	// Certain is the number of records whose own record is among the k nearest however ties
	// are broken, and Possible that where some way to break ties puts it there.
	Certain, Possible int64
	// Expected is the expected number where ties are broken by chance: of c records with the
	// own record's distance, and b that are nearer, min(c, k-b)/c, at least 0.
	Expected float64
	// Chance is the expected number of an attacker who chooses k records blindly.
	Chance float64
}

// Among counts the records whose own record is among the k nearest, k from 1 to the number
// that Link was asked for. The error is ErrRequest.
func (l *Links) Among(k int) (Found, error) {
	n := int64(k)
	if n < 1 || n > l.nearest {
		return Found{}, fmt.Errorf("%w: the nearest records are from 1 to %d", ErrRequest, l.nearest)
	}
	f := Found{Records: l.searched}
	parts := map[int64]int64{} // by the number of ties: the places that they share
	for i, nearer := range l.nearer {
		if nearer < 0 || nearer >= n {
			continue
		}
		f.Possible++
		if nearer+l.tied[i] <= n {
			f.Certain++
		}
		parts[l.tied[i]] += min(l.tied[i], n-nearer)
	}
	for _, tied := range slices.Sorted(maps.Keys(parts)) {
		f.Expected += float64(parts[tied]) / float64(tied)
	}
	if l.among > 0 {
		f.Chance = float64(l.searched) * min(1, float64(n)/float64(l.among))
	}
	return f, nil
}

// Records returns for every record the chance that its own record is the nearest, ties being
// broken by chance: 0, or 1 over the number of ties. It is NaN for a record without an own
// record in the other file.
func (l *Links) Records() []float64 {
	out := make([]float64, len(l.nearer))
	for i, nearer := range l.nearer {
		switch nearer {
		case -1:
			out[i] = math.NaN()
		case 0:
			out[i] = 1 / float64(l.tied[i])
		}
	}
	return out
}
