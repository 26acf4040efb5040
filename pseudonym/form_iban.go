package pseudonym

// iban returns an International Bank Account Number (ISO 13616) without blanks and in
// capitals. Blanks (U+0020) are dropped and a to z become A to Z. The rest is two
// letters, two digits and 11 to 30 letters or digits. In a number of NL they are four
// letters and ten digits. Move the first four characters to the end and replace letters
// by numbers, A = 10 to Z = 35: the resulting number must leave 1 when divided by 97.
// Check digits are 02 to 98.
func iban(dst, text []byte) (out []byte, ok bool) {
	start := len(dst)
	for _, c := range text {
		if c == ' ' {
			continue
		}
		c = upper(c)
		if !digit(c) && !capital(c) || len(dst)-start == 34 {
			return dst, false
		}
		dst = append(dst, c)
	}
	s := dst[start:]
	if len(s) < 15 || !shaped(s[:4], "LL99") {
		return dst, false
	}
	if s[0] == 'N' && s[1] == 'L' && !shaped(s, "LL99LLLL9999999999") {
		return dst, false
	}
	if check := int(s[2]-'0')*10 + int(s[3]-'0'); check < 2 || check > 98 {
		return dst, false
	}
	rest := 0
	for i := range s {
		c := s[(i+4)%len(s)]
		if digit(c) {
			rest = (rest*10 + int(c-'0')) % 97
		} else {
			rest = (rest*100 + int(c-'A') + 10) % 97
		}
	}
	return dst, rest == 1
}
