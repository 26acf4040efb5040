package sdc_test

import (
	"fmt"
	"maps"
	"math"
	"math/big"
	"math/rand/v2"
	"slices"
	"testing"

	"github.com/apache/arrow/go/v15/arrow"
	"github.com/apache/arrow/go/v15/arrow/array"
	"github.com/apache/arrow/go/v15/arrow/decimal128"
	"github.com/apache/arrow/go/v15/arrow/decimal256"
	"github.com/apache/arrow/go/v15/arrow/memory"

	"github.com/sluis-go/sluis/sdc"
)

// whole are the whole numbers that columns are laid out as.
type whole interface {
	int8 | uint8 | int16 | uint16 | int32 | uint32 | int64 | uint64
}

// wholes returns values, and anything where they are null.
func wholes[T whole](rng *rand.Rand, values []any) (out []T, valid []bool) {
	for _, v := range values {
		x := T(rng.Uint64())
		switch v := v.(type) {
		case int64:
			x = T(v)
		case uint64:
			x = T(v)
		}
		out, valid = append(out, x), append(valid, v != nil)
	}
	return out, valid
}

// oddArray makes an array of int64, uint64, float64, string or, of decimals, *big.Rat,
// with anything in the place of nulls.
func oddArray(mem memory.Allocator, rng *rand.Rand, typ arrow.DataType, values []any) arrow.Array {
	builder := array.NewBuilder(mem, typ)
	defer builder.Release()
	switch b := builder.(type) {
	case *array.Int8Builder:
		b.AppendValues(wholes[int8](rng, values))
	case *array.Uint8Builder:
		b.AppendValues(wholes[uint8](rng, values))
	case *array.Int16Builder:
		b.AppendValues(wholes[int16](rng, values))
	case *array.Uint16Builder:
		b.AppendValues(wholes[uint16](rng, values))
	case *array.Int32Builder:
		b.AppendValues(wholes[int32](rng, values))
	case *array.Uint32Builder:
		b.AppendValues(wholes[uint32](rng, values))
	case *array.Int64Builder:
		b.AppendValues(wholes[int64](rng, values))
	case *array.Uint64Builder:
		b.AppendValues(wholes[uint64](rng, values))
	case *array.Float64Builder:
		for _, v := range values {
			x, ok := v.(float64)
			if !ok {
				x = []float64{math.NaN(), math.Inf(1), 1e300, 7}[rng.IntN(4)]
			}
			b.AppendValues([]float64{x}, []bool{ok})
		}
	default:
		for _, v := range values {
			switch v := v.(type) {
			case nil:
				b.AppendNull()
			case string:
				b.(array.StringLikeBuilder).Append(v)
			case *big.Rat:
				scale := int64(typ.(arrow.DecimalType).GetScale())
				z := new(big.Rat).Mul(v, new(big.Rat).SetInt(new(big.Int).Exp(big.NewInt(10), big.NewInt(scale), nil)))
				if d, ok := b.(*array.Decimal128Builder); ok {
					d.Append(decimal128.FromBigInt(z.Num()))
				} else {
					b.(*array.Decimal256Builder).Append(decimal256.FromBigInt(z.Num()))
				}
			}
		}
	}
	return builder.NewArray()
}

// oddColumn is a column as it is laid out: plain, or with a dictionary that changes now
// and then from chunk to chunk.
type oddColumn struct {
	field   arrow.Field
	values  []any
	entries []any
	steady  int // chunks with one dictionary, about
}

// chunk returns rows lo to hi, as a slice of a longer array now and then. Entries of a
// dictionary are null, there twice, or of no row, now and then.
func (c *oddColumn) chunk(mem memory.Allocator, rng *rand.Rand, lo, hi int) arrow.Array {
	before, after := rng.IntN(2)*rng.IntN(70), rng.IntN(2)*rng.IntN(9)
	rows := make([]int, 0, before+hi-lo+after)
	for range before {
		rows = append(rows, rng.IntN(len(c.values)))
	}
	for i := lo; i < hi; i++ {
		rows = append(rows, i)
	}
	for range after {
		rows = append(rows, rng.IntN(len(c.values)))
	}
	var out arrow.Array
	dt, ok := c.field.Type.(*arrow.DictionaryType)
	if values := c.of(rows); ok {
		out = c.encoded(mem, rng, dt, values)
	} else {
		out = oddArray(mem, rng, c.field.Type, values)
	}
	if before+after > 0 {
		defer out.Release()
		return array.NewSlice(out, int64(before), int64(before+hi-lo))
	}
	return out
}

func (c *oddColumn) of(rows []int) (out []any) {
	for _, i := range rows {
		out = append(out, c.values[i])
	}
	return out
}

func (c *oddColumn) encoded(mem memory.Allocator, rng *rand.Rand, dt *arrow.DictionaryType, values []any) arrow.Array {
	if c.entries = slices.Clone(c.entries); rng.IntN(c.steady) == 0 {
		switch rng.IntN(3) {
		case 0:
			c.entries = nil
		case 1:
			rng.Shuffle(len(c.entries), func(i, j int) { c.entries[i], c.entries[j] = c.entries[j], c.entries[i] })
		}
		for range rng.IntN(4) * min(1, max(0, 60-len(c.entries))) {
			c.entries = append(c.entries, c.values[rng.IntN(len(c.values))])
		}
	}
	var indices []any
	for _, v := range values {
		var places []any
		for at, x := range c.entries {
			if x == v {
				places = append(places, int64(at))
			}
		}
		switch {
		case v == nil:
			places = append(places, nil)
		case places == nil:
			places = []any{int64(len(c.entries))}
			c.entries = append(c.entries, v)
		}
		indices = append(indices, places[rng.IntN(len(places))])
	}
	lead := rng.IntN(2) * rng.IntN(5)
	all := oddArray(mem, rng, dt.ValueType, append(make([]any, lead), c.entries...))
	defer all.Release()
	dict := array.NewSlice(all, int64(lead), int64(all.Len()))
	defer dict.Release()
	index := oddArray(mem, rng, dt.IndexType, indices)
	defer index.Release()
	return array.NewDictionaryArray(dt, index, dict)
}

// oddResponse draws a type of responses, and a function that draws them.
func oddResponse(rng *rand.Rand) (arrow.DataType, func() any) {
	rat := func(z *big.Int, scale int64) any {
		return new(big.Rat).SetFrac(z, new(big.Int).Exp(big.NewInt(10), big.NewInt(scale), nil))
	}
	wide := func(bits uint) *big.Int { // of all lengths
		z := new(big.Int).SetInt64(rng.Int64() >> rng.IntN(63) * (1 - 2*rng.Int64N(2)))
		return z.Lsh(z, uint(rng.IntN(4)/3)*uint(rng.IntN(int(bits))))
	}
	switch rng.IntN(10) {
	case 0:
		return arrow.PrimitiveTypes.Int16, func() any { return rng.Int64N(1<<16) - 1<<15 }
	case 1:
		return integer, func() any { return rng.Int64N(9) - 4 }
	case 2:
		return integer, func() any { return []int64{math.MinInt64, math.MaxInt64, 0, 1 << 62, rng.Int64()}[rng.IntN(5)] }
	case 3:
		return integer, func() any { return []int64{1<<32 - 1, 1 << 32, 1, 0, -1, 1 << 31}[rng.IntN(6)] }
	case 4:
		return arrow.PrimitiveTypes.Uint64, func() any { return rng.Uint64() >> rng.IntN(64) }
	case 5:
		return float, func() any { return float64(rng.IntN(20_001)-3000) / 100 }
	case 6: // nearly cents
		return float, func() any { return math.Nextafter(float64(1+rng.IntN(2000))/100, float64(rng.IntN(2))*1e9) }
	case 7:
		return float, func() any {
			return []float64{0, math.Copysign(0, -1), 999_999_999.99, 1e9, -99_999_999.995, 1 << 53, 1e15, 1e15 - 1, 1e-6, 123456789012345.6, 1e200}[rng.IntN(11)]
		}
	case 8:
		return &arrow.Decimal128Type{Precision: 38, Scale: 2}, func() any { return rat(wide(60), 2) }
	}
	return &arrow.Decimal256Type{Precision: 76, Scale: 10}, func() any { return rat(wide(180), 10) }
}

// oddData is records, and how they are laid out.
type oddData struct {
	rows    []row
	columns []*oddColumn
	roles   sdc.Roles
	missing map[string]sdc.Missing
	by      []string
}

func drawOdd(rng *rand.Rand) *oddData {
	d := &oddData{missing: map[string]sdc.Missing{"sex": "category", "class": []sdc.Missing{"category", "exclude"}[rng.IntN(2)]}, by: []string{"region", "sex", "class"}}
	n := 1 + rng.IntN(120)
	if rng.IntN(20) == 0 {
		n += 1000
	}
	dt, response := oddResponse(rng)
	nulls, cancel, owned := rng.IntN(3), rng.IntN(4) == 0, rng.IntN(4)
	units, owners := 1+rng.IntN(n+3), 1+rng.IntN(n/2+2)
	for i := range n {
		r := row{
			"region": fmt.Sprint("r", rng.IntN(5)), "sex": rng.Int64N(4) - 2, "class": []string{"k", "kk", "long and longer"}[rng.IntN(3)],
			"who": rng.Int64N(int64(units)) - 3, "w": float64(rng.IntN(9)) / 4, "x": response(),
		}
		if f, ok := r["x"].(float64); cancel && i > 0 && ok && d.rows[i-1]["x"] != nil {
			r["x"], r["who"] = -d.rows[i-1]["x"].(float64)+0*f, d.rows[i-1]["who"]
		}
		if rng.IntN(4) < owned {
			r["owner"] = fmt.Sprint("h", rng.IntN(owners))
		}
		for _, name := range []string{"sex", "class", "x"} {
			if rng.IntN(10) < nulls {
				r[name] = nil
			}
		}
		d.rows = append(d.rows, r)
	}
	lay := func(name string, typ arrow.DataType, often int) {
		if rng.IntN(6) < often {
			typ = &arrow.DictionaryType{IndexType: indexTypes[rng.IntN(len(indexTypes))], ValueType: typ}
			if name == "who" || name == "owner" || name == "x" { // many values
				typ.(*arrow.DictionaryType).IndexType = indexTypes[2+rng.IntN(6)]
			}
		}
		c := &oddColumn{field: arrow.Field{Name: name, Type: typ, Nullable: true}, steady: 1 + rng.IntN(8)}
		for _, r := range d.rows {
			c.values = append(c.values, r[name])
		}
		d.columns = append(d.columns, c)
	}
	often := rng.IntN(7)
	texts := []arrow.DataType{text, arrow.BinaryTypes.LargeString}
	lay("region", texts[rng.IntN(2)], often)
	lay("sex", []arrow.DataType{integer, arrow.PrimitiveTypes.Int8}[rng.IntN(2)], often)
	lay("class", texts[rng.IntN(2)], often)
	if rng.IntN(3) > 0 {
		d.roles.Respondent = "who"
		lay("who", []arrow.DataType{integer, arrow.PrimitiveTypes.Int32}[rng.IntN(2)], 1)
	}
	if rng.IntN(3) == 0 {
		d.roles.Holding = "owner"
		lay("owner", texts[rng.IntN(2)], 1)
	}
	if x, ok := dt.(arrow.DecimalType); rng.IntN(6) == 0 && (!ok || x.GetPrecision() < 40) && !slices.ContainsFunc(d.rows, func(r row) bool { return r["x"] == 1e200 }) {
		d.roles.Weight = "w"
		lay("w", float, 0)
	}
	if _, decimal := dt.(arrow.DecimalType); decimal {
		lay("x", dt, 0)
	} else {
		lay("x", dt, 1)
	}
	return d
}

// arrow lays the records out, in a table or for readers.
func (d *oddData) arrow(t *testing.T, rng *rand.Rand) *sdc.Data {
	mem := memory.NewCheckedAllocator(memory.NewGoAllocator())
	var held []interface{ Release() }
	t.Cleanup(func() {
		for _, r := range held {
			r.Release()
		}
		mem.AssertSize(t, 0)
	})
	var fs []arrow.Field
	for _, c := range d.columns {
		fs = append(fs, c.field)
	}
	schema, n, most := arrow.NewSchema(fs, nil), len(d.rows), 1+rng.IntN(2*len(d.rows))
	cuts := func() []int {
		out := []int{0}
		for out[len(out)-1] < n { // also nothing between two
			out = append(out, min(n, out[len(out)-1]+rng.IntN(most+1)))
		}
		return out
	}
	if rng.IntN(2) == 0 {
		var columns []arrow.Column
		for _, c := range d.columns {
			at, chunks := cuts(), []arrow.Array{}
			for i := range at[1:] {
				chunks = append(chunks, c.chunk(mem, rng, at[i], at[i+1]))
				held = append(held, chunks[i])
			}
			data := arrow.NewChunked(c.field.Type, chunks)
			columns = append(columns, *arrow.NewColumn(c.field, data))
			held = append(held, data, &columns[len(columns)-1])
		}
		table := array.NewTable(schema, slices.Clone(columns), int64(n))
		held = append(held, table)
		return sdc.FromTable(table)
	}
	var records [3][]arrow.Record
	at := cuts()
	for i := range at[1:] {
		var arrays []arrow.Array
		for _, c := range d.columns {
			arrays = append(arrays, c.chunk(mem, rng, at[i], at[i+1]))
			held = append(held, arrays[len(arrays)-1])
		}
		rec := array.NewRecord(schema, arrays, int64(at[i+1]-at[i]))
		held = append(held, rec)
		k := rng.IntN(len(records))
		records[k] = append(records[k], rec)
	}
	var readers []array.RecordReader
	for _, list := range records {
		reader, err := array.NewRecordReader(schema, list)
		if err != nil {
			t.Fatal(err)
		}
		held = append(held, reader)
		readers = append(readers, reader)
	}
	return sdc.FromReaders(readers...)
}

// counted returns the result of the oracle for every cell over some variables.
func (d *oddData) counted(by []string) (cells map[string]*tally, rows int64) {
	var kept []row
	for i, r := range d.rows {
		if d.missing["class"] == "exclude" && r["class"] == nil && slices.Contains(by, "class") {
			continue
		}
		r = maps.Clone(r)
		if d.roles.Respondent == "" {
			r["who"] = fmt.Sprint("row ", i)
		}
		if d.roles.Holding == "" {
			r["owner"] = nil
		}
		if d.roles.Weight == "" {
			r["w"] = 1 // not 0, which would be no contributor
		}
		kept = append(kept, r)
	}
	return recount(kept, by), int64(len(kept))
}
