package source

import "encoding/binary"

// thrift reads the compact protocol. bad is set at the first thing that is out
// of bounds, and everything after that reads as zero.
type thrift struct {
	b   []byte
	pos int
	bad bool
}

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

// thriftShape describes a struct: the kind of each field by its number, and a bit for
// each required field. The kind is 0 for an unknown field, and thriftTrue for a truth
// value.
type thriftShape struct {
	kinds    []byte
	required uint64
}

// fields reads a struct: read is asked for each field and says whether it has
// taken it; the others are skipped. A field of another kind than the known one, one that
// comes twice, or none where one must be, is bad.
func (t *thrift) fields(depth int, of *thriftShape, read func(id, kind int) bool) {
	id, seen := 0, uint64(0)
	for !t.bad {
		head := t.byte()
		if head == thriftStop {
			if seen&of.required != of.required {
				t.bad = true
			}
			return
		}
		if delta := int(head >> 4); delta != 0 {
			id += delta
		} else {
			id = int(t.i32())
		}
		kind := int(head & 15)
		if id > 0 && id < len(of.kinds) {
			want := int(of.kinds[id])
			if seen>>id&1 != 0 || want != 0 && want != kind && (want != thriftTrue || kind != thriftFalse) {
				t.bad = true
				return
			}
			seen |= 1 << id
		}
		if !read(id, kind) {
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
		t.fields(depth, &anything, func(int, int) bool { return false })
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

func (t *thrift) i64() int64 {
	v := t.varint()
	return int64(v>>1) ^ -int64(v&1)
}

// text reads a string.
func (t *thrift) text() string {
	n := t.varint()
	from := t.pos
	if t.advance(n); t.bad {
		return ""
	}
	return string(t.b[from:t.pos])
}

// list calls read for every struct of a list. An element takes at least one byte, so
// there are at most as many elements as bytes.
func (t *thrift) list(read func()) {
	head := t.byte()
	n := uint64(head >> 4)
	if n == 15 {
		n = t.varint()
	}
	if n > uint64(len(t.b)-t.pos) || n > 0 && head&15 != thriftStruct {
		t.bad = true
	}
	for ; n > 0 && !t.bad; n-- {
		read()
	}
}
