package main

import (
	"context"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"filippo.io/age"
)

// actAs has the test binary act as the command.
const actAs = "SLUIS_TEST_ACTS_AS_COMMAND"

func init() {
	if os.Getenv(actAs) != "" {
		os.Exit(run(context.Background(), os.Args[1:], os.Stdout, os.Stderr))
	}
}

// TestCustodianYear runs every command of docs/custodian.md, in order, in one folder.
func TestCustodianYear(t *testing.T) {
	sh, err := exec.LookPath("sh")
	if err != nil {
		t.Skip("there is no sh here")
	}
	doc := string(must(os.ReadFile(filepath.Join("..", "..", "docs", "custodian.md"))))
	blocks := regexp.MustCompile("(?s)```sh\n(.*?)```").FindAllStringSubmatch(doc, -1)
	script := "set -eu\n"
	for _, b := range blocks {
		script += b[1]
	}
	if len(blocks) < 10 || strings.Count(doc, "```") != 2*len(blocks) {
		t.Errorf("%d blocks are run", len(blocks))
	}
	dir := folder(t, "persons.csv", "bsn,plate,name,income\n123456782,XX-99-99,SECRET,31000\n111222333,no plate,SECRET,42000\n123456782,,SECRET,1250\n")
	id := must(age.GenerateX25519Identity())
	bin := t.TempDir()
	for path, text := range map[string]string{
		filepath.Join(dir, "custodian.age"): id.String() + "\n",
		filepath.Join(bin, "sluis"):         "#!/bin/sh\nexec \"$SLUIS_TEST_BINARY\" \"$@\"\n",
	} {
		t.Run(path, func(t *testing.T) {
			if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
				t.Fatal(err)
			}
		})
	}
	if err := os.Chmod(filepath.Join(bin, "sluis"), 0o700); err != nil {
		t.Fatal(err)
	}
	// Every verb stands in the document.
	for _, verb := range []string{"key signer", "key public", "key new", "key split", "key join", "key id", "key set new", "key set rotate", "key set show", "key set destroy", "key destroy", "key verify", "linkage build", "linkage lookup", "linkage log verify", "linkage rekey", "linkage destroy", "--plan", "--scan", "--translate"} {
		if !strings.Contains(script, verb) {
			t.Errorf("no command of the document has %s", verb)
		}
	}
	cmd := exec.Command(sh, "-c", script)
	cmd.Dir = dir
	cmd.Env = append(os.Environ(), actAs+"=1", "SLUIS_TEST_BINARY="+must(filepath.Abs(os.Args[0])), "RECIPIENT="+id.Recipient().String(), "PATH="+bin+":"+os.Getenv("PATH"))
	out, err := cmd.CombinedOutput()
	if err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	said := string(out)
	for _, want := range []string{"5 shares are in shares; any 3 of them give the key back", "bsn: 3 rows, 2 distinct", "plate: 3 rows, 1 distinct, 1 null, 1 invalid", "\t123456782\n", "1 look-ups, head ", "linkage table of zicht/person", "was destroyed on"} {
		if !strings.Contains(said, want) {
			t.Errorf("nothing says %q:\n%s", want, said)
		}
	}
	// The look-up alone prints an identifier, once.
	if strings.Count(said, "123456782") != 1 || strings.Contains(said, "SECRET") || strings.Contains(said, "SLUIS-") {
		t.Errorf("an identifier or a key is printed:\n%s", said)
	}
	// What is left behind holds neither.
	for _, e := range must(os.ReadDir(dir)) {
		if e.Name() == "persons.csv" {
			continue
		}
		if text := string(must(os.ReadFile(filepath.Join(dir, e.Name())))); strings.Contains(text, "123456782") || strings.Contains(text, "SECRET\n") || strings.Contains(text, "SLUIS-") {
			t.Errorf("%s holds an identifier or a key", e.Name())
		}
	}
	if a, b := must(os.ReadFile(filepath.Join(dir, "delivery.csv"))), must(os.ReadFile(filepath.Join(dir, "delivery-2.csv"))); string(a) == string(b) {
		t.Error("nothing is translated")
	}
}
