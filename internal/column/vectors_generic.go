//go:build !amd64 || purego

package column

// hasAVX2 is always false here.
var hasAVX2 = false

// magnitudes is magnitudesPortable.
func magnitudes(values []int64) uint64 { return magnitudesPortable(values) }

// readCents is readCentsPortable.
func readCents(steps, out []int64, values []float64) (uint64, bool) {
	return readCentsPortable(steps, out, values)
}
