package report

import (
	"crypto/sha256"
	"fmt"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"

	"github.com/sluis-go/sluis/sdc/basis"
	"github.com/sluis-go/sluis/sdc/checklist"
)

// longestLabel is the number of characters of a code that a page shows.
const longestLabel = 120

// words are the texts of a page in one language.
type language struct{ lang string }

func dictionary(lang string) language { return language{lang} }

// t translates a text of the page. The English text is its own key; one without
// a translation is shown in English, and a test keeps that from happening.
func (d language) t(s string) string {
	if d.lang == "nl" {
		if n, ok := dutch[s]; ok {
			return n
		}
	}
	return s
}

// number prints a count with the language's mark between thousands.
func (d language) number(n int64) string {
	s := thousands(n)
	if d.lang == "nl" {
		s = strings.ReplaceAll(s, ",", ".")
	}
	return s
}

// float prints an observed value or a limit with at most three decimals.
func (d language) float(x float64) string {
	s := strconv.FormatFloat(x, 'f', 3, 64)
	s = strings.TrimRight(strings.TrimRight(s, "0"), ".")
	if n, err := strconv.ParseInt(s, 10, 64); err == nil {
		return d.number(n)
	}
	if d.lang == "nl" {
		s = strings.ReplaceAll(s, ".", ",")
	}
	return s
}

// kinds translates a list of kinds of rules, as "small count, dominance".
func (d language) kinds(list string) string {
	parts := strings.Split(list, ", ")
	for i, s := range parts {
		parts[i] = d.t(s)
	}
	return strings.Join(parts, ", ")
}

// sentence is a text with the language it is in.
type sentence struct{ Text, Lang string }

// difference says a difference between a policy and the shipped one. Rules and thresholds
// have the names of policy files.
func (d language) difference(x basis.Difference) string {
	return shorten(d.tell(x.Message()).Text, 4*longestLabel)
}

// step says a step of a dossier, in the page's language and without characters that
// steer text.
func (d language) step(s checklist.Step) checklist.Step {
	if d.lang == "nl" {
		s.Title, s.Article, s.Question, s.Can, s.Why = s.Dutch.Title, s.Dutch.Article, s.Dutch.Question, s.Dutch.Can, s.Dutch.Why
	}
	s.Why = visible(s.Why)
	s.Answers = slices.Clone(s.Answers)
	for i := range s.Answers {
		a := &s.Answers[i]
		if d.lang == "nl" {
			a.Of = a.OfDutch
		}
		a.Of, a.Text, a.By, a.Date = visible(a.Of), visible(a.Text), visible(a.By), visible(a.Date)
	}
	return s
}

// visible shows invisible characters, and characters that change the direction of text,
// by their number: a code of the data cannot look like another code.
func visible(s string) string {
	hidden := func(r rune) bool {
		return r < ' ' || r >= 0x7f && r < 0xa0 || r == 0xad || r == 0x61c || r >= 0x200b && r <= 0x200f ||
			r >= 0x2028 && r <= 0x202e || r >= 0x2060 && r <= 0x206f || r == 0xfeff || r == utf8.RuneError || r >= 0xe0000 && r <= 0xe0fff
	}
	if strings.IndexFunc(s, hidden) < 0 {
		return s
	}
	var b strings.Builder
	for _, r := range s {
		if hidden(r) {
			fmt.Fprintf(&b, "\u27e8U+%04X\u27e9", r)
		} else {
			b.WriteRune(r)
		}
	}
	return b.String()
}

// shorten cuts a text to n characters. The result has the length and a hash of the
// removed part: two long codes then look different.
func shorten(s string, n int) string {
	count := utf8.RuneCountInString(s)
	if count <= n {
		return s
	}
	sum := sha256.Sum256([]byte(s))
	at := 0
	for range n {
		_, size := utf8.DecodeRuneInString(s[at:])
		at += size
	}
	return fmt.Sprintf("%s\u2026 [%d, #%x]", s[:at], count, sum[:4])
}

// ownNumber tells whether a text is a plain decimal.
var ownNumber = regexp.MustCompile(`^-?[0-9]+(\.[0-9]+)?$`)

// value prints an exact decimal with the language's marks.
func (d language) value(s string) string {
	if !ownNumber.MatchString(s) {
		return s
	}
	whole, part, has := strings.Cut(s, ".")
	if n, err := strconv.ParseInt(whole, 10, 64); err == nil && (n != 0 || !strings.HasPrefix(whole, "-")) {
		whole = d.number(n)
	}
	switch {
	case !has:
		return whole
	case d.lang == "nl":
		return whole + "," + part
	}
	return whole + "." + part
}
