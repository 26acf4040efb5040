package files_test

import (
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/sluis-go/sluis/internal/files"
)

// TestOpen: only plain files are opened, with any name.
func TestOpen(t *testing.T) {
	dir := t.TempDir()
	at := func(name string) string { return filepath.Join(dir, name) }
	write := func(name string, n int) {
		if err := os.WriteFile(at(name), make([]byte, n), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	write("empty", 0)
	write("largest", files.Small)
	write("larger", files.Small+1)
	if err := errors.Join(os.Symlink("empty", at("link")), os.Symlink(".", at("linked folder")), os.Symlink("none", at("dangling"))); err != nil {
		t.Skip(err)
	}
	for _, tc := range []struct {
		path       string
		open, read error
		says       string
	}{
		{at("empty"), nil, nil, ""},
		{at("link"), nil, nil, ""},
		{at("largest"), nil, nil, ""},
		{at("larger"), nil, files.ErrLarge, "16 MiB"},
		{at("none"), os.ErrNotExist, os.ErrNotExist, ""},
		{at("dangling"), os.ErrNotExist, os.ErrNotExist, ""},
		{dir, files.ErrKind, files.ErrKind, "folder"},
		{at("linked folder"), files.ErrKind, files.ErrKind, "folder"},
		{os.DevNull, files.ErrKind, files.ErrKind, "device"},
	} {
		t.Run(tc.path, func(t *testing.T) {
			f, err := files.Open(tc.path)
			if !errors.Is(err, tc.open) {
				t.Errorf("open %s: %v", tc.path, err)
			}
			if err == nil {
				f.Close()
			}
			text, err := files.Read(tc.path)
			if !errors.Is(err, tc.read) || err != nil && !strings.Contains(err.Error(), tc.says) {
				t.Errorf("read %s: %v", tc.path, err)
			}
			if info, _ := os.Stat(tc.path); err == nil && int64(len(text)) != info.Size() {
				t.Errorf("read %s: %d bytes", tc.path, len(text))
			}
			var path *os.PathError
			if err != nil && !errors.As(err, &path) {
				t.Errorf("read %s: error of another type: %v", tc.path, err)
			}
		})
	}
}
