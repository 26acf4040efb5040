package evidence

import "github.com/sluis-go/sluis/internal/exact"

// Given is the evidence of one cell that was not gathered from rows.
type Given struct {
	Contributors int64
	NonZero      int64
	Sum          int64   // in units; no contribution is below zero
	Top          []int64 // the largest contributions, falling
	// Named are contributions of known contributors, falling, and Who are these; Rest is the
	// most that another contributor contributes.
	Named []int64
	Who   []Unit
	Rest  int64
	Sole  Unit
}

// FromCells returns the evidence of cells that were given: nodes by column and cell, with
// responses or without. Every contributor is a respondent with one row in a cell, and a
// holding. top is the number of Top of every cell.
func FromCells(nodes [][]uint32, cells []Given, response bool, top int) *Margin {
	n := len(cells)
	m := &Margin{N: n, Nodes: nodes, SoleRespondent: make([]Unit, n)}
	for i := range cells {
		m.Records = append(m.Records, cells[i].Contributors)
		m.SoleRespondent[i] = cells[i].Sole
	}
	m.Respondents, m.Holdings, m.Contributors = m.Records, m.Records, m.Records
	if !response {
		return m
	}
	m.Missing, m.Negative, m.NonZero = make([]int64, n), make([]bool, n), make([]int64, n)
	sums := make([]exact.Num, n)
	m.Top = Tops{each: top, lists: make([][]Contribution, n)}
	for i := range cells {
		c := &cells[i]
		m.NonZero[i], sums[i] = c.NonZero, num(c.Sum)
		list := make([]Contribution, top)
		for k := range list {
			list[k].Weight = unweighted
			if k < len(c.Top) {
				list[k].Value = num(c.Top[k])
			}
		}
		m.Top.lists[i] = list
	}
	m.Sum, m.SumAbs = Nums{large: sums}, Nums{large: sums}
	m.Largest = givenLargest(cells)
	return m
}

func num(x int64) exact.Num { return exact.NewNum(exact.FromInt64(x)) }

// givenLargest are the known contributors of every cell.
func givenLargest(cells []Given) Largest {
	l := Largest{each: 1, known: make([]int, len(cells)), rest: make([]exact.Num, len(cells))}
	for i := range cells {
		l.each = max(l.each, len(cells[i].Named))
	}
	l.value.large, l.who = make([]exact.Num, l.each*len(cells)), make([]Unit, l.each*len(cells))
	for i := range cells {
		c := &cells[i]
		for k, x := range c.Named {
			if x > 0 {
				l.known[i] = k + 1
			}
			l.value.large[i*l.each+k], l.who[i*l.each+k] = num(x), c.Who[k]
		}
		l.rest[i] = num(c.Rest)
	}
	return l
}
