package spec

import (
	"bufio"
	"encoding/hex"
	"errors"
	"io"
	"path/filepath"
	"strings"
)

// sumsFile is data.sha256: the hashes that the data files must have, by name, or
// the path of a file of them as sha256sum writes it.
type sumsFile struct {
	file string
	of   map[string]string
}

// UnmarshalYAML reads a path or a map.
func (s *sumsFile) UnmarshalYAML(unmarshal func(any) error) error {
	if unmarshal(&s.file) == nil {
		return nil
	}
	s.file = ""
	if err := unmarshal(&s.of); err != nil {
		return errors.New("sha256 is a path, or hashes by the name of a file")
	}
	return nil
}

// build returns the hashes by resolved path; nil where none are given. Names are relative
// to the folder of the spec; in a file of hashes they are relative to the folder of that
// file.
func (s *sumsFile) build(in *folder) (map[string]string, error) {
	switch {
	case s.file != "":
		f, err := in.open(s.file)
		if err != nil {
			return nil, err
		}
		return readSums(f, &folder{dir: filepath.Dir(in.path(s.file))})
	case s.of == nil:
		return nil, nil
	}
	out := map[string]string{}
	for name, sum := range s.of {
		if !isSum(sum) {
			return nil, wrong("data.sha256 of %q is no SHA-256 in hexadecimal", name)
		}
		out[filepath.Clean(in.data(name))] = sum
	}
	return out, nil
}

func isSum(s string) bool {
	b, err := hex.DecodeString(s)
	return err == nil && len(b) == 32
}

// readSums reads the output of sha256sum: a hash, a blank, a blank or an asterisk, a
// name. A line of another form is an error, and so is a name with two hashes.
func readSums(r io.Reader, in *folder) (map[string]string, error) {
	out := map[string]string{}
	lines := bufio.NewScanner(r)
	for n := 1; lines.Scan(); n++ {
		line := strings.TrimSuffix(lines.Text(), "\r")
		if line == "" {
			continue
		}
		sum, name, ok := strings.Cut(line, " ")
		if !ok || !isSum(sum) || len(name) < 2 || name[0] != ' ' && name[0] != '*' {
			return nil, wrong("data.sha256, line %d: a SHA-256, two blanks and a name are wanted", n)
		}
		path := filepath.Clean(in.data(name[1:]))
		if was, twice := out[path]; twice && !strings.EqualFold(was, sum) {
			return nil, wrong("data.sha256, line %d: the file has another hash above", n)
		}
		out[path] = sum
	}
	if err := lines.Err(); err != nil {
		return nil, wrong("data.sha256: %v", err)
	}
	return out, nil
}
