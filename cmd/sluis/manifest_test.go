package main

import (
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"slices"
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

// TestReleaseFolder: what leaves and what must not are two folders; each is there
// whole, and replaced only when that is said and all in it was written by protect.
func TestReleaseFolder(t *testing.T) {
	dir := smallTable(t)
	at := func(name string) string { return filepath.Join(dir, name) }
	args := []string{"protect", at("may.yaml"), "--out", at("out"), "--html", at("out/confidential/inside.html"), "--public", at("out/release/outside.html")}
	if code, text := verb(t, args...); code != 0 {
		t.Fatalf("exit status %d: %s", code, text)
	}
	want := []string{
		"confidential/", "confidential/inside.html", "confidential/may.confidential.json", "confidential/may.confidential.txt",
		"release/", "release/manifest.json", "release/may.certificate.json", "release/may.release.csv", "release/may.release.parquet", "release/outside.html",
	}
	if got := files(t, at("out")); !slices.Equal(got, want) {
		t.Errorf("files: %q", got)
	}
	for name, twin := range map[string]bool{"out": true, "out/release": false} {
		if code, text := verb(t, "verify", at(name)); code != 0 || strings.Contains(text, "must not leave") != twin {
			t.Errorf("verify %s: exit status %d: %s", name, code, text)
		}
	}
	before := readFile(t, at("out/release/may.release.csv"))
	refused := func(why, says string, args ...string) {
		t.Helper()
		if code, text := verb(t, args...); code != exitUsage || !strings.Contains(text, says) {
			t.Errorf("%s: exit status %d: %s", why, code, text)
		}
		if got := files(t, at("out")); !slices.Contains(got, "release/may.release.csv") || readFile(t, at("out/release/may.release.csv")) != before {
			t.Errorf("%s: the release has changed", why)
		}
	}
	refused("a second run", "say --replace", args...)
	write(t, at("out/release/notes.txt"), "mine")
	refused("a file of somebody else", "which protect did not write", append(args, "--replace")...)
	if err := os.Remove(at("out/release/notes.txt")); err != nil {
		t.Fatal(err)
	}
	refused("a page with secrets in the release", "must not lie in the release folder", "protect", at("may.yaml"), "--out", at("out"), "--replace", "--html", at("out/release/x.html"))
	refused("a page in a folder of its own", "no folder of its own", "protect", at("may.yaml"), "--out", at("out"), "--replace", "--public", at("out/release/x/y.html"))
	if code, text := verb(t, "protect", at("june.yaml"), "--out", at("out"), "--replace"); code != 0 {
		t.Fatalf("exit status %d: %s", code, text)
	}
	want = []string{
		"confidential/", "confidential/june.confidential.json", "confidential/june.confidential.txt",
		"release/", "release/june.certificate.json", "release/june.release.csv", "release/june.release.parquet", "release/manifest.json",
	}
	if got := files(t, at("out")); !slices.Equal(got, want) {
		t.Errorf("replaced: %q", got)
	}
}

// TestManifest: nothing but what the manifest lists may lie in a release folder, and
// that as it was.
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
	page, manifest := readFile(t, at("page.html")), readFile(t, at("manifest.json"))
	for _, tc := range []struct {
		name string
		do   func() error
		says string
		undo func() error
	}{
		{"another file", func() error { return os.WriteFile(at("x"), nil, 0o600) }, `"x" is in the folder and not in its manifest`, func() error { return os.Remove(at("x")) }},
		{"a hidden file", func() error { return os.WriteFile(at(".x"), nil, 0o600) }, `".x" is in the folder`, func() error { return os.Remove(at(".x")) }},
		{"a folder", func() error { return os.Mkdir(at("x"), 0o700) }, `"x" is in the folder`, func() error { return os.Remove(at("x")) }},
		{"by another case", func() error { return os.WriteFile(at("Page.html"), []byte(page), 0o600) }, `"Page.html" is in the folder`, func() error { return os.Remove(at("Page.html")) }},
		{"a link", func() error {
			return errors2(os.Rename(at("page.html"), filepath.Join(dir, "page")), os.Symlink(filepath.Join(dir, "page"), at("page.html")))
		}, `"page.html" is in the folder`, func() error {
			return errors2(os.Remove(at("page.html")), os.Rename(filepath.Join(dir, "page"), at("page.html")))
		}},
		{"a changed file", func() error { return os.WriteFile(at("page.html"), []byte(page+" "), 0o600) }, `"page.html" is not the file`, func() error { return os.WriteFile(at("page.html"), []byte(page), 0o600) }},
		{"of the same length", func() error { return os.WriteFile(at("page.html"), []byte("X"+page[1:]), 0o600) }, `"page.html" is not the file`, func() error { return os.WriteFile(at("page.html"), []byte(page), 0o600) }},
		{"a file that is gone", func() error { return os.Remove(at("page.html")) }, `"page.html" is in the manifest and not in the folder`, func() error { return os.WriteFile(at("page.html"), []byte(page), 0o600) }},
		{"no manifest", func() error { return os.WriteFile(at("manifest.json"), []byte("{}"), 0o600) }, "not in the form of a manifest", func() error { return os.WriteFile(at("manifest.json"), []byte(manifest), 0o600) }},
		{"a confidential proof", func() error {
			return os.WriteFile(at("may.confidential.json"), []byte(readFile(t, filepath.Join(dir, "out/confidential/may.confidential.json"))), 0o600)
		}, `"may.confidential.json" must not lie in a folder that leaves`, func() error { return os.Remove(at("may.confidential.json")) }},
	} {
		t.Run(tc.name, func(t *testing.T) {
			if err := tc.do(); err != nil {
				t.Fatal(err)
			}
			if code, text := verb(t, "verify", release); code != exitUnsafe || !strings.Contains(text, tc.says) {
				t.Errorf("exit status %d: %s", code, text)
			}
			if err := tc.undo(); err != nil {
				t.Fatal(err)
			}
			if code, text := verb(t, "verify", release); code != 0 {
				t.Fatalf("put back: exit status %d: %s", code, text)
			}
		})
	}
	write(t, filepath.Join(dir, "out", "old.release.csv"), "x")
	if code, text := verb(t, "verify", filepath.Join(dir, "out")); code != exitUnsafe || !strings.Contains(text, "lies beside the folder release") {
		t.Errorf("beside: exit status %d: %s", code, text)
	}
}

func errors2(a, b error) error {
	if a != nil {
		return a
	}
	return b
}

// TestTwoReleases: two releases of the same cells in one folder, each with a
// certificate that holds, are refused: 123 - 30 - 28 ... gives what both hide.
func TestTwoReleases(t *testing.T) {
	dir := smallTable(t)
	at := func(name string) string { return filepath.Join(dir, name) }
	both := at("both")
	if err := os.Mkdir(both, 0o700); err != nil {
		t.Fatal(err)
	}
	for name, cost := range map[string]string{"may": "value", "june": "unity"} {
		if code, text := verb(t, "protect", at(name+".yaml"), "--out", at(name), "--cost", cost); code != 0 {
			t.Fatalf("exit status %d: %s", code, text)
		}
		for _, file := range []string{name + ".release.csv", name + ".certificate.json"} {
			write(t, filepath.Join(both, file), readFile(t, filepath.Join(dir, name, "release", file)))
		}
	}
	if code, text := verb(t, "verify", both); code != exitUnsafe || !strings.Contains(text, `"june.release.csv" and "may.release.csv" release the same cells`) {
		t.Errorf("exit status %d: %s", code, text)
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
