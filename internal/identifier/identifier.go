package identifier

import (
	"encoding/hex"
	"math"
	"strconv"
	"strings"
)

// Kind is a form of identifiers. No value has two forms.
type Kind uint8

const (
	// None is the kind of every other value.
	None Kind = iota
	// CitizenNumber is the kind of [BSN].
	CitizenNumber
	// Account is the kind of [IBAN].
	Account
	// LicencePlate is the kind of [Plate].
	LicencePlate
	// Address is the kind of [Email].
	Address
	// Telephone is the kind of [Phone].
	Telephone
	kinds
)

// String names the kind as messages do, in the plural.
func (k Kind) String() string {
	return [...]string{"other values", "citizen service numbers", "bank account numbers", "licence plates", "e-mail addresses", "telephone numbers"}[k]
}

// Of returns the kind of a value, without the blanks at both ends. A whole number that
// floats, decimals or spreadsheets write as 123456782.0 or 1.23456782e+08 is that number.
// Bytes, which are written in hexadecimal, are the text that they hold.
func Of(value string) Kind {
	if len(value) > maxLength {
		return None
	}
	value = strings.TrimSpace(value)
	if k := of(plain(value)); k != None || len(value) < 16 {
		return k
	}
	if text, err := hex.DecodeString(value); err == nil {
		return of(strings.TrimSpace(string(text)))
	}
	return None
}

// plain returns a whole number without a point or an exponent, and another value as it is.
func plain(value string) string {
	if value == "" || !digit(value[0]) {
		return value
	}
	if at := strings.IndexByte(value, '.'); at > 0 && at+1 < len(value) && strings.Trim(value[at+1:], "0") == "" {
		return value[:at]
	}
	if strings.Contains(value, "e+") {
		if x, err := strconv.ParseFloat(value, 64); err == nil && x < 1<<53 && x == math.Trunc(x) {
			return strconv.FormatFloat(x, 'f', 0, 64)
		}
	}
	return value
}

func of(value string) Kind {
	switch {
	case BSN(value):
		return CitizenNumber
	case IBAN(value):
		return Account
	case Plate(value):
		return LicencePlate
	case Email(value):
		return Address
	case Phone(value):
		return Telephone
	}
	return None
}

// maxLength is more than the longest identifier has: an e-mail address of 254
// bytes, with blanks around it.
const maxLength = 512

// BSN reports whether a value is a Dutch citizen service number (burgerservice-
// nummer, and the older sofinummer): nine digits d1 to d9, or eight, to which a
// leading zero is added, with
//
//	9 d1 + 8 d2 + 7 d3 + 6 d4 + 5 d5 + 4 d6 + 3 d7 + 2 d8 - d9 = 0 (mod 11)
//
// and not all zero. Nine digits may be in groups of 4, 2 and 3 or of 3, 3 and 3,
// with a blank, a dot or a hyphen between. Source: Logisch Ontwerp BSN (elfproef).
func BSN(value string) bool {
	var d [9]int
	n := 0
	for i, c := range []byte(value) {
		switch {
		case digit(c) && n < len(d):
			d[n] = int(c - '0')
			n++
		case len(value) == 11 && (c == ' ' || c == '.' || c == '-') && (i == 3 || i == 4 && digit(value[3]) || i == 7 && (c == value[3] || c == value[4])):
		default:
			return false
		}
	}
	if n < 8 || n == 8 && len(value) != 8 {
		return false
	}
	if n == 8 {
		copy(d[1:], d[:8])
		d[0] = 0
	}
	sum, any := -d[8], d[8]
	for i := range 8 {
		sum += (9 - i) * d[i]
		any |= d[i]
	}
	return any != 0 && sum%11 == 0
}

// IBAN reports whether a value is an international bank account number: two
// letters, two check digits from 02 to 98, and 11 to 30 letters or digits (14 of
// them for NL), in any case, with single blanks between, for which
//
//	rest || country || check digits = 1 (mod 97)
//
// letters being A = 10 to Z = 35. Source: ISO 13616-1; ISO 7064, MOD 97-10.
func IBAN(value string) bool {
	var b [34]byte
	n := 0
	for i, c := range []byte(value) {
		if c >= 'a' && c <= 'z' {
			c -= 'a' - 'A'
		}
		switch {
		case c == ' ' && i > 0 && value[i-1] != ' ' && i+1 < len(value):
			continue
		case n == len(b) || !(letter(c) || digit(c)):
			return false
		}
		b[n] = c
		n++
	}
	if n < 15 || !letter(b[0]) || !letter(b[1]) || !digit(b[2]) || !digit(b[3]) || b[0] == 'N' && b[1] == 'L' && n != 18 {
		return false
	}
	if check := 10*int(b[2]-'0') + int(b[3]-'0'); check < 2 || check > 98 {
		return false
	}
	rest := 0
	for i := range n {
		c := b[(i+4)%n]
		if digit(c) {
			rest = (10*rest + int(c-'0')) % 97
		} else {
			rest = (100*rest + int(c-'A') + 10) % 97
		}
	}
	return rest == 1
}

func letter(c byte) bool { return c >= 'A' && c <= 'Z' }
func digit(c byte) bool  { return c >= '0' && c <= '9' }

// plates are the side codes 1 to 14 of Dutch plates: X is a letter, 9 a digit.
var plates = map[string]bool{
	"XX-99-99": true, "99-99-XX": true, "99-XX-99": true, "XX-99-XX": true, "XX-XX-99": true,
	"99-XX-XX": true, "99-XXX-9": true, "9-XXX-99": true, "XX-999-X": true, "X-999-XX": true,
	"XXX-99-X": true, "X-99-XXX": true, "9-XX-999": true, "999-XX-9": true,
}

// unhyphenated are the side codes without hyphens but for 9999XX, which is also
// the form of every Dutch postcode.
var unhyphenated = func() map[string]bool {
	out := map[string]bool{}
	for p := range plates {
		out[strings.ReplaceAll(p, "-", "")] = true
	}
	delete(out, "9999XX")
	return out
}()

// Plate reports whether a value has the form of a Dutch licence plate: six letters
// and digits in one of the side codes 1 to 14, in any case, with both hyphens, or
// with none. Without hyphens, four digits and two letters are no plate: postcodes
// have this form. Source: RDW, sidecodes.
func Plate(value string) bool {
	if len(value) != 8 && len(value) != 6 {
		return false
	}
	var form [8]byte
	for i, c := range []byte(value) {
		switch {
		case digit(c):
			form[i] = '9'
		case letter(c &^ 0x20):
			form[i] = 'X'
		case c == '-':
			form[i] = c
		default:
			return false
		}
	}
	if len(value) == 6 {
		return unhyphenated[string(form[:6])]
	}
	return plates[string(form[:])]
}

// Email reports whether a value has the form of an e-mail address:
//
//   - one @;
//   - before it 1 to 64 letters, digits or characters of !#$%&'*+/=?^_`{|}~.- ;
//   - after it at least two labels of letters, digits and hyphens, with dots between
//     them; the last label has no digit and at least two letters;
//   - at most 254 bytes.
//
// Bytes above 127 count as letters. Quoted local parts and address literals are not
// recognised. Source: RFC 5321, 4.1.2 and 4.5.3.1; RFC 6531.
func Email(value string) bool {
	local, domain, ok := strings.Cut(value, "@")
	if !ok || len(value) > 254 || len(local) < 1 || len(local) > 64 {
		return false
	}
	for _, c := range []byte(local) {
		if !word(c) && !strings.ContainsRune("!#$%&'*+/=?^_`{|}~.-", rune(c)) {
			return false
		}
	}
	labels := strings.Split(domain, ".")
	for _, l := range labels {
		if l == "" || l[0] == '-' || l[len(l)-1] == '-' {
			return false
		}
		for _, c := range []byte(l) {
			if !word(c) && c != '-' {
				return false
			}
		}
	}
	last := labels[len(labels)-1]
	return len(labels) > 1 && len(last) >= 2 && !strings.ContainsAny(last, "0123456789")
}

func word(c byte) bool { return digit(c) || letter(c&^0x20) || c > 127 }

// Phone reports whether a value has the form of a telephone number:
//
//   - the international form: + and 8 to 15 digits, the first not 0;
//   - 0031 and nine digits, the first not 0;
//   - the Dutch national form: 0 and nine digits, the first not 0.
//
// Single blanks, hyphens and dots may stand between digits, and (0) or the area code may
// be in parentheses. An unsigned whole number without a leading zero is no telephone
// number. Source: ITU-T E.164, 6.2; Dutch numbering plan (Nummerplan telefoon- en
// ISDN-diensten).
func Phone(value string) bool {
	// The digits, as they are dialled.
	text := strings.Replace(value, "(0)", "", 1)
	plus := strings.HasPrefix(text, "+")
	text = strings.TrimPrefix(text, "+")
	var d [17]byte
	n, open, between := 0, 0, true
	for i, c := range []byte(text) {
		switch {
		case digit(c):
			if n == len(d) {
				return false
			}
			d[n] = c
			n, between = n+1, false
		case c == '(' && open == 0:
			open = 1
		case c == ')' && open == 1 && !between:
			open, between = 2, false
		case (c == ' ' || c == '-' || c == '.') && i > 0 && i+1 < len(text) && !between:
			between = true
		default:
			return false
		}
	}
	if between || open == 1 {
		return false
	}
	switch {
	case plus:
		return n >= 8 && n <= 15 && d[0] != '0'
	case n > 2 && d[0] == '0' && d[1] == '0':
		return n == 13 && d[2] == '3' && d[3] == '1' && d[4] != '0'
	}
	return n == 10 && d[0] == '0'
}
