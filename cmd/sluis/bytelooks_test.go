package main

import (
	"errors"
	"path/filepath"
	"strings"
	"testing"

	"github.com/apache/arrow/go/v15/arrow"
	"github.com/apache/arrow/go/v15/arrow/array"
	"github.com/apache/arrow/go/v15/arrow/memory"

	"github.com/sluis-go/sluis/sdc/source"
)

// TestBytesOfVerbs: persons whose names are bytes and look alike are not called safe, from
// Parquet without an annotation and from Arrow; other bytes are no look-alikes.
func TestBytesOfVerbs(t *testing.T) {
	dir := t.TempDir()
	at := func(name string) string { return filepath.Join(dir, name) }
	schema := arrow.NewSchema([]arrow.Field{{Name: "id", Type: arrow.BinaryTypes.Binary}, {Name: "r", Type: arrow.BinaryTypes.String}}, nil)
	for name, two := range map[string][2]string{"alike": {"a", "A"}, "other": {"\xffa", "\xffA"}, "text": {"a", "b"}} {
		mem := memory.NewCheckedAllocator(memory.NewGoAllocator())
		b := array.NewRecordBuilder(mem, schema)
		for i := range 12 {
			for _, id := range []string{two[i%2] + string('0'+rune(i/2)), "p" + string('a'+rune(i))} {
				b.Field(0).(*array.BinaryBuilder).Append([]byte(id))
				b.Field(1).(*array.StringBuilder).Append(string("xy"[i/2%2]))
			}
		}
		rec := b.NewRecord()
		for _, ext := range []string{".parquet", ".arrow"} {
			w, err := source.Create(at(name+ext), schema, source.WriterOptions{})
			if err != nil {
				t.Fatal(err)
			}
			if err := errors.Join(w.Write(rec), w.Close()); err != nil {
				t.Fatal(err)
			}
		}
		rec.Release()
		b.Release()
		mem.AssertSize(t, 0)
		for _, ext := range []string{".parquet", ".arrow"} {
			file := at(name + ext)
			write(t, at("spec.yaml"), "version: 1\ndata: {source: "+name+ext+", respondent: id}\noutputs:\n  - {name: t, kind: frequency, by: [r]}\n")
			for verb, args := range map[string][]string{
				"check":   {"check", at("spec.yaml")},
				"risk":    {"risk", file, "--keys", "r", "--k", "2", "--respondent", "id"},
				"local":   {"local", file, filepath.Join(t.TempDir(), "out.csv"), "--keys", "r", "--k", "2", "--missing", "wildcard", "--respondent", "id"},
				"profile": {"profile", file, "--respondent", "id"},
			} {
				t.Run(verb+" "+name+ext, func(t *testing.T) {
					status, out, errs := sluis(t, args...)
					if said := strings.Contains(errs, `column "id": values look alike: 6 values differ`); said != (name == "alike") || said == (status == 0) {
						t.Errorf("%s %s%s: status %d: %s%s", verb, name, ext, status, out, errs)
					}
				})
			}
		}
	}
}
