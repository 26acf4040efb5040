package main

import (
	"path/filepath"
	"strings"
	"testing"

	"filippo.io/age"
)

// TestSecretsOnTheCommandLine: a secret in the place of a file name is in no error.
func TestSecretsOnTheCommandLine(t *testing.T) {
	dir := t.TempDir()
	at := func(name string) string { return filepath.Join(dir, name) }
	for _, args := range [][]string{{"key", "new", at("k")}, {"key", "signer", at("s")}, {"key", "split", at("k"), "--shares", "2", "--threshold", "2", "--out", at("shares")}} {
		if status, _, errs := sluis(t, args...); status != 0 {
			t.Fatalf("%v: %s", args, errs)
		}
	}
	key, signer, share := strings.TrimSpace(readFile(t, at("k"))), readFile(t, at("s")), strings.TrimSpace(readFile(t, at("shares/share-1-of-2")))
	identity := must(age.GenerateX25519Identity()).String()
	for name, tc := range map[string]struct {
		secret string
		args   []string
	}{
		"key":           {key, []string{"key", "id", key}},
		"as a verb":     {key, []string{key}},
		"as a key id":   {key, []string{"pseudonymise", at("k"), at("o.csv"), "--domain", "p/v", "--column", "x", "--key-file", at("k"), "--key-id", key}},
		"as a column":   {key, []string{"pseudonymise", at("k"), at("o.csv"), "--domain", "p/v", "--column", key, "--key-file", key}},
		"as a record":   {key, []string{"key", "verify", key, "--public", strings.Repeat("0f", 32)}},
		"share":         {share, []string{"key", "join", share, share, "--out", at("j")}},
		"in capitals":   {strings.ToUpper(share), []string{"key", "join", strings.ToUpper(share), share, "--out", at("j")}},
		"identity":      {identity, []string{"key", "id", at("k"), "--identity", identity}},
		"identity file": {identity, []string{"linkage", "lookup", at("l"), "aa", "--identity", identity, "--log", at("g"), "--who", "j", "--why", "x", "--sign-with", at("s")}},
		"signer":        {signer, []string{"key", "public", "./" + signer}},
		"as a flag":     {signer, []string{"key", "public", signer}},
		"half a signer": {signer[:60], []string{"key", "public", "./" + signer[:60]}},
	} {
		t.Run(name, func(t *testing.T) {
			status, out, errs := sluis(t, tc.args...)
			if status == 0 || !strings.Contains(errs, "(a secret)") || !strings.Contains(errs, "name of the file") {
				t.Errorf("status %d: %q", status, errs)
			}
			inside := strings.TrimSpace(tc.secret)
			if at := strings.Index(inside, "\n"); at > 0 {
				inside = inside[at+1:]
			}
			if inside = inside[14:30]; strings.Contains(out+errs, inside) {
				t.Error("the secret is told")
			}
		})
	}
	if _, _, errs := sluis(t, "key", "id", at("SLUIS-KEY-1-old.key")); !strings.Contains(errs, "SLUIS-KEY-1-old.key") {
		t.Errorf("the name of a file is not told: %s", errs)
	}
}
