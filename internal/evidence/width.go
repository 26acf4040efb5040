package evidence

import (
	"math/bits"
	"unsafe"

	"github.com/sluis-go/sluis/internal/column"
	"github.com/sluis-go/sluis/internal/exact"
)

// small is a response of 64 bits.
type small int64

// integers views values as integers of 64 bits.
func integers(x []small) []int64 {
	return unsafe.Slice((*int64)(unsafe.SliceData(x)), len(x))
}

// smalls views values as responses.
func smalls(x []int64) []small {
	return unsafe.Slice((*small)(unsafe.SliceData(x)), len(x))
}

// Add is a + b; smallBits leave it room.
func (a small) Add(b small) small { return a + b }

// Abs is the absolute value.
func (a small) Abs() small {
	if a < 0 {
		return -a
	}
	return a
}

// Cmp is -1, 0 or 1 for a below, at or above b.
func (a small) Cmp(b small) int {
	switch {
	case a < b:
		return -1
	case a > b:
		return 1
	}
	return 0
}

// Sign is -1, 0 or 1.
func (a small) Sign() int {
	switch {
	case a < 0:
		return -1
	case a > 0:
		return 1
	}
	return 0
}

// Fold is the same for equal numbers, and 0 for 0.
func (a small) Fold() uint64 { return uint64(a) }

// Num is the same number without a width.
func (a small) Num() exact.Num { return exact.NewNum(exact.FromInt64(int64(a))) }

// sumBits is how many bits a sum of Int128, or of weights, may reach, and
// smallBits a sum of small.
const (
	sumBits   = 126
	smallBits = 62
)

// fits reports whether rows values of the given bits add up within an Int128.
func fits(valueBits int, rows int64, sum int) bool {
	return valueBits+bits.Len64(uint64(rows)) <= sum
}

// loads brings the state to the shift of the response of a batch, if that shift is finer.
// It reports whether the sums still fit; if not, it has changed nothing.
func (s *state[T]) loads(n *column.Numbers, rows int64, sum int, shl func(T, int) T) bool {
	shift := max(s.shift, n.Shift)
	most := max(s.bits+shift-s.shift, n.Bits+shift-n.Shift)
	if !fits(most, rows, sum) {
		return false
	}
	s.reshift(shift, shl)
	s.bits = most
	return true
}

// loadSmall sets s.x to the response of a batch, without a copy where possible. It
// reports false, and changes nothing, if the sums would no longer fit.
func loadSmall(s *state[small], n *column.Numbers, length int, rows int64) bool {
	if n.Wide != nil || n.Mid != nil || !s.loads(n, rows, smallBits, shlSmall) {
		return false
	}
	up := s.shift - n.Shift
	if up == 0 {
		s.x = unsafe.Slice((*small)(unsafe.SliceData(n.Small)), len(n.Small))
		return true
	}
	s.x = extendTo(&s.shifted, length)
	for i, v := range n.Small {
		s.x[i] = small(v) << up
	}
	return true
}

// loadNarrow is loadSmall for 128 bits.
func loadNarrow(s *state[exact.Int128], n *column.Numbers, length int, rows int64) bool {
	if n.Wide != nil || !s.loads(n, rows, sumBits, shlNarrow) {
		return false
	}
	s.x = extendTo(&s.shifted, length)
	up := s.shift - n.Shift
	switch {
	case n.Mid != nil:
		for i, v := range n.Mid {
			s.x[i], _ = v.Shl(up)
		}
	case up == 0:
		for i, v := range n.Small {
			s.x[i] = exact.FromInt64(v)
		}
	default:
		for i, v := range n.Small {
			s.x[i], _ = exact.FromInt64(v).Shl(up)
		}
	}
	return true
}

func shlSmall(v small, n int) small { return v << n }

func shlNarrow(v exact.Int128, n int) exact.Int128 {
	v, _ = v.Shl(n)
	return v
}

// loadWide fills s.x with a batch's response.
func loadWide(s *state[exact.Wide], n *column.Numbers, length int) {
	s.x = extendTo(&s.shifted, length)
	switch {
	case n.Wide != nil:
		copy(s.x, n.Wide)
	case n.Mid != nil:
		for i, v := range n.Mid {
			s.x[i] = exact.WideFrom(v, s.shift-n.Shift)
		}
	default:
		for i, v := range n.Small {
			s.x[i] = exact.WideFrom(exact.FromInt64(v), s.shift-n.Shift)
		}
	}
}

// reshift brings all sums of a state to a finer shift.
func (s *state[T]) reshift(shift int, shl func(T, int) T) {
	up := shift - s.shift
	if up == 0 {
		return
	}
	s.shift = shift
	lists := [][]T{s.inner.sum, s.inner.abs, s.inner.top, s.inner.named, s.inner.one, s.few}
	if s.log != nil {
		s.log.seal()
		for i := range s.log.blocks {
			b := &s.log.blocks[i]
			lists, b.read = append(lists, b.x), converted(b.read, shl, up)
		}
	}
	for _, p := range s.pools() {
		lists = append(lists, p.open.x)
		for i := range p.blocks {
			lists = append(lists, p.blocks[i].x)
		}
		for i := range p.runs {
			p.runs[i].x = converted(p.runs[i].x, shl, up)
		}
	}
	for _, list := range lists {
		for i, v := range list {
			list[i] = shl(v, up)
		}
	}
	for _, list := range s.inner.tau {
		for i := range list {
			list[i].Value = shl(list[i].Value, up)
		}
	}
}

// widened turns a state into one of a wider number at the given shift.
func widened[T number[T], U number[U]](s *state[T], shift int, convert func(T, int) U) *state[U] {
	up := shift - s.shift
	all := func(list []T) []U {
		if list == nil {
			return nil
		}
		out := make([]U, len(list))
		for i, v := range list {
			out[i] = convert(v, up)
		}
		return out
	}
	in := &s.inner
	w := newState[U](s.shape, 0)
	w.shift, w.bits, w.most, w.few = shift, s.bits+up, s.most, all(s.few)
	w.inner = cells[U]{
		shape: in.shape, n: in.n, records: in.records, missing: in.missing,
		respondents: in.respondents, holdings: in.holdings,
		contributors: in.contributors, nonZero: in.nonZero, negative: in.negative,
		sum: all(in.sum), abs: all(in.abs), top: all(in.top), owner: in.owner, named: all(in.named), who: in.who,
		owners: in.owners, seen: in.seen, one: all(in.one),
		tau:     make([][]pair[U], len(in.tau)),
		weights: in.weights, weighted: in.weighted, weightedAbs: in.weightedAbs, slots: in.slots,
	}
	for i, list := range in.tau {
		for _, v := range list {
			w.inner.tau[i] = append(w.inner.tau[i], pair[U]{Value: convert(v.Value, up), Weight: v.Weight})
		}
	}
	block := func(b *block[T]) block[U] {
		return block[U]{offsets: b.offsets, unit: b.unit, cell: b.cell, filled: b.filled, x: all(b.x), wx: b.wx, cells: b.cells}
	}
	into := w.pools()
	for i, p := range s.pools() {
		q := into[i]
		q.dense, q.rows, q.compactMin, q.compactAt = p.dense, p.rows, p.compactMin, p.compactAt
		q.spill = p.spill
		q.open = block(&p.open)
		for k := range p.blocks {
			q.blocks = append(q.blocks, block(&p.blocks[k]))
		}
		for _, r := range p.runs {
			q.runs = append(q.runs, run[U]{storage: r.storage, segments: r.segments, x: converted(r.x, convert, up), weighted: r.weighted, cells: r.cells})
		}
	}
	w.log = logOf(s.log, convert, up)
	w.unitWeight, w.weightSum = s.unitWeight, s.weightSum
	return w
}

func narrowOfSmall(v small, up int) exact.Int128 { return shlNarrow(exact.FromInt64(int64(v)), up) }
