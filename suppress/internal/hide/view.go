package hide

import "iter"

// Names returns the names of the tables, in the order of Releases.
func (g *Tables) Names() []string {
	var out []string
	for _, t := range g.list {
		out = append(out, t.name)
	}
	return out
}

// TableCell is a cell of one of the tables with its true value and its status. It is
// confidential.
type TableCell struct {
	Nodes  []int  // the number of its code of each variable; valid until the next cell
	Cell   int    // of the problem
	Inner  bool   // no total in any variable
	Value  string // the text of its value in a release, if the cell is published
	Status Status
	Why    string // the kinds of rules that it breaks in this table
}

// statusFor is the status of a cell of the problem for a reader of the confidential files. A cell
// that is Primary for the sake of a sum breaks no rule by itself: it is Secondary there.
func (g *Tables) statusFor(p *Pattern) func(id int32) Status {
	unsafe := make([]bool, len(p.status))
	for _, t := range g.list {
		for cell, id := range t.id {
			unsafe[id] = unsafe[id] || t.reasons[cell] != 0
		}
	}
	return func(id int32) Status {
		if p.status[id] == Primary && !unsafe[id] {
			return Secondary
		}
		return p.status[id]
	}
}

// Cells iterates over the published cells of the table of Releases()[i] under a
// pattern, in the order of a release.
func (g *Tables) Cells(i int, p *Pattern) iter.Seq[TableCell] {
	t := g.list[i]
	return func(yield func(TableCell) bool) {
		nodes, status := make([]int, len(t.vars)), g.statusFor(p)
		for cell, id := range t.id {
			if !t.shown[cell] {
				continue
			}
			for v := range nodes {
				nodes[v] = t.code(cell, v)
			}
			c := TableCell{
				Nodes: nodes, Cell: int(id), Inner: t.inner(cell), Value: unitsText(t.value[cell], g.digits),
				Status: status(id), Why: t.reasons[cell].String(),
			}
			if !yield(c) {
				return
			}
		}
	}
}

// Loss is the loss of a table through a pattern.
type Loss struct {
	Cells, Primary, Secondary int
	// Share is the part of the inner total that is suppressed, in percent of the
	// sum of absolute values; NaN where that sum is 0.
	Share float64
}

// Loss counts the suppressed cells of the table of Releases()[i] under a pattern.
func (g *Tables) Loss(i int, p *Pattern) Loss {
	t := g.list[i]
	var l Loss
	hidden, all := 0.0, 0.0
	status := g.statusFor(p)
	for cell, id := range t.id {
		if !t.shown[cell] {
			continue
		}
		l.Cells++
		is := p.status[id].Hidden()
		switch {
		case status(id) == Primary:
			l.Primary++
		case is:
			l.Secondary++
		}
		if t.inner(cell) {
			all += float64(abs64(t.value[cell]))
			if is {
				hidden += float64(abs64(t.value[cell]))
			}
		}
	}
	l.Share = 100 * hidden / all
	return l
}
