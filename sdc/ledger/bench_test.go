package ledger_test

import (
	"fmt"
	"testing"

	"github.com/sluis-go/sluis/sdc/ledger"
)

// many makes a ledger of 100,000 releases of ten cells, 30 of which are of one population; of
// 1,000 with -short.
func many(b *testing.B) string {
	b.Helper()
	n := 100_000
	if testing.Short() {
		n = 1000
	}
	path, l := made(b)
	err := l.Fill(n, func(k int) *ledger.Release {
		r := release(k)
		r.Population = fmt.Sprint("population ", k%(n/30))
		for c := range 10 {
			r.Outputs[1].Cells = append(r.Outputs[1].Cells, ledger.Cell{Coordinates: []string{fmt.Sprint(c), "*"}, Statistic: "count", Value: "123", Status: "published"})
		}
		return r
	})
	if err != nil {
		b.Fatal(err)
	}
	return path
}

// BenchmarkLedger opens a large ledger, lists it, searches it, reads what it found, and adds an
// entry.
func BenchmarkLedger(b *testing.B) {
	path := many(b)
	b.Run("open", func(b *testing.B) {
		for b.Loop() {
			l, err := ledger.Open(b.Context(), path)
			if err != nil {
				b.Fatal(err)
			}
			if err := l.Close(); err != nil {
				b.Fatal(err)
			}
		}
	})
	l := opened(b, path)
	b.Run("list", func(b *testing.B) {
		for b.Loop() {
			if _, err := l.Releases(b.Context()); err != nil {
				b.Fatal(err)
			}
		}
	})
	b.Run("search", func(b *testing.B) {
		for b.Loop() {
			list, err := l.Chain(b.Context())
			found := 0
			for i := range list {
				if list[i].Population != "population 7" {
					continue
				}
				found++
				if _, err := l.Entry(b.Context(), list[i].Number); err != nil {
					b.Fatal(err)
				}
			}
			if err != nil || found < 30 {
				b.Fatal(found, err)
			}
		}
	})
	b.Run("add", func(b *testing.B) {
		for b.Loop() {
			added(b, l, 1)
		}
	})
}
