package pseudonym

import (
	"bytes"
	"crypto/ed25519"
	"encoding/json"
	"errors"
	"fmt"
	"io"
)

// processSchema names the form of a record of pseudonyms.
const processSchema = "sluis.pseudonyms/1"

// Record says that identifiers of a file were replaced by pseudonyms: which
// columns, under which key and in which domain, and the hashes of the file before
// and after. It holds no identifier and no key, and says nothing about columns
// that it does not name. Without a signature it is the word of whoever wrote it.
type Record struct {
	Schema    string `json:"schema"`
	KeyID     string `json:"keyId"`
	Domain    string `json:"domain"`
	Algorithm string `json:"algorithm"`
	// Bytes is the length of a pseudonym.
	Bytes   int             `json:"bytes"`
	Columns []RecordedCount `json:"columns"`
	// Inputs are the files before, and Output is the one after.
	Inputs []RecordedFile `json:"inputs"`
	Output RecordedFile   `json:"output"`
	// Tool is the name and version of the program.
	Tool string `json:"tool"`
	// Signer is an Ed25519 public key, and Signature that of the record without
	// it; both absent where it is not signed.
	Signer    []byte `json:"signer,omitempty"`
	Signature []byte `json:"signature,omitempty"`
}

// RecordedCount says what a column held.
type RecordedCount struct {
	Column        string `json:"column"`
	Rows          int64  `json:"rows"`
	Nulls         int64  `json:"nulls"`
	Invalid       int64  `json:"invalid"`
	Distinct      int64  `json:"distinct"`
	DistinctExact bool   `json:"distinctExact"`
}

// RecordedFile is a file with its SHA-256 in hexadecimal.
type RecordedFile struct {
	Name   string `json:"name"`
	SHA256 string `json:"sha256"`
}

// Record starts a record of what p did to columns that were counted. The files
// are the caller's to fill in.
func (p *Pseudonymizer) Record(columns []string, counters map[string]*Counter, tool string) *Record {
	r := &Record{
		Schema: processSchema, KeyID: p.KeyID(), Domain: p.Domain().String(), Algorithm: p.Algorithm().String(), Bytes: p.Bytes(), Tool: tool,
	}
	for _, name := range columns {
		s := counters[name].Stats()
		r.Columns = append(r.Columns, RecordedCount{
			Column: name, Rows: s.Rows, Nulls: s.Nulls, Invalid: s.Invalid, Distinct: s.Distinct, DistinctExact: s.DistinctExact,
		})
	}
	return r
}

// payload is what is signed: a label, and the record without its signature.
func (r Record) payload() ([]byte, error) {
	r.Signature = nil
	text, err := json.Marshal(r)
	return append([]byte(processSchema+"\n"), text...), err
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

// ReadRecord reads a record in JSON. With a public key, which must come from
// elsewhere, it must be signed by it, and written as Sign signed it but for
// blanks, so that it says the same to every reader; with nil the signature is not
// looked at. The error is ErrRecord.
func ReadRecord(text []byte, signer ed25519.PublicKey) (*Record, error) {
	var r Record
	if !decode(text, &r) || r.Schema != processSchema {
		return nil, fmt.Errorf("%w: not in the form of a record of pseudonyms", ErrRecord)
	}
	if signer == nil {
		return &r, nil
	}
	payload, err := r.payload()
	if err != nil || len(signer) != ed25519.PublicKeySize || !bytes.Equal(r.Signer, signer) || !ed25519.Verify(signer, payload, r.Signature) {
		return nil, fmt.Errorf("%w: the signature is not that of the key", ErrRecord)
	}
	if !writtenAs(text, r) {
		return nil, fmt.Errorf("%w: it is not written as it was signed", ErrRecord)
	}
	return &r, nil
}

// decode reads one JSON value, and reports false for what does not fit and for
// anything behind it.
func decode(text []byte, to any) bool {
	dec := json.NewDecoder(bytes.NewReader(text))
	dec.DisallowUnknownFields()
	if dec.Decode(to) != nil {
		return false
	}
	_, err := dec.Token()
	return errors.Is(err, io.EOF)
}

// writtenAs reports whether text is v in JSON but for blanks. Go takes the last of
// two members of one name, and any mix of capitals for the name: text could show
// others what was not signed.
func writtenAs(text []byte, v any) bool {
	var flat bytes.Buffer
	want, err := json.Marshal(v)
	return err == nil && json.Compact(&flat, text) == nil && bytes.Equal(flat.Bytes(), want)
}
