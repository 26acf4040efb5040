package hide

import (
	"context"
	"errors"
	"fmt"
	"math"
	"math/rand/v2"
	"strings"
	"testing"

	"github.com/sluis-go/sluis/sdc"
)

// randomOwned draws rows of few persons over three variables, with holdings where
// asked, and some responses missing.
func randomOwned(rng *rand.Rand, holdings bool) *rows {
	r := &rows{names: []string{"a", "b", "c", "who", "owner"}, roles: sdc.Roles{Respondent: "who"}}
	if holdings {
		r.roles.Holding = "owner"
	}
	persons := 2 + rng.IntN(8)
	for range 1 + rng.IntN(25) {
		who := rng.IntN(persons)
		owner := ""
		if holdings && who%3 > 0 {
			owner = fmt.Sprint("h", who/3) // two persons a holding, and a third without
		}
		x := float64(rng.IntN(9))
		if rng.IntN(5) == 0 {
			x = math.NaN()
		}
		r.add(x, fmt.Sprint("a", rng.IntN(3)), fmt.Sprint("b", rng.IntN(3)), fmt.Sprint("c", rng.IntN(2)), fmt.Sprint("p", who), owner)
	}
	return r
}

// alone recounts who is alone in a cell of a table.
func (r *rows) alone(t *table, cell int) string {
	out := ""
	for i, text := range r.text {
		in := t.count || !math.IsNaN(r.x[i])
		for v := range t.vars {
			code := t.code(cell, v)
			in = in && (code == 0 || t.vars[v].Codes[code] == text[strings.IndexByte("abc", t.vars[v].Name[0])])
		}
		name := text[3]
		if r.roles.Respondent == "" {
			name = fmt.Sprint("row ", i)
		}
		if r.roles.Holding != "" && text[4] != "" {
			name = text[4]
		}
		switch {
		case !in || out == name:
		case out == "":
			out = name
		default:
			return "*"
		}
	}
	return out
}

// TestOwners: all cells of which one is the only contributor, and no others, have
// him as their owner, in linked tables of counts and of sums; also where rows are
// respondents, and where totals are not published.
func TestOwners(t *testing.T) {
	owners := 0
	for seed := range uint64(150) {
		rng := rand.New(rand.NewPCG(seed, 5))
		r := randomOwned(rng, seed%3 == 0)
		if seed%5 == 0 {
			r.roles = sdc.Roles{}
		}
		p := onlyRules()
		o := []sdc.Output{
			{Name: "t0", Kind: sdc.Frequency, By: []string{"a", "b"}},
			{Name: "t1", Kind: sdc.Frequency, By: []string{"b", "c"}, NoMargins: rng.IntN(2) == 0},
			{Name: "t2", Kind: sdc.Magnitude, By: []string{"a", "b"}, Response: "x"},
			{Name: "t3", Kind: sdc.Magnitude, By: []string{"c", "a"}, Response: "x"},
		}
		for _, g := range build(t, r.check(t, p, nil, o...), p, BuildOptions{Count: CountRecords}) {
			name := map[int32]string{}
			owner := map[string]int32{}
			cells := g.problem.cells
			for _, list := range g.list {
				for cell, id := range list.id {
					want, got := r.alone(list, cell), cells[id].Owner
					if want == "" || want == "*" {
						if got != 0 {
							t.Fatalf("seed %d: cell %s has owner %d, and is of %q", seed, g.Name(int(id)), got, want)
						}
						continue
					}
					if n, ok := name[got]; got == 0 || ok && n != want {
						t.Fatalf("seed %d: cell %s of %q has owner %d, who is %q too", seed, g.Name(int(id)), want, got, n)
					}
					if o, ok := owner[want]; ok && o != got {
						t.Fatalf("seed %d: cell %s of %q has owner %d, another %d", seed, g.Name(int(id)), want, got, o)
					}
					name[got], owner[want] = want, got
				}
			}
			owners += len(owner)
		}
	}
	if owners < 300 {
		t.Errorf("only %d owners", owners)
	}
}

// TestOneAloneInTwoCells: somebody alone in two cells, neither of which lies in the
// other, knows both at once. The cell (r0,c0) of another is hidden twice over, in a
// rectangle with (r1,c1) and in one with (r2,c2). Whoever knows one of these two has
// the other rectangle to reckon with; whoever knows both would know it.
func TestOneAloneInTwoCells(t *testing.T) {
	r := &rows{names: []string{"a", "b", "who"}, roles: sdc.Roles{Respondent: "who"}}
	person := 0
	fill := func(a, b, who string, n int) {
		for range n {
			if person++; who == "" {
				r.add(1, a, b, fmt.Sprint("p", person))
				continue
			}
			r.add(1, a, b, who)
		}
	}
	for i := range 3 {
		for j := range 3 {
			a, b := fmt.Sprint("r", i), fmt.Sprint("c", j)
			switch {
			case i == j && i == 0:
				fill(a, b, "", 2)
			case i == j:
				fill(a, b, "x", 3)
			case i == 0 || j == 0:
				fill(a, b, "", 20)
			default:
				fill(a, b, "", 40)
			}
		}
	}
	p := onlyRules()
	p.MinContributors = sdc.MinContributors{Min: 3}
	out := sdc.Output{Name: "t", Kind: sdc.Frequency, By: []string{"a", "b"}}
	g := build(t, r.check(t, p, nil, out), p, BuildOptions{Count: CountRecords})[0]
	hidden := make([]bool, len(g.problem.cells))
	l := g.list[0]
	for cell := range hidden {
		i, j := l.code(cell, 0), l.code(cell, 1)
		hidden[cell] = i > 0 && j > 0 && (i == j || i == 1 || j == 1)
	}
	got, err := Audit(context.Background(), g.problem, hidden, AuditOptions{})
	if err != nil {
		t.Fatal(err)
	}
	if len(got.Failures) == 0 || got.Failures[0].Owner == 0 || got.Failures[0].Verdict != Fails {
		t.Errorf("he who knows both: %+v", got.Failures)
	}
	cells := append([]Cell{}, g.problem.cells...)
	for i := range cells {
		if cells[i].Owner != 0 { // taken for strangers
			cells[i].Owner = int32(i) + 1
		}
	}
	strangers, err := New(cells, g.problem.Relations(), g.problem.Attacker())
	if err != nil {
		t.Fatal(err)
	}
	if got, err = Audit(context.Background(), strangers, hidden, AuditOptions{}); err != nil || len(got.Failures) > 0 {
		t.Errorf("two strangers: %+v, %v", got.Failures, err)
	}
	if issue(t, g) == nil {
		t.Error("not protected")
	}
}

// TestTwoHoldings: what a respondent of two holdings knows is not what one holding
// knows; it is refused, wherever he is. So is a report that does not say who is alone.
func TestTwoHoldings(t *testing.T) {
	out := sdc.Output{Name: "t", Kind: sdc.Magnitude, By: []string{"a"}, Response: "x"}
	p := onlyRules()
	for _, c := range []struct {
		name   string
		owners [3]string // of p1, p1 and p2
		refuse bool
	}{
		{"one holding each", [3]string{"h1", "h1", "h2"}, false},
		{"one holding in all", [3]string{"h1", "h1", "h1"}, false},
		{"none", [3]string{"", "", "h1"}, false},
		{"two holdings", [3]string{"h1", "h2", "h2"}, true},
		{"one and none", [3]string{"h1", "", "h2"}, true},
	} {
		t.Run(c.name, func(t *testing.T) {
			r := &rows{names: []string{"a", "who", "owner"}, roles: sdc.Roles{Respondent: "who", Holding: "owner"}}
			r.add(1, "k", "p1", c.owners[0])
			r.add(1, "l", "p1", c.owners[1])
			r.add(1, "l", "p2", c.owners[2])
			r.add(1, "k", "p3", "")
			report := r.check(t, p, nil, out)
			_, err := FromReport(report, []int{0}, BuildOptions{})
			if c.refuse != errors.Is(err, ErrUnfit) || !c.refuse && err != nil {
				t.Errorf("%s: %v", c.name, err)
			}
		})
	}
	r := &rows{names: []string{"a"}}
	r.add(1, "k")
	r.unasked = true
	report := r.check(t, p, nil, out)
	if _, err := FromReport(report, []int{0}, BuildOptions{}); !errors.Is(err, ErrRequest) {
		t.Errorf("nobody has asked who is alone: %v", err)
	}
}
