package main

import (
	"bytes"
	"context"
	"encoding/hex"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/sluis-go/sluis/pseudonym"
)

// TestDestructionIntent: the statement that comes first proves nothing, also by the name
// of a record; the record is refused over another, and takes the place of a statement.
func TestDestructionIntent(t *testing.T) {
	dir := t.TempDir()
	at := func(name string) string { return filepath.Join(dir, name) }
	_, said, _ := sluis(t, "key", "signer", at("signer"))
	public, err := hex.DecodeString(strings.TrimSpace(strings.TrimPrefix(said, "public key ")))
	if err != nil {
		t.Fatal(err)
	}
	private, err := loadSigner(at("signer"))
	if err != nil {
		t.Fatal(err)
	}
	if status, _, errs := sluis(t, "key", "new", at("key")); status != 0 {
		t.Fatal(errs)
	}
	k, err := loadKey(at("key"), "")
	if err != nil {
		t.Fatal(err)
	}
	// Killed after the statement: the key is there, and the statement is no record.
	intent, err := pseudonym.IntendDestruction(k, at("key"), private, time.Now(), "test")
	if err != nil {
		t.Fatal(err)
	}
	place, err := reserve(at("record"), intent)
	if err != nil {
		t.Fatal(err)
	}
	text := []byte(readFile(t, at("record")))
	for _, forged := range [][]byte{text, bytes.Replace(text, []byte("destruction-intent/1"), []byte("destruction/1"), 1)} {
		if _, err := pseudonym.VerifyDestruction(forged, public); err == nil {
			t.Error("the statement is taken for a record")
		}
	}
	if _, err := loadKey(at("key"), ""); err != nil {
		t.Error(err)
	}
	place.drop()
	// Again: the statement goes, the record stays.
	destroy := []string{"key", "destroy", at("key"), "--sign-with", at("signer"), "--record", at("record")}
	if status, _, errs := sluis(t, destroy...); status != 0 {
		t.Fatal(errs)
	}
	record := readFile(t, at("record"))
	if _, err := pseudonym.VerifyDestruction([]byte(record), public); err != nil {
		t.Error(err)
	}
	if status, _, errs := sluis(t, "key", "new", at("key")); status != 0 {
		t.Fatal(errs)
	}
	if status, _, errs := sluis(t, destroy...); status != exitUsage || !strings.Contains(errs, "left alone") || readFile(t, at("record")) != record {
		t.Errorf("over a record: status %d: %s", status, errs)
	}
	if _, err := os.Stat(at("key")); err != nil {
		t.Error("the key is gone")
	}
	// A closed pipe does not undo what was done, nor the record.
	out := &full{}
	var errs bytes.Buffer
	destroy[len(destroy)-1] = at("record2")
	if status := run(context.Background(), destroy, out, &errs); status != exitFailure {
		t.Errorf("status %d: %s", status, errs.String())
	}
	if _, err := pseudonym.VerifyDestruction([]byte(readFile(t, at("record2"))), public); err != nil {
		t.Error(err)
	}
	if got := files(t, dir); len(got) != 3 {
		t.Errorf("files: %q", got)
	}
}
