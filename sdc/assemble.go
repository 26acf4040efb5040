package sdc

import (
	"slices"
	"sync"

	"github.com/sluis-go/sluis/internal/evidence"
	"github.com/sluis-go/sluis/internal/group"
)

// place is where the evidence of a cell is: in which margin, and which cell there.
type place struct{ margin, cell uint32 }

// assemble makes one table of margins, whose cells ascend by node, its cells in
// code order. Time linear in cells, with an array of the combinations of nodes
// where these are not many more.
func (t *Table) assemble(margins []*evidence.Margin, published []bool, threads int) {
	if len(margins) == 1 {
		t.nodes, t.m = margins[0].Nodes, *margins[0]
		t.hidden = slices.Repeat([]bool{!published[0]}, t.m.N)
		return
	}
	order := t.order(margins)
	t.hidden = make([]bool, 0, len(order))
	from := order[:0]
	for i := 0; i < len(order); {
		// The cells of different margins differ in their nodes, but for the leaf
		// level, which repeats cells of the level that a leaf happens to lie on: of
		// those the first is taken.
		first, hidden := order[i], true
		j := i
		for ; j < len(order) && t.same(margins, first, order[j]); j++ {
			hidden = hidden && !published[order[j].margin]
		}
		from, t.hidden = append(from, first), append(t.hidden, hidden)
		i = j
	}
	t.nodes = make([][]uint32, len(t.vars))
	t.m.N = len(from)
	var tasks []func()
	for v := range t.nodes {
		tasks = append(tasks, func() { gather(&t.nodes[v], margins, from, func(m *evidence.Margin) []uint32 { return m.Nodes[v] }) })
	}
	m := &t.m
	tasks = append(tasks,
		func() { gather(&m.Records, margins, from, func(m *evidence.Margin) []int64 { return m.Records }) },
		func() {
			gather(&m.Respondents, margins, from, func(m *evidence.Margin) []int64 { return m.Respondents })
		},
		func() { gather(&m.Holdings, margins, from, func(m *evidence.Margin) []int64 { return m.Holdings }) },
		func() {
			gather(&m.Contributors, margins, from, func(m *evidence.Margin) []int64 { return m.Contributors })
		},
		func() { gather(&m.NonZero, margins, from, func(m *evidence.Margin) []int64 { return m.NonZero }) },
		func() { gather(&m.Missing, margins, from, func(m *evidence.Margin) []int64 { return m.Missing }) },
		func() { gather(&m.Negative, margins, from, func(m *evidence.Margin) []bool { return m.Negative }) },
		func() { gather(&m.Sum, margins, from, func(m *evidence.Margin) []num { return m.Sum }) },
		func() { gather(&m.SumAbs, margins, from, func(m *evidence.Margin) []num { return m.SumAbs }) },
		func() {
			gather(&m.Top, margins, from, func(m *evidence.Margin) [][]evidence.Contribution { return m.Top })
		},
		func() { gather(&m.Weights, margins, from, func(m *evidence.Margin) []num { return m.Weights }) },
		func() { gather(&m.Weighted, margins, from, func(m *evidence.Margin) []num { return m.Weighted }) },
		func() { gather(&m.WeightedAbs, margins, from, func(m *evidence.Margin) []num { return m.WeightedAbs }) },
		func() {
			gather(&m.SoleRespondent, margins, from, func(m *evidence.Margin) []evidence.Unit { return m.SoleRespondent })
		},
		func() {
			gather(&m.SoleHolding, margins, from, func(m *evidence.Margin) []evidence.Unit { return m.SoleHolding })
		},
	)
	together(threads, tasks)
}

// gather fills a column of the table from those of the margins; of margins that do
// not have it, it stays nil.
func gather[T any](out *[]T, margins []*evidence.Margin, from []place, column func(*evidence.Margin) []T) {
	columns := make([][]T, len(margins))
	any := false
	for k, m := range margins {
		columns[k] = column(m)
		any = any || columns[k] != nil
	}
	if !any {
		return
	}
	*out = make([]T, len(from))
	for i, p := range from {
		(*out)[i] = columns[p.margin][p.cell]
	}
}

// together runs tasks, up to threads at a time.
func together(threads int, tasks []func()) {
	slots := make(chan struct{}, max(1, threads-1))
	var running sync.WaitGroup
	for _, task := range tasks {
		if threads <= 1 {
			task()
			continue
		}
		slots <- struct{}{}
		running.Go(func() {
			task()
			<-slots
		})
	}
	running.Wait()
}

// same reports whether two cells have the same nodes.
func (t *Table) same(margins []*evidence.Margin, a, b place) bool {
	for v := range t.vars {
		if margins[a.margin].Nodes[v][a.cell] != margins[b.margin].Nodes[v][b.cell] {
			return false
		}
	}
	return true
}

// order returns the cells of all margins in code order, those of the same nodes by
// margin.
func (t *Table) order(margins []*evidence.Margin) []place {
	n, product := 0, 1
	for _, m := range margins {
		n += m.N
	}
	for v := range t.vars {
		if product > (4*n+1<<12)/t.vars[v].Len() {
			return t.orderByTable(margins, n)
		}
		product *= t.vars[v].Len()
	}
	// By counting: the number of a combination of nodes in mixed radix, and behind
	// which places its cells go.
	at := make([]uint32, product+1)
	keys := make([][]uint32, len(margins))
	for k, m := range margins {
		key := make([]uint32, m.N)
		for v := range t.vars {
			card := uint32(t.vars[v].Len())
			for i, node := range m.Nodes[v] {
				key[i] = key[i]*card + node
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

// orderByTable is order for many combinations of nodes.
func (t *Table) orderByTable(margins []*evidence.Margin, n int) []place {
	nodes, cards := make([][]uint32, len(t.vars)), t.cards()
	all := make([]place, 0, n)
	for k, m := range margins {
		for v := range t.vars {
			nodes[v] = append(nodes[v], m.Nodes[v]...)
		}
		for i := range m.N {
			all = append(all, place{uint32(k), uint32(i)})
		}
	}
	ids := make([]uint32, n)
	found := group.NewTable(len(t.vars))
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

// cards returns the number of nodes of each variable.
func (t *Table) cards() []int {
	cards := make([]int, len(t.vars))
	for v := range t.vars {
		cards[v] = t.vars[v].Len()
	}
	return cards
}

// index returns the cells by nodes: their ids are their numbers. Tuples that are
// inserted get numbers behind them.
func (t *Table) index() *group.Table {
	if t.lookup == nil {
		nodes := make([][]uint32, len(t.nodes))
		for v := range nodes {
			nodes[v] = slices.Clip(t.nodes[v])
		}
		t.lookup = group.NewTableOf(nodes, t.cards(), len(t.hidden))
	}
	return t.lookup
}
