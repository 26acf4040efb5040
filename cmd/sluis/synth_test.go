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
	if status, _, stderr := sluis(t, append([]string{"synth", "events", filepath.Join(dir, "again.csv"), "--files", "12", "--file", "7"}, args...)...); status != 0 {
		t.Fatal(stderr)
	}
	a, err1 := os.ReadFile(filepath.Join(dir, "many-07.csv"))
	b, err2 := os.ReadFile(filepath.Join(dir, "again-07.csv"))
	if err1 != nil || err2 != nil || !bytes.Equal(a, b) {
		t.Errorf("a file alone is not what it is among all: %v, %v", err1, err2)
	}
	if status, _, _ := sluis(t, "synth", "events", filepath.Join(dir, "x.csv"), "--columns", "nothing"); status != 2 {
		t.Errorf("a column that does not exist: status %d", status)
	}
}
