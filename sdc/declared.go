package sdc

import (
	"fmt"
	"maps"
	"slices"

	"github.com/sluis-go/sluis/sdc/report/words"
)

// tree returns the code tree of a column: its hierarchy, or a tree of one level of the
// declared codes. It returns nil where there is none.
func (d *Data) tree(name string) *Hierarchy {
	if h := d.Hierarchies[name]; h != nil {
		return h
	}
	list := d.Declared.Codes[name]
	if list == nil {
		return nil
	}
	h := &Hierarchy{index: map[string]int{}, flat: true}
	for _, code := range list {
		if err := h.append(code, -1, 1); err != nil {
			panic("sdc: declared codes were not validated") // see Data.validate
		}
	}
	return h
}

// noLeaf is the reason for a value of the data that a tree does not have.
func (h *Hierarchy) noLeaf() error {
	if h.flat {
		return fmt.Errorf("%w: the value is none of them; declare its code too, or correct the value", errDeclared)
	}
	return fmt.Errorf("%w: the value is no leaf of it", errHierarchy)
}

// independent refuses a pair of declared coincidence with a sensitive variable of an output:
// that another column fixes a sensitive variable is disclosure, and no coincidence.
func (d *Data) independent(outputs []Output) error {
	for i, pair := range d.Declared.Independent {
		for _, name := range pair {
			for k := range outputs {
				if slices.Contains(outputs[k].Sensitive, name) {
					return outputsError("independent pair %d: column %q is a sensitive variable of output %q: that another column tells it is what must not be; take the pair out", i+1, name, outputs[k].Name)
				}
			}
		}
	}
	return nil
}

// declarations says what the data are declared to be.
func (d *Data) declarations() (out []Remark) {
	say := func(id words.ID, column string, n int64, args ...words.Arg) {
		out = append(out, Remark{Name: string(id), Column: column, Count: n, Verdict: Safe, Message: words.New(id, args...)})
	}
	x := &d.Declared
	for _, name := range slices.Sorted(maps.Keys(x.Codes)) {
		n := int64(len(x.Codes[name]))
		say(words.DeclaredCodes, name, n, words.NameOf(name), words.Count(n))
	}
	for _, p := range x.Independent {
		say(words.DeclaredCoincidence, p[0], 0, words.NameOf(p[0]), words.NameOf(p[1]))
	}
	for i, text := range x.Relations {
		say(words.DeclaredRelation, d.left(i), int64(i+1), words.TextOf(text))
	}
	for _, name := range slices.Sorted(maps.Keys(x.Bounds)) {
		say(words.DeclaredBounds, name, 0, words.NameOf(name), words.TextOf(x.Bounds[name][0]), words.TextOf(x.Bounds[name][1]))
	}
	return out
}

// left is the column on the left side of relation i.
func (d *Data) left(i int) string {
	for name := range d.Declared.Terms(i) {
		return name
	}
	return ""
}

// told says, for review, what declared relations and bounds tell that no rule has judged and
// that protection does not reckon with. broken has the number of rows that break each relation.
//
//   - A relation that few respondents break tells nearly what the relation tells, and which
//     tables the few are in.
//   - Where the sums of two columns or more are published, and not those of all, everybody
//     knows the sum of the others, which is a table that no rule has judged.
//   - Where cells of one of these tables must be hidden, the others tell of them.
//   - Where cells of a response with bounds must be hidden, n records sum to n times the
//     least value at least, and to n times the greatest at most.
func (d *Data) told(broken []int64, r *Report) (out []Remark) {
	say := func(id words.ID, column string, n int64, args ...words.Arg) {
		out = append(out, Remark{Name: string(id), Column: column, Count: n, Verdict: Review, Message: words.New(id, args...)})
	}
	uses := func(name string) (uses, hides bool) {
		for k, t := range r.Tables {
			o := t.Output()
			if (o.Kind == Frequency || o.Kind == Magnitude) && (o.Response == name || slices.Contains(o.By, name)) {
				uses, hides = true, hides || r.Outputs[k].UnsafeCells > 0
			}
		}
		return uses, hides
	}
	for i, text := range d.Declared.Relations {
		left := d.left(i)
		var shown, others []string
		hides := false
		for name := range d.Declared.Terms(i) {
			is, unsafe := uses(name)
			if hides = hides || unsafe; is {
				shown = append(shown, name)
			} else {
				others = append(others, name)
			}
		}
		if broken[i] > 0 {
			say(words.RelationBroken, left, broken[i], words.TextOf(text))
		}
		if len(shown) >= 2 && len(others) > 0 {
			say(words.RelationOpen, left, int64(i+1), append([]words.Arg{words.TextOf(text)}, words.Names(others)...)...)
		}
		if len(shown) >= 2 && hides {
			say(words.RelationHidden, left, int64(i+1), append([]words.Arg{words.TextOf(text)}, words.Names(shown)...)...)
		}
	}
	for _, name := range slices.Sorted(maps.Keys(d.Declared.Bounds)) {
		if _, hides := uses(name); hides {
			say(words.BoundsHidden, name, 0, words.NameOf(name))
		}
	}
	return out
}
