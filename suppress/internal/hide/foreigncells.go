package hide

import (
	"fmt"
	"slices"

	"github.com/sluis-go/sluis/sdc/cells"
)

// Evidence returns the cells of a foreign table as evidence for a check, of a table of sums,
// or of a table of counts: there the values count contributors.
//
// The numbers of contributors are needed. Where that of the whole table is the sum of those of
// the inner cells, no contributor is in two inner cells, and contributors can be told apart:
//
//   - each listed contribution to an inner cell is of a contributor of its own, who has the same
//     in every total of the cell;
//   - where no contributions are listed, one contributor to a cell of several may have all of
//     it.
//
// Elsewhere a contributor who is not alone in a cell may have as much as the largest
// contribution, in every cell at once.
//
// The error wraps ErrTable, with line and column and without a value, for
//
//   - a value or a contribution that is missing, or below zero;
//   - a total that is not the sum of its parts;
//   - a total with fewer contributors than one of its parts, or more than all of them;
//   - one contributor with less than the value;
//   - contributions that rise, exceed the value, or are more than there are contributors;
//   - contributions that are not listed and would exceed the last one that is;
//   - contributions to a total that are less than those to one of its parts or, where
//     contributors can be told apart, not those of its inner cells.
//
// A cell that is in no row is empty. A cell whose status is unsafe or secondary must be hidden;
// one whose status is protected or empty must be published, and everybody knows an empty one.
// A status of safe changes nothing. Where one owner is alone in two inner cells, contributors
// cannot be told apart.
func (f *Foreign) Evidence(counts bool) (*cells.Table, error) {
	if f == nil || f.grid == nil {
		return nil, fmt.Errorf("%w: the table was not read by Read", ErrRequest)
	}
	if f.spec.Contributors == "" && !counts {
		return nil, fmt.Errorf("%w: no column of the numbers of contributors is named: the least number of contributors, and what a contributor who is alone in a cell knows, rest on it", ErrRequest)
	}
	for _, v := range f.grid.vars {
		if slices.Contains(v.Codes[1:], "") {
			return nil, fmt.Errorf("%w: variable %q: a row has no code", ErrTable, v.Name)
		}
	}
	e := &foreignEvidence{f: f, counts: counts, listed: len(f.spec.Largest)}
	if counts {
		e.listed = 0
	}
	if err := e.fill(); err != nil {
		return nil, err
	}
	if err := e.add(); err != nil {
		return nil, err
	}
	if err := e.list(); err != nil {
		return nil, err
	}
	if err := e.above(); err != nil {
		return nil, err
	}
	e.alone()
	return e.table(), nil
}

// foreignEvidence is the evidence of a foreign table while it is made; slices are by cell.
type foreignEvidence struct {
	f      *Foreign
	counts bool
	listed int
	digits int
	apart  bool
	value  []int64
	people []int64
	x      [][]int64 // listed contributions, as many as there are contributors
	known  [][]contribution
	rest   []int64
	sole   []int64
	given  []cells.Cell // status, levels and cost
	must   []bool       // be published
}

// contribution is what a numbered contributor has in a cell.
type contribution struct{ amount, who int64 }

// fail names the line of a cell.
func (e *foreignEvidence) fail(cell int, column, what string) error {
	line := e.f.line(cell)
	if line == 0 {
		return fmt.Errorf("%w: a cell that is in no row: %s", ErrTable, what)
	}
	return fmt.Errorf("%w: line %d, column %q: %s", ErrTable, line, column, what)
}

// column is the column of the numbers of contributors.
func (e *foreignEvidence) column() string {
	if e.f.spec.Contributors != "" {
		return e.f.spec.Contributors
	}
	return e.f.spec.Value
}

// fill takes in the numbers of the rows.
func (e *foreignEvidence) fill() (err error) {
	f := e.f
	e.given, e.must = make([]cells.Cell, f.grid.n), make([]bool, f.grid.n)
	e.value, e.people, e.x = make([]int64, f.grid.n), make([]int64, f.grid.n), make([][]int64, f.grid.n)
	if e.digits = f.Digits; !e.counts {
		for _, list := range f.largest {
			for _, x := range list {
				e.digits = max(e.digits, int(x.scale))
			}
		}
	}
	for _, list := range f.levels {
		for _, x := range list {
			e.digits = max(e.digits, int(x.scale))
		}
	}
	if e.digits > 15 {
		return fmt.Errorf("%w: a contribution has more than 15 decimals", ErrTable)
	}
	for cell, row := range f.row {
		if row < 0 {
			continue
		}
		if f.spec.Inner && !f.grid.inner(cell) {
			return e.fail(cell, f.spec.Value, "the code has others below it, and without total the file has inner cells alone")
		}
		r := &f.rows[row]
		n := r.number
		if f.people != nil {
			n = f.people[row]
		}
		switch {
		case !r.is && !e.counts:
			return e.fail(cell, f.spec.Value, "has no value")
		case !n.is:
			return e.fail(cell, e.column(), "has no number of contributors")
		case n.scale > 0:
			return e.fail(cell, e.column(), "is no whole number")
		case n.mant < 0:
			return e.fail(cell, e.column(), "is negative, and a number of contributors is not")
		case n.mant > largest:
			return e.fail(cell, e.column(), "is beyond 2^52")
		}
		e.people[cell] = n.mant
		if err := e.status(cell, int(row)); err != nil {
			return err
		}
		if e.counts {
			e.value[cell] = n.mant
			continue
		}
		if e.value[cell], err = r.units(e.digits); err != nil {
			return fmt.Errorf("line %d: %w", r.line, err)
		}
		if e.value[cell] < 0 {
			return e.fail(cell, f.spec.Value, "is below zero: what single contributors have cannot be told from such a sum")
		}
		if e.people[cell] == 0 && e.value[cell] > 0 {
			return e.fail(cell, e.column(), "is 0, and the value of the cell is not: a cell without contributors has the value 0")
		}
		if err := e.contributions(cell, int(row)); err != nil {
			return err
		}
	}
	return nil
}

// status takes in the status, the levels and the cost of one row.
func (e *foreignEvidence) status(cell, row int) (err error) {
	f := e.f
	c := &e.given[cell]
	switch f.rows[row].kind {
	case kindPrimary, kindSecondary:
		c.Hide = true
	case kindProtected, kindEmpty:
		e.must[cell] = true
	}
	if f.rows[row].kind == kindEmpty && e.people[cell] > 0 {
		return e.fail(cell, e.column(), "is not 0, and the status says that the cell is empty")
	}
	if f.levels != nil {
		for k, to := range []*int64{&c.Lower, &c.Upper, &c.Sliding} {
			if *to, err = f.levels[row][k].units(e.digits); err != nil {
				return e.fail(cell, []string{f.spec.Lower, f.spec.Upper, f.spec.Sliding}[k], "is beyond 2^52 units")
			}
		}
	}
	if f.costs != nil && f.costs[row].is {
		x := f.costs[row].rat()
		n := floor(x)
		if !n.IsInt64() || n.Int64() > largest {
			return e.fail(cell, f.spec.Cost, "is beyond 2^52")
		}
		c.Cost = max(1, n.Int64())
	}
	return nil
}

// contributions takes in the listed contributions of one row.
func (e *foreignEvidence) contributions(cell, row int) error {
	if e.listed == 0 {
		return nil
	}
	f := e.f
	if _, err := f.contributions(row, e.listed); err != nil {
		return err
	}
	n, left := e.people[cell], e.value[cell]
	for k := range e.listed {
		x, err := f.largest[row][k].units(e.digits)
		if err != nil {
			return fmt.Errorf("line %d: %w", f.rows[row].line, err)
		}
		left -= x
		if int64(k) < n {
			e.x[cell] = append(e.x[cell], x)
		} else if x > 0 {
			return e.fail(cell, f.spec.Largest[k], "is a contribution more than there are contributors")
		}
	}
	last := f.spec.Largest[min(e.listed, max(1, int(min(n, int64(e.listed)))))-1]
	switch m := n - int64(e.listed); {
	case m <= 0 && left > 0 && n == 1:
		return e.fail(cell, last, "is not the value of the cell, which has one contributor")
	case m <= 0 && left > 0:
		return e.fail(cell, last, "with the contributions before it is not the value of the cell, and there are no more contributors")
	case m > 0 && left > 0 && (e.x[cell][e.listed-1] == 0 || (left-1)/m >= e.x[cell][e.listed-1]):
		return e.fail(cell, last, "is less than a contribution that is not listed must be")
	}
	return nil
}

// add compares totals with their parts, or adds them up.
func (e *foreignEvidence) add() (err error) {
	f := e.f
	if f.spec.Inner { // no row has a total
		if err := f.grid.rollUp(e.value); err != nil {
			return err
		}
		if err := f.grid.rollUp(e.people); err != nil {
			return err
		}
		if e.apart = !e.owned(); !e.apart {
			return fmt.Errorf("%w: column %q: one owner is alone in two cells, so that the contributors of totals are fewer than those of their cells together; give the rows of the totals", ErrTable, f.spec.Owner)
		}
		return nil
	}
	inner := int64(0)
	for cell := range e.people {
		if f.grid.inner(cell) {
			inner += e.people[cell]
		}
	}
	e.apart = inner == e.people[0] && !e.owned()
	f.grid.relations(func(v, total int, parts []int) {
		if err != nil {
			return
		}
		sum, people, most := int64(0), int64(0), int64(0)
		for _, c := range parts {
			sum, people, most = sum+e.value[c], people+e.people[c], max(most, e.people[c])
		}
		over := fmt.Sprintf("over %q", f.grid.vars[v].Name)
		switch {
		case sum != e.value[total]:
			column := f.spec.Value
			if e.counts {
				column = e.column()
			}
			err = e.fail(total, column, "is not the sum of its parts "+over+" (cells that are in no row count as zero)")
		case most > e.people[total]:
			err = e.fail(total, e.column(), "is less than that of one of the parts of the total "+over)
		case people < e.people[total]:
			err = e.fail(total, e.column(), "is more than those of the parts of the total together, "+over)
		}
	})
	return err
}

// owned reports whether one owner is the only contributor to two inner cells.
func (e *foreignEvidence) owned() bool {
	seen := map[string]bool{}
	for cell := range e.people {
		name := e.owner(cell)
		if name == "" || !e.f.grid.inner(cell) {
			continue
		}
		if seen[name] {
			return true
		}
		seen[name] = true
	}
	return false
}

// owner is the name of the only contributor to a cell; "" for none.
func (e *foreignEvidence) owner(cell int) string {
	if row := e.f.row[cell]; row >= 0 && e.f.owners != nil && e.people[cell] == 1 {
		return e.f.owners[row]
	}
	return ""
}

// list lists the numbered contributors of every cell, and the most that others have.
func (e *foreignEvidence) list() error {
	f := e.f
	e.known, e.rest = make([][]contribution, f.grid.n), make([]int64, f.grid.n)
	if e.counts {
		return nil
	}
	if !e.apart {
		for cell := range e.rest {
			if e.rest[cell] = e.value[cell]; len(e.x[cell]) > 0 {
				e.rest[cell] = e.x[cell][0]
			}
		}
		return nil
	}
	each := max(1, e.listed) + 1
	for cell := range e.known {
		if !f.grid.inner(cell) || e.people[cell] == 0 {
			continue
		}
		number := func(k int) int64 { return int64(cell)*int64(each) + int64(k) + 1 }
		left := e.value[cell]
		for k, x := range e.x[cell] {
			e.known[cell] = append(e.known[cell], contribution{x, number(k)})
			left -= x
		}
		switch m := e.people[cell] - int64(len(e.x[cell])); {
		case m == 1, e.listed == 0:
			e.known[cell] = append(e.known[cell], contribution{left, number(e.listed)})
		case m > 1:
			e.rest[cell] = min(left, e.x[cell][e.listed-1])
		}
	}
	for v := range f.grid.vars {
		f.grid.fold(v, func(total, part int) {
			list := append(slices.Clone(e.known[total]), e.known[part]...)
			slices.SortStableFunc(list, func(a, b contribution) int {
				if a.amount != b.amount {
					return int(min(1, max(-1, b.amount-a.amount)))
				}
				return int(min(1, max(-1, a.who-b.who)))
			})
			e.rest[total] = max(e.rest[total], e.rest[part])
			if len(list) > each {
				e.rest[total] = max(e.rest[total], list[each].amount)
				list = list[:each]
			}
			e.known[total] = list
		})
	}
	return nil
}

// above compares the listed contributions to totals with those to their parts.
func (e *foreignEvidence) above() (err error) {
	f := e.f
	if e.listed == 0 {
		return nil
	}
	for cell := range e.x {
		if f.grid.inner(cell) || !e.apart {
			continue
		}
		n := min(len(e.known[cell]), e.listed)
		if f.spec.Inner {
			for _, x := range e.known[cell][:n] {
				e.x[cell] = append(e.x[cell], x.amount)
			}
			continue
		}
		for k, x := range e.x[cell] {
			if k >= n && x > 0 || k < n && x != e.known[cell][k].amount {
				return e.fail(cell, f.spec.Largest[k], "is not that of the inner cells of the total, which have no contributor in common")
			}
		}
	}
	f.grid.relations(func(v, total int, parts []int) {
		for _, c := range parts {
			of, in := int64(0), int64(0)
			for k := range e.x[c] {
				of += e.x[c][k]
				if k < len(e.x[total]) {
					in += e.x[total][k]
				}
				if in < of && err == nil {
					err = e.fail(total, f.spec.Largest[k], fmt.Sprintf("with those before it is less than in one of the parts of the total over %q", f.grid.vars[v].Name))
				}
			}
		}
	})
	return err
}

// alone numbers the only contributors of cells: a cell within a cell of one contributor is of
// that contributor.
func (e *foreignEvidence) alone() {
	g := e.f.grid
	e.sole = make([]int64, g.n)
	each := int64(max(1, e.listed) + 1)
	top := make([]int, g.n)
	find := func(i int) int {
		for top[i] != i {
			top[i] = top[top[i]]
			i = top[i]
		}
		return i
	}
	for cell := range top {
		top[cell] = cell
	}
	g.relations(func(_, total int, parts []int) {
		if e.people[total] != 1 {
			return
		}
		for _, c := range parts {
			if e.people[c] > 0 {
				top[find(c)] = find(total)
			}
		}
	})
	first := map[string]int{}
	for cell := range top {
		name := e.owner(cell)
		if name == "" {
			continue
		}
		if same, is := first[name]; is {
			top[find(cell)] = find(same)
		} else {
			first[name] = cell
		}
	}
	least := map[int]int{} // of each contributor an inner cell
	for cell := range top {
		if e.people[cell] == 1 && g.inner(cell) {
			if _, is := least[find(cell)]; !is {
				least[find(cell)] = cell
			}
		}
	}
	for cell := range top {
		if e.people[cell] == 1 {
			e.sole[cell] = int64(least[find(cell)])*each + 1
		}
	}
}

// table is the result.
func (e *foreignEvidence) table() *cells.Table {
	g := e.f.grid
	out := &cells.Table{Digits: e.digits, Listed: e.listed, Apart: e.apart}
	for _, v := range g.vars {
		out.Variables = append(out.Variables, cells.Variable(v))
	}
	nodes := func(cell int) (list []int) {
		for v := range g.vars {
			list = append(list, g.code(cell, v))
		}
		return list
	}
	for cell, n := range e.people {
		if e.must[cell] {
			out.Published = append(out.Published, nodes(cell))
		}
		if n == 0 {
			continue
		}
		c := e.given[cell]
		c.Nodes, c.Value, c.Contributors, c.NonZero, c.Largest = nodes(cell), e.value[cell], n, n, e.x[cell]
		c.Rest, c.Sole = e.rest[cell], e.sole[cell]
		left := c.Value
		for _, x := range c.Largest {
			left -= x
		}
		if e.listed > 0 && left == 0 {
			c.NonZero = int64(len(c.Largest) - count(c.Largest, 0))
		}
		if !e.counts && n == 1 && c.Value == 0 {
			c.NonZero = 0
		}
		for _, x := range e.known[cell] {
			c.Known, c.Who = append(c.Known, x.amount), append(c.Who, x.who)
		}
		out.Cells = append(out.Cells, c)
	}
	return out
}

// count returns how often a number occurs.
func count(list []int64, of int64) (n int) {
	for _, x := range list {
		if x == of {
			n++
		}
	}
	return n
}
