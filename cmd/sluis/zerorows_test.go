package main

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/apache/arrow/go/v15/arrow"

	"github.com/sluis-go/sluis/sdc/source"
)

// TestZeroRows: a file without rows is pseudonymised in every format, and has a record.
func TestZeroRows(t *testing.T) {
	dir := folder(t, "in.csv", "id,x\n")
	at := func(name string) string { return filepath.Join(dir, name) }
	if status, _, errs := sluis(t, "key", "new", at("key")); status != 0 {
		t.Fatal(errs)
	}
	ends := []string{".csv", ".parquet", ".arrow", ".arrows"}
	schema := arrow.NewSchema([]arrow.Field{{Name: "id", Type: arrow.BinaryTypes.String}, {Name: "x", Type: arrow.PrimitiveTypes.Int64}}, nil)
	for _, end := range ends[1:] {
		w, err := source.Create(at("in"+end), schema, source.WriterOptions{})
		if err == nil {
			err = w.Close()
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	for _, from := range ends {
		for _, to := range ends {
			for _, threads := range []string{"1", "3"} {
				out := at("out" + from + to)
				os.Remove(out)
				status, text, errs := sluis(t, "pseudonymise", at("in"+from), out, "--column", "id", "--form", "text", "--key-file", at("key"), "--domain", "p/person", "--threads", threads)
				if status != 0 || !strings.Contains(text, "0 rows, 0 distinct") {
					t.Fatalf("%s to %s: status %d: %s%s", from, to, status, text, errs)
				}
				record, err := os.ReadFile(out + ".record.json")
				if err != nil || !strings.Contains(string(record), `"canonical": "none"`) {
					t.Errorf("%s to %s: %v: %s", from, to, err, record)
				}
				if status, _, errs := sluis(t, "profile", out); status == 2 || strings.Contains(errs, "goroutine") {
					t.Errorf("%s to %s cannot be read: %s", from, to, errs)
				}
			}
		}
	}
}
