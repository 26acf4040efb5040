package column

import (
	"fmt"
	"math/rand/v2"
	"strings"
	"sync"
	"testing"
)

// texts of every length with a special case; many begin alike.
func drawText(rng *rand.Rand) string {
	switch rng.IntN(20) {
	case 0:
		return ""
	case 1:
		return strings.Repeat("a", rng.IntN(300))
	case 2:
		return strings.Repeat("long ", 5000) + fmt.Sprint(rng.IntN(3))
	}
	return fmt.Sprintf("P%06d", rng.IntN(40_000))
}

// TestInternerTogether has several readers at a time. In the end equal texts have
// equal keys, and others others.
func TestInternerTogether(t *testing.T) {
	in := NewInterner()
	const readers = 5
	var found [readers]map[string]uint64
	var working sync.WaitGroup
	for r := range readers {
		found[r] = map[string]uint64{}
		working.Go(func() {
			rng := rand.New(rand.NewPCG(uint64(r), 3))
			var scratch textKeys
			for range 12 {
				values := make([]string, rng.IntN(3000))
				null := make([]bool, len(values))
				for i := range values {
					values[i], null[i] = drawText(rng), rng.IntN(9) == 0
				}
				keys := make([]uint64, len(values))
				if !in.read(keys, null, func(i int) []byte { return []byte(values[i]) }, &scratch) {
					t.Error("too many")
				}
				for i, v := range values {
					if null[i] {
						continue
					}
					if key, ok := found[r][v]; ok && key != keys[i] {
						t.Errorf("two keys of one text")
					}
					found[r][v] = keys[i]
				}
			}
		})
	}
	working.Wait()
	key, text := map[string]uint64{}, map[uint64]string{}
	for _, f := range found {
		for v, k := range f {
			if other, ok := key[v]; ok && other != k {
				t.Error("two keys of one text")
			}
			if other, ok := text[k]; ok && other != v {
				t.Error("two texts of one key")
			}
			if k >= freshKey {
				t.Error("a key that is kept for other things")
			}
			key[v], text[k] = k, v
		}
	}
	if len(key) < 10_000 {
		t.Errorf("%d texts", len(key))
	}
}

// TestInternerCollisions has texts with equal or adjacent hashes: only the bytes
// distinguish them.
func TestInternerCollisions(t *testing.T) {
	for _, spread := range []uint64{1, 2, 7} {
		rng := rand.New(rand.NewPCG(spread, 4))
		var s internShard
		var scratch textKeys
		key, text := map[string]uint64{}, map[uint64]string{}
		for range 20 {
			values := make([]string, 1+rng.IntN(60))
			hash, rows := make([]uint64, len(values)), make([]uint32, len(values))
			for i := range values {
				n := rng.IntN(300)
				values[i] = strings.Repeat("x", n%40) + fmt.Sprint(n)
				hash[i], rows[i] = 1<<32-1-uint64(n)%spread, uint32(i) // the last slots
			}
			keys := make([]uint64, len(values))
			if !s.read(keys, rows, hash, func(i int) []byte { return []byte(values[i]) }, &scratch) {
				t.Fatal("too many")
			}
			for i, v := range values {
				if k, ok := key[v]; ok && k != keys[i] {
					t.Fatalf("%q has keys %d and %d", v, k, keys[i])
				}
				if other, ok := text[keys[i]]; ok && other != v {
					t.Fatalf("%q and %q have one key", v, other)
				}
				key[v], text[keys[i]] = keys[i], v
			}
		}
	}
}

// BenchmarkIntern reads 4 million texts of 10 bytes, two and a half of each, by one
// reader or two.
func BenchmarkIntern(b *testing.B) {
	const rows, batch = 4_000_000, 1 << 16
	rng := rand.New(rand.NewPCG(1, 5))
	all := make([]byte, 0, 10*rows)
	for range rows {
		all = fmt.Appendf(all, "%010d", rng.IntN(rows*2/5))
	}
	for _, readers := range []int{1, 2} {
		b.Run(fmt.Sprintf("readers %d", readers), func(b *testing.B) {
			for b.Loop() {
				in := NewInterner()
				var working sync.WaitGroup
				for r := range readers {
					working.Go(func() {
						var scratch textKeys
						keys := make([]uint64, batch)
						for lo := r * batch; lo < rows; lo += readers * batch {
							n := min(batch, rows-lo)
							in.read(keys[:n], nil, func(i int) []byte { return all[10*(lo+i):][:10] }, &scratch)
						}
					})
				}
				working.Wait()
			}
			b.ReportMetric(rows*float64(b.N)/b.Elapsed().Seconds(), "rows/s")
		})
	}
}
