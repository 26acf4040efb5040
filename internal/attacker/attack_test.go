package attacker

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
)

// one makes a case of one variable, or of several: codes are separated by commas, and each
// line is "who codes x".
func one(kind int, policy Policy, by int, lines ...string) *Case {
	c := &Case{Policy: policy, Data: Data{Responses: []string{"x"}}}
	for v := range by {
		c.Data.Vars = append(c.Data.Vars, Variable{Name: string(rune('a' + v)), Parent: map[string]string{}})
	}
	for _, line := range lines {
		var who, codes string
		var x int64
		if _, err := fmt.Sscan(line, &who, &codes, &x); err != nil {
			panic(err)
		}
		r := Row{Who: who, Codes: strings.Split(codes, ","), X: []int64{x}, Weight: 1}
		for v, code := range r.Codes {
			if leaves := &c.Data.Vars[v].Leaves; !slices.Contains(*leaves, code) {
				*leaves = append(*leaves, code)
			}
		}
		c.Data.Rows = append(c.Data.Rows, r)
	}
	o := Output{Name: "t", Response: kind}
	for v := range by {
		o.By = append(o.By, v)
	}
	c.Outputs = []Output{o}
	return c
}

// many is n persons with the same codes and amount.
func many(from, n int, codes string, x int) (lines []string) {
	for i := range n {
		lines = append(lines, fmt.Sprintf("p%d %s %d", from+i, codes, x))
	}
	return lines
}

// release publishes all true values except those of the hidden cells.
func release(c *Case, hidden ...string) []Released {
	empty := make([]Released, len(c.Outputs))
	w := newWorld(c, empty)
	for i := range w.cells {
		x := &w.cells[i]
		if empty[x.output] == nil {
			empty[x.output] = Released{}
		}
		e := c.gather(w.atomOf, x.set, c.Outputs[x.output].Response)
		v := Value{X: e.value, Shown: true}
		if slices.Contains(hidden, key(x.codes)) {
			v = Value{}
		}
		empty[x.output][key(x.codes)] = v
	}
	return empty
}

// TestKnownLeaks: releases that were once called safe and disclosed a contributor, and
// similar releases that did not.
func TestKnownLeaks(t *testing.T) {
	few := Policy{Min: 3}
	codes := slices.Concat(many(0, 1, "A", 0), many(1, 1, "B", 0), many(2, 1, "E", 0), many(3, 20, "C", 0), many(30, 30, "D", 0))
	company := slices.Concat([]string{"h A 1000", "h B 1000"}, many(0, 20, "C", 100), many(20, 20, "D", 200))
	sensitive := func(c *Case) *Case { c.Outputs[0].Sensitive = []int{1}; return c }
	sick := slices.Concat(many(0, 5, "R,sick", 0), many(5, 40, "S,sick", 0), many(50, 45, "S,healthy", 0))
	grid := func(a, b, c, d int) []string {
		return slices.Concat(many(0, a, "A,K", 0), many(20, b, "A,L", 0), many(40, c, "B,K", 0), many(60, d, "B,L", 0))
	}
	square := []string{"A,K", "A,L", "B,K", "B,L"}
	for _, c := range []struct {
		name   string
		c      *Case
		hidden []string
		kinds  string
	}{
		{"an unsafe cell is published", one(Count, few, 1, codes...), nil, "published"},
		{"one hidden cell in a line", one(Count, few, 1, slices.Concat(many(0, 2, "A", 0), many(5, 9, "B", 0))...), []string{"A"}, "value value-insider"},
		{"three codes that occur sum to three", one(Count, few, 1, codes...), []string{"A", "B", "E"}, "sum value value-insider"},
		{"a fourth hidden beside them", one(Count, few, 1, codes...), []string{"A", "B", "E", "C"}, ""},
		{"two cells of one company are all that is hidden", one(0, Policy{Min: 3, Interval: 20, NK: [2]int64{1, 50}}, 1, company...), []string{"A", "B"}, "rest"},
		{"all cells of the table", one(0, Policy{Min: 3, Interval: 20, NK: [2]int64{1, 50}}, 1, company...), []string{"A", "B", "C", "D"}, ""},
		{"hidden persons together below Min", one(Count, few, 1, slices.Concat(many(0, 1, "A", 0), many(1, 1, "B", 0), many(2, 9, "C", 0))...), []string{"A", "B"}, "rest value value-insider"},
		{"the complement is a published zero", sensitive(one(Count, Policy{Min: 3, Group: 90}, 2, sick...)), []string{"R,sick", "S,sick", "R,*", "S,*"}, "share share-insider"},
		{"the complement is hidden too", sensitive(one(Count, Policy{Min: 3, Group: 90}, 2, sick...)), []string{"R,sick", "S,sick", "R,healthy", "S,healthy"}, ""},
		{"a square of hidden cells", one(Count, few, 2, grid(2, 5, 6, 7)...), square, ""},
		{"a square of two who know their own cell", one(Count, Policy{Min: 2}, 2, grid(1, 3, 4, 1)...), square, "value-insider"},
		{"an amount of few within a tenth", one(0, Policy{Min: 3, Interval: 20}, 1, slices.Concat(many(0, 2, "A", 500), many(9, 3, "B", 20), many(15, 3, "C", 300))...), []string{"A", "B"}, "value value-insider"},
		{"whoever has most of the secondary cell", one(0, Policy{NK: [2]int64{1, 70}}, 1, slices.Concat([]string{"p A 500", "q A 3", "r B 400", "s B 180"}, many(0, 20, "C", 100))...), []string{"A", "B"}, "value-insider"},
	} {
		t.Run(c.name, func(t *testing.T) {
			found, err := Attack(c.c, release(c.c, c.hidden...))
			if err != nil {
				t.Fatal(err)
			}
			var kinds []string
			for _, f := range found {
				if !slices.Contains(kinds, f.Kind) {
					kinds = append(kinds, f.Kind)
				}
			}
			slices.Sort(kinds)
			if got := strings.Join(kinds, " "); got != c.kinds {
				t.Errorf("found %q, want %q: %v", got, c.kinds, found)
			}
		})
	}
}

// TestPolytopeByEnumeration: bounds of forms over small tables of counts, against all tables.
func TestPolytopeByEnumeration(t *testing.T) {
	rng := rand.New(rand.NewPCG(1, 2))
	for range 300 {
		n := 2 + rng.IntN(4)
		truth := make([]int64, n)
		for i := range truth {
			truth[i] = int64(rng.IntN(4))
		}
		all := slices.Repeat([]int64{1}, n)
		facts := []rowOf{{coef: all, rhs: dot(all, truth)}}
		for range rng.IntN(4) {
			coef := make([]int64, n)
			for i := range coef {
				coef[i] = int64(rng.IntN(3) - rng.IntN(2))
			}
			x := dot(coef, truth)
			if least := rng.IntN(3) == 0; least {
				facts = append(facts, rowOf{coef: coef, rhs: x - int64(rng.IntN(2)), least: true})
			} else {
				facts = append(facts, rowOf{coef: coef, rhs: x})
			}
		}
		form := make([]int64, n)
		for i := range form {
			form[i] = int64(rng.IntN(5) - 2)
		}
		most, found := int64(0), false
		table := make([]int64, n)
		var try func(i int, left int64)
		try = func(i int, left int64) {
			if i == n {
				for _, f := range facts {
					if x := dot(f.coef, table); x < f.rhs || !f.least && x > f.rhs {
						return
					}
				}
				if x := dot(form, table); !found || x > most {
					most, found = x, true
				}
				return
			}
			for x := range left + 1 {
				table[i] = x
				try(i+1, left-x)
			}
		}
		try(0, facts[0].rhs)
		got := newPolytope(n, facts, true).most(form, nil)
		if got.empty == found || found && got.value != whole(most) {
			t.Fatalf("facts %v form %v: %v, want %d (%v)", facts, form, got, most, found)
		}
	}
}
