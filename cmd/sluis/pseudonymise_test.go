package main

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

func must[T any](v T, err error) T {
	if err != nil {
		panic(err)
	}
	return v
}

// TestSecretFiles: files of secrets that others may read are refused, and so is a key
// that is not the one that was expected.
func TestSecretFiles(t *testing.T) {
	dir := folder(t, "in.csv", "id\nSECRET\n")
	at := func(name string) string { return filepath.Join(dir, name) }
	for _, args := range [][]string{{"key", "new", at("key")}, {"key", "signer", at("signer.pem")}} {
		if status, _, errs := sluis(t, args...); status != 0 {
			t.Fatal(errs)
		}
	}
	_, out, _ := sluis(t, "key", "id", at("key"))
	id := strings.TrimSpace(strings.TrimPrefix(out, "key "))
	if err := os.WriteFile(at("who"), []byte("AGE-SECRET-KEY-1"), 0o600); err != nil {
		t.Fatal(err)
	}
	text, err := os.ReadFile(at("key"))
	if err != nil {
		t.Fatal(err)
	}
	slip := []byte(string(text))
	if slip[20]++; text[20] == 'f' || text[20] == '9' {
		slip[20] = '0'
	}
	if err := os.WriteFile(at("slip"), slip, 0o600); err != nil {
		t.Fatal(err)
	}
	pseudonymise := []string{"pseudonymise", at("in.csv"), at("out.csv"), "--column", "id", "--form", "text", "--domain", "p/v", "--key-file", at("key")}
	for _, tc := range []struct {
		name, open string
		args       []string
		status     int
		say        string
	}{
		{"a signer that others may read", "signer.pem", append(pseudonymise, "--sign-with", at("signer.pem")), 1, "0644"},
		{"a signer that others may read, to destroy", "signer.pem", []string{"key", "destroy", at("key"), "--sign-with", at("signer.pem"), "--record", at("gone")}, 1, "0644"},
		{"an identity that others may read", "who", []string{"key", "id", at("key"), "--identity", at("who")}, 1, "0644"},
		{"no identity of age", "", []string{"key", "id", at("key"), "--identity", at("who")}, 1, "not an identity file"},
		{"another key", "", append(pseudonymise, "--key-id", strings.Repeat("0", 16)), 1, "--key-id"},
		{"another key to destroy", "", []string{"key", "destroy", at("key"), "--sign-with", at("signer.pem"), "--record", at("gone"), "--key-id", "abc"}, 1, "--key-id"},
		{"a slip in the key file", "", append(pseudonymise, "--key-file", at("slip")), 1, "check digits"},
		{"the key that is expected", "", append(pseudonymise, "--key-id", strings.ToUpper(id)), 0, ""},
	} {
		t.Run(tc.name, func(t *testing.T) {
			if tc.open != "" {
				if err := os.Chmod(at(tc.open), 0o644); err != nil {
					t.Fatal(err)
				}
			}
			status, out, errs := sluis(t, tc.args...)
			if status != tc.status || !strings.Contains(errs, tc.say) {
				t.Errorf("%s: %d %s%s", tc.name, status, out, errs)
			}
			if all := out + errs; strings.Contains(all, "SECRET") || strings.Contains(all, string(text[12:40])) {
				t.Errorf("%s: a secret is printed", tc.name)
			}
			if tc.open != "" {
				if err := os.Chmod(at(tc.open), 0o600); err != nil {
					t.Fatal(err)
				}
			}
		})
	}
	if _, err := os.Stat(at("key")); err != nil {
		t.Error("the key is gone")
	}
}
