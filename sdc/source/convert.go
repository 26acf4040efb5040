package source

import (
	"encoding/binary"
	"fmt"
	"math/bits"
)

// narrow turns 32-bit numbers into narrower ones.
func narrow[T int8 | int16 | uint8 | uint16](dst, src []byte, n int) bool {
	ok := true
	var zero T
	_, byteWide := any(zero).(uint8)
	_, signedByte := any(zero).(int8)
	for i := range n {
		v := int32(binary.LittleEndian.Uint32(src[4*i:]))
		t := T(v)
		ok = ok && int32(t) == v
		if byteWide || signedByte {
			dst[i] = byte(t)
		} else {
			binary.LittleEndian.PutUint16(dst[2*i:], uint16(t))
		}
	}
	return ok
}

// littleEndian extends a little-endian number to the width of dst.
func littleEndian(dst, src []byte) {
	fill := byte(int8(src[len(src)-1]) >> 7)
	for i := copy(dst, src); i < len(dst); i++ {
		dst[i] = fill
	}
}

// bigEndian turns a big-endian number of any length into a little-endian one of the
// width of dst, and reports whether it has room there. No bytes are no number.
func bigEndian(dst, src []byte) bool {
	if len(src) == 0 {
		return false
	}
	fill := byte(int8(src[0]) >> 7)
	for len(src) > len(dst) {
		if src[0] != fill || int8(src[1])>>7 != int8(fill) {
			return false
		}
		src = src[1:]
	}
	for i := range dst {
		if dst[i] = fill; i < len(src) {
			dst[i] = src[len(src)-1-i]
		}
	}
	return true
}

// errFineTime says that a time is finer than the type it is read as.
var errFineTime = fmt.Errorf("%w: INT96 times with parts of a microsecond, or outside of the years that microseconds reach; write the column as TIMESTAMP", ErrUnsupported)

// int96Micros turns Julian days and nanoseconds of the day into microseconds since 1970.
// Microseconds of 64 bits reach 290,000 years before and after 1970; nanoseconds would
// end in 2262. It reports false for a time that is no whole number of microseconds.
func int96Micros(dst, src []byte, n int) bool {
	const (
		epoch = 2_440_588 // the Julian day of 1970-01-01
		day   = 86_400_000_000
	)
	for i := range n {
		nanos := binary.LittleEndian.Uint64(src[12*i:])
		days := int64(binary.LittleEndian.Uint32(src[12*i+8:])) - epoch
		if int64(nanos) < 0 {
			return false
		}
		high, low := bits.Mul64(uint64(max(days, -days)), day)
		if nanos%1000 != 0 || high != 0 || low > 1<<62 || nanos/1000 > 1<<61 {
			return false
		}
		v := int64(low)
		if days < 0 {
			v = -v
		}
		binary.LittleEndian.PutUint64(dst[8*i:], uint64(v+int64(nanos/1000)))
	}
	return true
}
