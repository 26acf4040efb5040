package atoms

import (
	"context"
	"slices"
	"strings"

	"github.com/sluis-go/sluis/internal/field"
)

// Limits bound the work of [Problem.Decide]. Steps bounds the elimination: the columns that
// are looked at and the multiplications. Entries bounds the search of sets: the entries of
// the rows that are put together.
type Limits struct{ Steps, Entries int }

// Combined is a set of atoms whose sum follows from all cells, and did not follow from the
// old cells alone. Respondents is the number of its respondents, at least 1 and fewer than the
// minimum. New and Old are the smallest cells of each kind that have all of the set inside
// them, -1 where there is none.
type Combined struct {
	Atoms       []int32
	Respondents int64
	New, Old    int32
}

// Decision is what cells tell together. Complete is false where the limits were reached: then
// the cells may tell more than Combined has.
type Decision struct {
	Differences []Difference
	Combined    []Combined
	Complete    bool
}

// Decide returns the differences of two cells, see [Problem.Differences], and the smallest
// sets of atoms with fewer respondents than the minimum whose sum an attacker computes: no
// part of such a set is one itself. Differences and sets that follow from the old cells alone
// are left out. So are sets that are a new cell by themselves, or a difference of two cells
// that lie inside one another.
//
// Every 0/1 vector in the row space of the cells is a sum of distinct rows of its reduced
// echelon form. The rows are put together one by one, where they share an atom that is no
// pivot: other sums are no smallest sets.
func (p *Problem) Decide(ctx context.Context, limits Limits) (*Decision, error) {
	out := &Decision{}
	var err error
	if out.Differences, err = p.Differences(ctx); err != nil {
		return nil, err
	}
	all, old := newSpace(len(p.atoms), limits.Steps), newSpace(len(p.atoms), limits.Steps)
	done := map[string]bool{}
	for _, before := range []bool{true, false} {
		for c := range p.cells {
			if err := ctx.Err(); err != nil {
				return nil, err
			}
			key := p.key(p.of[c])
			if p.cells[c].Old != before || done[key] {
				continue
			}
			done[key] = true
			if !all.add(p.of[c]) || before && !old.add(p.of[c]) {
				return out, nil
			}
		}
	}
	if !all.reduce(ctx) {
		return out, ctx.Err()
	}
	s := &search{p: p, ctx: ctx, all: all, old: old, left: limits.Entries, skip: map[string]bool{}, seen: map[string]bool{}}
	for c := range p.cells {
		if !p.cells[c].Old {
			s.skip[p.key(p.of[c])] = true
		}
	}
	out.Differences = slices.DeleteFunc(out.Differences, func(d Difference) bool {
		return d.Inside && s.before(apart(p.of[d.New], p.of[d.Old]))
	})
	for _, d := range out.Differences {
		if d.Inside {
			s.skip[p.key(apart(p.of[d.New], p.of[d.Old]))] = true
		}
	}
	if err := s.run(); err != nil {
		return nil, err
	}
	out.Combined = s.smallest()
	out.Complete = s.left >= 0 && old.left >= 0
	return out, nil
}

// entry is an entry of a row that is not zero.
type entry struct {
	col int32
	val uint64
}

// space is the row space of some cells: rows with a 1 at their first column, the pivot.
type space struct {
	rows  [][]entry
	at    []int32 // column -> row with this pivot, or -1
	dense []uint64
	left  int // multiplications
}

func newSpace(n, steps int) *space {
	return &space{at: slices.Repeat([]int32{-1}, n), dense: make([]uint64, n), left: steps}
}

// put writes a set of atoms to s.dense.
func (s *space) put(atoms []int32) {
	clear(s.dense)
	for _, a := range atoms {
		s.dense[a] = 1
	}
}

// take subtracts rows from s.dense, from a column on, until no pivot of a row is left. It
// returns the first column that is left, -1 for none, and false where the limit is reached.
func (s *space) take(from int) (first int32, ok bool) {
	first = -1
	if s.left -= len(s.dense) - from; s.left < 0 {
		return first, false
	}
	for c := from; c < len(s.dense); c++ {
		x := s.dense[c]
		switch {
		case x == 0:
		case s.at[c] < 0:
			if first < 0 {
				first = int32(c)
			}
		default:
			row := s.rows[s.at[c]]
			if s.left -= len(row); s.left < 0 {
				return first, false
			}
			x = field.Neg(x)
			for _, e := range row {
				s.dense[e.col] = field.Add(s.dense[e.col], field.Mul(x, e.val))
			}
		}
	}
	return first, true
}

// add adds a set of atoms. It reports whether the limit was not reached.
func (s *space) add(atoms []int32) bool {
	s.put(atoms)
	return s.insert()
}

// insert adds s.dense, as add does.
func (s *space) insert() bool {
	first, ok := s.take(0)
	if !ok || first < 0 {
		return ok
	}
	s.at[first] = int32(len(s.rows))
	s.rows = append(s.rows, s.row(field.Inverse(s.dense[first])))
	return s.left >= 0
}

// perEntry is what an entry of a row that is kept costs, in steps: it bounds the memory.
const perEntry = 100

// row returns s.dense times a factor.
func (s *space) row(factor uint64) []entry {
	var row []entry
	for c, x := range s.dense {
		if x != 0 {
			row = append(row, entry{int32(c), field.Mul(factor, x)})
		}
	}
	s.left -= perEntry * len(row)
	return row
}

// reduce removes the pivots of other rows from every row. It reports whether it came to the
// end: neither the limit was reached nor the context ended.
func (s *space) reduce(ctx context.Context) bool {
	for c := len(s.at) - 1; c >= 0; c-- {
		if s.at[c] < 0 {
			continue
		}
		if ctx.Err() != nil {
			return false
		}
		clear(s.dense)
		for _, e := range s.rows[s.at[c]] {
			s.dense[e.col] = e.val
		}
		if _, ok := s.take(c + 1); !ok {
			return false
		}
		if s.rows[s.at[c]] = s.row(1); s.left < 0 {
			return false
		}
	}
	return true
}

// has reports whether the sum of a set of atoms is known to be in the space.
func (s *space) has(atoms []int32) bool {
	s.put(atoms)
	first, ok := s.take(0)
	return ok && first < 0
}

// search looks for sets of atoms.
type search struct {
	p        *Problem
	ctx      context.Context // an extend goes on until the context ends
	all, old *space          // old is nil where no cell is old
	left     int             // entries
	deep     bool            // put further rows to a row
	rows     map[int32][]int // column that is no pivot -> rows of few respondents
	skip     map[string]bool
	seen     map[string]bool // sets of rows
	sets     [][]int32
}

// small reports whether the atom of the pivot of a row has few respondents: the atom is in
// every set that the row is part of.
func (s *search) small(row int) bool {
	return int64(len(s.p.atoms[s.all.rows[row][0].col].Who)) < s.p.min
}

// before reports whether the sum of a set follows from the old cells alone.
func (s *search) before(set []int32) bool { return s.old != nil && s.old.has(set) }

// run looks at the sums of rows. The error is that of the context.
func (s *search) run() error {
	s.index()
	// First every row alone: where the limit is reached, these were looked at.
	for _, s.deep = range []bool{false, true} {
		for i := range s.all.rows {
			if err := s.ctx.Err(); err != nil {
				return err
			}
			if s.small(i) {
				s.extend([]int{i})
			}
		}
	}
	return s.ctx.Err()
}

func (s *search) index() {
	s.rows = map[int32][]int{}
	for i, row := range s.all.rows {
		if s.small(i) {
			for _, e := range row[1:] {
				s.rows[e.col] = append(s.rows[e.col], i)
			}
		}
	}
}

// extend looks at the sum of some rows, and at those with one row more behind the first. A
// column that is neither 0 nor 1 is put right only by a further row that has it. Where all
// columns are 0 or 1, the sum is a set, and one without a part of the set needs a further row
// at a column of the set.
func (s *search) extend(rows []int) {
	key := make([]int32, len(rows))
	for i, r := range rows {
		key[i] = int32(r)
	}
	slices.Sort(key)
	if s.seen[s.p.key(key)] {
		return
	}
	for _, r := range rows {
		s.left -= len(s.all.rows[r])
	}
	if s.left < 0 || s.ctx.Err() != nil {
		return
	}
	if s.deep {
		s.seen[s.p.key(key)] = true
	}
	sum := map[int32]uint64{}
	var pivots []int32
	for _, r := range rows {
		for _, e := range s.all.rows[r] {
			sum[e.col] = field.Add(sum[e.col], e.val)
		}
		pivots = append(pivots, s.all.rows[r][0].col)
	}
	if s.p.count(pivots, s.p.min) >= s.p.min {
		return
	}
	var set []int32
	bad := int32(-1)
	for col, x := range sum {
		switch {
		case x == 1:
			set = append(set, col)
		case x != 0 && (bad < 0 || len(s.rows[col]) < len(s.rows[bad]) || len(s.rows[col]) == len(s.rows[bad]) && col < bad):
			bad = col
		}
	}
	slices.Sort(set)
	if bad < 0 && s.p.count(set, s.p.min) < s.p.min {
		s.sets = append(s.sets, set)
	}
	if !s.deep {
		return
	}
	if bad >= 0 {
		set = []int32{bad}
	}
	for _, col := range set {
		for _, r := range s.rows[col] {
			if s.left < 0 {
				return
			}
			if r > rows[0] && !slices.Contains(rows, r) {
				s.extend(append(slices.Clone(rows), r))
			}
		}
	}
}

// smallest returns the sets that have no other one as a part, without those that are told
// elsewhere, or that the old cells tell.
func (s *search) smallest() []Combined {
	slices.SortFunc(s.sets, func(a, b []int32) int {
		if len(a) != len(b) {
			return len(a) - len(b)
		}
		return strings.Compare(s.p.key(a), s.p.key(b))
	})
	var kept [][]int32
	var out []Combined
	for _, set := range s.sets {
		if slices.ContainsFunc(kept, func(k []int32) bool { return inside(k, set) }) {
			continue
		}
		kept = append(kept, set)
		if s.skip[s.p.key(set)] || s.before(set) {
			continue
		}
		c := Combined{Atoms: set, Respondents: s.p.count(set, 1<<62), New: s.p.around(set, false), Old: s.p.around(set, true)}
		out = append(out, c)
	}
	slices.SortStableFunc(out, func(a, b Combined) int { return slices.Compare(a.Atoms, b.Atoms) })
	return out
}

// inside reports whether all of a rising list is in another one.
func inside(a, b []int32) bool {
	for _, x := range a {
		if _, ok := slices.BinarySearch(b, x); !ok {
			return false
		}
	}
	return true
}

// around returns the cell with the fewest atoms that has a set inside it; -1 for none.
func (p *Problem) around(set []int32, old bool) int32 {
	best := int32(-1)
	for _, c := range p.atoms[set[0]].Cells {
		if p.cells[c].Old == old && inside(set, p.of[c]) && (best < 0 || len(p.of[c]) < len(p.of[best])) {
			best = c
		}
	}
	return best
}
