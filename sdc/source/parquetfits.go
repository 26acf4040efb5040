package source

import "fmt"

// physicalNames are the names of the physical types in the format.
var physicalNames = []string{
	physBoolean: "BOOLEAN", physInt32: "INT32", physInt64: "INT64", physInt96: "INT96",
	physFloat: "FLOAT", physDouble: "DOUBLE", physBytes: "BYTE_ARRAY", physFixed: "FIXED_LEN_BYTE_ARRAY",
}

// annotationNames are the names of the annotations in the format, by logical type.
var annotationNames = map[int]string{
	logicalString: "STRING", logicalMap: "MAP", logicalList: "LIST", logicalEnum: "ENUM", logicalDecimal: "DECIMAL",
	logicalDate: "DATE", logicalTime: "TIME", logicalTimestamp: "TIMESTAMP", logicalInteger: "INTEGER", logicalNull: "UNKNOWN",
	logicalJSON: "JSON", logicalBSON: "BSON", logicalUUID: "UUID", logicalFloat16: "FLOAT16", logicalInterval: "INTERVAL",
}

// fits returns an error where the physical type of the element may not have an
// annotation, or where this package does not know the annotation: the values would be
// read with a wrong meaning.
//
// Source: the Parquet format, LogicalTypes.md.
func (e *schemaElement) fits(l logicalType) error {
	if e.physical < 0 || int(e.physical) >= len(physicalNames) || e.permits(l) {
		return nil
	}
	name, ok := annotationNames[l.id]
	switch {
	case l.id == logicalOdd:
		name = fmt.Sprintf("with the converted type %d", e.converted)
	case !ok:
		name = fmt.Sprintf("number %d", l.id)
	case l.id == logicalDecimal:
		name += fmt.Sprintf("(%d, %d)", l.precision, l.scale)
	case l.id == logicalInteger:
		name += fmt.Sprintf("(%d)", l.bits)
	}
	return fmt.Errorf("%w or not of the format: the annotation %s of %s; write the column without an annotation, or with one that its values may have",
		ErrUnsupported, name, physicalNames[e.physical])
}

// permits reports whether the format lets the physical type have an annotation. Decimals
// with too many digits for any type are left to the code that reads them.
func (e *schemaElement) permits(l logicalType) bool {
	switch l.id {
	case 0, logicalNull:
		return true
	case logicalString, logicalEnum, logicalJSON, logicalBSON:
		return e.physical == physBytes
	case logicalDecimal:
		switch e.physical {
		case physInt32:
			return l.precision <= 9
		case physInt64:
			return l.precision <= 18
		case physFixed:
			return l.precision <= digitsOf(e.length)
		}
		return e.physical == physBytes
	case logicalDate:
		return e.physical == physInt32
	case logicalTime:
		return e.physical == physInt32 && l.unit == 1 || e.physical == physInt64 && (l.unit == 2 || l.unit == 3)
	case logicalTimestamp:
		return e.physical == physInt64 && l.unit >= 1 && l.unit <= 3
	case logicalInteger:
		return e.physical == physInt32 && (l.bits == 8 || l.bits == 16 || l.bits == 32) || e.physical == physInt64 && l.bits == 64
	case logicalUUID:
		return e.physical == physFixed && e.length == 16
	case logicalFloat16:
		return e.physical == physFixed && e.length == 2
	case logicalInterval:
		return e.physical == physFixed && e.length == 12
	}
	return false
}

// digitsOf is the number of decimal digits that fit in a value of the given bytes, at
// most 76: for 2^k it is k log10(2) rounded down.
func digitsOf(bytes int32) int32 {
	return (8*max(1, min(bytes, 32)) - 1) * 30103 / 100000
}
