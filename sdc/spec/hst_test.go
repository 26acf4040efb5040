package spec

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/sluis-go/sluis/sdc"
)

// TestHSTMark: a byte order mark before the first line is no part of its first code.
func TestHSTMark(t *testing.T) {
	for _, text := range []string{"\ufeffP,s,U\n", "P,s,U\n"} {
		list, err := parseHST(strings.NewReader(text), ",", []string{"a", "b"}, nil, "under embargo", "J. Jansen")
		if err != nil {
			t.Fatal(err)
		}
		want := []sdc.APriori{{Codes: map[string]string{"a": "P", "b": "s"}, Reason: "under embargo", By: "J. Jansen", Line: 1}}
		if diff := cmp.Diff(want, list); diff != "" {
			t.Error(diff)
		}
	}
}
