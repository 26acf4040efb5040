package plainyaml_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/sluis-go/sluis/internal/plainyaml"
)

type file struct {
	Code  string            `yaml:"code"`
	List  []string          `yaml:"list"`
	Of    map[string]string `yaml:"of"`
	Any   any               `yaml:"any"`
	Whole bool              `yaml:"whole"`
}

func TestDecode(t *testing.T) {
	var got file
	text := "---\n# a comment\ncode: &c \"010\"\nlist: [a, *c, '20.10', 12, 1.5, -3]\nof: {'01': x, b: 007a, c: null}\nwhole: true\n...\n# the end\n"
	if err := plainyaml.Decode([]byte(text), &got); err != nil {
		t.Fatal(err)
	}
	want := file{Code: "010", List: []string{"a", "010", "20.10", "12", "1.5", "-3"}, Of: map[string]string{"01": "x", "b": "007a", "c": ""}, Whole: true}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
}

// TestNoOtherText: a value that YAML would read as another text is refused, at any place,
// and the error names the place.
func TestNoOtherText(t *testing.T) {
	for _, s := range []string{"01", "010", "0x1f", "0o17", "0b11", "1_000", "+1", "-0", "20.10", "1.0", ".5", "5.", ".nan", ".inf", "-.Inf", "True", "FALSE"} {
		for _, text := range []string{"code: %s", "list: [a, %s]", "of: {%s: a}", "of:\n  a: %s", "any: [{b: [%s]}]", "list:\n- %s\n"} {
			text = fmt.Sprintf(text, s)
			err := plainyaml.Decode([]byte(text), &file{})
			if err == nil || !strings.HasPrefix(err.Error(), "[") || !strings.Contains(err.Error(), "quotes") {
				t.Errorf("%q: %v", text, err)
			}
			if err := plainyaml.DecodeRaw([]byte(text), &file{}); err != nil {
				t.Errorf("raw %q: %v", text, err)
			}
		}
	}
	for _, text := range []string{"list: [a, ~]", "list: [null]", "list:\n- a\n-\n"} {
		if err := plainyaml.Decode([]byte(text), &file{}); err == nil {
			t.Errorf("%q is taken", text)
		}
	}
}

// TestHostile: a file that is not read to its end, or does not fit into memory, is an
// error.
func TestHostile(t *testing.T) {
	bomb := "any:\n  a0: &a0 [x, x, x, x, x, x, x, x, x, x]\n"
	for i := range 9 {
		bomb += fmt.Sprintf("  a%d: &a%d [%s*a%d]\n", i+1, i+1, strings.Repeat(fmt.Sprintf("*a%d, ", i), 9), i)
	}
	for _, tc := range []struct{ name, text, say string }{
		{"aliases", bomb, "aliases"},
		{"alias of itself", "any: &a [*a]", "alias"},
		{"brackets", "any: " + strings.Repeat("[", 100_000) + strings.Repeat("]", 100_000), "deeply"},
		{"braces", "any: " + strings.Repeat("{a: ", 10_000) + strings.Repeat("}", 10_000), "deeply"},
		{"dashes", "any:\n " + strings.Repeat("- ", 10_000) + "x", "deeply"},
		{"questions", "any:\n " + strings.Repeat("? ", 10_000) + "x", "deeply"},
		{"second document", "code: a\n---\ncode: b\n", "[3:5] a second document"},
		{"second document after an end", "code: a\n...\n---\nlist: [a]\n", "second document"},
		{"empty", "", "empty"},
		{"comment", "# nothing\n", "empty"},
		{"unknown key", "cod: a", "[1:1]"},
		{"key twice", "code: a\ncode: b", "[2:1]"},
		{"no YAML", "a: [", "["},
	} {
		t.Run(tc.name, func(t *testing.T) {
			for _, decode := range []func([]byte, any) error{plainyaml.Decode, plainyaml.DecodeRaw} {
				if err := decode([]byte(tc.text), &file{}); err == nil || !strings.Contains(err.Error(), tc.say) {
					t.Errorf("%s: %v", tc.name, err)
				}
			}
		})
	}
}

// TestTags: a tag is an error that names its place, and never a panic of the library.
func TestTags(t *testing.T) {
	for _, value := range []string{"!!seq", "!!binary region", "!!binary [region]", "!!str 010", "!!seq {}", "!!map", "!!null", "!x y", "&a !!seq", "!!set {a}", "!!float x", "!!timestamp"} {
		for _, key := range []string{"code", "list", "of", "any", "whole"} {
			for _, text := range []string{key + ": " + value, key + ":\n  " + value + "\n", "any: [" + value + "]", "of: {a: " + value + "}"} {
				for _, decode := range []func([]byte, any) error{plainyaml.Decode, plainyaml.DecodeRaw} {
					if err := decode([]byte(text), &file{}); err == nil || !strings.HasPrefix(err.Error(), "[") {
						t.Errorf("%q: %v", text, err)
					}
				}
				plainyaml.Unmarshal([]byte(text), &file{}) //nolint:errcheck // it may be read; it may not panic
			}
		}
	}
}

// FuzzDecode: every file gives an answer.
func FuzzDecode(f *testing.F) {
	for _, s := range []string{"list: !!seq", "of: &a {a: *a}", "any: [a, {b: c}]\n", "code: \"\\x41\"", "list:\n- a\n- |\n  b\n", "? a\n: b"} {
		f.Add(s)
	}
	f.Fuzz(func(_ *testing.T, text string) {
		for _, decode := range []func([]byte, any) error{plainyaml.Decode, plainyaml.DecodeRaw, plainyaml.Unmarshal} {
			decode([]byte(text), &file{}) //nolint:errcheck // a panic is what is looked for
		}
	})
}

func TestWhole(t *testing.T) {
	type file struct {
		N *plainyaml.Whole `yaml:"n"`
	}
	for _, tc := range []struct {
		text string
		want plainyaml.Whole
	}{{"n: 8", 8}, {"n: \"15\"", 15}, {"n: -3 # below", -3}, {"n: 0", 0}, {"n: 2147483647", 1<<31 - 1}} {
		t.Run(tc.text, func(t *testing.T) {
			var f file
			if err := plainyaml.DecodeRaw([]byte(tc.text), &f); err != nil || f.N == nil || *f.N != tc.want {
				t.Errorf("%q: %v, %v", tc.text, f.N, err)
			}
		})
	}
	for _, text := range []string{"8.9", "010", "0x10", "1e1", "1_0", "+8", "eight", ".nan", "2147483648", "[8]", "8.0", "-0", `""`, "{}"} {
		err := plainyaml.DecodeRaw([]byte("n: "+text), &file{})
		if err == nil || !strings.Contains(err.Error(), "[1:") {
			t.Errorf("%q: %v", text, err)
		}
	}
}
