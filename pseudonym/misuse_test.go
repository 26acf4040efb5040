package pseudonym_test

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"testing"

	"github.com/apache/arrow/go/v15/arrow"
	"github.com/apache/arrow/go/v15/arrow/array"
	"github.com/apache/arrow/go/v15/arrow/memory"

	"github.com/sluis-go/sluis/pseudonym"
)

// TestMisuse: a request that makes no sense never lets an identifier through.
func TestMisuse(t *testing.T) {
	mem := memory.NewCheckedAllocator(memory.DefaultAllocator)
	defer mem.AssertSize(t, 0)
	key, err := pseudonym.NewKey()
	if err != nil {
		t.Fatal(err)
	}
	domain, err := pseudonym.ParseDomain("project/person")
	if err != nil {
		t.Fatal(err)
	}
	p, err := pseudonym.New(pseudonym.Config{Key: key, Domain: domain})
	if err != nil {
		t.Fatal(err)
	}
	secret := arrow.NewMetadata([]string{"pandas"}, []string{"Jansen"})
	schema := arrow.NewSchema([]arrow.Field{
		{Name: "id", Type: arrow.BinaryTypes.String, Metadata: secret}, {Name: "x", Type: arrow.BinaryTypes.String, Metadata: secret},
	}, &secret)
	table, err := array.TableFromJSON(mem, schema, []string{`[{"id":"Jansen","x":"1"},{"id":"Visser","x":"2"}]`})
	if err != nil {
		t.Fatal(err)
	}
	defer table.Release()
	for _, tc := range []struct {
		name    string
		columns pseudonym.Columns
		want    error
	}{
		{"a column without a pseudonymizer", pseudonym.Columns{"id": nil}, pseudonym.ErrNoPseudonymizer},
		{"a column of another name", pseudonym.Columns{"ID": p}, pseudonym.ErrMissing},
		{"a pseudonymizer that is zero", pseudonym.Columns{"id": {}}, pseudonym.ErrDestroyed},
	} {
		t.Run(tc.name, func(t *testing.T) {
			out, err := tc.columns.Table(t.Context(), mem, table, 1, nil)
			if !errors.Is(err, tc.want) || out != nil {
				t.Errorf("a table: %v", err)
			}
			r := array.NewTableReader(table, 1)
			defer r.Release()
			again, err := tc.columns.Reader(t.Context(), mem, r, nil)
			if err == nil {
				defer again.Release()
				if again.Next() {
					t.Error("a record is handed out")
				}
				err = again.Err()
			}
			if !errors.Is(err, tc.want) {
				t.Errorf("a reader: %v", err)
			}
			if err != nil && strings.Contains(err.Error(), "Jansen") {
				t.Error("the error has an identifier")
			}
		})
	}
	t.Run("metadata", func(t *testing.T) {
		out, err := pseudonym.Columns{"id": p}.Table(t.Context(), mem, table, 1, nil)
		if err != nil {
			t.Fatal(err)
		}
		defer out.Release()
		if text := fmt.Sprint(out.Schema()); strings.Contains(text, "Jansen") || out.Schema().Metadata().Len() > 0 || out.Column(1).Field().Metadata.Len() > 0 {
			t.Errorf("the schema has an identifier: %s", text)
		}
	})
	t.Run("nothing at all", func(t *testing.T) {
		columns := pseudonym.Columns{"id": p}
		var none context.Context
		for name, err := range map[string]error{
			"no table":     ignore(columns.Table(t.Context(), mem, nil, 1, nil)),
			"no allocator": ignore(columns.Table(t.Context(), nil, table, 1, nil)),
			"no context":   ignore(columns.Table(none, mem, table, 1, nil)),
			"no record":    ignore(columns.Record(t.Context(), mem, nil, nil)),
			"no reader":    ignore(columns.Reader(t.Context(), mem, nil, nil)),
			"no schema":    ignore(columns.Schema(nil)),
		} {
			t.Run(name, func(t *testing.T) {
				if !errors.Is(err, pseudonym.ErrSetting) {
					t.Errorf("%s: %v", name, err)
				}
			})
		}
	})
	t.Run("arrays whose offsets lie", func(t *testing.T) {
		lying := func(offsets ...int32) arrow.Record {
			data := array.NewData(arrow.BinaryTypes.String, 3, []*memory.Buffer{nil, memory.NewBufferBytes(arrow.Int32Traits.CastToBytes(offsets)), memory.NewBufferBytes([]byte("abc"))}, nil, 0, 0)
			one := arrow.NewSchema([]arrow.Field{{Name: "id", Type: arrow.BinaryTypes.String}}, nil)
			return array.NewRecord(one, []arrow.Array{array.NewStringData(data)}, 3)
		}
		good, bad := lying(0, 1, 2, 3), lying(0, 1<<20, 2, 3)
		for _, threads := range []int{1, 3} {
			r, err := array.NewRecordReader(good.Schema(), []arrow.Record{good, bad, bad, good})
			if err != nil {
				t.Fatal(err)
			}
			out, err := pseudonym.Columns{"id": p}.ReaderOf(t.Context(), mem, r, threads, nil)
			if err != nil {
				t.Fatal(err)
			}
			n := 0
			for out.Next() {
				n++
			}
			if n != 1 || out.Err() == nil || strings.Contains(out.Err().Error(), "abc") {
				t.Errorf("%d threads: %d records, %v", threads, n, out.Err())
			}
			out.Release()
			table := array.NewTableFromRecords(good.Schema(), []arrow.Record{good, bad, bad})
			if out, err := (pseudonym.Columns{"id": p}).Table(t.Context(), memory.DefaultAllocator, table, threads, nil); err == nil || out != nil {
				t.Errorf("%d threads: a table: %v", threads, err)
			}
		}
	})
	t.Run("a copy", func(t *testing.T) {
		copied := *p
		p.Destroy()
		if _, err := copied.Text("Jansen"); !errors.Is(err, pseudonym.ErrDestroyed) {
			t.Errorf("%v", err)
		}
	})
	t.Run("zero values", func(t *testing.T) {
		for name, err := range map[string]error{
			"configuration": ignore(pseudonym.New(pseudonym.Config{})),
			"settings":      ignore(pseudonym.Settings{}.Config()),
			"column":        ignore(pseudonym.PlanColumn{}.Config()),
			"plan":          ignore(pseudonym.ParsePlan(nil)),
			"pseudonymizer": ignore((&pseudonym.Pseudonymizer{}).Text("x")),
			"shares":        ignore(pseudonym.Join(nil)),
		} {
			t.Run(name, func(t *testing.T) {
				if err == nil {
					t.Errorf("%s: no error", name)
				}
			})
		}
		(&pseudonym.Pseudonymizer{}).Destroy()
		if s := (&pseudonym.Counter{}).Stats(); s != (pseudonym.Stats{DistinctExact: true}) {
			t.Errorf("%+v", s)
		}
	})
}

// ignore keeps the error alone.
func ignore[T any](_ T, err error) error { return err }
