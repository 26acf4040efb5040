package source

import (
	"bytes"
	"encoding/binary"
	"io"

	flatbuffers "github.com/google/flatbuffers/go"
	"github.com/klauspost/compress/zstd"
	"github.com/pierrec/lz4/v4"
)

// The parts of arrow's Message.fbs that bear on memory: field offsets in the
// flatbuffers vtables, and union types.
const (
	messageType   = 6
	messageHeader = 8
	messageBody   = 10

	batchLength      = 4
	batchNodes       = 6
	batchBuffers     = 8
	batchCompression = 10

	dictionaryData = 6

	typeDictionaryBatch = 2
	typeRecordBatch     = 3

	nodeSize   = 16 // struct FieldNode {length, null_count: long}
	bufferSize = 16 // struct Buffer {offset, length: long}
)

// batchTable returns the RecordBatch of a message, and false for a message that
// is none and carries none. Out-of-range offsets panic, which guard catches.
func batchTable(meta []byte) (t flatbuffers.Table, bodyLen int64, ok bool) {
	m := flatbuffers.Table{Bytes: meta, Pos: flatbuffers.GetUOffsetT(meta)}
	if o := m.Offset(messageBody); o != 0 {
		bodyLen = m.GetInt64(m.Pos + flatbuffers.UOffsetT(o))
	}
	kind := byte(0)
	if o := m.Offset(messageType); o != 0 {
		kind = m.GetByte(m.Pos + flatbuffers.UOffsetT(o))
	}
	o := m.Offset(messageHeader)
	if o == 0 || kind != typeRecordBatch && kind != typeDictionaryBatch {
		return t, bodyLen, false
	}
	m.Union(&t, flatbuffers.UOffsetT(o))
	if kind == typeDictionaryBatch {
		o := t.Offset(dictionaryData)
		if o == 0 {
			return t, bodyLen, false
		}
		t.Pos = t.Indirect(t.Pos + flatbuffers.UOffsetT(o))
	}
	return t, bodyLen, true
}

// checkMessage holds the lengths of a message against what is left of the file
// and returns the length of its body.
func checkMessage(meta []byte, left int64) (bodyLen int64, err error) {
	return guard(func() (int64, error) {
		t, bodyLen, batch := batchTable(meta)
		if bodyLen < 0 || bodyLen > left {
			return 0, ErrCorrupt
		}
		if !batch {
			return bodyLen, nil
		}
		// Eight rows a byte is the least that any column but one of nulls takes;
		// a batch of such columns alone may have a million rows.
		most := 8*bodyLen + 1<<20
		if o := t.Offset(batchLength); o != 0 {
			if n := t.GetInt64(t.Pos + flatbuffers.UOffsetT(o)); n < 0 || n > most && !compressed(t) {
				return 0, ErrCorrupt
			}
		}
		if o := t.Offset(batchNodes); o != 0 {
			at, n := t.Vector(flatbuffers.UOffsetT(o)), t.VectorLen(flatbuffers.UOffsetT(o))
			for i := range n {
				pos := at + flatbuffers.UOffsetT(i*nodeSize)
				length, nulls := t.GetInt64(pos), t.GetInt64(pos+8)
				if length < 0 || nulls < 0 || nulls > length || length > most && !compressed(t) {
					return 0, ErrCorrupt
				}
			}
		}
		return bodyLen, eachBuffer(t, func(offset, length int64) error {
			if offset < 0 || length < 0 || offset > bodyLen || length > bodyLen-offset {
				return ErrCorrupt
			}
			return nil
		})
	})
}

func compressed(t flatbuffers.Table) bool { return t.Offset(batchCompression) != 0 }

func eachBuffer(t flatbuffers.Table, fn func(offset, length int64) error) error {
	o := t.Offset(batchBuffers)
	if o == 0 {
		return nil
	}
	at, n := t.Vector(flatbuffers.UOffsetT(o)), t.VectorLen(flatbuffers.UOffsetT(o))
	for i := range n {
		pos := at + flatbuffers.UOffsetT(i*bufferSize)
		if err := fn(t.GetInt64(pos), t.GetInt64(pos+8)); err != nil {
			return err
		}
	}
	return nil
}

// checkCompression verifies what the buffers of a compressed batch say of their
// uncompressed length, by decompressing into nothing, before arrow sets that
// much memory aside.
func checkCompression(meta, body []byte) error {
	_, err := guard(func() (struct{}, error) {
		t, _, batch := batchTable(meta)
		if !batch || !compressed(t) {
			return struct{}{}, nil
		}
		c := flatbuffers.Table{Bytes: t.Bytes, Pos: t.Indirect(t.Pos + flatbuffers.UOffsetT(t.Offset(batchCompression)))}
		codec := byte(0) // LZ4_FRAME
		if o := c.Offset(4); o != 0 {
			codec = c.GetByte(c.Pos + flatbuffers.UOffsetT(o))
		}
		return struct{}{}, eachBuffer(t, func(offset, length int64) error {
			if length == 0 {
				return nil
			}
			if length < 8 {
				return ErrCorrupt
			}
			data := body[offset : offset+length]
			says := int64(binary.LittleEndian.Uint64(data))
			if says == -1 {
				return nil // stored as it is
			}
			return checkLength(codec, data[8:], says)
		})
	})
	return err
}

// trusted is an uncompressed length that is taken as it is: what a compressed
// buffer may claim without proof.
const trusted = 1 << 16

func checkLength(codec byte, data []byte, says int64) error {
	if says < 0 {
		return ErrCorrupt
	}
	if codec == 1 {
		var frame zstd.Header
		if err := frame.Decode(data); err != nil || frame.WindowSize > max(1<<20, 2*uint64(says)) ||
			frame.HasFCS && frame.FrameContentSize != uint64(says) {
			return ErrCorrupt
		}
	}
	if says <= trusted {
		return nil
	}
	var r io.Reader
	switch codec {
	case 0:
		r = lz4.NewReader(bytes.NewReader(data))
	case 1:
		z, err := zstd.NewReader(bytes.NewReader(data), zstd.WithDecoderConcurrency(1), zstd.WithDecoderLowmem(true), zstd.WithDecoderMaxWindow(8<<20))
		if err != nil {
			return ErrCorrupt
		}
		defer z.Close()
		r = z
	default:
		return ErrUnsupported
	}
	n, err := io.Copy(io.Discard, io.LimitReader(r, says+1))
	if err != nil || n != says {
		return ErrCorrupt
	}
	return nil
}
