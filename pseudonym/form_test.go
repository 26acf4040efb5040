package pseudonym_test

import (
	"errors"
	"fmt"
	"strings"
	"testing"
	"unicode"

	"golang.org/x/text/cases"
	"golang.org/x/text/unicode/norm"

	"github.com/sluis-go/sluis/pseudonym"
)

// TestUnicodeVersion: another version of Unicode may fold or compose otherwise, and
// needs another version of the format.
func TestUnicodeVersion(t *testing.T) {
	for what, v := range map[string]string{"unicode": unicode.Version, "cases": cases.UnicodeVersion, "norm": norm.Version} {
		t.Run(what, func(t *testing.T) {
			if v != pseudonym.UnicodeVersion {
				t.Errorf("%s has Unicode %s, the format %s: state the version in docs/pseudonym-format.md, and count the format version up", what, v, pseudonym.UnicodeVersion)
			}
		})
	}
}

// TestSame is the table of texts that are one identifier, and of texts that are two.
func TestSame(t *testing.T) {
	for _, tc := range []struct {
		form pseudonym.Form
		a, b string
		same bool
	}{
		{pseudonym.Plate, "XX-99-99", "xx9999", true},
		{pseudonym.Plate, "12-AB-C3", "", false}, // no side code
		{pseudonym.Plate, "G-001-BB", "G001BB", true},
		{pseudonym.Plate, "G001BB", "G001BC", false},
		{pseudonym.KvK, "01234567", "1234567", true},
		{pseudonym.KvK, "12345678", "12345679", false},
		{pseudonym.IBAN, "NL91 ABNA 0417 1643 00", "nl91abna0417164300", true},
		{pseudonym.IBAN, "NL91ABNA0417164300", "DE89370400440532013000", false},
		{pseudonym.Address, "1234 ab 12", "1234AB12", true},
		{pseudonym.Address, "1234AB 12 bis", "1234ab 12-BIS", true},
		{pseudonym.Address, "1234AB 012", "1234AB 12", true},
		{pseudonym.Address, "1234AB 12-1", "1234AB 121", false},
		{pseudonym.Address, "1234AB 12-1-1", "1234AB 12-11", false},
		{pseudonym.Address, "1234AB 12 A-1", "1234AB 12A1", true},
		{pseudonym.Address, "1234AB 1", "1234AB 10", false},
		{pseudonym.Name, " Jansen", "Jansen", false},
		{pseudonym.Name, "\uab70", "\u13a0", true}, // Cherokee
		{pseudonym.PersonName, " Jansen\t", "jansen", true},
		{pseudonym.PersonName, "van  der\u00a0Berg", "Van der Berg", true},
		{pseudonym.PersonName, "vander Berg", "Van der Berg", false},
		{pseudonym.PersonName, "Van ’t Hoff", "van 't hoff", true},
		{pseudonym.PersonName, "Smit\u2010Jansen", "Smit-Jansen", true},
		{pseudonym.PersonName, "Smit Jansen", "Smit-Jansen", false},
		{pseudonym.PersonName, "Dĳkstra", "DIJKSTRA", true},
		{pseudonym.PersonName, "Ĳssel", "IJssel", true},
		{pseudonym.PersonName, "Dykstra", "Dijkstra", false},
		{pseudonym.PersonName, "Müller", "Mu\u0308ller", true},
		{pseudonym.PersonName, "Müller", "Muller", false},
		{pseudonym.PersonName, "Müller", "Mueller", false},
		{pseudonym.PersonName, "STRAßE", "strasse", true},
		{pseudonym.PersonName, "Yılmaz", "Yilmaz", false},
		{pseudonym.PersonName, "YILMAZ", "Yilmaz", true},
		{pseudonym.PersonName, "YILMAZ", "Yılmaz", false}, // the capital of ı is I, which folds to i
		{pseudonym.PersonName, "İpek", "ipek", false},     // i with a dot above
		{pseudonym.PersonName, "İpek", "i\u0307pek", true},
		{pseudonym.PersonName, "Şahin", "s\u0327ahin", true},
		{pseudonym.PersonName, "Jan\u00adsen", "Jansen", true}, // soft hyphen
		{pseudonym.PersonName, "\ufeffJansen", "Jansen", true},
		{pseudonym.PersonName, "ŉ", "'n", true},
		{pseudonym.PersonName, "ΟΔΥΣΣΕΥΣ", "οδυσσευς", true},
		{pseudonym.PersonName, "de\u200dVries", "deVries", true},
	} {
		t.Run(tc.form.String()+" "+tc.a+" "+tc.b, func(t *testing.T) {
			p := maker(t, func(c *pseudonym.Config) { c.Form, c.Invalid = tc.form, pseudonym.InvalidKeep })
			if got := must(p.Text(tc.a)) == must(p.Text(tc.b)); got != tc.same {
				t.Errorf("one: %v, want %v", got, tc.same)
			}
		})
	}
}

// TestInvalid: a text that is no identifier of its form is refused.
func TestInvalid(t *testing.T) {
	for form, values := range map[pseudonym.Form][]string{
		pseudonym.Plate:      {"", "AB12C", "AB12CDE", "12345678", "ABCDEF", "123456", "A1-B2-C3", "ÄB-12-CD", "CD-123", "AB\u00a012CD"},
		pseudonym.KvK:        {"", "0", "00000000", "123456789", "1234567a", " 12345678", "-1234567", "1.234.567"},
		pseudonym.IBAN:       {"", "NL91ABNA0417164301", "NL91ABNA041716430", "NL01", "NL91ABNA04171643000", "NL00ABNA0417164300", "XX91-ABNA0417164300", "NL99ABNA0417164300" + strings.Repeat("0", 17)},
		pseudonym.Address:    {"", "1234AB", "0234AB 1", "1234SS 1", "1234SA 1", "1234SD 1", "123AB 1", "1234A1 1", "1234AB 0", "1234AB 000000", "1234AB 123456", "1234AB 1 ABCDEFG", "1234AB 1é", "1234AB x"},
		pseudonym.PersonName: {"", " ", "\u200b", "\xff", "Jans\xe9n"},
	} {
		t.Run(string(form), func(t *testing.T) {
			p := maker(t, func(c *pseudonym.Config) { c.Form = form })
			for _, v := range values {
				if _, err := p.Text(v); !errors.Is(err, pseudonym.ErrInvalid) {
					t.Errorf("%s %q: %v", form, v, err)
				}
			}
		})
	}
}

// TestCherokee: all 86 small letters fold to their capitals, which stay.
func TestCherokee(t *testing.T) {
	p := maker(t, func(c *pseudonym.Config) { c.Form = pseudonym.Name })
	n := 0
	for _, r := range []struct{ lo, hi, to rune }{{0xAB70, 0xABBF, 0x13A0}, {0x13F8, 0x13FD, 0x13F0}} {
		t.Run(fmt.Sprintf("%c to %c", r.lo, r.hi), func(t *testing.T) {
			for c := r.lo; c <= r.hi; c++ {
				small, capital := string(c)+"x", string(r.to+c-r.lo)+"X"
				if unicode.SimpleFold(c) != r.to+c-r.lo {
					t.Fatalf("%U is no small letter of %U", c, r.to+c-r.lo)
				}
				if must(p.Text(small)) != must(p.Text(capital)) {
					t.Errorf("%U and its capital are two", c)
				}
				n++
			}
		})
	}
	if n != 86 {
		t.Errorf("%d letters", n)
	}
}

func TestNames(t *testing.T) {
	for _, name := range pseudonym.FormNames() {
		if f, err := pseudonym.ParseForm(name); err != nil || f.String() != name {
			t.Errorf("%s: %v %v", name, f, err)
		}
		if _, err := pseudonym.New(pseudonym.Config{Key: testKey(t), Domain: pseudonym.Domain{Project: "p", Variable: "v"}, Form: must(pseudonym.ParseForm(name))}); err != nil {
			t.Errorf("%s: %v", name, err)
		}
	}
	_, err := pseudonym.ParseForm("SECRET")
	if !errors.Is(err, pseudonym.ErrSetting) || strings.Contains(err.Error(), "SECRET") || !strings.Contains(err.Error(), "person-name") {
		t.Errorf("%v", err)
	}
	if s := pseudonym.Form(200).String(); s != "unknown" {
		t.Error(s)
	}
}

func TestDomainsThatLookAlike(t *testing.T) {
	for _, ok := range []string{"zicht/person", "Zicht op ondermijning/kenteken", "Ölbe/persoon", "a/b"} {
		if _, err := pseudonym.ParseDomain(ok); err != nil {
			t.Errorf("%q: %v", ok, err)
		}
	}
	for name, bad := range map[string]string{
		"blank before": " zicht/person", "blank behind": "zicht/person ", "blank before the variable": "zicht/ person",
		"zero width": "zi\u200bcht/person", "soft hyphen": "zi\u00adcht/person", "byte order mark": "\ufeffzicht/person",
		"other blank": "zicht op\u00a0x/person", "decomposed": "O\u0308lbe/person", "filler": "zicht\u3164/person",
		"variation": "zicht\ufe0f/person", "joiner": "zicht\u034f/person", "braille": "zicht\u2800/person", "tab": "zi\tcht/person",
		"direction": "zicht\u202e/person", "tag": "zicht\U000e0041/person", "private": "zicht\ue000/person", "line": "zi\u2028cht/person",
	} {
		t.Run(name, func(t *testing.T) {
			if _, err := pseudonym.ParseDomain(bad); !errors.Is(err, pseudonym.ErrDomain) {
				t.Errorf("%s: %v", name, err)
			}
		})
	}
}
