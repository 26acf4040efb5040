package sdc_test

import (
	"context"
	"encoding/json"
	"testing"

	"github.com/apache/arrow/go/v15/arrow"
	"github.com/apache/arrow/go/v15/arrow/array"
	"github.com/apache/arrow/go/v15/arrow/memory"

	"github.com/sluis-go/sluis/sdc"
)

// row is a record by column name, as JSON would hold it.
type row map[string]any

// fields describes columns as name, type pairs.
func fields(pairs ...any) *arrow.Schema {
	var fs []arrow.Field
	for i := 0; i < len(pairs); i += 2 {
		fs = append(fs, arrow.Field{Name: pairs[i].(string), Type: pairs[i+1].(arrow.DataType), Nullable: true})
	}
	return arrow.NewSchema(fs, nil)
}

var (
	text    = arrow.BinaryTypes.String
	integer = arrow.PrimitiveTypes.Int64
	float   = arrow.PrimitiveTypes.Float64
	boolean = arrow.FixedWidthTypes.Boolean
)

// tableOf builds an Arrow table under a checked allocator.
func tableOf(t *testing.T, schema *arrow.Schema, rows ...row) arrow.Table {
	t.Helper()
	mem := memory.NewCheckedAllocator(memory.NewGoAllocator())
	lines, err := json.Marshal(rows)
	if err != nil {
		t.Fatal(err)
	}
	if rows == nil {
		lines = []byte("[]")
	}
	table, err := array.TableFromJSON(mem, schema, []string{string(lines)}, array.WithUseNumber())
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		table.Release()
		mem.AssertSize(t, 0)
	})
	return table
}

// off returns a policy with every rule switched off.
func off() sdc.Policy {
	return sdc.Policy{
		Name:                "test",
		MinContributors:     sdc.MinContributors{Off: true},
		MinHoldings:         sdc.MinHoldings{Off: true},
		AllEqual:            sdc.AllEqual{Off: true},
		NK:                  sdc.NK{Off: true},
		PPercent:            sdc.PPercent{Off: true},
		PQ:                  sdc.PQ{Off: true},
		GroupDisclosure:     sdc.GroupDisclosure{Off: true},
		GroupRemainder:      sdc.GroupRemainder{Off: true},
		ZeroCells:           sdc.ZeroCells{Off: true},
		Closeness:           sdc.Closeness{Off: true},
		KAnonymity:          sdc.KAnonymity{Off: true},
		Identifiers:         sdc.Identifiers{Off: true},
		Endpoints:           sdc.Endpoints{Off: true},
		QuantileTail:        sdc.QuantileTail{Off: true},
		MinDegreesOfFreedom: sdc.MinDegreesOfFreedom{Off: true},
		Request:             sdc.Request{Off: true},
		Weighting:           "tau",
	}
}

// check runs a check and fails the test on an error.
func check(t *testing.T, d *sdc.Data, p sdc.Policy, outputs ...sdc.Output) *sdc.Report {
	t.Helper()
	r, err := sdc.Check(context.Background(), d, outputs, p, sdc.Options{Threads: 2})
	if err != nil {
		t.Fatal(err)
	}
	return r
}

// found lists the findings of an output as "rule at coordinates: verdict".
func found(r *sdc.Report, output int) []string {
	out := []string{}
	for _, f := range r.Outputs[output].Findings {
		where := "output"
		if f.Cell != nil {
			where = f.Cell.String()
		}
		out = append(out, f.Rule+" at "+where+": "+f.Verdict.String())
	}
	return out
}

// cellAt returns the cell with the given codes, "" being the total.
func cellAt(t *testing.T, table *sdc.Table, codes ...string) sdc.Cell {
	t.Helper()
	for c := range table.Cells() {
		same := true
		for v, k := range c.Coordinates() {
			same = same && k.Code == codes[v] && k.Total == (codes[v] == "")
		}
		if same {
			return c
		}
	}
	t.Fatalf("no cell at %q", codes)
	return sdc.Cell{}
}
