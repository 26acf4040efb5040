package riskmetrics

import (
	"context"
	"fmt"
	"math"
	"runtime"
	"slices"

	"github.com/apache/arrow/go/v15/arrow"
	"github.com/apache/arrow/go/v15/arrow/array"
	"github.com/apache/arrow/go/v15/arrow/memory"

	"github.com/sluis-go/sluis/internal/column"
)

// Options names the columns of a data set.
type Options struct {
	// Keys are the key variables. Required; none twice.
	Keys []string
	// Missing says how nulls in keys match. Defaults to refuse: a null is an error.
	Missing Missing
	// Weight is the column of sampling weights, above 0 and without nulls.
	// Defaults to none.
	Weight string
	// Respondent and Household identify the unit of a record and its household.
	// Default to none. Nulls are refused.
	Respondent, Household string
	// Threads defaults to GOMAXPROCS.
	Threads int
}

// NewClasses groups the records of a table. The table is borrowed for the call.
// The error is a *ColumnError, wraps ErrRequest, or is the context's. Time linear
// in records times keys, with one look-up a null mask and class more where nulls
// match.
func NewClasses(ctx context.Context, t arrow.Table, o Options) (*Classes, error) {
	if len(o.Keys) == 0 || len(o.Keys) > 64 {
		return nil, fmt.Errorf("%w: 1 to 64 keys are wanted", ErrRequest)
	}
	c := &Classes{missing: o.Missing}
	for i, name := range o.Keys {
		for _, other := range o.Keys[:i] {
			if other == name {
				return nil, fmt.Errorf("%w: key %q is named twice", ErrRequest, name)
			}
		}
		col, err := encode(t, name)
		if err != nil {
			return nil, err
		}
		if null, ok := col.List.Null(); ok && o.Missing.kind == asRefuse {
			return nil, &ColumnError{Column: name, Row: int64(slices.Index(col.Codes, null)), Err: ErrNull}
		}
		c.keys = append(c.keys, col)
	}
	var err error
	if o.Weight != "" {
		if c.weight, err = weights(t, o.Weight); err != nil {
			return nil, err
		}
		c.weightName = o.Weight
	}
	if c.unit, err = ids(t, o.Respondent); err != nil {
		return nil, err
	}
	if c.house, err = ids(t, o.Household); err != nil {
		return nil, err
	}
	threads := o.Threads
	if threads <= 0 {
		threads = runtime.GOMAXPROCS(0)
	}
	if err := c.build(ctx, int(t.NumRows()), threads); err != nil {
		return nil, err
	}
	return c, nil
}

// field returns the data of a column.
func field(t arrow.Table, name string) (*arrow.Chunked, error) {
	found := t.Schema().FieldIndices(name)
	if len(found) != 1 {
		return nil, &ColumnError{Column: name, Row: -1, Err: column.ErrMissing}
	}
	return t.Column(found[0]).Data(), nil
}

func encode(t arrow.Table, name string) (*column.Column, error) {
	data, err := field(t, name)
	if err != nil {
		return nil, err
	}
	return column.Encode(name, data)
}

// ids encodes a column that may not hold nulls; nil for no column.
func ids(t arrow.Table, name string) ([]uint32, error) {
	if name == "" {
		return nil, nil
	}
	col, err := encode(t, name)
	if err != nil {
		return nil, err
	}
	if null, ok := col.List.Null(); ok {
		for i, code := range col.Codes {
			if code == null {
				return nil, &ColumnError{Column: name, Row: int64(i), Err: ErrNull}
			}
		}
	}
	return col.Codes, nil
}

// weights reads the weights as float64.
func weights(t arrow.Table, name string) ([]float64, error) {
	data, err := field(t, name)
	if err != nil {
		return nil, err
	}
	out := make([]float64, 0, data.Len())
	for _, chunk := range data.Chunks() {
		get, ok := floats(chunk)
		if !ok {
			return nil, &ColumnError{Column: name, Row: -1, Err: fmt.Errorf("%w: %s is no number", column.ErrType, chunk.DataType().Name())}
		}
		for i := range chunk.Len() {
			row := int64(len(out))
			if chunk.IsNull(i) {
				return nil, &ColumnError{Column: name, Row: row, Err: fmt.Errorf("%w: null", ErrWeight)}
			}
			v := get(i)
			if math.IsNaN(v) || math.IsInf(v, 0) || v <= 0 {
				return nil, &ColumnError{Column: name, Row: row, Err: fmt.Errorf("%w: not a finite number above 0", ErrWeight)}
			}
			out = append(out, v)
		}
	}
	return out, nil
}

func floats(arr arrow.Array) (func(int) float64, bool) {
	switch a := arr.(type) {
	case *array.Int8:
		return func(i int) float64 { return float64(a.Value(i)) }, true
	case *array.Int16:
		return func(i int) float64 { return float64(a.Value(i)) }, true
	case *array.Int32:
		return func(i int) float64 { return float64(a.Value(i)) }, true
	case *array.Int64:
		return func(i int) float64 { return float64(a.Value(i)) }, true
	case *array.Uint8:
		return func(i int) float64 { return float64(a.Value(i)) }, true
	case *array.Uint16:
		return func(i int) float64 { return float64(a.Value(i)) }, true
	case *array.Uint32:
		return func(i int) float64 { return float64(a.Value(i)) }, true
	case *array.Uint64:
		return func(i int) float64 { return float64(a.Value(i)) }, true
	case *array.Float32:
		return func(i int) float64 { return float64(a.Value(i)) }, true
	case *array.Float64:
		return a.Value, true
	case *array.Decimal128:
		scale := a.DataType().(*arrow.Decimal128Type).Scale
		return func(i int) float64 { return a.Value(i).ToFloat64(scale) }, true
	}
	return nil, false
}

// Sensitive encodes a sensitive variable of the same table, for the measures of
// attribute disclosure.
func (c *Classes) Sensitive(t arrow.Table, name string) (*Sensitive, error) {
	col, err := encode(t, name)
	if err != nil {
		return nil, err
	}
	if len(col.Codes) != len(c.id) {
		return nil, fmt.Errorf("%w: the sensitive variable is of another table", ErrRequest)
	}
	return newSensitive(c, col), nil
}

// Float64Array returns per-record values as an Arrow array, NaN being null. The
// caller releases it.
func Float64Array(mem memory.Allocator, values []float64) arrow.Array {
	b := array.NewFloat64Builder(mem)
	defer b.Release()
	b.Reserve(len(values))
	for _, v := range values {
		if math.IsNaN(v) {
			b.AppendNull()
		} else {
			b.Append(v)
		}
	}
	return b.NewArray()
}
