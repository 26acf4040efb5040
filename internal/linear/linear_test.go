package linear_test

import (
	"context"
	"errors"
	"math/big"
	"math/rand/v2"
	"os"
	"slices"
	"testing"

	"github.com/sluis-go/sluis/internal/linear"
	"github.com/sluis-go/sluis/internal/synth"
)

// implied reports, over the rationals, whether cell h follows from the published cells:
// whether its unit vector is a combination of the relations, restricted to the
// unpublished columns. It shares no code with the package.
func implied(relations []linear.Relation, unpublished []bool, h int32) bool {
	var cols []int32
	for c, u := range unpublished {
		if u && int32(c) != h {
			cols = append(cols, int32(c))
		}
	}
	cols = append(cols, h) // last: it has a pivot of its own iff it follows
	var rows [][]*big.Rat
	for _, r := range relations {
		row := make([]*big.Rat, len(cols))
		for i, c := range cols {
			row[i] = new(big.Rat)
			if c == r.Total {
				row[i].SetInt64(-1)
			} else if slices.Contains(r.Parts, c) {
				row[i].SetInt64(1)
			}
		}
		rows = append(rows, row)
	}
	top := 0
	for i := range cols {
		p := -1
		for k := top; k < len(rows); k++ {
			if rows[k][i].Sign() != 0 {
				p = k
				break
			}
		}
		if p < 0 {
			continue
		}
		if i == len(cols)-1 {
			return true
		}
		rows[top], rows[p] = rows[p], rows[top]
		for k := top + 1; k < len(rows); k++ {
			if rows[k][i].Sign() == 0 {
				continue
			}
			f := new(big.Rat).Quo(rows[k][i], rows[top][i])
			for j := i; j < len(cols); j++ {
				rows[k][j].Sub(rows[k][j], new(big.Rat).Mul(f, rows[top][j]))
			}
		}
		top++
	}
	return false
}

// greedy publishes cells in order, by the definition, as long as no hidden cell follows:
// for outsiders, or for the owner of a singleton where the cell did not follow before.
func greedy(n int, relations []linear.Relation, kind []linear.Kind, owner []int32, order []int) []bool {
	un := make([]bool, n)
	for i := range un {
		un[i] = true
	}
	insider := func(a, b int32) bool { // b follows for an insider who knows a
		un[a] = false
		defer func() { un[a] = true }()
		return implied(relations, un, b)
	}
	var hidden []int32
	for i, k := range kind {
		if k != linear.Candidate {
			hidden = append(hidden, int32(i))
		}
	}
	safe := func(j int) bool {
		type pair struct{ a, b int32 }
		before := map[pair]bool{}
		each := func(f func(p pair)) {
			for _, a := range hidden {
				for _, b := range hidden {
					if a != b && kind[a] == linear.Singleton && (kind[b] != linear.Singleton || owner[a] != owner[b]) {
						f(pair{a, b})
					}
				}
			}
		}
		each(func(p pair) { before[p] = insider(p.a, p.b) })
		un[j] = false
		ok := true
		for _, h := range hidden {
			ok = ok && !implied(relations, un, h)
		}
		if ok {
			each(func(p pair) { ok = ok && (before[p] || !insider(p.a, p.b)) })
		}
		un[j] = true
		return ok
	}
	for _, j := range order {
		if safe(j) {
			un[j] = false
		}
	}
	return un
}

// random makes a small table, or two linked ones, with hidden cells and an order.
func random(r *rand.Rand, lone bool) (n int, relations []linear.Relation, kind []linear.Kind, owner []int32, order []int) {
	dims := 1 + r.IntN(3)
	var hs []synth.Hierarchy
	for range dims {
		hs = append(hs, synth.NewHierarchy(r.Uint64(), 3+r.IntN([]int{8, 4, 1}[dims-1]), 3))
	}
	o := synth.CubeOptions{Seed: r.Uint64(), Hierarchies: hs}
	if dims == 3 && r.IntN(2) == 0 {
		o.Tables = [][]int{{0, 1}, {0, 2}}
	}
	c := synth.NewCube(o)
	n = len(c.Count)
	for k, t := range c.Total {
		relations = append(relations, linear.Relation{Total: t, Parts: c.Parts[k]})
	}
	kind, owner = make([]linear.Kind, n), make([]int32, n)
	for i := range n {
		switch x := r.IntN(10); {
		case x == 0:
			kind[i] = linear.Hidden
		case x == 1 && lone:
			kind[i], owner[i] = linear.Singleton, 1+r.Int32N(6)
		default:
			order = append(order, i)
		}
	}
	r.Shuffle(len(order), func(a, b int) { order[a], order[b] = order[b], order[a] })
	return n, relations, kind, owner, order
}

func space(tb testing.TB, n int, relations []linear.Relation, weight []int64) []linear.Vector {
	tb.Helper()
	s, err := linear.Space(context.Background(), n, relations, weight)
	if err != nil {
		tb.Fatal(err)
	}
	return s
}

func publish(e *linear.Elimination, n int, order []int) []bool {
	un := make([]bool, n)
	for i := range un {
		un[i] = true
	}
	for _, j := range order {
		un[j] = !e.Publish(j)
	}
	return un
}

// TestAgainstRationals compares with the definition, over the rationals, on 400
// tables (20,000 in the long run), seeds 1 and up: hierarchies of 1 to 3 variables
// and linked pairs, with and without singletons. And every time the coordinates,
// the order of the relations and the threads are drawn at random twice.
func TestAgainstRationals(t *testing.T) {
	rounds := uint64(400)
	if os.Getenv("SLUIS_LONG") != "" {
		rounds = 20_000
	}
	refused := 0
	for seed := uint64(1); seed <= rounds; seed++ {
		r := rand.New(rand.NewPCG(seed, 0))
		n, relations, kind, owner, order := random(r, seed%2 == 0)
		hasHidden := len(order) < n
		want := greedy(n, relations, kind, owner, order)
		for range 2 {
			weight := make([]int64, n)
			for i := range weight {
				weight[i] = r.Int64N(5)
			}
			r.Shuffle(len(relations), func(a, b int) { relations[a], relations[b] = relations[b], relations[a] })
			e := linear.New(n, space(t, n, relations, weight), kind, owner, 1+r.IntN(2))
			got := publish(e, n, order)
			if !slices.Equal(got, want) {
				t.Fatalf("seed %d: hidden %v, want %v", seed, got, want)
			}
		}
		for _, j := range order {
			if want[j] {
				refused++
			}
		}
		if !hasHidden && slices.Contains(want, true) {
			t.Fatalf("seed %d: something is hidden for nothing", seed)
		}
	}
	if refused < int(rounds) {
		t.Errorf("only %d cells refused in all tables: the test does not test", refused)
	}
}

// TestThreads runs a table large enough for steps to be shared out.
func TestThreads(t *testing.T) {
	x := newTable(cube(3, 12, 13, 11))
	run := func(threads int) []bool {
		return publish(linear.New(x.n, space(t, x.n, x.relations, x.weight), x.kind, nil, threads), x.n, x.order)
	}
	one := run(1)
	for _, threads := range []int{2, 5} {
		if !slices.Equal(one, run(threads)) {
			t.Errorf("%d threads make another set", threads)
		}
	}
}

// TestSpaceCancelled requires the error of the context.
func TestSpaceCancelled(t *testing.T) {
	x := newTable(cube(3, 12, 13, 11))
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	if _, err := linear.Space(ctx, x.n, x.relations, x.weight); !errors.Is(err, context.Canceled) {
		t.Errorf("error %v", err)
	}
}
