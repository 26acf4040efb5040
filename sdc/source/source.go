package source

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"github.com/apache/arrow/go/v15/arrow"
	"github.com/apache/arrow/go/v15/arrow/array"
	"github.com/apache/arrow/go/v15/arrow/memory"

	"github.com/sluis-go/sluis/internal/files"
)

// Options says how files are read. The zero value is ready to use.
type Options struct {
	// CSV applies to .csv files.
	CSV CSVOptions
	// Format is the format that [NewReader] reads. Defaults to the format that the first
	// bytes show: Parquet and Arrow begin with a mark, and every other file is CSV.
	// [Open] uses the extension.
	Format Format
	// Allocator is where records live. Defaults to memory.DefaultAllocator, where the
	// memory of a record that is released is used again.
	Allocator memory.Allocator
	// BatchRows is the largest number of rows in a record. Defaults to 65,536.
	BatchRows int
	// MemoryLimit bounds, in bytes, the memory that reading one file may hold at a time.
	// For Parquet it bounds the memory for one batch: a caller that keeps batches must
	// bound them. Defaults to 4 GiB.
	MemoryLimit int64
	// Sums, if set, holds the SHA-256 that every file must have, in hexadecimal,
	// by its path (as [filepath.Clean] has it). Open then hashes the files before
	// anything of them is used. A file that is not in it is an error.
	Sums map[string]string
	// Copies allows files of equal content; their rows count twice. Without Copies two
	// files of equal bytes are an error of [Open], unless they have no rows: a month may
	// be empty. Equal content that is written in two ways is not detected.
	Copies bool
	// OpenStreams allows Arrow streams (.arrows) without the mark of their end. Their
	// last batches may be missing.
	OpenStreams bool
	// Received is the stream that the name "-" stands for in [Open], see [Receive]. Defaults
	// to none: then that name is an error.
	Received *Received

	spare *recycler
}

func (o *Options) defaults() {
	if o.Allocator == nil {
		o.Allocator = memory.DefaultAllocator
	}
	o.spare = &recycler{}
	if o.BatchRows <= 0 {
		o.BatchRows = 1 << 16
	}
	if o.MemoryLimit <= 0 {
		o.MemoryLimit = 4 << 30
	}
}

// Reasons inside a *FileError.
var (
	// ErrCorrupt says that a file is damaged or does not follow its format.
	ErrCorrupt = errors.New("file is damaged or not of its format")
	// ErrUnsupported says that a format or type cannot be read.
	ErrUnsupported = errors.New("not supported")
	// ErrSchema says that files that are read together differ in their columns.
	ErrSchema = errors.New("columns differ from those of the first file")
	// ErrValue says that a CSV field is not of its column's type.
	ErrValue = errors.New("field is not of its column's type")
	// ErrMemory says that a file asks for more memory than is allowed.
	ErrMemory = errors.New("file asks for more memory than is allowed")
)

// errTwice says that the rows of a file would count twice: ten records could be five.
var errTwice = errors.New("the file is named twice")

// FileError says which file is at fault, in CSV which line, and where it is
// known which column.
type FileError struct {
	File   string
	Line   int // from 1; 0 where unknown
	Column string
	Err    error
}

// Error implements error.
func (e *FileError) Error() string {
	var b strings.Builder
	b.WriteString(e.File)
	if e.Line > 0 {
		fmt.Fprintf(&b, ", line %d", e.Line)
	}
	if e.Column != "" {
		fmt.Fprintf(&b, ", column %q", e.Column)
	}
	fmt.Fprintf(&b, ": %v", e.Err)
	return b.String()
}

// Unwrap returns the reason.
func (e *FileError) Unwrap() error { return e.Err }

// FileInfo describes one file of a source.
type FileInfo struct {
	Name   string // as given or found
	Size   int64
	SHA256 string // lower-case hexadecimal, where it is known: see Source.Hash
	Rows   int64  // -1 where they are not known
	// NoChecksum says that the format has no checksums: a damaged byte of a value reads
	// as another value. The Arrow formats have none.
	NoChecksum bool
	// Open says that the file is a stream without the mark of its end.
	Open bool
}

// file is one open file of any format.
type file interface {
	schema() *arrow.Schema
	rows() (int64, bool)
	// parts returns readers of the given columns that together deliver every row
	// once, at most n of them.
	parts(ctx context.Context, columns []string, n int) ([]*reader, error)
}

// Source is one or several files with one schema. A Source is safe for concurrent
// reading.
type Source struct {
	opts  Options
	files []file
	infos []FileInfo
	// handles are the handles of the files.
	handles []*handle
	schema  *arrow.Schema // of several files
	// differ says which columns have other types in other files.
	differ map[string]error
	// inferred holds, by column, the shape of the fields of CSV columns that are
	// delivered as text. comma says that their numbers have a comma.
	inferred map[string]*shape
	// undeclared are the same of all CSV columns without a declared type.
	undeclared map[string]*shape
	comma      bool
}

// Open opens the files that match the patterns, in the order given; the files of one glob
// are ordered by name. Every pattern must match. A pattern that is the name of a file is
// that file. Only plain files are opened. The name "-" is the stream Options.Received. The
// extension gives the format:
//
//   - .parquet: Parquet;
//   - .arrow or .feather: an IPC file;
//   - .arrows: an IPC stream;
//   - .csv and .txt: CSV; .tsv: CSV with tabs; these also compressed, as .csv.gz or .csv.zst.
//
// All files must have the same columns, and the same types of values in the columns that
// are read. Dictionaries, nulls and metadata may differ. No file may come twice, also
// under another name.
func Open(ctx context.Context, patterns []string, opts Options) (*Source, error) {
	if err := opts.check(ctx); err != nil {
		return nil, &FileError{File: "source", Err: err}
	}
	opts.defaults()
	s := &Source{opts: opts, inferred: map[string]*shape{}, undeclared: map[string]*shape{}}
	names, err := expand(patterns)
	if err != nil {
		return nil, err
	}
	for _, name := range names {
		if err := s.add(ctx, name); err != nil {
			return nil, errors.Join(err, s.Close())
		}
	}
	if err := s.settle(); err != nil {
		return nil, errors.Join(err, s.Close())
	}
	if err := s.compare(ctx); err != nil {
		return nil, errors.Join(err, s.Close())
	}
	if err := s.noCopies(ctx); err != nil {
		return nil, errors.Join(err, s.Close())
	}
	s.unify()
	return s, nil
}

func expand(patterns []string) ([]string, error) {
	var names []string
	for _, p := range patterns {
		if p == StreamName {
			names = append(names, p)
			continue
		}
		found, err := files.Glob(p)
		if err != nil {
			return nil, &FileError{File: p, Err: err}
		}
		if len(found) == 0 {
			return nil, &FileError{File: p, Err: os.ErrNotExist}
		}
		names = append(names, found...)
	}
	if len(names) == 0 {
		return nil, &FileError{File: "source", Err: os.ErrNotExist}
	}
	return names, nil
}

func (s *Source) add(ctx context.Context, name string) error {
	if name == StreamName {
		return s.opts.Received.add(ctx, s)
	}
	h, err := openHandle(name)
	if err != nil {
		return &FileError{File: name, Err: plain(err)}
	}
	for _, other := range s.handles {
		if os.SameFile(h.info, other.info) {
			h.close() //nolint:errcheck // the first error is the one to tell
			return &FileError{File: name, Err: errTwice}
		}
	}
	return s.include(ctx, h, name, extensionOf(name))
}

// include adds an open file of the format of an extension, or closes it.
func (s *Source) include(ctx context.Context, h *handle, name, extension string) error {
	f, err := s.decode(ctx, h, extension)
	if err != nil {
		h.close() //nolint:errcheck // the first error is the one to tell
		if h.changed.Load() {
			err = ErrChanged
		}
		return fileError(name, err)
	}
	s.files = append(s.files, f)
	s.handles = append(s.handles, h)
	info := FileInfo{Name: name, Size: h.size, Rows: -1}
	if n, known := f.rows(); known {
		info.Rows = n
	}
	if p, ok := f.(*ipcFile); ok {
		info.NoChecksum, info.Open = true, p.open
	}
	s.infos = append(s.infos, info)
	return nil
}

// decode opens a file of the format of an extension.
func (s *Source) decode(ctx context.Context, h *handle, extension string) (file, error) {
	switch extension {
	case ".parquet":
		return openParquet(h, &s.opts)
	case ".arrow", ".feather":
		return openIPC(h, true, &s.opts)
	case ".arrows":
		return openIPC(h, false, &s.opts)
	}
	if kind, ok := textKinds[extension]; ok {
		return openCSV(ctx, h, kind, &s.opts)
	}
	return nil, fmt.Errorf("%w: the extension is none of .parquet .arrow .feather .arrows .csv .tsv .txt .csv.gz .csv.zst", ErrUnsupported)
}

// sameSchema compares the names of columns; unify does their types.
func (s *Source) sameSchema(name string, f file) error {
	a, b := s.files[0].schema(), f.schema()
	if a.NumFields() != b.NumFields() {
		return &FileError{File: name, Err: fmt.Errorf("%w: it has %d of them and %s has %d", ErrSchema, b.NumFields(), s.infos[0].Name, a.NumFields())}
	}
	for i, x := range a.Fields() {
		if y := b.Field(i); x.Name != y.Name {
			return &FileError{File: name, Column: y.Name, Err: fmt.Errorf("%w: column %d is %q in %s", ErrSchema, i+1, x.Name, s.infos[0].Name)}
		}
	}
	return nil
}

// fileError names the file of an error that does not name one.
func fileError(name string, err error) error {
	var e *FileError
	if errors.As(err, &e) {
		if e.File == "" {
			e.File = name
		}
		return err
	}
	return &FileError{File: name, Err: plain(err)}
}

// fail adds file i to an error. Where the file has changed, it returns the place of the
// change instead: the error of the decoder then follows from the change.
func (s *Source) fail(i int, err error) error {
	if s.handles[i].changed.Load() {
		err = ErrChanged
	}
	return fileError(s.infos[i].Name, err)
}

// plain strips the path from an error of the file system: FileError has it.
func plain(err error) error {
	var p *os.PathError
	if errors.As(err, &p) {
		return p.Err
	}
	return err
}

// Readable reports whether columns of a type can be read; the others of a file may be
// left alone. Nested types cannot.
func Readable(dt arrow.DataType) bool {
	if _, nested := dt.(arrow.NestedType); nested || dt == nil {
		return false
	}
	return dt.ID() != opaqueID
}

// Schema returns the schema of the files.
func (s *Source) Schema() *arrow.Schema {
	if s.schema != nil {
		return s.schema
	}
	return s.files[0].schema()
}

// Rows returns the number of rows where every file says it.
func (s *Source) Rows() (n int64, known bool) {
	for _, f := range s.files {
		m, ok := f.rows()
		if !ok {
			return 0, false
		}
		n += m
	}
	return n, true
}

// Files describes the files in order.
func (s *Source) Files() []FileInfo { return append([]FileInfo{}, s.infos...) }

// Hash fills in the SHA-256 of every file: of exactly the bytes that the readers deliver,
// before and after the call. A file that changes in the meantime is an error that wraps
// [ErrChanged], from Hash or from a reader. Hash may run at the same time as the readers.
// It reads each file once, except CSV files: Open has computed their sums.
func (s *Source) Hash(ctx context.Context) error {
	for i := range s.infos {
		sum, err := s.handles[i].hash(ctx)
		if err != nil {
			return s.fail(i, err)
		}
		s.infos[i].SHA256 = sum
	}
	return nil
}

// compare hashes the files and compares the hashes with Options.Sums.
func (s *Source) compare(ctx context.Context) error {
	if s.opts.Sums == nil {
		return nil
	}
	for i := range s.infos {
		info := &s.infos[i]
		want, ok := s.opts.Sums[filepath.Clean(info.Name)]
		if !ok {
			return &FileError{File: info.Name, Err: fmt.Errorf("%w: none was given for this file", ErrHash)}
		}
		sum, err := s.handles[i].hash(ctx)
		if err != nil {
			return s.fail(i, err)
		}
		if info.SHA256 = sum; !strings.EqualFold(sum, want) {
			return &FileError{File: info.Name, Err: ErrHash}
		}
	}
	return nil
}

// Close closes the files. Readers must not be used afterwards.
func (s *Source) Close() error {
	var errs []error
	for _, h := range s.handles {
		errs = append(errs, h.close())
	}
	return errors.Join(errs...)
}

// Reader returns one reader of the given columns (all where nil) over all files in order.
// Reader may be called any number of times. The caller releases the reader.
func (s *Source) Reader(ctx context.Context, columns []string) (array.RecordReader, error) {
	readers, err := s.split(ctx, columns, 1)
	if err != nil {
		return nil, err
	}
	return chain(readers), nil
}

// Split returns readers of the given columns (all where nil). The readers may be read at
// the same time, and together they deliver every row once. There are about n readers,
// where the files allow it. Their Offset gives the position of the present record in the
// data, where it is known. The caller releases them.
func (s *Source) Split(ctx context.Context, columns []string, n int) ([]array.RecordReader, error) {
	readers, err := s.split(ctx, columns, max(1, n))
	if err != nil {
		return nil, err
	}
	out := make([]array.RecordReader, len(readers))
	for i, r := range readers {
		out[i] = r
	}
	return out, nil
}

func (s *Source) split(ctx context.Context, columns []string, n int) ([]*reader, error) {
	if columns == nil {
		for _, f := range s.Schema().Fields() {
			columns = append(columns, f.Name)
		}
	}
	if err := s.Need(columns...); err != nil {
		return nil, err
	}
	for _, name := range columns {
		if name == "" {
			return nil, &FileError{File: s.infos[0].Name, Err: errNoName}
		}
		if err := s.differ[name]; err != nil {
			return nil, err
		}
	}
	each := (n + len(s.files) - 1) / len(s.files)
	var out []*reader
	base, known := int64(0), true
	for i, f := range s.files {
		parts, err := f.parts(ctx, columns, each)
		if err != nil {
			for _, r := range out {
				r.Release()
			}
			return nil, s.fail(i, err)
		}
		for _, p := range parts {
			p.name, p.source = s.infos[i].Name, s.handles[i]
			s.adapt(p)
			if p.of = s; s.infos[i].Open {
				p.open = []string{s.infos[i].Name}
			}
			if known {
				p.offset += base
			}
			out = append(out, p)
		}
		m, ok := f.rows()
		known = known && ok
		base += m
	}
	return out, nil
}
