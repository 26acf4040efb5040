package main

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	projectkey "github.com/sluis-go/sluis/internal/secret"
	"github.com/sluis-go/sluis/pseudonym"
)

func init() {
	drawSecret = func() (projectkey.Secret, error) { return projectkey.Of([]byte("a secret of tests, 32 bytes long")) }
}

// TestSecretFile: a secret is made once, kept inside, and used again; a key is refused, and a
// secret is refused as a key.
func TestSecretFile(t *testing.T) {
	dir := protectData(t)
	at := func(name string) string { return filepath.Join(dir, name) }
	code, text := verb(t, "protect", at("spec.yaml"), "--out", at("out"))
	info, err := os.Stat(at("spec.yaml.secret"))
	if code != 0 || err != nil || info.Mode().Perm() != 0o600 || !strings.Contains(text, "A secret was made") {
		t.Fatalf("exit status %d, %v: %s", code, err, text)
	}
	first := readAll(t, at("out/release"))
	code, text = verb(t, "protect", at("spec.yaml"), "--out", at("again"))
	if code != 0 || strings.Contains(text, "A secret was made") || readAll(t, at("again/release")) != first {
		t.Errorf("exit status %d, another pattern or another secret: %s", code, text)
	}
	for name, text := range bothFolders(t, at("out")) {
		if strings.HasPrefix(name, "release") && strings.Contains(text, "SLUIS-SECRET") || strings.Contains(text, "seed ") && strings.HasPrefix(name, "release") {
			t.Errorf("%s has the secret or the seed", name)
		}
	}

	code, text = verb(t, "secret", "new", at("p.secret"))
	if code != 0 || !strings.HasPrefix(text, "secret ") {
		t.Fatalf("exit status %d: %s", code, text)
	}
	if code, text = verb(t, "secret", "new", at("p.secret")); code == 0 {
		t.Errorf("a secret was overwritten: %s", text)
	}
	if code, text = verb(t, "protect", at("spec.yaml"), "--secret", at("p.secret"), "--out", at("third")); code != 0 {
		t.Errorf("exit status %d: %s", code, text)
	}
	if code, text = verb(t, "key", "new", at("p.key")); code != 0 {
		t.Fatalf("exit status %d: %s", code, text)
	}
	for _, tc := range []struct {
		name, want string
		args       []string
	}{
		{"a key as a secret", "it is a key", []string{"protect", at("spec.yaml"), "--secret", at("p.key"), "--out", at("no")}},
		{"a secret that is not there", "no such file", []string{"protect", at("spec.yaml"), "--secret", at("none"), "--out", at("no")}},
		{"a secret and a seed", "both given", []string{"protect", at("spec.yaml"), "--secret", at("p.secret"), "--seed", "1", "--out", at("no")}},
	} {
		t.Run(tc.name, func(t *testing.T) {
			if code, text := verb(t, tc.args...); code != exitUsage || !strings.Contains(text, tc.want) {
				t.Errorf("%s: exit status %d: %s", tc.name, code, text)
			}
		})
	}
	if _, err := pseudonym.LoadKey(at("p.secret")); err == nil || !strings.Contains(err.Error(), "secret of sluis secret new") {
		t.Errorf("a secret is taken for a key: %v", err)
	}
	code, text = verb(t, "protect", at("spec.yaml"), "--seed", "3", "--out", at("seeded"))
	if code != exitReview || !strings.Contains(text, "anybody can repeat this pattern") {
		t.Errorf("with a seed: exit status %d: %s", code, text)
	}
	if code, text = verb(t, "verify", at("seeded")); code != exitUnsafe || !strings.Contains(text, `"method" is not reckoned with`) {
		t.Errorf("a weaker attacker holds: exit status %d: %s", code, text)
	}
	code, text = verb(t, "verify", at("seeded"), "--accept-attacker", "a test of the office")
	if code != exitReview || !strings.HasPrefix(text, "accepted, an attacker that is weaker") {
		t.Errorf("exit status %d: %s", code, text)
	}
}

// readAll is all that lies in a folder.
func readAll(t *testing.T, dir string) string {
	t.Helper()
	var b strings.Builder
	for _, e := range must(os.ReadDir(dir)) {
		b.WriteString(e.Name() + "\n" + string(must(os.ReadFile(filepath.Join(dir, e.Name())))))
	}
	return b.String()
}

// bothFolders is what lies in the two folders, by folder and name.
func bothFolders(t *testing.T, dir string) map[string]string {
	t.Helper()
	out := map[string]string{}
	for _, in := range []string{"release", "confidential"} {
		for _, e := range must(os.ReadDir(filepath.Join(dir, in))) {
			out[in+"/"+e.Name()] = string(must(os.ReadFile(filepath.Join(dir, in, e.Name()))))
		}
	}
	return out
}
