package main

import (
	"bytes"
	"context"
	"errors"
	"io"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// TestCancelled: a context that ends at any moment ends every verb with its error, and
// no file is left; what was done by then is whole.
func TestCancelled(t *testing.T) {
	times := 4 // of each verb
	if os.Getenv("SLUIS_LONG") != "" {
		times = 200
	}
	dir := protectData(t)
	at := func(name string) string { return filepath.Join(dir, name) }
	if status, _, errs := sluis(t, "key", "new", at("key")); status != 0 {
		t.Fatal(errs)
	}
	rng := rand.New(rand.NewPCG(15, 2))
	cancelled, done := 0, 0
	for _, tc := range []struct {
		name string
		args []string
	}{
		{"check", []string{"check", at("spec.yaml"), "--out", "OUT/a/b", "--threads", "3"}},
		{"protect", []string{"protect", at("spec.yaml"), "--rounds", "1", "--out", "OUT/a", "--threads", "3"}},
		{"risk", []string{"risk", at("d.csv"), "--keys", "region,size,sector", "--sensitive", "turnover", "--records", "OUT/r.csv", "--threads", "3"}},
		{"local", []string{"local", at("d.csv"), "OUT/x.csv", "--keys", "region,size,sector", "--k", "3", "--missing", "wildcard"}},
		{"pseudonymise", []string{"pseudonymise", at("d.csv"), "OUT/p.csv", "--column", "turnover", "--type", "turnover=string", "--key-file", at("key"), "--domain", "p/v"}},
	} {
		t.Run(tc.name, func(t *testing.T) {
			once := func(after time.Duration) (int, string, []string, time.Duration) {
				out := t.TempDir()
				args := make([]string, len(tc.args))
				for i, a := range tc.args {
					args[i] = strings.Replace(a, "OUT", out, 1)
				}
				ctx, cancel := context.WithCancel(t.Context())
				defer cancel()
				if after >= 0 {
					timer := time.AfterFunc(after, cancel)
					defer timer.Stop()
				}
				var text bytes.Buffer
				start := time.Now()
				code := run(ctx, args, &text, &text)
				took := time.Since(start)
				entries, err := os.ReadDir(out) // folders too
				if err != nil {
					t.Fatal(err)
				}
				left := files(t, out)
				if code == exitFailure && len(left) == 0 && len(entries) > 0 {
					t.Errorf("a folder is left: %v", entries)
				}
				return code, text.String(), left, took
			}
			code, text, whole, took := once(-1)
			if code == exitFailure || code == exitUsage {
				t.Fatalf("exit status %d: %s", code, text)
			}
			for range times {
				code, text, left, _ := once(time.Duration(rng.Int64N(int64(took))))
				switch {
				case code != exitFailure:
					done++
					if len(left) != len(whole) {
						t.Errorf("done, and there is %q", left)
					}
				case !strings.HasSuffix(text, "sluis: interrupted; nothing was written\n") || strings.Contains(text, "context canceled") || strings.Contains(text, "defect"):
					t.Errorf("%s", text)
				case len(left) > 0:
					t.Errorf("left: %q", left)
				default:
					cancelled++
				}
			}
		})
	}
	t.Logf("%d cancelled, %d done before", cancelled, done)
}

// TestInterruptedSays: a command that had written files by then names them, and those alone.
func TestInterruptedSays(t *testing.T) {
	dir := t.TempDir()
	at := func(name string) string { return filepath.Join(dir, name) }
	w := &written{}
	ctx, cancel := context.WithCancel(context.WithValue(t.Context(), writtenKey{}, w))
	text := func(name string) error {
		return writeFile(ctx, at(name), func(w io.Writer) error { _, err := io.WriteString(w, "x"); return err })
	}
	if err := errors.Join(text("b.json"), text("a.html"), text("gone")); err != nil {
		t.Fatal(err)
	}
	if err := os.Remove(at("gone")); err != nil {
		t.Fatal(err)
	}
	cancel()
	if err := text("c.json"); !errors.Is(err, context.Canceled) {
		t.Fatal(err)
	}
	if got, want := w.text(), "interrupted; written before, each file whole: "+at("a.html")+", "+at("b.json"); got != want {
		t.Errorf("%q, want %q", got, want)
	}
}

// TestMakeFolder: what was made is removed again where it is empty, and nothing else.
func TestMakeFolder(t *testing.T) {
	for _, tc := range []struct{ name, there, fill, left string }{
		{"nothing was there", "", "", "x"},
		{"a part was there", "a", "", "a"},
		{"all was there", "a/b/c", "", "a/b/c"},
		{"something was written", "a", "a/b/c/f", "a/b/c/f"},
		{"something was written beside it", "a", "a/b/f", "a/b/f"},
	} {
		t.Run(tc.name, func(t *testing.T) {
			dir := t.TempDir()
			if err := os.MkdirAll(filepath.Join(dir, "x", tc.there), 0o700); err != nil {
				t.Fatal(err)
			}
			undo, err := makeFolder(filepath.Join(dir, "x", "a", "b", "c"))
			if err != nil {
				t.Fatal(err)
			}
			if tc.fill != "" {
				write(t, filepath.Join(dir, "x", tc.fill), "")
			}
			undo()
			if _, err := os.Lstat(filepath.Join(dir, "x", tc.left)); tc.left != "x" && err != nil {
				t.Error(err)
			}
			_, err = os.Lstat(filepath.Join(dir, "x", "a", "b", "c"))
			if keep := strings.HasPrefix(tc.left, "a/b/c"); keep != (err == nil) {
				t.Errorf("the folder: %v", err)
			}
		})
	}
}
