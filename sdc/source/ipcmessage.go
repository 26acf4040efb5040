package source

import (
	"encoding/binary"
	"errors"
	"fmt"

	flatbuffers "github.com/google/flatbuffers/go"
)

// Slots of the tables of arrow's Message.fbs, and the kinds of message.
const (
	messageVersion = 4
	messageType    = 6
	messageHeader  = 8
	messageBody    = 10

	batchLength      = 4
	batchNodes       = 6
	batchBuffers     = 8
	batchCompression = 10
	batchVariadic    = 12

	dictionaryData  = 6
	dictionaryDelta = 8

	messageSchema     = 1
	messageDictionary = 2
	messageBatch      = 3

	pairSize = 16 // FieldNode {length, nulls: long}, Buffer {offset, length: long}

	ipcNone = -1
	ipcLZ4  = 0
	ipcZstd = 1

	version4 = 3
	version5 = 4

	ipcContinuation = 0xffffffff
	// maxMessage bounds the description of one message, and the footer.
	maxMessage = 256 << 20
)

// errStreamCut says that the file ends within a message.
var errStreamCut = fmt.Errorf("%w: the file ends within a message: it was cut off", ErrCorrupt)

// ipcBlock is where a message lies.
type ipcBlock struct {
	at, meta, body int64 // begin of its frame; bytes before the body; bytes of the body
	kind           byte
}

func (b ipcBlock) end() int64 { return b.at + b.meta + b.body }

// ipcMessage is the description of a message.
type ipcMessage struct {
	kind    byte
	version int16
	body    int64 // bytes
	header  flatbuffers.Table
}

func parseMessage(meta []byte) (ipcMessage, error) {
	t := rootTable(meta)
	m := ipcMessage{kind: fbByte(t, messageType), version: fbInt16(t, messageVersion, 0), body: fbInt64(t, messageBody)}
	switch {
	case m.version < version4:
		return m, fmt.Errorf("%w: a message of version %d of the Arrow format, from before 2017; write the file anew", ErrUnsupported, m.version+1)
	case m.version > version5:
		return m, fmt.Errorf("%w: a message of version %d of the Arrow format", ErrUnsupported, int(m.version)+1)
	case m.body < 0:
		return m, ErrCorrupt
	}
	var ok bool
	if m.header, ok = fbTable(t, messageHeader); !ok {
		return m, ErrCorrupt
	}
	return m, nil
}

// prefix reads the bytes before the description of a message: its length, and before it a
// mark since version 0.15 of Arrow. A length of 0 marks the end.
func (p *ipcFile) prefix(c *cursor, at int64) (size, length int64, err error) {
	var b [8]byte
	if p.end-at < 4 {
		return 0, 0, errStreamCut
	}
	n := min(int64(len(b)), p.end-at)
	if _, err := c.ReadAt(b[:n], at); err != nil {
		return 0, 0, err
	}
	size, length = 4, int64(binary.LittleEndian.Uint32(b[:4]))
	if length == ipcContinuation {
		if n < 8 {
			return 0, 0, errStreamCut
		}
		size, length = 8, int64(binary.LittleEndian.Uint32(b[4:]))
	}
	return size, length, nil
}

// bytes reads n bytes.
func (p *ipcFile) bytes(c *cursor, at, n int64) ([]byte, error) {
	if n < 0 || at < 0 || at > p.size || n > p.size-at {
		return nil, errStreamCut
	}
	if n > maxMessage || n > p.opts.MemoryLimit {
		return nil, ErrMemory
	}
	b := make([]byte, n)
	if _, err := c.ReadAt(b, at); err != nil {
		return nil, err
	}
	return b, nil
}

// description reads the description of the message of a block.
func (p *ipcFile) description(c *cursor, b ipcBlock) (ipcMessage, error) {
	size, length, err := p.prefix(c, b.at)
	if err != nil {
		return ipcMessage{}, err
	}
	if length == 0 {
		return ipcMessage{}, fmt.Errorf("%w: the mark of the end lies where a batch is to be", ErrCorrupt)
	}
	if length > b.meta-size {
		return ipcMessage{}, fmt.Errorf("%w: a message is longer than its place", ErrCorrupt)
	}
	meta, err := p.bytes(c, b.at+size, b.meta-size)
	if err != nil {
		return ipcMessage{}, err
	}
	if !zeros(meta[length:]) {
		return ipcMessage{}, fmt.Errorf("%w: a message is shorter than its place", ErrCorrupt)
	}
	m, err := parseMessage(meta[:length])
	switch {
	case err != nil:
		return m, err
	case m.kind != b.kind:
		return m, fmt.Errorf("%w: a message is not of the kind that is said", ErrCorrupt)
	case m.body != b.body:
		return m, fmt.Errorf("%w: the body of a message has not the length that is said", ErrCorrupt)
	}
	return m, nil
}

func zeros(b []byte) bool {
	for _, x := range b {
		if x != 0 {
			return false
		}
	}
	return true
}

// ipcBatch is the description of the columns of a message.
type ipcBatch struct {
	rows     int64
	nodes    fbVector
	buffers  fbVector
	variadic fbVector
	codec    int
	version  int16
	at, size int64 // of the body in the file
}

// batch reads and checks a table RecordBatch that has the given columns.
func (m *ipcMessage) batch(t flatbuffers.Table, fields []*ipcField, counted bool, at int64) (*ipcBatch, error) {
	b := &ipcBatch{rows: fbInt64(t, batchLength), codec: ipcNone, version: m.version, at: at, size: m.body}
	var errs [3]error
	b.nodes, errs[0] = vectorOf(t, batchNodes, pairSize)
	b.buffers, errs[1] = vectorOf(t, batchBuffers, pairSize)
	b.variadic, errs[2] = vectorOf(t, batchVariadic, 8)
	if err := errors.Join(errs[:]...); err != nil {
		return nil, ErrCorrupt
	}
	if c, ok := fbTable(t, batchCompression); ok {
		switch b.codec = int(fbByte(c, 4)); {
		case fbByte(c, 6) != 0:
			return nil, fmt.Errorf("%w: this way of compression", ErrUnsupported)
		case b.codec != ipcLZ4 && b.codec != ipcZstd:
			return nil, fmt.Errorf("%w: compression number %d of a later version of the format", ErrUnsupported, b.codec)
		}
	}
	if err := b.checkPairs(); err != nil {
		return nil, err
	}
	return b, b.checkCounts(fields, counted)
}

// most is the largest number of rows that a body can have.
//
//   - Any column but one of nulls has at most eight rows in a byte.
//   - A compressed body has more, by the best ratio of the codec.
//   - A batch that has only columns of nulls may have a million rows.
func (b *ipcBatch) most() int64 {
	ratio := map[int]int64{ipcNone: 1, ipcLZ4: 256, ipcZstd: 1 << 15}[b.codec]
	if b.size > 1<<40 {
		return 1 << 62
	}
	return 8*ratio*b.size + 1<<20
}

// checkPairs holds the nodes and buffers against each other and the body.
func (b *ipcBatch) checkPairs() error {
	most := b.most()
	if b.rows < 0 || b.rows > most {
		return ErrCorrupt
	}
	for i := range b.nodes.n {
		length, nulls := b.nodes.int64(i, 0), b.nodes.int64(i, 8)
		if length < 0 || nulls < 0 || nulls > length || length > most {
			return ErrCorrupt
		}
	}
	for i := range b.buffers.n {
		offset, length := b.buffers.int64(i, 0), b.buffers.int64(i, 8)
		if offset < 0 || length < 0 || offset > b.size || length > b.size-offset {
			return fmt.Errorf("%w: a buffer lies outside of its message", ErrCorrupt)
		}
	}
	for i := range b.variadic.n {
		if n := b.variadic.int64(i, 0); n < 0 || n > int64(b.buffers.n) {
			return ErrCorrupt
		}
	}
	return nil
}

// place is where a column begins.
type place struct{ node, buffer, variadic int }

// after is the place behind a column.
func (b *ipcBatch) after(p place, f *ipcField) (place, error) {
	p.node += f.nodes
	p.buffer += f.buffers
	if b.version < version5 {
		p.buffer += f.unions
	}
	if p.variadic+f.views > b.variadic.n {
		return p, fmt.Errorf("%w: a message lacks numbers of buffers", ErrCorrupt)
	}
	for range f.views {
		p.buffer += int(b.variadic.int64(p.variadic, 0))
		p.variadic++
	}
	if p.node > b.nodes.n || p.buffer > b.buffers.n {
		return p, fmt.Errorf("%w: a message has fewer columns than the schema", ErrCorrupt)
	}
	return p, nil
}

// checkCounts compares the numbers of nodes and buffers with the columns, and the length
// of every column with the length of the batch.
func (b *ipcBatch) checkCounts(fields []*ipcField, counted bool) error {
	var p place
	var err error
	for _, f := range fields {
		if f.unknown {
			break
		}
		if p.node < b.nodes.n && b.nodes.int64(p.node, 0) != b.rows {
			return fmt.Errorf("%w: the columns of a message differ in length", ErrCorrupt)
		}
		if p, err = b.after(p, f); err != nil {
			return err
		}
	}
	if counted && (p.node != b.nodes.n || p.buffer != b.buffers.n || p.variadic != b.variadic.n) {
		return fmt.Errorf("%w: a message has more columns than the schema", ErrCorrupt)
	}
	return nil
}

// record reads the description of a record batch.
func (p *ipcFile) record(c *cursor, blk ipcBlock) (*ipcBatch, error) {
	m, err := p.description(c, blk)
	if err != nil {
		return nil, err
	}
	return m.batch(m.header, p.schemaOf.fields, p.schemaOf.counted(), blk.at+blk.meta)
}

// dictionary reads the description of a dictionary batch: its number, and whether its
// entries are added to the earlier entries.
func (p *ipcFile) dictionary(c *cursor, blk ipcBlock) (id int64, delta bool, b *ipcBatch, err error) {
	m, err := p.description(c, blk)
	if err != nil {
		return 0, false, nil, err
	}
	id, delta = fbInt64(m.header, dictionaryID), fbByte(m.header, dictionaryDelta) != 0
	value, ok := p.schemaOf.values[id]
	data, has := fbTable(m.header, dictionaryData)
	if !ok || !has {
		return 0, false, nil, fmt.Errorf("%w: a dictionary that no column has", ErrCorrupt)
	}
	b, err = m.batch(data, []*ipcField{value}, !value.unknown, blk.at+blk.meta)
	return id, delta, b, err
}
