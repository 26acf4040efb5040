package main

import (
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
)

// TestDiskFull writes to a file system of half a megabyte: a clear error, and
// nothing half-written.
func TestDiskFull(t *testing.T) {
	small := t.TempDir()
	if err := syscall.Mount("tmpfs", small, "tmpfs", 0, "size=512k"); err != nil {
		t.Skipf("a small file system cannot be mounted here: %v", err)
	}
	defer func() {
		if err := syscall.Unmount(small, 0); err != nil {
			t.Error(err)
		}
	}()
	dir := folder(t, "in.csv", people(40_000), "spec.yaml", strings.Replace(peopleSpec, "people.csv", "in.csv", 1))
	key := filepath.Join(dir, "key")
	if status, _, stderr := sluis(t, "key", "new", key); status != 0 {
		t.Fatal(stderr)
	}
	for _, args := range [][]string{
		{"pseudonymise", filepath.Join(dir, "in.csv"), filepath.Join(small, "out.csv"), "--column", "id", "--type", "id=string", "--domain", "p/v", "--key-file", key},
		{"pseudonymise", filepath.Join(dir, "in.csv"), filepath.Join(small, "out.parquet"), "--column", "id", "--type", "id=string", "--domain", "p/v", "--key-file", key},
		{"pseudonymise", filepath.Join(dir, "in.csv"), filepath.Join(small, "out.arrow"), "--column", "id", "--type", "id=string", "--domain", "p/v", "--key-file", key},
		{"synth", "events", filepath.Join(small, "events.csv"), "--rows", "50000"},
	} {
		status, _, stderr := sluis(t, args...)
		if status != 1 || !strings.Contains(stderr, "no space left") {
			t.Errorf("%v: status %d, %s", args[:1], status, stderr)
		}
		left, err := os.ReadDir(small)
		if err != nil || len(left) != 0 {
			t.Errorf("%v: left behind: %v", args[:1], left)
		}
	}
}
