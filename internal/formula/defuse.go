// Package formula keeps text of the data from being run by a spreadsheet.
package formula

import "strings"

// Defuse puts an apostrophe before text that a spreadsheet would read as a formula: text
// that begins with = + - @, a tab, a carriage return or a line feed, or with the wide
// forms of these signs. A plain decimal number and the total "*" do not change. Different
// texts stay different: a text with apostrophes before such a sign gets one more.
//
// Source: OWASP, CSV Injection.
func Defuse(s string) string {
	bare := strings.TrimLeft(s, "'")
	if bare == "" {
		return s
	}
	for _, sign := range []string{"=", "+", "-", "@", "\t", "\r", "\n", "\uff1d", "\uff0b", "\uff0d", "\uff20"} {
		if strings.HasPrefix(bare, sign) {
			if bare == s && plainNumber(s) {
				return s
			}
			return "'" + s
		}
	}
	return s
}

// plainNumber reports whether s is digits with at most one sign before them and
// one point between them.
func plainNumber(s string) bool {
	s = strings.TrimLeft(s[:1], "+-") + s[1:]
	whole, part, point := strings.Cut(s, ".")
	digits := func(s string) bool { return s != "" && strings.Trim(s, "0123456789") == "" }
	return digits(whole) && (!point || digits(part))
}
