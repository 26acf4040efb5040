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

// block holds the knowledge about one quantity: counts, or the sums of one response, or of
// responses that add up. Its variables are, of every base, classes of atoms that no fact and
// no question distinguishes.
type block struct {
	w     *world
	bases []int // the responses, or Count, whose contributions are the variables
	cells []*cell
	class []int // of atoms; -1: known to be 0
	n     int   // variables: the classes of each base
	width int   // classes
	facts []fact
	truth []int64
	free  bool // values may be negative
	pool  [][]fraction
	views []*view // outsider, and contributors who know where they are alone
	weak  []*view // and contributors who do not know that
}

// fact is a sum over a set that every attacker knows exactly, or knows to be at least x.
type fact struct {
	response int
	set      set
	form     []int64
	x        int64
	least    bool
	off      int64 // x is rounded; the true value differs by at most this
	// per is what every record of the set has at least, minus what it has at most in a fact
	// about the negated sum; 0 for other facts. x is that for all records of the set, and a
	// contributor reckons with the records of the others.
	per  int64
	most bool // of the negated sum
}

// newBlock gathers the facts of some responses. empty holds the atoms without contributors,
// and counts is what is known of counts, nil for nothing.
func (w *world) newBlock(responses []int, empty set, positive []set, counts *block) *block {
	b := &block{w: w, bases: responses, free: responses[0] != Count && w.c.Data.Negative}
	if w.c.Data.Relation && responses[0] != Count {
		b.bases = []int{0, 1}
	}
	for i := range w.cells {
		if slices.Contains(responses, w.response(&w.cells[i])) {
			b.cells = append(b.cells, &w.cells[i])
		}
	}
	sets := []set{empty}
	for _, c := range b.cells {
		sets = append(sets, c.set)
		if c.listed && c.Shown {
			b.facts = append(b.facts, fact{response: w.response(c), set: c.set, x: c.X, off: w.c.Off})
		} else if c.listed && b.count() && w.c.PublishZeros() {
			b.facts = append(b.facts, fact{response: Count, set: c.set, x: 1, least: true})
		}
	}
	if !b.count() {
		b.facts = append(b.facts, w.bounded(b.cells, counts)...)
	}
	if b.count() {
		for v := range w.c.Data.Vars {
			if !slices.ContainsFunc(w.c.Outputs, func(o Output) bool { return slices.Contains(o.By, v) }) {
				continue
			}
			if w.c.Data.Vars[v].Declared {
				continue
			}
			for _, code := range w.c.Data.Vars[v].Leaves {
				b.facts = append(b.facts, fact{response: Count, set: w.setOf([]int{v}, []string{code}), x: 1, least: true})
			}
		}
		for _, s := range positive {
			b.facts = append(b.facts, fact{response: Count, set: s, x: 1, least: true})
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
	b.width = len(index)
	b.n = b.width * len(b.bases)
	for i := range b.facts {
		f := &b.facts[i]
		if f.form = b.form(f.response, f.set); f.most {
			for k := range f.form {
				f.form[k] = -f.form[k]
			}
		}
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

// count reports whether the block is about counts.
func (b *block) count() bool { return b.bases[0] == Count }

// response is that of the output of a cell.
func (w *world) response(c *cell) int { return w.c.Outputs[c.output].Response }

// parts are the bases that a response is the sum of.
func (b *block) parts(response int) []int {
	if k := slices.Index(b.bases, response); k >= 0 {
		return []int{k}
	}
	return []int{0, 1} // the third of a relation
}

// form is the sum of a response over a set as a linear form over the variables.
func (b *block) form(response int, s set) []int64 {
	f := make([]int64, b.n)
	for _, k := range b.parts(response) {
		for i, in := range s {
			if in && b.class[i] >= 0 {
				f[k*b.width+b.class[i]] = 1
			}
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
		if b.count() && !b.w.c.Records && !b.w.c.Data.Weights {
			who := fmt.Sprint(k, " ", r.Who)
			if seen[who] {
				continue
			}
			seen[who] = true
		}
		for base, response := range b.bases {
			x := int64(1)
			if response != Count {
				x = r.X[response]
			}
			if b.w.c.Data.Weights {
				x *= r.Weight
			}
			out[base*b.width+k] += x
		}
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
