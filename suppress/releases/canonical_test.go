package releases

import (
	"bytes"
	"errors"
	"io"
	"os"
	"path/filepath"
	"testing"

	"github.com/apache/arrow/go/v15/arrow"
	"github.com/apache/arrow/go/v15/arrow/array"
	"github.com/apache/arrow/go/v15/arrow/decimal128"
	"github.com/apache/arrow/go/v15/arrow/memory"
	"github.com/apache/arrow/go/v15/parquet"
	"github.com/apache/arrow/go/v15/parquet/compress"
	"github.com/apache/arrow/go/v15/parquet/pqarrow"

	"github.com/sluis-go/sluis/sdc/source"
)

// canonicalCSV is a release with a code that looks like a formula, decimals, a suppressed
// cell and a value below zero.
const canonicalCSV = "'=v,w,value,status,status_tau\n*,*,12.50,F,1\n'-x,y,,C,3\nz,*,-0.05,F,1\n"

// canonicalRecord is the same as records.
func canonicalRecord(metadata *arrow.Metadata) arrow.Record {
	schema := arrow.NewSchema([]arrow.Field{
		{Name: "=v", Type: arrow.BinaryTypes.String}, {Name: "w", Type: arrow.BinaryTypes.String},
		{Name: "value", Type: &arrow.Decimal128Type{Precision: 18, Scale: 2}, Nullable: true},
		{Name: "status", Type: arrow.BinaryTypes.String}, {Name: "status_tau", Type: arrow.PrimitiveTypes.Int32},
	}, metadata)
	b := array.NewRecordBuilder(memory.DefaultAllocator, schema)
	defer b.Release()
	b.Field(0).(*array.StringBuilder).AppendValues([]string{"*", "-x", "z"}, nil)
	b.Field(1).(*array.StringBuilder).AppendValues([]string{"*", "y", "*"}, nil)
	b.Field(2).(*array.Decimal128Builder).Append(decimal128.FromI64(1250))
	b.Field(2).AppendNull()
	b.Field(2).(*array.Decimal128Builder).Append(decimal128.FromI64(-5))
	b.Field(3).(*array.StringBuilder).AppendValues([]string{"F", "C", "F"}, nil)
	b.Field(4).(*array.Int32Builder).AppendValues([]int32{1, 3, 1}, nil)
	return b.NewRecord()
}

// TestCanonical: a Parquet file is what protect writes of the CSV file, byte for byte, or it
// is refused, even where every row is the same.
func TestCanonical(t *testing.T) {
	rec := canonicalRecord(nil)
	defer rec.Release()
	var good bytes.Buffer
	w, err := source.NewWriter(&good, ".parquet", rec.Schema(), source.WriterOptions{})
	if err == nil {
		err = errors.Join(w.Write(rec), w.Close())
	}
	if err != nil {
		t.Fatal(err)
	}
	other := func(metadata *arrow.Metadata, props ...parquet.WriterProperty) []byte {
		rec := canonicalRecord(metadata)
		defer rec.Release()
		var b bytes.Buffer
		w, err := pqarrow.NewFileWriter(rec.Schema(), &b, parquet.NewWriterProperties(props...), pqarrow.DefaultWriterProps())
		if err == nil {
			err = errors.Join(w.Write(rec), w.Close())
		}
		if err != nil {
			t.Fatal(err)
		}
		return b.Bytes()
	}
	note := arrow.NewMetadata([]string{"note"}, []string{"-x, y is 7.25"})
	for _, tc := range []struct {
		name, text string
		binary     []byte
		same       bool
	}{
		{"as protect writes it", canonicalCSV, good.Bytes(), true},
		{"another value", "'=v,w,value,status,status_tau\n*,*,12.51,F,1\n'-x,y,,C,3\nz,*,-0.05,F,1\n", good.Bytes(), false},
		{"another code", "'=v,w,value,status,status_tau\n*,*,12.50,F,1\n'-y,y,,C,3\nz,*,-0.05,F,1\n", good.Bytes(), false},
		{"the suppressed value is there", "'=v,w,value,status,status_tau\n*,*,12.50,F,1\n'-x,y,7.25,C,3\nz,*,-0.05,F,1\n", good.Bytes(), false},
		{"other decimals", "'=v,w,value,status,status_tau\n*,*,12.5,F,1\n'-x,y,,C,3\nz,*,-0.05,F,1\n", good.Bytes(), false},
		{"a row less", "'=v,w,value,status,status_tau\n*,*,12.50,F,1\n'-x,y,,C,3\n", good.Bytes(), false},
		{"another name", "v,w,value,status,status_tau\n*,*,12.50,F,1\n'-x,y,,C,3\nz,*,-0.05,F,1\n", good.Bytes(), false},
		{"no number", "'=v,w,value,status,status_tau\n*,*,much,F,1\n'-x,y,,C,3\nz,*,-0.05,F,1\n", good.Bytes(), false},
		{"the same rows with metadata", canonicalCSV, other(&note), false},
		{"the same rows, compressed otherwise", canonicalCSV, other(nil, parquet.WithCompression(compress.Codecs.Gzip)), false},
		{"the same rows without dictionaries", canonicalCSV, other(nil, parquet.WithDictionaryDefault(false)), false},
	} {
		t.Run(tc.name, func(t *testing.T) {
			dir := t.TempDir()
			text, binary := filepath.Join(dir, "a.csv"), filepath.Join(dir, "a.parquet")
			if err := errors.Join(os.WriteFile(text, []byte(tc.text), 0o600), os.WriteFile(binary, tc.binary, 0o600)); err != nil {
				t.Fatal(err)
			}
			if same, err := canonical(t.Context(), text, binary); err != nil || same != tc.same {
				t.Errorf("%v, %v", same, err)
			}
		})
	}
}

// TestEqualBytes: one byte more or less is another file.
func TestEqualBytes(t *testing.T) {
	for text, want := range map[string]bool{"abc": true, "ab": false, "abcd": false, "abd": false} {
		t.Run(text, func(t *testing.T) {
			if got, err := equalBytes(io.MultiReader(bytes.NewReader([]byte(text))), []byte("abc")); err != nil || got != want {
				t.Errorf("%q: %v, %v", text, got, err)
			}
		})
	}
}
