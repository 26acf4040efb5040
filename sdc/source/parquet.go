package source

import (
	"context"
	"errors"
	"fmt"
	"io"

	"github.com/apache/arrow/go/v15/arrow"
	"github.com/apache/arrow/go/v15/arrow/array"
)

// parquetFile is an open Parquet file. The footer, its pages and their encodings are
// read by this package alone, column by column and in the goroutine of the caller. The
// codes of dictionary pages of text are handed on as they are.
type parquetFile struct {
	f       *handle
	size    int64
	opts    *Options
	footer  *footer
	columns []parquetColumn
	fields  *arrow.Schema
}

// rowBytes is the number of bytes that a batch may hold for a row of a column, besides
// the pages. A batch with longer values has fewer rows.
const rowBytes = 128

// floorMemory is the least limit for one batch of a Parquet file, for small files too.
const floorMemory = 32 << 20

func openParquet(h *handle, opts *Options) (file, error) {
	p, err := guard(func() (*parquetFile, error) { return newParquet(h, opts) })
	if err != nil {
		return nil, corrupt(err)
	}
	return p, nil
}

// newParquet reads the footer. The Arrow schema that writers leave in it is one more
// thing to mistrust; the types of Parquet are enough.
func newParquet(f *handle, opts *Options) (*parquetFile, error) {
	p := &parquetFile{f: f, size: f.size, opts: opts}
	var err error
	if p.footer, err = readFooter(f, p.size, opts.MemoryLimit); err != nil {
		return nil, err
	}
	leaves := 0
	if p.columns, leaves, err = columnsOf(p.footer.schema); err != nil {
		return nil, err
	}
	total := int64(0)
	for g := range p.footer.groups {
		rows := p.footer.groups[g].rows
		if rows < 0 || len(p.footer.groups[g].columns) != leaves || total+rows < total {
			return nil, ErrCorrupt
		}
		total += rows
	}
	if total != p.footer.rows {
		return nil, fmt.Errorf("%w: the number of rows is not that of its row groups", ErrCorrupt)
	}
	fields := make([]arrow.Field, len(p.columns))
	for i := range p.columns {
		c := &p.columns[i]
		if c.dt.ID() == arrow.STRING && c.err == nil {
			if entries, ok := p.dictionary(c); ok {
				c.dt = &arrow.DictionaryType{IndexType: indexType(entries), ValueType: arrow.BinaryTypes.String}
			}
		}
		fields[i] = arrow.Field{Name: c.name, Type: c.dt, Nullable: c.nullable}
	}
	p.fields = arrow.NewSchema(fields, nil)
	return p, nil
}

// dictionary reports whether a text column has a dictionary page in every row group with
// rows, and the number of entries of the largest page. With such pages the strings are
// not made row by row. Damage is found when the column is read.
func (p *parquetFile) dictionary(col *parquetColumn) (entries int, ok bool) {
	head := make([]byte, 256)
	for g := range p.footer.groups {
		c := &p.footer.groups[g].columns[col.leaf]
		if p.footer.groups[g].rows == 0 {
			continue
		}
		if p.fits(c) != nil {
			return 0, false
		}
		h, _, err := readPageHeader(p.f, c.start(), c.start()+c.compressed, head)
		if err != nil || !h.dictionary {
			return 0, false
		}
		entries = max(entries, int(h.values))
	}
	return entries, true
}

// retype makes a text column be delivered as text, or as a dictionary with wider indices.
// Files of different writers and sizes then have one schema. The index types are those
// that a text column writes. Other types are left to adapt.
func (p *parquetFile) retype(i int, dt arrow.DataType) {
	c := &p.columns[i]
	from, coded := c.dt.(*arrow.DictionaryType)
	if !coded || !arrow.TypeEqual(valueOf(dt), from.ValueType) {
		return
	}
	if to, ok := dt.(*arrow.DictionaryType); ok && (indexBytes(to) < indexBytes(from) || !writtenIndex(to.IndexType)) {
		return
	}
	c.dt = dt
	fields := append([]arrow.Field{}, p.fields.Fields()...)
	fields[i].Type = dt
	p.fields = arrow.NewSchema(fields, nil)
}

// fits checks the description of a chunk in the footer against the file.
func (p *parquetFile) fits(c *columnChunk) error {
	switch {
	case c.encrypted:
		return fmt.Errorf("%w: encrypted column; decrypt the file first", ErrUnsupported)
	case c.elsewhere:
		return fmt.Errorf("%w: the column's data are in another file", ErrUnsupported)
	}
	start := c.start()
	if !c.there || start < 4 || c.compressed < 0 || start > p.size || c.compressed > p.size-start || c.uncompressed < 0 || c.values < 0 {
		return ErrCorrupt
	}
	if c.uncompressed > p.opts.MemoryLimit {
		return ErrMemory
	}
	return nil
}

func (p *parquetFile) schema() *arrow.Schema { return p.fields }
func (p *parquetFile) rows() (int64, bool)   { return p.footer.rows, true }

func (p *parquetFile) parts(ctx context.Context, columns []string, n int) ([]*reader, error) {
	fields := make([]int, len(columns))
	for i, name := range columns {
		fields[i] = p.fields.FieldIndices(name)[0]
		if err := p.readable(&p.columns[fields[i]]); err != nil {
			return nil, err
		}
	}
	if err := p.apart(fields); err != nil {
		return nil, err
	}
	groups := len(p.footer.groups)
	n = max(1, min(n, groups))
	var out []*reader
	row := int64(0)
	for part := range n {
		lo, hi := groups*part/n, groups*(part+1)/n
		r := p.part(ctx, fields, lo, hi)
		r.offset = row
		row += r.want
		out = append(out, r)
	}
	return out, nil
}

// readable says why a column cannot be read, as far as the footer shows.
func (p *parquetFile) readable(col *parquetColumn) error {
	if col.err != nil {
		return &FileError{Column: col.name, Err: col.err}
	}
	for g := range p.footer.groups {
		group := &p.footer.groups[g]
		if group.rows == 0 {
			continue
		}
		c := &group.columns[col.leaf]
		err := p.fits(c)
		if err == nil && (c.values != group.rows || c.physical != col.physical) {
			err = ErrCorrupt
		}
		if err == nil {
			_, err = decoder(c.codec)
		}
		if err != nil {
			return groupError(col.name, g, err)
		}
	}
	return nil
}

// groupError says in which column and row group, counted from 1, something is wrong.
func groupError(column string, group int, err error) error {
	var named *FileError
	if errors.As(err, &named) || errors.Is(err, ErrChanged) {
		return err
	}
	return &FileError{Column: column, Err: fmt.Errorf("row group %d: %w", group+1, corrupt(err))}
}

// need estimates, from the footer, the bytes that one batch of the columns takes: the
// pages of a row group, and the same again for arrays.
func (p *parquetFile) need(fields []int) int64 {
	most := int64(0)
	for g := range p.footer.groups {
		sum := int64(0)
		for _, f := range fields {
			sum += min(p.opts.MemoryLimit, max(0, p.footer.groups[g].columns[p.columns[f].leaf].uncompressed)) + rowBytes/4*int64(p.opts.BatchRows)
		}
		most = max(most, sum)
	}
	return most
}

// part reads row groups lo to hi.
func (p *parquetFile) part(ctx context.Context, fields []int, lo, hi int) *reader {
	var out []arrow.Field
	for _, f := range fields {
		out = append(out, p.fields.Field(f))
	}
	s := &parquetPart{
		ctx: ctx, p: p, limit: min(p.opts.MemoryLimit, floorMemory+4*p.need(fields)), fields: fields, schema: arrow.NewSchema(out, nil),
		group: lo - 1, last: hi - 1, batch: int64(p.opts.BatchRows), pages: limited{limit: p.opts.MemoryLimit},
	}
	rows := int64(0)
	for g := lo; g < hi; g++ {
		rows += p.footer.groups[g].rows
	}
	return newReader(s.schema, rows, s.next, s.close)
}

// parquetPart reads some row groups, batch by batch.
type parquetPart struct {
	ctx    context.Context
	p      *parquetFile
	limit  int64 // of the memory of a batch
	mem    memories
	pages  limited // of all columns
	fields []int
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
	s.columns, s.ready, s.at = nil, nil, nil
}

func (s *parquetPart) next() (arrow.Record, error) {
	if err := s.ctx.Err(); err != nil {
		return nil, err
	}
	s.mem.renew(s.p.opts.Allocator, s.limit, s.p.opts.spare)
	for s.left == 0 {
		if err := s.nextGroup(); err != nil {
			return nil, err
		}
	}
	return s.record()
}

func (s *parquetPart) nextGroup() error {
	for i, c := range s.columns {
		if err := s.in(i, c.finish); err != nil {
			return err
		}
	}
	s.close()
	if s.group++; s.group > s.last {
		return io.EOF
	}
	group := &s.p.footer.groups[s.group]
	if s.left = group.rows; s.left == 0 {
		return nil
	}
	for i, f := range s.fields {
		err := s.in(i, func() error {
			c, err := s.column(&s.p.columns[f], &group.columns[s.p.columns[f].leaf])
			if err == nil {
				s.columns, s.ready, s.at = append(s.columns, c), append(s.ready, nil), append(s.at, 0)
			}
			return err
		})
		if err != nil {
			return err
		}
	}
	return nil
}

// in calls fn, and names column number i and the row group in its error.
func (s *parquetPart) in(i int, fn func() error) error {
	_, err := guard(func() (struct{}, error) { return struct{}{}, fn() })
	if err != nil {
		return groupError(s.p.columns[s.fields[i]].name, s.group, err)
	}
	return nil
}

// column returns the reader of a chunk.
func (s *parquetPart) column(col *parquetColumn, chunk *columnChunk) (columnReader, error) {
	pages, err := newChunkPages(newCursor(s.p.f), chunk, col.nullable, s.p.opts.spare, &s.pages)
	if err != nil {
		return nil, err
	}
	switch dt := col.dt.(type) {
	case *arrow.DictionaryType:
		return newTextColumn(pages, dt, &s.mem), nil
	case *arrow.StringType, *arrow.BinaryType:
		return &bytesColumn{values: byteValues{pages: pages}, dt: dt, m: &s.mem}, nil
	case *arrow.BooleanType:
		return &boolColumn{pages: pages, m: &s.mem}, nil
	case *arrow.NullType:
		return &nullColumn{pages: pages, m: &s.mem}, nil
	}
	return newFixedColumn(pages, col, &s.mem), nil
}

// record delivers the rows that every column has ready. Arrays of different
// columns may end at different rows.
func (s *parquetPart) record() (arrow.Record, error) {
	n := min(s.batch, s.left)
	for i, c := range s.columns {
		if s.ready[i] == nil {
			err := s.in(i, func() (err error) {
				s.ready[i], err = c.next(int(min(s.batch, s.left)))
				return err
			})
			if err != nil {
				return nil, err
			}
			s.at[i] = 0
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
