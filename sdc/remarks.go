package sdc

import (
	"maps"
	"slices"
	"strings"

	"github.com/sluis-go/sluis/sdc/report/words"
)

// remarks returns the remarks on the data that follow from the totals of the check.
func (d *Data) remarks(sum totals) []Remark {
	out := slices.Clone(sum.alike)
	switch {
	case d.Roles.Respondent == "":
		out = append(out, d.Roles.NoRespondent(sum.rows))
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
	return append(out, d.declarations()...)
}

// notSuppressed says that a key has nulls which local suppression did not write.
func notSuppressed(key string) Remark {
	return Remark{Name: "local-record", Column: key, Verdict: Safe, Message: words.New(words.LocalPart)}
}

// NoRespondent is the remark on so many rows of data without a respondent column: a statement
// about rows is a statement about persons only if every row is a person.
func (Roles) NoRespondent(rows int64) Remark {
	return Remark{
		Name: "no-respondent", Verdict: Safe, Count: rows,
		Message: words.New(words.NoRespondent),
	}
}
