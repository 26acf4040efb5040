package words

import "strconv"

// Fact is a message as JSON documents have it: the English sentence, and the same as data.
// [Message.Fact] makes one, and [Fact.Message] makes the message again.
type Fact struct {
	// Text is the English sentence, with the sentences of the notes.
	Text string `json:"message"`
	// ID and Args are those of the message, without its notes.
	ID   ID        `json:"id,omitempty"`
	Args Arguments `json:"args,omitempty"`
	// Notes are the notes behind, in order.
	Notes []Note `json:"notes,omitempty"`
}

// Note is a further fact, which is said behind the sentence.
type Note struct {
	ID   ID        `json:"id"`
	Args Arguments `json:"args,omitempty"`
}

// Arguments are the arguments of a fact by the name of the parameter. A value is
//
//   - a text, for an argument of the kind of its parameter;
//   - an object with kind ("number", "above", "name", "text", "term"), text, and dutch where
//     the text is another in Dutch, for any other argument;
//   - for a parameter that is a list: an array of such values, also of one.
//
// An argument without a parameter has its place, from 1, for a name.
type Arguments map[string]any

// noKind is the kind of no argument.
const noKind Kind = 255

// kinds are the names of the kinds.
var kinds = [...]string{Number: "number", Above: "above", Name: "name", Text: "text", Term: "term"}

// Fact returns the message as JSON documents have it.
func (m Message) Fact() Fact {
	f := Fact{Text: m.String(), ID: m.ID, Args: m.named()}
	for n := m.Note; n != nil; n = n.Note {
		f.Notes = append(f.Notes, Note{n.ID, n.named()})
	}
	return f
}

// Facts returns messages as JSON documents have them. The list is never nil.
func Facts(list []Message) []Fact {
	out := make([]Fact, len(list))
	for i, m := range list {
		out[i] = m.Fact()
	}
	return out
}

// named returns the arguments of the message, without those of its note.
func (m *Message) named() Arguments {
	if len(m.Args) == 0 {
		return nil
	}
	params := parameters[m.ID]
	out := make(Arguments, len(m.Args))
	for i, a := range m.Args {
		p := Parameter{Name: strconv.Itoa(i + 1), Kind: noKind}
		if n := len(params); n > 0 && (i < n || params[n-1].List) {
			p = params[min(i, n-1)]
		}
		if !p.List {
			out[p.Name] = a.value(p.Kind)
			continue
		}
		list, _ := out[p.Name].([]any)
		out[p.Name] = append(list, a.value(p.Kind))
	}
	return out
}

// value is the argument of a parameter of a kind. An argument of another kind is an object.
// An argument that has none of the kinds is a text: sentences say it so.
func (a Arg) value(kind Kind) any {
	if a.Kind == kind && a.Dutch == "" {
		return a.Text
	}
	name := kinds[Text]
	if int(a.Kind) < len(kinds) {
		name = kinds[a.Kind]
	}
	out := map[string]any{"kind": name, "text": a.Text}
	if a.Dutch != "" {
		out["dutch"] = a.Dutch
	}
	return out
}

// Message makes the message again, as Go has it after JSON was decoded. A fact that the
// catalogues do not have, or whose arguments are not in the form of [Arguments], is the
// sentence alone: see [Said].
func (f Fact) Message() Message {
	if f.ID == "" && f.Text == "" {
		return Message{}
	}
	m, ok := message(f.ID, f.Args)
	for _, n := range f.Notes {
		note, known := message(n.ID, n.Args)
		m, ok = m.With(note), ok && known
	}
	if !ok {
		return Said(f.Text)
	}
	return m
}

// message makes a message of arguments; false where the form is another.
func message(id ID, args Arguments) (Message, bool) {
	m := Message{ID: id}
	params, known := parameters[id]
	take := func(list []any, kind Kind) {
		for _, x := range list {
			a, ok := argument(x, kind)
			m.Args, known = append(m.Args, a), known && ok
		}
	}
	for _, p := range params {
		x, ok := args[p.Name]
		switch list, isList := x.([]any); {
		case !ok:
		case p.List:
			take(list, p.Kind)
			known = known && isList
		default:
			take([]any{x}, p.Kind)
		}
	}
	for i := len(params); ; i++ {
		x, ok := args[strconv.Itoa(i+1)]
		if !ok {
			// With an argument left out, those behind it stand in other places.
			return m, known && sameNames(m.named(), args)
		}
		take([]any{x}, Text)
	}
}

func sameNames(a, b Arguments) bool {
	for name := range b {
		if _, ok := a[name]; !ok {
			return false
		}
	}
	return len(a) == len(b)
}

// argument makes an argument of a value, for a parameter of a kind.
func argument(x any, kind Kind) (a Arg, ok bool) {
	switch x := x.(type) {
	case string:
		return Arg{Kind: kind, Text: x}, true
	case map[string]any:
		name, ok := x["kind"].(string)
		for k, s := range kinds {
			if s == name {
				a.Kind = Kind(k)
			}
		}
		said, has := x["text"].(string)
		a.Text = said
		dutch, isText := x["dutch"].(string)
		a.Dutch = dutch
		if _, given := x["dutch"]; given && !isText {
			return a, false
		}
		return a, ok && has && kinds[a.Kind] == name
	}
	return a, false
}
