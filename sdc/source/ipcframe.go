package source

import (
	"bytes"
	"cmp"
	"encoding/binary"
	"fmt"
	"slices"

	flatbuffers "github.com/google/flatbuffers/go"
)

// Slots of arrow's File.fbs.
const (
	footerVersion      = 4
	footerSchema       = 6
	footerDictionaries = 8
	footerBatches      = 10

	blockSizeFB = 24 // struct Block {offset: long, metaDataLength: int, bodyLength: long}
	ipcStart    = 8  // of the messages: magic and padding
)

var ipcMagic = []byte("ARROW1")

// readFooter reads the frame of an IPC file, and from its footer the schema and the
// places of the batches. The batches must lie between the schema and the footer, without
// overlap and without a gap: a batch that the footer does not list would be left out
// without notice.
func (p *ipcFile) readFooter(c *cursor) error {
	head, tail := make([]byte, ipcStart), make([]byte, 10)
	if p.size < int64(len(head)+len(tail)) {
		return errNoFooter
	}
	if _, err := c.ReadAt(head, 0); err != nil {
		return err
	}
	if !bytes.HasPrefix(head, ipcMagic) {
		return ErrCorrupt
	}
	if _, err := c.ReadAt(tail, p.size-int64(len(tail))); err != nil {
		return err
	}
	length := int64(int32(binary.LittleEndian.Uint32(tail)))
	if !bytes.Equal(tail[4:], ipcMagic) || length <= 0 || length > p.size-18 {
		return errNoFooter
	}
	p.end = p.size - 10 - length
	footer, err := p.bytes(c, p.end, length)
	if err != nil {
		return err
	}
	t := rootTable(footer)
	if v := fbInt16(t, footerVersion, 0); v < version4 || v > version5 {
		return fmt.Errorf("%w: version %d of the Arrow format", ErrUnsupported, int(v)+1)
	}
	s, ok := fbTable(t, footerSchema)
	if !ok {
		return ErrCorrupt
	}
	if p.schemaOf, err = parseIPCSchema(s); err != nil {
		return err
	}
	if p.dicts, err = p.listed(t, footerDictionaries, messageDictionary); err != nil {
		return err
	}
	if p.blocks, err = p.listed(t, footerBatches, messageBatch); err != nil {
		return err
	}
	return p.checkPlaces(c)
}

var errNoFooter = fmt.Errorf("%w: the file does not end with a footer: it was cut off, or something was written behind its end", ErrCorrupt)

// listed reads a vector of blocks.
func (p *ipcFile) listed(t flatbuffers.Table, slot flatbuffers.VOffsetT, kind byte) ([]ipcBlock, error) {
	v, err := vectorOf(t, slot, blockSizeFB)
	if err != nil {
		return nil, err
	}
	out := make([]ipcBlock, v.n)
	for i := range out {
		b := ipcBlock{at: v.int64(i, 0), meta: int64(v.t.GetInt32(v.pos(i) + 8)), body: v.int64(i, 16), kind: kind}
		if b.at < ipcStart || b.meta < 4 || b.body < 0 || b.at > p.end || b.meta > p.end-b.at || b.body > p.end-b.at-b.meta {
			return nil, fmt.Errorf("%w: the footer lists a batch outside of the file", ErrCorrupt)
		}
		out[i] = b
	}
	return out, nil
}

// checkPlaces looks for batches that overlap, or that are listed twice, and for
// bytes that no batch has.
func (p *ipcFile) checkPlaces(c *cursor) error {
	all := slices.Concat(p.dicts, p.blocks)
	slices.SortFunc(all, func(a, b ipcBlock) int { return cmp.Compare(a.at, b.at) })
	at := p.end
	if len(all) > 0 {
		at = all[0].at
	}
	if err := p.checkFirst(c, at); err != nil {
		return err
	}
	for i, b := range all {
		if b.at < at {
			return fmt.Errorf("%w: the footer lists batches that overlap, or one twice", ErrCorrupt)
		}
		if err := p.checkGap(c, at, b.at); err != nil {
			return err
		}
		if at = b.end(); i == len(all)-1 {
			return p.checkGap(c, at, p.end)
		}
	}
	return nil
}

var errUnlisted = fmt.Errorf("%w: the file has bytes that the footer does not list: rows may be among them", ErrCorrupt)

// checkGap checks that there is nothing in a gap but zeros and marks of an end:
// four bytes of ones and four of zeros.
func (p *ipcFile) checkGap(c *cursor, from, to int64) error {
	buf := make([]byte, min(to-from, 1<<16))
	for at := from; at < to; {
		b := buf[:min(to-at, int64(len(buf)))]
		if _, err := c.ReadAt(b, at); err != nil {
			return err
		}
		n := 0
		for n < len(b) && b[n] == 0 {
			n++
		}
		if at += int64(n); n == len(b) {
			continue
		}
		var mark [8]byte
		if to-at < int64(len(mark)) {
			return errUnlisted
		}
		if _, err := c.ReadAt(mark[:], at); err != nil {
			return err
		}
		if binary.LittleEndian.Uint64(mark[:]) != ipcContinuation {
			return errUnlisted
		}
		at += int64(len(mark))
	}
	return nil
}

// checkFirst checks that the schema at the beginning of a file equals the schema of the
// footer. Some writers (polars 2) leave out the length before that message. Then no
// message may begin before the first batch.
func (p *ipcFile) checkFirst(c *cursor, to int64) error {
	if to == ipcStart {
		return nil // the footer has a schema, and nothing contradicts that
	}
	first, err := p.bytes(c, ipcStart, to-ipcStart)
	if err != nil {
		return err
	}
	at := int64(0)
	if word := firstWord(first); word == ipcContinuation {
		at = 8
		if len(first) < 8 {
			return ErrCorrupt
		}
	}
	if at > 0 || p.framed(first) {
		at = max(at, 4)
		length := int64(binary.LittleEndian.Uint32(first[at-4:]))
		if length > int64(len(first))-at {
			return fmt.Errorf("%w: the schema at the begin of the file is longer than its place", ErrCorrupt)
		}
		if err := p.sameFirst(first[at : at+length]); err != nil {
			return err
		}
		return p.checkGap(c, ipcStart+at+length, to)
	}
	if err := p.sameFirst(first); err != nil {
		return err
	}
	for i := 0; i+8 < len(first); i += 8 {
		if firstWord(first[i:]) == ipcContinuation && p.isMessage(first[i:]) {
			return errUnlisted
		}
	}
	return nil
}

func firstWord(b []byte) uint32 {
	if len(b) < 4 {
		return 0
	}
	return binary.LittleEndian.Uint32(b)
}

// framed reports whether bytes are a message behind a length without a mark.
func (p *ipcFile) framed(b []byte) bool {
	n := int64(firstWord(b))
	if n == 0 || n > int64(len(b))-4 {
		return false
	}
	_, err := guard(func() (ipcMessage, error) { return parseMessage(b[4 : 4+n]) })
	return err == nil
}

// isMessage reports whether a message of rows begins here.
func (p *ipcFile) isMessage(b []byte) bool {
	n := int64(firstWord(b[4:]))
	if n == 0 || n > int64(len(b))-8 {
		return false
	}
	_, err := guard(func() (ipcMessage, error) { return parseMessage(b[8 : 8+n]) })
	return err == nil
}

func (p *ipcFile) sameFirst(meta []byte) error {
	m, err := parseMessage(meta)
	if err != nil {
		return err
	}
	if m.kind != messageSchema {
		return errUnlisted
	}
	s, err := parseIPCSchema(m.header)
	if err != nil {
		return err
	}
	if !s.equal(p.schemaOf) {
		return fmt.Errorf("%w: the schema at the begin of the file is not that of the footer", ErrCorrupt)
	}
	return nil
}

// readStream walks the messages of a stream to the mark of its end. A stream that
// ends without one may have lost batches; bytes behind the mark may be another
// stream. Both are errors, the first unless Options.OpenStreams allows it.
func (p *ipcFile) readStream(c *cursor) error {
	for at := int64(0); ; {
		if at == p.size {
			if p.schemaOf == nil {
				return errStreamCut
			}
			if p.open = true; !p.opts.OpenStreams {
				return errNoMark
			}
			return nil
		}
		size, length, err := p.prefix(c, at)
		if err != nil {
			return err
		}
		if length == 0 {
			if at += size; at != p.size {
				return errBehind
			}
			if p.schemaOf == nil {
				return fmt.Errorf("%w: the stream has no schema", ErrCorrupt)
			}
			return nil
		}
		meta, err := p.bytes(c, at+size, length)
		if err != nil {
			return err
		}
		m, err := parseMessage(meta)
		if err != nil {
			return err
		}
		blk := ipcBlock{at: at, meta: size + length, body: m.body, kind: m.kind}
		if m.body > p.size-at-blk.meta {
			return errStreamCut
		}
		switch {
		case p.schemaOf == nil && m.kind == messageSchema:
			if p.schemaOf, err = parseIPCSchema(m.header); err != nil {
				return err
			}
		case p.schemaOf == nil, m.kind != messageBatch && m.kind != messageDictionary:
			return fmt.Errorf("%w: a message that does not belong in a stream of rows", ErrCorrupt)
		default:
			p.blocks = append(p.blocks, blk)
		}
		at = blk.end()
	}
}
