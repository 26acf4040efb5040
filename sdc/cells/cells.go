// Package cells describes a table of which only the cells are known, and not the records
// behind them. [Data.Cells] of package sdc takes such tables.
//
// [Data.Cells]: https://pkg.go.dev/github.com/sluis-go/sluis/sdc#Data
package cells

import (
	"fmt"

	"github.com/sluis-go/sluis/internal/guard"
)

// Table has the cells of one table, totals too. A cell that Cells does not list is empty.
type Table struct {
	Variables []Variable
	// Digits says what a unit of an amount is: 10^-Digits. From 0 to 15.
	Digits int
	// Listed is the number of largest contributions that are known of every cell, at
	// most 100. Defaults to 0: none is known.
	Listed int
	// Apart says that no contributor is in two inner cells. Then the contributors of
	// different cells can be told apart, and Cell.Who has their numbers.
	Apart bool
	// Cells are the cells with contributors, in the order of their nodes: first by the node
	// of the first variable, then of the second, and so on. Each total is the sum of the
	// inner cells within the total.
	Cells []Cell
	// Published has the nodes of cells, also of empty ones, that must be published: they are
	// published already, or everybody knows them, as zeros that cannot be otherwise.
	Published [][]int
}

// Variable is a spanning variable. Code 0 is the total and has the text "". Every other code
// has a parent of a lower number, and that of the total is -1. A code that is the parent of
// none is a leaf.
type Variable struct {
	Name    string
	Codes   []string
	Parents []int
}

// Cell is a cell with contributors.
type Cell struct {
	// Nodes has the number of the code of every variable.
	Nodes []int
	// Value is the sum of the contributions, in units. No contribution is below zero. In a
	// table of counts Value plays no part.
	Value int64
	// Contributors is the number of different contributors, at least 1.
	Contributors int64
	// NonZero is the number of contributors with a contribution above zero.
	NonZero int64
	// Largest are the largest contributions, in falling order, as many as Table.Listed or
	// as there are contributors.
	Largest []int64
	// Known are the contributions whose contributors have numbers, in falling order, and Who
	// are these numbers, above 0. The same number is the same contributor in every cell. In
	// a table that is not Apart both are empty.
	Known []int64
	Who   []int64
	// Rest is the most that a contributor outside Who contributes.
	Rest int64
	// Sole is the number of the only contributor; 0 where there are several.
	Sole int64
	// Hide says that the cell must be hidden, whatever the rules say.
	Hide bool
	// Lower, Upper and Sliding are protection levels in units: an unsafe cell has at least
	// these.
	Lower, Upper, Sliding int64
	// Cost is the cost of hiding the cell; 0 for the cost that suppress.Options names.
	Cost int64
}

// mostListed is the largest number of contributions that a rule adds up.
const mostListed = 100

// Validate reports the first fault of the form of a table: codes without a parent, a cell
// that is out of order, or numbers that contradict each other. The error wraps ErrRequest of
// package sdc and has no code and no number of a cell.
func (t *Table) Validate() error {
	fail := func(format string, args ...any) error {
		return fmt.Errorf("%w: table of cells: %s", guard.ErrRequest, fmt.Sprintf(format, args...))
	}
	if t == nil || len(t.Variables) == 0 {
		return fail("no spanning variables")
	}
	if t.Digits < 0 || t.Digits > 15 || t.Listed < 0 || t.Listed > mostListed {
		return fail("digits or listed contributions out of range")
	}
	for _, v := range t.Variables {
		if v.Name == "" || len(v.Codes) < 2 || len(v.Codes) != len(v.Parents) || v.Codes[0] != "" || v.Parents[0] != -1 {
			return fail("variable %q: a name, a total and a code are needed", v.Name)
		}
		for k := 1; k < len(v.Codes); k++ {
			if v.Codes[k] == "" || v.Parents[k] < 0 || v.Parents[k] >= k {
				return fail("variable %q: code %d is empty or comes before its parent", v.Name, k)
			}
		}
	}
	for _, nodes := range t.Published {
		if err := t.fits(nodes); err != nil {
			return fail("a cell that must be published: %v", err)
		}
	}
	for i := range t.Cells {
		if err := t.check(i); err != nil {
			return fail("cell %d: %v", i+1, err)
		}
	}
	return nil
}

// fits reports why nodes are none of the table.
func (t *Table) fits(nodes []int) error {
	if len(nodes) != len(t.Variables) {
		return fmt.Errorf("%d codes for %d variables", len(nodes), len(t.Variables))
	}
	for v, k := range nodes {
		if k < 0 || k >= len(t.Variables[v].Codes) {
			return fmt.Errorf("variable %q does not have the code", t.Variables[v].Name)
		}
	}
	return nil
}

// check reports the first fault of cell i.
func (t *Table) check(i int) error {
	c := &t.Cells[i]
	if err := t.fits(c.Nodes); err != nil {
		return err
	}
	if i > 0 && !before(t.Cells[i-1].Nodes, c.Nodes) {
		return fmt.Errorf("out of order, or a second time")
	}
	switch {
	case c.Contributors < 1 || c.Value < 0 || c.NonZero < 0 || c.NonZero > c.Contributors:
		return fmt.Errorf("no contributors, a value below zero, or more contributions above zero than contributors")
	case len(c.Largest) > t.Listed || !falling(c.Largest) || !falling(c.Known) || len(c.Who) != len(c.Known):
		return fmt.Errorf("the largest contributions are not in falling order, or too many")
	case min(c.Lower, c.Upper, c.Sliding, c.Cost) < 0:
		return fmt.Errorf("a level or cost below zero")
	case c.Rest < 0 || c.Rest > c.Value || !t.Apart && len(c.Who) > 0:
		return fmt.Errorf("contributions that are no part of the value, or contributors with numbers that cannot be told apart")
	}
	return nil
}

func before(a, b []int) bool {
	for v := range a {
		if a[v] != b[v] {
			return a[v] < b[v]
		}
	}
	return false
}

// falling reports whether amounts are not negative and in falling order.
func falling(x []int64) bool {
	for k := range x {
		if x[k] < 0 || k > 0 && x[k] > x[k-1] {
			return false
		}
	}
	return true
}
