package main

import (
	"bytes"
	"flag"
	"io"
	"os"
	"testing"

	"github.com/google/go-cmp/cmp"
)

var update = flag.Bool("update", false, "write the golden file")

// TestGolden: the findings do not depend on the machine or on the threads.
func TestGolden(t *testing.T) {
	for _, threads := range []int{1, 3} {
		var b bytes.Buffer
		if err := run(t.Context(), &b, io.Discard, 20_000, threads); err != nil {
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
			t.Errorf("%d threads: %s", threads, diff)
		}
	}
}
