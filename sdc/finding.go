package sdc

import (
	"bytes"
	"encoding/json"
	"slices"

	"github.com/sluis-go/sluis/internal/guard"
	"github.com/sluis-go/sluis/sdc/report/words"
)

// Finding is one thing that a rule found.
type Finding struct {
	// Rule is the rule's name, such as "min-contributors".
	Rule string `json:"rule"`
	// Cell says where; it is empty for a finding about the whole output.
	Cell Coordinates `json:"cell,omitempty"`
	// Variable is the variable that a finding is about: the variable of the line for
	// group rules, or the identifier.
	Variable string `json:"variable,omitempty"`
	// Statistic is the statistic of the cell that a finding of endpoints or quantile-tail
	// is about, or two percentiles with a comma between; "" for other rules.
	Statistic string `json:"statistic,omitempty"`
	// Observed is the observed value, and Limit the threshold of the rule: counts, or
	// percentages rounded to a float64. They explain the finding; the decision was made
	// in exact numbers.
	Observed float64 `json:"observed"`
	Limit    float64 `json:"limit"`
	// Count and Of are the exact numbers of the sentence "Count of Of", where it has
	// them:
	//
	//   - group rules: the respondents of the cell, and of the line;
	//   - all-equal: the contributors (or holdings) with one value, and all;
	//   - min-contributors, for review: the contributors with a sum other than zero, and
	//     all;
	//   - identifiers: the rows or values found, and all;
	//   - zero-cells and min-degrees-of-freedom: Of is all respondents;
	//   - a-priori and rows left out: Count is the number.
	Count   int64   `json:"count,omitempty"`
	Of      int64   `json:"of,omitempty"`
	Verdict Verdict `json:"verdict"`
	// Message is the finding as a message. In JSON it is the English sentence; a report in
	// JSON has the ID and the arguments beside the sentence, see [words.Fact].
	Message words.Message `json:"message"`
}

// Coordinates is a place in a table, in the order of its spanning variables.
type Coordinates []struct {
	Variable string
	Code     string
	Total    bool // stands for the variable's total; Code is empty
}

// MarshalJSON writes an object from variable to code, in the order of the
// variables, with null for a total.
func (c Coordinates) MarshalJSON() ([]byte, error) {
	var b bytes.Buffer
	b.WriteByte('{')
	for i, k := range c {
		if i > 0 {
			b.WriteByte(',')
		}
		name, err := json.Marshal(k.Variable)
		if err != nil {
			return nil, err
		}
		code := []byte("null")
		if !k.Total {
			if code, err = json.Marshal(k.Code); err != nil {
				return nil, err
			}
		}
		b.Write(name)
		b.WriteByte(':')
		b.Write(code)
	}
	b.WriteByte('}')
	return b.Bytes(), nil
}

// String prints the coordinates as "region=North, sex=*".
func (c Coordinates) String() string {
	var b bytes.Buffer
	for i, k := range c {
		if i > 0 {
			b.WriteString(", ")
		}
		b.WriteString(k.Variable)
		b.WriteByte('=')
		if k.Total {
			b.WriteByte('*')
		} else {
			b.WriteString(k.Code)
		}
	}
	return b.String()
}

// findings collects the findings of the rules in one output, in the order of the report.
type findings struct {
	table   *Table
	safe    map[int]int // cells set safe by hand, by which entry
	worst   []Verdict   // of every cell, Safe without a finding
	finders []*finder   // one a goroutine
	pieces  []piece     // the report
}

// finder collects the findings of one goroutine.
type finder struct {
	to   *findings
	list []Finding
	room Coordinates // for the coordinates of later findings
	// cleared are cells with a finding that was set safe by hand.
	cleared []int
	texts
}

// piece is a part of the findings of a finder.
type piece struct {
	by     *finder
	lo, hi int
}

// newFindings returns findings about a table, at which so many goroutines look.
func newFindings(t *Table, threads int) *findings {
	f := &findings{table: t, worst: slices.Repeat([]Verdict{Safe}, t.m.N)}
	for range max(1, threads) {
		f.finders = append(f.finders, &finder{to: f})
	}
	return f
}

// runs calls fn for all cells of the table, run by run, at the same time. The findings
// are reported in the order of the cells.
func (f *findings) runs(fn func(f *finder, in run)) {
	pieces := make([]piece, runsOf(f.table.m.N))
	inRuns(f.table.m.N, len(f.finders), func(worker, k, lo, hi int) {
		by := f.finders[worker]
		before := len(by.list)
		fn(by, run{f.table, lo, hi})
		pieces[k] = piece{by, before, len(by.list)}
	})
	f.pieces = append(f.pieces, pieces...)
}

// lines has fn look, variable by variable, at all published cells that lie in a line
// over a line variable, as runs does.
func (f *findings) lines(fn func(f *finder, in lineRun)) {
	for _, v := range f.table.lineVariables() {
		over := f.table.linesOver(v, len(f.finders))
		f.runs(func(f *finder, in run) { fn(f, lineRun{in, over}) })
	}
}

// output adds a finding that no run of cells has: about the whole output, or of a cell
// set unsafe by hand.
func (f *findings) output(x Finding) {
	by := f.finders[0]
	by.add(x)
	f.pieces = append(f.pieces, piece{by, len(by.list) - 1, len(by.list)})
}

// append adds all findings about another table.
func (f *findings) append(o *findings) { f.pieces = append(f.pieces, o.pieces...) }

// all returns the findings in order.
func (f *findings) all() []Finding {
	n, at := 0, make([]int, len(f.pieces))
	for k, p := range f.pieces {
		at[k] = n
		n += p.hi - p.lo
	}
	out := make([]Finding, n)
	guard.Each(len(f.finders), len(f.pieces), func(_, k int) {
		p := f.pieces[k]
		copy(out[at[k]:], p.by.list[p.lo:p.hi])
	})
	return out
}

func (f *finder) add(x Finding) {
	if len(f.list) == cap(f.list) {
		f.list = slices.Grow(f.list, max(16, len(f.list)))
	}
	f.list = append(f.list, x)
}

// cell adds a finding about a cell; one that was set safe by hand keeps it as
// a remark.
func (f *finder) cell(c Cell, x Finding) {
	x.Cell = f.coordinates(c, -1, 0)
	if k, ok := f.to.safe[c.i]; ok {
		if x.Verdict != Safe {
			f.cleared = append(f.cleared, c.i)
		}
		x.Verdict = Safe
		x.Message = x.Message.With(words.New(words.NoteSetSafe, words.TextOf(c.t.output.APriori[k].Reason)))
	}
	f.to.mark(c, x.Verdict)
	f.add(x)
}

// mark notes a verdict on a cell.
func (f *findings) mark(c Cell, v Verdict) { f.worst[c.i] = worst(v, f.worst[c.i]) }

// coordinates returns the place of the cell in the table, with another node for one
// variable unless variable is -1. It allocates from time to time.
func (f *finder) coordinates(c Cell, variable, node int) Coordinates {
	n := len(c.t.vars)
	if len(f.room) < n {
		f.room = make(Coordinates, n*min(256, max(8, len(f.list))))
	}
	out := f.room[:n:n]
	f.room = f.room[n:]
	c.locate(out, variable, node)
	return out
}
