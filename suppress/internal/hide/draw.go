package hide

import (
	"cmp"
	"crypto/sha256"
	"encoding/binary"
	"fmt"
	"io"
	"math"
	"math/bits"
	"slices"
)

// Who knows the program knows more than the numbers of a release: of the tables that agree
// with it only those remain that lead to this very pattern, or rounding. So the choice is
// drawn. A cell costs its cost times a factor of its own, which is at least x with
// probability 1/x^2, to 2^20: a cheap cell is mostly preferred, and every order of the cells
// has some seed. Beside an unsafe cell of its tables, one cell in 512 is hidden by lot: so a
// pattern may also hide more than it takes. A count is rounded up with the probability
// rest/base.
//
// The seed is that of the tables, so that equal tables get equal patterns: two patterns of
// one table open each other.

// Evidence is the SHA-256 of what the tables hold: variables, codes, values, records and the
// shares of contributors. It does not depend on names of outputs, on their order, on files,
// or on the order of rows, codes and variables.
func (g *Tables) Evidence() (out [sha256.Size]byte) {
	var tables [][]byte
	for _, t := range g.list {
		lines := make([]string, 0, t.n)
		for cell := range t.n {
			if !t.inner(cell) {
				continue
			}
			var shares []Share
			if t.share != nil {
				shares = slices.Clone(t.share[cell])
			}
			for i := range shares {
				shares[i].Owner = 0 // a number, by the order of texts
			}
			slices.SortFunc(shares, func(a, b Share) int { return cmp.Or(cmp.Compare(a.Least, b.Least), cmp.Compare(a.Most, b.Most)) })
			records := int64(0)
			if t.has[cell] {
				records = t.cells[cell].Records()
			}
			lines = append(lines, fmt.Sprintf("%s %d %d %v %v\n", t.key(cell), t.value[cell], records, t.owner[cell] != noOwner, shares))
		}
		slices.Sort(lines)
		h := sha256.New()
		fmt.Fprintf(h, "%v %d\n", t.count, g.digits)
		for _, s := range lines {
			io.WriteString(h, s) //nolint:errcheck // a hash takes everything
		}
		tables = append(tables, h.Sum(nil))
	}
	slices.SortFunc(tables, slices.Compare[[]byte])
	return sha256.Sum256(slices.Concat(tables...))
}

// Draw makes what is chosen for the tables depend on a seed. The errors are those of
// FromReport.
func (g *Tables) Draw(seed [sha256.Size]byte) error {
	g.seed = &seed
	g.lotOf = func(try int, cell string) (chance, lot uint64) {
		text := slices.Clone(seed[:])
		if try > 0 {
			text = binary.BigEndian.AppendUint32(append(text, "again"...), uint32(try))
		}
		sum := sha256.Sum256(append(text, cell...))
		return binary.BigEndian.Uint64(sum[:]), binary.BigEndian.Uint64(sum[8:])
	}
	return g.drawn()
}

// drawn draws, and hides the cells whose lot it is.
func (g *Tables) drawn() error {
	g.draw()
	if !slices.ContainsFunc(g.problem.cells, func(c Cell) bool { return c.Status == Primary }) {
		return nil
	}
	some := false
	for _, t := range g.list {
		for cell, id := range t.id {
			if t.shown[cell] && g.problem.cells[id].Status == Safe && t.hears(cell) != isNothing && g.problem.lots[id] {
				t.force[cell], some = true, true
			}
		}
	}
	if !some {
		return nil
	}
	g.byLot = true
	return g.lay(g.options)
}

// withoutLots takes back what is hidden by lot; it returns false where that is nothing.
func (g *Tables) withoutLots() bool {
	if !g.byLot {
		return false
	}
	g.byLot = false
	for _, t := range g.list {
		clear(t.force)
	}
	return true
}

// oneIn is the share of cells that are hidden by lot: one in so many.
const oneIn = 512

// oneIn is that share, which rises with every choice that is drawn anew.
func (g *Tables) oneIn() uint64 { return max(2, uint64(oneIn)>>(3*g.try)) }

// Seed is what Draw was given, nil for nothing.
func (g *Tables) Seed() *[sha256.Size]byte { return g.seed }

// writeSeed says what it takes to repeat the choice.
func (g *Tables) writeSeed(w io.Writer) {
	if g.seed != nil {
		fmt.Fprintf(w, "The choice was drawn with the seed %x: whoever knows the seed can repeat the choice.\n", *g.seed)
	}
}

// draw gives the cells of the problem their factors.
func (g *Tables) draw() {
	if g.lotOf == nil {
		return
	}
	p := g.problem
	chance, lots := make([]uint64, len(p.cells)), make([]bool, len(p.cells))
	done := make([]bool, len(p.cells))
	for _, t := range slices.Concat(g.list, g.behind) {
		for cell, id := range t.id {
			if done[id] {
				continue
			}
			done[id] = true
			var lot uint64
			chance[id], lot = g.lotOf(g.try, t.key(cell))
			lots[id] = lot%g.oneIn() == 0
		}
	}
	p.draw(chance)
	p.lots = lots
}

// draw takes a random number for every cell into its price, and into how it is rounded.
func (p *Problem) draw(chance []uint64) {
	most := int64(1)
	p.price = nil
	for i := range p.cells {
		most = max(most, p.cost(i))
	}
	// The dearest cell, at the factor 1, costs at most 2^40, and no cell more than 2^44: sums
	// of prices stay in range.
	shift := max(0, bits.Len64(uint64(most))+8-40)
	price := make([]int64, len(p.cells))
	for i := range price {
		hi, lo := bits.Mul64(uint64(p.cost(i)), factor(chance[i]))
		x := uint64(1 << 44)
		if hi>>shift == 0 {
			x = min(x, lo>>shift|hi<<(64-shift))
		}
		price[i] = int64(max(1, x))
	}
	p.price, p.chance = price, chance
}

// factor is the factor of a random number, times 256: from 2^8 to 2^28.
func factor(x uint64) uint64 {
	v := uint64(1<<56) / (x>>24 | 1)
	root := uint64(math.Sqrt(float64(v)))
	for root*root > v {
		root--
	}
	for (root+1)*(root+1) <= v {
		root++
	}
	return root
}

// goesUp reports whether a cell with a rest above a multiple of base is rounded up by
// itself: half of base and more are, or, where the choice is drawn, as many as rest in base.
func (p *Problem) goesUp(cell int, rest, base int64) bool {
	if p.chance == nil {
		return 2*rest >= base
	}
	return uint64(rest)<<32 > (p.chance[cell]&(1<<32-1))*uint64(base)
}

// pull is what rounding a cell up is worth, above 0 where it goes up by itself.
func (p *Problem) pull(cell int, rest, base int64) float64 {
	if p.chance == nil {
		return float64(2*rest-base) / float64(base)
	}
	return 2 * (float64(rest)/float64(base) - float64(p.chance[cell]&(1<<32-1))/(1<<32))
}

// lot is a number from 0 to 1 for a cell and a number of tries.
func (p *Problem) lot(cell int32, try uint64) float64 {
	x := try<<32 | uint64(cell)
	if p.chance != nil {
		x ^= p.chance[cell]
	}
	return float64(mix(x)>>11) / (1 << 53)
}
