package evidence

import (
	"context"
	"slices"

	"github.com/sluis-go/sluis/internal/exact"
	"github.com/sluis-go/sluis/internal/group"
)

// Table closes the accumulator as [Accumulator.Margins] does, and returns the cells of
// all combinations in one list. The list ascends by the node of the first column, then
// the second, and so on. Cells of several combinations with the same nodes are one cell.
// The first published combinations are published; hidden marks the cells that are in none
// of them.
func (a *Accumulator) Table(ctx context.Context, levels []Levels, combos [][]int, published, threads int) (m *Margin, hidden []bool, err error) {
	if c := a.cube(levels, combos, threads); c != nil {
		c.rollUp(threads)
		m, hidden = c.table(&a.shape, combos, published, threads)
		if err := c.resolve(ctx, m, a, threads); err != nil {
			return nil, nil, err
		}
		return m, hidden, ctx.Err()
	}
	margins, err := a.Margins(ctx, levels, combos, threads)
	if err != nil {
		return nil, nil, err
	}
	m, hidden = assemble(margins, nodeCards(levels), published, threads)
	return m, hidden, nil
}

// cube returns the cells in a cube, to be rolled up; nil where there is none for them.
func (a *Accumulator) cube(levels []Levels, combos [][]int, threads int) *cube {
	s := &a.shape
	if s.pooled() || s.Weight || s.Sole || s.Largest > 0 || a.none == nil && a.small == nil || s.Alike > 0 && a.held == nil {
		return nil
	}
	n := a.table.Len()
	if a.held != nil {
		n = a.held.Cells()
	}
	c := newCube(levels, combos, n)
	if c == nil {
		return nil
	}
	if s.Response {
		c.withSums(s.tallied())
	}
	switch {
	case a.held != nil:
		a.held.Flush()
		c.fillFromGrid(a.held, a.names, threads)
	case s.Response:
		a.small.inner.grow(n)
		c.fillFromCells(a.table, a.small.inner.records, &a.small.inner)
	default:
		a.none.inner.grow(n)
		c.fillFromCells(a.table, a.none.inner.records, nil)
	}
	return c
}

// nodeCards returns for each column a number that all nodes are below.
func nodeCards(levels []Levels) []int {
	cards := make([]int, len(levels))
	for v, of := range levels {
		for _, nodes := range of {
			for _, node := range nodes {
				if node != NoNode {
					cards[v] = max(cards[v], int(node)+1)
				}
			}
		}
	}
	return cards
}

// place is where the evidence of a cell is: in which margin, and which cell there.
type place struct{ margin, cell uint32 }

// assemble makes one table of margins; the cells of each margin must ascend by node. Time
// linear in cells. It uses an array of the combinations of nodes where they are not many
// more than the cells.
func assemble(margins []*Margin, cards []int, published, threads int) (*Margin, []bool) {
	if len(margins) == 1 {
		return margins[0], slices.Repeat([]bool{published == 0}, margins[0].N)
	}
	order := inOrder(margins, cards)
	hidden := make([]bool, 0, len(order))
	from := order[:0]
	for i := 0; i < len(order); {
		// The cells of different margins differ in their nodes. The exception is the leaf
		// level: it repeats cells of the levels on which leaves lie. Of such cells the
		// first is taken.
		first, open := order[i], false
		j := i
		for ; j < len(order) && sameNodes(margins, first, order[j]); j++ {
			open = open || int(order[j].margin) < published
		}
		from, hidden = append(from, first), append(hidden, !open)
		i = j
	}
	m := &Margin{N: len(from), Nodes: make([][]uint32, len(cards))}
	var tasks []func()
	for v := range m.Nodes {
		tasks = append(tasks, func() { m.Nodes[v] = gather(margins, from, func(m *Margin) []uint32 { return m.Nodes[v] }) })
	}
	ints := func(column func(*Margin) *[]int64) {
		tasks = append(tasks, func() { *column(m) = gather(margins, from, func(m *Margin) []int64 { return *column(m) }) })
	}
	nums := func(column func(*Margin) *Nums) {
		tasks = append(tasks, func() { *column(m) = gatherNums(margins, from, column) })
	}
	ints(func(m *Margin) *[]int64 { return &m.Records })
	ints(func(m *Margin) *[]int64 { return &m.Respondents })
	ints(func(m *Margin) *[]int64 { return &m.Holdings })
	ints(func(m *Margin) *[]int64 { return &m.Contributors })
	ints(func(m *Margin) *[]int64 { return &m.NonZero })
	ints(func(m *Margin) *[]int64 { return &m.Missing })
	ints(func(m *Margin) *[]int64 { return &m.Owners })
	ints(func(m *Margin) *[]int64 { return &m.OwnersNonZero })
	ints(func(m *Margin) *[]int64 { return &m.OwnerShare })
	ints(func(m *Margin) *[]int64 { return &m.Share })
	nums(func(m *Margin) *Nums { return &m.Common })
	nums(func(m *Margin) *Nums { return &m.OwnerCommon })
	nums(func(m *Margin) *Nums { return &m.Sum })
	nums(func(m *Margin) *Nums { return &m.SumAbs })
	nums(func(m *Margin) *Nums { return &m.Weights })
	nums(func(m *Margin) *Nums { return &m.Weighted })
	nums(func(m *Margin) *Nums { return &m.WeightedAbs })
	tasks = append(tasks,
		func() { m.Equal = gather(margins, from, func(m *Margin) []bool { return m.Equal }) },
		func() { m.Negative = gather(margins, from, func(m *Margin) []bool { return m.Negative }) },
		func() {
			m.Largest = gatherLargest(margins, from)
			m.Top = gatherTops(margins, from, &m.Largest)
		},
		func() { m.SoleRespondent = gather(margins, from, func(m *Margin) []Unit { return m.SoleRespondent }) },
		func() { m.SoleHolding = gather(margins, from, func(m *Margin) []Unit { return m.SoleHolding }) })
	inParallel(threads, len(tasks), func(i int) { tasks[i]() })
	return m, hidden
}

// gather returns a column of the table from the columns of the margins; nil where the
// margins do not have it.
func gather[T any](margins []*Margin, from []place, column func(*Margin) []T) []T {
	columns := make([][]T, len(margins))
	any := false
	for k, m := range margins {
		columns[k] = column(m)
		any = any || columns[k] != nil
	}
	if !any {
		return nil
	}
	out := make([]T, len(from))
	for i, p := range from {
		out[i] = columns[p.margin][p.cell]
	}
	return out
}

// gatherNums is gather for numbers of one width.
func gatherNums(margins []*Margin, from []place, column func(*Margin) *Nums) Nums {
	return Nums{
		words: 1, // as of margins
		small: gather(margins, from, func(m *Margin) []small { return column(m).small }),
		large: gather(margins, from, func(m *Margin) []exact.Num { return column(m).large }),
	}
}

// gatherTops is gather for the largest contributions, which named begin with where
// more of these are kept.
func gatherTops(margins []*Margin, from []place, named *Largest) Tops {
	top := margins[0].Top
	if top.words > top.each {
		return Tops{each: top.each, words: top.words, small: named.value.small}
	}
	out := Tops{each: top.each, words: top.words, lists: gather(margins, from, func(m *Margin) [][]Contribution { return m.Top.lists })}
	if out.lists != nil || out.each == 0 {
		return out
	}
	n := out.each
	out.small = make([]small, 0, n*len(from))
	for _, p := range from {
		out.small = append(out.small, margins[p.margin].Top.small[int(p.cell)*n:int(p.cell)*n+n]...)
	}
	return out
}

// sameNodes reports whether two cells have the same nodes.
func sameNodes(margins []*Margin, a, b place) bool {
	for v, nodes := range margins[a.margin].Nodes {
		if nodes[a.cell] != margins[b.margin].Nodes[v][b.cell] {
			return false
		}
	}
	return true
}

// inOrder returns the cells of all margins in code order; cells with the same nodes by
// margin.
func inOrder(margins []*Margin, cards []int) []place {
	n, product := 0, 1
	for _, m := range margins {
		n += m.N
	}
	for _, card := range cards {
		if product > (4*n+1<<12)/max(1, card) {
			return inOrderByTable(margins, cards, n)
		}
		product *= max(1, card)
	}
	// By counting: the number of a combination of nodes in mixed radix, and behind
	// which places its cells go.
	at := make([]uint32, product+1)
	keys := make([][]uint32, len(margins))
	for k, m := range margins {
		key := make([]uint32, m.N)
		for v, card := range cards {
			for i, node := range m.Nodes[v] {
				key[i] = key[i]*uint32(card) + node
			}
		}
		for _, x := range key {
			at[x+1]++
		}
		keys[k] = key
	}
	for i := range product {
		at[i+1] += at[i]
	}
	out := make([]place, n)
	for k, key := range keys {
		for i, x := range key {
			out[at[x]] = place{uint32(k), uint32(i)}
			at[x]++
		}
	}
	return out
}

// inOrderByTable is inOrder for many combinations of nodes.
func inOrderByTable(margins []*Margin, cards []int, n int) []place {
	nodes := make([][]uint32, len(cards))
	all := make([]place, 0, n)
	for k, m := range margins {
		for v := range cards {
			nodes[v] = append(nodes[v], m.Nodes[v]...)
		}
		for i := range m.N {
			all = append(all, place{uint32(k), uint32(i)})
		}
	}
	ids := make([]uint32, n)
	found := group.NewTable(len(cards))
	found.Insert(nodes, cards, ids)
	rank := make([]uint32, found.Len())
	for r, id := range found.Order(nil) {
		rank[id] = uint32(r)
	}
	at := make([]uint32, found.Len()+1)
	for _, id := range ids {
		at[rank[id]+1]++
	}
	for r := range found.Len() {
		at[r+1] += at[r]
	}
	out := make([]place, n)
	for i, id := range ids {
		out[at[rank[id]]] = all[i]
		at[rank[id]]++
	}
	return out
}
