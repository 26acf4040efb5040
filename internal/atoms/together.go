package atoms

import (
	"context"
	"math/rand/v2"
	"slices"

	"github.com/sluis-go/sluis/internal/field"
)

// Together is [Problem.Decide] for cells that are all published at the same time. It returns
// the differences of two cells of different outputs, and the smallest sets of atoms with fewer
// respondents than the minimum whose sum an attacker computes. Left out are sets that are a
// cell by themselves: the rules look at these.
//
// In a difference, New is the cell of the later output. In a combined set, New is the smallest
// cell around the set, and Old is the smallest one of another output, -1 for none.
//
// A set of few respondents has no atom of many respondents. So the coefficients of the cells
// are found first under which all atoms of many respondents cancel: see relations. Further atoms
// must cancel because many others do: see pack. Usually then nothing is left. Otherwise the sums that are left are put together as in Decide, with
// the columns of the other atoms alone.
func (p *Problem) Together(ctx context.Context, limits Limits) (*Decision, error) {
	out := &Decision{}
	var err error
	if out.Differences, err = p.differ(ctx); err != nil {
		return nil, err
	}
	few, rows, ok, err := p.few(ctx, limits.Steps)
	if err != nil || !ok {
		return out, err
	}
	all := newSpace(len(few), limits.Steps)
	for _, row := range rows {
		if err := ctx.Err(); err != nil {
			return nil, err
		}
		clear(all.dense)
		for _, e := range row {
			all.dense[e.col] = e.val
		}
		if !all.insert() {
			return out, nil
		}
	}
	if !all.reduce(ctx) {
		return out, ctx.Err()
	}
	for _, row := range all.rows {
		for k := range row {
			row[k].col = few[row[k].col]
		}
	}
	s := &search{p: p, ctx: ctx, all: all, left: limits.Entries, skip: map[string]bool{}, seen: map[string]bool{}}
	for c := range p.cells {
		s.skip[p.key(p.of[c])] = true
	}
	for _, d := range out.Differences {
		if d.Inside {
			s.skip[p.key(apart(p.of[d.New], p.of[d.Old]))] = true
		}
	}
	if err := s.run(); err != nil {
		return nil, err
	}
	out.Combined = s.smallest()
	for i := range out.Combined {
		x := &out.Combined[i]
		x.New = p.near(x.Atoms, -1)
		if x.Old = -1; x.New >= 0 {
			x.Old = p.near(x.Atoms, p.cells[x.New].Output)
		}
	}
	out.Complete = s.left >= 0
	return out, nil
}

// many reports whether an atom has as many respondents as are required.
func (p *Problem) many(a *Atom) bool { return int64(len(a.Who)) >= p.min }

// few returns the atoms of few respondents that are in a sum without atoms of many
// respondents, and rows that span these sums, with the position of an atom as column. It
// reports whether the limit was not reached.
func (p *Problem) few(ctx context.Context, steps int) (few []int32, rows [][]entry, ok bool, err error) {
	first := map[string]int32{} // one of the cells with the same atoms
	cell := make([]int32, len(p.cells))
	for c := range p.cells {
		key := p.key(p.of[c])
		if _, again := first[key]; !again {
			first[key] = int32(c)
		}
		if cell[c] = first[key]; p.cells[c].Sum {
			cell[c] = -1
		}
	}
	columns := func(a *Atom) []int32 {
		var out []int32
		for _, c := range a.Cells {
			if k := cell[c]; k >= 0 {
				out = append(out, k)
			}
		}
		slices.Sort(out)
		return slices.Compact(out)
	}
	r := &relations{
		of: make([][]entry, len(p.cells)), bound: make([]bool, len(p.cells)), uses: make([][]int32, len(p.cells)),
		dense: make([]uint64, len(p.cells)), seen: make([]bool, len(p.cells)), left: steps,
	}
	rest := make([]int32, 0, len(p.atoms))
	for i := range p.atoms {
		if err := ctx.Err(); err != nil {
			return nil, nil, false, err
		}
		a := &p.atoms[i]
		if !p.many(a) {
			rest = append(rest, int32(i))
			continue
		}
		if r.cancel(columns(a)); r.left < 0 {
			return nil, nil, false, nil
		}
	}
	for len(rest) > 0 {
		next, all, err := p.pack(ctx, r, rest, columns)
		if err != nil || next == nil || next.left < 0 {
			return nil, nil, false, err
		}
		if all {
			return nil, nil, true, nil
		}
		gained := next.rank > r.rank
		if r = next; !gained {
			break
		}
	}
	row := map[int32]int{} // free cell -> row
	for i := range p.atoms {
		a := &p.atoms[i]
		if p.many(a) {
			continue
		}
		sum := r.sum(columns(a))
		if r.left -= perEntry * len(sum); r.left < 0 {
			return nil, nil, false, nil
		}
		if len(sum) == 0 {
			continue
		}
		for _, e := range sum {
			k, ok := row[e.col]
			if !ok {
				k = len(rows)
				row[e.col] = k
				rows = append(rows, nil)
			}
			rows[k] = append(rows[k], entry{int32(len(few)), e.val})
		}
		few = append(few, int32(i))
	}
	return few, rows, true, nil
}

// pack cancels atoms of few respondents that can be in no sum about few. It looks for as many
// sets of atoms as respondents are required. Every atom of a set is charged to one of its
// respondents, and no respondent is charged in two sets. Each set spans all that the next one
// spans. Take coefficients under which an atom in the span of the last set does not cancel: then
// every set has an atom that does not cancel, and these are about as many respondents as are
// required. So in a sum about few, all atoms in the span of the last set cancel.
//
// pack returns r with the last set. all says that the last set spans every atom.
func (p *Problem) pack(ctx context.Context, r *relations, rest []int32, columns func(*Atom) []int32) (last *relations, all bool, err error) {
	order := slices.Clone(rest)
	rand.New(rand.NewPCG(uint64(len(rest)), 1)).Shuffle(len(order), func(i, j int) { order[i], order[j] = order[j], order[i] })
	charged := make([]int32, len(p.seen)) // respondent -> set
	want, first := -1, 0
	for k := int64(1); k <= p.min; k++ {
		left := r.left
		if last != nil {
			left = last.left
		}
		last = r.clone()
		last.left = left
		for _, i := range order {
			if want == last.rank {
				break
			}
			if last.left < 0 {
				return last, false, nil
			}
			a := &p.atoms[i]
			at := slices.IndexFunc(a.Who, func(who int32) bool { return charged[who] == 0 || charged[who] == int32(k) })
			if at >= 0 && last.cancel(columns(a)) {
				charged[a.Who[at]] = int32(k)
			}
		}
		if err := ctx.Err(); err != nil {
			return nil, false, err
		}
		if want = last.rank; k == 1 {
			first = want
		}
		if want == r.rank {
			break
		}
	}
	return last, want == first, nil
}

// relations are the coefficients of cells under which the atoms so far cancel. A cell is free,
// or bound: then its coefficient is a sum of those of free cells.
type relations struct {
	of    [][]entry // bound cell -> free cells
	bound []bool
	uses  [][]int32 // free cell -> bound cells that have it, or had it
	dense []uint64  // free cell -> a sum
	seen  []bool
	rank  int // bound cells
	left  int // steps
}

// clone returns a copy. Lists of entries are never changed, and are not copied.
func (r *relations) clone() *relations {
	out := &relations{of: slices.Clone(r.of), bound: slices.Clone(r.bound), uses: make([][]int32, len(r.uses)), dense: make([]uint64, len(r.dense)), seen: make([]bool, len(r.seen)), rank: r.rank, left: r.left}
	for c, list := range r.uses {
		out.uses[c] = slices.Clip(list)
	}
	return out
}

// sum returns the sum of the coefficients of some cells, by the free cells.
func (r *relations) sum(cells []int32) []entry {
	var touched []int32
	add1 := func(c int32, x uint64) {
		if !r.seen[c] {
			r.seen[c] = true
			touched = append(touched, c)
		}
		r.dense[c] = field.Add(r.dense[c], x)
	}
	for _, c := range cells {
		if !r.bound[c] {
			add1(c, 1)
			continue
		}
		r.left -= len(r.of[c])
		for _, e := range r.of[c] {
			add1(e.col, e.val)
		}
	}
	return r.taken(touched)
}

// taken takes the entries at some columns out of r.dense.
func (r *relations) taken(touched []int32) []entry {
	slices.Sort(touched)
	r.left -= len(touched)
	var out []entry
	for _, c := range touched {
		if r.dense[c] != 0 {
			out = append(out, entry{c, r.dense[c]})
		}
		r.dense[c], r.seen[c] = 0, false
	}
	return out
}

// cancel binds a cell, so that the coefficients of some cells add up to zero. It reports whether
// they did not do so before.
func (r *relations) cancel(cells []int32) bool {
	sum := r.sum(cells)
	if len(sum) == 0 {
		return false
	}
	r.rank++
	best := 0
	for k := range sum {
		if len(r.uses[sum[k].col]) < len(r.uses[sum[best].col]) {
			best = k
		}
	}
	pivot := sum[best].col
	factor := field.Neg(field.Inverse(sum[best].val))
	sum = slices.Delete(sum, best, best+1)
	for k := range sum {
		sum[k].val = field.Mul(factor, sum[k].val)
	}
	r.bound[pivot] = true
	r.keep(pivot, sum)
	for _, c := range r.uses[pivot] {
		at := slices.IndexFunc(r.of[c], func(e entry) bool { return e.col == pivot })
		if at < 0 {
			continue
		}
		times := r.of[c][at].val
		var touched []int32
		for _, e := range r.of[c] {
			if e.col != pivot {
				r.dense[e.col], r.seen[e.col] = e.val, true
				touched = append(touched, e.col)
			}
		}
		had := len(touched)
		for _, e := range r.of[pivot] {
			if !r.seen[e.col] {
				r.seen[e.col] = true
				touched = append(touched, e.col)
			}
			r.dense[e.col] = field.Add(r.dense[e.col], field.Mul(times, e.val))
		}
		for _, f := range touched[had:] {
			r.uses[f] = append(r.uses[f], c)
		}
		r.left -= perEntry * (len(touched) - had)
		r.of[c] = r.taken(touched)
		if r.left < 0 {
			return true
		}
	}
	r.uses[pivot] = nil
	return true
}

// keep writes what a bound cell is the sum of.
func (r *relations) keep(c int32, sum []entry) {
	r.of[c] = sum
	r.left -= perEntry * len(sum)
	for _, e := range sum {
		r.uses[e.col] = append(r.uses[e.col], c)
	}
}

// differ returns the pairs of cells of different outputs that have atoms in common and differ
// by fewer respondents than the minimum. Of cells with the same atoms the first one is told of.
// Left out are two cells that one output has both, and differences that are a cell.
func (p *Problem) differ(ctx context.Context) ([]Difference, error) {
	var out []Difference
	first := map[string]int32{}
	in := map[int32][]int32{} // first cell -> outputs with these atoms
	is := make([]int32, len(p.cells))
	size := make([]int64, len(p.cells))
	for c := range p.cells {
		key := p.key(p.of[c])
		if _, again := first[key]; !again {
			first[key] = int32(c)
			size[c] = p.count(p.of[c], 1<<62)
		}
		is[c] = first[key]
		if list := in[is[c]]; !slices.Contains(list, p.cells[c].Output) {
			in[is[c]] = append(list, p.cells[c].Output)
		}
	}
	common := make([]int32, len(p.cells))
	for c := range p.cells {
		if err := ctx.Err(); err != nil {
			return nil, err
		}
		if is[c] != int32(c) {
			continue
		}
		var touched []int32
		for _, a := range p.of[c] {
			for _, d := range p.atoms[a].Cells {
				if d >= int32(c) {
					break
				}
				if is[d] != d {
					continue
				}
				if common[d] == 0 {
					touched = append(touched, d)
				}
				common[d]++
			}
		}
		slices.Sort(touched)
		for _, d := range touched {
			n := int(common[d])
			common[d] = 0
			if more := size[c] - size[d]; more >= p.min || -more >= p.min {
				continue
			}
			if slices.ContainsFunc(in[int32(c)], func(o int32) bool { return slices.Contains(in[d], o) }) {
				continue
			}
			x, y := p.of[c], p.of[d]
			k := p.between(x, y)
			if k >= p.min {
				continue
			}
			inside := n == len(x) || n == len(y)
			if _, cell := first[p.key(apart(x, y))]; inside && cell {
				continue
			}
			out = append(out, Difference{New: int32(c), Old: d, Respondents: k, Inside: inside})
		}
	}
	return out, nil
}

// near returns the cell with the fewest atoms that has a set inside it and is not of an
// output; -1 for none.
func (p *Problem) near(set []int32, output int32) int32 {
	best := int32(-1)
	for _, c := range p.atoms[set[0]].Cells {
		if p.cells[c].Output != output && inside(set, p.of[c]) && (best < 0 || len(p.of[c]) < len(p.of[best])) {
			best = c
		}
	}
	return best
}
