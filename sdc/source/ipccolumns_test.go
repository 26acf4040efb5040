package source

import (
	"bytes"
	ctx "context"
	"encoding/binary"
	"encoding/hex"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/apache/arrow/go/v15/arrow"
	"github.com/apache/arrow/go/v15/arrow/array"
	"github.com/apache/arrow/go/v15/arrow/endian"
	"github.com/apache/arrow/go/v15/arrow/ipc"
	"github.com/apache/arrow/go/v15/arrow/memory"
)

// TestViewed: a view is taken only if all of it is right.
func TestViewed(t *testing.T) {
	data := [][]byte{[]byte("0123456789abcdef"), []byte("xyz")}
	view := func(n int32, prefix string, k, at int32) []byte {
		v := binary.LittleEndian.AppendUint32(nil, uint32(n))
		v = append(v, prefix...)
		v = binary.LittleEndian.AppendUint32(v, uint32(k))
		return binary.LittleEndian.AppendUint32(v, uint32(at))
	}
	inline := func(n int32, s string) []byte {
		v := append(binary.LittleEndian.AppendUint32(nil, uint32(n)), s...)
		return append(v, make([]byte, viewSize-len(v))...)
	}
	for _, tc := range []struct {
		name string
		v    []byte
		want string
		fine bool
	}{
		{"none", inline(0, ""), "", true},
		{"twelve bytes", inline(12, "abcdefghijkl"), "abcdefghijkl", true},
		{"one byte", inline(1, "a"), "a", true},
		{"bytes behind a short text", inline(1, "ab"), "", false},
		{"bytes behind no text", inline(0, "a"), "", false},
		{"thirteen bytes", view(13, "0123", 0, 0), "0123456789abc", true},
		{"to the end", view(13, "3456", 0, 3), "3456789abcdef", true},
		{"beyond the end", view(13, "4567", 0, 4), "", false},
		{"longer than its buffer", view(17, "0123", 0, 0), "", false},
		{"another prefix", view(13, "0124", 0, 0), "", false},
		{"no such buffer", view(13, "0123", 2, 0), "", false},
		{"buffer -1", view(13, "0123", -1, 0), "", false},
		{"offset -1", view(13, "0123", 0, -1), "", false},
		{"length -1", view(-1, "0123", 0, 0), "", false},
		{"a buffer that is too short", view(13, "xyz\x00", 1, 0), "", false},
		{"longest length", view(1<<31-1, "0123", 0, 1), "", false},
	} {
		t.Run(tc.name, func(t *testing.T) {
			got, err := viewed(tc.v, data)
			if string(got) != tc.want || (err == nil) != tc.fine || err != nil && !errors.Is(err, ErrCorrupt) {
				t.Errorf("%q, %v", got, err)
			}
		})
	}
}

// writeIPC writes records as a file or a stream.
func writeIPC(t *testing.T, name string, schema *arrow.Schema, recs ...arrow.Record) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), name)
	f, err := os.Create(path)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	var w interface {
		Write(arrow.Record) error
		Close() error
	}
	if strings.HasSuffix(name, ".arrows") {
		w = ipc.NewWriter(f, ipc.WithSchema(schema))
	} else if w, err = ipc.NewFileWriter(f, ipc.WithSchema(schema)); err != nil {
		t.Fatal(err)
	}
	for _, rec := range recs {
		if err := w.Write(rec); err != nil {
			t.Fatal(err)
		}
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return path
}

// readText reads columns of a file as text, "null" for a null.
func readText(path string, columns []string) (out []string, err error) {
	s, err := Open(ctx.Background(), []string{path}, Options{})
	if err != nil {
		return nil, err
	}
	defer s.Close()
	r, err := s.Reader(ctx.Background(), columns)
	if err != nil {
		return nil, err
	}
	defer r.Release()
	for r.Next() {
		for _, c := range r.Record().Columns() {
			for i := range c.Len() {
				if c.IsNull(i) {
					out = append(out, "null")
				} else {
					out = append(out, c.ValueStr(i))
				}
			}
		}
	}
	return out, r.Err()
}

// bodyOf returns where the body of the first batch begins.
func bodyOf(t *testing.T, path string) int64 {
	t.Helper()
	s, err := Open(ctx.Background(), []string{path}, Options{})
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	b := s.files[0].(*ipcFile).blocks[0]
	return b.at + b.meta
}

// TestBigEndian: numbers, offsets and indices of a big-endian file are converted, on any
// machine.
func TestBigEndian(t *testing.T) {
	for _, tc := range []struct {
		name       string
		dt         arrow.DataType
		json       string
		here, file string // what the writer writes, and what is to be there
		want       []string
	}{
		{"int16", arrow.PrimitiveTypes.Int16, "[258,-2]", "0201feff00000000", "0102fffe00000000", []string{"258", "-2"}},
		{"int64", arrow.PrimitiveTypes.Int64, "[258]", "0201000000000000", "0000000000000102", []string{"258"}},
		{"float64", arrow.PrimitiveTypes.Float64, "[1.5]", "000000000000f83f", "3ff8000000000000", []string{"1.5"}},
		{"decimal", &arrow.Decimal128Type{Precision: 9, Scale: 1}, `["25.5"]`, "ff000000000000000000000000000000", "000000000000000000000000000000ff", []string{"25.5"}},
		{"text", arrow.BinaryTypes.String, `["a","bc"]`, "000000000100000003000000", "000000000000000100000003", []string{"a", "bc"}},
		{"large text", arrow.BinaryTypes.LargeString, `["ab"]`, "00000000000000000200000000000000", "00000000000000000000000000000002", []string{"ab"}},
		{"fixed", &arrow.FixedSizeBinaryType{ByteWidth: 2}, `["YWI="]`, "6162", "6162", []string{"YWI="}},
		{"bool", arrow.FixedWidthTypes.Boolean, "[false,true]", "02", "02", []string{"false", "true"}},
	} {
		t.Run(tc.name, func(t *testing.T) {
			arr, _, err := array.FromJSON(memory.DefaultAllocator, tc.dt, strings.NewReader(tc.json))
			if err != nil {
				t.Fatal(err)
			}
			schema := arrow.NewSchema([]arrow.Field{{Name: "v", Type: tc.dt}}, nil).WithEndianness(endian.BigEndian)
			rec := array.NewRecord(schema, []arrow.Array{arr}, int64(arr.Len()))
			for _, name := range []string{"x.arrow", "x.arrows"} {
				path := writeIPC(t, name, schema, rec)
				text, err := os.ReadFile(path)
				if err != nil {
					t.Fatal(err)
				}
				here, _ := hex.DecodeString(tc.here)
				file, _ := hex.DecodeString(tc.file)
				body := bodyOf(t, path)
				at := bytes.Index(text[body:], here)
				if at < 0 {
					t.Fatalf("%s: the values are not there", tc.name)
				}
				copy(text[int(body)+at:], file)
				if err := os.WriteFile(path, text, 0o600); err != nil {
					t.Fatal(err)
				}
				if got, err := readText(path, nil); err != nil || !slices.Equal(got, tc.want) {
					t.Errorf("%s %s: %v, %v", tc.name, name, got, err)
				}
			}
		})
	}
}

// TestColumnsThatCannotBeRead stand beside others, and are an error that names them
// if they are asked for.
func TestColumnsThatCannotBeRead(t *testing.T) {
	dt := arrow.ListOf(arrow.PrimitiveTypes.Int64)
	schema := arrow.NewSchema([]arrow.Field{{Name: "a", Type: dt}, {Name: "b", Type: arrow.PrimitiveTypes.Int64}, {Name: "c", Type: dt}}, nil)
	list, _, err := array.FromJSON(memory.DefaultAllocator, dt, strings.NewReader("[[1,2],[],[3]]"))
	if err != nil {
		t.Fatal(err)
	}
	b, _, err := array.FromJSON(memory.DefaultAllocator, arrow.PrimitiveTypes.Int64, strings.NewReader("[7,8,9]"))
	if err != nil {
		t.Fatal(err)
	}
	rec := array.NewRecord(schema, []arrow.Array{list, b, list}, 3)
	for _, name := range []string{"x.arrow", "x.arrows"} {
		path := writeIPC(t, name, schema, rec)
		if got, err := readText(path, []string{"b"}); err != nil || !slices.Equal(got, []string{"7", "8", "9"}) {
			t.Errorf("%s: %v, %v", name, got, err)
		}
		for _, columns := range [][]string{nil, {"b", "c"}} {
			_, err := readText(path, columns)
			var fe *FileError
			if !errors.Is(err, ErrUnsupported) || errors.Is(err, ErrCorrupt) || !errors.As(err, &fe) || fe.Column == "" || !strings.Contains(err.Error(), "list<int64>") {
				t.Errorf("%s %v: %v", name, columns, err)
			}
		}
	}
}

// TestNumberOfNulls: the number of nulls that a batch states must agree with its bits.
// pyarrow and others accept the number where it is 0.
func TestNumberOfNulls(t *testing.T) {
	bits := memory.NewBufferBytes([]byte{0b101})
	values := memory.NewBufferBytes(make([]byte, 24))
	schema := arrow.NewSchema([]arrow.Field{{Name: "v", Type: arrow.PrimitiveTypes.Int64, Nullable: true}}, nil)
	for nulls, fine := range map[int]bool{1: true, 2: false} {
		t.Run(fmt.Sprint("nulls ", nulls), func(t *testing.T) {
			arr := array.MakeFromData(array.NewData(arrow.PrimitiveTypes.Int64, 3, []*memory.Buffer{bits, values}, nil, nulls, 0))
			got, err := readText(writeIPC(t, "x.arrow", schema, array.NewRecord(schema, []arrow.Array{arr}, 3)), nil)
			if fine && (err != nil || !slices.Equal(got, []string{"0", "null", "0"})) || !fine && !errors.Is(err, ErrCorrupt) {
				t.Errorf("%d nulls: %v, %v", nulls, got, err)
			}
		})
	}
}

// TestMarkedDictionaries: a stream's dictionaries come to hold as they come.
func TestMarkedDictionaries(t *testing.T) {
	rec := func(entries string, index int64) arrow.Record {
		dict, _, err := array.FromJSON(memory.DefaultAllocator, arrow.BinaryTypes.String, strings.NewReader(entries))
		if err != nil {
			t.Fatal(err)
		}
		b := array.NewInt8Builder(memory.DefaultAllocator)
		b.AppendNull()
		b.Append(int8(index))
		dt := &arrow.DictionaryType{IndexType: arrow.PrimitiveTypes.Int8, ValueType: arrow.BinaryTypes.String}
		arr := array.NewDictionaryArray(dt, b.NewArray(), dict)
		return array.NewRecord(arrow.NewSchema([]arrow.Field{{Name: "d", Type: dt, Nullable: true}}, nil), []arrow.Array{arr}, 2)
	}
	a, b := rec(`["a","b"]`, 1), rec(`["x","y","z"]`, 2)
	got, err := readText(writeIPC(t, "x.arrows", a.Schema(), a, b, a), nil)
	if want := []string{"null", "b", "null", "z", "null", "b"}; err != nil || !slices.Equal(got, want) {
		t.Errorf("%v, %v", got, err)
	}
}

// TestOnes compares with a count of each bit.
func TestOnes(t *testing.T) {
	b := make([]byte, 40)
	for i := range b {
		b[i] = byte(i*i*31 + i)
	}
	want := 0
	for n := range 8 * len(b) {
		if got := ones(b, n); got != want {
			t.Fatalf("%d of the first %d, want %d", got, n, want)
		}
		want += int(b[n/8] >> (n % 8) & 1)
	}
}
