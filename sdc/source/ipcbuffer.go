package source

import (
	"bytes"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"math/bits"

	"github.com/apache/arrow/go/v15/arrow/memory"
	"github.com/klauspost/compress/zstd"
	"github.com/pierrec/lz4/v4"
)

// trusted is the memory that a compressed buffer gets at once, whatever its compressed
// size. Beyond trusted, memory grows as the bytes come.
const trusted = 1 << 16

// buffer reads buffer i of a batch, which must have at least want bytes. The result is
// longer where the buffer in the file is longer. The caller releases it.
func (d *ipcDecoder) buffer(b *ipcBatch, i int, want int64) (*memory.Buffer, error) {
	offset, length := b.buffers.int64(i, 0), b.buffers.int64(i, 8)
	if want < 0 || want > d.p.opts.MemoryLimit {
		return nil, ErrMemory
	}
	if length == 0 || want == 0 {
		if want > 0 {
			return nil, errShort
		}
		return memory.NewBufferBytes(nil), nil
	}
	at := b.at + offset
	if b.codec == ipcNone {
		if length < want {
			return nil, errShort
		}
		return d.read(at, want)
	}
	if length < 8 {
		return nil, errShort
	}
	var head [8]byte
	if _, err := d.c.ReadAt(head[:], at); err != nil {
		return nil, err
	}
	says := int64(binary.LittleEndian.Uint64(head[:]))
	at, length = at+8, length-8
	switch {
	case says == -1: // stored as it is
		if length < want {
			return nil, errShort
		}
		return d.read(at, want)
	case says < want:
		return nil, errShort
	case says > d.p.opts.MemoryLimit:
		return nil, ErrMemory
	}
	packed, err := d.read(at, length)
	if err != nil {
		return nil, err
	}
	defer packed.Release()
	return d.inflate(b.codec, packed.Bytes(), says)
}

var errShort = fmt.Errorf("%w: a buffer is too short for its column", ErrCorrupt)

// read reads n bytes of the file.
func (d *ipcDecoder) read(at, n int64) (*memory.Buffer, error) {
	buf := memory.NewResizableBuffer(d.mem)
	buf.Resize(int(n))
	if _, err := d.c.ReadAt(buf.Bytes(), at); err != nil {
		buf.Release()
		return nil, err
	}
	return buf, nil
}

// inflate decompresses a buffer that must become exactly says bytes.
func (d *ipcDecoder) inflate(codec int, packed []byte, says int64) (*memory.Buffer, error) {
	var r io.Reader
	if codec == ipcLZ4 {
		d.lz4.Reset(bytes.NewReader(packed))
		r = d.lz4
	} else {
		z, err := d.unzstd(packed, says)
		if err != nil {
			return nil, err
		}
		r = z
	}
	buf := memory.NewResizableBuffer(d.mem)
	for have := int64(0); have < says; {
		next := min(says, max(trusted, 4*have, int64(len(packed))))
		buf.Resize(int(next))
		n, err := io.ReadFull(r, buf.Bytes()[have:])
		if err != nil {
			buf.Release()
			return nil, errPacked
		}
		have += int64(n)
	}
	var more [1]byte
	if n, err := io.ReadFull(r, more[:]); n > 0 || !errors.Is(err, io.EOF) {
		buf.Release()
		return nil, errPacked
	}
	return buf, nil
}

var errPacked = fmt.Errorf("%w: a compressed buffer is not what it says", ErrCorrupt)

// unzstd returns a reader of the content of a frame. It refuses a frame with a content
// size other than says, and a frame with a window larger than max(1 MiB, 2 * says).
func (d *ipcDecoder) unzstd(packed []byte, says int64) (io.Reader, error) {
	var frame zstd.Header
	if err := frame.Decode(packed); err != nil || frame.WindowSize > max(1<<20, 2*uint64(says)) ||
		frame.HasFCS && frame.FrameContentSize != uint64(says) {
		return nil, errPacked
	}
	window := max(uint64(8<<20), 1<<bits.Len64(frame.WindowSize))
	if d.zstd == nil || window > d.window {
		if d.zstd != nil {
			d.zstd.Close()
		}
		z, err := zstd.NewReader(nil, zstd.WithDecoderConcurrency(1), zstd.WithDecoderLowmem(true), zstd.WithDecoderMaxWindow(window))
		if err != nil {
			return nil, ErrMemory
		}
		d.zstd, d.window = z, window
	}
	if err := d.zstd.Reset(bytes.NewReader(packed)); err != nil {
		return nil, errPacked
	}
	return d.zstd, nil
}

// newLZ4 returns a decoder of frames.
func newLZ4() *lz4.Reader { return lz4.NewReader(bytes.NewReader(nil)) }

// swap turns the bytes of numbers of some width around.
func swap(b []byte, width int) {
	for ; width > 1 && len(b) >= width; b = b[width:] {
		for i, j := 0, width-1; i < j; i, j = i+1, j-1 {
			b[i], b[j] = b[j], b[i]
		}
	}
}
