package main

import (
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"testing"

	"filippo.io/age"
	"github.com/rogpeppe/go-internal/testscript"
)

// TestScripts runs the files of testdata/script. Each is a session that a reader can follow:
// commands above, files below. Beside the commands of package testscript there are
//
//	sluis ARG...             must end with exit status 0: done, and safe
//	fails sluis ARG...       1, bad input or failure
//	usage sluis ARG...       2, wrong usage
//	unsafe sluis ARG...      3
//	review sluis ARG...      4
//	rows FILE HEADER N ROW   writes a CSV file: N times ROW, and so on; @ is the number, from 1
//	capture NAME REGEXP      sets NAME to the group of REGEXP in the standard output
//	edit FILE OLD NEW        replaces the first OLD in FILE, which must be there
//
// There is an identity of age, id.age, with the public key $RECIPIENT.
//
// After every sluis, no key, no share and no identity is in what was printed.
func TestScripts(t *testing.T) {
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	secrets := regexp.MustCompile(`SLUIS-(KEY|SHARE)-|AGE-SECRET-KEY-|PRIVATE KEY`)
	sluis := func(status int) func(*testscript.TestScript, bool, []string) {
		return func(ts *testscript.TestScript, neg bool, args []string) {
			if args[0] == "sluis" {
				args = args[1:]
			}
			if neg {
				ts.Fatalf("a command ends with a status: fails, usage, unsafe or review")
			}
			ts.Setenv(asCommand, strings.Join(args, "\n"))
			err := ts.Exec(self)
			ts.Setenv(asCommand, "")
			got := 0
			var exit *exec.ExitError
			if errors.As(err, &exit) {
				got = exit.ExitCode()
			} else if err != nil {
				ts.Fatalf("%v", err)
			}
			if printed := ts.ReadFile("stdout") + ts.ReadFile("stderr"); secrets.MatchString(printed) {
				ts.Fatalf("a secret is printed")
			}
			if got != status {
				ts.Fatalf("exit status %d, want %d", got, status)
			}
		}
	}
	testscript.Run(t, testscript.Params{
		Dir: "testdata/script",
		Setup: func(env *testscript.Env) error { // a holder with an identity of age
			id, err := age.GenerateX25519Identity()
			if err != nil {
				return err
			}
			env.Setenv("RECIPIENT", id.Recipient().String())
			return os.WriteFile(filepath.Join(env.WorkDir, "id.age"), []byte(id.String()+"\n"), 0o600)
		},
		Cmds: map[string]func(*testscript.TestScript, bool, []string){
			"sluis": sluis(0), "fails": sluis(exitFailure), "usage": sluis(exitUsage), "unsafe": sluis(exitUnsafe), "review": sluis(exitReview),
			"rows": scriptRows, "capture": scriptCapture, "edit": scriptEdit,
		},
	})
}

// scriptRows writes a CSV file.
func scriptRows(ts *testscript.TestScript, _ bool, args []string) {
	if len(args) < 4 || len(args)%2 != 0 {
		ts.Fatalf("usage: rows FILE HEADER N ROW [N ROW]...")
	}
	var b strings.Builder
	b.WriteString(args[1] + "\n")
	for i := 2; i < len(args); i += 2 {
		n, err := strconv.Atoi(args[i])
		ts.Check(err)
		for k := range n { // @ is the number of the row
			b.WriteString(strings.ReplaceAll(args[i+1], "@", strconv.Itoa(k+1)) + "\n")
		}
	}
	ts.Check(os.WriteFile(ts.MkAbs(args[0]), []byte(b.String()), 0o600))
}

// scriptCapture sets a variable to a part of the standard output.
func scriptCapture(ts *testscript.TestScript, _ bool, args []string) {
	if len(args) != 2 {
		ts.Fatalf("usage: capture NAME REGEXP")
	}
	found := regexp.MustCompile(args[1]).FindStringSubmatch(ts.ReadFile("stdout"))
	if len(found) != 2 {
		ts.Fatalf("%q is not in the standard output, or has not one group", args[1])
	}
	ts.Setenv(args[0], found[1])
}

// scriptEdit replaces a part of a file.
func scriptEdit(ts *testscript.TestScript, _ bool, args []string) {
	if len(args) != 3 {
		ts.Fatalf("usage: edit FILE OLD NEW")
	}
	text := ts.ReadFile(args[0])
	if !strings.Contains(text, args[1]) {
		ts.Fatalf("%q is not in %s", args[1], args[0])
	}
	ts.Check(os.WriteFile(ts.MkAbs(args[0]), []byte(strings.Replace(text, args[1], args[2], 1)), 0o600))
}
