package riskmetrics

import (
	"context"
	"fmt"
	"math"
	"slices"

	"github.com/sluis-go/sluis/sdc/report/words"
)

// contingency is the full table of the keys: every combination of their values.
type contingency struct {
	c     *Classes
	cells float64
	card  []int
	cell  []int     // class -> cell; nil, as are the others, where there are too many
	f, mu []float64 // cell -> records, and the fitted mean
}

const defaultMaxCells = 1 << 24

// contingency lays out the table, without its cells where these are too many.
func (c *Classes) contingency(o *LogLinearOptions) (*contingency, error) {
	if !(o.Fraction > 0 && o.Fraction < 1) {
		return nil, fmt.Errorf("%w: the sampling fraction must be between 0 and 1", ErrRequest)
	}
	if o.MaxCells < 0 {
		return nil, fmt.Errorf("%w: the number of cells is above 0", ErrRequest)
	}
	if o.MaxCells == 0 {
		o.MaxCells = defaultMaxCells
	}
	if err := c.oneClassEach(); err != nil {
		return nil, err
	}
	if len(c.size) == 0 {
		return nil, &words.Error{Kind: ErrEstimator, Fact: words.New(words.NoRecordsToFit)}
	}
	if c.missing.kind == asWildcard || c.missing.kind == asSdcMicro {
		for id := range c.size {
			if c.hasNull(uint32(id)) {
				return nil, fmt.Errorf("%w: a null that matches other values is in no one cell of the table", ErrRequest)
			}
		}
	}
	t := &contingency{c: c, cells: 1, card: make([]int, len(c.keys))}
	for k, col := range c.keys {
		t.card[k] = col.List.Len()
		t.cells *= float64(t.card[k])
	}
	if t.cells > float64(o.MaxCells) {
		return t, nil
	}
	t.cell = make([]int, len(c.size))
	for k, card := range t.card {
		for id := range t.cell {
			t.cell[id] = t.cell[id]*card + int(c.codes[k][id])
		}
	}
	t.f, t.mu = make([]float64, int(t.cells)), make([]float64, int(t.cells))
	for id, cell := range t.cell {
		t.f[cell] = float64(c.basis()[id])
	}
	return t, nil
}

// independent fits the main effects, n times the product of the shares of the
// values, to the classes alone.
func (t *contingency) independent(mean []float64) {
	n := 0.0
	for _, s := range t.c.basis() {
		n += float64(s)
	}
	for id := range mean {
		mean[id] = n
	}
	for k, card := range t.card {
		share := make([]float64, card)
		for id, s := range t.c.basis() {
			share[t.c.codes[k][id]] += float64(s)
		}
		for id := range mean {
			mean[id] *= share[t.c.codes[k][id]] / n
		}
	}
}

// termMargin is one term: the table summed over all keys but its own.
type termMargin struct {
	stride []int // key -> step in the margin, 0 for a key that is summed over
	want   []float64
	have   []float64
}

// Iterative proportional fitting ends when every margin is this near, relative to
// itself, or fails after so many rounds.
const (
	marginTolerance = 1e-12
	mostRounds      = 20_000
)

// proportional fits the terms and returns the rounds it took.
func (t *contingency) proportional(ctx context.Context, terms [][]int) (int, error) {
	margins := make([]termMargin, len(terms))
	for i, term := range terms {
		m := termMargin{stride: make([]int, len(t.card))}
		size := 1
		for _, k := range slices.Backward(term) {
			m.stride[k] = size
			size *= t.card[k]
		}
		m.want, m.have = make([]float64, size), make([]float64, size)
		if err := t.sum(ctx, t.f, m.stride, m.want); err != nil {
			return 0, err
		}
		margins[i] = m
	}
	for i := range t.mu {
		t.mu[i] = 1
	}
	for round := 1; round <= mostRounds; round++ {
		far := false
		for _, m := range margins {
			clear(m.have)
			if err := t.sum(ctx, t.mu, m.stride, m.have); err != nil {
				return 0, err
			}
			for at, have := range m.have {
				want := m.want[at]
				far = far || !(math.Abs(have-want) <= marginTolerance*want)
				if m.have[at] = 0; want > 0 {
					m.have[at] = want / have
				}
			}
			if err := t.scale(ctx, m.stride, m.have); err != nil {
				return 0, err
			}
		}
		if !far {
			return round, nil
		}
	}
	return 0, &words.Error{Kind: ErrEstimator, Fact: words.New(words.NotConverged, words.Count(mostRounds))}
}

// sum adds the values of cells to their places in a margin.
func (t *contingency) sum(ctx context.Context, values []float64, stride []int, to []float64) error {
	step := stride[len(stride)-1]
	return t.walk(ctx, stride, func(cell, at, n int) {
		row := values[cell : cell+n]
		switch step {
		case 0:
			sum := to[at]
			for _, v := range row {
				sum += v
			}
			to[at] = sum
		case 1:
			to := to[at : at+n]
			for j, v := range row {
				to[j] += v
			}
		default:
			for j, v := range row {
				to[at+j*step] += v
			}
		}
	})
}

// scale multiplies the fitted values by the factors of a margin.
func (t *contingency) scale(ctx context.Context, stride []int, by []float64) error {
	step := stride[len(stride)-1]
	return t.walk(ctx, stride, func(cell, at, n int) {
		row := t.mu[cell : cell+n]
		switch step {
		case 0:
			factor := by[at]
			for j := range row {
				row[j] *= factor
			}
		case 1:
			by := by[at : at+n]
			for j := range row {
				row[j] *= by[j]
			}
		default:
			for j := range row {
				row[j] *= by[at+j*step]
			}
		}
	})
}

// walk calls do for every run of n cells that differ in the last key alone, with
// the place of the first in a margin.
func (t *contingency) walk(ctx context.Context, stride []int, do func(cell, at, n int)) error {
	last := len(t.card) - 1
	n := t.card[last]
	digit := make([]int, len(t.card))
	at := 0
	for cell := 0; cell < len(t.mu); cell += n {
		if cell&(1<<16-1) < n {
			if err := ctx.Err(); err != nil {
				return err
			}
		}
		do(cell, at, n)
		for k := last - 1; k >= 0; k-- {
			if digit[k]++; digit[k] < t.card[k] {
				at += stride[k]
				break
			}
			at -= (digit[k] - 1) * stride[k]
			digit[k] = 0
		}
	}
	return nil
}

// maximal checks terms, adds the main effects, and drops terms that are within another
// term.
func maximal(terms [][]int, keys int) ([][]int, error) {
	var all [][]int
	for _, term := range terms {
		term = slices.Clone(term)
		slices.Sort(term)
		if len(term) == 0 || len(slices.Compact(slices.Clone(term))) < len(term) || term[0] < 0 || term[len(term)-1] >= keys {
			return nil, fmt.Errorf("%w: a term is a set of keys", ErrRequest)
		}
		all = append(all, term)
	}
	for k := range keys {
		all = append(all, []int{k})
	}
	slices.SortStableFunc(all, func(a, b []int) int {
		if len(a) != len(b) {
			return len(b) - len(a)
		}
		return slices.Compare(a, b)
	})
	var out [][]int
	for _, term := range all {
		within := slices.ContainsFunc(out, func(wider []int) bool {
			return !slices.ContainsFunc(term, func(k int) bool { return !slices.Contains(wider, k) })
		})
		if !within {
			out = append(out, term)
		}
	}
	return out, nil
}
