package hide

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"testing"
)

// The tables and outcomes of the vignettes of GaussSuppression 1.2.3 (Langsrud and
// Lupp, Statistics Norway; "Small count frequency table suppression" and "Magnitude
// table suppression"), of which the numbers are facts. Its cost of a cell is its value.
//
// Theirs protects against sums and differences; ours against bounds and whole numbers
// too, so that no more cost is more than it seems.

// codeList makes a code tree of codes below the total, or "parent>code" below an
// earlier one.
func codeList(name string, codes ...string) CodeList {
	l := CodeList{Name: name, Codes: []string{""}, Parents: []int{-1}}
	for _, c := range codes {
		parent := 0
		if up, code, ok := strings.Cut(c, ">"); ok {
			parent, c = slices.Index(l.Codes, up), code
		}
		l.Codes, l.Parents = append(l.Codes, c), append(l.Parents, parent)
	}
	return l
}

// vignette is a table of two variables with named cells, "*" for totals.
type vignette struct {
	p  *Problem
	at map[string]int
}

func newVignette(t *testing.T, rows, cols CodeList, a Attacker, inner map[string]int64, primary, published []string, owners map[string]int32) vignette {
	t.Helper()
	l, err := newLayout([]CodeList{rows, cols})
	if err != nil {
		t.Fatal(err)
	}
	v := vignette{at: map[string]int{}}
	x := make([]int64, l.n)
	for cell := range l.n {
		name := strings.Join(l.coordinates(cell), " ")
		v.at[name] = cell
		x[cell] = inner[name]
	}
	if err := l.rollUp(x); err != nil {
		t.Fatal(err)
	}
	cells := make([]Cell, l.n)
	for name, cell := range v.at {
		c := Cell{Value: x[cell], Cost: max(1, x[cell]), Owner: owners[name]}
		switch {
		case slices.Contains(primary, name):
			c.Status = Primary
		case slices.Contains(published, name):
			c.Status = Protected
		}
		cells[cell] = c
	}
	if v.p, err = New(cells, unionRelations([]*layout{l}, [][]int32{sequence(l.n)}), a); err != nil {
		t.Fatal(err)
	}
	return v
}

func sequence(n int) []int32 {
	out := make([]int32, n)
	for i := range out {
		out[i] = int32(i)
	}
	return out
}

func (v vignette) list(names string) (cells []int) {
	for _, name := range strings.Split(names, ", ") {
		cells = append(cells, v.at[name])
	}
	return cells
}

func TestGaussSuppressionVignettes(t *testing.T) {
	flat := codeList("geo", "Iceland", "Portugal", "Spain")
	eu := codeList("geo", "EU", "nonEU", "EU>Portugal", "EU>Spain", "nonEU>Iceland")
	age := codeList("age", "old", "young")
	a := map[string]int64{"young Spain": 5, "young Iceland": 2, "young Portugal": 0, "old Spain": 6, "old Iceland": 3, "old Portugal": 4}
	b := map[string]int64{"young Spain": 5, "young Iceland": 0, "young Portugal": 0, "old Spain": 6, "old Iceland": 3, "old Portugal": 4}
	sector := codeList("sector4", "Agriculture", "Entertainment", "Governmental", "Industry")
	sales := map[string]int64{ // in tenths
		"Agriculture Portugal": 1004, "Agriculture Spain": 1398, "Entertainment Iceland": 168, "Entertainment Portugal": 94,
		"Entertainment Spain": 1053, "Governmental Portugal": 236, "Governmental Spain": 92, "Industry Iceland": 203,
		"Industry Portugal": 291, "Industry Spain": 84,
	}
	none := []string{"Agriculture Iceland", "Governmental Iceland"} // nobody is in them
	whole, sums := Attacker{Whole: true}, Attacker{}
	alone := map[string]int32{"Entertainment Iceland": 1, "Industry Spain": 2}
	for _, c := range []struct {
		name               string
		geo                CodeList
		rows               CodeList
		a                  Attacker
		inner              map[string]int64
		primary, published []string
		owners             map[string]int32
		theirs             string // what they hide besides
		cost               int64
	}{
		{"small counts, table 1", flat, age, whole, a, []string{"young Portugal"}, nil, nil,
			"old Iceland, old Portugal, young Iceland", 9},
		{"small counts, table 2", eu, age, whole, a, []string{"young nonEU", "young Iceland", "young Portugal"}, nil, nil,
			"old EU, old nonEU, old Iceland, old Portugal, young EU", 25},
		{"small counts, table 4", eu, age, whole, a,
			[]string{"* Portugal", "old nonEU", "old Iceland", "old Portugal", "young nonEU", "young Iceland"}, []string{"young Portugal"}, nil,
			"* Spain, old EU, young EU, young Spain", 31},
		{"small counts, table 5", eu, age, whole, a, []string{"old nonEU", "old Iceland", "young nonEU", "young Iceland"}, nil, nil,
			"old EU, old Portugal, young EU, young Portugal", 20},
		{"small counts, table 6", eu, age, whole, b, []string{"young Portugal"}, []string{"young nonEU", "young Iceland"}, nil,
			"old Portugal, old Spain, young Spain", 15},
		{"small counts, table 7", eu, age, whole, b, []string{"young nonEU", "young Iceland", "young Portugal"}, nil, nil,
			"old EU, old nonEU, old Iceland, old Portugal, old Spain, young EU, young Spain", 36},
		{"magnitudes, table 2", flat, sector, sums, sales, []string{"Entertainment Iceland", "Industry Spain"}, none, alone,
			"Entertainment Portugal, Governmental Portugal, Governmental Spain, Industry Iceland, Industry Portugal", 916},
		{"magnitudes, table 3", flat, sector, sums, sales,
			[]string{"Entertainment Iceland", "Governmental Portugal", "Industry Portugal", "Industry Spain"}, none, alone,
			"Entertainment Portugal, Governmental *, Governmental Spain, Industry *, Industry Iceland", 1295},
	} {
		t.Run(c.name, func(t *testing.T) {
			v := newVignette(t, c.rows, c.geo, c.a, c.inner, c.primary, c.published, c.owners)
			cost := int64(0)
			for _, i := range v.list(c.theirs) {
				cost += v.p.cost(i)
			}
			if cost != c.cost {
				t.Errorf("%s: theirs costs %d, typed in as %d", c.name, cost, c.cost)
			}
			x, err := Protect(context.Background(), v.p, Options{Rounds: 20})
			if err != nil {
				t.Errorf("%s: %v", c.name, err)
				return
			}
			if x.cost > c.cost {
				t.Errorf("%s: cost %d, theirs %d", c.name, x.cost, c.cost)
			}
			t.Logf("%s: cost %d, theirs %d", c.name, x.cost, c.cost)
			by := newAttackers(v.p, x.Hidden())
			for i, cell := range v.p.cells {
				if cell.Status != Primary {
					continue
				}
				for _, o := range append(insiders(v.p, x.Hidden(), i), 0) {
					if k, bad, ok := by.broken(i, o); !ok {
						t.Errorf("%s: too large for brute force", c.name)
					} else if bad {
						t.Errorf("%s: kind %d is known too closely to owner %d", c.name, k, o)
					}
				}
			}
		})
	}
}

// TestGaussSuppressionIntervals is table 9 of the vignette on small counts: with four
// cells hidden the intervals of the primary ones are [0,4], which is too narrow for a
// range of 5; with Spain they are [0,13] and [0,12].
func TestGaussSuppressionIntervals(t *testing.T) {
	inner := map[string]int64{"young Iceland": 3, "young Portugal": 1, "young Spain": 17, "old Iceland": 10, "old Portugal": 11, "old Spain": 17}
	v := newVignette(t, codeList("age", "old", "young"), codeList("geo", "Iceland", "Portugal", "Spain"), Attacker{Whole: true}, inner,
		[]string{"young Iceland", "young Portugal"}, nil, nil)
	four := v.list("young Iceland, young Portugal, old Iceland, old Portugal")
	for _, c := range []struct {
		hide   []int
		cell   string
		lo, hi int64
	}{
		{four, "young Iceland", 0, 4}, {four, "young Portugal", 0, 4},
		{append(four, v.list("old Spain, young Spain")...), "young Iceland", 0, 13},
		{append(four, v.list("old Spain, young Spain")...), "young Portugal", 0, 12},
	} {
		t.Run(fmt.Sprint("hide ", c.hide), func(t *testing.T) {
			if lo, hi := interval(t, v.p, c.hide, v.at[c.cell]); lo != c.lo || hi != c.hi {
				t.Errorf("%s with %d hidden: [%d,%d], want [%d,%d]", c.cell, len(c.hide), lo, hi, c.lo, c.hi)
			}
		})
	}
	for _, name := range []string{"young Iceland", "young Portugal"} {
		v.p.cells[v.at[name]].Level.Sliding = 5
	}
	x, err := Protect(context.Background(), v.p, Options{Rounds: 20})
	if err != nil || x.cost > 10+11+17+17 {
		t.Errorf("cost %d, %v; theirs 55", x.cost, err)
	}
}
