package hide

import (
	"context"
	"fmt"
	"math/rand/v2"
	"os"
	"slices"
	"testing"

	"github.com/sluis-go/sluis/sdc"
)

// atom is the innermost cell of a row, as a bit.
func (h *hiddenCase) atom(row int) uint16 {
	b := slices.Index([]string{"n0", "n1", "s0", "s1"}, h.text[row][1])
	return 1 << (4*(h.text[row][0][0]-'0') + byte(b))
}

// rowsOf are the rows of some atoms.
func (h *hiddenCase) rowsOf(mask uint16) (in []int) {
	for i := range h.text {
		if h.atom(i)&mask != 0 {
			in = append(in, i)
		}
	}
	return in
}

// cellMask is the atoms of a cell, occupied or not.
func cellMask(a, b string) (mask uint16) {
	for i, x := range []string{"0", "1", "2"} {
		for k, y := range []string{"n0", "n1", "s0", "s1"} {
			if (a == "*" || a == x) && (b == "*" || b == y || hiddenTree[y] == b) {
				mask |= 1 << (4*i + k)
			}
		}
	}
	return mask
}

// unitOf is the contributor of a row.
func (h *hiddenCase) unitOf(row int) string {
	if h.roles.Holding != "" && h.text[row][3] != "" {
		return "holding " + h.text[row][3]
	}
	return "person " + h.text[row][2]
}

// alone is the one contributor to some rows, "" where there are several or none.
func (h *hiddenCase) alone(in []int) (unit string) {
	for _, i := range in {
		if u := h.unitOf(i); unit == "" {
			unit = u
		} else if unit != u {
			return ""
		}
	}
	return unit
}

// TestFormsRecount recounts, from the respondents, what Tables.Protect leaves of sums of
// hidden cells: those of two and three, those that are all of one contributor, and the
// differences of what is hidden under two published totals. Each that does not pass the rules
// differs in some witness, or the remarks say that some do not.
func TestFormsRecount(t *testing.T) {
	n := uint64(120)
	switch {
	case os.Getenv("SLUIS_LONG") != "":
		n = 3000
	case testing.Short():
		n = 40
	}
	count := map[string]int{}
	for seed := range n {
		h := drawHidden(rand.New(rand.NewPCG(seed, 79)))
		if len(h.x) == 0 {
			continue
		}
		g, pattern, remarks := h.protect(t, seed, count)
		if g == nil {
			continue
		}
		releases, err := g.Releases(pattern)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := Certify(context.Background(), releases, []string{"t"}, g.problem.attacker, 1); err != nil {
			t.Fatalf("seed %d: a pattern that is proven has no certificate: %v", seed, err)
		}
		said := int64(0)
		for _, r := range remarks {
			if r.Name == "sums-of-few" {
				said = r.Count
			}
		}
		count["forms met"] += len(g.problem.cells) - g.list[0].n
		open := h.openForms(g, pattern, count)
		if len(open) > 0 && said == 0 {
			t.Errorf("seed %d: %s, %+v: nobody says %v\n%v %v", seed, h.kind, h.policy, open, h.text, h.x)
		}
		if said > 0 {
			count["for review"]++
		}
		count["tables"]++
	}
	t.Log(count)
	if count["forms met"] == 0 || count["asked sum"] == 0 || count["asked alone"] == 0 {
		t.Error("not everything was asked")
	}
	if 10*count["for review"] > count["tables"] {
		t.Error("more than one table in ten is left to a reviewer")
	}
}

// openForms lists the sums that fail and in which no witness differs.
func (h *hiddenCase) openForms(g *Tables, pattern *Pattern, count map[string]int) (open []string) {
	table := g.list[0]
	type hiddenCell struct {
		mask uint16
		id   int32
		name string
	}
	var hidden []hiddenCell
	var known []uint16 // what is hidden under published totals
	for c := range table.n {
		at := table.coordinates(c)
		if pattern.status[table.id[c]].Hidden() {
			hidden = append(hidden, hiddenCell{cellMask(at[0], at[1]), table.id[c], fmt.Sprint(at)})
		}
	}
	// differs reports whether a witness differs in a sum of cells.
	differs := func(cells []hiddenCell) bool {
		return slices.ContainsFunc(pattern.witnesses, func(w Witness) bool {
			sum := int64(0)
			for _, c := range cells {
				sum += w.at(c.id)
			}
			return sum != 0
		})
	}
	fails := func(mask uint16) bool {
		in := h.rowsOf(mask)
		return len(in) > 0 && !h.passes(in)
	}
	ask := func(kind string, cells []hiddenCell, mask uint16) {
		if !fails(mask) {
			return
		}
		count["asked "+kind]++
		if !differs(cells) {
			open = append(open, fmt.Sprintf("%s %v", kind, cells))
		}
	}
	table.relations(func(_, total int, parts []int) {
		if pattern.status[table.id[total]].Hidden() {
			return
		}
		mask := uint16(0)
		for _, c := range parts {
			if pattern.status[table.id[c]].Hidden() {
				at := table.coordinates(c)
				mask |= cellMask(at[0], at[1])
			}
		}
		if mask != 0 {
			known = append(known, mask)
		}
	})
	var choose func(kind string, from, have []hiddenCell, mask uint16, most int)
	choose = func(kind string, from, have []hiddenCell, mask uint16, most int) {
		// What is hidden of a published total is the matter of other tests.
		if len(have) > 1 && !slices.Contains(known, mask) {
			ask(kind, have, mask)
		}
		if len(have) == most {
			return
		}
		for i, x := range from {
			if x.mask&mask == 0 {
				choose(kind, from[i+1:], append(slices.Clone(have), x), mask|x.mask, most)
			}
		}
	}
	choose("sum", hidden, nil, 0, 3)
	of := map[string][]hiddenCell{}
	for _, x := range hidden {
		if u := h.alone(h.rowsOf(x.mask)); u != "" {
			of[u] = append(of[u], x)
		}
	}
	for _, list := range of {
		choose("alone", list, nil, 0, len(list))
	}
	for _, outer := range known {
		for _, inner := range known {
			if d := outer &^ inner; outer&inner == inner && d != 0 && !slices.Contains(known, d) && fails(d) {
				count["asked difference"]++
				open = append(open, fmt.Sprintf("difference %012b - %012b", outer, inner))
			}
		}
	}
	return open
}

// TestThreeAndFour: 3 and 4 in one row of 5 x 4 counts are 7 together, of at least 10. The
// table stays publishable: a third cell of the row is hidden, and one in each of the columns.
func TestThreeAndFour(t *testing.T) {
	r := &rows{names: []string{"a", "b"}}
	for i, row := range [][]int{{3, 4, 20, 31}, {24, 15, 17, 40}, {51, 33, 28, 19}, {12, 45, 60, 22}, {30, 21, 14, 37}} {
		for k, n := range row {
			for range n {
				r.add(0, fmt.Sprint("r", i), fmt.Sprint("c", k))
			}
		}
	}
	p := onlyRules()
	p.MinContributors = sdc.MinContributors{Min: 10}
	for _, rounds := range []int{0, 8} {
		g := build(t, r.check(t, p, nil, sdc.Output{Name: "t", Kind: sdc.Frequency, By: []string{"a", "b"}}), p, BuildOptions{Cost: CostUnity})[0]
		pattern, remarks, err := g.Protect(context.Background(), Options{Threads: 1, Rounds: rounds, Seed: 1})
		if err != nil || len(remarks) > 0 {
			t.Fatal(err, remarks)
		}
		hidden := 0
		for _, is := range pattern.Hidden() {
			if is {
				hidden++
			}
		}
		if hidden != 6 {
			t.Errorf("%d rounds: %d cells are hidden", rounds, hidden)
		}
	}
}

// TestLift: witnesses of a problem are those of the same with sums and differences of cells.
func TestLift(t *testing.T) {
	p := line(t, Attacker{}, Primary, 18, 5, 6, 7)
	forms := []form{{plus: []int32{1, 2}}, {plus: []int32{0}, minus: []int32{3}, level: Level{Upper: 1}}}
	q, at, err := p.with(forms, []int32{2})
	if err != nil {
		t.Fatal(err)
	}
	n := len(p.cells)
	if !slices.Equal(at, []int32{int32(n), int32(n) + 2}) || q.cells[at[1]].Level.Upper != 1 || q.cells[2].Status != Primary {
		t.Fatalf("%v, %+v", at, q.cells)
	}
	w := Witness{Cells: []int32{0, 1, 3}, Delta: []int64{5, 2, 3}, Den: 2}
	got := lift([]Witness{w}, forms, at)[0]
	check := newChecker(q)
	if !check.check(&got, func(int32) bool { return true }) || got.at(at[0]) != 2 || got.at(at[1]) != 2 || len(w.Cells) != 3 {
		t.Errorf("%+v of %+v", got, w)
	}
}
