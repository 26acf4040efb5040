package source

import "github.com/sluis-go/sluis/internal/formula"

// Defuse puts an apostrophe before text that a spreadsheet would take for a
// formula: text that begins with = + - @, a tab or a line end, or with the wide
// forms of these signs. A plain decimal number stays as it is, and so does the
// total, "*". Texts that differ still differ afterwards: one that has apostrophes
// before such a sign gets one more.
//
// Source: OWASP, CSV Injection.
func Defuse(s string) string { return formula.Defuse(s) }
