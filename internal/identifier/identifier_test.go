package identifier_test

import (
	"fmt"
	"math/big"
	"math/rand/v2"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/sluis-go/sluis/internal/identifier"
)

func TestOf(t *testing.T) {
	for _, tc := range []struct {
		name, value string
		want        identifier.Kind
	}{
		{"nothing", "", identifier.None},
		{"blanks", "   ", identifier.None},
		{"nine digits", "123456782", identifier.CitizenNumber},
		{"another nine digits", "111222333", identifier.CitizenNumber},
		{"one more", "123456783", identifier.None},
		{"eight digits: a leading zero is lost", "11222335", identifier.CitizenNumber},
		{"the same with its zero", "011222335", identifier.CitizenNumber},
		{"seven digits", "1222335", identifier.None},
		{"ten digits", "0011222335", identifier.None},
		{"all zero", "000000000", identifier.None},
		{"groups with dots", "1234.56.782", identifier.CitizenNumber},
		{"groups with blanks", "1234 56 782", identifier.CitizenNumber},
		{"groups of three", "123-456-782", identifier.CitizenNumber},
		{"two kinds of separator", "123-456.782", identifier.None},
		{"three separators", "123-4-5-678", identifier.None},
		{"two hyphens, of both groupings", "123--456782", identifier.None},
		{"two blanks, of both groupings", "123  456782", identifier.None},
		{"a hyphen and a dot together", "123-.456782", identifier.None},
		{"the second separator alone", "1234567-82", identifier.None},
		{"the first separator alone", "1234-56782", identifier.None},
		{"the second separator late", "1234-567-82", identifier.None},
		{"the second separator early", "123-45-6782", identifier.None},
		{"ten digits and one separator", "1234-567820", identifier.None},
		{"a separator first", "-12345-6782", identifier.None},
		{"eight digits and a blank", "1122 2335", identifier.None},
		{"two dots", "1234..56782", identifier.None},
		{"a dot at the end", "123456782.", identifier.None},
		{"a sign", "-123456782", identifier.None},
		{"blanks around it", "  123456782\t", identifier.CitizenNumber},
		{"other digits", "١٢٣٤٥٦٧٨٢", identifier.None},

		{"account", "NL91ABNA0417164300", identifier.Account},
		{"account in groups", "NL91 ABNA 0417 1643 00", identifier.Account},
		{"account, small", "nl91abna0417164300", identifier.Account},
		{"account, one digit changed", "NL91ABNA0417164301", identifier.None},
		{"account, two digits exchanged", "NL91ABNA0417163400", identifier.None},
		{"account, German", "DE89370400440532013000", identifier.Account},
		{"account, British", "GB82WEST12345698765432", identifier.Account},
		{"account, Norwegian: the shortest", "NO9386011117947", identifier.Account},
		{"account, Maltese: 31", "MT84MALT011000012345MTLCAST001S", identifier.Account},
		{"account, two blanks", "NL91  ABNA0417164300", identifier.None},
		{"account, cut", "NL91ABNA041716430", identifier.None},

		{"plate 1", "AB-12-34", identifier.LicencePlate},
		{"plate 2", "12-34-AB", identifier.LicencePlate},
		{"plate 4", "ab-12-cd", identifier.LicencePlate},
		{"plate 7", "12-ABC-3", identifier.LicencePlate},
		{"plate 10", "A-123-BC", identifier.LicencePlate},
		{"plate 14", "123-AB-4", identifier.LicencePlate},
		{"plate without hyphens", "AB12CD", identifier.LicencePlate},
		{"a postcode is no plate", "1234AB", identifier.None},
		{"a postcode with a blank", "1234 AB", identifier.None},
		{"six digits", "12-34-56", identifier.None},
		{"six letters", "AB-CD-EF", identifier.None},
		{"a word", "abcdef", identifier.None},
		{"one hyphen", "AB-1234", identifier.None},
		{"punctuation", "{B-12-34", identifier.None},

		{"address", "j.jansen@example.nl", identifier.Address},
		{"address with a plus", "a+b@sub.example.co.uk", identifier.Address},
		{"address, beyond ASCII", "jörg@bücher.example", identifier.Address},
		{"no dot", "root@localhost", identifier.None},
		{"two ats", "a@b@example.nl", identifier.None},
		{"no local part", "@example.nl", identifier.None},
		{"a number at the end", "a@1.2.3.4", identifier.None},
		{"a blank", "a b@example.nl", identifier.None},
		{"a hyphen at the start", "a@-example.nl", identifier.None},

		{"mobile", "0612345678", identifier.Telephone},
		{"mobile with a hyphen", "06-12345678", identifier.Telephone},
		{"area code", "(020) 123 45 67", identifier.Telephone},
		{"international", "+31 6 12345678", identifier.Telephone},
		{"international with (0)", "+31 (0)20 1234567", identifier.Telephone},
		{"international with 00", "0031612345678", identifier.Telephone},
		{"a number with zeros before it", "00123456789", identifier.None},
		{"American", "+1 212 555 0100", identifier.Telephone},
		{"no leading zero", "2612345678", identifier.None},
		{"nine digits, leading zero", "061234567", identifier.None},
		{"too long", "+1234567890123456", identifier.None},
		{"too short", "+1234567", identifier.None},
		{"an open parenthesis", "(0201234567", identifier.None},

		{"a date", "2024-01-31", identifier.None},
		{"a decimal", "1234567.82", identifier.None},
		{"a pseudonym", "6ce1334e5c14fb8add27d65c04a46094", identifier.None},
		{"a region", "NL33", identifier.None},
		{"long", strings.Repeat("1", 1<<20), identifier.None},
	} {
		t.Run(tc.name, func(t *testing.T) {
			if got := identifier.Of(tc.value); got != tc.want {
				t.Errorf("%q is taken for %v, want %v", tc.value, got, tc.want)
			}
		})
	}
}

// TestChecks compares the check digits with the definitions, written another way.
func TestChecks(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 2))
	passed := 0
	for range 20_000 {
		n := r.IntN(1_000_000_000)
		text := fmt.Sprintf("%09d", n)
		sum := 0
		for i := range 8 {
			sum += (9 - i) * int(text[i]-'0')
		}
		want := n != 0 && (sum-int(text[8]-'0'))%11 == 0
		if identifier.BSN(text) != want {
			t.Fatalf("%s: %v", text, !want)
		}
		if want {
			passed++
		}
	}
	if passed < 1_500 || passed > 2_200 {
		t.Errorf("%d of 20,000 pass; about one of eleven should", passed)
	}
	for range 2_000 {
		body := fmt.Sprintf("%c%c%c%c%010d", 'A'+r.IntN(26), 'A'+r.IntN(26), 'A'+r.IntN(26), 'A'+r.IntN(26), r.Int64N(1e10))
		var digits strings.Builder
		for _, c := range body + "NL00" {
			if c >= 'A' {
				fmt.Fprint(&digits, int(c-'A')+10)
			} else {
				digits.WriteRune(c)
			}
		}
		all, _ := new(big.Int).SetString(digits.String(), 10)
		check := 98 - int(new(big.Int).Mod(all, big.NewInt(97)).Int64())
		for c := range 100 {
			if got := identifier.IBAN(fmt.Sprintf("NL%02d%s", c, body)); got != (c == check) {
				t.Fatalf("NL%02d%s: %v", c, body, got)
			}
		}
	}
}

func TestTally(t *testing.T) {
	for _, tc := range []struct {
		name         string
		good, others int
		want         bool
	}{
		{"none", 0, 0, false}, {"nine of nine", 9, 0, false}, {"nine of ten", 9, 1, true}, {"ten of ten", 10, 0, true},
		{"eight of ten", 8, 2, false}, {"90 of 100", 90, 10, true}, {"89 of 100", 89, 11, false},
	} {
		t.Run(tc.name, func(t *testing.T) {
			var a identifier.Tally
			for i := range tc.good {
				a.Add(fmt.Sprintf("p%d@example.nl", i))
			}
			for i := range tc.others {
				a.Add(fmt.Sprint("other ", i))
			}
			kind, found := a.Kind()
			if found != tc.want || found && kind != identifier.Address {
				t.Errorf("%v, %v", kind, found)
			}
		})
	}
	var mixed identifier.Tally
	for i := range 5 {
		mixed.Add(fmt.Sprintf("p%d@example.nl", i))
		mixed.Add(fmt.Sprintf("061234567%d", i))
	}
	if kind, found := mixed.Kind(); !found || kind != identifier.Address || mixed.Found() != 10 || mixed.Total() != 10 {
		t.Errorf("addresses and numbers: %v, %v", kind, found)
	}
}

// TestSample: the same values are kept in any order, with repetitions, and in parts.
func TestSample(t *testing.T) {
	r := rand.New(rand.NewPCG(3, 4))
	values := make([]string, 0, 40_000)
	for i := range 30_000 {
		if i%3 == 0 {
			values = append(values, fmt.Sprintf("p%d@example.nl", i))
		} else {
			values = append(values, fmt.Sprint(i))
		}
	}
	values = append(values, values[:10_000]...)
	tally := func(values []string, parts int) [2]int64 {
		samples := make([]identifier.Sample, parts)
		for i, v := range values {
			samples[i%parts].Add([]byte(v))
		}
		for i := range parts - 1 {
			samples[0].Merge(&samples[i+1])
		}
		a := samples[0].Tally()
		return [2]int64{a.Total(), a.Found()}
	}
	want := tally(values, 1)
	if want[0] != identifier.SampleSize || want[1] < 3_000 || want[1] > 3_700 {
		t.Errorf("%d kept, of which %d addresses", want[0], want[1])
	}
	for parts := 1; parts < 4; parts++ {
		r.Shuffle(len(values), func(i, j int) { values[i], values[j] = values[j], values[i] })
		if got := tally(values, parts); got != want {
			t.Errorf("%v in another order and %d parts, want %v", got, parts, want)
		}
	}
	few := slices.Repeat([]string{"a", "b"}, 5)
	if got := tally(few, 2); got != [2]int64{2, 0} {
		t.Errorf("two values: %v", got)
	}
}

func FuzzOf(f *testing.F) {
	f.Add("123456782")
	f.Add("+31 (0)20 1234567")
	f.Fuzz(func(t *testing.T, s string) {
		n := 0
		for _, is := range []func(string) bool{identifier.BSN, identifier.IBAN, identifier.Plate, identifier.Email, identifier.Phone} {
			if is(s) {
				n++
			}
		}
		if n > 1 {
			t.Errorf("%q has %d forms", s, n)
		}
	})
}

// TestWrittenNumbers: the written forms of floats, decimals and bytes. 123456782 passes
// the eleven-test, 123456783 does not.
func TestWrittenNumbers(t *testing.T) {
	for _, c := range []struct {
		value string
		want  identifier.Kind
	}{
		{"123456782.0", identifier.CitizenNumber},
		{"123456782.00", identifier.CitizenNumber},
		{"123456782.", identifier.None},
		{"123456782.5", identifier.None},
		{"123456783.0", identifier.None},
		{"1.23456782e+08", identifier.CitizenNumber},
		{"1.23456783e+08", identifier.None},
		{"1.23456782e+07", identifier.None}, // 12345678.2
		{"1.1222335e+07", identifier.CitizenNumber},
		{"9e+99", identifier.None},
		{"313233343536373832", identifier.CitizenNumber}, // the bytes of 123456782
		{"313233343536373833", identifier.None},
		{"75406578616d706c652e6f7267", identifier.Address}, // u@example.org
		{"00112233445566778899aabbccddeeff", identifier.None},
		{"1e+x@example.org", identifier.Address},
		{"", identifier.None},
	} {
		t.Run(c.value, func(t *testing.T) {
			if got := identifier.Of(c.value); got != c.want {
				t.Errorf("%q: %v, want %v", c.value, got, c.want)
			}
		})
	}
}

// TestAddWhole: a whole number counts as its digits do.
func TestAddWhole(t *testing.T) {
	r := rand.New(rand.NewPCG(11, 9))
	list := []uint64{0, 1, 9, 1e7 - 1, 1e7, 1e8 - 1, 1e8, 1e9 - 1, 1e9, 1e15 - 1, 1e15, 1<<63 - 1, 1<<64 - 1, 3132333435363738, 10000008, 111222333}
	for range 200_000 {
		list = append(list, r.Uint64()>>r.IntN(64))
	}
	numbers := 0
	for _, x := range list {
		var a, b identifier.Tally
		a.AddWhole(x)
		b.Add(strconv.FormatUint(x, 10))
		if a != b {
			t.Fatalf("the number %d counts as another thing than its digits", x)
		}
		if a.Found() > 0 {
			numbers++
		}
	}
	if numbers < 1000 {
		t.Errorf("only %d numbers have the form of an identifier", numbers)
	}
}
