package ledger

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"reflect"
	"unicode/utf8"

	"github.com/sluis-go/sluis/internal/guard"
)

// Release is one entry of a ledger. [Ledger.Add] sets Number, Contents, Previous, Digest,
// Signer and Signature. All texts are UTF-8.
type Release struct {
	// Number counts the entries of a ledger from 1.
	Number int64 `json:"number"`
	// Time is the moment of the approval, as RFC 3339 in UTC. Required.
	Time string `json:"time"`
	// Project and Requester are those of the spec.
	Project   string `json:"project,omitempty"`
	Requester string `json:"requester,omitempty"`
	// Approved are the persons who approved the release. Required.
	Approved []string `json:"approved"`
	// Verdict is that of the check: safe, review or unsafe. Required.
	Verdict string `json:"verdict"`
	// Because is why the release left although it was not safe. Required unless Verdict is
	// safe.
	Because string `json:"because,omitempty"`
	// Note is for readers of the ledger.
	Note string `json:"note,omitempty"`
	// Population and Unit name what the data are about, such as "inhabitants" and "person".
	// Releases of one population and one unit are compared with each other. Required.
	Population string `json:"population"`
	Unit       string `json:"unit"`
	// Policy is the name of the policy, and PolicySHA256 its digest.
	Policy       string `json:"policy"`
	PolicySHA256 string `json:"policySHA256"`
	// Spec is the SHA-256 of the spec.
	Spec string `json:"spec"`
	// Reading says how the files of Sources were read, as an object in JSON.
	Reading json.RawMessage `json:"reading"`
	// Sources are the files of the data. Required.
	Sources []Source `json:"sources"`
	// Outputs are what was released. Required.
	Outputs []Output `json:"outputs"`
	// Files are the files that left, where the release is a folder.
	Files []File `json:"files,omitempty"`
	// Contents is the SHA-256 of Outputs and Files as JSON. So the rest of an entry can be
	// held against Digest without its cells.
	Contents string `json:"contents"`
	// Previous is the digest of the entry before this one, "" for the first.
	Previous string `json:"previous"`
	// Digest is the SHA-256 of the entry as JSON, without Outputs, Files, Digest and
	// Signature.
	Digest string `json:"digest,omitempty"`
	// Signer is the Ed25519 key whose Signature of Payload(Digest) the entry has; nil for
	// an entry that is not signed.
	Signer    []byte `json:"signer,omitempty"`
	Signature []byte `json:"signature,omitempty"`
}

// Source is a file of the data. Schema has the names and types of the columns that were
// read, as text.
type Source struct {
	Name   string `json:"name"`
	SHA256 string `json:"sha256"`
	Rows   int64  `json:"rows"`
	Schema string `json:"schema,omitempty"`
}

// Output is one output of a release. Definition describes it, as an object in JSON: what is
// counted or summed, over which variables, how nulls count, which totals are published.
type Output struct {
	Name       string          `json:"name"`
	Definition json.RawMessage `json:"definition"`
	Cells      []Cell          `json:"cells,omitempty"`
}

// Cell is one published number. Coordinates are the codes of the spanning variables in their
// order, as they are written; "*" is a total. Value is as it was published, "" where the
// value is suppressed. Status is "published", "suppressed" or "rounded".
type Cell struct {
	Coordinates []string `json:"coordinates"`
	Statistic   string   `json:"statistic"`
	Value       string   `json:"value,omitempty"`
	Status      string   `json:"status"`
}

// File is a file that left.
type File struct {
	Name   string `json:"name"`
	SHA256 string `json:"sha256"`
	Bytes  int64  `json:"bytes"`
}

// Payload returns the bytes that the signature of an entry with this digest signs.
func Payload(digest string) []byte { return []byte("sluis.ledger/1\n" + digest) }

// digest returns the digest that r must have, with its Contents as they stand there.
func (r *Release) digest() (string, error) {
	x := *r
	x.Outputs, x.Files, x.Digest, x.Signature = nil, nil, "", nil
	return sum(&x)
}

// contents returns the digest of outputs and files.
func (r *Release) contents() (string, error) {
	return sum(struct {
		Outputs []Output `json:"outputs"`
		Files   []File   `json:"files"`
	}{r.Outputs, r.Files})
}

// sum is the SHA-256 of a value as JSON.
func sum(v any) (string, error) {
	text, err := encode(v)
	digest := sha256.Sum256(text)
	return hex.EncodeToString(digest[:]), err
}

// encode returns a value as JSON on one line, with the line end.
func encode(v any) ([]byte, error) {
	var b bytes.Buffer
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	err := e.Encode(v)
	return b.Bytes(), err
}

// validate reports the first fault of an entry that is to be added. The error wraps
// ErrRequest of package sdc.
func (r *Release) validate() error {
	fail := func(format string, args ...any) error {
		return fmt.Errorf("%w: ledger entry: %s", guard.ErrRequest, fmt.Sprintf(format, args...))
	}
	for _, x := range []struct{ name, text string }{
		{"Time", r.Time}, {"Verdict", r.Verdict}, {"Population", r.Population}, {"Unit", r.Unit}, {"Policy", r.Policy},
	} {
		if x.text == "" {
			return fail("%s is empty", x.name)
		}
	}
	switch r.Verdict {
	case "safe":
	case "review", "unsafe":
		if r.Because == "" {
			return fail("the verdict is %s, and Because is empty: say why the release leaves", r.Verdict)
		}
	default:
		return fail("Verdict is safe, review or unsafe")
	}
	if len(r.Approved) == 0 || r.Approved[0] == "" {
		return fail("nobody has approved the release")
	}
	if len(r.Sources) == 0 || len(r.Outputs) == 0 {
		return fail("a release has sources and outputs")
	}
	if !isObject(r.Reading) {
		return fail("Reading is no object in JSON")
	}
	names := map[string]bool{}
	for i := range r.Outputs {
		o := &r.Outputs[i]
		if o.Name == "" || names[o.Name] {
			return fail("output %d has no name, or that of an earlier one", i+1)
		}
		names[o.Name] = true
		if !isObject(o.Definition) {
			return fail("the definition of output %q is no object in JSON", o.Name)
		}
		for k, c := range o.Cells {
			switch {
			case c.Status != "published" && c.Status != "suppressed" && c.Status != "rounded":
				return fail("output %q: the status of cell %d is published, suppressed or rounded", o.Name, k+1)
			case (c.Status == "suppressed") != (c.Value == ""):
				return fail("output %q: cell %d has a value and is suppressed, or has none and is not", o.Name, k+1)
			}
		}
	}
	if !validText(reflect.ValueOf(r).Elem()) {
		return fail("a text is not UTF-8, or has a zero byte")
	}
	return nil
}

// isObject reports whether text is an object in JSON, written without blanks.
func isObject(text json.RawMessage) bool {
	var b bytes.Buffer
	return len(text) > 0 && text[0] == '{' && json.Compact(&b, text) == nil && bytes.Equal(b.Bytes(), text)
}

// validText reports whether all texts of a value can be kept: UTF-8 without zero bytes.
func validText(v reflect.Value) bool {
	switch v.Kind() {
	case reflect.String:
		return validBytes([]byte(v.String()))
	case reflect.Struct:
		for i := range v.NumField() {
			if !validText(v.Field(i)) {
				return false
			}
		}
	case reflect.Slice:
		if text, ok := v.Interface().(json.RawMessage); ok {
			return validBytes(text)
		}
		for i := range v.Len() {
			if !validText(v.Index(i)) {
				return false
			}
		}
	}
	return true
}

func validBytes(text []byte) bool { return utf8.Valid(text) && bytes.IndexByte(text, 0) < 0 }
