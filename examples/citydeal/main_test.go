package main

import (
	"bytes"
	"flag"
	"os"
	"testing"

	"github.com/google/go-cmp/cmp"
)

var update = flag.Bool("update", false, "write the golden file")

func TestGolden(t *testing.T) {
	var b bytes.Buffer
	if err := run(&b, "../../testdata", t.TempDir()); err != nil {
		t.Fatal(err)
	}
	if *update {
		if err := os.WriteFile("golden.txt", b.Bytes(), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile("golden.txt")
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(string(want), b.String()); diff != "" {
		t.Error(diff)
	}
}
