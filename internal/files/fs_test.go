package files_test

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"testing"
	"testing/fstest"

	"github.com/sluis-go/sluis/internal/files"
)

// TestFS is a file system by the book.
func TestFS(t *testing.T) {
	dir := t.TempDir()
	if err := errors.Join(os.Mkdir(filepath.Join(dir, "sub"), 0o700), os.WriteFile(filepath.Join(dir, "sub", "a"), []byte("x"), 0o600)); err != nil {
		t.Fatal(err)
	}
	if err := fstest.TestFS(files.FS(dir), "sub/a"); err != nil {
		t.Error(err)
	}
	if _, err := files.FS(dir).Open("../x"); !errors.Is(err, fs.ErrInvalid) {
		t.Error(err)
	}
}
