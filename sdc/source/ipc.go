package source

import (
	"bytes"
	"context"
	"encoding/binary"
	"errors"
	"io"

	"github.com/apache/arrow/go/v15/arrow"
	"github.com/apache/arrow/go/v15/arrow/array"
	"github.com/apache/arrow/go/v15/arrow/ipc"
	"github.com/apache/arrow/go/v15/arrow/memory"
)

// ipcFile is an open IPC file or stream. Both are read as a sequence of
// messages: a file is a stream between a magic word and a footer, and the footer
// adds nothing but more numbers to mistrust.
type ipcFile struct {
	f      *handle
	size   int64
	start  int64 // of the first message
	end    int64 // of the messages
	opts   *Options
	fields *arrow.Schema
}

var ipcMagic = []byte("ARROW1")

func openIPC(h *handle, isFile bool, opts *Options) (file, error) {
	p, err := guard(func() (*ipcFile, error) { return newIPC(h, isFile, opts) })
	if err != nil {
		return nil, corrupt(err)
	}
	return p, nil
}

func newIPC(f *handle, isFile bool, opts *Options) (*ipcFile, error) {
	p := &ipcFile{f: f, size: f.size, end: f.size, opts: opts}
	if isFile {
		if err := p.findMessages(); err != nil {
			return nil, err
		}
	}
	r, _, err := p.open()
	if err != nil {
		return nil, err
	}
	defer r.Release()
	p.fields = r.Schema()
	return p, nil
}

// findMessages checks the frame of an IPC file: magic, padding, messages,
// footer, length of the footer, magic.
func (p *ipcFile) findMessages() error {
	head, tail := make([]byte, 8), make([]byte, 10)
	if p.size < int64(len(head)+len(tail)) {
		return ErrCorrupt
	}
	if _, err := p.f.ReadAt(head, 0); err != nil {
		return err
	}
	if _, err := p.f.ReadAt(tail, p.size-int64(len(tail))); err != nil {
		return err
	}
	footer := int64(binary.LittleEndian.Uint32(tail))
	if !bytes.HasPrefix(head, ipcMagic) || !bytes.Equal(tail[4:], ipcMagic) || footer > p.size-18 {
		return ErrCorrupt
	}
	p.start, p.end = 8, p.size-10-footer
	return nil
}

// open starts reading at the schema.
func (p *ipcFile) open() (*ipc.Reader, *messages, error) {
	m := &messages{
		r: io.NewSectionReader(newCursor(p.f), p.start, p.end-p.start), left: p.end - p.start,
		mem: &limited{mem: p.opts.Allocator, limit: p.opts.MemoryLimit},
	}
	r, err := ipc.NewReaderFromMessageReader(m, ipc.WithAllocator(m.mem), ipc.WithDelayReadSchema(false))
	if err != nil {
		if m.err != nil {
			err = m.err
		}
		return nil, nil, err
	}
	return r, m, nil
}

func (p *ipcFile) schema() *arrow.Schema { return p.fields }
func (p *ipcFile) rows() (int64, bool)   { return 0, false }

// parts returns one reader: the messages of a stream follow each other.
func (p *ipcFile) parts(ctx context.Context, columns []string, _ int) ([]*reader, error) {
	r, m, err := p.open()
	if err != nil {
		return nil, corrupt(err)
	}
	var at []int
	var fields []arrow.Field
	for _, name := range columns {
		i := p.fields.FieldIndices(name)[0]
		at = append(at, i)
		fields = append(fields, p.fields.Field(i))
	}
	schema := arrow.NewSchema(fields, nil)
	next := func() (arrow.Record, error) {
		if err := ctx.Err(); err != nil {
			return nil, err
		}
		if !r.Next() {
			switch {
			case m.err != nil && !errors.Is(m.err, io.EOF):
				return nil, corrupt(m.err)
			case r.Err() != nil:
				return nil, ErrCorrupt
			}
			return nil, io.EOF
		}
		return project(r.Record(), schema, at)
	}
	return []*reader{newReader(schema, next, r.Release)}, nil
}

// project returns some columns of a record, after checking them.
func project(rec arrow.Record, schema *arrow.Schema, at []int) (arrow.Record, error) {
	cols := make([]arrow.Array, len(at))
	for k, i := range at {
		cols[k] = rec.Column(i)
		if int64(cols[k].Len()) != rec.NumRows() || !arrow.TypeEqual(cols[k].DataType(), schema.Field(k).Type) {
			return nil, ErrCorrupt
		}
		if err := validate(cols[k]); err != nil {
			return nil, err
		}
	}
	return array.NewRecord(schema, cols, rec.NumRows()), nil
}

// messages reads encapsulated IPC messages and holds every length against what
// is left of the file before memory is set aside for it.
type messages struct {
	r    io.Reader
	left int64
	mem  *limited
	msg  *ipc.Message
	err  error
}

// Retain does nothing: the reader owns it.
func (m *messages) Retain() {}

// Release drops the present message.
func (m *messages) Release() {
	if m.msg != nil {
		m.msg.Release()
		m.msg = nil
	}
}

const ipcContinuation = 0xffffffff

// Message returns the next message, valid until the following call.
func (m *messages) Message() (*ipc.Message, error) {
	m.Release()
	msg, err := m.message()
	m.msg, m.err = msg, err
	return msg, err
}

func (m *messages) read(buf []byte) error {
	if int64(len(buf)) > m.left {
		return ErrCorrupt
	}
	m.left -= int64(len(buf))
	if _, err := io.ReadFull(m.r, buf); err != nil {
		return ErrCorrupt
	}
	return nil
}

func (m *messages) message() (*ipc.Message, error) {
	if m.left == 0 {
		return nil, io.EOF
	}
	var word [4]byte
	if err := m.read(word[:]); err != nil {
		return nil, err
	}
	length := binary.LittleEndian.Uint32(word[:])
	if length == ipcContinuation {
		if err := m.read(word[:]); err != nil {
			return nil, err
		}
		length = binary.LittleEndian.Uint32(word[:])
	}
	if length == 0 {
		return nil, io.EOF
	}
	if int64(length) > m.left {
		return nil, ErrCorrupt
	}
	meta := make([]byte, length)
	if err := m.read(meta); err != nil {
		return nil, err
	}
	if err := checkSchema(meta); err != nil {
		return nil, err
	}
	bodyLen, err := checkMessage(meta, m.left)
	if err != nil {
		return nil, err
	}
	body := memory.NewResizableBuffer(m.mem)
	defer body.Release()
	body.Resize(int(bodyLen))
	if err := m.read(body.Bytes()); err != nil {
		return nil, err
	}
	if err := checkCompression(meta, body.Bytes()); err != nil {
		return nil, err
	}
	metaBuf := memory.NewBufferBytes(meta)
	defer metaBuf.Release()
	return ipc.NewMessage(metaBuf, body), nil
}
