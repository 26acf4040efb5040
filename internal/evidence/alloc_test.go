package evidence_test

import (
	"context"
	"runtime"
	"testing"

	"github.com/sluis-go/sluis/internal/column"
	"github.com/sluis-go/sluis/internal/evidence"
)

// mallocs returns the allocations of a whole pass over batches of rows of a
// respondent, with a response.
func mallocs(t *testing.T, batches, budget int) uint64 {
	t.Helper()
	const rows = 1 << 14
	shape := evidence.Shape{Columns: 2, Respondent: true, Response: true, Top: 2}
	acc, err := evidence.New(shape, 0, 0, false)
	if err != nil {
		t.Fatal(err)
	}
	if budget > 0 {
		acc.SpillTo(evidence.NewSpill(&storage{}, budget))
	}
	b := &evidence.Batch{
		Rows: rows, Cols: [][]uint32{make([]uint32, rows), make([]uint32, rows)}, Cards: []int{10, 20},
		RespondentKey: make([]uint64, rows), Response: &column.Numbers{Small: make([]int64, rows), Bits: 10},
	}
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	for k := range batches {
		for i := range rows {
			at := uint64(k*rows+i) * 0x9e3779b97f4a7c15 >> 32
			b.Cols[0][i], b.Cols[1][i] = uint32(at%10), uint32(at/10%20)
			b.RespondentKey[i], b.Response.Small[i] = at%100_000, int64(at%1000)
		}
		if err := acc.Add(b); err != nil {
			t.Fatal(err)
		}
	}
	levels := []evidence.Levels{{make([]uint32, 10)}, {make([]uint32, 20)}}
	if _, err := acc.Margins(context.Background(), levels, [][]int{{0, 0}}, 1); err != nil {
		t.Fatal(err)
	}
	runtime.ReadMemStats(&after)
	return after.Mallocs - before.Mallocs
}

// TestAllocations: four times as many rows take hardly more allocations, in
// memory and with rows in storage: none is made for a row.
func TestAllocations(t *testing.T) {
	for _, budget := range []int{0, 1 << 15} {
		few, many := mallocs(t, 8, budget), mallocs(t, 32, budget)
		const more = 24 << 14
		if many > few+more/200 {
			t.Errorf("budget %d: %d allocations for %d more rows", budget, many-few, more)
		}
		t.Logf("budget %d: %d allocations for %d rows, %d for %d", budget, few, 8<<14, many, 32<<14)
	}
}
