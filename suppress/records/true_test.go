package records

import (
	"context"
	"errors"
	"math/rand/v2"
	"slices"
	"testing"
)

// whoCanBe counts the candidates of record i for an attacker who knows its true keys: the
// different persons with a record that can be record i. A key that is missing in the data
// is known to the attacker, as a value that no other person is known to have.
func whoCanBe(truth, out [][]uint32, combo []int, of []uint32, i int) int {
	persons := map[uint32]bool{}
	for j := range out[0] {
		can := true
		for _, v := range combo {
			can = can && (out[v][j] == MissingCode || truth[v][i] != MissingCode && out[v][j] == truth[v][i])
		}
		if can {
			persons[of[j]] = true
		}
	}
	return len(persons)
}

// classOf counts the different persons with records that agree with record i in the
// result.
func classOf(out [][]uint32, combo []int, of []uint32, m Matching, i int) int {
	persons := map[uint32]bool{}
	for j := range out[0] {
		same := true
		for _, v := range combo {
			a, b := out[v][i], out[v][j]
			same = same && (a == b || m == Wildcard && (a == MissingCode || b == MissingCode))
		}
		if same {
			persons[of[j]] = true
		}
	}
	return len(persons)
}

// subsets lists the combinations of at most size of d keys; all together for 0.
func subsets(d, size int) (out [][]int) {
	for set := 1; set < 1<<d; set++ {
		var combo []int
		for v := range d {
			if set>>v&1 == 1 {
				combo = append(combo, v)
			}
		}
		if size == 0 && len(combo) == d || len(combo) <= size {
			out = append(out, combo)
		}
	}
	return out
}

// TestHiddenAmongTrueKeys attacks a whole file. An attacker who knows the true keys of a
// record finds at least K persons with a record that can be it. Every record has a class
// of K. Wherever there are K persons there is a result.
func TestHiddenAmongTrueKeys(t *testing.T) {
	rng := rand.New(rand.NewPCG(5, 26))
	rounds, answers, gone, all := 300, 0, int64(0), 0
	if testing.Short() {
		rounds = 150
	}
	for round := range rounds {
		n, d := 5+rng.IntN(86), 1+rng.IntN(4)
		keys, cost := make([][]uint32, d), make([]int64, d)
		for v := range keys {
			cost[v] = int64(1 + rng.IntN(3))
			values := 2 + rng.IntN(6)
			for range n {
				x := uint32(min(rng.IntN(values), rng.IntN(values)))
				if round%3 == 0 && rng.IntN(15) == 0 {
					x = MissingCode
				}
				keys[v] = append(keys[v], x)
			}
		}
		of := make([]uint32, n)
		o := Options{K: 2 + rng.IntN(4), Matching: Wildcard, Cost: cost}
		if round%5 == 1 {
			o.UpTo = 1 + rng.IntN(d)
		}
		if round%3 == 1 {
			o.Matching = Category
		}
		for i := range of {
			of[i] = uint32(i)
		}
		if round%4 == 2 {
			for i := range of {
				of[i] = uint32(rng.IntN(1 + n/2))
			}
			o.Respondent = of
		}
		before := make([][]uint32, d)
		for v := range keys {
			before[v] = slices.Clone(keys[v])
		}
		got, err := Suppress(context.Background(), keys, o)
		distinct := map[uint32]bool{}
		for _, u := range of {
			distinct[u] = true
		}
		if len(distinct) < o.K {
			if !errors.Is(err, ErrInfeasible) {
				t.Fatalf("round %d: %d persons for classes of %d: %v", round, len(distinct), o.K, err)
			}
			continue
		}
		if err != nil {
			t.Fatalf("round %d: %v", round, err)
		}
		answers++
		least := n
		for _, combo := range subsets(d, o.UpTo) {
			for i := range n {
				found := whoCanBe(keys, got.Keys, combo, of, i)
				if least = min(least, found); found < o.K {
					t.Fatalf("round %d: who knows keys %v of record %d has %d candidates of %d", round, combo, i, found, o.K)
				}
				if size := classOf(got.Keys, combo, of, o.Matching, i); size < o.K {
					t.Fatalf("round %d: the class of record %d on %v has %d of %d", round, i, combo, size, o.K)
				}
			}
		}
		if o.Respondent == nil && got.Least != int64(least) {
			t.Fatalf("round %d: it says %d candidates, and there are %d", round, got.Least, least)
		}
		for v := range keys {
			if !slices.Equal(before[v], keys[v]) {
				t.Fatal("the data were changed")
			}
			for i, x := range got.Keys[v] {
				if x != keys[v][i] && x != MissingCode {
					t.Fatal("a value was changed")
				}
			}
			gone += got.Suppressed[v]
			all += n
		}
	}
	t.Logf("%d answers, %.1f %% of the values suppressed", answers, 100*float64(gone)/float64(all))
}

// TestLocalBoundaries are files that fit in the head.
func TestLocalBoundaries(t *testing.T) {
	const m = MissingCode
	for _, x := range []struct {
		name string
		keys [][]uint32
		of   []uint32
		m    Matching
		k    int
		most int64 // values, at most
		err  error
	}{
		{"four records that differ in both keys", [][]uint32{{1, 2, 3, 4}, {1, 2, 3, 4}}, nil, Wildcard, 2, 8, nil},
		{"two twins", [][]uint32{{1, 1}, {2, 2}}, nil, Wildcard, 2, 0, nil},
		{"two twins that are one person", [][]uint32{{1, 1}, {2, 2}}, []uint32{7, 7}, Wildcard, 2, 0, ErrInfeasible},
		{"three records, two persons", [][]uint32{{1, 1, 2}}, []uint32{7, 7, 8}, Wildcard, 2, 3, nil},
		{"fewer than k", [][]uint32{{1, 1}}, nil, Category, 3, 0, ErrInfeasible},
		{"exactly k, all different", [][]uint32{{1, 2, 3}}, nil, Category, 3, 3, nil},
		{"the cheap answer of category", [][]uint32{{0, 0, 0, 0, 0}, {1, 2, 2, 1, 3}}, nil, Category, 2, 3, nil},
		{"a value that is missing in the data", [][]uint32{{1, 1, m}}, nil, Wildcard, 2, 1, nil},
		{"nothing but missing values", [][]uint32{{m, m}}, nil, Wildcard, 2, 0, nil},
	} {
		t.Run(x.name, func(t *testing.T) {
			cost := slices.Repeat([]int64{1}, len(x.keys))
			got, err := Suppress(context.Background(), x.keys, Options{K: x.k, Matching: x.m, Cost: cost, Respondent: x.of})
			if !errors.Is(err, x.err) {
				t.Fatal(err)
			}
			if err == nil && got.Cost > x.most {
				t.Errorf("%d values are suppressed, %d suffice: %v", got.Cost, x.most, got.Keys)
			}
		})
	}
}
