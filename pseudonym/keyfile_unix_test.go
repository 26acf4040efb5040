//go:build unix

package pseudonym_test

import (
	"errors"
	"path/filepath"
	"syscall"
	"testing"
	"time"

	"github.com/sluis-go/sluis/pseudonym"
)

// TestPipe: a pipe is refused, not waited for.
func TestPipe(t *testing.T) {
	path := filepath.Join(t.TempDir(), "pipe")
	if err := syscall.Mkfifo(path, 0o600); err != nil {
		t.Skip(err)
	}
	for name, open := range map[string]func() error{
		"load":    func() error { _, err := pseudonym.LoadKey(path); return err },
		"destroy": func() error { return pseudonym.DestroyKeyFile(path) },
	} {
		t.Run(name, func(t *testing.T) {
			done := make(chan error, 1)
			go func() { done <- open() }()
			select {
			case err := <-done:
				if !errors.Is(err, pseudonym.ErrKeyFile) {
					t.Errorf("%s: %v", name, err)
				}
			case <-time.After(5 * time.Second):
				t.Errorf("%s waits for the pipe", name)
			}
		})
	}
}
