package group_test

import (
	"cmp"
	"context"
	"fmt"
	"math/rand/v2"
	"reflect"
	"runtime"
	"slices"
	"testing"

	gocmp "github.com/google/go-cmp/cmp"

	"github.com/sluis-go/sluis/internal/group"
)

// sorted is the grouping by a stable sort of all rows: the oracle of Build.
func sorted(cols [][]uint32, rows int) *group.Groups {
	g := &group.Groups{IDs: make([]uint32, rows), Sizes: []int64{}}
	for range cols {
		g.Keys = append(g.Keys, []uint32{})
	}
	compare := func(i, j int) int {
		for _, col := range cols {
			if c := cmp.Compare(col[i], col[j]); c != 0 {
				return c
			}
		}
		return 0
	}
	order := make([]int, rows)
	for i := range order {
		order[i] = i
	}
	slices.SortStableFunc(order, compare)
	for k, i := range order {
		if k == 0 || compare(i, order[k-1]) != 0 {
			g.N++
			g.Sizes = append(g.Sizes, 0)
			for c, col := range cols {
				g.Keys[c] = append(g.Keys[c], col[i])
			}
		}
		g.IDs[i] = uint32(g.N - 1)
		g.Sizes[g.N-1]++
	}
	return g
}

// TestBuildWays has numbers of keys for each way to build: few, many, more than 64 bits.
// It also has keys that are all equal, and keys that are all in one range except one.
func TestBuildWays(t *testing.T) {
	rng := rand.New(rand.NewPCG(5, 5))
	draws := 40
	if testing.Short() {
		draws = 8
	}
	for k := range draws {
		rows := []int{0, 50, 1000, 5000}[rng.IntN(4)]
		if k%12 < 4 { // enough for several partitions
			rows = 40_000
		}
		cols, cards := random(rng, rows)
		switch k % 4 {
		case 0: // many keys, each of few rows
			cols, cards = nil, nil
			for range 3 {
				col := make([]uint32, rows)
				for i := range col {
					col[i] = uint32(rng.IntN(3000))
				}
				cols, cards = append(cols, col), append(cards, 3000)
			}
		case 1: // one far away
			cols, cards = append(cols[:min(len(cols), 1)], make([]uint32, rows), make([]uint32, rows)), append(cards[:min(len(cards), 1)], 1<<20, 1<<20)
			for _, col := range cols[len(cols)-2:] {
				for i := range col {
					col[i] = uint32(rng.IntN(50))
				}
				if rows > 0 {
					col[rng.IntN(rows)] = 1<<20 - 1
				}
			}
		}
		want := sorted(cols, rows)
		for _, threads := range []int{1, 2, 7} {
			got, err := group.Build(context.Background(), cols, cards, rows, threads)
			if err != nil {
				t.Fatal(err)
			}
			if !reflect.DeepEqual(want, got) {
				t.Fatalf("%d rows, cardinalities %v, %d threads: (-want +got)\n%s", rows, cards, threads, gocmp.Diff(want, got))
			}
		}
	}
}

// BenchmarkBuild is class ids and sizes of every record: five keys of few
// classes; about 5 million classes that a bitmap holds; and as many among keys
// too many for one.
func BenchmarkBuild(b *testing.B) {
	rows := 20_000_000
	if testing.Short() {
		rows = 100_000
	}
	for _, bc := range []struct {
		name  string
		cards []int
	}{
		{"153600 cells", []int{12, 20, 8, 40, 2}},
		{"5M groups, dense", []int{50, 20, 10, 17, 30}},
		{"5M groups, sparse", []int{5000, 1000, 800, 30_000, 2}},
	} {
		rng := rand.New(rand.NewPCG(4, 4))
		cols := make([][]uint32, len(bc.cards))
		for c, card := range bc.cards {
			cols[c] = make([]uint32, rows)
			for i := range cols[c] {
				cols[c][i] = uint32(rng.IntN(card))
			}
		}
		if bc.cards[0] == 5000 { // rows of 5 million tuples
			for i := rows / 4; i < rows; i++ {
				from := rng.IntN(rows / 4)
				for c := range cols {
					cols[c][i] = cols[c][from]
				}
			}
		}
		for _, threads := range []int{1, 2} {
			b.Run(fmt.Sprintf("%s, threads %d", bc.name, threads), func(b *testing.B) {
				var before, after runtime.MemStats
				runtime.ReadMemStats(&before)
				groups := 0
				for b.Loop() {
					g, err := group.Build(context.Background(), cols, bc.cards, rows, threads)
					if err != nil {
						b.Fatal(err)
					}
					groups = g.N
				}
				runtime.ReadMemStats(&after)
				n := float64(b.N) * float64(rows)
				b.ReportMetric(n/b.Elapsed().Seconds(), "rows/s")
				b.ReportMetric(float64(after.TotalAlloc-before.TotalAlloc)/n, "B/row")
				b.ReportMetric(float64(groups), "groups")
			})
		}
	}
}
