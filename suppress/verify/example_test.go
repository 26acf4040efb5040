package verify_test

import (
	"context"
	"fmt"
	"strings"

	"github.com/apache/arrow/go/v15/arrow"
	"github.com/apache/arrow/go/v15/arrow/array"
	"github.com/apache/arrow/go/v15/arrow/memory"

	"github.com/sluis-go/sluis/sdc"
	"github.com/sluis-go/sluis/suppress"
	"github.com/sluis-go/sluis/suppress/verify"
)

// Example makes a release in memory, and verifies its certificate as a receiver does, who
// has the release folder alone.
func Example() {
	var rows []string
	for region, counts := range map[string][]int{"N": {4, 30, 28}, "S": {25, 31, 27}, "W": {21, 26, 24}} {
		for s, n := range counts {
			for range n {
				rows = append(rows, fmt.Sprintf(`{"region":%q,"state":"s%d"}`, region, s))
			}
		}
	}
	text := arrow.BinaryTypes.String
	schema := arrow.NewSchema([]arrow.Field{{Name: "region", Type: text}, {Name: "state", Type: text}}, nil)
	table, err := array.TableFromJSON(memory.DefaultAllocator, schema, []string{"[" + strings.Join(rows, ",") + "]"})
	if err != nil {
		fmt.Println(err)
		return
	}
	defer table.Release()
	ctx := context.Background()
	outputs := []sdc.Output{{Name: "health", Kind: sdc.Frequency, By: []string{"region", "state"}}}
	r, err := sdc.Check(ctx, sdc.FromTable(table), outputs, sdc.CBS(), sdc.Options{Sole: true})
	if err != nil {
		fmt.Println(err)
		return
	}
	p, err := suppress.Release(ctx, r, suppress.Options{})
	if err != nil {
		fmt.Println(err)
		return
	}

	folder := p.FS(suppress.ReleaseFolder) // os.DirFS("out/release") of a release on disk
	found, err := verify.Certificate(ctx, folder, p.Proofs[0].File, verify.Limits{})
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println(found.Releases, "shows", found.Cells, "cells;", found.Hidden, "are suppressed, and each has two possible values at least")
	// Output:
	// [health.release.csv] shows 12 cells; 4 are suppressed, and each has two possible values at least
}
