package records_test

import (
	"context"
	"fmt"

	"github.com/apache/arrow/go/v15/arrow"
	"github.com/apache/arrow/go/v15/arrow/array"
	"github.com/apache/arrow/go/v15/arrow/memory"

	"github.com/sluis-go/sluis/suppress/records"
)

// Example suppresses values until every record agrees with two others at least.
func Example() {
	text := arrow.BinaryTypes.String
	schema := arrow.NewSchema([]arrow.Field{{Name: "town", Type: text}, {Name: "job", Type: text}}, nil)
	table, err := array.TableFromJSON(memory.DefaultAllocator, schema, []string{`[
		{"town":"Breda","job":"baker"},{"town":"Breda","job":"baker"},{"town":"Breda","job":"baker"},{"town":"Breda","job":"mayor"}]`})
	if err != nil {
		fmt.Println(err)
		return
	}
	defer table.Release()
	out, done, err := records.SuppressTable(context.Background(), memory.DefaultAllocator, table, []string{"town", "job"},
		records.Options{K: 3, Matching: records.Wildcard, Cost: []int64{1, 1}})
	if err != nil {
		fmt.Println(err)
		return
	}
	defer out.Release()
	job := out.Column(1).Data().Chunk(0)
	fmt.Println("suppressed:", done.Suppressed, "the fourth job is gone:", job.IsNull(3))
	// Output:
	// suppressed: [0 3] the fourth job is gone: true
}
