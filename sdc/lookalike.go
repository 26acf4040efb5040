package sdc

import (
	"fmt"
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"
)

// lookAlikes returns how many codes of a variable look like another one: they differ in
// case, blanks, Unicode form or invisible characters alone. Time linear in the codes.
func (v *Variable) lookAlikes() (n int64) {
	if v.number {
		return 0
	}
	seen := make(map[string]int, len(v.nodes))
	for i := range v.nodes {
		if x := &v.nodes[i]; i > 0 && x.leaf && !x.null {
			key := codeLook(x.label)
			if seen[key]++; seen[key] == 2 {
				n++ // the first one
			}
			if seen[key] > 1 {
				n++
			}
		}
	}
	return n
}

// codeLook is what a text looks like: in compatibility form, in small letters, with single
// blanks, without invisible characters. A text that is no UTF-8 looks like itself alone.
func codeLook(s string) string {
	if !utf8.ValidString(s) {
		return s
	}
	s = strings.Map(func(r rune) rune {
		switch {
		case unicode.IsSpace(r) || r == emptyBraille:
			return ' '
		case unicode.IsControl(r) || unicode.In(r, unicode.Cf, unicode.Other_Default_Ignorable_Code_Point, unicode.Variation_Selector):
			return -1
		}
		return unicode.ToLower(unicode.ToUpper(r))
	}, norm.NFKC.String(s))
	return strings.Join(strings.Fields(norm.NFKC.String(s)), " ")
}

// emptyBraille is a sign without dots, which no property of Unicode calls a blank.
const emptyBraille = '\u2800'

// lookAlikeRemark says of a column how many of its codes look like another; none for 0.
func lookAlikeRemark(v *Variable) []Remark {
	n := v.lookAlikes()
	if n == 0 {
		return nil
	}
	return []Remark{{
		Name: "look-alike", Column: v.Name, Count: n, Verdict: Review,
		Message: fmt.Sprintf("%d codes of %q differ from another in case, blanks, Unicode form or invisible characters alone, and count as different codes", n, v.Name),
	}}
}
