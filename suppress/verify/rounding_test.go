package verify

import (
	"crypto/sha256"
	"encoding/hex"
	"testing"
	"testing/fstest"
)

// TestRounding: a statement about rounded releases, at the boundary of every condition.
func TestRounding(t *testing.T) {
	type doc = roundingDoc
	const head = ",value,status,status_tau\n"
	five := []string{"", "1", "2", "3", "4", "5"}
	three := []string{"", "1", "2", "3"}
	two := []string{"", "1", "2"}
	list := func(name string, codes []string) certificateRelease {
		v := certificateVariable{name, codes, make([]int, len(codes))}
		v.Parents[0] = -1
		return certificateRelease{File: name + ".csv", Variables: []certificateVariable{v}}
	}
	nearest := func(base int64) doc { return doc{Base: base, Below: base / 2, Above: (base - 1) / 2} }
	additive := func(base, reach int64) doc { return doc{Base: base, Additive: true, Below: reach, Above: reach} }
	for _, c := range []struct {
		name, why string
		doc       doc
		codes     []string
		a, b      string // releases by a, and by b where there is one
	}{
		{"additive", "", additive(3, 2), two, "*,6,F,1\n1,3,F,1\n2,3,F,1\n", ""},
		{"a total that is not the sum", "is not the sum", additive(3, 2), two, "*,3,F,1\n1,3,F,1\n2,3,F,1\n", ""},
		{"a negative value", "negative", additive(3, 2), two, "*,6,F,1\n1,-3,F,1\n2,9,F,1\n", ""},
		{"no multiple of the base", "multiple", additive(3, 2), two, "*,6,F,1\n1,4,F,1\n2,2,F,1\n", ""},
		{"a suppressed cell", "suppressed cells", additive(3, 2), two, "*,3,F,1\n1,3,F,1\n2,,C,3\n", ""},
		{"a total that is not published", "", additive(3, 2), two, "1,3,F,1\n2,3,F,1\n", ""},

		// To the nearest multiple of 4: the true value is at most 2 below and 1 above.
		{"a sum of three that is 4 above its total", "", nearest(4), three, "*,4,F,1\n1,4,F,1\n2,4,F,1\n3,0,F,1\n", ""},
		{"a sum of three that is 8 above its total", "make up a total", nearest(4), three, "*,4,F,1\n1,4,F,1\n2,4,F,1\n3,4,F,1\n", ""},
		{"a sum of five that is 4 below its total", "", nearest(4), five, "*,4,F,1\n1,0,F,1\n2,0,F,1\n3,0,F,1\n4,0,F,1\n5,0,F,1\n", ""},
		{"a sum of five that is 8 below its total", "make up a total", nearest(4), five, "*,8,F,1\n1,0,F,1\n2,0,F,1\n3,0,F,1\n4,0,F,1\n5,0,F,1\n", ""},

		{"two releases with one total", "", additive(3, 2), two, "*,6,F,1\n1,3,F,1\n2,3,F,1\n", "*,6,F,1\n1,0,F,1\n2,6,F,1\n"},
		{"two releases with two totals", "differ in a cell that they share", additive(3, 2), two, "*,6,F,1\n1,3,F,1\n2,3,F,1\n", "*,9,F,1\n1,3,F,1\n2,6,F,1\n"},
		{"a total that the first release lacks", "", additive(3, 2), two, "1,3,F,1\n2,3,F,1\n", "*,6,F,1\n1,0,F,1\n2,6,F,1\n"},
		{"a total that the second release lacks", "", additive(3, 2), two, "*,6,F,1\n1,3,F,1\n2,3,F,1\n", "1,0,F,1\n2,6,F,1\n"},

		{"the smallest base", "", nearest(2), two, "*,2,F,1\n1,2,F,1\n2,0,F,1\n", ""},
		{"base 1", "base out of range", nearest(1), two, "*,2,F,1\n1,2,F,1\n2,0,F,1\n", ""},
		{"the largest base", "", nearest(1 << 30), two, "*,0,F,1\n1,0,F,1\n2,0,F,1\n", ""},
		{"a base above the largest", "base out of range", nearest(1<<30 + 1), two, "*,0,F,1\n1,0,F,1\n2,0,F,1\n", ""},
		{"reaches of a base of 4, above as below", "no method", doc{Base: 4, Below: 2, Above: 2}, two, "*,4,F,1\n1,4,F,1\n2,0,F,1\n", ""},
		{"reaches of a base of 4, below as above", "no method", doc{Base: 4, Below: 1, Above: 1}, two, "*,4,F,1\n1,4,F,1\n2,0,F,1\n", ""},
		{"the wider reach of sums that hold", "", additive(4, 7), two, "*,4,F,1\n1,4,F,1\n2,0,F,1\n", ""},
		{"a reach between", "no method", additive(4, 4), two, "*,4,F,1\n1,4,F,1\n2,0,F,1\n", ""},
		{"a reach of less than the base allows", "no method", additive(4, 2), two, "*,4,F,1\n1,4,F,1\n2,0,F,1\n", ""},
		{"sums hold, with the reaches of the other method", "no method", doc{Base: 4, Additive: true, Below: 2, Above: 1}, two, "*,4,F,1\n1,4,F,1\n2,0,F,1\n", ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			d := c.doc
			d.Schema = roundingSchema
			files := fstest.MapFS{}
			for _, r := range []struct{ name, text string }{{"a", c.a}, {"b", c.b}} {
				if r.text == "" {
					continue
				}
				text := []byte(r.name + head + r.text)
				sum := sha256.Sum256(text)
				one := list(r.name, c.codes)
				one.SHA256 = hex.EncodeToString(sum[:])
				d.Releases = append(d.Releases, one)
				files[one.File] = &fstest.MapFile{Data: text}
			}
			files["s.json"] = &fstest.MapFile{Data: seal(t, &d, &d.Digest)}
			found, err := Rounding(t.Context(), files, "s.json", Limits{})
			said(t, c.name, c.why, err)
			if err == nil && (len(found.Releases) != len(d.Releases) || found.Base != d.Base) {
				t.Errorf("found %+v", found)
			}
		})
	}
}
