package hide

import (
	"context"
	"errors"
	"fmt"
	"math/big"
	"math/rand/v2"
	"os"
	"slices"
	"strings"
	"testing"
)

// long returns how many cases to try: few by default.
func long(few, many int) int {
	if os.Getenv("SLUIS_LONG") != "" {
		return many
	}
	return few
}

// bruteSteps is how many tables the brute-force attacker tries one by one.
const bruteSteps = 2000

// tally counts the problems that were attacked completely, by kind.
type tally struct {
	problems, tried, tooLarge          int
	vars                               [4]int
	hierarchical                       int
	linked                             [4]int
	counts, amounts                    int
	zeros, alone, several, parts       int
	shares, known                      int
	primaries, insiders, insiderChecks int
	people                             int
}

func (c *tally) add(d drawn) {
	one := func(n *int, is bool) {
		if is {
			*n++
		}
	}
	c.problems++
	c.vars[d.vars]++
	c.linked[d.linked]++
	one(&c.hierarchical, d.hierarchies)
	one(&c.counts, d.whole)
	one(&c.amounts, !d.whole)
	one(&c.zeros, d.zeros)
	one(&c.alone, d.alone)
	one(&c.several, d.several)
	one(&c.parts, d.parts)
	one(&c.shares, d.shares)
	one(&c.known, d.people != nil)
}

func (c *tally) String() string {
	var b strings.Builder
	fmt.Fprintf(&b, "%d problems attacked completely (%d attacks by trying all tables), %d left out as too large\n", c.problems, c.tried, c.tooLarge)
	fmt.Fprintf(&b, "of 1, 2, 3 variables: %v; hierarchical: %d; two, three linked tables: %v\n", c.vars[1:], c.hierarchical, c.linked[2:])
	fmt.Fprintf(&b, "counts: %d; amounts: %d; with zeros: %d; with cells of one contributor: %d, one of whom in several unrelated cells: %d\n",
		c.counts, c.amounts, c.zeros, c.alone, c.several)
	fmt.Fprintf(&b, "with parts of those who are in no list: %d; with shares: %d; all of contributors that were drawn first: %d\n", c.parts, c.shares, c.known)
	fmt.Fprintf(&b, "primary cells: %d; insiders: %d, looking at %d primary cells; contributors: %d", c.primaries, c.insiders, c.insiderChecks, c.people)
	return b.String()
}

// attackers caches who attacked a pattern, and with what outcome.
type attackers struct {
	p      *Problem
	hidden []bool
	by     map[attacker]*attack
	who    map[insider]bool
	tried  int
}

// attacker is somebody who has so much of a cell; -1 where that is as elsewhere.
type attacker struct {
	who  insider
	cell int
	has  int64
}

func newAttackers(p *Problem, hidden []bool) *attackers {
	return &attackers{p: p, hidden: hidden, by: map[attacker]*attack{}, who: map[insider]bool{}}
}

// as attacks as somebody who has so much of a cell; nil where it is too much work.
func (s *attackers) as(who insider, cell int, has int64) *attack {
	o := attacker{who, cell, has}
	if cell < 0 || has == may(s.p, cell, who) {
		o = attacker{who, -1, 0}
	}
	a, ok := s.by[o]
	if !ok {
		a = bruteForceWith(s.p, s.hidden, o.who, o.cell, o.has, bruteSteps)
		s.by[o] = a
		s.who[who] = true
		if a != nil && a.tried {
			s.tried++
		}
	}
	return a
}

// TestOracles: trying all tables one by one and branching over programs come to
// the same intervals.
func TestOracles(t *testing.T) {
	both := 0
	for seed := range uint64(long(1500, 30_000)) {
		rng := rand.New(rand.NewPCG(seed, 1))
		p := small(rng)
		if !p.Attacker().Whole {
			continue
		}
		hidden := make([]bool, len(p.cells))
		for i, c := range p.cells {
			hidden[i] = c.Status != Protected && rng.IntN(2) == 0
		}
		b := solve(p, unknowns(p, hidden, 0))
		one, two := b.enumerate(200_000), b.simplex(nil)
		if one == nil || two == nil {
			continue
		}
		both++
		for _, i := range b.cells {
			if two.low[i] == nil || two.high[i] == nil || one.low[i].Cmp(two.low[i]) != 0 || one.high[i].Cmp(two.high[i]) != 0 {
				t.Fatalf("seed %d: cell %d: %v to %v, and %v to %v", seed, i, one.low[i], one.high[i], two.low[i], two.high[i])
			}
		}
	}
	t.Logf("%d patterns attacked in both ways", both)
	if both < 100 {
		t.Error("too few")
	}
}

// TestAuditAgainstBruteForce audits random patterns of random small problems,
// seeds 0 and on: every interval is that of the brute-force attacker, and so is
// every verdict about a primary cell, of outsiders and of insiders.
func TestAuditAgainstBruteForce(t *testing.T) {
	var n tally
	var intervals, inexact int
	for seed := range uint64(long(1000, 110_000)) {
		rng := rand.New(rand.NewPCG(seed, 2))
		p, kind := draw(rng)
		hidden := make([]bool, len(p.cells))
		share := 1 + rng.IntN(6)
		for i, c := range p.cells {
			hidden[i] = c.Status.Hidden() || c.Status != Protected && rng.IntN(share) == 0
		}
		by := newAttackers(p, hidden)
		want := by.as(0, -1, 0)
		if want == nil {
			n.tooLarge++
			continue
		}
		name := fmt.Sprintf("seed %d", seed)
		got, err := Audit(context.Background(), p, hidden, AuditOptions{})
		if err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		for _, v := range got.Intervals {
			intervals++
			if !v.Exact() {
				inexact++
			}
			if !want.known[v.Cell] {
				sameInterval(t, name, v, want)
			}
		}
		whole := true
		for i, c := range p.cells {
			if c.Status != Primary {
				continue
			}
			n.primaries++
			// Anyone is looked at where outsiders are kept off, others where Anyone is.
			clean := true
			list := insiders(p, hidden, i)
			for _, group := range [][]insider{{0}, {-1}, slices.DeleteFunc(slices.Clone(list), func(o insider) bool { return o == -1 })} {
				if len(group) == 1 && group[0] == -1 && !slices.Contains(list, -1) {
					continue
				}
				for _, o := range group {
					holds, ok := by.holds(i, o)
					if !ok {
						whole = false
						continue
					}
					if o != 0 {
						n.insiderChecks++
					}
					compareVerdicts(t, name, got, holds, i, o)
					for _, ok := range holds {
						clean = clean && ok
					}
				}
				if !clean {
					break
				}
			}
		}
		if !whole {
			n.tooLarge++
			continue
		}
		n.tried += by.tried
		n.insiders += len(by.who) - 1
		n.add(kind)
	}
	t.Logf("%v; %d intervals of which %d not exact", &n, intervals, inexact)
	if inexact*1000 > intervals {
		t.Errorf("%d of %d intervals are not exact", inexact, intervals)
	}
	if n.tooLarge*200 > n.problems {
		t.Errorf("%d problems were too large", n.tooLarge)
	}
}

// compareVerdicts holds what an audit says of a primary cell and an attacker against what
// the attack found. The failures alone are listed.
func compareVerdicts(t *testing.T, name string, got *Audited, holds map[Kind]bool, cell int, owner insider) {
	t.Helper()
	for kind, ok := range holds {
		of := func(f Failure) bool { return f.Cell == cell && f.Owner == owner && f.Kind == kind }
		switch {
		case !ok && !slices.ContainsFunc(got.Failures, of):
			t.Fatalf("%s: cell %d, kind %d, owner %d: the attack succeeds, and no failure is listed", name, cell, kind, owner)
		case ok && slices.ContainsFunc(got.Failures, func(f Failure) bool { return of(f) && f.Verdict == Fails }):
			t.Fatalf("%s: cell %d, kind %d, owner %d: the attack fails, and a failure is listed", name, cell, kind, owner)
		}
	}
}

func owners(p *Problem, hidden []bool) (list []int32) {
	for i, c := range p.cells {
		if hidden[i] && c.Owner != 0 {
			list = append(list, c.Owner)
		}
	}
	slices.Sort(list)
	return slices.Compact(list)
}

// sameInterval compares an interval with that of the brute-force attacker: equal where
// it is exact, and on either side of it where it is not.
func sameInterval(t *testing.T, name string, v Interval, want *attack) {
	t.Helper()
	order := func(a, b Bound, truth *big.Rat, sign int) bool {
		reached, proven := toRat(a), toRat(b)
		if truth == nil {
			return proven == nil
		}
		return reached != nil && reached.Cmp(truth)*sign <= 0 && (proven == nil || truth.Cmp(proven)*sign <= 0)
	}
	if !order(v.Upper, v.Greatest, want.high[v.Cell], 1) || !order(v.Lower, v.Least, want.low[v.Cell], -1) {
		t.Fatalf("%s: cell %d: %+v, brute force %v to %v", name, v.Cell, v, want.low[v.Cell], want.high[v.Cell])
	}
}

func toRat(b Bound) *big.Rat {
	if b.Den == 0 {
		return nil
	}
	return big.NewRat(b.Delta, b.Den)
}

// TestProtectAgainstBruteForce protects random small problems, seeds 0 and on. The
// brute-force attacker, outsider or insider, recovers nothing of what was said
// protected; and what was said impossible is so, with all hidden that may be.
func TestProtectAgainstBruteForce(t *testing.T) {
	var held, never tally
	undecided := 0
	for seed := range uint64(long(1000, 150_000)) {
		rng := rand.New(rand.NewPCG(seed, 3))
		p, kind := draw(rng)
		name := fmt.Sprintf("seed %d", seed)
		pattern, err := Protect(context.Background(), p, Options{Threads: 1 + int(seed%2)})
		var cells *CellsError
		switch {
		case errors.Is(err, ErrInfeasible) && errors.As(err, &cells):
			if impossible(t, name, p, cells.Cells) {
				never.add(kind)
			} else {
				never.tooLarge++
			}
			continue
		case errors.Is(err, ErrUndecided):
			undecided++
			continue
		case err != nil:
			t.Fatalf("%s: %v", name, err)
		}
		hidden := pattern.Hidden()
		for i, c := range p.cells {
			if c.Status.Hidden() && !hidden[i] && c.Status != Secondary || c.Status == Protected && hidden[i] {
				t.Fatalf("%s: cell %d has the wrong status", name, i)
			}
		}
		by := newAttackers(p, hidden)
		whole := true
		for i, c := range p.cells {
			if c.Status != Primary {
				continue
			}
			held.primaries++
			for _, o := range append(insiders(p, hidden, i), 0) {
				k, bad, ok := by.broken(i, o)
				if !ok {
					whole = false
					continue
				}
				if o != 0 {
					held.insiderChecks++
				}
				if bad {
					t.Fatalf("%s: cell %d, kind %d is known too closely to owner %d", name, i, k, o)
				}
			}
		}
		for who := range kind.people {
			near, ok := kind.attack(p, hidden, who)
			if !ok {
				whole = false
				continue
			}
			held.people++
			if len(near) > 0 {
				t.Fatalf("%s: cells %v are known too closely to contributor %d", name, near, who)
			}
		}
		if !whole {
			held.tooLarge++
			continue
		}
		held.tried += by.tried
		held.insiders += max(0, len(by.who)-1)
		held.add(kind)
	}
	t.Logf("PROTECTED: %v", &held)
	t.Logf("PROVEN IMPOSSIBLE: %v", &never)
	t.Logf("undecided: %d", undecided)
	if undecided*200 > held.problems {
		t.Errorf("%d undecided beside %d protected", undecided, held.problems)
	}
}

// attack is that of a contributor himself, who knows what he has in every cell and what
// cells are his alone. It returns the primary cells that he comes too close to.
func (d *drawn) attack(p *Problem, hidden []bool, who int) (near []int, ok bool) {
	b := solve(p, unknowns(p, hidden, 1+int32(who)))
	b.least = map[int]int64{}
	part := make([]int64, len(p.cells))
	if !mayBeNegative(p) {
		part = d.people[who]
	}
	for _, i := range b.cells {
		if part[i] > 0 {
			b.least[i] = part[i]
		}
	}
	a := b.attack(bruteSteps, nil)
	if a == nil {
		return nil, false
	}
	for i, c := range p.cells {
		if c.Status != Primary || c.Owner == 1+int32(who) {
			continue
		}
		up, down := a.ends(i)
		at := func(v *big.Rat, least int64) bool { return v == nil || v.Cmp(rat(least)) >= 0 }
		apart := up == nil || down == nil || at(new(big.Rat).Add(up, down), c.Level.Sliding)
		if a.determined(i) && part[i] < c.Value || !at(up, c.Level.Upper) || !at(down, min(c.Level.Lower, c.Value-part[i])) || !apart {
			near = append(near, i)
		}
	}
	return near, true
}

// broken returns what an attacker is too close for, if anything; not ok where it was too
// much work. An insider may know a cell of which all is his.
func (s *attackers) broken(cell int, who insider) (kind Kind, bad, ok bool) {
	holds, ok := s.holds(cell, who)
	if !ok {
		return 0, false, false
	}
	for kind, holds := range holds {
		if !holds {
			return kind, true, true
		}
	}
	has := within(s.p, cell, who)
	a := s.as(who, cell, has)
	if a == nil {
		return 0, false, false
	}
	return Differs, a.determined(cell) && (who == 0 || has < s.p.cells[cell].Value), true
}

// impossible checks that cells cannot be protected with all hidden that may be;
// false where that was too much work.
func impossible(t *testing.T, name string, p *Problem, cells []int) bool {
	t.Helper()
	all := make([]bool, len(p.cells))
	for i, c := range p.cells {
		all[i] = c.Status != Protected
	}
	by := newAttackers(p, all)
	for _, i := range cells {
		bad := false
		for _, o := range append(insiders(p, all, i), 0) {
			_, is, ok := by.broken(i, o)
			if !ok {
				return false
			}
			bad = bad || is
		}
		if !bad {
			t.Fatalf("%s: cell %d can be protected, and was said not to be", name, i)
		}
	}
	return true
}
