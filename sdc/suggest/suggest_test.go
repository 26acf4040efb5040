package suggest_test

import (
	"context"
	"encoding/json"
	"fmt"
	"maps"
	"math/rand"
	"slices"
	"strings"
	"testing"

	"github.com/apache/arrow/go/v15/arrow"
	"github.com/apache/arrow/go/v15/arrow/array"
	"github.com/apache/arrow/go/v15/arrow/memory"

	"github.com/sluis-go/sluis/sdc"
	"github.com/sluis-go/sluis/sdc/report/words"
	"github.com/sluis-go/sluis/sdc/suggest"
)

var schema = arrow.NewSchema([]arrow.Field{
	{Name: "region", Type: arrow.BinaryTypes.String}, {Name: "sex", Type: arrow.BinaryTypes.String},
	{Name: "state", Type: arrow.BinaryTypes.String}, {Name: "x", Type: arrow.PrimitiveTypes.Int64},
}, nil)

var regions = []sdc.Code{
	{Label: "N", Children: []sdc.Code{{Label: "N1", Children: []sdc.Code{{Label: "N1a"}, {Label: "N1b"}}}, {Label: "N2"}}},
	{Label: "S", Children: []sdc.Code{{Label: "S1"}, {Label: "S2"}}},
}

// recode does by hand what a suggestion asks: records get the codes that are left,
// and what remains of the tree is a tree of its own.
func recode(rows []map[string]any, level int, fold []string) (coded []map[string]any, rest []sdc.Code) {
	to := map[string]string{}
	var walk func(c sdc.Code, depth int, into string) (sdc.Code, bool)
	walk = func(c sdc.Code, depth int, into string) (sdc.Code, bool) {
		left := sdc.Code{Label: c.Label}
		keep := into == ""
		if keep {
			to[c.Label] = c.Label
			if level > 0 && depth == level || slices.Contains(fold, c.Label) {
				into = c.Label
			}
		} else {
			to[c.Label] = into
		}
		for _, child := range c.Children {
			if x, ok := walk(child, depth+1, into); ok {
				left.Children = append(left.Children, x)
			}
		}
		return left, keep
	}
	for _, c := range regions {
		x, _ := walk(c, 1, "")
		rest = append(rest, x)
	}
	for _, row := range rows {
		c := maps.Clone(row)
		c["region"] = to[fmt.Sprint(row["region"])]
		coded = append(coded, c)
	}
	return coded, rest
}

// TestPromises: a suggestion that is applied makes the check say what it
// promised, also where a program of its own has recoded the records and there is
// no hierarchy any more.
func TestPromises(t *testing.T) {
	mem := memory.NewCheckedAllocator(memory.NewGoAllocator())
	defer mem.AssertSize(t, 0)
	rng := rand.New(rand.NewSource(1))
	tree, err := sdc.NewHierarchy(regions...)
	if err != nil {
		t.Fatal(err)
	}
	made, folded := 0, 0
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
				t.Errorf("round %d: %s promises %v with %d cells, and gives %v with %d", round, s.Text(), s.Verdict, s.Cells, got.Verdict, got.Cells)
			}
			// The same by recoding, down to the inner cells.
			level, cut := s.Changed.Depth["region"]
			fold := s.Changed.Fold["region"]
			if len(fold) > 0 {
				folded++
			}
			if !cut && len(fold) == 0 {
				continue
			}
			flat := s.Changed
			flat.Depth, flat.Fold = nil, nil
			coded, rest := recode(rows, level, fold)
			var left *sdc.Hierarchy
			if len(rest) > 0 {
				if left, err = sdc.NewHierarchy(rest...); err != nil {
					t.Fatal(err)
				}
			}
			if got := check(coded, left, []sdc.Output{flat}).Outputs[0]; got.Verdict != s.Verdict || got.Cells != s.Cells {
				t.Errorf("round %d: %s promises %v with %d cells, and recoded it is %v with %d", round, s.Text(), s.Verdict, s.Cells, got.Verdict, got.Cells)
			}
		}
	}
	if folded < 5 {
		t.Errorf("%d suggestions merge codes: too few to tell", folded)
	}
	if made < 50 {
		t.Errorf("%d suggestions are too few to tell", made)
	}
	t.Logf("%d suggestions", made)
}

// TestRemarked: what is remarked about the data bounds every suggestion.
func TestRemarked(t *testing.T) {
	for _, c := range []struct {
		name    string
		verdict sdc.Verdict
		want    int // suggestions
		best    sdc.Verdict
	}{
		{"nothing", sdc.Safe, 1, sdc.Safe},
		{"for review", sdc.Review, 1, sdc.Review},
		{"unsafe", sdc.Unsafe, 0, sdc.Unsafe},
	} {
		t.Run(c.name, func(t *testing.T) {
			mem := memory.NewCheckedAllocator(memory.NewGoAllocator())
			defer mem.AssertSize(t, 0)
			open := func() (*sdc.Data, func(), error) {
				rows := strings.Repeat(`{"region": "N1a", "sex": "F", "state": "ill", "x": 1},`, 20) + strings.Repeat(`{"region": "S1", "sex": "M", "state": "ill", "x": 1},`, 12) + `{"region": "S2", "sex": "M", "state": "ill", "x": 1}`
				table, err := array.TableFromJSON(mem, schema, []string{"[" + rows + "]"})
				if err != nil {
					return nil, nil, err
				}
				d := sdc.FromTable(table)
				d.Remarks = []sdc.Remark{{Name: "made", Verdict: c.verdict, Message: words.Said("made for the test")}}
				return d, table.Release, nil
			}
			outputs := []sdc.Output{{Name: "counts", Kind: sdc.Frequency, By: []string{"region", "sex"}}}
			d, release, err := open()
			if err != nil {
				t.Fatal(err)
			}
			r, err := sdc.Check(context.Background(), d, outputs, sdc.CBS(), sdc.Options{Threads: 1})
			release()
			if err != nil {
				t.Fatal(err)
			}
			list, err := suggest.Find(context.Background(), r, outputs, sdc.CBS(), sdc.Options{Threads: 1}, open)
			if err != nil {
				t.Fatal(err)
			}
			if len(list) != c.want || c.want > 0 && list[0].Verdict != c.best {
				t.Errorf("%d suggestions: %+v", len(list), list)
			}
		})
	}
}
