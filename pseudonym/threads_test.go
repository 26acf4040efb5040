package pseudonym_test

import (
	"context"
	"fmt"
	"slices"
	"testing"

	"github.com/apache/arrow/go/v15/arrow"
	"github.com/apache/arrow/go/v15/arrow/array"
	"github.com/apache/arrow/go/v15/arrow/memory"

	"github.com/sluis-go/sluis/pseudonym"
)

// TestReaderOf: for any number of threads the records, their order, the counts and the
// row of an error are those of one thread. A reader that is released half-way leaves no
// memory.
func TestReaderOf(t *testing.T) {
	schema := arrow.NewSchema([]arrow.Field{{Name: "id", Type: arrow.BinaryTypes.String, Nullable: true}}, nil)
	for _, tc := range []struct {
		name         string
		records, bad int // bad is the record of which one value has not the form; -1 for none
		giveUp       int // records after which the reader is released
	}{
		{"none", 0, -1, 0}, {"one", 1, -1, 99}, {"seven", 7, -1, 99}, {"eight", 8, -1, 99},
		{"the first is bad", 7, 0, 99}, {"one in the middle is bad", 7, 3, 99}, {"the last is bad", 7, 6, 99},
		{"given up", 7, -1, 2}, {"given up before the bad one", 7, 3, 1},
	} {
		t.Run(tc.name, func(t *testing.T) {
			var want []string
			var wantStats pseudonym.Stats
			for _, threads := range []int{-1, 1, 2, 3, 4, 16} {
				mem := memory.NewCheckedAllocator(memory.NewGoAllocator())
				var recs []arrow.Record
				for i := range tc.records {
					second := fmt.Sprintf("%08d", 7*i+1)
					if i == tc.bad {
						second = "a"
					}
					arr := build(t, mem, arrow.BinaryTypes.String, fmt.Sprintf(`["12345678", %q, null]`, second))
					recs = append(recs, array.NewRecord(schema, []arrow.Array{arr}, 3))
					arr.Release()
				}
				from, err := array.NewRecordReader(schema, recs)
				if err != nil {
					t.Fatal(err)
				}
				p := maker(t, func(c *pseudonym.Config) { c.Form = pseudonym.KvK })
				counter := &pseudonym.Counter{}
				r, err := pseudonym.Columns{"id": p}.ReaderOf(context.Background(), mem, from, threads, map[string]*pseudonym.Counter{"id": counter})
				if err != nil {
					t.Fatal(err)
				}
				var got []string
				for len(got) < tc.giveUp && r.Next() {
					got = append(got, fmt.Sprint(r.Record().Column(0)))
				}
				got = append(got, fmt.Sprint(r.Err()))
				stats := counter.Stats()
				if tc.bad >= 0 || tc.giveUp < 99 {
					stats = wantStats // the progress of other threads is not known
				}
				if threads == -1 {
					want, wantStats = got, stats
				}
				if !slices.Equal(got, want) || stats != wantStats {
					t.Errorf("%d threads: %v, %v; want %v, %v", threads, got, stats, want, wantStats)
				}
				r.Release()
				from.Release()
				for _, rec := range recs {
					rec.Release()
				}
				mem.AssertSize(t, 0)
			}
		})
	}
}
