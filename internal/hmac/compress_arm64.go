//go:build !purego

package hmac

import "golang.org/x/sys/cpu"

// compressSHA2 is compressPortable by the SHA2 instructions.
//
//go:noescape
func compressSHA2(s *state, p *[block]byte, k *[64]uint32)

// compress2SHA2 does two at a time, their instructions interleaved.
//
//go:noescape
func compress2SHA2(s0, s1 *state, p0, p1 *[block]byte, k *[64]uint32)

// Variant names the compression in use.
func Variant() string {
	if cpu.ARM64.HasSHA2 {
		return "sha2"
	}
	return "portable"
}

func compress(s *state, p *[block]byte) {
	if cpu.ARM64.HasSHA2 {
		compressSHA2(s, p, &round)
		return
	}
	compressPortable(s, p)
}

func compress2(s0, s1 *state, p0, p1 *[block]byte) {
	if cpu.ARM64.HasSHA2 {
		compress2SHA2(s0, s1, p0, p1, &round)
		return
	}
	compress2Portable(s0, s1, p0, p1)
}
