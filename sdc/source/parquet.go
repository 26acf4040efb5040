package source

import (
	"context"
	"fmt"
	"io"

	"github.com/apache/arrow/go/v15/arrow"
	"github.com/apache/arrow/go/v15/arrow/array"
	"github.com/apache/arrow/go/v15/parquet"
	parquetfile "github.com/apache/arrow/go/v15/parquet/file"
	"github.com/apache/arrow/go/v15/parquet/metadata"
	"github.com/apache/arrow/go/v15/parquet/pqarrow"
)

// parquetFile is an open Parquet file. Its columns are read one by one, in the
// goroutine of the caller: text with dictionaries, numbers, dates and times by
// decoders of this package, which hand the codes of dictionary pages on as they
// are; the others through arrow's field readers (its table and record readers
// start goroutines whose panics nobody can catch).
type parquetFile struct {
	f      *handle
	size   int64
	opts   *Options
	meta   *metadata.FileMetaData
	fields *arrow.Schema
	leaf   []int // leaf column of each top-level field, -1 where nested
}

// floorMemory is what reading any Parquet file may hold, however small it is.
const floorMemory = 32 << 20

func openParquet(h *handle, opts *Options) (file, error) {
	p, err := guard(func() (*parquetFile, error) { return newParquet(h, opts) })
	if err != nil {
		return nil, corrupt(err)
	}
	return p, nil
}

func newParquet(f *handle, opts *Options) (*parquetFile, error) {
	p := &parquetFile{f: f, size: f.size, opts: opts}
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
	fr, _, err := p.reader(opts.MemoryLimit)
	if err != nil {
		return nil, err
	}
	plain, err := fr.Schema()
	if err != nil {
		return nil, err
	}
	fields := plain.Fields()
	for i := range fr.Manifest.Fields {
		field := &fr.Manifest.Fields[i]
		p.leaf = append(p.leaf, -1)
		if len(field.Children) > 0 {
			continue
		}
		p.leaf[i] = field.ColIndex
		entries, ok, err := p.dictionary(field)
		if err != nil {
			return nil, err
		}
		if ok {
			fields[i].Type = &arrow.DictionaryType{IndexType: indexType(entries), ValueType: arrow.BinaryTypes.String}
		}
	}
	p.fields = arrow.NewSchema(fields, nil)
	return p, nil
}

// dictionary reports whether a text column has a dictionary page in every row
// group, so that its strings need not be made row by row, and the number of
// entries of the largest.
func (p *parquetFile) dictionary(field *pqarrow.SchemaField) (entries int, ok bool, err error) {
	if field.Field.Type.ID() != arrow.STRING || len(p.meta.RowGroups) == 0 {
		return 0, false, nil
	}
	for g := range p.meta.RowGroups {
		c, err := p.meta.RowGroup(g).ColumnChunk(field.ColIndex)
		if err != nil {
			return 0, false, err
		}
		if !c.HasDictionaryPage() || !plainly(c) {
			return 0, false, nil
		}
		at := chunkStart(c)
		h, _, err := readPageHeader(p.f, at, at+c.TotalCompressedSize(), make([]byte, 256))
		if err != nil {
			return 0, false, err
		}
		if !h.dictionary || h.values < 0 {
			return 0, false, ErrCorrupt
		}
		entries = max(entries, int(h.values))
	}
	return entries, true, nil
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
			start := chunkStart(chunk)
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

// reader returns an arrow reader over the file, with an allocator that holds at
// most limit bytes.
func (p *parquetFile) reader(limit int64) (*pqarrow.FileReader, *limited, error) {
	mem := &limited{mem: p.opts.Allocator, limit: limit}
	props := parquet.NewReaderProperties(mem)
	rdr, err := parquetfile.NewParquetReader(io.NewSectionReader(p.f, 0, p.size), parquetfile.WithReadProps(props), parquetfile.WithMetadata(p.meta))
	if err != nil {
		return nil, nil, err
	}
	fr, err := pqarrow.NewFileReader(rdr, pqarrow.ArrowReadProperties{BatchSize: int64(p.opts.BatchRows)}, mem)
	return fr, mem, err
}

func (p *parquetFile) schema() *arrow.Schema { return p.fields }
func (p *parquetFile) rows() (int64, bool)   { return p.meta.NumRows, true }

func (p *parquetFile) parts(ctx context.Context, columns []string, n int) ([]*reader, error) {
	fields := make([]int, len(columns))
	for i, name := range columns {
		fields[i] = p.fields.FieldIndices(name)[0]
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
	limit := min(p.opts.MemoryLimit, floorMemory+4*p.need(fields))
	var out []arrow.Field
	leaves := map[int]bool{}
	for _, f := range fields {
		out = append(out, p.fields.Field(f))
		leaves[p.leaf[f]] = true
	}
	mem := &limited{mem: p.opts.Allocator, limit: limit}
	s := &parquetPart{
		ctx: ctx, p: p, limit: limit, mem: mem, rows: newRecycling(mem, p.opts.spare), fields: fields, leaves: leaves, schema: arrow.NewSchema(out, nil),
		group: lo - 1, last: hi - 1, batch: int64(p.opts.BatchRows),
	}
	return newReader(s.schema, s.next, s.close), nil
}

// parquetPart reads some row groups, batch by batch.
type parquetPart struct {
	ctx    context.Context
	p      *parquetFile
	limit  int64 // of each allocator
	mem    *limited
	rows   recycling           // of the same limit
	fr     *pqarrow.FileReader // of the row group, where a column needs it
	fields []int
	leaves map[int]bool
	schema *arrow.Schema

	group, last int
	left        int64 // rows of the group that are not delivered yet
	batch       int64
	columns     []columnReader
	ready       []arrow.Array // of each column, rows that are decoded
	at          []int         // rows of these that are delivered
}

func (s *parquetPart) close() {
	for i, c := range s.columns {
		c.release()
		if s.ready[i] != nil {
			s.ready[i].Release()
		}
	}
	s.columns, s.ready, s.at, s.fr = nil, nil, nil, nil
}

func (s *parquetPart) next() (arrow.Record, error) {
	if err := s.ctx.Err(); err != nil {
		return nil, err
	}
	for s.left == 0 {
		if err := s.nextGroup(); err != nil {
			return nil, err
		}
	}
	rec, err := s.record()
	return rec, corrupt(err)
}

func (s *parquetPart) nextGroup() error {
	s.close()
	if s.group++; s.group > s.last {
		return io.EOF
	}
	rg := s.p.meta.RowGroup(s.group)
	s.left = rg.NumRows()
	if s.left == 0 {
		return nil
	}
	for _, f := range s.fields {
		chunk, err := rg.ColumnChunk(s.p.leaf[f])
		if err != nil {
			return corrupt(err)
		}
		if chunk.NumValues() != s.left {
			return ErrCorrupt
		}
		c, err := s.column(f, chunk)
		if err != nil {
			return corrupt(err)
		}
		s.columns, s.ready, s.at = append(s.columns, c), append(s.ready, nil), append(s.at, 0)
	}
	return nil
}

// column returns the reader of a chunk.
func (s *parquetPart) column(f int, chunk *metadata.ColumnChunkMetaData) (columnReader, error) {
	field := s.p.fields.Field(f)
	dict, coded := field.Type.(*arrow.DictionaryType)
	if coded || storedAs(field.Type, chunk.Type()) && plainly(chunk) {
		pages, err := newChunkPages(newCursor(s.p.f), chunk, field.Nullable, s.p.opts.spare)
		if err != nil {
			return nil, err
		}
		switch field.Type.ID() {
		case arrow.DICTIONARY:
			return newTextColumn(pages, dict, s.mem, s.rows), nil
		case arrow.STRING:
			return &stringColumn{pages: pages, mem: s.mem}, nil
		case arrow.BOOL:
			return &boolColumn{pages: pages, mem: s.mem}, nil
		}
		return newFixedColumn(pages, field.Type, s.mem, s.rows), nil
	}
	if err := checkPages(newCursor(s.p.f), chunk, field.Nullable); err != nil {
		return nil, err
	}
	if s.fr == nil {
		// One a row group: arrow v15 forgets to release the validity of some
		// columns, which would add up against the limit.
		var err error
		if s.fr, _, err = s.p.reader(s.limit); err != nil {
			return nil, err
		}
	}
	c, err := s.fr.GetFieldReader(s.ctx, f, s.leaves, []int{s.group})
	if err != nil {
		return nil, err
	}
	return &arrowColumn{reader: c, dt: field.Type}, nil
}

// record delivers the rows that every column has ready. Arrays of different
// columns may end at different rows.
func (s *parquetPart) record() (arrow.Record, error) {
	n := min(s.batch, s.left)
	for i, c := range s.columns {
		if s.ready[i] == nil {
			arr, err := c.next(int(min(s.batch, s.left)))
			if err != nil {
				return nil, err
			}
			s.ready[i], s.at[i] = arr, 0
		}
		n = min(n, int64(s.ready[i].Len()-s.at[i]))
	}
	cols := make([]arrow.Array, len(s.columns))
	for i, arr := range s.ready {
		if s.at[i] == 0 && int64(arr.Len()) == n {
			cols[i], s.ready[i] = arr, nil
			continue
		}
		cols[i] = array.NewSlice(arr, int64(s.at[i]), int64(s.at[i])+n)
		if s.at[i] += int(n); s.at[i] == arr.Len() {
			arr.Release()
			s.ready[i] = nil
		}
	}
	rec := array.NewRecord(s.schema, cols, n)
	for _, c := range cols {
		c.Release()
	}
	s.left -= n
	return rec, nil
}

// arrowColumn reads a chunk through arrow.
type arrowColumn struct {
	reader *pqarrow.ColumnReader
	dt     arrow.DataType
	ready  []arrow.Array
}

func (c *arrowColumn) release() {
	c.reader.Release()
	for _, a := range c.ready {
		a.Release()
	}
	c.ready = nil
}

func (c *arrowColumn) next(n int) (arrow.Array, error) {
	if len(c.ready) == 0 {
		if err := c.read(n); err != nil {
			return nil, err
		}
	}
	arr := c.ready[0]
	c.ready = c.ready[1:]
	return arr, nil
}

func (c *arrowColumn) read(n int) error {
	chunked, err := c.reader.NextBatch(int64(n))
	if err != nil {
		return err
	}
	defer chunked.Release()
	if chunked.Len() != n || !arrow.TypeEqual(chunked.DataType(), c.dt) {
		return ErrCorrupt
	}
	for _, chunk := range chunked.Chunks() {
		if err := validate(chunk); err != nil {
			return err
		}
		if chunk.Len() > 0 {
			chunk.Retain()
			c.ready = append(c.ready, chunk)
		}
	}
	return nil
}
