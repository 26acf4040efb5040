package arrow18

import (
	"errors"
	"fmt"

	arrow15 "github.com/apache/arrow/go/v15/arrow"

	"github.com/apache/arrow-go/v18/arrow"
)

// ErrType is the error for a column of a type that the other version of Arrow does not
// have, or that cannot be written anew.
var ErrType = errors.New("arrow18: the type has no counterpart")

// same are the types without parameters.
var same = []struct {
	to   arrow15.DataType
	from arrow.DataType
}{
	{arrow15.Null, arrow.Null},
	{arrow15.FixedWidthTypes.Boolean, arrow.FixedWidthTypes.Boolean},
	{arrow15.PrimitiveTypes.Int8, arrow.PrimitiveTypes.Int8},
	{arrow15.PrimitiveTypes.Int16, arrow.PrimitiveTypes.Int16},
	{arrow15.PrimitiveTypes.Int32, arrow.PrimitiveTypes.Int32},
	{arrow15.PrimitiveTypes.Int64, arrow.PrimitiveTypes.Int64},
	{arrow15.PrimitiveTypes.Uint8, arrow.PrimitiveTypes.Uint8},
	{arrow15.PrimitiveTypes.Uint16, arrow.PrimitiveTypes.Uint16},
	{arrow15.PrimitiveTypes.Uint32, arrow.PrimitiveTypes.Uint32},
	{arrow15.PrimitiveTypes.Uint64, arrow.PrimitiveTypes.Uint64},
	{arrow15.FixedWidthTypes.Float16, arrow.FixedWidthTypes.Float16},
	{arrow15.PrimitiveTypes.Float32, arrow.PrimitiveTypes.Float32},
	{arrow15.PrimitiveTypes.Float64, arrow.PrimitiveTypes.Float64},
	{arrow15.BinaryTypes.String, arrow.BinaryTypes.String},
	{arrow15.BinaryTypes.Binary, arrow.BinaryTypes.Binary},
	{arrow15.BinaryTypes.LargeString, arrow.BinaryTypes.LargeString},
	{arrow15.BinaryTypes.LargeBinary, arrow.BinaryTypes.LargeBinary},
	{arrow15.FixedWidthTypes.Date32, arrow.FixedWidthTypes.Date32},
	{arrow15.FixedWidthTypes.Date64, arrow.FixedWidthTypes.Date64},
	{arrow15.FixedWidthTypes.MonthInterval, arrow.FixedWidthTypes.MonthInterval},
	{arrow15.FixedWidthTypes.DayTimeInterval, arrow.FixedWidthTypes.DayTimeInterval},
	{arrow15.FixedWidthTypes.MonthDayNanoInterval, arrow.FixedWidthTypes.MonthDayNanoInterval},
}

// typeOf returns the type of Arrow 15 that a type of Arrow 18 becomes. The error wraps
// ErrType.
func typeOf(t arrow.DataType) (arrow15.DataType, error) {
	for _, s := range same {
		if s.from.ID() == t.ID() {
			return s.to, nil
		}
	}
	switch t := t.(type) {
	case *arrow.FixedSizeBinaryType:
		return &arrow15.FixedSizeBinaryType{ByteWidth: t.ByteWidth}, nil
	case *arrow.TimestampType:
		return &arrow15.TimestampType{Unit: arrow15.TimeUnit(t.Unit), TimeZone: t.TimeZone}, nil
	case *arrow.Time32Type:
		return &arrow15.Time32Type{Unit: arrow15.TimeUnit(t.Unit)}, nil
	case *arrow.Time64Type:
		return &arrow15.Time64Type{Unit: arrow15.TimeUnit(t.Unit)}, nil
	case *arrow.DurationType:
		return &arrow15.DurationType{Unit: arrow15.TimeUnit(t.Unit)}, nil
	case *arrow.Decimal32Type:
		return &arrow15.Decimal128Type{Precision: t.Precision, Scale: t.Scale}, nil
	case *arrow.Decimal64Type:
		return &arrow15.Decimal128Type{Precision: t.Precision, Scale: t.Scale}, nil
	case *arrow.Decimal128Type:
		return &arrow15.Decimal128Type{Precision: t.Precision, Scale: t.Scale}, nil
	case *arrow.Decimal256Type:
		return &arrow15.Decimal256Type{Precision: t.Precision, Scale: t.Scale}, nil
	case *arrow.StringViewType:
		return arrow15.BinaryTypes.LargeString, nil
	case *arrow.BinaryViewType:
		return arrow15.BinaryTypes.LargeBinary, nil
	case *arrow.RunEndEncodedType:
		return typeOf(t.Encoded())
	case *arrow.DictionaryType:
		return dictionaryOf(t)
	case arrow.ExtensionType:
		return typeOf(t.StorageType())
	}
	return nestedOf(t)
}

func dictionaryOf(t *arrow.DictionaryType) (arrow15.DataType, error) {
	index, err := typeOf(t.IndexType)
	if err != nil {
		return nil, err
	}
	value, err := typeOf(t.ValueType)
	if err != nil {
		return nil, err
	}
	return &arrow15.DictionaryType{IndexType: index, ValueType: value, Ordered: t.Ordered}, nil
}

func nestedOf(t arrow.DataType) (arrow15.DataType, error) {
	nested, ok := t.(arrow.NestedType)
	if !ok {
		return nil, fmt.Errorf("%w: %s", ErrType, t)
	}
	fields := make([]arrow15.Field, nested.NumFields())
	for i, f := range nested.Fields() {
		var err error
		if fields[i], err = fieldOf(f); err != nil {
			return nil, err
		}
	}
	switch t := t.(type) {
	case *arrow.ListType:
		return arrow15.ListOfField(fields[0]), nil
	case *arrow.LargeListType:
		return arrow15.LargeListOfField(fields[0]), nil
	case *arrow.FixedSizeListType:
		return arrow15.FixedSizeListOfField(t.Len(), fields[0]), nil
	case *arrow.ListViewType:
		return arrow15.ListViewOfField(fields[0]), nil
	case *arrow.LargeListViewType:
		return arrow15.LargeListViewOfField(fields[0]), nil
	case *arrow.StructType:
		return arrow15.StructOf(fields...), nil
	case *arrow.MapType:
		key, err := fieldOf(t.KeyField())
		if err != nil {
			return nil, err
		}
		item, err := fieldOf(t.ItemField())
		if err != nil {
			return nil, err
		}
		m := arrow15.MapOf(key.Type, item.Type)
		m.SetItemNullable(item.Nullable)
		m.KeysSorted = t.KeysSorted
		return m, nil
	case *arrow.SparseUnionType:
		return arrow15.SparseUnionOf(fields, t.TypeCodes()), nil
	case *arrow.DenseUnionType:
		return arrow15.DenseUnionOf(fields, t.TypeCodes()), nil
	}
	return nil, fmt.Errorf("%w: %s", ErrType, t)
}

func fieldOf(f arrow.Field) (arrow15.Field, error) {
	t, err := typeOf(f.Type)
	if err != nil {
		return arrow15.Field{}, fmt.Errorf("field %q: %w", f.Name, err)
	}
	return arrow15.Field{Name: f.Name, Type: t, Nullable: f.Nullable, Metadata: arrow15.NewMetadata(f.Metadata.Keys(), f.Metadata.Values())}, nil
}

// schemaOf returns the schema of Arrow 15. The error names the field.
func schemaOf(s *arrow.Schema) (*arrow15.Schema, error) {
	fields := make([]arrow15.Field, s.NumFields())
	for i, f := range s.Fields() {
		var err error
		if fields[i], err = fieldOf(f); err != nil {
			return nil, err
		}
	}
	md := s.Metadata()
	to := arrow15.NewMetadata(md.Keys(), md.Values())
	return arrow15.NewSchema(fields, &to), nil
}
