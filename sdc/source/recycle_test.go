package source_test

import (
	"context"
	"fmt"
	"path/filepath"
	"testing"

	"github.com/apache/arrow/go/v15/arrow/memory"
	"github.com/google/go-cmp/cmp"

	"github.com/sluis-go/sluis/sdc"
	"github.com/sluis-go/sluis/sdc/source"
)

// TestCheckOfRecycledMemory: a check of two files does not use a batch that it has
// released; the memory may have any content then.
func TestCheckOfRecycledMemory(t *testing.T) {
	dir := t.TempDir()
	paths := []string{filepath.Join(dir, "a.parquet"), filepath.Join(dir, "b.parquet")}
	for i, path := range paths {
		write(t, path, 700+i, 300)
	}
	outputs := []sdc.Output{
		{Name: "count", Kind: sdc.Frequency, By: []string{"sex", "name"}},
		{Name: "sum", Kind: sdc.Magnitude, By: []string{"sex", "name", "ok"}, Response: "x"},
	}
	columns := []string{"sex", "name", "ok", "x", "id"}
	read := func(recycled bool, respondent string, threads int) string {
		ctx := context.Background()
		opts := source.Options{BatchRows: 64}
		if !recycled {
			mem := memory.NewCheckedAllocator(memory.NewGoAllocator())
			defer mem.AssertSize(t, 0)
			opts.Allocator = mem
		}
		s, err := source.Open(ctx, paths, opts)
		if err != nil {
			t.Fatal(err)
		}
		defer s.Close()
		if recycled {
			s.Strict()
		}
		readers, err := s.Split(ctx, columns, threads)
		if err != nil {
			t.Fatal(err)
		}
		d := sdc.FromReaders(readers...)
		d.Roles.Respondent = respondent
		d.Missing = map[string]sdc.Missing{"": "category"}
		r, err := sdc.Check(ctx, d, outputs, sdc.CBS(), sdc.Options{Threads: threads, Sole: true})
		for _, reader := range readers {
			reader.Release()
		}
		if err != nil {
			t.Fatal(err)
		}
		out := fmt.Sprint(r.Outputs)
		for _, table := range r.Tables {
			for c := range table.Cells() {
				out += fmt.Sprintln(c.Coordinates(), c.Records(), c.Respondents(), c.Top())
				if table.Output().Kind == sdc.Magnitude {
					out += fmt.Sprintln(c.Sum(), c.SumAbs())
				}
			}
		}
		return out
	}
	for _, respondent := range []string{"", "id", "name"} {
		for _, threads := range []int{1, 3} {
			if diff := cmp.Diff(read(false, respondent, threads), read(true, respondent, threads)); diff != "" {
				t.Errorf("respondents %q, %d threads: (-fresh +recycled)\n%s", respondent, threads, diff)
			}
		}
	}
}
