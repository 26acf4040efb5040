package pseudonym

import "bytes"

// address returns a Dutch postcode with house number as "1234AB 12" or "1234AB 12 BIS". a
// to z become A to Z. A separator is a run of blanks (U+0020), hyphens, points, slashes
// and commas. address reads
//
//	postcode: four digits, the first not 0, separators, two letters, not SA, SD or SS
//	separators
//	house number: one to five digits, not all zero; leading zeros are dropped
//	addition, if any: separators between, one to six letters and digits
//
// A separator within the addition becomes "-" between two digits, and is dropped
// otherwise: 12-1-1 is not 12-11. Separators at both ends are dropped. Anything else is
// invalid.
func address(dst, text []byte) (out []byte, ok bool) {
	r := &scanner{rest: text}
	r.separators()
	start := len(dst)
	for range 4 {
		if !r.next(digit) {
			return dst, false
		}
		dst = append(dst, r.last)
	}
	r.separators()
	for range 2 {
		if !r.next(capital) {
			return dst, false
		}
		dst = append(dst, r.last)
	}
	letters := dst[start+4:]
	if dst[start] == '0' || bytes.Equal(letters, []byte("SA")) || bytes.Equal(letters, []byte("SD")) || bytes.Equal(letters, []byte("SS")) {
		return dst, false
	}
	r.separators()
	dst = append(dst, ' ')
	digits, number := 0, len(dst)
	for ; r.next(digit); digits++ {
		if r.last != '0' || len(dst) > number {
			dst = append(dst, r.last)
		}
	}
	if digits > 5 || len(dst) == number {
		return dst, false
	}
	addition, between := 0, r.separators()
	for ; r.next(func(c byte) bool { return digit(c) || capital(c) }); addition++ {
		if addition == 0 {
			dst = append(dst, ' ')
		} else if between && digit(r.last) && digit(dst[len(dst)-1]) {
			dst = append(dst, '-')
		}
		dst = append(dst, r.last)
		between = r.separators()
	}
	return dst, len(r.rest) == 0 && addition <= 6
}

// scanner takes bytes from the front of text.
type scanner struct {
	rest []byte
	last byte // the byte that next took, as a capital
}

// next takes a byte that fits, if that is the next one.
func (r *scanner) next(fits func(byte) bool) bool {
	if len(r.rest) == 0 || !fits(upper(r.rest[0])) {
		return false
	}
	r.last, r.rest = upper(r.rest[0]), r.rest[1:]
	return true
}

// separators reads the separators between two parts, and reports whether there were any.
func (r *scanner) separators() bool {
	n := 0
	for n < len(r.rest) && bytes.IndexByte([]byte(" -./,"), r.rest[n]) >= 0 {
		n++
	}
	r.rest = r.rest[n:]
	return n > 0
}
