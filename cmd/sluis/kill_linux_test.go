package main

import (
	"bytes"
	"fmt"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/sluis-go/sluis/internal/staging"
)

// process starts the command in a process of its own.
func process(t *testing.T, args ...string) (*exec.Cmd, *bytes.Buffer) {
	t.Helper()
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	cmd := exec.Command(self)
	cmd.Env = append(os.Environ(), asCommand+"="+strings.Join(args, "\n"))
	var text bytes.Buffer
	cmd.Stdout, cmd.Stderr = &text, &text
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { cmd.Process.Kill() })
	return cmd, &text
}

// outside lists what lies in a folder but for staging folders, which it counts.
func outside(t *testing.T, dir string) (names []string, stages int) {
	t.Helper()
	for _, name := range files(t, dir) {
		switch first, rest, _ := strings.Cut(name, "/"); {
		case !strings.HasPrefix(first, staging.Prefix):
			names = append(names, name)
		case rest == "":
			stages++
			if info, err := os.Stat(filepath.Join(dir, first)); err != nil || info.Mode().Perm() != 0o700 {
				t.Errorf("%s: %v", first, err)
			}
		}
	}
	return names, stages
}

// TestKilled: wherever a run is killed, what is there is of the run before or its own,
// whole, and beside it are staging folders and nothing else; the next run does as if
// there had been none, and sweeps them.
func TestKilled(t *testing.T) {
	if _, err := os.Stat("/proc/self/exe"); err != nil {
		t.Skip("processes cannot be started here")
	}
	kills := 3
	if os.Getenv("SLUIS_LONG") != "" {
		kills = 40
	}
	dir := protectData(t)
	at := func(name string) string { return filepath.Join(dir, name) }
	if status, _, errs := sluis(t, "key", "new", at("key")); status != 0 {
		t.Fatal(errs)
	}
	rng := rand.New(rand.NewPCG(15, 6))
	killed, left := 0, 0
	for _, tc := range []struct {
		name string
		args func(out string) []string
	}{
		{"protect", func(out string) []string {
			return []string{"protect", at("spec.yaml"), "--rounds", "0", "--replace", "--out", out, "--public", out + "/release/page.html"}
		}},
		{"check", func(out string) []string {
			return []string{"check", at("spec.yaml"), "--out", out, "--public", out + "/page.html"}
		}},
		{"local", func(out string) []string {
			return []string{"local", at("d.csv"), out + "/x.csv", "--keys", "region,size", "--k", "3", "--missing", "wildcard"}
		}},
		{"risk", func(out string) []string {
			return []string{"risk", at("d.csv"), "--keys", "region,size", "--records", out + "/r.csv", "--json", out + "/r.json"}
		}},
		{"pseudonymise", func(out string) []string {
			return []string{"pseudonymise", at("d.csv"), out + "/p.csv", "--column", "turnover", "--type", "turnover=string", "--key-file", at("key"), "--domain", "p/v"}
		}},
	} {
		t.Run(tc.name, func(t *testing.T) {
			out := at("out-" + tc.name)
			if err := os.Mkdir(out, 0o700); err != nil {
				t.Fatal(err)
			}
			start := time.Now()
			cmd, text := process(t, tc.args(out)...)
			if err := cmd.Wait(); err != nil && cmd.ProcessState.ExitCode() != exitUnsafe && cmd.ProcessState.ExitCode() != exitReview {
				t.Fatalf("%v: %s", err, text)
			}
			took := time.Since(start)
			whole, stages := outside(t, out)
			if stages != 0 || len(whole) == 0 {
				t.Fatalf("%q, and %d staging folders", whole, stages)
			}
			for range kills {
				if rng.IntN(2) == 0 { // with and without an earlier run
					if err := os.RemoveAll(out); err != nil {
						t.Fatal(err)
					}
					if err := os.Mkdir(out, 0o700); err != nil {
						t.Fatal(err)
					}
				}
				before, _ := outside(t, out)
				cmd, _ := process(t, tc.args(out)...)
				// The later half is where files are written.
				time.Sleep(took/4 + time.Duration(rng.Int64N(int64(took))))
				cmd.Process.Kill()
				if cmd.Wait() != nil && !cmd.ProcessState.Exited() {
					killed++
				}
				after, stages := outside(t, out)
				left += stages
				for _, name := range after {
					if !slices.Contains(whole, name) {
						t.Errorf("%s is left", name)
					}
				}
				if tc.name == "protect" && len(before) == 0 && len(after) > 0 && !slices.Contains(after, "release/manifest.json") {
					t.Errorf("a part of a release: %q", after)
				}
				next, text := process(t, tc.args(out)...)
				if next.Wait(); next.ProcessState.ExitCode() == exitFailure || next.ProcessState.ExitCode() == exitUsage {
					t.Fatalf("the next run: %s", text)
				}
				if got, stages := outside(t, out); stages != 0 || !slices.Equal(got, whole) {
					t.Errorf("the next run leaves %q, and %d staging folders", got, stages)
				}
				if tc.name == "protect" {
					if code, text := verb(t, "verify", out); code != 0 {
						t.Errorf("verify: exit status %d: %s", code, text)
					}
				}
			}
		})
	}
	t.Logf("%d runs killed, %d staging folders left and swept", killed, left)
}

// TestInterrupted: SIGTERM at any moment leaves nothing, prints no stack, and is exit
// status 1, or that of a run that was done.
func TestInterrupted(t *testing.T) {
	times := 4
	if os.Getenv("SLUIS_LONG") != "" {
		times = 100
	}
	dir := protectData(t)
	at := func(name string) string { return filepath.Join(dir, name) }
	rng := rand.New(rand.NewPCG(15, 1))
	status := map[int]int{}
	for i := range times {
		out := at(fmt.Sprint("out", i))
		if err := os.Mkdir(out, 0o700); err != nil {
			t.Fatal(err)
		}
		args := []string{"check", at("spec.yaml"), "--out", out}
		if i%2 == 1 {
			args = []string{"protect", at("spec.yaml"), "--rounds", "0", "--out", out}
		}
		cmd, text := process(t, args...)
		time.Sleep(10*time.Millisecond + time.Duration(rng.Int64N(int64(150*time.Millisecond))))
		cmd.Process.Signal(syscall.SIGTERM)
		cmd.Wait()
		code := cmd.ProcessState.ExitCode()
		status[code]++
		if strings.Contains(text.String(), "goroutine") || strings.Contains(text.String(), "defect") || code == exitUsage {
			t.Errorf("%v: exit status %d: %s", args, code, text)
		}
		got := files(t, out)
		if (code == exitFailure || code == -1) && len(got) > 0 { // -1: before the signal was caught
			t.Errorf("%v: exit status %d, left: %q", args, code, got)
		}
	}
	t.Logf("exit statuses: %v", status)
}
