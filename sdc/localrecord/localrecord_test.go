package localrecord

import (
	"errors"
	"strings"
	"testing"

	"github.com/sluis-go/sluis/internal/guard"
)

func TestRecord(t *testing.T) {
	good := `{"schema": "sluis.local/1", "output": {"name": "x.csv", "sha256": "` + strings.Repeat("a", 64) + `"},
		"keys": ["a", "b", "c"], "missing": "wildcard", "k": 3, "maxKeys": 2, "respondent": "id", "records": 9,
		"suppressed": [{"key": "a", "values": 2}, {"key": "b", "values": 0}, {"key": "c", "values": 9}]}`
	s, err := Parse([]byte(good))
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
		t.Run(x.name, func(t *testing.T) {
			if why := s.Covers(x.keys, x.size, x.respondent, x.k); (why == "") != x.covered {
				t.Errorf("%s: %q", x.name, why)
			}
		})
	}
	for _, change := range [][2]string{{"sluis.local/1", "sluis.local/2"}, {"wildcard", "exclude"}, {`"k": 3`, `"k": 1`}, {"aaaa", "a"}, {`["a", "b", "c"]`, "[]"}, {"{", "["}, {`"values": 9`, `"values": 10`}, {`"values": 2`, `"values": -1`}, {`"key": "b"`, `"key": "c"`},
		{`, {"key": "c", "values": 9}`, ""}, {`"k": 3`, `"k": 3, "K": 9, "signer": "YQ=="`}} {
		if _, err := Parse([]byte(strings.Replace(good, change[0], change[1], 1))); !errors.Is(err, guard.ErrRequest) {
			t.Errorf("%v: %v", change, err)
		}
	}
}

// TestNotCounted: keys with nulls that no record tells of.
func TestNotCounted(t *testing.T) {
	of := func(keys ...Key) *Record { return &Record{Suppressed: keys} }
	nulls := func(key string) (int64, bool) { return map[string]int64{"a": 3, "b": 0}[key], key != "x" }
	for _, x := range []struct {
		name string
		list []*Record
		keys string
		want string
	}{
		{"all told", []*Record{of(Key{"a", 3})}, "a b", ""},
		{"one not told", []*Record{of(Key{"a", 2})}, "a b", "a"},
		{"none told", []*Record{of()}, "b a", "a"},
		{"told by two files", []*Record{of(Key{"a", 1}), of(Key{"a", 2})}, "a", ""},
		{"two files, one not told", []*Record{of(Key{"a", 1}), of(Key{"b", 2})}, "a", "a"},
		{"a number that is not known", []*Record{of(Key{"x", 5})}, "x b", "x"},
		{"of keys that are not asked for", []*Record{of()}, "b", ""},
	} {
		t.Run(x.name, func(t *testing.T) {
			if got := strings.Join(NotCounted(x.list, strings.Fields(x.keys), nulls), " "); got != x.want {
				t.Errorf("%q, want %q", got, x.want)
			}
		})
	}
}

// TestFit: records that cannot be those of the data are refused.
func TestFit(t *testing.T) {
	of := func(records int64, keys ...Key) *Record {
		return &Record{Records: records, Suppressed: keys}
	}
	nulls := func(key string) (int64, bool) { return map[string]int64{"a": 3, "b": 0}[key], key != "x" }
	for _, x := range []struct {
		name string
		list []*Record
		says string // of the error; "" for none
	}{
		{"as many", []*Record{of(5, Key{"a", 3}, Key{"b", 0})}, ""},
		{"fewer: others were missing before", []*Record{of(5, Key{"a", 2})}, ""},
		{"one more", []*Record{of(5, Key{"a", 4})}, `column "a" has fewer`},
		{"one of none", []*Record{of(5, Key{"b", 1})}, `column "b" has fewer`},
		{"a column that is not read", []*Record{of(5, Key{"x", 5})}, ""},
		{"two files", []*Record{of(2, Key{"a", 1}), of(3, Key{"a", 2})}, ""},
		{"two files, one more", []*Record{of(2, Key{"a", 1}), of(3, Key{"a", 3})}, `column "a" has fewer`},
		{"a record less", []*Record{of(4)}, "another number of records"},
		{"a record more", []*Record{of(3), of(3)}, "another number of records"},
	} {
		t.Run(x.name, func(t *testing.T) {
			err := Fit(x.list, 5, nulls)
			if (x.says == "") != (err == nil) || err != nil && (!errors.Is(err, guard.ErrRequest) || !strings.Contains(err.Error(), x.says)) {
				t.Error(err)
			}
		})
	}
}
