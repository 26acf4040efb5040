package pseudonym

// kvk returns a number of the Dutch trade register as eight digits: one to eight
// digits with leading zeros restored, not all zero. The number has no check digit.
func kvk(text []byte) (eight [8]byte, ok bool) {
	if len(text) == 0 || len(text) > len(eight) {
		return eight, false
	}
	for i := range eight {
		eight[i] = '0'
	}
	copy(eight[len(eight)-len(text):], text)
	any := false
	for _, c := range eight {
		if !digit(c) {
			return eight, false
		}
		any = any || c != '0'
	}
	return eight, any
}
