package source

import "encoding/binary"

// compactStruct writes fields of a struct in Thrift's compact protocol, in ascending order.
type compactStruct struct {
	b    []byte
	last int
}

func (s *compactStruct) head(id int, kind byte) {
	if d := id - s.last; d > 0 && d < 16 {
		s.b = append(s.b, byte(d)<<4|kind)
	} else {
		s.b = binary.AppendVarint(append(s.b, kind), int64(id))
	}
	s.last = id
}

func (s *compactStruct) number(id int, kind byte, v int64) {
	s.head(id, kind)
	s.b = binary.AppendVarint(s.b, v)
}

func (s *compactStruct) i32(id int, v int32) { s.number(id, thriftI32, int64(v)) }

func (s *compactStruct) flag(id int, v bool) {
	if v {
		s.head(id, thriftTrue)
	} else {
		s.head(id, thriftFalse)
	}
}

func (s *compactStruct) text(id int, v string) {
	s.head(id, thriftBinary)
	s.b = append(binary.AppendUvarint(s.b, uint64(len(v))), v...)
}

func (s *compactStruct) inner(id int, v compactStruct) {
	s.head(id, thriftStruct)
	s.b = append(append(s.b, v.b...), 0)
}

func (s *compactStruct) list(id int, all [][]byte) {
	s.head(id, thriftList)
	s.b = append(s.b, 0xf0|thriftStruct)
	s.b = binary.AppendUvarint(s.b, uint64(len(all)))
	for _, e := range all {
		s.b = append(append(s.b, e...), 0)
	}
}

// element is what a test writes of a SchemaElement; -1 stands for a field that is not
// there.
type element struct {
	name                                  string
	physical, length, repetition          int32
	children, converted, scale, precision int32
	logical                               logicalType
}

func (e element) bytes() []byte {
	var s compactStruct
	for _, f := range []struct {
		id int
		v  int32
	}{{1, e.physical}, {2, e.length}, {3, e.repetition}} {
		if f.v >= 0 {
			s.i32(f.id, f.v)
		}
	}
	s.text(4, e.name)
	for _, f := range []struct {
		id int
		v  int32
	}{{5, e.children}, {6, e.converted}, {7, e.scale}, {8, e.precision}} {
		if f.v >= 0 {
			s.i32(f.id, f.v)
		}
	}
	if l := e.logical; l.id > 0 {
		var kind, union compactStruct
		switch l.id {
		case logicalDecimal:
			kind.i32(1, l.scale)
			kind.i32(2, l.precision)
		case logicalTime, logicalTimestamp:
			kind.flag(1, l.utc)
			var unit compactStruct
			unit.inner(l.unit, compactStruct{})
			kind.inner(2, unit)
		case logicalInteger:
			kind.head(1, thriftByte)
			kind.b = append(kind.b, byte(l.bits))
			kind.flag(2, l.signed)
		}
		union.inner(l.id, kind)
		s.inner(10, union)
	}
	return s.b
}

// schemaFile is a Parquet file of a schema of one field, which may be a group, without rows.
func schemaFile(fields ...element) []byte { return schemaFileOf(1, fields...) }

// schemaFileOf is schemaFile of so many fields at the top.
func schemaFileOf(top int32, fields ...element) []byte {
	all := [][]byte{element{name: "schema", physical: -1, length: -1, repetition: -1, children: top, converted: -1, scale: -1, precision: -1}.bytes()}
	for _, f := range fields {
		all = append(all, f.bytes())
	}
	var s compactStruct
	s.i32(1, 2)
	s.list(2, all)
	s.number(3, thriftI64, 0)
	s.list(4, nil)
	s.b = append(s.b, 0)
	file := append([]byte("PAR1"), s.b...)
	file = binary.LittleEndian.AppendUint32(file, uint32(len(s.b)))
	return append(file, "PAR1"...)
}
