package sdc

import (
	"errors"
	"fmt"
	"math"
	"slices"
	"strconv"

	"github.com/sluis-go/sluis/internal/column"
	"github.com/sluis-go/sluis/internal/evidence"
	"github.com/sluis-go/sluis/internal/observed"
)

// batchPart is scratch for the rows of a batch that one table takes.
type batchPart struct {
	cols             [][]uint32
	rowKey           []uint64
	response, weight column.Numbers
}

// check looks at the codes that a batch has added: nulls where none are
// allowed, and values that a hierarchy does not have.
func (w *worker) check(c int, row int64, codes []uint32) error {
	e, want := w.encoders[c], &w.pl.columns[c]
	for code := w.known[c]; code < e.Len(); code++ {
		null, hasNull := e.Null()
		isNull := hasNull && int(null) == code
		var err error
		switch {
		case isNull && want.refuse:
			err = column.ErrNull
		case !isNull && want.hierarchy != nil && !want.hierarchy.isLeaf(e.Label(uint32(code))):
			err = want.hierarchy.noLeaf()
		}
		if err == nil {
			continue
		}
		for i, k := range codes {
			if int(k) == code {
				return &ColumnError{Column: want.name, Row: row + int64(i), Err: err}
			}
		}
	}
	if c == w.pl.request {
		for code := w.known[c]; code < e.Len(); code++ {
			null, hasNull := e.Null()
			isNull := hasNull && int(null) == code
			asked, ok := isTrue(e.Label(uint32(code)))
			w.flags = append(w.flags, !isNull && asked)
			if i := slices.Index(codes, uint32(code)); !ok && !isNull && i >= 0 {
				return &ColumnError{Column: want.name, Row: row + int64(i), Err: errFlag}
			}
		}
	}
	w.known[c] = e.Len()
	return nil
}

// errFlag lists the values that a flag may have.
var errFlag = fmt.Errorf("%w: a flag is true or false (also TRUE, True and their like) or a number", column.ErrType)

// isTrue reads a flag: true, or a number other than 0. ok is false where the label is no
// number, and not true or false.
func isTrue(label string) (asked, ok bool) {
	switch label {
	case "true", "TRUE", "True":
		return true, true
	case "false", "FALSE", "False":
		return false, true
	}
	f, err := strconv.ParseFloat(label, 64)
	return f != 0, err == nil && !math.IsNaN(f)
}

// gather hands the batch that w.codes and w.numbers hold to every table.
func (w *worker) gather(n int, row int64) error {
	w.noteAsked(n)
	if err := w.holdDeclared(n, row); err != nil {
		return err
	}
	for k, t := range w.pl.tabs {
		if w.grids.on[k] {
			done, err := w.gatherOnGrid(k, n, row)
			if err != nil {
				return err
			}
			if done {
				continue
			}
		}
		keep := w.kept(t, n)
		b, back := w.batch(t, n, keep)
		w.excluded[k] += int64(n - b.Rows)
		if err := w.accumulators[k].Add(b); err != nil {
			return w.rowError(err, t, row, back)
		}
		if err := w.observe(k, b); err != nil {
			return err
		}
		if w.asked[k] == nil {
			continue
		}
		if b, back = w.batch(t, n, w.askedRows(n, keep)); b.Rows > 0 {
			b.Weight = nil
			if err := w.asked[k].Add(b); err != nil {
				return w.rowError(err, t, row, back)
			}
		}
	}
	w.rows += int64(n)
	return w.addOverlap(n)
}

// gatherOnGrid hands the batch to the grid of a table. Where the grid cannot take
// it, the table's columns are encoded for the accumulator, and it reports false.
func (w *worker) gatherOnGrid(k, n int, row int64) (bool, error) {
	t := w.pl.tabs[k]
	b, _ := w.batch(t, n, nil)
	done, err := w.addToGrid(k, b)
	if done || err != nil {
		return done, err
	}
	if err := w.flushTables([]int{k}); err != nil {
		return false, err
	}
	only := make([]bool, len(w.pl.columns))
	for _, c := range t.by {
		only[c] = !w.grids.coded[c]
		w.grids.coded[c] = true
	}
	w.grids.refused[k] = true
	return false, w.encode(n, row, only)
}

// kept returns the rows of a batch that a table takes; nil stands for all.
func (w *worker) kept(t *tabulation, n int) []int32 {
	var drop []bool
	for _, c := range t.exclude {
		null, ok := w.encoders[c].Null()
		if !ok {
			continue
		}
		for i, code := range w.codes[c] {
			if code == null {
				if drop == nil {
					drop = make([]bool, n)
				}
				drop[i] = true
			}
		}
	}
	if drop == nil {
		return nil
	}
	keep := make([]int32, 0, n)
	for i, d := range drop {
		if !d {
			keep = append(keep, int32(i))
		}
	}
	return keep
}

// batch assembles the rows of a batch that a table counts: all rows, without copying, or
// the rows in keep. back maps the rows of b to the rows of the batch; nil for all.
func (w *worker) batch(t *tabulation, n int, keep []int32) (b *evidence.Batch, back []int32) {
	p := &w.part
	b = &evidence.Batch{Rows: n}
	if keep != nil {
		b.Rows = len(keep)
	}
	p.cols = p.cols[:0]
	for _, c := range t.by {
		p.cols = append(p.cols, pick(w.codes[c], keep))
		b.Cards = append(b.Cards, w.encoders[c].Len())
	}
	b.Cols = p.cols
	if c := w.pl.respondent; c >= 0 {
		if w.keyed[c] {
			b.RespondentKey = pick(w.keys[c].Key, keep)
		} else {
			b.Respondent = pick(w.codes[c], keep)
		}
	}
	b.FirstRow = w.first
	b.Lasting = w.lasting && (t.response < 0 || w.texts[t.response] == nil)
	if t.shape.Sole && w.pl.respondent < 0 && keep != nil {
		p.rowKey = p.rowKey[:0]
		for _, i := range keep {
			p.rowKey = append(p.rowKey, w.first+uint64(i))
		}
		b.RowKey = p.rowKey
	}
	if c := w.pl.holding; c >= 0 && w.keyed[c] {
		b.HoldingKey = pick(w.keys[c].Key, keep)
		b.HoldingNull = pick(w.keys[c].Null, keep)
	} else if c >= 0 {
		b.Holding = pick(w.codes[c], keep)
		if null, ok := w.encoders[c].Null(); ok {
			b.HoldingNull = make([]bool, b.Rows)
			for i, code := range b.Holding {
				b.HoldingNull[i] = code == null
			}
		}
	}
	if t.response >= 0 {
		b.Response = pickNumbers(&w.numbers[t.response], &p.response, keep)
	}
	if w.pl.weight >= 0 {
		b.Weight = pickNumbers(&w.numbers[w.pl.weight], &p.weight, keep)
	}
	return b, keep
}

// pick returns the rows in keep; nil stands for all, and nil stays nil.
func pick[T any](rows []T, keep []int32) []T {
	if keep == nil || rows == nil {
		return rows
	}
	out := make([]T, len(keep))
	for i, r := range keep {
		out[i] = rows[r]
	}
	return out
}

func pickNumbers(from, into *column.Numbers, keep []int32) *column.Numbers {
	if keep == nil {
		return from
	}
	into.Take(from, keep)
	return into
}

// rowError names the column and row of an error of the evidence.
func (w *worker) rowError(err error, t *tabulation, row int64, back []int32) error {
	var at *evidence.RowError
	if !errors.As(err, &at) {
		return err
	}
	c := t.response
	if at.Weight {
		c = w.pl.weight
	}
	pos := int64(-1)
	if at.Row >= 0 {
		i := at.Row
		if back != nil {
			i = int(back[i])
		}
		pos = row + int64(i)
	}
	return &ColumnError{Column: w.pl.columns[c].name, Row: pos, Err: numberError(at.Err)}
}

// unitCodes picks the maps of respondents and holdings from the maps of all columns.
func (w *worker) unitCodes(codes [][]uint32) evidence.Codes {
	m := evidence.Codes{}
	if c := w.pl.respondent; c >= 0 {
		m.Respondent = codes[c]
	}
	if c := w.pl.holding; c >= 0 {
		m.Holding = codes[c]
	}
	return m
}

// merge adds the rows that o gathered. Afterwards o must not be used.
func (w *worker) merge(o *worker) error {
	for k := range w.pl.tabs {
		if w.alike(o, k) {
			continue
		}
		if err := o.flush(); err != nil {
			return err
		}
		break
	}
	codes := make([][]uint32, len(w.pl.columns))
	for c := range w.pl.columns {
		if w.encoders[c] != nil {
			codes[c] = w.encoders[c].Merge(o.encoders[c])
		}
	}
	w.rows += o.rows
	if w.picker != nil {
		w.picker.Merge(o.picker)
	}
	if w.overlap != nil {
		m := evidence.Codes{Respondent: codes[w.pl.respondent], Holding: codes[w.pl.holding]}
		if err := w.overlap.Merge(o.overlap, m); err != nil {
			return err
		}
	}
	for k := range w.broken {
		w.broken[k].merge(&o.broken[k], w.unitCodes(codes))
	}
	if w.asks != nil {
		w.asks.merge(o.asks, w.unitCodes(codes))
	}
	for k, t := range w.pl.tabs {
		m := w.unitCodes(codes)
		for _, c := range t.by {
			m.Columns = append(m.Columns, codes[c])
		}
		w.excluded[k] += o.excluded[k]
		if g := o.grids.grids[k]; g != nil {
			if err := w.grids.grids[k].Merge(g, m, w.threads); err != nil {
				return w.rowError(err, t, 0, nil)
			}
		}
		if err := w.accumulators[k].Merge(o.accumulators[k], m); err != nil {
			return w.rowError(err, t, 0, nil)
		}
		if w.asked[k] != nil {
			if err := w.asked[k].Merge(o.asked[k], m); err != nil {
				return w.rowError(err, t, 0, nil)
			}
		}
		if w.logs[k] != nil {
			if err := w.logs[k].Merge(o.logs[k], observed.Codes(m)); err != nil {
				return outputsError("output %q: %v", t.output.Name, err)
			}
		}
	}
	return nil
}
