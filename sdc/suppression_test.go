package sdc

import (
	"errors"
	"strings"
	"testing"
)

func TestSuppression(t *testing.T) {
	good := `{"schema": "sluis.local/1", "output": {"name": "x.csv", "sha256": "` + strings.Repeat("a", 64) + `"},
		"keys": ["a", "b", "c"], "missing": "wildcard", "k": 3, "respondent": "id", "maxKeys": 2}`
	s, err := ParseSuppression([]byte(good))
	if err != nil {
		t.Fatal(err)
	}
	for _, x := range []struct {
		name       string
		keys       []string
		size       int
		respondent string
		k          int64
		covered    bool
	}{
		{"as it was made", []string{"a", "b", "c"}, 2, "id", 3, true},
		{"fewer", []string{"b"}, 1, "id", 2, true},
		{"records", []string{"a", "b"}, 2, "", 3, true},
		{"three keys together", []string{"a", "b", "c"}, 3, "id", 3, false},
		{"a larger k", []string{"a"}, 1, "id", 4, false},
		{"another key", []string{"a", "d"}, 2, "id", 3, false},
		{"other respondents", []string{"a"}, 1, "person", 3, false},
	} {
		if why := s.Covers(x.keys, x.size, x.respondent, x.k); (why == "") != x.covered {
			t.Errorf("%s: %q", x.name, why)
		}
	}
	for _, change := range [][2]string{{"sluis.local/1", "sluis.local/2"}, {"wildcard", "exclude"}, {`"k": 3`, `"k": 1`}, {"aaaa", "a"}, {`["a", "b", "c"]`, "[]"}, {"{", "["}} {
		if _, err := ParseSuppression([]byte(strings.Replace(good, change[0], change[1], 1))); !errors.Is(err, ErrRequest) {
			t.Errorf("%v: %v", change, err)
		}
	}
}
