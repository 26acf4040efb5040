package source

import (
	"context"
	"fmt"
	"io"
	"os"

	"github.com/apache/arrow/go/v15/arrow"
	"github.com/apache/arrow/go/v15/arrow/array"
	"github.com/apache/arrow/go/v15/parquet"
	parquetfile "github.com/apache/arrow/go/v15/parquet/file"
	"github.com/apache/arrow/go/v15/parquet/metadata"
	"github.com/apache/arrow/go/v15/parquet/pqarrow"
)

// parquetFile is an open Parquet file. Its columns are read one by one through
// field readers, in the goroutine of the caller: arrow's table and record
// readers start goroutines whose panics nobody can catch.
type parquetFile struct {
	f     *os.File
	size  int64
	opts  *Options
	meta  *metadata.FileMetaData
	dict  map[int]bool // leaf columns that are read as dictionaries
	plain *arrow.Schema
	leaf  []int // leaf column of each top-level field, -1 where nested
}

// floorMemory is what reading any Parquet file may hold, however small it is.
const floorMemory = 32 << 20

func openParquet(name string, opts *Options) (file, error) {
	f, err := os.Open(name)
	if err != nil {
		return nil, err
	}
	p, err := guard(func() (*parquetFile, error) { return newParquet(f, opts) })
	if err != nil {
		f.Close()
		return nil, corrupt(err)
	}
	return p, nil
}

func newParquet(f *os.File, opts *Options) (*parquetFile, error) {
	info, err := f.Stat()
	if err != nil {
		return nil, err
	}
	p := &parquetFile{f: f, size: info.Size(), opts: opts, dict: map[int]bool{}}
	if err := checkFooter(f, p.size); err != nil {
		return nil, err
	}
	rdr, err := parquetfile.NewParquetReader(io.NewSectionReader(f, 0, p.size))
	if err != nil {
		return nil, err
	}
	p.meta = rdr.MetaData()
	// The Arrow schema that writers leave in the footer is one more thing to
	// mistrust; the types of Parquet are enough.
	p.meta.FileMetaData.KeyValueMetadata = nil
	if err := p.checkMeta(); err != nil {
		return nil, err
	}
	fr, err := pqarrow.NewFileReader(rdr, pqarrow.ArrowReadProperties{BatchSize: int64(opts.BatchRows)}, opts.Allocator)
	if err != nil {
		return nil, err
	}
	for i := range fr.Manifest.Fields {
		field := &fr.Manifest.Fields[i]
		p.leaf = append(p.leaf, -1)
		if len(field.Children) == 0 {
			p.leaf[i] = field.ColIndex
			p.dict[field.ColIndex] = p.hasDictionary(field)
		}
	}
	if fr, err = p.reader(opts.MemoryLimit); err != nil {
		return nil, err
	}
	p.plain, err = fr.Schema()
	return p, err
}

// hasDictionary reports whether a text column has a dictionary page in every
// row group, so that its strings need not be made row by row.
func (p *parquetFile) hasDictionary(field *pqarrow.SchemaField) bool {
	if field.Field.Type.ID() != arrow.STRING || len(p.meta.RowGroups) == 0 {
		return false
	}
	for g := range p.meta.RowGroups {
		c, err := p.meta.RowGroup(g).ColumnChunk(field.ColIndex)
		if err != nil || !c.HasDictionaryPage() {
			return false
		}
	}
	return true
}

// checkMeta holds what the footer says against the size of the file.
func (p *parquetFile) checkMeta() error {
	total := int64(0)
	for g := range p.meta.RowGroups {
		rg := p.meta.RowGroup(g)
		if rg.NumRows() < 0 {
			return ErrCorrupt
		}
		total += rg.NumRows()
		for c := range rg.NumColumns() {
			chunk, err := rg.ColumnChunk(c)
			if err != nil {
				return err
			}
			start := chunk.DataPageOffset()
			if chunk.HasDictionaryPage() && chunk.DictionaryPageOffset() > 0 {
				start = min(start, chunk.DictionaryPageOffset())
			}
			length := chunk.TotalCompressedSize()
			if start < 4 || length < 0 || start > p.size || length > p.size-start ||
				chunk.TotalUncompressedSize() < 0 || chunk.NumValues() < 0 {
				return ErrCorrupt
			}
			if chunk.TotalUncompressedSize() > p.opts.MemoryLimit {
				return ErrMemory
			}
		}
	}
	if total != p.meta.NumRows {
		return ErrCorrupt
	}
	return nil
}

// reader returns an arrow reader over the file that holds at most limit bytes.
func (p *parquetFile) reader(limit int64) (*pqarrow.FileReader, error) {
	mem := &limited{mem: p.opts.Allocator, limit: limit}
	props := parquet.NewReaderProperties(mem)
	rdr, err := parquetfile.NewParquetReader(io.NewSectionReader(p.f, 0, p.size), parquetfile.WithReadProps(props), parquetfile.WithMetadata(p.meta))
	if err != nil {
		return nil, err
	}
	arrowProps := pqarrow.ArrowReadProperties{BatchSize: int64(p.opts.BatchRows)}
	for col, ok := range p.dict {
		if ok {
			arrowProps.SetReadDict(col, true)
		}
	}
	return pqarrow.NewFileReader(rdr, arrowProps, mem)
}

func (p *parquetFile) schema() *arrow.Schema { return p.plain }
func (p *parquetFile) rows() (int64, bool)   { return p.meta.NumRows, true }
func (p *parquetFile) close() error          { return p.f.Close() }

func (p *parquetFile) parts(ctx context.Context, columns []string, n int) ([]*reader, error) {
	fields := make([]int, len(columns))
	for i, name := range columns {
		fields[i] = p.plain.FieldIndices(name)[0]
		if p.leaf[fields[i]] < 0 {
			return nil, &FileError{Column: name, Err: fmt.Errorf("%w: nested column", ErrUnsupported)}
		}
	}
	groups := len(p.meta.RowGroups)
	n = max(1, min(n, groups))
	var out []*reader
	row := int64(0)
	for part := range n {
		lo, hi := groups*part/n, groups*(part+1)/n
		r, err := guard(func() (*reader, error) { return p.part(ctx, fields, lo, hi) })
		if err != nil {
			return nil, corrupt(err)
		}
		r.offset = row
		for g := lo; g < hi; g++ {
			row += p.meta.RowGroup(g).NumRows()
		}
		out = append(out, r)
	}
	return out, nil
}

// need estimates the bytes that one batch of the columns takes, from the
// footer: the pages of a row group, and as much again for arrays.
func (p *parquetFile) need(fields []int) int64 {
	most := int64(0)
	for g := range p.meta.RowGroups {
		sum := int64(0)
		for _, f := range fields {
			if c, err := p.meta.RowGroup(g).ColumnChunk(p.leaf[f]); err == nil {
				sum += c.TotalUncompressedSize() + 16*int64(p.opts.BatchRows)
			}
		}
		most = max(most, sum)
	}
	return most
}

// part reads row groups lo to hi.
func (p *parquetFile) part(ctx context.Context, fields []int, lo, hi int) (*reader, error) {
	fr, err := p.reader(min(p.opts.MemoryLimit, floorMemory+4*p.need(fields)))
	if err != nil {
		return nil, err
	}
	var out []arrow.Field
	leaves := map[int]bool{}
	for _, f := range fields {
		out = append(out, p.plain.Field(f))
		leaves[p.leaf[f]] = true
	}
	s := &parquetPart{
		ctx: ctx, p: p, fr: fr, fields: fields, leaves: leaves, schema: arrow.NewSchema(out, nil),
		group: lo - 1, last: hi - 1, batch: int64(p.opts.BatchRows),
	}
	return newReader(s.schema, s.next, s.close), nil
}

// parquetPart reads some row groups, batch by batch.
type parquetPart struct {
	ctx    context.Context
	p      *parquetFile
	fr     *pqarrow.FileReader
	fields []int
	leaves map[int]bool
	schema *arrow.Schema

	group, last int
	left        int64 // rows of the group that are not read yet
	batch       int64
	columns     []*pqarrow.ColumnReader
	table       *array.TableReader
}

func (s *parquetPart) close() {
	if s.table != nil {
		s.table.Release()
		s.table = nil
	}
	for _, c := range s.columns {
		c.Release()
	}
	s.columns = nil
}

func (s *parquetPart) next() (arrow.Record, error) {
	for {
		if err := s.ctx.Err(); err != nil {
			return nil, err
		}
		if s.table != nil {
			if s.table.Next() {
				rec := s.table.Record()
				rec.Retain()
				return rec, nil
			}
			s.table.Release()
			s.table = nil
		}
		if s.left == 0 {
			if err := s.nextGroup(); err != nil {
				return nil, err
			}
			continue
		}
		if err := s.nextBatch(); err != nil {
			return nil, corrupt(err)
		}
	}
}

func (s *parquetPart) nextGroup() error {
	s.close()
	if s.group++; s.group > s.last {
		return io.EOF
	}
	rg := s.p.meta.RowGroup(s.group)
	s.left = rg.NumRows()
	for _, f := range s.fields {
		chunk, err := rg.ColumnChunk(s.p.leaf[f])
		if err != nil {
			return corrupt(err)
		}
		if chunk.NumValues() != s.left {
			return ErrCorrupt
		}
		if err := checkPages(s.p.f, chunk, s.p.plain.Field(f).Nullable); err != nil {
			return err
		}
		c, err := s.fr.GetFieldReader(s.ctx, f, s.leaves, []int{s.group})
		if err != nil {
			return corrupt(err)
		}
		s.columns = append(s.columns, c)
	}
	return nil
}

// nextBatch reads the same rows of every column. Chunks of a column may end at
// different rows; a table reader cuts them into records.
func (s *parquetPart) nextBatch() error {
	n := min(s.batch, s.left)
	cols := make([]arrow.Column, 0, len(s.columns))
	defer func() {
		for i := range cols {
			cols[i].Release()
		}
	}()
	for i, c := range s.columns {
		chunked, err := c.NextBatch(n)
		if err != nil {
			return err
		}
		defer chunked.Release()
		if int64(chunked.Len()) != n || !arrow.TypeEqual(chunked.DataType(), s.schema.Field(i).Type) {
			return ErrCorrupt
		}
		for _, chunk := range chunked.Chunks() {
			if err := validate(chunk); err != nil {
				return err
			}
		}
		cols = append(cols, *arrow.NewColumn(s.schema.Field(i), chunked))
	}
	table := array.NewTable(s.schema, cols, n)
	defer table.Release()
	s.left -= n
	s.table = array.NewTableReader(table, n)
	return nil
}
