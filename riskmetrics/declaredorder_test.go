package riskmetrics_test

import (
	"math/big"
	"math/rand/v2"
	"slices"
	"testing"

	"github.com/sluis-go/sluis/riskmetrics"
)

// TestDeclaredOrder compares the distance of a declared order with its definition, taken
// from the records. The order is drawn, and lists values that nobody has.
func TestDeclaredOrder(t *testing.T) {
	several := 0 // classes with two values or more, in an order that is not that of the letters
	for seed := range uint64(400) {
		rng := rand.New(rand.NewPCG(seed, 17))
		rows := random(rng)
		tab := table(t, rows)
		c := classes(t, tab, riskmetrics.Options{Keys: []string{"a"}, Missing: policy(t, "category")})
		s := sensitive(t, c, tab, "s", "exclude")
		labels := append(s.Values(), "nobody", "none")
		rng.Shuffle(len(labels), func(i, j int) { labels[i], labels[j] = labels[j], labels[i] })
		a, err := s.TClosenessOrdered(ctx, labels)
		if err != nil {
			t.Fatal(err)
		}
		for i := range len(rows) - 1 {
			id := c.Class(i)
			of := func(in func(row []string) bool) (counts []int64, n int64) {
				counts = make([]int64, len(labels))
				for _, r := range rows[1:] {
					if at := slices.Index(labels, r[3]); at >= 0 && in(r) {
						counts[at]++
						n++
					}
				}
				return counts, n
			}
			class, n := of(func(r []string) bool { return r[0] == rows[i+1][0] })
			all, total := of(func([]string) bool { return true })
			if n == 0 {
				continue
			}
			occurs := func(k int64) bool { return k > 0 }
			first, last := slices.IndexFunc(all, occurs), len(all)-1
			for !occurs(all[last]) {
				last--
			}
			want, up := new(big.Rat), new(big.Rat)
			for v := first; v < last; v++ {
				up.Add(up, big.NewRat(class[v], n))
				up.Sub(up, big.NewRat(all[v], total))
				want.Add(want, new(big.Rat).Abs(up))
			}
			if last > first {
				want.Quo(want, big.NewRat(int64(last-first), 1))
			}
			if f, _ := want.Float64(); !near(a.PerClass[id], f, 1e-14) {
				t.Fatalf("seed %d, record %d: %v, want %v", seed, i+1, a.PerClass[id], want)
			}
			if n > 1 && !slices.IsSorted(labels) {
				several++
			}
		}
	}
	if several < 1000 {
		t.Errorf("%d classes of several values in an order of their own", several)
	}
}
