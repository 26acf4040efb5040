package riskmetrics_test

import (
	"errors"
	"fmt"
	"math"
	"math/big"
	"math/rand/v2"
	"slices"
	"strconv"
	"testing"

	"github.com/sluis-go/sluis/riskmetrics"
)

// persons returns a table of one key, with rows "key person value" repeated.
func persons(rows ...string) [][]string {
	out := [][]string{{"a", "id", "s"}}
	for _, r := range rows {
		var key, id, value string
		times := 1
		fmt.Sscan(r, &key, &id, &value, &times) //nolint:errcheck // times may be absent
		for range times {
			out = append(out, []string{key, id, value})
		}
	}
	return out
}

// TestPersonsNotRows: many rows of one person count as one person.
func TestPersonsNotRows(t *testing.T) {
	shares := []string{"N p0 flu 3", "N p0 cold 3", "N p0 cough 3"}
	for i := 1; i < 10; i++ {
		shares = append(shares, fmt.Sprintf("N p%d cancer", i))
	}
	one := []string{"A p1 0 2", "A p1 1 2", "A p1 2 2"}
	for i := range 6 {
		one = append(one, fmt.Sprintf("B q%d %d", i, i%3))
	}
	many := []string{"A p9 y 30"}
	for i := range 9 {
		many = append(many, fmt.Sprintf("A p%d x", i))
	}
	for _, x := range []struct {
		name        string
		rows        []string
		l, alpha, k float64
	}{
		{"one person has three values, nine share one", shares, 2, 0.9, 10},
		{"one person is the class", one, 1, 1, 1},
		{"one person has thirty rows of ten persons", many, 2, 0.9, 10},
		{"everybody has both values", []string{"A p0 x", "A p0 y", "A p1 x", "A p1 y"}, 2, 1, 2},
		{"two persons, three values", []string{"A p0 x", "A p0 y", "A p0 z", "A p1 x"}, 2, 1, 2},
		{"a chain of values", []string{"A p0 x", "A p0 y", "A p1 y", "A p1 z", "A p2 z", "A p2 x"}, 3, 2.0 / 3, 3},
		{"one record each", []string{"A p0 x", "A p1 y"}, 2, 0.5, 2},
	} {
		t.Run(x.name, func(t *testing.T) {
			tab := table(t, persons(x.rows...))
			c := classes(t, tab, riskmetrics.Options{Keys: []string{"a"}, Respondent: "id"})
			s := sensitive(t, c, tab, "s", "exclude")
			if l := attained(t)(s.Distinct(ctx)); l.PerClass[0] != x.l {
				t.Errorf("l = %v, want %v", l.PerClass[0], x.l)
			}
			if a := attained(t)(s.MaxShare(ctx)); a.PerClass[0] != x.alpha {
				t.Errorf("alpha = %v, want %v", a.PerClass[0], x.alpha)
			}
			if k := c.KAnonymity(); k.PerClass[0] != x.k {
				t.Errorf("k = %v, want %v", k.PerClass[0], x.k)
			}
		})
	}
}

// TestPersonsRefused: a measure that is not defined for several values or classes of one
// respondent refuses them, and the error says so.
func TestPersonsRefused(t *testing.T) {
	tab := table(t, persons("A p0 x", "A p0 y", "A p1 x", "B p1 x"))
	c := classes(t, tab, riskmetrics.Options{Keys: []string{"a"}, Respondent: "id"})
	s := sensitive(t, c, tab, "s", "exclude")
	refused := func(name string, err error) {
		t.Helper()
		if !errors.Is(err, riskmetrics.ErrRequest) {
			t.Errorf("%s: %v", name, err)
		}
	}
	_, err := s.Entropy(ctx)
	refused("entropy", err)
	_, err = s.Recursive(ctx, 2)
	refused("recursive", err)
	_, err = s.RecursiveDepth(ctx, big.NewRat(2, 1))
	refused("recursive depth", err)
	_, err = s.TCloseness(ctx, riskmetrics.Equal)
	refused("t", err)
	_, err = s.TClosenessOrdered(ctx, []string{"x", "y"})
	refused("ordered t", err)
	_, err = s.TClosenessTree(ctx, map[string]string{"x": "*", "y": "*"})
	refused("t over a tree", err)
	_, err = c.SUDA(ctx, riskmetrics.SUDAOptions{})
	refused("SUDA", err)
	_, err = c.PopulationUniques(ctx, 0.1)
	refused("uniques of the population", err)
	_, err = c.LogLinear(ctx, riskmetrics.LogLinearOptions{Fraction: 0.1})
	refused("log-linear", err)
	records := classes(t, tab, riskmetrics.Options{Keys: []string{"a"}})
	_, err = c.KMap(ctx, records)
	refused("k-map of a population of records", err)
	_, err = records.KMap(ctx, c)
	refused("k-map of a sample of records", err)
	wild := classes(t, table(t, persons("A p0 x", "B p0 x")), riskmetrics.Options{Keys: []string{"a"}, Respondent: "id", Missing: policy(t, "wildcard")})
	_, err = wild.Sensitive(ctx, table(t, persons("A p0 x", "B p0 x")), "s", policy(t, "exclude"))
	refused("attributes where nulls match", err)
}

// TestWeightsOfPersons: a person weighs once, and has one weight in a class.
func TestWeightsOfPersons(t *testing.T) {
	rows := [][]string{{"a", "id", "w"}, {"A", "p0", "3"}, {"A", "p0", "3"}, {"A", "p1", "2"}, {"B", "p1", "7"}}
	c := classes(t, table(t, rows, "w"), riskmetrics.Options{Keys: []string{"a"}, Respondent: "id", Weight: "w"})
	if pop := c.PopFreq(); !slices.Equal(pop, []float64{5, 5, 5, 7}) {
		t.Errorf("F_k %v", pop)
	}
	rows[2][2] = "4"
	c = classes(t, table(t, rows, "w"), riskmetrics.Options{Keys: []string{"a"}, Respondent: "id", Weight: "w"})
	var at *riskmetrics.ColumnError
	for _, f := range []func() error{
		func() error { _, err := c.KWeighted(); return err },
		func() error { _, err := c.EstimatedJournalist(); return err },
		func() error { _, err := c.Individual(ctx, riskmetrics.Exact); return err },
	} {
		if err := f(); !errors.Is(err, riskmetrics.ErrWeight) || !errors.As(err, &at) || at.Column != "w" || at.Row != 1 {
			t.Errorf("two weights of one person: %v", err)
		}
	}
	if pop := c.PopFreq(); !math.IsNaN(pop[0]) {
		t.Errorf("F_k of no weights: %v", pop)
	}
}

// TestPersonsByDefinition recounts everything that counts respondents from sets of
// persons, record by record, on random data: no respondent or several classes, several
// values, weights by person and households.
func TestPersonsByDefinition(t *testing.T) {
	rng := rand.New(rand.NewPCG(17, 25))
	policies := []string{"category", "exclude", "wildcard", "sdcmicro(0.3)"}
	seen := map[string]int{}
	for round := range long(150, 3000) {
		n := 1 + rng.IntN(14)
		rows := [][]string{{"a", "b", "s", "id", "w", "h"}}
		byPerson, oneClass := map[string][]string{}, rng.IntN(2) == 0
		for range n {
			id := strconv.Itoa(rng.IntN(7))
			keys := []string{[]string{"x", "y", "z", ""}[rng.IntN(4)], []string{"u", "v", ""}[rng.IntN(3)]}
			if known, ok := byPerson[id]; ok && oneClass {
				keys = known
			}
			byPerson[id] = keys
			rows = append(rows, []string{keys[0], keys[1], []string{"1", "2", "3", ""}[rng.IntN(4)], id, strconv.Itoa(10 + 3*len(id) + int(id[0])), strconv.Itoa(int(id[0]) % 3)})
		}
		p := policies[round%len(policies)]
		tab := table(t, rows, "w", "s")
		c := classes(t, tab, riskmetrics.Options{Keys: []string{"a", "b"}, Missing: policy(t, p), Respondent: "id", Weight: "w", Household: "h", Threads: 1 + rng.IntN(3)})
		left := func(r []string) bool { return p == "exclude" && (r[0] == "" || r[1] == "") }
		same := func(x, y []string) bool { return x[0] == y[0] && x[1] == y[1] }
		// Persons, and in how many classes they are.
		in := map[string]map[string]bool{}
		for _, r := range rows[1:] {
			if !left(r) {
				if in[r[3]] == nil {
					in[r[3]] = map[string]bool{}
				}
				in[r[3]][r[0]+"|"+r[1]] = true
			}
		}
		f, pop := c.SampleFreq(), c.PopFreq()
		inverse, persons := 0.0, map[string]float64{}
		for i, x := range rows[1:] {
			if left(x) {
				continue
			}
			// By how much each person counts for x.
			by := map[string]*big.Rat{}
			weight := map[string]string{}
			for _, y := range rows[1:] {
				if left(y) || !same(x, y) && len(in[y[3]]) > 1 {
					continue
				}
				if v := counts(x, y, []int{0, 1}, p); by[y[3]] == nil || v.Cmp(by[y[3]]) > 0 {
					by[y[3]], weight[y[3]] = v, y[4]
				}
			}
			sum, mass := new(big.Rat), new(big.Rat)
			for id, v := range by {
				w, _ := new(big.Rat).SetString(weight[id])
				sum.Add(sum, v)
				mass.Add(mass, w.Mul(w, v))
			}
			want, _ := sum.Float64()
			wantPop, _ := mass.Float64()
			if f[i] != want || pop[i] != wantPop {
				t.Fatalf("%v %s record %d: f %v F %v, want %v %v", rows, p, i+1, f[i], pop[i], want, wantPop)
			}
			persons[x[3]] = max(persons[x[3]], 1/want)
		}
		for _, r := range persons {
			inverse += r
		}
		if x := c.Prosecutor(); len(persons) > 0 && !near(x.Success, inverse/float64(len(persons)), 1e-12) {
			t.Fatalf("%v %s: prosecutor %v, want %v", rows, p, x.Success, inverse/float64(len(persons)))
		}
		all, several := c.Respondents()
		wantSeveral := 0
		for _, k := range in {
			if len(k) > 1 {
				wantSeveral++
			}
		}
		if int(all) != len(in) || int(several) != wantSeveral {
			t.Fatalf("%v: %d respondents, %d in several classes", rows, all, several)
		}
		// Risks of persons and of households.
		risk, err := c.Individual(ctx, riskmetrics.Exact)
		if err != nil {
			t.Fatal(err)
		}
		house, err := c.Household(risk)
		if err != nil {
			t.Fatal(err)
		}
		for i, x := range rows[1:] {
			most := map[string]float64{}
			for j, y := range rows[1:] {
				if y[5] == x[5] && !left(y) {
					most[y[3]] = max(most[y[3]], risk[j])
				}
			}
			not := 1.0
			for _, r := range most {
				not *= 1 - r
			}
			if !left(x) && !near(house[i], 1-not, 1e-12) {
				t.Fatalf("%v %s: household of record %d: %v, want %v", rows, p, i+1, house[i], 1-not)
			}
		}
		each, err := c.OfRespondents(risk)
		if err != nil {
			t.Fatal(err)
		}
		g, err := riskmetrics.Global(each)
		if err != nil {
			t.Fatal(err)
		}
		wantSum := 0.0
		largestOf := map[string]float64{}
		for i, x := range rows[1:] {
			if !left(x) {
				largestOf[x[3]] = max(largestOf[x[3]], risk[i])
			}
		}
		for _, r := range largestOf {
			wantSum += r
		}
		if !near(g.Expected, wantSum, 1e-12) || g.Records != len(in) {
			t.Fatalf("%v %s: expected re-identifications %v of %d, want %v of %d", rows, p, g.Expected, g.Records, wantSum, len(in))
		}
		attributesOfPersons(t, rows, p, c, tab, left, same, seen)
	}
	for _, what := range []string{"l", "alpha", "delta", "entropy", "t", "refused"} {
		if seen[what] < 10 {
			t.Errorf("only %d draws of %s", seen[what], what)
		}
	}
}
