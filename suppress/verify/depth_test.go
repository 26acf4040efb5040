package verify

import (
	"crypto/sha256"
	"encoding/hex"
	"reflect"
	"strings"
	"testing"
	"testing/fstest"
)

// TestCommon: two lists of one variable fit where one is the other at another depth, or with
// other codes folded, and in no other case.
func TestCommon(t *testing.T) {
	deep := certificateVariable{"v", []string{"", "1", "11", "12", "2", "21"}, []int{-1, 0, 1, 1, 0, 4}}
	for _, tc := range []struct {
		name string
		b    certificateVariable
		both int
		ok   bool
	}{
		{"the same", deep, 6, true},
		{"one level", certificateVariable{"v", []string{"", "2", "1"}, []int{-1, 0, 0}}, 3, true},
		{"one code folded", certificateVariable{"v", []string{"", "1", "2", "21"}, []int{-1, 0, 0, 2}}, 4, true},
		{"other codes folded in both", certificateVariable{"v", []string{"", "1", "2", "21", "211"}, []int{-1, 0, 0, 2, 3}}, 4, true},
		{"a code less below one that has some", certificateVariable{"v", []string{"", "1", "11", "2"}, []int{-1, 0, 1, 0}}, 0, false},
		{"a code less at the top", certificateVariable{"v", []string{"", "1"}, []int{-1, 0}}, 0, false},
		{"another tree", certificateVariable{"v", []string{"", "1", "21", "2", "11", "12"}, []int{-1, 0, 1, 0, 3, 3}}, 0, false},
		{"other codes", certificateVariable{"v", []string{"", "x"}, []int{-1, 0}}, 0, false},
	} {
		t.Run(tc.name, func(t *testing.T) {
			for _, swap := range []bool{false, true} {
				a, b := &deep, &tc.b
				if swap {
					a, b = b, a
				}
				both, ok := common(a, b)
				if ok != tc.ok || ok && len(both) != tc.both {
					t.Errorf("%d codes in both, %v; want %d, %v", len(both), ok, tc.both, tc.ok)
				}
			}
		})
	}
}

// TestApostrophes: names and codes that a spreadsheet would read as a formula have one
// apostrophe more in a release than in its certificate.
func TestApostrophes(t *testing.T) {
	for _, c := range []struct {
		name           string
		variable, code string // in the certificate
		row            string // of the release: the variable, and the code
		why            string
	}{
		{"plain", "a", "x", "a x", ""},
		{"a name with a sign", "=a", "x", "'=a x", ""},
		{"a code with a sign", "a", "-x", "a '-x", ""},
		{"a code with a wide sign", "a", "\uff1dx", "a '\uff1dx", ""},
		{"a code with an apostrophe and a sign", "a", "'-x", "a ''-x", ""},
		{"a code with an apostrophe alone", "a", "'x", "a 'x", ""},
		{"a name without its apostrophe", "=a", "x", "a x", "is not \"=a\""},
		{"a code with an apostrophe too many", "a", "x", "a 'x", "is not in its list"},
		{"a code with two apostrophes for one", "a", "-x", "a ''-x", "is not in its list"},
	} {
		t.Run(c.name, func(t *testing.T) {
			d, texts := smallProof()
			v := &d.Releases[0].Variables[0]
			v.Name, v.Codes[1] = c.variable, c.code
			name, code, _ := strings.Cut(c.row, " ")
			texts["r.csv"] = name + ",value,status,status_tau\n*,3,F,1\n" + code + ",,C,3\ny,,C,3\n"
			said(t, c.name, c.why, forge(t, d, texts))
		})
	}
}

// TestCertified: what a certificate that holds is said to show.
func TestCertified(t *testing.T) {
	for _, c := range []struct {
		name, rows string
		den        int64
		want       Certified
		narrowest  float64
	}{
		{"the last cell is the narrowest", "*,9,F,1\nx,,C,3\ny,,C,3\nz,,C,3\n", 1, Certified{Cells: 1, Hidden: 3, Witnesses: 2, Whole: true}, 2},
		{"halves", "*,9,F,1\nx,,C,3\ny,,C,3\nz,,C,3\n", 2, Certified{Cells: 1, Hidden: 3, Witnesses: 2}, 1},
		{"nothing is suppressed", "*,9,F,1\nx,3,F,1\ny,3,F,1\nz,3,F,1\n", 1, Certified{Cells: 4, Whole: true}, 0},
	} {
		t.Run(c.name, func(t *testing.T) {
			d, _ := smallProof()
			d.Whole = c.want.Whole
			d.Releases[0].Variables[0] = certificateVariable{"a", []string{"", "x", "y", "z"}, []int{-1, 0, 0, 0}}
			d.Base, d.Dens = []int64{3, 3, 3}, []int64{c.den, c.den}
			d.Starts, d.Cells, d.Changes = []int64{0, 2, 4}, []int64{0, 1, 1, 2}, []int64{3, -3, -2, 2}
			d.High, d.Low = []int64{0, -1, 1}, []int64{-1, 0, -1}
			if c.want.Hidden == 0 {
				d.Base, d.Dens, d.Starts, d.Cells, d.Changes, d.High, d.Low = nil, nil, []int64{0}, nil, nil, nil, nil
			}
			release := "a,value,status,status_tau\n" + c.rows
			sum := sha256.Sum256([]byte(release))
			d.Releases[0].SHA256 = hex.EncodeToString(sum[:])
			files := fstest.MapFS{"r.csv": {Data: []byte(release)}, "c.json": {Data: sealed(t, d)}}
			got, err := Certificate(t.Context(), files, "c.json", Limits{})
			if err != nil {
				t.Fatal(err)
			}
			c.want.Releases, c.want.Least, c.want.Narrowest = []string{"r.csv"}, got.Least, c.narrowest
			if *got.Least != 0 || !reflect.DeepEqual(*got, c.want) {
				t.Errorf("%+v, want %+v", *got, c.want)
			}
		})
	}
}
