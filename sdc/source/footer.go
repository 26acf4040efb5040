package source

import (
	"encoding/binary"
	"fmt"
	"io"
)

// Physical types of Parquet.
const (
	physBoolean = iota
	physInt32
	physInt64
	physInt96
	physFloat
	physDouble
	physBytes
	physFixed
)

// footer holds the fields of parquet.thrift's FileMetaData that a reader needs.
// Enumerations keep the values of the file: an unknown value is an error only where it is
// used.
type footer struct {
	rows      int64
	schema    []schemaElement
	groups    []rowGroup
	encrypted bool // some columns may be
}

type schemaElement struct {
	name                         string
	physical, converted          int32 // -1 where there is none
	length, repetition, children int32
	scale, precision             int32
	logical                      logicalType
}

// logicalType is a field of the union LogicalType.
type logicalType struct {
	id               int // of the field; 0 where there is none
	unit             int // 1 milliseconds, 2 microseconds, 3 nanoseconds
	utc              bool
	bits             int8
	signed           bool
	scale, precision int32
}

type rowGroup struct {
	rows    int64
	columns []columnChunk
}

type columnChunk struct {
	there                            bool  // it has metadata
	encrypted, elsewhere             bool  // elsewhere: in another file
	physical, codec                  int32 // codec is -1 where there is none
	values, uncompressed, compressed int64
	dataAt, dictionaryAt             int64
}

// start is where the first page of a chunk begins.
func (c *columnChunk) start() int64 {
	if c.dictionaryAt > 0 {
		return min(c.dataAt, c.dictionaryAt)
	}
	return c.dataAt
}

// readFooter reads the end of a Parquet file. Its lists grow with the bytes that exist,
// and not by the lengths that they claim. limit is the largest size of the footer in
// bytes.
func readFooter(f io.ReaderAt, size, limit int64) (*footer, error) {
	tail := make([]byte, 8)
	if size < 12 {
		return nil, ErrCorrupt
	}
	if _, err := f.ReadAt(tail, size-8); err != nil {
		return nil, err
	}
	length := int64(binary.LittleEndian.Uint32(tail))
	switch {
	case string(tail[4:]) == "PARE":
		return nil, fmt.Errorf("%w: encrypted Parquet; decrypt the file first", ErrUnsupported)
	case string(tail[4:]) != "PAR1" || length > size-12:
		return nil, ErrCorrupt
	case length > limit:
		return nil, ErrMemory
	}
	b := make([]byte, length)
	if _, err := f.ReadAt(b, size-8-length); err != nil {
		return nil, err
	}
	t := thrift{b: b}
	m := t.footer()
	if t.bad || len(m.schema) == 0 {
		return nil, ErrCorrupt
	}
	return m, nil
}

// Structs of parquet.thrift.
var (
	anything  = thriftShape{}
	fileShape = thriftShape{[]byte{
		1: thriftI32, 2: thriftList, 3: thriftI64, 4: thriftList, 5: thriftList, 6: thriftBinary, 7: thriftList, 8: thriftStruct, 9: thriftBinary,
	}, 1<<1 | 1<<2 | 1<<3 | 1<<4}
	elementShape = thriftShape{[]byte{
		1: thriftI32, 2: thriftI32, 3: thriftI32, 4: thriftBinary, 5: thriftI32, 6: thriftI32, 7: thriftI32, 8: thriftI32, 9: thriftI32, 10: thriftStruct,
	}, 1 << 4}
	groupShape = thriftShape{[]byte{
		1: thriftList, 2: thriftI64, 3: thriftI64, 4: thriftList, 5: thriftI64, 6: thriftI64, 7: thriftI16,
	}, 1<<1 | 1<<2 | 1<<3}
	chunkShape = thriftShape{[]byte{
		1: thriftBinary, 2: thriftI64, 3: thriftStruct, 4: thriftI64, 5: thriftI32, 6: thriftI64, 7: thriftI32, 8: thriftStruct, 9: thriftBinary,
	}, 0}
	metaShape = thriftShape{[]byte{
		1: thriftI32, 2: thriftList, 3: thriftList, 4: thriftI32, 5: thriftI64, 6: thriftI64, 7: thriftI64, 8: thriftList, 9: thriftI64,
		10: thriftI64, 11: thriftI64, 12: thriftStruct, 13: thriftList, 14: thriftI64, 15: thriftI32,
	}, 1<<1 | 1<<2 | 1<<3 | 1<<4 | 1<<5 | 1<<6 | 1<<7 | 1<<9}
	pageShape = thriftShape{[]byte{
		1: thriftI32, 2: thriftI32, 3: thriftI32, 4: thriftI32, 5: thriftStruct, 6: thriftStruct, 7: thriftStruct, 8: thriftStruct,
	}, 1<<1 | 1<<2 | 1<<3}
	dataShape = thriftShape{[]byte{1: thriftI32, 2: thriftI32, 3: thriftI32, 4: thriftI32, 5: thriftStruct}, 1<<1 | 1<<2 | 1<<3 | 1<<4}
	dictShape = thriftShape{[]byte{1: thriftI32, 2: thriftI32, 3: thriftTrue}, 1<<1 | 1<<2}
	newShape  = thriftShape{[]byte{
		1: thriftI32, 2: thriftI32, 3: thriftI32, 4: thriftI32, 5: thriftI32, 6: thriftI32, 7: thriftTrue, 8: thriftStruct,
	}, 1<<1 | 1<<2 | 1<<3 | 1<<4 | 1<<5 | 1<<6}
)

func (t *thrift) footer() *footer {
	m := &footer{}
	t.fields(0, &fileShape, func(id, kind int) bool {
		switch {
		case id == 2 && kind == thriftList:
			t.list(func() { m.schema = append(m.schema, t.element()) })
		case id == 3 && kind == thriftI64:
			m.rows = t.i64()
		case id == 4 && kind == thriftList:
			t.list(func() { m.groups = append(m.groups, t.rowGroup()) })
		case id == 8:
			m.encrypted = true
			return false
		default:
			return false
		}
		return true
	})
	return m
}

func (t *thrift) element() schemaElement {
	e := schemaElement{physical: -1, converted: -1}
	numbers := map[int]*int32{1: &e.physical, 2: &e.length, 3: &e.repetition, 5: &e.children, 6: &e.converted, 7: &e.scale, 8: &e.precision}
	t.fields(1, &elementShape, func(id, kind int) bool {
		switch to := numbers[id]; {
		case to != nil && kind == thriftI32:
			*to = t.i32()
		case id == 4 && kind == thriftBinary:
			e.name = t.text()
		case id == 10 && kind == thriftStruct:
			e.logical = t.logical()
		default:
			return false
		}
		return true
	})
	return e
}

func (t *thrift) logical() (l logicalType) {
	t.fields(2, &anything, func(id, kind int) bool {
		l.id = id
		if kind != thriftStruct {
			return false
		}
		t.fields(3, &anything, func(field, kind int) bool {
			switch {
			case id == logicalDecimal && field == 1 && kind == thriftI32:
				l.scale = t.i32()
			case id == logicalDecimal && field == 2 && kind == thriftI32:
				l.precision = t.i32()
			case id == logicalInteger && field == 1 && kind == thriftByte:
				l.bits = int8(t.byte())
			case id == logicalInteger && field == 2:
				l.signed = kind == thriftTrue
				return kind == thriftTrue || kind == thriftFalse
			case (id == logicalTime || id == logicalTimestamp) && field == 1:
				l.utc = kind == thriftTrue
				return kind == thriftTrue || kind == thriftFalse
			case (id == logicalTime || id == logicalTimestamp) && field == 2 && kind == thriftStruct:
				t.fields(4, &anything, func(unit, _ int) bool {
					l.unit = unit
					return false
				})
			default:
				return false
			}
			return true
		})
		return true
	})
	return l
}

func (t *thrift) rowGroup() (g rowGroup) {
	t.fields(1, &groupShape, func(id, kind int) bool {
		switch {
		case id == 1 && kind == thriftList:
			t.list(func() { g.columns = append(g.columns, t.columnChunk()) })
		case id == 3 && kind == thriftI64:
			g.rows = t.i64()
		default:
			return false
		}
		return true
	})
	return g
}

func (t *thrift) columnChunk() columnChunk {
	c := columnChunk{codec: -1, physical: -1}
	t.fields(2, &chunkShape, func(id, kind int) bool {
		switch {
		case id == 1:
			c.elsewhere = true
			return false
		case id == 3 && kind == thriftStruct:
			c.there = true
			t.columnMeta(&c)
		case id == 8 || id == 9:
			c.encrypted = true
			return false
		default:
			return false
		}
		return true
	})
	return c
}

func (t *thrift) columnMeta(c *columnChunk) {
	t.fields(3, &metaShape, func(id, kind int) bool {
		switch {
		case id == 1 && kind == thriftI32:
			c.physical = t.i32()
		case id == 4 && kind == thriftI32:
			c.codec = t.i32()
		case kind != thriftI64:
			return false
		case id == 5:
			c.values = t.i64()
		case id == 6:
			c.uncompressed = t.i64()
		case id == 7:
			c.compressed = t.i64()
		case id == 9:
			c.dataAt = t.i64()
		case id == 11:
			c.dictionaryAt = t.i64()
		default:
			return false
		}
		return true
	})
}
