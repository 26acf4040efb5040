package pseudonym

import (
	"bytes"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/cases"
	"golang.org/x/text/unicode/norm"
)

// fold is NFC(fold(NFC(s))), with full case folding of Unicode, statuses C and F.
func fold(text []byte) []byte {
	folded := cases.Fold().Bytes(cherokee(norm.NFC.Bytes(text)))
	return norm.NFC.Bytes(cherokee(folded))
}

// cherokee replaces the 86 small letters of Cherokee by the capitals to which Unicode
// folds them. cases.Fold turns small letters into capitals, and capitals into small
// letters. With cherokee before and after cases.Fold, only capitals remain.
func cherokee(text []byte) []byte {
	if bytes.IndexByte(text, 0xEA) < 0 && bytes.IndexByte(text, 0xE1) < 0 {
		return text
	}
	return bytes.Map(func(r rune) rune {
		switch {
		case 0xAB70 <= r && r <= 0xABBF:
			return r - 0xAB70 + 0x13A0
		case 0x13F8 <= r && r <= 0x13FD:
			return r - 8
		}
		return r
	}, text)
}

// personName returns the form in which names of persons are compared: in NFC, then
//
//   - characters of category Cf (soft hyphen, zero width joiners and blanks, marks of
//     direction, byte order mark) are dropped;
//   - every run of white space (property White_Space) is one blank, and none at both
//     ends;
//   - apostrophes U+2018 U+2019 U+201B U+02BB U+02BC U+02B9 U+2032 U+00B4 U+0060 U+FF07
//     become U+0027;
//   - hyphens U+2010 U+2011 U+2012 U+2013 U+2212 U+FE63 U+FF0D become U+002D;
//   - the ligatures U+0132 and U+0133 become the two letters ij;
//
// then as in the form [Name]. After folding, the steps above are done once more, because
// folding may produce characters that are replaced here. Accents stay: Müller and Muller
// are two names. Turkish dotless ı and dotted i are two letters. A name that becomes
// empty, or that is not UTF-8, is invalid.
func personName(text []byte) (out []byte, ok bool) {
	if !utf8.Valid(text) {
		return nil, false
	}
	out = plainMarks(norm.NFC.Bytes(text))
	// Folding may leave an apostrophe: U+0149 becomes U+02BC and n.
	out = norm.NFC.Bytes(plainMarks(fold(out)))
	return out, len(out) > 0
}

// plainMarks drops, joins and replaces the characters that [personName] lists.
func plainMarks(text []byte) []byte {
	out := make([]byte, 0, len(text)+1)
	blank := false
	for len(text) > 0 {
		r, n := utf8.DecodeRune(text)
		text = text[n:]
		switch {
		case unicode.Is(unicode.Cf, r):
			continue
		case unicode.Is(unicode.White_Space, r):
			blank = len(out) > 0
			continue
		}
		if blank {
			out, blank = append(out, ' '), false
		}
		switch r {
		case 0x2018, 0x2019, 0x201B, 0x02BB, 0x02BC, 0x02B9, 0x2032, 0x00B4, 0x0060, 0xFF07:
			out = append(out, '\'')
		case 0x2010, 0x2011, 0x2012, 0x2013, 0x2212, 0xFE63, 0xFF0D:
			out = append(out, '-')
		case 0x0132, 0x0133:
			out = append(out, 'i', 'j')
		default:
			out = utf8.AppendRune(out, r)
		}
	}
	return out
}
