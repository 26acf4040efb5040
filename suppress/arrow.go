package suppress

import (
	"github.com/apache/arrow/go/v15/arrow"
	"github.com/apache/arrow/go/v15/arrow/memory"

	"github.com/sluis-go/sluis/suppress/internal/hide"
)

// Released is a table as it leaves: codes, published values, and the marks of suppressed
// cells. It holds no value of a suppressed cell.
type Released struct{ r *hide.Release }

// Name returns the name of the output.
func (t *Released) Name() string { return t.r.Name }

// Schema is the schema of the table as records: text for the codes; value as a whole
// number or, with decimals, an exact decimal; status as text, and status_tau as a whole
// number.
func (t *Released) Schema() *arrow.Schema { return t.r.Schema() }

// WriteRecords hands the table to write in records of at most 65,536 rows, in the order
// of the CSV file. It releases each record after write returns. The value of a suppressed
// cell is null, and the buffer behind the null does not hold the value.
func (t *Released) WriteRecords(mem memory.Allocator, write func(arrow.Record) error) error {
	return t.r.WriteRecords(mem, write)
}
