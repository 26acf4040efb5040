package evidence

import (
	"errors"
	"math/rand/v2"
	"testing"
)

// stored is a storage in memory.
type stored struct{ bytes []byte }

func (s *stored) Append(b []byte) (int64, error) {
	at := int64(len(s.bytes))
	s.bytes = append(s.bytes, b...)
	return at, nil
}

func (s *stored) ReadAt(b []byte, at int64) (int, error) {
	if at > int64(len(s.bytes)) {
		return 0, errors.New("behind the end")
	}
	return copy(b, s.bytes[at:]), nil
}

// TestPairs: in any cells together there are no more pairs than rows with another value
// than the most frequent one; and of a cell that one goroutine looks at, as many as rule a
// common value out, or all that can be made by then. Where every cell has as many as that,
// so have any cells together.
func TestPairs(t *testing.T) {
	reached, ruledOut, spilled := 0, 0, 0
	for seed := range uint64(4000) {
		rng := rand.New(rand.NewPCG(seed, 8))
		cells, values := 1+rng.IntN(4), 1+rng.IntN(4)
		percent, threads := 51+rng.IntN(49), 1+rng.IntN(3)
		l := &rowLog[small]{}
		if rng.IntN(3) == 0 {
			l.spill = NewSpill(&stored{}, 1+rng.IntN(20))
		}
		n, counts := make([]int64, cells), make([]map[small]int64, cells)
		for g := range counts {
			counts[g] = map[small]int64{}
		}
		for range rng.IntN(6) {
			rows := rng.IntN(25)
			cell, x, null := make([]uint32, rows), make([]small, rows), make([]bool, rows)
			for i := range rows {
				cell[i], x[i], null[i] = uint32(rng.IntN(cells)), small(rng.IntN(values)-1), rng.IntN(8) == 0
				if rng.IntN(2) == 0 {
					x[i] = -1
				}
				if !null[i] {
					n[cell[i]]++
					counts[cell[i]][x[i]]++
				}
			}
			l.add(cell, x, null)
			if rng.IntN(2) == 0 {
				l.seal()
			}
		}
		pairs, err := l.pairs(t.Context(), n, percent, threads)
		if err != nil {
			t.Fatal(err)
		}
		for i := range l.blocks {
			if l.blocks[i].read != nil {
				spilled++
			}
		}
		for set := 1; set < 1<<cells; set++ {
			rows, found, all, together := int64(0), int64(0), true, map[small]int64{}
			for g := range cells {
				if set>>g&1 == 0 {
					continue
				}
				rows, found = rows+n[g], found+pairs[g]
				for x, k := range counts[g] {
					together[x] += k
				}
				all = all && pairs[g] > n[g]-needed(n[g], percent)
			}
			most := int64(0)
			for _, k := range together {
				most = max(most, k)
			}
			if found > rows-most {
				t.Fatalf("seed %d: %d pairs of %d rows of which %d have one value", seed, found, rows, most)
			}
			out := found > rows-needed(rows, percent)
			if out {
				ruledOut++
			}
			if all && !out {
				t.Fatalf("seed %d: cells are ruled out one by one, but not together", seed)
			}
			if set&(set-1) == 0 && !out && 2*found < rows-most {
				t.Fatalf("seed %d: %d pairs of %d rows of which %d have one value", seed, found, rows, most)
			}
			if 100*most == int64(percent)*rows && rows > 0 {
				reached++
			}
		}
	}
	if reached == 0 || ruledOut == 0 || spilled == 0 {
		t.Errorf("%d cells at the limit, %d ruled out, %d blocks in storage", reached, ruledOut, spilled)
	}
}

// TestRulesOut: the marks of contributions, added in any order and taken off again, rule
// no value out that enough of them have.
func TestRulesOut(t *testing.T) {
	atLimit, ruledOut := 0, 0
	for seed := range uint64(20000) {
		rng := rand.New(rand.NewPCG(seed, 9))
		percent, values := 51+rng.IntN(50), 1+rng.IntN(5)
		var m mark
		counts := map[small]int64{}
		n := int64(1 + rng.IntN(40))
		for range n {
			x := small(rng.IntN(values) - 2)
			if rng.IntN(8) > 0 {
				x = 3
			}
			counts[x]++
			one := markOf(x)
			m.add(&one)
			for range rng.IntN(3) { // counted in vain
				y := markOf(small(rng.Int64()))
				m.add(&y)
				m.sub(&y)
			}
		}
		most := int64(0)
		for _, k := range counts {
			most = max(most, k)
		}
		need := needed(n, percent)
		if out := m.rulesOut(n, n-need); out && most >= need {
			t.Fatalf("seed %d: %d of %d have one value, %d are needed", seed, most, n, need)
		} else if out {
			ruledOut++
		}
		if most == need {
			atLimit++
		}
	}
	if atLimit == 0 || ruledOut == 0 {
		t.Errorf("%d at the limit, %d ruled out", atLimit, ruledOut)
	}
}
