package attacker

import (
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"
)

func itoa(x int64) string { return strconv.FormatInt(x, 10) }

// Kinds gives the meaning of each kind of finding.
var Kinds = map[string]string{
	"inconsistent":  "the release says something else than the data",
	"published":     "an unsafe cell is published",
	"value":         "an outsider comes closer to an unsafe cell than its level",
	"value-insider": "a contributor comes closer to an unsafe cell of others than its level",
	"share":         "an outsider can show that a share breaks the group rule that called the cell unsafe",
	"share-insider": "a contributor can show so of the others in the line",
	"rest":          "all that is hidden of a line has a sum that everybody knows, and the sum breaks a rule",
	"sum":           "another sum of two or three hidden cells that everybody knows breaks a rule",
	"sum-of-one":    "a sum of hidden cells that everybody knows is all of one contributor",
	"difference":    "the difference of two sums that everybody knows breaks a rule",
}

// Finding is one fact that an attacker can find out and must not.
type Finding struct {
	Kind string
	Cell string
	Who  string // "": an outsider
	Text string
}

// String names the kind of a finding, the cell, the attacker, and the bounds of the
// attacker.
func (f Finding) String() string {
	who := "an outsider"
	if f.Who != "" {
		who = f.Who
	}
	return fmt.Sprintf("%s: %s, by %s: %s", f.Kind, f.Cell, who, f.Text)
}

// mostOfAKind is the largest number of findings of one kind for one quantity.
const mostOfAKind = 4

// Attack returns the facts that can be found out from the releases of a case. released
// has one release for each output, in their order. Attack returns at most one finding for
// each kind and cell, and at most mostOfAKind of a kind for one quantity. The error says
// that a question could not be decided.
func Attack(c *Case, released []Released) (out []Finding, err error) {
	defer func() {
		if x := recover(); x != nil {
			e, ok := x.(error)
			if !ok || !errors.Is(e, errBig) && !errors.Is(e, errBranches) {
				panic(x)
			}
			err = e
		}
	}()
	w := newWorld(c, released)
	empty := make(set, len(w.codes))
	var positive []set
	for i := range w.cells {
		x := &w.cells[i]
		if !x.listed || !x.Shown {
			continue
		}
		if response := c.Outputs[x.output].Response; response == Count && x.X == 0 && c.Base == 0 {
			empty = empty.plus(x.set)
		} else if response != Count && x.X != 0 {
			positive = append(positive, x.set)
		}
	}
	w.fixed(empty)
	isOut := func(response int) bool {
		return slices.ContainsFunc(c.Outputs, func(o Output) bool { return o.Response == response })
	}
	var counts *block
	if isOut(Count) {
		counts = w.newBlock([]int{Count}, empty, positive, nil)
		counts.attack(&out)
	}
	var together []int
	for response := range c.Data.Responses {
		if !isOut(response) {
			continue
		}
		if c.Data.Relation {
			together = append(together, response)
			continue
		}
		w.newBlock([]int{response}, empty, positive, counts).attack(&out)
	}
	if len(together) > 0 {
		w.newBlock(together, empty, positive, counts).attack(&out)
	}
	return out, nil
}

func (b *block) attack(out *[]Finding) {
	w, c := b.w, b.w.c
	seen := map[string]bool{}
	kinds := map[string]int{}
	found := func(f Finding) {
		if kinds[f.Kind]++; kinds[f.Kind] > mostOfAKind {
			return
		}
		if k := f.Kind + f.Cell; !seen[k] {
			seen[k] = true
			*out = append(*out, f)
		}
	}
	outsider := b.newView("", false)
	b.views, b.weak = []*view{outsider}, []*view{outsider}
	units := []string{}
	for i := range c.Data.Rows {
		if u := c.Data.unit(&c.Data.Rows[i]); !slices.Contains(units, u) {
			units = append(units, u)
			b.views = append(b.views, b.newView(u, true))
			b.weak = append(b.weak, b.newView(u, false))
		}
	}
	for _, x := range b.cells {
		if !x.listed {
			continue
		}
		response := w.response(x)
		e := c.gather(w.atomOf, x.set, response)
		if x.Shown && max(x.X-e.value, e.value-x.X) > c.Off {
			found(Finding{Kind: "inconsistent", Cell: w.name(x), Text: fmt.Sprintf("%d, not %d", x.X, e.value)})
			return
		}
		j := c.judge(&e, response)
		if c.Data.Coded && response == 0 && c.Policy.Min > 0 && few(c.Data.codes(), e.rows, e.value, c.Policy.Min) {
			j.unsafe, j.rules = true, append(j.rules, "few of a code")
		}
		if j.unsafe && c.Base > 0 {
			b.value(x, &e, j, found)
			if v := b.weak[0]; int64(len(e.persons)) < c.Policy.Min && !v.reaches(b.form(Count, x.set), 1, c.Policy.Min) {
				found(Finding{Kind: "rounded-small", Cell: w.name(x), Text: fmt.Sprintf("%d, rounded to %d, is below %d for certain", e.value, x.X, c.Policy.Min)})
			}
		} else if j.unsafe && x.Shown {
			found(Finding{Kind: "published", Cell: w.name(x), Text: fmt.Sprint(j.rules)})
		}
		if j.unsafe && !x.Shown && c.Base == 0 {
			b.value(x, &e, j, found)
		}
		if b.count() && len(e.persons) > 0 {
			b.shares(x, &e, found)
		}
	}
	b.sums(outsider, found)
}

// value tests goal 2.1 for an unsafe cell and every view.
func (b *block) value(x *cell, e *evidence, j judged, found func(Finding)) {
	form := b.form(b.w.response(x), x.set)
	for _, v := range b.views {
		if _, in := e.units[v.unit]; in && len(e.units) == 1 {
			continue // the cell is the attacker's own
		}
		near := false
		if j.level == 0 {
			near = v.determined(form)
		} else {
			below := j.level
			if !b.free {
				below = min(below, e.value-dot(form, v.own))
			}
			near = !v.reaches(form, 1, e.value+j.level) || !v.reaches(form, -1, below-e.value)
		}
		if !near {
			continue
		}
		kind := "value"
		text := ""
		if v.unit != "" {
			kind = "value-insider"
			text = fmt.Sprintf("; he has %d of it", dot(form, v.own))
		}
		least, most := v.bounds(form)
		found(Finding{Kind: kind, Cell: b.w.name(x), Who: v.unit, Text: fmt.Sprintf("in [%s, %s], value %d, level %d by %v%s", least, most, e.value, j.level, j.rules, text)})
	}
}

// shares tests goal 2.2 for the lines of a cell. Contributors have the weak form of
// knowledge. A contributor who knew that no other contributor is outside a cell would
// know, from any release, that all others are in the cell.
func (b *block) shares(x *cell, e *evidence, found func(Finding)) {
	w, c := b.w, b.w.c
	o := &c.Outputs[x.output]
	p := c.Policy.Group
	if p == 0 {
		return
	}
	for k, v := range o.By {
		if len(o.Sensitive) > 0 && !slices.Contains(o.Sensitive, v) || x.codes[k] == Total {
			continue
		}
		above := slices.Clone(x.codes)
		above[k] = Total
		line := w.setOf(o.By, above)
		if !slices.Contains(line.minus(x.set), true) {
			continue // a code that has all leaves is no category
		}
		l := c.gather(w.atomOf, line, Count)
		if 100*int64(len(e.persons)) < p*int64(len(l.persons)) {
			continue
		}
		if x.Shown && c.Base == 0 {
			found(Finding{Kind: "published", Cell: w.name(x), Text: "group-disclosure"})
		}
		// With several rows a person, counts of records say nothing certain of persons.
		if c.Records {
			continue
		}
		cf, lf := b.form(Count, x.set), b.form(Count, line)
		form := make([]int64, b.n)
		for i := range form {
			form[i] = p*lf[i] - 100*cf[i]
		}
		for _, v := range b.weak {
			own := dot(form, v.own)
			if v.unit != "" && (dot(lf, v.own) == 0 || dot(lf, b.truth) == dot(lf, v.own)) {
				continue // the attacker is not in the line, or is alone in it
			}
			if v.reaches(form, 1, 1+own) {
				continue
			}
			kind := "share"
			if v.unit != "" {
				kind = "share-insider"
			}
			found(Finding{Kind: kind, Cell: w.name(x) + " of " + c.Data.Vars[o.By[k]].Name, Who: v.unit,
				Text: fmt.Sprintf("at least %d %% of the line for certain; truth %d of %d", p, len(e.persons), len(l.persons))})
		}
	}
}

// sums asks goal 2.3 of every response: sums of hidden cells that everybody knows.
func (b *block) sums(outsider *view, found func(Finding)) {
	done := map[int]bool{}
	for _, x := range b.cells {
		if r := b.w.response(x); !done[r] {
			done[r] = true
			b.sumsOf(r, outsider, found)
		}
	}
}

func (b *block) sumsOf(response int, outsider *view, found func(Finding)) {
	w, c := b.w, b.w.c
	var hidden []*cell
	for _, x := range b.cells {
		if x.listed && !x.Shown && w.response(x) == response && !slices.ContainsFunc(hidden, func(o *cell) bool { return slices.Equal(o.set, x.set) }) {
			hidden = append(hidden, x)
		}
	}
	type sum struct {
		set  set
		name string
	}
	var known []sum
	asked := map[string]bool{}
	ask := func(kind string, s set, name func() string) {
		k := fmt.Sprint(s)
		if asked[k] {
			return
		}
		asked[k] = true
		e := c.gather(w.atomOf, s, response)
		j := c.judge(&e, response)
		unsafe := j.unsafe && (response == Count || j.level > 0)
		if !unsafe && kind != "rest" {
			return
		}
		if !outsider.determined(b.form(response, s)) {
			return
		}
		known = append(known, sum{s, name()})
		if !unsafe {
			return
		}
		if slices.Equal(j.rules, []string{"all-equal"}) {
			kind = "sum-all-equal"
		} else if len(e.units) == 1 && kind != "rest" {
			kind = "sum-of-one"
		}
		found(Finding{Kind: kind, Cell: name(), Text: fmt.Sprintf("%d, of %d contributors, breaks %v (level %d)", e.value, len(e.units), j.rules, j.level)})
	}
	for _, x := range hidden {
		asked[fmt.Sprint(x.set)] = true // judged as a cell
		if outsider.determined(b.form(response, x.set)) {
			known = append(known, sum{x.set, w.name(x)})
		}
	}
	named := func(cells []*cell) func() string {
		return func() string {
			list := []string{}
			for _, x := range cells {
				list = append(list, w.name(x))
			}
			return strings.Join(list, " + ")
		}
	}
	// The hidden rest of every relation: a cell and its children in one variable.
	for _, x := range b.cells {
		o := &c.Outputs[x.output]
		if o.Response != response {
			continue
		}
		for k, v := range o.By {
			var rest []*cell
			for _, code := range c.Data.Vars[v].children(x.codes[k]) {
				codes := slices.Clone(x.codes)
				codes[k] = code
				i := slices.IndexFunc(b.cells, func(y *cell) bool { return y.output == x.output && slices.Equal(y.codes, codes) })
				if y := b.cells[i]; y.listed && !y.Shown {
					rest = append(rest, y)
				}
			}
			if len(rest) < 2 {
				continue
			}
			ask("rest", union(rest), named(rest))
		}
	}
	// Sums of two and three, and of all subsets that are one contributor's alone.
	of := map[string][]*cell{}
	for _, x := range hidden {
		if e := c.gather(w.atomOf, x.set, response); len(e.units) == 1 {
			for u := range e.units {
				of[u] = append(of[u], x)
			}
		}
	}
	var choose func(kind string, from []*cell, have []*cell, s set, most int)
	choose = func(kind string, from []*cell, have []*cell, s set, most int) {
		if len(have) > 1 {
			ask(kind, s, named(slices.Clone(have)))
		}
		if len(have) == most {
			return
		}
		for i, x := range from {
			if s == nil {
				choose(kind, from[i+1:], append(have, x), x.set, most)
			} else if s.disjoint(x.set) {
				choose(kind, from[i+1:], append(have, x), s.plus(x.set), most)
			}
		}
	}
	choose("sum", hidden, nil, nil, 3)
	names := []string{}
	for u := range of {
		names = append(names, u)
	}
	slices.Sort(names)
	for _, u := range names {
		if len(of[u]) <= 9 {
			choose("sum", of[u], nil, nil, len(of[u]))
		}
	}
	// Differences of nested sums that are known.
	for _, big := range slices.Clone(known) {
		for _, small := range slices.Clone(known) {
			if d := big.set.minus(small.set); big.set.covers(small.set) && slices.Contains(d, true) {
				ask("difference", d, func() string { return big.name + " - (" + small.name + ")" })
			}
		}
	}
}

func union(cells []*cell) set {
	s := cells[0].set
	for _, x := range cells[1:] {
		s = s.plus(x.set)
	}
	return s
}
