package secret_test

import (
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/sluis-go/sluis/internal/secret"
)

// TestFile: a secret comes back from its file, which nobody else can read and nothing
// overwrites.
func TestFile(t *testing.T) {
	s, err := secret.New()
	if err != nil {
		t.Fatal(err)
	}
	path := filepath.Join(t.TempDir(), "a.secret")
	if err := secret.Save(path, s); err != nil {
		t.Fatal(err)
	}
	info, err := os.Stat(path)
	if err != nil || info.Mode().Perm() != 0o600 {
		t.Errorf("mode %v, %v", info.Mode(), err)
	}
	back, err := secret.Load(path)
	if err != nil || string(back.Bytes()) != string(s.Bytes()) {
		t.Errorf("another secret came back: %v", err)
	}
	if err := secret.Save(path, s); !errors.Is(err, fs.ErrExist) {
		t.Errorf("a file that is there: %v", err)
	}
	if names, _ := os.ReadDir(filepath.Dir(path)); len(names) != 1 {
		t.Errorf("%d files are left", len(names))
	}
}

// TestLonger: a secret of more than Size bytes comes back from its file too.
func TestLonger(t *testing.T) {
	s, err := secret.Of([]byte("forty bytes that are no secret of a project"))
	path := filepath.Join(t.TempDir(), "a.secret")
	if err == nil {
		err = secret.Save(path, s)
	}
	if err != nil {
		t.Fatal(err)
	}
	if back, err := secret.Load(path); err != nil || string(back.Bytes()) != string(s.Bytes()) {
		t.Errorf("another secret came back: %v", err)
	}
}

// TestRefused: what is no secret is refused, and the error does not hold it.
func TestRefused(t *testing.T) {
	dir := t.TempDir()
	good := filepath.Join(dir, "good")
	s, err := secret.New()
	if err == nil {
		err = secret.Save(good, s)
	}
	if err != nil {
		t.Fatal(err)
	}
	text, err := os.ReadFile(good)
	if err != nil {
		t.Fatal(err)
	}
	changed := []byte(string(text))
	at := len("SLUIS-SECRET-1-") + 3
	changed[at] = "0123456789abcdef0"[strings.IndexByte("0123456789abcdef", changed[at])+1]
	hexes := strings.Repeat("ab", 31) + "cd"
	for _, tc := range []struct {
		name, text, want string
		mode             os.FileMode
	}{
		{"changed", string(changed), "check digits", 0o600},
		{"a key of pseudonyms", "SLUIS-KEY-1-" + hexes + "-00000000\n", "it is a key", 0o600},
		{"an encrypted key", "-----BEGIN AGE ENCRYPTED FILE-----\n", "it is a key", 0o600},
		{"short", "SLUIS-SECRET-1-" + hexes[:62] + "-00\n", "form of a secret", 0o600},
		{"all the same", "SLUIS-SECRET-1-" + strings.Repeat("0", 64) + "-00\n", "all the same", 0o600},
		{"empty", "", "form of a secret", 0o600},
		{"readable by others", string(text), "chmod 600", 0o644},
	} {
		t.Run(tc.name, func(t *testing.T) {
			path := filepath.Join(t.TempDir(), "x")
			if err := os.WriteFile(path, []byte(tc.text), tc.mode); err != nil {
				t.Fatal(err)
			}
			_, err := secret.Load(path)
			if !errors.Is(err, secret.ErrSecret) || !strings.Contains(err.Error(), tc.want) {
				t.Fatalf("got %v", err)
			}
			if body := strings.TrimSpace(tc.text); len(body) > 20 && strings.Contains(err.Error(), body[15:]) {
				t.Error("the error holds the text")
			}
		})
	}
}

// TestRedacted: a secret is printed under no verb, also as a field.
func TestRedacted(t *testing.T) {
	s, err := secret.Of([]byte("0123456789abcdef0123456789abcdeX"))
	if err != nil {
		t.Fatal(err)
	}
	type holder struct{ s secret.Secret }
	text, err := json.Marshal(s)
	if err != nil {
		t.Fatal(err)
	}
	all := string(text)
	for _, verb := range []string{"%v", "%+v", "%#v", "%s", "%x", "%d", "%q"} {
		all += fmt.Sprintf(verb, s) + fmt.Sprintf(verb, &s) + fmt.Sprintf(verb, holder{s})
	}
	if strings.Contains(all, "abcdef") || strings.Contains(all, "303132") || strings.Contains(all, "48 49 50") {
		t.Errorf("printed: %s", all)
	}
}

// TestDraw: another use, another message or another secret gives another draw.
func TestDraw(t *testing.T) {
	seen := map[string]bool{}
	for _, text := range []string{"0123456789abcdef0123456789abcdeX", "0123456789abcdef0123456789abcdeY"} {
		s, err := secret.Of([]byte(text))
		if err != nil {
			t.Fatal(err)
		}
		for _, use := range []string{"pattern", "rounding"} {
			for _, m := range []string{"", "a", "b"} {
				x := s.Draw(use, []byte(m))
				if y := s.Draw(use, []byte(m)); x != y {
					t.Error("two draws differ")
				}
				seen[string(x[:])] = true
			}
		}
	}
	if len(seen) != 12 {
		t.Errorf("%d different draws of 12", len(seen))
	}
}
