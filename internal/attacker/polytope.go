package attacker

import (
	"errors"
	"slices"
)

// errBranches ends an attack in which the search for whole numbers takes too long:
// undecided.
var errBranches = errors.New("too many branches for the attacker")

const mostBranches = 4000

// polytope holds the tables that agree with some facts: not negative, and whole if whole.
type polytope struct {
	vars  int
	facts []rowOf
	whole bool
	at    *tableau
	empty bool
}

func newPolytope(vars int, facts []rowOf, whole bool) *polytope {
	p := &polytope{vars: vars, facts: facts, whole: whole}
	t, ok := newTableau(vars, facts)
	p.at, p.empty = t, !ok
	return p
}

// answer is the greatest value of a form, with a point that has it.
type answer struct {
	empty, unbounded bool
	value            fraction
	point            []fraction
}

// most returns the greatest value of a form. Where enough is given, it returns the first
// point that is found with a value of at least enough.
func (p *polytope) most(form []int64, enough *fraction) answer {
	if p.empty {
		return answer{empty: true}
	}
	value, point, bounded := p.at.most(form)
	if !bounded {
		return answer{unbounded: true}
	}
	if !p.whole || integral(point) {
		return answer{value: value, point: point}
	}
	if enough != nil && value.cmp(*enough) < 0 {
		return answer{value: value} // an upper bound, and that is too low
	}
	best := answer{empty: true}
	left := mostBranches
	p.branch(p.facts, form, point, value, enough, &best, &left)
	return best
}

func (p *polytope) branch(facts []rowOf, form []int64, point []fraction, value fraction, enough *fraction, best *answer, left *int) {
	if *left--; *left < 0 {
		panic(errBranches)
	}
	done := func() bool { return !best.empty && enough != nil && best.value.cmp(*enough) >= 0 }
	if !best.empty && value.floor() <= best.value.floor() || done() {
		return
	}
	j := slices.IndexFunc(point, func(x fraction) bool { return !x.whole() })
	if j < 0 {
		*best = answer{value: value, point: point}
		return
	}
	unit := func(sign int64) []int64 {
		c := make([]int64, p.vars)
		c[j] = sign
		return c
	}
	low := point[j].floor()
	for _, extra := range []rowOf{{unit(-1), -low, true}, {unit(1), low + 1, true}} {
		more := append(slices.Clone(facts), extra)
		t, ok := newTableau(p.vars, more)
		if !ok {
			continue
		}
		if v, at, bounded := t.most(form); bounded {
			p.branch(more, form, at, v, enough, best, left)
		} else {
			panic(errBranches)
		}
	}
}

func integral(point []fraction) bool {
	return !slices.ContainsFunc(point, func(x fraction) bool { return !x.whole() })
}
