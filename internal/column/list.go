package column

import (
	"bytes"
	"math"
	"math/big"
	"sort"

	"github.com/apache/arrow/go/v15/arrow"

	"github.com/sluis-go/sluis/internal/exact"
)

// MissingLabel is how null is printed where it is a category of its own.
const MissingLabel = "(missing)"

// List holds the values of the codes of a column in canonical order: numbers, dates and
// booleans by value, text and binary by bytes, null last. Texts are ordered as numbers
// where all are whole numbers (digits, with or without a minus): by value, and texts of
// one value (1, 01, 001) by bytes. A List is immutable.
type List struct {
	dt    arrow.DataType
	kind  kind
	ints  []int64
	texts [][]byte
	null  bool

	byLabel map[string]uint32
}

// Finish closes the encoder: it returns the values in canonical order and, for
// every code given out, its rank in that order.
func (e *Encoder) Finish() (list *List, rank []uint32) {
	order := make([]uint32, e.tableLen()) // positions in the table
	for i := range order {
		order[i] = uint32(i)
	}
	less := e.less
	if e.kind == kindText && e.allWhole() {
		less = func(p, q uint32) bool { return compareWhole(e.bytes.value(p), e.bytes.value(q)) < 0 }
	}
	sort.Slice(order, func(i, j int) bool { return less(order[i], order[j]) })

	list = &List{dt: e.dt, kind: e.kind, null: e.null >= 0}
	rank = make([]uint32, e.n)
	for r, pos := range order {
		rank[e.codeAt(pos)] = uint32(r)
		if e.kind.isBytes() {
			list.texts = append(list.texts, bytes.Clone(e.bytes.value(pos)))
		} else {
			list.ints = append(list.ints, e.ints.values[pos])
		}
	}
	if e.null >= 0 {
		rank[e.null] = uint32(len(order))
	}
	list.byLabel = make(map[string]uint32, list.Len())
	for c := range list.Len() {
		if !list.isNull(uint32(c)) {
			list.byLabel[list.Label(uint32(c))] = uint32(c)
		}
	}
	return list, rank
}

func (e *Encoder) tableLen() int {
	if e.kind.isBytes() {
		return e.bytes.len()
	}
	return len(e.ints.values)
}

// codeAt is the code of the value at a position of the table.
func (e *Encoder) codeAt(pos uint32) uint32 {
	if e.null >= 0 && int64(pos) >= e.null {
		return pos + 1
	}
	return pos
}

func (e *Encoder) less(p, q uint32) bool {
	switch {
	case e.kind.isBytes():
		return bytes.Compare(e.bytes.value(p), e.bytes.value(q)) < 0
	case e.kind == kindUint:
		return uint64(e.ints.values[p]) < uint64(e.ints.values[q])
	}
	return e.ints.values[p] < e.ints.values[q]
}

// Merge adds the values of o to e and returns, for every code of o, the code
// of the same value in e. Both must encode the same type.
func (e *Encoder) Merge(o *Encoder) []uint32 {
	codes := make([]uint32, o.n)
	for pos := range uint32(o.tableLen()) {
		if e.kind.isBytes() {
			codes[o.codeAt(pos)] = e.byteCode(o.bytes.value(pos))
		} else {
			codes[o.codeAt(pos)] = e.intCode(o.ints.values[pos])
		}
	}
	if o.null >= 0 {
		codes[o.null] = e.nullCode()
	}
	return codes
}

// Same reports whether two columns of these types can share one code list:
// their values are of one type, dictionaries looked through.
func Same(a, b arrow.DataType) bool {
	x, y := valueType(a), valueType(b)
	if kindOf(x) == kindText && kindOf(y) == kindText {
		return true
	}
	return arrow.TypeEqual(x, y)
}

// Len returns the number of codes, null included.
func (l *List) Len() int { return len(l.ints) + len(l.texts) + int(b2i(l.null)) }

// Null returns the code of null, and whether there is one.
func (l *List) Null() (code uint32, ok bool) {
	if !l.null {
		return 0, false
	}
	return uint32(l.Len() - 1), true
}

func (l *List) isNull(code uint32) bool {
	c, ok := l.Null()
	return ok && c == code
}

// Label returns the value of a code as text: numbers in decimal, dates as
// 2006-01-02, times in RFC 3339 (UTC), binary in hexadecimal, null as
// [MissingLabel].
func (l *List) Label(code uint32) string {
	switch {
	case l.isNull(code):
		return MissingLabel
	case l.kind.isBytes():
		return formatBytes(l.kind, l.dt, l.texts[code])
	}
	return formatInt(l.kind, l.dt, l.ints[code])
}

// Lookup returns the code of a label; null has none.
func (l *List) Lookup(label string) (code uint32, ok bool) {
	code, ok = l.byLabel[label]
	return code, ok
}

// Number returns the value of a code as a float64 (dates and times as the
// number that stores them), and false for null, text, binary and booleans.
func (l *List) Number(code uint32) (float64, bool) {
	if l.isNull(code) {
		return math.NaN(), false
	}
	switch l.kind {
	case kindInt, kindDate32, kindDate64, kindTimestamp, kindTime:
		return float64(l.ints[code]), true
	case kindUint:
		return float64(uint64(l.ints[code])), true
	case kindFloat:
		return floatFromOrdered(l.ints[code]), true
	case kindDecimal:
		f, _ := new(big.Float).SetInt(decimalOfKey(l.texts[code])).Float64()
		return f / math.Pow10(int(l.dt.(arrow.DecimalType).GetScale())), true
	}
	return math.NaN(), false
}

// Label returns the value of a code of an encoder that is still open, as
// [List.Label] does.
func (e *Encoder) Label(code uint32) string {
	pos := int64(code)
	if e.null >= 0 {
		switch {
		case pos == e.null:
			return MissingLabel
		case pos > e.null:
			pos--
		}
	}
	if e.kind.isBytes() {
		return formatBytes(e.kind, e.dt, e.bytes.value(uint32(pos)))
	}
	return formatInt(e.kind, e.dt, e.ints.values[pos])
}

// Text returns a value that is text or bytes as it is, and others as [Encoder.Label] does.
func (e *Encoder) Text(code uint32) string {
	if e.kind != kindBinary || int64(code) == e.null {
		return e.Label(code)
	}
	if e.null >= 0 && int64(code) > e.null {
		code--
	}
	return string(e.bytes.value(code))
}

// Bytes reports whether the values are bytes, with hexadecimal labels.
func (l *List) Bytes() bool { return l.kind == kindBinary }

// Ordered reports whether the values are numbers, dates, times or booleans: their
// canonical order is more than the order of letters or bytes.
func (l *List) Ordered() bool { return !l.kind.isBytes() || l.kind == kindDecimal }

// Numbers reports whether the values are numbers: no dates, times, booleans or text.
func (l *List) Numbers() bool {
	switch l.kind {
	case kindInt, kindUint, kindFloat, kindDecimal:
		return true
	}
	return false
}

// Rat returns the value of a code exactly, a float being read as package exact
// does; false where Number has none.
func (l *List) Rat(code uint32) (*big.Rat, bool) {
	if l.isNull(code) {
		return nil, false
	}
	switch l.kind {
	case kindInt, kindDate32, kindDate64, kindTimestamp, kindTime:
		return new(big.Rat).SetInt64(l.ints[code]), true
	case kindUint:
		return new(big.Rat).SetInt(new(big.Int).SetUint64(uint64(l.ints[code]))), true
	case kindFloat:
		m, shift, exponent, ok := exact.FromFloat64(floatFromOrdered(l.ints[code]))
		r := exact.Unit{Digits: exact.FloatDigits, Shift: shift}.Rat(m.Num())
		return r.Mul(r, new(big.Rat).SetInt(new(big.Int).Lsh(big.NewInt(1), uint(exponent)))), ok
	case kindDecimal:
		scale := int64(l.dt.(arrow.DecimalType).GetScale())
		ten := exact.Pow10(int(max(scale, -scale)))
		r := new(big.Rat).SetInt(decimalOfKey(l.texts[code]))
		if scale < 0 {
			return r.Mul(r, new(big.Rat).SetInt(ten)), true
		}
		return r.Quo(r, new(big.Rat).SetInt(ten)), true
	}
	return nil, false
}
