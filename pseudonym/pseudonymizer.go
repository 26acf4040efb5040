package pseudonym

import (
	"crypto/fips140"
	stdhmac "crypto/hmac"
	"crypto/sha256"
	"crypto/sha512"
	"encoding/hex"
	"fmt"
	"hash"
	"io"
	"log/slog"
	"sync"

	"github.com/sluis-go/sluis/internal/hmac"
)

// Algorithm is the keyed hash.
type Algorithm uint8

const (
	// SHA256 is HMAC-SHA-256, the default.
	SHA256 Algorithm = iota
	// SHA512_256 is HMAC-SHA-512/256.
	SHA512_256
)

// String returns the name of the algorithm.
func (a Algorithm) String() string {
	if a == SHA512_256 {
		return "HMAC-SHA-512/256"
	}
	return "HMAC-SHA-256"
}

// Encoding is the form in which pseudonyms are written.
type Encoding uint8

const (
	// Hex is lower-case hexadecimal text, the default.
	Hex Encoding = iota
	// Base32 is text in the alphabet 0123456789abcdefghjkmnpqrstvwxyz, without
	// padding: no letters that look alike.
	Base32
	// Binary is fixed-size binary.
	Binary
)

// Config says how identifiers become pseudonyms.
type Config struct {
	// Key of the project. Required.
	Key Key
	// Domain of the pseudonyms. Required.
	Domain Domain
	// Algorithm defaults to HMAC-SHA-256.
	Algorithm Algorithm
	// Form says which values are the same identifier. Defaults to Typed.
	Form Form
	// Invalid is the treatment of invalid values. Defaults to an error.
	Invalid Invalid
	// Encoding defaults to Hex.
	Encoding Encoding
	// Bytes is the length of a pseudonym before it is written as text. Defaults to 16. A
	// length below MinBytes(Expected) is refused.
	Bytes int
	// Expected is the number of distinct values to expect. Defaults to 2^40.
	Expected int64
}

// Pseudonymizer turns identifiers into pseudonyms. A Pseudonymizer is safe for concurrent
// use, and prints as REDACTED. It is a handle: copies share the derived key, and
// [Pseudonymizer.Destroy] destroys all copies. The zero value is a destroyed one.
type Pseudonymizer struct {
	cfg   Config // without the key
	bytes int
	keyID string

	*state
}

// state holds the data that Destroy wipes.
type state struct {
	mu      sync.RWMutex
	derived Key     // of the domain
	fast    *kernel // nil where the standard library does the work
	dead    bool
}

// kernel holds the hashed key, two pointers away as in secret.
type kernel struct{ key *hmac.Key }

// New makes a pseudonymizer. The key may be destroyed afterwards; the derived
// state lives until [Pseudonymizer.Destroy]. The error wraps ErrDestroyed,
// ErrDomain, ErrSetting or ErrLength.
func New(c Config) (*Pseudonymizer, error) {
	n, err := c.length()
	if err != nil {
		return nil, err
	}
	if c.Algorithm > SHA512_256 || c.Form > lastForm || c.Invalid > InvalidKeep || c.Encoding > Binary {
		return nil, fmt.Errorf("%w: algorithm, form, invalid or encoding", ErrSetting)
	}
	id, err := c.Key.ID()
	if err != nil {
		return nil, err
	}
	derived, err := c.Key.Derive(c.Domain)
	if err != nil {
		return nil, err
	}
	c.Key = Key{}
	p := &Pseudonymizer{cfg: c, bytes: n, keyID: id, state: &state{derived: derived}}
	if c.Algorithm == SHA256 && !fips140.Enabled() {
		if err := derived.use(func(b []byte) { p.fast = &kernel{hmac.New(b)} }); err != nil {
			return nil, err
		}
	}
	return p, nil
}

// Destroy wipes the derived key. Every later use is ErrDestroyed.
func (p *Pseudonymizer) Destroy() {
	if p.state == nil {
		return
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	p.dead = true
	p.derived.Destroy()
	if p.fast != nil {
		p.fast.key.Wipe()
	}
}

// KeyID returns the id of the project's key.
func (p *Pseudonymizer) KeyID() string { return p.keyID }

// Domain returns the domain.
func (p *Pseudonymizer) Domain() Domain { return p.cfg.Domain }

// Algorithm returns the algorithm.
func (p *Pseudonymizer) Algorithm() Algorithm { return p.cfg.Algorithm }

// Bytes returns the length of a pseudonym before it is written as text.
func (p *Pseudonymizer) Bytes() int { return p.bytes }

// Text returns the pseudonym of one identifier given as text, as it is written
// in a column of text. The error is ErrInvalid or ErrDestroyed.
func (p *Pseudonymizer) Text(identifier string) (string, error) {
	return p.pseudonymOf(value{tag: tagText, text: []byte(identifier)})
}

// pseudonymOf is Text for a value of any type.
func (p *Pseudonymizer) pseudonymOf(v value) (string, error) {
	if !p.cfg.Form.takes(v.tag) && v.tag != tagInvalid {
		return "", ErrInvalid
	}
	msg, ok := appendCanonical(nil, v, p.cfg.Form)
	defer clear(msg)
	if !ok && p.cfg.Invalid != InvalidKeep {
		return "", ErrInvalid
	}
	var out [32]byte
	err := p.sums(&batch{bytes: msg, ends: []int{len(msg)}}, func(_ int, sum *[32]byte) { out = *sum })
	if err != nil {
		return "", err
	}
	return string(p.appendText(nil, out[:p.bytes])), nil
}

// crockford is the alphabet of Base32.
const crockford = "0123456789abcdefghjkmnpqrstvwxyz"

// appendText writes a truncated sum as text (binary as hexadecimal).
func (p *Pseudonymizer) appendText(dst, sum []byte) []byte {
	if p.cfg.Encoding != Base32 {
		return hex.AppendEncode(dst, sum)
	}
	bits, n := uint32(0), 0
	for _, b := range sum {
		bits, n = bits<<8|uint32(b), n+8
		for n >= 5 {
			n -= 5
			dst = append(dst, crockford[bits>>n&31])
		}
	}
	if n > 0 {
		dst = append(dst, crockford[bits<<(5-n)&31])
	}
	return dst
}

// batch is many messages in one buffer: message i ends at ends[i].
type batch struct {
	bytes []byte
	ends  []int
}

func (b *batch) message(i int) []byte {
	start := 0
	if i > 0 {
		start = b.ends[i-1]
	}
	return b.bytes[start:b.ends[i]]
}

func (b *batch) reset() {
	clear(b.bytes)
	b.bytes, b.ends = b.bytes[:0], b.ends[:0]
}

// sums hands the full sum of every message to fn, in order.
func (p *Pseudonymizer) sums(b *batch, fn func(i int, sum *[32]byte)) error {
	if p.state == nil {
		return ErrDestroyed
	}
	p.mu.RLock()
	defer p.mu.RUnlock()
	if p.dead {
		return ErrDestroyed
	}
	if p.fast == nil {
		return p.slowSums(b, fn)
	}
	var s hmac.Scratch
	defer s.Wipe()
	var x, y [32]byte
	n := len(b.ends)
	for i := 0; i+1 < n; i += 2 {
		p.fast.key.Sum2(&s, &x, &y, b.message(i), b.message(i+1))
		fn(i, &x)
		fn(i+1, &y)
	}
	if n%2 == 1 {
		p.fast.key.Sum(&s, &x, b.message(n-1))
		fn(n-1, &x)
	}
	return nil
}

// slowSums does it with the standard library alone: for SHA-512/256, and where
// the module is validated (FIPS 140-3 mode).
func (p *Pseudonymizer) slowSums(b *batch, fn func(i int, sum *[32]byte)) error {
	var m hash.Hash
	err := p.derived.use(func(key []byte) {
		if p.cfg.Algorithm == SHA512_256 {
			m = stdhmac.New(sha512.New512_256, key)
		} else {
			m = stdhmac.New(sha256.New, key)
		}
	})
	if err != nil {
		return err
	}
	var sum [32]byte
	for i := range b.ends {
		m.Reset()
		m.Write(b.message(i))
		m.Sum(sum[:0])
		fn(i, &sum)
	}
	return nil
}

// String returns REDACTED.
func (*Pseudonymizer) String() string { return redacted }

// GoString returns REDACTED.
func (*Pseudonymizer) GoString() string { return redacted }

// Format writes REDACTED for every verb.
func (*Pseudonymizer) Format(f fmt.State, _ rune) { io.WriteString(f, redacted) } //nolint:errcheck // a Formatter has no error

// LogValue is REDACTED.
func (*Pseudonymizer) LogValue() slog.Value { return slog.StringValue(redacted) }

// MarshalJSON returns "REDACTED".
func (*Pseudonymizer) MarshalJSON() ([]byte, error) { return []byte(`"` + redacted + `"`), nil }

// MarshalText returns REDACTED.
func (*Pseudonymizer) MarshalText() ([]byte, error) { return []byte(redacted), nil }

// GobEncode returns REDACTED.
func (*Pseudonymizer) GobEncode() ([]byte, error) { return []byte(redacted), nil }
