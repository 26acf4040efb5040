package foreign_test

import (
	"context"
	"fmt"
	"strings"

	"github.com/sluis-go/sluis/suppress/foreign"
)

// Example attacks a table in which one cell of a row is suppressed alone: its value is the
// total less the other cell.
func Example() {
	const file = "sex,n,status\ntotal,20,safe\nwomen,,primary\nmen,17,safe\n"
	table, err := foreign.Read(strings.NewReader(file), foreign.Spec{
		Variables: []foreign.Variable{{Name: "sex", Total: "total"}}, Value: "n", Status: "status",
	})
	if err != nil {
		fmt.Println(err)
		return
	}
	report, err := table.Audit(context.Background(), foreign.Options{})
	if err != nil {
		fmt.Println(err)
		return
	}
	cell := report.Suppressed[0]
	fmt.Println(report.Verdict, *cell.Interval.Least, *cell.Interval.Greatest)
	// Output:
	// unprotected 3 3
}
