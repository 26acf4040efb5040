//go:build unix

package files_test

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/sluis-go/sluis/internal/files"
)

// TestPrivate: every bit of the group and of others is refused, and those of the owner are
// not. The error has the mode.
func TestPrivate(t *testing.T) {
	path := filepath.Join(t.TempDir(), "secret")
	if err := os.WriteFile(path, []byte("x"), 0o600); err != nil {
		t.Fatal(err)
	}
	for mode := range os.FileMode(0o1000) {
		if err := os.Chmod(path, mode); err != nil {
			t.Fatal(err)
		}
		info, err := os.Stat(path)
		if err != nil {
			t.Fatal(err)
		}
		err = files.Private(info)
		if private := mode%0o100 == 0; (err == nil) != private {
			t.Errorf("mode %#o: %v", mode, err)
		}
		if err != nil && !strings.Contains(err.Error(), fmt.Sprintf("mode %#o,", mode)) {
			t.Errorf("mode %#o: %v", mode, err)
		}
	}
}
