package sdc

import "github.com/apache/arrow/go/v15/arrow"

// Lines returns the lines of cells over a variable by the numbers of cells, nil if there
// are too many combinations, and by index.
func (t *Table) Lines(v int) (byNumber, byIndex []uint32) {
	list := func(l lines) []uint32 {
		out := make([]uint32, t.m.N)
		for i := range out {
			out[i] = l.of(i)
		}
		return out
	}
	if t.number(2) {
		byNumber = list(t.linesOver(v, 2))
	}
	return byNumber, list(t.linesByIndex(v))
}

// Rules applies a policy again to the table of an output.
func (r *Report) Rules(o *Output, k int, p *Policy, threads int) OutputReport {
	t := r.Tables[k]
	t.keys, t.byKey = nil, nil
	out, _ := evaluate(o, &Data{}, &outputTables{main: t}, p, threads)
	return out
}

// LooksOfUnits returns a function that looks at the distinct texts of a column of units, as
// a check does once they are known.
func LooksOfUnits(t arrow.Table, name string) (look func() error, err error) {
	e, err := textsOf(t, name)
	if err != nil {
		return nil, err
	}
	in := internerOf(e)
	return func() error {
		_, err := unitsLookAlike(name, in, "")
		return err
	}, nil
}
