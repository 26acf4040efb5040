package pseudonym

import (
	"bytes"
	"crypto/ed25519"
	"fmt"
	"io"
	"slices"
	"time"

	"filippo.io/age"

	"github.com/sluis-go/sluis/internal/staging"
)

// keySetHeader is the first line of a key set. Every further line is a key, the
// primary one first.
const keySetHeader = "SLUIS-KEYSET-1\n"

// maxKeys bounds a set.
const maxKeys = 100

// IDs lists the ids of the keys, the primary one first.
func (s *KeySet) IDs() []string {
	var out []string
	for _, k := range s.keys {
		if id, err := k.ID(); err == nil {
			out = append(out, id)
		}
	}
	return out
}

// Checked reports whether every key of the file has check digits, see [LoadKeyFile].
func (s *KeySet) Checked() bool { return !s.unchecked }

// Remove destroys an older key of the set. The error is ErrKey for the primary key and
// for one that the set has not.
func (s *KeySet) Remove(id string) error {
	for i, k := range s.keys {
		if have, err := k.ID(); err != nil || have != id {
			continue
		}
		if i == 0 {
			return fmt.Errorf("%w: it is the primary key: rotate first", ErrKey)
		}
		k.Destroy()
		s.keys = append(s.keys[:i:i], s.keys[i+1:]...)
		return nil
	}
	return fmt.Errorf("%w: no key of that id", ErrKey)
}

func (s *KeySet) text() ([]byte, error) {
	if len(s.keys) == 0 {
		return nil, fmt.Errorf("%w: the set is empty", ErrKey)
	}
	out := make([]byte, 0, len(keySetHeader)+len(s.keys)*600)
	out = append(out, keySetHeader...)
	for _, k := range s.keys {
		line, err := k.text()
		if err != nil {
			clear(out)
			return nil, err
		}
		out = append(out, line...)
		clear(line)
	}
	return out, nil
}

var errNoSet = fmt.Errorf("%w: the set is nil: load it, or make it with NewKey and Rotate", ErrKey)

// SaveKeySet writes a set to a new file of mode 0600: in text, or encrypted with age to
// the recipients, if there are any. A file that exists is not overwritten. The error is
// ErrKey for an empty set.
func SaveKeySet(path string, s *KeySet, recipients ...age.Recipient) error {
	if s == nil {
		return errNoSet
	}
	text, err := s.text()
	if err != nil {
		return err
	}
	return staging.WriteNew(path, func(w io.Writer) error { return seal(w, text, recipients) })
}

// ReplaceKeySet replaces the file that a set was loaded from. After the new file is on
// the disk, it overwrites the old content with zeros. It does not write a set that was
// encrypted without recipients: the error is ErrKeyFile.
func ReplaceKeySet(path string, s *KeySet, recipients ...age.Recipient) error {
	if s == nil {
		return errNoSet
	}
	if s.sealed && len(recipients) == 0 {
		return fmt.Errorf("%w: it is encrypted, and there is no recipient to encrypt it to again", ErrKeyFile)
	}
	text, err := s.text()
	if err != nil {
		return err
	}
	var out bytes.Buffer
	if err := seal(&out, text, recipients); err != nil {
		return err
	}
	defer clear(out.Bytes())
	return replace(path, out.Bytes())
}

// LoadKeySet reads a key set as [LoadKey] reads a key file. A file of one key is a set
// of one. The error wraps ErrKey or ErrKeyFile, or is of the file system.
func LoadKeySet(path string, identities ...age.Identity) (*KeySet, error) {
	text, sealed, err := readSecret(path, identities)
	if err != nil {
		return nil, err
	}
	defer clear(text)
	s, err := parseKeySet(text)
	if err != nil {
		return nil, err
	}
	s.sealed = sealed
	return s, nil
}

func parseKeySet(text []byte) (*KeySet, error) {
	body, ok := bytes.CutPrefix(text, []byte(keySetHeader))
	if !ok {
		body = bytes.TrimSpace(text) // one key
		if bytes.Contains(body, []byte("\n")) {
			return nil, fmt.Errorf("%w: not in the form of a key set", ErrKey)
		}
	}
	s := &KeySet{}
	for line := range bytes.Lines(body) {
		k, checked, err := parseChecked(line)
		s.unchecked = s.unchecked || !checked
		if err == nil {
			var id string
			if id, err = k.ID(); err == nil {
				if _, twice := s.ByID(id); twice == nil {
					err = fmt.Errorf("%w: it is in the set twice", ErrKey)
				}
			}
		}
		if err == nil && len(s.keys) == maxKeys {
			err = fmt.Errorf("%w: more than %d keys", ErrKey, maxKeys)
		}
		if err != nil {
			k.Destroy()
			s.Destroy()
			return nil, err
		}
		s.keys = append(s.keys, k)
	}
	if len(s.keys) == 0 {
		return nil, fmt.Errorf("%w: the set is empty", ErrKey)
	}
	return s, nil
}

// Destroyed destroys an older key of the set and returns a signed record of the
// destruction. The caller must write the set before it gives the record away. The errors
// are those of Remove and [Destroy].
func (s *KeySet) Destroyed(id string, signer ed25519.PrivateKey, now time.Time, tool string) (*DestructionRecord, error) {
	k, err := s.ByID(id)
	if err != nil {
		return nil, err
	}
	if k == s.keys[0] {
		return nil, fmt.Errorf("%w: it is the primary key: rotate first", ErrKey)
	}
	r, err := Destroy(k, "", signer, now, tool)
	if err != nil {
		return nil, err
	}
	s.keys = slices.DeleteFunc(s.keys, func(x Key) bool { return x == k })
	return r, nil
}
