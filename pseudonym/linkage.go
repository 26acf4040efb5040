package pseudonym

import (
	"bufio"
	"bytes"
	"errors"
	"fmt"
	"io"
	"iter"
	"log/slog"
	"maps"
	"os"
	"slices"
	"strconv"
	"strings"

	"filippo.io/age"
	"filippo.io/age/armor"
)

// ErrLinkage says that a file is no linkage table, is damaged, or cannot be
// decrypted with the identities given.
var ErrLinkage = errors.New("linkage table cannot be used")

// linkageHeader is the first line of a linkage table.
const linkageHeader = "sluis linkage 1"

// Linkage is the way back from pseudonyms to identifiers, for the custodian of
// the key alone. It prints as REDACTED. It is not safe for concurrent use.
type Linkage struct {
	keyID, domain string
	back          *links
}

// links are two pointers away as in secret.
type links struct{ identifier *map[string]string }

// NewLinkage makes the table of the identifiers (text; repetitions are one), as
// p makes their pseudonyms. Identifiers that are invalid in p's form are left
// out, unless it keeps them. In the form [Typed] these are the pseudonyms of a
// column of text: those of a column of numbers are others. Memory grows with
// distinct identifiers.
func NewLinkage(p *Pseudonymizer, identifiers iter.Seq[string]) (*Linkage, error) {
	l := &Linkage{keyID: p.keyID, domain: p.cfg.Domain.String(), back: newLinks(0)}
	for id := range identifiers {
		text, err := p.Text(id)
		if errors.Is(err, ErrInvalid) {
			continue
		}
		if err != nil {
			return nil, err
		}
		if _, ok := l.identifiers()[text]; !ok {
			l.identifiers()[text] = id
		}
	}
	return l, nil
}

// Len returns the number of pseudonyms.
func (l *Linkage) Len() int { return len(l.identifiers()) }

// KeyID returns the id of the key of the pseudonyms, and Domain their domain.
func (l *Linkage) KeyID() string { return l.keyID }

// Domain returns the domain of the pseudonyms, as project/variable.
func (l *Linkage) Domain() string { return l.domain }

// Lookup returns the identifier of a pseudonym.
func (l *Linkage) Lookup(pseudonym string) (identifier string, ok bool) {
	identifier, ok = l.identifiers()[pseudonym]
	return identifier, ok
}

// Rekey makes the table of another key or domain, and the translation of old
// pseudonyms to new ones, which holds no identifier and may go to who holds the
// data. Where several identifiers become one (in another form), the table keeps
// that of the first old pseudonym in order. The error wraps ErrInvalid for an
// identifier that p does not take.
func (l *Linkage) Rekey(p *Pseudonymizer) (next *Linkage, translation map[string]string, err error) {
	next = &Linkage{keyID: p.keyID, domain: p.cfg.Domain.String(), back: newLinks(l.Len())}
	translation = make(map[string]string, l.Len())
	for _, old := range l.pseudonyms() {
		id := l.identifiers()[old]
		text, err := p.Text(id)
		if err != nil {
			return nil, nil, err
		}
		if _, ok := next.identifiers()[text]; !ok {
			next.identifiers()[text] = id
		}
		translation[old] = text
	}
	return next, translation, nil
}

// identifiers is the table; nil where there is none.
func (l *Linkage) identifiers() map[string]string {
	if l.back == nil {
		return nil
	}
	return *l.back.identifier
}

func newLinks(n int) *links {
	m := make(map[string]string, n)
	return &links{&m}
}

// pseudonyms lists the pseudonyms in order.
func (l *Linkage) pseudonyms() []string { return slices.Sorted(maps.Keys(l.identifiers())) }

// Destroy forgets the table. (Go may keep copies of strings in memory until the
// process ends.)
func (l *Linkage) Destroy() {
	clear(l.identifiers())
	l.back = nil
}

// Save writes the table to a new file of mode 0600, encrypted to the recipients,
// of whom there must be one. On an error nothing is left behind.
func (l *Linkage) Save(path string, recipients ...age.Recipient) error {
	if len(recipients) == 0 {
		return fmt.Errorf("%w: it is written encrypted only, and there is no recipient", ErrLinkage)
	}
	return writeNew(path, func(w io.Writer) error {
		enc, err := age.Encrypt(w, recipients...)
		if err != nil {
			return err
		}
		b := bufio.NewWriter(enc)
		fmt.Fprintf(b, "%s\n%s\n%s\n%d\n", linkageHeader, l.keyID, l.domain, l.Len())
		for _, p := range l.pseudonyms() {
			fmt.Fprintf(b, "%s %s\n", p, strconv.Quote(l.identifiers()[p]))
		}
		return errors.Join(b.Flush(), enc.Close())
	})
}

// LoadLinkage reads a table that one of the identities can decrypt. The error is
// ErrLinkage, or of the file system.
func LoadLinkage(path string, identities ...age.Identity) (*Linkage, error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	var r io.Reader = bufio.NewReader(f)
	if head, _ := r.(*bufio.Reader).Peek(len(armor.Header)); bytes.Equal(head, []byte(armor.Header)) {
		r = armor.NewReader(r)
	}
	dec, err := age.Decrypt(r, identities...)
	if err != nil {
		return nil, fmt.Errorf("%w: it cannot be decrypted", ErrLinkage)
	}
	return parseLinkage(dec)
}

func parseLinkage(r io.Reader) (*Linkage, error) {
	b := bufio.NewReader(r)
	line := func() (string, error) {
		s, err := b.ReadString('\n')
		return strings.TrimSuffix(s, "\n"), err
	}
	var head [4]string
	for i := range head {
		var err error
		if head[i], err = line(); err != nil {
			return nil, fmt.Errorf("%w: it is damaged", ErrLinkage)
		}
	}
	n, err := strconv.Atoi(head[3])
	if err != nil || n < 0 || head[0] != linkageHeader {
		return nil, fmt.Errorf("%w: it is not one, or of another version", ErrLinkage)
	}
	l := &Linkage{keyID: head[1], domain: head[2], back: newLinks(0)}
	for range n {
		s, err := line()
		p, quoted, ok := strings.Cut(s, " ")
		id, err2 := strconv.Unquote(quoted)
		if err != nil || !ok || err2 != nil {
			return nil, fmt.Errorf("%w: it is damaged", ErrLinkage)
		}
		l.identifiers()[p] = id
	}
	// The end of the file is authenticated too.
	if _, err := b.ReadByte(); !errors.Is(err, io.EOF) || l.Len() != n {
		return nil, fmt.Errorf("%w: it is damaged", ErrLinkage)
	}
	return l, nil
}

// String returns REDACTED.
func (Linkage) String() string { return redacted }

// GoString returns REDACTED.
func (Linkage) GoString() string { return redacted }

// Format writes REDACTED, whatever the verb.
func (Linkage) Format(f fmt.State, _ rune) { io.WriteString(f, redacted) } //nolint:errcheck // a Formatter has no error

// LogValue is REDACTED.
func (Linkage) LogValue() slog.Value { return slog.StringValue(redacted) }

// MarshalJSON returns "REDACTED".
func (Linkage) MarshalJSON() ([]byte, error) { return []byte(`"` + redacted + `"`), nil }

// MarshalText returns REDACTED.
func (Linkage) MarshalText() ([]byte, error) { return []byte(redacted), nil }

// GobEncode returns REDACTED.
func (Linkage) GobEncode() ([]byte, error) { return []byte(redacted), nil }
