package main

import (
	"context"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/apache/arrow/go/v15/arrow"
	"github.com/apache/arrow/go/v15/arrow/array"
	"github.com/apache/arrow/go/v15/arrow/memory"
	"github.com/google/go-cmp/cmp"

	"github.com/sluis-go/sluis/sdc/source"
)

// coded is a CSV file of persons P1 and on, n[i] of whom have codes[i].
func coded(codes []string, n ...int) string {
	var b strings.Builder
	b.WriteString("pid,code\n")
	p := 0
	for i, c := range codes {
		for range n[min(i, len(n)-1)] {
			p++
			fmt.Fprintf(&b, "P%d,%s\n", p, c)
		}
	}
	return b.String()
}

// TestCodesAreText: the identity of a code in CSV is its text as it stands in the file,
// and whole numbers are in the order of their values.
func TestCodesAreText(t *testing.T) {
	for _, tc := range []struct {
		name   string
		codes  []string
		n      []int
		status int
		order  string
	}{
		{"zeros after the point", []string{"1.2", "1.1", "1.10", "2.1"}, []int{20, 6, 6, 20}, 3, "1.1 1.10 1.2 2.1"},
		{"zeros in front", []string{"1", "01", "001"}, []int{12}, 0, "001 01 1"},
		{"whole numbers", []string{"10", "2", "1", "-3", "-10"}, []int{12}, 0, "-10 -3 1 2 10"},
		{"zeros and whole numbers", []string{"10", "02", "2", "1", "-0", "0"}, []int{12}, 0, "-0 0 1 02 2 10"},
		{"not all whole", []string{"10", "2", "x"}, []int{12}, 0, "10 2 x"},
		{"an exponent", []string{"1e3", "1000"}, []int{6, 30}, 3, "1000 1e3"},
		{"more digits than a float has", []string{"10000000000000001", "10000000000000002", "3.5"}, []int{6, 30}, 3, "10000000000000001 10000000000000002 3.5"},
		{"more digits than int64 has", []string{"92233720368547758071", "92233720368547758070"}, []int{12}, 0, "92233720368547758070 92233720368547758071"},
		{"truth values, which look alike", []string{"TRUE", "true"}, []int{12}, 4, "TRUE true"},
		{"dates", []string{"2020-01-02", "2020-1-2"}, []int{12}, 0, "2020-01-02 2020-1-2"},
	} {
		t.Run(tc.name, func(t *testing.T) {
			for _, threads := range []string{"1", "3"} {
				spec := "version: 1\ndata: {source: codes.csv, respondent: pid}\noutputs:\n  - {name: t, kind: frequency, by: [code]}\n"
				dir := folder(t, "codes.csv", coded(tc.codes, tc.n...), "spec.yaml", spec)
				cells := filepath.Join(dir, "cells.parquet")
				status, out, errs := sluis(t, "check", filepath.Join(dir, "spec.yaml"), "--cells", cells, "--threads", threads)
				if status != tc.status {
					t.Errorf("%s: status %d, want %d: %s%s", tc.name, status, tc.status, out, errs)
				}
				if got := strings.Join(textsOf(t, cells, "code")[1:], " "); got != tc.order {
					t.Errorf("%s: %s, want %s", tc.name, got, tc.order)
				}
			}
		})
	}
}

// textsOf returns the texts of a column of a file.
func textsOf(t *testing.T, path, name string) []string {
	t.Helper()
	src, err := source.Open(context.Background(), []string{path}, source.Options{})
	if err != nil {
		t.Fatal(err)
	}
	defer src.Close()
	r, err := src.Reader(context.Background(), []string{name})
	if err != nil {
		t.Fatal(err)
	}
	defer r.Release()
	var out []string
	for r.Next() {
		for i := range int(r.Record().NumRows()) {
			out = append(out, r.Record().Column(0).ValueStr(i))
		}
	}
	if r.Err() != nil {
		t.Fatal(r.Err())
	}
	return out
}

// TestCodeAndResponse: a column that spans a table and is added up in another is text
// here and a number there.
func TestCodeAndResponse(t *testing.T) {
	var b strings.Builder
	b.WriteString("pid;x\n")
	for i := range 40 {
		fmt.Fprintf(&b, "%d;%s\n", i, []string{"1,5", "1,50"}[i%2])
	}
	spec := `version: 1
data: {source: x.csv, respondent: pid, csv: {decimal: ","}}
outputs:
  - {name: codes, kind: frequency, by: [x]}
  - {name: sums, kind: magnitude, by: [x], response: x}
`
	dir := folder(t, "x.csv", b.String(), "spec.yaml", spec)
	cells := filepath.Join(dir, "cells.csv")
	status, out, errs := sluis(t, "check", filepath.Join(dir, "spec.yaml"), "--cells", cells)
	if status > 4 || errs != "" {
		t.Fatalf("status %d: %s%s", status, out, errs)
	}
	want := "codes,*,40,40\ncodes,\"1,5\",20,20\ncodes,\"1,50\",20,20\nsums,*,40,40 60\nsums,\"1,5\",20,20 30\nsums,\"1,50\",20,20 30\n"
	got := ""
	for _, line := range strings.Split(strings.TrimSpace(readFile(t, cells)), "\n")[1:] {
		f := strings.Split(line, ",")
		k := 2
		if strings.Contains(line, `"`) {
			k = 3
		}
		got += strings.Join(f[:k+2], ",")
		if f[0] == "sums" {
			got += " " + f[k+4]
		}
		got += "\n"
	}
	if got != want {
		t.Error(cmp.Diff(want, got))
	}
}

// TestNumbersOfCSV: what a response may be, and which line is named where it is none.
func TestNumbersOfCSV(t *testing.T) {
	for _, tc := range []struct {
		name, a, b string
		more       string // in csv
		sum        string // of all, or what the error says
		status     int
	}{
		{"whole and decimals in another file", "5", "5.5", "", "420", 4},
		{"17 digits", "10000000000000.001", "0.002", "", "400000000000000.12", 4},
		{"beyond int64", "9223372036854775808", "1", "", "368934881474191032360", 4},
		{"digits beyond a float", "9007199254740993", "0.5", "", "360287970189639740", 4},
		{"no number", "5", "x", "", `b.csv, line 2, column "x"`, 1},
		{"zeros in front", "007", "7", "", `a.csv, line 2, column "x"`, 1},
		{"zeros in front, declared", "007", "7", "types: {x: int64}", "560", 4},
		{"a comma", "1,5", "2", "", `a.csv, line 2, column "x"`, 1},
		{"no decimal", "1e3", "0.1234567890123456789", "", `column "x"`, 1},
	} {
		t.Run(tc.name, func(t *testing.T) {
			file := func(x string) string {
				var b strings.Builder
				b.WriteString("pid;g;x\n")
				for i := range 40 {
					fmt.Fprintf(&b, "%s%d;a;%s\n", x, i, x)
				}
				return b.String()
			}
			spec := "version: 1\ndata: {source: [a.csv, b.csv], respondent: pid, csv: {" + tc.more + "}}\noutputs:\n  - {name: t, kind: magnitude, by: [g], response: x}\n"
			dir := folder(t, "a.csv", file(tc.a), "b.csv", file(tc.b), "spec.yaml", spec)
			cells := filepath.Join(dir, "cells.csv")
			status, out, errs := sluis(t, "check", filepath.Join(dir, "spec.yaml"), "--cells", cells)
			if tc.status == 1 {
				if status != 1 || !strings.Contains(errs, tc.sum) || strings.Contains(errs, tc.a+"\"") {
					t.Errorf("%s: status %d: %s", tc.name, status, errs)
				}
				return
			}
			if status == 1 || status == 2 {
				t.Errorf("%s: status %d: %s%s", tc.name, status, out, errs)
				return
			}
			if got := strings.Split(strings.Split(readFile(t, cells), "\n")[1], ",")[6]; got != tc.sum {
				t.Errorf("%s: sum %s, want %s", tc.name, got, tc.sum)
			}
		})
	}
}

// TestRequestWords: the flag of a respondent who asks for protection is true or false
// as R and Python write it, or a number, and nothing else.
func TestRequestWords(t *testing.T) {
	for word, status := range map[string]int{"TRUE": 3, "True": 3, "true": 3, "1": 3, "FALSE": 0, "False": 0, "false": 0, "0": 0, "": 0, "0.0": 0, "yes": 1, "T": 1, "NaN": 1} {
		t.Run(word, func(t *testing.T) {
			var b strings.Builder
			b.WriteString("pid,g,x,ask\n")
			for i := range 40 {
				ask, x := "FALSE", fmt.Sprint(10+i%12)
				if i == 7 {
					ask, x = word, "90"
				}
				fmt.Fprintf(&b, "%d,g,%s,%s\n", i, x, ask)
			}
			spec := "version: 1\ndata: {source: x.csv, respondent: pid, request: ask}\noutputs:\n  - {name: t, kind: magnitude, by: [g], response: x}\n"
			policy := "version: 1\nname: p\nextends: cbs\nrules: {group-disclosure: off, request: {percent: 10}}\n"
			dir := folder(t, "x.csv", b.String(), "spec.yaml", spec, "p.yaml", policy)
			if got, out, errs := sluis(t, "check", filepath.Join(dir, "spec.yaml"), "--policy", filepath.Join(dir, "p.yaml")); got != status {
				t.Errorf("%q: status %d, want %d: %s%s", word, got, status, out, errs)
			} else if got == 1 && !strings.Contains(errs, `column "ask", row 8`) {
				t.Errorf("%q: %s", word, errs)
			}
		})
	}
}

// TestLineEndsInQuotes: what is in quotes stays as it is, so that the same text has the
// same pseudonym in CSV and in Parquet, and two texts are two persons.
func TestLineEndsInQuotes(t *testing.T) {
	dir := folder(t, "a.csv", "id,x\r\n\"a\r\nb\",1\r\n\"a\nb\",2\r\n\"a\rb\",3\r\n")
	at := func(name string) string { return filepath.Join(dir, name) }
	writeTexts(t, at("b.parquet"), []string{"id", "x"}, [][]string{{"a\r\nb", "1"}, {"a\nb", "2"}, {"a\rb", "3"}})
	if status, _, errs := sluis(t, "key", "new", at("key")); status != 0 {
		t.Fatal(errs)
	}
	base := []string{"--column", "id", "--key-file", at("key"), "--domain", "p/person"}
	if status, _, errs := sluis(t, append([]string{"pseudonymise", at("a.csv"), at("a.out.csv"), "--type", "id=string"}, base...)...); status != 0 {
		t.Fatal(errs)
	}
	if status, _, errs := sluis(t, append([]string{"pseudonymise", at("b.parquet"), at("b.out.parquet")}, base...)...); status != 0 {
		t.Fatal(errs)
	}
	a, b := textsOf(t, at("a.out.csv"), "id"), textsOf(t, at("b.out.parquet"), "id")
	if diff := cmp.Diff(a, b); diff != "" || a[0] == a[1] || a[0] == a[2] || a[1] == a[2] {
		t.Errorf("%q %q", a, b)
	}
	// What is copied is copied as it stands.
	if status, _, errs := sluis(t, "pseudonymise", at("a.csv"), at("c.csv"), "--column", "x", "--type", "x=string", "--key-file", at("key"), "--domain", "p/person"); status != 0 {
		t.Fatal(errs)
	}
	if diff := cmp.Diff([]string{"a\r\nb", "a\nb", "a\rb"}, textsOf(t, at("c.csv"), "id")); diff != "" {
		t.Error(diff)
	}
}

// writeTexts writes rows of text to a file; "" is null.
func writeTexts(t *testing.T, path string, names []string, rows [][]string) {
	t.Helper()
	fields := make([]arrow.Field, len(names))
	for i, n := range names {
		fields[i] = arrow.Field{Name: n, Type: arrow.BinaryTypes.String, Nullable: true}
	}
	b := array.NewRecordBuilder(memory.DefaultAllocator, arrow.NewSchema(fields, nil))
	defer b.Release()
	for _, row := range rows {
		for i, s := range row {
			if f := b.Field(i).(*array.StringBuilder); s == "" {
				f.AppendNull()
			} else {
				f.Append(s)
			}
		}
	}
	rec := b.NewRecord()
	defer rec.Release()
	w, err := source.Create(path, rec.Schema(), source.WriterOptions{})
	if err != nil {
		t.Fatal(err)
	}
	if err := w.Write(rec); err != nil {
		t.Fatal(err)
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
}

// TestTypedFormOfCSV: the typed form of an identifier in a CSV file needs its type, and
// is the same whatever the other rows hold.
func TestTypedFormOfCSV(t *testing.T) {
	dir := folder(t, "jan.csv", "person,x\n7,1\n12,2\n", "feb.csv", "person,x\n7,1\n12,2\n012,3\n")
	at := func(name string) string { return filepath.Join(dir, name) }
	if status, _, errs := sluis(t, "key", "new", at("key")); status != 0 {
		t.Fatal(errs)
	}
	do := func(name, out string, more ...string) (int, string) {
		status, _, errs := sluis(t, append([]string{"pseudonymise", at(name), at(out), "--column", "person", "--key-file", at("key"), "--domain", "p/person"}, more...)...)
		return status, errs
	}
	if status, errs := do("jan.csv", "o.csv"); status != 2 || !strings.Contains(errs, "--type person=string") {
		t.Errorf("no type: %d %s", status, errs)
	}
	if _, err := os.Stat(at("o.csv")); !os.IsNotExist(err) {
		t.Error("something is written")
	}
	for _, more := range [][]string{{"--type", "person=string"}, {"--type", "person=int64"}, {"--form", "text"}} {
		for _, name := range []string{"jan", "feb"} {
			if status, errs := do(name+".csv", name+".out.csv", more...); status != 0 {
				t.Fatalf("%v: %s", more, errs)
			}
		}
		jan, feb := textsOf(t, at("jan.out.csv"), "person"), textsOf(t, at("feb.out.csv"), "person")
		if diff := cmp.Diff(jan, feb[:2]); diff != "" {
			t.Errorf("%v: %s", more, diff)
		}
		if whole := strings.Contains(more[1], "int64"); whole != (feb[2] == feb[1]) {
			t.Errorf("%v: 12 and 012: %v", more, feb)
		}
	}
}

// TestSplitsAreOneDataSet: a data set in one file, and the same in several of CSV and
// Parquet by month or at random, have the same respondents and cells after they were
// pseudonymised. SLUIS_LONG=1 tries 300 splits.
func TestSplitsAreOneDataSet(t *testing.T) {
	splits := 30
	switch {
	case os.Getenv("SLUIS_LONG") != "":
		splits = 300
	case testing.Short():
		splits = 5 // each compares two tables of persons in several cells, which takes a second or two
	}
	rng := rand.New(rand.NewPCG(15, 2))
	names := []string{"person", "month", "region", "note"}
	dir := t.TempDir()
	at := func(name string) string { return filepath.Join(dir, name) }
	if status, _, errs := sluis(t, "key", "new", at("key")); status != 0 {
		t.Fatal(errs)
	}
	for s := range splits {
		// Some months have numbers alone, others zeros in front, letters or notes.
		var rows [][]string
		for i := range 240 {
			month := rng.IntN(6)
			id := fmt.Sprint(rng.IntN(60))
			switch {
			case month > 1 && rng.IntN(3) == 0:
				id = "0" + id
			case month > 3 && rng.IntN(3) == 0:
				id = []string{"x", "1e3", "1.10", "1.1", "1e3 ", "a\r\nb", "a\nb", "é\"", "+7", "12345678901234567890", "12345678901234567891"}[rng.IntN(11)]
			}
			note := ""
			if month%2 == 1 && i%3 > 0 {
				note = []string{"NA", " ", "a, b", "\"", "007", "1.0"}[rng.IntN(6)]
			}
			rows = append(rows, []string{id, fmt.Sprintf("%02d", month+1), []string{"1", "1.0", "01"}[rng.IntN(3)], note})
		}
		files := 1 + rng.IntN(5)
		parts := make([][][]string, files)
		for _, row := range rows {
			k := rng.IntN(files)
			if s%2 == 0 {
				k = int(row[1][1]-'1') % files
			}
			parts[k] = append(parts[k], row)
		}
		want := splitCells(t, dir, fmt.Sprintf("%da", s), names, [][][]string{rows}, rng)
		got := splitCells(t, dir, fmt.Sprintf("%db", s), names, parts, rng)
		if want != got {
			t.Fatalf("split %d into %d files: %s", s, files, cmp.Diff(want, got))
		}
	}
}

// splitCells writes parts as files of either format, pseudonymises each, checks all
// together, and returns respondents and cells.
func splitCells(t *testing.T, dir, name string, columns []string, parts [][][]string, rng *rand.Rand) string {
	t.Helper()
	at := func(name string) string { return filepath.Join(dir, name) }
	var sources []string
	out := []string{".csv", ".parquet"}[rng.IntN(2)]
	for k, rows := range parts {
		in := at(fmt.Sprintf("%s.%d%s", name, k, []string{".csv", ".parquet"}[rng.IntN(2)]))
		writeTexts(t, in, columns, rows)
		to := fmt.Sprintf("%s.%d.out%s", name, k, out)
		args := []string{"pseudonymise", in, at(to), "--column", "person", "--key-file", at("key"), "--domain", "p/person"}
		if filepath.Ext(in) == ".csv" {
			args = append(args, "--type", "person=string")
		}
		if status, _, errs := sluis(t, args...); status != 0 {
			t.Fatal(errs)
		}
		sources = append(sources, to)
	}
	spec := "version: 1\ndata: {source: [" + strings.Join(sources, ", ") + "], respondent: person, missing: {default: category}}\noutputs:\n" +
		"  - {name: months, kind: frequency, by: [month, region]}\n  - {name: notes, kind: frequency, by: [note]}\n"
	if err := os.WriteFile(at(name+".yaml"), []byte(spec), 0o600); err != nil {
		t.Fatal(err)
	}
	cells := at(name + ".cells.csv")
	if status, _, errs := sluis(t, "check", at(name+".yaml"), "--cells", cells); status == 1 || status == 2 {
		t.Fatal(errs)
	}
	return readFile(t, cells)
}
