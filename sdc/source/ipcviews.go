package source

import (
	"bytes"
	"encoding/binary"
	"fmt"
	"math"

	"github.com/apache/arrow/go/v15/arrow"
	"github.com/apache/arrow/go/v15/arrow/array"
	"github.com/apache/arrow/go/v15/arrow/bitutil"
	"github.com/apache/arrow/go/v15/arrow/memory"
)

// A view is 16 bytes. The first four are the length of a text. The others are
//
//   - the text itself, padded with zeros, where it has at most 12 bytes;
//   - otherwise the first four bytes of the text, the number of a buffer, and the offset
//     in the buffer.
const (
	viewSize   = 16
	viewInline = 12
)

var errView = fmt.Errorf("%w: a view is not well formed", ErrCorrupt)

// views decodes n texts that views point to into plain texts. Every view that is
// not null is checked. The texts together must fit into the memory that is allowed,
// however often views point to the same bytes, and into 2 GiB.
func (d *ipcDecoder) views(b *ipcBatch, at place, n, nulls int64, valid *memory.Buffer, f *ipcField) (arrow.Array, error) {
	if n > d.p.opts.MemoryLimit/viewSize {
		return nil, ErrMemory
	}
	views, err := d.buffer(b, at.buffer+1, n*viewSize)
	if err != nil {
		return nil, err
	}
	defer views.Release()
	var data [][]byte
	for i := range int(b.variadic.int64(at.variadic, 0)) {
		buf, err := d.whole(b, at.buffer+2+i)
		if err != nil {
			return nil, err
		}
		defer buf.Release()
		data = append(data, buf.Bytes())
	}
	isNull := func(i int) bool { return valid != nil && !bitutil.BitIsSet(valid.Bytes(), i) }
	total := int64(0)
	for i := range int(n) {
		if isNull(i) {
			continue
		}
		text, err := viewed(views.Bytes()[i*viewSize:][:viewSize], data)
		if err != nil {
			return nil, err
		}
		total += int64(len(text))
	}
	if total > math.MaxInt32 {
		return nil, fmt.Errorf("%w: more than 2 GiB of text in one batch; write smaller batches", ErrMemory)
	}
	offsets, texts := memory.NewResizableBuffer(d.mem), memory.NewResizableBuffer(d.mem)
	defer memory.ReleaseBuffers([]*memory.Buffer{offsets, texts})
	offsets.Resize(int(4 * (n + 1)))
	texts.Resize(int(total))
	ends, to := arrow.Int32Traits.CastFromBytes(offsets.Bytes()), texts.Bytes()
	ends[0] = 0
	end := 0
	for i := range int(n) {
		if !isNull(i) {
			text, err := viewed(views.Bytes()[i*viewSize:][:viewSize], data)
			if err != nil {
				return nil, err
			}
			end += copy(to[end:], text)
		}
		ends[i+1] = int32(end)
	}
	buffers := []*memory.Buffer{valid, offsets, texts}
	arr := array.NewData(f.typ, int(n), buffers, nil, int(nulls), 0)
	defer arr.Release()
	return array.MakeFromData(arr), nil
}

// whole reads all of a buffer.
func (d *ipcDecoder) whole(b *ipcBatch, i int) (*memory.Buffer, error) {
	length := b.buffers.int64(i, 8)
	if b.codec == ipcNone || length == 0 {
		return d.buffer(b, i, length)
	}
	if length < 8 {
		return nil, errShort
	}
	var head [8]byte
	if _, err := d.c.ReadAt(head[:], b.at+b.buffers.int64(i, 0)); err != nil {
		return nil, err
	}
	says := int64(binary.LittleEndian.Uint64(head[:]))
	if says == -1 {
		says = length - 8
	}
	return d.buffer(b, i, says)
}

// viewed returns the text of a view.
func viewed(v []byte, data [][]byte) ([]byte, error) {
	n := int64(int32(binary.LittleEndian.Uint32(v)))
	if n < 0 {
		return nil, errView
	}
	if n <= viewInline {
		if !zeros(v[4+n:]) {
			return nil, errView
		}
		return v[4 : 4+n], nil
	}
	k, at := int32(binary.LittleEndian.Uint32(v[8:])), int64(int32(binary.LittleEndian.Uint32(v[12:])))
	if k < 0 || int(k) >= len(data) || at < 0 || at+n > int64(len(data[k])) {
		return nil, errView
	}
	text := data[k][at : at+n]
	if !bytes.Equal(text[:4], v[4:8]) {
		return nil, errView
	}
	return text, nil
}
