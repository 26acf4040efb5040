package column

import (
	"fmt"

	"github.com/apache/arrow/go/v15/arrow"
	"github.com/apache/arrow/go/v15/arrow/array"
)

// Keys is a batch of a column with values that are keys of 64 bits themselves. In every
// batch equal keys are equal values, so units are distinguished without a dictionary. A
// Keys is reused from batch to batch. It may borrow the memory of the array, and must not
// be written to.
type Keys struct {
	Key  []uint64 // arbitrary where null
	Null []bool   // nil where there is none

	key  []uint64
	null []bool
	text *textKeys // nil if it is read without an interner
}

// Keyed reports whether the values of a type are keys: integers, dates and
// times, not in a dictionary.
func Keyed(dt arrow.DataType) bool {
	if dt.ID() == arrow.DICTIONARY {
		return false
	}
	switch kindOf(dt) {
	case kindInt, kindUint, kindDate32, kindDate64, kindTimestamp, kindTime:
		return valueType(dt).ID() == storage(dt).ID()
	}
	return false
}

// storage strips extensions alone.
func storage(dt arrow.DataType) arrow.DataType {
	for {
		ext, ok := dt.(arrow.ExtensionType)
		if !ok {
			return dt
		}
		dt = ext.StorageType()
	}
}

// Read fills k with the values of arr. [Keyed] must hold for the type of arr. row is the
// position of the first row of the array in the data, for errors. Errors are of type
// *Error.
func (k *Keys) Read(name string, arr arrow.Array, row int64) error {
	for {
		ext, ok := arr.(array.ExtensionArray)
		if !ok {
			break
		}
		arr = ext.Storage()
	}
	n := arr.Len()
	k.Null = nil
	if arr.NullN() > 0 {
		k.Null = resize(&k.null, n)
		for i := range k.Null {
			k.Null[i] = arr.IsNull(i)
		}
	}
	switch a := arr.(type) {
	case *array.Int64:
		k.Key = unsigned[uint64](a.Int64Values())
		return nil
	case *array.Uint64:
		k.Key = a.Uint64Values()
		return nil
	}
	k.Key = resize(&k.key, n)
	switch a := arr.(type) {
	case *array.Int8:
		readKeys(k.Key, a.Int8Values())
	case *array.Int16:
		readKeys(k.Key, a.Int16Values())
	case *array.Int32:
		readKeys(k.Key, a.Int32Values())
	case *array.Uint8:
		readKeys(k.Key, a.Uint8Values())
	case *array.Uint16:
		readKeys(k.Key, a.Uint16Values())
	case *array.Uint32:
		readKeys(k.Key, a.Uint32Values())
	case *array.Date32:
		readKeys(k.Key, a.Date32Values())
	case *array.Date64:
		readKeys(k.Key, a.Date64Values())
	case *array.Timestamp:
		readKeys(k.Key, a.TimestampValues())
	case *array.Time32:
		readKeys(k.Key, a.Time32Values())
	case *array.Time64:
		readKeys(k.Key, a.Time64Values())
	default:
		return &Error{Column: name, Row: row, Err: fmt.Errorf("%w: %s is no key", ErrType, arr.DataType().Name())}
	}
	return nil
}

func readKeys[T integer](dst []uint64, values []T) {
	for i, v := range values {
		dst[i] = uint64(int64(v))
	}
}
