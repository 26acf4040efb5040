package pseudonym_test

import (
	"bytes"
	"encoding/gob"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"filippo.io/age"

	"github.com/sluis-go/sluis/pseudonym"
)

// TestSplit: any k of n shares give the key back, through files; k - 1 do not.
func TestSplit(t *testing.T) {
	r := rand.New(rand.NewPCG(3, 5))
	for _, tc := range []struct{ n, k, size int }{{2, 2, 32}, {3, 2, 32}, {5, 3, 32}, {5, 5, 33}, {7, 4, 61}, {7, 4, 62}, {9, 2, 255}, {255, 3, 32}} {
		t.Run(fmt.Sprint("n ", tc.n, ", k ", tc.k, ", size ", tc.size), func(t *testing.T) {
			raw := make([]byte, tc.size)
			for i := range raw {
				raw[i] = byte(r.Uint32())
			}
			key := must(pseudonym.KeyFromBytes(raw))
			shares, err := pseudonym.Split(key, tc.n, tc.k)
			if err != nil || len(shares) != tc.n {
				t.Fatal(err)
			}
			dir := t.TempDir()
			for i, s := range shares {
				path := filepath.Join(dir, fmt.Sprint(i))
				if err := pseudonym.SaveShare(path, s); err != nil {
					t.Fatal(err)
				}
				if shares[i], err = pseudonym.LoadShare(path); err != nil || shares[i].Index() != i+1 || shares[i].Threshold() != tc.k || shares[i].KeyID() != must(key.ID()) {
					t.Fatal(shares[i].Index(), err)
				}
			}
			for range 10 {
				r.Shuffle(len(shares), func(i, j int) { shares[i], shares[j] = shares[j], shares[i] })
				for _, m := range []int{tc.k, min(tc.n, tc.k+1), min(tc.n, 12)} {
					if m < tc.k {
						continue
					}
					if got, err := pseudonym.Join(shares[:m]); err != nil || !got.Equal(key) {
						t.Fatalf("%d of %d, %d given: %v", tc.k, tc.n, m, err)
					}
				}
				if _, err := pseudonym.Join(shares[:tc.k-1]); !errors.Is(err, pseudonym.ErrShare) {
					t.Fatalf("%d of %d: %v", tc.k-1, tc.k, err)
				}
			}
		})
	}
}

func TestSplitBad(t *testing.T) {
	key := testKey(t)
	for _, tc := range []struct{ n, k int }{{1, 1}, {2, 1}, {3, 0}, {3, 4}, {3, -1}, {256, 2}, {0, 0}} {
		t.Run(fmt.Sprint("n ", tc.n, ", k ", tc.k), func(t *testing.T) {
			if _, err := pseudonym.Split(key, tc.n, tc.k); !errors.Is(err, pseudonym.ErrShare) {
				t.Errorf("%d of %d: %v", tc.k, tc.n, err)
			}
		})
	}
	a, b := must(pseudonym.Split(key, 3, 2)), must(pseudonym.Split(key, 3, 2))
	c := must(pseudonym.Split(must(pseudonym.NewKey()), 3, 2))
	for name, shares := range map[string][]pseudonym.Share{
		"none": nil, "one": a[:1], "twice the same": {a[0], a[0]}, "two ceremonies": {a[0], b[1]}, "two keys": {a[0], c[1]}, "zero": {{}, {}},
		"the third of another": {a[0], a[1], b[2]},
	} {
		t.Run(name, func(t *testing.T) {
			if _, err := pseudonym.Join(shares); !errors.Is(err, pseudonym.ErrShare) {
				t.Errorf("%s: %v", name, err)
			}
		})
	}
	a[0].Destroy()
	if _, err := pseudonym.Join(a[:2]); !errors.Is(err, pseudonym.ErrDestroyed) {
		t.Errorf("destroyed: %v", err)
	}
	key.Destroy()
	if _, err := pseudonym.Split(key, 3, 2); !errors.Is(err, pseudonym.ErrDestroyed) {
		t.Errorf("a destroyed key: %v", err)
	}
}

// TestShareText: a share can be typed; one character that is wrong is found.
func TestShareText(t *testing.T) {
	who := identity(t)
	shares := must(pseudonym.Split(testKey(t), 3, 2))
	dir := t.TempDir()
	path := filepath.Join(dir, "share")
	if err := pseudonym.SaveShare(path, shares[0]); err != nil {
		t.Fatal(err)
	}
	text := string(must(os.ReadFile(path)))
	load := func(s string) (pseudonym.Share, error) {
		if err := os.WriteFile(path, []byte(s), 0o600); err != nil {
			t.Fatal(err)
		}
		return pseudonym.LoadShare(path)
	}
	for name, s := range map[string]string{
		"as it is": text, "small letters": "SLUIS-" + strings.ToLower(text[6:]), "capitals": strings.ToUpper(text),
		"two lines": text[:40] + "\r\n  " + text[40:], "blanks": text[:60] + " " + text[60:],
	} {
		t.Run(name, func(t *testing.T) {
			got, err := load(s)
			if err != nil {
				t.Errorf("%s: %v", name, err)
				return
			}
			if k, err := pseudonym.Join([]pseudonym.Share{shares[2], got}); err != nil || !k.Equal(testKey(t)) {
				t.Errorf("%s: %v", name, err)
			}
		})
	}
	for i := 6; i < len(text)-1; i++ {
		for _, bad := range []string{text[:i] + text[i+1:], text[:i] + string(text[i]^1) + text[i+1:], text[:i] + "0" + text[i:]} {
			if strings.EqualFold(bad, text) {
				continue
			}
			if _, err := load(bad); !errors.Is(err, pseudonym.ErrShare) {
				t.Fatalf("character %d: %v", i, err)
			}
		}
	}
	sealed := filepath.Join(dir, "sealed")
	if err := pseudonym.SaveShare(sealed, shares[1], who.Recipient()); err != nil {
		t.Fatal(err)
	}
	if _, err := pseudonym.LoadShare(sealed); !errors.Is(err, pseudonym.ErrKeyFile) {
		t.Errorf("no identity: %v", err)
	}
	if s, err := pseudonym.LoadShare(sealed, age.Identity(who)); err != nil || s.Index() != 2 {
		t.Errorf("sealed: %v", err)
	}
	if err := os.Chmod(path, 0o644); err != nil {
		t.Fatal(err)
	}
	if _, err := pseudonym.LoadShare(path); !errors.Is(err, pseudonym.ErrKeyFile) {
		t.Errorf("mode 0644: %v", err)
	}
}

// TestShareNeverPrints: as TestKeyNeverPrints.
func TestShareNeverPrints(t *testing.T) {
	shares := must(pseudonym.Split(testKey(t), 3, 2))
	path := filepath.Join(t.TempDir(), "share")
	if err := pseudonym.SaveShare(path, shares[0]); err != nil {
		t.Fatal(err)
	}
	value := strings.Split(string(must(os.ReadFile(path))), "-")[7]
	if len(value) != 128 {
		t.Fatalf("%d digits", len(value))
	}
	var out bytes.Buffer
	s := shares[0]
	for _, v := range []any{s, &s, shares, struct{ S pseudonym.Share }{s}, struct{ s *pseudonym.Share }{&s}, map[string]pseudonym.Share{"s": s}} {
		for _, verb := range []string{"%v", "%+v", "%#v", "%s", "%q", "%x", "%d"} {
			fmt.Fprintf(&out, verb+"\n", v)
		}
		slog.New(slog.NewJSONHandler(&out, nil)).Info("share", "value", v)
		if err := json.NewEncoder(&out).Encode(v); err != nil {
			t.Error(err)
		}
	}
	if err := gob.NewEncoder(&out).Encode(s); err != nil {
		t.Error(err)
	}
	// In a field that is not exported fmt shows the pointer at most.
	fmt.Fprintf(&out, "%v %+v %#v", struct{ s pseudonym.Share }{s}, struct{ s pseudonym.Share }{s}, struct{ s pseudonym.Share }{s})
	for _, leak := range []string{value[:8], strings.ToUpper(value[:8]), value[120:]} {
		if strings.Contains(out.String(), leak) {
			t.Errorf("%q is printed: %s", leak, out.String())
		}
	}
}

// TestKeySets: sets go through files, rotate and shrink.
func TestKeySets(t *testing.T) {
	dir, who := t.TempDir(), identity(t)
	a, b := testKey(t), must(pseudonym.NewKey())
	ida, idb := must(a.ID()), must(b.ID())
	for _, sealed := range []bool{false, true} {
		var to []age.Recipient
		if sealed {
			to = append(to, who.Recipient())
		}
		path := filepath.Join(dir, fmt.Sprint(sealed))
		var set pseudonym.KeySet
		if err := pseudonym.SaveKeySet(path, &set, to...); !errors.Is(err, pseudonym.ErrKey) {
			t.Errorf("empty: %v", err)
		}
		if err := errors.Join(set.Rotate(must(pseudonym.KeyFromBytes(raw32()))), pseudonym.SaveKeySet(path, &set, to...)); err != nil {
			t.Fatal(err)
		}
		if err := pseudonym.SaveKeySet(path, &set, to...); !errors.Is(err, os.ErrExist) {
			t.Errorf("overwritten: %v", err)
		}
		got, err := pseudonym.LoadKeySet(path, who)
		if err != nil || len(got.IDs()) != 1 {
			t.Fatal(err)
		}
		if err := got.Rotate(b); err != nil {
			t.Fatal(err)
		}
		if sealed {
			if err := pseudonym.ReplaceKeySet(path, got); !errors.Is(err, pseudonym.ErrKeyFile) {
				t.Errorf("written in the clear: %v", err)
			}
		}
		if err := pseudonym.ReplaceKeySet(path, got, to...); err != nil {
			t.Fatal(err)
		}
		if info := must(os.Stat(path)); info.Mode().Perm() != 0o600 {
			t.Errorf("mode %v", info.Mode())
		}
		got, err = pseudonym.LoadKeySet(path, who)
		if err != nil || fmt.Sprint(got.IDs()) != fmt.Sprint([]string{idb, ida}) {
			t.Fatal(got.IDs(), err)
		}
		if p, err := got.Primary(); err != nil || !p.Equal(b) {
			t.Error("another primary key")
		}
		if err := got.Remove(idb); !errors.Is(err, pseudonym.ErrKey) {
			t.Errorf("the primary key: %v", err)
		}
		if err := got.Remove("0123456789abcdef"); !errors.Is(err, pseudonym.ErrKey) {
			t.Errorf("unknown: %v", err)
		}
		if err := got.Remove(ida); err != nil || len(got.IDs()) != 1 {
			t.Errorf("older: %v", err)
		}
	}
	single := filepath.Join(dir, "single")
	if err := pseudonym.SaveKey(single, a); err != nil {
		t.Fatal(err)
	}
	if s, err := pseudonym.LoadKeySet(single); err != nil || s.IDs()[0] != ida {
		t.Errorf("one key: %v", err)
	}
	key := strings.TrimSpace(string(must(os.ReadFile(single))))
	for name, text := range map[string]string{
		"no key": "SLUIS-KEYSET-1\n", "twice": "SLUIS-KEYSET-1\n" + key + "\n" + key + "\n", "short": "SLUIS-KEYSET-1\nSLUIS-KEY-1-00\n",
		"two keys and no head": key + "\n" + key + "\n", "an empty line": "SLUIS-KEYSET-1\n\n" + key + "\n", "another version": "SLUIS-KEYSET-2\n" + key + "\n",
	} {
		t.Run(name, func(t *testing.T) {
			if err := os.WriteFile(single, []byte(text), 0o600); err != nil {
				t.Fatal(err)
			}
			if _, err := pseudonym.LoadKeySet(single); !errors.Is(err, pseudonym.ErrKey) || strings.Contains(err.Error(), key[20:30]) {
				t.Errorf("%s: %v", name, err)
			}
		})
	}
}

func raw32() []byte {
	b := make([]byte, 32)
	for i := range b {
		b[i] = byte(i)
	}
	return b
}
