package suppress

import (
	"slices"

	"github.com/sluis-go/sluis/sdc"
	"github.com/sluis-go/sluis/sdc/report/words"
)

// notReckoned lists what sdc.Attacker has and this very publication does not reckon with.
// What is found and left to a reviewer is a remark, and not in the list. Every entry has its
// line in docs/protection.md. tables are those that were protected, in so many groups.
func (p *Publication) notReckoned(tables []int, groups int, o *Options) (out []words.Message) {
	r, policy := p.report, p.report.JudgedBy()
	say := func(id words.ID, is bool) {
		if is {
			out = append(out, words.New(id))
		}
	}
	hidden, negative, responses := 0, false, []string{}
	for _, t := range p.Tables {
		hidden += t.Loss.Primary + t.Loss.Secondary
		negative = negative || t.pattern != nil && t.Loss.Primary > 0 && t.Least == nil
		if t.Shows.Response != "" {
			responses = append(responses, t.Shows.Response)
		}
	}
	sums := len(responses) > 0
	if off := policy.Attacker.Off(); len(off) > 0 {
		out = append(out, words.New(words.AttackerOff, words.Texts(off)...))
	}
	say(words.LongerSums, hidden > 3 && !policy.Attacker.NoUnions)
	say(words.SumsAllEqual, hidden > 1 && sums && !policy.AllEqual.Off && !policy.Attacker.NoUnions)
	say(words.Pooled, hidden > 0 || o.Round > 0)
	say(words.DifferentThings, hidden > 0 && countedThings(r, tables) > 1)
	say(words.NegativeTotals, negative)
	say(words.Unlinked, countedThings(r, tables) < groups)
	say(words.Repeatable, p.repeatable(o))
	say(words.PatternChoice, p.chose(o) && !p.repeatable(o))
	say(words.LongerRelations, hidden > 0)
	say(words.OtherReleases, true)
	say(words.CellsGiven, slices.ContainsFunc(tables, func(k int) bool { return r.Tables[k].Given() != nil }))
	return out
}

// chose reports whether there was anything to choose: what else to hide, or how to round.
func (p *Publication) chose(o *Options) bool {
	return o.Round > 0 && !o.Nearest || slices.ContainsFunc(p.Tables, func(t *Table) bool { return t.Loss.Primary+t.Loss.Secondary > 0 })
}

// draws reports whether choices are drawn under a secret.
func (o *Options) draws(r *sdc.Report) bool {
	return o.secret != nil && !r.JudgedBy().Attacker.NoMethod
}

// repeatable reports whether there was a choice that every reader can repeat.
func (p *Publication) repeatable(o *Options) bool { return p.chose(o) && !o.draws(p.report) }

// method is a remark for review where the attacker knows the program, and there was a choice
// that every reader can repeat.
func (p *Publication) method(o *Options) []sdc.Remark {
	if !p.repeatable(o) || p.report.JudgedBy().Attacker.NoMethod {
		return nil
	}
	return []sdc.Remark{{Name: string(words.Repeatable), Verdict: sdc.Review, Message: words.New(words.Repeatable)}}
}

// mayNotReckon lists the facts that notReckoned may have, in its order.
var mayNotReckon = []words.ID{
	words.AttackerOff, words.LongerSums, words.SumsAllEqual, words.Pooled, words.DifferentThings,
	words.NegativeTotals, words.Unlinked, words.Repeatable, words.PatternChoice, words.LongerRelations, words.OtherReleases, words.CellsGiven,
}

// ids are the names of facts.
func ids(list []words.Message) (out []string) {
	for _, m := range list {
		out = append(out, string(m.ID))
	}
	return out
}
