package suggest_test

import (
	"context"
	"encoding/json"
	"fmt"
	"math/rand"
	"testing"

	"github.com/apache/arrow/go/v15/arrow"
	"github.com/apache/arrow/go/v15/arrow/array"
	"github.com/apache/arrow/go/v15/arrow/memory"

	"github.com/sluis-go/sluis/sdc"
	"github.com/sluis-go/sluis/sdc/suggest"
)

var schema = arrow.NewSchema([]arrow.Field{
	{Name: "region", Type: arrow.BinaryTypes.String}, {Name: "sex", Type: arrow.BinaryTypes.String},
	{Name: "state", Type: arrow.BinaryTypes.String}, {Name: "x", Type: arrow.PrimitiveTypes.Int64},
}, nil)

// TestPromises: a suggestion that is applied makes the check say what it
// promised, also where a program of its own has recoded the records and there is
// no hierarchy any more.
func TestPromises(t *testing.T) {
	mem := memory.NewCheckedAllocator(memory.NewGoAllocator())
	defer mem.AssertSize(t, 0)
	rng := rand.New(rand.NewSource(1))
	tree, err := sdc.NewHierarchy(
		sdc.Code{Label: "N", Children: []sdc.Code{{Label: "N1", Children: []sdc.Code{{Label: "N1a"}, {Label: "N1b"}}}, {Label: "N2"}}},
		sdc.Code{Label: "S", Children: []sdc.Code{{Label: "S1"}, {Label: "S2"}}})
	if err != nil {
		t.Fatal(err)
	}
	up := []map[string]string{1: {"N1a": "N", "N1b": "N", "N2": "N", "S1": "S", "S2": "S"}, 2: {"N1a": "N1", "N1b": "N1"}}
	made := 0
	for round := range 25 {
		var rows []map[string]any
		for range 60 + rng.Intn(300) {
			rows = append(rows, map[string]any{
				"region": []string{"N1a", "N1b", "N2", "S1", "S2"}[min(rng.Intn(5), rng.Intn(5))], "sex": []string{"F", "M"}[rng.Intn(2)],
				"state": []string{"ill", "well", "well"}[rng.Intn(3)], "x": rng.Intn(1000),
			})
		}
		open := func(rows []map[string]any, tree *sdc.Hierarchy) (*sdc.Data, func(), error) {
			text, err := json.Marshal(rows)
			if err != nil {
				return nil, nil, err
			}
			table, err := array.TableFromJSON(mem, schema, []string{string(text)})
			if err != nil {
				return nil, nil, err
			}
			d := sdc.FromTable(table)
			if tree != nil {
				d.Hierarchies = map[string]*sdc.Hierarchy{"region": tree}
			}
			return d, table.Release, nil
		}
		outputs := []sdc.Output{
			{Name: "counts", Kind: sdc.Frequency, By: []string{"region", "sex", "state"}, Sensitive: []string{"state"}},
			{Name: "sums", Kind: sdc.Magnitude, By: []string{"region", "sex"}, Response: "x", Margins: [][]string{{"region"}, {}}},
			{Name: "file", Kind: sdc.Microdata, By: []string{"region", "sex"}, Sensitive: []string{"state"}},
			{Name: "inner", Kind: sdc.Frequency, By: []string{"region", "sex"}, NoMargins: true},
		}
		check := func(rows []map[string]any, tree *sdc.Hierarchy, outputs []sdc.Output) *sdc.Report {
			d, release, err := open(rows, tree)
			if err != nil {
				t.Fatal(err)
			}
			defer release()
			r, err := sdc.Check(context.Background(), d, outputs, sdc.CBS(), sdc.Options{Threads: 1})
			if err != nil {
				t.Fatal(err)
			}
			return r
		}
		r := check(rows, tree, outputs)
		list, err := suggest.Find(context.Background(), r, outputs, sdc.CBS(), sdc.Options{Threads: 1}, func() (*sdc.Data, func(), error) { return open(rows, tree) })
		if err != nil {
			t.Fatal(err)
		}
		perOutput := map[int]int{}
		for _, s := range list {
			made++
			if perOutput[s.Output]++; perOutput[s.Output] > 3 || r.Outputs[s.Output].Verdict != sdc.Unsafe || s.Verdict == sdc.Unsafe {
				t.Fatalf("round %d: %+v", round, s)
			}
			got := check(rows, tree, []sdc.Output{s.Changed}).Outputs[0]
			if got.Verdict != s.Verdict || got.Cells != s.Cells {
				t.Errorf("round %d: %s promises %v with %d cells, and gives %v with %d", round, s.Text, s.Verdict, s.Cells, got.Verdict, got.Cells)
			}
			// The same by recoding, down to the inner cells.
			level, cut := s.Changed.Depth["region"]
			flat := s.Changed
			flat.Depth = nil
			if cut && level == 1 {
				var coded []map[string]any
				for _, row := range rows {
					c := map[string]any{"sex": row["sex"], "state": row["state"], "x": row["x"], "region": row["region"]}
					if code, ok := up[level][fmt.Sprint(row["region"])]; ok {
						c["region"] = code
					}
					coded = append(coded, c)
				}
				got := check(coded, nil, []sdc.Output{flat}).Outputs[0]
				if got.Verdict != s.Verdict || got.Cells != s.Cells {
					t.Errorf("round %d: %s promises %v with %d cells, and recoded it is %v with %d", round, s.Text, s.Verdict, s.Cells, got.Verdict, got.Cells)
				}
			}
		}
	}
	if made < 50 {
		t.Errorf("%d suggestions are too few to tell", made)
	}
	t.Logf("%d suggestions", made)
}
