package attacker

import (
	"encoding/csv"
	"fmt"
	"io"
	"slices"
	"strconv"
	"strings"
)

// Released holds the cells of a release file, by codes in the order of [Output.By].
type Released map[string]Value

// Value is one cell of a release.
type Value struct {
	X     int64
	Shown bool
}

func key(codes []string) string { return strings.Join(codes, ",") }

// ReadRelease reads NAME.release.csv: one column a variable, then value and statuses.
// Codes and values are those of a draw: without quotes, whole numbers.
func ReadRelease(r io.Reader, by int) (Released, error) {
	records, err := csv.NewReader(r).ReadAll()
	if err != nil {
		return nil, err
	}
	out := Released{}
	for _, rec := range records[1:] {
		v := Value{Shown: rec[by] != ""}
		if v.Shown {
			if v.X, err = strconv.ParseInt(rec[by], 10, 64); err != nil {
				return nil, fmt.Errorf("value of a release: %w", err)
			}
		}
		out[key(rec[:by])] = v
	}
	return out, nil
}

// cell is one cell of an output, listed in its release or not.
type cell struct {
	output int
	codes  []string
	set    set
	listed bool
	Value
}

func (w *world) name(c *cell) string {
	return w.c.Outputs[c.output].Name + "(" + key(c.codes) + ")"
}

// world is the case seen as base atoms.
type world struct {
	c        *Case
	codes    [][]string // of atoms: a leaf, or Missing, for each variable
	atomOf   []int      // of rows
	cells    []cell     // of all outputs, with totals
	released []Released
}

func newWorld(c *Case, released []Released) *world {
	w := &world{c: c, codes: [][]string{nil}, released: released}
	missing := c.missing()
	for _, v := range c.Data.Vars {
		list := v.Leaves
		if missing {
			list = append(slices.Clone(list), Missing)
		}
		var next [][]string
		for _, a := range w.codes {
			for _, code := range list {
				next = append(next, append(slices.Clone(a), code))
			}
		}
		w.codes = next
	}
	for i := range c.Data.Rows {
		w.atomOf = append(w.atomOf, slices.IndexFunc(w.codes, func(a []string) bool { return slices.Equal(a, c.Data.Rows[i].Codes) }))
	}
	for k := range c.Outputs {
		w.addCells(k)
	}
	return w
}

func (w *world) addCells(k int) {
	o := &w.c.Outputs[k]
	combos := [][]string{nil}
	for _, v := range o.By {
		var next [][]string
		for _, a := range combos {
			for _, code := range append([]string{Total}, w.c.Data.Vars[v].Codes()...) {
				next = append(next, append(slices.Clone(a), code))
			}
		}
		combos = next
	}
	for _, codes := range combos {
		x := cell{output: k, codes: codes, set: w.setOf(o.By, codes)}
		x.Value, x.listed = w.released[k][key(codes)]
		w.cells = append(w.cells, x)
	}
}

// setOf is the atoms of a cell. A row that misses a code of a variable of the output is in
// none of its cells.
func (w *world) setOf(by []int, codes []string) set {
	s := make(set, len(w.codes))
	for i, atom := range w.codes {
		s[i] = true
		for k, v := range by {
			leaf := atom[v]
			if leaf == Missing || codes[k] != Total && !w.c.Data.Vars[v].under(leaf, codes[k]) {
				s[i] = false
			}
		}
	}
	return s
}

// block holds the knowledge about one quantity: counts, or the sums of one response. Its
// variables are classes of atoms that no fact and no question distinguishes.
type block struct {
	w        *world
	response int
	cells    []*cell
	class    []int // of atoms; -1: known to be 0
	n        int
	facts    []fact
	truth    []int64
	free     bool // values may be negative
	pool     [][]fraction
	views    []*view // outsider, and contributors who know where they are alone
	weak     []*view // and contributors who do not know that
}

// fact is a sum over a set that every attacker knows exactly, or knows to be at least 1.
type fact struct {
	set   set
	form  []int64
	x     int64
	least bool
	off   int64 // x is rounded; the true value differs by at most this
}

// newBlock gathers the facts of a response. empty holds the atoms without contributors.
func (w *world) newBlock(response int, empty set, positive []set) *block {
	b := &block{w: w, response: response, free: response != Count && w.c.Data.Negative}
	for i := range w.cells {
		if w.c.Outputs[w.cells[i].output].Response == response {
			b.cells = append(b.cells, &w.cells[i])
		}
	}
	sets := []set{empty}
	for _, c := range b.cells {
		sets = append(sets, c.set)
		if c.listed && c.Shown {
			b.facts = append(b.facts, fact{set: c.set, x: c.X, off: w.c.Off})
		} else if c.listed && response == Count && w.c.PublishZeros() {
			b.facts = append(b.facts, fact{set: c.set, x: 1, least: true})
		}
	}
	if response == Count {
		for v := range w.c.Data.Vars {
			if !slices.ContainsFunc(w.c.Outputs, func(o Output) bool { return slices.Contains(o.By, v) }) {
				continue
			}
			if w.c.Data.Vars[v].Declared {
				continue
			}
			for _, code := range w.c.Data.Vars[v].Leaves {
				b.facts = append(b.facts, fact{set: w.setOf([]int{v}, []string{code}), x: 1, least: true})
			}
		}
		for _, s := range positive {
			b.facts = append(b.facts, fact{set: s, x: 1, least: true})
		}
		for _, f := range b.facts {
			sets = append(sets, f.set)
		}
	}
	index := map[string]int{}
	b.class = make([]int, len(w.codes))
	for i := range w.codes {
		var sign strings.Builder
		for _, s := range sets {
			if s[i] {
				sign.WriteByte('1')
			} else {
				sign.WriteByte('0')
			}
		}
		b.class[i] = -1
		if !empty[i] && strings.Contains(sign.String(), "1") {
			k, ok := index[sign.String()]
			if !ok {
				k = len(index)
				index[sign.String()] = k
			}
			b.class[i] = k
		}
	}
	b.n = len(index)
	for i := range b.facts {
		b.facts[i].form = b.form(b.facts[i].set)
	}
	b.truth = b.owned(func(*Row) bool { return true })
	start := make([]fraction, b.n)
	for i, x := range b.truth {
		start[i] = whole(x)
	}
	b.pool = [][]fraction{start}
	return b
}

// PublishZeros reports whether the flag is among the arguments.
func (c *Case) PublishZeros() bool { return slices.Contains(c.Args, "--publish-zeros") }

// form is a set as a linear form over the classes.
func (b *block) form(s set) []int64 {
	f := make([]int64, b.n)
	for i, in := range s {
		if in && b.class[i] >= 0 {
			f[b.class[i]] = 1
		}
	}
	return f
}

// owned returns the sum of some rows in each class.
func (b *block) owned(of func(*Row) bool) []int64 {
	out := make([]int64, b.n)
	seen := map[string]bool{} // respondents that are counted
	for i := range b.w.c.Data.Rows {
		r := &b.w.c.Data.Rows[i]
		k := b.class[b.w.atomOf[i]]
		if !of(r) || k < 0 {
			continue
		}
		x := int64(1)
		if b.response != Count {
			x = r.X[b.response]
		}
		switch {
		case b.w.c.Data.Weights:
			x *= r.Weight
		case b.response == Count && !b.w.c.Records:
			if who := fmt.Sprint(k, " ", r.Who); seen[who] {
				continue
			} else {
				seen[who] = true
			}
		}
		out[k] += x
	}
	return out
}

func dot(form []int64, x []int64) (s int64) {
	for i, f := range form {
		s += f * x[i]
	}
	return s
}

func at(form []int64, x []fraction) fraction {
	s := whole(0)
	for i, f := range form {
		if f != 0 {
			s = s.add(whole(f).mul(x[i]))
		}
	}
	return s
}
