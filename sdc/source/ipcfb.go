package source

import flatbuffers "github.com/google/flatbuffers/go"

// This file reads the tables of flatbuffers that describe an IPC file. An offset outside
// the bytes panics; guard turns the panic into ErrCorrupt.

func rootTable(b []byte) flatbuffers.Table {
	return flatbuffers.Table{Bytes: b, Pos: flatbuffers.GetUOffsetT(b)}
}

func fbPos(t flatbuffers.Table, slot flatbuffers.VOffsetT) (flatbuffers.UOffsetT, bool) {
	o := t.Offset(slot)
	return t.Pos + flatbuffers.UOffsetT(o), o != 0
}

func fbByte(t flatbuffers.Table, slot flatbuffers.VOffsetT) byte {
	if pos, ok := fbPos(t, slot); ok {
		return t.GetByte(pos)
	}
	return 0
}

func fbInt16(t flatbuffers.Table, slot flatbuffers.VOffsetT, other int16) int16 {
	if pos, ok := fbPos(t, slot); ok {
		return t.GetInt16(pos)
	}
	return other
}

func fbInt32(t flatbuffers.Table, slot flatbuffers.VOffsetT, other int32) int32 {
	if pos, ok := fbPos(t, slot); ok {
		return t.GetInt32(pos)
	}
	return other
}

func fbInt64(t flatbuffers.Table, slot flatbuffers.VOffsetT) int64 {
	if pos, ok := fbPos(t, slot); ok {
		return t.GetInt64(pos)
	}
	return 0
}

// fbTable returns the table that a slot refers to.
func fbTable(t flatbuffers.Table, slot flatbuffers.VOffsetT) (flatbuffers.Table, bool) {
	pos, ok := fbPos(t, slot)
	if !ok {
		return flatbuffers.Table{}, false
	}
	return flatbuffers.Table{Bytes: t.Bytes, Pos: t.Indirect(pos)}, true
}

// fbString returns the text of a slot, "" where there is none.
func fbString(t flatbuffers.Table, slot flatbuffers.VOffsetT) string {
	if pos, ok := fbPos(t, slot); ok {
		return string(t.ByteVector(pos))
	}
	return ""
}

// fbVector is a vector of elements of one size that lies in the bytes.
type fbVector struct {
	t    flatbuffers.Table
	at   flatbuffers.UOffsetT
	n    int
	size int
}

// vectorOf returns the vector of a slot; it is empty where there is none. A vector
// that is longer than its bytes is ErrCorrupt.
func vectorOf(t flatbuffers.Table, slot flatbuffers.VOffsetT, size int) (fbVector, error) {
	o := flatbuffers.UOffsetT(t.Offset(slot))
	if o == 0 {
		return fbVector{}, nil
	}
	v := fbVector{t: t, at: t.Vector(o), n: t.VectorLen(o), size: size}
	if v.n < 0 || int64(v.at) > int64(len(t.Bytes)) || int64(v.n) > (int64(len(t.Bytes))-int64(v.at))/int64(size) {
		return fbVector{}, ErrCorrupt
	}
	return v, nil
}

func (v fbVector) pos(i int) flatbuffers.UOffsetT { return v.at + flatbuffers.UOffsetT(i*v.size) }

// int64 returns the number at byte within element i.
func (v fbVector) int64(i, within int) int64 {
	return v.t.GetInt64(v.pos(i) + flatbuffers.UOffsetT(within))
}

// table returns element i of a vector of tables.
func (v fbVector) table(i int) flatbuffers.Table {
	return flatbuffers.Table{Bytes: v.t.Bytes, Pos: v.t.Indirect(v.pos(i))}
}
