package column

import (
	"bytes"
	"cmp"
)

// allWhole reports whether all texts of the encoder are whole numbers.
func (e *Encoder) allWhole() bool {
	for pos := range uint32(e.bytes.len()) {
		if !isWhole(e.bytes.value(pos)) {
			return false
		}
	}
	return true
}

// isWhole reports whether a text is digits, with a minus before them or without.
func isWhole(s []byte) bool {
	digits := bytes.TrimPrefix(s, []byte("-"))
	for _, c := range digits {
		if c < '0' || c > '9' {
			return false
		}
	}
	return len(digits) > 0
}

// compareWhole orders whole numbers of any length by value, and numbers of one value by
// bytes. It is 0 only for equal texts.
func compareWhole(a, b []byte) int {
	x, y := magnitude(a), magnitude(b)
	below, above := a[0] == '-' && len(x) > 0, b[0] == '-' && len(y) > 0
	if below != above {
		if below {
			return -1
		}
		return 1
	}
	order := cmp.Or(cmp.Compare(len(x), len(y)), bytes.Compare(x, y))
	if below {
		order = -order
	}
	return cmp.Or(order, bytes.Compare(a, b))
}

// magnitude returns the digits of a whole number without sign and zeros before them;
// none for 0.
func magnitude(s []byte) []byte {
	return bytes.TrimLeft(bytes.TrimPrefix(s, []byte("-")), "0")
}
