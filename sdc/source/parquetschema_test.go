package source

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"math/big"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/apache/arrow/go/v15/arrow"
	parquetfile "github.com/apache/arrow/go/v15/parquet/file"
	"github.com/apache/arrow/go/v15/parquet/pqarrow"
)

// arrowSchema is the schema of a file by pqarrow; a panic is an error.
func arrowSchema(file []byte) (out *arrow.Schema, err error) {
	defer func() {
		if p := recover(); p != nil {
			err = fmt.Errorf("panic: %v", p)
		}
	}()
	r, err := parquetfile.NewParquetReader(bytes.NewReader(file))
	if err != nil {
		return nil, err
	}
	return pqarrow.FromParquet(r.MetaData().Schema, &pqarrow.ArrowReadProperties{}, nil)
}

// here is the type of the only column of a file by this package, or "refused".
func here(t *testing.T, path string, file []byte) string {
	t.Helper()
	if err := os.WriteFile(path, file, 0o600); err != nil {
		t.Fatal(err)
	}
	s, err := Open(context.Background(), []string{path}, Options{})
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	r, err := s.Reader(context.Background(), nil)
	if errors.Is(err, ErrUnsupported) {
		return "refused"
	} else if err != nil {
		t.Fatal(err)
	}
	r.Release()
	return fieldText(s.Schema().Field(0))
}

// fieldText is the type of a column; for a dictionary the type of its values.
func fieldText(f arrow.Field) string {
	dt := f.Type
	if d, ok := dt.(*arrow.DictionaryType); ok {
		dt = d.ValueType
	}
	return fmt.Sprint(dt, ", nullable ", f.Nullable)
}

// annotations are all logical types with all relevant arguments, and an unknown one.
func annotations() (out []logicalType) {
	for id := range 20 {
		switch id {
		case logicalDecimal:
			for _, p := range []int32{0, 1, 2, 9, 10, 18, 19, 38, 39, 76, 77} {
				for _, s := range []int32{0, 1, p, p + 1} {
					out = append(out, logicalType{id: id, scale: s, precision: p})
				}
			}
		case logicalTime, logicalTimestamp:
			for u := 1; u < 4; u++ {
				out = append(out, logicalType{id: id, utc: true, unit: u}, logicalType{id: id, unit: u})
			}
		case logicalInteger:
			for _, b := range []int8{8, 16, 32, 64} {
				out = append(out, logicalType{id: id, bits: b, signed: true}, logicalType{id: id, bits: b})
			}
		default:
			out = append(out, logicalType{id: id})
		}
	}
	return out
}

// digits is the number of decimal digits that fit in any value of a number of bytes.
func digits(bytes int32) int32 {
	most := new(big.Int).Lsh(big.NewInt(1), uint(8*bytes-1))
	return int32(len(most.Sub(most, big.NewInt(1)).String()) - 1)
}

// permitted reports whether the Parquet format lets a physical type have an annotation.
//
// Source: the Parquet format, LogicalTypes.md.
func (e element) permitted() bool {
	kind, of := e.physical, e.logical
	if e.converted >= 0 {
		of = older(e)
	}
	switch of.id {
	case 0:
		return true
	case logicalString, logicalEnum, logicalJSON, 13: // BSON
		return kind == physBytes
	case logicalDecimal:
		room := map[int32]int32{physInt32: 9, physInt64: 18, physBytes: 76}[kind]
		if kind == physFixed {
			room = digits(e.length)
		}
		return of.precision >= 1 && of.scale >= 0 && of.scale <= of.precision && of.precision <= min(room, 76)
	case logicalDate:
		return kind == physInt32
	case logicalTime:
		return kind == physInt32 && of.unit == 1 || kind == physInt64 && of.unit > 1
	case logicalTimestamp:
		return kind == physInt64
	case logicalInteger:
		return kind == physInt32 && of.bits < 64 || kind == physInt64 && of.bits == 64
	case logicalNull:
		return true
	case 14: // UUID
		return kind == physFixed && e.length == 16
	case logicalFloat16:
		return kind == physFixed && e.length == 2
	case interval:
		return kind == physFixed && e.length == 12
	}
	return false
}

// interval stands for a converted type that has no logical type.
const interval = 100

// older is the logical type of a converted type, from a table of the format.
func older(e element) logicalType {
	if t := (map[int32]logicalType{
		0: {id: logicalString}, 4: {id: logicalEnum}, 5: {id: logicalDecimal, scale: e.scale, precision: e.precision}, 6: {id: logicalDate},
		7: {id: logicalTime, unit: 1}, 8: {id: logicalTime, unit: 2}, 9: {id: logicalTimestamp, unit: 1}, 10: {id: logicalTimestamp, unit: 2},
		11: {id: logicalInteger, bits: 8}, 12: {id: logicalInteger, bits: 16}, 13: {id: logicalInteger, bits: 32}, 14: {id: logicalInteger, bits: 64},
		15: {id: logicalInteger, bits: 8}, 16: {id: logicalInteger, bits: 16}, 17: {id: logicalInteger, bits: 32}, 18: {id: logicalInteger, bits: 64},
		19: {id: logicalJSON}, 20: {id: 13}, 21: {id: interval},
	})[e.converted]; t.id > 0 {
		return t
	}
	return logicalType{id: -1} // of groups, or of no meaning
}

// instead is the type that this package deliberately reads where arrow reads a column as
// dt.
func (e element) instead(dt string) string {
	unit := []string{1: "ms", 2: "us", 3: "ns"}
	switch {
	case e.logical.id == logicalNull:
		return dt
	case e.physical == physInt96: // nanoseconds do not hold the years of INT96
		return strings.Replace(dt, "timestamp[ns, tz=UTC]", "timestamp[us]", 1)
	case e.logical.id == logicalTimestamp && !e.logical.utc: // has no zone
		return strings.Replace(dt, ", tz=UTC", "", 1)
	case e.converted == 9 || e.converted == 10: // is UTC, as the format says
		return strings.Replace(dt, unit[e.converted-8]+"]", unit[e.converted-8]+", tz=UTC]", 1)
	case e.logical.id == logicalEnum, e.logical.id == logicalJSON, e.converted == 4, e.converted == 19: // is text
		return strings.Replace(dt, "binary", "utf8", 1)
	}
	return dt
}

// TestTypesAgainstArrow has every physical type with every annotation of either kind. A
// permitted type is read as arrow reads it, except for the types in instead. A forbidden
// type is refused by arrow and by this package. No type makes this package panic.
func TestTypesAgainstArrow(t *testing.T) {
	path := filepath.Join(t.TempDir(), "x.parquet")
	permitted, forbidden, others := 0, 0, 0
	try := func(e element) {
		e.repetition = int32(permitted+forbidden) % 2 // required, optional
		file := schemaFile(e)
		ours := here(t, path, file)
		s, err := arrowSchema(file)
		if !e.permitted() {
			forbidden++
			if ours != "refused" {
				t.Errorf("%+v is forbidden, and is read as %s", e, ours)
			}
			// arrow takes a decimal without digits, or with too many of them.
			if err == nil && (e.logical.id != logicalDecimal || ours != "refused") {
				t.Errorf("%+v: arrow reads it as %v", e, s.Field(0).Type)
			}
			return
		}
		permitted++
		if err != nil {
			t.Errorf("%+v: arrow: %v", e, err)
			return
		}
		theirs := fieldText(s.Field(0))
		if want := e.instead(theirs); ours != want {
			t.Errorf("%+v is %s; of arrow %s, so wanted %s", e, ours, theirs, want)
		} else if want != theirs {
			others++
		}
	}
	for physical := int32(0); physical < 8; physical++ {
		lengths := []int32{-1}
		if physical == physFixed {
			lengths = []int32{1, 2, 12, 16, 17, 32, 40}
		}
		for _, length := range lengths {
			e := element{name: "x", physical: physical, length: length, children: -1, converted: -1, scale: -1, precision: -1}
			for _, e.logical = range annotations() {
				try(e)
			}
			e.logical = logicalType{}
			for e.converted = range int32(23) {
				e.scale, e.precision = -1, -1
				if e.converted == 5 {
					e.scale, e.precision = 1, 2
				}
				try(e)
			}
		}
	}
	if permitted < 200 || forbidden < 1000 || others < 10 {
		t.Errorf("only %d permitted, %d of them read otherwise, and %d forbidden", permitted, others, forbidden)
	}
}

// TestForbiddenAnnotations: a column with a wrong annotation is an error that names file
// and column, only where the column is asked for.
func TestForbiddenAnnotations(t *testing.T) {
	for _, tc := range []struct {
		name             string
		physical, length int32
		logical          logicalType
		says             string
	}{
		{"second: TIME(MICROS) of INT32", physInt32, -1, logicalType{id: logicalTime, unit: 2}, "TIME of INT32"},
		{"TIME(NANOS) of INT32", physInt32, -1, logicalType{id: logicalTime, unit: 3}, "TIME of INT32"},
		{"TIME(MILLIS) of INT64", physInt64, -1, logicalType{id: logicalTime, unit: 1}, "TIME of INT64"},
		{"UINT_64 of INT32", physInt32, -1, logicalType{id: logicalInteger, bits: 64}, ") of INT32"},
		{"INT_32 of INT64", physInt64, -1, logicalType{id: logicalInteger, bits: 32, signed: true}, ") of INT64"},
		{"decimal(76) of INT32", physInt32, -1, logicalType{id: logicalDecimal, precision: 76}, ") of INT32"},
		{"decimal(10) of INT32", physInt32, -1, logicalType{id: logicalDecimal, precision: 10}, ") of INT32"},
		{"decimal(19) of INT64", physInt64, -1, logicalType{id: logicalDecimal, precision: 19}, ") of INT64"},
		{"decimal(5) of two bytes", physFixed, 2, logicalType{id: logicalDecimal, precision: 5}, ") of FIXED_LEN_BYTE_ARRAY"},
		{"DATE of BOOLEAN", physBoolean, -1, logicalType{id: logicalDate}, "DATE of BOOLEAN"},
		{"DATE of INT96", physInt96, -1, logicalType{id: logicalDate}, "DATE of INT96"},
		{"INT_32 of FLOAT", physFloat, -1, logicalType{id: logicalInteger, bits: 32, signed: true}, ") of FLOAT"},
		{"TIMESTAMP of DOUBLE", physDouble, -1, logicalType{id: logicalTimestamp, unit: 1}, "TIMESTAMP of DOUBLE"},
		{"UUID of BYTE_ARRAY", physBytes, -1, logicalType{id: logicalUUID}, "UUID of BYTE_ARRAY"},
		{"UUID of 15 bytes", physFixed, 15, logicalType{id: logicalUUID}, "UUID of FIXED_LEN_BYTE_ARRAY"},
		{"STRING of fixed bytes", physFixed, 4, logicalType{id: logicalString}, "STRING of FIXED_LEN_BYTE_ARRAY"},
		{"FLOAT16 of four bytes", physFixed, 4, logicalType{id: logicalFloat16}, "FLOAT16 of FIXED_LEN_BYTE_ARRAY"},
		{"of a later version", physBytes, -1, logicalType{id: 99}, "number 99 of BYTE_ARRAY"},
	} {
		t.Run(tc.name, func(t *testing.T) {
			path := filepath.Join(t.TempDir(), "x.parquet")
			plain := element{name: "a", physical: physInt64, length: -1, children: -1, converted: -1, scale: -1, precision: -1}
			bad := plain
			bad.name, bad.physical, bad.length, bad.logical = "b", tc.physical, tc.length, tc.logical
			if err := os.WriteFile(path, schemaFileOf(2, plain, bad), 0o600); err != nil {
				t.Fatal(err)
			}
			s, err := Open(context.Background(), []string{path}, Options{})
			if err != nil {
				t.Fatal(err)
			}
			defer s.Close()
			if r, err := s.Reader(context.Background(), []string{"a"}); err != nil {
				t.Errorf("the other column: %v", err)
			} else {
				r.Release()
			}
			_, err = s.Reader(context.Background(), []string{"b"})
			var at *FileError
			if !errors.Is(err, ErrUnsupported) || !errors.As(err, &at) || at.File != path || at.Column != "b" ||
				!strings.Contains(err.Error(), "not supported or not of the format: ") || !strings.Contains(err.Error(), tc.says) {
				t.Errorf("error %v", err)
			}
		})
	}
	for n := int32(1); n <= 40; n++ {
		if got, want := digitsOf(n), min(digits(n), 76); got != want {
			t.Errorf("%d bytes have room for %d digits, want %d", n, got, want)
		}
	}
}
