//go:build unix

package files_test

import (
	"errors"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/sluis-go/sluis/internal/files"
)

// TestPipe: a pipe without a writer is an error at once.
func TestPipe(t *testing.T) {
	path := filepath.Join(t.TempDir(), "pipe")
	if err := syscall.Mkfifo(path, 0o600); err != nil {
		t.Skip(err)
	}
	done := make(chan error, 1)
	go func() { _, err := files.Read(path); done <- err }()
	select {
	case err := <-done:
		if !errors.Is(err, files.ErrKind) || !strings.Contains(err.Error(), "a pipe") {
			t.Error(err)
		}
	case <-time.After(10 * time.Second):
		t.Fatal("it waits")
	}
}
