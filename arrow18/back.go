package arrow18

import (
	"fmt"

	arrow15 "github.com/apache/arrow/go/v15/arrow"
	memory15 "github.com/apache/arrow/go/v15/arrow/memory"

	"github.com/apache/arrow-go/v18/arrow"
	"github.com/apache/arrow-go/v18/arrow/array"
	"github.com/apache/arrow-go/v18/arrow/memory"
)

// Back returns a table of Arrow 18 with the columns of a table of Arrow 15, such as the
// table that pseudonym.Columns makes. Every type of Arrow 15 keeps its type, and no value is
// copied; an extension type becomes its storage type. The caller releases the table. The
// error names the column, and wraps [ErrType].
func Back(t arrow15.Table) (arrow.Table, error) {
	fields := make([]arrow.Field, t.NumCols())
	columns := make([]arrow.Column, 0, t.NumCols())
	defer func() {
		for i := range columns {
			columns[i].Release()
		}
	}()
	for i, f := range t.Schema().Fields() {
		var err error
		if fields[i], err = backField(f); err != nil {
			return nil, err
		}
		columns = append(columns, *backColumn(fields[i], t.Column(i).Data()))
	}
	md := t.Schema().Metadata()
	to := arrow.NewMetadata(md.Keys(), md.Values())
	return array.NewTable(arrow.NewSchema(fields, &to), columns, t.NumRows()), nil
}

func backColumn(f arrow.Field, from *arrow15.Chunked) *arrow.Column {
	var chunks []arrow.Array
	for _, chunk := range from.Chunks() {
		d := backData(f.Type, chunk.Data())
		chunks = append(chunks, array.MakeFromData(d))
		d.Release()
	}
	c := arrow.NewChunked(f.Type, chunks)
	defer c.Release()
	for _, chunk := range chunks {
		chunk.Release()
	}
	return arrow.NewColumn(f, c)
}

// held is hold in the other direction.
type held struct{ of *memory15.Buffer }

// Allocate is never called.
func (held) Allocate(int) []byte { panic("arrow18: a shared buffer does not grow") }

// Reallocate is never called.
func (held) Reallocate(_ int, _ []byte) []byte { panic("arrow18: a shared buffer does not grow") }

// Free releases the buffer that is shared.
func (h held) Free([]byte) { h.of.Release() }

// backData returns the data of an array as type t, sharing its buffers.
func backData(t arrow.DataType, d arrow15.ArrayData) *array.Data {
	var buffers []*memory.Buffer
	for _, b := range d.Buffers() {
		if b == nil {
			buffers = append(buffers, nil)
			continue
		}
		b.Retain()
		shared := memory.NewBufferWithAllocator(b.Bytes(), held{b})
		defer shared.Release()
		buffers = append(buffers, shared)
	}
	if t, ok := t.(*arrow.DictionaryType); ok && d.Dictionary().DataType() != nil {
		values := backData(t.ValueType, d.Dictionary())
		defer values.Release()
		return array.NewDataWithDictionary(t, d.Len(), buffers, d.NullN(), d.Offset(), values)
	}
	var children []arrow.ArrayData
	for i, c := range d.Children() {
		child := backData(childType(t, i), c)
		defer child.Release()
		children = append(children, child)
	}
	return array.NewData(t, d.Len(), buffers, children, d.NullN(), d.Offset())
}

// childType returns the type of a child of the data of a nested type.
func childType(t arrow.DataType, i int) arrow.DataType {
	switch t := t.(type) {
	case *arrow.MapType:
		return t.Elem()
	case *arrow.RunEndEncodedType:
		return []arrow.DataType{t.RunEnds(), t.Encoded()}[i]
	}
	return t.(arrow.NestedType).Fields()[i].Type
}

func backField(f arrow15.Field) (arrow.Field, error) {
	t, err := backType(f.Type)
	if err != nil {
		return arrow.Field{}, fmt.Errorf("field %q: %w", f.Name, err)
	}
	return arrow.Field{Name: f.Name, Type: t, Nullable: f.Nullable, Metadata: arrow.NewMetadata(f.Metadata.Keys(), f.Metadata.Values())}, nil
}

// backType returns the type of Arrow 18 of a type of Arrow 15.
func backType(t arrow15.DataType) (arrow.DataType, error) {
	for _, s := range same {
		if s.to.ID() == t.ID() {
			return s.from, nil
		}
	}
	switch t := t.(type) {
	case *arrow15.FixedSizeBinaryType:
		return &arrow.FixedSizeBinaryType{ByteWidth: t.ByteWidth}, nil
	case *arrow15.TimestampType:
		return &arrow.TimestampType{Unit: arrow.TimeUnit(t.Unit), TimeZone: t.TimeZone}, nil
	case *arrow15.Time32Type:
		return &arrow.Time32Type{Unit: arrow.TimeUnit(t.Unit)}, nil
	case *arrow15.Time64Type:
		return &arrow.Time64Type{Unit: arrow.TimeUnit(t.Unit)}, nil
	case *arrow15.DurationType:
		return &arrow.DurationType{Unit: arrow.TimeUnit(t.Unit)}, nil
	case *arrow15.Decimal128Type:
		return &arrow.Decimal128Type{Precision: t.Precision, Scale: t.Scale}, nil
	case *arrow15.Decimal256Type:
		return &arrow.Decimal256Type{Precision: t.Precision, Scale: t.Scale}, nil
	case *arrow15.StringViewType:
		return arrow.BinaryTypes.StringView, nil
	case *arrow15.BinaryViewType:
		return arrow.BinaryTypes.BinaryView, nil
	case *arrow15.RunEndEncodedType:
		ends, err := backType(t.RunEnds())
		if err != nil {
			return nil, err
		}
		of, err := backType(t.Encoded())
		if err != nil {
			return nil, err
		}
		return arrow.RunEndEncodedOf(ends, of), nil
	case *arrow15.DictionaryType:
		index, err := backType(t.IndexType)
		if err != nil {
			return nil, err
		}
		value, err := backType(t.ValueType)
		if err != nil {
			return nil, err
		}
		return &arrow.DictionaryType{IndexType: index, ValueType: value, Ordered: t.Ordered}, nil
	case arrow15.ExtensionType:
		return backType(t.StorageType())
	}
	return backNested(t)
}

func backNested(t arrow15.DataType) (arrow.DataType, error) {
	nested, ok := t.(arrow15.NestedType)
	if !ok {
		return nil, fmt.Errorf("%w: %s", ErrType, t)
	}
	var fields []arrow.Field
	for _, f := range nested.Fields() {
		field, err := backField(f)
		if err != nil {
			return nil, err
		}
		fields = append(fields, field)
	}
	switch t := t.(type) {
	case *arrow15.ListType:
		return arrow.ListOfField(fields[0]), nil
	case *arrow15.LargeListType:
		return arrow.LargeListOfField(fields[0]), nil
	case *arrow15.FixedSizeListType:
		return arrow.FixedSizeListOfField(t.Len(), fields[0]), nil
	case *arrow15.ListViewType:
		return arrow.ListViewOfField(fields[0]), nil
	case *arrow15.LargeListViewType:
		return arrow.LargeListViewOfField(fields[0]), nil
	case *arrow15.StructType:
		return arrow.StructOf(fields...), nil
	case *arrow15.MapType:
		entry := fields[0].Type.(*arrow.StructType).Fields()
		m := arrow.MapOfFields(entry[0], entry[1])
		m.KeysSorted = t.KeysSorted
		return m, nil
	case *arrow15.SparseUnionType:
		return arrow.SparseUnionOf(fields, t.TypeCodes()), nil
	case *arrow15.DenseUnionType:
		return arrow.DenseUnionOf(fields, t.TypeCodes()), nil
	}
	return nil, fmt.Errorf("%w: %s", ErrType, t)
}
