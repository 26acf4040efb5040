package sdc

import (
	"maps"
	"slices"
	"strings"

	"github.com/sluis-go/sluis/sdc/report/words"
)

// remarks says about the data what the check has seen in passing.
func (d *Data) remarks(sum totals) []Remark {
	out := slices.Clone(sum.alike)
	switch {
	case d.Roles.Respondent == "":
		out = append(out, NoRespondent(sum.rows))
	case sum.respondents == sum.rows:
		out = append(out, Remark{
			Name: "one-row-each", Column: d.Roles.Respondent, Verdict: Safe, Count: sum.rows,
			Message: words.New(words.OneRowEach, words.NameOf(d.Roles.Respondent)),
		})
	}
	for _, name := range slices.Sorted(maps.Keys(d.NotIdentifiers)) {
		out = append(out, Remark{
			Name: "identifier-cleared", Column: name, Verdict: Review,
			Message: words.New(words.IdentifierCleared, words.NameOf(name), words.TextOf(strings.TrimSpace(d.NotIdentifiers[name]))),
		})
	}
	return out
}

// NoRespondent is the remark where no column says whose row it is: what is said of so many
// rows is said of persons only if every row is a person.
func NoRespondent(rows int64) Remark {
	return Remark{
		Name: "no-respondent", Verdict: Safe, Count: rows,
		Message: words.New(words.NoRespondent),
	}
}
