package source

import (
	"fmt"
	"slices"

	"github.com/apache/arrow/go/v15/arrow"
	flatbuffers "github.com/google/flatbuffers/go"
)

// Slots of the tables of arrow's Schema.fbs.
const (
	schemaEndian = 4
	schemaFields = 6

	fieldName       = 4
	fieldNullable   = 6
	fieldTypeKind   = 8
	fieldType       = 10
	fieldDictionary = 12
	fieldChildren   = 14

	dictionaryID      = 4
	dictionaryIndex   = 6
	dictionaryOrdered = 8

	maxFieldDepth = 64
)

// ipcSchema describes the columns of a file. Metadata of the columns and of the file is
// not kept.
type ipcSchema struct {
	fields []*ipcField
	big    bool // the bytes of a number begin with the highest
	// values are the types of the entries of dictionaries, by their number.
	values map[int64]*ipcField
	arrow  *arrow.Schema
}

// ipcField is a column or a child of one: its type, and the number of its nodes and
// buffers in a batch.
type ipcField struct {
	ipcType
	name     string
	nullable bool
	ordered  bool
	value    *ipcField // of a dictionary's entries; nil for other columns
	dict     int64     // number of the dictionary
	nodes    int
	buffers  int
	views    int  // nodes that have a number of buffers of their own
	unions   int  // nodes that had one more buffer before version 5
	unknown  bool // the number of buffers is not known
}

// dt is the type of the arrays that readers deliver.
func (f *ipcField) dt() arrow.DataType {
	if f.value == nil {
		return f.typ
	}
	if f.value.how == layoutNone {
		return opaque("dictionary of " + f.value.what)
	}
	return &arrow.DictionaryType{IndexType: f.typ, ValueType: f.value.typ, Ordered: f.ordered}
}

// says is the type in words.
func (f *ipcField) says() string {
	if f.value != nil {
		return "dictionary of " + f.value.what
	}
	return f.what
}

// readable says why a column cannot be read, or nil.
func (f *ipcField) readable(big bool) error {
	of := f
	if f.value != nil {
		of = f.value
	}
	switch {
	case of.how == layoutNone:
		return fmt.Errorf("%w: the type %s; leave the column out, or write it as columns of text, numbers or dates", ErrUnsupported, f.says())
	case big && (of.how == layoutView || of.typ.ID() == arrow.INTERVAL_MONTH_DAY_NANO):
		return fmt.Errorf("%w: the type %s in a big-endian file; write the file on a little-endian machine", ErrUnsupported, f.says())
	}
	return nil
}

// parseIPCSchema reads a table Schema.
func parseIPCSchema(t flatbuffers.Table) (*ipcSchema, error) {
	s := &ipcSchema{values: map[int64]*ipcField{}}
	switch fbInt16(t, schemaEndian, 0) {
	case 0:
	case 1:
		s.big = true
	default:
		return nil, ErrCorrupt
	}
	left := len(t.Bytes) / 8 // fields of all levels together
	var err error
	if s.fields, err = s.parse(t, schemaFields, 0, &left); err != nil {
		return nil, err
	}
	unknown := false
	fields := make([]arrow.Field, len(s.fields))
	for i, f := range s.fields {
		unknown = unknown || f.unknown
		if unknown && !f.unknown {
			f.ipcType = ipcType{typ: opaque(f.what), what: f.what + " behind a column of a type that is not known"}
			f.value = nil
		}
		fields[i] = arrow.Field{Name: f.name, Type: f.dt(), Nullable: f.nullable}
	}
	s.arrow = arrow.NewSchema(fields, nil)
	return s, nil
}

// counted reports whether the numbers of nodes and buffers of a batch are known.
func (s *ipcSchema) counted() bool {
	return !slices.ContainsFunc(s.fields, func(f *ipcField) bool { return f.unknown })
}

// equal reports whether two schemas have the same columns of the same types, and
// the same dictionaries.
func (s *ipcSchema) equal(o *ipcSchema) bool {
	return s.big == o.big && slices.EqualFunc(s.fields, o.fields, func(a, b *ipcField) bool {
		return a.name == b.name && a.says() == b.says() && a.what == b.what && (a.value == nil) == (b.value == nil) && a.dict == b.dict
	})
}

// parse reads a vector of fields and everything below them.
func (s *ipcSchema) parse(t flatbuffers.Table, slot flatbuffers.VOffsetT, depth int, left *int) ([]*ipcField, error) {
	v, err := vectorOf(t, slot, 4)
	if err != nil {
		return nil, err
	}
	if depth > maxFieldDepth || v.n > *left {
		return nil, ErrCorrupt
	}
	*left -= v.n
	out := make([]*ipcField, v.n)
	for i := range out {
		if out[i], err = s.field(v.table(i), depth, left); err != nil {
			return nil, err
		}
	}
	return out, nil
}

func (s *ipcSchema) field(t flatbuffers.Table, depth int, left *int) (*ipcField, error) {
	children, err := s.parse(t, fieldChildren, depth+1, left)
	if err != nil {
		return nil, err
	}
	kind := fbByte(t, fieldTypeKind)
	def, ok := fbTable(t, fieldType)
	if !ok {
		return nil, ErrCorrupt
	}
	f := &ipcField{name: fbString(t, fieldName), nullable: fbByte(t, fieldNullable) != 0}
	if f.ipcType, err = ipcTypeOf(kind, def, children); err != nil {
		return nil, err
	}
	f.count(kind, def, children)
	d, ok := fbTable(t, fieldDictionary)
	if !ok {
		return f, nil
	}
	index, err := indexTypeOf(d)
	if err != nil {
		return nil, err
	}
	id := fbInt64(d, dictionaryID)
	if was, twice := s.values[id]; twice && was.what != f.what {
		return nil, fmt.Errorf("%w: two columns have one dictionary of different types", ErrCorrupt)
	}
	s.values[id] = f
	return &ipcField{
		ipcType: index, name: f.name, nullable: f.nullable, ordered: fbByte(d, dictionaryOrdered) != 0,
		value: f, dict: id, nodes: 1, buffers: 2,
	}, nil
}

// count finds how many nodes and buffers a batch has for a field that is no
// dictionary: see "Recordbatch message" of the format's columnar specification.
func (f *ipcField) count(kind byte, def flatbuffers.Table, children []*ipcField) {
	f.nodes = 1
	switch kind {
	case ipcNull, ipcRunEnd:
	case ipcBinary, ipcUtf8, ipcLargeBinary, ipcLargeUtf8, ipcListView, ipcLargeListView:
		f.buffers = 3
	case ipcBinaryView, ipcUtf8View:
		f.buffers, f.views = 2, 1
	case ipcStruct, ipcFixedList:
		f.buffers = 1
	case ipcUnion:
		f.buffers, f.unions = 1, 1
		if fbInt16(def, 4, 0) == 1 { // dense: with offsets
			f.buffers = 2
		}
	case ipcInt, ipcFloat, ipcBool, ipcDecimal, ipcDate, ipcTime, ipcTimestamp, ipcInterval, ipcFixedBinary, ipcDuration,
		ipcList, ipcLargeList, ipcMap:
		f.buffers = 2
	default:
		f.unknown = true
	}
	for _, c := range children {
		f.nodes += c.nodes
		f.buffers += c.buffers
		f.views += c.views
		f.unions += c.unions
		f.unknown = f.unknown || c.unknown
	}
}
