//go:build !amd64 || purego

package group

// hasAVX2 is always false here.
var hasAVX2 = false

func mulAdd8(dst []uint32, col []uint8, stride uint32, first bool) uint32 {
	return mulAddPortable(dst, col, stride, first)
}

func mulAdd16(dst []uint32, col []uint16, stride uint32, first bool) uint32 {
	return mulAddPortable(dst, col, stride, first)
}

func mulAdd32(dst []uint32, col []uint32, stride uint32, first bool) uint32 {
	return mulAddPortable(dst, col, stride, first)
}

func count(low []uint8, carry []uint32, keys []uint32) { countPortable(low, carry, keys) }

func vectors() bool { return false }
