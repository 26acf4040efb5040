package main

import (
	"bytes"
	"os"
	"path/filepath"
	"testing"
)

// TestSynthFiles: several files hold what one does, in the order of their names.
func TestSynthFiles(t *testing.T) {
	dir := t.TempDir()
	args := []string{"--rows", "1003", "--seed", "4", "--numbers", "--columns", "person_id,offence"}
	for _, more := range [][]string{{"synth", "events", filepath.Join(dir, "one.csv")}, {"synth", "events", filepath.Join(dir, "many.csv"), "--files", "12"}} {
		if status, _, stderr := sluis(t, append(more, args...)...); status != 0 {
			t.Fatal(stderr)
		}
	}
	want, err := os.ReadFile(filepath.Join(dir, "one.csv"))
	if err != nil {
		t.Fatal(err)
	}
	names, err := filepath.Glob(filepath.Join(dir, "many-*.csv"))
	if err != nil || len(names) != 12 {
		t.Fatalf("%d files, %v", len(names), err)
	}
	head := []byte("person_id,offence\n")
	got := head
	for _, name := range names {
		b, err := os.ReadFile(name)
		if err != nil || !bytes.HasPrefix(b, head) {
			t.Fatalf("%s: %v", name, err)
		}
		got = append(got, b[len(head):]...)
	}
	if !bytes.Equal(got, want) {
		t.Error("the files do not hold what one does")
	}
	if status, _, _ := sluis(t, "synth", "events", filepath.Join(dir, "x.csv"), "--columns", "nothing"); status != 2 {
		t.Errorf("a column that does not exist: status %d", status)
	}
}
