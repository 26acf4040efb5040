package evidence

import (
	"math/big"

	"github.com/sluis-go/sluis/internal/column"
	"github.com/sluis-go/sluis/internal/exact"
)

// weightShift is the binary exponent of weights: units of 2^-64 times the
// column's decimal unit.
const weightShift = 64

// state is the part of an Accumulator that depends on the width of the
// response: sums of inner cells, and pools of units.
type state[T number[T]] struct {
	shape Shape
	most  limits
	inner cells[T]
	// Respondents; holdings; and where there are both, the respondents of rows
	// without a holding, which are holdings of their own. Nil where not wanted. With
	// shape.Owners and without respondents, orphans holds the rows without a holding.
	respondents, holdings, orphans *pool[T]
	// The responses of rows that are respondents, where they may have one in common.
	log *rowLog[T]

	keep  func(Unit) bool // see Accumulator.Only
	found int64           // distinct respondents, once closed
	// lowest has some of the respondents and holdings, once closed
	lowest [SeveralUnits]lowest

	few []T // distinct responses, with shape.Few; at most FewValues and one

	shift int // of the response values
	bits  int // of the largest absolute value seen, at shift
	// sum of all weights, which bounds the sum of every cell and margin
	weightSum exact.Int128
	// weight of each respondent, with Tau and respondents; -1 before it is seen
	unitWeight []exact.Int128

	x       []T // a batch's response at shift, borrowed or in shifted
	shifted []T // scratch
	wx      []exact.Int512
	w       []exact.Int128
	light   []bool // scratch of weighty
	keys    []uint64
}

func newState[T number[T]](s Shape, weightDigits int) *state[T] {
	st := &state[T]{shape: s, most: standard}
	st.inner.shape = s
	if s.Respondent {
		st.respondents = newPool[T](s, asRespondent)
		if !s.Holding {
			st.respondents.as = asRespondent | asHolding
		}
	}
	if s.Holding {
		st.holdings = newPool[T](s, asHolding)
		if s.Respondent || s.Owners {
			st.orphans = newPool[T](s, asHolding)
		}
	}
	if s.logged() {
		st.log = &rowLog[T]{}
	}
	if s.Tau {
		st.inner.slots = slotsOf(s.Top, weightDigits)
	}
	return st
}

// pools returns the pools in use.
func (s *state[T]) pools() []*pool[T] {
	var out []*pool[T]
	for _, p := range []*pool[T]{s.respondents, s.holdings, s.orphans} {
		if p != nil {
			out = append(out, p)
		}
	}
	return out
}

// slotsOf returns n slots in units of the weight. Where they are more than any
// sum of weights may reach, so is the answer: no contribution is one too many.
func slotsOf(n, digits int) exact.Int128 {
	z := exact.Pow10(digits)
	z.Mul(z, big.NewInt(int64(n))).Lsh(z, weightShift)
	if slots, ok := exact.FromBig(z); ok {
		return slots
	}
	most, _ := exact.FromInt64(1).Shl(sumBits)
	return most
}

// pooled reports whether rows become pairs.
func (s *Shape) pooled() bool { return s.Respondent || s.Holding }

// add counts the rows of a batch. ids are their inner cells, of n in all; s.x
// holds the response, if any.
func (s *state[T]) add(b *Batch, ids []uint32, n int) error {
	s.inner.grow(n)
	s.noteBatch(b)
	if err := s.addWeights(b, ids); err != nil {
		return err
	}
	for _, g := range ids {
		s.inner.records[g]++
	}
	if st, ok := any(s).(*state[small]); ok && !s.shape.pooled() && !s.shape.Weight {
		addPlain(st, b, ids)
		s.addObservations(b, ids)
		return nil
	}
	s.addRest(b, ids)
	return nil
}

// addRest adds all evidence except weights and the number of rows.
func (s *state[T]) addRest(b *Batch, ids []uint32) {
	if s.shape.Response {
		s.addSums(b, ids)
	}
	b = s.weighty(b)
	s.addObservations(b, ids)
	switch {
	case s.shape.pooled():
		s.addUnits(b, ids)
	case s.shape.Response:
		s.addRows(b, ids)
	}
}

// weighty returns a batch in which rows of weight 0 have no response: such rows
// contribute nothing to a weighted sum.
func (s *state[T]) weighty(b *Batch) *Batch {
	if !s.shape.Weight || !s.shape.Response {
		return b
	}
	some := false
	for i := range s.w {
		some = some || s.w[i].Sign() == 0
	}
	if !some {
		return b
	}
	null := extendTo(&s.light, b.Rows)
	for i := range null {
		null[i] = s.w[i].Sign() == 0 || b.Response.Null != nil && b.Response.Null[i]
	}
	out, n := *b, *b.Response
	n.Null, out.Response = null, &n
	return &out
}

// addSums adds the evidence that needs no units.
func (s *state[T]) addSums(b *Batch, ids []uint32) {
	null := b.Response.Null
	for i, g := range ids {
		if null != nil && null[i] {
			s.inner.missing[g]++
			continue
		}
		s.inner.sum[g] = s.inner.sum[g].Add(s.x[i])
		if s.shape.Weight {
			s.inner.weighted[g] = s.inner.weighted[g].Add(s.wx[i])
		}
	}
}

// addRows ranks rows that are each a respondent and a holding of their own. Their number
// is the number of records, see cells.margin.
func (s *state[T]) addRows(b *Batch, ids []uint32) {
	for i, g := range ids {
		u := s.contribution(b, i)
		if !u.filled {
			continue
		}
		if u.x.Sign() != 0 {
			s.inner.nonZero[g]++
		}
		if s.shape.Weight {
			s.inner.contributors[g]++
		}
		s.inner.contribute(g, &u)
	}
}

// addPlain is addSums and addRows for 64 bits without weights.
func addPlain(s *state[small], b *Batch, ids []uint32) {
	c, null, top, named := &s.inner, b.Response.Null, s.shape.ranked(), s.shape.Largest
	for i, g := range ids {
		if null != nil && null[i] {
			c.missing[g]++
			continue
		}
		x := s.x[i]
		c.sum[g] += x
		if x < 0 {
			c.negative[g] = true
			x = -x
		}
		if x != 0 {
			c.nonZero[g]++
		}
		c.abs[g] += x
		if top > 0 && x > c.top[int(g)*top+top-1] {
			c.rank(g, x, 0)
		}
		if named > 0 && x > c.named[int(g)*named+named-1] {
			c.name(g, x, rowUnit(b, i))
		}
	}
}

// contribution returns the contribution of row i alone.
func (s *state[T]) contribution(b *Batch, i int) contribution[T] {
	var u contribution[T]
	if s.shape.Response && (b.Response.Null == nil || !b.Response.Null[i]) {
		u.filled, u.x = true, s.x[i]
		if s.shape.Largest > 0 && !s.shape.Respondent {
			u.who = rowUnit(b, i)
		}
		if s.shape.Weight {
			u.wx, u.w = &s.wx[i], s.w[i]
		}
	}
	return u
}

// row counts row i in cell g in a role of its own.
func (s *state[T]) row(b *Batch, i int, g uint32, as role) {
	u := s.contribution(b, i)
	s.inner.unit(g, as, &u)
}

// addUnits hands the rows to the pools. A row without a respondent is a
// respondent at once; if it has no holding either, it is that too.
func (s *state[T]) addUnits(b *Batch, ids []uint32) {
	who, owner := units{b.Respondent, b.RespondentKey}, units{b.Holding, b.HoldingKey}
	if s.respondents != nil {
		s.respondents.add(who, ids, nil, false, b, s.x, s.wx)
	}
	if s.holdings != nil {
		s.holdings.add(owner, ids, b.HoldingNull, false, b, s.x, s.wx)
	}
	if s.orphans != nil && b.HoldingNull != nil {
		if s.respondents == nil {
			who = units{keys: s.rowKeys(b)}
		}
		s.orphans.add(who, ids, b.HoldingNull, true, b, s.x, s.wx)
	}
	if s.respondents != nil {
		return
	}
	for i, g := range ids {
		s.row(b, i, g, asRespondent)
		if s.orphans == nil && b.HoldingNull != nil && b.HoldingNull[i] {
			s.row(b, i, g, asHolding)
		}
	}
}

// rowKeys returns the keys of the rows of a batch.
func (s *state[T]) rowKeys(b *Batch) []uint64 {
	if b.RowKey != nil {
		return b.RowKey
	}
	for i := range extendTo(&s.keys, b.Rows) {
		s.keys[i] = b.FirstRow + uint64(i)
	}
	return s.keys
}

// addWeights reads the weights of a batch into s.w, adds them to the inner
// cells and, with a response, multiplies.
func (s *state[T]) addWeights(b *Batch, ids []uint32) error {
	if !s.shape.Weight {
		return nil
	}
	extendTo(&s.w, b.Rows)
	for i, g := range ids {
		if b.Weight.Null != nil && b.Weight.Null[i] {
			return &RowError{Row: i, Weight: true, Err: ErrWeightNull}
		}
		w, ok := weightAt(b.Weight, i)
		if !ok || w.BitLen() > sumBits {
			return &RowError{Row: i, Weight: true, Err: ErrRange}
		}
		if w.Sign() < 0 {
			return &RowError{Row: i, Weight: true, Err: ErrWeight}
		}
		s.w[i] = w
		if !s.countWeight(w) {
			return &RowError{Row: i, Weight: true, Err: ErrRange}
		}
		s.inner.weights[g] = s.inner.weights[g].Add(w)
	}
	if !s.shape.Response {
		return nil
	}
	if err := s.multiply(b); err != nil {
		return err
	}
	if s.shape.Tau && s.shape.Respondent {
		return s.noteUnitWeights(b)
	}
	return nil
}

// countWeight adds to the sum of all weights, and reports false where that is
// more than is summed.
func (s *state[T]) countWeight(w exact.Int128) bool {
	s.weightSum = s.weightSum.Add(w)
	return s.weightSum.BitLen() <= sumBits
}

// multiply fills s.wx with weight times response.
func (s *state[T]) multiply(b *Batch) error {
	extendTo(&s.wx, b.Rows)
	for i := range s.wx {
		s.wx[i] = exact.Int512{}
		if b.Response.Null != nil && b.Response.Null[i] || s.w[i].Sign() == 0 {
			continue
		}
		const most = exact.ProductShift - weightShift
		x, shift, ok := valueAt(b.Response, i, most)
		if ok {
			s.wx[i], ok = exact.Product(s.w[i], x, most-shift)
		}
		if !ok {
			return &RowError{Row: i, Err: ErrRange}
		}
	}
	return nil
}

func (s *state[T]) noteUnitWeights(b *Batch) error {
	for i, r := range b.Respondent {
		for len(s.unitWeight) <= int(r) {
			s.unitWeight = append(s.unitWeight, exact.FromInt64(-1))
		}
		if s.unitWeight[r].Sign() < 0 {
			s.unitWeight[r] = s.w[i]
		} else if s.unitWeight[r].Cmp(s.w[i]) != 0 {
			return &RowError{Row: i, Weight: true, Err: ErrWeightVaries}
		}
	}
	return nil
}

// weightAt returns weight i of a batch at weightShift, and false if it has none
// there.
func weightAt(n *column.Numbers, i int) (exact.Int128, bool) {
	v, shift, ok := valueAt(n, i, weightShift)
	if !ok || shift > weightShift {
		return exact.Int128{}, false
	}
	return v.Shl(weightShift - shift)
}

// valueAt returns value i of a batch as v * 2^-shift, with shift no more than most where
// possible. It looks only at that value: another row may be the reason why a batch is
// wide or has a large shift. It returns false if v needs more than 127 bits.
func valueAt(n *column.Numbers, i, most int) (v exact.Int128, shift int, ok bool) {
	var z *big.Int
	switch {
	case n.Wide != nil:
		z = n.Wide[i].Big()
	case n.Mid != nil:
		v = n.Mid[i]
	default:
		v = exact.FromInt64(n.Small[i])
	}
	if z == nil {
		if n.Shift <= most {
			return v, n.Shift, true
		}
		z = v.Big()
	}
	if z.Sign() == 0 {
		return exact.Int128{}, 0, true
	}
	zeros := z.TrailingZeroBits()
	v, ok = exact.FromBig(z.Rsh(z, zeros))
	return v, n.Shift - int(zeros), ok
}

// extendTo sets the length of a scratch slice and returns it; its contents are
// arbitrary.
func extendTo[T any](s *[]T, n int) []T {
	if cap(*s) < n {
		*s = make([]T, n)
	}
	*s = (*s)[:n]
	return *s
}

// RowError is an error of one row of a batch, in its response or its weight.
type RowError struct {
	Row    int
	Weight bool
	Err    error
}

// Error implements error.
func (e *RowError) Error() string { return e.Err.Error() }

// Unwrap returns the reason.
func (e *RowError) Unwrap() error { return e.Err }
