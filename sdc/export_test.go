package sdc

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
