package hide

import (
	"fmt"
	"math/rand/v2"
	"slices"
)

// drawn says what kind of problem was drawn.
type drawn struct {
	vars, linked       int // variables, and tables
	hierarchies, whole bool
	zeros, alone       bool      // cells of 0, and cells of one contributor
	several            bool      // of whom one is alone in cells not within each other
	parts              bool      // cells of which somebody has a part
	shares             bool      // of whom some are known by number
	people             [][]int64 // what every contributor has in each cell, where they were drawn
}

// small makes a random small problem: a table of one to three variables, some
// with a level in between, or two or three linked ones, of counts or of amounts.
func small(rng *rand.Rand) *Problem {
	p, _ := draw(rng)
	return p
}

func draw(rng *rand.Rand) (*Problem, drawn) {
	var d drawn
	var trees [][]int // parents
	d.vars, d.linked = 1+rng.IntN(3), 1
	for range d.vars {
		leaves := 2 + rng.IntN(4-d.vars)
		if d.vars == 1 {
			leaves = 2 + rng.IntN(4)
		}
		tree := []int{-1}
		if rng.IntN(4) == 0 && d.vars < 3 {
			tree = append(tree, 0, 0, 1, 1) // total, two groups, one of them split
			d.hierarchies = true
		} else {
			for range leaves {
				tree = append(tree, 0)
			}
		}
		trees = append(trees, tree)
	}
	if d.vars == 3 {
		d.linked = 1 + rng.IntN(3)
	}
	d.whole = rng.IntN(3) > 0
	most := []int64{2, 3, 5, 8}[rng.IntN(4)]
	if !d.whole {
		most = 30
	}
	cells, rels, code := cube(trees, func() int64 {
		if rng.IntN(10) < 3 {
			return 0
		}
		return rng.Int64N(most + 1)
	})
	in := func(i int) bool { return true }
	switch d.linked {
	case 2: // variables 0 and 1, and 0 and 2, but not 1 and 2 together
		in = func(i int) bool { c := code(i); return c[1] == 0 || c[2] == 0 }
	case 3: // any two
		in = func(i int) bool { c := code(i); return c[0]*c[1]*c[2] == 0 }
	}
	if rng.IntN(2) == 0 {
		for _, x := range people(rng, trees, cells) {
			d.people = append(d.people, pick(x, in))
		}
	}
	cells, rels = keep(cells, rels, in)
	a := Attacker{Whole: d.whole}
	switch rng.IntN(6) {
	case 0:
		a.Within = int64(40 + rng.IntN(100))
	case 1:
		a.Negative = !d.whole
	}
	parts := d.people == nil && rng.IntN(3) == 0
	for i := range cells {
		c := &cells[i]
		c.Cost = 1 + c.Value
		switch {
		case rng.IntN(12) == 0:
			c.Status = Protected
		case c.Value == 0 && rng.IntN(3) == 0:
			c.Status = Protected
		case d.whole && c.Value > 0 && c.Value < 3, !d.whole && rng.IntN(6) == 0:
			c.Status = Primary
			if rng.IntN(3) == 0 {
				c.Level = Level{Lower: rng.Int64N(3), Upper: rng.Int64N(4), Sliding: rng.Int64N(5)}
			}
		case d.people != nil && c.Value > 0 && rng.IntN(8) == 0:
			c.Status, c.Level = Primary, Level{Lower: 1 + rng.Int64N(c.Value), Upper: rng.Int64N(4)}
		case rng.IntN(15) == 0:
			c.Status = Withheld
		}
		d.zeros = d.zeros || c.Value == 0
		if !d.whole && d.people == nil && rng.IntN(8) == 0 {
			c.Owner = 1 + int32(rng.IntN(3))
			d.several = true
		}
		if c.Value > 0 && parts {
			statements(rng, c)
			d.parts = d.parts || c.Part > 0
			d.shares = d.shares || c.Shares != nil
		}
	}
	switch {
	case d.people != nil:
		d.tell(rng, cells)
	case d.whole:
		alone(cells, rels)
		if rng.IntN(3) == 0 { // one who has several records
			d.several = true
			for i, k := range rng.Perm(len(cells)) {
				if c := &cells[k]; c.Owner != 0 && i < len(cells)/2 {
					c.Owner = int32(len(cells)) + 1
				}
			}
		}
	}
	for _, c := range cells {
		d.alone = d.alone || c.Owner != 0
	}
	d.several = d.several && d.alone
	if d.people == nil && d.whole {
		for i := range cells {
			if c := &cells[i]; c.Owner != 0 {
				c.Shares, c.Part = nil, 0
			}
		}
	}
	p, err := New(cells, rels, a)
	if err != nil {
		panic(fmt.Sprint("a small problem is not well defined: ", err))
	}
	if d.linked == 1 {
		p.grid = gridOf(trees)
	}
	return p, d
}

// statements draws what is said of contributors to a cell, whatever is said of others.
func statements(rng *rand.Rand, c *Cell) {
	if rng.IntN(2) == 0 {
		c.Part = 1 + rng.Int64N(c.Value)
	}
	if c.Owner != 0 || rng.IntN(2) == 0 {
		return
	}
	for o := range int32(4) {
		if rng.IntN(3) > 0 {
			continue
		}
		s := Share{Owner: o, Most: 1 + rng.Int64N(c.Value)}
		s.Least = max(0, s.Most-rng.Int64N(2))
		c.Shares = append(c.Shares, s)
	}
}

// people draws who contributes what to each cell of a table.
func people(rng *rand.Rand, trees [][]int, cells []Cell) [][]int64 {
	out := make([][]int64, 1+rng.IntN(6))
	leaf := make([][]int64, len(out)) // what each has in the inner cells
	again := rng.IntN(2) == 0         // one has most of many cells
	inner := func(i int) bool {
		for v := len(trees) - 1; v >= 0; v-- {
			if slices.Contains(trees[v], i%len(trees[v])) {
				return false
			}
			i /= len(trees[v])
		}
		return true
	}
	for i, c := range cells {
		if !inner(i) {
			continue
		}
		for q := range out {
			leaf[q] = append(leaf[q], 0)
		}
		at := len(leaf[0]) - 1
		for left := c.Value; left > 0; {
			x := 1 + rng.Int64N(left)
			who := rng.IntN(len(out))
			if again && rng.IntN(2) == 0 {
				who = 0
			}
			leaf[who][at] += x
			left -= x
		}
	}
	for q := range out {
		his, _, _ := cube(trees, func() int64 {
			x := leaf[q][0]
			leaf[q] = leaf[q][1:]
			return x
		})
		for _, c := range his {
			out[q] = append(out[q], c.Value)
		}
	}
	return out
}

// tell says of the people who is alone in a cell and who are the largest beside others:
// some number of them, or of no cell any; and in units that theirs may be between.
func (d *drawn) tell(rng *rand.Rand, cells []Cell) {
	named, rough := rng.IntN(4), rng.IntN(3) == 0
	for i := range cells {
		c := &cells[i]
		var order []int // falling
		for q := range d.people {
			if d.people[q][i] > 0 {
				order = append(order, q)
			}
		}
		slices.SortStableFunc(order, func(a, b int) int { return int(d.people[b][i] - d.people[a][i]) })
		if len(order) < 2 {
			if len(order) == 1 {
				c.Owner = 1 + int32(order[0])
				d.several = true
			}
			continue
		}
		for k, q := range order {
			x := d.people[q][i]
			if k >= named || len(order) > named && x == d.people[order[named]][i] {
				c.Part = x // of those with as much as the first who is not listed nobody is
				break
			}
			s := Share{Owner: 1 + int32(q), Least: x, Most: x}
			if rough {
				s.Least, s.Most = x-rng.Int64N(2), min(c.Value, x+rng.Int64N(2))
			}
			c.Shares = append(c.Shares, s)
		}
		d.parts = d.parts || c.Part > 0
		d.shares = d.shares || c.Shares != nil
	}
}

// pick leaves what is of some cells.
func pick(x []int64, in func(i int) bool) (out []int64) {
	for i, v := range x {
		if in(i) {
			out = append(out, v)
		}
	}
	return out
}

// cube makes the cells and relations of a table with all totals over code trees,
// drawing the values of the inner cells. code returns the codes of a cell; those of
// totals are 0.
func cube(trees [][]int, value func() int64) (cells []Cell, rels []Relation, code func(i int) []int) {
	size := 1
	for _, t := range trees {
		size *= len(t)
	}
	code = func(i int) []int {
		out := make([]int, len(trees))
		for v := len(trees) - 1; v >= 0; v-- {
			out[v] = i % len(trees[v])
			i /= len(trees[v])
		}
		return out
	}
	index := func(code []int) int {
		i := 0
		for v, k := range code {
			i = i*len(trees[v]) + k
		}
		return i
	}
	cells = make([]Cell, size)
	for i := range cells {
		finest := true
		for v, k := range code(i) {
			finest = finest && !slices.Contains(trees[v], k)
		}
		if finest {
			cells[i].Value = value()
		}
	}
	for v, t := range trees {
		for i := size - 1; i >= 0; i-- {
			c := code(i)
			if q := t[c[v]]; q >= 0 {
				c[v] = q
				cells[index(c)].Value += cells[i].Value
			}
		}
		for i := range cells {
			c := code(i)
			k := c[v]
			rel := Relation{Total: i}
			for q, parent := range t {
				if parent == k {
					c[v] = q
					rel.Parts = append(rel.Parts, index(c))
				}
			}
			if rel.Parts != nil {
				rels = append(rels, rel)
			}
		}
	}
	return cells, rels, code
}

// gridOf is the layout of a table over code trees.
func gridOf(trees [][]int) *layout {
	var vars []CodeList
	for v, parents := range trees {
		list := CodeList{Name: fmt.Sprint(v), Parents: parents}
		for k := range parents {
			list.Codes = append(list.Codes, fmt.Sprint(k))
		}
		vars = append(vars, list)
	}
	l, err := newLayout(vars)
	if err != nil {
		panic(err)
	}
	return l
}

// keep leaves some cells and the relations among them.
func keep(cells []Cell, rels []Relation, in func(i int) bool) ([]Cell, []Relation) {
	number := make([]int, len(cells))
	var out []Cell
	for i, c := range cells {
		number[i] = -1
		if in(i) {
			number[i] = len(out)
			out = append(out, c)
		}
	}
	var kept []Relation
	for _, r := range rels {
		all := number[r.Total] >= 0
		parts := make([]int, len(r.Parts))
		for k, q := range r.Parts {
			parts[k] = number[q]
			all = all && number[q] >= 0
		}
		if all {
			kept = append(kept, Relation{Total: number[r.Total], Parts: parts})
		}
	}
	return out, kept
}
