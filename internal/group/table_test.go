package group_test

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/sluis-go/sluis/internal/group"
)

// random draws columns of codes, with cardinalities that need each form of the
// table: direct, hashed, and split in two.
func random(rng *rand.Rand, rows int) (cols [][]uint32, cards []int) {
	for range rng.IntN(13) {
		card := []int{1, 2, 5, 300, 70_000, 1 << 20}[rng.IntN(6)]
		used := min(card, 1+rng.IntN(6))
		col := make([]uint32, rows)
		for i := range col {
			col[i] = uint32(rng.IntN(used)) * uint32(card/used)
		}
		cols, cards = append(cols, col), append(cards, card)
	}
	return cols, cards
}

func tuple(cols [][]uint32, i int) string {
	s := ""
	for _, c := range cols {
		s += fmt.Sprint(c[i], ",")
	}
	return s
}

// TestTable compares a table that grows batch by batch, its cardinalities with
// it, with a map of strings.
func TestTable(t *testing.T) {
	rng := rand.New(rand.NewPCG(1, 1))
	for range 600 {
		rows := rng.IntN(300)
		cols, cards := random(rng, rows)
		table := group.NewTable(len(cols))
		want := map[string]uint32{}
		for at := 0; at < rows; {
			n := min(rows-at, 1+rng.IntN(60))
			batch := make([][]uint32, len(cols))
			seen := make([]int, len(cols))
			for c := range cols {
				batch[c] = cols[c][at : at+n]
				for _, code := range cols[c][:at+n] {
					seen[c] = max(seen[c], int(code)+1)
				}
				if rng.IntN(3) == 0 {
					seen[c] = cards[c]
				}
			}
			ids := make([]uint32, n)
			table.Insert(batch, seen, ids)
			for i, id := range ids {
				key := tuple(batch, i)
				if _, ok := want[key]; !ok {
					want[key] = uint32(len(want))
				}
				if id != want[key] {
					t.Fatalf("row %d has group %d, want %d", at+i, id, want[key])
				}
			}
			at += n
		}
		if table.Len() != len(want) {
			t.Fatalf("%d groups, want %d", table.Len(), len(want))
		}
		for c := range cols {
			if len(table.Codes(c)) != len(want) {
				t.Fatalf("column %d has %d codes", c, len(table.Codes(c)))
			}
		}
		checkOrder(t, table, len(cols))
	}
}

// checkOrder: groups in order ascend column by column, each once.
func checkOrder(t *testing.T, table *group.Table, columns int) {
	t.Helper()
	order := table.Order(nil)
	seen := make([]bool, table.Len())
	for k, id := range order {
		if seen[id] {
			t.Fatal("a group is there twice")
		}
		seen[id] = true
		if k == 0 {
			continue
		}
		var a, b []uint32
		for c := range columns {
			a, b = append(a, table.Codes(c)[order[k-1]]), append(b, table.Codes(c)[id])
		}
		if slices.Compare(a, b) >= 0 {
			t.Fatalf("%v before %v", a, b)
		}
	}
}

// TestThreeWideColumns: three columns of nearly 2^31 codes each need 93 bits.
func TestThreeWideColumns(t *testing.T) {
	const last = 1<<31 - 2
	cols := [][]uint32{{0, last, last, 0, last}, {last, 0, last, last, last}, {last, last, 0, last, 0}}
	cards := []int{last + 1, last + 1, last + 1}
	ids := make([]uint32, 5)
	group.NewTable(3).Insert(cols, cards, ids)
	if diff := cmp.Diff([]uint32{0, 1, 2, 0, 2}, ids); diff != "" {
		t.Error(diff)
	}
}

func TestMerge(t *testing.T) {
	rng := rand.New(rand.NewPCG(2, 2))
	for range 300 {
		rows := rng.IntN(200)
		cols, cards := random(rng, rows)
		half := func(lo, hi int) (*group.Table, []uint32) {
			part := make([][]uint32, len(cols))
			for c := range cols {
				part[c] = cols[c][lo:hi]
			}
			table, ids := group.NewTable(len(cols)), make([]uint32, hi-lo)
			table.Insert(part, cards, ids)
			return table, ids
		}
		cut := rng.IntN(rows + 1)
		a, left := half(0, cut)
		b, right := half(cut, rows)
		codes := a.Merge(b, nil)
		for i := range right {
			right[i] = codes[right[i]]
		}
		_, whole := half(0, rows)
		if diff := cmp.Diff(whole, append(left, right...)); diff != "" {
			t.Fatal(diff)
		}
	}
}

func TestBuild(t *testing.T) {
	rng := rand.New(rand.NewPCG(3, 3))
	for _, rows := range []int{0, 1, 1000, 150_000} {
		cols := make([][]uint32, 3)
		for c := range cols {
			cols[c] = make([]uint32, rows)
			for i := range cols[c] {
				cols[c][i] = uint32(rng.IntN(9))
			}
		}
		var first *group.Groups
		for _, threads := range []int{1, 2, 7} {
			g, err := group.Build(context.Background(), cols, []int{9, 9, 1 << 29}, rows, threads)
			if err != nil {
				t.Fatal(err)
			}
			if first == nil {
				first = g
			} else if diff := cmp.Diff(first, g); diff != "" {
				t.Fatalf("%d threads: %s", threads, diff)
			}
		}
		sizes := make([]int64, first.N)
		for i, id := range first.IDs {
			sizes[id]++
			for c := range cols {
				if first.Keys[c][id] != cols[c][i] {
					t.Fatalf("row %d is in a group of other codes", i)
				}
			}
		}
		if diff := cmp.Diff(sizes, first.Sizes); diff != "" {
			t.Fatal(diff)
		}
	}
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	if _, err := group.Build(ctx, [][]uint32{make([]uint32, 10)}, []int{1}, 10, 2); !errors.Is(err, context.Canceled) {
		t.Errorf("cancelled: %v", err)
	}
}

func BenchmarkInsert(b *testing.B) {
	const rows = 1 << 16
	rng := rand.New(rand.NewPCG(4, 4))
	for _, bc := range []struct {
		name  string
		cards []int
	}{{"direct", []int{12, 20, 8, 40}}, {"hashed", []int{5000, 5000}}} {
		cols := make([][]uint32, len(bc.cards))
		for c, card := range bc.cards {
			cols[c] = make([]uint32, rows)
			for i := range cols[c] {
				cols[c][i] = uint32(rng.IntN(card))
			}
		}
		b.Run(bc.name, func(b *testing.B) {
			table, ids := group.NewTable(len(cols)), make([]uint32, rows)
			for b.Loop() {
				table.Insert(cols, bc.cards, ids)
			}
			b.ReportMetric(float64(b.N)*rows/b.Elapsed().Seconds(), "rows/s")
		})
	}
}
