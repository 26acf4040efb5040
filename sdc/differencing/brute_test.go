package differencing_test

import (
	"fmt"
	"math/big"
	"math/bits"
	"math/rand/v2"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/sluis-go/sluis/sdc"
	"github.com/sluis-go/sluis/sdc/differencing"
)

// person is one respondent in up to three files: "" where the respondent is not in the file.
type person struct {
	a, b, y [3]string
	in      [3]bool
}

// TestBruteForce: random files with joiners, leavers, changed codes, nulls and values, of which
// two or three tables are made. An attacker of the test has one unknown for each value of each
// respondent, and asks of every set of unknowns of few respondents, in rational numbers,
// whether its sum follows. Compare says unsafe where there is such a set, and only there.
func TestBruteForce(t *testing.T) {
	draws := 3000
	if testing.Short() {
		draws = 250
	}
	unsafe, quiet := map[string]int{}, 0
	for seed := range draws {
		r := rand.New(rand.NewPCG(uint64(seed), 41))
		n, files, min := 3+r.IntN(4), 1+r.IntN(3), int64(2+r.IntN(2))
		people := make([]person, n)
		for i := range people {
			p := &people[i]
			for k := range files {
				p.in[k] = r.IntN(6) > 0
				p.a[k], p.b[k], p.y[k] = string("uvw"[r.IntN(3)]), string("st"[r.IntN(2)]), strconv.Itoa(1+r.IntN(40))
				if k > 0 && r.IntN(6) > 0 {
					p.a[k], p.b[k] = p.a[0], p.b[0]
				}
				if k > 0 && r.IntN(4) > 0 {
					p.y[k] = p.y[0]
				}
				if r.IntN(8) == 0 {
					p.y[k] = ""
				}
				if r.IntN(9) == 0 {
					p.b[k] = ""
				}
			}
		}
		for k := range files {
			people[0].in[k], people[0].a[k], people[0].b[k], people[0].y[k] = true, "u", "s", "5"
		}
		sums := r.IntN(2) == 0
		tables := 2 + r.IntN(2)
		var made []*differencing.Made
		var b brute
		for o := range tables {
			by := [][]string{{"a"}, {"b"}, {"a", "b"}}[r.IntN(3)]
			k := r.IntN(files)
			release := int64(o + 1)
			if o == tables-1 {
				release = 0
			}
			d := differencing.Definition{Kind: "frequency", By: by, Missing: map[string]string{"b": "exclude"}}
			if sums {
				d.Kind, d.Response = "magnitude", "y"
			}
			var rows []string
			for i, p := range people {
				if p.in[k] {
					rows = append(rows, fmt.Sprintf("p%d,%s,%s,%s", i, p.a[k], p.b[k], p.y[k]))
				}
			}
			made = append(made, file(t, release, "id,a,b,y", rows, differencing.Output{Name: "t", Definition: d}))
			b.table(people, k, by, sums, release > 0)
		}
		want, any := b.found(min)
		list, err := differencing.Compare(t.Context(), made[tables-1], made[:tables-1], differencing.Options{Min: min})
		if err != nil {
			t.Fatal(seed, err)
		}
		got := false
		for _, x := range list {
			got = got || x.Verdict == sdc.Unsafe
			if text := x.Message.String(); strings.Contains(text, "not compared") {
				t.Fatalf("seed %d: %s", seed, text)
			}
		}
		if want && !got || got && !any {
			t.Fatalf("seed %d: unsafe %v, want %v, or %v: %v", seed, got, want, any, list)
		}
		if want {
			unsafe[fmt.Sprint("sums ", sums)]++
		} else {
			quiet++
		}
	}
	t.Log(unsafe, quiet)
	if unsafe["sums true"] < draws/20 || unsafe["sums false"] < draws/20 || quiet < draws/20 {
		t.Errorf("unsafe %v, safe %d", unsafe, quiet)
	}
}

// brute is the attacker of the test: cells as sets of unknowns, as bits.
type brute struct {
	unknowns map[string]int
	who      []int // unknown -> respondent
	old, now []uint64
}

func (b *brute) unknown(who int, value string) int {
	key := fmt.Sprint(who, " ", value)
	i, ok := b.unknowns[key]
	if !ok {
		if b.unknowns == nil {
			b.unknowns = map[string]int{}
		}
		i = len(b.who)
		b.unknowns[key] = i
		b.who = append(b.who, who)
	}
	return i
}

func (b *brute) table(people []person, file int, by []string, sums, old bool) {
	cells := map[string]uint64{}
	for i, p := range people {
		codes := map[string]string{"a": p.a[file], "b": p.b[file]}
		if !p.in[file] || sums && p.y[file] == "" || slices.ContainsFunc(by, func(v string) bool { return codes[v] == "" }) {
			continue
		}
		value := ""
		if sums {
			value = p.y[file]
		}
		bit := uint64(1) << b.unknown(i, value)
		for mask := range 1 << len(by) {
			key := ""
			for v, name := range by {
				if key += "*/"; mask>>v&1 == 1 {
					key += codes[name]
				}
			}
			cells[key] |= bit
		}
	}
	for _, set := range cells {
		if old {
			b.old = append(b.old, set)
		} else {
			b.now = append(b.now, set)
		}
	}
}

// found reports whether a smallest set of unknowns with fewer respondents than min follows
// from all cells, and not from the old ones alone, and is no new cell; and whether there is
// such a set that may be a new cell, which has a finding of its own in a check.
func (b *brute) found(min int64) (found, any bool) {
	all, old := b.span(append(slices.Clone(b.old), b.now...)), b.span(b.old)
	var smallest []uint64
	for size := 1; size <= len(b.who); size++ {
		for set := uint64(1); set < 1<<len(b.who); set++ {
			if bits.OnesCount64(set) != size || b.respondents(set) >= min || slices.ContainsFunc(smallest, func(s uint64) bool { return s&set == s }) || !all(set) {
				continue
			}
			smallest = append(smallest, set)
			if !old(set) {
				if any = true; !slices.Contains(b.now, set) {
					return true, true
				}
			}
		}
	}
	return false, any
}

func (b *brute) respondents(set uint64) int64 {
	in := map[int]bool{}
	for i, who := range b.who {
		if set>>i&1 == 1 {
			in[who] = true
		}
	}
	return int64(len(in))
}

// span reports whether a set is a rational combination of others.
func (b *brute) span(of []uint64) func(uint64) bool {
	var rows [][]*big.Rat
	var pivots []int
	reduced := func(set uint64) ([]*big.Rat, int) {
		v := make([]*big.Rat, len(b.who))
		for i := range v {
			v[i] = big.NewRat(int64(set>>i&1), 1)
		}
		for k, row := range rows {
			if f := new(big.Rat).Set(v[pivots[k]]); f.Sign() != 0 {
				for i := range v {
					v[i].Sub(v[i], new(big.Rat).Mul(f, row[i]))
				}
			}
		}
		return v, slices.IndexFunc(v, func(x *big.Rat) bool { return x.Sign() != 0 })
	}
	for _, set := range of {
		if v, p := reduced(set); p >= 0 {
			f := new(big.Rat).Inv(v[p])
			for i := range v {
				v[i].Mul(v[i], f)
			}
			rows, pivots = append(rows, v), append(pivots, p)
		}
	}
	return func(set uint64) bool { _, p := reduced(set); return p < 0 }
}
