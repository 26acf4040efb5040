package source

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/apache/arrow/go/v15/arrow"
	"github.com/apache/arrow/go/v15/parquet"
	"github.com/apache/arrow/go/v15/parquet/compress"
	parquetfile "github.com/apache/arrow/go/v15/parquet/file"
	"github.com/apache/arrow/go/v15/parquet/metadata"
	"github.com/apache/arrow/go/v15/parquet/schema"
)

// writeNode writes a file of one row group, of columns of one kind.
func writeNode(t *testing.T, columns int, node func(name string) schema.Node, put func(parquetfile.ColumnChunkWriter) error, props ...parquet.WriterProperty) string {
	t.Helper()
	var nodes schema.FieldList
	for i := range columns {
		nodes = append(nodes, node(fmt.Sprint("c", i)))
	}
	var b bytes.Buffer
	meta := metadata.NewKeyValueMetadata()
	if err := meta.Append("note", strings.Repeat("x", 1<<16)); err != nil {
		t.Fatal(err)
	}
	root := schema.MustGroup(schema.NewGroupNode("schema", parquet.Repetitions.Required, nodes, -1))
	w := parquetfile.NewParquetWriter(&b, root, parquetfile.WithWriterProps(parquet.NewWriterProperties(props...)), parquetfile.WithWriteMetadata(meta))
	g := w.AppendRowGroup()
	for range columns {
		c, err := g.NextColumn()
		if err == nil {
			err = errors.Join(put(c), c.Close())
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	if err := errors.Join(g.Close(), w.Close()); err != nil {
		t.Fatal(err)
	}
	path := filepath.Join(t.TempDir(), "x.parquet")
	if err := os.WriteFile(path, b.Bytes(), 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

// TestParquetMemory: the limit bounds the memory that a small file can cause, in every
// column and in all columns together.
func TestParquetMemory(t *testing.T) {
	integers := func(name string) schema.Node { return schema.NewInt64Node(name, parquet.Repetitions.Required, -1) }
	texts := func(name string) schema.Node {
		return schema.MustPrimitive(schema.NewPrimitiveNodeLogical(name, parquet.Repetitions.Required, schema.StringLogicalType{}, parquet.Types.ByteArray, -1, -1))
	}
	const wide = 1 << 20
	bytesOf := func(width int32) func(string) schema.Node {
		return func(name string) schema.Node {
			return schema.NewFixedLenByteArrayNode(name, parquet.Repetitions.Required, width, -1)
		}
	}
	same := func(n int) func(parquetfile.ColumnChunkWriter) error {
		return func(c parquetfile.ColumnChunkWriter) error {
			_, err := c.(*parquetfile.Int64ColumnChunkWriter).WriteBatch(make([]int64, n), nil, nil)
			return err
		}
	}
	different := func(n int) func(parquetfile.ColumnChunkWriter) error {
		return func(c parquetfile.ColumnChunkWriter) error {
			var values []parquet.ByteArray
			for i := range n {
				values = append(values, fmt.Append(nil, i))
			}
			_, err := c.(*parquetfile.ByteArrayColumnChunkWriter).WriteBatch(values, nil, nil)
			return err
		}
	}
	zeros := func(n, width int) func(parquetfile.ColumnChunkWriter) error {
		return func(c parquetfile.ColumnChunkWriter) error {
			values := make([]parquet.FixedLenByteArray, n)
			for i := range values {
				values[i] = make([]byte, width)
			}
			_, err := c.(*parquetfile.FixedLenByteArrayColumnChunkWriter).WriteBatch(values, nil, nil)
			return err
		}
	}
	plain := []parquet.WriterProperty{parquet.WithCompression(compress.Codecs.Zstd), parquet.WithDictionaryDefault(false), parquet.WithDataPageSize(1 << 20)}
	coded := []parquet.WriterProperty{parquet.WithCompression(compress.Codecs.Zstd), parquet.WithDictionaryPageSizeLimit(8 << 20)}
	for _, tc := range []struct {
		name  string
		path  string
		limit int64
		want  error
		most  uint64 // bytes that are set aside
	}{
		{"pages of one column", writeNode(t, 1, integers, same(1<<17), plain...), 8 << 20, nil, 64 << 20},
		{"pages of many columns", writeNode(t, 24, integers, same(1<<17), plain...), 8 << 20, ErrMemory, 64 << 20},
		{"a dictionary", writeNode(t, 1, texts, different(100_000), coded...), 16 << 20, nil, 64 << 20},
		{"a dictionary of small entries", writeNode(t, 1, texts, different(100_000), coded...), 2 << 20, ErrMemory, 64 << 20},
		{"wide bytes of one value", writeNode(t, 1, bytesOf(wide), zeros(200, wide), coded...), 1 << 30, nil, 600 << 20},
		{"ten columns of long bytes", writeNode(t, 10, bytesOf(4000), zeros(10_000, 4000), coded...), 1 << 30, nil, 900 << 20},
		{"wide decimals of one value", writeNode(t, 1, bytesOf(wide), zeros(200, wide), coded...), 1 << 30, nil, 150 << 20},
		{"the footer", writeNode(t, 1, integers, same(1), plain...), 1 << 16, ErrMemory, 1 << 20},
	} {
		t.Run(tc.name, func(t *testing.T) {
			read := func() error {
				s, err := Open(context.Background(), []string{tc.path}, Options{MemoryLimit: tc.limit})
				if err != nil {
					return err
				}
				defer s.Close()
				if strings.Contains(tc.name, "decimals") { // the writer makes no decimals of this size
					p := s.files[0].(*parquetFile)
					e := schemaElement{name: "c0", physical: physFixed, length: wide, logical: logicalType{id: logicalDecimal, precision: 38}}
					p.columns[0] = e.column(0)
					p.fields = arrow.NewSchema([]arrow.Field{{Name: "c0", Type: p.columns[0].dt}}, nil)
				}
				r, err := s.Reader(context.Background(), nil)
				if err != nil {
					return err
				}
				defer r.Release()
				for r.Next() {
				}
				return r.Err()
			}
			var err error
			if got := allocated(func() { err = read() }); got > tc.most {
				t.Errorf("%d bytes were set aside", got)
			}
			if !errors.Is(err, tc.want) || (err != nil) != (tc.want != nil) {
				t.Errorf("%v, want %v", err, tc.want)
			}
		})
	}
}
