package synth_test

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"testing"

	"github.com/sluis-go/sluis/internal/synth"
)

func hierarchies(seed uint64, codes ...int) []synth.Hierarchy {
	var out []synth.Hierarchy
	for v, n := range codes {
		out = append(out, synth.NewHierarchy(seed+uint64(v), n, 5))
	}
	return out
}

// TestCubeAddsUp checks every relation, the top two against them, and that no
// hierarchy has a lone code below another.
func TestCubeAddsUp(t *testing.T) {
	for _, codes := range [][]int{{3}, {40}, {7, 31}, {12, 9, 20}, {5, 4, 6, 3}, {4, 3, 5, 3, 6}} {
		for seed := range uint64(5) {
			hs := hierarchies(seed, codes...)
			for v, h := range hs {
				below := make([]int, len(h))
				for i, p := range h[1:] {
					if int(p) > i {
						t.Fatalf("%v: parent after its code", codes)
					}
					below[p]++
				}
				for _, n := range below {
					if n == 1 || len(h) != codes[v] {
						t.Fatalf("%v: hierarchy %v", codes, h)
					}
				}
			}
			for _, tables := range [][][]int{nil, {{0}, {len(codes) - 1}}} {
				c := synth.NewCube(synth.CubeOptions{Seed: seed, Hierarchies: hs, Tables: tables, Magnitude: true})
				for r, total := range c.Total {
					var count, sum, first int64
					for _, p := range c.Parts[r] {
						count += c.Count[p]
						sum += c.Sum[p]
						first = max(first, c.First[p])
					}
					if count != c.Count[total] || sum != c.Sum[total] || first != c.First[total] {
						t.Fatalf("%v, seed %d: relation %d does not hold", codes, seed, r)
					}
				}
				for i, n := range c.Count {
					if rest := c.Sum[i] - c.First[i] - c.Second[i]; rest < 0 || n <= 2 && rest != 0 || c.Second[i] > c.First[i] {
						t.Fatalf("%v, seed %d: top two of cell %d", codes, seed, i)
					}
				}
			}
		}
	}
}

// TestCubeLinked makes two tables that share a margin, and counts their cells and
// relations.
func TestCubeLinked(t *testing.T) {
	hs := hierarchies(1, 7, 5, 9)
	c := synth.NewCube(synth.CubeOptions{Seed: 1, Hierarchies: hs, Tables: [][]int{{0, 1}, {0, 2}}})
	if want := 7*5 + 7*9 - 7; len(c.Count) != want {
		t.Errorf("%d cells, want %d", len(c.Count), want)
	}
	parents := func(h synth.Hierarchy) (n int) {
		for _, leaf := range h.Leaves() {
			if !leaf {
				n++
			}
		}
		return n
	}
	p0, p1, p2 := parents(hs[0]), parents(hs[1]), parents(hs[2])
	if want := p0*(5+9-1) + 7*p1 + 7*p2; len(c.Total) != want {
		t.Errorf("%d relations, want %d", len(c.Total), want)
	}
}

// TestCubeShares compares a cube with its documentation, and pins its bytes.
func TestCubeShares(t *testing.T) {
	c := synth.NewCube(synth.CubeOptions{Seed: 1, Hierarchies: hierarchies(1, 91, 101)})
	zero, small := 0, 0
	for _, n := range c.Count {
		if n == 0 {
			zero++
		} else if n <= 2 {
			small++
		}
	}
	if p := 100 * zero / len(c.Count); p < 10 || p > 30 {
		t.Errorf("%d%% of the cells are zero", p)
	}
	if p := 100 * small / len(c.Count); p < 5 || p > 13 {
		t.Errorf("%d%% of the cells have 1 or 2", p)
	}
	sum := sha256.Sum256([]byte(fmt.Sprint(c.Count, c.Total, c.Parts)))
	if got := hex.EncodeToString(sum[:8]); got != "496c2daa0d2c828e" {
		t.Errorf("digest %s", got)
	}
}
