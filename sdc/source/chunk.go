package source

import (
	"encoding/binary"
	"fmt"
	"io"
	"unsafe"
)

// Encodings of data pages and of levels.
const (
	plainValues     = 0
	plainDictionary = 2
	rleLevels       = 3
	deltaBinary     = 5
	deltaLength     = 6
	deltaBytes      = 7
	rleDictionary   = 8
	byteStreamSplit = 9
)

var encodingNames = []string{
	"PLAIN", "", "PLAIN_DICTIONARY", "RLE", "BIT_PACKED", "DELTA_BINARY_PACKED", "DELTA_LENGTH_BYTE_ARRAY", "DELTA_BYTE_ARRAY",
	"RLE_DICTIONARY", "BYTE_STREAM_SPLIT",
}

// chunkPages walks the data pages of a column chunk of a flat column: one read, one
// decompression and one check for each page. Before it allocates memory, it checks the
// header of a page against the footer and the file:
//
//   - pages lie within the chunk;
//   - no page is larger uncompressed than the whole chunk;
//   - the data pages have as many values as the chunk.
type chunkPages struct {
	f        io.ReaderAt
	at, end  int64
	meta     *columnChunk
	decode   func(dst, src []byte) bool // nil for no compression
	nullable bool
	more     int64 // values in the pages that are not read yet

	head      []byte
	spare     *recycler
	room      *limited // for the pages of all columns that are read together
	held      int      // of room
	raw, body []byte
	scratch   []byte // levels of the rows that are read

	// The present page. left values of it are not delivered yet.
	number   int // of the page, from 1
	values   int // of it, nulls included
	left     int
	encoding int32
	levels   hybrid // where nullable
	page     []byte // values [from:to], and padding
	from, to int
	taken    int    // values that are delivered, of a page that is split by bytes
	index    hybrid // of a page of dictionary indices, once started
	started  bool

	dict     []byte // values of the dictionary page
	entries  int
	dictSeen bool
}

func newChunkPages(f io.ReaderAt, c *columnChunk, nullable bool, spare *recycler, room *limited) (p *chunkPages, err error) {
	p = &chunkPages{spare: spare, room: room, f: f, meta: c, nullable: nullable, more: c.values, head: make([]byte, 1<<10)}
	p.at = c.start()
	p.end = p.at + c.compressed
	p.decode, err = decoder(c.codec)
	return p, err
}

// release gives the memory of pages back. The chunk must not be read any more.
func (p *chunkPages) release() {
	for _, b := range [][]byte{p.raw, p.body, p.dict, p.scratch} {
		p.spare.give(b)
	}
	if p.room != nil {
		p.room.drop(p.held)
	}
	*p = chunkPages{}
}

// hold accounts for n bytes that are kept while the chunk is read. Where there is no room
// for them it panics, which guard turns into ErrMemory.
func (p *chunkPages) hold(n int) {
	p.room.take(n)
	p.held += n
}

// sized returns n bytes of any content, b where it is large enough.
func (p *chunkPages) sized(b []byte, n int) []byte {
	if n > cap(b) {
		p.hold(n - cap(b))
	}
	return p.spare.sized(b, n)
}

// entryViews returns room for the entries of the dictionary page.
func (p *chunkPages) entryViews() [][]byte {
	p.hold(p.entries * int(unsafe.Sizeof([]byte{})))
	return make([][]byte, p.entries)
}

// unsupported says that the present page has an encoding that its column is not read in.
func (p *chunkPages) unsupported() error {
	return fmt.Errorf("%w: encoding %s of this type; write the column with PLAIN or a dictionary", ErrUnsupported, nameOf(encodingNames, p.encoding))
}

// header reads the header of the next page, and moves behind that page.
func (p *chunkPages) header() (h pageHeader, at int64, err error) {
	h, n, err := readPageHeader(p.f, p.at, p.end, p.head)
	if err != nil {
		return h, 0, err
	}
	at = p.at + int64(n)
	if int64(h.compressed) > p.end-at || int64(h.uncompressed) > p.meta.uncompressed {
		return h, 0, ErrCorrupt
	}
	p.at = at + int64(h.compressed)
	return h, at, nil
}

// next moves to the next data page that has values; a dictionary page before it
// becomes p.dict.
func (p *chunkPages) next() error {
	for {
		if p.more == 0 || p.at >= p.end {
			return ErrCorrupt // fewer values than rows
		}
		h, at, err := p.header()
		if err != nil {
			return err
		}
		switch {
		case h.dictionary:
			err = p.readDictionary(at, &h)
		case h.version != 0 && h.values > 0:
			return p.readData(at, &h)
		default: // an index page, or one without rows
			err = p.load(at, &h)
		}
		if err != nil {
			return err
		}
	}
}

// finish walks the rest of a chunk after its last row. The rest must have no values: they
// would be lost.
func (p *chunkPages) finish() error {
	for p.at < p.end {
		h, at, err := p.header()
		if err != nil {
			return err
		}
		if h.version != 0 && h.values > 0 {
			return fmt.Errorf("%w: more values in the pages than in the footer", ErrCorrupt)
		}
		if err := p.load(at, &h); err != nil {
			return err
		}
	}
	return nil
}

func (p *chunkPages) readDictionary(at int64, h *pageHeader) error {
	if p.dictSeen || p.number > 0 || int64(h.values)*leastSize(p.meta.physical) > int64(h.uncompressed) {
		return ErrCorrupt
	}
	if h.encoding != plainValues && h.encoding != plainDictionary {
		return fmt.Errorf("%w: encoding %s of a dictionary", ErrUnsupported, nameOf(encodingNames, h.encoding))
	}
	if err := p.read(at, h); err != nil {
		return err
	}
	p.dictSeen, p.entries = true, int(h.values)
	p.dict = p.sized(nil, p.to-p.from)
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
			return fmt.Errorf("%w: encoding %s of levels", ErrUnsupported, nameOf(encodingNames, h.levelEncoding))
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
	p.values, p.left, p.encoding, p.started, p.taken = int(h.values), int(h.values), h.encoding, false, 0
	p.number++
	return nil
}

// load reads the bytes of a page into p.raw, and holds them against their checksum.
func (p *chunkPages) load(at int64, h *pageHeader) error {
	size := int(h.compressed)
	p.raw = p.sized(p.raw, size+padding)
	if n, err := p.f.ReadAt(p.raw[:size], at); n < size {
		if err != nil && err != io.EOF {
			return err
		}
		return ErrCorrupt
	}
	return h.sound(p.raw[:size])
}

// read reads a page and decompresses it: its values, and the levels of a page of
// version 1 before them, become p.page[p.from:p.to].
func (p *chunkPages) read(at int64, h *pageHeader) error {
	if err := p.load(at, h); err != nil {
		return err
	}
	size, levels := int(h.compressed), 0
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
	want := int(h.uncompressed) - levels
	if p.decode == nil || h.stored {
		if h.compressed != h.uncompressed {
			return ErrCorrupt
		}
		p.page, p.from, p.to = p.raw, levels, size
		return nil
	}
	body := p.raw[levels:size]
	p.body = p.sized(p.body, want+padding)
	if want > 0 && !p.decode(p.body[:want:want], body) {
		return ErrCorrupt
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
