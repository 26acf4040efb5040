package riskmetrics_test

import (
	"errors"
	"math"
	"math/rand/v2"
	"strconv"
	"testing"

	"github.com/sluis-go/sluis/riskmetrics"
)

// TestKeySets: distinction and separation by comparing every two records.
func TestKeySets(t *testing.T) {
	for seed := range 40 {
		rng := rand.New(rand.NewPCG(uint64(seed), 32))
		rows := [][]string{{"a", "b", "c"}}
		for range 1 + rng.IntN(20) {
			rows = append(rows, []string{strconv.Itoa(rng.IntN(3)), strconv.Itoa(rng.IntN(6)), strconv.Itoa(rng.IntN(12))})
		}
		c := classes(t, table(t, rows), riskmetrics.Options{Keys: rows[0]})
		list, err := c.KeySets(ctx, 2)
		if err != nil {
			t.Fatal(err)
		}
		if len(list) != 6 {
			t.Fatalf("%d sets of keys; want 6", len(list))
		}
		for _, got := range list {
			data := rows[1:]
			first, alone, differ := 0, int64(0), 0
			for i, x := range data {
				before, others := false, 0
				for j, y := range data {
					same := true
					for _, k := range got.Keys {
						same = same && x[k] == y[k]
					}
					switch {
					case i == j:
					case !same:
						differ++
					default:
						others++
						before = before || j < i
					}
				}
				if !before {
					first++
				}
				if others == 0 {
					alone++
				}
			}
			n := len(data)
			separation := 1.0
			if n > 1 {
				separation = float64(differ) / float64(n*(n-1))
			}
			if got.Alone != alone || math.Abs(got.Distinction-float64(first)/float64(n)) > 1e-15 || math.Abs(got.Separation-separation) > 1e-15 {
				t.Fatalf("seed %d: %+v; want alone %d, distinction %d/%d, separation %v", seed, got, alone, first, n, separation)
			}
		}
	}
}

// TestKeySetsRefused: no keys, and more sets than are measured; a person with two records is
// not told apart from nobody.
func TestKeySetsRefused(t *testing.T) {
	var names, row []string
	for i := range 64 {
		names, row = append(names, "k"+strconv.Itoa(i)), append(row, "x")
	}
	c := classes(t, table(t, [][]string{names, row}), riskmetrics.Options{Keys: names})
	for _, tc := range []struct {
		size, sets int
	}{{0, -1}, {-1, -1}, {1, 64}, {2, 2080}, {3, -1}, {64, -1}} {
		list, err := c.KeySets(ctx, tc.size)
		if errors.Is(err, riskmetrics.ErrRequest) != (tc.sets < 0) || err == nil && len(list) != tc.sets {
			t.Errorf("sets of %d: %d, %v; want %d", tc.size, len(list), err, tc.sets)
		}
	}
	p := classes(t, table(t, persons("A p1 x", "A p1 y", "B p2 x", "B p3 x")), riskmetrics.Options{Keys: []string{"a"}, Respondent: "id"})
	list, err := p.KeySets(ctx, 1)
	if err != nil || list[0].Alone != 1 || list[0].Distinction != 0.5 {
		t.Errorf("%+v, %v; want p1 alone", list, err)
	}
}
