package column

import (
	"bytes"
	"slices"
	"unsafe"

	"github.com/apache/arrow/go/v15/arrow"
	"github.com/apache/arrow/go/v15/arrow/array"
)

// The largest dictionary that is read by its indices, and the most entries of a new one:
// reading the entries must cost little compared to reading the rows.
const (
	maxEntries    = 1 << 16
	newEntries    = 256
	rowsEachEntry = 8
)

// Indices is a batch of a dictionary column as it lies in memory, or of a column that is
// read in the same way: one index for each row, without nulls. One of the slices is in
// use.
type Indices struct {
	U8  []uint8
	U16 []uint16
	U32 []uint32
	// Borrowed says that the indices lie in the buffers of the array, and are valid only
	// as long as these buffers.
	Borrowed bool
	// Below is greater than every index that the data may have. The code that reads the
	// indices must check them.
	Below int
}

// Len returns the number of rows.
func (x *Indices) Len() int { return len(x.U8) + len(x.U16) + len(x.U32) }

// Dictionary holds the values of the indices of a column. It does not refer to the array
// that it was read from, and is immutable.
type Dictionary struct {
	values *Encoder
	codes  []uint32 // entry -> code in values
}

// Len returns the number of entries.
func (d *Dictionary) Len() int { return len(d.codes) }

// Label returns an entry as text, as [List.Label] does.
func (d *Dictionary) Label(entry int) string { return d.values.Label(d.codes[entry]) }

// Equal reports whether both have the same entries in the same order.
func (d *Dictionary) Equal(o *Dictionary) bool {
	if d == o {
		return true
	}
	a, b := d.values, o.values
	return a.kind == b.kind && slices.Equal(d.codes, o.codes) && slices.Equal(a.ints.values, b.ints.values) &&
		slices.Equal(a.bytes.ends, b.bytes.ends) && bytes.Equal(a.bytes.arena, b.bytes.arena)
}

// Indices returns the indices of a dictionary array, and its dictionary. The dictionary
// is the same pointer as before while the entries stay the same. Plain texts and integers
// are read as a dictionary of the values so far, while these are few and new values
// seldom come; their indices are valid until the next call. The rows get no codes; see
// [Encoder.Use].
//
// Indices returns nil where rows must be encoded one by one:
//
//   - other arrays;
//   - null rows or entries, and entries without a code;
//   - indices of 64 bits;
//   - dictionaries that are large, or new and large for the rows.
func (e *Encoder) Indices(arr arrow.Array) (Indices, *Dictionary) {
	for {
		ext, ok := arr.(array.ExtensionArray)
		if !ok {
			break
		}
		arr = ext.Storage()
	}
	d, ok := arr.(*array.Dictionary)
	if !ok {
		return e.few.indices(e, arr)
	}
	if d.NullN() > 0 {
		return Indices{}, nil
	}
	x := indicesOf(d.Indices(), d.Data().Dictionary().Len())
	if x.Len() != d.Len() || x.Below == 0 {
		return Indices{}, nil
	}
	if data := d.Data().Dictionary(); e.entries == nil || e.entriesOf != data {
		if data.Len() > max(newEntries, d.Len()/rowsEachEntry) {
			return Indices{}, nil
		}
		now := newDictionary(e, d, data)
		if now == nil {
			return Indices{}, nil
		}
		e.entriesOf = data
		if e.entries == nil || !now.Equal(e.entries) {
			e.entries = now
		}
	}
	x.Borrowed = true
	return x, e.entries
}

// RowByRow reports whether [Encoder.Indices] returns nil for all plain arrays to come.
func (e *Encoder) RowByRow() bool { return e.few.off || e.few.changes > fewChanges }

// indicesOf views the indices of a dictionary of n entries. A negative index
// looks like one that is too large: Below leaves room for none of them.
func indicesOf(arr arrow.Array, n int) (x Indices) {
	if n > maxEntries {
		return x
	}
	switch a := arr.(type) {
	case *array.Int8:
		x.U8, x.Below = unsigned[uint8](a.Int8Values()), min(n, 1<<7)
	case *array.Uint8:
		x.U8, x.Below = a.Uint8Values(), min(n, 1<<8)
	case *array.Int16:
		x.U16, x.Below = unsigned[uint16](a.Int16Values()), min(n, 1<<15)
	case *array.Uint16:
		x.U16, x.Below = a.Uint16Values(), n
	case *array.Int32:
		x.U32, x.Below = unsigned[uint32](a.Int32Values()), n
	case *array.Uint32:
		x.U32, x.Below = a.Uint32Values(), n
	}
	return x
}

// unsigned views signed numbers as unsigned ones of the same size.
func unsigned[U, S integer](s []S) []U {
	return unsafe.Slice((*U)(unsafe.Pointer(unsafe.SliceData(s))), len(s))
}

// newDictionary reads the entries of d; nil if some are null or have no code.
func newDictionary(e *Encoder, d *array.Dictionary, data arrow.ArrayData) *Dictionary {
	values, err := NewEncoder(e.name, e.dt)
	if err != nil {
		return nil
	}
	code, err := values.entryCoder(d.Dictionary())
	if err != nil {
		return nil
	}
	out := &Dictionary{values: values, codes: make([]uint32, data.Len())}
	for i := range out.codes {
		if out.codes[i], err = code(i); err != nil {
			return nil
		}
	}
	if values.HasNulls() {
		return nil
	}
	return out
}

// Use gives codes to the entries of a dictionary that rows use. It returns the code of
// each entry, with all bits set for an entry without rows. Entries of the same value have
// the same code.
func (e *Encoder) Use(d *Dictionary, used []bool) []uint32 {
	codes := make([]uint32, len(d.codes))
	for i, is := range used {
		switch {
		case !is:
			codes[i] = noCode
		case e.kind.isBytes():
			codes[i] = e.byteCode(d.values.bytes.value(d.codes[i]))
		default:
			codes[i] = e.intCode(d.values.ints.values[d.codes[i]])
		}
	}
	return codes
}
