package pseudonym

import (
	"bytes"
	"crypto/ed25519"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"github.com/sluis-go/sluis/internal/identifier"
)

// ErrLog says that a log of look-ups cannot be trusted, or a line cannot be added.
var ErrLog = errors.New("log of look-ups cannot be used")

// lookupSchema names the form of a line.
const lookupSchema = "sluis.lookup/1"

// Limits of a log, in bytes, and of the texts that people write.
const (
	maxLog  = 1 << 28
	maxText = 1000
)

// Asked names the person who asks for a look-up, and the reason.
type Asked struct {
	// Who names the person who asks. Required.
	Who string
	// Witness is the second person, where there are four eyes.
	Witness string
	// Why. Required.
	Why string
}

// LookupLine is a line of the log: one look-up. A line holds no identifier.
type LookupLine struct {
	Schema string `json:"schema"`
	// Number counts from 1.
	Number int64 `json:"number"`
	// Previous is the digest of the line before: SHA-256 of its bytes without the line
	// end, in hexadecimal; 64 zeros in the first line.
	Previous string `json:"previous"`
	// Time is when, in UTC.
	Time    time.Time `json:"time"`
	Who     string    `json:"who"`
	Witness string    `json:"witness,omitempty"`
	Why     string    `json:"why"`
	// KeyID and Domain name the table. Pseudonyms lists the pseudonyms that were asked
	// for.
	KeyID      string   `json:"keyId"`
	Domain     string   `json:"domain"`
	Pseudonyms []string `json:"pseudonyms"`
	// Signer is the Ed25519 public key. Signature signs the line without Signature.
	Signer    []byte `json:"signer"`
	Signature []byte `json:"signature,omitempty"`
}

func (l LookupLine) payload() ([]byte, error) {
	l.Signature = nil
	text, err := json.Marshal(l)
	return append([]byte(lookupSchema+"\n"), text...), err
}

// LoggedLookup adds a signed line to the log, and then looks the pseudonyms up. Every
// look-up has a line; a look-up may find nothing. The log is made if there is none. The
// line is on the disk before the first identifier is read. Concurrent look-ups wait for
// one another.
//
// The result has an entry for every pseudonym, in their order. The error is
//
//   - ErrLog for a name or a reason that is missing, has a control character or looks
//     like an identifier; for one name where the table asks for two; for a text that does
//     not look like a pseudonym of the table; and for a log that is damaged;
//   - ErrUnknown, with the place in the list; the line is then in the log;
//   - ErrLinkageDestroyed.
func (l *Linkage) LoggedLookup(log string, pseudonyms []string, asked Asked, signer ed25519.PrivateKey, now time.Time) ([]string, error) {
	if l.destroyed {
		return nil, ErrLinkageDestroyed
	}
	if err := l.mayAsk(pseudonyms, asked); err != nil {
		return nil, err
	}
	if len(signer) != ed25519.PrivateKeySize {
		return nil, fmt.Errorf("%w: no key to sign the line with", ErrLog)
	}
	err := appendLine(log, func(number int64, previous string) ([]byte, error) {
		line := LookupLine{
			Schema: lookupSchema, Number: number, Previous: previous, Time: now.UTC().Truncate(time.Second),
			Who: asked.Who, Witness: asked.Witness, Why: asked.Why, KeyID: l.made.KeyID, Domain: l.made.Domain,
			Pseudonyms: pseudonyms, Signer: signer.Public().(ed25519.PublicKey),
		}
		payload, err := line.payload()
		if err != nil {
			return nil, err
		}
		line.Signature = ed25519.Sign(signer, payload)
		return json.Marshal(line)
	})
	if err != nil {
		return nil, fmt.Errorf("%s: %w", log, err)
	}
	out := make([]string, len(pseudonyms))
	for i, p := range pseudonyms {
		if out[i], err = l.Lookup(p); err != nil {
			return nil, fmt.Errorf("pseudonym %d: %w", i+1, err)
		}
	}
	return out, nil
}

// mayAsk checks the content of the line.
func (l *Linkage) mayAsk(pseudonyms []string, asked Asked) error {
	for _, text := range []struct{ what, s string }{{"who", asked.Who}, {"why", asked.Why}, {"witness", asked.Witness}} {
		if err := logText(text.what, text.s); err != nil && (text.what != "witness" || text.s != "" || l.fourEyes) {
			return err
		}
	}
	if asked.Witness != "" && string(fold([]byte(strings.TrimSpace(asked.Who)))) == string(fold([]byte(strings.TrimSpace(asked.Witness)))) {
		return fmt.Errorf("%w: the witness is who asks: two persons are needed", ErrLog)
	}
	if len(pseudonyms) == 0 {
		return fmt.Errorf("%w: there is no pseudonym to look up", ErrLog)
	}
	for i, p := range pseudonyms {
		if !l.Shaped(p) {
			return fmt.Errorf("%w: text %d of the list is no pseudonym of this table, and is not written down", ErrLog, i+1)
		}
	}
	return nil
}

// logText refuses a text that is missing, too long, not on one line, or that has an
// identifier in it.
func logText(what, s string) error {
	switch {
	case strings.TrimSpace(s) == "":
		return fmt.Errorf("%w: %s is missing", ErrLog, what)
	case len(s) > maxText || !utf8.ValidString(s) || strings.ContainsFunc(s, func(r rune) bool { return !unicode.IsPrint(r) }):
		return fmt.Errorf("%w: %s is longer than %d bytes, or has a character that cannot be printed", ErrLog, what, maxText)
	}
	for word := range strings.FieldsSeq(s) {
		if k := identifier.Of(strings.Trim(word, ".,;:()[]'\"<>")); k != identifier.None {
			return fmt.Errorf("%w: %s has a word of the form of %v: no identifier is written down", ErrLog, what, k)
		}
	}
	return nil
}

// appendLine locks the log, checks its chain, and adds the line that fn makes. A line
// that could not be written whole is taken back.
func appendLine(path string, fn func(number int64, previous string) ([]byte, error)) error {
	f, err := os.OpenFile(path, os.O_RDWR|os.O_CREATE, 0o600)
	if err != nil {
		return err
	}
	defer f.Close()
	unlock, err := lockFile(f)
	if err != nil {
		return err
	}
	defer unlock()
	info, err := f.Stat()
	if err != nil {
		return err
	}
	if !info.Mode().IsRegular() || info.Size() > maxLog {
		return fmt.Errorf("%w: not a regular file, or too long: begin another", ErrLog)
	}
	text := make([]byte, info.Size())
	if _, err := io.ReadFull(f, text); err != nil {
		return err
	}
	state, err := chain(text, nil)
	if err != nil {
		return err
	}
	line, err := fn(int64(state.Lines)+1, state.Head)
	if err != nil {
		return err
	}
	_, err = f.WriteAt(append(line, '\n'), info.Size())
	if err == nil {
		err = f.Sync()
	}
	if err != nil {
		return errors.Join(err, f.Truncate(info.Size()))
	}
	return nil
}

// LogState describes the content of a log.
type LogState struct {
	// Lines is the number of lines.
	Lines int
	// Head is the digest of the last line. A verifier who keeps Head detects lines that
	// are cut off later. Head is 64 zeros for an empty log.
	Head string
	// Known is the number of the line with the digest that was asked for.
	Known int
}

// firstPrevious stands in the first line for the line before.
var firstPrevious = strings.Repeat("0", 2*sha256.Size)

// VerifyLog checks a log. Every line must be written as one of the signers signed it, and
// must have the number and the digest of the line before. Where the verifier gives a head
// from an earlier verification, one of the lines must have that digest: lines that were
// cut off the end are detected. The error is ErrLog, with the line.
func VerifyLog(r io.Reader, head string, signers ...ed25519.PublicKey) (LogState, error) {
	if r == nil {
		return LogState{}, fmt.Errorf("%w: the reader is nil", ErrLog)
	}
	text, err := io.ReadAll(io.LimitReader(r, maxLog+1))
	if err != nil {
		return LogState{}, err
	}
	if len(text) > maxLog {
		return LogState{}, fmt.Errorf("%w: too long", ErrLog)
	}
	if len(signers) == 0 {
		return LogState{}, fmt.Errorf("%w: there is no public key to check it with", ErrLog)
	}
	state, err := chain(text, func(n int, line LookupLine, digest string) error {
		payload, err := line.payload()
		if err != nil {
			return err
		}
		for _, key := range signers {
			if len(key) == ed25519.PublicKeySize && bytes.Equal(key, line.Signer) && ed25519.Verify(key, payload, line.Signature) {
				return nil
			}
		}
		return fmt.Errorf("%w: line %d: the signature is not that of a key that was given", ErrLog, n)
	})
	if err != nil || head == "" {
		return state, err
	}
	if head == firstPrevious {
		return state, nil
	}
	n := 0
	for line := range bytes.Lines(text) {
		n++
		if digestOf(bytes.TrimSuffix(line, []byte("\n"))) == head {
			state.Known = n
			return state, nil
		}
	}
	return state, fmt.Errorf("%w: no line has the digest that was kept: lines are gone from the end, or it is another log", ErrLog)
}

// chain walks the lines of a log.
func chain(text []byte, fn func(n int, line LookupLine, digest string) error) (LogState, error) {
	state := LogState{Head: firstPrevious}
	if len(text) > 0 && text[len(text)-1] != '\n' {
		return state, fmt.Errorf("%w: its last line is cut: keep a copy, and take out what stands behind the last line end", ErrLog)
	}
	for raw := range bytes.Lines(text) {
		raw = bytes.TrimSuffix(raw, []byte("\n"))
		n := state.Lines + 1
		var line LookupLine
		if !decode(raw, &line) || line.Schema != lookupSchema || !exactly(raw, line) {
			return state, fmt.Errorf("%w: line %d: not in the form of a line", ErrLog, n)
		}
		if line.Number != int64(n) || line.Previous != state.Head {
			return state, fmt.Errorf("%w: line %d: it does not follow the line before: a line was changed, dropped or moved", ErrLog, n)
		}
		digest := digestOf(raw)
		if fn != nil {
			if err := fn(n, line, digest); err != nil {
				return state, err
			}
		}
		state.Lines, state.Head = n, digest
	}
	return state, nil
}

// exactly reports whether raw is the line byte for byte.
func exactly(raw []byte, line LookupLine) bool {
	want, err := json.Marshal(line)
	return err == nil && bytes.Equal(raw, want)
}

func digestOf(line []byte) string {
	sum := sha256.Sum256(line)
	return hex.EncodeToString(sum[:])
}
