package pseudonym

import (
	"encoding/binary"
	"errors"
	"fmt"
	"strings"
	"unicode/utf8"
)

// ErrInvalid says that a value is no identifier of its form: a citizen service
// number that fails the eleven test, for instance.
var ErrInvalid = errors.New("value is not a valid identifier of its form")

// Form says which values are the same identifier.
type Form uint8

const (
	// Typed takes values as they are. The number 7 and the text "7" are two identifiers.
	// Integers of any width are one type; text and dictionaries of text are one type.
	Typed Form = iota
	// AsText treats the decimal digits of integers and decimals as text: the same number
	// has the same pseudonym in every type. Decimals lose trailing zeros. Leading zeros
	// of text stay.
	AsText
	// BSN takes Dutch citizen service numbers as nine digits, from integers,
	// decimals or text, with leading zeros restored. A number that is zero, has
	// more digits or other characters, or fails the eleven test is invalid.
	BSN
	// Name takes text in Unicode normal form C after full case folding. Capitals and the
	// encoding of accents make no difference. Blanks make a difference. Text that is not
	// UTF-8 is invalid.
	Name
	// Plate takes Dutch licence plates from text: six capitals and digits in the pattern
	// of one of the side codes 1 to 14. Hyphens and blanks are dropped.
	Plate
	// KvK takes numbers of the Dutch trade register as eight digits, from integers,
	// decimals or text, with leading zeros restored.
	KvK
	// IBAN takes bank account numbers with correct check digits from text, without blanks
	// and in capitals.
	IBAN
	// Address takes a Dutch postcode, house number and addition from one text.
	Address
	// PersonName takes names as Name does, but also joins blanks, drops invisible
	// characters, and takes every apostrophe and every hyphen for the plain one.
	PersonName
)

// lastForm is the last of them.
const lastForm = PersonName

// takes reports whether the form has canonical bytes for values of a tag.
func (f Form) takes(tag byte) bool {
	switch tag {
	case tagText:
		return true
	case tagInt, tagUint, tagDecimal:
		return f == Typed || f == AsText || f == BSN || f == KvK
	}
	return f == Typed
}

// Invalid is the treatment of a value that is invalid in its form.
type Invalid uint8

const (
	// InvalidError ends the work with an error that names column and row.
	InvalidError Invalid = iota
	// InvalidNull makes it null, and counts it.
	InvalidNull
	// InvalidKeep gives it a pseudonym in a class apart from valid values, and
	// counts it.
	InvalidKeep
)

// Tags of the canonical encoding, version 1: a tag, the length of the value in four
// bytes, big endian, and the value.
const (
	tagInt     = 'i' // eight bytes, two's complement, big endian
	tagUint    = 'u' // above the largest int64: eight bytes, big endian
	tagText    = 's'
	tagBinary  = 'b'
	tagBool    = 'o'
	tagDecimal = 'd' // as text
	tagDate    = 'a' // days since 1970 as int
	tagTime    = 't' // nanoseconds since 1970 as int
	tagBSN     = 'n' // nine digits
	tagName    = 'm' // folded text
	tagPlate   = 'p' // six capitals and digits
	tagKvK     = 'k' // eight digits
	tagIBAN    = 'g' // capitals and digits
	tagAddress = 'h' // postcode, number, addition
	tagPerson  = 'w' // folded text without characters that make no difference
	tagInvalid = 'x' // text as it was
)

// value is one identifier on its way to its canonical bytes: a tag and either
// a number or text.
type value struct {
	tag  byte
	num  int64
	text []byte
}

// appendCanonical appends the canonical bytes of v under a form. For an invalid value it
// reports false, and appends bytes of the class for invalid values.
func appendCanonical(dst []byte, v value, f Form) ([]byte, bool) {
	switch f {
	case AsText:
		return appendTagged(dst, tagText, plain(v)), true
	case BSN:
		text := plain(v)
		nine, ok := bsn(text)
		if !ok {
			return appendTagged(dst, tagInvalid, text), false
		}
		return appendTagged(dst, tagBSN, nine[:]), true
	case Name:
		if !utf8.Valid(v.text) {
			return appendTagged(dst, tagInvalid, v.text), false // folding would make all the same
		}
		return appendTagged(dst, tagName, fold(v.text)), true
	case Plate, KvK, IBAN, Address, PersonName:
		text := plain(v)
		tag, short, ok := f.shape(text)
		if !ok {
			return appendTagged(dst, tagInvalid, text), false
		}
		return appendTagged(dst, tag, short), true
	}
	switch v.tag {
	case tagInvalid:
		return appendTagged(dst, tagInvalid, v.text), false
	case tagInt, tagUint, tagDate, tagTime, tagBool:
		dst = append(dst, v.tag, 0, 0, 0, 8)
		return binary.BigEndian.AppendUint64(dst, uint64(v.num)), true
	}
	return appendTagged(dst, v.tag, v.text), true
}

// shape returns the tag and the canonical text of an identifier in one of the forms
// that came after the first four.
func (f Form) shape(text []byte) (tag byte, out []byte, ok bool) {
	switch f {
	case Plate:
		six, ok := plate(text)
		return tagPlate, six[:], ok
	case KvK:
		eight, ok := kvk(text)
		return tagKvK, eight[:], ok
	case IBAN:
		out, ok = iban(nil, text)
		return tagIBAN, out, ok
	case Address:
		out, ok = address(nil, text)
		return tagAddress, out, ok
	}
	out, ok = personName(text)
	return tagPerson, out, ok
}

func appendTagged(dst []byte, tag byte, text []byte) []byte {
	dst = append(dst, tag)
	dst = binary.BigEndian.AppendUint32(dst, uint32(len(text)))
	return append(dst, text...)
}

// plain is the text of a value.
func plain(v value) []byte {
	switch v.tag {
	case tagInt:
		return fmt.Appendf(nil, "%d", v.num)
	case tagUint:
		return fmt.Appendf(nil, "%d", uint64(v.num))
	}
	return v.text
}

// bsn restores leading zeros and does the eleven test:
//
//	9 d1 + 8 d2 + ... + 2 d8 - d9 = 0 (mod 11)
func bsn(text []byte) (nine [9]byte, ok bool) {
	if len(text) == 0 || len(text) > 9 {
		return nine, false
	}
	for i := range nine {
		nine[i] = '0'
	}
	copy(nine[9-len(text):], text)
	sum, any := 0, false
	for i, c := range nine {
		if c < '0' || c > '9' {
			return nine, false
		}
		d := int(c - '0')
		any = any || d != 0
		if i == 8 {
			sum -= d
		} else {
			sum += (9 - i) * d
		}
	}
	return nine, any && sum%11 == 0
}

// trimDecimal drops trailing zeros of a decimal in text: "7.50" is "7.5", "7.00"
// is "7".
func trimDecimal(s string) string {
	if !strings.Contains(s, ".") {
		return s
	}
	return strings.TrimSuffix(strings.TrimRight(s, "0"), ".")
}

// Valid reports whether a text is an identifier of the form. In the forms typed, text and
// name every text in UTF-8 is.
func (f Form) Valid(text []byte) bool {
	_, ok := appendCanonical(nil, value{tag: tagText, text: text}, f)
	return ok && utf8.Valid(text)
}
