package linear

// Space is the space of the cells of tables: one vector a cell, in coordinates
// that make every relation between cells hold. Where a total has parts, all but
// one of the parts are coordinates of their own, and the one is the total less
// the others.
type Space struct {
	expr  []Vector // cell -> what it is in terms of others, nil for a coordinate
	pivot []bool
	final []bool
}

// NewSpace makes the space of n cells with no relations yet.
func NewSpace(n int) *Space {
	return &Space{expr: make([]Vector, n), pivot: make([]bool, n), final: make([]bool, n)}
}

// Relate takes in the relation total = sum of parts. Prefer tells which of the
// cells would best be expressed by the others; the highest wins, and the lowest
// number breaks ties. It reports whether the relation followed from earlier
// ones.
func (s *Space) Relate(total int, parts []int, prefer func(cell int) int64) (redundant bool) {
	v := Vector{Unit(int32(total), 1)}
	for _, p := range parts {
		v = append(v, Unit(int32(p), -1))
	}
	v = s.reduce(sum(v))
	if len(v) == 0 {
		return true
	}
	best := v[0].Row
	// A part of the relation itself first: others only where all are taken.
	own := func(c int32) bool {
		for _, p := range parts {
			if int32(p) == c {
				return true
			}
		}
		return false
	}
	bestOwn := own(best)
	for _, e := range v[1:] {
		o := own(e.Row)
		if o && !bestOwn || o == bestOwn && prefer(int(e.Row)) > prefer(int(best)) {
			best, bestOwn = e.Row, o
		}
	}
	at, _ := v.find(best)
	f := neg(inverse(at))
	expr := make(Vector, 0, len(v)-1)
	for _, e := range v {
		if e.Row != best {
			expr = append(expr, Entry{e.Row, mul(f, e.val)})
		}
	}
	s.expr[best] = expr
	s.pivot[best] = true
	return false
}

// reduce writes a vector in terms of cells that are coordinates so far.
func (s *Space) reduce(v Vector) Vector {
	for {
		taken := false
		for _, e := range v {
			if s.pivot[e.Row] {
				taken = true
				break
			}
		}
		if !taken {
			return v
		}
		var next Vector
		for _, e := range v {
			if !s.pivot[e.Row] {
				next = append(next, e)
				continue
			}
			for _, x := range s.expr[e.Row] {
				next = append(next, Entry{x.Row, mul(e.val, x.val)})
			}
		}
		v = sum(next)
	}
}

// Vector returns the vector of a cell. All relations must be in.
func (s *Space) Vector(cell int) Vector {
	if !s.pivot[cell] {
		return Vector{Unit(int32(cell), 1)}
	}
	if !s.final[cell] {
		s.expr[cell] = s.reduce(s.expr[cell])
		s.final[cell] = true
	}
	return s.expr[cell]
}
