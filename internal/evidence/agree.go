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
	short    int // cells of a margin, places in which have 16 bits; at most noPlace
	direct   int // combinations of nodes a cell below, and 128 times that for any, that are numbered in an array
}

var standard = limits{together: 64, places: 1 << 26, byMask: 24, levels: 10, short: noPlace, direct: 8}

// places says where the inner cells are in some margins. The cells of these are
// counted on from margin to margin.
type places struct {
	which   []int // the margins, of the lattice
	first   []uint32
	n       int // number of cells in all
	at      []placesIn
	margins int

	// word[g] holds, for every level that some margin uses, one more than the rank of g
	// at the level; 0 where g has no rank. lut says in which margins two cells are
	// together that agree at certain levels. Both are nil where the ranks do not fit into
	// a word: then the places are compared.
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
	p := &places{which: which, margins: len(which), at: make([]placesIn, len(which))}
	for _, k := range which {
		p.first = append(p.first, uint32(p.n))
		p.n += l.margins[k].n
	}
	inParallel(threads, len(which), func(j int) { p.at[j] = l.placesIn(which[j], p.first[j], most.short) })
	p.pack(l, most.levels)
	return p
}

// placesIn maps the inner cells to the cells of one margin: inner cell g is in cell
// low[g] of the margin, or wide[g], counted from first. Each margin has an array of its
// own, because the cells of a unit are together more often in a small margin. The array
// has 16 bits an entry where that is enough, and one entry where all inner cells are in
// one cell.
type placesIn struct {
	low   []uint16 // noPlace for NoNode
	mask  uint32   // of g
	wide  []uint32 // in place of low if not nil
	first uint32
}

const noPlace = 1<<16 - 1

// of returns where cell g is, or NoNode.
func (p *placesIn) of(g uint32) uint32 {
	if p.wide != nil {
		return p.wide[g]
	}
	if i := p.low[g&p.mask]; i != noPlace {
		return p.first + uint32(i)
	}
	return NoNode
}

// placesIn returns the places in margin k, whose cells are numbered from first.
func (l *lattice) placesIn(k int, first uint32, short int) placesIn {
	n, chain := l.margins[k].n, l.chain(k)
	p := placesIn{mask: NoNode, first: first}
	if n <= short {
		p.low = make([]uint16, l.inner)
	} else {
		p.wide = make([]uint32, l.inner)
	}
	all := n == 1
	for g := range l.inner {
		i := uint32(g)
		for _, up := range chain {
			if i = up[i]; i == NoNode {
				all = false
				break
			}
		}
		switch {
		case p.low != nil:
			p.low[g] = uint16(i) // noPlace of NoNode
		case i != NoNode:
			p.wide[g] = first + i
		default:
			p.wide[g] = NoNode
		}
	}
	if all && l.inner > 0 {
		p.low, p.mask = []uint16{0}, 0
	}
	return p
}

// chain returns the maps that lead from the inner cells to the cells of margin k.
func (l *lattice) chain(k int) [][]uint32 {
	var out [][]uint32
	for ; k >= 0; k = l.margins[k].from {
		out = append(out, l.margins[k].up)
	}
	slices.Reverse(out)
	return out
}

// pack fills word, field and lut if they fit: 64 bits, and no more levels than most.
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

// agree returns the margins in which two inner cells are in one cell. The result may also
// have margins in which both inner cells are in no cell.
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
	for j := range p.at {
		if p.at[j].of(g) == p.at[j].of(h) {
			out |= 1 << j
		}
	}
	return out
}
