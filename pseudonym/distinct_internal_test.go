package pseudonym

import (
	"encoding/binary"
	"math/rand/v2"
	"testing"
)

// TestDistinct: exact up to 2^20, whatever the order, repetitions and parts; above
// within the bounds that are stated.
func TestDistinct(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 2))
	for _, tc := range []struct{ n, parts int }{
		{0, 1}, {1, 1}, {63, 1}, {64, 3}, {4_096, 1}, {45_000, 4}, {exactCount, 1}, {exactCount, 3}, {exactCount + 1, 1}, {3_000_000, 2},
	} {
		if testing.Short() && tc.n > exactCount+1 {
			continue
		}
		parts := make([]sketch, tc.parts)
		for i := range tc.n {
			h := r.Uint64()
			if i == 0 {
				h = 0 // is a value too
			}
			for range 1 + i%2 {
				var sum [32]byte
				binary.BigEndian.PutUint64(sum[:], h)
				parts[i%tc.parts].add(&sum)
				if i%1000 == 0 {
					parts[(i+1)%tc.parts].add(&sum)
				}
			}
		}
		for i := range tc.parts - 1 {
			parts[0].merge(&parts[i+1])
		}
		n, low, high := parts[0].count()
		if exact := tc.n <= exactCount; exact != (low == high) || exact && n != int64(tc.n) {
			t.Errorf("%d values in %d parts: %d, from %d to %d", tc.n, tc.parts, n, low, high)
		}
		if low > int64(tc.n) || high < int64(tc.n) || low > n || high < n || high > n+n/30 {
			t.Errorf("%d values: %d, from %d to %d", tc.n, n, low, high)
		}
	}
	// The same bytes in the other order of parts.
	var a, b, c, d sketch
	for i := range 2 * exactCount {
		h := r.Uint64()
		if i%2 == 0 {
			a.insert(h)
			c.insert(h)
		} else {
			b.insert(h)
			d.insert(h)
		}
	}
	a.merge(&b)
	d.merge(&c)
	n, _, _ := a.count()
	if m, _, _ := d.count(); n != m {
		t.Errorf("%d and %d in another order", n, m)
	}
}
