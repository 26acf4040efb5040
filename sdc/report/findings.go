package report

import (
	"strconv"

	"github.com/sluis-go/sluis/sdc/report/words"
)

// tell says a fact in the page's language.
func (d language) tell(m words.Message) sentence {
	s := sentence{visible(m.In(words.Language(d.lang))), ""}
	if d.lang != "en" && m.Foreign() {
		s.Lang = "en"
	}
	return s
}

// exactly prints a number with all its decimals.
func (d language) exactly(x float64) string { return d.value(strconv.FormatFloat(x, 'f', -1, 64)) }

// many is a number with its noun.
func (d language) many(n int64, one, more string) string {
	return d.number(n) + " " + verb(n, one, more)
}

// verb is the form that goes with a number.
func verb(n int64, one, more string) string {
	if n == 1 {
		return one
	}
	return more
}
