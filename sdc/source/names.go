package source

import (
	"errors"
	"fmt"

	"github.com/sluis-go/sluis/internal/names"
)

// Need returns an error for the first of the names that is not the name of exactly one
// column. The error gives the position of the nearest column and the number of columns. Empty names
// are skipped. It is for names in a spec or a flag.
func (s *Source) Need(names ...string) error {
	for _, name := range names {
		if name == "" {
			continue
		}
		if n := len(s.Schema().FieldIndices(name)); n != 1 {
			have := make([]string, 0, s.Schema().NumFields())
			for _, f := range s.Schema().Fields() {
				have = append(have, f.Name)
			}
			return &FileError{File: s.infos[0].Name, Column: name, Err: noColumn(name, n, have)}
		}
	}
	return nil
}

// ErrNoColumn is wrapped by the error for a column that a file does not have exactly
// once.
var ErrNoColumn = errors.New("the column does not exist exactly once")

// errNoName says that all columns are to be read and one has no name.
var errNoName = fmt.Errorf("%w: a column has no name: give it one, or leave it out of the file", ErrNoColumn)

// noColumnError is an [ErrNoColumn] with a text that tells of the existing columns.
type noColumnError struct{ text string }

// Error implements error.
func (e *noColumnError) Error() string { return e.text }

// Is reports whether the error is an ErrNoColumn.
func (e *noColumnError) Is(err error) bool { return err == ErrNoColumn }

// noColumn returns an error which says that n columns have the name, and tells of the
// existing names.
func noColumn(name string, n int, have []string) error {
	return &noColumnError{names.Absent(name, n, have)}
}

// count returns how often a name is there.
func count(names []string, name string) (n int) {
	for _, x := range names {
		if x == name {
			n++
		}
	}
	return n
}
