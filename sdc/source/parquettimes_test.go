package source

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/apache/arrow/go/v15/arrow"
	"github.com/apache/arrow/go/v15/arrow/array"
	"github.com/apache/arrow/go/v15/arrow/memory"
)

// TestInt96: times of any year, without the overflow of nanoseconds in 64 bits.
func TestInt96(t *testing.T) {
	got, err := readColumns(t, 2, nil, fixtures(t, "int96-years.parquet")...)
	want := []string{"9999-12-31 00:00:00", "2024-05-06 00:00:00", "-", "1900-02-03 00:00:00", "0001-01-01 00:00:00"}
	if err != nil || !slices.Equal(got[0], want) {
		t.Errorf("%v, %v", got, err)
	}
	got, err = readColumns(t, 2, nil, fixtures(t, "int96.parquet")...)
	want = []string{"2020-01-31 12:30:15.123456", "-", "1677-09-22 00:00:00", "1900-02-03 04:05:06"}
	if err != nil || !slices.Equal(got[0], want) {
		t.Errorf("%v, %v", got, err)
	}
	if _, err := readColumns(t, 2, nil, fixtures(t, "int96-fine.parquet")...); !errors.Is(err, ErrUnsupported) || !strings.Contains(err.Error(), `column "end"`) {
		t.Errorf("a nanosecond: %v", err)
	}
}

// TestInt96Ends: the first and last times that microseconds reach.
func TestInt96Ends(t *testing.T) {
	stamp := func(day uint32, nanos uint64) []byte {
		b := make([]byte, 12)
		for i := range 8 {
			b[i] = byte(nanos >> (8 * i))
		}
		for i := range 4 {
			b[8+i] = byte(day >> (8 * i))
		}
		return b
	}
	out := make([]byte, 8)
	for _, tc := range []struct {
		name  string
		day   uint32
		nanos uint64
		ok    bool
		want  int64
	}{
		{"1970", 2_440_588, 0, true, 0},
		{"the day before, but for a microsecond", 2_440_587, 86_399_999_999_000, true, -1},
		{"day 0", 0, 0, true, -2_440_588 * 86_400_000_000},
		{"a part of a microsecond", 2_440_588, 1, false, 0},
		{"a day beyond", 1<<32 - 1, 0, false, 0},
		{"negative nanoseconds", 2_440_588, 1 << 63, false, 0},
		{"the most nanoseconds", 2_440_588, 1<<63 - 808, true, 1<<63/1000 - 0},
	} {
		t.Run(tc.name, func(t *testing.T) {
			ok := int96Micros(out, stamp(tc.day, tc.nanos), 1)
			got := int64(0)
			for i := range 8 {
				got |= int64(out[i]) << (8 * i)
			}
			if ok != tc.ok || ok && got != tc.want {
				t.Errorf("%s: %d, %t", tc.name, got, ok)
			}
		})
	}
}

// TestEncrypted: a file with an encrypted footer is called so; where the footer is
// plain, the columns that are encrypted are, and the others are read.
func TestEncrypted(t *testing.T) {
	for name, column := range map[string]string{"encrypted.parquet": "", "encrypted-plain.parquet": "g"} {
		t.Run(name, func(t *testing.T) {
			_, err := readColumns(t, 100, nil, fixtures(t, name)...)
			var fe *FileError
			if !errors.Is(err, ErrUnsupported) || !strings.Contains(err.Error(), "encrypted") || !errors.As(err, &fe) || fe.Column != column {
				t.Errorf("%s: %v", name, err)
			}
		})
	}
	if got, err := readColumns(t, 100, []string{"id"}, fixtures(t, "encrypted-plain.parquet")...); err == nil && !slices.Equal(got[0], basics()["id"]) {
		t.Errorf("id: %v", got)
	} else if err != nil && !strings.Contains(err.Error(), "encrypted") {
		t.Error(err)
	}
}

// TestTimesStay: times keep value, unit and zone through files of every format.
func TestTimesStay(t *testing.T) {
	for _, unit := range []arrow.TimeUnit{arrow.Millisecond, arrow.Microsecond, arrow.Nanosecond} {
		for _, zone := range []string{"", "UTC"} {
			dt := &arrow.TimestampType{Unit: unit, TimeZone: zone}
			for _, ext := range []string{".parquet", ".arrow", ".arrows", ".csv"} {
				path := filepath.Join(t.TempDir(), "x"+ext)
				schema := arrow.NewSchema([]arrow.Field{{Name: "t", Type: dt, Nullable: true}}, nil)
				b := array.NewRecordBuilder(memory.DefaultAllocator, schema)
				b.Field(0).(*array.TimestampBuilder).AppendValues([]arrow.Timestamp{0, 1_234_567_890_123, -1000}, []bool{true, true, true})
				b.Field(0).AppendNull()
				rec := b.NewRecord()
				w, err := Create(path, schema, WriterOptions{})
				if err != nil {
					t.Fatal(err)
				}
				if err := errors.Join(w.Write(rec), w.Close()); err != nil {
					t.Fatal(err)
				}
				if ext == ".csv" {
					data, err := os.ReadFile(path)
					if err != nil || strings.Contains(string(data), "Z") != (zone != "") {
						t.Errorf("%v as CSV: %q, %v", dt, data, err)
					}
					continue
				}
				s, err := Open(context.Background(), []string{path}, Options{})
				if err != nil {
					t.Fatal(err)
				}
				if got := s.Schema().Field(0).Type; !arrow.TypeEqual(got, dt) {
					t.Errorf("%v in %s is read as %v", dt, ext, got)
				}
				if err := s.Close(); err != nil {
					t.Error(err)
				}
				got, err := readColumns(t, 10, nil, path)
				want := []string{}
				for i := range 4 {
					want = append(want, show(rec.Column(0), i))
				}
				if err != nil || !slices.Equal(got[0], want) {
					t.Errorf("%v in %s: %v, want %v, %v", dt, ext, got, want, err)
				}
			}
		}
	}
}

// TestBatchesMayBeKept: the memory limit is for one batch; a caller that keeps all
// batches of a file does not reach it.
func TestBatchesMayBeKept(t *testing.T) {
	path := filepath.Join(t.TempDir(), "x.parquet")
	schema := arrow.NewSchema([]arrow.Field{{Name: "x", Type: arrow.PrimitiveTypes.Int64}}, nil)
	b := array.NewRecordBuilder(memory.DefaultAllocator, schema)
	defer b.Release()
	const rows, limit = 400_000, 2 << 20
	for i := range rows {
		b.Field(0).(*array.Int64Builder).Append(int64(i) * 0x9e3779b97f4a7c1)
	}
	rec := b.NewRecord()
	defer rec.Release()
	w, err := Create(path, schema, WriterOptions{RowGroup: 50_000})
	if err != nil {
		t.Fatal(err)
	}
	if err := errors.Join(w.Write(rec), w.Close()); err != nil {
		t.Fatal(err)
	}
	s, err := Open(context.Background(), []string{path}, Options{MemoryLimit: limit, BatchRows: 4096})
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	r, err := s.Reader(context.Background(), nil)
	if err != nil {
		t.Fatal(err)
	}
	defer r.Release()
	kept := int64(0)
	for r.Next() {
		rec := r.Record()
		rec.Retain()
		defer rec.Release()
		kept += rec.NumRows()
	}
	if r.Err() != nil || kept != rows {
		t.Errorf("%d rows, %v", kept, r.Err())
	}
}
