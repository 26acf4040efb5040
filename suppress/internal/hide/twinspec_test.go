package hide

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"math/big"
	"math/rand/v2"
	"slices"
	"testing"
	"testing/fstest"

	"github.com/sluis-go/sluis/suppress/verify"
)

// twinCase is a confidential proof that was drawn: tables, other tables by which its unsafe
// cells are shown, levels and contributors, all with no regard to each other.
type twinCase struct {
	p         *Problem
	releases  []*Release
	ids       [][]int32
	hidden    []bool
	witnesses []*Witness
	shown     map[int32][]int // unsafe cell -> numbers of witnesses
}

// drawTwin draws one or two tables of small whole numbers and changes of them. Everything
// that changes somewhere is hidden.
func drawTwin(t *testing.T, rng *rand.Rand) *twinCase {
	t.Helper()
	vars := []CodeList{codeTree(rng, "a", 2+rng.IntN(2), true), codeTree(rng, "b", 2+rng.IntN(2), false), codeTree(rng, "c", 2, false)}
	grid := func(vars ...CodeList) *layout {
		l, err := newLayout(vars)
		if err != nil {
			t.Fatal(err)
		}
		return l
	}
	full := grid(vars...)
	tables := []*layout{grid(vars[0], vars[1])}
	if rng.IntN(2) == 0 {
		tables = append(tables, grid(vars[2], vars[0]))
	}
	z := &twinCase{shown: map[int32][]int{}}
	var n int
	z.ids, n = link(tables)
	// margin takes inner cells of the finer table into those of the tables.
	margin := func(x []int64) []int64 {
		if err := full.rollUp(x); err != nil {
			t.Fatal(err)
		}
		out := make([]int64, n)
		for i, l := range tables {
			for cell, id := range z.ids[i] {
				at := 0
				for v := range l.vars {
					w := slices.IndexFunc(vars, func(c CodeList) bool { return c.Name == l.vars[v].Name })
					at += l.code(cell, v) * full.stride[w]
				}
				out[id] = x[at]
			}
		}
		return out
	}
	attacker := Attacker{Whole: rng.IntN(3) > 0, Negative: rng.IntN(8) == 0}
	if !attacker.Negative && rng.IntN(8) == 0 {
		attacker.Lower = -rng.Int64N(5)
	}
	x := make([]int64, full.n)
	for cell := range x {
		if full.inner(cell) && rng.IntN(4) > 0 {
			x[cell] = rng.Int64N(5)
		}
	}
	value := margin(x)
	z.hidden = make([]bool, n)
	var unit []int64 // of which all tables may be multiples
	ladder := rng.IntN(3) == 0
	for len(z.witnesses) < 2+rng.IntN(8) {
		w := &Witness{Den: 1}
		if !attacker.Whole {
			w.Den = 1 + rng.Int64N(3)
		}
		by := make([]int64, full.n)
		for range 1 + rng.IntN(4) {
			cell := rng.IntN(full.n)
			if full.inner(cell) {
				by[cell] = w.Den*(rng.Int64N(9)-4) + rng.Int64N(w.Den)
			}
		}
		if ladder && unit == nil {
			unit = slices.Clone(by)
			for cell := range unit {
				unit[cell] = min(max(unit[cell], -1), 1)
			}
		}
		times := rng.Int64N(7) - 3
		for cell := range unit {
			by[cell] = unit[cell] * times
		}
		ok := true
		for id, d := range margin(by) {
			if d == 0 {
				continue
			}
			ok = ok && (attacker.Negative || value[id]*w.Den+d >= attacker.Lower*w.Den)
			w.Cells, w.Delta = append(w.Cells, int32(id)), append(w.Delta, d)
		}
		switch {
		case ok && len(w.Cells) > 0:
			z.witnesses = append(z.witnesses, w)
		case len(z.witnesses) == 0:
			unit = nil
		}
	}
	for _, w := range z.witnesses {
		for _, c := range w.Cells {
			z.hidden[c] = true
		}
	}
	cells := make([]Cell, n)
	// Now and then what is known of the unsafe cell itself is all that is said.
	mode := rng.IntN(4)
	alone := mode == 0
	// Or one contributor has much of totals, and it matters what that leaves him below.
	totals := mode == 1
	total := make([]bool, n)
	for _, r := range unionRelations(tables, z.ids) {
		total[r.Total] = true
	}
	owned, said := 1+rng.IntN(12), 1+rng.IntN(12)
	unsafe := rng.IntN(n)
	for tries := 0; !z.hidden[unsafe] || alone && value[unsafe] < 2 && tries < 50; tries++ {
		unsafe = rng.IntN(n)
	}
	for id := range cells {
		c := &cells[id]
		c.Value = value[id]
		if !z.hidden[id] {
			c.Status = Protected
		}
		switch {
		case value[id] <= 0, alone && id != unsafe:
		case totals && rng.IntN(4) == 0 && id != unsafe:
			c.Owner = 1
		case totals && total[id] && rng.IntN(2) == 0:
			m := 1 + rng.Int64N(c.Value)
			c.Shares = []Share{{Owner: 1, Least: rng.Int64N(m + 1), Most: m}}
		case totals:
			if rng.IntN(2) == 0 {
				c.Part = 1 + rng.Int64N(c.Value)
			}
		case alone:
			statements(rng, c)
			for k := range c.Shares {
				c.Shares[k].Owner++
			}
		case rng.IntN(owned) == 0 && rng.IntN(3) == 0:
			c.Owner = 1 + rng.Int32N(3)
		case rng.IntN(said) == 0:
			statements(rng, c)
			for k := range c.Shares {
				c.Shares[k].Owner++
				if s := &c.Shares[k]; rng.IntN(3) == 0 {
					s.Least = rng.Int64N(s.Most + 1)
				}
			}
		}
		if z.hidden[id] && (id == unsafe || rng.IntN(12) == 0) {
			c.Status = Primary
			if alone {
				c.Level.Lower = rng.Int64N(max(1, c.Value+1))
			}
			for _, l := range []*int64{&c.Level.Lower, &c.Level.Upper, &c.Level.Sliding} {
				if !alone && !totals && rng.IntN(3) == 0 {
					*l = rng.Int64N(4)
				}
			}
			list := []int{}
			for w := range z.witnesses {
				if totals || rng.IntN(4) > 0 {
					list = append(list, w)
				}
			}
			z.shown[int32(id)] = list
		}
	}
	var err error
	if z.p, err = New(cells, unionRelations(tables, z.ids), attacker); err != nil {
		t.Fatal(err)
	}
	for i, l := range tables {
		r := &Release{Name: fmt.Sprint("t", i), Variables: l.vars, grid: l, shown: slices.Repeat([]bool{true}, l.n), hidden: make([]bool, l.n), value: make([]int64, l.n)}
		for cell, id := range z.ids[i] {
			if r.hidden[cell] = z.hidden[id]; !r.hidden[cell] {
				r.value[cell] = value[id]
			}
		}
		z.releases = append(z.releases, r)
	}
	return z
}

// files writes the proof as it is, whether it proves anything or not.
func (z *twinCase) files(t *testing.T) fstest.MapFS {
	t.Helper()
	g := &Tables{problem: z.p}
	pattern := &Pattern{status: make([]Status, len(z.hidden))}
	for id, is := range z.hidden {
		if is {
			pattern.status[id] = Withheld
		}
	}
	for _, w := range z.witnesses {
		pattern.witnesses = append(pattern.witnesses, *w)
	}
	for i, ids := range z.ids {
		g.list = append(g.list, &table{layout: z.releases[i].grid, id: ids})
	}
	for cell, list := range z.shown {
		for _, w := range list {
			pattern.needs = append(pattern.needs, Need{Cell: cell, High: int32(w), Low: -1})
		}
	}
	files := fstest.MapFS{}
	var names []string
	for _, r := range z.releases {
		var b bytes.Buffer
		if err := r.WriteCSV(&b); err != nil {
			t.Fatal(err)
		}
		names = append(names, r.Name+".release.csv")
		files[r.Name+".release.csv"] = &fstest.MapFile{Data: b.Bytes()}
	}
	proof, err := g.twin(pattern, z.releases, names)
	if err != nil {
		t.Fatal(err)
	}
	var b bytes.Buffer
	if err := proof.WriteJSON(&b); err != nil {
		t.Fatal(err)
	}
	files[twinName] = &fstest.MapFile{Data: b.Bytes()}
	return files
}

// keeps says, as the comment of VerifyConfidential does and with no thought for how long it
// takes, whether the witnesses keep a cell from somebody.
func (z *twinCase) keeps(cell int32, who insider) bool {
	p, c, l := z.p, z.p.cells[cell], z.p.cells[cell].Level
	if who > 0 && c.Owner == who {
		return true
	}
	least, most := within(p, int(cell), who), may(p, int(cell), who)
	var left []*big.Rat // what tables that he cannot rule out by other cells make of it
	for _, k := range z.shown[cell] {
		w := z.witnesses[k]
		out := false
		for id := range p.cells {
			d := w.at(int32(id))
			his := who > 0 && p.cells[id].Owner == who
			floor := may(p, id, who)
			less := !mayBeNegative(p) && d < 0 && floor > 0 && big.NewRat(d, w.Den).Cmp(rat(floor-p.cells[id].Value)) < 0
			out = out || id != int(cell) && (his && d != 0 || less)
		}
		if !out {
			left = append(left, big.NewRat(w.at(cell), w.Den))
		}
	}
	// some reports whether a table makes the cell so much less or more, and no less than a
	// share of it.
	some := func(share int64, test func(d *big.Rat) bool) bool {
		return slices.ContainsFunc(left, func(d *big.Rat) bool {
			return test(d) && (share == 0 || d.Cmp(rat(share-c.Value)) >= 0)
		})
	}
	if l == (Level{}) {
		if least >= c.Value && c.Value > 0 {
			return true
		}
		if !p.attacker.Whole {
			return some(0, func(d *big.Rat) bool { return d.Sign() != 0 })
		}
		return some(most, func(d *big.Rat) bool { return d.Sign() != 0 })
	}
	up, down := rat(0), rat(0)
	for _, d := range left {
		if d.Cmp(up) > 0 {
			up = d
		}
		if d.Cmp(down) < 0 && (most == 0 || d.Cmp(rat(most-c.Value)) >= 0) {
			down = d
		}
	}
	if up.Cmp(rat(l.Upper)) < 0 || new(big.Rat).Sub(up, down).Cmp(rat(l.Sliding)) < 0 {
		return false
	}
	for share := least; share <= max(least, most); share++ {
		ask := l.Lower
		if share > 0 {
			ask = min(ask, c.Value-share)
		}
		if ask <= 0 {
			continue
		}
		// Of fractions a table that is too low has others between it and the truth.
		floor := share
		if !p.attacker.Whole {
			floor = 0
		}
		if !some(floor, func(d *big.Rat) bool { return d.Cmp(rat(-ask)) <= 0 }) {
			return false
		}
	}
	return true
}

func (z *twinCase) holds() bool {
	for cell := range z.shown {
		for who := insider(-1); who <= 5; who++ {
			if !z.keeps(cell, who) {
				return false
			}
		}
	}
	return true
}

// TestTwinAsSpecified: the verifier of the confidential proof accepts a proof exactly where
// every unsafe cell is kept from everybody by the letter of its comment.
func TestTwinAsSpecified(t *testing.T) {
	accepted, refused, near := 0, 0, 0
	draws := long(4_000, 300_000)
	if testing.Short() {
		draws = 800
	}
	for seed := range uint64(draws) {
		z := drawTwin(t, rand.New(rand.NewPCG(seed, 62)))
		files := z.files(t)
		_, err := verify.Confidential(t.Context(), files, twinName, verify.Limits{})
		if err != nil && !errors.Is(err, verify.ErrCertificate) {
			t.Fatal(err)
		}
		if holds := z.holds(); holds != (err == nil) {
			var doc confidentialProof
			if json.Unmarshal(files[twinName].Data, &doc) != nil {
				t.Fatal("no proof")
			}
			t.Fatalf("seed %d: by the letter %v, the verifier says %v\n%+v", seed, holds, err, doc)
		}
		if err != nil {
			refused++
			continue
		}
		accepted++
		// Who is kept off, and might not be with one unit more.
		for cell := range z.shown {
			for who := insider(0); who <= 5; who++ {
				l := &z.p.cells[cell].Level
				was := *l
				for _, part := range []*int64{&l.Lower, &l.Upper, &l.Sliding} {
					*part++
					if !z.keeps(cell, who) {
						near++
					}
					*l = was
				}
			}
		}
	}
	t.Logf("%d accepted, %d refused, %d times just", accepted, refused, near)
	if accepted < draws/14 || refused < draws/14 {
		t.Errorf("%d accepted, %d refused", accepted, refused)
	}
}
