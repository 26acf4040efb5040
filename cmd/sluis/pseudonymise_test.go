package main

import (
	"crypto/ed25519"
	"encoding/hex"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/sluis-go/sluis/pseudonym"
)

func TestPseudonymise(t *testing.T) {
	dir := folder(t, "in.csv", "bsn,name,age\n123456782,SECRET,30\n111222333,SECRET,40\n123456782,SECRET,50\n,SECRET,60\n")
	at := func(name string) string { return filepath.Join(dir, name) }
	if status, out, stderr := sluis(t, "key", "new", at("key")); status != 0 || !strings.HasPrefix(out, "key ") {
		t.Fatalf("%d %s %s", status, out, stderr)
	}
	_, id, _ := sluis(t, "key", "id", at("key"))
	base := []string{"pseudonymise", at("in.csv"), at("out.csv"), "--column", "bsn", "--key-file", at("key"), "--domain", "p/person", "--form", "bsn"}
	status, _, stderr := sluis(t, append(base, "--direct", "name,bsn")...)
	if status != 1 || !strings.Contains(stderr, `"name"`) {
		t.Errorf("a direct identifier is written: %d %s", status, stderr)
	}
	status, out, stderr := sluis(t, append(base, "--direct", "name,bsn", "--drop", "name", "--record", at("report.json"))...)
	if status != 0 || !strings.Contains(out, "bsn: 4 rows, 2 distinct, 1 null, 0 invalid") || !strings.Contains(out, strings.TrimSpace(id)) {
		t.Fatalf("%d %s %s", status, out, stderr)
	}
	text, err := os.ReadFile(at("out.csv"))
	if err != nil {
		t.Fatal(err)
	}
	lines := strings.Split(strings.TrimSpace(string(text)), "\n")
	if len(lines) != 5 || lines[0] != "bsn,age" || strings.Contains(string(text), "SECRET") || strings.Contains(string(text), "123456782") {
		t.Errorf("%s", text)
	}
	a, b := strings.Split(lines[1], ",")[0], strings.Split(lines[3], ",")[0]
	if a != b || len(a) != 32 || lines[4] != ",60" {
		t.Errorf("%s", text)
	}
	report, err := os.ReadFile(at("report.json"))
	if err != nil || strings.Contains(string(report), "1234") || !strings.Contains(string(report), "HMAC-SHA-256") {
		t.Errorf("%s %v", report, err)
	}
	// The same through Parquet.
	if status, _, stderr := sluis(t, "pseudonymise", at("in.csv"), at("out.parquet"), "--column", "bsn", "--key-file", at("key"), "--domain", "p/person", "--form", "bsn", "--encoding", "binary"); status != 0 {
		t.Errorf("parquet: %s", stderr)
	}

	if status, out, stderr := sluis(t, "key", "signer", at("signer.pem")); status != 0 {
		t.Fatal(stderr)
	} else if status, _, stderr := sluis(t, "key", "destroy", at("key"), "--sign-with", at("signer.pem"), "--record", at("record.json")); status != 0 {
		t.Fatal(stderr)
	} else {
		pub, err := hex.DecodeString(strings.TrimSpace(strings.TrimPrefix(out, "public key ")))
		if err != nil {
			t.Fatal(err)
		}
		record, err := os.ReadFile(at("record.json"))
		if err != nil {
			t.Fatal(err)
		}
		if r, err := pseudonym.VerifyDestruction(record, ed25519.PublicKey(pub)); err != nil || "key "+r.KeyID != strings.TrimSpace(id) {
			t.Errorf("record: %v", err)
		}
	}
	if _, err := os.Stat(at("key")); !os.IsNotExist(err) {
		t.Error("the key file is still there")
	}
}

// TestMoreThanExpected: what was expected is compared with what there is.
func TestMoreThanExpected(t *testing.T) {
	var in strings.Builder
	in.WriteString("id\n")
	for i := range 300 {
		fmt.Fprintf(&in, "%d\n", i)
	}
	dir := folder(t, "in.csv", in.String())
	at := func(name string) string { return filepath.Join(dir, name) }
	if status, _, stderr := sluis(t, "key", "new", at("key")); status != 0 {
		t.Fatal(stderr)
	}
	base := []string{"pseudonymise", at("in.csv"), at("out.csv"), "--column", "id", "--type", "id=string", "--key-file", at("key"), "--domain", "p/v", "--bytes", "5", "--expected", "2"}
	status, _, stderr := sluis(t, base...)
	if status != 1 || !strings.Contains(stderr, "300 distinct values need 6") {
		t.Errorf("more than expected: %d %s", status, stderr)
	}
	for _, name := range []string{"out.csv", "out.csv.record.json"} {
		if _, err := os.Stat(at(name)); !os.IsNotExist(err) {
			t.Errorf("%s is written", name)
		}
	}
	if status, _, stderr := sluis(t, append(base, "--bytes", "6")...); status != 0 {
		t.Errorf("enough: %d %s", status, stderr)
	}
}

func TestPseudonymiseBadInput(t *testing.T) {
	dir := folder(t, "in.csv", "bsn,name\n123456782,a\nSECRET,b\n", "open.key", "SLUIS-KEY-1-"+strings.Repeat("0123456789abcdef", 4)+"\n", "short.key", "SLUIS-KEY-1-0102\n", "other.key", "hello")
	at := func(name string) string { return filepath.Join(dir, name) }
	if err := os.Chmod(at("open.key"), 0o644); err != nil {
		t.Fatal(err)
	}
	if status, _, stderr := sluis(t, "key", "new", at("key")); status != 0 {
		t.Fatal(stderr)
	}
	if status, _, _ := sluis(t, "key", "new", at("key")); status != 1 {
		t.Error("a key file is overwritten")
	}
	with := func(key string, more ...string) []string {
		return append([]string{"pseudonymise", at("in.csv"), at("out.csv"), "--column", "bsn", "--type", "bsn=string", "--domain", "p/v", "--key-file", at(key)}, more...)
	}
	for _, tc := range []struct {
		name   string
		args   []string
		status int
		say    string
	}{
		{"world-readable key", with("open.key"), 1, "0644"},
		{"short key", with("short.key"), 1, "32 bytes"},
		{"no key", with("other.key"), 1, "key file"},
		{"missing key", with("none.key"), 1, "none.key"},
		{"invalid number", with("key", "--form", "bsn"), 1, `"bsn", row 2`},
		{"column twice", with("key", "--column", "bsn"), 2, `--column has "bsn" twice`},
		{"missing column", with("key", "--column", "nope"), 1, `"nope"`},
		{"bad domain", with("key", "--domain", "nope"), 2, "project/variable"},
		{"too short", with("key", "--bytes", "8"), 2, "too short"},
		{"bad encoding", with("key", "--encoding", "base64"), 2, "encoding"},
		{"no columns", []string{"pseudonymise", at("in.csv"), at("out.csv")}, 2, "required"},
		{"onto itself", []string{"pseudonymise", at("in.csv"), at("in.csv"), "--column", "bsn", "--domain", "p/v", "--key-file", at("key")}, 2, "is read"},
		{"no folder", []string{"pseudonymise", at("in.csv"), at("none/out.csv"), "--column", "bsn", "--type", "bsn=string", "--domain", "p/v", "--key-file", at("key")}, 1, "none"},
		{"destroy without a signer", []string{"key", "destroy", at("key")}, 2, "sign-with"},
	} {
		status, out, stderr := sluis(t, tc.args...)
		if status != tc.status || !strings.Contains(stderr, tc.say) {
			t.Errorf("%s: status %d, %s", tc.name, status, stderr)
		}
		if strings.Contains(out+stderr, "SECRET") || strings.Contains(out+stderr, "123456782") {
			t.Errorf("%s: the error holds an identifier: %s", tc.name, stderr)
		}
		if _, err := os.Stat(at("out.csv")); !os.IsNotExist(err) {
			t.Errorf("%s: something is written", tc.name)
		}
	}
	for _, e := range must(os.ReadDir(dir)) {
		if strings.HasSuffix(e.Name(), ".part") {
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
	}
	if _, err := os.Stat(at("key")); err != nil {
		t.Error("the key is gone")
	}
}
