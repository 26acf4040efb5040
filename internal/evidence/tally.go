package evidence

// tally is the sums of a grid's cells whose responses have 64 bits and whose
// rows are respondents of their own. What belongs to a cell lies side by side, so
// that a row touches one cache line: the sum, the sum of absolutes, and the
// largest absolutes in falling order.
type tally struct {
	top, words int
	cell       []int64
	// Rare, nil until there are some: rows of a cell without a response, and with
	// one of 0.
	missing, zeros []uint32
}

func newTally(top, n int) *tally {
	t := &tally{top: top, words: 2 + top}
	t.cell = make([]int64, n*t.words)
	return t
}

func (t *tally) cells() int { return len(t.cell) / t.words }

// addSome is add for rows some of which have no response.
func (t *tally) addSome(keys []uint32, x []small, null []bool) {
	if t.missing == nil {
		t.missing = make([]uint32, t.cells())
	}
	for i, k := range keys {
		if null[i] {
			t.missing[k]++
		} else {
			t.add(keys[i:i+1], x[i:i+1])
		}
	}
}

// add adds rows.
func (t *tally) add(keys []uint32, x []small) {
	x = x[:len(keys)]
	if t.top == 2 {
		t.add2(keys, x)
		return
	}
	for i, k := range keys {
		c := t.cell[int(k)*t.words:][:t.words]
		v := int64(x[i])
		a := max(v, -v)
		c[0] += v
		c[1] += a
		if v == 0 {
			t.zero(k)
		}
		for j := 2; j < len(c) && a > 0; j++ {
			c[j], a = max(c[j], a), min(c[j], a)
		}
	}
}

// add2 is add for the two largest. It has no branch that depends on the values,
// zeros aside.
func (t *tally) add2(keys []uint32, x []small) {
	const words = 4
	cell := t.cell
	for i, k := range keys {
		c := (*[words]int64)(cell[int(k)*words:])
		v := int64(x[i])
		if v == 0 {
			t.zero(k)
		}
		a := max(v, -v)
		c[0] += v
		c[1] += a
		first := c[2]
		c[2] = max(first, a)
		c[3] = max(c[3], min(first, a))
	}
}

func (t *tally) zero(k uint32) {
	if t.zeros == nil {
		t.zeros = make([]uint32, t.cells())
	}
	t.zeros[k]++
}

// merge adds o, of the same grid and unit.
func (t *tally) merge(o *tally) {
	for at := 0; at < len(t.cell); at += t.words {
		c, from := t.cell[at:at+t.words], o.cell[at:at+t.words]
		c[0] += from[0]
		c[1] += from[1]
		for _, a := range from[2:] {
			for j := 2; j < len(c) && a > 0; j++ {
				c[j], a = max(c[j], a), min(c[j], a)
			}
		}
	}
	t.missing = addCounts(t.missing, o.missing)
	t.zeros = addCounts(t.zeros, o.zeros)
}

func addCounts(into, from []uint32) []uint32 {
	if into == nil {
		return from
	}
	for i, n := range from {
		into[i] += n
	}
	return into
}

// write writes the cells of keys lo to hi to c, whose records are set.
func (t *tally) write(c *cells[small], keys []uint32, lo, hi int) {
	for i := lo; i < hi; i++ {
		k := int(keys[i])
		cell := t.cell[k*t.words:][:t.words]
		c.sum[i], c.abs[i] = small(cell[0]), small(cell[1])
		// Sums are equal where no value is below 0, and only there.
		c.negative[i] = cell[0] != cell[1]
		for j, a := range cell[2:] {
			c.top[i*t.top+j] = small(a)
		}
		c.nonZero[i] = c.records[i]
		if t.missing != nil {
			c.missing[i] = int64(t.missing[k])
			c.nonZero[i] -= c.missing[i]
		}
		if t.zeros != nil {
			c.nonZero[i] -= int64(t.zeros[k])
		}
	}
}
