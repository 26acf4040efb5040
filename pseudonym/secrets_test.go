package pseudonym_test

import (
	"context"
	"crypto/ed25519"
	"encoding/json"
	"errors"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/apache/arrow/go/v15/arrow"
	"github.com/apache/arrow/go/v15/arrow/array"
	"github.com/apache/arrow/go/v15/arrow/memory"

	"github.com/sluis-go/sluis/pseudonym"
)

// TestCopiesAreDestroyed: a copy that was made before makes no pseudonym afterwards.
func TestCopiesAreDestroyed(t *testing.T) {
	for _, algorithm := range []pseudonym.Algorithm{pseudonym.SHA256, pseudonym.SHA512_256} {
		p := maker(t, func(c *pseudonym.Config) { c.Algorithm = algorithm })
		q := *p
		if a, b := must(p.Text("x")), must(q.Text("x")); a != b {
			t.Error("the copy makes other pseudonyms")
		}
		p.Destroy()
		arr := build(t, memory.DefaultAllocator, arrow.BinaryTypes.String, `["x"]`)
		for name, copied := range map[string]*pseudonym.Pseudonymizer{"the original": p, "the copy": &q, "the zero value": {}} {
			if got, err := copied.Text("x"); !errors.Is(err, pseudonym.ErrDestroyed) || got != "" {
				t.Errorf("%v: %s makes %q, %v", algorithm, name, got, err)
			}
			if _, err := copied.Array(context.Background(), memory.DefaultAllocator, arr, nil); !errors.Is(err, pseudonym.ErrDestroyed) {
				t.Errorf("%v: %s: %v", algorithm, name, err)
			}
			copied.Destroy()
		}
	}
	k := must(pseudonym.NewKey())
	var set pseudonym.KeySet
	if err := set.Rotate(k); err != nil {
		t.Fatal(err)
	}
	other := set
	set.Destroy()
	if _, err := other.Primary(); !errors.Is(err, pseudonym.ErrDestroyed) {
		t.Errorf("a copy of a set that was destroyed: %v", err)
	}
	if _, err := pseudonym.New(pseudonym.Config{Key: k, Domain: pseudonym.Domain{Project: "p", Variable: "v"}}); !errors.Is(err, pseudonym.ErrDestroyed) {
		t.Errorf("a key that was destroyed: %v", err)
	}
}

// TestNoPseudonymizer: a column that is named is never handed through.
func TestNoPseudonymizer(t *testing.T) {
	arr := build(t, memory.DefaultAllocator, arrow.BinaryTypes.String, `["123456782"]`)
	schema := arrow.NewSchema([]arrow.Field{{Name: "bsn", Type: arrow.BinaryTypes.String}}, nil)
	rec := array.NewRecord(schema, []arrow.Array{arr}, 1)
	columns := pseudonym.Columns{"bsn": nil}
	_, err1 := columns.Schema(schema)
	_, err2 := columns.Record(context.Background(), memory.DefaultAllocator, rec, nil)
	_, err3 := columns.Table(context.Background(), memory.DefaultAllocator, array.NewTableFromRecords(schema, []arrow.Record{rec}), 1, nil)
	r, err := array.NewRecordReader(schema, []arrow.Record{rec})
	if err != nil {
		t.Fatal(err)
	}
	_, err4 := columns.Reader(context.Background(), memory.DefaultAllocator, r, nil)
	for i, err := range []error{err1, err2, err3, err4} {
		var c *pseudonym.ColumnError
		if !errors.Is(err, pseudonym.ErrNoPseudonymizer) || !errors.As(err, &c) || c.Column != "bsn" {
			t.Errorf("%d: %v", i, err)
		}
	}
}

// TestDestroyTheRightKey: the file of another key stays, and nothing is signed.
func TestDestroyTheRightKey(t *testing.T) {
	pub, signer, err := ed25519.GenerateKey(nil)
	if err != nil {
		t.Fatal(err)
	}
	dir := t.TempDir()
	a, b, who := must(pseudonym.NewKey()), must(pseudonym.NewKey()), identity(t)
	plain, sealed := filepath.Join(dir, "plain"), filepath.Join(dir, "sealed")
	if err := errors.Join(pseudonym.SaveKey(plain, b), pseudonym.SaveKey(sealed, b, who.Recipient())); err != nil {
		t.Fatal(err)
	}
	now := time.Now()
	for _, path := range []string{plain, sealed} {
		if r, err := pseudonym.Destroy(a, path, signer, now, "test", who); !errors.Is(err, pseudonym.ErrKeyFile) || r != nil {
			t.Errorf("the file of another key: %v", err)
		}
		if got, err := pseudonym.LoadKey(path, who); err != nil || !got.Equal(b) {
			t.Errorf("the file of the other key is gone: %v", err)
		}
	}
	if _, err := pseudonym.Destroy(b, sealed, signer, now, "test"); !errors.Is(err, pseudonym.ErrKeyFile) {
		t.Errorf("a file that cannot be compared: %v", err)
	}
	for _, tc := range []struct {
		name string
		at   time.Time
		ok   bool
	}{
		{"no time", time.Time{}, false}, {"year 0", time.Date(0, 6, 1, 0, 0, 0, 0, time.UTC), false},
		{"1969", time.Date(1969, 12, 31, 23, 59, 59, 0, time.UTC), false}, {"1970", time.Unix(0, 0), true},
		{"in two years", now.AddDate(2, 0, 0), false}, {"year 9999", time.Date(9999, 1, 1, 0, 0, 0, 0, time.UTC), false},
		{"tomorrow, by a clock that is fast", now.AddDate(0, 0, 1), true},
	} {
		t.Run(tc.name, func(t *testing.T) {
			k := must(pseudonym.NewKey())
			r, err := pseudonym.Destroy(k, "", signer, tc.at, "test")
			if (err == nil) != tc.ok {
				t.Errorf("%s: %v", tc.name, err)
			}
			if _, err := k.ID(); (err == nil) == tc.ok {
				t.Errorf("%s: the key is %v", tc.name, err)
			}
			if !tc.ok {
				return
			}
			// Signed by a program that accepts impossible dates.
			for _, bad := range []string{"0000-01-01T00:00:00Z", "9999-01-01T00:00:00Z"} {
				forged := *r
				if forged.Time, err = time.Parse(time.RFC3339, bad); err != nil {
					t.Fatal(err)
				}
				forged.Signature = nil
				text := must(json.Marshal(forged))
				forged.Signature = ed25519.Sign(signer, append([]byte("sluis.destruction/1\n"), text...))
				if _, err := pseudonym.VerifyDestruction(must(json.Marshal(forged)), pub); !errors.Is(err, pseudonym.ErrRecord) || !strings.Contains(err.Error(), "date") {
					t.Errorf("%s: %v", bad, err)
				}
			}
		})
	}
	if _, err := pseudonym.Destroy(b, plain, signer, now, "test"); err != nil {
		t.Fatal(err)
	}
	if _, err := os.Stat(plain); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("the file is there: %v", err)
	}
}

// TestCheckDigits: no text with one character changed, left out or exchanged with the next is a
// key. A text without check digits still is.
func TestCheckDigits(t *testing.T) {
	dir := t.TempDir()
	path := filepath.Join(dir, "key")
	k := testKey(t)
	if err := pseudonym.SaveKey(path, k); err != nil {
		t.Fatal(err)
	}
	text := must(os.ReadFile(path))
	const digits = "-66124de7"
	if !strings.HasSuffix(string(text), digits+"\n") {
		t.Errorf("the check digits of the key of the documentation are %s", text[len(text)-10:])
	}
	doc := must(os.ReadFile(filepath.Join("..", "docs", "pseudonym-format.md")))
	if !strings.Contains(string(doc), digits[1:]) {
		t.Error("the check digits are not in the documentation")
	}
	if _, checked, err := pseudonym.LoadKeyFile(path); err != nil || !checked {
		t.Errorf("checked: %v, %v", checked, err)
	}
	first := len("SLUIS-KEY-1-")
	for i := first; i < len(text)-1; i++ {
		for _, bad := range [][]byte{
			slices.Concat(text[:i], []byte{text[i] ^ 1}, text[i+1:]),
			slices.Concat(text[:i], text[i+1:]),
			slices.Concat(text[:i], []byte{text[i+1], text[i]}, text[i+2:]),
		} {
			if got, err := pseudonym.ParseKey(string(bad)); err == nil && !got.Equal(k) {
				t.Errorf("character %d: another key", i)
			}
		}
	}
	old := strings.TrimSuffix(string(text), digits+"\n")
	if err := os.WriteFile(filepath.Join(dir, "old"), []byte(old), 0o600); err != nil {
		t.Fatal(err)
	}
	if got, checked, err := pseudonym.LoadKeyFile(filepath.Join(dir, "old")); err != nil || checked || !got.Equal(k) {
		t.Errorf("a file from before: %v, %v", checked, err)
	}
}

// TestFileDigest: the digest depends on the key, and is no plain one.
func TestFileDigest(t *testing.T) {
	sum := strings.Repeat("ab", 32)
	a := must(testKey(t).FileDigest(sum))
	if b := must(must(pseudonym.NewKey()).FileDigest(sum)); a == b || a == sum || len(a) != 64 {
		t.Errorf("%s and %s", a, b)
	}
	if c := must(testKey(t).FileDigest(strings.Repeat("ac", 32))); a == c {
		t.Error("two files have one digest")
	}
	for _, bad := range []string{"", "ab", sum + "ab", "x" + sum[1:]} {
		if _, err := testKey(t).FileDigest(bad); !errors.Is(err, pseudonym.ErrRecord) {
			t.Errorf("%q: %v", bad, err)
		}
	}
	if _, err := (pseudonym.Key{}).FileDigest(sum); !errors.Is(err, pseudonym.ErrDestroyed) {
		t.Errorf("a destroyed key: %v", err)
	}
}

func FuzzParseKey(f *testing.F) {
	f.Add("SLUIS-KEY-1-000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f-66124de7")
	f.Add("SLUIS-KEY-1-00")
	f.Fuzz(func(t *testing.T, text string) {
		k, err := pseudonym.ParseKey(text)
		if err != nil {
			if !errors.Is(err, pseudonym.ErrKey) {
				t.Errorf("%v", err)
			}
			return
		}
		if _, err := k.ID(); err != nil {
			t.Error(err)
		}
	})
}

func FuzzReadRecord(f *testing.F) {
	p := maker(f, nil)
	var c pseudonym.Counter
	r := p.Record([]string{"a"}, map[string]*pseudonym.Counter{"a": &c}, "test")
	r.Output = pseudonym.RecordedFile{Name: "x", SHA256: strings.Repeat("0", 64)}
	_, signer, err := ed25519.GenerateKey(nil)
	if err != nil {
		f.Fatal(err)
	}
	f.Add(must(json.Marshal(r)))
	if err := r.Sign(signer); err != nil {
		f.Fatal(err)
	}
	f.Add(must(json.Marshal(r)))
	f.Add([]byte(`{"schema":"sluis.pseudonyms/1","keyId":"k","domain":"d","algorithm":"a","bytes":16,"columns":null,"inputs":null,"output":{"name":"","sha256":""},"tool":""}`))
	pub := signer.Public().(ed25519.PublicKey)
	f.Fuzz(func(t *testing.T, text []byte) {
		r, err := pseudonym.ReadRecord(text, nil)
		if err != nil {
			if !errors.Is(err, pseudonym.ErrRecord) {
				t.Error(err)
			}
			return
		}
		for _, c := range r.Columns {
			if _, _, ok := r.Setting(c.Column); !ok {
				t.Error("a column has no setting")
			}
		}
		if signed, err := pseudonym.ReadRecord(text, pub); err == nil && !ed25519.PublicKey(signed.Signer).Equal(pub) {
			t.Error("somebody else's signature")
		}
	})
}
