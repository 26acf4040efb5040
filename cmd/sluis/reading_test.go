package main

import (
	"errors"
	"fmt"
	"path/filepath"
	"strings"
	"testing"

	"github.com/apache/arrow/go/v15/arrow"
	"github.com/apache/arrow/go/v15/arrow/array"
	"github.com/apache/arrow/go/v15/arrow/decimal128"
	"github.com/apache/arrow/go/v15/arrow/memory"

	"github.com/sluis-go/sluis/sdc/source"
)

// TestLongNumbers: integers beyond 2^52 and decimals of 17 digits have exact sums, from
// CSV and from Parquet and Arrow.
func TestLongNumbers(t *testing.T) {
	dir := t.TempDir()
	at := func(name string) string { return filepath.Join(dir, name) }
	schema := arrow.NewSchema([]arrow.Field{
		{Name: "id", Type: arrow.PrimitiveTypes.Int64}, {Name: "g", Type: arrow.BinaryTypes.String},
		{Name: "whole", Type: arrow.PrimitiveTypes.Int64}, {Name: "exact", Type: &arrow.Decimal128Type{Precision: 17, Scale: 2}},
	}, nil)
	b := array.NewRecordBuilder(memory.DefaultAllocator, schema)
	defer b.Release()
	text := "id,g,whole,exact\n"
	for i := range int64(40) {
		b.Field(0).(*array.Int64Builder).Append(i)
		b.Field(1).(*array.StringBuilder).Append(string("ab"[i%2]))
		b.Field(2).(*array.Int64Builder).Append(9007199254740993 + i)
		b.Field(3).(*array.Decimal128Builder).Append(decimal128.FromI64(12345678901234510 + i))
		text += fmt.Sprintf("%d,%c,%d,123456789012345.%d\n", i, "ab"[i%2], 9007199254740993+i, 10+i)
	}
	rec := b.NewRecord()
	defer rec.Release()
	for _, name := range []string{"a.parquet", "a.arrow"} {
		w, err := source.Create(at(name), schema, source.WriterOptions{})
		if err != nil {
			t.Fatal(err)
		}
		if err := errors.Join(w.Write(rec), w.Close()); err != nil {
			t.Fatal(err)
		}
	}
	write(t, at("a.csv"), text)
	for _, name := range []string{"a.csv", "a.parquet", "a.arrow"} {
		for response, want := range map[string]string{
			"whole": "t,*,40,40,40,40,360287970189640500,9007199254741032,9007199254741031,",
			"exact": "t,*,40,40,40,40,4938271560493811.8,123456789012345.49,123456789012345.48,",
		} {
			write(t, at("spec.yaml"), "version: 1\ndata: {source: "+name+", respondent: id}\noutputs:\n  - {name: t, kind: magnitude, by: [g], response: "+response+"}\n")
			status, out, errs := sluis(t, "check", at("spec.yaml"), "--cells", at("cells.csv"))
			if got := readFile(t, at("cells.csv")); status != 0 || !strings.Contains(got, want) {
				t.Errorf("%s, %s: status %d, %s%s%s", name, response, status, got, out, errs)
			}
		}
	}
}

// TestMonthWithoutRows: a CSV file without rows has the columns of the others, whatever
// they hold and in whatever order, and Parquet of text goes with CSV. Other
// types are an error with the cure.
func TestMonthWithoutRows(t *testing.T) {
	dir := t.TempDir()
	at := func(name string) string { return filepath.Join(dir, name) }
	var numbers, texts strings.Builder
	var rows [][]string
	for i := range 20 {
		fmt.Fprintf(&numbers, "%d,%c\n", i, "ab"[i%2])
		fmt.Fprintf(&texts, "p%d,%c\n", i, "ab"[i%2])
		rows = append(rows, []string{fmt.Sprint(i), string("ab"[i%2])})
	}
	write(t, at("jan.csv"), "id,g\n"+numbers.String())
	write(t, at("feb.csv"), "id,g\n")
	write(t, at("mar.csv"), "id,g\n"+texts.String())
	write(t, at("dec.csv"), "id,g\n")
	writeTexts(t, at("apr.parquet"), []string{"id", "g"}, rows)
	events(t, at("may.arrow"))
	for _, tc := range []struct {
		files, more, says string
		status            int
	}{
		{"jan.csv, feb.csv", "", "t,*,20,20,", 0},
		{"feb.csv, jan.csv", "", "t,*,20,20,", 0},
		{"dec.csv, mar.csv, feb.csv", "", "t,*,20,20,", 0},
		{"jan.csv, feb.csv, mar.csv", "", "t,*,40,40,", 0},
		{"jan.csv, apr.parquet", "", "t,*,40,20,", 0},
		{"apr.parquet, feb.csv", "", "t,*,20,20,", 0},
		{"apr.parquet, jan.csv", ", csv: {types: {id: int64}}", "write the column with one type in all files", 1},
		{"jan.csv, may.arrow", "", "columns differ from those of the first file", 1},
	} {
		t.Run(fmt.Sprintf("files %s, more %s", tc.files, tc.more), func(t *testing.T) {
			write(t, at("spec.yaml"), "version: 1\ndata: {source: ["+tc.files+"], respondent: id"+tc.more+"}\noutputs:\n  - {name: t, kind: frequency, by: [g]}\n")
			write(t, at("cells.csv"), "")
			status, out, errs := sluis(t, "check", at("spec.yaml"), "--cells", at("cells.csv"))
			if got := readFile(t, at("cells.csv")) + errs; status != tc.status || !strings.Contains(got, tc.says) {
				t.Errorf("%s%s: status %d, %s%s", tc.files, tc.more, status, got, out)
			}
		})
	}
}
