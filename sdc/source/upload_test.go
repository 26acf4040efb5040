package source_test

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"math"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"testing/iotest"

	"github.com/apache/arrow/go/v15/arrow"
	"github.com/apache/arrow/go/v15/arrow/array"
	"github.com/apache/arrow/go/v15/arrow/ipc"
	"github.com/apache/arrow/go/v15/arrow/memory"

	"github.com/sluis-go/sluis/sdc"
	"github.com/sluis-go/sluis/sdc/source"
)

// uploadRecord is a record of texts, numbers and nulls.
func uploadRecord(rows int) arrow.Record {
	schema := arrow.NewSchema([]arrow.Field{
		{Name: "id", Type: arrow.BinaryTypes.String},
		{Name: "region", Type: arrow.BinaryTypes.String, Nullable: true},
		{Name: "x", Type: arrow.PrimitiveTypes.Int64, Nullable: true},
	}, nil)
	b := array.NewRecordBuilder(memory.DefaultAllocator, schema)
	defer b.Release()
	for i := range rows {
		b.Field(0).(*array.StringBuilder).Append(fmt.Sprintf("p%04d", i))
		b.Field(1).(*array.StringBuilder).AppendValues([]string{[]string{"north", "south"}[i%2]}, []bool{i%9 > 0})
		b.Field(2).(*array.Int64Builder).AppendValues([]int64{int64(i % 13)}, []bool{i%7 > 0})
	}
	return b.NewRecord()
}

// uploads are the bytes of a record in every format, by extension.
func uploads(t testing.TB, rows int) map[string][]byte {
	t.Helper()
	rec := uploadRecord(rows)
	defer rec.Release()
	out := map[string][]byte{}
	for _, ext := range []string{".csv", ".parquet", ".arrow"} {
		path := filepath.Join(t.TempDir(), "x"+ext)
		w, err := source.Create(path, rec.Schema(), source.WriterOptions{})
		if err != nil {
			t.Fatal(err)
		}
		if err := errors.Join(w.Write(rec), w.Close()); err != nil {
			t.Fatal(err)
		}
		if out[ext], err = os.ReadFile(path); err != nil {
			t.Fatal(err)
		}
	}
	var buf bytes.Buffer
	w := ipc.NewWriter(&buf, ipc.WithSchema(rec.Schema()))
	for k := range int64(2) { // two batches
		part := rec.NewSlice(k*rec.NumRows()/2, (k+1)*rec.NumRows()/2)
		if err := w.Write(part); err != nil {
			t.Fatal(err)
		}
		part.Release()
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	out[".arrows"] = buf.Bytes()
	return out
}

// rowsOf prints the rows of a source.
func rowsOf(s *source.Source) ([]string, error) {
	r, err := s.Reader(context.Background(), nil)
	if err != nil {
		return nil, err
	}
	defer r.Release()
	var out []string
	for r.Next() {
		rec := r.Record()
		for i := range int(rec.NumRows()) {
			var row []string
			for _, c := range rec.Columns() {
				row = append(row, c.ValueStr(i))
			}
			out = append(out, strings.Join(row, "|"))
		}
	}
	return out, r.Err()
}

// TestNewReader: an upload has the rows and the hash of the file of the same bytes,
// however it arrives, and can be read more than once.
func TestNewReader(t *testing.T) {
	for ext, text := range uploads(t, 300) {
		path := filepath.Join(t.TempDir(), "x"+ext)
		if err := os.WriteFile(path, text, 0o600); err != nil {
			t.Fatal(err)
		}
		file, err := source.Open(t.Context(), []string{path}, source.Options{})
		if err != nil {
			t.Fatal(err)
		}
		defer file.Close()
		want, err := rowsOf(file)
		if err != nil || len(want) != 300 {
			t.Fatal(len(want), err)
		}
		sum := sha256.Sum256(text)
		for _, tc := range []struct {
			name   string
			reader io.Reader
			opts   source.Options
		}{
			{"at once", bytes.NewReader(text), source.Options{}},
			{"byte by byte", iotest.OneByteReader(bytes.NewReader(text)), source.Options{}},
			{"with its end", iotest.DataErrReader(bytes.NewReader(text)), source.Options{}},
			{"of the format", bytes.NewReader(text), source.Options{Format: source.Format(ext[1:])}},
			{"exactly as long as is allowed", bytes.NewReader(text), source.Options{MemoryLimit: max(int64(len(text)), 1<<20)}},
			{"with its hash", bytes.NewReader(text), source.Options{Sums: map[string]string{"upload": hex.EncodeToString(sum[:])}}},
		} {
			t.Run(ext+" "+tc.name, func(t *testing.T) {
				s, err := source.NewReader(t.Context(), tc.reader, tc.opts)
				if err != nil {
					t.Fatal(err)
				}
				for range 2 {
					if got, err := rowsOf(s); err != nil || !slices.Equal(got, want) {
						t.Errorf("%d rows, %v", len(got), err)
					}
				}
				if f := s.Files(); len(f) != 1 || f[0].SHA256 != hex.EncodeToString(sum[:]) || f[0].Size != int64(len(text)) || f[0].Name != "upload" {
					t.Errorf("%+v", f)
				}
				if err := errors.Join(s.Hash(t.Context()), s.Close()); err != nil {
					t.Error(err)
				}
				if _, err := rowsOf(s); err == nil {
					t.Error("a source that is closed is read")
				}
			})
		}
	}
}

// TestLongUpload: an upload of many pieces.
func TestLongUpload(t *testing.T) {
	var text strings.Builder
	text.WriteString("a,b\n")
	n := 0
	for ; text.Len() < 3<<20; n++ {
		fmt.Fprintf(&text, "%d,%s\n", n, strings.Repeat("z", n%50))
	}
	s, err := source.NewReader(t.Context(), strings.NewReader(text.String()), source.Options{})
	if err != nil {
		t.Fatal(err)
	}
	rows, err := rowsOf(s)
	if err != nil || len(rows) != n || rows[n-1] != fmt.Sprintf("%d|%s", n-1, strings.Repeat("z", (n-1)%50)) {
		t.Errorf("%d rows of %d, %v", len(rows), n, err)
	}
}

// wild is a reader that breaks the rules of readers.
type wild func(b []byte) (int, error)

// Read implements io.Reader.
func (w wild) Read(b []byte) (int, error) { return w(b) }

// TestMisusedSource: a request that makes no sense is an error that says what to do.
func TestMisusedSource(t *testing.T) {
	own := errors.New("the line is cut")
	text := uploads(t, 20)
	cancelled, cancel := context.WithCancel(t.Context())
	cancel()
	var none context.Context
	for _, tc := range []struct {
		name   string
		ctx    context.Context
		reader io.Reader
		opts   source.Options
		want   error
		says   string
	}{
		{"no context", none, strings.NewReader("a\n1\n"), source.Options{}, nil, "context is nil"},
		{"no reader", t.Context(), nil, source.Options{}, nil, "reader is nil"},
		{"no such format", t.Context(), strings.NewReader("a\n1\n"), source.Options{Format: "xlsx"}, source.ErrUnsupported, "csv, arrows, arrow, parquet"},
		{"another format than is said", t.Context(), bytes.NewReader(text[".arrows"]), source.Options{Format: source.FormatParquet}, source.ErrCorrupt, ""},
		{"nothing", t.Context(), strings.NewReader(""), source.Options{}, nil, "upload"},
		{"a cancelled context", cancelled, strings.NewReader("a\n1\n"), source.Options{}, context.Canceled, ""},
		{"an error behind rows", t.Context(), io.MultiReader(strings.NewReader("a\n1\n"), iotest.ErrReader(own)), source.Options{}, own, ""},
		{"an unexpected end", t.Context(), io.MultiReader(strings.NewReader("a\n1\n"), iotest.ErrReader(io.ErrUnexpectedEOF)), source.Options{}, io.ErrUnexpectedEOF, ""},
		{"more than is allowed", t.Context(), strings.NewReader("a\n123456789\n"), source.Options{MemoryLimit: 11}, source.ErrMemory, "use Open"},
		{"no end", t.Context(), wild(func(b []byte) (int, error) { return copy(b, "a\n"), nil }), source.Options{MemoryLimit: 1 << 21}, source.ErrMemory, "use Open"},
		{"a panic", t.Context(), wild(func([]byte) (int, error) { panic("secret") }), source.Options{}, nil, "panic"},
		{"nothing over and over", t.Context(), wild(func([]byte) (int, error) { return 0, nil }), source.Options{}, io.ErrNoProgress, ""},
		{"more bytes than there is room", t.Context(), wild(func(b []byte) (int, error) { return len(b) + 1, nil }), source.Options{}, nil, "not asked for"},
		{"fewer than no bytes", t.Context(), wild(func([]byte) (int, error) { return -1, nil }), source.Options{}, nil, "not asked for"},
		{"another hash", t.Context(), strings.NewReader("a\n1\n"), source.Options{Sums: map[string]string{"upload": strings.Repeat("0", 64)}}, source.ErrHash, ""},
		{"no hash where some are given", t.Context(), strings.NewReader("a\n1\n"), source.Options{Sums: map[string]string{}}, source.ErrHash, "none was given"},
		{"a stream that is cut", t.Context(), bytes.NewReader(text[".arrows"][:len(text[".arrows"])-8]), source.Options{}, source.ErrCorrupt, "no mark of its end"},
		{"a file that is cut", t.Context(), bytes.NewReader(text[".parquet"][:len(text[".parquet"])-1]), source.Options{}, source.ErrCorrupt, ""},
	} {
		t.Run(tc.name, func(t *testing.T) {
			s, err := source.NewReader(tc.ctx, tc.reader, tc.opts)
			if err == nil || s != nil || tc.want != nil && !errors.Is(err, tc.want) || !strings.Contains(err.Error(), tc.says) || strings.Contains(err.Error(), "secret") {
				t.Errorf("%v", err)
			}
		})
	}
	t.Run("a limit without an end", func(t *testing.T) {
		if _, err := source.NewReader(t.Context(), strings.NewReader("a\n1\n"), source.Options{MemoryLimit: math.MaxInt64}); err != nil {
			t.Error(err)
		}
	})
	t.Run("no file", func(t *testing.T) {
		if _, err := source.Open(t.Context(), nil, source.Options{}); err == nil {
			t.Error("no error")
		}
		if _, err := source.Open(none, []string{"x.csv"}, source.Options{}); err == nil {
			t.Error("no error without a context")
		}
	})
}

// TestMisusedWriter: a file of no schema, and a record that there is not.
func TestMisusedWriter(t *testing.T) {
	dir := t.TempDir()
	for _, ext := range []string{".csv", ".parquet", ".arrow", ".xlsx", ""} {
		if w, err := source.Create(filepath.Join(dir, "x"+ext), nil, source.WriterOptions{}); err == nil || w != nil {
			t.Errorf("%q: a file of no schema: %v", ext, err)
		}
	}
	rec := uploadRecord(1)
	defer rec.Release()
	w, err := source.Create(filepath.Join(dir, "y.csv"), rec.Schema(), source.WriterOptions{})
	if err != nil {
		t.Fatal(err)
	}
	if err := w.Write(nil); err == nil {
		t.Error("no record is written")
	}
	if err := w.Abort(); err != nil {
		t.Error(err)
	}
	if left, err := os.ReadDir(dir); err != nil || len(left) > 0 {
		t.Errorf("%v is left, %v", left, err)
	}
}

// TestHostileUploads: a check of an upload with changed bytes ends in an error, or in a
// report about all its rows. In a format without checksums values may change, but there
// are never fewer rows.
func TestHostileUploads(t *testing.T) {
	text := uploads(t, 120)
	rng := rand.New(rand.NewPCG(19, 6))
	for _, ext := range []string{".arrows", ".arrow", ".parquet", ".csv"} {
		tries := 1000
		if ext != ".arrows" && testing.Short() {
			tries = 150
		}
		errs, reports := 0, 0
		for n := range tries {
			bad := slices.Clone(text[ext])
			for range 1 + rng.IntN(4) {
				at := rng.IntN(len(bad) - 4)
				switch rng.IntN(4) {
				case 0:
					bad[at] ^= 1 << rng.IntN(8)
				case 1:
					bad[at] = byte(rng.Uint32())
				case 2: // a number that is large, or negative
					copy(bad[at&^3:], []byte{0xff, 0xff, 0xff, byte(rng.IntN(2) * 0x7f)}[rng.IntN(2):])
				default: // a number that is another of the file
					copy(bad[at&^3:], bad[rng.IntN(len(bad)-4)&^3:][:4])
				}
			}
			r, err := checkUpload(t.Context(), bad, source.Format(ext[1:]), 1+n%3)
			switch {
			case err != nil:
				errs++
				if errors.Is(err, sdc.ErrInternal) {
					t.Errorf("%s %d: a panic: %v", ext, n, err)
				}
			case ext != ".csv" && r.Data.Rows != 120:
				t.Errorf("%s %d: a report of %d rows of 120", ext, n, r.Data.Rows)
			default:
				reports++
			}
		}
		t.Logf("%s: %d errors, %d reports", ext, errs, reports)
		if errs < tries/20 || ext != ".parquet" && reports < tries/50 {
			t.Errorf("%s: of %d files %d are errors and %d are read: the test has lost its bite", ext, tries, errs, reports)
		}
	}
}

func checkUpload(ctx context.Context, text []byte, format source.Format, threads int) (*sdc.Report, error) {
	s, err := source.NewReader(ctx, bytes.NewReader(text), source.Options{Format: format, MemoryLimit: 1 << 26})
	if err != nil {
		return nil, err
	}
	defer s.Close()
	readers, err := s.Split(ctx, nil, threads)
	if err != nil {
		return nil, err
	}
	defer func() {
		for _, r := range readers {
			r.Release()
		}
	}()
	d := sdc.FromReaders(readers...)
	d.Roles.Respondent = "id"
	d.RespondentForm = "exact"
	d.Missing = map[string]sdc.Missing{"": sdc.MissingCategory}
	return sdc.Check(ctx, d, []sdc.Output{
		{Name: "n", Kind: sdc.Frequency, By: []string{"region"}},
		{Name: "x", Kind: sdc.Magnitude, By: []string{"region"}, Response: "x"},
	}, sdc.CBS(), sdc.Options{Threads: threads})
}
