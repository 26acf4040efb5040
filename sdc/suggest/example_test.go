package suggest_test

import (
	"context"
	"fmt"
	"strings"

	"github.com/apache/arrow/go/v15/arrow"
	"github.com/apache/arrow/go/v15/arrow/array"
	"github.com/apache/arrow/go/v15/arrow/memory"

	"github.com/sluis-go/sluis/sdc"
	"github.com/sluis-go/sluis/sdc/suggest"
)

// Example looks for a coarser table where two towns are too small to be shown.
func Example() {
	towns, err := sdc.NewHierarchy(
		sdc.Code{Label: "north", Children: []sdc.Code{{Label: "Delfzijl"}, {Label: "Groningen"}}},
		sdc.Code{Label: "south", Children: []sdc.Code{{Label: "Breda"}, {Label: "Goes"}}})
	if err != nil {
		fmt.Println(err)
		return
	}
	var rows []string
	for town, n := range map[string]int{"Delfzijl": 3, "Groningen": 40, "Breda": 35, "Goes": 4} {
		for range n {
			rows = append(rows, fmt.Sprintf(`{"town":%q}`, town))
		}
	}
	schema := arrow.NewSchema([]arrow.Field{{Name: "town", Type: arrow.BinaryTypes.String}}, nil)
	table, err := array.TableFromJSON(memory.DefaultAllocator, schema, []string{"[" + strings.Join(rows, ",") + "]"})
	if err != nil {
		fmt.Println(err)
		return
	}
	defer table.Release()
	data := sdc.FromTable(table) // of a table that stays: it can be read again
	data.Hierarchies = map[string]*sdc.Hierarchy{"town": towns}
	outputs := []sdc.Output{{Name: "by town", Kind: sdc.Frequency, By: []string{"town"}}}
	ctx := context.Background()
	r, err := sdc.Check(ctx, data, outputs, sdc.CBS(), sdc.Options{})
	if err != nil {
		fmt.Println(err)
		return
	}
	again := func() (*sdc.Data, func(), error) { return data, func() {}, nil }
	found, err := suggest.Find(ctx, r, outputs, sdc.CBS(), sdc.Options{}, again)
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println(r.Verdict)
	for _, s := range found {
		fmt.Println(s.Verdict, s.Text())
	}
	// Output:
	// unsafe
	// safe "town" down to level 1
}
