package main

import (
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"github.com/sluis-go/sluis/sdc"
)

// small is a spec of one small table, with names of its own.
func smallTable(t *testing.T) (dir string) {
	t.Helper()
	dir = t.TempDir()
	var b strings.Builder
	b.WriteString("region,state\n")
	for r, counts := range map[string][]int{"N": {4, 30, 28, 33}, "S": {25, 31, 27, 29}, "W": {21, 26, 24, 38}} {
		for s, n := range counts {
			b.WriteString(strings.Repeat(fmt.Sprintf("%s,%c\n", r, 'p'+s), n))
		}
	}
	write(t, filepath.Join(dir, "d.csv"), b.String())
	for _, name := range []string{"may", "june"} {
		write(t, filepath.Join(dir, name+".yaml"), "version: 1\ndata: {source: d.csv}\noutputs:\n  - {name: "+name+", kind: frequency, by: [region, state]}\n")
	}
	return dir
}

// files lists what lies in a folder and below, folders with a slash.
func files(t *testing.T, dir string) (out []string) {
	t.Helper()
	err := filepath.WalkDir(dir, func(path string, e os.DirEntry, err error) error {
		if rel, _ := filepath.Rel(dir, path); err == nil && rel != "." {
			if e.IsDir() {
				rel += "/"
			}
			out = append(out, rel)
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return out
}

// TestManifest: the manifest says which policy the release was checked with. What else may
// lie in the folder is in testdata/script/verify_changed.txtar.
func TestManifest(t *testing.T) {
	dir := smallTable(t)
	release := filepath.Join(dir, "out", "release")
	at := func(name string) string { return filepath.Join(release, name) }
	if code, text := verb(t, "protect", filepath.Join(dir, "may.yaml"), "--out", filepath.Join(dir, "out"), "--public", at("page.html")); code != 0 {
		t.Fatalf("exit status %d: %s", code, text)
	}
	var said struct {
		Policy struct {
			Name, SHA256 string
			Differences  []string
		}
	}
	cbs := sdc.CBS()
	if err := json.Unmarshal([]byte(readFile(t, at("manifest.json"))), &said); err != nil || said.Policy.Name != "cbs" || said.Policy.SHA256 != cbs.Digest() || said.Policy.Differences == nil {
		t.Errorf("the policy in the manifest: %+v, %v", said.Policy, err)
	}
}

// TestTwoWriters: of several runs that write to one folder one is there whole, the
// others say that it is taken.
func TestTwoWriters(t *testing.T) {
	dir := smallTable(t)
	out := filepath.Join(dir, "out")
	var wg sync.WaitGroup
	codes := make([]int, 6)
	for i := range codes {
		wg.Go(func() {
			codes[i], _ = verb(t, "protect", filepath.Join(dir, []string{"may", "june"}[i%2]+".yaml"), "--out", out, "--threads", "1")
		})
	}
	wg.Wait()
	done := 0
	for _, code := range codes {
		if code == 0 {
			done++
		} else if code != exitUsage {
			t.Errorf("exit status %d", code)
		}
	}
	if got := files(t, out); done != 1 || len(got) != 8 {
		t.Errorf("%d of %d are done: %q", done, len(codes), got)
	}
	if code, text := verb(t, "verify", out); code != 0 {
		t.Errorf("exit status %d: %s", code, text)
	}
}
