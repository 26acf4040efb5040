package evidence

import (
	"math/rand/v2"
	"testing"
)

// TestHints holds the counts of cells against the rows, with counts that are full again and
// again, parts that merge and guesses that differ; and never is a value ruled out that
// enough rows have.
func TestHints(t *testing.T) {
	full, blind, ruledOut, atLimit := 0, 0, 0, 0
	for seed := range uint64(400) {
		rng := rand.New(rand.NewPCG(seed, 13))
		n, percent := 1+rng.IntN(5), 51+rng.IntN(49)
		guesses := []small{small(rng.IntN(3)), small(rng.IntN(3))}
		if rng.IntN(2) == 0 {
			guesses[1] = guesses[0]
		}
		parts := []*hints{newHints(n), newHints(n)}
		rows := make([]map[int64]int64, n)
		for k := range rows {
			rows[k] = map[int64]int64{}
		}
		for p, h := range parts {
			h.guess = guesses[p]
			for range rng.IntN(4) {
				size := rng.IntN(1500)
				keys, x, null := make([]uint32, size), make([]int64, size), make([]bool, size)
				for i := range size {
					keys[i], x[i], null[i] = uint32(rng.IntN(n)), int64(rng.IntN(3)), rng.IntN(9) == 0
					if rng.IntN(100) < 2*percent-100 {
						x[i] = 1
					}
					if !null[i] {
						rows[keys[i]][x[i]]++
					}
				}
				h.add(keys, x, null)
			}
		}
		parts[0].merge(parts[1], 1+rng.IntN(3))
		h := parts[0]
		if h.full != nil {
			full++
		}
		if h.blind {
			blind++
		}
		if h.blind != (guesses[0] != guesses[1]) {
			t.Fatalf("seed %d: blind is %t", seed, h.blind)
		}
		for k := range n {
			var want [4]uint64
			all, most := int64(0), int64(0)
			for x, c := range rows[k] {
				for b := range 3 {
					if uint64(x)*0x9e3779b97f4a7c15>>(61+b)&1 == 1 {
						want[b] += uint64(c)
					}
				}
				if small(x) == h.guess && !h.blind {
					want[3] += uint64(c)
				}
				all, most = all+c, max(most, c)
			}
			low, high := h.at(k)
			if got := [4]uint64{low & (1<<32 - 1), low >> 32, high & (1<<32 - 1), high >> 32}; got != want {
				t.Fatalf("seed %d, cell %d: %v, want %v", seed, k, got, want)
			}
			need := needed(all, percent)
			if bitsRuleOut(low, all, all-need) || bitsRuleOut(high, all, all-need) {
				ruledOut++
				if most >= need {
					t.Fatalf("seed %d: %d of %d rows have one value", seed, most, all)
				}
			}
			if most == need {
				atLimit++
			}
		}
	}
	if full == 0 || blind == 0 || ruledOut == 0 || atLimit == 0 {
		t.Errorf("%d full, %d blind, %d ruled out, %d at the limit", full, blind, ruledOut, atLimit)
	}
}

// TestGuess: the most frequent value of the first rows but 0, if it is frequent, for the
// shift of these.
func TestGuess(t *testing.T) {
	for _, c := range []struct {
		name string
		x    []small
		null []bool
		want small
	}{
		{"half", []small{5, 6, 5, 7}, nil, 5},
		{"a quarter", []small{5, 6, 5, 7, 8, 9, 1, 2}, nil, 5},
		{"less", []small{5, 6, 5, 7, 8, 9, 1, 2, 3}, nil, 0},
		{"zeros", []small{0, 0, 0, 5, 5}, nil, 5},
		{"nulls", []small{3, 3, 3, 5, 5}, []bool{true, true, true, false, false}, 5},
		{"once", []small{5}, nil, 0},
		{"none", nil, nil, 0},
	} {
		t.Run(c.name, func(t *testing.T) {
			g := &Guess{}
			if got := g.of(3, c.x, c.null); got != c.want {
				t.Errorf("%d, want %d", got, c.want)
			}
			if got := g.of(3, []small{9, 9, 9}, nil); got != c.want {
				t.Errorf("then %d, want %d", got, c.want)
			}
			if got := g.of(4, c.x, c.null); got != 0 {
				t.Errorf("%d at another shift", got)
			}
		})
	}
}
