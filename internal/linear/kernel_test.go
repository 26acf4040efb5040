package linear

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"testing"
)

// TestKernel: the vectors of 0 and 1 that are found are those that a search over all of them
// finds in whole numbers.
func TestKernel(t *testing.T) {
	rng := rand.New(rand.NewPCG(1, 2))
	found := 0
	for range 400 {
		n, m := 1+rng.IntN(8), rng.IntN(7)
		rows := make([][]int64, m)
		var k Kernel
		for r := range rows {
			rows[r] = make([]int64, n)
			v := make([]uint64, n)
			for i := range rows[r] {
				rows[r][i] = []int64{0, 0, 1, -1, 3, -1 << 50}[rng.IntN(6)]
				v[i] = Residue(rows[r][i])
			}
			k.Add(v)
		}
		var want, got []string
		for mask := 1; mask < 1<<n; mask++ {
			in := make([]bool, n)
			for i := range in {
				in[i] = mask>>i&1 == 1
			}
			if !slices.ContainsFunc(rows, func(row []int64) bool {
				sum := int64(0)
				for i, is := range in {
					if is {
						sum += row[i]
					}
				}
				return sum != 0
			}) {
				want = append(want, fmt.Sprint(in))
			}
		}
		if !k.Choices(n, 12, func(in []bool) bool { got = append(got, fmt.Sprint(in)); return true }) {
			t.Fatal("not all were looked at")
		}
		slices.Sort(want)
		slices.Sort(got)
		if !slices.Equal(got, want) {
			t.Fatalf("%v: got %v, want %v", rows, got, want)
		}
		found += len(got)
		if k.Rank() > min(n, m) || len(want) > 0 && k.Rank() == n {
			t.Fatalf("%v: rank %d", rows, k.Rank())
		}
	}
	if found == 0 {
		t.Error("no vector was found")
	}
}

// TestKernelStops: what is not looked at is said.
func TestKernelStops(t *testing.T) {
	var k Kernel
	n := 0
	see := func([]bool) bool { n++; return n < 10 }
	if k.Choices(5, 3, func([]bool) bool { return true }) {
		t.Error("five are free, and three were looked at")
	}
	if k.Choices(5, 5, see) || n != 10 {
		t.Errorf("%d were looked at", n)
	}
}
