package staging

import (
	"errors"
	"io"
	"os"
	"path/filepath"
)

// WriteNew writes a file of mode 0600: whole, or not at all. write gives its content. A file
// that is there is an error that wraps fs.ErrExist, and is not touched. A process that is
// killed leaves a folder for itself alone, which the next one to write there removes.
func WriteNew(path string, write func(io.Writer) error) error {
	return WritePrivate(path, write, func(from string) error {
		// A link fails where the name is taken, which a rename would overwrite.
		if err := os.Link(from, path); err != nil {
			return err
		}
		return SyncDir(filepath.Dir(path))
	})
}

// WritePrivate writes a file of mode 0600 in a folder beside path, and has place move it.
func WritePrivate(path string, write func(io.Writer) error, place func(from string) error) (err error) {
	stage, err := New(filepath.Dir(path))
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, stage.Drop()) }()
	from := stage.Path("secret")
	f, err := os.OpenFile(from, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
	if err != nil {
		return err
	}
	err = write(f)
	if err == nil {
		err = f.Sync()
	}
	if err = errors.Join(err, f.Close()); err != nil {
		return err
	}
	return place(from)
}
