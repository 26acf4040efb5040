package topk_test

import (
	"math/rand/v2"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/sluis-go/sluis/internal/topk"
)

type num int

func (a num) Cmp(b num) int { return int(a) - int(b) }
func (a num) Add(b num) num { return a + b }

func TestInsert(t *testing.T) {
	rng := rand.New(rand.NewPCG(1, 1))
	for range 2000 {
		top := make([]num, rng.IntN(5))
		var all []num
		for range rng.IntN(20) {
			x := num(rng.IntN(10))
			all = append(all, x)
			topk.Insert(top, x)
		}
		slices.SortFunc(all, func(a, b num) int { return int(b - a) })
		want := make([]num, len(top))
		copy(want, all)
		if diff := cmp.Diff(want, top); diff != "" {
			t.Fatal(diff)
		}
	}
}

// fill returns the content of n slots, contributors in falling order.
func fill(list []topk.Pair[num, num], slots num) num {
	sum := num(0)
	for _, p := range list {
		w := min(p.Weight, slots)
		sum += w * p.Value
		slots -= w
	}
	return sum
}

func TestInsertWeighted(t *testing.T) {
	rng := rand.New(rand.NewPCG(2, 2))
	for range 2000 {
		slots := num(1 + rng.IntN(6))
		var all, list []topk.Pair[num, num]
		for range rng.IntN(20) {
			p := topk.Pair[num, num]{Value: num(rng.IntN(8)), Weight: num(1 + rng.IntN(4))}
			all = append(all, p)
			list = topk.InsertWeighted(list, p.Value, p.Weight, slots, 2)
		}
		slices.SortFunc(all, func(a, b topk.Pair[num, num]) int { return int(b.Value - a.Value) })
		if got, want := fill(list, slots), fill(all, slots); got != want {
			t.Fatalf("%v of %v: %d, want %d", list, all, got, want)
		}
		for k := range min(2, len(all)) {
			if list[k].Value != all[k].Value {
				t.Fatalf("%v of %v", list, all)
			}
		}
		if len(list) > int(slots)+2 {
			t.Fatalf("%d are kept for %d slots", len(list), slots)
		}
	}
}
