package source_test

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/apache/arrow/go/v15/arrow"
	"github.com/apache/arrow/go/v15/arrow/array"
	"github.com/apache/arrow/go/v15/arrow/memory"
	"github.com/google/go-cmp/cmp"

	"github.com/sluis-go/sluis/sdc/source"
)

// readCSV reads a text as a CSV file, with inferred types: types and rows.
func readCSV(t testing.TB, text string, opts source.CSVOptions) (types, rows []string, err error) {
	t.Helper()
	opts.Infer = true
	return readText(t, text, opts)
}

// readText reads a text as a CSV file: types and rows.
func readText(t testing.TB, text string, opts source.CSVOptions) (types, rows []string, err error) {
	t.Helper()
	path := filepath.Join(t.TempDir(), "x.csv")
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	s, err := source.Open(context.Background(), []string{path}, source.Options{CSV: opts})
	if err != nil {
		return nil, nil, err
	}
	defer s.Close()
	for _, f := range s.Schema().Fields() {
		types = append(types, f.Name+" "+f.Type.String())
	}
	r, err := s.Reader(context.Background(), nil)
	if err != nil {
		return nil, nil, err
	}
	defer r.Release()
	rows, err = lines(r)
	return types, rows, err
}

func TestCSVInference(t *testing.T) {
	text := "\ufeffn,code,f,d,b,s,empty,mixed\r\n" +
		"1,007,1.5,2020-01-31,true,\"a,\"\"b\",,1\r\n" +
		"-20,12,2e3,1999-12-01,false,\"two\nlines\",,x\r\n" +
		",?,,,,,,\r\n"
	types, rows, err := readCSV(t, text, source.CSVOptions{Nulls: []string{"?"}})
	if err != nil {
		t.Fatal(err)
	}
	want := []string{"n int64", "code utf8", "f float64", "d date32", "b bool", "s utf8", "empty utf8", "mixed utf8"}
	if diff := cmp.Diff(want, types); diff != "" {
		t.Error(diff)
	}
	wantRows := []string{
		"1|007|1.5|2020-01-31|true|a,\"b|(null)|1|",
		"-20|12|2000|1999-12-01|false|two\nlines|(null)|x|",
		strings.Repeat("(null)|", 8),
	}
	if diff := cmp.Diff(wantRows, rows); diff != "" {
		t.Error(diff)
	}
}

// TestCSVLongNumbers: numbers that are the same as floats, but are not the same
// texts, stay text; a decimal of 15 significant digits is a float.
func TestCSVLongNumbers(t *testing.T) {
	for _, tc := range []struct {
		a, b, want string
	}{
		{"12345678901234567890", "12345678901234567891", "utf8"},
		{"9007199254740993", "1.5", "utf8"},
		{"0.1234567890123456", "1", "utf8"},
		{"1e-320", "1", "utf8"},
		{"1e-400", "0", "utf8"},
		{"123456789012345000", "1.5", "float64"},
		{"0.00012345678901234", "1", "float64"},
		{"-0.0", "0.0", "float64"},
		{"9007199254740993", "9007199254740992", "int64"},
	} {
		t.Run(fmt.Sprintf("a %s, b %s", tc.a, tc.b), func(t *testing.T) {
			types, _, err := readCSV(t, "n\n"+tc.a+"\n"+tc.b+"\n", source.CSVOptions{})
			if err != nil {
				t.Fatal(err)
			}
			if types[0] != "n "+tc.want {
				t.Errorf("%s and %s: %s, want %s", tc.a, tc.b, types[0], tc.want)
			}
		})
	}
}

func TestCSVTypesAndTrim(t *testing.T) {
	types, rows, err := readCSV(t, "a; b;c\n 1 ; x ;1.50\n", source.CSVOptions{
		Delimiter: ';', Trim: true, Types: map[string]string{"a": "uint8", "b": "dictionary", "c": "decimal(9,2)"},
	})
	if err != nil {
		t.Fatal(err)
	}
	want := []string{"a uint8", "b dictionary<values=utf8, indices=int32, ordered=false>", "c decimal(9, 2)"}
	if diff := cmp.Diff(want, types); diff != "" {
		t.Error(diff)
	}
	if diff := cmp.Diff([]string{"1|x|1.5|"}, rows); diff != "" {
		t.Error(diff)
	}
}

// TestCSVTypedFields: a field that is not of the declared type is an error, and no null
// and no other number.
func TestCSVTypedFields(t *testing.T) {
	for _, dt := range []string{
		"bool", "int8", "int16", "int32", "int64", "uint8", "uint16", "uint32", "uint64", "float32", "float64", "date", "timestamp", "decimal(5,2)", "decimal(40,2)",
	} {
		for _, field := range []string{"(null)", "NULL", "null", "NA", "1_0", "0x1p4", "0x10", "1 0", "\u0661", "1,5", "1e400"} {
			_, rows, err := readText(t, "a,b\n\""+field+"\",x\n", source.CSVOptions{Types: map[string]string{"a": dt}})
			var fe *source.FileError
			if !errors.Is(err, source.ErrValue) || !errors.As(err, &fe) || fe.Line != 2 || fe.Column != "a" {
				t.Errorf("%s of %s: %v, %v", field, dt, rows, err)
			}
		}
	}
	for _, dt := range []string{"string", "dictionary"} {
		_, rows, err := readText(t, "a,b\n(null),x\n", source.CSVOptions{Types: map[string]string{"a": dt}})
		if diff := cmp.Diff([]string{"(null)|x|"}, rows); err != nil || diff != "" {
			t.Errorf("%s: %v %s", dt, err, diff)
		}
	}
}

// TestCSVErrors: each names line and column, and none holds a value.
func TestCSVErrors(t *testing.T) {
	const secret = "SECRET"
	for _, tc := range []struct {
		name, text string
		opts       source.CSVOptions
		line       int
		column     string
		reason     error
	}{
		{"empty file", "", source.CSVOptions{}, 0, "", source.ErrCorrupt},
		{"ragged row", "a,b\n1,2\nSECRET\n", source.CSVOptions{}, 3, "", source.ErrCorrupt},
		{"too many fields", "a,b\n1,2,SECRET\n", source.CSVOptions{}, 2, "", source.ErrCorrupt},
		{"open quote", "a,b\n1,\"SECRET\n", source.CSVOptions{}, 2, "", source.ErrCorrupt},
		{"bare quote", "a,b\n1,SEC\"RET\n", source.CSVOptions{}, 2, "", source.ErrCorrupt},
		{"same name twice", "a,a\n1,2\n", source.CSVOptions{}, 0, "a", source.ErrNoColumn},
		{"no number", "a,b\n1,2\n3,SECRET\n", source.CSVOptions{Types: map[string]string{"b": "int64"}}, 3, "b", source.ErrValue},
		{"number too large", "a\n300\n", source.CSVOptions{Types: map[string]string{"a": "int8"}}, 2, "a", source.ErrValue},
		{"decimal that would be rounded", "a\n1.234\n", source.CSVOptions{Types: map[string]string{"a": "decimal(9,2)"}}, 2, "a", source.ErrValue},
		{"not UTF-8", "a\nSECRET\xff\n", source.CSVOptions{}, 2, "a", source.ErrValue},
		{"unknown type", "a\n1\n", source.CSVOptions{Types: map[string]string{"a": "money"}}, 0, "a", source.ErrUnsupported},
		{"type of a missing column", "a\n1\n", source.CSVOptions{Types: map[string]string{"z": "int64"}}, 0, "z", source.ErrSchema},
	} {
		t.Run(tc.name, func(t *testing.T) {
			_, _, err := readCSV(t, tc.text, tc.opts)
			var f *source.FileError
			if !errors.As(err, &f) || !errors.Is(err, tc.reason) {
				t.Fatalf("got %v, want %v", err, tc.reason)
			}
			if f.Line != tc.line || f.Column != tc.column || !strings.HasSuffix(f.File, "x.csv") {
				t.Errorf("line %d, column %q: %v", f.Line, f.Column, err)
			}
			if strings.Contains(err.Error(), secret) {
				t.Errorf("the error holds a value: %v", err)
			}
		})
	}
}

func FuzzCSV(f *testing.F) {
	f.Add("a,b\n1,2\n", true)
	f.Add("a\n\"x\ny\"\n", false)
	f.Fuzz(func(t *testing.T, text string, trim bool) {
		_, rows, err := readCSV(t, text, source.CSVOptions{Trim: trim})
		var fe *source.FileError
		if err != nil && !errors.As(err, &fe) {
			t.Fatalf("error of another type: %v", err)
		}
		if err == nil && len(rows) > strings.Count(text, "\n")+strings.Count(text, "\r") {
			t.Fatalf("%d rows of %d lines", len(rows), strings.Count(text, "\n"))
		}
	})
}

// TestCSVDecimalComma: numbers with a comma are read as numbers with a point, and fields
// with a point are text.
func TestCSVDecimalComma(t *testing.T) {
	text := "i;f;m;s;d;t\n-1;1,5;1234,56;1.234,56;2020-01-31;a,b\n2;-0,25;7;12;1999-12-01;1,5,6\n"
	opts := source.CSVOptions{Delimiter: ';', DecimalComma: true, Types: map[string]string{"m": "decimal(12,2)"}}
	types, rows, err := readCSV(t, text, opts)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff([]string{"i int64", "f float64", "m decimal(12, 2)", "s utf8", "d date32", "t utf8"}, types); diff != "" {
		t.Error(diff)
	}
	want := []string{"-1|1.5|1234.56|1.234,56|2020-01-31|a,b|", "2|-0.25|7|12|1999-12-01|1,5,6|"}
	if diff := cmp.Diff(want, rows); diff != "" {
		t.Error(diff)
	}
	for _, bad := range []string{"1.5", "1,234,5", "1,2345", ",", "€ 1"} {
		if _, _, err := readCSV(t, "m\n\""+bad+"\"\n", source.CSVOptions{DecimalComma: true, Types: map[string]string{"m": "decimal(12,2)"}}); !errors.Is(err, source.ErrValue) {
			t.Errorf("%q: %v", bad, err)
		}
	}
}

// TestCSVOneColumn: in a file of one column an empty line may be a null, and is not
// passed over; a null that is written is read again.
func TestCSVOneColumn(t *testing.T) {
	for text, line := range map[string]int{
		"a\nx\n\ny\n": 3, "a\nx\n\n": 3, "a\n\nx\n": 2, "a\r\nx\r\n\r\n": 3, "a\n\"x\ny\"\n\nz\n": 4, "a\n\n": 2, "\"a\nb\"\n\nx\n": 3, "\n\na\nx\n\n": 5,
	} {
		t.Run(text, func(t *testing.T) {
			_, _, err := readCSV(t, text, source.CSVOptions{})
			var at *source.FileError
			if !errors.As(err, &at) || !errors.Is(err, source.ErrCorrupt) || at.Line != line {
				t.Errorf("%q: %v", text, err)
			}
		})
	}
	for text, want := range map[string]int{"\n\na\nx\n\"\"\ny": 3, "a\n\"x\n\n\n\"\n\"\"\n \n": 3, "a\r\nx\r\n\"\"\r\ny\r\n": 3, "a\n": 0, "a": 0} {
		t.Run(text, func(t *testing.T) {
			if _, rows, err := readCSV(t, text, source.CSVOptions{Trim: true}); err != nil || len(rows) != want {
				t.Errorf("%q: %q, %v", text, rows, err)
			}
		})
	}
	if _, rows, err := readCSV(t, "a,b\n\nx,1\n\n", source.CSVOptions{}); err != nil || len(rows) != 1 {
		t.Errorf("two columns: %q, %v", rows, err)
	}
	b := array.NewStringBuilder(memory.DefaultAllocator)
	defer b.Release()
	b.AppendValues([]string{"x", "", "y"}, []bool{true, false, true})
	col := b.NewArray()
	defer col.Release()
	rec := array.NewRecord(arrow.NewSchema([]arrow.Field{{Name: "a", Type: arrow.BinaryTypes.String, Nullable: true}}, nil), []arrow.Array{col}, 3)
	defer rec.Release()
	path := filepath.Join(t.TempDir(), "a.csv")
	w, err := source.Create(path, rec.Schema(), source.WriterOptions{})
	if err != nil {
		t.Fatal(err)
	}
	if err := errors.Join(w.Write(rec), w.Close()); err != nil {
		t.Fatal(err)
	}
	text, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if _, rows, err := readCSV(t, string(text), source.CSVOptions{}); err != nil || len(rows) != 3 {
		t.Errorf("written: %q, %q, %v", text, rows, err)
	}
}

// TestCSVPlainDecimals: a decimal has digits, a sign and a point.
func TestCSVPlainDecimals(t *testing.T) {
	for s, want := range map[string]bool{
		"12.50": true, "-1": true, "+1.5": true, ".5": true, "5.": true, "0012": true,
		"1p3": false, "Inf": false, "nan": false, "0x10": false, "1_0": false, "1e1": false, ".": false, "-": false, "--1": false, "1.2.3": false, "1 ": false,
	} {
		t.Run(s, func(t *testing.T) {
			_, _, err := readCSV(t, "v\n"+s+"\n", source.CSVOptions{Types: map[string]string{"v": "decimal(12,2)"}})
			if want != (err == nil) || err != nil && !errors.Is(err, source.ErrValue) {
				t.Errorf("%q: %v", s, err)
			}
		})
	}
}
