//go:build !purego

package hmac

// compressSHANI is compressPortable by the SHA extensions; it needs SSE4.1 and
// SSSE3 too.
//
//go:noescape
func compressSHANI(s *state, p *[block]byte, k *[64]uint32)

// compress2SHANI does two at a time, their instructions interleaved.
//
//go:noescape
func compress2SHANI(s0, s1 *state, p0, p1 *[block]byte, k *[64]uint32)

// cpuid executes the instruction of that name.
func cpuid(eax, ecx uint32) (a, b, c, d uint32)

var hasSHANI = func() bool {
	most, _, _, _ := cpuid(0, 0)
	if most < 7 {
		return false
	}
	_, _, c, _ := cpuid(1, 0)
	_, b, _, _ := cpuid(7, 0)
	return c>>9&1 == 1 && c>>19&1 == 1 && b>>29&1 == 1
}()

// Variant names the compression in use.
func Variant() string {
	if hasSHANI {
		return "sha-ni"
	}
	return "portable"
}

func compress(s *state, p *[block]byte) {
	if hasSHANI {
		compressSHANI(s, p, &round)
		return
	}
	compressPortable(s, p)
}

func compress2(s0, s1 *state, p0, p1 *[block]byte) {
	if hasSHANI {
		compress2SHANI(s0, s1, p0, p1, &round)
		return
	}
	compress2Portable(s0, s1, p0, p1)
}
