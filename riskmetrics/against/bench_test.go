package against_test

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"strconv"
	"testing"

	"github.com/apache/arrow/go/v15/arrow"

	"github.com/sluis-go/sluis/riskmetrics/against"
)

// BenchmarkLink links 100,000 records of two keys and three numbers, to all of which noise was
// added.
func BenchmarkLink(b *testing.B) {
	rng := rand.New(rand.NewPCG(1, 31))
	text, whole := arrow.BinaryTypes.String, arrow.PrimitiveTypes.Int64
	before := &file{names: []string{"id", "town", "sex", "age", "income", "rent"}, types: []arrow.DataType{text, text, text, whole, whole, whole}}
	after := &file{names: before.names, types: before.types}
	noisy := func(text string, width int) string {
		n, _ := strconv.Atoi(text)
		return strconv.Itoa(n + rng.IntN(2*width+1) - width)
	}
	for i := range 100_000 {
		row := []string{strconv.Itoa(i), "t" + strconv.Itoa(rng.IntN(40)), strconv.Itoa(rng.IntN(2)), strconv.Itoa(rng.IntN(90)), strconv.Itoa(int(20000 * rng.ExpFloat64())), strconv.Itoa(300 + rng.IntN(1500))}
		before.rows = append(before.rows, row)
		row = slices.Clone(row)
		if rng.IntN(10) == 0 {
			row[1] = "t" + strconv.Itoa(rng.IntN(40))
		}
		row[3], row[4], row[5] = noisy(row[3], 3), noisy(row[4], 1500), noisy(row[5], 60)
		after.rows = append(after.rows, row)
	}
	x, y := before.table(b), after.table(b)
	p, err := against.New(b.Context(), x, y, options(b, before, "refuse"))
	if err != nil {
		b.Fatal(err)
	}
	for _, d := range []against.Distance{against.Gower, against.Euclidean, against.ManhattanRanks} {
		for _, k := range []int{1, 5} {
			b.Run(fmt.Sprintf("%v/%d", d, k), func(b *testing.B) {
				for b.Loop() {
					if _, err := p.Link(b.Context(), d, against.After, k); err != nil {
						b.Fatal(err)
					}
				}
			})
		}
	}
}
