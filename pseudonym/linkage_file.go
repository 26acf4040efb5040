package pseudonym

import (
	"bufio"
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"strconv"
	"strings"

	"filippo.io/age"
	"filippo.io/age/armor"

	"github.com/sluis-go/sluis/internal/files"
	"github.com/sluis-go/sluis/internal/staging"
)

// The first lines of linkage tables. The first version holds only text. Of the settings
// of its pseudonyms it has only the key and the domain.
const (
	linkageHeader1 = "sluis linkage 1"
	linkageHeader2 = "sluis linkage 2"
)

// linkageHead is the second line of a table.
type linkageHead struct {
	Settings
	FourEyes bool `json:"fourEyes"`
	Entries  int  `json:"entries"`
}

// Save writes the table to a new file of mode 0600, encrypted to the recipients. At least
// one recipient is required. On an error no file is left.
func (l *Linkage) Save(path string, recipients ...age.Recipient) error {
	switch {
	case len(recipients) == 0:
		return fmt.Errorf("%w: it is written encrypted only, and there is no recipient", ErrLinkage)
	case l.destroyed:
		return ErrLinkageDestroyed
	}
	head, err := json.Marshal(linkageHead{l.made, l.fourEyes, l.Len()})
	if err != nil {
		return err
	}
	return staging.WriteNew(path, func(w io.Writer) error {
		enc, err := age.Encrypt(w, recipients...)
		if err != nil {
			return err
		}
		b := bufio.NewWriter(enc)
		fmt.Fprintf(b, "%s\n%s\n", linkageHeader2, head)
		for _, p := range l.pseudonyms() {
			id := l.identifiers()[p]
			fmt.Fprintf(b, "%s %c %s\n", p, id.tag, strconv.Quote(id.text))
		}
		return errors.Join(b.Flush(), enc.Close())
	})
}

// LoadLinkage reads a table that one of the identities can decrypt. The error is
// ErrLinkage, ErrLinkageDestroyed for a tombstone, or of the file system.
func LoadLinkage(path string, identities ...age.Identity) (*Linkage, error) {
	f, err := files.Open(path)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	b := bufio.NewReader(f)
	head, _ := b.Peek(len(armor.Header))
	if bytes.HasPrefix(head, []byte("{")) {
		return nil, tombstone(b)
	}
	var r io.Reader = b
	if bytes.Equal(head, []byte(armor.Header)) {
		r = armor.NewReader(r)
	}
	if len(identities) == 0 {
		return nil, fmt.Errorf("%w: there is no identity to decrypt it", ErrLinkage)
	}
	dec, err := age.Decrypt(r, identities...)
	if err != nil {
		return nil, fmt.Errorf("%w: it cannot be decrypted", ErrLinkage)
	}
	return parseLinkage(dec)
}

func parseLinkage(r io.Reader) (*Linkage, error) {
	damaged := fmt.Errorf("%w: it is damaged", ErrLinkage)
	b := bufio.NewReader(r)
	line := func() (string, error) {
		s, err := b.ReadString('\n')
		return strings.TrimSuffix(s, "\n"), err
	}
	first, err := line()
	if err != nil || first != linkageHeader1 && first != linkageHeader2 {
		return nil, fmt.Errorf("%w: it is not one, or of another version", ErrLinkage)
	}
	l := &Linkage{back: newLinks(0)}
	var head linkageHead
	if first == linkageHeader2 {
		s, err := line()
		if err != nil || !decode([]byte(s), &head) || !writtenAs([]byte(s), head) || head.Entries < 0 {
			return nil, damaged
		}
	} else if head, err = oldHead(line); err != nil {
		return nil, err
	}
	l.made, l.fourEyes = head.Settings, head.FourEyes
	for range head.Entries {
		s, err := line()
		p, rest, ok := strings.Cut(s, " ")
		tag := byte(tagText)
		if first == linkageHeader2 && len(rest) > 2 {
			tag, rest = rest[0], rest[1:]
			ok = ok && rest[0] == ' '
			rest = rest[1:]
		}
		text, err2 := strconv.Unquote(rest)
		id := identity{tag, text}
		if _, err3 := id.value(); err != nil || !ok || err2 != nil || err3 != nil {
			return nil, damaged
		}
		l.identifiers()[p] = id
	}
	// The end of the file is authenticated too.
	if _, err := b.ReadByte(); !errors.Is(err, io.EOF) || l.Len() != head.Entries {
		return nil, damaged
	}
	return l, nil
}

// oldHead reads the lines after the first line of a file of the first version.
func oldHead(line func() (string, error)) (head linkageHead, err error) {
	var text [3]string
	for i := range text {
		if text[i], err = line(); err != nil {
			return head, fmt.Errorf("%w: it is damaged", ErrLinkage)
		}
	}
	head.KeyID, head.Domain = text[0], text[1]
	if head.Entries, err = strconv.Atoi(text[2]); err != nil || head.Entries < 0 {
		return head, fmt.Errorf("%w: it is damaged", ErrLinkage)
	}
	return head, nil
}

// Save writes both files of a new key: the table, encrypted to the recipients, and the
// translation. Where the table cannot be written, the translation is removed again: no
// translation leads to pseudonyms of which the table does not exist. The error is that of
// [Linkage.Save] or [Translation.Save].
func (r *Rekeyed) Save(table, translation string, to ...age.Recipient) error {
	if r.Table == nil || r.Translation == nil {
		return fmt.Errorf("%w: nothing was rekeyed", ErrLinkage)
	}
	if err := r.Translation.Save(translation); err != nil {
		return err
	}
	if err := r.Table.Save(table, to...); err != nil {
		return errors.Join(err, os.Remove(translation))
	}
	return nil
}
