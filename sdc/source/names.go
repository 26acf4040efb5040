package source

import (
	"errors"
	"fmt"

	"github.com/sluis-go/sluis/internal/names"
)

// Need returns an error for the first of the names that is not that of exactly one
// column: it names the nearest column and lists at most 30 of them. Names that are
// empty are passed over. It may be asked for what a spec or a flag names.
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

// ErrNoColumn is what the error of a column that a file does not have exactly once is.
var ErrNoColumn = errors.New("the column does not exist exactly once")

// errNoName says that all columns are to be read and one has no name.
var errNoName = fmt.Errorf("%w: a column has no name: give it one, or leave it out of the file", ErrNoColumn)

// noColumnError is an [ErrNoColumn] with what there is.
type noColumnError struct{ text string }

// Error implements error.
func (e *noColumnError) Error() string { return e.text }

// Is reports whether the error is an ErrNoColumn.
func (e *noColumnError) Is(err error) bool { return err == ErrNoColumn }

// noColumn says that n columns have a name, and what names there are.
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
