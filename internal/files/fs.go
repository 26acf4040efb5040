package files

import (
	"io/fs"
	"os"
	"path/filepath"
)

// FS is the folder of a name, as in [os.DirFS]. Only plain files and folders in it can be
// opened: see [Open].
type FS string

// Open implements fs.FS.
func (d FS) Open(name string) (fs.File, error) {
	local, err := filepath.Localize(name)
	if err != nil {
		return nil, &fs.PathError{Op: "open", Path: name, Err: fs.ErrInvalid}
	}
	path := filepath.Join(string(d), local)
	if info, err := os.Stat(path); err == nil && info.IsDir() {
		return os.Open(path)
	}
	return Open(path)
}
