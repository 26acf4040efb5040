package hide

import (
	"context"
	"errors"
	"fmt"
	"math/big"
	"math/rand/v2"
	"os"
	"slices"
	"testing"

	"github.com/sluis-go/sluis/sdc"
)

// hiddenTree is the tree of the second variable: code -> what is above it, "*" being all.
var hiddenTree = map[string]string{"n0": "N", "n1": "N", "s0": "S", "s1": "S", "N": "*", "S": "*"}

// hiddenCase is a random table of two variables whose cells are counted from its rows.
type hiddenCase struct {
	rows
	kind   sdc.Kind
	policy sdc.Policy
}

// at returns the rows of a cell.
func (h *hiddenCase) at(a, b string) (in []int) {
	for i, text := range h.text {
		code := text[1]
		for code != b && code != "*" {
			code = hiddenTree[code]
		}
		if code == b && (a == "*" || a == text[0]) {
			in = append(in, i)
		}
	}
	return in
}

// people returns the distinct respondents of rows.
func (h *hiddenCase) people(in []int) int64 {
	who := map[string]bool{}
	for _, i := range in {
		who[h.text[i][2]] = true
	}
	return int64(len(who))
}

// passes judges rows as one cell.
func (h *hiddenCase) passes(in []int) bool {
	p := &h.policy
	units := map[string]int64{}
	for _, i := range in {
		unit := "person " + h.text[i][2]
		if h.roles.Holding != "" && h.text[i][3] != "" {
			unit = "holding " + h.text[i][3]
		}
		units[unit] += int64(h.x[i])
	}
	if !p.MinContributors.Off && h.people(in) < p.MinContributors.Min || !p.MinHoldings.Off && h.roles.Holding != "" && int64(len(units)) < p.MinHoldings.Min {
		return false
	}
	if h.kind == sdc.Frequency {
		return true
	}
	largest, total := []int64{0, 0, 0}, int64(0)
	for _, x := range units {
		largest = append(largest, x)
		total += x
	}
	slices.SortFunc(largest, func(x, y int64) int { return int(y - x) })
	of := func(x int64, p sdc.Percent) *big.Rat {
		r, _ := new(big.Rat).SetString("0" + string(p))
		return r.Mul(r, big.NewRat(x, 1))
	}
	rest := total - largest[0] - largest[1]
	return (p.NK.Off || of(100*largest[0], "1").Cmp(of(total, p.NK.Percent)) <= 0) &&
		(p.PPercent.Off || of(100*rest, "1").Cmp(of(largest[0], p.PPercent.P)) >= 0) &&
		(p.PQ.Off || of(rest, p.PQ.Q).Cmp(of(largest[0], p.PQ.P)) >= 0)
}

// drawHidden draws a table in which some cells are unsafe and some are not.
func drawHidden(rng *rand.Rand) *hiddenCase {
	h := &hiddenCase{policy: onlyRules(), kind: []sdc.Kind{sdc.Frequency, sdc.Magnitude}[rng.IntN(2)]}
	h.names = []string{"a", "b", "who", "owner"}
	h.roles = sdc.Roles{Respondent: "who"}
	if rng.IntN(2) == 0 {
		h.roles.Holding = "owner"
	}
	for _, a := range []string{"0", "1", "2"} {
		for _, b := range []string{"n0", "n1", "s0", "s1"} {
			for range []int{rng.IntN(3), rng.IntN(5), 3 + rng.IntN(12)}[rng.IntN(3)] {
				who := len(h.x)
				if h.kind == sdc.Magnitude && rng.IntN(3) == 0 {
					who = rng.IntN(30)
				}
				owner := ""
				if who%3 > 0 {
					owner = fmt.Sprint("h", who/4)
				}
				h.add(float64([]int{1 + rng.IntN(9), 1 + rng.IntN(90)}[rng.IntN(2)]), a, b, fmt.Sprint("p", who), owner)
			}
		}
	}
	p := &h.policy
	rules := 5
	if h.kind == sdc.Frequency {
		rules = 4
	}
	for _, k := range rng.Perm(rules)[:1+rng.IntN(2)] {
		switch {
		case k == 0 || k == 1 && h.roles.Holding == "":
			p.MinContributors = sdc.MinContributors{Min: 2 + rng.Int64N(7)}
		case k == 1:
			p.MinHoldings = sdc.MinHoldings{Min: 2 + rng.Int64N(5)}
		case h.kind == sdc.Frequency && k == 2:
			p.GroupDisclosure = sdc.GroupDisclosure{Percent: sdc.Percent(fmt.Sprint(50 + 5*rng.IntN(11))), Exclusive: rng.IntN(2) == 0}
		case h.kind == sdc.Frequency:
			p.GroupRemainder = sdc.GroupRemainder{K: rng.Int64N(3)}
		case k == 2:
			p.NK = sdc.NK{N: 1, Percent: []sdc.Percent{"50", "75"}[rng.IntN(2)]}
		case k == 3:
			p.PPercent = sdc.PPercent{P: []sdc.Percent{"10", "50"}[rng.IntN(2)]}
		case k == 4:
			p.PQ = sdc.PQ{P: "20", Q: "80"}
		}
	}
	return h
}

// protect builds the case as one table over a and the tree of b, and protects it. A case that
// cannot be protected is counted, and gives nil.
func (h *hiddenCase) protect(t *testing.T, seed uint64, count map[string]int) (*Tables, *Pattern, []sdc.Remark) {
	t.Helper()
	o := sdc.Output{Name: "t", Kind: h.kind, By: []string{"a", "b"}}
	if h.kind == sdc.Magnitude {
		o.Response = "x"
	}
	tree, err := sdc.NewHierarchy(
		sdc.Code{Label: "N", Children: []sdc.Code{{Label: "n0"}, {Label: "n1"}}}, sdc.Code{Label: "S", Children: []sdc.Code{{Label: "s0"}, {Label: "s1"}}})
	if err != nil {
		t.Fatal(err)
	}
	g := build(t, h.check(t, h.policy, map[string]*sdc.Hierarchy{"b": tree}, o), h.policy, BuildOptions{})[0]
	pattern, remarks, err := g.Protect(context.Background(), Options{Threads: 1, Rounds: 4, Seed: 1})
	if errors.Is(err, ErrInfeasible) {
		count["infeasible"]++
		return nil, nil, nil
	}
	if err != nil {
		t.Fatalf("seed %d: %v", seed, err)
	}
	return g, pattern, remarks
}

// TestHiddenRecount recounts, from the respondents, what Tables.Protect leaves: under every
// published total what is hidden passes the rules as one cell, and every share of a line
// that a group rule forbids is lower in some witness, or the remarks say that as many do not.
func TestHiddenRecount(t *testing.T) {
	n := uint64(60)
	switch {
	case os.Getenv("SLUIS_LONG") != "":
		n = 1000
	case testing.Short():
		n = 25
	}
	count := map[string]int{}
	for seed := range n {
		h := drawHidden(rand.New(rand.NewPCG(seed, 78)))
		if len(h.x) == 0 {
			continue
		}
		g, pattern, remarks := h.protect(t, seed, count)
		if g == nil {
			continue
		}
		said := map[string]int64{}
		for _, r := range remarks {
			said[r.Name] = r.Count
		}
		table := g.list[0]
		number := map[[2]string]int{}
		var codes [2][]string
		for c := range table.n {
			at := [2]string(table.coordinates(c))
			number[at] = c
			for v, code := range at {
				if !slices.Contains(codes[v], code) {
					codes[v] = append(codes[v], code)
				}
			}
		}
		hidden := func(a, b string) bool { return pattern.status[table.id[number[[2]string{a, b}]]].Hidden() }
		delta := func(w *Witness, a, b string) *big.Rat {
			return big.NewRat(w.at(table.id[number[[2]string{a, b}]]), w.Den)
		}
		// above is what a code of a variable is a part of.
		above := func(v int, code string) string {
			if v == 0 && code != "*" {
				return "*"
			}
			return hiddenTree[code]
		}
		var open int64
		for total := range number {
			for v := range 2 {
				var in []int
				some := false
				sums := make([]*big.Rat, len(pattern.witnesses))
				for k := range sums {
					sums[k] = new(big.Rat)
				}
				parts := 0
				for _, code := range codes[v] {
					if above(v, code) != total[v] {
						continue
					}
					part := total
					part[v] = code
					parts++
					for k := range sums {
						sums[k].Add(sums[k], delta(&pattern.witnesses[k], part[0], part[1]))
					}
					if hidden(part[0], part[1]) {
						some = true
						in = append(in, h.at(part[0], part[1])...)
					}
				}
				for k := range sums {
					if parts > 0 && sums[k].Cmp(delta(&pattern.witnesses[k], total[0], total[1])) != 0 {
						t.Fatalf("seed %d: witness %d does not add up at %v", seed, k, total)
					}
				}
				if !some || hidden(total[0], total[1]) || len(in) == 0 {
					continue
				}
				count["sums"]++
				if !h.passes(in) {
					open++
				}
			}
		}
		if open > said["sum-of-hidden"] {
			t.Fatalf("seed %d: %d sums do not pass, %d are said: %+v, %s, %+v\n%v %v", seed, open, said["sum-of-hidden"], h.policy, h.kind, h.roles, h.text, h.x)
		}
		count["sums that do not pass"] += int(open)
		count["sums said"] += int(said["sum-of-hidden"])
		open = 0
		if h.kind == sdc.Frequency {
			for cell := range number {
				for v := range 2 {
					line := cell
					line[v] = "*"
					if cell[v] == "*" || h.shareKnown(t, cell, line) {
						continue
					}
					count["shares"]++
					if !slices.ContainsFunc(pattern.witnesses, func(w Witness) bool {
						return h.sharePasses(new(big.Rat).Add(delta(&w, cell[0], cell[1]), big.NewRat(h.people(h.at(cell[0], cell[1])), 1)),
							new(big.Rat).Add(delta(&w, line[0], line[1]), big.NewRat(h.people(h.at(line[0], line[1])), 1)))
					}) {
						open++
					}
				}
			}
			if open > said["group-share"] {
				t.Fatalf("seed %d: %d shares have no witness, %d are said: %+v\n%v", seed, open, said["group-share"], h.policy, h.text)
			}
			count["shares without a witness"] += int(open)
			count["shares said"] += int(said["group-share"])
		}
	}
	t.Log(count)
	for _, what := range []string{"sums", "shares"} {
		if count[what] == 0 {
			t.Errorf("no %s", what)
		}
	}
}

// shareKnown reports whether a cell has a share that passes, or is empty.
func (h *hiddenCase) shareKnown(t *testing.T, cell, line [2]string) bool {
	t.Helper()
	n := h.people(h.at(cell[0], cell[1]))
	return n == 0 || h.sharePasses(big.NewRat(n, 1), big.NewRat(h.people(h.at(line[0], line[1])), 1))
}

// sharePasses holds a number and that of its line against the group rules.
func (h *hiddenCase) sharePasses(n, line *big.Rat) bool {
	if r := h.policy.GroupDisclosure; !r.Off {
		p, _ := new(big.Rat).SetString(string(r.Percent))
		switch new(big.Rat).Mul(n, big.NewRat(100, 1)).Cmp(p.Mul(p, line)) {
		case 1:
			return false
		case 0:
			if !r.Exclusive {
				return false
			}
		}
	}
	r := h.policy.GroupRemainder
	return r.Off || n.Cmp(new(big.Rat).Sub(line, big.NewRat(r.K, 1))) < 0
}
