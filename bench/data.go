package main

import (
	"fmt"
	"math/rand/v2"

	"github.com/apache/arrow/go/v15/arrow"
	"github.com/apache/arrow/go/v15/arrow/array"
	"github.com/apache/arrow/go/v15/arrow/memory"

	"github.com/sluis-go/sluis/sdc/source"
)

// Columns of the data. The five spanning variables have 12 x 20 x 8 x 40 x 2
// codes, the three keys of the classes 100 x 500 x 100. All are uniform, which
// is the harder case for a hash table: every cell is met as often as any other.
var (
	spanning = []string{"k0", "k1", "k2", "k3", "k4"}
	keys     = []string{"a", "b", "c"}
	cards    = map[string]int{"k0": 12, "k1": 20, "k2": 8, "k3": 40, "k4": 2, "a": 100, "b": 500, "c": 100}
)

const (
	batch           = 1 << 16
	respondentShare = 2.5 // rows for each respondent: of 20 million rows 8 million
	groupShare      = 4   // rows for each class: of 20 million rows 5 million
)

// schema has the columns that are named, in that order.
func schema(columns []string) *arrow.Schema {
	var fields []arrow.Field
	for _, name := range columns {
		f := arrow.Field{Name: name, Type: arrow.PrimitiveTypes.Int64}
		if card, ok := cards[name]; ok {
			index := arrow.DataType(arrow.PrimitiveTypes.Uint8)
			if card > 256 {
				index = arrow.PrimitiveTypes.Uint16
			}
			f.Type = &arrow.DictionaryType{IndexType: index, ValueType: arrow.BinaryTypes.String}
		}
		fields = append(fields, f)
	}
	return arrow.NewSchema(fields, nil)
}

// label is the text of a code.
func label(column string, code int) string { return fmt.Sprintf("%s-%03d", column, code) }

// generator makes records of the data, seeded.
type generator struct {
	rng    *rand.Rand
	total  int
	left   int
	schema *arrow.Schema
	dicts  []arrow.Array
}

func newGenerator(columns []string, rows int, seed uint64) *generator {
	g := &generator{rng: rand.New(rand.NewPCG(seed, 1)), total: rows, left: rows, schema: schema(columns)}
	for _, name := range columns {
		var dict arrow.Array
		if card, ok := cards[name]; ok {
			b := array.NewStringBuilder(memory.DefaultAllocator)
			for k := range card {
				b.Append(label(name, k))
			}
			dict = b.NewArray()
		}
		g.dicts = append(g.dicts, dict)
	}
	return g
}

// next returns a record of at most batch rows, or nil at the end.
func (g *generator) next() arrow.Record {
	n := min(batch, g.left)
	if n == 0 {
		return nil
	}
	g.left -= n
	values := map[string][]int64{}
	for _, f := range g.schema.Fields() {
		values[f.Name] = make([]int64, n)
	}
	classes := uint64(max(1, g.total/groupShare))
	respondents := uint64(max(1, int(float64(g.total)/respondentShare)))
	set := func(name string, i int, v int64) {
		if col := values[name]; col != nil {
			col[i] = v
		}
	}
	for i := range n {
		for _, name := range spanning {
			set(name, i, int64(g.rng.IntN(cards[name])))
		}
		class := int64(g.rng.Uint64N(classes))
		set("a", i, class%100)
		set("b", i, class/100%500)
		set("c", i, class/50_000%100)
		set("who", i, int64(g.rng.Uint64N(respondents)))
		set("x", i, g.rng.Int64N(1_000_000)-20_000)
	}
	cols := make([]arrow.Array, len(g.dicts))
	for c, f := range g.schema.Fields() {
		cols[c] = g.column(f.Type, values[f.Name], g.dicts[c])
	}
	return array.NewRecord(g.schema, cols, int64(n))
}

func (g *generator) column(dt arrow.DataType, values []int64, dict arrow.Array) arrow.Array {
	mem := memory.DefaultAllocator
	d, ok := dt.(*arrow.DictionaryType)
	if !ok {
		b := array.NewInt64Builder(mem)
		b.AppendValues(values, nil)
		return b.NewArray()
	}
	if d.IndexType.ID() == arrow.UINT8 {
		b := array.NewUint8Builder(mem)
		for _, v := range values {
			b.Append(uint8(v))
		}
		return array.NewDictionaryArray(dt, b.NewArray(), dict)
	}
	b := array.NewUint16Builder(mem)
	for _, v := range values {
		b.Append(uint16(v))
	}
	return array.NewDictionaryArray(dt, b.NewArray(), dict)
}

// table makes the data in memory. Nothing of it is released: it lives as long
// as the process.
func table(columns []string, rows int, seed uint64) arrow.Table {
	g := newGenerator(columns, rows, seed)
	var recs []arrow.Record
	for rec := g.next(); rec != nil; rec = g.next() {
		recs = append(recs, rec)
	}
	return array.NewTableFromRecords(g.schema, recs)
}

// writeParquet writes a table to a file, in row groups of a million rows.
func writeParquet(path string, t arrow.Table) error {
	w, err := source.Create(path, t.Schema(), source.WriterOptions{})
	if err != nil {
		return err
	}
	tr := array.NewTableReader(t, batch)
	defer tr.Release()
	for tr.Next() {
		if err := w.Write(tr.Record()); err != nil {
			w.Abort() //nolint:errcheck // the first error is the one to tell
			return err
		}
	}
	return w.Close()
}
