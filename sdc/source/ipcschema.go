package source

import flatbuffers "github.com/google/flatbuffers/go"

// Field offsets of arrow's Schema.fbs that hold vectors.
const (
	messageSchema = 1 // type in the union of Message

	schemaFields   = 6
	schemaMetadata = 8

	fieldTypeKind = 8
	fieldType     = 10
	fieldChildren = 14
	fieldMetadata = 16

	unionTypeKind = 14
	unionTypeIDs  = 6

	maxFieldDepth = 64
)

// checkSchema holds the lengths of the vectors in a schema message against the
// size of the message: arrow makes slices of that length before it looks at the
// first element.
func checkSchema(meta []byte) error {
	_, err := guard(func() (struct{}, error) {
		m := flatbuffers.Table{Bytes: meta, Pos: flatbuffers.GetUOffsetT(meta)}
		o := m.Offset(messageType)
		if o == 0 || m.GetByte(m.Pos+flatbuffers.UOffsetT(o)) != messageSchema {
			return struct{}{}, nil
		}
		o = m.Offset(messageHeader)
		if o == 0 {
			return struct{}{}, ErrCorrupt
		}
		var s flatbuffers.Table
		m.Union(&s, flatbuffers.UOffsetT(o))
		left := len(meta) / 8 // fields of all levels together
		if !vectorFits(s, schemaMetadata) || !fieldsFit(s, schemaFields, 0, &left) {
			return struct{}{}, ErrCorrupt
		}
		return struct{}{}, nil
	})
	return err
}

// vectorFits reports whether a vector of 4-byte elements lies in the message.
func vectorFits(t flatbuffers.Table, slot flatbuffers.VOffsetT) bool {
	o := t.Offset(slot)
	if o == 0 {
		return true
	}
	n := t.VectorLen(flatbuffers.UOffsetT(o))
	at := int(t.Vector(flatbuffers.UOffsetT(o)))
	return n >= 0 && at <= len(t.Bytes) && n <= (len(t.Bytes)-at)/4
}

// fieldsFit checks a vector of fields and everything below them.
func fieldsFit(t flatbuffers.Table, slot flatbuffers.VOffsetT, depth int, left *int) bool {
	if depth > maxFieldDepth || !vectorFits(t, slot) {
		return false
	}
	o := t.Offset(slot)
	if o == 0 {
		return true
	}
	at := t.Vector(flatbuffers.UOffsetT(o))
	for i := range t.VectorLen(flatbuffers.UOffsetT(o)) {
		if *left--; *left < 0 {
			return false
		}
		f := flatbuffers.Table{Bytes: t.Bytes, Pos: t.Indirect(at + flatbuffers.UOffsetT(4*i))}
		if !vectorFits(f, fieldMetadata) || !typeFits(f) || !fieldsFit(f, fieldChildren, depth+1, left) {
			return false
		}
	}
	return true
}

// typeFits checks the one type with a vector: the type codes of a union.
func typeFits(f flatbuffers.Table) bool {
	o := f.Offset(fieldTypeKind)
	if o == 0 || f.GetByte(f.Pos+flatbuffers.UOffsetT(o)) != unionTypeKind {
		return true
	}
	if o = f.Offset(fieldType); o == 0 {
		return false
	}
	var u flatbuffers.Table
	f.Union(&u, flatbuffers.UOffsetT(o))
	return vectorFits(u, unionTypeIDs)
}
