package source

import (
	"errors"
	"io"
)

// leastSize is the least number of bytes that a plain value takes.
func leastSize(physical int32) int64 {
	switch physical {
	case physInt64, physDouble:
		return 8
	case physInt96:
		return 12
	case physBoolean, physFixed:
		return 0
	}
	return 4
}

// pageHeader holds the fields of parquet.thrift's PageHeader that a reader needs.
type pageHeader struct {
	kind                             int32 // data, index, dictionary, data of version 2
	uncompressed, compressed, values int32
	levels, reps                     int32 // bytes before the compressed part, in a page of version 2
	encoding, levelEncoding          int32
	version                          int // of the data page header that is there; 0 for none
	dictionary                       bool
	stored                           bool // a page of version 2 that is not compressed
	crc                              uint32
	checked                          bool // crc is set
}

// Kinds of pages.
const (
	pageData       = 0
	pageDictionary = 2
	pageData2      = 3
)

// maxPageHeader bounds a page header; statistics make it long.
const maxPageHeader = 1 << 20

// readPageHeader parses the header at an offset and returns its length.
func readPageHeader(f io.ReaderAt, at, end int64, buf []byte) (h pageHeader, n int, err error) {
	for size := int64(len(buf)); ; size *= 8 {
		if size > int64(len(buf)) {
			buf = make([]byte, size)
		}
		b := buf[:min(int64(len(buf)), end-at)]
		if _, err := f.ReadAt(b, at); errors.Is(err, io.EOF) {
			return h, 0, ErrCorrupt
		} else if err != nil {
			return h, 0, err
		}
		t := thrift{b: b}
		h = t.pageHeader()
		if !t.bad {
			return h, t.pos, h.fits()
		}
		if int64(len(b)) == end-at || size >= maxPageHeader {
			return h, 0, ErrCorrupt
		}
	}
}

// fits holds the kind of a page against the header that is there for it.
func (h *pageHeader) fits() error {
	version, dictionary := 0, false
	switch h.kind {
	case pageData:
		version = 1
	case pageDictionary:
		version, dictionary = 1, true
	case pageData2:
		version = 2
	}
	if h.version != version || h.dictionary != dictionary || h.compressed < 0 || h.uncompressed < 0 || h.values < 0 {
		return ErrCorrupt
	}
	return nil
}

func (t *thrift) pageHeader() (h pageHeader) {
	h.kind = -1
	t.fields(0, &pageShape, func(id, kind int) bool {
		switch {
		case id == 1 && kind == thriftI32:
			h.kind = t.i32()
		case id == 2 && kind == thriftI32:
			h.uncompressed = t.i32()
		case id == 3 && kind == thriftI32:
			h.compressed = t.i32()
		case id == 4 && kind == thriftI32:
			h.crc, h.checked = uint32(t.i32()), true
		case (id == 5 || id == 7 || id == 8) && kind == thriftStruct:
			// data_page_header, dictionary_page_header, data_page_header_v2: the
			// first field of each is num_values.
			if h.version != 0 {
				t.bad = true
			}
			h.dictionary = id == 7
			h.version = 1
			if id == 8 {
				h.version = 2
			}
			t.dataHeader(&h, id == 8)
		default:
			return false
		}
		return true
	})
	return h
}

func (t *thrift) dataHeader(h *pageHeader, v2 bool) {
	of := &dataShape
	switch {
	case v2:
		of = &newShape
	case h.dictionary:
		of = &dictShape
	}
	t.fields(1, of, func(id, kind int) bool {
		switch {
		case id == 1 && kind == thriftI32:
			h.values = t.i32()
		case kind == thriftI32 && (id == 2 && !v2 || id == 4 && v2):
			h.encoding = t.i32()
		case !v2 && id == 3 && kind == thriftI32:
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
}
