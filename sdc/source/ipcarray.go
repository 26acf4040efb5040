package source

import (
	"encoding/binary"
	"fmt"
	"math/bits"

	"github.com/apache/arrow/go/v15/arrow"
	"github.com/apache/arrow/go/v15/arrow/array"
	"github.com/apache/arrow/go/v15/arrow/memory"
	"github.com/klauspost/compress/zstd"
	"github.com/pierrec/lz4/v4"
)

// ipcDecoder reads some columns of batches. A decoder is for one goroutine.
type ipcDecoder struct {
	p      *ipcFile
	c      *cursor
	mem    memory.Allocator
	fields []int          // wanted columns
	wanted map[int64]bool // wanted dictionaries
	dicts  map[int64]*ipcDict
	loaded bool
	batch  arrow.Record // batch with rows left, from row from on
	from   int64
	lz4    *lz4.Reader
	zstd   *zstd.Decoder
	window uint64 // the most that zstd holds
}

func newIPCDecoder(p *ipcFile, mem memory.Allocator, fields []int) *ipcDecoder {
	d := &ipcDecoder{p: p, c: newCursor(p.f), mem: mem, fields: fields, wanted: map[int64]bool{}, dicts: map[int64]*ipcDict{}, lz4: newLZ4()}
	for _, i := range fields {
		if f := p.schemaOf.fields[i]; f.value != nil {
			d.wanted[f.dict] = true
		}
	}
	return d
}

func (d *ipcDecoder) release() {
	for _, dict := range d.dicts {
		dict.release()
	}
	d.dicts = nil
	if d.batch != nil {
		d.batch.Release()
		d.batch = nil
	}
	if d.zstd != nil {
		d.zstd.Close()
	}
}

// columns decodes the wanted columns of a batch, every value checked.
func (d *ipcDecoder) columns(b *ipcBatch) ([]arrow.Array, error) {
	fields := d.p.schemaOf.fields
	places := make([]place, 0, len(fields))
	var at place
	for _, f := range fields {
		places = append(places, at)
		if f.unknown {
			break // columns behind it cannot be read
		}
		var err error
		if at, err = b.after(at, f); err != nil {
			return nil, err
		}
	}
	var out []arrow.Array
	for _, i := range d.fields {
		arr, err := d.column(b, places[i], fields[i])
		if err == nil {
			if err = checked(arr); err != nil {
				arr.Release()
			}
		}
		if err != nil {
			for _, a := range out {
				a.Release()
			}
			return nil, &FileError{Column: fields[i].name, Err: corrupt(err)}
		}
		out = append(out, arr)
	}
	return out, nil
}

// column decodes one column of a batch.
func (d *ipcDecoder) column(b *ipcBatch, at place, f *ipcField) (arrow.Array, error) {
	n, nulls := b.nodes.int64(at.node, 0), b.nodes.int64(at.node, 8)
	if n > d.p.opts.MemoryLimit {
		return nil, ErrMemory
	}
	if f.how == layoutNull {
		return array.NewNull(int(n)), nil
	}
	valid, err := d.validity(b, at, n, nulls)
	if err != nil {
		return nil, err
	}
	buffers := []*memory.Buffer{valid}
	defer func() { memory.ReleaseBuffers(buffers) }()
	add := func(buf *memory.Buffer, err error) error {
		if err == nil {
			buffers = append(buffers, buf)
		}
		return err
	}
	switch f.how {
	case layoutBool:
		err = add(d.buffer(b, at.buffer+1, (n+7)/8))
	case layoutFixed:
		err = add(d.values(b, at.buffer+1, n, f))
	case layoutText:
		if err = add(d.offsets(b, at.buffer+1, n, f)); err == nil {
			err = add(d.buffer(b, at.buffer+2, lastOffset(buffers[1].Bytes(), n, f.width)))
		}
	case layoutView:
		return d.views(b, at, n, nulls, valid, f)
	default:
		err = ErrUnsupported
	}
	if err != nil {
		return nil, err
	}
	var dict *array.Data
	if f.value != nil {
		whole, err := d.entries(f.dict)
		if err != nil {
			return nil, err
		}
		dict = whole.Data().(*array.Data)
	}
	data := array.NewDataWithDictionary(f.dt(), int(n), buffers, int(nulls), 0, dict)
	defer data.Release()
	return array.MakeFromData(data), nil
}

// validity reads the bits of the values that are not null; nil where no value is null.
// The number of nulls must agree with the bits.
func (d *ipcDecoder) validity(b *ipcBatch, at place, n, nulls int64) (*memory.Buffer, error) {
	if nulls == 0 && b.buffers.int64(at.buffer, 8) == 0 {
		return nil, nil
	}
	buf, err := d.buffer(b, at.buffer, (n+7)/8)
	if err != nil {
		return nil, err
	}
	if n-int64(ones(buf.Bytes(), int(n))) != nulls {
		buf.Release()
		return nil, fmt.Errorf("%w: the number of nulls is not that of the missing values", ErrCorrupt)
	}
	if nulls == 0 {
		buf.Release()
		return nil, nil
	}
	return buf, nil
}

// ones counts the first n bits that are set.
func ones(b []byte, n int) int {
	count := 0
	for ; n >= 64; b, n = b[8:], n-64 {
		count += bits.OnesCount64(binary.LittleEndian.Uint64(b))
	}
	for ; n >= 8; b, n = b[1:], n-8 {
		count += bits.OnesCount8(b[0])
	}
	if n > 0 {
		count += bits.OnesCount8(b[0] & (1<<n - 1))
	}
	return count
}

// values reads n values of a fixed width. Decimals of 32 and 64 bits become such of
// 128.
func (d *ipcDecoder) values(b *ipcBatch, i int, n int64, f *ipcField) (*memory.Buffer, error) {
	buf, err := d.numbers(b, i, n, f)
	if err != nil || f.typ.ID() != arrow.DECIMAL128 || f.width == 16 {
		return buf, err
	}
	defer buf.Release()
	wide := memory.NewResizableBuffer(d.mem)
	wide.Resize(int(16 * n))
	from, to := buf.Bytes(), wide.Bytes()
	for k := range int(n) {
		var v int64
		if f.width == 4 {
			v = int64(int32(binary.LittleEndian.Uint32(from[4*k:])))
		} else {
			v = int64(binary.LittleEndian.Uint64(from[8*k:]))
		}
		binary.LittleEndian.PutUint64(to[16*k:], uint64(v))
		binary.LittleEndian.PutUint64(to[16*k+8:], uint64(v>>63))
	}
	return wide, nil
}

func (d *ipcDecoder) numbers(b *ipcBatch, i int, n int64, f *ipcField) (*memory.Buffer, error) {
	if n > d.p.opts.MemoryLimit/int64(f.width) {
		return nil, ErrMemory
	}
	buf, err := d.buffer(b, i, n*int64(f.width))
	if err == nil && d.p.schemaOf.big {
		swap(buf.Bytes(), f.part)
	}
	return buf, err
}

// offsets reads the offsets of n texts; there may be none where there are no texts.
func (d *ipcDecoder) offsets(b *ipcBatch, i int, n int64, f *ipcField) (*memory.Buffer, error) {
	if n == 0 {
		return memory.NewBufferBytes(nil), nil
	}
	return d.numbers(b, i, n+1, f)
}

// lastOffset is the number of bytes that n texts need. It is negative where the last
// offset is negative.
func lastOffset(offsets []byte, n int64, width int) int64 {
	switch {
	case n == 0:
		return 0
	case width == 4:
		return int64(int32(binary.LittleEndian.Uint32(offsets[4*n:])))
	}
	return int64(binary.LittleEndian.Uint64(offsets[8*n:]))
}
