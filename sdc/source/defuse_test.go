package source_test

import (
	"testing"

	"github.com/sluis-go/sluis/sdc/source"
)

func TestDefuse(t *testing.T) {
	for in, want := range map[string]string{
		"": "", "*": "*", "North": "North", "-5": "-5", "+5.25": "+5.25", "-0.5": "-0.5", "12": "12",
		"=HYPERLINK(\"http://x\")": "'=HYPERLINK(\"http://x\")", "@SUM(A1)": "'@SUM(A1)", "+1+2": "'+1+2", "-2+3": "'-2+3",
		"-": "'-", "--5": "'--5", "-1.": "'-1.", "-1.2.3": "'-1.2.3", "\tx": "'\tx", "\r=1": "'\r=1", "\uff1d1": "'\uff1d1",
		"'=1": "''=1", "'s-Gravenhage": "'s-Gravenhage", "'": "'", "a=b": "a=b", "-1e5": "'-1e5", "'-5": "''-5",
	} {
		t.Run(in, func(t *testing.T) {
			if got := source.Defuse(in); got != want {
				t.Errorf("%q becomes %q, want %q", in, got, want)
			}
		})
	}
}

// FuzzDefuse: different texts stay different, and only a number begins with a sign.
func FuzzDefuse(f *testing.F) {
	f.Add("=1", "'=1")
	f.Add("-5", "'-5")
	f.Fuzz(func(t *testing.T, a, b string) {
		x, y := source.Defuse(a), source.Defuse(b)
		if (a == b) != (x == y) {
			t.Errorf("%q and %q become %q and %q", a, b, x, y)
		}
		if x != "" && (x[0] == '=' || x[0] == '@' || x[0] == '\t' || x[0] == '\r') {
			t.Errorf("%q becomes %q", a, x)
		}
	})
}
