package group_test

import (
	"math/rand/v2"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/sluis-go/sluis/internal/group"
)

// slowMatch is the definition, record by record.
func slowMatch(keys [][]uint32, null []int64, size []int64, m group.Matching) (whole, part []int64) {
	n := len(size)
	whole, part = make([]int64, n), make([]int64, n)
	isNull := func(c, i int) bool { return int64(keys[c][i]) == null[c] }
	nulls := func(i int) int {
		k := 0
		for c := range keys {
			if isNull(c, i) {
				k++
			}
		}
		return k
	}
	for i := range n {
		for j := range n {
			match, same := true, true
			for c := range keys {
				same = same && keys[c][i] == keys[c][j]
				match = match && (keys[c][i] == keys[c][j] || isNull(c, i) || isNull(c, j))
			}
			x, y := nulls(i), nulls(j)
			switch {
			case same, match && !m.SdcMicro:
				whole[i] += size[j]
			case !match:
			case x == len(keys), x > 0 && y == 0:
				whole[i] += size[j]
			case x == 0 && len(keys) >= 2 && y == len(keys):
			default:
				part[i] += size[j]
			}
		}
	}
	return whole, part
}

func TestMatch(t *testing.T) {
	rng := rand.New(rand.NewPCG(5, 5))
	for range 3000 {
		cols, card := rng.IntN(5), 1+rng.IntN(4)
		seen := map[string]bool{}
		keys := make([][]uint32, cols)
		null := make([]int64, cols)
		for c := range null {
			null[c] = int64(rng.IntN(card+2)) - 1
		}
		var size []int64
		for range 1 + rng.IntN(30) {
			key := make([]uint32, cols)
			text := ""
			for c := range key {
				key[c] = uint32(rng.IntN(card + 1))
				text += string(rune('a' + key[c]))
			}
			if seen[text] {
				continue
			}
			seen[text] = true
			for c := range key {
				keys[c] = append(keys[c], key[c])
			}
			size = append(size, int64(rng.IntN(5)))
		}
		for _, m := range []group.Matching{{}, {SdcMicro: true}} {
			w, p := group.Match(keys, null, size, m)
			ww, wp := slowMatch(keys, null, size, m)
			if diff := cmp.Diff(ww, w) + cmp.Diff(wp, p); diff != "" {
				t.Fatalf("%v %v %v %+v: %s", keys, null, size, m, diff)
			}
		}
	}
}
