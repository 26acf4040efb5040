// Package localrecord has the record of local suppression: the file that says which nulls of a
// file of microdata were written by local suppression, and how many.
package localrecord

import (
	"bytes"
	"encoding/json"
	"fmt"
	"slices"

	"github.com/sluis-go/sluis/internal/guard"
	"github.com/sluis-go/sluis/sdc/origin"
)

// Schema names the form of the record of local suppression.
const Schema = "sluis.local/1"

// Record is the record that local suppression writes beside a file of records: the
// values that were suppressed, and the k that was reached. The record is valid only for
// the file with that hash.
//
// K is reached when an attacker who knows the true keys of a record finds at least K
// records of the file, or K different respondents, that agree with the keys. The
// agreement is on all Keys together, or on every combination of at most MaxKeys of them.
// A null agrees with every value.
type Record struct {
	Schema string `json:"schema"`
	// Output is the file that was written, with its SHA-256.
	Output origin.Source `json:"output"`
	// Keys are the key variables.
	Keys []string `json:"keys"`
	// Missing is how nulls were counted: wildcard or category.
	Missing string `json:"missing"`
	K       int64  `json:"k"`
	MaxKeys int    `json:"maxKeys,omitempty"`
	// Respondent is the column of the respondents that were counted; "" for records.
	Respondent string `json:"respondent,omitempty"`
	Records    int64  `json:"records"`
	// Suppressed says of each key, in the order of Keys, how many values were suppressed.
	Suppressed []Key `json:"suppressed"`
	// Signer is the Ed25519 public key of the signer, and Signature signs
	// [Record.Payload]. Both are empty for a record without a signature.
	Signer    []byte `json:"signer,omitempty"`
	Signature []byte `json:"signature,omitempty"`
}

// Key is how many values of a key were suppressed.
type Key struct {
	Key    string `json:"key"`
	Values int64  `json:"values"`
}

// Payload returns the bytes that the signature of a record signs: the schema, and the
// record with its signer and without its signature.
func (s Record) Payload() []byte {
	s.Signature = nil
	text, err := json.Marshal(s)
	if err != nil {
		panic("localrecord: " + err.Error()) // strings and numbers alone
	}
	return append([]byte(Schema+"\n"), text...)
}

// Parse reads a record. A record with a signature must be written exactly as
// it was signed, except for blanks: every reader then reads the same record. The caller
// must verify the signature. The error wraps sdc.ErrRequest.
func Parse(text []byte) (*Record, error) {
	var s Record
	if err := json.Unmarshal(text, &s); err != nil {
		return nil, fmt.Errorf("%w: the record of local suppression is not well formed", guard.ErrRequest)
	}
	if err := s.Validate(); err != nil {
		return nil, err
	}
	named := slices.EqualFunc(s.Suppressed, s.Keys, func(k Key, key string) bool {
		return k.Key == key && k.Values >= 0 && k.Values <= s.Records
	})
	if !named {
		return nil, fmt.Errorf("%w: the record of local suppression does not say of every key how many of its values were suppressed", guard.ErrRequest)
	}
	if len(s.Signer)+len(s.Signature) > 0 {
		var flat bytes.Buffer
		want, err := json.Marshal(s)
		if err != nil || json.Compact(&flat, text) != nil || !bytes.Equal(flat.Bytes(), want) {
			return nil, fmt.Errorf("%w: the record of local suppression is not written as it was signed", guard.ErrRequest)
		}
	}
	return &s, nil
}

// Fit returns an error, which wraps sdc.ErrRequest, where records of local
// suppression cannot belong to the data:
//
//   - the total number of records differs; or
//   - a key has more suppressed values than the data have nulls.
//
// nulls returns the number of nulls of a key; false where the number is not known.
func Fit(list []*Record, records int64, nulls func(key string) (int64, bool)) error {
	sum := int64(0)
	told := map[string]int64{}
	var keys []string
	for _, s := range list {
		if s == nil {
			return fmt.Errorf("%w: a record of local suppression is nil", guard.ErrRequest)
		}
		sum += s.Records
		for _, k := range s.Suppressed {
			if _, seen := told[k.Key]; !seen {
				keys = append(keys, k.Key)
			}
			told[k.Key] += k.Values
		}
	}
	if sum != records {
		return fmt.Errorf("%w: the record of local suppression is of another number of records than the data have: make the file anew with sluis local", guard.ErrRequest)
	}
	for _, key := range keys {
		if n, known := nulls(key); known && told[key] > n {
			return fmt.Errorf("%w: column %q has fewer missing values than the record of local suppression tells of: make the file anew with sluis local", guard.ErrRequest, key)
		}
	}
	return nil
}

// NotCounted lists the keys with more nulls than the records of local suppression, which fit
// the data, account for: the other nulls were missing before. Local suppression has counted
// such a null as equal to every value, and whether the null hides a person is not known.
// nulls is that of [Fit]; a key of which the number of nulls is not known is listed.
func NotCounted(list []*Record, keys []string, nulls func(key string) (int64, bool)) []string {
	var out []string
	for _, key := range keys {
		told := int64(0)
		for _, s := range list {
			for _, k := range s.Suppressed {
				if k.Key == key {
					told += k.Values
				}
			}
		}
		if n, known := nulls(key); !known || told < n {
			out = append(out, key)
		}
	}
	return out
}

// Validate returns an error for a record that is not one of its schema. The error wraps
// sdc.ErrRequest.
func (s *Record) Validate() error {
	known := s.Missing == "wildcard" || s.Missing == "category"
	if s.Schema != Schema || len(s.Keys) == 0 || s.K < 2 || s.MaxKeys < 0 || !known || len(s.Output.SHA256) != 64 {
		return fmt.Errorf("%w: the record of local suppression is not one of schema %s", guard.ErrRequest, Schema)
	}
	return nil
}

// Covers returns "" where the record proves k on every combination of at most size of
// some keys, counted in a column of respondents ("" for records). Otherwise it returns
// the reason why the record does not. The record must have been made for all these keys,
// for combinations of at least that size, for at least k, and for the same respondents.
func (s *Record) Covers(keys []string, size int, respondent string, k int64) string {
	if s == nil {
		return "there is no record"
	}
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
