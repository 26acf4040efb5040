package main

import (
	"encoding/json"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	projectkey "github.com/sluis-go/sluis/internal/secret"
)

// persons are rows of one code for each of so many respondents.
func personRows(lines ...string) string {
	var b strings.Builder
	who := 0
	for _, line := range lines {
		var codes string
		n := 0
		codes, count, _ := strings.Cut(line, " ")
		for _, digit := range count {
			n = 10*n + int(digit-'0')
		}
		for range n {
			who++
			b.WriteString("p" + itoa(who) + "," + codes + "\n")
		}
	}
	return b.String()
}

func itoa(n int) string {
	s := ""
	for ; n > 0; n /= 10 {
		s = string(rune('0'+n%10)) + s
	}
	return s
}

// TestAttackerParts: each part of the attacker that a policy switches off is said by the run,
// the pages, the manifest and verify. verify accepts it with a reason alone.
func TestAttackerParts(t *testing.T) {
	square := personRows("a,p 4", "a,q 30", "a,r 28", "b,p 25", "b,q 31", "b,r 27", "c,p 21", "c,q 26", "c,r 24")
	parts := []string{"unions", "shares", "occurs", "method"}
	for k, part := range parts {
		t.Run(part, func(t *testing.T) {
			dir := t.TempDir()
			at := func(name string) string { return filepath.Join(dir, name) }
			write(t, at("d.csv"), "id,g,s\n"+square)
			write(t, at("s.yaml"), "version: 1\ndata: {source: d.csv, respondent: id, csv: {types: {id: string}}}\noutputs:\n  - {name: t, kind: frequency, by: [g, s]}\n")
			write(t, at("p.yaml"), "version: 1\nname: weak\nextends: cbs\nattacker: {"+part+": off}\n")
			code, text := verb(t, "protect", at("s.yaml"), "--policy", at("p.yaml"), "--out", at("out"), "--html", at("in.html"), "--public", at("out.html"))
			if code != 0 {
				t.Fatalf("exit status %d: %s", code, text)
			}
			var m struct {
				AttackerOff, NotReckoned []string
				Policy                   struct{ Differences []string }
			}
			if err := json.Unmarshal([]byte(readFile(t, at("out/release/manifest.json"))), &m); err != nil {
				t.Fatal(err)
			}
			if !slices.Equal(m.AttackerOff, parts[k:k+1]) || !slices.Contains(m.NotReckoned, "attacker-off") {
				t.Errorf("the manifest: %+v", m)
			}
			named := func(s string) bool { return strings.Contains(s, part) }
			if !slices.ContainsFunc(m.Policy.Differences, named) {
				t.Errorf("the differences of the policy: %q", m.Policy.Differences)
			}
			for name, said := range map[string]string{"the run": text, "the page": readFile(t, at("in.html")), "the public page": readFile(t, at("out.html"))} {
				t.Run(name, func(t *testing.T) {
					if !named(said) {
						t.Errorf("%s does not name %s", name, part)
					}
				})
			}
			for _, dir := range []string{at("out"), at("out/release")} {
				code, text = verb(t, "verify", dir)
				if code != exitUnsafe || !strings.Contains(text, `the attacker is weaker than docs/protection.md requires: "`+part+`" is not reckoned with`) {
					t.Errorf("verify: exit status %d: %s", code, text)
				}
				code, text = verb(t, "verify", dir, "--accept-attacker", "a table of the office alone")
				if code != 0 || !strings.HasPrefix(text, `accepted, an attacker that is weaker than docs/protection.md requires: "a table of the office alone"`) ||
					!strings.Contains(text, `accepted: "`+part+`" is not reckoned with`) || !strings.Contains(text, `"attacker-off"`) {
					t.Errorf("accepted: exit status %d: %s", code, text)
				}
			}
		})
	}
}

// TestAcceptAttacker: what is no reason accepts nothing, and a reason accepts nothing but a
// weaker attacker.
func TestAcceptAttacker(t *testing.T) {
	dir := smallTable(t)
	at := func(name string) string { return filepath.Join(dir, name) }
	if code, text := verb(t, "protect", at("may.yaml"), "--out", at("out"), "--seed", "3"); code != exitReview {
		t.Fatalf("exit status %d: %s", code, text)
	}
	for _, tc := range []struct {
		name, reason string
		code         int
	}{
		{"two letters", "ok", exitUsage},
		{"blanks around two letters", "  ok  ", exitUsage},
		{"blanks", "     ", exitUsage},
		{"three letters", "yes", exitReview},
		{"letters of more than one byte", "één", exitReview},
		{"two of those", "éé", exitUsage},
		{"nothing", "", exitUnsafe},
	} {
		t.Run(tc.name, func(t *testing.T) {
			if code, text := verb(t, "verify", at("out"), "--accept-attacker", tc.reason); code != tc.code {
				t.Errorf("exit status %d, want %d: %s", code, tc.code, text)
			}
		})
	}
	release := at("out/release/may.release.csv")
	text := readFile(t, release)
	write(t, release, strings.Replace(text, "S,q,31", "S,q,30", 1))
	if code, text := verb(t, "verify", at("out"), "--accept-attacker", "a table of the office alone"); code != exitUnsafe {
		t.Errorf("a changed release is accepted: exit status %d: %s", code, text)
	}
}

// secretFile keeps a secret of the tests.
func secretFile(t *testing.T, name string, first byte) {
	t.Helper()
	text := []byte("a secret of tests, 32 bytes long")
	text[0] = first
	s, err := projectkey.Of(text)
	if err == nil {
		err = projectkey.Save(name, s)
	}
	if err != nil {
		t.Fatal(err)
	}
}

// TestVerifyWith holds a release against folders of earlier ones: the same release is
// nothing new, another pattern of the same cells is refused, and what is wrong with, or left
// open by, an earlier release is so for both.
func TestVerifyWith(t *testing.T) {
	dir := smallTable(t)
	at := func(name string) string { return filepath.Join(dir, name) }
	protect := func(spec, out string, args ...string) {
		t.Helper()
		if code, text := verb(t, append([]string{"protect", at(spec), "--out", at(out)}, args...)...); code != 0 && code != exitReview {
			t.Fatalf("exit status %d: %s", code, text)
		}
	}
	secretFile(t, at("0.secret"), 'a')
	protect("may.yaml", "may", "--secret", at("0.secret"))
	protect("june.yaml", "same", "--secret", at("0.secret"))
	text := func(out, name string) string { return readFile(t, at(out+"/release/"+name+".release.csv")) }
	for n := byte(1); ; n++ { // until a pattern differs
		file := "s" + itoa(int(n))
		secretFile(t, at(file), n)
		protect("june.yaml", "june"+itoa(int(n)), "--secret", at(file))
		if text("june"+itoa(int(n)), "june") != text("may", "may") {
			if err := os.Rename(at("june"+itoa(int(n))), at("other")); err != nil {
				t.Fatal(err)
			}
			break
		}
		if n == 40 {
			t.Fatal("40 secrets give one pattern")
		}
	}
	protect("june.yaml", "weak", "--seed", "3")
	// Another table: nothing in common with the first.
	write(t, at("e.csv"), "id,g,s\n"+personRows("a,p 4", "a,q 30", "a,r 28", "b,p 25", "b,q 31", "b,r 27", "c,p 21", "c,q 26", "c,r 24"))
	for _, name := range []string{"apart", "apart2"} {
		write(t, at(name+".yaml"), "version: 1\ndata: {source: e.csv, respondent: id, csv: {types: {id: string}}}\noutputs:\n  - {name: "+name+", kind: frequency, by: [g, s]}\n")
	}
	protect("apart.yaml", "apart", "--secret", at("0.secret"))
	for n := byte(1); ; n++ {
		file := "t" + itoa(int(n))
		secretFile(t, at(file), n)
		protect("apart2.yaml", "b"+itoa(int(n)), "--secret", at(file))
		if text("b"+itoa(int(n)), "apart2") != text("apart", "apart") {
			if err := os.Rename(at("b"+itoa(int(n))), at("apart2")); err != nil {
				t.Fatal(err)
			}
			break
		}
		if n == 40 {
			t.Fatal("40 secrets give one pattern")
		}
	}
	copyOf := func(from, to string) {
		t.Helper()
		if err := os.CopyFS(at(to), os.DirFS(at(from))); err != nil {
			t.Fatal(err)
		}
	}
	copyOf("apart", "changed")
	write(t, at("changed/release/apart.release.csv"), strings.Replace(text("apart", "apart"), "c,q,26", "c,q,27", 1))
	copyOf("apart", "unlisted")
	if err := os.Remove(at("unlisted/release/manifest.json")); err != nil {
		t.Fatal(err)
	}
	// Earlier pages name the variables otherwise.
	for _, tc := range []struct {
		name string
		with []string
		code int
		says string
	}{
		{"no earlier release", nil, 0, "holds"},
		{"the same pattern under another name", []string{"same"}, 0, "earlier release"},
		{"its folder that leaves", []string{"same/release"}, 0, "earlier release"},
		{"another table", []string{"apart"}, 0, "earlier release"},
		{"another pattern", []string{"other"}, exitUnsafe, "release the same cells"},
		{"its folder that leaves", []string{"other/release"}, exitUnsafe, "release the same cells"},
		{"another pattern in the last of three", []string{"same", "apart", "other"}, exitUnsafe, "release the same cells"},
		{"another pattern in the first of three", []string{"other", "apart", "same"}, exitUnsafe, "release the same cells"},
		{"two earlier releases that open each other", []string{"apart", "apart2"}, exitUnsafe, "release the same cells"},
		{"an earlier release that was changed", []string{"changed"}, exitUnsafe, "does not hold"},
		{"one without a manifest", []string{"unlisted"}, exitReview, "is not known"},
		{"one with a weaker attacker", []string{"weak"}, exitUnsafe, `"method" is not reckoned with`},
		{"a folder that is not there", []string{"none"}, 1, "no such file"},
		{"a folder without a certificate", []string{"."}, 1, "no certificate"},
	} {
		t.Run(tc.name, func(t *testing.T) {
			args := []string{"verify", at("may")}
			for _, w := range tc.with {
				args = append(args, "--with", at(w))
			}
			if code, text := verb(t, args...); code != tc.code || !strings.Contains(text, tc.says) {
				t.Errorf("exit status %d, want %d: %s", code, tc.code, text)
			}
		})
	}
	t.Run("what an earlier release left to a reviewer", func(t *testing.T) {
		code, text := verb(t, "verify", at("apart"), "--with", at("weak"), "--accept-attacker", "a test of the office")
		if code != exitReview || !strings.Contains(text, `review: "repeatable-pattern"`) {
			t.Errorf("exit status %d: %s", code, text)
		}
	})
}
