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
	"slices"
)

// processSchema names the form of a record of pseudonyms. firstSchema names the earlier
// form, which does not state the form, the encoding and the format version.
const (
	processSchema = "sluis.pseudonyms/2"
	firstSchema   = "sluis.pseudonyms/1"
)

// Record says that identifiers of a file were replaced by pseudonyms. It names the
// columns, the settings of each column, and the digests of the file before and after. It
// holds no identifier and no key, and says nothing about columns that it does not name. A
// record without a signature proves nothing about its author.
type Record struct {
	Schema string `json:"schema"`
	// KeyID, Domain, Algorithm and Bytes are set in records of version 1 alone,
	// where they hold for all columns. See [Record.Setting].
	KeyID     string `json:"keyId,omitempty"`
	Domain    string `json:"domain,omitempty"`
	Algorithm string `json:"algorithm,omitempty"`
	Bytes     int    `json:"bytes,omitempty"`
	// Columns are the columns that were replaced.
	Columns []RecordedCount `json:"columns"`
	// Inputs are the files before, and Output is the one after.
	Inputs []RecordedFile `json:"inputs"`
	Output RecordedFile   `json:"output"`
	// Tool is the name and version of the program.
	Tool string `json:"tool"`
	// Signer is an Ed25519 public key. Signature signs the record without Signature. Both
	// are absent in a record that is not signed.
	Signer    []byte `json:"signer,omitempty"`
	Signature []byte `json:"signature,omitempty"`
}

// Setting holds everything that determines the pseudonym of an identifier, as a record
// states it. Two columns have the same pseudonym for the same person only where their
// settings are equal. [Settings] holds the requested settings. Its form is not enough,
// because in the forms typed and text the type of the column counts too.
type Setting struct {
	KeyID  string `json:"keyId,omitempty"`
	Domain string `json:"domain,omitempty"`
	// Format is the version of the canonical bytes; 0 in a record of version 1.
	Format int `json:"format,omitempty"`
	// Canonical names the class of the canonical bytes:
	//
	//   - the class of the form, such as "bsn" or "name";
	//   - in the forms typed and text the class of the values: "text", "integer",
	//     "decimal", "binary", "boolean", "date" or "time";
	//   - "none" for a column without a pseudonym;
	//   - "" in a record of version 1.
	Canonical string `json:"canonical,omitempty"`
	// Encoding is "hex", "base32" or "binary"; empty in a record of version 1.
	Encoding  string `json:"encoding,omitempty"`
	Bytes     int    `json:"bytes,omitempty"`
	Algorithm string `json:"algorithm,omitempty"`
}

// Complete reports whether the setting states everything: one from a record of
// version 1 does not.
func (s Setting) Complete() bool {
	return s.KeyID != "" && s.Domain != "" && s.Format > 0 && s.Canonical != "" && s.Encoding != "" && s.Bytes > 0 && s.Algorithm != ""
}

// NoPseudonyms is the Canonical of a column without a single pseudonym: no rows, or
// nulls alone.
const NoPseudonyms = "none"

// RecordedCount holds the settings of the pseudonyms of a column, and the counts of its
// values.
type RecordedCount struct {
	Column string `json:"column"`
	Setting
	// Form is the form that was asked for.
	Form string `json:"form,omitempty"`
	// Inferred is the type that the reader inferred from the values of the file;
	// empty where the file or the user states the type.
	Inferred string `json:"inferred,omitempty"`
	// Over holds the settings of the pseudonyms that were the identifiers, the oldest
	// first: empty unless a column of pseudonyms was pseudonymised again.
	Over []Setting `json:"over,omitempty"`
	// Translated says that the input had pseudonyms, made with other settings. They were
	// replaced by the pseudonyms that Setting makes, and not pseudonymised again.
	Translated    bool  `json:"translated,omitempty"`
	Rows          int64 `json:"rows"`
	Nulls         int64 `json:"nulls"`
	Invalid       int64 `json:"invalid"`
	Distinct      int64 `json:"distinct"`
	DistinctExact bool  `json:"distinctExact"`
	// DistinctLow and DistinctHigh bound an estimate, see [Stats].
	DistinctLow  int64 `json:"distinctLow,omitempty"`
	DistinctHigh int64 `json:"distinctHigh,omitempty"`
}

// RecordedFile is a file with one of two digests in hexadecimal.
type RecordedFile struct {
	Name string `json:"name"`
	// SHA256 is the SHA-256 of a file that holds pseudonyms.
	SHA256 string `json:"sha256,omitempty"`
	// Keyed is [Key.FileDigest] of a file before pseudonymisation. With a plain digest
	// any reader could test a guess of the raw file.
	Keyed string `json:"keyed,omitempty"`
}

// Record starts a record for columns that p replaced and that were counted. The caller
// fills in the files.
func (p *Pseudonymizer) Record(columns []string, counters map[string]*Counter, tool string) *Record {
	r := &Record{Schema: processSchema, Tool: tool}
	r.Append(p, columns, counters)
	return r
}

// Append adds columns that p replaced. Of a column without a counter the record says that
// nothing was counted.
func (r *Record) Append(p *Pseudonymizer, columns []string, counters map[string]*Counter) {
	for _, name := range columns {
		r.Columns = append(r.Columns, counters[name].recorded(name, p.Settings()))
	}
}

// recorded returns the entry of a record for a column that was counted.
func (c *Counter) recorded(name string, made Settings) RecordedCount {
	s := c.Stats()
	return RecordedCount{
		Column: name, Setting: made.setting(c.class()), Form: made.Form,
		Rows: s.Rows, Nulls: s.Nulls, Invalid: s.Invalid, Distinct: s.Distinct, DistinctExact: s.DistinctExact,
		DistinctLow: s.DistinctLow, DistinctHigh: s.DistinctHigh,
	}
}

// Setting returns how the pseudonyms of a column were made, and false where the
// record does not name the column.
func (r *Record) Setting(column string) (s Setting, over []Setting, ok bool) {
	for _, c := range r.Columns {
		if c.Column != column {
			continue
		}
		if r.Schema != firstSchema {
			return c.Setting, c.Over, true
		}
		s := Setting{KeyID: r.KeyID, Domain: r.Domain, Bytes: r.Bytes, Algorithm: r.Algorithm}
		if c.Distinct == 0 {
			s.Canonical = NoPseudonyms
		}
		return s, nil, true
	}
	return Setting{}, nil, false
}

// Translated reports whether a translation has replaced the pseudonyms of the input in a
// column.
func (r *Record) Translated(column string) bool {
	return slices.ContainsFunc(r.Columns, func(c RecordedCount) bool { return c.Column == column && c.Translated })
}

// wellFormed reports whether a record says all that its version must, once.
func (r *Record) wellFormed() bool {
	first := r.Schema == firstSchema
	if first != (r.KeyID != "") || !first && (r.Schema != processSchema || r.Domain != "" || r.Algorithm != "" || r.Bytes != 0) {
		return false
	}
	for i, c := range r.Columns {
		for _, other := range r.Columns[:i] {
			if other.Column == c.Column {
				return false
			}
		}
		if first != (c.Setting == Setting{}) || first && (c.Over != nil || c.Translated || c.Inferred != "" || c.Form != "") || !first && !c.Complete() {
			return false
		}
		for _, s := range c.Over {
			if s.KeyID == "" {
				return false
			}
		}
	}
	return first || isDigest(r.Output.SHA256)
}

// isDigest reports whether s is a SHA-256 in lower-case hexadecimal.
func isDigest(s string) bool {
	b, err := hex.DecodeString(s)
	return err == nil && len(b) == sha256.Size && s == hex.EncodeToString(b)
}

// payload returns the signed bytes: a label, and the record without its signature.
func (r Record) payload() ([]byte, error) {
	r.Signature = nil
	text, err := json.Marshal(r)
	return append([]byte(r.Schema+"\n"), text...), err
}

// Sign signs the record. Equal records have equal signatures.
func (r *Record) Sign(signer ed25519.PrivateKey) error {
	if len(signer) != ed25519.PrivateKeySize {
		return fmt.Errorf("%w: no key to sign it with", ErrRecord)
	}
	r.Signer = signer.Public().(ed25519.PublicKey)
	payload, err := r.payload()
	if err != nil {
		return err
	}
	r.Signature = ed25519.Sign(signer, payload)
	return nil
}

// ReadRecord reads a record in JSON. With a public key the record must be signed by that
// key, and its text must be the signed text except for blanks: every reader then reads
// the same record. The key must come from another source. With nil the signature is not
// checked. The error is ErrRecord.
func ReadRecord(text []byte, signer ed25519.PublicKey) (*Record, error) {
	var r Record
	if !decode(text, &r) || !r.wellFormed() {
		return nil, fmt.Errorf("%w: not in the form of a record of pseudonyms", ErrRecord)
	}
	if signer == nil {
		return &r, nil
	}
	if err := checkSigned(text, r, r.Signer, r.Signature, signer); err != nil {
		return nil, err
	}
	return &r, nil
}

// decode reads one JSON value. It reports false for a value that does not fit, and for
// any text after the value.
func decode(text []byte, to any) bool {
	dec := json.NewDecoder(bytes.NewReader(text))
	dec.DisallowUnknownFields()
	if dec.Decode(to) != nil {
		return false
	}
	_, err := dec.Token()
	return errors.Is(err, io.EOF)
}

// writtenAs reports whether text is v in JSON, except for blanks. Go takes the last of
// two members of one name, and accepts any mix of capitals in a name. Without this check
// a text could show other readers values that were not signed.
func writtenAs(text []byte, v any) bool {
	var flat bytes.Buffer
	want, err := json.Marshal(v)
	return err == nil && json.Compact(&flat, text) == nil && bytes.Equal(flat.Bytes(), want)
}
