package source

import "github.com/sluis-go/sluis/internal/formula"

// Defuse puts an apostrophe before text that a spreadsheet would read as a formula: text
// that begins with = + - @, a tab or a line end, or with the wide forms of these signs. A
// plain decimal number and the total "*" do not change. Different texts stay different: a
// text with apostrophes before such a sign gets one more.
//
// Source: OWASP, CSV Injection.
func Defuse(s string) string { return formula.Defuse(s) }
