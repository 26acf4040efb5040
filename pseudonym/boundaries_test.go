package pseudonym_test

import (
	"bytes"
	"crypto/ed25519"
	"encoding/json"
	"errors"
	"fmt"
	"math/big"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"testing"
	"time"

	"github.com/sluis-go/sluis/pseudonym"
)

// TestWhoReadsTheKey: a key file that anybody but its owner may read or write is refused.
func TestWhoReadsTheKey(t *testing.T) {
	if runtime.GOOS == "windows" {
		t.Skip("no modes")
	}
	path := filepath.Join(t.TempDir(), "key")
	if err := pseudonym.SaveKey(path, testKey(t)); err != nil {
		t.Fatal(err)
	}
	for _, mode := range []os.FileMode{0o600, 0o400, 0o700, 0o640, 0o604, 0o620, 0o602, 0o610, 0o601, 0o644} {
		if err := os.Chmod(path, mode); err != nil {
			t.Fatal(err)
		}
		if _, err := pseudonym.LoadKey(path); (err == nil) != (mode&0o077 == 0) || err != nil && !errors.Is(err, pseudonym.ErrKeyFile) {
			t.Errorf("%#o: %v", mode, err)
		}
	}
}

// TestCheckDigitsOfIBAN: check digits are 02 to 98, although 00, 01 and 99 leave the same rest
// as 97, 98 and 02; and a number of NL has the shape of one.
func TestCheckDigitsOfIBAN(t *testing.T) {
	// check is what makes the account number of a country valid.
	check := func(country, account string) int64 {
		digits := ""
		for _, c := range account + country + "00" {
			if c >= 'A' {
				digits += fmt.Sprint(int(c-'A') + 10)
			} else {
				digits += string(c)
			}
		}
		n, _ := new(big.Int).SetString(digits, 10)
		return 98 - n.Mod(n, big.NewInt(97)).Int64()
	}
	seen := map[int64]bool{}
	for i := range 2000 {
		account := fmt.Sprintf("%018d", 7919*i)
		n := check("DE", account)
		seen[n] = true
		for other := range int64(100) {
			want := other == n
			if got := pseudonym.IBAN.Valid(fmt.Appendf(nil, "DE%02d%s", other, account)); got != want && (other-n)%97 == 0 {
				t.Fatalf("check digits %d of an account that has %d: %v", other, n, got)
			}
		}
	}
	if !seen[2] || !seen[97] || !seen[98] {
		t.Errorf("check digits are %v", seen)
	}
	for account, want := range map[string]bool{"ABNA0417164300": true, "ABNA041716430": false, "AB1A0417164300": false, "041716430000000": false} {
		t.Run(account, func(t *testing.T) {
			if got := pseudonym.IBAN.Valid(fmt.Appendf(nil, "NL%02d%s", check("NL", account), account)); got != want {
				t.Errorf("%s of NL: %v", account, got)
			}
		})
	}
}

// TestDestroyOneOfSeveral: a file with a further key is not removed with the key.
func TestDestroyOneOfSeveral(t *testing.T) {
	_, signer, err := ed25519.GenerateKey(nil)
	if err != nil {
		t.Fatal(err)
	}
	first, second := must(pseudonym.NewKey()), must(pseudonym.NewKey())
	var set pseudonym.KeySet
	if err := errors.Join(set.Rotate(first), set.Rotate(second)); err != nil {
		t.Fatal(err)
	}
	path := filepath.Join(t.TempDir(), "keys")
	if err := pseudonym.SaveKeySet(path, &set); err != nil {
		t.Fatal(err)
	}
	for _, k := range []pseudonym.Key{first, second} {
		if _, err := pseudonym.Destroy(k, path, signer, time.Unix(0, 0), "test"); !errors.Is(err, pseudonym.ErrKeyFile) {
			t.Errorf("%v", err)
		}
	}
	if again := must(pseudonym.LoadKeySet(path)); len(again.IDs()) != 2 {
		t.Errorf("%d keys are left", len(again.IDs()))
	}
}

// TestLinesOfALog: a signed line with another number, or that is written otherwise than its
// signer wrote it, is damage.
func TestLinesOfALog(t *testing.T) {
	path, pub, signer, _, _ := logged(t, 1)
	good := must(os.ReadFile(path))
	renumbered := func(number int64) string {
		var line pseudonym.LookupLine
		if err := json.Unmarshal(good, &line); err != nil {
			t.Fatal(err)
		}
		line.Number, line.Signature = number, nil
		payload := append([]byte("sluis.lookup/1\n"), must(json.Marshal(line))...)
		line.Signature = ed25519.Sign(signer, payload)
		return string(must(json.Marshal(line))) + "\n"
	}
	for name, text := range map[string]string{
		"good": string(good), "signed anew": renumbered(1), "number 2": renumbered(2), "number 0": renumbered(0),
		"a blank":         strings.Replace(string(good), ",", ", ", 1),
		"two of one name": strings.Replace(string(good), `"who"`, `"who":"B. Boss","who"`, 1),
		"other capitals":  strings.Replace(string(good), `"who"`, `"WHO"`, 1),
	} {
		t.Run(name, func(t *testing.T) {
			_, err := pseudonym.VerifyLog(bytes.NewReader([]byte(text)), "", pub)
			if ok := name == "good" || name == "signed anew"; ok != (err == nil) || err != nil && !errors.Is(err, pseudonym.ErrLog) {
				t.Errorf("%s: %v", name, err)
			}
		})
	}
}

// TestRecordOfAFile: a record names the SHA-256 of its output, in small letters.
func TestRecordOfAFile(t *testing.T) {
	sum := strings.Repeat("ab", 32)
	record := maker(t, nil).Record([]string{"id"}, map[string]*pseudonym.Counter{"id": {}}, "test")
	for digest, ok := range map[string]bool{sum: true, "": false, strings.ToUpper(sum): false, sum[2:]: false, sum + "ab": false, strings.Repeat("xy", 32): false} {
		t.Run(digest, func(t *testing.T) {
			record.Output = pseudonym.RecordedFile{Name: "out.csv", SHA256: digest}
			if _, err := pseudonym.ReadRecord(must(json.Marshal(record)), nil); ok != (err == nil) || err != nil && !errors.Is(err, pseudonym.ErrRecord) {
				t.Errorf("digest %q: %v", digest, err)
			}
		})
	}
}

// TestRoomForMany: without a length, pseudonyms have room for the values that are expected.
func TestRoomForMany(t *testing.T) {
	for _, n := range []int64{0, 1000, 1 << 40, 1 << 48, 1 << 49, 1 << 62} {
		p := maker(t, func(c *pseudonym.Config) { c.Expected = n })
		if want := max(16, pseudonym.MinBytes(n)); p.Bytes() != want {
			t.Errorf("%d values: %d bytes, want %d", n, p.Bytes(), want)
		}
	}
}

// TestPlanHolds: a plan is for its own key, and leaves no direct identifier.
func TestPlanHolds(t *testing.T) {
	k, other := must(pseudonym.NewKey()), must(pseudonym.NewKey())
	const columns = "version: 1\ncolumns:\n  - {column: id, domain: p/person}\n"
	plan := must(pseudonym.ParsePlan([]byte("key: \"" + must(k.ID()) + "\"\n" + columns)))
	if made, err := plan.Makers(k); err != nil || len(made) != 1 {
		t.Errorf("its key: %v", err)
	}
	if _, err := plan.Makers(other); !errors.Is(err, pseudonym.ErrKey) {
		t.Errorf("another key: %v", err)
	}
	for text, ok := range map[string]bool{
		"direct: [id]": true, "direct: [id, name]\ndrop: [name]": true, "direct: [name]": false, "direct: [id, name]": false, "direct: [name]\ndrop: [age]": false, "drop: [id]": false,
	} {
		t.Run(text, func(t *testing.T) {
			if _, err := pseudonym.ParsePlan([]byte(columns + text + "\n")); ok != (err == nil) || err != nil && !errors.Is(err, pseudonym.ErrPlan) {
				t.Errorf("%s: %v", text, err)
			}
		})
	}
}
