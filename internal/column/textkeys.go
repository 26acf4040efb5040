package column

import (
	"fmt"
	"math"

	"github.com/apache/arrow/go/v15/arrow"
	"github.com/apache/arrow/go/v15/arrow/array"
)

// Interned reports whether the values of a type are texts for an [Interner]: strings
// and bytes, also in a dictionary.
func Interned(dt arrow.DataType) bool {
	k := kindOf(dt)
	return k == kindText || k == kindBinary
}

// textKeys is scratch of a Keys that is read with an interner.
type textKeys struct {
	hash  []uint64
	order []uint32 // rows by shard
	slot  []uint64
	turn  int  // which shard is the first
	warm  byte // sink for the bytes that were read ahead

	dict  arrow.ArrayData // of the last dictionary array
	entry []uint64        // its entries' keys, or noKey, or fresh
	fresh []uint32        // entries that have no key yet
	keys  []uint64        // theirs
}

// No key is as large as these: of an entry that no row has had, and of one that is
// to get its key.
const (
	noKey = math.MaxUint64 - iota
	freshKey
)

// Intern is [Keys.Read] for a type for which [Interned] holds, with the keys of in,
// which is the same for all batches. An entry of a dictionary that no row has leaves
// no trace.
func (k *Keys) Intern(in *Interner, name string, arr arrow.Array, row int64) error {
	for {
		ext, ok := arr.(array.ExtensionArray)
		if !ok {
			break
		}
		arr = ext.Storage()
	}
	if k.text == nil {
		k.text = &textKeys{}
	}
	k.Null = nil
	if arr.NullN() > 0 {
		k.Null = resize(&k.null, arr.Len())
		for i := range k.Null {
			k.Null[i] = arr.IsNull(i)
		}
	}
	k.Key = resize(&k.key, arr.Len())
	if d, ok := arr.(*array.Dictionary); ok {
		at, err := k.internDictionary(in, d)
		if err == nil {
			return nil
		}
		k.text.dict = nil
		if at >= 0 {
			row += int64(at)
		} else {
			row = -1
		}
		return &Error{Column: name, Row: row, Err: err}
	}
	value, err := texts(arr)
	if err == nil && !in.read(k.Key, k.Null, value, k.text) {
		err = ErrTooMany
	}
	if err != nil {
		return &Error{Column: name, Row: -1, Err: err}
	}
	return nil
}

// texts returns the function that gives the text at a position of arr.
func texts(arr arrow.Array) (func(i int) []byte, error) {
	switch a := arr.(type) {
	case array.ExtensionArray:
		return texts(a.Storage())
	case *array.String:
		return func(i int) []byte { return stringBytes(a.Value(i)) }, nil
	case *array.LargeString:
		return func(i int) []byte { return stringBytes(a.Value(i)) }, nil
	case *array.Binary:
		return a.Value, nil
	case *array.LargeBinary:
		return a.Value, nil
	case *array.FixedSizeBinary:
		return a.Value, nil
	}
	return nil, fmt.Errorf("%w: %s is no text", ErrType, arr.DataType().Name())
}

// internDictionary gives the rows of d the keys of their entries, and gives keys to
// entries that have none. On an error it returns the position of the row, or -1.
func (k *Keys) internDictionary(in *Interner, d *array.Dictionary) (int, error) {
	t, dict := k.text, d.Dictionary()
	if data := d.Data().Dictionary(); t.dict != data {
		t.dict, t.entry = data, t.entry[:0]
		for range data.Len() {
			t.entry = append(t.entry, noKey)
		}
	}
	t.fresh = t.fresh[:0]
	size := namable(d)
	for i := range k.Key {
		if k.Null != nil && k.Null[i] {
			continue
		}
		e := d.GetValueIndex(i)
		switch {
		case uint64(e) >= size:
			return i, ErrIndex
		case dict.IsNull(e):
			if k.Null == nil {
				k.Null = resize(&k.null, len(k.Key))
				clear(k.Null)
			}
			k.Null[i] = true
		case t.entry[e] == noKey:
			t.entry[e] = freshKey
			t.fresh = append(t.fresh, uint32(e))
		}
	}
	value, err := texts(dict)
	if err != nil {
		return -1, err
	}
	keys := resize(&t.keys, len(t.fresh))
	if !in.read(keys, nil, func(i int) []byte { return value(int(t.fresh[i])) }, t) {
		return -1, ErrTooMany
	}
	for j, e := range t.fresh {
		t.entry[e] = keys[j]
	}
	for i := range k.Key {
		if k.Null == nil || !k.Null[i] {
			k.Key[i] = t.entry[d.GetValueIndex(i)]
		}
	}
	return 0, nil
}
