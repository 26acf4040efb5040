package column

import "bytes"

// SameNumbers returns the number of texts less the number of texts that would remain if
// texts of one number were one text: 100, 0100, +100, 100.0, 100,00 and 1e2 are one
// number. It is 0 if no two texts are one number. Blanks, and the zero bytes that fill
// values of a fixed width, are ignored.
//
// No goroutine may read with the interner at the same time. Each text is looked at once.
// The memory is that of the texts that are numbers in another form than their shortest
// one, with a point.
func (in *Interner) SameNumbers() int64 {
	looks := NewInterner()
	rest, more := int64(0), int64(0)
	var room []byte
	in.Each(func(text []byte) {
		if wholeNumber(text) {
			return
		}
		if as, ok := plainNumber(room[:0], bytes.Trim(text, " \x00")); ok {
			if room = as; !bytes.Equal(as, text) {
				rest++
				looks.add(as)
			}
		}
	})
	looks.Each(func(text []byte) {
		if !in.has(text) {
			more++
		}
	})
	return rest - more
}

// wholeNumber reports whether a text is certainly a whole number without leading zeros or
// signs, or is certainly no number. Most texts that name persons are one of the two.
func wholeNumber(v []byte) bool {
	if len(v) == 0 || v[0] > '9' {
		return true
	}
	if v[0] < '1' {
		return false
	}
	for _, b := range v {
		if b < '0' || b > '9' {
			return false
		}
	}
	return true
}

// longestNumber is the largest length of a text, and of the text as a plain number.
const longestNumber = 60

// plainNumber appends a number in its shortest form: with a point, and without a plus,
// leading zeros, zeros at the end of the decimals, and an exponent. ok is false for
// another text.
func plainNumber(to, v []byte) (plain []byte, ok bool) {
	if len(v) > longestNumber {
		return to, false
	}
	minus := false
	if len(v) > 0 && (v[0] == '+' || v[0] == '-') {
		minus, v = v[0] == '-', v[1:]
	}
	whole, v := leadingDigits(v)
	var decimals []byte
	if len(v) > 0 && (v[0] == '.' || v[0] == ',') {
		decimals, v = leadingDigits(v[1:])
	}
	if len(whole)+len(decimals) == 0 {
		return to, false
	}
	shift := 0
	if len(v) > 1 && (v[0] == 'e' || v[0] == 'E') {
		down := v[1] == '-'
		if v = v[1:]; v[0] == '-' || v[0] == '+' {
			v = v[1:]
		}
		digits, rest := leadingDigits(v)
		if len(digits) == 0 || len(digits) > 2 {
			return to, false
		}
		for _, b := range digits {
			shift = 10*shift + int(b-'0')
		}
		if v = rest; down {
			shift = -shift
		}
	}
	if len(v) > 0 {
		return to, false
	}
	// The digits; the first at digits are before the point.
	digits := append(bytes.Clone(whole), decimals...)
	at := len(whole) + shift
	for at < 0 {
		digits, at = append([]byte{'0'}, digits...), at+1
	}
	for at > len(digits) {
		digits = append(digits, '0')
	}
	whole, decimals = bytes.TrimLeft(digits[:at], "0"), bytes.TrimRight(digits[at:], "0")
	if minus && len(whole)+len(decimals) > 0 {
		to = append(to, '-')
	}
	if len(whole) == 0 {
		whole = []byte{'0'}
	}
	if to = append(to, whole...); len(decimals) > 0 {
		to = append(append(to, '.'), decimals...)
	}
	return to, true
}

// leadingDigits cuts the digits off that a text begins with.
func leadingDigits(v []byte) (digits, rest []byte) {
	n := 0
	for n < len(v) && '0' <= v[n] && v[n] <= '9' {
		n++
	}
	return v[:n], v[n:]
}
