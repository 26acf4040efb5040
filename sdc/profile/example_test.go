package profile_test

import (
	"context"
	"fmt"
	"strings"

	"github.com/apache/arrow/go/v15/arrow"
	"github.com/apache/arrow/go/v15/arrow/array"
	"github.com/apache/arrow/go/v15/arrow/memory"

	"github.com/sluis-go/sluis/sdc"
	"github.com/sluis-go/sluis/sdc/profile"
)

// Example says what a column holds, without saying what few people have.
func Example() {
	var rows []string
	for i := range 100 {
		state := "well"
		if i%3 == 0 {
			state = "ill"
		} else if i == 50 {
			state = "something rare"
		}
		rows = append(rows, fmt.Sprintf(`{"person":"p%d","state":%q}`, i, state))
	}
	text := arrow.BinaryTypes.String
	schema := arrow.NewSchema([]arrow.Field{{Name: "person", Type: text}, {Name: "state", Type: text}}, nil)
	table, err := array.TableFromJSON(memory.DefaultAllocator, schema, []string{"[" + strings.Join(rows, ",") + "]"})
	if err != nil {
		fmt.Println(err)
		return
	}
	defer table.Release()
	open := func(context.Context) (array.RecordReader, error) { return array.NewTableReader(table, 0), nil }
	p, err := profile.Make(context.Background(), open, profile.Options{Policy: sdc.CBS(), Respondent: "person"})
	if err != nil {
		fmt.Println(err)
		return
	}
	for _, column := range p.Columns {
		fmt.Println(strings.TrimSpace(column.Name + ": " + column.Withheld))
		for _, class := range column.Classes {
			fmt.Println("  ", class, class.Percent)
		}
	}
	// Output:
	// person: it identifies respondents
	// state:
	//    value "well" 65
	//    other 35
}
