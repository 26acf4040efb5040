package report

import (
	"fmt"
	"regexp"
	"strconv"
	"strings"

	"github.com/sluis-go/sluis/sdc"
)

// What every message may end in.
const (
	handNote     = "; set safe by hand: "
	negativeNote = " (some contributions are negative: absolute values are compared)"
)

// message says a finding in the page's language. Dutch is built from the numbers of the
// finding; where it has none, from the English sentence.
func (d words) message(f *sdc.Finding) sentence {
	if d.lang == "en" {
		return sentence{visible(f.Message), ""}
	}
	said, reason, byHand := strings.Cut(f.Message, handNote)
	base := strings.TrimSuffix(said, negativeNote)
	s, ok := d.finding(f, base)
	if !ok {
		told := d.say(base)
		if told.Lang != "" {
			return sentence{visible(f.Message), told.Lang}
		}
		s = told.Text
		if f.Rule == "dossier" {
			s = strings.ReplaceAll(s, "step ", "stap ")
		}
	}
	if base != said {
		s += " (sommige bijdragen zijn negatief: absolute waarden zijn vergeleken)"
	}
	if byHand {
		s += "; handmatig veilig verklaard: " + visible(reason)
	}
	return sentence{s, ""}
}

// saidShare finds the share in a message, with the digits that tell it from the limit;
// saidUnknown the respondents with an unknown value.
var (
	saidShare   = regexp.MustCompile(`^(?:the largest contribution is|the [0-9]+ largest contributions are|the largest contribution can be estimated to within|a contributor who asked for protection holds) (>?)([0-9.]+) %`)
	saidTop     = regexp.MustCompile(`^the ([0-9]+) largest contributions are `)
	saidUnknown = regexp.MustCompile(`, among those whose value is known; that of ([0-9]+) respondents? is not$`)
	saidMatch   = regexp.MustCompile(`^([0-9.]+) respondents match the class, nulls taken into account(?:, but only ([0-9]+) whatever the nulls stand for)?, where `)
	saidShared  = regexp.MustCompile(` share (?:this category|the category above this cell, at level [0-9]+ of its tree) \(([0-9.]+) %, limit `)
	saidAbove   = regexp.MustCompile(` the category above this cell, at level ([0-9]+) of its tree`)
)

// finding says in Dutch what a rule of numbers found; false for another rule.
func (d words) finding(f *sdc.Finding, base string) (string, bool) {
	limit := d.threshold(f.Limit)
	line := "van de lijn over \u201c" + shorten(visible(f.Variable), longestLabel) + "\u201d"
	count, of := d.number(f.Count), d.number(f.Of)
	switch f.Rule {
	case "min-contributors":
		if f.Verdict == sdc.Review || f.Of > 0 {
			return fmt.Sprintf("%s, van wie slechts %s met een som ongelijk aan nul; minstens %s vereist", d.many(f.Of, "bijdrager", "bijdragers"), count, limit), true
		}
		return fmt.Sprintf("%s; minstens %s vereist", d.many(int64(f.Observed), "bijdrager", "bijdragers"), limit), true
	case "min-holdings":
		return fmt.Sprintf("%s; minstens %s vereist", d.many(int64(f.Observed), "ondernemingengroep", "ondernemingengroepen"), limit), true
	case "nk":
		if m := saidTop.FindStringSubmatch(base); m != nil {
			return fmt.Sprintf("de %s grootste bijdragen vormen samen %s %% van het totaal, meer dan %s %%", m[1], d.share(f, base), limit), true
		}
		return fmt.Sprintf("de grootste bijdrage is %s %% van het totaal, meer dan %s %%", d.share(f, base), limit), true
	case "p-percent":
		return fmt.Sprintf("de grootste bijdrage is te schatten tot op %s %%, nauwkeuriger dan %s %%", d.share(f, base), limit), true
	case "request":
		return fmt.Sprintf("een bijdrager die om bescherming vroeg, heeft %s %% van het totaal, meer dan %s %%", d.share(f, base), limit), true
	case "group-disclosure":
		share := d.observed(f)
		if m := saidShared.FindStringSubmatch(base); m != nil {
			share = d.value(m[1])
		}
		return fmt.Sprintf("%s van de %s respondenten %s %s %s (%s %%, grens %s %%)", count, of, line, verb(f.Count, "deelt", "delen"), category(base, "deze categorie"), share, limit) + d.unknown(base), true
	case "group-remainder":
		if f.Count == f.Of {
			return fmt.Sprintf("alle %s respondenten %s zitten in %s", of, line, category(base, "deze cel")) + d.unknown(base), true
		}
		return fmt.Sprintf("op %s na zitten alle %s respondenten %s in %s", d.number(f.Of-f.Count), of, line, category(base, "deze cel")) + d.unknown(base), true
	case "zero-cells":
		return fmt.Sprintf("geen van de %s respondenten %s heeft deze categorie", of, line), true
	case "k-anonymity":
		if m := saidMatch.FindStringSubmatch(base); m != nil {
			if m[2] != "" {
				return fmt.Sprintf("%s respondenten passen bij de klasse, lege waarden meegeteld, maar slechts %s wat de lege waarden ook zijn; minstens %s vereist", d.value(m[1]), m[2], limit), true
			}
			return fmt.Sprintf("%s respondenten passen bij de klasse, lege waarden meegeteld; minstens %s vereist", d.value(m[1]), limit), true
		}
		if strings.Contains(base, " in a class that needs ") {
			return fmt.Sprintf("%s in de klasse; minstens %s vereist", d.many(int64(f.Observed), "respondent", "respondenten"), limit), true
		}
	case "min-degrees-of-freedom":
		return fmt.Sprintf("%s en %s laten %s over; minstens %s vereist", d.many(f.Of, "respondent", "respondenten"),
			d.many(f.Of-int64(f.Observed), "parameter", "parameters"), d.many(int64(f.Observed), "vrijheidsgraad", "vrijheidsgraden"), limit), true
	}
	return "", false
}

// share is the share of a dominance rule as the English sentence has it.
func (d words) share(f *sdc.Finding, base string) string {
	m := saidShare.FindStringSubmatch(base)
	switch {
	case m == nil:
		return d.observed(f)
	case m[1] != "":
		return "meer dan " + d.value(m[2])
	}
	return d.value(m[2])
}

// category is what respondents of a line share: that of the cell, or one above it.
func category(base, own string) string {
	if m := saidAbove.FindStringSubmatch(base); m != nil {
		return "de categorie boven deze cel, op niveau " + m[1] + " van de boom"
	}
	return own
}

// unknown says of how many respondents of a line the value is unknown.
func (d words) unknown(base string) string {
	m := saidUnknown.FindStringSubmatch(base)
	if m == nil {
		return ""
	}
	if m[1] == "1" {
		return ", onder wie de waarde bekend is; van 1 respondent is zij onbekend"
	}
	return ", onder wie de waarde bekend is; van " + d.value(m[1]) + " respondenten is zij onbekend"
}

// many is a number with its noun.
func (d words) many(n int64, one, more string) string { return d.number(n) + " " + verb(n, one, more) }

// verb is the form that goes with a number.
func verb(n int64, one, more string) string {
	if n == 1 {
		return one
	}
	return more
}

// exactly prints a number with all its decimals.
func (d words) exactly(x float64) string { return d.value(strconv.FormatFloat(x, 'f', -1, 64)) }
