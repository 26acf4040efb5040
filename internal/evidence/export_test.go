package evidence

import (
	"context"

	"github.com/sluis-go/sluis/internal/exact"
)

// CompactAfter makes the compaction of pools reachable by small data.
func (a *Accumulator) CompactAfter(rows int) {
	switch {
	case a.none != nil:
		setCompactAfter(a.none, rows)
	case a.small != nil:
		setCompactAfter(a.small, rows)
	case a.narrow != nil:
		setCompactAfter(a.narrow, rows)
	default:
		setCompactAfter(a.wide, rows)
	}
}

func setCompactAfter[T number[T]](s *state[T], rows int) {
	for _, p := range s.pools() {
		p.compactMin, p.compactAt = rows, rows
	}
}

// Wide reports whether the response is summed in the wide state.
func (a *Accumulator) Wide() bool { return a.wide != nil }

// Pairs returns the number of rows or pairs kept of the first pool.
func (a *Accumulator) Pairs() int {
	switch {
	case a.none != nil:
		return firstPool(a.none)
	case a.small != nil:
		return firstPool(a.small)
	case a.narrow != nil:
		return firstPool(a.narrow)
	}
	return firstPool(a.wide)
}

func firstPool[T number[T]](s *state[T]) int {
	for _, p := range s.pools() {
		return p.len()
	}
	return 0
}

// Lower makes the other ways to walk units reachable by small data.
func (a *Accumulator) Lower(together, byMask, levels, short, direct int) {
	most := limits{together: together, places: 1 << 20, byMask: byMask, levels: levels, short: short, direct: direct}
	switch {
	case a.none != nil:
		a.none.most = most
	case a.small != nil:
		a.small.most = most
	case a.narrow != nil:
		a.narrow.most = most
	default:
		a.wide.most = most
	}
}

// Fine makes storage cut partitions further, as it does for many rows.
func (s *Spill) Fine(bits int) *Spill {
	s.fine = bits
	return s
}

// Assembled is Table without a cube.
func (a *Accumulator) Assembled(ctx context.Context, levels []Levels, combos [][]int, published, threads int) (*Margin, []bool, error) {
	margins, err := a.Margins(ctx, levels, combos, threads)
	if err != nil {
		return nil, nil, err
	}
	m, hidden := assemble(margins, nodeCards(levels), published, threads)
	return m, hidden, nil
}

// HasCube reports whether Table makes a cube.
func (a *Accumulator) HasCube(levels []Levels, combos [][]int) bool {
	return a.cube(levels, combos, 1) != nil
}

// List returns the numbers of all cells.
func (n Nums) List() []exact.Num {
	var out []exact.Num
	for i := 0; i < len(n.large) || n.words > 0 && i < len(n.small)/n.words; i++ {
		out = append(out, n.At(i))
	}
	return out
}

// List returns the largest contributions of all cells; nil where none are kept.
func (t Tops) List() [][]Contribution {
	if t.each == 0 {
		return nil
	}
	if t.lists != nil {
		return t.lists
	}
	var out [][]Contribution
	for i := 0; t.words > 0 && i < len(t.small)/t.words; i++ {
		of := make([]Contribution, 0, t.each)
		for k := range t.each {
			of = append(of, t.At(i, k))
		}
		out = append(out, of)
	}
	return out
}
