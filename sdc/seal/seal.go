// Package seal writes a report with its digest and its signature, and checks both.
package seal

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"regexp"

	"github.com/sluis-go/sluis/internal/guard"
)

// A report in JSON ends in a seal. The member "digest" is the SHA-256 of all bytes before
// that member, in hexadecimal. The members "signer" and "signature" follow where the
// report is signed. A report that was changed, or rewritten by another program, does not
// match its digest.
const (
	sealStart = ",\n \"digest\": "
	sealEnd   = "\n}\n"
)

// Schema names the form of a report in JSON.
const Schema = "sluis.report/2"

// signed is the first line of what a signature signs. The line is the same for reports of
// every schema, so that the signatures of earlier reports can still be checked. The digest
// covers the schema.
const signed = "sluis.report/1"

// Payload returns the bytes that the signature of a report with this digest signs.
func Payload(digest string) []byte { return []byte(signed + "\n" + digest) }

// ErrSeal says that a report was changed after it was written, or was not signed by
// the key that is asked for.
var ErrSeal = errors.New("the report is not as it was written")

// Write writes a report, any value that is an object in JSON, as indented JSON with its
// digest. Where sign is not nil it adds a signature: sign returns the public key and its
// Ed25519 signature of a payload.
func Write(w io.Writer, report any, sign func(payload []byte) (public, signature []byte)) error {
	if w == nil {
		return fmt.Errorf("%w: the writer is nil", guard.ErrRequest)
	}
	h := sha256.New()
	body := &heldBack{w: io.MultiWriter(w, h), keep: len(sealEnd)}
	enc := json.NewEncoder(body)
	enc.SetIndent("", " ")
	enc.SetEscapeHTML(false)
	if err := enc.Encode(report); err != nil {
		return err
	}
	if string(body.held) != sealEnd {
		panic("seal: the report does not end as JSON does")
	}
	digest := hex.EncodeToString(h.Sum(nil))
	seal := fmt.Sprintf("%s%q", sealStart, digest)
	if sign != nil {
		public, signature := sign(Payload(digest))
		for _, x := range []struct {
			name string
			b    []byte
		}{{"signer", public}, {"signature", signature}} {
			text, err := json.Marshal(x.b)
			if err != nil {
				return err
			}
			seal += fmt.Sprintf(",\n %q: %s", x.name, text)
		}
	}
	_, err := io.WriteString(w, seal+sealEnd)
	return err
}

// afterDigest matches the only text that may follow the digest. The digest does not cover
// later members, and in JSON a later member can replace an earlier one.
var afterDigest = regexp.MustCompile(`^(,\n "signer": "[A-Za-z0-9+/=]+",\n "signature": "[A-Za-z0-9+/=]+")?\n\}\n$`)

// Check reports whether the text of a report fits its digest, and ends with it or
// with the signature. The error wraps ErrSeal. A report without a digest, of an earlier
// version, is no error: digest is then "".
func Check(text []byte) (digest string, err error) {
	at := bytes.LastIndex(text, []byte(sealStart))
	if at < 0 {
		return "", nil
	}
	sum := sha256.Sum256(text[:at])
	digest = hex.EncodeToString(sum[:])
	rest, ok := bytes.CutPrefix(text[at+len(sealStart):], []byte(`"`+digest+`"`))
	switch {
	case !ok:
		return "", fmt.Errorf("%w: its digest does not fit", ErrSeal)
	case !afterDigest.Match(rest):
		return "", fmt.Errorf("%w: something follows its digest", ErrSeal)
	}
	return digest, nil
}

// heldBack passes on all that is written but for the last bytes.
type heldBack struct {
	w    io.Writer
	keep int
	held []byte
}

// Write implements io.Writer.
func (h *heldBack) Write(p []byte) (int, error) {
	n := len(p)
	if cut := len(h.held) + n - h.keep; cut > 0 {
		from := min(cut, len(h.held))
		if _, err := h.w.Write(h.held[:from]); err != nil {
			return 0, err
		}
		h.held = h.held[from:]
		if _, err := h.w.Write(p[:cut-from]); err != nil {
			return 0, err
		}
		p = p[cut-from:]
	}
	h.held = append(bytes.Clone(h.held), p...)
	return n, nil
}
