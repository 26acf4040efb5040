package lp

import (
	"cmp"
	"math"
	"slices"
)

// factors is an LU decomposition of a basis, with the later changes of the basis (product
// form). Rows are rows of the constraint matrix, and positions are positions in the
// basis.
type factors struct {
	m      int
	prow   []int32 // step -> pivot row
	pcol   []int32 // step -> basis position
	diag   []float64
	lptr   []int32
	lrow   []int32
	lval   []float64
	uptr   []int32
	urow   []int32
	uval   []float64
	etas   []eta
	erow   []int32
	eval   []float64
	work   []float64 // by row; zero between calls
	mark   []int32
	stack  []int32
	at     []int32
	reach  []int32
	stepOf []int32 // row -> step, -1 while it is no pivot
}

// eta replaces the column at a position; its other entries are erow[from:to].
type eta struct {
	pos      int32
	pivot    float64
	from, to int32
}

func newFactors(m int) *factors {
	f := &factors{}
	f.resize(m)
	return f
}

// resize makes room for a basis of another size.
func (f *factors) resize(m int) {
	if f.m = m; len(f.work) < m {
		f.work, f.mark = make([]float64, m), make([]int32, m)
		f.at, f.stepOf = make([]int32, m), make([]int32, m)
	}
}

// peel orders the columns of the basis so that as much of it as possible is triangular.
// First it takes columns with one entry in the remaining rows, then rows with one entry
// in the remaining columns. It returns the order, the pivot row of each step of the
// triangle (-1 for the rest), and the number of entries of each row in the rest.
func (f *factors) peel(cols func(pos int) ([]int32, []float64)) (order, pivot, rowCount []int32) {
	m := f.m
	rowPtr := make([]int32, m+1)
	colCount := make([]int32, m)
	for p := range m {
		rows, _ := cols(p)
		colCount[p] = int32(len(rows))
		for _, r := range rows {
			rowPtr[r+1]++
		}
	}
	rowCount = make([]int32, m)
	for r := range m {
		rowCount[r] = rowPtr[r+1]
		rowPtr[r+1] += rowPtr[r]
	}
	inRow := make([]int32, rowPtr[m])
	next := slices.Clone(rowPtr[:m])
	for p := range m {
		rows, _ := cols(p)
		for _, r := range rows {
			inRow[next[r]] = int32(p)
			next[r]++
		}
	}
	doneCol, doneRow := make([]bool, m), make([]bool, m)
	order = make([]int32, 0, m)
	pivot = make([]int32, 0, m)
	take := func(p, r int32) {
		doneCol[p], doneRow[r] = true, true
		order = append(order, p)
		pivot = append(pivot, r)
	}
	var queue []int32
	for p := range m {
		if colCount[p] == 1 {
			queue = append(queue, int32(p))
		}
	}
	for len(queue) > 0 {
		p := queue[len(queue)-1]
		queue = queue[:len(queue)-1]
		if doneCol[p] || colCount[p] != 1 {
			continue
		}
		rows, _ := cols(int(p))
		r := int32(-1)
		for _, q := range rows {
			if !doneRow[q] {
				r = q
			}
		}
		take(p, r)
		for _, q := range inRow[rowPtr[r]:rowPtr[r+1]] {
			if colCount[q]--; colCount[q] == 1 && !doneCol[q] {
				queue = append(queue, q)
			}
		}
	}
	for r := range m {
		rowCount[r] = 0
		if doneRow[r] {
			continue
		}
		for _, p := range inRow[rowPtr[r]:rowPtr[r+1]] {
			if !doneCol[p] {
				rowCount[r]++
			}
		}
		if rowCount[r] == 1 {
			queue = append(queue, int32(r))
		}
	}
	for len(queue) > 0 {
		r := queue[len(queue)-1]
		queue = queue[:len(queue)-1]
		if doneRow[r] || rowCount[r] != 1 {
			continue
		}
		p := int32(-1)
		for _, q := range inRow[rowPtr[r]:rowPtr[r+1]] {
			if !doneCol[q] {
				p = q
			}
		}
		take(p, r)
		rows, _ := cols(int(p))
		for _, q := range rows {
			if rowCount[q]--; rowCount[q] == 1 && !doneRow[q] {
				queue = append(queue, q)
			}
		}
	}
	rest := make([]int32, 0, m-len(order))
	for p := range m {
		if !doneCol[p] {
			rest = append(rest, int32(p))
		}
	}
	left := func(p int32) (n int) {
		rows, _ := cols(int(p))
		for _, r := range rows {
			if !doneRow[r] {
				n++
			}
		}
		return n
	}
	slices.SortStableFunc(rest, func(a, b int32) int { return cmp.Compare(left(a), left(b)) })
	for _, p := range rest {
		order = append(order, p)
		pivot = append(pivot, -1)
	}
	return order, pivot, rowCount
}

// factor decomposes the basis of the given columns. Where it is singular it
// returns, for each position without a pivot, a row that has none.
func (f *factors) factor(cols func(pos int) ([]int32, []float64)) (badPos, badRow []int32) {
	f.prow, f.pcol, f.diag = f.prow[:0], f.pcol[:0], f.diag[:0]
	f.lptr, f.lrow, f.lval = append(f.lptr[:0], 0), f.lrow[:0], f.lval[:0]
	f.uptr, f.urow, f.uval = append(f.uptr[:0], 0), f.urow[:0], f.uval[:0]
	f.etas, f.erow, f.eval = f.etas[:0], f.erow[:0], f.eval[:0]
	for r := range f.m {
		f.stepOf[r] = -1
		f.mark[r] = -1
	}
	order, pivot, rowCount := f.peel(cols)
	for k, p := range order {
		rows, vals := cols(int(p))
		f.depthFirst(int32(k), rows)
		for i, r := range rows {
			f.work[r] = vals[i]
		}
		// f.reach is in reverse order of the steps that depend on each other.
		for i := len(f.reach) - 1; i >= 0; i-- {
			r := f.reach[i]
			s := f.stepOf[r]
			if s < 0 {
				continue
			}
			if x := f.work[r]; x != 0 {
				for e := f.lptr[s]; e < f.lptr[s+1]; e++ {
					f.work[f.lrow[e]] -= float64(f.lval[e] * x)
				}
			}
		}
		r := pivot[k]
		if r < 0 || f.stepOf[r] >= 0 || math.Abs(f.work[r]) < singular {
			r = f.choose(rowCount)
		}
		if r < 0 {
			for _, q := range f.reach {
				f.work[q] = 0
			}
			badPos = append(badPos, p)
			continue
		}
		d := f.work[r]
		for _, q := range f.reach {
			x := f.work[q]
			f.work[q] = 0
			switch {
			case q == r || math.Abs(x) < noise:
			case f.stepOf[q] >= 0:
				f.urow = append(f.urow, q)
				f.uval = append(f.uval, x)
			default:
				f.lrow = append(f.lrow, q)
				f.lval = append(f.lval, x/d)
			}
		}
		f.stepOf[r] = int32(len(f.prow))
		f.prow = append(f.prow, r)
		f.pcol = append(f.pcol, p)
		f.diag = append(f.diag, d)
		f.lptr = append(f.lptr, int32(len(f.lrow)))
		f.uptr = append(f.uptr, int32(len(f.urow)))
	}
	if len(badPos) > 0 {
		for r := range f.m {
			if f.stepOf[r] < 0 {
				badRow = append(badRow, int32(r))
			}
		}
	}
	return badPos, badRow
}

// choose picks a pivot among the rows without one. Of the rows with at least a tenth of
// the largest entry it takes the row with the fewest entries; -1 if all entries are zero.
func (f *factors) choose(rowCount []int32) int32 {
	most := 0.0
	for _, q := range f.reach {
		if f.stepOf[q] < 0 {
			most = max(most, math.Abs(f.work[q]))
		}
	}
	if most < singular {
		return -1
	}
	best := int32(-1)
	for _, q := range f.reach {
		if f.stepOf[q] >= 0 || math.Abs(f.work[q]) < most/10 {
			continue
		}
		if best < 0 || rowCount[q] < rowCount[best] || rowCount[q] == rowCount[best] && q < best {
			best = q
		}
	}
	return best
}

// depthFirst sets reach to the rows that a column with the given rows touches
// when it is solved with L, dependents first.
func (f *factors) depthFirst(tag int32, rows []int32) {
	f.reach = f.reach[:0]
	for _, start := range rows {
		if f.mark[start] == tag {
			continue
		}
		f.mark[start] = tag
		f.stack = append(f.stack[:0], start)
		f.at[start] = 0
		for len(f.stack) > 0 {
			r := f.stack[len(f.stack)-1]
			s := f.stepOf[r]
			down := false
			if s >= 0 {
				for e := f.lptr[s] + f.at[r]; e < f.lptr[s+1]; e++ {
					f.at[r]++
					if q := f.lrow[e]; f.mark[q] != tag {
						f.mark[q] = tag
						f.at[q] = 0
						f.stack = append(f.stack, q)
						down = true
						break
					}
				}
			}
			if !down {
				f.stack = f.stack[:len(f.stack)-1]
				f.reach = append(f.reach, r)
			}
		}
	}
}

// ftran solves B x = b. b is by row and destroyed; x is by position.
func (f *factors) ftran(b, x []float64) {
	for k, r := range f.prow {
		if v := b[r]; v != 0 {
			for e := f.lptr[k]; e < f.lptr[k+1]; e++ {
				b[f.lrow[e]] -= float64(f.lval[e] * v)
			}
		}
	}
	for k := len(f.prow) - 1; k >= 0; k-- {
		v := b[f.prow[k]]
		if v != 0 {
			v /= f.diag[k]
			for e := f.uptr[k]; e < f.uptr[k+1]; e++ {
				b[f.urow[e]] -= float64(f.uval[e] * v)
			}
		}
		x[f.pcol[k]] = v
	}
	for _, e := range f.etas {
		v := x[e.pos]
		if v == 0 {
			continue
		}
		v /= e.pivot
		x[e.pos] = v
		for i := e.from; i < e.to; i++ {
			x[f.erow[i]] -= float64(f.eval[i] * v)
		}
	}
}

// btran solves B' y = c. c is by position and destroyed; y is by row.
func (f *factors) btran(c, y []float64) {
	for k := len(f.etas) - 1; k >= 0; k-- {
		e := f.etas[k]
		v := c[e.pos]
		for i := e.from; i < e.to; i++ {
			v -= float64(f.eval[i] * c[f.erow[i]])
		}
		c[e.pos] = v / e.pivot
	}
	for k, r := range f.prow {
		v := c[f.pcol[k]]
		for e := f.uptr[k]; e < f.uptr[k+1]; e++ {
			v -= float64(f.uval[e] * y[f.urow[e]])
		}
		y[r] = v / f.diag[k]
	}
	for k := len(f.prow) - 1; k >= 0; k-- {
		v := y[f.prow[k]]
		for e := f.lptr[k]; e < f.lptr[k+1]; e++ {
			v -= float64(f.lval[e] * y[f.lrow[e]])
		}
		y[f.prow[k]] = v
	}
}

// replace records that the column at a position is replaced by another. alpha is the
// solution of the new column with the old basis.
func (f *factors) replace(pos int, alpha []float64) {
	e := eta{pos: int32(pos), pivot: alpha[pos], from: int32(len(f.erow))}
	for i, v := range alpha {
		if i != pos && math.Abs(v) > noise {
			f.erow = append(f.erow, int32(i))
			f.eval = append(f.eval, v)
		}
	}
	e.to = int32(len(f.erow))
	f.etas = append(f.etas, e)
}
