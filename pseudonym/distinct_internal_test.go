package pseudonym

import (
	"fmt"
	"math/rand/v2"
	"testing"
)

// TestDistinct: exact up to 2^20, for any order, repetitions and parts; above within the
// stated bounds.
func TestDistinct(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 2))
	for _, tc := range []struct{ n, parts int }{
		{0, 1}, {1, 1}, {63, 1}, {64, 3}, {4_096, 1}, {45_000, 4}, {exactCount, 1}, {exactCount, 3}, {exactCount + 1, 1}, {3_000_000, 2},
	} {
		t.Run(fmt.Sprint("n ", tc.n, ", parts ", tc.parts), func(t *testing.T) {
			if testing.Short() && tc.n > exactCount+1 {
				return
			}
			parts := make([]sketch, tc.parts)
			for i := range tc.n {
				h := r.Uint64()
				if i == 0 {
					h = 0 // is a value too
				}
				for range 1 + i%2 {
					parts[i%tc.parts].insert(h)
					if i%1000 == 0 {
						parts[(i+1)%tc.parts].insert(h)
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
		})
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

// TestDistinctPatterns compares the counter with a set, for values that agree in some of
// their bits: in those that choose the part, the mark or the slot, and in all of them.
func TestDistinctPatterns(t *testing.T) {
	r := rand.New(rand.NewPCG(3, 4))
	for _, tc := range []struct {
		name  string
		n     int
		value func(i int) uint64
	}{
		{"all alike", 20_000, func(int) uint64 { return 7 }},
		{"all zero", 20_000, func(int) uint64 { return 0 }},
		{"zero and one", 20_000, func(i int) uint64 { return uint64(i % 2) }},
		{"counted from zero: one part", 20_000, func(i int) uint64 { return uint64(i) }},
		{"one part, repeated", 40_000, func(i int) uint64 { return uint64(i % 7_000) }},
		{"one mark", 9_000, func(i int) uint64 { return uint64(i) << markBits }},
		{"one mark, repeated", 40_000, func(i int) uint64 { return uint64(i%5_000)<<markBits | 5 }},
		{"one slot", 6_000, func(i int) uint64 { return uint64(i%3_000)<<(markBits+14) | 1 }},
		{"the first part full, then the others", 60_000, func(i int) uint64 {
			if i < 9_000 {
				return uint64(i)
			}
			return r.Uint64()
		}},
		{"few of many", 60_000, func(int) uint64 { return r.Uint64N(900) * 0x9e3779b97f4a7c15 }},
		{"half of many", 60_000, func(int) uint64 { return r.Uint64N(40_000) * 0x9e3779b97f4a7c15 }},
		{"the next to zero in its mark", 10_000, func(i int) uint64 { return uint64(i%3) << 60 }},
	} {
		t.Run(tc.name, func(t *testing.T) {
			set := map[uint64]struct{}{}
			var one, many, other sketch
			for i := 0; i < tc.n; {
				part := make([]uint64, 0, 100)
				for range 1 + r.IntN(100) {
					h := tc.value(i)
					set[h] = struct{}{}
					one.insert(h)
					part = append(part, h)
					i++
				}
				if i%3 == 0 {
					other.insertAll(part)
				} else {
					many.insertAll(part)
				}
				if r.IntN(50) == 0 { // a count in between changes nothing
					one.count()
				}
			}
			many.merge(&other)
			for _, s := range []*sketch{&one, &many} {
				if n, low, high := s.count(); n != int64(len(set)) || low != n || high != n {
					t.Errorf("%d, from %d to %d; want %d", n, low, high, len(set))
				}
			}
		})
	}
}

func (s *sketch) insert(h uint64) { s.insertAll([]uint64{h}) }

// TestRecordedBounds: a record states the bounds of an estimate, whether pseudonyms were
// made or translated.
func TestRecordedBounds(t *testing.T) {
	key, err := KeyFromBytes([]byte("one key of a test protects nobody"))
	if err != nil {
		t.Fatal(err)
	}
	p, err := New(Config{Key: key, Domain: Domain{"p", "person"}, Algorithm: SHA512_256, Form: BSN, Encoding: Base32, Bytes: 20})
	if err != nil {
		t.Fatal(err)
	}
	rng := rand.New(rand.NewPCG(5, 6))
	many := make([]uint64, exactCount+1)
	for i := range many {
		many[i] = rng.Uint64()
	}
	counters := map[string]*Counter{"id": {canonical: "bsn"}}
	counters["id"].note(many)
	made, translated := p.Record([]string{"id"}, counters, "test"), &Record{}
	translated.AppendTranslated(&Translation{to: p.Settings()}, []string{"id"}, counters, "test")
	want := Setting{KeyID: p.KeyID(), Domain: "p/person", Format: 1, Canonical: "bsn", Encoding: "base32", Bytes: 20, Algorithm: "HMAC-SHA-512/256"}
	for _, r := range []*Record{made, translated} {
		c := r.Columns[0]
		if c.DistinctExact || c.DistinctLow <= exactCount || c.DistinctLow > c.Distinct || c.DistinctHigh <= c.Distinct {
			t.Errorf("%d, from %d to %d", c.Distinct, c.DistinctLow, c.DistinctHigh)
		}
		if c.Setting != want || c.Form != "bsn" || c.Translated != (r == translated) {
			t.Errorf("%+v", c)
		}
	}
}
