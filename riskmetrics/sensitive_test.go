package riskmetrics_test

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"math"
	"math/big"
	"math/rand/v2"
	"slices"
	"strconv"
	"testing"

	"github.com/apache/arrow/go/v15/arrow"

	"github.com/sluis-go/sluis/riskmetrics"
)

// li is table 5 of Li, Li and Venkatasubramanian, "t-closeness", ICDE 2007.
var li = [][]string{
	{"ZIP", "Age", "Salary", "Disease"},
	{"4767*", "<=40", "3", "gastric ulcer"},
	{"4767*", "<=40", "5", "stomach cancer"},
	{"4767*", "<=40", "9", "pneumonia"},
	{"4790*", ">=40", "6", "gastritis"},
	{"4790*", ">=40", "11", "flu"},
	{"4790*", ">=40", "8", "bronchitis"},
	{"4760*", "<=40", "4", "gastritis"},
	{"4760*", "<=40", "7", "bronchitis"},
	{"4760*", "<=40", "10", "stomach cancer"},
}

// liTree is the hierarchy of diseases of its figure 1.
var liTree = map[string]string{
	"gastric ulcer": "stomach disease", "gastritis": "stomach disease", "stomach cancer": "stomach disease",
	"stomach disease": "digestive system disease", "digestive system disease": "respiratory&digestive disease",
	"flu": "respiratory infection", "pneumonia": "respiratory infection", "bronchitis": "respiratory infection",
	"respiratory infection": "vascular lung disease", "vascular lung disease": "respiratory&digestive disease",
}

var ctx = context.Background()

func attained(t testing.TB) func(riskmetrics.Attained, error) riskmetrics.Attained {
	return func(a riskmetrics.Attained, err error) riskmetrics.Attained {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
		return a
	}
}

func sensitive(t testing.TB, c *riskmetrics.Classes, tab arrow.Table, name, nulls string) *riskmetrics.Sensitive {
	t.Helper()
	s, err := c.Sensitive(ctx, tab, name, policy(t, nulls))
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// TestLiTable: the distances that the paper computes by hand (its sections 5.1 and 5.2),
// and the other models as fractions. The paper has .167 for salary. It prints .278 for
// disease, where its formula gives 8/27.
func TestLiTable(t *testing.T) {
	tab := table(t, li, "Salary")
	c := classes(t, tab, riskmetrics.Options{Keys: []string{"ZIP", "Age"}})
	salary := sensitive(t, c, tab, "Salary", "refuse")
	disease := sensitive(t, c, tab, "Disease", "refuse")
	for _, tc := range []struct {
		name string
		of   func() (riskmetrics.Attained, error)
		want *big.Rat
	}{
		{"salary ordered", func() (riskmetrics.Attained, error) { return salary.TCloseness(ctx, riskmetrics.Ordered) }, big.NewRat(1, 6)},
		{"salary by range", func() (riskmetrics.Attained, error) { return salary.TCloseness(ctx, riskmetrics.Range) }, big.NewRat(1, 6)},
		{"salary equal", func() (riskmetrics.Attained, error) { return salary.TCloseness(ctx, riskmetrics.Equal) }, big.NewRat(2, 3)},
		{"disease equal", func() (riskmetrics.Attained, error) { return disease.TCloseness(ctx, riskmetrics.Equal) }, big.NewRat(5, 9)},
		{"disease tree", func() (riskmetrics.Attained, error) { return disease.TClosenessTree(ctx, liTree) }, big.NewRat(8, 27)},
		{"beta", func() (riskmetrics.Attained, error) { return disease.Likeness(ctx) }, big.NewRat(2, 1)},
		{"enhanced beta", func() (riskmetrics.Attained, error) { return disease.EnhancedLikeness(ctx) }, big.NewRat(2, 1)},
		{"alpha", func() (riskmetrics.Attained, error) { return disease.MaxShare(ctx) }, big.NewRat(1, 3)},
	} {
		t.Run(tc.name, func(t *testing.T) {
			a, err := tc.of()
			if err != nil {
				t.Fatal(err)
			}
			want, _ := tc.want.Float64()
			if !near(a.Value, want, 1e-15) {
				t.Errorf("%s: %v, want %v", tc.name, a.Value, want)
			}
			// On the boundary nothing is violated; a hair below it is.
			hair := new(big.Rat).Sub(tc.want, big.NewRat(1, 1e15))
			if v := a.Violations(tc.want); len(v.Classes) != 0 {
				t.Errorf("%s: %d classes are above what is attained", tc.name, len(v.Classes))
			}
			if v := a.Violations(hair); len(v.Classes) == 0 {
				t.Errorf("%s: no class is above less than what is attained", tc.name)
			}
		})
	}
	// Three equally frequent values have entropy l = 3 exactly, and log2 3.
	entropy := attained(t)(disease.Entropy(ctx))
	if v := entropy.Violations(big.NewRat(3, 1)); len(v.Classes) != 0 || !near(entropy.Value, 3, 1e-15) {
		t.Errorf("entropy %v, violated by %d classes", entropy.Value, len(v.Classes))
	}
	if v := entropy.Violations(new(big.Rat).Add(big.NewRat(3, 1), big.NewRat(1, 1e15))); v.Records != 9 {
		t.Errorf("entropy just above 3 is violated by %d records", v.Records)
	}
	delta := attained(t)(salary.Disclosure(ctx, 3))
	if v := delta.Violations(big.NewRat(1, 1)); delta.Value != 1 || v.Records != 9 {
		t.Errorf("delta to base 3: %v, reached by %d records", delta.Value, v.Records)
	}
	for l, want := range map[int]float64{2: 0.5, 3: 1, 4: math.Inf(1)} {
		t.Run(fmt.Sprint("level l ", l), func(t *testing.T) {
			if r := attained(t)(disease.Recursive(ctx, l)); r.Value != want || r.Violations(big.NewRat(1, 1)).Records != map[bool]int64{true: 9, false: 0}[l > 2] {
				t.Errorf("recursive, l = %d: %v", l, r.Value)
			}
		})
	}
	// The file that ARX was run on.
	for _, r := range reference(t, "models/privacy_models_li2007.csv")[1:] {
		s := map[string]*riskmetrics.Sensitive{"Disease": disease, "Salary": salary}[r[2]]
		switch r[3] {
		case "delta_log2":
			if d := attained(t)(s.Disclosure(ctx, 2)); !near(d.Value, parse(t, r[4]), 1e-9) {
				t.Errorf("%v: %v", r, d.Value)
			}
		case "t_ordered":
			of := func() (riskmetrics.Attained, error) { return s.TCloseness(ctx, riskmetrics.Ordered) }
			if r[2] == "Disease" { // text: its order is to be declared, here that of its letters
				if _, err := of(); !errors.Is(err, riskmetrics.ErrRequest) {
					t.Errorf("%v: ordered distance of text: %v", r, err)
				}
				of = func() (riskmetrics.Attained, error) { return s.TClosenessOrdered(ctx, s.Values()) }
			}
			if d := attained(t)(of()); !near(d.Value, parse(t, r[4]), 1e-9) {
				t.Errorf("%v: %v", r, d.Value)
			}
		case "l_distinct":
			if d := attained(t)(s.Distinct(ctx)); d.Value != parse(t, r[4]) {
				t.Errorf("%v: %v", r, d.Value)
			}
		}
	}
}

// TestLDiversityReference compares with sdcMicro on the household survey: its
// recursive column is the l that is attained for c.
func TestLDiversityReference(t *testing.T) {
	tab := table(t, reference(t, "input/testdata.csv"))
	c := classes(t, tab, riskmetrics.Options{Keys: []string{"urbrur", "roof", "walls", "water", "sex"}})
	s := sensitive(t, c, tab, "electcon", "refuse")
	distinct, entropy := attained(t)(s.Distinct(ctx)).Records(), attained(t)(s.Entropy(ctx)).Records()
	for file, ratio := range map[string]*big.Rat{"": big.NewRat(2, 1), "_c1": big.NewRat(1, 1), "_c5": big.NewRat(5, 1)} {
		t.Run(file, func(t *testing.T) {
			depth := attained(t)(s.RecursiveDepth(ctx, ratio)).Records()
			for i, w := range reference(t, "ldiversity/ldiv_testdata_k5_electcon"+file+".csv")[1:] {
				if distinct[i] != parse(t, w[1]) || !near(entropy[i], parse(t, w[2]), 1e-9) || depth[i] != parse(t, w[3]) {
					t.Fatalf("%s, record %d: %v %v %v, want %v", file, i+1, distinct[i], entropy[i], depth[i], w)
				}
			}
		})
	}
}

// random is a table of a few records with keys a, b and c, a sensitive number s
// and nulls in all of them.
func random(rng *rand.Rand) [][]string {
	rows := [][]string{{"a", "b", "c", "s", "w"}}
	cards := []int{1 + rng.IntN(3), 1 + rng.IntN(3), 1 + rng.IntN(3), 1 + rng.IntN(5)}
	nulls := rng.IntN(6)
	for range 1 + rng.IntN(14) {
		var r []string
		for _, n := range cards {
			v := strconv.Itoa(rng.IntN(n) * rng.IntN(3))
			if rng.IntN(12) < nulls {
				v = ""
			}
			r = append(r, v)
		}
		rows = append(rows, append(r, strconv.FormatFloat(float64(100+rng.IntN(400))/100, 'g', -1, 64)))
	}
	return rows
}

// fits says whether two records match under a policy.
func fits(x, y []string, policy string) bool {
	for k := range 3 {
		if x[k] != y[k] && !(policy == "wildcard" && (x[k] == "" || y[k] == "")) {
			return false
		}
	}
	return true
}

// oracle holds the measures of one record by their definitions.
type oracle struct {
	counts, all   []int64 // by value in order
	values        []float64
	n, total      int64
	distinct      float64
	t             map[riskmetrics.Distance]*big.Rat
	alpha, gain   *big.Rat
	entropy, most float64
	infeasible    bool
}

func ask(rows [][]string, i int, policy string) *oracle {
	left := func(r []string) bool { return policy == "exclude" && slices.Contains(r[:3], "") }
	count, all := map[float64]int64{}, map[float64]int64{}
	o := &oracle{t: map[riskmetrics.Distance]*big.Rat{}, alpha: new(big.Rat), gain: new(big.Rat)}
	for _, r := range rows[1:] {
		if left(r) || r[3] == "" {
			continue
		}
		v, _ := strconv.ParseFloat(r[3], 64)
		all[v]++
		if fits(rows[i], r, policy) {
			count[v]++
		}
	}
	for v := range all {
		o.values = append(o.values, v)
	}
	slices.Sort(o.values)
	for _, v := range o.values {
		o.counts, o.all = append(o.counts, count[v]), append(o.all, all[v])
		o.n, o.total = o.n+count[v], o.total+all[v]
		if count[v] > 0 {
			o.distinct++
		}
	}
	if o.n == 0 {
		return o
	}
	equal, ordered, ranged, sum := new(big.Rat), new(big.Rat), new(big.Rat), new(big.Rat)
	entropy := 0.0
	for v := range o.values {
		p, q := big.NewRat(o.counts[v], o.n), big.NewRat(o.all[v], o.total)
		d := new(big.Rat).Sub(p, q)
		sum.Add(sum, d)
		equal.Add(equal, new(big.Rat).Abs(d))
		if v+1 < len(o.values) {
			ordered.Add(ordered, new(big.Rat).Abs(sum))
			step := new(big.Rat).SetFloat64(o.values[v+1] - o.values[v])
			ranged.Add(ranged, step.Mul(step, new(big.Rat).Abs(sum)))
		}
		if o.alpha.Cmp(p) < 0 {
			o.alpha = p
		}
		if g := d.Quo(d, q); o.gain.Cmp(g) < 0 {
			o.gain = g
		}
		if pf, _ := p.Float64(); pf > 0 {
			entropy -= pf * math.Log(pf)
			qf, _ := q.Float64()
			o.most = max(o.most, math.Abs(math.Log(pf/qf)))
			o.infeasible = o.infeasible || pf > qf && (pf-qf)/qf > -math.Log(qf)
		}
	}
	o.entropy = math.Exp(entropy)
	o.t[riskmetrics.Equal] = equal.Mul(equal, big.NewRat(1, 2))
	if m := len(o.values); m > 1 {
		ordered.Quo(ordered, big.NewRat(int64(m-1), 1))
		ranged.Quo(ranged, new(big.Rat).SetFloat64(o.values[m-1]-o.values[0]))
	}
	o.t[riskmetrics.Ordered], o.t[riskmetrics.Range] = ordered, ranged
	return o
}

// TestNotJudged: records that were left out, and records in classes without a value,
// violate no limit, and are counted.
func TestNotJudged(t *testing.T) {
	tab := table(t, [][]string{{"a", "s"}, {"1", ""}, {"1", ""}, {"2", "x"}, {"2", "y"}, {"", "x"}})
	missing, err := riskmetrics.ParseMissing("exclude")
	if err != nil {
		t.Fatal(err)
	}
	c := classes(t, tab, riskmetrics.Options{Keys: []string{"a"}, Missing: missing})
	s, err := c.Sensitive(context.Background(), tab, "s", missing)
	if err != nil {
		t.Fatal(err)
	}
	for _, x := range []struct {
		name      string
		of        func(context.Context) (riskmetrics.Attained, error)
		notJudged int64
	}{
		{"k", func(context.Context) (riskmetrics.Attained, error) { return c.KAnonymity(), nil }, 1},
		{"combinations", func(ctx context.Context) (riskmetrics.Attained, error) {
			a, _, err := c.Combinations(ctx, 1, 1)
			return a, err
		}, 1},
		{"distinct", s.Distinct, 1}, {"entropy", s.Entropy, 3}, {"share", s.MaxShare, 3}, {"likeness", s.Likeness, 3},
		{"t", func(ctx context.Context) (riskmetrics.Attained, error) { return s.TCloseness(ctx, riskmetrics.Equal) }, 3},
		{"recursive", func(ctx context.Context) (riskmetrics.Attained, error) { return s.Recursive(ctx, 2) }, 3},
		{"disclosure", func(ctx context.Context) (riskmetrics.Attained, error) { return s.Disclosure(ctx, 2) }, 3},
	} {
		t.Run(x.name, func(t *testing.T) {
			a, err := x.of(context.Background())
			if err != nil {
				t.Fatal(err)
			}
			if v := a.Violations(big.NewRat(1, 1)); v.NotJudged != x.notJudged {
				t.Errorf("%s: %d records are not judged, want %d", x.name, v.NotJudged, x.notJudged)
			}
		})
	}
}

// TestAttributesByDefinition compares every measure with its definition, record
// by record; on the exact value of a record its class violates nothing, and a
// trifle below it does.
func TestAttributesByDefinition(t *testing.T) {
	rng := rand.New(rand.NewPCG(11, 4))
	for range long(500, 30000) {
		rows := random(rng)
		tab := table(t, rows, "s", "w")
		for _, p := range []string{"category", "exclude", "wildcard"} {
			c := classes(t, tab, riskmetrics.Options{Keys: []string{"a", "b", "c"}, Missing: policy(t, p)})
			s := sensitive(t, c, tab, "s", "exclude")
			distinct, entropy := attained(t)(s.Distinct(ctx)), attained(t)(s.Entropy(ctx))
			enhanced, delta := attained(t)(s.EnhancedLikeness(ctx)), attained(t)(s.Disclosure(ctx, riskmetrics.E))
			exactly := []struct {
				a  riskmetrics.Attained
				of func(*oracle) *big.Rat
			}{
				{attained(t)(s.TCloseness(ctx, riskmetrics.Equal)), func(o *oracle) *big.Rat { return o.t[riskmetrics.Equal] }},
				{attained(t)(s.TCloseness(ctx, riskmetrics.Ordered)), func(o *oracle) *big.Rat { return o.t[riskmetrics.Ordered] }},
				{attained(t)(s.TCloseness(ctx, riskmetrics.Range)), func(o *oracle) *big.Rat { return o.t[riskmetrics.Range] }},
				{attained(t)(s.MaxShare(ctx)), func(o *oracle) *big.Rat { return o.alpha }},
				{attained(t)(s.Likeness(ctx)), func(o *oracle) *big.Rat { return o.gain }},
			}
			for i := range rows[1:] {
				id := c.Class(i)
				if (id == riskmetrics.NoClass) != (p == "exclude" && slices.Contains(rows[i+1][:3], "")) {
					t.Fatalf("record %d is left out wrongly", i+1)
				}
				if id == riskmetrics.NoClass {
					continue
				}
				o := ask(rows, i+1, p)
				if distinct.PerClass[id] != o.distinct {
					t.Fatalf("%v %s record %d: distinct %v, want %v", rows, p, i+1, distinct.PerClass[id], o.distinct)
				}
				if o.n == 0 {
					if !math.IsNaN(entropy.PerClass[id]) || !math.IsNaN(exactly[0].a.PerClass[id]) || !math.IsNaN(delta.PerClass[id]) {
						t.Fatalf("%v %s record %d: a class without values has some", rows, p, i+1)
					}
					continue
				}
				if !near(entropy.PerClass[id], o.entropy, 1e-12) || !near(delta.PerClass[id], o.most, 1e-12) || math.IsInf(enhanced.PerClass[id], 1) != o.infeasible {
					t.Fatalf("%v %s record %d: entropy %v delta %v enhanced %v, want %+v", rows, p, i+1, entropy.PerClass[id], delta.PerClass[id], enhanced.PerClass[id], o)
				}
				for j, x := range exactly {
					want, _ := x.of(o).Float64()
					above := x.a.Violations(x.of(o)).Classes
					from := x.a.Violations(new(big.Rat).Sub(x.of(o), big.NewRat(1, 1e12))).Classes
					if !near(x.a.PerClass[id], want, 1e-14) || slices.Contains(above, id) || !slices.Contains(from, id) {
						t.Fatalf("%v %s record %d, measure %d: %v, want %v; above %v, from %v", rows, p, i+1, j, x.a.PerClass[id], x.of(o), above, from)
					}
				}
			}
		}
	}
}

// TestClosenessPadded: values that nobody has before the first and after the last of an order, and
// nodes above all values of a tree, change no distance. Between values they do.
func TestClosenessPadded(t *testing.T) {
	tab := table(t, li, "Salary")
	c := classes(t, tab, riskmetrics.Options{Keys: []string{"ZIP", "Age"}})
	disease := sensitive(t, c, tab, "Disease", "refuse")
	values := disease.Values()
	ordered := func(labels ...string) float64 {
		a, err := disease.TClosenessOrdered(ctx, labels)
		if err != nil {
			t.Fatal(err)
		}
		return a.Value
	}
	plain, last := ordered(values...), len(values)-1
	for _, tc := range []struct {
		name   string
		labels []string
		same   bool
	}{
		{"before", slices.Concat([]string{"none", "nil"}, values), true},
		{"after", slices.Concat(values, []string{"other", "rare", "rarest"}), true},
		{"both", slices.Concat([]string{"none"}, values, []string{"other"}), true},
		{"between", slices.Concat(values[:last], []string{"other"}, values[last:]), false},
	} {
		if got := ordered(tc.labels...); (got == plain) != tc.same {
			t.Errorf("%s: %v, and %v without", tc.name, got, plain)
		}
	}
	padded, root := maps.Clone(liTree), ""
	for _, up := range liTree {
		if _, ok := liTree[up]; !ok {
			root = up
		}
	}
	padded[root], padded["one up"], padded["two up"] = "one up", "two up", "three up"
	a, err := disease.TClosenessTree(ctx, liTree)
	if err != nil {
		t.Fatal(err)
	}
	b, err := disease.TClosenessTree(ctx, padded)
	if err != nil {
		t.Fatal(err)
	}
	if a.Value != b.Value {
		t.Errorf("tree: %v, and %v with nodes above its root", a.Value, b.Value)
	}
}
