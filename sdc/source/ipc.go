package source

import (
	"context"
	"fmt"
	"io"
	"math"

	"github.com/apache/arrow/go/v15/arrow"
	"github.com/apache/arrow/go/v15/arrow/array"
)

// ipcFile is an open IPC file or stream. It is decoded here for two reasons: the reader
// of arrow does not know views and types of later versions, and it reads columns that
// were not asked for.
//
// A file is read by its footer: the batches that the footer lists, and nothing else, may
// lie between the magic words. A stream is read message by message to the mark of its
// end, and no bytes may follow the mark. All descriptions are read and checked when the
// file is opened, and the columns when they are asked for.
type ipcFile struct {
	f        *handle
	size     int64
	end      int64 // of the messages
	opts     *Options
	schemaOf *ipcSchema
	blocks   []ipcBlock // record batches; in a stream dictionaries among them
	dicts    []ipcBlock // dictionaries of a file
	starts   []int64    // first row of each of blocks
	total    int64
	open     bool // a stream without a mark of its end
}

func openIPC(h *handle, isFile bool, opts *Options) (file, error) {
	p, err := guard(func() (*ipcFile, error) { return newIPC(h, isFile, opts) })
	if err != nil {
		return nil, corrupt(err)
	}
	return p, nil
}

func newIPC(f *handle, isFile bool, opts *Options) (*ipcFile, error) {
	p := &ipcFile{f: f, size: f.size, end: f.size, opts: opts}
	c := newCursor(f)
	read := p.readStream
	if isFile {
		read = p.readFooter
	}
	if err := p.sniff(c, isFile); err != nil {
		return nil, err
	}
	if err := read(c); err != nil {
		return nil, err
	}
	return p, p.count(c)
}

// sniff tells files of other formats by their first bytes.
func (p *ipcFile) sniff(c *cursor, isFile bool) error {
	head := make([]byte, min(8, p.size))
	if _, err := c.ReadAt(head, 0); err != nil && p.size > 0 {
		return err
	}
	is := func(magic string) bool { return len(head) >= len(magic) && string(head[:len(magic)]) == magic }
	switch {
	case p.size == 0:
		return fmt.Errorf("%w: the file is empty", ErrCorrupt)
	case is("FEA1"):
		return fmt.Errorf("%w: Feather of version 1; write the file as version 2", ErrUnsupported)
	case is("PAR1"):
		return fmt.Errorf("%w: this is a Parquet file; give it a name that ends in .parquet", ErrUnsupported)
	case isFile && is("\xff\xff\xff\xff"):
		return fmt.Errorf("%w: this is an Arrow stream, not a file; give it a name that ends in .arrows", ErrUnsupported)
	case !isFile && is("ARROW1"):
		return fmt.Errorf("%w: this is an Arrow file, not a stream; give it a name that ends in .arrow", ErrUnsupported)
	}
	return nil
}

// count checks the descriptions of all messages and adds up their rows.
func (p *ipcFile) count(c *cursor) error {
	for _, blk := range p.dicts {
		if _, _, _, err := p.dictionary(c, blk); err != nil {
			return err
		}
	}
	p.starts = make([]int64, len(p.blocks))
	for i, blk := range p.blocks {
		p.starts[i] = p.total
		if blk.kind == messageDictionary {
			if _, _, _, err := p.dictionary(c, blk); err != nil {
				return err
			}
			continue
		}
		b, err := p.record(c, blk)
		if err != nil {
			return err
		}
		if b.rows > math.MaxInt64-p.total {
			return ErrCorrupt
		}
		p.total += b.rows
	}
	return nil
}

func (p *ipcFile) schema() *arrow.Schema { return p.schemaOf.arrow }
func (p *ipcFile) rows() (int64, bool)   { return p.total, true }

// parts returns readers of runs of batches. A stream with dictionaries is one run:
// they come to hold as they come.
func (p *ipcFile) parts(ctx context.Context, columns []string, n int) ([]*reader, error) {
	var at []int
	var fields []arrow.Field
	for _, name := range columns {
		i := p.schemaOf.arrow.FieldIndices(name)[0]
		if err := p.schemaOf.fields[i].readable(p.schemaOf.big); err != nil {
			return nil, &FileError{Column: name, Err: err}
		}
		at = append(at, i)
		fields = append(fields, p.schemaOf.arrow.Field(i))
	}
	schema := arrow.NewSchema(fields, nil)
	n = max(1, min(n, len(p.blocks)))
	for _, blk := range p.blocks {
		if blk.kind == messageDictionary {
			n = 1
		}
	}
	mem := &limited{mem: p.opts.Allocator, limit: p.opts.MemoryLimit}
	var out []*reader
	for part := range n {
		lo, hi := len(p.blocks)*part/n, len(p.blocks)*(part+1)/n
		d := newIPCDecoder(p, mem, at)
		first, behind := p.start(lo), p.start(hi)
		r := newReader(schema, behind-first, func() (arrow.Record, error) {
			if err := ctx.Err(); err != nil {
				return nil, err
			}
			rec, err := d.next(schema, &lo, hi)
			if err != nil {
				return nil, corrupt(err)
			}
			return rec, nil
		}, d.release)
		r.offset = first
		out = append(out, r)
	}
	return out, nil
}

// start is the first row of block i, or behind the last one.
func (p *ipcFile) start(i int) int64 {
	if i < len(p.starts) {
		return p.starts[i]
	}
	return p.total
}

// next returns the next rows of the blocks from lo to hi, and io.EOF after them. The rows
// are of one batch, and at most Options.BatchRows.
func (d *ipcDecoder) next(schema *arrow.Schema, lo *int, hi int) (arrow.Record, error) {
	if d.batch == nil {
		rec, err := d.nextBatch(schema, lo, hi)
		if err != nil || rec.NumRows() <= int64(d.p.opts.BatchRows) {
			return rec, err
		}
		d.batch, d.from = rec, 0
	}
	to := min(d.from+int64(d.p.opts.BatchRows), d.batch.NumRows())
	rec := d.batch.NewSlice(d.from, to)
	if d.from = to; to == d.batch.NumRows() {
		d.batch.Release()
		d.batch = nil
	}
	return rec, nil
}

// nextBatch returns the next batch.
func (d *ipcDecoder) nextBatch(schema *arrow.Schema, lo *int, hi int) (arrow.Record, error) {
	if err := d.loadDictionaries(d.p.dicts); err != nil {
		return nil, err
	}
	for *lo < hi {
		blk := d.p.blocks[*lo]
		*lo++
		if blk.kind == messageDictionary {
			if err := d.load(blk, true); err != nil {
				return nil, err
			}
			continue
		}
		b, err := d.p.record(d.c, blk)
		if err != nil {
			return nil, err
		}
		cols, err := d.columns(b)
		if err != nil {
			return nil, err
		}
		rec := array.NewRecord(schema, cols, b.rows)
		for _, c := range cols {
			c.Release()
		}
		return rec, nil
	}
	return nil, io.EOF
}
