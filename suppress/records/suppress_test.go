package records

import (
	"context"
	"errors"
	"math/rand/v2"
	"testing"
)

// sizeByPairs is the size of a class by comparing every pair of records.
func sizeByPairs(keys [][]uint32, combo []int, m Matching, i int) (n int) {
	for j := range keys[0] {
		same := true
		for _, v := range combo {
			a, b := keys[v][i], keys[v][j]
			same = same && (a == b || m == Wildcard && (a == MissingCode || b == MissingCode))
		}
		if same {
			n++
		}
	}
	return n
}

// TestLocal: every class of the result is large enough, counted pair by pair; no
// value is changed but suppressed; and on tiny files the cost is compared with the
// least possible one, by trying everything.
func TestLocal(t *testing.T) {
	rng := rand.New(rand.NewPCG(7, 7))
	ours, least, proven := int64(0), int64(0), 0
	for round := range 400 {
		n, d := 4+rng.IntN(5), 2+rng.IntN(2)
		keys := make([][]uint32, d)
		cost := make([]int64, d)
		for v := range keys {
			cost[v] = int64(1 + rng.IntN(3))
			for range n {
				x := uint32(rng.IntN(3))
				if rng.IntN(12) == 0 {
					x = MissingCode
				}
				keys[v] = append(keys[v], x)
			}
		}
		o := Options{K: 2 + rng.IntN(2), Matching: Wildcard, Cost: cost, UpTo: rng.IntN(d + 1)}
		if round%4 == 0 {
			o.Matching = Category
		}
		got, err := Suppress(context.Background(), keys, o)
		if err != nil {
			t.Fatal(err)
		}
		l, err := newLocalSearch(keys, o)
		if err != nil {
			t.Fatal(err)
		}
		if !allLarge(keys, got.Keys, l.combos, o) {
			t.Fatalf("round %d: a class is too small: %v", round, got.Keys)
		}
		for v := range keys {
			for i := range keys[v] {
				if x := got.Keys[v][i]; x != keys[v][i] && x != MissingCode {
					t.Fatal("a value was changed")
				}
			}
		}
		if n*d <= 14 && o.Matching == Wildcard {
			proven++
			ours += got.Cost
			least += leastLocal(keys, l.combos, o)
		}
	}
	if proven < 50 || ours < least {
		t.Fatalf("%d files, cost %d, least %d", proven, ours, least)
	}
	t.Logf("%d files compared with the least cost: %d to %d", proven, ours, least)
}

func allLarge(truth, keys [][]uint32, combos [][]int, o Options) bool {
	of := make([]uint32, len(keys[0]))
	for i := range of {
		of[i] = uint32(i)
	}
	for _, combo := range combos {
		for i := range keys[0] {
			if sizeByPairs(keys, combo, o.Matching, i) < o.K || whoCanBe(truth, keys, combo, of, i) < o.K {
				return false
			}
		}
	}
	return true
}

// leastLocal tries every set of values.
func leastLocal(keys [][]uint32, combos [][]int, o Options) int64 {
	n, d := len(keys[0]), len(keys)
	best := int64(1) << 62
	now := make([][]uint32, d)
	for set := range uint32(1) << (n * d) {
		cost := int64(0)
		for v := range now {
			now[v] = append(now[v][:0], keys[v]...)
			for i := range n {
				if set>>(v*n+i)&1 == 1 {
					if now[v][i] != MissingCode {
						cost += o.Cost[v]
					}
					now[v][i] = MissingCode
				}
			}
		}
		if cost < best && allLarge(keys, now, combos, o) {
			best = cost
		}
	}
	return best
}

func TestLocalRequests(t *testing.T) {
	keys := [][]uint32{{1, 1, 2}, {1, 2, 2}}
	good := Options{K: 2, Matching: Wildcard, Cost: []int64{1, 1}}
	for i, change := range []func(*Options){
		func(o *Options) { o.K = 1 }, func(o *Options) { o.Matching = 0 },
		func(o *Options) { o.Cost = nil }, func(o *Options) { o.Cost = []int64{1, 0} }, func(o *Options) { o.UpTo = 3 },
	} {
		o := good
		change(&o)
		if _, err := Suppress(context.Background(), keys, o); !errors.Is(err, ErrRequest) {
			t.Errorf("request %d: %v", i, err)
		}
	}
	o := good
	o.K = 4
	if _, err := Suppress(context.Background(), keys, o); !errors.Is(err, ErrInfeasible) {
		t.Errorf("too few records: %v", err)
	}
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	if _, err := Suppress(ctx, keys, good); !errors.Is(err, context.Canceled) {
		t.Errorf("cancelled: %v", err)
	}
}
