package main

import (
	"bytes"
	"crypto/sha256"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/apache/arrow/go/v15/arrow"
	"github.com/apache/arrow/go/v15/arrow/array"
	"github.com/apache/arrow/go/v15/arrow/memory"

	"github.com/sluis-go/sluis/sdc/source"
)

// events writes 24 persons in two regions: a column null of the null type, and lists
// that nobody asks for.
func events(t *testing.T, path string) { eventsOf(t, path, arrow.Null) }

// eventsOf is events with another type of the column of nulls.
func eventsOf(t *testing.T, path string, null arrow.DataType) {
	t.Helper()
	list := arrow.ListOf(arrow.PrimitiveTypes.Int64)
	schema := arrow.NewSchema([]arrow.Field{
		{Name: "list", Type: list}, {Name: "id", Type: arrow.PrimitiveTypes.Int64}, {Name: "region", Type: arrow.BinaryTypes.String},
		{Name: "null", Type: null, Nullable: true}, {Name: "x", Type: arrow.PrimitiveTypes.Float64},
	}, nil)
	b := array.NewRecordBuilder(memory.DefaultAllocator, schema)
	defer b.Release()
	for i := range int64(24) {
		b.Field(0).(*array.ListBuilder).Append(true)
		b.Field(1).(*array.Int64Builder).Append(i)
		b.Field(2).(*array.StringBuilder).Append(string("ab"[i/12]))
		b.Field(3).AppendNull()
		b.Field(4).(*array.Float64Builder).Append(float64(i % 3))
	}
	rec := b.NewRecord()
	defer rec.Release()
	if filepath.Ext(path) == ".parquet" { // which is not written with lists
		rec = array.NewRecord(arrow.NewSchema(schema.Fields()[1:], nil), rec.Columns()[1:], rec.NumRows())
		schema = rec.Schema()
	}
	w, err := source.Create(path, schema, source.WriterOptions{})
	if err != nil {
		t.Fatal(err)
	}
	if err := errors.Join(w.Write(rec), w.Close()); err != nil {
		t.Fatal(err)
	}
}

func eventsSpec(data, output string) string {
	return "version: 1\ndata:\n  " + data + "\n  respondent: id\noutputs:\n  - {name: o, " + output + "}\n"
}

const byRegion = "kind: frequency, by: [region]"

// TestOpenStream: a stream without the mark of its end is read where that is allowed,
// by every verb that reads data, and the report says so.
func TestOpenStream(t *testing.T) {
	dir := folder(t, "spec.yaml", eventsSpec("source: open.arrows", byRegion))
	at := func(name string) string { return filepath.Join(dir, name) }
	events(t, at("whole.arrows"))
	text, err := os.ReadFile(at("whole.arrows"))
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(at("open.arrows"), text[:len(text)-8], 0o600); err != nil {
		t.Fatal(err)
	}
	if status, _, errs := sluis(t, "key", "new", at("key")); status != 0 {
		t.Fatal(errs)
	}
	for _, args := range [][]string{
		{"check", at("spec.yaml")}, {"protect", at("spec.yaml"), "--out", at("out")}, {"risk", at("open.arrows"), "--keys", "region"},
		{"local", at("open.arrows"), at("local.csv"), "--keys", "region", "--k", "2", "--missing", "category"}, {"profile", at("open.arrows"), "--respondent", "id"},
		{"pseudonymise", at("open.arrows"), at("p.arrow"), "--key-file", at("key"), "--domain", "a/b", "--column", "id"},
	} {
		if status, _, errs := sluis(t, args...); status != 1 || !strings.Contains(errs, "--allow-open-stream") {
			t.Errorf("%s: status %d, %s", args[0], status, errs)
		}
		_, out, errs := sluis(t, append(args, "--allow-open-stream")...)
		if strings.Contains(errs, "mark of its end") || strings.Contains(errs, "unknown flag") {
			t.Errorf("%s with the flag: %s", args[0], errs)
		}
		if !slices.Contains([]string{"check", "local", "pseudonymise"}, args[0]) && !strings.Contains(out, "open-stream: review: ") {
			t.Errorf("%s with the flag: %s%s", args[0], out, errs)
		}
		if args[0] == "check" && (!strings.Contains(out, "Verdict: REVIEW") || !strings.Contains(out, "no mark of their end")) {
			t.Errorf("check with the flag: %s%s", out, errs)
		}
	}
}

// TestRemarksOfFilesInPublic: pages that may leave say which rows were counted, and
// where rows may be missing no table is on one.
func TestRemarksOfFilesInPublic(t *testing.T) {
	dir := folder(t, "open.yaml", eventsSpec("source: open.arrows", byRegion), "copies.yaml", eventsSpec("source: [a.arrows, b.arrows]\n  copies: allowed", byRegion))
	at := func(name string) string { return filepath.Join(dir, name) }
	for _, name := range []string{"a.arrows", "b.arrows", "open.arrows"} {
		events(t, at(name))
	}
	text := readFile(t, at("open.arrows"))
	write(t, at("open.arrows"), text[:len(text)-8])
	for _, tc := range []struct {
		spec, lang, says string
		check, protect   int
		table            bool // in the page of check
	}{
		{"open.yaml", "en", "batches may be missing", 4, 4, false},
		{"open.yaml", "nl", "er kunnen batches ontbreken", 4, 4, false},
		{"copies.yaml", "en", "count twice", 0, 0, true},
		{"copies.yaml", "nl", "tellen dubbel", 0, 0, true},
	} {
		t.Run(fmt.Sprintf("spec %s, lang %s", tc.spec, tc.lang), func(t *testing.T) {
			page := at(tc.spec + tc.lang + ".html")
			status, out, errs := sluis(t, "check", at(tc.spec), "--public", page, "--lang", tc.lang, "--allow-open-stream")
			if got := readFile(t, page); status != tc.check || !strings.Contains(got, tc.says) || strings.Contains(got, "<bdi>region</bdi></caption>") != tc.table {
				t.Errorf("check %s, %s: status %d, %s%s%s", tc.spec, tc.lang, status, out, errs, got)
			}
			status, out, errs = sluis(t, "protect", at(tc.spec), "--out", at("out"), "--replace", "--public", page, "--lang", tc.lang, "--allow-open-stream")
			if got := readFile(t, page); status != tc.protect || !strings.Contains(got, tc.says) {
				t.Errorf("protect %s, %s: status %d, %s%s%s", tc.spec, tc.lang, status, out, errs, got)
			}
		})
	}
}

// TestNoChecksum: check suggests the hashes of Arrow files, and reads no file of
// another.
func TestNoChecksum(t *testing.T) {
	for _, name := range []string{"a.arrow", "a.feather", "a.arrows", "a.parquet"} {
		dir := folder(t, "spec.yaml", eventsSpec("source: "+name, byRegion))
		at := func(name string) string { return filepath.Join(dir, name) }
		events(t, at(name))
		has := func(out string) bool { return strings.Contains(out, "data.sha256") }
		status, out, errs := sluis(t, "check", at("spec.yaml"))
		if status != 0 || has(out) != (name != "a.parquet") {
			t.Errorf("%s: status %d, %s%s", name, status, out, errs)
		}
		text, err := os.ReadFile(at(name))
		if err != nil {
			t.Fatal(err)
		}
		spec := eventsSpec(fmt.Sprintf("source: %s\n  sha256: {%s: %x}", name, name, sha256.Sum256(text)), byRegion)
		if err := os.WriteFile(at("spec.yaml"), []byte(spec), 0o600); err != nil {
			t.Fatal(err)
		}
		if status, out, errs := sluis(t, "check", at("spec.yaml")); status != 0 || has(out) {
			t.Errorf("%s with its hash: status %d, %s%s", name, status, out, errs)
		}
		i := bytes.Index(text, []byte("aaaaaaaa"))
		if i < 0 {
			continue // compressed
		}
		text[i] = 'c'
		if err := os.WriteFile(at(name), text, 0o600); err != nil {
			t.Fatal(err)
		}
		if status, _, errs := sluis(t, "check", at("spec.yaml")); status != 1 || !strings.Contains(errs, "SHA-256") {
			t.Errorf("%s with another hash: status %d, %s", name, status, errs)
		}
	}
}

// TestCopyCountsTwice: five records in two files of equal bytes are no ten.
func TestCopyCountsTwice(t *testing.T) {
	five := people(8)
	spec := eventsSpec("source: [a.csv, b.csv]", byRegion)
	allowed := eventsSpec("source: [a.csv, b.csv]\n  copies: allowed", byRegion)
	dir := folder(t, "a.csv", five, "b.csv", five, "spec.yaml", spec, "allowed.yaml", allowed, "wrong.yaml", strings.Replace(allowed, "allowed", "yes", 1))
	at := func(name string) string { return filepath.Join(dir, name) }
	if status, out, errs := sluis(t, "check", at("spec.yaml")); status != 1 || out != "" || !strings.Contains(errs, "copy") {
		t.Errorf("status %d, %s%s", status, out, errs)
	}
	if status, out, errs := sluis(t, "risk", at("a.csv"), at("b.csv"), "--keys", "region"); status != 1 || out != "" || !strings.Contains(errs, "copy") {
		t.Errorf("risk: status %d, %s%s", status, out, errs)
	}
	if status, out, errs := sluis(t, "check", at("allowed.yaml")); status != 3 || !strings.Contains(out, "count twice") {
		t.Errorf("allowed: status %d, %s%s", status, out, errs)
	}
	if status, _, errs := sluis(t, "check", at("wrong.yaml")); status != 2 || !strings.Contains(errs, "data.copies") {
		t.Errorf("wrong: status %d, %s", status, errs)
	}
}

// TestNullColumn: a column of the null type is null in all rows, whatever it is for:
// as a column of another type that has no values.
func TestNullColumn(t *testing.T) {
	dictionary := &arrow.DictionaryType{IndexType: arrow.PrimitiveTypes.Int8, ValueType: arrow.BinaryTypes.String}
	for _, tc := range []struct {
		what, data, output string
		other              arrow.DataType
		status             int
	}{
		{"respondent", "respondent: \"null\"", byRegion, arrow.PrimitiveTypes.Int64, 1},
		{"respondent of text", "respondent: \"null\"", byRegion, arrow.BinaryTypes.String, 1},
		{"holding", "respondent: id\n  holding: \"null\"", byRegion, arrow.PrimitiveTypes.Int64, 0},
		{"by", "respondent: id", "kind: frequency, by: [\"null\"]", arrow.BinaryTypes.String, 1},
		{"by, category", "respondent: id\n  missing: {default: category}", "kind: frequency, by: [\"null\", region]", dictionary, 3},
		{"by, excluded", "respondent: id\n  missing: {default: exclude}", "kind: frequency, by: [\"null\"]", arrow.PrimitiveTypes.Int64, 1},
		{"response", "respondent: id", "kind: magnitude, by: [region], response: \"null\"", arrow.PrimitiveTypes.Int64, 3},
		{"sensitive", "respondent: id\n  missing: {default: category}", "kind: frequency, by: [region, \"null\"], sensitive: [\"null\"]", arrow.BinaryTypes.String, 3},
		{"weight", "respondent: id\n  weight: \"null\"", byRegion, arrow.PrimitiveTypes.Float64, 1},
		{"key", "respondent: id\n  missing: {default: wildcard}", "kind: microdata, keys: [\"null\", region]", arrow.BinaryTypes.String, 0},
		{"sensitive of microdata", "respondent: id\n  missing: {default: category}", "kind: microdata, keys: [region], sensitive: [\"null\"]", arrow.BinaryTypes.String, 3},
	} {
		t.Run(tc.what, func(t *testing.T) {
			for _, name := range []string{"a.arrow", "a.arrows"} {
				spec := strings.Replace(eventsSpec("source: "+name, tc.output), "respondent: id", tc.data, 1)
				dir := folder(t, "spec.yaml", spec)
				at := func(name string) string { return filepath.Join(dir, name) }
				eventsOf(t, at(name), tc.other)
				wantStatus, wantOut, wantErrs := sluis(t, "check", at("spec.yaml"))
				events(t, at(name))
				status, out, errs := sluis(t, "check", at("spec.yaml"))
				if status != tc.status || status != wantStatus || out != wantOut || errs != wantErrs {
					t.Errorf("%s: status %d, %s%s\nof another type %d, %s%s", name, status, out, errs, wantStatus, wantOut, wantErrs)
				}
			}
		})
	}
}

// TestModelBesideLists: a model needs the rows alone, of whatever column.
func TestModelBesideLists(t *testing.T) {
	dir := folder(t, "spec.yaml", eventsSpec("source: a.arrow", "kind: model, parameters: 1"))
	events(t, filepath.Join(dir, "a.arrow"))
	if status, out, errs := sluis(t, "check", filepath.Join(dir, "spec.yaml")); status != 4 || !strings.Contains(out, "24 rows") {
		t.Errorf("status %d, %s%s", status, out, errs)
	}
}
