package source

import (
	"bytes"
	"crypto/sha256"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/apache/arrow/go/v15/arrow"
	"github.com/apache/arrow/go/v15/arrow/array"
	"github.com/apache/arrow/go/v15/arrow/memory"
)

// TestHandleReads: a handle and a cursor read the same bytes as bytes.Reader, at any
// place and length.
func TestHandleReads(t *testing.T) {
	rng := rand.New(rand.NewPCG(1, 2))
	for _, size := range []int{0, 1, blockSize - 1, blockSize, blockSize + 1, 3*blockSize + 7} {
		text := make([]byte, size)
		for i := range text {
			text[i] = byte(rng.Uint32())
		}
		path := filepath.Join(t.TempDir(), "x")
		if err := os.WriteFile(path, text, 0o600); err != nil {
			t.Fatal(err)
		}
		h, err := openHandle(path)
		if err != nil {
			t.Fatal(err)
		}
		cursor := newCursor(h)
		for range 300 {
			off := rng.Int64N(int64(size) + 2)
			want := make([]byte, rng.IntN(2*blockSize+2))
			if rng.IntN(2) == 0 {
				want = want[:min(len(want), 300)]
			}
			n, wantErr := bytes.NewReader(text).ReadAt(want, off)
			for _, r := range []io.ReaderAt{h, cursor} {
				got := make([]byte, len(want))
				m, err := r.ReadAt(got, off)
				if m != n || !bytes.Equal(got, want) || len(want) > 0 && !errors.Is(err, wantErr) {
					t.Fatalf("%d bytes at %d of %d: %d, %v; want %d, %v", len(want), off, size, m, err, n, wantErr)
				}
			}
		}
		if sum, err := h.hash(t.Context()); err != nil || sum != fmt.Sprintf("%x", sha256.Sum256(text)) {
			t.Errorf("hash: %s, %v", sum, err)
		}
		if err := h.close(); err != nil {
			t.Fatal(err)
		}
	}
}

// formats are the formats that a source reads.
var formats = []string{"x.parquet", "x.arrow", "x.arrows", "x.csv"}

// writeRows writes a file of some blocks.
func writeRows(t *testing.T, path string, first int64) {
	t.Helper()
	schema := arrow.NewSchema([]arrow.Field{{Name: "a", Type: arrow.PrimitiveTypes.Int64}, {Name: "b", Type: arrow.PrimitiveTypes.Int64}}, nil)
	b := array.NewRecordBuilder(memory.DefaultAllocator, schema)
	defer b.Release()
	for i := range int64(40_000) {
		b.Field(0).(*array.Int64Builder).Append(first + i)
		b.Field(1).(*array.Int64Builder).Append((first + i) * 7919 % 100_003)
	}
	rec := b.NewRecord()
	defer rec.Release()
	w, err := Create(path, schema, WriterOptions{RowGroup: 10_000})
	if err != nil {
		t.Fatal(err)
	}
	if err := errors.Join(w.Write(rec), w.Close()); err != nil {
		t.Fatal(err)
	}
}

// drain reads all rows and returns the sum of the first column.
func drain(t *testing.T, s *Source) (int64, error) {
	t.Helper()
	r, err := s.Reader(t.Context(), nil)
	if err != nil {
		return 0, err
	}
	defer r.Release()
	sum := int64(0)
	for r.Next() {
		for _, v := range r.Record().Column(0).(*array.Int64).Int64Values() {
			sum += v
		}
	}
	return sum, r.Err()
}

// overwrite changes bytes of a file in place and sets its times back.
func overwrite(t *testing.T, path string, change func(*os.File) error) {
	t.Helper()
	info, err := os.Stat(path)
	if err != nil {
		t.Fatal(err)
	}
	f, err := os.OpenFile(path, os.O_RDWR, 0)
	if err != nil {
		t.Fatal(err)
	}
	if err := errors.Join(change(f), f.Close(), os.Chtimes(path, time.Time{}, info.ModTime())); err != nil {
		t.Fatal(err)
	}
}

// TestChangedInPlace: a change of any byte between the reading and the hashing, or
// between the hashing and the reading, is an error.
func TestChangedInPlace(t *testing.T) {
	rng := rand.New(rand.NewPCG(3, 4))
	for _, name := range formats {
		for range 5 {
			for _, first := range []string{"read", "hash"} {
				path := filepath.Join(t.TempDir(), name)
				writeRows(t, path, 0)
				s, err := Open(t.Context(), []string{path}, Options{CSV: CSVOptions{Infer: true}})
				if err != nil {
					t.Fatal(err)
				}
				at := rng.Int64N(s.infos[0].Size)
				hash := func() error { return s.Hash(t.Context()) }
				read := func() error { _, err := drain(t, s); return err }
				one, two := read, hash
				if first == "hash" {
					one, two = hash, read
				}
				if err := one(); err != nil {
					t.Fatal(err)
				}
				overwrite(t, path, func(f *os.File) error {
					b := make([]byte, 1)
					_, err := f.ReadAt(b, at)
					b[0] ^= 1 << rng.IntN(8)
					_, err2 := f.WriteAt(b, at)
					return errors.Join(err, err2)
				})
				err = two()
				// A CSV file was hashed as it was opened, so that Hash need not look
				// again; an IPC file has a footer that no reader looks at.
				unread := name == "x.csv" && first == "read" || first == "hash" && s.unread(at)
				if !errors.Is(err, ErrChanged) && !(unread && err == nil) {
					t.Errorf("%s, byte %d of %d changed after %s: %v", name, at, s.infos[0].Size, first, err)
				}
				if err := s.Close(); err != nil {
					t.Fatal(err)
				}
			}
		}
	}
}

// unread reports whether no reader needs the block of a byte: the block of the footer of
// an IPC file.
func (s *Source) unread(at int64) bool {
	p, ok := s.files[0].(*ipcFile)
	return ok && at/blockSize > (p.end-1)/blockSize
}

// TestReplaced: a file that is put under the name of another is not the opened file. The
// first file is read and hashed.
func TestReplaced(t *testing.T) {
	for _, name := range formats {
		dir := t.TempDir()
		path, other := filepath.Join(dir, name), filepath.Join(dir, "other-"+name)
		writeRows(t, path, 0)
		writeRows(t, other, 1)
		text, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		s, err := Open(t.Context(), []string{path}, Options{CSV: CSVOptions{Infer: true}})
		if err != nil {
			t.Fatal(err)
		}
		if err := os.Rename(other, path); err != nil {
			t.Fatal(err)
		}
		sum, err := drain(t, s)
		if err != nil || sum != 39_999*40_000/2 {
			t.Errorf("%s: read %d, %v", name, sum, err)
		}
		if err := s.Hash(t.Context()); err != nil || s.Files()[0].SHA256 != fmt.Sprintf("%x", sha256.Sum256(text)) {
			t.Errorf("%s: hash %v, %v", name, s.Files(), err)
		}
		if err := s.Close(); err != nil {
			t.Fatal(err)
		}
	}
}

// TestLengthChanged: a file that grows or shrinks is seen to.
func TestLengthChanged(t *testing.T) {
	for _, name := range formats {
		for what, change := range map[string]func(*os.File) error{
			"grown":  func(f *os.File) error { _, err := f.Seek(0, io.SeekEnd); f.WriteString("1,2\n"); return err },
			"shrunk": func(f *os.File) error { return f.Truncate(blockSize) },
		} {
			path := filepath.Join(t.TempDir(), name)
			writeRows(t, path, 0)
			s, err := Open(t.Context(), []string{path}, Options{CSV: CSVOptions{Infer: true}})
			if err != nil {
				t.Fatal(err)
			}
			overwrite(t, path, change)
			_, readErr := drain(t, s)
			err = errors.Join(readErr, s.Hash(t.Context()))
			if unseen := name == "x.csv" && what == "grown"; !errors.Is(err, ErrChanged) && !unseen {
				t.Errorf("%s, %s: %v", name, what, err)
			}
			if err := s.Close(); err != nil {
				t.Fatal(err)
			}
		}
	}
}

// TestSums: a file of another hash, or of none, is not opened.
func TestSums(t *testing.T) {
	for _, name := range formats {
		path := filepath.Join(t.TempDir(), name)
		writeRows(t, path, 0)
		text, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		good := fmt.Sprintf("%X", sha256.Sum256(text))
		for _, tc := range []struct {
			sums map[string]string
			want error
		}{
			{map[string]string{path: good}, nil},
			{map[string]string{path: strings.Repeat("0", 64)}, ErrHash},
			{map[string]string{path: ""}, ErrHash},
			{map[string]string{"x": good}, ErrHash},
			{map[string]string{}, ErrHash},
		} {
			s, err := Open(t.Context(), []string{filepath.Dir(path) + "/./" + name}, Options{Sums: tc.sums, CSV: CSVOptions{Infer: true}})
			if !errors.Is(err, tc.want) {
				t.Errorf("%s, %v: %v, want %v", name, tc.sums, err, tc.want)
			}
			if err == nil {
				if err := s.Close(); err != nil {
					t.Fatal(err)
				}
			}
		}
	}
}
