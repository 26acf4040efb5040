package source

import (
	"bufio"
	"context"
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/apache/arrow/go/v15/arrow"
	"github.com/apache/arrow/go/v15/arrow/array"
)

// CSVOptions says how .csv files are read. The first record holds the names of
// the columns. The zero value is ready to use.
type CSVOptions struct {
	// Delimiter defaults to a comma.
	Delimiter rune
	// Nulls lists what stands for null beside the empty field.
	Nulls []string
	// DecimalComma says that numbers have a comma where others have a point, and no
	// point: one with both is text.
	DecimalComma bool
	// Trim removes blanks and tabs around every field.
	Trim bool
	// Types names the type of columns: string, bool, int8 to int64, uint8 to
	// uint64, float32, float64, date, timestamp, decimal(p,s), dictionary. The
	// types of the others are inferred from the whole file: int64, float64, date,
	// bool, or string. Numbers with leading zeros are strings, and so are those
	// beyond int64 or with a fraction that have more than 15 significant digits:
	// two of them could be one float64.
	Types map[string]string
}

// csvFile is an open CSV file.
type csvFile struct {
	f      *handle
	opts   *Options
	fields *arrow.Schema
	n      int64
}

func openCSV(ctx context.Context, f *handle, opts *Options) (file, error) {
	c := &csvFile{f: f, opts: opts}
	names, types, err := c.infer(ctx)
	if err != nil {
		return nil, err
	}
	fields := make([]arrow.Field, len(names))
	for i, n := range names {
		fields[i] = arrow.Field{Name: n, Type: types[i], Nullable: true}
	}
	c.fields = arrow.NewSchema(fields, nil)
	return c, nil
}

func (c *csvFile) schema() *arrow.Schema { return c.fields }
func (c *csvFile) rows() (int64, bool)   { return c.n, true }

// whole reads the file from its start.
func (c *csvFile) whole() io.Reader { return io.NewSectionReader(newCursor(c.f), 0, c.f.size) }

// csvRecords reads the records of a CSV file. Empty lines are passed over, but not
// in a file of one column: nobody can tell there whether one is a null.
type csvRecords struct {
	*csv.Reader
	next int   // the line of the next record, 0 in a file of several columns
	end  int64 // of the last record
}

// Read returns the next record, valid until the following call.
func (r *csvRecords) Read() ([]string, error) {
	rec, err := r.Reader.Read()
	if r.next == 0 || err != nil && !errors.Is(err, io.EOF) {
		return rec, err
	}
	line := r.next
	if err == nil {
		line, _ = r.FieldPos(0)
	}
	if line > r.next || err != nil && r.InputOffset() > r.end {
		return nil, &FileError{Line: r.next, Err: errEmptyLine}
	}
	if err == nil {
		r.next, r.end = line+1+strings.Count(rec[0], "\n"), r.InputOffset()
	}
	return rec, err
}

// errEmptyLine says how to write what an empty line may have meant.
var errEmptyLine = fmt.Errorf("%w: an empty line in a file of one column is a null or nothing; write \"\" for a null", ErrCorrupt)

// open starts a pass over the file and returns the names of its columns.
func (c *csvFile) open(f io.Reader) (*csvRecords, []string, error) {
	b := bufio.NewReaderSize(f, 1<<18)
	if bom, err := b.Peek(3); err == nil && string(bom) == "\ufeff" {
		b.Discard(3) //nolint:errcheck // they were peeked
	}
	r := csv.NewReader(b)
	r.ReuseRecord = true
	if c.opts.CSV.Delimiter != 0 {
		r.Comma = c.opts.CSV.Delimiter
	}
	head, err := r.Read()
	if err != nil {
		if errors.Is(err, io.EOF) {
			return nil, nil, fmt.Errorf("%w: no line with the names of the columns", ErrCorrupt)
		}
		return nil, nil, csvError(err)
	}
	names := make([]string, len(head))
	for i, n := range head {
		names[i] = strings.Clone(n)
		if c.opts.CSV.Trim {
			names[i] = strings.TrimSpace(names[i])
		}
		if !utf8.ValidString(n) {
			return nil, nil, &FileError{Line: 1, Err: fmt.Errorf("%w: not UTF-8", ErrValue)}
		}
		if names[i] == "" || slices.Contains(names[:i], names[i]) {
			return nil, nil, &FileError{Line: 1, Err: fmt.Errorf("%w: column %d has no name or that of another", ErrCorrupt, i+1)}
		}
	}
	out := &csvRecords{Reader: r}
	if len(names) == 1 {
		line, _ := r.FieldPos(0)
		out.next, out.end = line+1+strings.Count(names[0], "\n"), r.InputOffset()
	}
	return out, names, nil
}

// csvError keeps the line of a syntax error and drops its text.
func csvError(err error) error {
	var p *csv.ParseError
	if !errors.As(err, &p) {
		return err
	}
	switch {
	case errors.Is(p.Err, csv.ErrFieldCount):
		err = fmt.Errorf("%w: the number of fields differs from that of the first line", ErrCorrupt)
	case errors.Is(p.Err, csv.ErrQuote), errors.Is(p.Err, csv.ErrBareQuote):
		err = fmt.Errorf("%w: a quote is missing or in the wrong place", ErrCorrupt)
	default:
		err = ErrCorrupt
	}
	return &FileError{Line: p.StartLine, Err: err}
}

// field applies trimming and null markers; null is true for a null.
func (c *csvFile) field(s string) (text string, null bool) {
	if c.opts.CSV.Trim {
		s = strings.Trim(s, " \t")
	}
	return s, s == "" || slices.Contains(c.opts.CSV.Nulls, s)
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

// parts returns one reader: a quoted field may hold line ends, so a CSV file
// cannot be cut without reading it.
func (c *csvFile) parts(ctx context.Context, columns []string, _ int) ([]*reader, error) {
	r, names, err := c.open(c.whole())
	if err != nil {
		return nil, err
	}
	at := make([]int, len(columns))
	fields := make([]arrow.Field, len(columns))
	for k, name := range columns {
		at[k] = slices.Index(names, name)
		if at[k] < 0 {
			return nil, &FileError{Column: name, Err: ErrSchema}
		}
		fields[k] = c.fields.Field(at[k])
	}
	schema := arrow.NewSchema(fields, nil)
	b := array.NewRecordBuilder(c.opts.Allocator, schema)
	puts := make([]func(string) error, len(columns))
	for k := range columns {
		puts[k] = c.appender(b.Field(k))
	}
	next := func() (arrow.Record, error) {
		rows := 0
		for ; rows < c.opts.BatchRows; rows++ {
			if rows%4096 == 0 && ctx.Err() != nil {
				return nil, ctx.Err()
			}
			rec, err := r.Read()
			if errors.Is(err, io.EOF) {
				break
			}
			if err != nil {
				return nil, csvError(err)
			}
			for k, i := range at {
				if err := c.put(b.Field(k), puts[k], rec[i]); err != nil {
					line, _ := r.FieldPos(i)
					return nil, &FileError{Line: line, Column: columns[k], Err: err}
				}
			}
		}
		if rows == 0 {
			return nil, io.EOF
		}
		return b.NewRecord(), nil
	}
	return []*reader{newReader(schema, next, b.Release)}, nil
}

func (c *csvFile) put(b array.Builder, put func(string) error, field string) error {
	text, null := c.field(field)
	if null {
		b.AppendNull()
		return nil
	}
	if !utf8.ValidString(text) {
		return fmt.Errorf("%w: not UTF-8", ErrValue)
	}
	return put(text)
}
