package source_test

import (
	"context"
	"fmt"
	"strings"

	"github.com/sluis-go/sluis/sdc/source"
)

// Example reads an upload, without a temporary file, and prints a column, the number of rows and
// the hash.
func Example() {
	ctx := context.Background()
	upload := strings.NewReader("person,region\n1,north\n2,south\n3,south\n")
	src, err := source.NewReader(ctx, upload, source.Options{})
	if err != nil {
		fmt.Println(err)
		return
	}
	defer src.Close()
	records, err := src.Reader(ctx, []string{"region"})
	if err != nil {
		fmt.Println(err)
		return
	}
	defer records.Release()
	for records.Next() {
		fmt.Println(records.Record().NumRows(), records.Record().Column(0))
	}
	if err := records.Err(); err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println(src.Files()[0].Rows, src.Files()[0].SHA256[:8])
	// Output:
	// 3 ["north" "south" "south"]
	// 3 8e409e8b
}
