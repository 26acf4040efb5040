package profile

import (
	"context"
	"fmt"
	"maps"
	"strconv"

	"github.com/apache/arrow/go/v15/arrow"
	"github.com/apache/arrow/go/v15/arrow/array"
	"github.com/apache/arrow/go/v15/arrow/memory"

	"github.com/sluis-go/sluis/internal/identifier"
	"github.com/sluis-go/sluis/sdc"
)

// Opener starts a reading of all columns. The caller of it releases the reader.
type Opener func(ctx context.Context) (array.RecordReader, error)

// respondentName is the column of respondents beside the columns of labels.
const respondentName = "(respondent)"

// labeler returns the label of a value.
type labeler func(arr arrow.Array, i int) string

// scan looks at the columns: how each is to be classed, and whether it has more
// values than are tabulated.
func scan(ctx context.Context, open Opener, o *Options) ([]*column, error) {
	r, err := open(ctx)
	if err != nil {
		return nil, err
	}
	defer r.Release()
	var columns []*column
	var seen []map[string]bool
	found := o.Respondent == ""
	names := map[string]bool{}
	for i, f := range r.Schema().Fields() {
		if names[f.Name] || f.Name == respondentName {
			return nil, fmt.Errorf("%w: the name of column %d exists twice, or is taken", ErrRequest, i+1)
		}
		// A profile shows every name, and may leave.
		if identifier.Of(f.Name) != identifier.None {
			return nil, fmt.Errorf("%w: the name of column %d has the form of an identifier, as if the first line were a record: the first line of a CSV file must have the names", ErrRequest, i+1)
		}
		names[f.Name] = true
		c := &column{name: f.Name, typ: typeName(f.Type), output: -1}
		c.choose(f.Type, o)
		if f.Name == o.Respondent {
			found, c.withheld = true, "it identifies respondents"
		}
		columns, seen = append(columns, c), append(seen, map[string]bool{})
	}
	if !found {
		return nil, fmt.Errorf("%w: column %q does not exist", ErrRequest, o.Respondent)
	}
	for name := range o.Codes {
		if !names[name] {
			return nil, fmt.Errorf("%w: there are codes for column %q, which does not exist", ErrRequest, name)
		}
	}
	for r.Next() {
		if err := ctx.Err(); err != nil {
			return nil, err
		}
		for k, arr := range r.Record().Columns() {
			c, most := columns[k], mostValues
			if c.withheld != "" {
				continue
			}
			if c.limits != nil {
				most = fewNumbers
			}
			for i := 0; i < arr.Len() && len(seen[k]) <= most; i++ {
				if arr.IsValid(i) {
					seen[k][text(arr, i)] = true
				}
			}
		}
	}
	if err := r.Err(); err != nil {
		return nil, err
	}
	for k, c := range columns {
		whole := c.limits != nil && arrow.IsInteger(r.Schema().Field(k).Type.ID())
		switch {
		case c.withheld != "" || c.codes != nil:
		case whole && len(seen[k]) <= fewNumbers:
			c.limits, c.label = nil, c.value
		case c.limits == nil && len(seen[k]) > mostValues:
			c.withheld = fmt.Sprintf("it has more than %d values", mostValues)
		case c.limits == nil:
			c.alike = sdc.CodesLookAlike(c.name, maps.Keys(seen[k]))
		}
	}
	return columns, nil
}

func typeName(dt arrow.DataType) string {
	if d, ok := dt.(*arrow.DictionaryType); ok {
		return typeName(d.ValueType)
	}
	return dt.String()
}

// choose says how the values of a type are classed.
func (c *column) choose(dt arrow.DataType, o *Options) {
	if codes, ok := o.Codes[c.name]; ok {
		c.codes = map[string]bool{}
		for _, code := range codes {
			c.codes[code] = true
		}
	}
	if d, ok := dt.(*arrow.DictionaryType); ok {
		dt = d.ValueType
		if dt.ID() != arrow.STRING && dt.ID() != arrow.LARGE_STRING {
			c.withheld = "its type is not profiled"
			return
		}
	}
	id := dt.ID()
	switch {
	case id == arrow.STRING, id == arrow.LARGE_STRING, id == arrow.BOOL, c.codes != nil && arrow.IsInteger(id):
		c.label = c.value
	case c.codes != nil:
		c.withheld = "codes are given, and its type has none"
	case arrow.IsInteger(id):
		c.numbers(newGrid(0, 18))
	case arrow.IsFloating(id) && id != arrow.FLOAT16, arrow.IsDecimal(id):
		c.numbers(newGrid(-12, 18))
	case id == arrow.DATE32, id == arrow.DATE64, id == arrow.TIMESTAMP:
		c.years()
	default:
		c.withheld = "its type is not profiled"
	}
}

// value labels texts, booleans and codes.
func (c *column) value(arr arrow.Array, i int) string {
	switch {
	case arr.IsNull(i):
		return string(missing)
	case c.codes != nil && !c.codes[text(arr, i)]:
		return string(invalid)
	}
	return string(value) + text(arr, i)
}

func text(arr arrow.Array, i int) string {
	if d, ok := arr.(*array.Dictionary); ok {
		return d.Dictionary().ValueStr(d.GetValueIndex(i))
	}
	return arr.ValueStr(i)
}

func (c *column) numbers(g *grid) {
	c.limits = g.texts
	c.label = func(arr arrow.Array, i int) string {
		if arr.IsNull(i) {
			return string(missing)
		}
		v := number(arr, i)
		if !finite(v) {
			return string(notFinite)
		}
		return binLabel(g.bin(v))
	}
}

// firstYear and lastYear are the limits of the bins of dates.
const firstYear, lastYear = 1800, 2200

func (c *column) years() {
	for y := firstYear; y <= lastYear; y++ {
		c.limits = append(c.limits, strconv.Itoa(y))
	}
	c.label = func(arr arrow.Array, i int) string {
		if arr.IsNull(i) {
			return string(missing)
		}
		return binLabel(min(max(year(arr, i)-firstYear+1, 0), len(c.limits)))
	}
}

func year(arr arrow.Array, i int) int {
	switch a := arr.(type) {
	case *array.Date32:
		return a.Value(i).ToTime().Year()
	case *array.Date64:
		return a.Value(i).ToTime().Year()
	case *array.Timestamp:
		return a.Value(i).ToTime(a.DataType().(*arrow.TimestampType).Unit).Year()
	}
	panic("profile: no date")
}

// number returns a value as a float, to choose its bin.
func number(arr arrow.Array, i int) float64 {
	switch a := arr.(type) {
	case *array.Int8:
		return float64(a.Value(i))
	case *array.Int16:
		return float64(a.Value(i))
	case *array.Int32:
		return float64(a.Value(i))
	case *array.Int64:
		return float64(a.Value(i))
	case *array.Uint8:
		return float64(a.Value(i))
	case *array.Uint16:
		return float64(a.Value(i))
	case *array.Uint32:
		return float64(a.Value(i))
	case *array.Uint64:
		return float64(a.Value(i))
	case *array.Float32:
		return float64(a.Value(i))
	case *array.Float64:
		return a.Value(i)
	case *array.Decimal128:
		return a.Value(i).ToFloat64(a.DataType().(*arrow.Decimal128Type).Scale)
	case *array.Decimal256:
		return a.Value(i).ToFloat64(a.DataType().(*arrow.Decimal256Type).Scale)
	}
	panic("profile: no number")
}

// labels reads the data as the labels of the columns that have an output, and the
// respondents.
func labels(ctx context.Context, open Opener, columns []*column, respondent string) (array.RecordReader, error) {
	r, err := open(ctx)
	if err != nil {
		return nil, err
	}
	out := &labelReader{RecordReader: r, columns: columns, who: -1}
	var fields []arrow.Field
	for k, f := range r.Schema().Fields() {
		if k >= len(columns) || f.Name != columns[k].name {
			r.Release()
			return nil, fmt.Errorf("%w: the columns have changed between two readings", ErrRequest)
		}
		if columns[k].output >= 0 {
			fields = append(fields, arrow.Field{Name: f.Name, Type: arrow.BinaryTypes.String})
		}
		if respondent != "" && f.Name == respondent {
			out.who = k
		}
	}
	if out.who >= 0 {
		fields = append(fields, arrow.Field{Name: respondentName, Type: r.Schema().Field(out.who).Type, Nullable: true})
	}
	out.schema = arrow.NewSchema(fields, nil)
	return out, nil
}

// labelReader turns values into labels.
type labelReader struct {
	array.RecordReader
	columns []*column
	who     int
	schema  *arrow.Schema
	record  arrow.Record
}

// Schema returns the schema of the labels.
func (r *labelReader) Schema() *arrow.Schema { return r.schema }

// Record returns the present record, owned by the reader.
func (r *labelReader) Record() arrow.Record { return r.record }

// Release drops the present record and the reader below.
func (r *labelReader) Release() {
	r.drop()
	r.RecordReader.Release()
}

func (r *labelReader) drop() {
	if r.record != nil {
		r.record.Release()
		r.record = nil
	}
}

// Next moves to the next record.
func (r *labelReader) Next() bool {
	r.drop()
	if !r.RecordReader.Next() {
		return false
	}
	rec := r.RecordReader.Record()
	b := array.NewStringBuilder(memory.DefaultAllocator)
	defer b.Release()
	var out []arrow.Array
	for k, c := range r.columns {
		if c.output < 0 {
			continue
		}
		arr := rec.Column(k)
		for i := range arr.Len() {
			l := c.label(arr, i)
			if c.into != nil {
				l = c.into[l]
			}
			b.Append(l)
		}
		out = append(out, b.NewArray())
	}
	if r.who >= 0 {
		rec.Column(r.who).Retain()
		out = append(out, rec.Column(r.who))
	}
	r.record = array.NewRecord(r.schema, out, rec.NumRows())
	for _, a := range out {
		a.Release()
	}
	return true
}
