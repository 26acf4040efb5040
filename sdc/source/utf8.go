package source

import (
	"encoding/binary"
	"fmt"
	"unicode/utf8"

	"github.com/apache/arrow/go/v15/arrow"
	"github.com/apache/arrow/go/v15/arrow/array"
)

// errUTF8 is the error of a text that the format does not allow. Two of them can look the
// same in a report, and one name in two encodings is two persons.
var errUTF8 = fmt.Errorf("%w: a text is not UTF-8; write the texts as UTF-8, or the column as bytes", ErrCorrupt)

// ascii reports whether no byte has its highest bit set.
func ascii(b []byte) bool {
	for ; len(b) >= 8; b = b[8:] {
		if binary.LittleEndian.Uint64(b)&0x8080808080808080 != 0 {
			return false
		}
	}
	for _, c := range b {
		if c >= utf8.RuneSelf {
			return false
		}
	}
	return true
}

// checked is validate and checkTexts.
func checked(arr arrow.Array) error {
	if err := validate(arr); err != nil {
		return err
	}
	return checkTexts(arr)
}

// checkTexts checks that every text of an array that is not null is UTF-8. Bytes are
// anything. The offsets of the array have been checked.
func checkTexts(arr arrow.Array) error {
	var value func(int) string
	switch a := arr.(type) {
	case *array.String:
		value = a.Value
	case *array.LargeString:
		value = a.Value
	}
	if value == nil || bufferLen(arr, 2) == 0 || ascii(arr.Data().Buffers()[2].Bytes()) {
		return nil
	}
	for i := range arr.Len() {
		if arr.IsValid(i) && !utf8.ValidString(value(i)) {
			return errUTF8
		}
	}
	return nil
}
