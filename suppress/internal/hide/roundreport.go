package hide

import (
	"bufio"
	"fmt"
	"io"
	"strings"
)

// shift adds up how far cells were moved.
type shift struct{ cells, moved, sum, most int64 }

func (s *shift) add(from, to int64) {
	by := abs64(to - from)
	s.cells++
	s.sum += by
	s.most = max(s.most, by)
	if by > 0 {
		s.moved++
	}
}

// String says how far the cells of a table moved.
func (s *shift) String() string {
	return fmt.Sprintf("%d cells, %d moved, by %.2f on average and %d at most", s.cells, s.moved, float64(s.sum)/float64(max(1, s.cells)), s.most)
}

// WriteReport writes the effect of rounding on the tables, with the true values: how far
// cells and totals were moved, whether sums hold, and the interval of every unsafe cell
// for an attacker who knows base and method. The report is confidential, and says so in
// its first line.
func (t *RoundedTables) WriteReport(w io.Writer) error {
	b := bufio.NewWriter(w)
	fmt.Fprintln(b, "CONFIDENTIAL: this report holds the values before rounding and must not leave the closed environment")
	t.tables.writeSeed(b)
	r := t.rounded
	below, above := r.Reach()
	how := "so that all sums hold, each cell to a multiple next to its value"
	switch {
	case r.Nearest:
		how = "each cell by itself, to the nearest multiple; sums need not hold"
	case !r.Restricted:
		how = "so that all sums hold, each cell to one of the two multiples on either side of its value: nearer was not possible"
	}
	fmt.Fprintf(b, "\nRounded to multiples of %d, %s.\n", r.Base, how)
	fmt.Fprintf(b, "Whoever knows this knows of a value x, rounded to r, that r - %d <= x <= r + %d.\n", below, above)
	failures := t.failures()
	for _, table := range t.tables.list {
		t.writeTable(b, table, failures)
	}
	fmt.Fprintf(b, "\nNot checked: other tables and earlier releases.\n")
	if t.tables.seed == nil && !r.Nearest {
		fmt.Fprintf(b, "Not checked: what the choice of this rounding tells: without a secret anybody can repeat the choice.\n")
	}
	return b.Flush()
}

// failures lists, by cell of the problem, the levels that do not hold.
func (t *RoundedTables) failures() map[int][]string {
	out := map[int][]string{}
	for _, f := range t.audited.Failures {
		text := f.why()
		if f.Verdict == Undecided {
			text = "not decided: whether " + text
		}
		out[f.Cell] = append(out[f.Cell], text)
	}
	return out
}

func (t *RoundedTables) writeTable(b *bufio.Writer, table *table, failures map[int][]string) {
	cells, rounded := t.tables.problem.cells, t.rounded.Value
	var all shift
	var kinds []string // by the variables that a cell is a total in, in the order met
	by := map[string]*shift{}
	broken, sums, worst := 0, 0, int64(0)
	for cell, id := range table.id {
		if !table.shown[cell] {
			continue
		}
		var of []string
		for v := range table.vars {
			if len(table.below[v][table.code(cell, v)]) > 0 {
				of = append(of, table.vars[v].Name)
			}
		}
		kind := "totals over " + strings.Join(of, ", ")
		if len(of) == 0 {
			kind = "inner cells"
		}
		if by[kind] == nil {
			by[kind] = &shift{}
			kinds = append(kinds, kind)
		}
		by[kind].add(cells[id].Value, rounded[id])
		all.add(cells[id].Value, rounded[id])
	}
	table.relations(func(_, total int, parts []int) {
		off := -rounded[table.id[total]]
		for _, p := range parts {
			off += rounded[table.id[p]]
		}
		sums++
		if off != 0 {
			broken++
			worst = max(worst, abs64(off))
		}
	})
	fmt.Fprintf(b, "\nTable %q: %s\n", table.name, all.String())
	for _, kind := range kinds {
		fmt.Fprintf(b, "  %s: %s\n", kind, by[kind].String())
	}
	if broken == 0 {
		fmt.Fprintf(b, "  all %d sums hold\n", sums)
	} else {
		fmt.Fprintf(b, "  %d of %d sums do not hold, by %d at most\n", broken, sums, worst)
	}
	t.writeUnsafe(b, table, failures)
}

// writeUnsafe lists the unsafe cells with the interval of an attacker.
func (t *RoundedTables) writeUnsafe(b *bufio.Writer, table *table, failures map[int][]string) {
	cells, rounded := t.tables.problem.cells, t.rounded.Value
	at := map[int]Interval{}
	for _, v := range t.audited.Intervals {
		at[v.Cell] = v
	}
	first := true
	for cell, id := range table.id {
		c := cells[id]
		if !table.shown[cell] || c.Status != Primary {
			continue
		}
		if first {
			var names []string
			for _, v := range table.vars {
				names = append(names, v.Name)
			}
			fmt.Fprintf(b, "  unsafe cells (%s: value; rounded; possible to an attacker; level below, above; why unsafe; verdict)\n", strings.Join(names, ", "))
			first = false
		}
		possible := "-"
		if v, ok := at[int(id)]; ok && v.Exact() {
			possible = fmt.Sprintf("%d to %d", c.Value+v.Least.Delta, c.Value+v.Greatest.Delta)
		} else if ok {
			possible = fmt.Sprintf("%d to %d or more", c.Value+v.Lower.Delta, c.Value+v.Upper.Delta)
		}
		verdict := "holds"
		if list := failures[int(id)]; len(list) > 0 {
			verdict = strings.Join(list, "; ")
		}
		why := table.reasons[cell].String()
		if why == "" {
			why = "unsafe in another table"
		}
		fmt.Fprintf(b, "    %s: %d; %d; %s; %d, %d; %s; %s\n", strings.Join(table.coordinates(cell), ", "),
			c.Value, rounded[id], possible, c.Level.Lower, c.Level.Upper, why, verdict)
	}
	if first {
		fmt.Fprintln(b, "  no cell is unsafe")
	}
}
