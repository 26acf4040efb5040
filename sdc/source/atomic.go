package source

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"github.com/sluis-go/sluis/internal/staging"
)

// fileMode is the mode of every written file. Files are treated as confidential.
const fileMode = 0o600

var (
	// errNotRegular says that a name belongs to something that is no plain file.
	errNotRegular = errors.New("is there already, and is no plain file")
	// errDevice says the same of names that the system gives to open files and devices.
	errDevice = errors.New("is a name of the system for an open file or a device, not a file; sluis writes to standard output where the name is -")
	// errDangling says that a link leads nowhere.
	errDangling = errors.New("is a link to a file that does not exist; make the file, or name it itself")
)

// atomicFile is a file that is written in a staging folder beside its name and renamed
// at the end: complete or absent.
type atomicFile struct {
	*os.File
	path, target string // as named, and without links
	stage        *staging.Folder
}

func createAtomic(path string) (*atomicFile, error) {
	target, err := writable(path)
	if err != nil {
		return nil, &FileError{File: path, Err: plain(err)}
	}
	stage, err := staging.New(filepath.Dir(target))
	if err != nil {
		return nil, &FileError{File: path, Err: plain(err)}
	}
	f, err := os.OpenFile(stage.Path("file"+filepath.Ext(path)), os.O_RDWR|os.O_CREATE|os.O_EXCL, fileMode)
	if err != nil {
		return nil, &FileError{File: path, Err: errors.Join(plain(err), stage.Drop())}
	}
	return &atomicFile{File: f, path: path, target: target, stage: stage}, nil
}

// writable returns the name under which a file is written. It follows links to their
// plain file. It refuses a device, a pipe, a socket or a folder, because writing could
// replace it by a file.
func writable(path string) (string, error) {
	at := path
	for range 40 {
		if err := noDevice(at); err != nil {
			return "", err
		}
		info, err := os.Lstat(at)
		switch {
		case errors.Is(err, fs.ErrNotExist) && at != path:
			return "", errDangling
		case errors.Is(err, fs.ErrNotExist):
			return at, nil
		case err != nil:
			return "", err
		case info.Mode().IsRegular():
			return at, nil
		case info.Mode()&fs.ModeSymlink == 0:
			return "", errNotRegular
		}
		to, err := os.Readlink(at)
		if err != nil {
			return "", err
		}
		if !filepath.IsAbs(to) {
			// By way of the folder itself: its name may have links too.
			dir, err := filepath.EvalSymlinks(filepath.Dir(at))
			if err != nil {
				return "", err
			}
			to = filepath.Join(dir, to)
		}
		at = to
	}
	return "", errNotRegular // a ring of links
}

// noDevice refuses names under /dev and /proc. There /dev/stdout may lead to a plain
// file, and a new file of that name would not be the open file.
func noDevice(path string) error {
	abs, err := filepath.Abs(path)
	if err != nil {
		return err
	}
	if dir, err := filepath.EvalSymlinks(filepath.Dir(abs)); err == nil {
		abs = filepath.Join(dir, filepath.Base(abs))
	}
	if strings.HasPrefix(abs, "/proc/") || strings.HasPrefix(abs, "/dev/") && !strings.HasPrefix(abs, "/dev/shm/") {
		return errDevice
	}
	return nil
}

// commit makes the file appear under its name.
func (a *atomicFile) commit() error {
	err := a.Sync()
	if err2 := a.Close(); err == nil {
		err = err2
	}
	if err == nil {
		var l *os.LinkError
		if err = os.Rename(a.Name(), a.target); errors.As(err, &l) {
			err = l.Err // without the names
		}
	}
	if err != nil {
		a.stage.Drop() //nolint:errcheck // the first error is the one to tell
		return &FileError{File: a.path, Err: plain(err)}
	}
	if err := staging.SyncDir(filepath.Dir(a.target)); err != nil {
		a.stage.Drop() //nolint:errcheck // as above
		return &FileError{File: a.path, Err: fmt.Errorf("it is written, and may be gone after a power failure: %w", plain(err))}
	}
	if err := a.stage.Drop(); err != nil {
		return &FileError{File: a.path, Err: fmt.Errorf("it is written, and its staging folder is left: %w", plain(err))}
	}
	return nil
}

// abort leaves nothing behind.
func (a *atomicFile) abort() error {
	return errors.Join(a.Close(), a.stage.Drop())
}

// WriteFile writes a file through fn, mode 0600: complete or absent. It follows a link to
// its plain file, and refuses an existing path that is no plain file. The file is first
// written in a staging folder beside it. A process that is killed leaves that folder; the
// next process that writes there removes it.
func WriteFile(path string, fn func(io.Writer) error) error {
	if fn == nil {
		return &FileError{File: path, Err: errors.New("the function that writes the file is nil")}
	}
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
