package source

import (
	"bytes"
	"encoding/binary"
	"errors"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/apache/arrow/go/v15/arrow"
	"github.com/apache/arrow/go/v15/arrow/array"
	"github.com/apache/arrow/go/v15/parquet"
	parquetfile "github.com/apache/arrow/go/v15/parquet/file"
	"github.com/apache/arrow/go/v15/parquet/metadata"
)

// TestPagesAsArrow: what is written before the footer, all pages of all columns, has the
// bytes that pqarrow writes. Excepted are:
//
//   - dates of 64 bits, which are days here and moments there;
//   - the least and the largest value in the statistics of unsigned numbers with nulls,
//     which are right here (see TestOthersReadParquet) and reckoned with the nulls there.
func TestPagesAsArrow(t *testing.T) {
	rng := rand.New(rand.NewPCG(19, 12))
	for _, c := range []struct {
		name        string
		rows, group int64
	}{{"one row", 1, 100}, {"one group", 500, 1000}, {"three groups", 500, 200}} {
		t.Run(c.name, func(t *testing.T) {
			rec := writtenRecord(t, rng, int(c.rows))
			defer rec.Release()
			odd := func(f arrow.Field) bool { return f.Nullable && arrow.IsUnsignedInteger(f.Type.ID()) }
			ours, theirs := bothWays(t, rec, c.group, func(f arrow.Field) bool { return f.Type.ID() != arrow.DATE64 && !odd(f) })
			if a, b := ours[0], theirs[0]; !bytes.Equal(a, b) {
				t.Errorf("pages of %d and %d bytes differ", len(a), len(b))
			}
			if c.rows == 1 {
				return // some have no least value
			}
			ours, theirs = bothWays(t, rec, c.group, odd)
			if len(ours[0]) != len(theirs[0]) {
				t.Fatalf("pages of %d and %d bytes", len(ours[0]), len(theirs[0]))
			}
			differ := 0
			for i, b := range theirs[0] {
				if b != ours[0][i] {
					differ++
				}
			}
			if groups := (c.rows + c.group - 1) / c.group; int64(differ) > groups*2*(4+4+4+8) {
				t.Errorf("%d bytes differ", differ)
			}
		})
	}
}

// bothWays writes some columns of a record with this package and with pqarrow.
func bothWays(t *testing.T, rec arrow.Record, group int64, want func(arrow.Field) bool) (ours, theirs [2][]byte) {
	t.Helper()
	var fields []arrow.Field
	var columns []arrow.Array
	for i, f := range rec.Schema().Fields() {
		if want(f) {
			fields, columns = append(fields, f), append(columns, rec.Column(i))
		}
	}
	part := array.NewRecord(arrow.NewSchema(fields, nil), columns, rec.NumRows())
	defer part.Release()
	path := filepath.Join(t.TempDir(), "x.parquet")
	writeHere(t, path, part, WriterOptions{RowGroup: group})
	ours = pagesAndFooter(t, path)
	writeArrow(t, path, part, group, true)
	return ours, pagesAndFooter(t, path)
}

// writeHere writes a record with this package.
func writeHere(t *testing.T, path string, rec arrow.Record, opts WriterOptions) {
	t.Helper()
	w, err := Create(path, rec.Schema(), opts)
	if err != nil {
		t.Fatal(err)
	}
	if err := errors.Join(w.Write(rec), w.Close()); err != nil {
		t.Fatal(err)
	}
}

// pagesAndFooter cuts a Parquet file in two.
func pagesAndFooter(t *testing.T, path string) [2][]byte {
	t.Helper()
	b, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	at := len(b) - 8 - int(binary.LittleEndian.Uint32(b[len(b)-8:]))
	return [2][]byte{b[:at], b[at:]}
}

// TestSchemaAsArrow: the types in the footer are those that pqarrow writes, but that times
// and moments are said to be UTC just where they have a zone. The Arrow schema is beside
// them as pqarrow stores it, and nothing else of what the caller tells of a table.
func TestSchemaAsArrow(t *testing.T) {
	rec := writtenRecord(t, rand.New(rand.NewPCG(19, 13)), 5)
	defer rec.Release()
	meta := arrow.NewMetadata([]string{"made by"}, []string{"a test"})
	told := array.NewRecord(arrow.NewSchema(rec.Schema().Fields(), &meta), rec.Columns(), rec.NumRows())
	defer told.Release()
	path := filepath.Join(t.TempDir(), "x.parquet")
	read := func() *metadata.FileMetaData {
		r, err := parquetfile.OpenParquetFile(path, false)
		if err != nil {
			t.Fatal(err)
		}
		defer r.Close()
		return r.MetaData()
	}
	writeHere(t, path, told, WriterOptions{})
	ours := read()
	writeArrow(t, path, rec, 5, true)
	theirs := read()
	if a, b := ours.KeyValueMetadata(), theirs.KeyValueMetadata(); !slices.Equal(a.Keys(), []string{"ARROW:schema"}) || !a.Equals(b) {
		t.Errorf("metadata %v, of pqarrow %v", a.Keys(), b.Keys())
	}
	if n := ours.Schema.NumColumns(); n != rec.Schema().NumFields() || n != theirs.Schema.NumColumns() {
		t.Fatalf("%d columns", n)
	}
	zoned := 0
	for i, f := range rec.Schema().Fields() {
		a, b := ours.Schema.Column(i), theirs.Schema.Column(i)
		if a.Name() != b.Name() || a.MaxDefinitionLevel() != b.MaxDefinitionLevel() || a.TypeLength() != b.TypeLength() {
			t.Errorf("%s: %v, of pqarrow %v", f.Name, a, b)
		}
		switch dt := f.Type.(type) {
		case *arrow.Date64Type:
			if a.LogicalType().String() != "Date" || a.PhysicalType() != parquet.Types.Int32 {
				t.Errorf("%s: %v", f.Name, a)
			}
			continue
		case *arrow.TimestampType:
			zoned++
			if got := strings.Contains(a.LogicalType().String(), "isAdjustedToUTC=true"); got != (dt.TimeZone != "") {
				t.Errorf("%s: %v", f.Name, a.LogicalType())
			}
		case *arrow.Time32Type, *arrow.Time64Type:
			zoned++
			if !strings.Contains(a.LogicalType().String(), "isAdjustedToUTC=false") {
				t.Errorf("%s: %v", f.Name, a.LogicalType())
			}
		default:
			if !a.LogicalType().Equals(b.LogicalType()) || a.ConvertedType() != b.ConvertedType() {
				t.Errorf("%s: %v, of pqarrow %v", f.Name, a.LogicalType(), b.LogicalType())
			}
		}
		if a.PhysicalType() != b.PhysicalType() {
			t.Errorf("%s: %v, of pqarrow %v", f.Name, a.PhysicalType(), b.PhysicalType())
		}
	}
	if zoned != 24 {
		t.Errorf("%d columns of times", zoned)
	}
}
