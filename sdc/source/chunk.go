package source

import (
	"encoding/binary"
	"fmt"
	"io"

	"github.com/apache/arrow/go/v15/parquet"
	"github.com/apache/arrow/go/v15/parquet/compress"
	"github.com/apache/arrow/go/v15/parquet/metadata"
)

// chunkPages walks the data pages of a column chunk of a flat column: one read,
// one decompression and one check a page. What a page says of itself is held
// against the footer and the file before memory is set aside for it: pages lie
// within the chunk, none is larger uncompressed than the whole chunk, and the
// data pages have as many values as the chunk.
type chunkPages struct {
	f        io.ReaderAt
	at, end  int64
	meta     *metadata.ColumnChunkMetaData
	kind     compress.Compression
	codec    compress.Codec // nil for none
	nullable bool
	more     int64 // values in the pages that are not read yet

	head      []byte
	spare     *recycler
	raw, body []byte
	scratch   []byte // levels of the rows that are read

	// The present page. left values of it are not delivered yet.
	left     int
	encoding int32
	levels   hybrid // where nullable
	page     []byte // values [from:to], and padding
	from, to int
	index    hybrid // of a page of dictionary indices, once started
	started  bool

	dict     []byte // values of the dictionary page
	entries  int
	dictSeen bool
}

// plainly reports whether chunkPages can read a chunk, as far as the footer says
// so: the encodings of pages.
func plainly(c *metadata.ColumnChunkMetaData) bool {
	for _, e := range c.Encodings() {
		switch e {
		case parquet.Encodings.Plain, parquet.Encodings.PlainDict, parquet.Encodings.RLEDict,
			parquet.Encodings.RLE, parquet.Encodings.BitPacked:
		default:
			return false
		}
	}
	return true
}

func newChunkPages(f io.ReaderAt, c *metadata.ColumnChunkMetaData, nullable bool, spare *recycler) (*chunkPages, error) {
	p := &chunkPages{spare: spare, f: f, meta: c, nullable: nullable, more: c.NumValues(), kind: c.Compression(), head: make([]byte, 1<<10)}
	p.at = chunkStart(c)
	p.end = p.at + c.TotalCompressedSize()
	if p.kind != compress.Codecs.Uncompressed {
		var err error
		if p.codec, err = compress.GetCodec(p.kind); err != nil {
			return nil, fmt.Errorf("%w: compression", ErrUnsupported)
		}
	}
	return p, nil
}

// release gives the memory of pages back. The chunk must not be read any more.
func (p *chunkPages) release() {
	for _, b := range [][]byte{p.raw, p.body, p.dict, p.scratch} {
		p.spare.give(b)
	}
	*p = chunkPages{}
}

// chunkStart is where the first page of a chunk begins.
func chunkStart(c *metadata.ColumnChunkMetaData) int64 {
	if c.HasDictionaryPage() && c.DictionaryPageOffset() > 0 {
		return min(c.DataPageOffset(), c.DictionaryPageOffset())
	}
	return c.DataPageOffset()
}

// next moves to the next data page that has values; a dictionary page before it
// becomes p.dict.
func (p *chunkPages) next() error {
	for {
		if p.more == 0 || p.at >= p.end {
			return ErrCorrupt // fewer values than rows
		}
		h, n, err := readPageHeader(p.f, p.at, p.end, p.head)
		if err != nil {
			return err
		}
		p.at += int64(n)
		if h.compressed < 0 || int64(h.compressed) > p.end-p.at || h.uncompressed < 0 ||
			int64(h.uncompressed) > p.meta.TotalUncompressedSize() || h.values < 0 {
			return ErrCorrupt
		}
		at := p.at
		p.at += int64(h.compressed)
		switch {
		case h.version == 0: // an index page
		case h.dictionary:
			if err := p.readDictionary(at, &h); err != nil {
				return err
			}
		case h.values > 0:
			return p.readData(at, &h)
		}
	}
}

func (p *chunkPages) readDictionary(at int64, h *pageHeader) error {
	if p.dictSeen || int64(h.values)*leastSize(p.meta.Type()) > int64(h.uncompressed) {
		return ErrCorrupt
	}
	if err := p.read(at, h); err != nil {
		return err
	}
	p.dictSeen, p.entries = true, int(h.values)
	p.dict = p.spare.take(p.to - p.from)
	copy(p.dict, p.page[p.from:p.to])
	return nil
}

func (p *chunkPages) readData(at int64, h *pageHeader) error {
	if int64(h.values) > p.more {
		return ErrCorrupt
	}
	if err := p.read(at, h); err != nil {
		return err
	}
	if p.nullable && h.version == 1 {
		if h.levelEncoding != rleLevels {
			return fmt.Errorf("%w: encoding of levels", ErrUnsupported)
		}
		if p.to-p.from < 4 {
			return ErrCorrupt
		}
		n := int64(binary.LittleEndian.Uint32(p.page[p.from:]))
		if p.from += 4; n > int64(p.to-p.from) {
			return ErrCorrupt
		}
		var err error
		if p.levels, err = newHybrid(p.page, p.from, p.from+int(n), 1); err != nil {
			return err
		}
		p.from += int(n)
	}
	p.more -= int64(h.values)
	p.left, p.encoding, p.started = int(h.values), h.encoding, false
	return nil
}

// read reads a page and decompresses it: its values, and the levels of a page of
// version 1 before them, become p.page[p.from:p.to].
func (p *chunkPages) read(at int64, h *pageHeader) error {
	if err := checkFrame(p.f, at, h, p.kind); err != nil {
		return err
	}
	size := int(h.compressed)
	p.raw = p.spare.sized(p.raw, size+padding)
	if n, err := p.f.ReadAt(p.raw[:size], at); n < size {
		if err != nil && err != io.EOF {
			return err
		}
		return ErrCorrupt
	}
	levels := 0
	if h.version == 2 {
		if h.reps != 0 || h.levels > h.compressed || h.levels > h.uncompressed {
			return ErrCorrupt
		}
		levels = int(h.levels)
		if p.nullable {
			// The levels are read after the values are: they get memory of their own.
			own := append(make([]byte, 0, levels+padding), p.raw[:levels]...)
			var err error
			if p.levels, err = newHybrid(own[:levels+padding], 0, levels, 1); err != nil {
				return err
			}
		}
	}
	if p.codec == nil || h.stored {
		if h.compressed != h.uncompressed {
			return ErrCorrupt
		}
		p.page, p.from, p.to = p.raw, levels, size
		return nil
	}
	want := int(h.uncompressed) - levels
	p.body = p.spare.sized(p.body, want+padding)
	if want > 0 {
		if got := p.codec.Decode(p.body[:want:want], p.raw[levels:size]); len(got) != want || &got[0] != &p.body[0] {
			return ErrCorrupt
		}
	}
	p.page, p.from, p.to = p.body, 0, want
	return nil
}

// sized returns a slice of n bytes, b where it is large enough.
func sized(b []byte, n int) []byte {
	if cap(b) < n {
		return make([]byte, n, n+n/8)
	}
	return b[:n]
}

// valid reads the levels of k rows, and returns how many have a value. Where that is
// all, there may be no levels; they are valid until the next call.
func (p *chunkPages) valid(k int) (levels []uint8, n int, err error) {
	if !p.nullable || p.levels.skipOnes(k) {
		return nil, k, nil
	}
	p.scratch = p.spare.sized(p.scratch, k)
	if err := readHybrid(&p.levels, p.scratch); err != nil {
		return nil, 0, err
	}
	for _, l := range p.scratch {
		n += int(l)
	}
	return p.scratch, n, nil
}

// startIndices makes p.index ready to read the dictionary indices of the present
// page from where they were left.
func (p *chunkPages) startIndices() error {
	if p.started {
		return nil
	}
	p.started = true
	if p.from >= p.to {
		p.index = hybrid{} // a page of nulls alone: there is nothing to read
		return nil
	}
	if !p.dictSeen {
		return ErrCorrupt
	}
	var err error
	p.index, err = newHybrid(p.page, p.from+1, p.to, int(p.page[p.from]))
	return err
}
