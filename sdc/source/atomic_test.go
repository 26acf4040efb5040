package source_test

import (
	"errors"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/sluis-go/sluis/sdc/source"
)

func writeText(path, text string) error {
	return source.WriteFile(path, func(w io.Writer) error {
		_, err := io.WriteString(w, text)
		return err
	})
}

// names lists a folder.
func names(t *testing.T, dir string) (out []string) {
	t.Helper()
	entries, err := os.ReadDir(dir)
	if err != nil {
		t.Fatal(err)
	}
	for _, e := range entries {
		out = append(out, e.Name())
	}
	return out
}

// TestWriteThroughLinks: a link stays a link, and the file that it leads to is written. A
// path that is no plain file does not change. No file is left beside either.
func TestWriteThroughLinks(t *testing.T) {
	for _, tc := range []struct {
		name, path string
		say        string // of the error; "" for none
		written    string
	}{
		{"a new file", "new", "", "new"},
		{"a file that is there", "file", "", "file"},
		{"a link to a file", "link", "", "sub/target"},
		{"a link to a link", "link2", "", "sub/target"},
		{"through a link to a folder", "folderlink/x", "", "sub/x"},
		{"a link in a folder by a link", "folderlink/up", "", "file"},
		{"a link that leads nowhere", "dangling", "does not exist", ""},
		{"a ring of links", "ring", "no plain file", ""},
		{"a folder", "sub", "no plain file", ""},
		{"a link to a folder", "folderlink", "no plain file", ""},
		{"a device", "/dev/null", "standard output where the name is -", ""},
		{"standard output", "/dev/stdout", "standard output where the name is -", ""},
		{"a link to standard output", "stdout", "standard output where the name is -", ""},
		{"a descriptor", "/proc/self/fd/1", "standard output where the name is -", ""},
	} {
		t.Run(tc.name, func(t *testing.T) {
			dir := t.TempDir()
			at := func(name string) string { return filepath.Join(dir, name) }
			for _, err := range []error{
				os.Mkdir(at("sub"), 0o700), os.WriteFile(at("file"), []byte("old"), 0o600), os.WriteFile(at("sub/target"), []byte("old"), 0o600),
				os.Symlink("sub/target", at("link")), os.Symlink(at("link"), at("link2")), os.Symlink("sub", at("folderlink")),
				os.Symlink("../file", at("sub/up")), os.Symlink("nowhere", at("dangling")), os.Symlink("ring", at("ring")), os.Symlink("/dev/stdout", at("stdout")),
			} {
				if err != nil {
					t.Skipf("links cannot be made here: %v", err)
				}
			}
			path := tc.path
			if !filepath.IsAbs(path) {
				path = at(path)
			}
			before, beforeSub := len(names(t, dir)), len(names(t, at("sub")))
			links := map[string]string{}
			for _, l := range []string{"link", "link2", "folderlink", "sub/up", "dangling", "stdout"} {
				links[l], _ = os.Readlink(at(l))
			}
			err := writeText(path, "text")
			if tc.say == "" && err != nil || tc.say != "" && (err == nil || !strings.Contains(err.Error(), tc.say)) {
				t.Fatalf("got %v", err)
			}
			if tc.written != "" {
				if text, err := os.ReadFile(at(tc.written)); err != nil || string(text) != "text" {
					t.Errorf("%s holds %q, %v", tc.written, text, err)
				}
			}
			for l, to := range links {
				if now, err := os.Readlink(at(l)); err != nil || now != to {
					t.Errorf("the link %s leads to %q, %v", l, now, err)
				}
			}
			more := 0
			if tc.name == "a new file" || tc.path == "folderlink/x" {
				more = 1
			}
			if n := len(names(t, dir)) + len(names(t, at("sub"))); n != before+beforeSub+more {
				t.Errorf("left: %q %q", names(t, dir), names(t, at("sub")))
			}
		})
	}
}

// TestWriteFileFails: after an error the old file is unchanged, and no other file is
// left.
func TestWriteFileFails(t *testing.T) {
	dir := t.TempDir()
	path := filepath.Join(dir, "file")
	if err := writeText(path, "old"); err != nil {
		t.Fatal(err)
	}
	own := errors.New("own")
	err := source.WriteFile(path, func(w io.Writer) error {
		io.WriteString(w, strings.Repeat("x", 1<<20))
		return own
	})
	if !errors.Is(err, own) {
		t.Errorf("got %v", err)
	}
	if text, _ := os.ReadFile(path); string(text) != "old" {
		t.Errorf("the file holds %d bytes", len(text))
	}
	if got := names(t, dir); len(got) != 1 {
		t.Errorf("left: %q", got)
	}
}
