package pseudonym_test

import (
	"bytes"
	"context"
	"crypto/hkdf"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/apache/arrow/go/v15/arrow"
	"github.com/apache/arrow/go/v15/arrow/memory"
	"github.com/google/go-cmp/cmp"

	"github.com/sluis-go/sluis/pseudonym"
)

// vectors are the vectors of docs/pseudonym-format.md.
var vectors = []struct{ form, value, want string }{
	{"text", "123456782", "3ec5f4898cf78bb19297f9b2e4de56bd"},
	{"int", "123456782", "dc59ef837da4ebc9018d8c626ab2f4eb"},
	{"int", "-1", "f0dae128f2375e787d6490bbbb78b890"},
	{"bsn", "123456782", "6ce1334e5c14fb8add27d65c04a46094"},
	{"bsn", "11222335", "5f8e5b051e6faa04b016e26394b9c46d"},
	{"text", "", "38b00988291938317ee803538045f31c"},
	{"text", "Jörg", "186625abb0684c07b22eb25202bcf872"},
}

// ours makes the pseudonym of a vector.
func ours(t *testing.T, form, value string) string {
	t.Helper()
	p := maker(t, func(c *pseudonym.Config) {
		if form == "bsn" {
			c.Form = pseudonym.BSN
		}
	})
	if form != "int" {
		return must(p.Text(value))
	}
	arr := build(t, memory.DefaultAllocator, arrow.PrimitiveTypes.Int64, "["+value+"]")
	out, err := p.Array(context.Background(), memory.DefaultAllocator, arr, nil)
	if err != nil {
		t.Fatal(err)
	}
	return out.ValueStr(0)
}

func TestVectors(t *testing.T) {
	doc, err := os.ReadFile(filepath.Join("..", "docs", "pseudonym-format.md"))
	if err != nil {
		t.Fatal(err)
	}
	for _, v := range vectors {
		t.Run(fmt.Sprintf("form %s, value %s", v.form, v.value), func(t *testing.T) {
			if got := ours(t, v.form, v.value); got != v.want {
				t.Errorf("%s %q: %s, want %s", v.form, v.value, got, v.want)
			}
			if !strings.Contains(string(doc), v.want) {
				t.Errorf("the vector of %s %q is not in the documentation", v.form, v.value)
			}
		})
	}
	if id := must(testKey(t).ID()); id != "1fd5134d52e71890" || !strings.Contains(string(doc), id) {
		t.Errorf("key id %s", id)
	}
}

// TestPython: a program in another language makes the same pseudonyms.
func TestPython(t *testing.T) {
	python, err := exec.LookPath("python3")
	if err != nil {
		t.Skip("python3 is not here")
	}
	var in, want bytes.Buffer
	for _, v := range vectors {
		in.WriteString(v.form + " " + v.value + "\n")
		want.WriteString(v.want + "\n")
	}
	cmd := exec.Command(python, filepath.Join("..", "testdata", "pseudonym", "pseudonym.py"))
	cmd.Stdin = &in
	cmd.Env = append(os.Environ(), "PYTHONIOENCODING=utf-8")
	got, err := cmd.Output()
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(want.String(), string(got)); diff != "" {
		t.Error(diff)
	}
}

// TestHKDF has test cases 1 and 3 of RFC 5869, appendix A.
func TestHKDF(t *testing.T) {
	unhex := func(s string) []byte { return must(hex.DecodeString(s)) }
	ikm := bytes.Repeat([]byte{0x0b}, 22)
	a := must(hkdf.Key(sha256.New, ikm, unhex("000102030405060708090a0b0c"), string(unhex("f0f1f2f3f4f5f6f7f8f9")), 42))
	b := must(hkdf.Key(sha256.New, ikm, nil, "", 42))
	if hex.EncodeToString(a) != "3cb25f25faacd57a90434f64d0362f2a2d2d0a90cf1a5a4c5db02d56ecc4c5bf34007208d5b887185865" ||
		hex.EncodeToString(b) != "8da4e775a563c18f715f802a063c5a31b8a11f5c5ee1879ec3454e5f3c738d2d9d201395faa4b61a96c8" {
		t.Error("HKDF-SHA-256 differs from RFC 5869")
	}
}

// TestFIPS runs the vectors again with the validated module, in which the
// assembly of this project has no part.
func TestFIPS(t *testing.T) {
	if os.Getenv("SLUIS_FIPS_CHILD") != "" {
		if !pseudonym.StandardLibraryOnly() {
			t.Error("the kernel of this project is in use")
		}
		for _, v := range vectors {
			if got := ours(t, v.form, v.value); got != v.want {
				t.Errorf("%s %q: %s, want %s", v.form, v.value, got, v.want)
			}
		}
		return
	}
	if pseudonym.StandardLibraryOnly() {
		t.Error("the kernel of this project is not in use")
	}
	cmd := exec.Command(os.Args[0], "-test.run=^TestFIPS$", "-test.v")
	cmd.Env = append(os.Environ(), "SLUIS_FIPS_CHILD=1", "GODEBUG=fips140=on")
	out, err := cmd.CombinedOutput()
	if bytes.Contains(out, []byte("incompatible with the purego build tag")) {
		t.Skip("the standard library has no FIPS mode under purego")
	}
	if err != nil || !bytes.Contains(out, []byte("--- PASS: TestFIPS")) {
		t.Errorf("%v\n%s", err, out)
	}
}
