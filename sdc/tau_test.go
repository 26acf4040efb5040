package sdc_test

import (
	"fmt"
	"math/big"
	"math/rand/v2"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/sluis-go/sluis/sdc"
)

// TestTauWrittenOut compares the p% and (p,q) rules under tau with the same rules without
// weights, on the population written out: a contributor of weight w is w equal ones.
func TestTauWrittenOut(t *testing.T) {
	unsafe := 0
	for seed := range seeds(t) + 1 {
		rng := rand.New(rand.NewPCG(seed, 34))
		p, q, coalition := int64(1+rng.IntN(60)), int64(61+rng.IntN(60)), 1+rng.IntN(2)
		sample := []row{}
		for i := range 1 + rng.IntN(7) {
			sample = append(sample, row{"k": "a", "who": i, "x": []int{rng.IntN(10), rng.IntN(200)}[rng.IntN(2)], "w": rng.IntN(4)})
		}
		if seed == 0 { // second/F15: 100 of weight 2, nine of 1: two are within 9 %
			p, q, coalition, sample = 10, 100, 1, nil
			for i := range 10 {
				sample = append(sample, row{"k": "a", "who": i, "x": 1, "w": 1})
			}
			sample[0] = row{"k": "a", "who": 0, "x": 100, "w": 2}
		}
		var all []int64
		total := int64(0)
		for _, r := range sample {
			for range r["w"].(int) {
				all = append(all, int64(r["x"].(int)))
				total += int64(r["x"].(int))
			}
		}
		for len(all) < 3 {
			all = append(all, 0)
		}
		slices.SortFunc(all, func(a, b int64) int { return int(b - a) })
		rest := total
		for _, x := range all[:coalition+1] {
			rest -= x
		}
		want := []string{}
		level := new(big.Rat)
		raise := func(x *big.Rat) {
			if x.Cmp(level) > 0 {
				level = x
			}
		}
		if 100*rest < p*all[0] {
			want = append(want, "p-percent at k=a: unsafe")
			raise(big.NewRat(p*all[0]-100*rest, 100))
		}
		two := total - all[0] - all[1]
		if q*two < p*all[0] {
			want = append(want, "pq at k=a: unsafe")
			raise(big.NewRat(p*all[0]-q*two, q))
		}
		d := sdc.FromTable(tableOf(t, fields("k", text, "who", integer, "x", integer, "w", integer), sample...))
		d.Roles = sdc.Roles{Respondent: "who", Weight: "w"}
		policy := off()
		policy.PPercent = sdc.PPercent{P: sdc.Percent(fmt.Sprint(p)), Coalition: coalition}
		policy.PQ = sdc.PQ{P: policy.PPercent.P, Q: sdc.Percent(fmt.Sprint(q))}
		r := check(t, d, policy, sdc.Output{Name: "o", Kind: sdc.Magnitude, By: []string{"k"}, Response: "x", NoMargins: true})
		if diff := cmp.Diff(want, found(r, 0)); diff != "" {
			t.Fatalf("seed %d, p %d, q %d, coalition %d, %v: %s", seed, p, q, coalition, sample, diff)
		}
		if got := cellAt(t, r.Tables[0], "a").ProtectionLevel(&policy); got.Cmp(level) != 0 {
			t.Fatalf("seed %d: level %v, want %v", seed, got, level)
		}
		unsafe += len(want)
	}
	if unsafe == 0 {
		t.Error("no rule is broken")
	}
}

// TestTauBelowOne: contributors of weights below one count once, as they are observed.
func TestTauBelowOne(t *testing.T) {
	var rows []row
	for i, x := range []float64{100, 60, 30, 10} {
		rows = append(rows, row{"k": "a", "who": i, "x": x, "w": 0.5})
	}
	d := sdc.FromTable(tableOf(t, fields("k", text, "who", integer, "x", float, "w", float), rows...))
	d.Roles = sdc.Roles{Respondent: "who", Weight: "w"}
	p := off()
	p.PPercent = sdc.PPercent{P: "10"}
	// 100 - 100 - 60 is less than 10; two slots filled by halves leave 5.
	r := check(t, d, p, sdc.Output{Name: "o", Kind: sdc.Magnitude, By: []string{"k"}, Response: "x", NoMargins: true})
	if diff := cmp.Diff([]string{"p-percent at k=a: unsafe"}, found(r, 0)); diff != "" {
		t.Error(diff)
	}
	if got := cellAt(t, r.Tables[0], "a").ProtectionLevel(&p); got.RatString() != "70" {
		t.Errorf("level %v, want 10 + 60", got)
	}
}
