package pseudonym

import (
	"bytes"
	"crypto/rand"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"strings"

	"filippo.io/age"
	"github.com/cloudflare/circl/group"
	"github.com/cloudflare/circl/secretsharing"

	"github.com/sluis-go/sluis/internal/staging"
)

// ErrShare says that shares of a key cannot be used, or a key cannot be split so.
var ErrShare = errors.New("shares of a key cannot be used")

// MaxShares is the largest number of shares.
const MaxShares = 255

// Share is one of n shares of a key. Any k shares together give the key back; fewer
// shares say nothing about the key (Shamir 1979). A Share prints as REDACTED. Its bytes
// are written only to a share file.
type Share struct {
	keyID            string
	split            [4]byte // random, the same for the shares of one ceremony
	threshold, index byte
	s                *secret
}

// KeyID returns the id of the key that was split.
func (s Share) KeyID() string { return s.keyID }

// Index returns the number of the share, from 1.
func (s Share) Index() int { return int(s.index) }

// Threshold returns the number of shares that give the key back.
func (s Share) Threshold() int { return int(s.threshold) }

// scalars and shared bytes: the key, with its length before it, is cut into pieces. Each
// piece is below the order of the group (2^252 and more).
const (
	pieceSize  = 31
	scalarSize = 32
)

var shareGroup = group.Ristretto255

// Split splits a key into n shares, of which any threshold give the key back: 2 <=
// threshold <= n <= 255. It computes in the scalars of Ristretto255. Every piece of 31
// bytes is the value at 0 of a random polynomial of degree threshold - 1; share i has the
// values at i. The error wraps ErrShare or ErrDestroyed.
func Split(k Key, n, threshold int) ([]Share, error) {
	if threshold < 2 || threshold > n || n > MaxShares {
		return nil, fmt.Errorf("%w: 2 <= threshold <= shares <= %d", ErrShare, MaxShares)
	}
	id, err := k.ID()
	if err != nil {
		return nil, err
	}
	var pieces [][]byte
	tooLong := false
	err = k.use(func(b []byte) {
		if tooLong = len(b) > 255; !tooLong {
			pieces = cut(b)
		}
	})
	if err != nil {
		return nil, err
	}
	if tooLong {
		return nil, fmt.Errorf("%w: a key of more than 255 bytes", ErrShare)
	}
	var split [4]byte
	if _, err := rand.Read(split[:]); err != nil {
		return nil, fmt.Errorf("%w: no random bytes", ErrShare)
	}
	values := make([][]byte, n)
	for _, piece := range pieces {
		zero := shareGroup.NewScalar()
		err := zero.UnmarshalBinary(piece)
		clear(piece)
		if err != nil {
			return nil, fmt.Errorf("%w: a piece does not fit", ErrShare)
		}
		for i, s := range secretsharing.New(rand.Reader, uint(threshold-1), zero).Share(uint(n)) {
			text, err := s.Value.MarshalBinary()
			if err != nil {
				return nil, fmt.Errorf("%w: a piece does not fit", ErrShare)
			}
			values[i] = append(values[i], text...)
			clear(text)
		}
	}
	out := make([]Share, n)
	for i, v := range values {
		out[i] = Share{keyID: id, split: split, threshold: byte(threshold), index: byte(i + 1), s: &secret{bytes: &v}}
	}
	return out, nil
}

// cut puts the length before the key and cuts both into pieces, each behind which a
// zero makes it a scalar, little endian.
func cut(key []byte) [][]byte {
	var pieces [][]byte
	all := append([]byte{byte(len(key))}, key...)
	for rest := all; len(rest) > 0; rest = rest[min(pieceSize, len(rest)):] {
		piece := make([]byte, scalarSize)
		copy(piece, rest[:min(pieceSize, len(rest))])
		pieces = append(pieces, piece)
	}
	clear(all)
	return pieces
}

// Join returns the key of at least threshold shares of one ceremony. Shares beyond the
// threshold must fit the others. The id of the key must equal the id in the shares. The
// error wraps ErrShare, and names the shares by their numbers.
func Join(shares []Share) (Key, error) {
	if len(shares) == 0 {
		return Key{}, fmt.Errorf("%w: there is none", ErrShare)
	}
	first := shares[0]
	seen := map[byte]bool{}
	for i, s := range shares {
		switch {
		case s.keyID != first.keyID:
			return Key{}, fmt.Errorf("%w: shares 1 and %d of the list are of two keys, %s and %s", ErrShare, i+1, first.keyID, s.keyID)
		case s.split != first.split || s.threshold != first.threshold:
			return Key{}, fmt.Errorf("%w: shares 1 and %d of the list are of two ceremonies", ErrShare, i+1)
		case seen[s.index]:
			return Key{}, fmt.Errorf("%w: share number %d is there twice", ErrShare, s.index)
		}
		seen[s.index] = true
	}
	need := int(first.threshold)
	if need < 2 || len(shares) < need {
		return Key{}, fmt.Errorf("%w: %d of %d shares that are needed", ErrShare, len(shares), max(need, 2))
	}
	k, err := recoverKey(shares[:need])
	if err != nil {
		return Key{}, err
	}
	if id, err := k.ID(); err != nil || id != first.keyID {
		k.Destroy()
		return Key{}, fmt.Errorf("%w: together they are not the key %s: one of them is wrong", ErrShare, first.keyID)
	}
	for _, s := range shares[need:] {
		other, err := recoverKey(append([]Share{s}, shares[:need-1]...))
		same := err == nil && other.Equal(k)
		other.Destroy()
		if !same {
			k.Destroy()
			return Key{}, fmt.Errorf("%w: share number %d does not fit the others", ErrShare, s.index)
		}
	}
	return k, nil
}

// recoverKey joins exactly as many shares as are needed, of different numbers.
func recoverKey(shares []Share) (Key, error) {
	length := -1
	values := make([][]byte, len(shares))
	defer func() {
		for _, v := range values {
			clear(v)
		}
	}()
	for i, s := range shares {
		if s.s == nil {
			return Key{}, fmt.Errorf("%w: it is empty", ErrShare)
		}
		if err := (Key{s.s}).use(func(b []byte) { values[i] = bytes.Clone(b) }); err != nil {
			return Key{}, err
		}
		if length < 0 {
			length = len(values[i])
		}
		if len(values[i]) != length {
			return Key{}, fmt.Errorf("%w: shares of different lengths", ErrShare)
		}
	}
	var all []byte
	defer func() { clear(all) }()
	for at := 0; at < length; at += scalarSize {
		points := make([]secretsharing.Share, len(shares))
		for i, s := range shares {
			x, y := shareGroup.NewScalar().SetUint64(uint64(s.index)), shareGroup.NewScalar()
			if err := y.UnmarshalBinary(values[i][at : at+scalarSize]); err != nil {
				return Key{}, fmt.Errorf("%w: share number %d is damaged", ErrShare, s.index)
			}
			points[i] = secretsharing.Share{ID: x, Value: y}
		}
		secret, err := secretsharing.Recover(uint(len(shares)-1), points)
		if err != nil {
			return Key{}, fmt.Errorf("%w: they cannot be joined", ErrShare)
		}
		piece, err := secret.MarshalBinary()
		if err != nil || len(piece) != scalarSize || piece[pieceSize] != 0 {
			return Key{}, fmt.Errorf("%w: one of them is wrong", ErrShare)
		}
		all = append(all, piece[:pieceSize]...)
		clear(piece)
	}
	if len(all) == 0 || int(all[0])+1 > len(all) || len(bytes.Trim(all[1+int(all[0]):], "\x00")) > 0 {
		return Key{}, fmt.Errorf("%w: one of them is wrong", ErrShare)
	}
	return KeyFromBytes(all[1 : 1+int(all[0])])
}

// Destroy overwrites the share with zeros.
func (s Share) Destroy() { Key{s.s}.Destroy() }

// sharePrefix marks the text form of a share.
const sharePrefix = "SLUIS-SHARE-1-"

// text returns the text form. Its parts are joined by hyphens, and all parts but the
// prefix are hexadecimal:
//
//   - the prefix;
//   - the id of the key, the ceremony, the threshold, the number, and the values;
//   - eight check digits: the first digits of the SHA-256 of everything before them.
//
// The caller wipes the result.
func (s Share) text() ([]byte, error) {
	if s.s == nil {
		return nil, ErrDestroyed
	}
	var out []byte
	err := Key{s.s}.use(func(b []byte) {
		head := fmt.Sprintf("%s%s-%x-%02x-%02x-", sharePrefix, s.keyID, s.split, s.threshold, s.index)
		out = append(make([]byte, 0, len(head)+2*len(b)+16), head...)
		out = append(hex.AppendEncode(out, b), '-')
		sum := sha256.Sum256(out)
		out = append(hex.AppendEncode(out, sum[:4]), '\n')
	})
	return out, err
}

// parseShare reads the text form. Blanks, line ends and capitals make no difference: a
// person may type the text.
func parseShare(raw []byte) (Share, error) {
	text := make([]byte, 0, len(raw))
	defer func() { clear(text) }()
	for _, c := range raw {
		if c != ' ' && c != '\t' && c != '\n' && c != '\r' {
			text = append(text, c)
		}
	}
	text = bytes.ToLower(text)
	prefix := []byte(strings.ToLower(sharePrefix))
	body, ok := bytes.CutPrefix(text, prefix)
	fields := bytes.Split(body, []byte("-"))
	if !ok || len(fields) != 6 {
		return Share{}, fmt.Errorf("%w: not in the form of a share", ErrShare)
	}
	check := fields[5]
	upto := append([]byte(sharePrefix), body[:len(body)-len(check)]...)
	defer clear(upto)
	if sum := sha256.Sum256(upto); hex.EncodeToString(sum[:4]) != string(check) {
		return Share{}, fmt.Errorf("%w: the check digits do not fit: a character is wrong, missing or too many", ErrShare)
	}
	s := Share{keyID: string(fields[0])}
	var small [6]byte
	if len(s.keyID) != 16 || len(fields[1]) != 8 || len(fields[2]) != 2 || len(fields[3]) != 2 {
		return Share{}, fmt.Errorf("%w: not in the form of a share", ErrShare)
	}
	if _, err := hex.Decode(small[:], bytes.Join(fields[1:4], nil)); err != nil {
		return Share{}, fmt.Errorf("%w: not in the form of a share", ErrShare)
	}
	if _, err := hex.DecodeString(s.keyID); err != nil {
		return Share{}, fmt.Errorf("%w: not in the form of a share", ErrShare)
	}
	copy(s.split[:], small[:4])
	s.threshold, s.index = small[4], small[5]
	value := make([]byte, hex.DecodedLen(len(fields[4])))
	if _, err := hex.Decode(value, fields[4]); err != nil || len(value) == 0 || len(value)%scalarSize != 0 || s.threshold < 2 || s.index == 0 {
		clear(value)
		return Share{}, fmt.Errorf("%w: not in the form of a share", ErrShare)
	}
	s.s = &secret{bytes: &value}
	return s, nil
}

// SaveShare writes a share to a new file of mode 0600: in text, or encrypted with age
// to the recipients, if there are any. A file that exists is not overwritten.
func SaveShare(path string, s Share, recipients ...age.Recipient) error {
	text, err := s.text()
	if err != nil {
		return err
	}
	return staging.WriteNew(path, func(w io.Writer) error { return seal(w, text, recipients) })
}

// LoadShare reads a share file as [LoadKey] reads a key file. The error wraps ErrShare,
// ErrKeyFile, or is of the file system.
func LoadShare(path string, identities ...age.Identity) (Share, error) {
	text, _, err := readSecret(path, identities)
	if err != nil {
		return Share{}, err
	}
	defer clear(text)
	return parseShare(text)
}

// String returns REDACTED.
func (Share) String() string { return redacted }

// GoString returns REDACTED.
func (Share) GoString() string { return redacted }

// Format writes REDACTED for every verb.
func (Share) Format(f fmt.State, _ rune) { io.WriteString(f, redacted) } //nolint:errcheck // a Formatter has no error

// LogValue is REDACTED.
func (Share) LogValue() slog.Value { return slog.StringValue(redacted) }

// MarshalText returns REDACTED.
func (Share) MarshalText() ([]byte, error) { return []byte(redacted), nil }

// MarshalJSON returns "REDACTED".
func (Share) MarshalJSON() ([]byte, error) { return []byte(`"` + redacted + `"`), nil }

// GobEncode returns REDACTED.
func (Share) GobEncode() ([]byte, error) { return []byte(redacted), nil }
