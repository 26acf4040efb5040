package hmac

// Variants are the compressions that this machine can run.
var Variants = variants()

// Compression is one pair of compressions, for tests that run them all.
type Compression struct {
	Name string
	One  func(s *[8]uint32, p *[64]byte)
	Two  func(s0, s1 *[8]uint32, p0, p1 *[64]byte)
}

func variants() []Compression {
	return []Compression{
		{"portable", func(s *[8]uint32, p *[64]byte) { compressPortable((*state)(s), p) }, func(s0, s1 *[8]uint32, p0, p1 *[64]byte) {
			compress2Portable((*state)(s0), (*state)(s1), p0, p1)
		}},
		{Variant(), func(s *[8]uint32, p *[64]byte) { compress((*state)(s), p) }, func(s0, s1 *[8]uint32, p0, p1 *[64]byte) {
			compress2((*state)(s0), (*state)(s1), p0, p1)
		}},
	}
}
