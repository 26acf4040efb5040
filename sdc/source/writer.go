package source

import (
	"bufio"
	"crypto/sha256"
	"encoding/csv"
	"encoding/hex"
	"errors"
	"fmt"
	"hash"
	"io"
	"math/big"
	"path/filepath"
	"slices"
	"strings"

	"github.com/apache/arrow/go/v15/arrow"
	"github.com/apache/arrow/go/v15/arrow/array"
	"github.com/apache/arrow/go/v15/arrow/ipc"
	"github.com/apache/arrow/go/v15/arrow/memory"
)

// WriterOptions says how a file is written. The zero value is ready to use.
type WriterOptions struct {
	// RowGroup is the number of rows of a Parquet row group. Defaults to
	// 1,048,576.
	RowGroup int64
	// Defuse makes CSV safe for spreadsheets: text that one would take for a
	// formula gets an apostrophe in front, see [Defuse]. For tables that people
	// read; data that a program reads back is written as it is.
	Defuse bool
	// Hash has the SHA-256 of the file taken while it is written.
	Hash bool
	// Check, if set, is called with the path of the complete file, before the file
	// appears under its name; the path has the same extension. After an error of Check
	// the file does not appear.
	Check func(path string) error
	// Allocator defaults to memory.DefaultAllocator.
	Allocator memory.Allocator
}

// Writer writes records to a file of any of the formats, by its extension. The
// file appears when Close returns nil, and not at all otherwise.
type Writer struct {
	file  *atomicFile // nil for a stream
	path  string      // for messages
	buf   *bufio.Writer
	write func(arrow.Record) error
	flush func() error
	done  bool
	check func(path string) error
	sum   hash.Hash // nil where it is not asked for
}

// SHA256 returns the SHA-256 of the file in hexadecimal, once it is closed; ""
// unless WriterOptions.Hash was set.
func (w *Writer) SHA256() string {
	if w.sum == nil || !w.done {
		return ""
	}
	return hex.EncodeToString(w.sum.Sum(nil))
}

// Create starts a file; see [Open] for the formats. Dictionary columns are
// written as dictionaries to IPC streams, and as their values elsewhere (Parquet
// makes dictionary pages of its own).
func Create(path string, schema *arrow.Schema, opts WriterOptions) (*Writer, error) {
	format := strings.ToLower(filepath.Ext(path))
	if !written(format) {
		return nil, &FileError{File: path, Err: errExtension}
	}
	if schema == nil {
		return nil, &FileError{File: path, Err: errors.New("the schema is nil")}
	}
	f, err := createAtomic(path)
	if err != nil {
		return nil, err
	}
	w := &Writer{file: f, path: path, check: opts.Check}
	if err := w.start(f, format, schema, opts); err != nil {
		f.abort() //nolint:errcheck // the first error is the one to tell
		return nil, fileError(path, err)
	}
	return w, nil
}

// NewWriter is Create for a stream; format is an extension, such as ".parquet". Close
// writes the remaining rows, and does not close to. WriterOptions.Check is not called.
func NewWriter(to io.Writer, format string, schema *arrow.Schema, opts WriterOptions) (*Writer, error) {
	if format = strings.ToLower(format); !written(format) {
		return nil, errExtension
	}
	w := &Writer{path: "output"}
	if err := w.start(to, format, schema, opts); err != nil {
		return nil, err
	}
	return w, nil
}

var errExtension = fmt.Errorf("%w: the extension is none of .parquet .arrow .feather .arrows .csv", ErrUnsupported)

// written reports whether files of an extension can be written.
func written(format string) bool {
	return slices.Contains([]string{".parquet", ".arrow", ".feather", ".arrows", ".csv"}, format)
}

// start begins a format.
func (w *Writer) start(to io.Writer, format string, schema *arrow.Schema, opts WriterOptions) (err error) {
	if opts.RowGroup <= 0 {
		opts.RowGroup = 1 << 20
	}
	if opts.Allocator == nil {
		opts.Allocator = memory.DefaultAllocator
	}
	if opts.Hash {
		w.sum = sha256.New()
		to = io.MultiWriter(to, w.sum)
	}
	w.buf = bufio.NewWriterSize(to, 1<<18)
	switch format {
	case ".parquet":
		return w.parquet(schema, opts)
	case ".arrow", ".feather":
		return w.ipcFile(schema, opts)
	case ".arrows":
		s := ipc.NewWriter(w.buf, ipc.WithSchema(schema), ipc.WithAllocator(opts.Allocator))
		w.write, w.flush = s.Write, s.Close
		return nil
	}
	return w.csv(schema, opts.Defuse)
}

func (w *Writer) parquet(schema *arrow.Schema, opts WriterOptions) error {
	plain := plainSchema(schema)
	pw, err := newParquetWriter(w, plain, opts)
	if err != nil {
		return err
	}
	w.write = writePlain(opts.Allocator, plain, pw.write)
	w.flush = pw.close
	return nil
}

// ipcFile writes dictionaries out: an IPC file holds one dictionary a column,
// and records may come with different ones.
func (w *Writer) ipcFile(schema *arrow.Schema, opts WriterOptions) error {
	plain := plainSchema(schema)
	s, err := ipc.NewFileWriter(&position{w: w.buf}, ipc.WithSchema(plain), ipc.WithAllocator(opts.Allocator))
	if err != nil {
		return err
	}
	w.write = writePlain(opts.Allocator, plain, s.Write)
	w.flush = s.Close
	return nil
}

// writePlain writes records without dictionaries.
func writePlain(mem memory.Allocator, schema *arrow.Schema, write func(arrow.Record) error) func(arrow.Record) error {
	return func(rec arrow.Record) error {
		p, err := plainRecord(mem, schema, rec)
		if err != nil {
			return err
		}
		defer p.Release()
		return write(p)
	}
}

// csv writes values as text. Null and the empty string are both an empty field. The only
// field of a line is then written in quotes, because an empty line is no record.
func (w *Writer) csv(schema *arrow.Schema, defuse bool) error {
	out := csv.NewWriter(w.buf)
	row := make([]string, schema.NumFields())
	for i, f := range schema.Fields() {
		row[i] = f.Name
		if defuse {
			row[i] = Defuse(row[i])
		}
	}
	if err := out.Write(row); err != nil {
		return err
	}
	w.write = func(rec arrow.Record) error {
		for i := range int(rec.NumRows()) {
			for c, arr := range rec.Columns() {
				row[c] = ""
				if arr.IsValid(i) {
					row[c] = text(arr, i)
				}
				if defuse {
					row[c] = Defuse(row[c])
				}
			}
			if len(row) == 1 && row[0] == "" {
				out.Flush()
				if _, err := w.buf.WriteString("\"\"\n"); err != nil {
					return err
				}
				continue
			}
			if err := out.Write(row); err != nil {
				return err
			}
		}
		return nil
	}
	w.flush = func() error {
		out.Flush()
		return out.Error()
	}
	return nil
}

// text prints a value for CSV, text as it is.
func text(arr arrow.Array, i int) string {
	switch a := arr.(type) {
	case *array.String:
		return a.Value(i)
	case *array.LargeString:
		return a.Value(i)
	case *array.Dictionary:
		if j := a.GetValueIndex(i); a.Dictionary().IsValid(j) {
			return text(a.Dictionary(), j)
		}
		return ""
	case *array.Timestamp:
		// Without a zone where the type has none, and in UTC where it has one.
		t := a.DataType().(*arrow.TimestampType)
		layout := "2006-01-02 15:04:05.999999999"
		if t.TimeZone != "" {
			layout += "Z"
		}
		return a.Value(i).ToTime(t.Unit).UTC().Format(layout)
	case *array.Null:
		return "" // IsValid says that its values are none
	case *array.Decimal128:
		return decimalText(a.Value(i).BigInt(), a.DataType().(*arrow.Decimal128Type).Scale)
	case *array.Decimal256:
		return decimalText(a.Value(i).BigInt(), a.DataType().(*arrow.Decimal256Type).Scale)
	}
	return arr.ValueStr(i)
}

// decimalText prints a decimal with all the digits after the point that its type
// has, and no others: ValueStr of arrow goes by way of a float.
func decimalText(unscaled *big.Int, scale int32) string {
	digits := new(big.Int).Abs(unscaled).String()
	sign := ""
	if unscaled.Sign() < 0 {
		sign = "-"
	}
	if scale <= 0 {
		return sign + digits + strings.Repeat("0", int(-scale))
	}
	if lack := int(scale) + 1 - len(digits); lack > 0 {
		digits = strings.Repeat("0", lack) + digits
	}
	point := len(digits) - int(scale)
	return sign + digits[:point] + "." + digits[point:]
}

// Write appends a record of the writer's schema.
func (w *Writer) Write(rec arrow.Record) error {
	if rec == nil {
		return &FileError{File: w.path, Err: errors.New("the record is nil")}
	}
	if err := w.write(rec); err != nil {
		return fileError(w.path, err)
	}
	return nil
}

// Close finishes the file and makes it appear under its name. After an error no file is
// left.
func (w *Writer) Close() error {
	if w.done {
		return nil
	}
	w.done = true
	err := w.flush()
	if err == nil {
		err = w.buf.Flush()
	}
	switch {
	case err != nil && w.file != nil:
		w.file.abort() //nolint:errcheck // the first error is the one to tell
		fallthrough
	case err != nil:
		return &FileError{File: w.path, Err: plain(err)}
	case w.file == nil:
		return nil
	}
	if w.check != nil {
		if err := w.check(w.file.Name()); err != nil {
			return errors.Join(err, w.file.abort())
		}
	}
	return w.file.commit()
}

// Abort drops the file.
func (w *Writer) Abort() error {
	if w.done {
		return nil
	}
	w.done = true
	w.flush() //nolint:errcheck // releases buffers; the file is dropped
	if w.file == nil {
		return nil
	}
	return w.file.abort()
}

type nopCloser struct{ *bufio.Writer }

// Close does nothing: the Writer owns the file.
func (nopCloser) Close() error { return nil }

// position is a writer that knows how much was written, which is all that the
// IPC file writer seeks for.
type position struct {
	w *bufio.Writer
	n int64
}

// Write writes to the buffer.
func (p *position) Write(b []byte) (int, error) {
	n, err := p.w.Write(b)
	p.n += int64(n)
	return n, err
}

// Seek reports the position; it goes nowhere.
func (p *position) Seek(int64, int) (int64, error) { return p.n, nil }
