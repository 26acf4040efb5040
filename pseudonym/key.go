package pseudonym

import (
	"bytes"
	"crypto/hkdf"
	"crypto/hmac"
	"crypto/rand"
	"crypto/sha256"
	"crypto/subtle"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"sync"
)

// Errors about keys. None holds a byte of one.
var (
	// ErrKey says that a key is too short, weak, or not in the form of a key.
	ErrKey = errors.New("key cannot be used")
	// ErrDestroyed says that a key, or a value made from it, was destroyed.
	ErrDestroyed = errors.New("key was destroyed")
)

// KeySize is the length of a key that [NewKey] makes, and the least length of
// any, in bytes.
const KeySize = 32

const redacted = "REDACTED"

// Key is a secret key. It prints as REDACTED under every verb, in slog, JSON, text and
// gob; in a field that is not exported it prints as an address. Its bytes are written
// only to a key file. A Key is a handle: copies share the secret, and [Key.Destroy]
// destroys all copies. Its methods are safe for concurrent use. The zero value is a
// destroyed key.
type Key struct{ s *secret }

// secret is two pointers away from the key. In a field that is not exported, and for a
// verb that does not fit, fmt follows one pointer and prints its target without calling
// Format.
type secret struct {
	mu    sync.RWMutex
	bytes *[]byte // nil once destroyed
}

// NewKey makes a key of 32 bytes from the system's random source.
func NewKey() (Key, error) {
	b := make([]byte, KeySize)
	if _, err := rand.Read(b); err != nil {
		return Key{}, fmt.Errorf("%w: no random bytes", ErrKey)
	}
	return keyOf(b)
}

// KeyFromBytes makes a key from a copy of b. The caller wipes b. The error is
// ErrKey for fewer than 32 bytes, or bytes that are all the same or repeat a
// group of at most four.
func KeyFromBytes(b []byte) (Key, error) { return keyOf(append([]byte{}, b...)) }

func keyOf(b []byte) (Key, error) {
	if len(b) < KeySize {
		clear(b)
		return Key{}, fmt.Errorf("%w: fewer than %d bytes", ErrKey, KeySize)
	}
	for period := 1; period <= 4; period++ {
		if periodic(b, period) {
			clear(b)
			return Key{}, fmt.Errorf("%w: its bytes repeat", ErrKey)
		}
	}
	return Key{&secret{bytes: &b}}, nil
}

func periodic(b []byte, period int) bool {
	for i := period; i < len(b); i++ {
		if b[i] != b[i-period] {
			return false
		}
	}
	return true
}

// keyPrefix marks the text form of a key.
const keyPrefix = "SLUIS-KEY-1-"

// checkSize is the number of bytes of the check digits.
const checkSize = 4

// checkDigits are the first 4 bytes of HMAC-SHA-256 under the key of a fixed label.
func checkDigits(key []byte) []byte {
	m := hmac.New(sha256.New, key)
	m.Write([]byte("sluis/pseudonym/1/key-check"))
	return m.Sum(nil)[:checkSize]
}

// ParseKey reads the text form of a key: SLUIS-KEY-1-, the key in hexadecimal digits,
// a hyphen and eight check digits, surrounded by blanks and line ends at most. A text
// with one character changed is ErrKey. The hyphen and the check digits may be
// absent, as in texts from before there were any: see [LoadKeyFile].
func ParseKey(text string) (Key, error) {
	b := []byte(text)
	defer clear(b)
	return parseKey(b)
}

func parseKey(text []byte) (Key, error) {
	k, _, err := parseChecked(text)
	return k, err
}

// parseChecked also reports whether there were check digits.
func parseChecked(text []byte) (k Key, checked bool, err error) {
	body, ok := bytes.CutPrefix(bytes.TrimSpace(text), []byte(keyPrefix))
	if !ok && bytes.HasPrefix(bytes.TrimSpace(text), []byte("SLUIS-SECRET-")) {
		return Key{}, false, fmt.Errorf("%w: it is a secret of sluis secret new, which is for patterns alone; make a key with sluis key new", ErrKey)
	}
	if !ok {
		return Key{}, false, fmt.Errorf("%w: not in the form of a key", ErrKey)
	}
	body, digits, checked := bytes.Cut(body, []byte("-"))
	b := make([]byte, hex.DecodedLen(len(body)))
	if _, err := hex.Decode(b, body); err != nil {
		clear(b)
		return Key{}, checked, fmt.Errorf("%w: not in the form of a key", ErrKey)
	}
	if checked {
		want, err := hex.DecodeString(string(digits))
		if err != nil || subtle.ConstantTimeCompare(want, checkDigits(b)) != 1 {
			clear(b)
			return Key{}, checked, fmt.Errorf("%w: the check digits do not fit: a character was changed", ErrKey)
		}
	} else if n := len(b) - checkSize; n >= KeySize && subtle.ConstantTimeCompare(b[n:], checkDigits(b[:n])) == 1 {
		clear(b)
		return Key{}, checked, fmt.Errorf("%w: the hyphen before the check digits is missing", ErrKey)
	}
	k, err = keyOf(b)
	return k, checked, err
}

// text is the text form, for a key file. The caller wipes it.
func (k Key) text() ([]byte, error) {
	var out []byte
	err := k.use(func(b []byte) {
		out = make([]byte, 0, len(keyPrefix)+hex.EncodedLen(len(b)+checkSize)+2)
		out = append(hex.AppendEncode(append(out, keyPrefix...), b), '-')
		out = append(hex.AppendEncode(out, checkDigits(b)), '\n')
	})
	return out, err
}

// use lends the bytes to fn.
func (k Key) use(fn func(b []byte)) error {
	if k.s == nil {
		return ErrDestroyed
	}
	k.s.mu.RLock()
	defer k.s.mu.RUnlock()
	if k.s.bytes == nil {
		return ErrDestroyed
	}
	fn(*k.s.bytes)
	return nil
}

// Equal compares two keys in constant time. A destroyed key equals none.
func (k Key) Equal(o Key) bool {
	// One key after the other: a goroutine that holds one lock while it waits for another
	// may wait for ever.
	var a []byte
	defer func() { clear(a) }()
	if k.use(func(b []byte) { a = append(make([]byte, 0, len(b)), b...) }) != nil {
		return false
	}
	same := 0
	err := o.use(func(b []byte) { same = subtle.ConstantTimeCompare(a, b) })
	return err == nil && same == 1
}

// ID returns sixteen hexadecimal digits that name the key without revealing it:
// the first 8 bytes of HMAC-SHA-256 under the key of a fixed label. The error is
// ErrDestroyed.
func (k Key) ID() (string, error) {
	var id string
	err := k.use(func(b []byte) {
		m := hmac.New(sha256.New, b)
		m.Write([]byte("sluis/pseudonym/1/key-id"))
		id = hex.EncodeToString(m.Sum(nil)[:8])
	})
	return id, err
}

// Derive makes the key of a domain: HKDF-SHA-256 (RFC 5869) of the key, without
// salt, the info being the domain's canonical form. Different domains give
// unrelated keys, and a derived key says nothing of the one it comes from. The
// error is ErrDestroyed, or ErrDomain.
func (k Key) Derive(d Domain) (Key, error) {
	info, err := d.info()
	if err != nil {
		return Key{}, err
	}
	var out []byte
	var failed error
	if err := k.use(func(b []byte) { out, failed = hkdf.Key(sha256.New, b, nil, info, KeySize) }); err != nil {
		return Key{}, err
	}
	if failed != nil {
		return Key{}, fmt.Errorf("%w: derivation failed", ErrKey)
	}
	return keyOf(out)
}

// FileDigest returns a digest of a file that only a holder of the key can compute:
// HMAC-SHA-256 of the file's SHA-256 (given in hexadecimal) under the key's HKDF with the
// info "sluis/pseudonym/1/file", in hexadecimal. A reader of the digest without the key
// cannot test a guess of the file. The error is ErrDestroyed, or ErrRecord for a sum that
// is no SHA-256.
func (k Key) FileDigest(sum string) (string, error) {
	plain, err := hex.DecodeString(sum)
	if err != nil || len(plain) != sha256.Size {
		return "", fmt.Errorf("%w: a digest of a file is not a SHA-256", ErrRecord)
	}
	var out string
	var failed error
	err = k.use(func(b []byte) {
		var sub []byte
		if sub, failed = hkdf.Key(sha256.New, b, nil, "sluis/pseudonym/1/file", KeySize); failed != nil {
			return
		}
		defer clear(sub)
		m := hmac.New(sha256.New, sub)
		m.Write(plain)
		out = hex.EncodeToString(m.Sum(nil))
	})
	return out, errors.Join(err, failed)
}

// Destroy overwrites the key with zeros. Every later use of it and of its copies
// is ErrDestroyed. Pseudonymizers made from it hold a derived state of their own
// and are destroyed apart.
func (k Key) Destroy() {
	if k.s == nil {
		return
	}
	k.s.mu.Lock()
	defer k.s.mu.Unlock()
	if k.s.bytes != nil {
		clear(*k.s.bytes)
		k.s.bytes = nil
	}
}

// String returns REDACTED.
func (Key) String() string { return redacted }

// GoString returns REDACTED.
func (Key) GoString() string { return redacted }

// Format writes REDACTED for every verb.
func (Key) Format(f fmt.State, _ rune) { io.WriteString(f, redacted) } //nolint:errcheck // a Formatter has no error

// LogValue is REDACTED.
func (Key) LogValue() slog.Value { return slog.StringValue(redacted) }

// MarshalText returns REDACTED.
func (Key) MarshalText() ([]byte, error) { return []byte(redacted), nil }

// MarshalJSON returns "REDACTED".
func (Key) MarshalJSON() ([]byte, error) { return []byte(`"` + redacted + `"`), nil }

// GobEncode returns REDACTED.
func (Key) GobEncode() ([]byte, error) { return []byte(redacted), nil }
