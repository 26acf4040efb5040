// Package names says of a column that does not exist which one may be meant.
package names

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"

	"github.com/sluis-go/sluis/internal/identifier"
)

// shown bounds the names in a message.
const shown = 30

// Absent returns a text which says that n columns have a name, where exactly one must
// have it. The text gives the nearest of the existing names and at most 30 of them. It
// shows no names that look like the values of a record, and no names of a file in which
// some columns have no name or the name of another.
func Absent(name string, n int, have []string) string {
	var b strings.Builder
	if n > 1 {
		return fmt.Sprintf("%d columns have this name: give each column that is read a name of its own", n)
	}
	b.WriteString("the column does not exist")
	unclear := distinct(have) < len(have)
	if near, ok := Nearest(name, have); ok && !unclear && !slices.ContainsFunc(have, likeValue) {
		fmt.Fprintf(&b, "; the nearest name is %q", near)
	}
	if slices.ContainsFunc(have, likeValue) {
		fmt.Fprintf(&b, "; the file has %d columns, whose names are not shown: some look like values, as if the first line were a record; the first line of a CSV file must have the names", len(have))
		return b.String()
	}
	if unclear {
		fmt.Fprintf(&b, "; the file has %d columns, whose names are not shown: some have no name or that of another, as if the first line were a record; the first line of a CSV file must have the names", len(have))
		return b.String()
	}
	if len(have) > 0 {
		b.WriteString("; the columns are")
	}
	for i, h := range have[:min(len(have), shown)] {
		if i > 0 {
			b.WriteByte(',')
		}
		fmt.Fprintf(&b, " %q", h)
	}
	if more := len(have) - shown; more > 0 {
		fmt.Fprintf(&b, " and %d more", more)
	}
	return b.String()
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

// Nearest returns the name with the fewest edits from name, case aside, if they are
// not more than a third of its letters and one, and fewer than its letters; of several
// the first.
func Nearest(name string, have []string) (string, bool) {
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
