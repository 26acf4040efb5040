package measure

import (
	"github.com/apache/arrow/go/v15/arrow"
	"github.com/apache/arrow/go/v15/arrow/array"
	"github.com/apache/arrow/go/v15/arrow/memory"

	"github.com/sluis-go/sluis/riskmetrics"
	"github.com/sluis-go/sluis/sdc/report"
)

// Result is what was measured.
type Result struct {
	// Report is the report of risk. It is confidential.
	Report  *report.Risk
	vectors []vector
}

// Records lays out the risks of every record, in the order of the table: row, counted from
// 1, then class_size and what else was measured. The caller releases the record.
func (r *Result) Records(mem memory.Allocator) arrow.Record {
	rows := int(r.Report.Data.Records)
	row := array.NewInt64Builder(mem)
	defer row.Release()
	for i := range rows {
		row.Append(int64(i + 1))
	}
	fields := []arrow.Field{{Name: "row", Type: arrow.PrimitiveTypes.Int64}}
	columns := []arrow.Array{row.NewArray()}
	for _, v := range r.vectors {
		arr := riskmetrics.Float64Array(mem, v.values)
		if v.whole {
			whole := wholeNumbers(mem, v.values)
			arr.Release()
			arr = whole
		}
		fields = append(fields, arrow.Field{Name: v.name, Type: arr.DataType(), Nullable: true})
		columns = append(columns, arr)
	}
	defer func() {
		for _, c := range columns {
			c.Release()
		}
	}()
	return array.NewRecord(arrow.NewSchema(fields, nil), columns, int64(rows))
}

func wholeNumbers(mem memory.Allocator, values []float64) arrow.Array {
	b := array.NewInt64Builder(mem)
	defer b.Release()
	for _, v := range values {
		if v != v { //nolint:gocritic // NaN
			b.AppendNull()
		} else {
			b.Append(int64(v))
		}
	}
	return b.NewArray()
}
