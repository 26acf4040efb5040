package evidence

import "github.com/sluis-go/sluis/internal/group"

// tally is the sums of a grid's cells whose responses have 64 bits and whose
// rows are respondents of their own. What belongs to a cell lies side by side, so
// that a row touches one cache line: the sum, the sum of absolutes, and the
// largest absolutes in falling order.
//
// Where two are the most that is kept, a row goes to a cell of half that size if its
// response, in steps, is from 1 to 2^32-1, as nearly all are that count money. It does
// not matter which row is where: fold adds the two up.
type tally struct {
	top, words int
	counts     *group.Counts
	cell       []int64 // nil until there are some
	// Rare, nil until there are some: rows of a cell without a response, and with
	// one of 0.
	missing, zeros []uint32

	amounts *group.Amounts // nil if there are none
	step    int64          // of the amounts; 0 until there are some
	off     bool           // too few rows are in amounts for it to take more
	n       int            // number of cells
	// How many rows were offered to amounts, and were neither that nor 0.
	offered, other int64

	keys  []uint32 // scratch, as the others
	x     []int64
	steps []int64
	rest  []uint32
}

func newTally(top int, g *group.Grid, counts *group.Counts) *tally {
	t := &tally{top: top, words: 2 + top, n: g.Cells(), counts: counts}
	if top <= 2 {
		t.amounts = group.NewAmounts(g)
	}
	return t
}

// add counts rows and adds them. x is steps[i]*step; null, if not nil, says which have
// no response.
func (t *tally) add(keys []uint32, x, steps []int64, step int64, null []bool) {
	if null != nil {
		keys, x, steps = t.filled(keys, x, steps, null)
	}
	if t.step == 0 {
		t.step = step
	}
	if t.amounts != nil && t.step == step && !t.off {
		keys, x = t.addAmounts(keys, x, steps)
	}
	if len(keys) == 0 {
		return
	}
	t.counts.Add(keys)
	t.grow()
	if t.top == 2 {
		t.add2(keys, x)
		return
	}
	for i, k := range keys {
		c := t.cell[int(k)*t.words:][:t.words]
		v := x[i]
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

// grow makes the cells if there are none.
func (t *tally) grow() {
	if t.cell == nil {
		t.cell = make([]int64, t.n*t.words)
	}
}

// filled returns the rows that have a response, and counts the others.
func (t *tally) filled(keys []uint32, x, steps []int64, null []bool) ([]uint32, []int64, []int64) {
	if t.missing == nil {
		t.missing = make([]uint32, t.n)
	}
	t.keys, t.x, t.steps = t.keys[:0], t.x[:0], t.steps[:0]
	for i, k := range keys {
		if null[i] {
			t.missing[k]++
			t.counts.AddTo(int(k), 1)
		} else {
			t.keys, t.x, t.steps = append(t.keys, k), append(t.x, x[i]), append(t.steps, steps[i])
		}
	}
	return t.keys, t.x, t.steps
}

// addAmounts adds what it can to the amounts and counts zeros, and returns the rest.
func (t *tally) addAmounts(keys []uint32, x, steps []int64) ([]uint32, []int64) {
	rest := extendTo(&t.rest, len(keys))
	rest = rest[:t.amounts.Add(keys, steps, rest)]
	extendTo(&t.keys, len(keys))
	extendTo(&t.x, len(keys))
	n := 0
	for _, i := range rest { // t.keys may be keys: i is n or more
		if x[i] == 0 {
			t.zero(keys[i])
			t.counts.AddTo(int(keys[i]), 1)
			continue
		}
		t.keys[n], t.x[n] = keys[i], x[i]
		n++
	}
	t.offered += int64(len(keys))
	t.other += int64(n)
	// What goes to both, in vain to one, is worth it for one row of three.
	t.off = t.other > t.offered/3*2
	return t.keys[:n], t.x[:n]
}

// add2 is add for the two largest. It has no branch that depends on the values,
// zeros aside.
func (t *tally) add2(keys []uint32, x []int64) {
	const words = 4
	cell := t.cell
	x = x[:len(keys)]
	for i, k := range keys {
		c := (*[words]int64)(cell[int(k)*words:])
		v := x[i]
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
		t.zeros = make([]uint32, t.n)
	}
	t.zeros[k]++
}

// alike reports whether the amounts of both have one step, so that they merge.
func (t *tally) alike(o *tally) bool {
	return (t.amounts == nil) == (o.amounts == nil) && (t.step == o.step || t.step == 0 || o.step == 0)
}

// merge adds o, of the same grid and unit, which is alike. Rows are counted elsewhere.
func (t *tally) merge(o *tally) {
	if t.amounts != nil {
		t.amounts.Merge(o.amounts)
		t.step = max(t.step, o.step)
	}
	t.missing = addCounts(t.missing, o.missing)
	t.zeros = addCounts(t.zeros, o.zeros)
	if t.cell == nil {
		t.cell = o.cell
		return
	}
	for at := 0; at < len(o.cell); at += t.words {
		c, from := t.cell[at:at+t.words], o.cell[at:at+t.words]
		c[0] += from[0]
		c[1] += from[1]
		for _, a := range from[2:] {
			rankIn(c[2:], a)
		}
	}
}

// rankIn puts a, not below 0, among the largest.
func rankIn(top []int64, a int64) {
	for j := 0; j < len(top) && a > 0; j++ {
		top[j], a = max(top[j], a), min(top[j], a)
	}
}

// fold moves what is in amounts to the cells and the counts, which have everything
// then. Up to threads goroutines work on it.
func (t *tally) fold(threads int) {
	t.grow()
	if t.amounts == nil {
		return
	}
	inParallel(threads, threads, func(w int) {
		for k := t.n * w / threads; k < t.n*(w+1)/threads; k++ {
			rows, sum, first, second := t.amounts.At(k)
			if rows == 0 {
				continue
			}
			t.counts.AddTo(k, rows)
			c := t.cell[k*t.words:][:t.words]
			c[0] += sum * t.step
			c[1] += sum * t.step
			rankIn(c[2:], first*t.step)
			rankIn(c[2:], second*t.step)
		}
	})
	t.amounts = nil
}

// at returns what belongs to a cell: the sum, the sum of absolutes and the largest,
// and how many rows have no response or one of 0.
func (t *tally) at(k int) (s []int64, missing, zeros int64) {
	if t.missing != nil {
		missing = int64(t.missing[k])
	}
	if t.zeros != nil {
		zeros = int64(t.zeros[k])
	}
	return t.cell[k*t.words:][:t.words], missing, zeros
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
