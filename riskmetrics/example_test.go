package riskmetrics_test

import (
	"context"
	"fmt"

	"github.com/apache/arrow/go/v15/arrow"
	"github.com/apache/arrow/go/v15/arrow/array"
	"github.com/apache/arrow/go/v15/arrow/memory"

	"github.com/sluis-go/sluis/riskmetrics"
)

// Example groups records by their keys and says how many match each of them.
func Example() {
	schema := arrow.NewSchema([]arrow.Field{{Name: "town", Type: arrow.BinaryTypes.String}, {Name: "age", Type: arrow.PrimitiveTypes.Int64}}, nil)
	table, err := array.TableFromJSON(memory.DefaultAllocator, schema, []string{`[{"town":"Goes","age":34},{"town":"Goes","age":34},{"town":"Sluis","age":71}]`})
	if err != nil {
		fmt.Println(err)
		return
	}
	defer table.Release()
	classes, err := riskmetrics.NewClasses(context.Background(), table, riskmetrics.Options{Keys: []string{"town", "age"}})
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println(classes.SampleFreq())
	for class := range uint32(classes.Len()) {
		fmt.Println(classes.Key(class), classes.Size(class))
	}
	// Output:
	// [2 2 1]
	// [Goes 34] 2
	// [Sluis 71] 1
}
