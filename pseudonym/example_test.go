package pseudonym_test

import (
	"context"
	"fmt"

	"github.com/apache/arrow/go/v15/arrow"
	"github.com/apache/arrow/go/v15/arrow/array"
	"github.com/apache/arrow/go/v15/arrow/memory"

	"github.com/sluis-go/sluis/pseudonym"
)

// Example replaces the names of a table by pseudonyms.
func Example() {
	key, err := pseudonym.NewKey() // to be kept in a key file: see SaveKey
	if err != nil {
		fmt.Println(err)
		return
	}
	defer key.Destroy()
	domain, err := pseudonym.ParseDomain("health/person")
	if err != nil {
		fmt.Println(err)
		return
	}
	p, err := pseudonym.New(pseudonym.Config{Key: key, Domain: domain})
	if err != nil {
		fmt.Println(err)
		return
	}
	defer p.Destroy()

	schema := arrow.NewSchema([]arrow.Field{{Name: "name", Type: arrow.BinaryTypes.String}, {Name: "ill", Type: arrow.FixedWidthTypes.Boolean}}, nil)
	table, err := array.TableFromJSON(memory.DefaultAllocator, schema, []string{`[{"name":"Jansen","ill":true},{"name":"Visser","ill":false},{"name":"Jansen","ill":false}]`})
	if err != nil {
		fmt.Println(err)
		return
	}
	defer table.Release()

	counter := &pseudonym.Counter{}
	columns := pseudonym.Columns{"name": p}
	out, err := columns.Table(context.Background(), memory.DefaultAllocator, table, 0, map[string]*pseudonym.Counter{"name": counter})
	if err != nil {
		fmt.Println(err)
		return
	}
	defer out.Release()
	names := out.Column(0).Data().Chunk(0).(*array.String)
	fmt.Println(len(names.Value(0)), names.Value(0) == names.Value(2), names.Value(0) == names.Value(1))
	fmt.Println(counter.Stats().Rows, counter.Stats().Distinct, p)
	// Output:
	// 32 true false
	// 3 2 REDACTED
}
