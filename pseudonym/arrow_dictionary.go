package pseudonym

import (
	"context"
	"errors"
	"fmt"

	"github.com/apache/arrow/go/v15/arrow"
	"github.com/apache/arrow/go/v15/arrow/array"
	"github.com/apache/arrow/go/v15/arrow/bitutil"
	"github.com/apache/arrow/go/v15/arrow/memory"
)

// dictionary hashes the entries that rows use, in the order in which rows first use them.
// The order of the entries would tell which identifier is larger. An entry that no row
// uses would tell that the identifier exists. Both are removed.
func (p *Pseudonymizer) dictionary(ctx context.Context, mem memory.Allocator, d *array.Dictionary, counter *Counter) (arrow.Array, error) {
	dict := d.Dictionary()
	indices, u, err := renumberAny(mem, d.Indices(), dict.Len())
	if err != nil {
		return nil, err
	}
	defer func() { indices.Release() }()
	var inside Counter
	into := &inside
	if counter == nil {
		into = nil
	}
	out, err := p.plain(ctx, mem, dict, u, into)
	if err != nil {
		return nil, err
	}
	defer func() { out.Release() }()
	if out.NullN() > 0 {
		// A null among the entries is a null of the rows: not every reader knows the other.
		before, all := indices, out
		indices, out, err = nullRows(mem, indices, out)
		if err != nil {
			indices, out = before, all
			return nil, err
		}
		defer before.Release()
		defer all.Release()
	}
	counter.add(int64(d.Len()), int64(d.Indices().NullN())+inside.nulls, inside.invalid, inside.canonical, &inside.seen)
	return array.NewDictionaryArray(p.DataType(d.DataType()).(*arrow.DictionaryType), indices, out), nil
}

// used says which entries of a dictionary rows use, in the order of their first
// use: which entry, how often, and in which row first.
type used struct {
	entry       []int
	uses, first []int64
}

// len returns the number of values of arr to hash.
func (u *used) len(arr arrow.Array) int {
	if u == nil {
		return arr.Len()
	}
	return len(u.entry)
}

// at returns the place of value i.
func (u *used) at(i int) int {
	if u == nil {
		return i
	}
	return u.entry[i]
}

// weight is the number of rows that value i stands for.
func (u *used) weight(i int) int64 {
	if u == nil {
		return 1
	}
	return u.uses[i]
}

func (u *used) row(i int) int64 {
	if u == nil {
		return int64(i)
	}
	return u.first[i]
}

// renumberAny returns the indices of a dictionary with the entries numbered in the order
// of their first use. entries is the number of entries.
func renumberAny(mem memory.Allocator, indices arrow.Array, entries int) (arrow.Array, *used, error) {
	switch ix := indices.(type) {
	case *array.Int8:
		return renumber(mem, ix, ix.Int8Values(), entries)
	case *array.Int16:
		return renumber(mem, ix, ix.Int16Values(), entries)
	case *array.Int32:
		return renumber(mem, ix, ix.Int32Values(), entries)
	case *array.Int64:
		return renumber(mem, ix, ix.Int64Values(), entries)
	case *array.Uint8:
		return renumber(mem, ix, ix.Uint8Values(), entries)
	case *array.Uint16:
		return renumber(mem, ix, ix.Uint16Values(), entries)
	case *array.Uint32:
		return renumber(mem, ix, ix.Uint32Values(), entries)
	case *array.Uint64:
		return renumber(mem, ix, ix.Uint64Values(), entries)
	}
	return nil, nil, &ColumnError{Row: -1, Err: fmt.Errorf("%w: a dictionary with indices of %s", ErrType, indices.DataType().Name())}
}

type integer interface {
	int8 | int16 | int32 | int64 | uint8 | uint16 | uint32 | uint64
}

func renumber[T integer](mem memory.Allocator, indices arrow.Array, from []T, entries int) (arrow.Array, *used, error) {
	values := memory.NewResizableBuffer(mem)
	defer values.Release()
	values.Resize(len(from) * indices.DataType().(arrow.FixedWidthDataType).Bytes())
	to := arrow.GetData[T](values.Bytes())
	u := &used{}
	of := make([]struct{ number, uses int64 }, entries) // entry -> its new number + 1
	allValid := indices.NullN() == 0
	for i, k := range from {
		if !allValid && indices.IsNull(i) {
			to[i] = 0
			continue
		}
		if k < 0 || uint64(k) >= uint64(entries) {
			return nil, nil, &ColumnError{Row: int64(i), Err: errors.New("dictionary index is outside the dictionary")}
		}
		e := &of[k]
		if e.number == 0 {
			u.entry, u.first = append(u.entry, int(k)), append(u.first, int64(i))
			e.number = int64(len(u.entry))
		}
		e.uses++
		to[i] = T(e.number - 1)
	}
	u.uses = make([]int64, len(u.entry))
	for n, k := range u.entry {
		u.uses[n] = of[k].uses
	}
	var valid *memory.Buffer
	if !allValid {
		valid = memory.NewResizableBuffer(mem)
		defer valid.Release()
		valid.Resize(int(bitutil.BytesForBits(int64(len(from)))))
		bitutil.CopyBitmap(indices.NullBitmapBytes(), indices.Data().Offset(), len(from), valid.Bytes(), 0)
	}
	data := array.NewData(indices.DataType(), len(from), []*memory.Buffer{valid, values}, nil, indices.NullN(), 0)
	defer data.Release()
	return array.MakeFromData(data), u, nil
}

// nullRows moves nulls from the entries of a dictionary, which renumber has made,
// to the rows that use them, and leaves these entries out.
func nullRows(mem memory.Allocator, indices, entries arrow.Array) (arrow.Array, arrow.Array, error) {
	to := make([]int, entries.Len()) // entry -> its new number, -1 for a null
	next, kept := 0, []arrow.Array{}
	defer func() {
		for _, a := range kept {
			a.Release()
		}
	}()
	for i := 0; i < entries.Len(); {
		j := i
		for ; j < entries.Len() && entries.IsNull(j) == entries.IsNull(i); j++ {
			to[j] = -1
			if !entries.IsNull(j) {
				to[j], next = next, next+1
			}
		}
		if !entries.IsNull(i) {
			kept = append(kept, array.NewSlice(entries, int64(i), int64(j)))
		}
		i = j
	}
	if len(kept) == 0 {
		kept = append(kept, array.NewSlice(entries, 0, 0))
	}
	out, err := array.Concatenate(kept, mem)
	if err != nil {
		return nil, nil, err
	}
	values, valid := memory.NewResizableBuffer(mem), memory.NewResizableBuffer(mem)
	defer values.Release()
	defer valid.Release()
	width := indices.DataType().(arrow.FixedWidthDataType).Bytes()
	values.Resize(indices.Len() * width)
	valid.Resize(int(bitutil.BytesForBits(int64(indices.Len()))))
	from := indices.Data().Buffers()[1].Bytes()
	nulls := 0
	switch width { // an index is not negative: its sign does not matter
	case 1:
		nulls = mapped(arrow.GetData[uint8](from), arrow.GetData[uint8](values.Bytes()), indices, to, valid.Bytes())
	case 2:
		nulls = mapped(arrow.GetData[uint16](from), arrow.GetData[uint16](values.Bytes()), indices, to, valid.Bytes())
	case 4:
		nulls = mapped(arrow.GetData[uint32](from), arrow.GetData[uint32](values.Bytes()), indices, to, valid.Bytes())
	default:
		nulls = mapped(arrow.GetData[uint64](from), arrow.GetData[uint64](values.Bytes()), indices, to, valid.Bytes())
	}
	data := array.NewData(indices.DataType(), indices.Len(), []*memory.Buffer{valid, values}, nil, nulls, 0)
	defer data.Release()
	return array.MakeFromData(data), out, nil
}

// mapped writes the new number of every row, and returns the number of nulls.
func mapped[T integer](from, into []T, rows arrow.Array, to []int, valid []byte) (nulls int) {
	for i := range rows.Len() {
		into[i] = 0
		n := -1
		if !rows.IsNull(i) {
			n = to[from[i]]
		}
		bitutil.SetBitTo(valid, i, n >= 0)
		if n < 0 {
			nulls++
			continue
		}
		into[i] = T(n)
	}
	return nulls
}

// onlyUsed returns an array as it is, or a dictionary without the entries that no row
// uses, in the order of their first use. The caller releases the result.
func onlyUsed(mem memory.Allocator, arr arrow.Array) (arrow.Array, error) {
	d, ok := arr.(*array.Dictionary)
	if !ok {
		arr.Retain()
		return arr, nil
	}
	indices, u, err := renumberAny(mem, d.Indices(), d.Dictionary().Len())
	if err != nil {
		return nil, err
	}
	defer indices.Release()
	parts := []arrow.Array{}
	defer func() {
		for _, p := range parts {
			p.Release()
		}
	}()
	for i := 0; i < len(u.entry); {
		j := i + 1
		for j < len(u.entry) && u.entry[j] == u.entry[j-1]+1 {
			j++
		}
		parts = append(parts, array.NewSlice(d.Dictionary(), int64(u.entry[i]), int64(u.entry[j-1]+1)))
		i = j
	}
	if len(parts) == 0 {
		parts = append(parts, array.NewSlice(d.Dictionary(), 0, 0))
	}
	entries, err := array.Concatenate(parts, mem)
	if err != nil {
		return nil, &ColumnError{Row: -1, Err: fmt.Errorf("%w: a dictionary of %s", ErrType, d.Dictionary().DataType().Name())}
	}
	defer entries.Release()
	return array.NewDictionaryArray(d.DataType(), indices, entries), nil
}

// usedChunks is onlyUsed for every chunk of a column.
func usedChunks(mem memory.Allocator, col *arrow.Chunked) (*arrow.Chunked, error) {
	var out []arrow.Array
	defer func() {
		for _, a := range out {
			a.Release()
		}
	}()
	row := int64(0)
	for _, c := range col.Chunks() {
		a, err := onlyUsed(mem, c)
		if err != nil {
			return nil, shift(err, "", row)
		}
		out = append(out, a)
		row += int64(c.Len())
	}
	return arrow.NewChunked(col.DataType(), out), nil
}
