// Package names says of a column that does not exist which one may be meant.
package names

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/sluis-go/sluis/internal/identifier"
)

// Absent returns a text which says that n columns have a name, where exactly one must
// have it.
//
// The text holds no text of the file that the caller has not written: the first line of a
// file without names is a record, and no error may show a value. So the text gives the
// number of columns and where to find their names. It gives the name that differs from the
// asked one in case, blanks and signs alone, and the position of any other near name.
func Absent(name string, n int, have []string) string {
	if n > 1 {
		return fmt.Sprintf("%d columns have this name: give each column that is read a name of its own", n)
	}
	var b strings.Builder
	b.WriteString("the column does not exist")
	if at := nearest(name, have); at >= 0 {
		if letters(have[at]) == letters(name) && !LikeValue(have[at]) {
			fmt.Fprintf(&b, "; the nearest name is %q", have[at])
		} else {
			fmt.Fprintf(&b, "; the name of column %d is near", at+1)
		}
	}
	if len(have) == 0 {
		return b.String()
	}
	columns := "columns, whose names are"
	if len(have) == 1 {
		columns = "column, whose name is"
	}
	fmt.Fprintf(&b, "; the file has %d %s not shown: ", len(have), columns)
	switch {
	case slices.ContainsFunc(have, LikeValue):
		b.WriteString("some look like values, as if the first line were a record; the first line of a CSV file must have the names")
	case distinct(have) < len(have):
		b.WriteString("some have no name or that of another, as if the first line were a record; the first line of a CSV file must have the names")
	default:
		b.WriteString("they stand in the first line of a CSV file, or in the schema of another file")
	}
	return b.String()
}

// letters returns the letters and digits of a name, in small letters.
func letters(name string) string {
	return strings.Map(func(r rune) rune {
		if unicode.IsLetter(r) || unicode.IsDigit(r) {
			return unicode.ToLower(r)
		}
		return -1
	}, name)
}

// distinct returns the number of different names that are not empty.
func distinct(names []string) int {
	seen := map[string]bool{}
	for _, n := range names {
		if n != "" {
			seen[n] = true
		}
	}
	return len(seen)
}

// LikeValue reports whether a name looks like a value of a record: a number, a date or an
// identifier. A file without a line of names has its first record there, which
// no error may show.
func LikeValue(name string) bool {
	name = strings.TrimSpace(name)
	if name != "" && strings.Trim(name, "0123456789+-.,:/ €$%") == "" || identifier.Of(name) != identifier.None {
		return true
	}
	_, err := strconv.ParseFloat(strings.Replace(name, ",", ".", 1), 64)
	return err == nil
}

// nearest returns the index of the name with the fewest edits from name, case, blanks and
// signs aside, if they are not more than a third of its letters and one, and fewer than its
// letters; of several the first. Without such a name the index is -1.
func nearest(name string, have []string) int {
	asked := letters(name)
	n := utf8.RuneCountInString(asked)
	best, at := min(n, n/3+2), -1
	for i, h := range have {
		if d := edits([]rune(asked), []rune(letters(h))); d < best {
			best, at = d, i
		}
	}
	return at
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
