package main

import (
	"bytes"
	"flag"
	"os"
	"path/filepath"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/sluis-go/sluis/sdc"
)

var update = flag.Bool("update", false, "write the golden file")

func TestGolden(t *testing.T) {
	var b bytes.Buffer
	page := filepath.Join(t.TempDir(), "review.html")
	verdict, err := run(t.Context(), &b, "folder", page)
	if err != nil {
		t.Fatal(err)
	}
	if verdict != sdc.Unsafe {
		t.Errorf("the folder is %s", verdict)
	}
	if text, err := os.ReadFile(page); err != nil || !bytes.Contains(text, []byte("benefits by region and age")) {
		t.Errorf("the page does not hold the table: %v", err)
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
