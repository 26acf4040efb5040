package words

import (
	"maps"
	"strconv"
	"strings"
)

// Language is one that has a catalogue.
type Language string

const (
	English Language = "en"
	Dutch   Language = "nl"
)

// Languages lists the languages.
func Languages() []Language { return []Language{English, Dutch} }

// catalogue is a language: its sentences, and how it writes numbers.
type catalogue struct {
	sentences          map[ID]string
	thousands, decimal string
	above              string // before a number
	language           Language
}

// The catalogues, and the parameters of all facts.
var (
	english    = join(englishChecks, englishLedger, englishRisk)
	dutch      = join(dutchChecks, dutchLedger, dutchRisk)
	parameters = join(checkParameters, ledgerParameters, riskParameters)
)

// join puts maps of different facts together.
func join[V any](parts ...map[ID]V) map[ID]V {
	all := map[ID]V{}
	for _, p := range parts {
		maps.Copy(all, p)
	}
	return all
}

func catalogueOf(l Language) *catalogue {
	if l == Dutch {
		return &catalogue{dutch, ".", ",", "meer dan ", Dutch}
	}
	return &catalogue{english, "", ".", ">", English}
}

// In says the fact in a language, in English where the language has no catalogue. An
// ID that no catalogue has is said with its arguments, so that nothing is lost.
func (m Message) In(l Language) string {
	var b strings.Builder
	c := catalogueOf(l)
	for x := &m; x != nil; x = x.Note {
		c.say(&b, x)
	}
	return b.String()
}

func (c *catalogue) say(b *strings.Builder, m *Message) {
	if m.ID == "" {
		return
	}
	sentence, ok := c.sentences[m.ID]
	if !ok {
		b.WriteString(string(m.ID))
		for _, a := range m.Args {
			b.WriteString(" " + c.argument(a))
		}
		return
	}
	for len(sentence) > 0 {
		at := strings.IndexByte(sentence, '[')
		if at < 0 {
			break
		}
		part, rest, _ := strings.Cut(sentence[at+1:], "]")
		c.fill(b, sentence[:at], m)
		if !m.lacks(part) {
			c.fill(b, part, m)
		}
		sentence = rest
	}
	c.fill(b, sentence, m)
}

// fill writes a part of a sentence with its arguments.
func (c *catalogue) fill(b *strings.Builder, part string, m *Message) {
	for {
		before, after, found := strings.Cut(part, "{")
		b.WriteString(before)
		if !found {
			return
		}
		mark, rest, _ := strings.Cut(after, "}")
		part = rest
		name, sign, forms := divide(mark)
		args := m.argument(name)
		switch sign {
		case '+':
			c.list(b, args, forms)
			continue
		case ':', 0:
			c.list(b, args, ", ")
		}
		if sign == ':' {
			b.WriteByte(' ')
		}
		one, more, _ := strings.Cut(forms, "|")
		if len(args) == 1 && args[0].Text == "1" {
			b.WriteString(one)
		} else {
			b.WriteString(more)
		}
	}
}

// divide takes a mark such as "n:cell|cells" apart: the name of the argument, the sign
// behind the name, or 0, and what follows the sign.
func divide(mark string) (name string, sign byte, rest string) {
	at := strings.IndexAny(mark, ":?+")
	if at < 0 {
		return mark, 0, ""
	}
	return mark[:at], mark[at], mark[at+1:]
}

// list writes arguments with something between.
func (c *catalogue) list(b *strings.Builder, args []Arg, between string) {
	for i, a := range args {
		if i > 0 {
			b.WriteString(between)
		}
		b.WriteString(c.argument(a))
	}
}

// lacks reports whether an argument in a part of a sentence is empty.
func (m *Message) lacks(part string) bool {
	for {
		_, after, found := strings.Cut(part, "{")
		if !found {
			return false
		}
		mark, rest, _ := strings.Cut(after, "}")
		name, _, _ := divide(mark)
		if args := m.argument(name); len(args) == 0 || args[0].Text == "" {
			return true
		}
		part = rest
	}
}

// argument returns the arguments of a name: one, or those of a list.
func (m *Message) argument(name string) []Arg {
	for i, p := range parameters[m.ID] {
		switch {
		case p.Name != name:
		case i >= len(m.Args):
			return nil
		case p.List:
			return m.Args[i:]
		default:
			return m.Args[i : i+1]
		}
	}
	return nil
}

// argument says one argument.
func (c *catalogue) argument(a Arg) string {
	switch a.Kind {
	case Number:
		return c.number(a.Text)
	case Above:
		return c.above + c.number(a.Text)
	case Name:
		return strconv.Quote(a.Text)
	case Term:
		if s, ok := c.sentences[ID(a.Text)]; ok {
			return s
		}
	}
	if a.Dutch != "" && c.language == Dutch {
		return a.Dutch
	}
	return a.Text
}

// number writes an exact decimal with the marks of the language; a text that is no
// plain decimal stays as it is.
func (c *catalogue) number(s string) string { return Marked(s, c.thousands, c.decimal) }

// Marked writes a plain decimal such as "-1234.50" with marks between thousands and
// before the decimals. Another text stays as it is.
func Marked(s, thousands, decimal string) string {
	digits, minus := strings.CutPrefix(s, "-")
	whole, part, has := strings.Cut(digits, ".")
	if !isDigits(whole) || has && !isDigits(part) {
		return s
	}
	var b strings.Builder
	if minus {
		b.WriteByte('-')
	}
	for i := range len(whole) {
		if i > 0 && (len(whole)-i)%3 == 0 {
			b.WriteString(thousands)
		}
		b.WriteByte(whole[i])
	}
	if has {
		b.WriteString(decimal + part)
	}
	return b.String()
}

func isDigits(s string) bool {
	return s != "" && strings.Trim(s, "0123456789") == ""
}
