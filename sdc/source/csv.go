package source

import (
	"cmp"
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"io"
	"maps"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/apache/arrow/go/v15/arrow"
	"github.com/apache/arrow/go/v15/arrow/array"
)

// CSVOptions are the options for reading .csv, .tsv and .txt files. The first record holds
// the names of the columns. The zero value is ready to use.
//
// A column is text, as written in the file: 1.1 and 1.10 are two codes, and so are 1 and
// 01. The code of a field does not depend on other rows or other files. The method Number
// of a reader reports whether all fields of a column are numbers, so package sdc can add
// them up. Types, Numbers and Infer ask for another type.
type CSVOptions struct {
	// Delimiter defaults to a comma, and in .tsv files to a tab.
	Delimiter rune
	// Encoding is the encoding of the file. Defaults to UTF-8, and to UTF-16 where the file
	// begins with a byte order mark of UTF-16.
	Encoding Encoding
	// Nulls lists the texts that stand for null, besides the empty field.
	Nulls []string
	// DecimalComma says that numbers have a comma where others have a point, and no
	// point: one with both is text.
	DecimalComma bool
	// Trim removes blanks and tabs around every field.
	Trim bool
	// Types names the type of columns: string, bool, int8 to int64, uint8 to
	// uint64, float32, float64, date, timestamp, decimal(p,s), dictionary. A field that
	// is not of it is an error.
	Types map[string]string
	// Numbers lists columns that are read as numbers. The type is the first of these that
	// fits all fields of all files:
	//
	//   - int64;
	//   - float64, where every number has a float of its own (at most 15 significant
	//     digits);
	//   - a decimal with all their digits.
	//
	// A field that is no number is an error with its line. A field with leading zeros or
	// with a plus sign is no number: name its type in Types.
	Numbers []string
	// Infer gives the columns that are not in Types or Numbers the type that all their
	// fields have: int64, float64, date, bool, or string. Two codes may then become one
	// value: use Infer to look at a column, and not to count by the column.
	Infer bool
	// Text lists columns that stay text with Infer.
	Text []string
	// Clean lists the columns to which Nulls and Trim apply, where others are to be
	// copied as they stand. Defaults to all.
	Clean []string
}

// csvFile is an open CSV file.
type csvFile struct {
	f      *handle
	opts   *Options
	kind   textKind
	names  []string
	at     map[string]int   // name -> column
	types  []arrow.DataType // declared; nil where none is
	shapes []shape
	plain  []bool        // columns without Nulls and Trim
	fields *arrow.Schema // see settle
	n      int64
}

// openCSV reads a file once, and finds its columns and the types that their fields fit.
// The schema is known after settle was called with all files that are read together.
func openCSV(ctx context.Context, f *handle, kind textKind, opts *Options) (file, error) {
	c := &csvFile{f: f, opts: opts, kind: kind}
	if err := c.look(ctx); err != nil {
		return nil, err
	}
	return c, nil
}

func (c *csvFile) schema() *arrow.Schema { return c.fields }
func (c *csvFile) rows() (int64, bool)   { return c.n, true }

// whole reads the file from its start.
func (c *csvFile) whole() io.Reader { return io.NewSectionReader(newCursor(c.f), 0, c.f.size) }

// errEmptyLine says how to write the possible meanings of an empty line.
var errEmptyLine = fmt.Errorf("%w: an empty line in a file of one column is a null or nothing; write \"\" for a null", ErrCorrupt)

// csvPass is a pass over a file.
type csvPass struct {
	*csvReader
	names []string
	at    map[string]int // name -> column
}

// open starts a pass over the bytes of the file. The caller calls done at the end.
func (c *csvFile) open(raw io.Reader) (pass *csvPass, done func(), err error) {
	text, done, err := c.kind.text(raw, c.opts.CSV.Encoding, c.opts.MemoryLimit)
	if err != nil {
		return nil, nil, err
	}
	if pass, err = c.pass(text); err != nil {
		done()
		return nil, nil, err
	}
	return pass, done, nil
}

func (c *csvFile) pass(text io.Reader) (*csvPass, error) {
	r, err := newCSVReader(text, cmp.Or(c.opts.CSV.Delimiter, c.kind.delimiter))
	if err != nil {
		return nil, err
	}
	names, at, err := r.names(c.opts.CSV.Trim)
	return &csvPass{r, names, at}, err
}

// next returns the next record, as read does. In a file of one column an empty line may
// be a null or no record: next returns an error.
func (p *csvPass) next() ([]string, error) {
	rec, err := p.read()
	if p.blank > 0 && len(p.names) == 1 && (err == nil || errors.Is(err, io.EOF)) {
		return nil, &FileError{Line: p.blank, Err: errEmptyLine}
	}
	return rec, err
}

// look reads the whole file once: the names of the columns, and the types that their
// fields fit.
func (c *csvFile) look(ctx context.Context) error {
	sum := sha256.New()
	raw := io.TeeReader(c.whole(), sum)
	r, done, err := c.open(raw)
	if err != nil {
		return err
	}
	defer done()
	c.names, c.at = r.names, r.at
	o := &c.opts.CSV
	c.types, c.shapes, c.plain = make([]arrow.DataType, len(c.names)), make([]shape, len(c.names)), make([]bool, len(c.names))
	for i := range c.shapes {
		c.shapes[i].may = anyType
	}
	for _, name := range slices.Sorted(maps.Keys(o.Types)) {
		i, ok := c.at[name]
		if !ok {
			return &FileError{Column: name, Err: fmt.Errorf("%w: a type is declared for it, and %w", ErrSchema, noColumn(name, count(c.names, name), c.names))}
		}
		if c.types[i], err = typeNamed(o.Types[name]); err != nil {
			return &FileError{Column: name, Err: err}
		}
		c.shapes[i].may = 0
	}
	for i, name := range c.names {
		c.plain[i] = o.Clean != nil && !slices.Contains(o.Clean, name)
	}
	for {
		if c.n%4096 == 0 && ctx.Err() != nil {
			return ctx.Err()
		}
		rec, err := r.next()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			return err
		}
		c.n++
		for i, s := range rec {
			if c.shapes[i].may == 0 {
				continue
			}
			if s, null := c.field(i, s); !null {
				c.shapes[i].look(s, c.number(s), r.lines[i])
			}
		}
	}
	if n, err := io.Copy(io.Discard, raw); n > 0 || err != nil {
		return cmp.Or(err, errUnpack) // bytes after the end of what is compressed
	}
	_, err = c.f.sealed(sum)
	return err
}

// field applies trimming and null markers; null is true for a null.
func (c *csvFile) field(i int, s string) (text string, null bool) {
	if c.plain[i] {
		return s, s == ""
	}
	if c.opts.CSV.Trim {
		s = strings.Trim(s, " \t")
	}
	return s, s == "" || len(c.opts.CSV.Nulls) > 0 && slices.Contains(c.opts.CSV.Nulls, s)
}

// number returns a field as numbers are parsed: with a point.
func (c *csvFile) number(s string) string {
	switch {
	case !c.opts.CSV.DecimalComma:
	case strings.Contains(s, "."):
		return "-" // no number
	default:
		s = strings.Replace(s, ",", ".", 1)
	}
	return s
}

// appender is the appender of a builder, for numbers as this file writes them.
func (c *csvFile) appender(b array.Builder) func(string) error {
	put := appender(b)
	switch b.(type) {
	case *array.StringBuilder, *array.BinaryDictionaryBuilder, *array.BooleanBuilder, *array.Date32Builder, *array.TimestampBuilder:
		return put
	}
	return func(s string) error { return put(c.number(s)) }
}

// batchBytes ends a batch before it has all its rows: fields may be long.
const batchBytes = 64 << 20

// parts returns one reader: a quoted field may hold line ends, so a CSV file
// cannot be cut without reading it.
func (c *csvFile) parts(ctx context.Context, columns []string, _ int) ([]*reader, error) {
	r, done, err := c.open(c.whole())
	if err != nil {
		return nil, err
	}
	at := make([]int, len(columns))
	fields := make([]arrow.Field, len(columns))
	for k, name := range columns {
		i, ok := c.at[name]
		if !ok {
			done()
			return nil, &FileError{Column: name, Err: ErrSchema}
		}
		at[k], fields[k] = i, c.fields.Field(i)
	}
	schema := arrow.NewSchema(fields, nil)
	b := array.NewRecordBuilder(c.opts.Allocator, schema)
	puts := make([]func(string) error, len(columns))
	for k := range columns {
		puts[k] = c.appender(b.Field(k))
	}
	next := func() (arrow.Record, error) {
		rows, size := 0, 0
		for ; rows < c.opts.BatchRows && size < batchBytes; rows++ {
			if rows%4096 == 0 && ctx.Err() != nil {
				return nil, ctx.Err()
			}
			rec, err := r.next()
			if errors.Is(err, io.EOF) {
				break
			}
			if err != nil {
				return nil, err
			}
			for k, i := range at {
				if err := c.put(b.Field(k), puts[k], i, rec[i]); err != nil {
					return nil, &FileError{Line: r.lines[i], Column: columns[k], Err: err}
				}
				size += len(rec[i]) + 1
			}
		}
		if rows == 0 {
			return nil, io.EOF
		}
		return b.NewRecord(), nil
	}
	return []*reader{newReader(schema, c.n, next, func() { b.Release(); done() })}, nil
}

func (c *csvFile) put(b array.Builder, put func(string) error, i int, field string) error {
	text, null := c.field(i, field)
	if null {
		b.AppendNull()
		return nil
	}
	if !utf8.ValidString(text) {
		return fmt.Errorf("%w: not UTF-8; write the file as UTF-8, or name its encoding", ErrValue)
	}
	return put(text)
}
