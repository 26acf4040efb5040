package hide

import "testing"

// TestCheckWitness spoils a sound witness in one place at a time. What is not sound must not
// be taken: a pattern is proven by witnesses alone.
func TestCheckWitness(t *testing.T) {
	// Two lines of two cells, each with its total, and the sum of both lines.
	//
	//	  5   3 |  8
	//	  4   6 | 10
	//	---------+---
	//	  9   9 | 18
	cells := []Cell{{Value: 5}, {Value: 3}, {Value: 8}, {Value: 4}, {Value: 6}, {Value: 10}, {Value: 9}, {Value: 9}, {Value: 18}}
	relations := []Relation{
		{Total: 2, Parts: []int{0, 1}}, {Total: 5, Parts: []int{3, 4}},
		{Total: 6, Parts: []int{0, 3}}, {Total: 7, Parts: []int{1, 4}},
		{Total: 8, Parts: []int{2, 5}}, {Total: 8, Parts: []int{6, 7}},
	}
	inner := []int32{0, 1, 3, 4}
	whole := Attacker{Whole: true, Upper: 8}
	for _, tc := range []struct {
		name     string
		attacker Attacker
		w        Witness
		fixed    int32 // a cell that may not change; -1 for none
		want     bool
	}{
		{"one up and down", whole, Witness{inner, []int64{1, -1, -1, 1}, 1}, -1, true},
		{"nothing changes", whole, Witness{nil, nil, 1}, -1, true},
		{"no denominator", whole, Witness{inner, []int64{1, -1, -1, 1}, 0}, -1, false},
		{"negative denominator", whole, Witness{inner, []int64{1, -1, -1, 1}, -1}, -1, false},
		{"halves where values are whole", whole, Witness{inner, []int64{1, -1, -1, 1}, 2}, -1, false},
		{"no denominator, fractions", Attacker{}, Witness{inner, []int64{1, -1, -1, 1}, 0}, -1, false},
		{"negative denominator, fractions", Attacker{}, Witness{inner, []int64{1, -1, -1, 1}, -1}, -1, false},
		{"halves", Attacker{}, Witness{inner, []int64{1, -1, -1, 1}, 2}, -1, true},
		{"finest denominator", Attacker{}, Witness{inner, []int64{1, -1, -1, 1}, finest}, -1, true},
		{"finer than that", Attacker{}, Witness{inner, []int64{1, -1, -1, 1}, finest + 1}, -1, false},
		{"fewer changes than cells", whole, Witness{inner, []int64{1, -1, -1}, 1}, -1, false},
		{"more changes than cells", whole, Witness{inner[:3], []int64{1, -1, -1, 1}, 1}, -1, false},
		{"a cell twice", whole, Witness{[]int32{0, 0, 1, 3, 4}, []int64{2, -1, -1, -1, 1}, 1}, -1, false},
		{"cells do not rise", whole, Witness{[]int32{1, 0, 3, 4}, []int64{-1, 1, -1, 1}, 1}, -1, false},
		{"a change of nothing", whole, Witness{[]int32{0, 1, 2, 3, 4}, []int64{1, -1, 0, -1, 1}, 1}, -1, false},
		{"down to nothing", whole, Witness{inner, []int64{3, -3, -3, 3}, 1}, -1, false}, // 6 + 3 is above 8
		{"down to nothing, no most", Attacker{Whole: true}, Witness{inner, []int64{3, -3, -3, 3}, 1}, -1, true},
		{"below nothing", Attacker{Whole: true}, Witness{inner, []int64{4, -4, -4, 4}, 1}, -1, false},
		{"up to the most", whole, Witness{inner, []int64{2, -2, -2, 2}, 1}, -1, true},
		{"halves, up to the most", Attacker{Upper: 8}, Witness{inner, []int64{4, -4, -4, 4}, 2}, -1, true},
		{"halves, above the most", Attacker{Upper: 8}, Witness{inner, []int64{5, -5, -5, 5}, 2}, -1, false},
		{"halves, down to nothing", Attacker{}, Witness{inner, []int64{6, -6, -6, 6}, 2}, -1, true},
		{"halves, below nothing", Attacker{}, Witness{inner, []int64{7, -7, -7, 7}, 2}, -1, false},
		{"a cell that may not change", whole, Witness{inner, []int64{1, -1, -1, 1}, 1}, 3, false},
		{"no denominator, values may be negative", Attacker{Negative: true}, Witness{inner, []int64{1, -1, -1, 1}, 0}, -1, false},
		{"a negative one, values may be negative", Attacker{Negative: true}, Witness{inner, []int64{1, -1, -1, 1}, -1}, -1, false},
		{"values may be negative", Attacker{Negative: true}, Witness{inner, []int64{9, -9, -9, 9}, 1}, -1, true},
		{"one cell more", whole, Witness{inner[:1], []int64{1}, 1}, -1, false},
		{"one cell less", whole, Witness{inner[:1], []int64{-1}, 1}, -1, false},
		{"a total too small", whole, Witness{[]int32{0, 3}, []int64{1, -1}, 1}, -1, false},
		{"a total too large", whole, Witness{[]int32{0, 3}, []int64{-1, 1}, 1}, -1, false},
		{"totals change too", Attacker{Whole: true}, Witness{[]int32{0, 2, 3, 5}, []int64{1, 1, -1, -1}, 1}, -1, true},
		{"a total changes the other way", Attacker{Whole: true}, Witness{[]int32{0, 2, 3, 5}, []int64{1, -1, -1, 1}, 1}, -1, false},
	} {
		t.Run(tc.name, func(t *testing.T) {
			p, err := New(cells, relations, Attacker{Whole: tc.attacker.Whole, Negative: tc.attacker.Negative})
			if err != nil {
				t.Fatal(err)
			}
			p.attacker = tc.attacker // 18 and 10 are above the most of hidden cells, and not hidden
			if m := tc.attacker.Upper; m > 0 {
				for _, k := range inner {
					p.up[k] = m - cells[k].Value
				}
			}
			c := newChecker(p)
			may := func(cell int32) bool { return cell != tc.fixed }
			w := tc.w
			for range 2 { // what a first call leaves behind must not matter
				if got := c.check(&w, may); got != tc.want {
					t.Fatalf("got %v, want %v", got, tc.want)
				}
			}
			if sound := (Witness{inner, []int64{1, -1, -1, 1}, 1}); !c.check(&sound, func(int32) bool { return true }) {
				t.Error("a sound witness is refused after it")
			}
		})
	}
}
