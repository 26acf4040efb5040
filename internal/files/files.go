// Package files opens files that others name, for reading: plain files alone.
package files

import (
	"errors"
	"fmt"
	"io"
	"os"
)

// Small is the largest size, in bytes, of a file that is read whole: a spec, a
// policy, a hierarchy, a record.
const Small = 16 << 20

// ErrKind says that a name is not of a plain file.
var ErrKind = errors.New("not a plain file")

// ErrLarge says that a file that is read whole is larger than Small.
var ErrLarge = fmt.Errorf("file is larger than %d MiB", Small>>20)

// Open opens a plain file for reading, links followed. A folder, pipe, socket or
// device is an error that wraps [ErrKind] and says which, in a *[os.PathError]; Open
// never waits for one, be it put there a moment before.
func Open(path string) (*os.File, error) { return OpenFile(path, os.O_RDONLY) }

// OpenFile is Open with a flag of [os.OpenFile]. OpenFile creates no file.
func OpenFile(path string, flag int) (*os.File, error) {
	info, err := os.Stat(path) // the opening alone does something to some devices
	if err == nil {
		err = kind(path, info.Mode())
	}
	if err != nil {
		return nil, err
	}
	f, err := os.OpenFile(path, flag|noWait, 0)
	if err != nil {
		return nil, err
	}
	if info, err = f.Stat(); err == nil {
		err = kind(path, info.Mode())
	}
	if err != nil {
		f.Close() //nolint:errcheck // the first error is the one to tell
		return nil, err
	}
	return f, nil
}

func kind(path string, mode os.FileMode) error {
	what := ""
	switch {
	case mode.IsRegular():
		return nil
	case mode.IsDir():
		what = "a folder; name the files in it"
	case mode&os.ModeNamedPipe != 0:
		what = "a pipe; copy what comes out of it into a file"
	case mode&os.ModeSocket != 0:
		what = "a socket"
	case mode&os.ModeDevice != 0:
		what = "a device"
	default:
		what = "of an unknown kind"
	}
	return &os.PathError{Op: "open", Path: path, Err: fmt.Errorf("%w: it is %s", ErrKind, what)}
}

// Read reads a plain file of at most Small bytes. A larger one is an error that wraps
// [ErrLarge]. Errors are of type *[os.PathError].
func Read(path string) ([]byte, error) {
	f, err := Open(path)
	if err != nil {
		return nil, err
	}
	defer f.Close() //nolint:errcheck // read only
	text, err := io.ReadAll(io.LimitReader(f, Small+1))
	if err == nil && len(text) > Small {
		err = &os.PathError{Op: "read", Path: path, Err: ErrLarge}
	}
	if err != nil {
		return nil, err
	}
	return text, nil
}
