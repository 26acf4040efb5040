package suppress

import (
	"errors"
	"fmt"
	"math"
	"math/bits"
)

// Errors about a problem, wrapped with the cells or relations they are about,
// by number, never by value.
var (
	// ErrNotAdditive says that a total is not the sum of its parts.
	ErrNotAdditive = errors.New("total is not the sum of its parts")
	// ErrRequest says that a problem or an option is not well defined.
	ErrRequest = errors.New("request is not well defined")
	// ErrInfeasible says that no pattern can protect a cell: with everything
	// hidden that may be, it is still known too closely.
	ErrInfeasible = errors.New("cell cannot be protected")
)

// Status is what a cell is and what becomes of it.
type Status uint8

// A cell is Safe, or unsafe by a rule (Primary), or hidden to protect those
// (Secondary). A Protected cell is safe and must be published.
const (
	Safe Status = iota
	Primary
	Secondary
	Protected
)

// Level is how far the attacker's bounds must stay from the truth, in the units
// of the cells: the largest possible value must be at least the truth + Upper,
// the smallest at most the truth - Lower, and they must lie at least Sliding
// apart. All zero asks for nothing.
type Level struct {
	Lower, Upper, Sliding int64
}

// Cell is one cell of a problem.
type Cell struct {
	// Value is the true value in whole units, at most 2^52 in absolute value.
	Value  int64
	Status Status
	// Cost is the price of hiding the cell. At least 1; 0 stands for 1.
	Cost int64
	// Level is required for a primary cell; a primary cell without any is only
	// not printed.
	Level Level
	// Owner identifies the only contributor to the cell, who therefore knows its
	// value; 0 where there are more. Cells of one owner are known to him together.
	Owner int32
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
	// Negative says that hidden values may be below zero. By default they are
	// known not to be, and a cell that is makes the problem ill-defined.
	Negative bool
	// Within, where above 0, says that every hidden value is known to within that
	// percentage of the truth. With Negative it bounds from below as well.
	Within int64
}

// Problem is a set of cells, the relations between them, and an attacker. Make
// one with New.
type Problem struct {
	cells    []Cell
	rel      []Relation
	attacker Attacker
	of       [][]int32 // cell -> relations
	scale    int64     // witnesses are in units divided by this
	dims     int
}

const (
	largest  = 1 << 52
	infinity = math.MaxInt64
)

// New makes a problem, and checks it: relations are over cells that exist, each
// once, and hold exactly; no cell is a total of itself by any way; values are
// within range and not negative unless the attacker allows it. The error wraps
// ErrRequest or ErrNotAdditive. The slices are kept; the caller must not change
// them. Linear in the relations.
func New(cells []Cell, relations []Relation, attacker Attacker) (*Problem, error) {
	p := &Problem{cells: cells, rel: relations, attacker: attacker, of: make([][]int32, len(cells)), scale: 1}
	if len(cells) == 0 {
		return nil, fmt.Errorf("%w: no cells", ErrRequest)
	}
	if attacker.Within < 0 {
		return nil, fmt.Errorf("%w: the attacker's prior percentage is negative", ErrRequest)
	}
	biggest := int64(0)
	for i, c := range cells {
		switch {
		case c.Value > largest || c.Value < -largest:
			return nil, fmt.Errorf("%w: cell %d is beyond 2^52 units", ErrRequest, i)
		case c.Value < 0 && !attacker.Negative:
			return nil, fmt.Errorf("%w: cell %d is negative, and the attacker is said to know that none is", ErrRequest, i)
		case c.Cost < 0 || c.Cost > largest:
			return nil, fmt.Errorf("%w: cell %d has a cost out of range", ErrRequest, i)
		case c.Level.Lower < 0 || c.Level.Upper < 0 || c.Level.Sliding < 0 ||
			c.Level.Lower > largest || c.Level.Upper > largest || c.Level.Sliding > largest:
			return nil, fmt.Errorf("%w: cell %d has a protection level out of range", ErrRequest, i)
		case c.Status > Protected:
			return nil, fmt.Errorf("%w: cell %d has an unknown status", ErrRequest, i)
		}
		biggest = max(biggest, c.Value, -c.Value, c.Level.Upper, c.Level.Lower, c.Level.Sliding)
	}
	seen := make([]int, len(cells))
	parts := make([]int, len(cells))
	for r, rel := range relations {
		sum := int64(0)
		mark := func(i int) error {
			if i < 0 || i >= len(cells) {
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
			return nil, fmt.Errorf("%w: relation %d has no parts", ErrRequest, r)
		}
		if err := mark(rel.Total); err != nil {
			return nil, err
		}
		for _, i := range rel.Parts {
			if err := mark(i); err != nil {
				return nil, err
			}
			sum += cells[i].Value
			if sum > 1<<62 || sum < -1<<62 {
				return nil, fmt.Errorf("%w: the sum of relation %d is out of range", ErrRequest, r)
			}
			parts[i]++
			p.dims = max(p.dims, parts[i])
		}
		if total := cells[rel.Total].Value; sum != total {
			return nil, fmt.Errorf("%w: relation %d, cell %d, by %.3g of the total", ErrNotAdditive, r, rel.Total,
				math.Abs(float64(sum-total))/math.Max(1, math.Abs(float64(total))))
		}
	}
	if i := p.cycle(); i >= 0 {
		return nil, fmt.Errorf("%w: cell %d is a total of itself", ErrRequest, i)
	}
	if !attacker.Whole && biggest < largest/finest {
		p.scale = finest
	}
	return p, nil
}

// finest is what units are divided by for an attacker who reckons with
// fractions: vertices of these programs have small denominators.
const finest = 840

// cycle returns a cell that is below itself, or -1.
func (p *Problem) cycle() int {
	below := make([]int, len(p.cells)) // relations in which it is the total
	var ready []int
	for _, r := range p.rel {
		below[r.Total]++
	}
	for i, n := range below {
		if n == 0 {
			ready = append(ready, i)
		}
	}
	left := make([]int, len(p.rel))
	for r := range p.rel {
		left[r] = len(p.rel[r].Parts)
	}
	done := 0
	for len(ready) > 0 {
		i := ready[len(ready)-1]
		ready = ready[:len(ready)-1]
		done++
		for _, r := range p.of[i] {
			if p.rel[r].Total == i {
				continue
			}
			if left[r]--; left[r] == 0 {
				if t := p.rel[r].Total; below[t] > 0 {
					if below[t]--; below[t] == 0 {
						ready = append(ready, t)
					}
				}
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

// Cells returns the cells. The caller must not change them.
func (p *Problem) Cells() []Cell { return p.cells }

// Relations returns the relations. The caller must not change them.
func (p *Problem) Relations() []Relation { return p.rel }

func (p *Problem) cost(i int) int64 { return max(1, p.cells[i].Cost) }

// bounds returns how far below and above the truth the attacker's prior
// knowledge lets a hidden cell be, in units divided by scale; infinity is none.
func (p *Problem) bounds(i int) (down, up int64) {
	v := p.cells[i].Value
	down, up = v*p.scale, infinity
	if p.attacker.Negative {
		down = infinity
	}
	if q := p.attacker.Within; q > 0 {
		room := within(max(v, -v), q, p.scale)
		if p.attacker.Whole {
			room -= room % p.scale
		}
		down, up = min(down, room), min(up, room)
	}
	return down, up
}

// within is the whole part of abs * percent * scale / 100; infinity where that
// is more than 2^62.
func within(abs, percent, scale int64) int64 {
	hi, lo := bits.Mul64(uint64(abs)*uint64(scale), uint64(percent))
	if hi >= 100 {
		return infinity
	}
	if q, _ := bits.Div64(hi, lo, 100); q < 1<<62 {
		return int64(q)
	}
	return infinity
}
