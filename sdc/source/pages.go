package source

import (
	"encoding/binary"
	"fmt"
	"io"
	"math/bits"

	"github.com/apache/arrow/go/v15/parquet"
	"github.com/apache/arrow/go/v15/parquet/compress"
	"github.com/apache/arrow/go/v15/parquet/metadata"
	"github.com/klauspost/compress/zstd"
)

// checkPages walks the page headers of a column chunk and holds what they say
// against the footer and the file, before arrow sets memory aside for it: pages
// lie within the chunk, none is larger uncompressed than the whole chunk, a
// dictionary has room for its values, and the data pages have as many values as
// the chunk.
func checkPages(f io.ReaderAt, c *metadata.ColumnChunkMetaData, nullable bool) error {
	at := c.DataPageOffset()
	if c.HasDictionaryPage() && c.DictionaryPageOffset() > 0 {
		at = min(at, c.DictionaryPageOffset())
	}
	end := at + c.TotalCompressedSize()
	values, entries := int64(0), int32(0)
	buf := make([]byte, 1<<10)
	for at < end && values < c.NumValues() {
		h, n, err := readPageHeader(f, at, end, buf)
		if err != nil {
			return err
		}
		at += int64(n)
		if h.compressed < 0 || int64(h.compressed) > end-at || h.uncompressed < 0 ||
			int64(h.uncompressed) > c.TotalUncompressedSize() || h.values < 0 {
			return ErrCorrupt
		}
		if err := checkFrame(f, at, &h, c.Compression()); err != nil {
			return err
		}
		if err := checkWidth(f, at, &h, c, entries, nullable); err != nil {
			return err
		}
		at += int64(h.compressed)
		if h.dictionary {
			entries = h.values
			if int64(h.values)*leastSize(c.Type()) > int64(h.uncompressed) {
				return ErrCorrupt
			}
			continue
		}
		values += int64(h.values)
	}
	if values != c.NumValues() {
		return ErrCorrupt
	}
	return nil
}

// leastSize is the least number of bytes that a plain value takes.
func leastSize(t parquet.Type) int64 {
	switch t {
	case parquet.Types.Int64, parquet.Types.Double:
		return 8
	case parquet.Types.Int96:
		return 12
	case parquet.Types.Boolean, parquet.Types.FixedLenByteArray:
		return 0
	}
	return 4
}

// checkFrame holds the length that a compressed page gives for itself against
// that of its header: Snappy and Zstandard set aside what the page says.
func checkFrame(f io.ReaderAt, at int64, h *pageHeader, codec compress.Compression) error {
	if h.stored || codec != compress.Codecs.Snappy && codec != compress.Codecs.Zstd {
		return nil
	}
	if h.levels < 0 || h.levels > h.compressed || h.levels > h.uncompressed {
		return ErrCorrupt
	}
	if h.levels == h.compressed {
		return nil // a page of nulls
	}
	buf := make([]byte, min(32, h.compressed-h.levels))
	if _, err := f.ReadAt(buf, at+int64(h.levels)); err != nil {
		return ErrCorrupt
	}
	want := uint64(h.uncompressed - h.levels)
	if codec == compress.Codecs.Snappy {
		if n, k := binary.Uvarint(buf); k <= 0 || n != want {
			return ErrCorrupt
		}
		return nil
	}
	var frame zstd.Header
	if err := frame.Decode(buf); err != nil || frame.HasFCS && frame.FrameContentSize != want || frame.WindowSize > 1<<27 {
		return ErrCorrupt
	}
	return nil
}

// freeWidth is a width of dictionary indices that needs no check: arrow fills a
// dictionary up to the largest index that it meets.
const freeWidth = 12

// checkWidth looks at the width of the dictionary indices of a data page, and
// refuses one that a dictionary of that many entries does not need.
func checkWidth(f io.ReaderAt, at int64, h *pageHeader, c *metadata.ColumnChunkMetaData, entries int32, nullable bool) error {
	if h.dictionary || h.values == 0 || h.encoding != plainDictionary && h.encoding != rleDictionary {
		return nil
	}
	page := make([]byte, h.compressed)
	if _, err := f.ReadAt(page, at); err != nil {
		return ErrCorrupt
	}
	levels, body := page[:h.levels], page[h.levels:]
	if codec := c.Compression(); codec != compress.Codecs.Uncompressed && !h.stored && len(body) > 0 {
		dec, err := compress.GetCodec(codec)
		if err != nil {
			return fmt.Errorf("%w: compression", ErrUnsupported)
		}
		body = dec.Decode(make([]byte, int(h.uncompressed)-len(levels)), body)
	}
	if h.version == 1 && nullable {
		if len(body) < 4 {
			return ErrCorrupt
		}
		n := uint64(binary.LittleEndian.Uint32(body))
		if n > uint64(len(body)-4) {
			return ErrCorrupt
		}
		body = body[4+n:]
	}
	if len(body) > 0 && int(body[0]) > max(freeWidth, bits.Len32(uint32(entries))) {
		return ErrCorrupt
	}
	return nil
}

// checkFooter walks the footer and holds the length of every list and text
// against what is left of it: the thrift library makes lists of the length that
// they claim.
func checkFooter(f io.ReaderAt, size int64) error {
	tail := make([]byte, 8)
	if size < 12 {
		return ErrCorrupt
	}
	if _, err := f.ReadAt(tail, size-8); err != nil {
		return ErrCorrupt
	}
	length := int64(binary.LittleEndian.Uint32(tail))
	switch {
	case string(tail[4:]) == "PARE":
		return fmt.Errorf("%w: encrypted Parquet", ErrUnsupported)
	case string(tail[4:]) != "PAR1" || length > size-12:
		return ErrCorrupt
	}
	b := make([]byte, length)
	if _, err := f.ReadAt(b, size-8-length); err != nil {
		return ErrCorrupt
	}
	t := thrift{b: b}
	if t.skip(thriftStruct, 0); t.bad {
		return ErrCorrupt
	}
	return nil
}

// pageHeader is what bears on memory in parquet.thrift's PageHeader.
type pageHeader struct {
	uncompressed, compressed, values int32
	levels, reps                     int32 // bytes before the compressed part, in a page of version 2
	encoding, levelEncoding          int32
	version                          int
	dictionary                       bool
	stored                           bool // a page of version 2 that is not compressed
}

// maxPageHeader bounds a page header; statistics make it long.
const maxPageHeader = 1 << 20

// readPageHeader parses the header at an offset and returns its length.
func readPageHeader(f io.ReaderAt, at, end int64, buf []byte) (h pageHeader, n int, err error) {
	for size := int64(len(buf)); ; size *= 8 {
		if size > int64(len(buf)) {
			buf = make([]byte, size)
		}
		b := buf[:min(int64(len(buf)), end-at)]
		if _, err := f.ReadAt(b, at); err != nil {
			return h, 0, ErrCorrupt
		}
		t := thrift{b: b}
		h = t.pageHeader()
		if !t.bad {
			return h, t.pos, nil
		}
		if int64(len(b)) == end-at || size >= maxPageHeader {
			return h, 0, ErrCorrupt
		}
	}
}

// thrift reads the compact protocol. bad is set at the first thing that is out
// of bounds, and everything after that reads as zero.
type thrift struct {
	b   []byte
	pos int
	bad bool
}

// Encodings of data pages and of levels.
const (
	plainValues     = 0
	plainDictionary = 2
	rleLevels       = 3
	rleDictionary   = 8
)

// Types of the compact protocol.
const (
	thriftStop   = 0
	thriftTrue   = 1
	thriftFalse  = 2
	thriftByte   = 3
	thriftI16    = 4
	thriftI32    = 5
	thriftI64    = 6
	thriftDouble = 7
	thriftBinary = 8
	thriftList   = 9
	thriftSet    = 10
	thriftMap    = 11
	thriftStruct = 12
)

func (t *thrift) pageHeader() (h pageHeader) {
	t.fields(0, func(id, kind int) bool {
		switch {
		case id == 2 && kind == thriftI32:
			h.uncompressed = t.i32()
		case id == 3 && kind == thriftI32:
			h.compressed = t.i32()
		case (id == 5 || id == 7 || id == 8) && kind == thriftStruct:
			// data_page_header, dictionary_page_header, data_page_header_v2: the
			// first field of each is num_values.
			h.dictionary = id == 7
			h.version = 1
			if id == 8 {
				h.version = 2
			}
			v2 := id == 8
			t.fields(1, func(id, kind int) bool {
				switch {
				case id == 1 && kind == thriftI32:
					h.values = t.i32()
				case kind == thriftI32 && (id == 2 && h.version == 1 || id == 4 && v2):
					h.encoding = t.i32()
				case !v2 && h.version == 1 && id == 3 && kind == thriftI32:
					h.levelEncoding = t.i32()
				case v2 && (id == 5 || id == 6) && kind == thriftI32:
					n := t.i32()
					if h.levels += n; n < 0 || h.levels < 0 {
						t.bad = true
					}
					if id == 6 {
						h.reps = n
					}
				case v2 && id == 7:
					h.stored = kind == thriftFalse
				default:
					return false
				}
				return true
			})
		default:
			return false
		}
		return true
	})
	return h
}

// fields reads a struct: read is asked for each field and says whether it has
// taken it; the others are skipped.
func (t *thrift) fields(depth int, read func(id, kind int) bool) {
	id := 0
	for !t.bad {
		head := t.byte()
		if head == thriftStop {
			return
		}
		if delta := int(head >> 4); delta != 0 {
			id += delta
		} else {
			id = int(t.i32())
		}
		if kind := int(head & 15); !read(id, kind) {
			t.skip(kind, depth+1)
		}
	}
}

func (t *thrift) skip(kind, depth int) {
	if depth > 16 {
		t.bad = true
		return
	}
	switch kind {
	case thriftTrue, thriftFalse:
	case thriftByte:
		t.byte()
	case thriftI16, thriftI32, thriftI64:
		t.varint()
	case thriftDouble:
		t.advance(8)
	case thriftBinary:
		t.advance(t.varint())
	case thriftList, thriftSet:
		head := t.byte()
		n := uint64(head >> 4)
		if n == 15 {
			n = t.varint()
		}
		if n > uint64(len(t.b)-t.pos) {
			t.bad = true // an element takes a byte at least
		}
		for ; n > 0 && !t.bad; n-- {
			if k := int(head & 15); k == thriftTrue || k == thriftFalse {
				t.byte()
			} else {
				t.skip(k, depth+1)
			}
		}
	case thriftMap:
		n := t.varint()
		if n == 0 {
			return
		}
		if n > uint64(len(t.b)-t.pos) {
			t.bad = true
		}
		kinds := t.byte()
		for ; n > 0 && !t.bad; n-- {
			t.skip(int(kinds>>4), depth+1)
			t.skip(int(kinds&15), depth+1)
		}
	case thriftStruct:
		t.fields(depth, func(int, int) bool { return false })
	default:
		t.bad = true
	}
}

func (t *thrift) byte() byte {
	if t.bad || t.pos >= len(t.b) {
		t.bad = true
		return 0
	}
	t.pos++
	return t.b[t.pos-1]
}

func (t *thrift) advance(n uint64) {
	if t.bad || n > uint64(len(t.b)-t.pos) {
		t.bad = true
		return
	}
	t.pos += int(n)
}

func (t *thrift) varint() uint64 {
	if t.bad {
		return 0
	}
	v, n := binary.Uvarint(t.b[t.pos:])
	if n <= 0 {
		t.bad = true
		return 0
	}
	t.pos += n
	return v
}

func (t *thrift) i32() int32 {
	v := t.varint()
	return int32(uint32(v>>1)) ^ -int32(v&1)
}
