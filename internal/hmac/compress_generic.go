//go:build (!amd64 && !arm64) || purego

package hmac

// Variant names the compression in use.
func Variant() string { return "portable" }

func compress(s *state, p *[block]byte) { compressPortable(s, p) }

func compress2(s0, s1 *state, p0, p1 *[block]byte) { compress2Portable(s0, s1, p0, p1) }
