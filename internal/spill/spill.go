// Package spill keeps data that do not fit in memory in a temporary file. No other user
// can read the file, and the file does not outlive the process.
package spill

import (
	"errors"
	"os"
	"path/filepath"
	"sync/atomic"
)

// File is a temporary file that is appended to and read back. A File is safe for
// concurrent use.
//
// The mode of the file is 0600, in a folder of mode 0700. On Unix both are removed from
// the file system as soon as the file is open: a process that is killed leaves no file.
// On other systems Close removes them.
type File struct {
	f    *os.File
	dir  string // still to be removed; "" for none
	size atomic.Int64
}

// Create makes a file below the folder, which defaults to os.TempDir.
func Create(folder string) (*File, error) {
	dir, err := os.MkdirTemp(folder, "sluis-spill-")
	if err != nil {
		return nil, plain(err)
	}
	f, err := os.OpenFile(filepath.Join(dir, "rows"), os.O_RDWR|os.O_CREATE|os.O_EXCL, 0o600)
	if err != nil {
		return nil, errors.Join(plain(err), os.RemoveAll(dir))
	}
	s := &File{f: f, dir: dir}
	if os.RemoveAll(dir) == nil {
		s.dir = ""
	}
	return s, nil
}

// Append writes b to the end and returns where it begins.
func (s *File) Append(b []byte) (at int64, err error) {
	at = s.size.Add(int64(len(b))) - int64(len(b))
	_, err = s.f.WriteAt(b, at)
	return at, plain(err)
}

// ReadAt fills b from a position.
func (s *File) ReadAt(b []byte, at int64) (int, error) {
	n, err := s.f.ReadAt(b, at)
	return n, plain(err)
}

// Size returns the number of bytes written.
func (s *File) Size() int64 { return s.size.Load() }

// Close frees the file.
func (s *File) Close() error {
	err := plain(s.f.Close())
	if s.dir != "" {
		err = errors.Join(err, os.RemoveAll(s.dir))
	}
	return err
}

// plain removes the path from an error.
func plain(err error) error {
	var p *os.PathError
	if errors.As(err, &p) {
		return p.Err
	}
	return err
}
