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

// readCentsAVX2 is readCentsPortable for n values, a multiple of four and not 0, but
// that it reads all where some are no cents.
//
//go:noescape
func readCentsAVX2(steps, out *int64, values *float64, n int) (all uint64, ok bool)

// readCents is readCentsPortable.
func readCents(steps, out []int64, values []float64) (uint64, bool) {
	if !hasAVX2 || len(values) < 4 {
		return readCentsPortable(steps, out, values)
	}
	// In blocks: a value that is no cent ends the reading early.
	var all uint64
	for len(values) >= 4 {
		n := min(1024, len(values)/4*4)
		some, ok := readCentsAVX2(&steps[0], &out[0], &values[0], n)
		if !ok {
			return 0, false
		}
		all |= some
		steps, out, values = steps[n:], out[n:], values[n:]
	}
	last, ok := readCentsPortable(steps, out, values)
	return all | last, ok
}
