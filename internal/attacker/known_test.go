package attacker

import (
	"fmt"
	"slices"
	"strings"
	"testing"
)

// TestFurtherKnowledge: releases that tell nothing to who knows sums alone, and a contributor
// to who knows more. Each is attacked with the knowledge and without.
func TestFurtherKnowledge(t *testing.T) {
	counties := slices.Concat(many(0, 2, "A,K", 0), many(10, 9, "B,K", 0), many(20, 4, "C,L", 0), many(30, 9, "D,L", 0))
	sums := func() *Case {
		c := one(0, Policy{Min: 3, Interval: 20}, 1, slices.Concat(many(0, 2, "A", 50), many(10, 9, "B", 40), many(20, 8, "C", 30))...)
		c.Data.Responses = []string{"x", "y", "z"}
		for i := range c.Data.Rows {
			r := &c.Data.Rows[i]
			r.X = []int64{r.X[0], 7, r.X[0] + 7}
		}
		c.Outputs = append(c.Outputs, Output{Name: "y", By: []int{0}, Response: 1}, Output{Name: "z", By: []int{0}, Response: 2})
		return c
	}
	bounds := func() *Case {
		c := one(0, Policy{Min: 3, Interval: 20}, 1, slices.Concat(many(0, 2, "A", 20), many(10, 3, "B", 20), many(20, 8, "C", 10))...)
		c.Outputs = append(c.Outputs, Output{Name: "n", By: []int{0}, Response: Count})
		return c
	}
	for _, tc := range []struct {
		name   string
		c      func() *Case
		known  func(c *Case)
		hidden [][]string
		found  string
	}{
		{"a column fixes another", func() *Case {
			c := one(Count, Policy{Min: 3}, 2, counties...)
			c.Data.Independent = [][2]int{{0, 1}}
			return c
		}, func(c *Case) { c.Data.Independent = nil },
			[][]string{{"A,K", "A,L", "C,K", "C,L"}}, "value"},
		{"the third response is the sum of two", sums, func(c *Case) { c.Data.Relation = true },
			[][]string{{"A", "B"}, {}, {"A", "C"}}, "value"},
		{"all have at least 20", bounds, func(c *Case) { c.Data.Bounds = [][2]int64{{20, 20}} }, [][]string{{"A", "B"}, {}}, "value"},
		{"none has more than 21", bounds, func(c *Case) { c.Data.Bounds = [][2]int64{{0, 21}} }, [][]string{{"A", "B"}, {}}, "value"},
	} {
		for _, knows := range []bool{false, true} {
			t.Run(fmt.Sprint(tc.name, ", known: ", knows), func(t *testing.T) {
				c := tc.c()
				if knows {
					tc.known(c)
				}
				var released []Released
				for k := range c.Outputs {
					one := *c
					one.Outputs = c.Outputs[k : k+1]
					released = append(released, release(&one, tc.hidden[k]...)[0])
				}
				found, err := Attack(c, released)
				if err != nil {
					t.Fatal(err)
				}
				is := slices.ContainsFunc(found, func(f Finding) bool { return f.Kind == tc.found && strings.Contains(f.Cell, "A") })
				if is != knows {
					t.Errorf("found %v", found)
				}
			})
		}
	}
}

// TestFew: sums of codes that show that few records have another code than the least, or than
// the greatest: the examples of docs/rules.md, and their boundaries.
func TestFew(t *testing.T) {
	for _, tc := range []struct {
		codes      []int64
		n          int
		sum, least int64
		want       bool
	}{
		{[]int64{1, 2, 9}, 15, 17, 3, true},   // two rows with 2
		{[]int64{1, 2, 9}, 15, 18, 3, false},  // three rows with 2
		{[]int64{1, 2, 9}, 15, 24, 10, true},  // nine rows with 2, or fewer
		{[]int64{1, 2, 9}, 15, 25, 10, false}, // ten rows with 2
		{[]int64{1, 2, 9}, 15, 15, 3, false},  // nobody
		{[]int64{1, 2}, 12, 22, 3, true},      // two rows with 1
		{[]int64{1, 2}, 12, 21, 3, false},
		{[]int64{1, 2}, 12, 24, 3, false},
	} {
		t.Run(fmt.Sprint(tc.codes, tc.n, tc.sum, tc.least), func(t *testing.T) {
			if got := few(tc.codes, tc.n, tc.sum, tc.least); got != tc.want {
				t.Errorf("few is %v", got)
			}
		})
	}
}
