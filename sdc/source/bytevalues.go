package source

import (
	"encoding/binary"
	"fmt"
	"math"
	"unicode/utf8"

	"github.com/apache/arrow/go/v15/arrow"
	"github.com/apache/arrow/go/v15/arrow/array"
	"github.com/apache/arrow/go/v15/arrow/memory"
)

// maxArena bounds the bytes of values of one batch that share their beginnings.
const maxArena = 256 << 20

// byteValues reads byte arrays of the pages of a chunk. Its memory is borrowed from the
// pages.
type byteValues struct {
	pages  *chunkPages
	dict   [][]byte
	widest int // bytes of the longest entry of dict
	index  []uint32
	views  [][]byte

	// Of the present page, where its encoding is one of differences.
	page              int // number of the page that has been started
	prefixes, lengths deltaInts
	at                int // of the data
	numbers           []int64
	last              []byte
}

// rows returns how many of n rows to read at a time. With fewer rows, long entries of a
// dictionary do not exceed the room of a batch.
func (b *byteValues) rows(n int) (int, error) {
	p := b.pages
	if p.encoding != plainDictionary && p.encoding != rleDictionary {
		return n, nil
	}
	if b.dict == nil {
		if !p.dictSeen {
			return n, nil // a page of nulls alone, or read says that it is damaged
		}
		var err error
		if b.dict, _, err = plainBytes(p.entryViews(), p.dict); err != nil {
			return 0, err
		}
		for _, v := range b.dict {
			b.widest = max(b.widest, len(v))
		}
	}
	return fewer(n, b.widest), nil
}

// read returns n values of the present page. The values are valid until the next call.
func (b *byteValues) read(n int) (_ [][]byte, err error) {
	p := b.pages
	if b.views = resized(b.views, n); n == 0 {
		return b.views, nil // of nulls alone: some writers write nothing then
	}
	switch p.encoding {
	case plainValues:
		used := 0
		if _, used, err = plainBytes(b.views, p.page[p.from:p.to]); err != nil {
			return nil, err
		}
		p.from += used
	case plainDictionary, rleDictionary:
		if err := p.startIndices(); err != nil {
			return nil, err
		}
		b.index = resized(b.index, n)
		if err := readHybrid(&p.index, b.index); err != nil {
			return nil, err
		}
		for i, k := range b.index {
			if int64(k) >= int64(len(b.dict)) {
				return nil, ErrCorrupt
			}
			b.views[i] = b.dict[k]
		}
	case deltaLength, deltaBytes:
		if err := b.startDelta(); err != nil {
			return nil, err
		}
		err = b.readDelta(b.views)
	default:
		err = p.unsupported()
	}
	return b.views, err
}

// plainBytes reads as many values as there is room for, each behind its length, and
// returns how many bytes they took.
func plainBytes(to [][]byte, b []byte) ([][]byte, int, error) {
	used := 0
	for i := range to {
		if len(b)-used < 4 {
			return nil, 0, ErrCorrupt
		}
		k := binary.LittleEndian.Uint32(b[used:])
		if used += 4; uint64(k) > uint64(len(b)-used) {
			return nil, 0, ErrCorrupt
		}
		to[i] = b[used : used+int(k)]
		used += int(k)
	}
	return to, used, nil
}

// startDelta finds the parts of a page: lengths of shared beginnings, lengths of the
// rest, and the bytes of the rest.
//
// Source: the Parquet format, Encodings.md, "Delta-length byte array" and "Delta
// Strings".
func (b *byteValues) startDelta() (err error) {
	p := b.pages
	if b.page == p.number {
		return nil
	}
	b.page, b.at, b.last = p.number, p.from, nil
	if p.encoding == deltaBytes {
		if b.prefixes, err = newDeltaInts(p.page, b.at, p.to, p.values); err != nil {
			return err
		}
		if b.at, err = b.prefixes.rest(); err != nil {
			return err
		}
	}
	if b.lengths, err = newDeltaInts(p.page, b.at, p.to, p.values); err != nil {
		return err
	}
	b.at, err = b.lengths.rest()
	return err
}

func (b *byteValues) readDelta(to [][]byte) error {
	p := b.pages
	b.numbers = resized(b.numbers, 2*len(to))
	lengths, shared := b.numbers[:len(to)], b.numbers[len(to):]
	if err := b.lengths.read(lengths); err != nil {
		return err
	}
	if p.encoding == deltaBytes {
		if err := b.prefixes.read(shared); err != nil {
			return err
		}
	}
	arena := 0
	for i, n := range lengths {
		if n < 0 || n > int64(p.to-b.at) {
			return ErrCorrupt
		}
		v := p.page[b.at : b.at+int(n)]
		b.at += int(n)
		if p.encoding == deltaBytes {
			k := shared[i]
			if k < 0 || k > int64(len(b.last)) {
				return ErrCorrupt
			}
			if k > 0 {
				if arena += int(k) + len(v); arena > maxArena {
					return ErrMemory
				}
				v = append(append(make([]byte, 0, int(k)+len(v)), b.last[:k]...), v...)
			}
			b.last = v
		}
		to[i] = v
	}
	return nil
}

// bytesArray makes an array of values: text, which must be UTF-8, or bytes. Rows of level 0 are null; there
// may be no levels, then none is.
func bytesArray(m *memories, dt arrow.DataType, values [][]byte, levels []uint8, nulls *nullBits) (arrow.Array, error) {
	n, total := max(len(values), len(levels)), 0
	for _, v := range values {
		total += len(v)
	}
	if total > math.MaxInt32 {
		return nil, fmt.Errorf("%w: more than 2 GiB in one column of a batch", ErrMemory)
	}
	// Strings that are made of the bytes may outlive the array: they are not recycled.
	offsets, data := memory.NewResizableBuffer(m.rows), memory.NewResizableBuffer(m.mem)
	defer offsets.Release()
	defer data.Release()
	offsets.Resize(4 * (n + 1))
	data.Resize(total)
	to, text, at, j := arrow.Int32Traits.CastFromBytes(offsets.Bytes()), data.Bytes(), 0, 0
	for i := range n {
		to[i] = int32(at)
		if levels == nil || levels[i] != 0 {
			at += copy(text[at:], values[j])
			j++
		}
	}
	to[n] = int32(at)
	if dt.ID() == arrow.STRING && !ascii(text) {
		for _, v := range values {
			if !utf8.Valid(v) {
				return nil, errUTF8
			}
		}
	}
	d := array.NewData(dt, n, []*memory.Buffer{nulls.buf, offsets, data}, nil, nulls.n, 0)
	defer d.Release()
	return array.MakeFromData(d), nil
}
