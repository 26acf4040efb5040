package evidence

import (
	"encoding/binary"
	"errors"
	"hash/crc32"
	"slices"
	"unsafe"
)

// run is a set of rows of units in storage: partition by partition, and in each partition
// by unit and cell. The rows of one unit in one cell are added up. The budget sets the
// number of partitions.
//
// A partition is stored as one segment:
//
//	for each row   the unit less that of the row before, as a varint (of the
//	               first: less the least unit of the partition), and then the
//	               cell, or behind a row of the same unit the cell less that
//	               of the row before
//	with a response  which rows have one, a bit each; and the values, small
//	               ones as varints with the sign below, wider ones as they lie
//	               in memory
//	with a weight  the products, as they lie in memory
//	last           the CRC-32C of all of this
//
// It is read back by the process that wrote it, and by no other.
type run[T any] struct {
	storage  Storage
	segments []segment
	x        decoder[T] // nil without a response
	weighted bool
	cells    []uint32 // maps cells; nil where these are inner cells. Set by merging.
}

// segment is where a partition is.
type segment struct {
	at, size int64
	rows     int
}

// decoder reads responses from the front of b and returns the bytes after them.
type decoder[T any] func(b []byte, dst []T) ([]byte, error)

// errStored says that the bytes read back differ from the written ones.
var errStored = errors.New("what was read back is not what was written")

var castagnoli = crc32.MakeTable(crc32.Castagnoli)

// runWriter writes a run, segment by segment.
type runWriter[T any] struct {
	run   run[T]
	buf   []byte
	first int // segment that buf begins with
}

// writeBytes is how much is written at a time, or more.
const writeBytes = 1 << 20

// add adds the segment of the next partition; base is its least unit.
func (w *runWriter[T]) add(b *block[T], lo, hi int, base uint64) error {
	start := len(w.buf)
	if lo < hi {
		w.buf = appendPairs(w.buf, b.unit[lo:hi], b.cell[lo:hi], base)
		if b.x != nil {
			w.buf = appendBits(w.buf, b.filled[lo:hi])
			w.buf = appendValues(w.buf, b.x[lo:hi])
		}
		if b.wx != nil {
			w.buf = append(w.buf, rawBytes(b.wx[lo:hi])...)
		}
		w.buf = binary.LittleEndian.AppendUint32(w.buf, crc32.Checksum(w.buf[start:], castagnoli))
	}
	w.run.segments = append(w.run.segments, segment{at: int64(start), size: int64(len(w.buf) - start), rows: hi - lo})
	if len(w.buf) < writeBytes {
		return nil
	}
	return w.flush()
}

func (w *runWriter[T]) flush() error {
	if len(w.buf) > 0 {
		at, err := w.run.storage.Append(w.buf)
		if err != nil {
			return err
		}
		for i := w.first; i < len(w.run.segments); i++ {
			w.run.segments[i].at += at
		}
	}
	w.buf, w.first = w.buf[:0], len(w.run.segments)
	return nil
}

// read appends the rows of a partition to b; base is the least unit of the partition. buf
// is scratch.
func (r *run[T]) read(b *block[T], part int, base uint64, buf *[]byte) error {
	s := r.segments[part]
	if s.rows == 0 {
		return nil
	}
	*buf = slices.Grow((*buf)[:0], int(s.size))[:s.size]
	if n, err := r.storage.ReadAt(*buf, s.at); err != nil {
		return err
	} else if n < len(*buf) {
		return errStored
	}
	body := (*buf)[:s.size-4]
	if crc32.Checksum(body, castagnoli) != binary.LittleEndian.Uint32((*buf)[s.size-4:]) {
		return errStored
	}
	from := b.len()
	b.unit, b.cell = lengthen(b.unit, s.rows), lengthen(b.cell, s.rows)
	rest, err := readPairs(body, b.unit[from:], b.cell[from:], base)
	if err != nil {
		return err
	}
	if r.cells != nil {
		for i, c := range b.cell[from:] {
			b.cell[from+i] = r.cells[c]
		}
	}
	if r.x != nil {
		b.filled, b.x = lengthen(b.filled, s.rows), lengthen(b.x, s.rows)
		if rest, err = readBits(rest, b.filled[from:]); err != nil {
			return err
		}
		if rest, err = r.x(rest, b.x[from:]); err != nil {
			return err
		}
	}
	if r.weighted {
		b.wx = lengthen(b.wx, s.rows)
		rest, err = readRaw(rest, b.wx[from:])
		if err != nil {
			return err
		}
	}
	if len(rest) > 0 {
		return errStored
	}
	return nil
}

func appendPairs(b []byte, unit []uint64, cell []uint32, unitBefore uint64) []byte {
	cellBefore := uint32(0)
	for i, u := range unit {
		if i == 0 || u != unitBefore {
			cellBefore = 0
		}
		b = binary.AppendUvarint(b, u-unitBefore)
		b = binary.AppendUvarint(b, uint64(cell[i]-cellBefore))
		unitBefore, cellBefore = u, cell[i]
	}
	return b
}

func readPairs(b []byte, unit []uint64, cell []uint32, before uint64) ([]byte, error) {
	at, cellBefore := 0, uint32(0)
	for i := range unit {
		u, n := binary.Uvarint(b[at:])
		if n <= 0 {
			return nil, errStored
		}
		at += n
		c, n := binary.Uvarint(b[at:])
		if n <= 0 {
			return nil, errStored
		}
		at += n
		if u != 0 {
			cellBefore = 0
		}
		before += u
		cellBefore += uint32(c)
		unit[i], cell[i] = before, cellBefore
	}
	return b[at:], nil
}

func appendBits(b []byte, bits []bool) []byte {
	at := len(b)
	b = append(b, make([]byte, (len(bits)+7)/8)...)
	for i, is := range bits {
		if is {
			b[at+i/8] |= 1 << (i % 8)
		}
	}
	return b
}

func readBits(b []byte, bits []bool) ([]byte, error) {
	n := (len(bits) + 7) / 8
	if len(b) < n {
		return nil, errStored
	}
	for i := range bits {
		bits[i] = b[i/8]>>(i%8)&1 != 0
	}
	return b[n:], nil
}

// appendValues writes responses in the form that readValues reads.
func appendValues[T any](b []byte, values []T) []byte {
	if v, ok := any(values).([]small); ok {
		for _, x := range v {
			b = binary.AppendVarint(b, int64(x))
		}
		return b
	}
	return append(b, rawBytes(values)...)
}

// readValues is the decoder for appendValues.
func readValues[T any](b []byte, dst []T) ([]byte, error) {
	v, ok := any(dst).([]small)
	if !ok {
		return readRaw(b, dst)
	}
	at := 0
	for i := range v {
		x, n := binary.Varint(b[at:])
		if n <= 0 {
			return nil, errStored
		}
		v[i] = small(x)
		at += n
	}
	return b[at:], nil
}

// converted is a decoder of values that are converted as they are read.
func converted[T, U any](from decoder[T], convert func(T, int) U, up int) decoder[U] {
	if from == nil {
		return nil
	}
	return func(b []byte, dst []U) ([]byte, error) {
		values := make([]T, len(dst))
		rest, err := from(b, values)
		if err != nil {
			return nil, err
		}
		for i, v := range values {
			dst[i] = convert(v, up)
		}
		return rest, nil
	}
}

// rawBytes views values that hold no pointers as the bytes they are.
func rawBytes[T any](v []T) []byte {
	if len(v) == 0 {
		return nil
	}
	return unsafe.Slice((*byte)(unsafe.Pointer(&v[0])), len(v)*int(unsafe.Sizeof(v[0])))
}

func readRaw[T any](b []byte, dst []T) ([]byte, error) {
	to := rawBytes(dst)
	if len(b) < len(to) {
		return nil, errStored
	}
	copy(to, b)
	return b[len(to):], nil
}
