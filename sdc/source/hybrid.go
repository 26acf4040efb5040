package source

import (
	"encoding/binary"
	"math/bits"
)

// padding is the number of readable bytes that a hybrid needs beyond its end: every value
// is one load of eight bytes.
const padding = 8

// hybrid reads Parquet's hybrid of runs of one value and runs of packed values
// of width bits: dictionary indices and levels. Its memory is borrowed.
type hybrid struct {
	b     []byte // end bytes of data, and padding
	end   int
	pos   int // of the next run
	width int

	left   int // values left of the present run
	packed bool
	value  uint32
	start  int // first byte of the packed run
	at     int // values of it that were read
}

// newHybrid reads b[from:to]; b has padding bytes beyond to.
func newHybrid(b []byte, from, to, width int) (hybrid, error) {
	if width < 0 || width > 32 || from < 0 || from > to || len(b)-to < padding {
		return hybrid{}, ErrCorrupt
	}
	return hybrid{b: b, pos: from, end: to, width: width}, nil
}

// run goes to the next run. After an error there is no next run: a further call must not
// read after the damage.
func (h *hybrid) run() error {
	err := h.header()
	if err != nil {
		h.left, h.pos = 0, h.end
	}
	return err
}

// header reads the header of the next run.
func (h *hybrid) header() error {
	head, n := binary.Uvarint(h.b[h.pos:h.end])
	if n <= 0 {
		return ErrCorrupt
	}
	h.pos += n
	if h.packed = head&1 != 0; !h.packed {
		size := (h.width + 7) / 8
		if size > h.end-h.pos || head>>1 > 1<<31-1 {
			return ErrCorrupt
		}
		v := uint32(0)
		for i := range size {
			v |= uint32(h.b[h.pos+i]) << (8 * i)
		}
		if uint64(v)>>h.width != 0 {
			return ErrCorrupt
		}
		h.value, h.left, h.pos = v, int(head>>1), h.pos+size
		return nil
	}
	groups := head >> 1
	if groups > 1<<27 {
		return ErrCorrupt
	}
	h.start, h.at, h.left = h.pos, 0, int(groups)*8
	size := int(groups) * h.width
	if rest := h.end - h.pos; size > rest {
		// Some writers cut the last group off where its values end.
		if size-rest >= h.width {
			return ErrCorrupt
		}
		size = rest
		h.left = min(h.left, 8*rest/h.width)
	}
	h.pos += size
	return nil
}

// skipOnes takes n values if they are all 1 in one run, and reports that.
func (h *hybrid) skipOnes(n int) bool {
	if h.left == 0 && h.pos < h.end && h.run() != nil {
		return false
	}
	if h.packed || h.value != 1 || h.left < n {
		return false
	}
	h.left -= n
	return true
}

// readHybrid fills dst, and fails where there are too few values, or one that T has no
// room for.
func readHybrid[T uint8 | uint16 | uint32](h *hybrid, dst []T) error {
	for len(dst) > 0 {
		if h.left == 0 {
			if err := h.run(); err != nil {
				return err
			}
		}
		n := min(h.left, len(dst))
		switch {
		case !h.packed && uint32(T(h.value)) != h.value:
			return ErrCorrupt
		case !h.packed:
			for i := range dst[:n] {
				dst[i] = T(h.value)
			}
		case h.width > bits.Len32(uint32(^T(0))):
			// Some writers take more bits than they need; a value is not to be cut.
			mask := uint64(1)<<h.width - 1
			for i := range dst[:n] {
				v := one[uint32](h.b[h.start:], h.at+i, h.width, mask)
				if dst[i] = T(v); uint32(dst[i]) != v {
					return ErrCorrupt
				}
			}
			h.at += n
		default:
			unpack(h.b[h.start:], h.at, h.width, dst[:n])
			h.at += n
		}
		h.left -= n
		dst = dst[n:]
	}
	return nil
}

// unpack reads values of width bits, from value number at.
func unpack[T uint8 | uint16 | uint32](b []byte, at, width int, dst []T) {
	mask := uint64(1)<<width - 1
	i := 0
	if width <= 8 {
		for ; i < len(dst) && at%8 != 0; i, at = i+1, at+1 {
			dst[i] = one[T](b, at, width, mask)
		}
		s := uint(width) & 63
		for ; i+8 <= len(dst); i, at = i+8, at+8 {
			w := binary.LittleEndian.Uint64(b[at/8*width:])
			d := dst[i : i+8 : i+8]
			d[0] = T(w & mask)
			w >>= s
			d[1] = T(w & mask)
			w >>= s
			d[2] = T(w & mask)
			w >>= s
			d[3] = T(w & mask)
			w >>= s
			d[4] = T(w & mask)
			w >>= s
			d[5] = T(w & mask)
			w >>= s
			d[6] = T(w & mask)
			w >>= s
			d[7] = T(w & mask)
		}
	}
	for ; i < len(dst); i, at = i+1, at+1 {
		dst[i] = one[T](b, at, width, mask)
	}
}

// one reads value number at: at most 7 + 32 bits of a load of 64.
func one[T uint8 | uint16 | uint32](b []byte, at, width int, mask uint64) T {
	bit := at * width
	return T(binary.LittleEndian.Uint64(b[bit/8:]) >> (bit % 8) & mask)
}
