package pseudonym

import (
	"encoding/hex"
	"errors"
	"fmt"

	"github.com/apache/arrow/go/v15/arrow"
	"github.com/apache/arrow/go/v15/arrow/array"
	"github.com/apache/arrow/go/v15/arrow/memory"
)

// ErrUntranslated says that a value is in no line of a translation table.
var ErrUntranslated = errors.New("value is not in the translation table")

// DataType returns the type of a column of new pseudonyms: text, or fixed-size binary
// where they are written so.
func (t *Translation) DataType() arrow.DataType {
	if t.to.Encoding == encodingNames[Binary] {
		return &arrow.FixedSizeBinaryType{ByteWidth: t.to.Bytes}
	}
	return arrow.BinaryTypes.String
}

// Array returns the new pseudonyms of an array of old ones: text, binary, or a
// dictionary of them; the result is none. Nulls stay null. A value that is not in the
// table ends the work, or becomes null and is counted as invalid where unknown is
// InvalidNull; InvalidKeep is an error, as it would mix two keys in one column. The
// counter may be nil. The caller releases the result. The error is of type *ColumnError
// with an empty column, and wraps ErrUntranslated, ErrType or ErrSetting.
func (t *Translation) Array(mem memory.Allocator, arr arrow.Array, unknown Invalid, counter *Counter) (arrow.Array, error) {
	if unknown != InvalidError && unknown != InvalidNull {
		return nil, &ColumnError{Row: -1, Err: fmt.Errorf("%w: a value that is not in the table cannot be kept", ErrSetting)}
	}
	values, at := arr, func(i int) int { return i }
	if d, ok := arr.(*array.Dictionary); ok {
		values, at = d.Dictionary(), d.GetValueIndex
	}
	get, err := oldText(values)
	if err != nil {
		return nil, err
	}
	b := array.NewBuilder(mem, t.DataType())
	defer b.Release()
	b.Reserve(arr.Len())
	var nulls, invalid int64
	var seen sketch
	for i := range arr.Len() {
		if get == nil || arr.IsNull(i) || values.IsNull(at(i)) {
			nulls++
			b.AppendNull()
			continue
		}
		text, ok := t.pairs[get(at(i))]
		if !ok {
			if unknown == InvalidError {
				return nil, &ColumnError{Row: int64(i), Err: ErrUntranslated}
			}
			invalid++
			b.AppendNull()
			continue
		}
		if err := t.put(b, text, &seen); err != nil {
			return nil, &ColumnError{Row: int64(i), Err: err}
		}
	}
	canonical := "" // where no character is left
	if nulls+invalid < int64(arr.Len()) {
		canonical = t.canonical
	}
	counter.add(int64(arr.Len()), nulls, invalid, canonical, &seen)
	return b.NewArray(), nil
}

// put appends a pseudonym, and counts it by its first bytes, as its sum is counted when
// it is made.
func (t *Translation) put(b array.Builder, text string, seen *sketch) error {
	sum := [32]byte{}
	if f, ok := b.(*array.FixedSizeBinaryBuilder); ok {
		raw, err := hex.DecodeString(text)
		if err != nil || len(raw) != t.to.Bytes {
			return fmt.Errorf("%w: a new pseudonym is not of the length that the table states", ErrTranslation)
		}
		f.Append(raw)
		copy(sum[:], raw)
	} else {
		if len(text) != t.to.TextLength() {
			return fmt.Errorf("%w: a new pseudonym is not of the length that the table states", ErrTranslation)
		}
		b.(*array.StringBuilder).Append(text)
		sum = digest([]byte(text))
	}
	seen.add(&sum)
	return nil
}

// oldText returns a function that reads an old pseudonym as text; nil for a column that
// has only nulls.
func oldText(arr arrow.Array) (func(int) string, error) {
	binary := func(get func(int) []byte) func(int) string {
		return func(i int) string { return hex.EncodeToString(get(i)) }
	}
	switch a := arr.(type) {
	case *array.String:
		return a.Value, nil
	case *array.LargeString:
		return a.Value, nil
	case *array.Binary:
		return binary(a.Value), nil
	case *array.LargeBinary:
		return binary(a.Value), nil
	case *array.FixedSizeBinary:
		return binary(a.Value), nil
	case *array.Null:
		return nil, nil
	}
	return nil, &ColumnError{Row: -1, Err: fmt.Errorf("%w: %s holds no pseudonyms", ErrType, arr.DataType().Name())}
}
