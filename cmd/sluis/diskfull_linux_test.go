package main

import (
	"encoding/hex"
	"errors"
	"io"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"

	"github.com/sluis-go/sluis/pseudonym"
)

// TestKeyDestroyDiskFull: however little room there is, the key is there and nothing
// says that it was destroyed, or it is gone and the record proves so.
func TestKeyDestroyDiskFull(t *testing.T) {
	small := t.TempDir()
	if err := syscall.Mount("tmpfs", small, "tmpfs", 0, "size=64k"); err != nil {
		t.Skipf("a small file system cannot be mounted here: %v", err)
	}
	defer func() {
		if err := syscall.Unmount(small, 0); err != nil {
			t.Error(err)
		}
	}()
	dir := t.TempDir()
	at := func(name string) string { return filepath.Join(dir, name) }
	status, said, stderr := sluis(t, "key", "signer", at("signer"))
	if status != 0 {
		t.Fatal(stderr)
	}
	public, err := hex.DecodeString(strings.TrimSpace(strings.TrimPrefix(said, "public key ")))
	if err != nil {
		t.Fatal(err)
	}
	record, destroyed, kept := filepath.Join(small, "record.json"), 0, 0
	for free := range 12 { // pages of the file system
		if status, _, stderr := sluis(t, "key", "new", at("key")); status != 0 {
			t.Fatal(stderr)
		}
		ballast, err := os.Create(filepath.Join(small, "ballast"))
		if err != nil {
			t.Fatal(err)
		}
		for n := 0; err == nil; n++ {
			_, err = ballast.Write(make([]byte, 1<<12))
		}
		size, err := ballast.Seek(0, io.SeekCurrent)
		if err == nil {
			err = errors.Join(ballast.Truncate(max(0, size-int64(free)<<12)), ballast.Close())
		}
		if err != nil {
			t.Fatal(err)
		}
		status, _, stderr := sluis(t, "key", "destroy", at("key"), "--sign-with", at("signer"), "--record", record)
		text, _ := os.ReadFile(record)
		_, proof := pseudonym.VerifyDestruction(text, public)
		_, there := os.Stat(at("key"))
		switch {
		case status == 0 && proof == nil && errors.Is(there, os.ErrNotExist):
			destroyed++
		case status == 1 && proof != nil && there == nil && strings.Contains(stderr, "not destroyed"):
			kept++
			if status, _, stderr := sluis(t, "key", "id", at("key")); status != 0 {
				t.Errorf("%d pages: the key: %s", free, stderr)
			}
			os.Remove(at("key"))
		default:
			t.Errorf("%d pages: status %d, record %v, key %v: %s", free, status, proof, there, stderr)
		}
		entries, err := os.ReadDir(small)
		if err != nil {
			t.Fatal(err)
		}
		for _, e := range entries {
			if e.Name() != "record.json" && e.Name() != "ballast" {
				t.Errorf("%d pages: left behind: %s", free, e.Name())
			}
		}
		os.Remove(record)
		os.Remove(filepath.Join(small, "ballast"))
	}
	if destroyed < 3 || kept < 2 {
		t.Errorf("%d destroyed, %d kept: the test shows nothing", destroyed, kept)
	}
}

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
