package source

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"math/rand/v2"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/apache/arrow/go/v15/arrow"
	"github.com/apache/arrow/go/v15/arrow/array"
	"github.com/apache/arrow/go/v15/arrow/memory"
)

// randomNested is a type of which a column cannot be read, or a part of one.
func randomNested(rng *rand.Rand, depth int) arrow.DataType {
	if depth == 0 {
		return []arrow.DataType{arrow.PrimitiveTypes.Int64, arrow.BinaryTypes.String, arrow.FixedWidthTypes.Boolean, arrow.PrimitiveTypes.Float64}[rng.IntN(4)]
	}
	below := func() arrow.DataType { return randomNested(rng, rng.IntN(depth)) }
	switch rng.IntN(3) {
	case 0:
		return arrow.ListOf(below())
	case 1:
		return arrow.MapOf(arrow.BinaryTypes.String, below())
	}
	var parts []arrow.Field
	for i := range 1 + rng.IntN(3) {
		parts = append(parts, arrow.Field{Name: fmt.Sprint("part", i), Type: below(), Nullable: rng.IntN(2) == 0})
	}
	return arrow.StructOf(parts...)
}

// randomJSON is a value of a type of randomNested.
func randomJSON(rng *rand.Rand, dt arrow.DataType, nullable bool) any {
	if nullable && rng.IntN(4) == 0 {
		return nil
	}
	switch dt := dt.(type) {
	case *arrow.Int64Type:
		return rng.IntN(1000)
	case *arrow.StringType:
		return fmt.Sprint("text ", rng.IntN(30))
	case *arrow.BooleanType:
		return rng.IntN(2) == 0
	case *arrow.Float64Type:
		return float64(rng.IntN(1000)) / 8
	case *arrow.ListType:
		out := []any{}
		for range rng.IntN(4) {
			out = append(out, randomJSON(rng, dt.Elem(), true))
		}
		return out
	case *arrow.MapType:
		out := []any{}
		for i := range rng.IntN(4) {
			out = append(out, map[string]any{"key": fmt.Sprint(i), "value": randomJSON(rng, dt.ItemType(), true)})
		}
		return out
	}
	out := map[string]any{}
	for _, f := range dt.(*arrow.StructType).Fields() {
		out[f.Name] = randomJSON(rng, f.Type, f.Nullable)
	}
	return out
}

// TestBesideNested: flat columns before, between and after nested ones keep their values.
// The nested ones are named as columns that cannot be read, with and without a stored
// Arrow schema.
func TestBesideNested(t *testing.T) {
	rng := rand.New(rand.NewPCG(19, 11))
	path := filepath.Join(t.TempDir(), "x.parquet")
	nested := 0
	for round := range 150 {
		var fields []arrow.Field
		for i := range 1 + rng.IntN(7) {
			fields = append(fields, arrow.Field{Name: fmt.Sprint("c", i), Type: randomNested(rng, rng.IntN(4)), Nullable: rng.IntN(2) == 0})
		}
		schema := arrow.NewSchema(fields, nil)
		var rows []map[string]any
		for range rng.IntN(9) {
			row := map[string]any{}
			for _, f := range fields {
				row[f.Name] = randomJSON(rng, f.Type, f.Nullable)
			}
			rows = append(rows, row)
		}
		text, err := json.Marshal(rows)
		if err != nil {
			t.Fatal(err)
		}
		if rows == nil {
			text = []byte("[]")
		}
		rec, _, err := array.RecordFromJSON(memory.DefaultAllocator, schema, bytes.NewReader(text))
		if err != nil {
			t.Fatal(err)
		}
		writeArrow(t, path, rec, 3, round%2 == 0)
		s, err := Open(context.Background(), []string{path}, Options{})
		if err != nil {
			t.Fatal(err)
		}
		if got, want := s.Schema().NumFields(), len(fields); got != want {
			t.Fatalf("%v: %d columns", schema, got)
		}
		var flat []string
		for i, f := range fields {
			got := s.Schema().Field(i)
			if f.Type.ID() == arrow.LIST || f.Type.ID() == arrow.MAP || f.Type.ID() == arrow.STRUCT {
				nested++
				_, err := s.Reader(context.Background(), []string{f.Name})
				if !errors.Is(err, ErrUnsupported) || got.Type.ID() != f.Type.ID() || !strings.Contains(err.Error(), f.Name) {
					t.Errorf("%v: column %s is %v, %v", schema, f.Name, got.Type, err)
				}
				continue
			}
			flat = append(flat, f.Name)
			if fieldText(got) != fieldText(f) || got.Name != f.Name {
				t.Errorf("%v: column %s is %v", schema, f.Name, got)
			}
		}
		if err := s.Close(); err != nil {
			t.Fatal(err)
		}
		if len(flat) == 0 {
			continue
		}
		got, err := readColumns(t, 5, flat, path)
		if err != nil {
			t.Fatal(err)
		}
		for k, name := range flat {
			arr := rec.Column(schema.FieldIndices(name)[0])
			want := []string{}
			for i := range arr.Len() {
				want = append(want, show(arr, i))
			}
			if !slices.Equal(got[k], want) {
				t.Errorf("%v: column %s is %v, want %v", schema, name, got[k], want)
			}
		}
		rec.Release()
	}
	if nested < 200 {
		t.Errorf("only %d nested columns", nested)
	}
}
