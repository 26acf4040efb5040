package sdc

import (
	"bytes"
	"encoding/json"
	"fmt"
	"slices"
)

// SuppressionSchema names the form of the record of local suppression.
const SuppressionSchema = "sluis.local/1"

// Suppression is the record that local suppression leaves beside a file of records:
// what was suppressed, and what was reached. It holds for the file of that hash alone.
//
// Reached is: whoever knows the true keys of a record finds at least K records of the
// file, or different respondents, that agree with them, on all Keys together, or on
// every combination of at most MaxKeys of them; a null agrees with everything.
type Suppression struct {
	Schema string `json:"schema"`
	// Output is the file that was written, with its SHA-256.
	Output Source `json:"output"`
	// Keys are the key variables.
	Keys []string `json:"keys"`
	// Missing is how nulls were counted: wildcard or category.
	Missing Missing `json:"missing"`
	K       int64   `json:"k"`
	MaxKeys int     `json:"maxKeys,omitempty"`
	// Respondent is the column whose values were counted; "" for records.
	Respondent string `json:"respondent,omitempty"`
	Records    int64  `json:"records"`
	// Suppressed says of each key, in the order of Keys, how many values were suppressed.
	Suppressed []SuppressedKey `json:"suppressed"`
	// Signer is the Ed25519 public key of the signer, and Signature signs
	// [Suppression.Payload]; both are empty where nobody has signed.
	Signer    []byte `json:"signer,omitempty"`
	Signature []byte `json:"signature,omitempty"`
}

// SuppressedKey is how many values of a key were suppressed.
type SuppressedKey struct {
	Key    string `json:"key"`
	Values int64  `json:"values"`
}

// Payload is what the signature of a record signs: its schema, and the record with its
// signer and without its signature.
func (s Suppression) Payload() []byte {
	s.Signature = nil
	text, err := json.Marshal(s)
	if err != nil {
		panic("sdc: " + err.Error()) // strings and numbers alone
	}
	return append([]byte(SuppressionSchema+"\n"), text...)
}

// ParseSuppression reads a record. A record with a signature must be written as it was
// signed but for blanks, so that the record says the same to every reader; the signature is
// for the caller to verify. The error wraps ErrRequest.
func ParseSuppression(text []byte) (*Suppression, error) {
	var s Suppression
	if err := json.Unmarshal(text, &s); err != nil {
		return nil, fmt.Errorf("%w: the record of local suppression is not well formed", ErrRequest)
	}
	if err := s.validate(); err != nil {
		return nil, err
	}
	named := slices.EqualFunc(s.Suppressed, s.Keys, func(k SuppressedKey, key string) bool {
		return k.Key == key && k.Values >= 0 && k.Values <= s.Records
	})
	if !named {
		return nil, fmt.Errorf("%w: the record of local suppression does not say of every key how many of its values were suppressed", ErrRequest)
	}
	if len(s.Signer)+len(s.Signature) > 0 {
		var flat bytes.Buffer
		want, err := json.Marshal(s)
		if err != nil || json.Compact(&flat, text) != nil || !bytes.Equal(flat.Bytes(), want) {
			return nil, fmt.Errorf("%w: the record of local suppression is not written as it was signed", ErrRequest)
		}
	}
	return &s, nil
}

// SuppressionsFit is an error, which wraps ErrRequest, where records of local suppression
// cannot be those of the data: they are of another number of records in all, or tell of more
// suppressed values of a key than the data have nulls. nulls returns those of a key, false
// where that is not known.
func SuppressionsFit(list []*Suppression, records int64, nulls func(key string) (int64, bool)) error {
	sum := int64(0)
	told := map[string]int64{}
	var keys []string
	for _, s := range list {
		sum += s.Records
		for _, k := range s.Suppressed {
			if _, seen := told[k.Key]; !seen {
				keys = append(keys, k.Key)
			}
			told[k.Key] += k.Values
		}
	}
	if sum != records {
		return fmt.Errorf("%w: the record of local suppression is of another number of records than the data have: make the file anew with sluis local", ErrRequest)
	}
	for _, key := range keys {
		if n, known := nulls(key); known && told[key] > n {
			return fmt.Errorf("%w: column %q has fewer missing values than the record of local suppression tells of: make the file anew with sluis local", ErrRequest, key)
		}
	}
	return nil
}

// validate reports a record that is not one of its schema.
func (s *Suppression) validate() error {
	known := s.Missing == MissingWildcard || s.Missing == MissingCategory
	if s.Schema != SuppressionSchema || len(s.Keys) == 0 || s.K < 2 || s.MaxKeys < 0 || !known || len(s.Output.SHA256) != 64 {
		return fmt.Errorf("%w: the record of local suppression is not one of schema %s", ErrRequest, SuppressionSchema)
	}
	return nil
}

// Covers reports why the record says nothing of k on every combination of at most size
// of some keys, counted in a column of respondents ("" for records); "" where it does:
// where it was made for all these keys, for combinations of as many, and for at least k
// of the same.
func (s *Suppression) Covers(keys []string, size int, respondent string, k int64) string {
	for _, key := range keys {
		if !slices.Contains(s.Keys, key) {
			return fmt.Sprintf("it does not know key %q", key)
		}
	}
	switch {
	case s.MaxKeys > 0 && s.MaxKeys < size:
		return fmt.Sprintf("it was made for combinations of at most %d keys, not of %d", s.MaxKeys, size)
	case s.Respondent != respondent && respondent != "":
		return fmt.Sprintf("it does not count the respondents of %q", respondent)
	case s.K < k:
		return fmt.Sprintf("it was made for %d, not %d", s.K, k)
	}
	return ""
}
