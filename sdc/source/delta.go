package source

import "encoding/binary"

// deltaInts reads DELTA_BINARY_PACKED: a first value, and blocks of differences, each
// less the smallest of its block, in miniblocks of a width of their own. Differences
// wrap. Its memory is borrowed.
//
// Source: the Parquet format, Encodings.md, "Delta Encoding (DELTA_BINARY_PACKED = 5)".
type deltaInts struct {
	b        []byte // end bytes of data, and padding
	pos, end int
	mini     int   // values of a miniblock
	minis    int   // miniblocks of a block
	left     int   // values that are not read yet
	last     int64 // the value that was read last, or the first
	first    bool  // last is to be delivered
	smallest int64
	widths   []byte // of the miniblocks of the block that are not read yet
	width    int
	inMini   int // values of the miniblock that are not read yet
	at       int // bit of the next, from miniAt on
	miniAt   int
}

// newDeltaInts reads b[from:to], no more values than most. b must have padding bytes
// beyond to.
func newDeltaInts(b []byte, from, to, most int) (deltaInts, error) {
	d := deltaInts{b: b, pos: from, end: to}
	if from < 0 || from > to || len(b)-to < padding {
		return d, ErrCorrupt
	}
	var head [3]uint64
	for i := range head {
		if !d.varint(&head[i]) {
			return d, ErrCorrupt
		}
	}
	block, minis, total := head[0], head[1], head[2]
	// A block is of a multiple of 128 values and a miniblock of 32.
	if minis == 0 || minis > 1<<16 || block > 1<<24 || block%minis != 0 || block/minis%32 != 0 || block == 0 || total > uint64(most) {
		return d, ErrCorrupt
	}
	var first uint64
	if !d.varint(&first) {
		return d, ErrCorrupt
	}
	d.mini, d.minis, d.left = int(block/minis), int(minis), int(total)
	d.last, d.first = int64(first>>1)^-int64(first&1), total > 0
	return d, nil
}

func (d *deltaInts) varint(to *uint64) bool {
	v, n := binary.Uvarint(d.b[d.pos:d.end])
	*to = v
	d.pos += max(n, 0)
	return n > 0
}

// next goes to the next miniblock.
func (d *deltaInts) next() error {
	if len(d.widths) == 0 {
		var v uint64
		if !d.varint(&v) || d.end-d.pos < d.minis {
			return ErrCorrupt
		}
		d.smallest = int64(v>>1) ^ -int64(v&1)
		d.widths = d.b[d.pos : d.pos+d.minis]
		d.pos += d.minis
	}
	d.width, d.widths = int(d.widths[0]), d.widths[1:]
	size := d.mini / 8 * d.width
	if d.width > 64 || size > d.end-d.pos {
		return ErrCorrupt
	}
	d.miniAt, d.at, d.inMini = d.pos, 0, d.mini
	d.pos += size
	return nil
}

// rest goes to the end of the values and returns the position behind them.
func (d deltaInts) rest() (int, error) {
	left := d.left
	if d.first {
		left--
	}
	for left -= d.inMini; left > 0; left -= d.mini {
		if err := d.next(); err != nil {
			return 0, err
		}
	}
	return d.pos, nil
}

// read fills dst, and fails where there are too few values.
func (d *deltaInts) read(dst []int64) error {
	if len(dst) > d.left {
		return ErrCorrupt
	}
	d.left -= len(dst)
	if d.first && len(dst) > 0 {
		dst[0], d.first = d.last, false
		dst = dst[1:]
	}
	for len(dst) > 0 {
		if d.inMini == 0 {
			if err := d.next(); err != nil {
				return err
			}
		}
		n := min(d.inMini, len(dst))
		last := d.last
		for i := range dst[:n] {
			last += d.smallest + int64(d.bits())
			dst[i] = last
		}
		d.last, d.inMini = last, d.inMini-n
		dst = dst[n:]
	}
	return nil
}

// bits reads a value of width bits: at most 7 + 64 bits of nine bytes.
func (d *deltaInts) bits() uint64 {
	if d.width == 0 {
		return 0
	}
	at, shift := d.miniAt+d.at/8, d.at%8
	d.at += d.width
	v := binary.LittleEndian.Uint64(d.b[at:]) >> shift
	if shift+d.width > 64 {
		v |= uint64(d.b[at+8]) << (64 - shift)
	}
	return v & (1<<(d.width&63) - 1 | -uint64(d.width>>6))
}
