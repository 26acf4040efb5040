package hide

import (
	"errors"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/sluis-go/sluis/sdc"
	"github.com/sluis-go/sluis/sdc/cells"
)

// evidenceOf reads a table with the columns a, v, n, x, y and the total "*".
func evidenceOf(text string, change func(*ForeignSpec), counts bool) (*cells.Table, error) {
	s := ForeignSpec{Variables: []ForeignVariable{{Name: "a", Total: "*"}}, Value: "v", Contributors: "n", Largest: []string{"x", "y"}}
	if change != nil {
		change(&s)
	}
	f, err := ReadForeign(strings.NewReader(text), s)
	if err != nil {
		return nil, err
	}
	return f.Evidence(counts)
}

// TestEvidenceRefused: a table that contradicts itself is an error with its line and column,
// and without a value.
func TestEvidenceRefused(t *testing.T) {
	const head = "a,v,n,x,y\n"
	good := head + "*,7919,9,4000,2000\nP,6000,4,4000,2000\nQ,1919,5,1000,500\n"
	if _, err := evidenceOf(good, nil, false); err != nil {
		t.Fatal(err)
	}
	for name, x := range map[string]struct{ text, want string }{
		"a total that is not the sum":       {head + "*,7920,9,4000,2000\nP,6000,4,4000,2000\nQ,1919,5,1000,500\n", `line 2, column "v": is not the sum of its parts over "a"`},
		"a cell in no row":                  {head + "*,7919,9,4000,2000\nP,6000,4,4000,2000\n", `line 2, column "v": is not the sum of its parts over "a"`},
		"a cell twice":                      {good + "Q,1919,5,1000,500\n", "line 5: the cell of line 4 once more"},
		"a value without contributors":      {head + "*,7919,9,4000,2000\nP,6000,0,4000,2000\nQ,1919,5,1000,500\n", `line 3, column "n": is 0, and the value of the cell is not`},
		"negative contributors":             {head + "*,7919,9,4000,2000\nP,6000,-4,4000,2000\nQ,1919,5,1000,500\n", `line 3, column "n": is negative`},
		"contributors that are not whole":   {head + "*,7919,9,4000,2000\nP,6000,4.5,4000,2000\nQ,1919,5,1000,500\n", `line 3, column "n": is no whole number`},
		"contributors that are missing":     {head + "*,7919,9,4000,2000\nP,6000,,4000,2000\nQ,1919,5,1000,500\n", `line 3, column "n": has no number of contributors`},
		"a value that is missing":           {head + "*,7919,9,4000,2000\nP,,4,4000,2000\nQ,1919,5,1000,500\n", `line 3, column "v": has no value`},
		"a value below zero":                {head + "*,-7919,9,,\nP,-6000,4,,\nQ,-1919,5,,\n", `line 2, column "v": is below zero`},
		"fewer contributors than in a part": {head + "*,7919,4,4000,2000\nP,6000,4,4000,2000\nQ,1919,5,1000,500\n", `line 2, column "n": is less than that of one of the parts`},
		"more contributors than in all":     {head + "*,7919,10,4000,2000\nP,6000,4,4000,2000\nQ,1919,5,1000,500\n", `line 2, column "n": is more than those of the parts`},
		"the largest exceeds the value":     {head + "*,7919,9,4000,2000\nP,6000,4,7000,\nQ,1919,5,1000,500\n", `line 3, column "x": the largest contributions are more than the value`},
		"the second exceeds the first":      {head + "*,7919,9,4000,2000\nP,6000,4,2000,3000\nQ,1919,5,1000,500\n", `line 3, column "y": is more than the one before it`},
		"one contributor with less":         {head + "*,7919,9,4000,2000\nP,6000,4,4000,2000\nQ,1919,1,1000,\n", `column "y": is missing, and those before it do not make up the value`},
		"one contributor, both given":       {head + "*,7919,5,4000,2000\nP,6000,4,4000,2000\nQ,1919,1,1000,0\n", `line 4, column "x": is not the value of the cell, which has one contributor`},
		"two contributors with less":        {head + "*,7919,7,4000,2000\nP,6000,2,4000,1000\nQ,1919,5,1000,500\n", `line 3, column "y": with the contributions before it is not the value`},
		"a contribution too many":           {head + "*,7919,6,4000,2000\nP,6000,1,4000,2000\nQ,1919,5,1000,500\n", `line 3, column "y": is a contribution more than there are contributors`},
		"the others must have more":         {head + "*,7919,9,4000,2000\nP,6000,4,4000,2000\nQ,1919,5,1000,200\n", `line 4, column "y": is less than a contribution that is not listed must be`},
		"a total with other contributions":  {head + "*,7919,9,4000,1999\nP,6000,4,4000,2000\nQ,1919,5,1000,500\n", `line 2, column "y": is not that of the inner cells`},
		"a shared total with less": {
			head + "*,7919,8,3999,2000\nP,6000,4,4000,2000\nQ,1919,5,1000,500\n", `line 2, column "x": with those before it is less than in one of the parts`,
		},
		"too many decimals": {head + "*,7919,9,4000,2000\nP,6000,4,4000,2000\nQ,1919,5,1000,0.0000000000000001\n", "has more than 15 decimals"},
	} {
		t.Run(name, func(t *testing.T) {
			_, err := evidenceOf(x.text, nil, false)
			if !errors.Is(err, ErrTable) && !errors.Is(err, ErrRequest) || !strings.Contains(err.Error(), x.want) {
				t.Fatalf("%v, want %s", err, x.want)
			}
			for _, value := range []string{"7919", "6000", "1919", "4000", "2000"} {
				if strings.Contains(err.Error(), value) {
					t.Fatalf("the error has a value: %v", err)
				}
			}
		})
	}
	for name, x := range map[string]struct {
		text   string
		change func(*ForeignSpec)
		want   string
	}{
		"no column of contributors": {good, func(s *ForeignSpec) { s.Contributors = "" }, "no column of the numbers of contributors is named"},
		"a total in a file of inner cells": {
			"a,v,n,x,y\nN,9,3,4,3\n1,9,3,4,3\n",
			func(s *ForeignSpec) {
				s.Inner = true
				s.Variables[0].Tree, _ = sdc.NewHierarchy(sdc.Code{Label: "N", Children: []sdc.Code{{Label: "1"}, {Label: "2"}}})
			}, `line 2, column "v": the code has others below it`,
		},
		"one owner of two inner cells alone": {
			"a,v,n,o\nP,9,1,z\nQ,8,1,z\n", func(s *ForeignSpec) { s.Inner, s.Largest, s.Owner = true, nil, "o" }, `column "o": one owner is alone in two cells`,
		},
		"an empty cell with contributors":  {"a,v,n,s\n*,9,3,safe\nP,9,2,safe\nQ,0,1,empty\n", func(s *ForeignSpec) { s.Largest, s.Status = nil, "s" }, `line 4, column "n": is not 0, and the status says`},
		"a negative cost":                  {"a,v,n,c\n*,9,3,\nP,9,3,-1\n", func(s *ForeignSpec) { s.Largest, s.Cost = nil, "c" }, `line 3, column "c": is negative`},
		"no code in a file of inner cells": {"a,v,n,x,y\n,9,3,4,3\n", func(s *ForeignSpec) { s.Inner = true }, "a row has no code"},
	} {
		t.Run(name, func(t *testing.T) {
			if _, err := evidenceOf(x.text, x.change, false); err == nil || !strings.Contains(err.Error(), x.want) {
				t.Fatalf("%v, want %s", err, x.want)
			}
		})
	}
}

// TestEvidence: what is known of contributors.
func TestEvidence(t *testing.T) {
	const apart = "a,v,n,x,y\n*,79,9,40,20\nP,60,2,40,20\nQ,10,1,10,\nR,9,6,2,2\n"
	for name, x := range map[string]struct {
		text   string
		change func(*ForeignSpec)
		counts bool
		want   cells.Table
	}{
		"contributors that can be told apart": {apart, nil, false, cells.Table{Listed: 2, Apart: true, Cells: []cells.Cell{
			{Nodes: []int{0}, Value: 79, Contributors: 9, NonZero: 9, Largest: []int64{40, 20}, Known: []int64{40, 20, 10}, Who: []int64{4, 5, 7}, Rest: 2},
			{Nodes: []int{1}, Value: 60, Contributors: 2, NonZero: 2, Largest: []int64{40, 20}, Known: []int64{40, 20}, Who: []int64{4, 5}},
			{Nodes: []int{2}, Value: 10, Contributors: 1, NonZero: 1, Largest: []int64{10}, Known: []int64{10}, Who: []int64{7}, Sole: 7},
			{Nodes: []int{3}, Value: 9, Contributors: 6, NonZero: 6, Largest: []int64{2, 2}, Known: []int64{2, 2}, Who: []int64{10, 11}, Rest: 2},
		}}},
		"a contributor in two cells": {"a,v,n,x,y\n*,79,8,40,20\nP,60,2,40,20\nQ,10,1,10,\nR,9,6,2,2\n", nil, false, cells.Table{Listed: 2, Cells: []cells.Cell{
			{Nodes: []int{0}, Value: 79, Contributors: 8, NonZero: 8, Largest: []int64{40, 20}, Rest: 40},
			{Nodes: []int{1}, Value: 60, Contributors: 2, NonZero: 2, Largest: []int64{40, 20}, Rest: 40},
			{Nodes: []int{2}, Value: 10, Contributors: 1, NonZero: 1, Largest: []int64{10}, Rest: 10, Sole: 7},
			{Nodes: []int{3}, Value: 9, Contributors: 6, NonZero: 6, Largest: []int64{2, 2}, Rest: 2},
		}}},
		"inner cells alone, nothing listed": {"a,v,n\nP,60,2\nQ,10,1\n", func(s *ForeignSpec) { s.Inner, s.Largest = true, nil }, false, cells.Table{Apart: true, Cells: []cells.Cell{
			{Nodes: []int{0}, Value: 70, Contributors: 3, NonZero: 3, Known: []int64{60, 10}, Who: []int64{3, 5}},
			{Nodes: []int{1}, Value: 60, Contributors: 2, NonZero: 2, Known: []int64{60}, Who: []int64{3}},
			{Nodes: []int{2}, Value: 10, Contributors: 1, NonZero: 1, Known: []int64{10}, Who: []int64{5}, Sole: 5},
		}}},
		"statuses, levels and costs": {"a,v,n,s,lo,c\n*,9,7,safe,,\nP,9,7,unsafe,0.5,3.7\nQ,0,0,empty,,\nR,0,0,safe,,\n", func(s *ForeignSpec) {
			s.Largest, s.Status, s.Lower, s.Cost = nil, "s", "lo", "c"
		}, false, cells.Table{Digits: 1, Apart: true, Published: [][]int{{2}}, Cells: []cells.Cell{
			{Nodes: []int{0}, Value: 90, Contributors: 7, NonZero: 7, Known: []int64{90}, Who: []int64{3}},
			{Nodes: []int{1}, Value: 90, Contributors: 7, NonZero: 7, Known: []int64{90}, Who: []int64{3}, Hide: true, Lower: 5, Cost: 3},
		}}},
		"one owner of two cells": {"a,v,n,x,y,o\n*,30,4,9,8,\nP,9,1,9,,z\nQ,8,1,8,,z\nR,13,2,7,6,\n", func(s *ForeignSpec) { s.Owner = "o" }, false, cells.Table{Listed: 2, Cells: []cells.Cell{
			{Nodes: []int{0}, Value: 30, Contributors: 4, NonZero: 4, Largest: []int64{9, 8}, Rest: 9},
			{Nodes: []int{1}, Value: 9, Contributors: 1, NonZero: 1, Largest: []int64{9}, Rest: 9, Sole: 4},
			{Nodes: []int{2}, Value: 8, Contributors: 1, NonZero: 1, Largest: []int64{8}, Rest: 8, Sole: 4},
			{Nodes: []int{3}, Value: 13, Contributors: 2, NonZero: 2, Largest: []int64{7, 6}, Rest: 7},
		}}},
		"counts": {"a,v\n*,6\nP,5\nQ,1\nR,0\n", func(s *ForeignSpec) { s.Contributors, s.Largest = "", nil }, true, cells.Table{Apart: true, Cells: []cells.Cell{
			{Nodes: []int{0}, Value: 6, Contributors: 6, NonZero: 6},
			{Nodes: []int{1}, Value: 5, Contributors: 5, NonZero: 5},
			{Nodes: []int{2}, Value: 1, Contributors: 1, NonZero: 1, Sole: 5},
		}}},
	} {
		t.Run(name, func(t *testing.T) {
			got, err := evidenceOf(x.text, x.change, x.counts)
			if err != nil {
				t.Fatal(err)
			}
			if err := got.Validate(); err != nil {
				t.Fatal(err)
			}
			got.Variables = nil
			if d := cmp.Diff(&x.want, got); d != "" {
				t.Fatal(d)
			}
		})
	}
}

// FuzzEvidence: whatever the file, the evidence is an error or well formed, and no error has a
// value.
func FuzzEvidence(f *testing.F) {
	f.Add("a,v,n,x,y\n*,79,9,40,20\nP,60,2,40,20\nQ,10,1,10,\nR,9,6,2,2\n", false, false)
	f.Add("a,v,n,x,y\nP,60,2,40,20\nQ,10.5,1,10.5,\n", true, false)
	f.Add("a,v,n,x,y\n*,6,6,,\nP,5,5,,\nQ,1,1,,\n", false, true)
	f.Add("a,v,n,x,y\n*,0,0,,\n,0,0,,", false, true) // a row without a code
	f.Fuzz(func(t *testing.T, text string, inner, counts bool) {
		if len(text) > 1<<12 {
			return
		}
		got, err := evidenceOf(text, func(s *ForeignSpec) { s.Inner = inner }, counts)
		if err == nil {
			err = got.Validate()
			if err != nil {
				t.Fatal(err)
			}
			return
		}
		if !errors.Is(err, ErrTable) && !errors.Is(err, ErrRequest) {
			t.Fatal(err)
		}
	})
}
