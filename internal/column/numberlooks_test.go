package column

import (
	"math/big"
	"math/rand/v2"
	"regexp"
	"strings"
	"testing"
)

// TestSameNumbers counts texts that are the same number as another one.
func TestSameNumbers(t *testing.T) {
	for _, tc := range []struct {
		name  string
		texts []string
		want  int64
	}{
		{"none", nil, 0},
		{"whole numbers", []string{"1", "10", "100"}, 0},
		{"as programs write 100", []string{"100", "0100", "+100", "100.0", "100,00", "1e2", "1E+02", "10.0e1", "1000e-1"}, 8},
		{"zeros in front of all", []string{"001", "002", "010"}, 0},
		{"without the plain one", []string{"0100", "100.0"}, 1},
		{"decimals", []string{"1.5", "1,5", "1.50", "01.5", ".5", "0.5", "5."}, 4},
		{"five", []string{"5.", "5"}, 1},
		{"signs", []string{"-1", "-01", "1", "+1", "--1", "+-1"}, 2},
		{"nothing", []string{"0", "-0", "+0", "00", "0.0", ",0", "0e9"}, 6},
		{"no numbers", []string{"", "+", "-", ".", ",", "e5", "1e", "1e+", "1e100", "1 0", "0x1", "1.2.3", "1,000.5", "p1", "0p1"}, 0},
		{"far exponents", []string{"1e99", "10e98"}, 1},
		{"the same text twice", []string{"01", "01"}, 0},
		{"too long", []string{strings.Repeat("0", 60) + "1", "1"}, 0},
		{"long enough", []string{strings.Repeat("0", 59) + "1", "1"}, 1},
	} {
		t.Run(tc.name, func(t *testing.T) {
			in := NewInterner()
			for _, s := range tc.texts {
				in.Add(s)
			}
			if got := in.SameNumbers(); got != tc.want {
				t.Errorf("%d, want %d", got, tc.want)
			}
		})
	}
}

// TestSameNumbersRecount compares the number with one by fractions, of random texts.
func TestSameNumbersRecount(t *testing.T) {
	number := regexp.MustCompile(`^[+-]?([0-9]+[.,]?[0-9]*|[.,][0-9]+)([eE][+-]?[0-9]{1,2})?$`)
	rng := rand.New(rand.NewPCG(3, 17))
	const signs = "0011205+-.,eE"
	found := int64(0)
	for range 1000 {
		in, texts := NewInterner(), map[string]bool{}
		for range 1 + rng.IntN(40) {
			b := make([]byte, rng.IntN(6))
			for i := range b {
				b[i] = signs[rng.IntN(len(signs))]
			}
			in.Add(string(b))
			texts[string(b)] = true
		}
		values, numbers := map[string]bool{}, int64(0)
		for s := range texts {
			if !number.MatchString(s) {
				continue
			}
			x, ok := new(big.Rat).SetString(strings.ReplaceAll(s, ",", "."))
			if !ok {
				t.Fatalf("%q is no fraction", s)
			}
			numbers++
			values[x.RatString()] = true
		}
		want := numbers - int64(len(values))
		if got := in.SameNumbers(); got != want {
			t.Fatalf("%v: %d, want %d", texts, got, want)
		}
		found += want
	}
	if found < 1000 {
		t.Errorf("%d found", found)
	}
}
