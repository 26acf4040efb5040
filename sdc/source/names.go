package source

import (
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"

	"github.com/sluis-go/sluis/internal/identifier"
)

// shownColumns bounds the names in an error.
const shownColumns = 30

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

// noColumnError is an [ErrNoColumn] with what there is.
type noColumnError struct{ text string }

// Error implements error.
func (e *noColumnError) Error() string { return e.text }

// Is reports whether the error is an ErrNoColumn.
func (e *noColumnError) Is(err error) bool { return err == ErrNoColumn }

// noColumn says that n columns have a name, and what names there are.
func noColumn(name string, n int, have []string) error {
	var b strings.Builder
	if n > 1 {
		fmt.Fprintf(&b, "%d columns have this name", n)
	} else {
		b.WriteString("the column does not exist")
		if near, ok := nearest(name, have); ok && !slices.ContainsFunc(have, likeValue) {
			fmt.Fprintf(&b, "; the nearest name is %q", near)
		}
	}
	if slices.ContainsFunc(have, likeValue) {
		fmt.Fprintf(&b, "; the file has %d columns, whose names are not shown: some look like values, as if the first line were a record; the first line of a CSV file must have the names", len(have))
		return &noColumnError{b.String()}
	}
	if len(have) > 0 {
		b.WriteString("; the columns are")
	}
	for i, h := range have[:min(len(have), shownColumns)] {
		if i > 0 {
			b.WriteByte(',')
		}
		fmt.Fprintf(&b, " %q", h)
	}
	if more := len(have) - shownColumns; more > 0 {
		fmt.Fprintf(&b, " and %d more", more)
	}
	return &noColumnError{b.String()}
}

// likeValue reports whether a name looks like a value of a record: a number, a date or an
// identifier. A file without a line of names has its first record there, which
// no error may show.
func likeValue(name string) bool {
	name = strings.TrimSpace(name)
	if name != "" && strings.Trim(name, "0123456789+-.,:/ €$%") == "" || identifier.Of(name) != identifier.None {
		return true
	}
	_, err := strconv.ParseFloat(strings.Replace(name, ",", ".", 1), 64)
	return err == nil
}

// nearest returns the name with the fewest edits from name, case aside, if they are
// not more than a third of its letters and one, and fewer than its letters; of several
// the first.
func nearest(name string, have []string) (string, bool) {
	n := utf8.RuneCountInString(name)
	best, at := min(n, n/3+2), -1
	for i, h := range have {
		if d := edits([]rune(strings.ToLower(name)), []rune(strings.ToLower(h))); d < best {
			best, at = d, i
		}
	}
	if at < 0 {
		return "", false
	}
	return have[at], true
}

// edits returns the number of letters to add, drop, replace or swap with the next to
// make b of a, at most 64 letters of each.
func edits(a, b []rune) int {
	a, b = a[:min(len(a), 64)], b[:min(len(b), 64)]
	rows := make([][]int, len(a)+1)
	for i := range rows {
		rows[i] = make([]int, len(b)+1)
		rows[i][0] = i
	}
	for j := range b {
		rows[0][j+1] = j + 1
	}
	for i := range a {
		for j := range b {
			same := 1
			if a[i] == b[j] {
				same = 0
			}
			d := min(rows[i][j]+same, rows[i][j+1]+1, rows[i+1][j]+1)
			if i > 0 && j > 0 && a[i] == b[j-1] && a[i-1] == b[j] {
				d = min(d, rows[i-1][j-1]+1)
			}
			rows[i+1][j+1] = d
		}
	}
	return rows[len(a)][len(b)]
}
