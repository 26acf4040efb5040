package hide

import (
	"slices"
	"time"
)

// Witness is another table that agrees with all that is published and with what
// the attacker knows beforehand: in cell Cells[i] it differs from the truth by
// Delta[i]/Den, elsewhere not at all. Cells rise; no Delta is zero; Den is from 1
// to 256, and 1 for a whole-number attacker.
type Witness struct {
	Cells []int32
	Delta []int64
	Den   int64
}

// Kind is what a Need asks.
type Kind uint8

const (
	// Upper asks for a table in which the cell is at least Level.Upper above the
	// truth.
	Upper Kind = iota
	// Lower asks for a table in which it is at least Level.Lower below.
	Lower
	// Sliding asks for two tables in which it lies Level.Sliding apart.
	Sliding
	// Differs asks for a table in which the cell is not what it is, by a whole unit
	// for a whole-number attacker: for cells without a level.
	Differs
)

// Need is one requirement on a primary cell, with the two tables that show it. The value of
// the cell in table High exceeds the value in table Low by as much as the kind requires. A
// table is a number of the witnesses beside it, or -1 for the true table.
//
// Every requirement against outsiders is a requirement against every insider. The insiders
// are
//
//   - the owners. No table for the need of an owner changes a cell in which the owner is
//     alone, or makes a cell less than the owner has in it;
//   - Anyone, the unlisted contributor.
//
// What an owner has in a cell in which the owner is not listed is not known. The owner may
// have as much as Anyone, and no more than the owner's share of a total of the cell leaves.
//
// A contributor who has s of the cell of the need knows that the cell is at least s. So
// Lower requires no more than Value - s. The need may have several tables, one for each s
// that the contributor may have: see Share and Cell.Part.
type Need struct {
	Cell      int32
	Kind      Kind
	Owner     int32 // the insider; 0 for outsiders, Anyone, or -2-cell for a share without a number
	Least     int64 // how far apart, in whole units; 0 for any difference
	High, Low int32
}

// Pattern says which cells to hide, and proves that it is enough: every need of
// every primary cell has its witnesses.
//
// A pattern is made by Protect alone, and knows the problem that it is of. What makes
// releases of it asks for the proof again.
type Pattern struct {
	problem   *Problem
	status    []Status // of every cell; hidden are Primary, Secondary, Withheld
	forced    []int32  // Safe cells of the problem that are Primary for the sake of a sum
	witnesses []Witness
	needs     []Need      // by cell, kind, owner and Least
	cost      int64       // of the secondary and the forced cells
	trace     []traceStep // how the cost came down
}

// traceStep is a point of the trace of a search.
type traceStep struct {
	round int
	cost  int64
}

// Status returns the status of every cell; hidden are Primary, Secondary and Withheld.
func (t *Pattern) Status() []Status { return slices.Clone(t.status) }

// Cost returns what the secondary cells cost together.
func (t *Pattern) Cost() int64 { return t.cost }

// Hidden returns which cells are hidden.
func (t *Pattern) Hidden() []bool {
	hidden := make([]bool, len(t.status))
	for i, s := range t.status {
		hidden[i] = s.Hidden()
	}
	return hidden
}

// Options say how to look for a pattern. The zero value is the plain search, in
// one thread.
type Options struct {
	// Threads is the number of threads. Defaults to 1. It does not change the
	// result.
	Threads int
	// Rounds is the effort to spend on a cheaper pattern. Problems of up to 64 cells that
	// may be hidden are searched for the least cost. In other problems the neighbourhood
	// of one secondary cell is hidden anew, Rounds times. Defaults to 0, none.
	Rounds int
	// Seed is for the perturbations of those rounds.
	Seed uint64
	// Budget, where above 0, ends those rounds early; then the result depends on
	// the machine.
	Budget time.Duration
}
