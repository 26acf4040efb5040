package spill

import (
	"bytes"
	"os"
	"os/exec"
	"runtime"
	"sync"
	"testing"
	"time"
)

// TestAppendAndRead writes from several goroutines and reads everything back.
func TestAppendAndRead(t *testing.T) {
	folder := t.TempDir()
	f, err := Create(folder)
	if err != nil {
		t.Fatal(err)
	}
	if info, err := f.f.Stat(); err != nil || info.Mode().Perm() != 0o600 {
		t.Errorf("mode %v, %v", info.Mode(), err)
	}
	var wg sync.WaitGroup
	for g := range 4 {
		wg.Go(func() {
			for i := range 100 {
				want := bytes.Repeat([]byte{byte(g), byte(i)}, 1+i)
				at, err := f.Append(want)
				if err != nil {
					t.Error(err)
				}
				got := make([]byte, len(want))
				if _, err := f.ReadAt(got, at); err != nil || !bytes.Equal(got, want) {
					t.Errorf("read %v, wrote %v: %v", got, want, err)
				}
			}
		})
	}
	wg.Wait()
	if err := f.Close(); err != nil {
		t.Error(err)
	}
	empty(t, folder)
}

// empty fails if anything is left in a folder.
func empty(t *testing.T, folder string) {
	t.Helper()
	left, err := os.ReadDir(folder)
	if err != nil || len(left) != 0 {
		t.Errorf("left behind: %v, %v", left, err)
	}
}

// TestKilled kills a process that has a file open: nothing is left.
func TestKilled(t *testing.T) {
	if runtime.GOOS == "windows" {
		t.Skip("an open file cannot be removed there; Close does it")
	}
	if folder := os.Getenv("SLUIS_SPILL_CHILD"); folder != "" {
		f, err := Create(folder)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := f.Append([]byte("rows")); err != nil {
			t.Fatal(err)
		}
		os.Stdout.WriteString("open\n")
		time.Sleep(time.Minute)
		return
	}
	folder := t.TempDir()
	cmd := exec.Command(os.Args[0], "-test.run=TestKilled")
	cmd.Env = append(os.Environ(), "SLUIS_SPILL_CHILD="+folder)
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	line := make([]byte, 5)
	if _, err := out.Read(line); err != nil {
		t.Error(err)
	}
	cmd.Process.Kill() //nolint:errcheck // Wait tells
	if err := cmd.Wait(); err == nil {
		t.Error("the process was not killed")
	}
	empty(t, folder)
}

// TestNoFolder: an error without the path in it.
func TestNoFolder(t *testing.T) {
	if _, err := Create("/nowhere/at all"); err == nil || bytes.Contains([]byte(err.Error()), []byte("nowhere")) {
		t.Error(err)
	}
}
