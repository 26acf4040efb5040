package pseudonym_test

import (
	"bytes"
	"crypto/ed25519"
	"encoding/gob"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"filippo.io/age"

	"github.com/sluis-go/sluis/pseudonym"
)

func identity(t *testing.T) *age.X25519Identity {
	t.Helper()
	id, err := age.GenerateX25519Identity()
	if err != nil {
		t.Fatal(err)
	}
	return id
}

func TestKeyFiles(t *testing.T) {
	dir := t.TempDir()
	k, who := testKey(t), identity(t)
	plain, sealed := filepath.Join(dir, "plain"), filepath.Join(dir, "sealed")
	if err := errors.Join(pseudonym.SaveKey(plain, k), pseudonym.SaveKey(sealed, k, who.Recipient())); err != nil {
		t.Fatal(err)
	}
	for _, path := range []string{plain, sealed} {
		info, err := os.Stat(path)
		if err != nil || info.Mode().Perm() != 0o600 {
			t.Errorf("mode %v, %v", info.Mode(), err)
		}
		got, err := pseudonym.LoadKey(path, who)
		if err != nil || !got.Equal(k) {
			t.Errorf("%s: %v", filepath.Base(path), err)
		}
		if err := pseudonym.SaveKey(path, k); !errors.Is(err, os.ErrExist) {
			t.Errorf("overwritten: %v", err)
		}
	}
	if _, err := pseudonym.LoadKey(sealed); !errors.Is(err, pseudonym.ErrKeyFile) {
		t.Errorf("no identity: %v", err)
	}
	if _, err := pseudonym.LoadKey(sealed, identity(t)); !errors.Is(err, pseudonym.ErrKeyFile) {
		t.Errorf("another identity: %v", err)
	}
	if err := os.Chmod(plain, 0o644); err != nil {
		t.Fatal(err)
	}
	if _, err := pseudonym.LoadKey(plain); !errors.Is(err, pseudonym.ErrKeyFile) || !strings.Contains(err.Error(), "0644") {
		t.Errorf("world-readable: %v", err)
	}
	if _, err := pseudonym.LoadKey(dir); !errors.Is(err, pseudonym.ErrKeyFile) {
		t.Errorf("a folder: %v", err)
	}
	text, err := os.ReadFile(sealed)
	if err != nil {
		t.Fatal(err)
	}
	for i := 0; i < len(text); i += 7 {
		bad := slices.Clone(text)
		bad[i] ^= 1
		path := filepath.Join(dir, fmt.Sprint("bad", i))
		if err := os.WriteFile(path, bad, 0o600); err != nil {
			t.Fatal(err)
		}
		if got, err := pseudonym.LoadKey(path, who); err == nil && !got.Equal(k) {
			t.Errorf("byte %d changed gives another key", i)
		}
	}
	if err := pseudonym.SaveKey(filepath.Join(dir, "none", "x"), k); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("no folder: %v", err)
	}
	for _, e := range must(os.ReadDir(dir)) {
		if strings.HasPrefix(e.Name(), ".") {
			t.Errorf("%s is left behind", e.Name())
		}
	}
}

func must[T any](v T, err error) T {
	if err != nil {
		panic(err)
	}
	return v
}

func TestLinkage(t *testing.T) {
	who := identity(t)
	p := maker(t, nil)
	ids := []string{"Jansen", "de \"Vries\"\n", "Jansen", "", "Bakker"}
	l, err := pseudonym.NewLinkage(p, slices.Values(ids))
	if err != nil || l.Len() != 4 {
		t.Fatalf("%d entries, %v", l.Len(), err)
	}
	path := filepath.Join(t.TempDir(), "linkage.age")
	if err := l.Save(path); !errors.Is(err, pseudonym.ErrLinkage) {
		t.Errorf("without a recipient: %v", err)
	}
	if err := l.Save(path, who.Recipient()); err != nil {
		t.Fatal(err)
	}
	raw := must(os.ReadFile(path))
	if strings.Contains(string(raw), "Jansen") {
		t.Error("an identifier lies in the clear")
	}
	back, err := pseudonym.LoadLinkage(path, who)
	if err != nil || back.KeyID() != p.KeyID() || back.Domain() != "zicht/person" {
		t.Fatalf("%v", err)
	}
	for _, id := range ids {
		if got, err := back.Lookup(must(p.Text(id))); err != nil || got != id {
			t.Errorf("%q is found as %q", id, got)
		}
	}
	if _, err := back.Lookup("nobody"); !errors.Is(err, pseudonym.ErrUnknown) {
		t.Errorf("an unknown pseudonym is found: %v", err)
	}
	for i := 0; i < len(raw); i += 5 {
		bad := slices.Clone(raw)
		bad[i] ^= 4
		if err := os.WriteFile(path, bad, 0o600); err != nil {
			t.Fatal(err)
		}
		if _, err := pseudonym.LoadLinkage(path, who); !errors.Is(err, pseudonym.ErrLinkage) {
			t.Fatalf("byte %d changed: %v", i, err)
		}
	}
	for n := range raw {
		if err := os.WriteFile(path, raw[:n], 0o600); err != nil {
			t.Fatal(err)
		}
		if _, err := pseudonym.LoadLinkage(path, who); !errors.Is(err, pseudonym.ErrLinkage) {
			t.Fatalf("cut to %d bytes: %v", n, err)
		}
	}
	next := maker(t, func(c *pseudonym.Config) { c.Key = must(pseudonym.NewKey()) })
	rekeyed, err := back.Rekey(next)
	if err != nil || rekeyed.Translation.Len() != 4 || len(rekeyed.Refused) != 0 {
		t.Fatal(err)
	}
	for _, id := range ids {
		old := must(p.Text(id))
		text, ok := rekeyed.Translation.New(old)
		a, _ := back.Lookup(old)
		b, err := rekeyed.Table.Lookup(text)
		if !ok || err != nil || a != b || old == text {
			t.Errorf("%q became %q", a, b)
		}
	}
	var out bytes.Buffer
	for _, v := range []any{back, *back, []pseudonym.Linkage{*back}, struct{ l pseudonym.Linkage }{*back}} {
		fmt.Fprintf(&out, "%v %+v %#v %s", v, v, v, v)
		slog.New(slog.NewJSONHandler(&out, nil)).Info("table", "value", v)
		if err := json.NewEncoder(&out).Encode(v); err != nil {
			t.Error(err)
		}
	}
	if err := gob.NewEncoder(&out).Encode(*back); err != nil {
		t.Error(err)
	}
	if s := out.String(); strings.Contains(s, "Jansen") || !strings.Contains(s, "REDACTED") {
		t.Errorf("a linkage table prints: %s", s)
	}
	back.Destroy()
	if back.Len() != 0 {
		t.Error("something is left")
	}
	if _, err := back.Lookup(must(p.Text("Jansen"))); !errors.Is(err, pseudonym.ErrLinkageDestroyed) {
		t.Errorf("a destroyed table: %v", err)
	}
}

// TestRekeyMerges: where two identifiers become one, it is always the same of the
// two that is kept.
func TestRekeyMerges(t *testing.T) {
	l, err := pseudonym.NewLinkage(maker(t, nil), slices.Values([]string{"Jansen", "JANSEN", "jansen", "JANsen"}))
	if err != nil || l.Len() != 4 {
		t.Fatal(l.Len(), err)
	}
	name := maker(t, func(c *pseudonym.Config) { c.Form = pseudonym.Name })
	seen := map[string]bool{}
	for range 50 {
		next, err := l.Rekey(name)
		if err != nil || next.Table.Len() != 1 || next.Translation.Len() != 4 || next.Merged != 3 {
			t.Fatal(err)
		}
		id, _ := next.Table.Lookup(must(name.Text("jansen")))
		seen[id] = true
	}
	if len(seen) != 1 {
		t.Errorf("%d identifiers are kept in turn", len(seen))
	}
}

// TestRecordForms: a record that other readers would read otherwise is refused.
func TestRecordForms(t *testing.T) {
	pub, signer, err := ed25519.GenerateKey(nil)
	if err != nil {
		t.Fatal(err)
	}
	r := &pseudonym.Record{Schema: "sluis.pseudonyms/1", KeyID: "true", Domain: "p/<v>", Columns: []pseudonym.RecordedCount{{Column: "a&b"}}}
	if err := r.Sign(signer); err != nil {
		t.Fatal(err)
	}
	gone, err := pseudonym.Destroy(testKey(t), "", signer, time.Unix(0, 0), "test")
	if err != nil {
		t.Fatal(err)
	}
	read := func(text string) error { _, err := pseudonym.ReadRecord([]byte(text), pub); return err }
	verify := func(text string) error { _, err := pseudonym.VerifyDestruction([]byte(text), pub); return err }
	for _, x := range []struct {
		name string
		v    any
		read func(string) error
	}{{"pseudonyms", r, read}, {"destruction", gone, verify}} {
		t.Run(x.name, func(t *testing.T) {
			text := string(must(json.Marshal(x.v)))
			for name, ok := range map[string]string{"flat": text, "indented": string(must(json.MarshalIndent(x.v, "", " "))) + "\n"} {
				if err := x.read(ok); err != nil {
					t.Errorf("%s, %s: %v", x.name, name, err)
				}
			}
			for name, bad := range map[string]string{
				"a brace behind it": text + "}", "another behind it": text + text, "text behind it": text + "x",
				"a forged member":  strings.Replace(text, `"keyId"`, `"keyId":"forged","KEYID"`, 1),
				"two of one name":  strings.Replace(text, `"keyId"`, `"keyId":"forged","keyId"`, 1),
				"other capitals":   strings.Replace(text, `"keyId"`, `"keyID"`, 1),
				"a member behind":  strings.TrimSuffix(text, "}") + `,"schema":` + strings.SplitN(text[len(`{"schema":`):], ",", 2)[0] + "}",
				"an unknown field": strings.Replace(text, "{", `{"x":1,`, 1),
			} {
				if err := x.read(bad); !errors.Is(err, pseudonym.ErrRecord) {
					t.Errorf("%s, %s: %v", x.name, name, err)
				}
			}
		})
	}
	if _, err := pseudonym.ReadRecord([]byte(string(must(json.Marshal(r)))+"}"), nil); !errors.Is(err, pseudonym.ErrRecord) {
		t.Errorf("unsigned, a brace behind it: %v", err)
	}
}

// TestDestroyOther: a file that cannot be a key file is not overwritten and not removed.
func TestDestroyOther(t *testing.T) {
	dir := t.TempDir()
	path := filepath.Join(dir, "data")
	data := bytes.Repeat([]byte("x"), 1<<16+1)
	if err := os.WriteFile(path, data, 0o600); err != nil {
		t.Fatal(err)
	}
	for _, p := range []string{path, dir} {
		if err := pseudonym.DestroyKeyFile(p); !errors.Is(err, pseudonym.ErrKeyFile) {
			t.Errorf("%s: %v", filepath.Base(p), err)
		}
	}
	if !bytes.Equal(must(os.ReadFile(path)), data) {
		t.Error("the file is overwritten")
	}
}

func TestDestruction(t *testing.T) {
	pub, signer, err := ed25519.GenerateKey(nil)
	if err != nil {
		t.Fatal(err)
	}
	path := filepath.Join(t.TempDir(), "key")
	k := testKey(t)
	id := must(k.ID())
	if err := pseudonym.SaveKey(path, k); err != nil {
		t.Fatal(err)
	}
	if _, err := pseudonym.Destroy(k, path, nil, time.Now(), "test"); !errors.Is(err, pseudonym.ErrRecord) {
		t.Errorf("unsigned: %v", err)
	}
	now := time.Date(2026, 11, 24, 12, 0, 0, 0, time.UTC)
	r, err := pseudonym.Destroy(k, path, signer, now, "sluis test")
	if err != nil {
		t.Fatal(err)
	}
	if _, err := os.Stat(path); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("the file is still there: %v", err)
	}
	if _, err := k.ID(); !errors.Is(err, pseudonym.ErrDestroyed) {
		t.Errorf("the key still works: %v", err)
	}
	text := must(json.Marshal(r))
	got, err := pseudonym.VerifyDestruction(text, pub)
	if err != nil || got.KeyID != id || !got.Time.Equal(now) {
		t.Fatalf("%+v, %v", got, err)
	}
	for i := range text {
		bad := slices.Clone(text)
		bad[i] ^= 1
		if r, err := pseudonym.VerifyDestruction(bad, pub); err == nil && (r.KeyID != id || !r.Time.Equal(now)) {
			t.Errorf("byte %d changed is trusted", i)
		}
	}
	other, _, _ := ed25519.GenerateKey(nil)
	if _, err := pseudonym.VerifyDestruction(text, other); !errors.Is(err, pseudonym.ErrRecord) {
		t.Errorf("another signer: %v", err)
	}
}
