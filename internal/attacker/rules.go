package attacker

import (
	"math/big"
	"slices"
)

// set is a set of base atoms of a case.
type set []bool

func (s set) disjoint(t set) bool {
	for i := range s {
		if s[i] && t[i] {
			return false
		}
	}
	return true
}

func (s set) covers(t set) bool {
	for i := range s {
		if t[i] && !s[i] {
			return false
		}
	}
	return true
}

func (s set) minus(t set) set {
	out := slices.Clone(s)
	for i := range out {
		out[i] = out[i] && !t[i]
	}
	return out
}

func (s set) plus(t set) set {
	out := slices.Clone(s)
	for i := range out {
		out[i] = out[i] || t[i]
	}
	return out
}

// evidence describes the contributors to a set of atoms, counted from the records.
type evidence struct {
	value   int64 // the value in a release: count or sum
	abs     int64 // sum over units of the absolute values
	persons map[string]int64
	units   map[string]int64 // unit -> contribution, unweighted
	equal   bool             // all rows have one value
	rows    int
}

// gather counts the records of a response (or Count) in a set of atoms.
func (c *Case) gather(atomOf []int, s set, response int) evidence {
	e := evidence{persons: map[string]int64{}, units: map[string]int64{}, equal: true}
	weighted := map[string]int64{}
	first := int64(0)
	for i := range c.Data.Rows {
		r := &c.Data.Rows[i]
		if !s[atomOf[i]] {
			continue
		}
		x, w := int64(1), int64(1)
		if c.Data.Weights {
			w = r.Weight // a count is then the sum of the weights of the records
		}
		if response != Count {
			if x = r.X[response]; w == 0 {
				continue
			}
		}
		if e.rows == 0 {
			first = x
		}
		e.equal = e.equal && x == first
		e.rows++
		e.value += w * x
		weighted[c.Data.unit(r)] += w * x
		e.persons[r.Who] += x
		e.units[c.Data.unit(r)] += x
	}
	if response == Count && !c.Records && !c.Data.Weights {
		e.value = int64(len(e.persons))
	}
	for _, x := range weighted {
		e.abs += max(x, -x)
	}
	return e
}

// largest lists the contributions of the units by absolute value, the largest first; at
// least n of them.
func (e *evidence) largest(n int) []int64 {
	var out []int64
	for _, x := range e.units {
		out = append(out, max(x, -x))
	}
	slices.SortFunc(out, func(a, b int64) int { return int(b - a) })
	for len(out) < n {
		out = append(out, 0)
	}
	return out
}

// judged is the result of the rules about cells for the evidence.
type judged struct {
	unsafe bool
	rules  []string
	level  int64 // how far bounds must stay from the value, in units; 0: not exactly
}

// judge applies the rules that look at one cell alone: all but the group rules. A cell
// without contributors is safe.
func (c *Case) judge(e *evidence, response int) judged {
	p := &c.Policy
	var out judged
	level := new(big.Rat)
	breaks := func(rule string, num, den int64) {
		out.unsafe = true
		out.rules = append(out.rules, rule)
		if x := big.NewRat(num, den); x.Cmp(level) > 0 {
			level = x
		}
	}
	n := int64(len(e.persons))
	if n == 0 {
		return out
	}
	interval := int64(0)
	if response != Count {
		interval = p.Interval * e.abs
	}
	if p.Min > 0 && n < p.Min {
		breaks("min-contributors", interval, 100)
	}
	if p.MinHoldings > 0 && c.Data.Holdings && int64(len(e.units)) < p.MinHoldings {
		if p.Min == 0 {
			interval = 0
		}
		breaks("min-holdings", interval, 100)
	}
	if response == Count {
		return out
	}
	x := e.largest(11)
	sum := func(n int64) (s int64) {
		for _, v := range x[:n] {
			s += v
		}
		return s
	}
	if n, k := p.NK[0], p.NK[1]; n > 0 && 100*sum(n) > k*e.abs {
		breaks("nk", 100*sum(n)-k*e.abs, k)
	}
	if rest := e.abs - sum(max(1, p.Coalition)+1); p.P > 0 && x[0] > 0 && 100*rest < p.P*x[0] {
		breaks("p-percent", p.P*x[0]-100*rest, 100)
	}
	if a, q := p.PQ[0], p.PQ[1]; a > 0 && x[0] > 0 && q*(e.abs-sum(2)) < a*x[0] {
		breaks("pq", a*x[0]-q*(e.abs-sum(2)), q)
	}
	shared := c.Data.Coded && response == 0 && (100*most(e.persons) >= p.AllEqual*n || c.Data.Holdings && 100*most(e.units) >= p.AllEqual*int64(len(e.units)))
	if p.AllEqual > 0 && n >= 2 && (shared || e.equal || same(e.persons) || c.Data.Holdings && len(e.units) >= 2 && same(e.units)) {
		m := (p.AllEqual*n - 1) / 100
		breaks("all-equal", (n-m)*e.abs, n)
	}
	if level.Sign() > 0 {
		q := new(big.Int).Add(level.Num(), level.Denom())
		out.level = q.Sub(q, big.NewInt(1)).Quo(q, level.Denom()).Int64()
	}
	return out
}

// most is the number of contributors that have one value.
func most(of map[string]int64) (n int64) {
	by := map[int64]int64{}
	for _, x := range of {
		by[x]++
		n = max(n, by[x])
	}
	return n
}

func same(of map[string]int64) bool {
	first, started := int64(0), false
	for _, x := range of {
		if started && x != first {
			return false
		}
		first, started = x, true
	}
	return true
}
