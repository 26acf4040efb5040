package atoms_test

import (
	"fmt"
	"math/bits"
	"math/rand/v2"
	"slices"
	"testing"

	"github.com/sluis-go/sluis/internal/atoms"
)

// totals marks the cells that are the sum of the smallest cells of their output.
func (w *world) totals() {
	for i := range w.cells {
		var union uint32
		whole := true
		for j := range w.cells {
			if w.cells[j].Output != w.cells[i].Output || w.sets[j] == w.sets[i] || w.sets[j]&w.sets[i] != w.sets[j] || !w.smallest(j) {
				continue
			}
			whole = whole && union&w.sets[j] == 0
			union |= w.sets[j]
		}
		w.cells[i].Sum = whole && union == w.sets[i]
	}
}

// smallest reports whether no other cell of its output lies in a cell, and the first of its
// equals.
func (w *world) smallest(j int) bool {
	for k := range w.cells {
		if w.cells[k].Output == w.cells[j].Output && w.sets[k]&w.sets[j] == w.sets[k] && (w.sets[k] != w.sets[j] || k < j) {
			return false
		}
	}
	return true
}

// TestTogether: of cells that are published at the same time, what an attacker computes about
// few respondents is found, and nothing else. The attacker is that of TestBruteForce.
func TestTogether(t *testing.T) {
	draws := 20000
	if testing.Short() {
		draws = 2000
	}
	counts := map[string]int{}
	for seed := range draws {
		r := rand.New(rand.NewPCG(uint64(seed), 67))
		w := draw(r)
		for c := range w.cells {
			w.cells[c].Old = false
		}
		if r.IntN(2) == 0 {
			w.totals()
		}
		p := w.problem(r)
		got, err := p.Together(t.Context(), limits)
		if err != nil || !got.Complete {
			t.Fatal(seed, err, got.Complete)
		}
		all := spanned(w.n, w.sets)
		told := map[uint32]string{}
		for _, s := range w.sets {
			told[s] = "cell"
		}
		both := func(a, b uint32) bool { // an output has both
			for i, x := range w.cells {
				for j, y := range w.cells {
					if x.Output == y.Output && w.sets[i] == a && w.sets[j] == b {
						return true
					}
				}
			}
			return false
		}
		for _, d := range got.Differences {
			a, b := w.sets[d.New], w.sets[d.Old]
			if n := bits.OnesCount32(a ^ b); int64(n) != d.Respondents || n == 0 || int64(n) >= w.min || both(a, b) || d.Inside != (a&b == a || a&b == b) {
				t.Fatalf("seed %d: difference %+v", seed, d)
			}
			if d.Inside {
				if !all(a^b) || told[a^b] == "cell" {
					t.Fatalf("seed %d: %b is not computed, or is a cell", seed, a^b)
				}
				told[a^b] = "difference"
			}
			counts[fmt.Sprint("difference, inside ", d.Inside)]++
		}
		for _, c := range got.Combined {
			var set uint32
			for _, who := range p.Who(c.Atoms) {
				set |= 1 << who
			}
			if n := bits.OnesCount32(set); int64(n) != c.Respondents || n == 0 || int64(n) >= w.min || !all(set) || told[set] != "" {
				t.Fatalf("seed %d: combined %+v, %b", seed, c, set)
			}
			if c.New >= 0 && w.sets[c.New]&set != set || c.Old >= 0 && (w.sets[c.Old]&set != set || w.cells[c.Old].Output == w.cells[c.New].Output) {
				t.Fatalf("seed %d: not around: %+v", seed, c)
			}
			told[set] = "combined"
			counts["combined"]++
		}
		var smallest []uint32
		for size := 1; size < int(w.min); size++ {
			for set := uint32(1); set < 1<<w.n; set++ {
				if bits.OnesCount32(set) != size || !all(set) || slices.ContainsFunc(smallest, func(s uint32) bool { return s&set == s }) {
					continue
				}
				if smallest = append(smallest, set); told[set] == "" {
					t.Fatalf("seed %d: %b is computed and not found, of %b", seed, set, w.sets)
				}
			}
		}
		for i, a := range w.sets { // pairs, by the respondents
			for _, b := range w.sets[:i] {
				x := a ^ b
				nested := a&b == a || a&b == b
				if a&b == 0 || x == 0 || int64(bits.OnesCount32(x)) >= w.min || both(a, b) || nested && slices.Contains(w.sets, x) {
					continue
				}
				if !slices.ContainsFunc(got.Differences, func(d atoms.Difference) bool {
					c, e := w.sets[d.New], w.sets[d.Old]
					return d.Inside == nested && (c == a && e == b || c == b && e == a)
				}) {
					t.Fatalf("seed %d: the pair %b, %b is not found", seed, a, b)
				}
			}
		}
	}
	t.Log(counts)
	for _, kind := range []string{"difference, inside true", "difference, inside false", "combined"} {
		if counts[kind] < draws/200 {
			t.Errorf("%s: only %d", kind, counts[kind])
		}
	}
}

// TestTogetherLimits: a decision that was not finished says so, and has the differences.
func TestTogetherLimits(t *testing.T) {
	w := &world{n: 4, min: 3, cells: []atoms.Cell{{Output: 0}, {Output: 1}}, sets: []uint32{0b0111, 0b1111}}
	for _, tc := range []struct {
		limits   atoms.Limits
		complete bool
	}{{limits, true}, {atoms.Limits{Entries: 1 << 30}, false}, {atoms.Limits{Steps: 1 << 30}, false}} {
		got, err := w.problem(rand.New(rand.NewPCG(1, 1))).Together(t.Context(), tc.limits)
		if err != nil || got.Complete != tc.complete || len(got.Differences) != 1 || got.Differences[0].Respondents != 1 {
			t.Errorf("%+v: %+v, %v", tc.limits, got, err)
		}
	}
}
