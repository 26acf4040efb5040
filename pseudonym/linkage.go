package pseudonym

import (
	"errors"
	"fmt"
	"io"
	"iter"
	"log/slog"
	"maps"
	"slices"
	"strings"
)

var (
	// ErrLinkage says that a file is no linkage table, is damaged, or cannot be
	// decrypted with the identities given.
	ErrLinkage = errors.New("linkage table cannot be used")
	// ErrLinkageDestroyed says that a linkage table was destroyed on purpose.
	ErrLinkageDestroyed = errors.New("linkage table was destroyed")
	// ErrSame says that a table would be re-keyed to the key, domain, form and algorithm
	// that its pseudonyms have, or that no pseudonym would change. The new pseudonyms
	// would be the old ones, perhaps in another length or encoding, and any reader could
	// join the two.
	ErrSame = errors.New("the new pseudonyms would be the old ones: choose another key (sluis key new, or sluis key set rotate), domain or form")
	// ErrUnknown says that a pseudonym is not in the table.
	ErrUnknown = errors.New("pseudonym is not in the table")
)

// Linkage maps pseudonyms back to identifiers. It is for the custodian of the key only. A
// Linkage prints as REDACTED, and is not safe for concurrent use.
type Linkage struct {
	made      Settings
	fourEyes  bool
	destroyed bool
	back      *links
}

// links are two pointers away as in secret.
type links struct{ identifier *map[string]identity }

// identity is an identifier as the table keeps it: the tag of its type, and its text. For
// numbers and dates the text is the number in decimal digits.
type identity struct {
	tag  byte
	text string
}

// EmptyLinkage starts a table of pseudonyms as p makes them.
func EmptyLinkage(p *Pseudonymizer) *Linkage {
	return &Linkage{made: p.Settings(), back: newLinks(0)}
}

// NewLinkage makes the table of the identifiers with the pseudonyms that p makes.
// Identifiers are text; repetitions count once. Identifiers that are invalid in the form
// of p are left out, unless p keeps them. In the form [Typed] the pseudonyms are those of
// a column of text; a column of numbers has others, see [Linkage.AddArray]. Memory grows
// with distinct identifiers.
func NewLinkage(p *Pseudonymizer, identifiers iter.Seq[string]) (*Linkage, error) {
	if p == nil || identifiers == nil {
		return nil, errNil
	}
	l := EmptyLinkage(p)
	for id := range identifiers {
		if _, err := l.add(p, value{tag: tagText, text: []byte(id)}); err != nil {
			return nil, err
		}
	}
	return l, nil
}

// add adds one identifier. It reports false for an invalid identifier, which is left out.
func (l *Linkage) add(p *Pseudonymizer, v value) (bool, error) {
	text, err := p.pseudonymOf(v)
	if errors.Is(err, ErrInvalid) {
		return false, nil
	}
	if err != nil {
		return false, err
	}
	if _, ok := l.identifiers()[text]; !ok {
		l.identifiers()[text] = identityOf(v)
	}
	return true, nil
}

// Len returns the number of pseudonyms.
func (l *Linkage) Len() int { return len(l.identifiers()) }

// Settings returns the settings that made the pseudonyms. A table from the first version
// of the file has only the key and the domain.
func (l *Linkage) Settings() Settings { return l.made }

// KeyID returns the id of the key of the pseudonyms, and Domain their domain.
func (l *Linkage) KeyID() string { return l.made.KeyID }

// Domain returns the domain of the pseudonyms, as project/variable.
func (l *Linkage) Domain() string { return l.made.Domain }

// FourEyes reports whether a look-up needs the names of two persons.
func (l *Linkage) FourEyes() bool { return l.fourEyes }

// AskFourEyes has every later look-up ask for the names of two persons. A table that
// is made from this one by Rekey asks too.
func (l *Linkage) AskFourEyes() { l.fourEyes = true }

// Lookup returns the identifier of a pseudonym as text:
//
//   - numbers in decimal digits;
//   - dates as 2026-01-31, and times in RFC 3339 (UTC);
//   - truth values as true and false;
//   - binary in hexadecimal.
//
// The error is ErrUnknown or ErrLinkageDestroyed.
//
// A custodian should use [Linkage.LoggedLookup], which writes a line to a log.
func (l *Linkage) Lookup(pseudonym string) (identifier string, err error) {
	if l.destroyed {
		return "", ErrLinkageDestroyed
	}
	id, ok := l.identifiers()[pseudonym]
	if !ok {
		return "", ErrUnknown
	}
	return id.shown(), nil
}

// Shaped reports whether a text has the length and the alphabet of the pseudonyms of the
// table. It detects an identifier that was given in the place of a pseudonym.
func (l *Linkage) Shaped(text string) bool {
	n := l.made.TextLength()
	if l.made.Bytes == 0 { // of the first version: as the pseudonyms in it
		for p := range l.identifiers() {
			n = len(p)
			break
		}
	}
	alphabet := crockford
	if l.made.Encoding != "" && l.made.Encoding != encodingNames[Base32] {
		alphabet = crockford[:16]
	}
	return n > 0 && len(text) == n && strings.Trim(text, alphabet) == ""
}

// Rekeyed is the result of [Linkage.Rekey].
type Rekeyed struct {
	// Table is the table of the new pseudonyms.
	Table *Linkage
	// Translation maps old pseudonyms to new ones. It holds no identifier.
	Translation *Translation
	// Refused are the old pseudonyms, in order, of identifiers that the new pseudonymizer
	// refuses. They are not in the table, and not in the translation.
	Refused []string
	// Merged is the number of old pseudonyms that share a new one with another.
	Merged int
}

// Rekey makes the table of another key, domain or form, and the translation of old
// pseudonyms to new ones. The translation holds no identifier, and may go to the holder
// of the data. Where several identifiers become one (in another form), the table keeps
// the identifier of the first old pseudonym in order. An identifier that p refuses does
// not end the work: its old pseudonym is in Refused. The error is ErrDestroyed,
// ErrLinkageDestroyed or ErrSame.
func (l *Linkage) Rekey(p *Pseudonymizer) (*Rekeyed, error) {
	if l.destroyed {
		return nil, ErrLinkageDestroyed
	}
	same := p.Settings()
	same.Encoding, same.Bytes = l.made.Encoding, l.made.Bytes
	if same == l.made {
		return nil, ErrSame
	}
	r := &Rekeyed{
		Table:       &Linkage{made: p.Settings(), fourEyes: l.fourEyes, back: newLinks(l.Len())},
		Translation: &Translation{from: l.made, to: p.Settings(), canonical: l.canonical(p.cfg.Form), pairs: make(map[string]string, l.Len())},
	}
	changed := false
	for _, old := range l.pseudonyms() {
		id := l.identifiers()[old]
		v, err := id.value()
		var text string
		if err == nil {
			text, err = p.pseudonymOf(v)
		}
		if errors.Is(err, ErrInvalid) {
			r.Refused = append(r.Refused, old)
			continue
		}
		if err != nil {
			return nil, err
		}
		if _, ok := r.Table.identifiers()[text]; ok {
			r.Merged++
		} else {
			r.Table.identifiers()[text] = id
		}
		r.Translation.pairs[old] = text
		changed = changed || text != old
	}
	if !changed && len(r.Translation.pairs) > 0 { // forms that make the same of these identifiers
		return nil, ErrSame
	}
	return r, nil
}

// canonical names the class of the canonical bytes of the table's identifiers in a
// form, see [Setting].
func (l *Linkage) canonical(f Form) string {
	if f != Typed {
		return f.String()
	}
	class := ""
	for _, id := range l.identifiers() {
		c := map[byte]string{
			tagInt: "integer", tagUint: "integer", tagText: "text", tagBinary: "binary", tagBool: "boolean",
			tagDecimal: "decimal", tagDate: "date", tagTime: "time", tagInvalid: "time",
		}[id.tag]
		if class != "" && c != class {
			return mixed
		}
		class = c
	}
	return class
}

// identifiers is the table; nil where there is none.
func (l *Linkage) identifiers() map[string]identity {
	if l.back == nil {
		return nil
	}
	return *l.back.identifier
}

func newLinks(n int) *links {
	m := make(map[string]identity, n)
	return &links{&m}
}

// pseudonyms lists the pseudonyms in order.
func (l *Linkage) pseudonyms() []string { return slices.Sorted(maps.Keys(l.identifiers())) }

// Destroy forgets the table: every later look-up is ErrLinkageDestroyed. (Go may keep
// copies of strings in memory until the process ends.)
func (l *Linkage) Destroy() {
	clear(l.identifiers())
	l.back, l.destroyed = nil, true
}

// String returns REDACTED.
func (Linkage) String() string { return redacted }

// GoString returns REDACTED.
func (Linkage) GoString() string { return redacted }

// Format writes REDACTED for every verb.
func (Linkage) Format(f fmt.State, _ rune) { io.WriteString(f, redacted) } //nolint:errcheck // a Formatter has no error

// LogValue is REDACTED.
func (Linkage) LogValue() slog.Value { return slog.StringValue(redacted) }

// MarshalJSON returns "REDACTED".
func (Linkage) MarshalJSON() ([]byte, error) { return []byte(`"` + redacted + `"`), nil }

// MarshalText returns REDACTED.
func (Linkage) MarshalText() ([]byte, error) { return []byte(redacted), nil }

// GobEncode returns REDACTED.
func (Linkage) GobEncode() ([]byte, error) { return []byte(redacted), nil }
