package hide

import (
	"bufio"
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
	"unicode"
)

const (
	mostForeign  = 1 << 22 // rows of a foreign table
	longestRow   = 1 << 16 // bytes
	longestField = 1 << 12 // bytes
	mostCodes    = 1 << 20 // of a variable
	// sparsest is the largest number of cells, with all totals, for each row of the file:
	// a short file must not make a large problem.
	sparsest = 64
)

// number is a decimal as it was written: mant * 10^-scale.
type number struct {
	mant  int64
	scale int8
	is    bool // there is one
}

// noValue lists the texts for a missing value in tables. Any other text that is no number
// is an error.
var noValue = []string{"", "-", ".", "..", "...", ":", "x", "X", "c", "C"}

var errNumber = errors.New("is no number")

// parseNumber reads a decimal: an optional sign, at most 18 digits, at most one
// mark. No exponents, thousands' marks, words or formulas.
func parseNumber(s string, mark rune) (number, error) {
	n := number{is: true}
	text := strings.TrimLeft(s, "+-")
	if len(s)-len(text) > 1 {
		return number{}, errNumber
	}
	digits, after := 0, false
	for _, r := range text {
		switch {
		case r == mark && !after:
			after = true
		case r >= '0' && r <= '9' && digits < 18:
			digits++
			n.mant = 10*n.mant + int64(r-'0')
			if after {
				n.scale++
			}
		default:
			return number{}, errNumber
		}
	}
	if digits == 0 {
		return number{}, errNumber
	}
	if s[0] == '-' {
		n.mant = -n.mant
	}
	return n, nil
}

// leash ends a reader that gives too many bytes before it is renewed: a field that never
// ends must not take memory.
type leash struct {
	r    io.Reader
	left int
	err  error // the error at the end
}

var (
	errLongRow  = fmt.Errorf("a row has more than %d bytes", longestRow)
	errLongFile = fmt.Errorf("%w: a file of metadata or codes is too long", ErrRequest)
)

// Read reads no further than the leash, and then says that the file is too long.
func (l *leash) Read(p []byte) (int, error) {
	if l.left <= 0 {
		return 0, l.err
	}
	n, err := l.r.Read(p[:min(len(p), l.left)])
	l.left -= n
	return n, err
}

// ReadForeign reads a foreign table: rows of fields with a separator, quoted or not, one
// row for each cell, in any order. Blanks around fields are ignored. A suppressed cell
// may have its value, or none: an empty field, "-", ".", ":", "x", "c".
//
// The error wraps ErrTable, with line and column, for
//
//   - a field that is no number;
//   - a status that is not in the code list, or a code that is not in its tree;
//   - a cell that occurs twice;
//   - a safe cell without a value.
//
// The error wraps ErrRequest where the spec does not fit:
//
//   - a column that does not exist;
//   - a variable without its total;
//   - statuses of no code list, or of several lists that disagree.
//
// Memory is at most 300 bytes for each of at most 2^22 rows, plus the codes, and at most
// 64 cells for each row.
func ReadForeign(r io.Reader, spec ForeignSpec) (*Foreign, error) {
	if err := spec.check(); err != nil {
		return nil, err
	}
	in := &foreignReader{f: &Foreign{spec: spec}, leash: &leash{r: r, left: longestRow, err: errLongRow}, statuses: map[string]bool{}}
	for range spec.Variables {
		in.codes = append(in.codes, map[string]int32{})
		in.names = append(in.names, nil)
	}
	buffered := bufio.NewReader(in.leash)
	if bom, err := buffered.Peek(3); err == nil && string(bom) == "\ufeff" {
		buffered.Discard(3) //nolint:errcheck // they were peeked
	}
	in.csv = csv.NewReader(buffered)
	in.csv.Comma = spec.Separator
	in.csv.ReuseRecord = true
	in.csv.TrimLeadingSpace = !unicode.IsSpace(spec.Separator)
	if err := in.rows(); err != nil {
		return nil, err
	}
	return in.f, in.finish()
}

type foreignReader struct {
	f        *Foreign
	csv      *csv.Reader
	leash    *leash
	codes    []map[string]int32 // variable -> code -> number, in the order met
	names    [][]string
	at       []int32 // row and variable -> code
	statuses map[string]bool
	columns  columns
}

// columns are the places of columns; -1 for a column that is not asked for.
type columns struct {
	by            []int
	value, status int
	levels        [3]int
	people, owner int
	cost          int
	largest       []int
}

func (in *foreignReader) fail(line int, column, what string) error {
	if column != "" {
		return fmt.Errorf("%w: line %d, column %q: %s", ErrTable, line, column, what)
	}
	return fmt.Errorf("%w: line %d: %s", ErrTable, line, what)
}

// find finds the columns by the names of the header, or by the given names.
func (in *foreignReader) find(header []string) (err error) {
	s := &in.f.spec
	place := func(name string) int {
		if name == "" {
			return -1
		}
		at := -1
		for i, h := range header {
			if strings.TrimSpace(h) != name {
				continue
			}
			if at >= 0 && err == nil {
				err = fmt.Errorf("%w: there is more than one column %q", ErrRequest, name)
			}
			at = i
		}
		if at < 0 && err == nil {
			err = fmt.Errorf("%w: there is no column %q", ErrRequest, name)
		}
		return at
	}
	c := &in.columns
	for _, v := range s.Variables {
		c.by = append(c.by, place(v.Name))
	}
	c.value, c.status = place(s.Value), place(s.Status)
	c.levels = [3]int{place(s.Lower), place(s.Upper), place(s.Sliding)}
	c.people, c.owner, c.cost = place(s.Contributors), place(s.Owner), place(s.Cost)
	for _, name := range s.Largest {
		c.largest = append(c.largest, place(name))
	}
	return err
}

func (in *foreignReader) rows() error {
	if names := in.f.spec.Names; names != nil {
		if err := in.find(names); err != nil {
			return err
		}
		in.csv.FieldsPerRecord = len(names)
	}
	for first := in.f.spec.Names == nil; ; first = false {
		record, err := in.csv.Read()
		if errors.Is(err, io.EOF) {
			return nil
		}
		if err != nil {
			return in.refused(err)
		}
		in.leash.left = longestRow
		if first {
			if err := in.find(record); err != nil {
				return err
			}
			continue
		}
		line, _ := in.csv.FieldPos(0)
		if len(in.f.rows) == mostForeign {
			return in.fail(line, "", fmt.Sprintf("more than %d rows", mostForeign))
		}
		if err := in.row(record, line); err != nil {
			return err
		}
	}
}

// refused rewords the error of the CSV reader, which holds no value: a line and a reason.
func (in *foreignReader) refused(err error) error {
	var parse *csv.ParseError
	switch {
	case errors.Is(err, errLongRow):
		return fmt.Errorf("%w: %w", ErrTable, errLongRow)
	case errors.As(err, &parse):
		return in.fail(parse.Line, "", parse.Err.Error())
	}
	return err
}

func (in *foreignReader) row(record []string, line int) error {
	f, s, c := in.f, &in.f.spec, &in.columns
	for i, field := range record {
		if len(field) > longestField {
			return in.fail(line, "", fmt.Sprintf("field %d has more than %d bytes", i+1, longestField))
		}
		record[i] = strings.TrimSpace(field)
	}
	for v, at := range c.by {
		code := record[at]
		k, known := in.codes[v][code]
		if !known {
			if err := checkText(code); err != nil {
				return in.fail(line, s.Variables[v].Name, "is not UTF-8 or holds a carriage return")
			}
			if len(in.names[v]) == mostCodes {
				return in.fail(line, s.Variables[v].Name, fmt.Sprintf("more than %d codes", mostCodes))
			}
			code = strings.Clone(code)
			k = int32(len(in.names[v]))
			in.codes[v][code] = k
			in.names[v] = append(in.names[v], code)
		}
		in.at = append(in.at, k)
	}
	read := func(at int, column string, none []string) (number, error) {
		if at < 0 || slices.Contains(none, record[at]) {
			return number{}, nil
		}
		n, err := parseNumber(record[at], s.Decimal)
		if err != nil {
			return n, in.fail(line, column, err.Error())
		}
		return n, nil
	}
	row := foreign{line: line}
	if c.status >= 0 {
		row.code = strings.ToUpper(record[c.status])
	}
	if !in.statuses[row.code] {
		if len(in.statuses) == 64 {
			return in.fail(line, s.Status, "more statuses than any code list has")
		}
		row.code = strings.Clone(row.code)
		in.statuses[row.code] = true
	}
	var err error
	if row.number, err = read(c.value, s.Value, noValue); err != nil {
		return err
	}
	f.rows = append(f.rows, row)
	none := []string{"", "-"}
	if slices.Max(c.levels[:]) >= 0 {
		var l [3]number
		for i, name := range []string{s.Lower, s.Upper, s.Sliding} {
			if l[i], err = read(c.levels[i], name, none); err != nil {
				return err
			}
			if l[i].mant < 0 {
				return in.fail(line, name, "is negative")
			}
		}
		f.levels = append(f.levels, l)
	}
	if c.people >= 0 {
		// Of a table of counts it is the value, which need not be there.
		n, err := read(c.people, s.Contributors, noValue)
		if err != nil {
			return err
		}
		switch {
		case n.mant < 0:
			return in.fail(line, s.Contributors, "is negative, and a number of contributors is not")
		case c.people != c.value && n.scale > 0:
			return in.fail(line, s.Contributors, "is no whole number")
		case n.is && n.mant == 0 && row.is && row.mant != 0:
			return in.fail(line, s.Contributors, "is 0, and the value of the cell is not: a cell without contributors has the value 0")
		}
		f.people = append(f.people, n)
	}
	if c.cost >= 0 {
		n, err := read(c.cost, s.Cost, none)
		if err != nil {
			return err
		}
		if n.mant < 0 {
			return in.fail(line, s.Cost, "is negative")
		}
		f.costs = append(f.costs, n)
	}
	if c.owner >= 0 {
		f.owners = append(f.owners, strings.Clone(record[c.owner]))
	}
	if len(c.largest) > 0 {
		list := make([]number, len(c.largest))
		for i, at := range c.largest {
			if list[i], err = read(at, s.Largest[i], none); err != nil {
				return err
			}
			if list[i].mant < 0 {
				return in.fail(line, s.Largest[i], "is negative, and rules of concentration need contributions that are not")
			}
		}
		f.largest = append(f.largest, list)
	}
	return nil
}

// finish gives every row its cell and every status its kind.
func (in *foreignReader) finish() error {
	f := in.f
	if len(f.rows) == 0 {
		return fmt.Errorf("%w: it has no rows", ErrTable)
	}
	if f.codes = f.spec.Codes.kinds; f.spec.Status == "" {
		f.codes = map[string]kind{"": kindSafe}
	} else if f.codes == nil {
		found, err := findCodes(in.statuses)
		if err != nil {
			return fmt.Errorf("column %q: %w", f.spec.Status, err)
		}
		f.codes = found
	}
	seen := make([]map[string]bool, len(in.names))
	for v, names := range in.names {
		seen[v] = map[string]bool{}
		for _, c := range names {
			seen[v][c] = true
		}
		f.totals = append(f.totals, strings.TrimSpace(f.spec.Variables[v].Total))
	}
	lists, numbers, err := f.spec.codeLists(seen)
	if err != nil {
		return err
	}
	if f.grid, err = newLayout(lists); err != nil {
		return err
	}
	if f.grid.n > max(4096, sparsest*len(f.rows)) {
		return fmt.Errorf("%w: it would have more than %d cells for each row that there is", ErrTable, sparsest)
	}
	f.row = slices.Repeat([]int32{-1}, f.grid.n)
	for i := range f.rows {
		cell := 0
		for v := range lists {
			k, known := numbers[v][in.names[v][in.at[i*len(lists)+v]]]
			if !known {
				return in.fail(f.rows[i].line, lists[v].Name, "holds a code that is not in its tree")
			}
			cell += k * f.grid.stride[v]
		}
		if was := f.row[cell]; was >= 0 {
			return in.fail(f.rows[i].line, "", fmt.Sprintf("the cell of line %d once more", f.rows[was].line))
		}
		f.row[cell] = int32(i)
		if err := in.settle(&f.rows[i]); err != nil {
			return err
		}
	}
	return nil
}

// settle makes out the kind of a row, and checks its value against it.
func (in *foreignReader) settle(row *foreign) error {
	f := in.f
	row.kind = f.codes[row.code]
	switch {
	case row.kind == 0:
		return in.fail(row.line, f.spec.Status, "is a status that is not in the code list")
	case row.kind == kindEmpty && !row.is:
		row.is = true
	case row.kind == kindEmpty && row.mant != 0:
		return in.fail(row.line, f.spec.Value, "is not zero, and the status says that the cell is empty")
	case !row.is && !row.kind.hidden():
		return in.fail(row.line, f.spec.Value, "has no value, and the status says that it is published")
	}
	if row.is {
		f.Digits = max(f.Digits, int(row.scale))
	}
	if f.Digits > 15 {
		return in.fail(row.line, f.spec.Value, "has more than 15 decimals")
	}
	return nil
}

// units turns a number into units of 10^-digits, exactly.
func (n number) units(digits int) (int64, error) {
	v := n.mant
	for range digits - int(n.scale) {
		if v > largest || v < -largest {
			break
		}
		v *= 10
	}
	if v > largest || v < -largest {
		return 0, fmt.Errorf("%w: a value is beyond 2^52 units", ErrTable)
	}
	return v, nil
}
