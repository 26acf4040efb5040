package source

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"time"
)

// uploadName is the name of the input of [NewReader].
const uploadName = "upload"

// NewReader reads r to its end and returns a source of its content, with the same checks
// as [Open]. The content is CSV, an Arrow stream, an Arrow file or Parquet, as
// Options.Format says or as the first bytes show. NewReader writes no file: the bytes are
// held in memory, at most Options.MemoryLimit of them, until the source is closed. The
// source may be read any number of times.
//
// The file of the source has the name "upload" in errors, in Options.Sums and in
// [Source.Files]. Its SHA-256 is known from the start. NewReader does not close r. The
// error is a *FileError, or the error of the context.
func NewReader(ctx context.Context, r io.Reader, opts Options) (*Source, error) {
	if r == nil {
		return nil, &FileError{File: uploadName, Err: errors.New("the reader is nil")}
	}
	if err := opts.check(ctx); err != nil {
		return nil, &FileError{File: uploadName, Err: err}
	}
	opts.defaults()
	u, sum, err := receive(ctx, r, opts.MemoryLimit)
	if err != nil {
		if ctx.Err() != nil {
			return nil, ctx.Err()
		}
		return nil, &FileError{File: uploadName, Err: plain(err)}
	}
	h := newHandle(u, uploadName, uploadInfo{u.size})
	h.sum = sum
	extension := opts.Format.extension()
	if extension == "" {
		extension = u.extension()
	}
	s := &Source{opts: opts, inferred: map[string]*shape{}, undeclared: map[string]*shape{}}
	if err := s.include(ctx, h, uploadName, extension); err != nil {
		return nil, err
	}
	s.infos[0].SHA256 = sum
	if err := s.settle(); err != nil {
		return nil, err
	}
	if err := s.compare(ctx); err != nil {
		return nil, err
	}
	return s, nil
}

// Format is a format of files.
type Format string

const (
	// FormatCSV is the format of .csv files.
	FormatCSV Format = "csv"
	// FormatStream is the format of .arrows files: an Arrow IPC stream.
	FormatStream Format = "arrows"
	// FormatArrow is the format of .arrow files: an Arrow IPC file.
	FormatArrow Format = "arrow"
	// FormatParquet is the format of .parquet files.
	FormatParquet Format = "parquet"
)

// extension returns the extension of a format; "" for the zero value.
func (f Format) extension() string {
	if f == "" {
		return ""
	}
	return "." + string(f)
}

// check refuses options that are none.
func (o *Options) check(ctx context.Context) error {
	if ctx == nil {
		return errors.New("the context is nil")
	}
	if err := o.CSV.Encoding.Validate(); err != nil {
		return err
	}
	switch o.Format {
	case "", FormatCSV, FormatStream, FormatArrow, FormatParquet:
		return nil
	}
	return fmt.Errorf("%w: the format is none of csv, arrows, arrow, parquet", ErrUnsupported)
}

// pieceSize is the length of the pieces in which an upload is held; the last piece may be
// shorter.
const pieceSize = 1 << 20

// upload holds the bytes that were read from a reader.
type upload struct {
	pieces [][]byte
	size   int64
}

// receive reads r to its end, at most limit bytes, and returns their SHA-256. A panic of r
// is an error.
func receive(ctx context.Context, r io.Reader, limit int64) (u *upload, sum string, err error) {
	hash := sha256.New()
	u = &upload{}
	for {
		if err := ctx.Err(); err != nil {
			return nil, "", err
		}
		piece := make([]byte, min(pieceSize-1, limit-u.size)+1) // one more than there may be
		n, err := fill(r, piece)
		hash.Write(piece[:n])
		u.size += int64(n)
		u.pieces = append(u.pieces, piece[:n])
		switch {
		case u.size > limit:
			return nil, "", fmt.Errorf("%w: it is longer than Options.MemoryLimit, %d bytes: write it to a file, and use Open", ErrMemory, limit)
		case err == nil:
		case errors.Is(err, io.EOF):
			return u, hex.EncodeToString(hash.Sum(nil)), nil
		default:
			return nil, "", err
		}
	}
}

// errPanic says that a reader failed.
var errPanic = errors.New("the reader has failed in a panic")

// fill reads until b is full, or returns an error: io.EOF at the end alone. A reader that
// gives nothing over and over, or more than it was asked for, is an error.
func fill(r io.Reader, b []byte) (n int, err error) {
	defer func() {
		if recover() != nil {
			err = errPanic
		}
	}()
	for idle := 0; n < len(b); {
		m, err := r.Read(b[n:])
		if m < 0 || m > len(b)-n {
			return n, errors.New("the reader returns a number of bytes that it was not asked for")
		}
		n += m
		if err != nil {
			return n, err
		}
		if idle++; m > 0 {
			idle = 0
		} else if idle == 100 {
			return n, io.ErrNoProgress
		}
	}
	return n, nil
}

// ReadAt implements io.ReaderAt.
func (u *upload) ReadAt(b []byte, off int64) (int, error) {
	n := 0
	for n < len(b) && off < u.size {
		m := copy(b[n:], u.pieces[off/pieceSize][off%pieceSize:])
		n += m
		off += int64(m)
	}
	if n < len(b) {
		return n, io.EOF
	}
	return n, nil
}

// Close lets go of the bytes.
func (u *upload) Close() error {
	u.pieces, u.size = nil, 0
	return nil
}

// Stat implements opened.
func (u *upload) Stat() (fs.FileInfo, error) { return uploadInfo{u.size}, nil }

// extension returns the format that the first bytes show; CSV where no other format fits.
func (u *upload) extension() string {
	head := make([]byte, 8)
	n, _ := u.ReadAt(head, 0)
	for magic, extension := range map[string]string{
		"PAR1": ".parquet", "PARE": ".parquet", "ARROW1": ".arrow", "FEA1": ".arrow", "\xff\xff\xff\xff": ".arrows",
		"\x1f\x8b": ".csv.gz", "\x28\xb5\x2f\xfd": ".csv.zst",
	} {
		if bytes.HasPrefix(head[:n], []byte(magic)) {
			return extension
		}
	}
	return ".csv"
}

// uploadInfo describes an upload. Its methods implement fs.FileInfo.
type uploadInfo struct{ size int64 }

// Name implements fs.FileInfo.
func (u uploadInfo) Name() string { return uploadName }

// Size implements fs.FileInfo.
func (u uploadInfo) Size() int64 { return u.size }

// Mode implements fs.FileInfo.
func (uploadInfo) Mode() fs.FileMode { return 0 }

// ModTime implements fs.FileInfo.
func (uploadInfo) ModTime() time.Time { return time.Time{} }

// IsDir implements fs.FileInfo.
func (uploadInfo) IsDir() bool { return false }

// Sys implements fs.FileInfo.
func (uploadInfo) Sys() any { return nil }
