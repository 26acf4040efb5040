//go:build !purego

package hmac

import "golang.org/x/sys/cpu"

// compressSHANI is compressPortable by the SHA extensions; it needs SSE4.1 and
// SSSE3 too.
//
//go:noescape
func compressSHANI(s *state, p *[block]byte, k *[64]uint32)

// compress2SHANI does two at a time, their instructions interleaved.
//
//go:noescape
func compress2SHANI(s0, s1 *state, p0, p1 *[block]byte, k *[64]uint32)

var hasSHANI = cpu.X86.HasSSSE3 && cpu.X86.HasSSE41 && hasSHA()

// hasSHA asks the processor for the SHA extensions, which x/sys/cpu does not
// know (CPUID leaf 7, EBX bit 29).
func hasSHA() bool

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
