package hide

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"math"
	"math/big"
	"math/rand/v2"
	"slices"
	"testing"

	"github.com/sluis-go/sluis/sdc"
)

// TestWholeShares: t changes by 2 at a time, since a and b move together. Who has 2 of its 5
// and knows that it is 5, 3 or 1 knows that it is not 1, and is asked to think it as little
// as 2. Of those with 1 or nothing the same table does.
func TestWholeShares(t *testing.T) {
	problem := func(level, part int64, shares ...Share) *Problem {
		cells := []Cell{
			0: {Value: 5, Status: Primary, Level: Level{Lower: level}, Part: part, Shares: shares},
			1: {Value: 4, Status: Withheld}, 2: {Value: 4, Status: Withheld}, 3: {Value: 9, Status: Withheld},
			4: {Value: 13, Status: Protected}, 5: {Value: 13, Status: Protected}, 6: {Value: 13, Status: Protected},
		}
		p, err := New(cells, []Relation{{4, []int{1, 3}}, {5, []int{2, 3}}, {6, []int{0, 1, 2}}}, Attacker{Whole: true})
		if err != nil {
			t.Fatal(err)
		}
		return p
	}
	for _, c := range []struct {
		level, part int64
		shares      []Share
		failure     Failure
	}{
		{level: 4},
		{level: 2, part: 2},
		{level: 4, part: 1},
		{level: 4, part: 2, failure: Failure{Kind: Lower, Owner: Anyone, Least: 3, Verdict: Fails}},
		{level: 3, part: 2, failure: Failure{Kind: Lower, Owner: Anyone, Least: 3, Verdict: Fails}},
		{level: 4, shares: []Share{{1, 1, 1}}},
		{level: 4, shares: []Share{{1, 2, 2}}, failure: Failure{Kind: Lower, Owner: 1, Least: 3, Verdict: Fails}},
		{level: 4, shares: []Share{{1, 1, 2}}, failure: Failure{Kind: Lower, Owner: 1, Least: 3, Verdict: Fails}},
	} {
		t.Run(fmt.Sprint("level ", c.level, ", part ", c.part), func(t *testing.T) {
			p := problem(c.level, c.part, c.shares...)
			_, err := Protect(context.Background(), p, Options{})
			if held := c.failure == (Failure{}); held != (err == nil) || !held && !errors.Is(err, ErrInfeasible) {
				t.Errorf("level %d, part %d, shares %v: %v", c.level, c.part, c.shares, err)
			}
			got, err := Audit(context.Background(), p, []bool{true, true, true, true, false, false, false}, AuditOptions{})
			if err != nil {
				t.Fatal(err)
			}
			if c.failure == (Failure{}) && len(got.Failures) == 0 {
				return
			}
			if len(got.Failures) != 1 || got.Failures[0] != c.failure {
				t.Errorf("level %d, part %d, shares %v: %+v", c.level, c.part, c.shares, got.Failures)
			}
		})
	}
}

// TestSlidingShare: of 5 + 1 outsiders know each to be from 0 to 6. Who has 4 of the 5 knows
// it to within 2.
func TestSlidingShare(t *testing.T) {
	for _, part := range []int64{1, 2} {
		cells := []Cell{
			{Value: 5, Status: Primary, Level: Level{Sliding: 5}, Part: part}, {Value: 1, Status: Withheld}, {Value: 6, Status: Protected},
		}
		p, err := New(cells, []Relation{{2, []int{0, 1}}}, Attacker{})
		if err != nil {
			t.Fatal(err)
		}
		if _, err := Protect(context.Background(), p, Options{}); (err == nil) != (part == 1) {
			t.Errorf("part %d: %v", part, err)
		}
	}
}

// TestShares recounts what contributors have in each cell: the k-th share is that of the
// k-th largest, who has no less and no more than it says, and the same number in every
// cell; nobody who is not listed has more than the part. With decimals that are not
// published, and negative contributions, too.
func TestShares(t *testing.T) {
	listed, unlisted, rounded := 0, 0, 0
	for seed := range uint64(200) {
		rng := rand.New(rand.NewPCG(seed, 51))
		r := &rows{names: []string{"a", "b", "who"}, roles: sdc.Roles{Respondent: "who"}}
		for i := range 10 + rng.IntN(60) {
			x := float64(rng.IntN(4000))/8 + float64(i)/1024
			if seed%4 == 0 && rng.IntN(6) == 0 {
				x /= -100
			}
			r.add(x, fmt.Sprint("a", rng.IntN(3)), fmt.Sprint("b", rng.IntN(2)), fmt.Sprint("p", rng.IntN(40)))
		}
		o := BuildOptions{}
		if seed%2 == 0 {
			o.Digits = new(int)
		}
		p := onlyRules()
		g := build(t, r.check(t, p, nil, sdc.Output{Name: "t", Kind: sdc.Magnitude, By: []string{"a", "b"}, Response: "x"}), p, o)[0]
		if g.problem.Attacker().Negative {
			continue
		}
		unit := new(big.Rat).SetFloat64(math.Pow10(g.digits))
		name, number := map[int32]string{}, map[string]int32{}
		l := g.list[0]
		for cell, id := range l.id {
			has := map[string]*big.Rat{}
			for i, text := range r.text {
				in := true
				for v := range 2 {
					k := l.code(cell, v)
					in = in && (k == 0 || l.vars[v].Codes[k] == text[v])
				}
				if in {
					x := has[text[2]]
					if x == nil {
						x = new(big.Rat)
						has[text[2]] = x
					}
					x.Add(x, new(big.Rat).SetFloat64(r.x[i]))
				}
			}
			people := slices.Collect(maps.Keys(has))
			for _, x := range has {
				x.Abs(x).Mul(x, unit)
			}
			slices.SortFunc(people, func(a, b string) int { return has[b].Cmp(has[a]) })
			c := g.problem.cells[id]
			tied := false
			for k := range people[min(1, len(people)):] {
				tied = tied || has[people[k]].Cmp(has[people[k+1]]) == 0
			}
			switch {
			case len(people) < 2 || tied || c.Value <= 0:
				continue
			case !l.inner(cell) && (o.Digits != nil || seed%4 == 0 && c.Shares == nil):
				if rounded++; c.Shares != nil || c.Part > 0 {
					t.Fatalf("seed %d: a total of rounded cells lists somebody", seed)
				}
				continue
			case len(c.Shares) < min(3, len(people)):
				t.Fatalf("seed %d: cell %d: %d are listed of %d", seed, cell, len(c.Shares), len(people))
			}
			for k, s := range c.Shares {
				x := has[people[k]]
				if x.Cmp(rat(s.Least)) < 0 || s.Most < c.Value && x.Cmp(rat(s.Most)) > 0 || s.Most-s.Least > 1 && s.Least > 0 {
					t.Fatalf("seed %d: cell %d: share %d is not what the contributor has", seed, cell, k)
				}
				if n, ok := name[s.Owner]; ok && n != people[k] {
					t.Fatalf("seed %d: cell %d: two have one number", seed, cell)
				}
				if n, ok := number[people[k]]; ok && n != s.Owner {
					t.Fatalf("seed %d: cell %d: one has two numbers", seed, cell)
				}
				name[s.Owner], number[people[k]] = people[k], s.Owner
				listed++
			}
			for _, who := range people[len(c.Shares):] {
				unlisted++
				if c.Part < c.Value && has[who].Cmp(rat(c.Part)) > 0 {
					t.Fatalf("seed %d: cell %d: somebody who is not listed has more than the part", seed, cell)
				}
			}
		}
	}
	if listed < 2000 || unlisted < 2000 || rounded < 100 {
		t.Errorf("%d listed, %d not, %d totals of rounded cells", listed, unlisted, rounded)
	}
}
