//go:build !purego

package column

import "golang.org/x/sys/cpu"

// hasAVX2 says which variant is in use. Tests change it.
var hasAVX2 = cpu.X86.HasAVX2

// magnitudesAVX2 is magnitudesPortable for n values, a multiple of 16 and not 0.
//
//go:noescape
func magnitudesAVX2(values *int64, n int) uint64

// magnitudes is magnitudesPortable.
func magnitudes(values []int64) uint64 {
	if !hasAVX2 || len(values) < 16 {
		return magnitudesPortable(values)
	}
	n := len(values) / 16 * 16
	return magnitudesAVX2(&values[0], n) | magnitudesPortable(values[n:])
}
