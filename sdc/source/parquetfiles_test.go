package source

import (
	"context"
	"errors"
	"fmt"
	"math/big"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/apache/arrow/go/v15/arrow"
	"github.com/apache/arrow/go/v15/arrow/array"
	"github.com/apache/arrow/go/v15/arrow/memory"
)

// show prints a value as the tests state it.
func show(arr arrow.Array, i int) string {
	if arr.IsNull(i) {
		return "-"
	}
	switch a := arr.(type) {
	case *array.Dictionary:
		return show(a.Dictionary(), a.GetValueIndex(i))
	case *array.Float32:
		return strconv.FormatFloat(float64(a.Value(i)), 'g', -1, 32)
	case *array.Float64:
		return strconv.FormatFloat(a.Value(i), 'g', -1, 64)
	case *array.Float16:
		return strconv.FormatFloat(float64(a.Value(i).Float32()), 'g', -1, 32)
	case *array.Binary:
		return fmt.Sprintf("%x", a.Value(i))
	case *array.FixedSizeBinary:
		return fmt.Sprintf("%x", a.Value(i))
	}
	return strings.Clone(text(arr, i))
}

// readColumns reads columns (all where nil) of files as text, in batches of any size,
// with nothing left allocated.
func readColumns(t testing.TB, batch int, columns []string, paths ...string) ([][]string, error) {
	t.Helper()
	mem := memory.NewCheckedAllocator(memory.NewGoAllocator())
	defer mem.AssertSize(t, 0)
	ctx := context.Background()
	s, err := Open(ctx, paths, Options{BatchRows: batch, Allocator: mem})
	if err != nil {
		return nil, err
	}
	defer s.Close()
	r, err := s.Reader(ctx, columns)
	if err != nil {
		return nil, err
	}
	defer r.Release()
	out := make([][]string, r.Schema().NumFields())
	for r.Next() {
		for c, arr := range r.Record().Columns() {
			if err := validate(arr); err != nil {
				t.Error(err)
			}
			if !arrow.TypeEqual(arr.DataType(), r.Schema().Field(c).Type) {
				t.Errorf("column %d is %v and its schema says %v", c, arr.DataType(), r.Schema().Field(c).Type)
			}
			for i := range arr.Len() {
				out[c] = append(out[c], show(arr, i))
			}
		}
	}
	return out, r.Err()
}

func fixtures(t testing.TB, pattern string) []string {
	t.Helper()
	found, err := filepath.Glob(filepath.Join("testdata", "parquet", pattern))
	if err != nil || len(found) == 0 {
		t.Fatal(pattern, err)
	}
	return found
}

const fixtureRows = 60

// column is a column of the files of testdata/parquet: row i has no value where i%7 is 3.
func column(f func(i int) string) []string {
	out := make([]string, fixtureRows)
	for i := range out {
		if out[i] = "-"; i%7 != 3 {
			out[i] = f(i)
		}
	}
	return out
}

func hundredths(i int) string { return strconv.FormatFloat(float64(i)/100, 'g', -1, 64) }

// basics are the columns of most files, as make.py says.
func basics() map[string][]string {
	ids := make([]string, fixtureRows)
	for i := range ids {
		ids[i] = strconv.Itoa(i)
	}
	return map[string][]string{
		"id":  ids,
		"g":   column(func(i int) string { return fmt.Sprintf("code-%02d", i%9) }),
		"t":   column(func(i int) string { return fmt.Sprintf("text %d", i*i) }),
		"i32": column(func(i int) string { return strconv.Itoa(i*i - 700) }),
		"i64": column(func(i int) string { return strconv.FormatInt(int64(i)*1e15-5e15, 10) }),
		"f32": column(hundredths),
		"f64": column(hundredths),
		"b":   column(func(i int) string { return strconv.FormatBool(i%3 == 0) }),
	}
}

// TestParquetOfOthers: files of pyarrow, polars and duckdb of every codec, encoding and
// version of pages have the values that went into them.
func TestParquetOfOthers(t *testing.T) {
	want, names := basics(), []string{"id", "g", "t", "i32", "i64", "f32", "f64", "b"}
	for _, path := range slices.Concat(fixtures(t, "v*.parquet"), fixtures(t, "polars.parquet"), fixtures(t, "duckdb*.parquet"), fixtures(t, "emptygroups.parquet")) {
		t.Run(filepath.Base(path), func(t *testing.T) {
			for _, batch := range []int{1, 7, 16, 1000} {
				got, err := readColumns(t, batch, names, path)
				if err != nil {
					t.Fatal(err)
				}
				for c, name := range names {
					if !slices.Equal(got[c], want[name]) {
						t.Fatalf("batches of %d, column %s: got %v, want %v", batch, name, got[c], want[name])
					}
				}
			}
		})
	}
	if got, err := readColumns(t, 10, names, fixtures(t, "none.parquet")...); err != nil || len(got[0]) != 0 {
		t.Errorf("no rows: %v, %v", got, err)
	}
}

// kindColumns are the columns of kinds*.parquet.
func kindColumns() map[string][]string {
	number := func(f func(i int) int64) []string {
		return column(func(i int) string { return strconv.FormatInt(f(i), 10) })
	}
	start := time.Date(2020, 1, 31, 12, 30, 15, 123456000, time.UTC)
	when := func(layout string) []string {
		return column(func(i int) string { return start.AddDate(0, 0, i).Format(layout) })
	}
	clock := func(unit time.Duration, layout string) []string {
		return column(func(i int) string { return time.Unix(0, 0).UTC().Add(time.Duration(1000*i+7) * unit).Format(layout) })
	}
	decimal := func(first, step string, scale int, alternate bool) []string {
		a, _ := new(big.Rat).SetString(first)
		b, _ := new(big.Rat).SetString(step)
		return column(func(i int) string {
			v := new(big.Rat).Add(a, new(big.Rat).Mul(b, new(big.Rat).SetInt64(int64(i))))
			if alternate && i%2 == 1 {
				v.Neg(v)
			}
			return v.FloatString(scale)
		})
	}
	wide := "12345678901234567890.123456789"
	return map[string][]string{
		"i8":     number(func(i int) int64 { return int64(i) - 30 }),
		"i16":    number(func(i int) int64 { return int64(i)*500 - 9000 }),
		"u8":     number(func(i int) int64 { return 255 - int64(i) }),
		"u16":    number(func(i int) int64 { return 65535 - int64(i) }),
		"u32":    number(func(i int) int64 { return 1<<32 - 1 - int64(i) }),
		"u64":    column(func(i int) string { return strconv.FormatUint(1<<64-1-uint64(i), 10) }),
		"f16":    column(func(i int) string { return strconv.FormatFloat(float64(i)/8, 'g', -1, 32) }),
		"day":    when("2006-01-02"),
		"t_ms":   clock(time.Millisecond, "15:04:05.000"),
		"t_us":   clock(time.Microsecond, "15:04:05.000000"),
		"t_ns":   clock(time.Nanosecond, "15:04:05.000000000"),
		"d4":     decimal("-0.20", "0.01", 2, false),
		"d17":    decimal("12345678901234.567", "-1", 3, false),
		"d38":    decimal(wide, "-1", 9, true),
		"d60":    decimal(wide, "-1", 20, true),
		"bin":    column(func(i int) string { return fmt.Sprintf("%02x00ff", i) }),
		"fsb":    column(func(i int) string { return fmt.Sprintf("%02x01020304", i) }),
		"uuid":   column(func(i int) string { return fmt.Sprintf("%032x", i) }),
		"ts_ms":  when("2006-01-02 15:04:05.000"),
		"ts_us":  when("2006-01-02 15:04:05.000000"),
		"ts_ns":  when("2006-01-02 15:04:05.000000"),
		"utc_us": when("2006-01-02 15:04:05.000000Z"),
	}
}

// TestParquetKinds: numbers of every width, times, decimals of every form of storage,
// 16-bit floats and bytes, beside columns that no table is made of.
func TestParquetKinds(t *testing.T) {
	want := kindColumns()
	for _, path := range fixtures(t, "kinds*.parquet") {
		t.Run(filepath.Base(path), func(t *testing.T) {
			for name, cells := range want {
				for _, batch := range []int{9, 1000} {
					got, err := readColumns(t, batch, []string{name}, path)
					if err != nil {
						t.Errorf("%s: %v", name, err)
					} else if !slices.Equal(got[0], cells) {
						t.Errorf("%s: got %v, want %v", name, got[0], cells)
					}
				}
			}
			for _, name := range []string{"list", "struct", "map"} {
				var fe *FileError
				if _, err := readColumns(t, 9, []string{name}, path); !errors.Is(err, ErrUnsupported) || !errors.As(err, &fe) || fe.Column != name || fe.File != path {
					t.Errorf("%s: %v", name, err)
				}
			}
		})
	}
}

// TestParquetDuckKinds: duckdb's types, read or named, and never called damaged.
func TestParquetDuckKinds(t *testing.T) {
	path := fixtures(t, "duckkinds.parquet")[0]
	for name, want := range map[string]string{
		"id": "19", "g": "code-4", "d9": "19.00", "d18": "19.0000", "d38": "19.0000000000", "h": "19", "b": "false", "f": "2.375",
		"ts": "2020-01-20 00:00:00", "tz": "2020-01-01 00:00:00Z", "u": "00000000000000000000000000000001", "tm": "12:00:00.000000",
	} {
		t.Run(name, func(t *testing.T) {
			if got, err := readColumns(t, 6, []string{name}, path); err != nil || len(got[0]) != 20 || got[0][19] != want {
				t.Errorf("%s: %v, %v", name, got, err)
			}
		})
	}
	for _, name := range []string{"l", "s"} {
		if _, err := readColumns(t, 6, []string{name}, path); !errors.Is(err, ErrUnsupported) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// TestChecksums: a file with a changed bit that a checksum covers is not read.
func TestChecksums(t *testing.T) {
	for _, path := range slices.Concat(fixtures(t, "v*.parquet"), fixtures(t, "emptygroups.parquet"), fixtures(t, "kinds2.parquet")) {
		t.Run(filepath.Base(path), func(t *testing.T) {
			data, err := os.ReadFile(path)
			if err != nil {
				t.Fatal(err)
			}
			changed := filepath.Join(t.TempDir(), "x.parquet")
			f, err := os.Create(changed)
			if err == nil {
				_, err = f.Write(data)
			}
			if err != nil {
				t.Fatal(err)
			}
			defer f.Close()
			step := 61
			switch filepath.Base(path) {
			case "v1.parquet", "v2.parquet", "v1-delta.parquet", "v2-plain.parquet", "emptygroups.parquet":
				step = 1
			}
			if testing.Short() {
				step = 997
			}
			pages, flips := 0, 0
			for _, page := range pagesOf(t, path) {
				if !page.checked {
					t.Fatal("a page has no checksum")
				}
				pages++
				for bit := flips % 8; bit < 8*page.size; bit += step {
					at := page.at + bit/8
					put := func(b byte) {
						if _, err := f.WriteAt([]byte{b}, int64(at)); err != nil {
							t.Fatal(err)
						}
					}
					put(data[at] ^ 1<<(bit%8))
					flips++
					_, err := readColumns(t, 1000, []string{page.column}, changed)
					put(data[at])
					var fe *FileError
					if !errors.Is(err, errChecksum) || !errors.As(err, &fe) || fe.File != changed || fe.Column != page.column ||
						!strings.Contains(err.Error(), fmt.Sprintf("row group %d", page.group+1)) {
						t.Fatalf("byte %d of column %s: %v", at, page.column, err)
					}
				}
			}
			if _, err := readColumns(t, 1000, nil, changed); err != nil && !errors.Is(err, ErrUnsupported) {
				t.Errorf("with all bits as they were: %v", err)
			}
			t.Logf("%d bits of %d pages", flips, pages)
		})
	}
}

type pageAt struct {
	column          string
	group, at, size int
	checked         bool
}

// pagesOf finds the pages of the flat columns of a file.
func pagesOf(t *testing.T, path string) (out []pageAt) {
	t.Helper()
	h, err := openHandle(path)
	if err != nil {
		t.Fatal(err)
	}
	defer h.close()
	opts := &Options{}
	opts.defaults()
	p, err := newParquet(h, opts)
	if err != nil {
		t.Fatal(err)
	}
	for g := range p.footer.groups {
		for _, col := range p.columns {
			if col.leaf < 0 || p.footer.groups[g].rows == 0 {
				continue
			}
			c := p.footer.groups[g].columns[col.leaf]
			for at := c.start(); at < c.start()+c.compressed; {
				head, n, err := readPageHeader(h, at, c.start()+c.compressed, make([]byte, 1<<12))
				if err != nil {
					t.Fatal(err)
				}
				at += int64(n)
				out = append(out, pageAt{col.name, g, int(at), int(head.compressed), head.checked})
				at += int64(head.compressed)
			}
		}
	}
	if len(out) == 0 {
		t.Fatal("no pages")
	}
	return out
}
