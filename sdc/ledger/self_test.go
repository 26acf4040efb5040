package ledger_test

import (
	"os"
	"os/exec"
	"testing"
)

// selfCommand runs one test of this binary in a process of its own.
func selfCommand(t *testing.T, test string) *exec.Cmd {
	t.Helper()
	name, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	return exec.CommandContext(t.Context(), name, "-test.run", "^"+test+"$")
}
