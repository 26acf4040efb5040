package main

import (
	"encoding/json"
	"errors"
	"fmt"
	"math/rand/v2"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/apache/arrow/go/v15/arrow"
	"github.com/apache/arrow/go/v15/arrow/array"
	"github.com/apache/arrow/go/v15/arrow/memory"
	"github.com/google/go-cmp/cmp"

	"github.com/sluis-go/sluis/sdc/source"
)

// visit is a record of the tests of populations. A negative age is none.
type visit struct {
	id     int
	region string
	age    int
	day    time.Time
	cost   float64
}

// visitsTo writes records as a file of any format.
func visitsTo(t *testing.T, path string, list []visit) {
	t.Helper()
	if filepath.Ext(path) == ".csv" {
		var b strings.Builder
		b.WriteString("id,region,age,day,cost\n")
		for _, v := range list {
			age := fmt.Sprint(v.age)
			if v.age < 0 {
				age = ""
			}
			fmt.Fprintf(&b, "%d,%s,%s,%s,%.2f\n", v.id, v.region, age, v.day.Format(time.DateOnly), v.cost)
		}
		write(t, path, b.String())
		return
	}
	schema := arrow.NewSchema([]arrow.Field{
		{Name: "id", Type: arrow.PrimitiveTypes.Int64}, {Name: "region", Type: arrow.BinaryTypes.String}, {Name: "age", Type: arrow.PrimitiveTypes.Int64, Nullable: true},
		{Name: "day", Type: arrow.FixedWidthTypes.Date32}, {Name: "cost", Type: arrow.PrimitiveTypes.Float64},
	}, nil)
	b := array.NewRecordBuilder(memory.DefaultAllocator, schema)
	defer b.Release()
	for _, v := range list {
		b.Field(0).(*array.Int64Builder).Append(int64(v.id))
		b.Field(1).(*array.StringBuilder).Append(v.region)
		if v.age < 0 {
			b.Field(2).AppendNull()
		} else {
			b.Field(2).(*array.Int64Builder).Append(int64(v.age))
		}
		b.Field(3).(*array.Date32Builder).Append(arrow.Date32FromTime(v.day))
		b.Field(4).(*array.Float64Builder).Append(v.cost)
	}
	rec := b.NewRecord()
	defer rec.Release()
	w, err := source.Create(path, schema, source.WriterOptions{})
	if err != nil {
		t.Fatal(err)
	}
	if err := errors.Join(w.Write(rec), w.Close()); err != nil {
		t.Fatal(err)
	}
}

// outputsOf has the outputs of a report in JSON, without the lines on the population and on
// secondary disclosure.
func outputsOf(t *testing.T, name string) string {
	t.Helper()
	var r struct{ Outputs []map[string]any }
	if err := json.Unmarshal([]byte(readFile(t, name)), &r); err != nil {
		t.Fatal(err)
	}
	for _, o := range r.Outputs {
		delete(o["basis"].(map[string]any), "population")
		// Tables of a population are not compared with each other: see TestPopulationsAreNotDecided.
		o["notChecked"] = slices.DeleteFunc(o["notChecked"].([]any), func(x any) bool {
			return strings.HasPrefix(x.(map[string]any)["id"].(string), "secondary-disclosure")
		})
	}
	text, err := json.MarshalIndent(r.Outputs, "", " ")
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

// TestWhereOfFiles: a check with conditions says of its outputs what a check says of a file
// that has the records of the population alone, for every format of files, and for protect.
func TestWhereOfFiles(t *testing.T) {
	jan := time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC)
	conditions := []struct {
		where string
		meets func(v *visit) bool
	}{
		{"{age: {from: 25, to: 65}}", func(v *visit) bool { return v.age >= 25 && v.age < 65 }},
		{"{region: {not: [Flevoland]}, age: {from: 0}}", func(v *visit) bool { return v.region != "Flevoland" && v.age >= 0 }},
		{"{day: {from: 2026-01-05, to: 2026-01-20}}", func(v *visit) bool {
			return !v.day.Before(jan.AddDate(0, 0, 4)) && v.day.Before(jan.AddDate(0, 0, 19))
		}},
		{"{age: [~, \"30\", \"31\"], region: [Utrecht, Drenthe]}", func(v *visit) bool {
			return slices.Contains([]int{-1, 30, 31}, v.age) && slices.Contains([]string{"Utrecht", "Drenthe"}, v.region)
		}},
		{"{cost: {from: 0.3, to: 20.1}}", func(v *visit) bool { return v.cost >= 0.3 && v.cost < 20.1 }},
	}
	for k, c := range conditions {
		for _, ext := range []string{".csv", ".parquet", ".arrow", ".arrows"} {
			t.Run(fmt.Sprint(k, ext), func(t *testing.T) {
				rng := rand.New(rand.NewPCG(uint64(k), 1))
				dir := t.TempDir()
				at := func(name string) string { return filepath.Join(dir, name) }
				var all, inside []visit
				for i := range 1500 {
					v := visit{
						id: i / 2, region: []string{"Utrecht", "Flevoland", "Drenthe"}[rng.IntN(3)], age: rng.IntN(90) - 1, day: jan.AddDate(0, 0, rng.IntN(31)),
						cost: []float64{0.1 + 0.2, 0.3, 20.1, 20.09, float64(rng.IntN(5000)) / 100}[rng.IntN(5)],
					}
					v.cost = float64(int(v.cost*100+0.5)) / 100
					if i%2 == 1 { // a respondent is in one region, and has two rows
						v.region = all[i-1].region
					}
					if all = append(all, v); c.meets(&v) {
						inside = append(inside, v)
					}
				}
				visitsTo(t, at("all"+ext), all)
				visitsTo(t, at("inside"+ext), inside)
				output := func(where string) string {
					return "  - {name: n, kind: frequency, by: [region]" + where + "}\n  - {name: x, kind: magnitude, by: [region], response: cost, statistics: [mean]" + where + "}\n"
				}
				write(t, at("inside.yaml"), "version: 1\ndata: {source: inside"+ext+", respondent: id}\noutputs:\n"+output(""))
				write(t, at("data.yaml"), "version: 1\ndata: {source: all"+ext+", respondent: id, where: "+c.where+"}\noutputs:\n"+output(""))
				write(t, at("output.yaml"), "version: 1\ndata: {source: all"+ext+", respondent: id}\noutputs:\n"+output(", where: "+c.where))
				want, text := verb(t, "check", at("inside.yaml"), "--json", at("inside.json"))
				if want != 0 && want != exitUnsafe && want != exitReview {
					t.Fatal(text)
				}
				for _, name := range []string{"data", "output"} {
					code, text := verb(t, "check", at(name+".yaml"), "--json", at(name+".json"), "--threads", fmt.Sprint(1+k%3))
					if code != want {
						t.Fatalf("%s: exit status %d, want %d: %s", name, code, want, text)
					}
					if diff := cmp.Diff(outputsOf(t, at("inside.json")), outputsOf(t, at(name+".json"))); diff != "" {
						t.Error(diff)
					}
					if !strings.Contains(text, fmt.Sprintf("%d rows", len(inside))) && !strings.Contains(text, "rows of") {
						t.Errorf("the population is not named: %s", text)
					}
				}
				a, text := verb(t, "protect", at("inside.yaml"), "--out", at("inside"))
				if a != 0 && a != exitReview {
					t.Fatal(text)
				}
				b, text := verb(t, "protect", at("data.yaml"), "--out", at("data"))
				if a != b {
					t.Fatalf("protect: exit status %d, want %d: %s", b, a, text)
				}
				for _, name := range []string{"n", "x"} {
					if diff := cmp.Diff(readFile(t, at("inside/release/"+name+".release.csv")), readFile(t, at("data/release/"+name+".release.csv"))); diff != "" {
						t.Error(diff)
					}
				}
				if code, text := verb(t, "protect", at("output.yaml"), "--out", at("no")); code != exitUsage || !strings.Contains(text, "data.where") {
					t.Errorf("protect took a population of an output: exit status %d: %s", code, text)
				}
			})
		}
	}
}

// TestLedgerWhere: a release of a part of the file is compared as that part: the part with one
// person more is found, the same part is safe, and the whole file is not taken for the part.
func TestLedgerWhere(t *testing.T) {
	dir := t.TempDir()
	at := func(name string) string { return filepath.Join(dir, name) }
	var b strings.Builder
	b.WriteString("id,region,age\n")
	for i := range 120 {
		fmt.Fprintf(&b, "p%d,%s,%d\n", i, []string{"N", "S"}[i%2], i/2)
	}
	write(t, at("d.csv"), b.String())
	spec := func(name, where string) string {
		write(t, at(name), "version: 1\ndata: {source: d.csv, respondent: id, population: inhabitants, unit: person}\noutputs:\n  - {name: persons, kind: frequency, by: [region]"+where+"}\n")
		return at(name)
	}
	young := spec("young.yaml", ", where: {age: {to: 30}}")
	for _, args := range [][]string{{"ledger", "init", at("l")}, {"ledger", "add", at("l"), young, "--approve", "B"}} {
		if status, text := verb(t, args...); status != 0 {
			t.Fatal(text)
		}
	}
	for _, tc := range []struct {
		name, where string
		status      int
		said        string
	}{
		{"the same part", ", where: {age: {to: 30}}", 0, "compared with 1 of 1 earlier releases"},
		{"another word for the part", ", where: {age: {from: 0, to: 30}}", 0, "compared with 1 of 1 earlier releases"},
		{"one person more in each region", ", where: {age: {to: 31}}", exitUnsafe, `differ by 1 respondent`},
		{"all but few", ", where: {age: {from: 4, to: 30}}", exitUnsafe, `differ by 4 respondents`},
		{"the whole file", "", 0, "compared with 1 of 1 earlier releases"},
		{"the other part, but one", ", where: {age: {from: 31}}", 0, "compared with 1 of 1 earlier releases"},
	} {
		t.Run(tc.name, func(t *testing.T) {
			if status, text := verb(t, "check", spec("now.yaml", tc.where), "--ledger", at("l")); status != tc.status || !strings.Contains(text, tc.said) {
				t.Errorf("exit status %d, want %d: %s", status, tc.status, text)
			}
		})
	}
	_, text := verb(t, "ledger", "show", at("l"), "1", "--json", "-")
	if !strings.Contains(text, `"where"`) {
		t.Errorf("the ledger does not have the conditions: %s", text)
	}
}
