package evidence

// UnitKind is the kind of a [Unit].
type UnitKind uint8

// The kinds of Unit. A holding that is a respondent without one is a
// RespondentUnit: the two have keys of their own.
const (
	NoUnit UnitKind = iota
	RespondentUnit
	HoldingUnit
	SeveralUnits
)

// Unit is the unit of a set of rows: none; one respondent or holding, by the key that
// batches carry; or several. The unit of two sets together is the join of their units.
// The join of a unit with itself is that unit, also where both sets hold rows of it.
// Therefore units roll up from inner cells to margins without a walk over units, in any
// order, and merge.
type Unit struct {
	Kind UnitKind
	Key  uint64 // of one unit; else 0
}

// with returns the unit of two sets of rows together.
func (u Unit) with(o Unit) Unit {
	switch {
	case u.Kind == NoUnit:
		return o
	case o.Kind == NoUnit, o == u:
		return u
	}
	return Unit{Kind: SeveralUnits}
}

// soles holds the unit of each inner cell; nil without Shape.Sole.
type soles struct {
	respondent []Unit
	holding    []Unit // empty without holdings
	// The keys are dense ids of the accumulator's own.
	denseRespondent, denseHolding bool
}

// add adds a batch with rows in n cells. With a response column only rows with a response
// count; with weights only rows of a weight above 0.
func (s *soles) add(b *Batch, ids []uint32, n int, shape *Shape) {
	extend(&s.respondent, n)
	if shape.Holding {
		extend(&s.holding, n)
	}
	who, owner := units{b.Respondent, b.RespondentKey}, units{b.Holding, b.HoldingKey}
	s.denseRespondent, s.denseHolding = shape.Respondent && who.keys == nil, owner.keys == nil
	for i, g := range ids {
		if shape.Response && (b.Response.Null != nil && b.Response.Null[i] || shape.Weight && b.Weight.Zero(i)) {
			continue
		}
		u := Unit{Kind: RespondentUnit}
		if shape.Respondent {
			u.Key = who.at(i)
		} else {
			u.Key = b.row(i)
		}
		s.respondent[g] = s.respondent[g].with(u)
		if !shape.Holding {
			continue
		}
		if b.HoldingNull == nil || !b.HoldingNull[i] {
			u = Unit{HoldingUnit, owner.at(i)}
		}
		s.holding[g] = s.holding[g].with(u)
	}
}

// merge adds o. Inner cell g of o is cell groups[g] of the n cells of s; with groups nil
// it is cell g. With nil codes the units of o keep their codes.
func (s *soles) merge(o *soles, n int, groups []uint32, codes Codes) {
	s.denseRespondent = s.denseRespondent || o.denseRespondent
	s.denseHolding = s.denseHolding || o.denseHolding
	renumbered := func(u Unit) Unit {
		switch {
		case u.Kind == RespondentUnit && o.denseRespondent && codes.Respondent != nil:
			u.Key = uint64(codes.Respondent[u.Key])
		case u.Kind == HoldingUnit && o.denseHolding && codes.Holding != nil:
			u.Key = uint64(codes.Holding[u.Key])
		}
		return u
	}
	join := func(into *[]Unit, from []Unit) {
		if len(from) == 0 {
			return
		}
		extend(into, n)
		for g, u := range from {
			i := at(groups, g)
			(*into)[i] = (*into)[i].with(renumbered(u))
		}
	}
	join(&s.respondent, o.respondent)
	join(&s.holding, o.holding)
}

// pick leaves the inner cells with the given numbers.
func (s *soles) pick(which []uint32) {
	s.respondent, s.holding = picked(s.respondent, which, 1), picked(s.holding, which, 1)
}

// margins writes the units of the cells of all margins into out.
func (s *soles) margins(l *lattice, out []*Margin) {
	extend(&s.respondent, l.inner)
	for _, k := range l.order {
		m := &l.margins[k]
		respondent, holding := s.respondent, s.holding
		if m.from >= 0 {
			respondent, holding = out[m.from].SoleRespondent, out[m.from].SoleHolding
		}
		out[k].SoleRespondent = rollUnits(respondent, m.up, m.n)
		if s.holding != nil {
			out[k].SoleHolding = rollUnits(holding, m.up, m.n)
		}
	}
}

func rollUnits(from []Unit, up []uint32, n int) []Unit {
	out := make([]Unit, n)
	for j, u := range from {
		if i := up[j]; i != NoNode {
			out[i] = out[i].with(u)
		}
	}
	return out
}
