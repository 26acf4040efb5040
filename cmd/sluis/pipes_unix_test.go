//go:build unix

package main

import (
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"
)

// TestPipesAreRefused: a pipe that nobody writes to, in the place of any file that a
// verb reads, is an error at once.
func TestPipesAreRefused(t *testing.T) {
	spec := "version: 1\ndata:\n  source: a.csv\noutputs:\n  - {name: o, kind: frequency, by: [g]}\n"
	dir := folder(t, "a.csv", "g,x\na,1\n", "spec.yaml", spec,
		"data.yaml", strings.Replace(spec, "a.csv", "pipe.csv", 1),
		"tree.yaml", strings.Replace(spec, "a.csv\n", "a.csv\n  hierarchies: {g: {file: pipe.csv}}\n", 1),
		"sums.yaml", strings.Replace(spec, "a.csv\n", "a.csv\n  sha256: pipe.csv\n", 1),
		"dossier.yaml", strings.Replace(spec, "data:", "dossier: pipe.csv\ndata:", 1),
	)
	at := func(name string) string { return filepath.Join(dir, name) }
	pipe := at("pipe.csv")
	for _, name := range []string{"pipe.csv", "pipe.arrow", "pipe.arrows", "pipe.parquet", "pipe.certificate.json"} {
		if err := syscall.Mkfifo(at(name), 0o600); err != nil {
			t.Skip(err)
		}
	}
	if status, _, errs := sluis(t, "key", "new", at("key")); status != 0 {
		t.Fatal(errs)
	}
	for _, args := range [][]string{
		{"check", pipe}, {"check", at("data.yaml")}, {"check", at("tree.yaml")}, {"check", at("sums.yaml")}, {"check", at("dossier.yaml")},
		{"check", at("spec.yaml"), "--policy", pipe},
		{"protect", pipe, "--out", at("out")}, {"protect", at("data.yaml"), "--out", at("out")},
		{"risk", pipe, "--keys", "g"}, {"risk", at("pipe.arrow"), "--keys", "g"}, {"risk", at("pipe.arrows"), "--keys", "g"},
		{"risk", at("pipe.parquet"), "--keys", "g"}, {"risk", at("a.csv"), "--keys", "g", "--population", pipe},
		{"local", pipe, at("out.csv"), "--keys", "g", "--k", "2", "--missing", "category"}, {"profile", pipe}, {"profile", at("a.csv"), "--against", pipe},
		{"profile", at("a.csv"), "--codes", pipe},
		{"pseudonymise", pipe, at("out.csv"), "--key-file", at("key"), "--domain", "a/b", "--column", "g"},
		{"pseudonymise", at("a.csv"), at("out.csv"), "--key-file", pipe, "--domain", "a/b", "--column", "g"},
		{"key", "id", pipe}, {"diff", pipe, pipe}, {"verify", at("pipe.certificate.json")}, {"audit", pipe, "--by", "g", "--value", "x"},
	} {
		done := make(chan string, 1)
		go func() {
			status, out, errs := sluis(t, args...)
			if status == 0 {
				errs = "status 0: " + out
			}
			done <- errs
		}()
		select {
		case errs := <-done:
			if usage := strings.Contains(errs, "unknown flag"); !strings.Contains(errs, "pipe") || usage {
				t.Errorf("%v: %s", args, errs)
			}
		case <-time.After(20 * time.Second):
			t.Fatalf("%v waits", args)
		}
	}
}
