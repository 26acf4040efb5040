package pseudonym

import (
	"encoding/hex"
	"errors"
	"math"

	"github.com/apache/arrow/go/v15/arrow"
	"github.com/apache/arrow/go/v15/arrow/array"
	"github.com/apache/arrow/go/v15/arrow/bitutil"
	"github.com/apache/arrow/go/v15/arrow/memory"
)

// ErrSize says that the pseudonyms of one array would take more bytes than an array of
// text can hold.
var ErrSize = errors.New("an array of text holds at most 2^31-1 bytes of pseudonyms: give the column in several chunks, or choose binary pseudonyms")

// writer builds an array of pseudonyms, in order. All pseudonyms have one width, so the
// memory is allocated once.
type writer struct {
	p        *Pseudonymizer
	width    int // in bytes, as written
	n, nulls int
	valid    *memory.Buffer // all bits are set at first
	values   *memory.Buffer
	offsets  *memory.Buffer // nil for binary pseudonyms
	ends     []int32        // in offsets
	at       int            // in values
}

// writer returns a writer of rows values. The error is ErrSize, in a *ColumnError.
func (p *Pseudonymizer) writer(mem memory.Allocator, rows int) (*writer, error) {
	w := &writer{p: p, width: p.bytes}
	if p.cfg.Encoding != Binary {
		w.width = textLength(p.cfg.Encoding, p.bytes)
		if int64(rows)*int64(w.width) > math.MaxInt32 {
			return nil, &ColumnError{Row: -1, Err: ErrSize}
		}
		w.offsets = memory.NewResizableBuffer(mem)
		w.offsets.Resize((rows + 1) * arrow.Int32SizeBytes)
		w.ends = arrow.Int32Traits.CastFromBytes(w.offsets.Bytes())
		w.ends[0] = 0
		w.ends = w.ends[1:]
	}
	w.valid, w.values = memory.NewResizableBuffer(mem), memory.NewResizableBuffer(mem)
	w.valid.Resize(int(bitutil.BytesForBits(int64(rows))))
	clear(w.valid.Bytes())
	bitutil.SetBitsTo(w.valid.Bytes(), 0, int64(rows), true)
	w.values.Resize(rows * w.width)
	return w, nil
}

func (w *writer) put(sum []byte) {
	to := w.values.Bytes()[w.at : w.at+w.width]
	switch w.p.cfg.Encoding {
	case Binary:
		copy(to, sum)
	case Hex:
		hex.Encode(to, sum)
	default:
		w.p.appendText(to[:0], sum)
	}
	w.at += w.width
	w.next()
}

func (w *writer) null() {
	bitutil.ClearBit(w.valid.Bytes(), w.n)
	w.nulls++
	if w.offsets == nil {
		clear(w.values.Bytes()[w.at : w.at+w.width])
		w.at += w.width
	}
	w.next()
}

func (w *writer) next() {
	if w.offsets != nil {
		w.ends[w.n] = int32(w.at)
	}
	w.n++
}

// array returns the written array. The caller releases it.
func (w *writer) array() arrow.Array {
	w.values.ResizeNoShrink(w.at)
	buffers := []*memory.Buffer{w.valid, w.values}
	if w.offsets != nil {
		buffers = []*memory.Buffer{w.valid, w.offsets, w.values}
	}
	data := array.NewData(w.p.plainType(), w.n, buffers, nil, w.nulls, 0)
	defer data.Release()
	return array.MakeFromData(data)
}

func (w *writer) release() {
	w.valid.Release()
	w.values.Release()
	if w.offsets != nil {
		w.offsets.Release()
	}
}
