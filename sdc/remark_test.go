package sdc_test

import (
	"bytes"
	"context"
	"encoding/json"
	"slices"
	"testing"

	"github.com/apache/arrow/go/v15/arrow"
	"github.com/apache/arrow/go/v15/arrow/array"
	"github.com/apache/arrow/go/v15/arrow/memory"
	"github.com/google/go-cmp/cmp"

	"github.com/sluis-go/sluis/sdc"
	"github.com/sluis-go/sluis/sdc/report/words"
)

// twelve returns a table of one column in which twelve rows have one code.
func twelve(mem memory.Allocator) arrow.Table {
	b := array.NewRecordBuilder(mem, arrow.NewSchema([]arrow.Field{{Name: "g", Type: arrow.BinaryTypes.String}}, nil))
	defer b.Release()
	for range 12 {
		b.Field(0).(*array.StringBuilder).Append("a")
	}
	rec := b.NewRecord()
	defer rec.Release()
	return array.NewTableFromRecords(rec.Schema(), []arrow.Record{rec})
}

func TestRemarks(t *testing.T) {
	a := sdc.Remark{Name: "a", Column: "x", Verdict: sdc.Safe, Message: words.Said("one")}
	b := sdc.Remark{Name: "b", Verdict: sdc.Review, Message: words.Said("two"), Count: 3}
	c := sdc.Remark{Name: "c", Verdict: sdc.Unsafe, Message: words.Said("three")}
	for _, x := range []struct {
		name    string
		remarks []sdc.Remark
		want    []sdc.Remark
		verdict sdc.Verdict
	}{
		{"none", nil, nil, sdc.Safe},
		{"information", []sdc.Remark{a}, []sdc.Remark{a}, sdc.Safe},
		{"review", []sdc.Remark{b, a}, []sdc.Remark{a, b}, sdc.Review},
		{"unsafe", []sdc.Remark{c, b, a}, []sdc.Remark{a, b, c}, sdc.Unsafe},
		{"equal remarks are one", []sdc.Remark{a, b, a}, []sdc.Remark{a, b}, sdc.Review},
	} {
		t.Run(x.name, func(t *testing.T) {
			mem := memory.NewCheckedAllocator(memory.DefaultAllocator)
			defer mem.AssertSize(t, 0)
			table := twelve(mem)
			defer table.Release()
			d := sdc.FromTable(table)
			d.Remarks = x.remarks
			r, err := sdc.Check(context.Background(), d, []sdc.Output{{Name: "t", Kind: sdc.Frequency, By: []string{"g"}, NoMargins: true}}, quiet(), sdc.Options{})
			if err != nil {
				t.Fatal(err)
			}
			if r.Verdict != x.verdict {
				t.Errorf("verdict %s, want %s", r.Verdict, x.verdict)
			}
			want := append(slices.Clone(x.want), sdc.Remark{
				Name: "no-respondent", Count: 12, Verdict: sdc.Safe,
				Message: words.New(words.NoRespondent),
			})
			if diff := cmp.Diff(want, r.Data.Remarks); diff != "" {
				t.Error(diff)
			}
			var out bytes.Buffer
			if err := r.WriteJSON(&out); err != nil {
				t.Fatal(err)
			}
			var back struct {
				Data struct{ Remarks []sdc.Remark }
			}
			if err := json.Unmarshal(out.Bytes(), &back); err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(want, back.Data.Remarks); diff != "" {
				t.Error(diff)
			}
		})
	}
}

// quiet is a policy with the threshold alone.
func quiet() sdc.Policy {
	p := sdc.CBS()
	p.GroupDisclosure = sdc.GroupDisclosure{Off: true}
	p.ZeroCells.Off = true
	return p
}
