package sdc

import (
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
	// Suppressed says of each key how many values were suppressed.
	Suppressed []SuppressedKey `json:"suppressed"`
}

// SuppressedKey is how many values of a key were suppressed.
type SuppressedKey struct {
	Key    string `json:"key"`
	Values int64  `json:"values"`
}

// ParseSuppression reads a record. The error wraps ErrRequest.
func ParseSuppression(text []byte) (*Suppression, error) {
	var s Suppression
	if err := json.Unmarshal(text, &s); err != nil {
		return nil, fmt.Errorf("%w: the record of local suppression is not well formed", ErrRequest)
	}
	known := s.Missing == missingWildcard || s.Missing == missingCategory
	if s.Schema != SuppressionSchema || len(s.Keys) == 0 || s.K < 2 || s.MaxKeys < 0 || !known || len(s.Output.SHA256) != 64 {
		return nil, fmt.Errorf("%w: the record of local suppression is not one of schema %s", ErrRequest, SuppressionSchema)
	}
	return &s, nil
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
