package hide

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"github.com/sluis-go/sluis/sdc"
)

// survey is microdata of few respondents, some with several rows, and the tables
// that are made of it.
type survey struct {
	rows    *rows
	codes   [][]string // by variable
	outputs []sdc.Output
	records bool
	several bool // rows a respondent
	whole   bool // the attacker knows sums to be whole
}

const surveyVars = "abc"

func drawSurvey(rng *rand.Rand) *survey {
	s := &survey{rows: &rows{names: []string{"a", "b", "c", "who", "owner"}, roles: sdc.Roles{Respondent: "who"}}}
	for v := range surveyVars {
		var codes []string
		for k := range 2 + rng.IntN(2) {
			codes = append(codes, fmt.Sprint(surveyVars[v:v+1], k))
		}
		s.codes = append(s.codes, codes)
	}
	s.several = rng.IntN(2) == 0
	s.records = s.several || rng.IntN(2) == 0
	s.whole = rng.IntN(3) == 0
	if rng.IntN(3) == 0 {
		s.rows.roles.Holding = "owner"
	}
	people := 4 + rng.IntN(14)
	if rng.IntN(4) == 0 {
		people = 20 + rng.IntN(40) // more of some cells than are listed
	}
	for who := range people {
		n := 1
		if s.several {
			n += rng.IntN(3)
		}
		for range n {
			x := float64(1 + rng.IntN(9))
			if rng.IntN(3) == 0 {
				x *= 10
			}
			if people > 20 && rng.IntN(12) == 0 {
				x *= 20
			}
			code := make([]string, len(surveyVars), len(surveyVars)+1)
			for v, list := range s.codes {
				code[v] = list[min(rng.IntN(len(list)), rng.IntN(len(list)))]
			}
			owner := ""
			if who%3 > 0 {
				owner = fmt.Sprint("h", who/3) // two persons a holding, and a third without
			}
			s.rows.add(x, append(code, fmt.Sprint("p", who), owner)...)
		}
	}
	kind := sdc.Output{Kind: sdc.Frequency}
	if rng.IntN(2) == 0 {
		kind = sdc.Output{Kind: sdc.Magnitude, Response: "x"}
	}
	plans := [][]string{{"a"}, {"ab"}, {"abc"}, {"ab", "bc"}, {"ab", "c"}, {"ab", "bc", "ac"}}
	for k, by := range plans[rng.IntN(len(plans))] {
		out := kind
		out.Name, out.By = fmt.Sprint("t", k), strings.Split(by, "")
		s.outputs = append(s.outputs, out)
	}
	return s
}

func (s *survey) policy(rng *rand.Rand) sdc.Policy {
	p := onlyRules()
	p.MinContributors = sdc.MinContributors{Min: 2 + int64(rng.IntN(2))}
	if s.outputs[0].Kind == sdc.Magnitude {
		switch rng.IntN(3) {
		case 0:
			p.PPercent = sdc.PPercent{P: "20"}
		case 1:
			p.NK = sdc.NK{N: 1, Percent: "60"}
		}
	} else if rng.IntN(3) == 0 {
		p.GroupDisclosure = sdc.GroupDisclosure{Percent: "90"}
	}
	return p
}

// secrets is what somebody tries to find out: the finest table behind the releases,
// of which every released cell is a sum. It is made from the rows and the releases,
// and owes nothing to the problem that was protected.
type secrets struct {
	p      *Problem
	finest int // the first cells are those of the finest table
	hidden []int
	asked  map[int]Level // primary cells
	rows   [][]int       // row -> cells that it is in
	who    []string      // of rows
	amount []int64       // of rows
}

// behind makes the finest table. Withheld totals are cells that nobody sees.
func (s *survey) behind(t *testing.T, g *Tables, pattern *Pattern, whole bool) *secrets {
	t.Helper()
	z := &secrets{finest: 1, asked: map[int]Level{}}
	for _, list := range s.codes {
		z.finest *= len(list)
	}
	cells := make([]Cell, z.finest)
	place := func(text []string) int {
		f := 0
		for v, list := range s.codes {
			f = f*len(list) + slices.Index(list, text[v])
		}
		return f
	}
	for i, text := range s.rows.text {
		amount := int64(1)
		if s.outputs[0].Kind == sdc.Magnitude {
			amount = int64(s.rows.x[i])
		}
		f := place(text)
		cells[f].Value += amount
		who := text[3]
		if s.rows.roles.Holding != "" && text[4] != "" {
			who = text[4]
		}
		z.rows, z.who, z.amount = append(z.rows, []int{f}), append(z.who, who), append(z.amount, amount)
	}
	for f := range z.finest {
		z.hidden = append(z.hidden, f)
	}
	var rel []Relation
	for k, r := range g.releases(pattern) {
		for cell, shown := range r.shown {
			if !shown {
				continue
			}
			id := len(cells)
			within := func(f int) bool {
				for v := len(s.codes) - 1; v >= 0; v-- {
					code := s.codes[v][f%len(s.codes[v])]
					f /= len(s.codes[v])
					w := slices.IndexFunc(r.Variables, func(c CodeList) bool { return c.Name == surveyVars[v:v+1] })
					if w >= 0 && r.grid.code(cell, w) > 0 && r.Variables[w].Codes[r.grid.code(cell, w)] != code {
						return false
					}
				}
				return true
			}
			sum := Relation{Total: id}
			value := int64(0)
			for f := range z.finest {
				if within(f) {
					sum.Parts = append(sum.Parts, f)
					value += cells[f].Value
				}
			}
			if !r.hidden[cell] && r.value[cell] != value {
				t.Fatal("a released value is not that of the rows")
			}
			for i := range z.rows {
				if within(z.rows[i][0]) {
					z.rows[i] = append(z.rows[i], id)
				}
			}
			cells = append(cells, Cell{Value: value})
			rel = append(rel, sum)
			if r.hidden[cell] {
				z.hidden = append(z.hidden, id)
			}
			if c := g.problem.cells[g.list[k].id[cell]]; c.Status == Primary {
				if !r.hidden[cell] {
					t.Fatal("an unsafe cell is released")
				}
				z.asked[id] = c.Level
				cells[id].Level = c.Level
			}
		}
	}
	p, err := New(cells, rel, Attacker{Whole: whole})
	if err != nil {
		t.Fatal(err)
	}
	z.p = p
	return z
}

// knowledge of a respondent: what he has in every cell, and of which cells he has
// all.
func (z *secrets) knowledge(who string) (part map[int]int64, all map[int]bool) {
	part, all = map[int]int64{}, map[int]bool{}
	others := map[int]bool{}
	for i, cells := range z.rows {
		for _, c := range cells {
			if z.who[i] == who {
				part[c] += z.amount[i]
			} else {
				others[c] = true
			}
		}
	}
	for c := range part {
		all[c] = c >= z.finest && !others[c]
	}
	return part, all
}

// attack looks for primary cells that somebody, "" for an outsider, comes closer to
// than their level allows. With parts he also knows that a cell is no less than what
// he has in it.
func (z *secrets) attack(who string, parts bool) (near []int, ok bool) {
	part, all := z.knowledge(who)
	var open []int
	for _, c := range z.hidden {
		if !all[c] {
			open = append(open, c)
		}
	}
	b := solve(z.p, open)
	if parts {
		b.least = part
	}
	primary := slices.Sorted(maps.Keys(z.asked))
	a := b.attack(bruteSteps, primary)
	if a == nil {
		return nil, false
	}
	for _, c := range primary {
		if all[c] {
			continue
		}
		up, down := a.ends(c)
		l := z.asked[c]
		if who != "" {
			l.Lower = min(l.Lower, z.p.cells[c].Value-part[c])
		}
		bad := up != nil && down != nil && up.Sign() == 0 && down.Sign() == 0 && part[c] < z.p.cells[c].Value
		for _, x := range []struct {
			least int64
			holds bool
		}{{l.Upper, up == nil || up.Cmp(rat(l.Upper)) >= 0}, {l.Lower, down == nil || down.Cmp(rat(l.Lower)) >= 0}} {
			bad = bad || x.least > 0 && !x.holds
		}
		if bad {
			near = append(near, c)
		}
	}
	return near, true
}

// TestInsiders makes tables of random microdata, protects and releases them, and
// attacks the releases as an outsider and as every respondent or holding, who knows the
// cells in which he is alone, and of all others that they are no less than what he has
// in them.
func TestInsiders(t *testing.T) {
	count := map[string]int{}
	for seed := range uint64(long(120, 6_000)) {
		rng := rand.New(rand.NewPCG(seed, 21))
		s := drawSurvey(rng)
		policy := s.policy(rng)
		report := s.rows.check(t, policy, nil, s.outputs...)
		var all []int
		for k := range s.outputs {
			all = append(all, k)
		}
		behind, err := Behind(report, all)
		if err != nil {
			t.Fatal(err)
		}
		if len(behind) > 0 {
			report = s.rows.check(t, policy, nil, slices.Concat(s.outputs, behind)...)
		}
		o := BuildOptions{WholeNumbers: s.whole}
		if s.records {
			o.Count = CountRecords
		}
		for k := range behind {
			o.Behind = append(o.Behind, len(s.outputs)+k)
		}
		groups, err := FromReport(report, all, o)
		if err != nil {
			t.Fatalf("seed %d: %v", seed, err)
		}
		for _, g := range groups {
			pattern, err := Protect(context.Background(), g.problem, Options{})
			if errors.Is(err, ErrInfeasible) {
				count["infeasible"]++
				continue
			}
			if err != nil {
				t.Fatalf("seed %d: %v", seed, err)
			}
			z := s.behind(t, g, pattern, g.problem.Attacker().Whole)
			if len(z.asked) == 0 {
				count["nothing unsafe"]++
				continue
			}
			for i, c := range g.problem.cells {
				if pattern.status[i].Hidden() && g.problem.floors[i] > 0 && len(c.Shares) > 0 {
					count["suppressed amounts with contributors beside those listed"]++
				}
			}
			kind := fmt.Sprintf("%s, %d tables, several rows %t: ", s.outputs[0].Kind, len(s.outputs), s.several)
			count[kind+"attacked"]++
			for i := range z.who {
				if slices.Contains(z.who[:i], z.who[i]) {
					continue
				}
				for _, as := range []struct {
					who   string
					parts bool
					name  string
				}{{"", false, "outsider"}, {z.who[i], false, "what he has alone"}, {z.who[i], true, "what he has alone and with others"}} {
					if as.who == "" && i > 0 {
						continue
					}
					near, ok := z.attack(as.who, as.parts)
					if !ok {
						count["too large"]++
						continue
					}
					if len(near) == 0 {
						continue
					}
					count[kind+as.name+" BREAKS"]++
					t.Errorf("seed %d: %s, %s comes too close to cells %v", seed, kind, as.name, near)
				}
			}
		}
	}
	for _, k := range slices.Sorted(maps.Keys(count)) {
		t.Log(k, count[k])
	}
}
