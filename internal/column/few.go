package column

import (
	"bytes"
	"encoding/binary"
	"slices"

	"github.com/apache/arrow/go/v15/arrow"
	"github.com/apache/arrow/go/v15/arrow/array"

	"github.com/sluis-go/sluis/internal/scatter"
)

// A column of plain values has few if it has at most fewValues of them, and integers lie
// in a range of fewRange. Its dictionary may change fewChanges times.
const (
	fewValues  = 1 << 8
	fewRange   = 1 << 12
	fewChanges = 8
	fewSlots   = 4 * fewValues
)

// few numbers the values of a column of plain arrays, in first-seen order, while there
// are few: one byte for each row, through a table that stays in the first cache. The
// values decide equality, never a hash.
type few struct {
	off         bool // there are more
	n           int  // values so far
	rows, index []uint8

	// Of integers: the number of a value, one more, by its distance from base.
	base    int64
	numbers []uint16
	ints    []int64

	// Of texts: the number, one more, by hash; nil before there are any.
	slots []uint16
	heads []head
	texts [][]byte
	codes []uint32 // number -> code in the encoder, or noCode

	// The values as entries of a dictionary, in canonical order: workers that have seen
	// the same values have equal dictionaries.
	entries *Dictionary // nil if it lacks some of the values
	changes int
	entry   []uint8 // number -> entry
}

// head is the length of a text and, of up to 16 bytes, all of these; of more, the first
// and the last eight.
type head struct{ size, first, last uint64 }

func headOf(v []byte) head {
	n := len(v)
	switch {
	case n >= 8:
		return head{uint64(n), binary.LittleEndian.Uint64(v), binary.LittleEndian.Uint64(v[n-8:])}
	case n >= 4:
		return head{uint64(n), uint64(binary.LittleEndian.Uint32(v)), uint64(binary.LittleEndian.Uint32(v[n-4:]))}
	case n > 0:
		return head{uint64(n), uint64(v[0]) | uint64(v[n/2])<<8, uint64(v[n-1])}
	}
	return head{}
}

func (h head) slot() uint64 {
	return scatter.Mix(h.first^h.last*scatter.Step+h.size) >> (64 - 10)
}

// read numbers the rows of arr. It returns false if arr has nulls, has a type that few
// does not read, or gives too many values.
func (f *few) read(arr arrow.Array) bool {
	if f.off || arr.NullN() > 0 {
		return false
	}
	if arr.Len() == 0 { // an array of texts may have no offsets then
		f.rows = f.rows[:0]
		return true
	}
	rows, ok := resize(&f.rows, arr.Len()), true
	switch a := arr.(type) {
	case *array.String:
		ok = fewTexts(f, a.ValueBytes(), a.ValueOffsets(), rows)
	case *array.LargeString:
		ok = fewTexts(f, a.ValueBytes(), a.ValueOffsets(), rows)
	case *array.Int8:
		ok = fewInts(f, a.Int8Values(), rows)
	case *array.Int16:
		ok = fewInts(f, a.Int16Values(), rows)
	case *array.Int32:
		ok = fewInts(f, a.Int32Values(), rows)
	case *array.Int64:
		ok = fewInts(f, a.Int64Values(), rows)
	case *array.Uint8:
		ok = fewInts(f, a.Uint8Values(), rows)
	case *array.Uint16:
		ok = fewInts(f, a.Uint16Values(), rows)
	case *array.Uint32:
		ok = fewInts(f, a.Uint32Values(), rows)
	case *array.Date32:
		ok = fewInts(f, a.Date32Values(), rows)
	default:
		ok = false
	}
	f.off = !ok
	return ok
}

// fewTexts is read for texts. Row i is data from offsets[i] to offsets[i+1], relative to
// offsets[0].
func fewTexts[T int32 | int64](f *few, data []byte, offsets []T, rows []uint8) bool {
	if f.slots == nil {
		f.slots = make([]uint16, fewSlots)
	}
	slots := (*[fewSlots]uint16)(f.slots)
	start, lo := offsets[0], T(0)
	for i := range rows {
		hi := offsets[i+1] - start
		v := data[lo:hi]
		lo = hi
		h := headOf(v)
		at := h.slot()
		for {
			s := slots[at%fewSlots]
			if s == 0 {
				if f.n == fewValues {
					return false
				}
				f.heads, f.texts, f.codes = append(f.heads, h), append(f.texts, bytes.Clone(v)), append(f.codes, noCode)
				f.n++
				f.entries = nil
				s = uint16(f.n)
				slots[at%fewSlots] = s
			}
			if s--; f.heads[s] == h && (len(v) <= 16 || bytes.Equal(f.texts[s], v)) {
				rows[i] = uint8(s)
				break
			}
			at++
		}
	}
	return true
}

// fewInts is read for integers.
func fewInts[T integer](f *few, values []T, rows []uint8) bool {
	least, most := int64(slices.Min(values)), int64(slices.Max(values))
	if f.n > 0 {
		least, most = min(least, f.base), max(most, f.base+int64(len(f.numbers))-1)
	}
	span := uint64(most) - uint64(least)
	if least > most || span >= fewRange {
		return false
	}
	if f.n == 0 || least < f.base || span >= uint64(len(f.numbers)) {
		f.base, f.numbers = least, make([]uint16, span+1)
		for k, v := range f.ints {
			f.numbers[v-least] = uint16(k + 1)
		}
	}
	numbers, base := f.numbers, f.base
	for i, v := range values {
		s := numbers[int64(v)-base]
		if s == 0 {
			if f.n == fewValues {
				return false
			}
			f.ints = append(f.ints, int64(v))
			f.n++
			f.entries = nil
			s = uint16(f.n)
			numbers[int64(v)-base] = s
		}
		rows[i] = uint8(s - 1)
	}
	return true
}

// indices is [Encoder.Indices] for plain arrays.
func (f *few) indices(e *Encoder, arr arrow.Array) (Indices, *Dictionary) {
	if e.RowByRow() || !f.read(arr) || f.n == 0 {
		return Indices{}, nil
	}
	if f.entries == nil {
		if f.changes++; f.changes > fewChanges {
			return Indices{}, nil
		}
		f.entries = f.dictionary(e)
	}
	index := resize(&f.index, len(f.rows))
	for i, k := range f.rows {
		index[i] = f.entry[k]
	}
	return Indices{U8: index, Below: f.n}, f.entries
}

// dictionary puts the values in canonical order.
func (f *few) dictionary(e *Encoder) *Dictionary {
	order := make([]uint8, f.n)
	for k := range order {
		order[k] = uint8(k)
	}
	slices.SortFunc(order, func(a, b uint8) int {
		if f.ints != nil {
			return int(f.ints[a] - f.ints[b]) // within fewRange
		}
		return bytes.Compare(f.texts[a], f.texts[b])
	})
	f.entry = make([]uint8, f.n)
	d := &Dictionary{values: &Encoder{name: e.name, dt: e.dt, kind: e.kind, null: -1}, codes: make([]uint32, f.n)}
	for i, k := range order {
		f.entry[k] = uint8(i)
		if f.ints != nil {
			d.codes[i] = d.values.intCode(f.ints[k])
		} else {
			d.codes[i] = d.values.byteCode(f.texts[k])
		}
	}
	return d
}

// append is [Encoder.Append] for plain texts; false if they have to be encoded one by one.
// A value gets its code when the first row has it.
func (f *few) append(e *Encoder, arr arrow.Array, dst []uint32) bool {
	if !f.read(arr) {
		return false
	}
	for i, k := range f.rows {
		code := f.codes[k]
		if code == noCode {
			code = e.byteCode(f.texts[k])
			f.codes[k] = code
		}
		dst[i] = code
	}
	return true
}
