package atoms_test

import (
	"fmt"
	"math/big"
	"math/bits"
	"math/rand/v2"
	"slices"
	"testing"

	"github.com/sluis-go/sluis/internal/atoms"
)

// world is some tables over few respondents: for each cell the respondents, as bits.
type world struct {
	n     int
	min   int64
	cells []atoms.Cell
	sets  []uint32
}

var limits = atoms.Limits{Steps: 1 << 30, Entries: 1 << 30}

func (w *world) problem(r *rand.Rand) *atoms.Problem {
	b := atoms.NewBuilder(w.min)
	for _, c := range w.cells {
		b.Cell(c)
	}
	order := r.Perm(w.n)
	for _, who := range order {
		var in []int32
		for c, s := range w.sets {
			if s>>who&1 == 1 {
				in = append(in, int32(c))
			}
		}
		r.Shuffle(len(in), func(i, j int) { in[i], in[j] = in[j], in[i] })
		b.Add(int32(who), in)
	}
	return b.Problem()
}

// draw makes two or three outputs, of which at least one is new: bands of a variable, trees,
// populations, and a file with joiners and leavers.
func draw(r *rand.Rand) *world {
	w := &world{n: 3 + r.IntN(6), min: int64(2 + r.IntN(3))}
	x := make([]int, w.n) // a number, as an age
	g := make([]int, w.n) // a group
	for i := range x {
		x[i], g[i] = r.IntN(6), r.IntN(3)
	}
	outputs := 2 + r.IntN(2)
	for o := range outputs {
		old := o < outputs-1 && (o == 0 || r.IntN(2) == 0)
		cell := func(s uint32) {
			if s != 0 {
				w.cells = append(w.cells, atoms.Cell{Output: int32(o), Old: old})
				w.sets = append(w.sets, s)
			}
		}
		var there uint32 // the population
		for i := range w.n {
			if r.IntN(5) > 0 {
				there |= 1 << i
			}
		}
		cuts, groups, inner, total := r.IntN(4), r.IntN(3) == 0, r.IntN(4) > 0, r.IntN(3) > 0
		bands := map[[2]int]uint32{}
		var by, rows [8]uint32
		for i := range w.n {
			if there>>i&1 == 0 {
				continue
			}
			k := [2]int{}
			for c := range cuts {
				if x[i] > c+o {
					k[0]++
				}
			}
			if groups {
				k[1] = g[i]
			}
			bands[k] |= 1 << i
			by[k[0]] |= 1 << i
			rows[k[1]] |= 1 << i
		}
		for a := range 8 {
			for b := range 3 {
				if inner {
					cell(bands[[2]int{a, b}])
				}
			}
			cell(by[a])
			if groups && total {
				cell(rows[a])
			}
		}
		if total {
			cell(there)
		}
	}
	return w
}

// spanned reports whether a set is a rational combination of others: by elimination over
// respondents, in rational numbers.
func spanned(n int, of []uint32) func(set uint32) bool {
	var rows [][]*big.Rat
	var pivots []int
	vector := func(s uint32) []*big.Rat {
		v := make([]*big.Rat, n)
		for i := range v {
			v[i] = big.NewRat(int64(s>>i&1), 1)
		}
		return v
	}
	reduce := func(v []*big.Rat) int {
		for k, row := range rows {
			if f := new(big.Rat).Set(v[pivots[k]]); f.Sign() != 0 {
				for i := range v {
					v[i] = new(big.Rat).Sub(v[i], new(big.Rat).Mul(f, row[i]))
				}
			}
		}
		return slices.IndexFunc(v, func(x *big.Rat) bool { return x.Sign() != 0 })
	}
	for _, s := range of {
		v := vector(s)
		if p := reduce(v); p >= 0 {
			f := new(big.Rat).Inv(v[p])
			for i := range v {
				v[i] = new(big.Rat).Mul(v[i], f)
			}
			rows, pivots = append(rows, v), append(pivots, p)
		}
	}
	return func(s uint32) bool { return reduce(vector(s)) < 0 }
}

// TestBruteForce: what an attacker computes about few respondents, by elimination over the
// respondents themselves and over every set of them, is found, and nothing else.
func TestBruteForce(t *testing.T) {
	draws := 20000
	if testing.Short() {
		draws = 2000
	}
	counts := map[string]int{}
	for seed := range draws {
		r := rand.New(rand.NewPCG(uint64(seed), 23))
		w := draw(r)
		p := w.problem(r)
		got, err := p.Decide(t.Context(), limits)
		if err != nil || !got.Complete {
			t.Fatal(seed, err, got.Complete)
		}
		var old []uint32
		for c, s := range w.sets {
			if w.cells[c].Old {
				old = append(old, s)
			}
		}
		all, before := spanned(w.n, w.sets), spanned(w.n, old)
		told := map[uint32]string{}
		for c, s := range w.sets {
			if !w.cells[c].Old {
				told[s] = "cell"
			}
		}
		for _, d := range got.Differences {
			a, b := w.sets[d.New], w.sets[d.Old]
			if n := bits.OnesCount32(a ^ b); w.cells[d.New].Old || !w.cells[d.Old].Old || int64(n) != d.Respondents || n == 0 || int64(n) >= w.min {
				t.Fatalf("seed %d: difference %+v", seed, d)
			}
			if d.Inside != (a&b == a || a&b == b) {
				t.Fatalf("seed %d: inside %+v", seed, d)
			}
			if d.Inside {
				if told[a^b] = "difference"; !all(a^b) || before(a^b) {
					t.Fatalf("seed %d: %b is not computed, or was before", seed, a^b)
				}
			}
			counts[fmt.Sprint("difference, inside ", d.Inside)]++
		}
		for _, c := range got.Combined {
			var set uint32
			for _, who := range p.Who(c.Atoms) {
				set |= 1 << who
			}
			if n := bits.OnesCount32(set); int64(n) != c.Respondents || n == 0 || int64(n) >= w.min || !all(set) || before(set) || told[set] != "" {
				t.Fatalf("seed %d: combined %+v, %b", seed, c, set)
			}
			if c.New >= 0 && w.sets[c.New]&set != set || c.Old >= 0 && w.sets[c.Old]&set != set {
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
				smallest = append(smallest, set)
				if !before(set) && told[set] == "" {
					t.Fatalf("seed %d: %b is computed and not found, of %b", seed, set, w.sets)
				}
			}
		}
		for i, a := range w.cells { // pairs, by the respondents
			for j, b := range w.cells {
				x := w.sets[i] ^ w.sets[j]
				if a.Old || !b.Old || w.sets[i]&w.sets[j] == 0 || x == 0 || int64(bits.OnesCount32(x)) >= w.min || slices.Contains(old, w.sets[i]) {
					continue
				}
				nested := w.sets[i]&w.sets[j] == w.sets[i] || w.sets[i]&w.sets[j] == w.sets[j]
				if nested && before(x) {
					continue
				}
				if !slices.ContainsFunc(got.Differences, func(d atoms.Difference) bool { return int(d.New) == i && int(d.Old) == j && d.Inside == nested }) {
					t.Fatalf("seed %d: the pair %d, %d is not found", seed, i, j)
				}
			}
		}
	}
	t.Log(counts)
	for _, kind := range []string{"difference, inside true", "difference, inside false", "combined"} {
		if counts[kind] < draws/100 {
			t.Errorf("%s: only %d", kind, counts[kind])
		}
	}
}

// TestLimits: a decision that was not finished says so.
func TestLimits(t *testing.T) {
	w := &world{n: 4, min: 3, cells: []atoms.Cell{{Output: 0, Old: true}, {Output: 1}}, sets: []uint32{0b0111, 0b1111}}
	p := w.problem(rand.New(rand.NewPCG(1, 1)))
	for _, tc := range []struct {
		limits   atoms.Limits
		complete bool
	}{{limits, true}, {atoms.Limits{Steps: 1 << 30}, false}, {atoms.Limits{Entries: 1 << 30}, false}} {
		got, err := p.Decide(t.Context(), tc.limits)
		if err != nil || got.Complete != tc.complete || len(got.Differences) != 1 || got.Differences[0].Respondents != 1 {
			t.Errorf("%+v: %+v, %v", tc.limits, got, err)
		}
	}
}

// TestRespondentsCountOnce: elements of one respondent are one respondent.
func TestRespondentsCountOnce(t *testing.T) {
	b := atoms.NewBuilder(2)
	old, now := b.Cell(atoms.Cell{Old: true}), b.Cell(atoms.Cell{Output: 1})
	for who := range int32(5) {
		b.Add(who, []int32{now, old})
	}
	for range 3 {
		b.Add(9, []int32{now, now})
	}
	got, err := b.Problem().Decide(t.Context(), limits)
	if err != nil || len(got.Differences) != 1 || got.Differences[0].Respondents != 1 {
		t.Errorf("%+v, %v", got, err)
	}
}
