// Package words says facts in sentences. A [Message] is a fact as data: its ID, and
// its arguments. Each language has one catalogue, which gives every ID a sentence; see
// english.go and dutch.go. No other package makes a sentence of a fact.
//
// A sentence of a catalogue is a text with these marks:
//
//	{n}                     the argument n
//	{n:cell|cells}          the number n and its noun: "1 cell", "2 cells"
//	{n?has|have}            the form that goes with the number n, without n
//	{n+; }                  the list n, with "; " between its arguments in place of ", "
//	[ by {name}]            a part that is left out where an argument in the part is empty
//
// To add a fact, add its ID and its parameters to a list in ids.go, and a sentence to
// every catalogue. The tests name what is missing.
package words

import (
	"strconv"
)

// Message is a fact. The zero value says nothing.
type Message struct {
	// ID says which fact.
	ID ID
	// Args are what is filled in, in the order of [Parameters].
	Args []Arg
	// Note is a further fact, which is said behind the sentence; nil for none.
	Note *Message
}

// ID names a fact. It stays the same when sentences change.
type ID string

// Kind is the type of an argument.
type Kind uint8

const (
	// Number is an exact decimal, such as 12 or 50.25.
	Number Kind = iota
	// Above is a share of nothing: more than the exact decimal.
	Above
	// Name is a name of the data, such as a column or an output. Sentences quote it.
	Name
	// Text is what a person wrote, or a word of a file that has no translation.
	Text
	// Term is the [ID] of a fact that is a word of the sentence.
	Term
)

// Arg is an argument of a fact.
type Arg struct {
	Kind Kind
	Text string
	// Dutch is Text in Dutch; empty for what is the same in every language.
	Dutch string
}

// Parameter is the name and the type of an argument.
type Parameter struct {
	Name string
	Kind Kind
	// List says that the parameter, which is the last, takes all arguments that are left.
	List bool
}

// Count is a whole number as an argument.
func Count(n int64) Arg { return Arg{Kind: Number, Text: strconv.FormatInt(n, 10)} }

// Decimal is an exact number as an argument, as "50.25".
func Decimal(s string) Arg { return Arg{Kind: Number, Text: s} }

// NameOf is the name of a column or an output as an argument.
func NameOf(s string) Arg { return Arg{Kind: Name, Text: s} }

// TextOf is what a person wrote as an argument.
func TextOf(s string) Arg { return Arg{Kind: Text, Text: s} }

// TextIn is a text that the caller has in both languages.
func TextIn(english, dutch string) Arg { return Arg{Text, english, dutch} }

// TermOf is a word of the catalogues as an argument.
func TermOf(id ID) Arg { return Arg{Kind: Term, Text: string(id)} }

// Names are several names as the last arguments.
func Names(list []string) []Arg { return all(Name, list) }

// Texts are several texts as the last arguments.
func Texts(list []string) []Arg { return all(Text, list) }

func all(kind Kind, list []string) []Arg {
	out := make([]Arg, len(list))
	for i, s := range list {
		out[i] = Arg{Kind: kind, Text: s}
	}
	return out
}

// New returns a fact.
func New(id ID, args ...Arg) Message { return Message{ID: id, Args: args} }

// Said is a sentence from elsewhere: of an earlier report, or of a program that has
// facts of its own. Every language says the sentence as it stands.
func Said(sentence string) Message { return New(Sentence, TextOf(sentence)) }

// Foreign reports whether the catalogues do not have the fact or a note of it, so that
// the sentence is in the language of its writer.
func (m Message) Foreign() bool {
	_, known := parameters[m.ID]
	return !known || m.ID == Sentence || m.Note != nil && m.Note.Foreign()
}

// With returns the fact with a note behind the notes that it has.
func (m Message) With(note Message) Message {
	if m.Note != nil {
		note = m.Note.With(note)
	}
	m.Note = &note
	return m
}

// String says the fact in English.
func (m Message) String() string { return m.In(English) }

// MarshalText writes the English sentence.
func (m Message) MarshalText() ([]byte, error) { return []byte(m.String()), nil }

// UnmarshalText reads a sentence: see [Said].
func (m *Message) UnmarshalText(text []byte) error {
	*m = Said(string(text))
	return nil
}

// Strings says facts in English.
func Strings(list []Message) []string {
	out := make([]string, len(list))
	for i, m := range list {
		out[i] = m.String()
	}
	return out
}
