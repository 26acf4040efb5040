package pseudonym

// sideCodes are the shapes of Dutch licence plates, without hyphens: the side codes
// 1 to 14. L stands for a letter, 9 for a digit. Side codes 1 to 3 wrote the
// groups at other places, which does not matter here.
var sideCodes = []string{
	"LL9999", "9999LL", "99LL99", "LL99LL", "LLLL99", "99LLLL", "99LLL9",
	"9LLL99", "LL999L", "L999LL", "LLL99L", "L99LLL", "9LL999", "999LL9",
}

// plate returns a Dutch licence plate as six capitals and digits. Hyphens (U+002D)
// and blanks (U+0020) are dropped, a to z become A to Z, and the rest must have the
// shape of a side code. Old, foreign, diplomatic and trade plates are invalid.
func plate(text []byte) (six [6]byte, ok bool) {
	n := 0
	for _, c := range text {
		if c == ' ' || c == '-' {
			continue
		}
		if n == len(six) {
			return six, false
		}
		six[n] = upper(c)
		n++
	}
	if n < len(six) {
		return six, false
	}
	for _, code := range sideCodes {
		if shaped(six[:], code) {
			return six, true
		}
	}
	return six, false
}

// shaped reports whether text has the shape of a pattern of L (A to Z) and 9 (0 to
// 9).
func shaped(text []byte, pattern string) bool {
	if len(text) != len(pattern) {
		return false
	}
	for i, c := range text {
		if pattern[i] == 'L' && !capital(c) || pattern[i] == '9' && !digit(c) {
			return false
		}
	}
	return true
}

func digit(c byte) bool { return '0' <= c && c <= '9' }

func capital(c byte) bool { return 'A' <= c && c <= 'Z' }

// upper makes a capital of a to z.
func upper(c byte) byte {
	if 'a' <= c && c <= 'z' {
		return c - 'a' + 'A'
	}
	return c
}
