package files

import (
	"fmt"
	"io/fs"
	"runtime"
)

// Private is an error where others than its owner may read a file, on Unix; with the mode of
// the file and the cure, and without its name. Elsewhere the mode says nothing.
func Private(info fs.FileInfo) error {
	if mode := info.Mode().Perm(); runtime.GOOS != "windows" && mode&0o077 != 0 {
		return fmt.Errorf("others than its owner may read it (mode %#o, want 0600: chmod 600)", mode)
	}
	return nil
}
