package sdc

import (
	"encoding/hex"
	"iter"
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"

	"github.com/sluis-go/sluis/internal/column"
	"github.com/sluis-go/sluis/sdc/report/words"
)

// Kinds of remarks on texts that may name one thing in several ways.
const (
	lookAlike  = "look-alike"
	sameNumber = "same-number"
)

// leafTexts yields the codes of a variable that rows have, but for null; none for numbers.
// Bytes that are UTF-8 are yielded as text.
func (v *Variable) leafTexts(yield func(string) bool) {
	if v.number {
		return
	}
	for i := range v.nodes {
		x := &v.nodes[i]
		if i == 0 || !x.leaf || x.null {
			continue
		}
		code := x.label
		if raw, err := hex.DecodeString(code); err == nil && v.bytes {
			code = string(raw)
		}
		if !yield(code) {
			return
		}
	}
}

// alikeCodes counts different codes that look like another one.
func alikeCodes(codes iter.Seq[string]) (n int64) {
	seen := map[string]int{}
	for code := range codes {
		key := codeLook(code)
		if seen[key]++; seen[key] == 2 {
			n++ // the first one
		}
		if seen[key] > 1 {
			n++
		}
	}
	return n
}

// CodesLookAlike remarks, for review, on codes of a column that differ from another code
// only in case, blanks, Unicode form or invisible characters. The remark has the number
// of these codes. [Check] does the same by itself; CodesLookAlike is for reports that are
// made in another way. Every code must come once. Linear in the codes.
func CodesLookAlike(name string, codes iter.Seq[string]) []Remark {
	return codesLook(name, false, codes)
}

// codesLook remarks on codes that look alike, and on codes of a sensitive variable that are
// the same number as another code. A spanning variable of two codes for one number makes
// cells smaller, which finds more; a sensitive variable makes shares smaller, which finds less.
func codesLook(name string, sensitive bool, codes iter.Seq[string]) (out []Remark) {
	if codes == nil {
		return nil
	}
	if n := alikeCodes(codes); n > 0 {
		out = append(out, Remark{
			Name: lookAlike, Column: name, Count: n, Verdict: Review,
			Message: words.New(words.CodesLookAlike, words.Count(n), words.NameOf(name)),
		})
	}
	if !sensitive {
		return out
	}
	numbers := column.NewInterner()
	for code := range codes {
		numbers.Add(code)
	}
	if n := numbers.SameNumbers(); n > 0 {
		out = append(out, Remark{
			Name: sameNumber, Column: name, Count: n, Verdict: Review,
			Message: words.New(words.CodesSameNumber, words.Count(n), words.NameOf(name)),
		})
	}
	return out
}

// codeLook returns the form in which look-alikes are compared: compatibility form, small
// letters, no blanks, no invisible characters. A text that is not UTF-8 is returned
// unchanged.
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
	return strings.Join(strings.Fields(norm.NFKC.String(s)), "")
}

// emptyBraille is a sign without dots, which no property of Unicode calls a blank.
const emptyBraille = '\u2800'
