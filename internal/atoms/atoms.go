package atoms

import (
	"cmp"
	"context"
	"encoding/binary"
	"slices"
)

// Builder collects the elements of a problem.
type Builder struct {
	min   int64
	cells []Cell
	index map[string]int32
	atoms []Atom
	most  int32 // respondent
}

// Cell is one published sum. Old says that it was published before. Sum says that the cell is
// the sum of other cells of its output, which have no atom in common: a total.
type Cell struct {
	Output   int32
	Old, Sum bool
}

// Atom is a class of elements that no cell tells apart: the cells that it is part of, and
// the respondents of its elements, both rising.
type Atom struct {
	Cells []int32
	Who   []int32
}

// NewBuilder returns a builder of a problem in which sums about fewer than min respondents
// are unsafe.
func NewBuilder(min int64) *Builder { return &Builder{min: min, index: map[string]int32{}} }

// Cell adds a cell, and returns its number.
func (b *Builder) Cell(c Cell) int32 {
	b.cells = append(b.cells, c)
	return int32(len(b.cells) - 1)
}

// Add adds an element of a respondent, which is part of the cells. Add sorts the cells. An
// element of no cell is left out.
func (b *Builder) Add(who int32, cells []int32) { b.AddAll(cells, who) }

// AddAll adds an element for each of some respondents, as Add does.
func (b *Builder) AddAll(cells []int32, who ...int32) {
	if len(cells) == 0 || len(who) == 0 {
		return
	}
	slices.Sort(cells)
	cells = slices.Compact(cells)
	key := make([]byte, 0, 4*len(cells))
	for _, c := range cells {
		key = binary.LittleEndian.AppendUint32(key, uint32(c))
	}
	i, ok := b.index[string(key)]
	if !ok {
		i = int32(len(b.atoms))
		b.index[string(key)] = i
		b.atoms = append(b.atoms, Atom{Cells: slices.Clone(cells)})
	}
	b.atoms[i].Who = append(b.atoms[i].Who, who...)
	b.most = max(b.most, slices.Max(who))
}

// Problem is a set of cells over atoms.
type Problem struct {
	min   int64
	cells []Cell
	atoms []Atom
	of    [][]int32 // cell -> atoms, rising
	known []bool    // cells that were published before, also under another name
	seen  []int32   // respondent -> last count
	turn  int32
}

// Problem returns the problem. It does not depend on the order in which elements were added.
// The builder is used up.
func (b *Builder) Problem() *Problem {
	p := &Problem{min: b.min, cells: b.cells, atoms: b.atoms, of: make([][]int32, len(b.cells)), seen: make([]int32, b.most+1)}
	for i := range p.atoms {
		a := &p.atoms[i]
		slices.Sort(a.Who)
		a.Who = slices.Compact(a.Who)
	}
	// Those of few respondents first: they become pivots.
	slices.SortFunc(p.atoms, func(a, b Atom) int {
		return cmp.Or(cmp.Compare(len(a.Who), len(b.Who)), slices.Compare(a.Cells, b.Cells))
	})
	for i, a := range p.atoms {
		for _, c := range a.Cells {
			p.of[c] = append(p.of[c], int32(i))
		}
	}
	p.known = make([]bool, len(p.cells))
	before := map[string]bool{}
	for c := range p.cells {
		if p.cells[c].Old {
			before[p.key(p.of[c])] = true
		}
	}
	for c := range p.cells {
		p.known[c] = before[p.key(p.of[c])]
	}
	return p
}

// key is a set of atoms as a text.
func (p *Problem) key(atoms []int32) string {
	b := make([]byte, 0, 4*len(atoms))
	for _, a := range atoms {
		b = binary.LittleEndian.AppendUint32(b, uint32(a))
	}
	return string(b)
}

// Atoms returns the number of atoms.
func (p *Problem) Atoms() int { return len(p.atoms) }

// Respondents returns the number of distinct respondents of a cell.
func (p *Problem) Respondents(cell int32) int64 { return p.count(p.of[cell], 1<<62) }

// count returns the number of distinct respondents of some atoms, or most where there are at
// least as many.
func (p *Problem) count(atoms []int32, most int64) int64 {
	n := int64(0)
	p.turn++
	for _, a := range atoms {
		if int64(len(p.atoms[a].Who)) >= most {
			return most
		}
		for _, w := range p.atoms[a].Who {
			if p.seen[w] != p.turn {
				p.seen[w] = p.turn
				if n++; n >= most {
					return most
				}
			}
		}
	}
	return n
}

// Difference is a pair of cells that differ by Respondents, fewer than the minimum: New is
// published now, and Old was published before. Inside says that one of the cells lies inside
// the other one, so that the difference is a sum over these respondents. Otherwise their
// values come with mixed signs.
type Difference struct {
	New, Old    int32
	Respondents int64
	Inside      bool
}

// Differences returns the pairs of a new cell and an old cell that have atoms in common and
// differ by fewer respondents than the minimum, in the order of the cells. A new cell with the
// atoms of an old cell tells nothing new, and is in no pair. The error is that of the context.
//
// Time is the number of pairs of cells that share an atom, counted once for each atom, and for
// each pair with nearly as many respondents the atoms up to where they differ by the minimum.
func (p *Problem) Differences(ctx context.Context) ([]Difference, error) {
	var out []Difference
	size := make([]int64, len(p.cells))
	for c := range p.cells {
		size[c] = p.count(p.of[c], 1<<62)
	}
	common := make([]int32, len(p.cells))
	for c := range p.cells {
		if err := ctx.Err(); err != nil {
			return nil, err
		}
		if p.cells[c].Old || p.known[c] {
			continue
		}
		var touched []int32
		for _, a := range p.of[c] {
			for _, d := range p.atoms[a].Cells {
				if !p.cells[d].Old {
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
			x, y := p.of[c], p.of[d]
			if n == len(x) && n == len(y) {
				continue
			}
			// As many respondents at least are in one of the cells and not in the other.
			if more := size[c] - size[d]; more >= p.min || -more >= p.min {
				continue
			}
			if k := p.between(x, y); k < p.min {
				out = append(out, Difference{New: int32(c), Old: d, Respondents: k, Inside: n == len(x) || n == len(y)})
			}
		}
	}
	return out, nil
}

// between returns the number of distinct respondents of the atoms that are in one of two
// rising lists, or the minimum where there are at least as many.
func (p *Problem) between(x, y []int32) int64 {
	n := int64(0)
	p.turn++
	for (len(x) > 0 || len(y) > 0) && n < p.min {
		var a int32
		switch {
		case len(y) == 0 || len(x) > 0 && x[0] < y[0]:
			a, x = x[0], x[1:]
		case len(x) == 0 || y[0] < x[0]:
			a, y = y[0], y[1:]
		default:
			x, y = x[1:], y[1:]
			continue
		}
		for _, w := range p.atoms[a].Who {
			if p.seen[w] != p.turn {
				p.seen[w] = p.turn
				if n++; n >= p.min {
					break
				}
			}
		}
	}
	return n
}

// apart returns the numbers that are in one of two rising lists.
func apart(x, y []int32) []int32 {
	var out []int32
	for len(x) > 0 || len(y) > 0 {
		switch {
		case len(y) == 0 || len(x) > 0 && x[0] < y[0]:
			out = append(out, x[0])
			x = x[1:]
		case len(x) == 0 || y[0] < x[0]:
			out = append(out, y[0])
			y = y[1:]
		default:
			x, y = x[1:], y[1:]
		}
	}
	return out
}
