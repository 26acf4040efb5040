package evidence

import (
	"slices"

	"github.com/sluis-go/sluis/internal/exact"
	"github.com/sluis-go/sluis/internal/topk"
)

// number is the type that sums of a response have: small, exact.Int128 where small is too
// small, exact.Wide where Int128 is too small, and exact.Empty where there is no
// response.
type number[T any] interface {
	Add(T) T
	Abs() T
	Cmp(T) int
	Sign() int
	Num() exact.Num
	Fold() uint64
}

// pair is a contribution with its weight.
type pair[T any] = topk.Pair[T, exact.Int128]

// role says which counts a unit stands for. Without holdings in the data a
// respondent plays both.
type role uint8

const (
	asRespondent role = 1 << iota
	asHolding
)

// cells is the evidence of a set of cells, by dense index. It is used for the inner cells
// while rows come in, for margins afterwards, and for corrections of margins.
type cells[T number[T]] struct {
	shape Shape
	n     int

	records, missing      []int64
	respondents, holdings []int64
	contributors, nonZero []int64
	owners                []int64 // nil without shape.Owners
	ownersNonZero         []int64 // likewise, see markUnits
	// same counts units that stand in all four of the above that their role
	// speaks of: one counter for most units. settle distributes it.
	same     []int64
	negative []bool
	sum, abs []T
	top      []T // shape.ranked a cell, falling; without Tau
	// owner has, for each entry of top, the unit that contributes it, where the unit may
	// occur again in another cell; otherwise 0. Nil while there is no such unit.
	owner                 []uint64
	named                 []T    // shape.Largest a cell, see largest.go
	who                   []Unit // beside named
	tau                   [][]topk.Pair[T, exact.Int128]
	seen                  []uint8 // with shape.Alike, see alike.go; one is the value of oneSeen
	one                   []T
	marks                 []mark  // with shape.Alike and respondents
	ownerMarks            []mark  // with shape.Owners, of holdings
	pairs                 []int64 // likewise, of rows that are respondents, see rowLog.pairs
	weights               []exact.Int128
	weighted, weightedAbs []exact.Int512
	slots                 exact.Int128 // shape.Top, in units of the weight
}

// grow makes room for n cells.
func (c *cells[T]) grow(n int) {
	c.n = max(c.n, n)
	extend(&c.records, n)
	c.growUnits(n)
	if c.shape.Response {
		extend(&c.missing, n)
		extend(&c.sum, n)
	}
	if c.shape.Alike > 0 {
		extend(&c.seen, n)
		extend(&c.one, n)
		if c.shape.logged() {
			extend(&c.pairs, n)
		}
	}
	if c.shape.Weight {
		extend(&c.weights, n)
		if c.shape.Response {
			extend(&c.weighted, n)
		}
	}
}

// growUnits makes room for counts by unit, not by row.
func (c *cells[T]) growUnits(n int) {
	c.n = max(c.n, n)
	if c.shape.pooled() { // otherwise they are the rows
		extend(&c.respondents, n)
		extend(&c.contributors, n)
		extend(&c.holdings, n)
	} else if c.shape.Response && c.shape.Weight {
		extend(&c.contributors, n) // not all rows with a response: see weighty
	}
	if !c.shape.Response {
		return
	}
	if c.shape.Owners {
		extend(&c.owners, n)
		extend(&c.ownersNonZero, n)
		extend(&c.ownerMarks, n)
	}
	if c.shape.Alike > 0 && c.shape.Respondent {
		extend(&c.marks, n)
	}
	extend(&c.nonZero, n)
	extend(&c.negative, n)
	extend(&c.abs, n)
	extend(&c.named, n*c.shape.Largest)
	extend(&c.who, n*c.shape.Largest)
	if c.shape.Tau {
		extend(&c.tau, n)
	} else {
		extend(&c.top, n*c.shape.ranked())
		if c.owner != nil {
			extend(&c.owner, n*c.shape.ranked())
		}
	}
	if c.shape.Weight {
		extend(&c.weightedAbs, n)
	}
}

// extend lengthens a slice with zeros, in amortised constant time.
func extend[T any](s *[]T, n int) {
	if k := n - len(*s); k > 0 {
		*s = append(*s, make([]T, k)...)
	}
}

// contribution is the sum of the rows of a unit in a cell.
type contribution[T any] struct {
	filled bool // some row has a response
	x      T
	wx     *exact.Int512 // the same weighted; nil without weights
	w      exact.Int128  // the unit's weight, with Tau
	owner  uint64        // see cells.owner
	who    Unit          // with Shape.Largest
}

// unit counts one respondent or holding in cell i.
func (c *cells[T]) unit(i uint32, as role, u *contribution[T]) {
	c.count(i, as, u)
	if as&asHolding != 0 && u.filled {
		c.contribute(i, u)
	}
}

// count counts a unit, without its contribution.
func (c *cells[T]) count(i uint32, as role, u *contribution[T]) {
	if as&asRespondent != 0 {
		c.respondents[i]++
		if u.filled || !c.shape.Response {
			c.contributors[i]++
		}
		if u.filled && u.x.Sign() != 0 {
			c.nonZero[i]++
		}
	}
	if as&asHolding != 0 {
		c.holdings[i]++
		if c.owners != nil && u.filled {
			c.owners[i]++
		}
	}
}

// contribute adds the contribution of a holding to the absolute sums and the ranked
// contributions.
func (c *cells[T]) contribute(i uint32, u *contribution[T]) {
	if u.x.Sign() < 0 {
		c.negative[i] = true
	}
	a := u.x.Abs()
	c.abs[i] = c.abs[i].Add(a)
	if u.wx != nil {
		c.weightedAbs[i] = c.weightedAbs[i].Add(u.wx.Abs())
	}
	if c.shape.Tau {
		c.rankTau(i, a, u.w)
		if u.w.Sign() > 0 {
			c.name(i, a, u.who)
		}
		return
	}
	c.rank(i, a, u.owner)
	c.name(i, a, u.who)
}

// rankTau offers a contribution for the largest of cell i. The largest are those that
// fill shape.Top slots; at least shape.Top contributions, because the p% rule looks at
// the largest unweighted; and at least two.
func (c *cells[T]) rankTau(i uint32, a T, w exact.Int128) {
	if w.Sign() > 0 {
		c.tau[i] = topk.InsertWeighted(c.tau[i], a, w, c.slots, max(2, c.shape.Top))
	}
}

// rank offers a contribution for the largest of cell i. Of one owner the
// largest alone is kept.
func (c *cells[T]) rank(i uint32, a T, owner uint64) {
	n := c.shape.ranked()
	top := c.top[int(i)*n : int(i)*n+n]
	if n == 0 || a.Cmp(top[n-1]) <= 0 {
		return
	}
	if c.owner == nil {
		if owner == 0 {
			topk.Insert(top, a)
			return
		}
		c.owner = make([]uint64, len(c.top))
	}
	topk.InsertOwned(top, c.owner[int(i)*n:int(i)*n+n], a, owner)
}

// settle distributes the units of one role that same has counted.
func (c *cells[T]) settle(as role) {
	for i, k := range c.same {
		if k == 0 {
			continue
		}
		if as&asRespondent != 0 {
			c.respondents[i] += k
			c.contributors[i] += k
			if c.shape.Response {
				c.nonZero[i] += k
			}
		}
		if as&asHolding != 0 {
			c.holdings[i] += k
			if c.owners != nil {
				c.owners[i] += k
			}
		}
		c.same[i] = 0
	}
}

// add adds the evidence of every cell j of o to cell to[j], or to cell j where to is nil.
// NoNode means: to no cell. c and o must have disjoint rows, and disjoint units except
// for owners. Evidence that o does not have counts as 0. Up to threads goroutines work.
func (c *cells[T]) add(o *cells[T], to []uint32, threads int) {
	kinds := []func(){
		func() { addInts(c.records, o.records, to) },
		func() { addInts(c.respondents, o.respondents, to) },
		func() { addInts(c.holdings, o.holdings, to) },
		func() { addInts(c.contributors, o.contributors, to) },
		func() { addNumbers(c.weights, o.weights, to) },
		func() { addNumbers(c.weighted, o.weighted, to) },
		func() { addNumbers(c.weightedAbs, o.weightedAbs, to) },
	}
	if c.shape.Response {
		kinds = append(kinds,
			func() { c.addTops(o, to) },
			func() { addInts(c.owners, o.owners, to) },
			func() { addInts(c.ownersNonZero, o.ownersNonZero, to) },
			func() { c.addAlike(o, to) },
			func() { c.addNamed(o, to) },
			func() { addNumbers(c.sum, o.sum, to) },
			func() { addNumbers(c.abs, o.abs, to) },
			func() { addInts(c.missing, o.missing, to) },
			func() { addInts(c.nonZero, o.nonZero, to) },
			func() {
				for j, negative := range o.negative {
					if i := at(to, j); negative && i != NoNode {
						c.negative[i] = true
					}
				}
			})
	}
	inParallel(threads, len(kinds), func(i int) { kinds[i]() })
}

func (c *cells[T]) addTops(o *cells[T], to []uint32) {
	for j, list := range o.tau {
		if i := at(to, j); i != NoNode {
			for _, p := range list {
				c.rankTau(i, p.Value, p.Weight)
			}
		}
	}
	n := c.shape.ranked()
	if n == 0 {
		return
	}
	for j := range len(o.top) / n {
		i := at(to, j)
		if i == NoNode {
			continue
		}
		for k, a := range o.top[j*n : j*n+n] {
			owner := uint64(0)
			if o.owner != nil {
				owner = o.owner[j*n+k]
			}
			c.rank(i, a, owner)
		}
	}
}

// some returns the part of c that is cells first to first+n.
func (c *cells[T]) some(first, n int) cells[T] {
	top, named := c.shape.ranked(), c.shape.Largest
	return cells[T]{
		shape: c.shape, n: n, slots: c.slots,
		named: part(c.named, first*named, n*named), who: part(c.who, first*named, n*named),
		respondents: part(c.respondents, first, n), holdings: part(c.holdings, first, n),
		contributors: part(c.contributors, first, n), nonZero: part(c.nonZero, first, n),
		owners: part(c.owners, first, n), ownersNonZero: part(c.ownersNonZero, first, n),
		marks: part(c.marks, first, n), ownerMarks: part(c.ownerMarks, first, n),
		negative: part(c.negative, first, n), abs: part(c.abs, first, n),
		top: part(c.top, first*top, n*top), owner: part(c.owner, first*top, n*top),
		tau: part(c.tau, first, n), weightedAbs: part(c.weightedAbs, first, n),
	}
}

func part[T any](s []T, first, n int) []T {
	if s == nil {
		return nil
	}
	return s[first : first+n]
}

func at(to []uint32, j int) uint32 {
	if to == nil {
		return uint32(j)
	}
	return to[j]
}

func addInts(into, from []int64, to []uint32) {
	if to == nil {
		for j, v := range from {
			into[j] += v
		}
		return
	}
	for j, v := range from {
		if i := to[j]; i != NoNode {
			into[i] += v
		}
	}
}

func addNumbers[N interface{ Add(N) N }](into, from []N, to []uint32) {
	for j, v := range from {
		if i := at(to, j); i != NoNode {
			into[i] = into[i].Add(v)
		}
	}
}

// margin writes the evidence into the public form, which may share memory with it
// and within itself.
func (c *cells[T]) margin(m *Margin, threads int) {
	m.N = c.n
	m.Records, m.Respondents, m.Holdings, m.Contributors = c.records, c.respondents, c.holdings, c.contributors
	if !c.shape.pooled() {
		// Rows are respondents and holdings of their own.
		m.Respondents, m.Holdings = c.records, c.records
		if !c.shape.Response || !c.shape.Weight {
			m.Contributors = less(c.records, c.missing)
		}
	}
	var kinds []func()
	if c.shape.Response {
		m.Missing, m.NonZero, m.Negative, m.Owners, m.OwnersNonZero = c.missing, c.nonZero, c.negative, c.owners, c.ownersNonZero
		kinds = append(kinds,
			func() { m.Top = c.tops() },
			func() { m.Largest = c.largest() },
			func() { m.Sum = numsOf(c.sum) },
			func() { m.SumAbs = numsOf(c.abs) })
	}
	if c.shape.Alike > 0 {
		kinds = append(kinds, func() { m.Equal = c.equal() })
	}
	if c.shape.Weight {
		kinds = append(kinds, func() { m.Weights = numsOf(c.weights) })
		if c.shape.Response {
			kinds = append(kinds,
				func() { m.Weighted = numsOf(c.weighted) },
				func() { m.WeightedAbs = numsOf(c.weightedAbs) })
		}
	}
	inParallel(threads, len(kinds), func(i int) { kinds[i]() })
}

// less returns all - some; all itself where some are all 0.
func less(all, some []int64) []int64 {
	var out []int64
	for i, n := range some {
		if n != 0 && out == nil {
			out = slices.Clone(all)
		}
		if n != 0 {
			out[i] -= n
		}
	}
	if out == nil {
		return all
	}
	return out
}
