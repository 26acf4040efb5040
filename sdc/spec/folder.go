package spec

import (
	"bytes"
	"crypto/sha256"
	"fmt"
	"io"
	"path/filepath"

	"github.com/sluis-go/sluis/internal/files"
	"github.com/sluis-go/sluis/sdc/origin"
	"github.com/sluis-go/sluis/sdc/source"
)

// folder is the folder that the names in a file are relative to. It remembers the files
// that were read from it.
type folder struct {
	dir   string
	read  []origin.Source
	paths []string
}

func (f *folder) path(name string) string {
	if filepath.IsAbs(name) {
		return name
	}
	return filepath.Join(f.dir, name)
}

// data is path for the name of a data file: - stands for standard input, in any folder.
func (f *folder) data(name string) string {
	if name == source.StreamName {
		return name
	}
	return f.path(name)
}

// open reads a whole file: the hashed bytes are the bytes that are used.
func (f *folder) open(name string) (io.Reader, error) {
	text, err := files.Read(f.path(name))
	if err != nil {
		return nil, err
	}
	f.read, f.paths = append(f.read, hashed(name, text)), append(f.paths, f.path(name))
	return bytes.NewReader(text), nil
}

func hashed(path string, text []byte) origin.Source {
	return origin.Source{Name: filepath.Base(path), SHA256: fmt.Sprintf("%x", sha256.Sum256(text))}
}
