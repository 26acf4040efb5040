package ledger_test

import (
	"errors"
	"os"
	"path/filepath"
	"syscall"
	"testing"

	"github.com/sluis-go/sluis/sdc/ledger"
)

// TestReadOnlyFile: a file that only its reader's group may read is read, and not written to,
// also in a folder where nothing can be made.
func TestReadOnlyFile(t *testing.T) {
	const nobody = 65534
	if path := os.Getenv("SLUIS_LEDGER_READ_ONLY"); path != "" {
		l, err := ledger.Open(t.Context(), path)
		if err != nil {
			if !errors.Is(err, ledger.ErrReadOnly) {
				t.Fatal("open:", err)
			}
			return
		}
		defer l.Close() //nolint:errcheck // a test
		if _, err := l.Add(t.Context(), release(2), nil); !errors.Is(err, ledger.ErrReadOnly) {
			t.Error("add:", err)
		}
		if v, err := l.Verify(t.Context(), ledger.VerifyOptions{}); err != nil || v.Entries != 1 {
			t.Errorf("verify: %+v, %v", v, err)
		}
		return
	}
	if os.Getuid() != 0 {
		t.Skip("another user is needed")
	}
	text, err := os.ReadFile("/proc/self/exe")
	if err != nil {
		t.Skip(err)
	}
	for name, mode := range map[string]os.FileMode{"folder for all": 0o777, "folder for its owner": 0o755} {
		t.Run(name, func(t *testing.T) {
			path, l := made(t)
			before := added(t, l, 1)
			if err := l.Close(); err != nil {
				t.Fatal(err)
			}
			dir, bin := filepath.Dir(path), filepath.Join(t.TempDir(), "test")
			if err := errors.Join(os.Chmod(path, 0o644), os.Chmod(dir, mode), os.Chmod(filepath.Dir(dir), 0o755), os.WriteFile(bin, text, 0o755), os.Chmod(filepath.Dir(bin), 0o755)); err != nil {
				t.Fatal(err)
			}
			cmd := selfCommand(t, "TestReadOnlyFile")
			cmd.Path, cmd.Dir = bin, "/"
			cmd.Env = append(os.Environ(), "SLUIS_LEDGER_READ_ONLY="+path)
			cmd.SysProcAttr = &syscall.SysProcAttr{Credential: &syscall.Credential{Uid: nobody, Gid: nobody}}
			if out, err := cmd.CombinedOutput(); err != nil {
				t.Fatalf("%v\n%s", err, out)
			}
			whole(t, path, 1, before.Digest)
		})
	}
}
