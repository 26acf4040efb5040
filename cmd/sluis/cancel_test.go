package main

import (
	"bytes"
	"context"
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
		{"check", []string{"check", at("spec.yaml"), "--out", "OUT", "--threads", "3"}},
		{"protect", []string{"protect", at("spec.yaml"), "--rounds", "1", "--out", "OUT", "--threads", "3"}},
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
				return code, text.String(), files(t, out), took
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
				case !strings.Contains(text, "context canceled") || strings.Contains(text, "defect"):
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
