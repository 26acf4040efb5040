package source

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"strings"
	"unicode"
	"unicode/utf8"
	"unsafe"
)

// Bounds of a CSV file, in bytes. A larger field or record is an error: a quote that is
// never closed must not fill the memory.
const (
	maxField  = 16 << 20
	maxHeader = 16 << 20
	maxRecord = 256 << 20
)

// csvReader reads the records of a CSV file (RFC 4180), by these rules:
//
//   - A record ends with a line feed, or a carriage return and a line feed, or the end of
//     the file. A carriage return alone, outside of quotes, is an error.
//   - A field that begins with a quote ends with a quote, and a delimiter or the end of
//     the record follows. Two quotes within it are one. All other bytes, line ends
//     included, stay as they are in the file.
//   - A quote within a field that does not begin with one is an error.
//   - Blanks belong to the field. A line without a byte is no record.
//   - A field has at most 16 MiB, a record at most 256 MiB, and the first record at most
//     16 MiB.
//   - A first line that is sep=X and nothing else, as Excel has it, is no record: X is
//     the delimiter. X is one character that is no letter, digit or blank. A different
//     delimiter in the options is an error.
//
// It takes time linear in the bytes, and holds one record.
type csvReader struct {
	src      io.Reader
	buf      []byte
	pos, end int
	err      error // of src
	comma    []byte
	special  [256]bool

	rec    []byte   // the text of the record
	ends   []int    // of its fields
	fields []string // views of rec
	lines  []int    // where they begin
	most   int      // bytes of a record
	width  int      // fields of a record; 0 for the first

	line  int // of the next byte, from 1
	start int // of the present record
	blank int // the first line that was passed over before it; 0 for none
}

// Reasons inside a *FileError for a CSV file.
var (
	errQuote  = fmt.Errorf("%w: a quote is missing or in the wrong place", ErrCorrupt)
	errFields = fmt.Errorf("%w: the number of fields differs from that of the first line", ErrCorrupt)
	errReturn = fmt.Errorf("%w: a carriage return without a line feed, outside of quotes", ErrCorrupt)
	errField  = fmt.Errorf("%w: a field has more than 16 MiB; is a quote missing?", ErrUnsupported)
	errHeader = fmt.Errorf("%w: the names of the columns have more than 16 MiB", ErrUnsupported)
	errRecord = fmt.Errorf("%w: a record has more than 256 MiB", ErrUnsupported)
)

func newCSVReader(src io.Reader, comma rune) (*csvReader, error) {
	r := &csvReader{src: src, buf: make([]byte, 1<<18), most: maxHeader, line: 1}
	if r.have(3) && string(r.buf[r.pos:r.pos+3]) == "\ufeff" {
		r.pos += 3
	}
	switch says := r.declared(); {
	case comma == 0 && says != 0:
		comma = says
	case comma == 0:
		comma = ','
	case says != 0 && says != comma:
		return nil, &FileError{Line: 1, Err: fmt.Errorf("%w: the line sep=%c says that the delimiter is %q, and %q was asked for: ask for %[2]q, or take the line out of the file", ErrUnsupported, says, says, comma)}
	}
	if comma == '"' || comma == '\r' || comma == '\n' || comma == utf8.RuneError || !utf8.ValidRune(comma) {
		return nil, fmt.Errorf("%w: this character as a delimiter", ErrUnsupported)
	}
	r.comma = utf8.AppendRune(nil, comma)
	for _, c := range []byte{r.comma[0], '"', '\r', '\n'} {
		r.special[c] = true
	}
	return r, nil
}

// declared passes over a first line sep=X, and returns X; 0 where there is none.
func (r *csvReader) declared() rune {
	const sep = "sep="
	if !r.have(len(sep)+1) || string(r.buf[r.pos:r.pos+len(sep)]) != sep {
		return 0
	}
	r.have(len(sep) + utf8.UTFMax + 2) // as far as there is so much
	line, _, _ := bytes.Cut(r.buf[r.pos+len(sep):min(r.end, r.pos+len(sep)+utf8.UTFMax+2)], []byte("\n"))
	says, size := utf8.DecodeRune(line)
	from := r.pos
	r.pos += len(sep) + size
	switch {
	case says == utf8.RuneError || says == '"' || says == '\r' || says == '\n' || unicode.IsLetter(says) || unicode.IsDigit(says) || says == ' ':
	case r.newline() || !r.have(1):
		return says
	}
	r.pos = from
	return 0
}

// have reports whether n more bytes are in the buffer, and reads on for them.
func (r *csvReader) have(n int) bool {
	for r.end-r.pos < n {
		if r.err != nil {
			return false
		}
		if r.pos > 0 {
			r.end = copy(r.buf, r.buf[r.pos:r.end])
			r.pos = 0
		}
		var k int
		k, r.err = r.src.Read(r.buf[r.end:])
		r.end += k
	}
	return true
}

// newline passes over a line end, and reports whether there was one. A carriage return
// as the last byte of a file is one.
func (r *csvReader) newline() bool {
	switch {
	case !r.have(1):
		return false
	case r.buf[r.pos] == '\n':
		r.pos++
	case r.buf[r.pos] != '\r':
		return false
	case r.have(2) && r.buf[r.pos+1] == '\n':
		r.pos += 2
	case r.have(2):
		return false
	default:
		r.pos++
	}
	r.line++
	return true
}

// delimiter passes over a delimiter, and reports whether there was one.
func (r *csvReader) delimiter() bool {
	if !r.atDelimiter() {
		return false
	}
	r.pos += len(r.comma)
	return true
}

// fault is an error at the record that is being read.
func (r *csvReader) fault(err error) error {
	if r.err != nil && !errors.Is(r.err, io.EOF) {
		return r.err
	}
	return &FileError{Line: r.start, Err: err}
}

// read returns the fields of the next record, valid until the following call, or
// io.EOF. Other errors are of type *FileError, or those of the file.
func (r *csvReader) read() ([]string, error) {
	r.blank = 0
	for at := r.line; r.newline(); at = r.line {
		if r.blank == 0 {
			r.blank = at
		}
	}
	r.rec, r.ends, r.lines, r.start = r.rec[:0], r.ends[:0], r.lines[:0], r.line
	if !r.have(1) {
		return nil, r.err
	}
	for {
		r.lines = append(r.lines, r.line)
		begin := len(r.rec)
		var err error
		if r.have(1) && r.buf[r.pos] == '"' {
			err = r.quoted(begin)
		} else {
			err = r.plain(begin)
		}
		if err != nil {
			return nil, r.fault(err)
		}
		r.ends = append(r.ends, len(r.rec))
		if r.delimiter() {
			if r.width > 0 && len(r.ends) == r.width {
				return nil, r.fault(errFields)
			}
			continue
		}
		if r.newline() || !r.have(1) {
			break
		}
		if r.buf[r.pos] == '\r' {
			return nil, r.fault(errReturn)
		}
		return nil, r.fault(errQuote)
	}
	if r.err != nil && !errors.Is(r.err, io.EOF) {
		return nil, r.err
	}
	if r.width > 0 && len(r.ends) != r.width {
		return nil, r.fault(errFields)
	}
	r.width, r.most = len(r.ends), maxRecord
	r.fields = r.fields[:0]
	text, from := unsafe.String(unsafe.SliceData(r.rec), len(r.rec)), 0
	for _, to := range r.ends {
		r.fields = append(r.fields, text[from:to])
		from = to
	}
	return r.fields, nil
}

// keep adds bytes to the field that began at begin.
func (r *csvReader) keep(b []byte, begin int) error {
	r.rec = append(r.rec, b...)
	switch n := len(r.rec); {
	case n > r.most && r.width == 0:
		return errHeader
	case n-begin > maxField:
		return errField
	case n > r.most:
		return errRecord
	}
	return nil
}

// plain reads a field without quotes, up to the delimiter or the end of the record.
func (r *csvReader) plain(begin int) error {
	for r.have(1) {
		b := r.buf[r.pos:r.end]
		n := 0
		for n < len(b) && !r.special[b[n]] {
			n++
		}
		r.pos += n
		if err := r.keep(b[:n], begin); err != nil {
			return err
		}
		if n == len(b) {
			continue
		}
		c := b[n] // the bytes of b may move
		if c == '\r' || c == '\n' || c == r.comma[0] && r.atDelimiter() {
			return nil
		}
		if c == '"' {
			return errQuote
		}
		// The first byte of a delimiter of several bytes, and another character.
		if err := r.keep(r.buf[r.pos:r.pos+1], begin); err != nil {
			return err
		}
		r.pos++
	}
	return nil
}

func (r *csvReader) atDelimiter() bool {
	return r.have(len(r.comma)) && string(r.buf[r.pos:r.pos+len(r.comma)]) == string(r.comma)
}

// quoted reads a field in quotes.
func (r *csvReader) quoted(begin int) error {
	r.pos++
	for r.have(1) {
		b := r.buf[r.pos:r.end]
		n := 0
		for n < len(b) && b[n] != '"' {
			if b[n] == '\n' {
				r.line++
			}
			n++
		}
		r.pos += n
		if err := r.keep(b[:n], begin); err != nil {
			return err
		}
		if n == len(b) {
			continue
		}
		r.pos++
		if !r.have(1) || r.buf[r.pos] != '"' {
			return nil // read looks at the next byte
		}
		if err := r.keep(r.buf[r.pos:r.pos+1], begin); err != nil {
			return err
		}
		r.pos++
	}
	return errQuote
}

// names reads the first record: the names of the columns, and the place of each. A column
// without a name, or with the name of another, has no place. Such columns may be left
// unread; an error of Need says why they cannot be read.
func (r *csvReader) names(trim bool) ([]string, map[string]int, error) {
	head, err := r.read()
	if errors.Is(err, io.EOF) {
		return nil, nil, fmt.Errorf("%w: no line with the names of the columns", ErrCorrupt)
	}
	if err != nil {
		return nil, nil, err
	}
	names, at := make([]string, len(head)), make(map[string]int, len(head))
	for i, n := range head {
		if names[i] = strings.Clone(n); trim {
			names[i] = strings.TrimSpace(names[i])
		}
		if !utf8.ValidString(n) {
			return nil, nil, &FileError{Line: r.start, Err: fmt.Errorf("%w: not UTF-8; write the file as UTF-8, or name its encoding", ErrValue)}
		}
	}
	times := map[string]int{"": 2}
	for i, n := range names {
		at[n] = i
		times[n]++
	}
	for n, k := range times {
		if k > 1 {
			delete(at, n)
		}
	}
	return names, at, nil
}
