// Package secret holds the secret of a project, under which the choices of suppression and
// rounding are drawn: whoever does not have it cannot repeat a pattern. It is no key of
// pseudonyms: neither is taken for the other.
package secret

import (
	"bytes"
	"crypto/hmac"
	"crypto/rand"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"log/slog"

	"github.com/sluis-go/sluis/internal/files"
	"github.com/sluis-go/sluis/internal/staging"
)

// ErrSecret says that a file or text is no secret of a project.
var ErrSecret = errors.New("secret cannot be used")

// Size is the length of a secret, in bytes, and the least length of one that a program gives.
const Size = 32

const (
	prefix    = "SLUIS-SECRET-1-"
	keyPrefix = "SLUIS-" // of keys, key sets and shares of pseudonyms too
	most      = 1 << 16  // bytes of a file
	redacted  = "REDACTED"
)

// Secret is the secret of a project. It prints as REDACTED. The zero value is none.
type Secret struct{ b **[]byte }

// New draws a secret.
func New() (Secret, error) {
	b := make([]byte, Size)
	if _, err := rand.Read(b); err != nil {
		return Secret{}, fmt.Errorf("%w: no random bytes", ErrSecret)
	}
	return Of(b)
}

// Of makes a secret of a copy of bytes. The error is ErrSecret for fewer than Size, or bytes
// that are all the same.
func Of(b []byte) (Secret, error) {
	if len(b) < Size {
		return Secret{}, fmt.Errorf("%w: it has fewer than %d bytes", ErrSecret, Size)
	}
	if len(bytes.Trim(b, string(b[:1]))) == 0 {
		return Secret{}, fmt.Errorf("%w: its bytes are all the same", ErrSecret)
	}
	own := bytes.Clone(b)
	p := &own
	return Secret{&p}, nil
}

// Bytes returns a copy of the secret.
func (s Secret) Bytes() []byte { return bytes.Clone(**s.b) }

// Draw returns HMAC-SHA-256 of a message under the subkey of a use.
func (s Secret) Draw(use string, message []byte) (out [sha256.Size]byte) {
	sub := sum(**s.b, []byte("sluis/secret/1/"+use))
	copy(out[:], sum(sub, message))
	return out
}

func sum(key, message []byte) []byte {
	m := hmac.New(sha256.New, key)
	m.Write(message)
	return m.Sum(nil)
}

// ID tells a secret from another, and nothing of it.
func (s Secret) ID() string {
	id := s.Draw("id", nil)
	return hex.EncodeToString(id[:8])
}

// Save writes a secret to a new file of mode 0600: whole, or not at all. A file that is there
// is an error that wraps fs.ErrExist.
func Save(path string, s Secret) error {
	return staging.WriteNew(path, func(w io.Writer) error {
		_, err := fmt.Fprintf(w, "%s%x-%s\n", prefix, **s.b, s.ID())
		return err
	})
}

// Load reads a secret. On Unix a file that others than its owner may read is refused, as is
// anything but a regular file. The error is ErrSecret, or of the file system.
func Load(path string) (Secret, error) {
	f, err := files.Open(path)
	if err != nil {
		return Secret{}, err
	}
	defer f.Close() //nolint:errcheck // read only
	info, err := f.Stat()
	if err != nil {
		return Secret{}, err
	}
	if err := files.Private(info); err != nil {
		return Secret{}, fmt.Errorf("%w: %s: %w", ErrSecret, path, err)
	}
	text, err := io.ReadAll(io.LimitReader(f, most))
	if err != nil {
		return Secret{}, err
	}
	defer clear(text)
	s, err := parse(text)
	if err != nil {
		return Secret{}, fmt.Errorf("%s: %w", path, err)
	}
	return s, nil
}

// parse reads the text form: SLUIS-SECRET-1-, the secret in hexadecimal digits, a hyphen and
// the id.
func parse(text []byte) (Secret, error) {
	text = bytes.TrimSpace(text)
	body, ok := bytes.CutPrefix(text, []byte(prefix))
	switch {
	case !ok && (bytes.HasPrefix(text, []byte(keyPrefix)) || bytes.HasPrefix(text, []byte("age-encryption")) || bytes.HasPrefix(text, []byte("-----BEGIN"))):
		return Secret{}, fmt.Errorf("%w: it is a key, and keys of pseudonyms are for pseudonyms alone; make a secret with sluis secret new", ErrSecret)
	case !ok:
		return Secret{}, fmt.Errorf("%w: it is not in the form of a secret; make one with sluis secret new", ErrSecret)
	}
	body, id, _ := bytes.Cut(body, []byte("-"))
	b := make([]byte, hex.DecodedLen(len(body)))
	defer clear(b)
	if _, err := hex.Decode(b, body); err != nil || len(b) < Size {
		return Secret{}, fmt.Errorf("%w: it is not in the form of a secret", ErrSecret)
	}
	s, err := Of(b)
	if err == nil && s.ID() != string(id) {
		err = fmt.Errorf("%w: its check digits do not fit: the file was changed", ErrSecret)
	}
	if err != nil {
		return Secret{}, err
	}
	return s, nil
}

// String implements fmt.Stringer.
func (Secret) String() string { return redacted }

// GoString implements fmt.GoStringer.
func (Secret) GoString() string { return redacted }

// Format implements fmt.Formatter: the secret is printed under no verb.
func (Secret) Format(w fmt.State, _ rune) { io.WriteString(w, redacted) } //nolint:errcheck // fmt keeps the error

// LogValue implements slog.LogValuer.
func (Secret) LogValue() slog.Value { return slog.StringValue(redacted) }

// MarshalText implements encoding.TextMarshaler.
func (Secret) MarshalText() ([]byte, error) { return []byte(redacted), nil }
