package pseudonym

import (
	"bufio"
	"bytes"
	"errors"
	"fmt"
	"io"
	"iter"
	"log/slog"
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
	back          map[string]string
}

// NewLinkage makes the table of the identifiers (text; repetitions are one), as
// p makes their pseudonyms. Identifiers that are invalid in p's form are left
// out, unless it keeps them. Memory grows with distinct identifiers.
func NewLinkage(p *Pseudonymizer, identifiers iter.Seq[string]) (*Linkage, error) {
	l := &Linkage{keyID: p.keyID, domain: p.cfg.Domain.String(), back: map[string]string{}}
	for id := range identifiers {
		text, err := p.Text(id)
		if errors.Is(err, ErrInvalid) {
			continue
		}
		if err != nil {
			return nil, err
		}
		if _, ok := l.back[text]; !ok {
			l.back[text] = id
		}
	}
	return l, nil
}

// Len returns the number of pseudonyms.
func (l *Linkage) Len() int { return len(l.back) }

// KeyID returns the id of the key of the pseudonyms, and Domain their domain.
func (l *Linkage) KeyID() string { return l.keyID }

// Domain returns the domain of the pseudonyms, as project/variable.
func (l *Linkage) Domain() string { return l.domain }

// Lookup returns the identifier of a pseudonym.
func (l *Linkage) Lookup(pseudonym string) (identifier string, ok bool) {
	identifier, ok = l.back[pseudonym]
	return identifier, ok
}

// Rekey makes the table of another key or domain, and the translation of old
// pseudonyms to new ones, which holds no identifier and may go to who holds the
// data.
func (l *Linkage) Rekey(p *Pseudonymizer) (next *Linkage, translation map[string]string, err error) {
	next = &Linkage{keyID: p.keyID, domain: p.cfg.Domain.String(), back: make(map[string]string, len(l.back))}
	translation = make(map[string]string, len(l.back))
	for old, id := range l.back {
		text, err := p.Text(id)
		if err != nil {
			return nil, nil, err
		}
		next.back[text] = id
		translation[old] = text
	}
	return next, translation, nil
}

// Destroy forgets the table. (Go may keep copies of strings in memory until the
// process ends.)
func (l *Linkage) Destroy() {
	clear(l.back)
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
		fmt.Fprintf(b, "%s\n%s\n%s\n%d\n", linkageHeader, l.keyID, l.domain, len(l.back))
		pseudonyms := make([]string, 0, len(l.back))
		for p := range l.back {
			pseudonyms = append(pseudonyms, p)
		}
		slices.Sort(pseudonyms)
		for _, p := range pseudonyms {
			fmt.Fprintf(b, "%s %s\n", p, strconv.Quote(l.back[p]))
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
	l := &Linkage{keyID: head[1], domain: head[2], back: map[string]string{}}
	for range n {
		s, err := line()
		p, quoted, ok := strings.Cut(s, " ")
		id, err2 := strconv.Unquote(quoted)
		if err != nil || !ok || err2 != nil {
			return nil, fmt.Errorf("%w: it is damaged", ErrLinkage)
		}
		l.back[p] = id
	}
	// The end of the file is authenticated too.
	if _, err := b.ReadByte(); !errors.Is(err, io.EOF) || len(l.back) != n {
		return nil, fmt.Errorf("%w: it is damaged", ErrLinkage)
	}
	return l, nil
}

// String returns REDACTED.
func (*Linkage) String() string { return redacted }

// GoString returns REDACTED.
func (*Linkage) GoString() string { return redacted }

// Format writes REDACTED, whatever the verb.
func (*Linkage) Format(f fmt.State, _ rune) { io.WriteString(f, redacted) } //nolint:errcheck // a Formatter has no error

// LogValue is REDACTED.
func (*Linkage) LogValue() slog.Value { return slog.StringValue(redacted) }

// MarshalJSON returns "REDACTED".
func (*Linkage) MarshalJSON() ([]byte, error) { return []byte(`"` + redacted + `"`), nil }
