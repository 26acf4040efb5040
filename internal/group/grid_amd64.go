//go:build !purego

package group

import "golang.org/x/sys/cpu"

// hasAVX2 says which variant is in use. Tests change it.
var hasAVX2 = vectors()

func vectors() bool { return cpu.X86.HasAVX2 }

// lanes is the number of rows that the vector variants take at a time.
const lanes = 32

// mulAdd8AVX2 is mulAddPortable for n rows, a multiple of lanes and not 0.
//
//go:noescape
func mulAdd8AVX2(dst *uint32, col *uint8, n int, stride uint32, first bool) (top uint32)

// mulAdd16AVX2 is mulAdd8AVX2 for 16 bits.
//
//go:noescape
func mulAdd16AVX2(dst *uint32, col *uint16, n int, stride uint32, first bool) (top uint32)

// mulAdd32AVX2 is mulAdd8AVX2 for 32 bits.
//
//go:noescape
func mulAdd32AVX2(dst *uint32, col *uint32, n int, stride uint32, first bool) (top uint32)

func mulAdd8(dst []uint32, col []uint8, stride uint32, first bool) uint32 {
	n, top := 0, uint32(0)
	if hasAVX2 && len(dst) >= lanes {
		n = len(dst) / lanes * lanes
		top = mulAdd8AVX2(&dst[0], &col[0], n, stride, first)
	}
	return max(top, mulAddPortable(dst[n:], col[n:], stride, first))
}

func mulAdd16(dst []uint32, col []uint16, stride uint32, first bool) uint32 {
	n, top := 0, uint32(0)
	if hasAVX2 && len(dst) >= lanes {
		n = len(dst) / lanes * lanes
		top = mulAdd16AVX2(&dst[0], &col[0], n, stride, first)
	}
	return max(top, mulAddPortable(dst[n:], col[n:], stride, first))
}

func mulAdd32(dst []uint32, col []uint32, stride uint32, first bool) uint32 {
	n, top := 0, uint32(0)
	if hasAVX2 && len(dst) >= lanes {
		n = len(dst) / lanes * lanes
		top = mulAdd32AVX2(&dst[0], &col[0], n, stride, first)
	}
	return max(top, mulAddPortable(dst[n:], col[n:], stride, first))
}

// count is countPortable.
func count(low []uint8, carry []uint32, keys []uint32) {
	if !hasAVX2 || len(keys) < 4 {
		countPortable(low, carry, keys)
		return
	}
	n := len(keys) / 4 * 4
	countAsm(&low[0], &carry[0], &keys[0], n)
	countPortable(low, carry, keys[n:])
}

// countAsm is countPortable for n keys, a multiple of four and not 0. All keys must be
// within low and carry.
//
//go:noescape
func countAsm(low *uint8, carry *uint32, keys *uint32, n int)
