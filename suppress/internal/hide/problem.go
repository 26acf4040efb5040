package hide

import (
	"fmt"
	"math"
	"math/bits"
	"slices"
	"sync"

	"github.com/sluis-go/sluis/internal/lp"
)

// Status is what a cell is and what becomes of it.
type Status uint8

const (
	// Safe cells are published, or become Secondary.
	Safe Status = iota
	// Primary cells are unsafe by a rule: they are hidden, and must be protected
	// from being worked out.
	Primary
	// Secondary cells are safe and hidden to protect the primary ones.
	Secondary
	// Protected cells are safe and must be published: known cells, such as structural
	// zeros, and cells that the caller asked for.
	Protected
	// Withheld cells are only not printed: they are hidden and help to protect
	// others, but nothing says that they cannot be worked out.
	Withheld
)

// Hidden reports whether a cell of this status is left out of the release.
func (s Status) Hidden() bool { return s == Primary || s == Secondary || s == Withheld }

// Level is how far the attacker's bounds must stay from the truth, in the units of the
// cells:
//
//	largest possible value   >= truth + Upper
//	smallest possible value  <= truth - Lower
//	largest - smallest       >= Sliding
//
// A level of zeros requires that the value is not determined exactly: some other table agrees
// with all that is published, and gives the cell another value.
type Level struct {
	Lower, Upper, Sliding int64
}

// Cell is one cell of a problem.
type Cell struct {
	// Value is the true value in whole units: a count, or an amount in the units
	// that it is published in. At most 2^52 in absolute value.
	Value  int64
	Status Status
	// Cost is the price of hiding the cell. At least 1; 0 stands for 1.
	Cost int64
	// Level is what a Primary cell requires; of other cells it is ignored.
	Level Level
	// Owner identifies the only contributor to the cell, who therefore knows its value; 0
	// where there are more. An owner knows the values of all own cells together. All other
	// cells must be protected against the owner as against outsiders.
	Owner int32
	// Shares are the contributions of listed contributors to a cell of several, each
	// contributor once, numbered as owners are. A listed contributor knows that each own
	// cell is at least the own share, of all cells at once. Every cell that is not all the
	// contributor's must be protected against this contributor.
	Shares []Share
	// Part is the most that a contributor to the cell who is not in Shares has in it, no
	// more than Value; 0 where there is no such contributor, or where nothing is known.
	// Such a contributor knows that the cell is at least the own contribution, and may be
	// in every cell at once: see Anyone. Part counts in cells that are the total of no
	// others: no contributor has more of a total than of its parts.
	//
	// Where values may be negative, a contribution gives no least value of a cell, and
	// Shares and Part play no part.
	Part int64
}

// Share is what one of several contributors has in a cell: at least Least and at most
// Most, whole units, no more than the value of the cell.
type Share struct {
	// Owner is the number of the contributor, as of Cell.Owner. 0 is a contributor of
	// whom only this share is known, and who may have it in any part of the cell. The cell
	// and its parts need not be protected against this contributor.
	Owner       int32
	Least, Most int64
}

// Relation says that a cell is the sum of others.
type Relation struct {
	Total int
	Parts []int
}

// Attacker is what is known of hidden cells beforehand.
type Attacker struct {
	// Whole says that hidden values are known to be whole units, as counts are.
	Whole bool
	// Negative says that hidden values have no least value; Lower is then 0.
	Negative bool
	// Lower is the least that a hidden value is known to be. By default 0.
	Lower int64
	// Upper, where not 0, is the most that a hidden value is known to be.
	Upper int64
	// Within, where above 0, says that every hidden value v is known to lie within Within
	// percent of v, on either side, in whole units rounded down.
	Within int64
}

// signed reports whether hidden values may be negative, for all that is known.
func (a Attacker) signed() bool { return a.Negative || a.Lower < 0 }

// Problem is a set of cells, the relations between them, and an attacker. Make
// one with New. It does not change and is safe for concurrent use.
type Problem struct {
	cells    []Cell
	rel      []Relation
	attacker Attacker
	of       [][]int32 // cell -> relations that it is in
	down, up []int64   // cell -> room below and above the truth
	price    []int64   // cell -> cost as drawn; nil: as it is
	chance   []uint64  // cell -> random number of the draw
	lots     []bool    // cell -> to be hidden by lot
	rests    *rests    // sums of hidden cells that must pass; nil for none

	floors    []int64           // cell -> what Anyone may have in it, where that matters
	anonymous bool              // that is something in some cell
	owned     map[int32][]int32 // owner -> cells in which he is alone or listed
	stakes    sync.Map          // insider -> *stake, made when first asked for

	once   sync.Once
	matrix *lp.Matrix // see relations
	grid   *layout    // where the cells are those of one table, in its order; or nil
}

const (
	largest  = 1 << 52
	infinity = math.MaxInt64
	// A witness divides its numbers by no more than this; then the product of any
	// room with it is below 2^62.
	finest = 1 << 8
)

// New makes a problem, and checks it:
//
//   - relations are over cells that exist, each once, and hold exactly;
//   - no cell is a total of itself by any way;
//   - values are within range, and not outside what the attacker knows.
//
// Tables that are linked are one problem in which they share cells. A requirement on several
// cells, such as that the sum of two hidden cells is unsafe, is a Primary cell of its own
// with a relation: a virtual cell, which is never published.
//
// The error wraps ErrRequest, ErrCycle or ErrNotAdditive. The slices are copied, so that
// later changes of them change no proof. Linear in cells and relations.
func New(cells []Cell, relations []Relation, attacker Attacker) (*Problem, error) {
	cells, relations = copyCells(cells), copyRelations(relations)
	p := &Problem{cells: cells, rel: relations, attacker: attacker, of: make([][]int32, len(cells)), owned: map[int32][]int32{}}
	if err := p.checkAttacker(); err != nil {
		return nil, err
	}
	if len(cells) == 0 {
		return nil, fmt.Errorf("%w: no cells", ErrRequest)
	}
	for i, c := range cells {
		if err := p.checkCell(i, c); err != nil {
			return nil, err
		}
		if c.Owner != 0 {
			p.owned[c.Owner] = append(p.owned[c.Owner], int32(i))
		}
		for _, s := range c.Shares {
			if s.Owner != 0 {
				p.owned[s.Owner] = append(p.owned[s.Owner], int32(i))
			}
		}
	}
	seen := make([]int, len(cells))
	for r := range relations {
		if err := p.checkRelation(r, seen); err != nil {
			return nil, err
		}
	}
	if i := p.cycle(); i >= 0 {
		return nil, fmt.Errorf("%w: cell %d", ErrCycle, i)
	}
	p.setRoom()
	p.setFloors()
	return p, nil
}

func (p *Problem) checkAttacker() error {
	a := p.attacker
	switch {
	case a.Within < 0:
		return fmt.Errorf("%w: the attacker's percentage is negative", ErrRequest)
	case a.Negative && a.Lower != 0:
		return fmt.Errorf("%w: an attacker with a least value, and without one", ErrRequest)
	case a.Upper != 0 && a.Upper < a.Lower, a.Upper > largest, a.Lower < -largest, a.Lower > largest, a.Upper < -largest:
		return fmt.Errorf("%w: the attacker's bounds are out of range", ErrRequest)
	}
	return nil
}

func (p *Problem) checkCell(i int, c Cell) error {
	a := p.attacker
	open := c.Status != Protected
	l := c.Level
	switch {
	case c.Value > largest || c.Value < -largest:
		return fmt.Errorf("%w: cell %d is beyond 2^52 units", ErrRequest, i)
	case open && !a.Negative && c.Value < min(a.Lower, 0):
		return fmt.Errorf("%w: cell %d is negative, and the attacker is said to know that none is", ErrRequest, i)
	case open && !a.Negative && c.Value < a.Lower, open && a.Upper != 0 && c.Value > a.Upper:
		return fmt.Errorf("%w: cell %d is outside what the attacker is said to know", ErrRequest, i)
	case c.Cost < 0 || c.Cost > largest:
		return fmt.Errorf("%w: cell %d has a cost out of range", ErrRequest, i)
	case min(l.Lower, l.Upper, l.Sliding) < 0 || max(l.Lower, l.Upper, l.Sliding) > largest:
		return fmt.Errorf("%w: cell %d has a protection level out of range", ErrRequest, i)
	case c.Owner < 0:
		return fmt.Errorf("%w: cell %d has an owner below 0", ErrRequest, i)
	case c.Part < 0 || c.Part > max(0, c.Value):
		return fmt.Errorf("%w: cell %d has a part that is no part of it", ErrRequest, i)
	case c.Owner != 0 && len(c.Shares) > 0:
		return fmt.Errorf("%w: cell %d has one contributor, and shares of others", ErrRequest, i)
	case c.Status > Withheld:
		return fmt.Errorf("%w: cell %d has an unknown status", ErrRequest, i)
	}
	for k, s := range c.Shares {
		switch {
		case s.Owner < 0 || slices.ContainsFunc(c.Shares[:k], func(o Share) bool { return o.Owner == s.Owner }):
			return fmt.Errorf("%w: cell %d has a share of nobody, or two of one", ErrRequest, i)
		case s.Least < 0 || s.Least > s.Most || s.Most > max(0, c.Value):
			return fmt.Errorf("%w: cell %d has a share that is no part of it", ErrRequest, i)
		}
	}
	return nil
}

func (p *Problem) checkRelation(r int, seen []int) error {
	rel := p.rel[r]
	mark := func(i int) error {
		if i < 0 || i >= len(p.cells) {
			return fmt.Errorf("%w: relation %d names a cell that does not exist", ErrRequest, r)
		}
		if seen[i] == r+1 {
			return fmt.Errorf("%w: relation %d names cell %d twice", ErrRequest, r, i)
		}
		seen[i] = r + 1
		p.of[i] = append(p.of[i], int32(r))
		return nil
	}
	if len(rel.Parts) == 0 {
		return fmt.Errorf("%w: relation %d has no parts", ErrRequest, r)
	}
	if err := mark(rel.Total); err != nil {
		return err
	}
	sum := int64(0)
	for _, i := range rel.Parts {
		if err := mark(i); err != nil {
			return err
		}
		sum += p.cells[i].Value
		if sum > 1<<62 || sum < -1<<62 {
			return fmt.Errorf("%w: the sum of relation %d is out of range", ErrRequest, r)
		}
	}
	if total := p.cells[rel.Total].Value; sum != total {
		off := math.Abs(float64(sum) - float64(total))
		return &NotAdditiveError{Relation: r, Cell: rel.Total, Relative: off / math.Max(1, math.Abs(float64(total)))}
	}
	return nil
}

// cycle returns a cell that is below itself, or -1: cells are taken away from
// the bottom up, and what is left when none can be is on or above a cycle.
func (p *Problem) cycle() int {
	below := make([]int, len(p.cells)) // relations it is the total of and that wait for parts
	left := make([]int, len(p.rel))    // parts that have not been taken away
	for r, rel := range p.rel {
		below[rel.Total]++
		left[r] = len(rel.Parts)
	}
	var ready []int
	for i, n := range below {
		if n == 0 {
			ready = append(ready, i)
		}
	}
	done := 0
	for len(ready) > 0 {
		i := ready[len(ready)-1]
		ready = ready[:len(ready)-1]
		done++
		for _, r := range p.of[i] {
			t := p.rel[r].Total
			if t == i {
				continue
			}
			if left[r]--; left[r] > 0 {
				continue
			}
			if below[t]--; below[t] == 0 {
				ready = append(ready, t)
			}
		}
	}
	if done == len(p.cells) {
		return -1
	}
	for i, n := range below {
		if n > 0 {
			return i
		}
	}
	return -1
}

// Cells returns a copy of the cells.
func (p *Problem) Cells() []Cell { return copyCells(p.cells) }

// Relations returns a copy of the relations.
func (p *Problem) Relations() []Relation { return copyRelations(p.rel) }

func copyCells(cells []Cell) []Cell {
	out := slices.Clone(cells)
	for i := range out {
		out[i].Shares = slices.Clone(out[i].Shares)
	}
	return out
}

func copyRelations(rel []Relation) []Relation {
	out := slices.Clone(rel)
	for i := range out {
		out[i].Parts = slices.Clone(out[i].Parts)
	}
	return out
}

// Attacker returns what is known of hidden cells beforehand.
func (p *Problem) Attacker() Attacker { return p.attacker }

func (p *Problem) cost(i int) int64 {
	if p.price != nil {
		return p.price[i]
	}
	return max(1, p.cells[i].Cost)
}

// setRoom works out how far below and above the truth the attacker's prior
// knowledge lets each hidden cell be, in whole units; infinity is no bound.
func (p *Problem) setRoom() {
	a := p.attacker
	p.down, p.up = make([]int64, len(p.cells)), make([]int64, len(p.cells))
	for i, c := range p.cells {
		down, up := int64(infinity), int64(infinity)
		if !a.Negative {
			down = c.Value - a.Lower
		}
		if a.Upper != 0 {
			up = a.Upper - c.Value
		}
		if a.Within > 0 {
			room := percent(max(c.Value, -c.Value), a.Within)
			down, up = min(down, room), min(up, room)
		}
		if c.Status == Protected {
			down, up = 0, 0
		}
		p.down[i], p.up[i] = down, up
	}
}

// setFloors notes what Anyone may have in each cell.
func (p *Problem) setFloors() {
	p.floors = make([]int64, len(p.cells))
	if p.attacker.signed() {
		return
	}
	for i, c := range p.cells {
		p.floors[i] = c.Part
	}
	for _, r := range p.rel {
		p.floors[r.Total] = 0
	}
	p.anonymous = slices.ContainsFunc(p.floors, func(v int64) bool { return v > 0 })
}

// percent is the whole part of a percentage of v, infinity where that is beyond
// 2^53.
func percent(v, of int64) int64 {
	hi, lo := bits.Mul64(uint64(v), uint64(of))
	if hi >= 100 {
		return infinity
	}
	if q, _ := bits.Div64(hi, lo, 100); q <= 2*largest {
		return int64(q)
	}
	return infinity
}
