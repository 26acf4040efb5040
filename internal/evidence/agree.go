package evidence

import (
	"math/bits"
	"slices"
)

// limits are where one way of walking units gives way to another. Tests lower
// them; all ways give the same.
type limits struct {
	together int // margins that are walked together: a bit each
	places   int // entries of places
	byMask   int // cells of a unit that are compared in pairs
	levels   int // levels that are compared in a word
	direct   int // combinations of nodes a cell below, and 128 times that for any, that are numbered in an array
}

var standard = limits{together: 64, places: 1 << 26, byMask: 24, levels: 10, direct: 8}

// places says where the inner cells are in some margins: cell g is in cell
// at[g*margins+j] of margin j, counted on from margin to margin, or NoNode.
type places struct {
	which   []int // the margins, of the lattice
	first   []uint32
	n       int // number of cells in all
	at      []uint32
	margins int

	// word[g] holds the ranks of g at every level that some margin looks at, one
	// more than the rank, 0 where there is none; lut says in which margins two
	// cells that agree at certain levels are together. Nil where they do not
	// fit: then the places themselves are compared.
	word  []uint64
	field []uint64
	lut   []uint64
}

// together returns how many margins can be walked together.
func (l *lattice) together(most *limits) int {
	return max(1, min(most.together, most.places/max(1, l.inner)))
}

// newPlaces lays out some margins, which are numbered.
func (l *lattice) newPlaces(which []int, threads int, most *limits) *places {
	p := &places{which: which, margins: len(which), at: make([]uint32, l.inner*len(which))}
	for _, k := range which {
		p.first = append(p.first, uint32(p.n))
		p.n += l.margins[k].n
	}
	inParallel(threads, threads, func(w int) {
		for j, k := range which {
			chain := l.chain(k)
			for g := l.inner * w / threads; g < l.inner*(w+1)/threads; g++ {
				i := uint32(g)
				for _, up := range chain {
					if i = up[i]; i == NoNode {
						break
					}
				}
				if i != NoNode {
					i += p.first[j]
				}
				p.at[g*p.margins+j] = i
			}
		}
	})
	p.pack(l, most.levels)
	return p
}

// chain returns the maps that lead from the inner cells to those of margin k.
func (l *lattice) chain(k int) [][]uint32 {
	var out [][]uint32
	for ; k >= 0; k = l.margins[k].from {
		out = append(out, l.margins[k].up)
	}
	slices.Reverse(out)
	return out
}

// pack fills word, field and lut if they fit: 64 bits, and so many levels.
func (p *places) pack(l *lattice, most int) {
	type level struct{ column, level int }
	var levels []level
	seen := map[level]int{} // its bit
	need := make([]uint64, p.margins)
	for v := range l.columns {
		for j, k := range p.which {
			lev := level{v, l.margins[k].combo[v]}
			if l.constant(lev.column, lev.level) {
				continue
			}
			b, ok := seen[lev]
			if !ok {
				b = len(levels)
				seen[lev] = b
				levels = append(levels, lev)
			}
			need[j] |= 1 << b
		}
	}
	if len(levels) > most {
		return
	}
	width := 0
	for _, lev := range levels {
		w := bits.Len(uint(len(l.columns[lev.column].node[lev.level])))
		p.field = append(p.field, (1<<w-1)<<width)
		width += w
	}
	if width > 64 {
		p.field = nil
		return
	}
	p.word = make([]uint64, l.inner)
	width = 0
	for _, lev := range levels {
		rank := l.columns[lev.column].rank[lev.level]
		for g, code := range l.codes[lev.column] {
			p.word[g] |= uint64(rank[code]+1) << width // NoNode + 1 is 0
		}
		width += bits.Len(uint(len(l.columns[lev.column].node[lev.level])))
	}
	p.lut = make([]uint64, 1<<len(levels))
	for equal := range p.lut {
		for j, n := range need {
			if n&^uint64(equal) == 0 {
				p.lut[equal] |= 1 << j
			}
		}
	}
}

// constant reports whether every code has the same node at a level.
func (l *lattice) constant(v, level int) bool {
	for _, r := range l.columns[v].rank[level] {
		if r != 0 {
			return false
		}
	}
	return true
}

// agree returns the margins in which two inner cells are in one cell; also some
// in which neither is in any.
func (p *places) agree(g, h uint32) uint64 {
	if p.word != nil {
		x := p.word[g] ^ p.word[h]
		equal := uint64(0)
		for b, f := range p.field {
			// 1 if no bit of the field differs
			equal |= (x&f - 1) >> 63 &^ (x & f >> 63) << b
		}
		return p.lut[equal]
	}
	out := uint64(0)
	a, b := p.at[int(g)*p.margins:][:p.margins], p.at[int(h)*p.margins:][:p.margins]
	for j, i := range a {
		if i == b[j] {
			out |= 1 << j
		}
	}
	return out
}
