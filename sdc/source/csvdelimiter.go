package source

import (
	"cmp"
	"errors"
	"io"

	"github.com/sluis-go/sluis/internal/files"
)

// delimiterSample is how much of a file FindDelimiter looks at, in bytes and records.
const (
	delimiterSample  = 1 << 20
	delimiterRecords = 200
)

// FindDelimiter returns the delimiter of the first CSV file that the patterns match. It
// tries comma, semicolon, tab and bar, and looks at the beginning of the file. A
// delimiter fits if the first line has at least two fields, and the records after it have
// as many. Of several that fit it returns the one with the most fields; of equals, the
// first in the order above. It returns 0 where none fits, and where no CSV file can be
// read (Open reports why). It does not look at the names of columns.
func FindDelimiter(patterns []string) rune {
	for _, p := range patterns {
		names, _ := files.Glob(p) // Open reports a pattern that is not valid
		for _, name := range names {
			if kind, ok := textKinds[extensionOf(name)]; ok {
				return delimiterOf(name, kind)
			}
		}
	}
	return 0
}

func delimiterOf(name string, kind textKind) rune {
	h, err := openHandle(name)
	if err != nil {
		return 0
	}
	defer h.close() //nolint:errcheck // read only
	best, most := rune(0), 1
	for _, d := range []rune{',', ';', '\t', '|'} {
		if n := fieldsUnder(h, kind, d); n > most {
			best, most = d, n
		}
	}
	return cmp.Or(best, kind.delimiter)
}

// fieldsUnder returns the number of fields of every record of the beginning of a file;
// 0 where they differ, or are none. A code page plays no part: every delimiter is ASCII.
func fieldsUnder(h *handle, kind textKind, d rune) int {
	text, done, err := kind.text(io.NewSectionReader(newCursor(h), 0, h.size), "", 1<<30)
	if err != nil {
		return 0
	}
	defer done()
	sample := &io.LimitedReader{R: text, N: delimiterSample}
	r, err := newCSVReader(sample, d)
	if err != nil {
		return 0
	}
	head, err := r.read()
	if err != nil {
		return 0
	}
	n := len(head)
	for range delimiterRecords {
		_, err := r.read()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil && sample.N == 0 && !r.have(1) {
			break // it was cut
		}
		if err != nil {
			return 0
		}
	}
	return n
}
