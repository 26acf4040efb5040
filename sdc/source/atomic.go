package source

import (
	"bufio"
	"errors"
	"io"
	"os"
	"path/filepath"
)

// fileMode is that of every file that is written: they hold confidential data
// unless somebody decides otherwise.
const fileMode = 0o600

// errNotRegular says that a name belongs to something that is no plain file.
var errNotRegular = errors.New("is there already, and is no plain file")

// atomicFile is a file that is written beside its name and renamed at the end:
// complete or absent.
type atomicFile struct {
	*os.File
	path string
}

func createAtomic(path string) (*atomicFile, error) {
	if info, err := os.Stat(path); err == nil && !info.Mode().IsRegular() {
		// A device, a pipe or a folder would be replaced by a file, where that is allowed.
		return nil, &FileError{File: path, Err: errNotRegular}
	}
	f, err := os.CreateTemp(filepath.Dir(path), "."+filepath.Base(path)+".*.part")
	if err != nil {
		return nil, &FileError{File: path, Err: plain(err)}
	}
	if err := f.Chmod(fileMode); err != nil {
		return nil, &FileError{File: path, Err: errors.Join(plain(err), f.Close(), os.Remove(f.Name()))}
	}
	return &atomicFile{File: f, path: path}, nil
}

// commit makes the file appear under its name.
func (a *atomicFile) commit() error {
	err := a.Sync()
	if err2 := a.Close(); err == nil {
		err = err2
	}
	if err == nil {
		err = os.Rename(a.Name(), a.path)
	}
	if err != nil {
		os.Remove(a.Name())
		return &FileError{File: a.path, Err: plain(err)}
	}
	return nil
}

// abort leaves nothing behind.
func (a *atomicFile) abort() error {
	return errors.Join(a.Close(), os.Remove(a.Name()))
}

// WriteFile writes a file through fn, mode 0600: complete or absent.
func WriteFile(path string, fn func(io.Writer) error) error {
	a, err := createAtomic(path)
	if err != nil {
		return err
	}
	b := bufio.NewWriterSize(a, 1<<16)
	if err = fn(b); err == nil {
		err = b.Flush()
	}
	if err != nil {
		a.abort() //nolint:errcheck // the first error is the one to tell
		return &FileError{File: path, Err: plain(err)}
	}
	return a.commit()
}
