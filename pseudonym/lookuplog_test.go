package pseudonym_test

import (
	"bytes"
	"crypto/ed25519"
	"crypto/sha256"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/sluis-go/sluis/pseudonym"
)

// logged makes a log of n look-ups, and returns its text, the keys and the table.
func logged(t *testing.T, n int) (path string, pub ed25519.PublicKey, signer ed25519.PrivateKey, l *pseudonym.Linkage, p *pseudonym.Pseudonymizer) {
	t.Helper()
	pub, signer, err := ed25519.GenerateKey(nil)
	if err != nil {
		t.Fatal(err)
	}
	p = maker(t, nil)
	l = must(pseudonym.NewLinkage(p, slices.Values([]string{"Jansen", "Bakker"})))
	path = filepath.Join(t.TempDir(), "log")
	for i := range n {
		asked := pseudonym.Asked{Who: "A. Analyst", Why: fmt.Sprintf("letter %d <of & to>", i)}
		got, err := l.LoggedLookup(path, []string{must(p.Text("Jansen"))}, asked, signer, time.Unix(int64(i), 5))
		if err != nil || got[0] != "Jansen" {
			t.Fatal(got, err)
		}
	}
	return path, pub, signer, l, p
}

func TestLookupLog(t *testing.T) {
	path, pub, _, _, p := logged(t, 5)
	text := must(os.ReadFile(path))
	state, err := pseudonym.VerifyLog(bytes.NewReader(text), "", pub)
	if err != nil || state.Lines != 5 {
		t.Fatal(state, err)
	}
	if strings.Contains(string(text), "Jansen") || !strings.Contains(string(text), must(p.Text("Jansen"))) {
		t.Errorf("%s", text)
	}
	if info := must(os.Stat(path)); info.Mode().Perm() != 0o600 {
		t.Errorf("mode %v", info.Mode())
	}
	lines := bytes.SplitAfter(bytes.TrimSuffix(text, []byte("\n")), []byte("\n"))
	lines[4] = append(lines[4], '\n')
	// The digest of a line is what sha256sum says of it without its line end.
	third := fmt.Sprintf("%x", sha256.Sum256(bytes.TrimSuffix(lines[2], []byte("\n"))))
	if s, err := pseudonym.VerifyLog(bytes.NewReader(text), third, pub); err != nil || s.Known != 3 {
		t.Errorf("a head of before: %+v %v", s, err)
	}
	other, _, _ := ed25519.GenerateKey(nil)
	join := func(order ...int) []byte {
		var out []byte
		for _, i := range order {
			out = append(out, lines[i]...)
		}
		return out
	}
	for _, tc := range []struct {
		name string
		text []byte
		head string
		keys []ed25519.PublicKey
		ok   bool
	}{
		{"as it is", text, state.Head, []ed25519.PublicKey{pub}, true},
		{"two keys", text, "", []ed25519.PublicKey{other, pub}, true},
		{"empty", nil, "", []ed25519.PublicKey{pub}, true},
		{"another key", text, "", []ed25519.PublicKey{other}, false},
		{"no key", text, "", nil, false},
		{"first line dropped", join(1, 2, 3, 4), "", []ed25519.PublicKey{pub}, false},
		{"a line dropped", join(0, 1, 3, 4), "", []ed25519.PublicKey{pub}, false},
		{"two lines exchanged", join(0, 2, 1, 3, 4), "", []ed25519.PublicKey{pub}, false},
		{"a line twice", join(0, 1, 1, 2, 3, 4), "", []ed25519.PublicKey{pub}, false},
		{"tail cut, nothing kept", join(0, 1, 2, 3), "", []ed25519.PublicKey{pub}, true},
		{"tail cut, head kept", join(0, 1, 2, 3), state.Head, []ed25519.PublicKey{pub}, false},
		{"all cut, head kept", nil, state.Head, []ed25519.PublicKey{pub}, false},
		{"line end cut", text[:len(text)-1], "", []ed25519.PublicKey{pub}, false},
		{"half a line", text[:len(text)-40], "", []ed25519.PublicKey{pub}, false},
		{"an empty line", append(slices.Clone(text), '\n'), "", []ed25519.PublicKey{pub}, false},
		{"a line end of Windows", bytes.ReplaceAll(text, []byte("\n"), []byte("\r\n")), "", []ed25519.PublicKey{pub}, false},
		{"a blank", bytes.Replace(text, []byte(`"number":2`), []byte(`"number": 2`), 1), "", []ed25519.PublicKey{pub}, false},
		{"a member twice", bytes.Replace(text, []byte(`"who"`), []byte(`"who":"x","who"`), 1), "", []ed25519.PublicKey{pub}, false},
	} {
		t.Run(tc.name, func(t *testing.T) {
			_, err := pseudonym.VerifyLog(bytes.NewReader(tc.text), tc.head, tc.keys...)
			if (err == nil) != tc.ok || err != nil && !errors.Is(err, pseudonym.ErrLog) {
				t.Errorf("%v", err)
			}
		})
	}
	step := 1
	if testing.Short() {
		step = 7
	}
	for i := 0; i < len(text); i += step {
		bad := slices.Clone(text)
		bad[i] ^= 1
		if _, err := pseudonym.VerifyLog(bytes.NewReader(bad), "", pub); err == nil {
			t.Errorf("byte %d changed is not found", i)
		}
	}
}

// TestLookupNeedsItsLine: no identifier comes back where the line cannot be written or
// should not be.
func TestLookupNeedsItsLine(t *testing.T) {
	path, pub, signer, l, p := logged(t, 1)
	jansen := must(p.Text("Jansen"))
	text := must(os.ReadFile(path))
	good := pseudonym.Asked{Who: "A. Analyst", Why: "a letter"}
	for _, tc := range []struct {
		name  string
		log   string
		ask   []string
		asked pseudonym.Asked
		key   ed25519.PrivateKey
	}{
		{"nobody asks", path, []string{jansen}, pseudonym.Asked{Why: "a letter"}, signer},
		{"blank", path, []string{jansen}, pseudonym.Asked{Who: " ", Why: "a letter"}, signer},
		{"no reason", path, []string{jansen}, pseudonym.Asked{Who: "A"}, signer},
		{"two lines", path, []string{jansen}, pseudonym.Asked{Who: "A\nB", Why: "x"}, signer},
		{"direction mark", path, []string{jansen}, pseudonym.Asked{Who: "A\u202eB", Why: "x"}, signer},
		{"not UTF-8", path, []string{jansen}, pseudonym.Asked{Who: "A\xff", Why: "x"}, signer},
		{"long", path, []string{jansen}, pseudonym.Asked{Who: "A", Why: strings.Repeat("x", 1001)}, signer},
		{"an identifier in the reason", path, []string{jansen}, pseudonym.Asked{Who: "A", Why: "about (123456782)"}, signer},
		{"the witness asks", path, []string{jansen}, pseudonym.Asked{Who: "A. Analyst", Witness: "a. analyst ", Why: "x"}, signer},
		{"no signer", path, []string{jansen}, good, nil},
		{"nothing asked", path, nil, good, signer},
		{"an identifier for a pseudonym", path, []string{"Jansen"}, good, signer},
		{"a number for a pseudonym", path, []string{jansen, "123456782"}, good, signer},
		{"no folder", filepath.Join(path, "x"), []string{jansen}, good, signer},
		{"a folder", filepath.Dir(path), []string{jansen}, good, signer},
	} {
		t.Run(tc.name, func(t *testing.T) {
			got, err := l.LoggedLookup(tc.log, tc.ask, tc.asked, tc.key, time.Now())
			if err == nil || got != nil {
				t.Errorf("%v %v", got, err)
			}
			if s := fmt.Sprint(err); strings.Contains(s, "Jansen") || strings.Contains(s, "123456782") {
				t.Errorf("the error says it: %s", s)
			}
			if !bytes.Equal(must(os.ReadFile(path)), text) {
				t.Error("the log is changed")
			}
		})
	}
	l.AskFourEyes()
	if _, err := l.LoggedLookup(path, []string{jansen}, good, signer, time.Now()); !errors.Is(err, pseudonym.ErrLog) {
		t.Errorf("one of two: %v", err)
	}
	good.Witness = "B. Witness"
	if got, err := l.LoggedLookup(path, []string{jansen}, good, signer, time.Now()); err != nil || got[0] != "Jansen" {
		t.Errorf("two: %v", err)
	}
	// A look-up that finds nothing has its line.
	if _, err := l.LoggedLookup(path, []string{jansen, must(p.Text("nobody"))}, good, signer, time.Now()); !errors.Is(err, pseudonym.ErrUnknown) || !strings.Contains(err.Error(), "pseudonym 2") {
		t.Errorf("unknown: %v", err)
	}
	if s, err := pseudonym.VerifyLog(must(os.Open(path)), "", pub); err != nil || s.Lines != 3 {
		t.Errorf("%+v %v", s, err)
	}
	// A log that is damaged takes no line.
	text = must(os.ReadFile(path))
	for name, bad := range map[string][]byte{"cut": text[:len(text)-5], "changed": bytes.Replace(text, []byte("letter"), []byte("Letter"), 1)} {
		t.Run(name, func(t *testing.T) {
			if err := os.WriteFile(path, bad, 0o600); err != nil {
				t.Fatal(err)
			}
			if _, err := l.LoggedLookup(path, []string{jansen}, good, signer, time.Now()); !errors.Is(err, pseudonym.ErrLog) {
				t.Errorf("%s: %v", name, err)
			}
		})
	}
	l.Destroy()
	if _, err := l.LoggedLookup(path, []string{jansen}, good, signer, time.Now()); !errors.Is(err, pseudonym.ErrLinkageDestroyed) {
		t.Errorf("destroyed: %v", err)
	}
}

// TestLookupsTogether: look-ups at the same time leave one chain.
func TestLookupsTogether(t *testing.T) {
	path, pub, signer, l, p := logged(t, 0)
	jansen := must(p.Text("Jansen"))
	var wg sync.WaitGroup
	for i := range 8 {
		wg.Go(func() {
			for j := range 5 {
				asked := pseudonym.Asked{Who: fmt.Sprint("person ", i), Why: fmt.Sprint("reason ", j)}
				if _, err := l.LoggedLookup(path, []string{jansen}, asked, signer, time.Now()); err != nil {
					t.Error(err)
				}
			}
		})
	}
	wg.Wait()
	if s, err := pseudonym.VerifyLog(must(os.Open(path)), "", pub); err != nil || s.Lines != 40 {
		t.Errorf("%+v %v", s, err)
	}
}
