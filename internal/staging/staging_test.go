package staging

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
)

func put(t *testing.T, path, text string) {
	t.Helper()
	if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
}

// tree lists the files under a folder with their content; staging folders have one name.
func tree(t *testing.T, dir string) (out []string) {
	t.Helper()
	err := filepath.WalkDir(dir, func(path string, e os.DirEntry, err error) error {
		if err != nil || e.IsDir() {
			return err
		}
		text, err := os.ReadFile(path)
		rel, _ := filepath.Rel(dir, path)
		if strings.HasPrefix(rel, Prefix) {
			rel = "STAGING/" + rel[strings.IndexByte(rel, '/')+1:]
		}
		out = append(out, rel+"="+string(text))
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return out
}

func folder(t *testing.T, in string) *Folder {
	t.Helper()
	f, err := New(in)
	if err != nil {
		t.Fatal(err)
	}
	info, err := os.Stat(f.dir)
	if err != nil || info.Mode().Perm() != 0o700 {
		t.Fatalf("mode %v, %v", info.Mode(), err)
	}
	return f
}

// die releases the lock and leaves the folder, as the system does for a killed process.
func (f *Folder) die() { f.lock.Close() }

func TestCommit(t *testing.T) {
	for _, tc := range []struct {
		name    string
		there   []string
		replace bool
		fails   bool
		want    []string
	}{
		{"nothing there", nil, false, false, []string{"closed/b=B", "page=P", "release/a=A"}},
		{"an empty folder", []string{"release/"}, false, false, []string{"closed/b=B", "page=P", "release/a=A"}},
		{"a folder with something", []string{"release/x"}, false, true, []string{"release/x=old"}},
		{"the second folder with something", []string{"closed/x"}, false, true, []string{"closed/x=old"}},
		{"replaced whole", []string{"release/x", "closed/y", "page"}, true, false, []string{"closed/b=B", "page=P", "release/a=A"}},
		{"a file of the name", []string{"page"}, false, false, []string{"closed/b=B", "page=P", "release/a=A"}},
		{"a file in place of a folder", []string{"release"}, true, true, []string{"release=old"}},
		{"a folder in place of a file", []string{"page/x"}, true, true, []string{"page/x=old"}},
	} {
		t.Run(tc.name, func(t *testing.T) {
			in := t.TempDir()
			for _, name := range tc.there {
				if strings.HasSuffix(name, "/") {
					os.Mkdir(filepath.Join(in, name), 0o700)
					continue
				}
				put(t, filepath.Join(in, name), "old")
			}
			f := folder(t, in)
			put(t, f.Path("release/a"), "A")
			put(t, f.Path("closed/b"), "B")
			put(t, f.Path("page"), "P")
			err := f.Commit(t.Context(), []string{"release", "closed", "page"}, tc.replace)
			if tc.fails != errors.Is(err, ErrExists) || !tc.fails && err != nil {
				t.Fatalf("got %v", err)
			}
			if tc.fails {
				if err := f.Drop(); err != nil {
					t.Fatal(err)
				}
			}
			if got := tree(t, in); !slices.Equal(got, tc.want) {
				t.Errorf("got %q", got)
			}
		})
	}
}

// TestSweep: folders of dead processes are removed, folders of living processes stay, and
// no other file changes.
func TestSweep(t *testing.T) {
	in := t.TempDir()
	dead, live := folder(t, in), folder(t, in)
	put(t, dead.Path("release/secret"), "dead")
	put(t, live.Path("x"), "live")
	put(t, filepath.Join(in, Prefix+"file"), "a file")
	put(t, filepath.Join(in, "mine"), "mine")
	if err := os.Mkdir(filepath.Join(in, Prefix+"open"), 0o755); err != nil { // not made here
		t.Fatal(err)
	}
	if err := os.Symlink(in, filepath.Join(in, Prefix+"link")); err != nil {
		t.Fatal(err)
	}
	young := filepath.Join(in, Prefix+"young") // killed before it had a lock
	if err := os.Mkdir(young, 0o700); err != nil {
		t.Fatal(err)
	}
	dead.die()
	Sweep(in)
	if _, err := os.Stat(dead.dir); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("the dead one is there: %v", err)
	}
	if _, err := os.Stat(young); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("the one without a lock is there: %v", err)
	}
	for _, path := range []string{live.Path("x"), filepath.Join(in, Prefix+"file"), filepath.Join(in, "mine"), filepath.Join(in, Prefix+"open"), filepath.Join(in, Prefix+"link")} {
		if _, err := os.Lstat(path); err != nil {
			t.Error(err)
		}
	}
	if err := live.Drop(); err != nil {
		t.Fatal(err)
	}
}

// TestKilledWhileMoving: at each step of a Commit the process dies; afterwards all of
// the old is there, or all of the new.
func TestKilledWhileMoving(t *testing.T) {
	names := []string{"release", "closed"}
	oldState := []string{"closed/b=old", "release/a=old"}
	newState := []string{"closed/b=new", "release/a=new"}
	for step := range 6 {
		for _, fresh := range []bool{false, true} {
			in := t.TempDir()
			if !fresh {
				put(t, filepath.Join(in, "release/a"), "old")
				put(t, filepath.Join(in, "closed/b"), "old")
			}
			f := folder(t, in)
			put(t, f.Path("release/a"), "new")
			put(t, f.Path("closed/b"), "new")
			move := func(from, to string) {
				if err := os.Rename(from, to); err != nil && !(fresh && errors.Is(err, os.ErrNotExist)) {
					t.Fatal(err)
				}
			}
			steps := []func(){
				func() {
					if err := writeMoves(f.Path(movesName), names); err != nil {
						t.Fatal(err)
					}
				},
				func() { move(filepath.Join(in, "release"), f.Path("old-release")) },
				func() { move(f.Path("release"), filepath.Join(in, "release")) },
				func() { move(filepath.Join(in, "closed"), f.Path("old-closed")) },
				func() { move(f.Path("closed"), filepath.Join(in, "closed")) },
			}
			for _, do := range steps[:step] {
				do()
			}
			f.die()
			Sweep(in)
			want := oldState
			if fresh {
				want = nil
			}
			if step >= 3 { // release is in its place
				want = newState
			}
			if got := tree(t, in); !slices.Equal(got, want) {
				t.Errorf("killed after step %d, fresh %v: %q", step, fresh, got)
			}
		}
	}
}

// TestMovesOfStrangers: the moves in a folder that another program made are not followed.
func TestMovesOfStrangers(t *testing.T) {
	for _, text := range []string{"", "a", "../x\n", "a/b\n", "a\n\n", ".\n", "..\n", "/x\n"} {
		path := filepath.Join(t.TempDir(), "moves")
		put(t, path, text)
		if got := readMoves(path); got != nil {
			t.Errorf("%q: %q", text, got)
		}
	}
}

// TestRace: of several that commit at once one is there whole, whichever.
func TestRace(t *testing.T) {
	for _, replace := range []bool{false, true} {
		in := t.TempDir()
		var wg sync.WaitGroup
		errs := make([]error, 8)
		for i := range errs {
			wg.Go(func() {
				f, err := New(in)
				if err != nil {
					errs[i] = err
					return
				}
				put(t, f.Path("release/a"), fmt.Sprint(i))
				put(t, f.Path("closed/b"), fmt.Sprint(i))
				if errs[i] = f.Commit(t.Context(), []string{"release", "closed"}, replace); errs[i] != nil {
					f.Drop()
				}
			})
		}
		wg.Wait()
		done := 0
		for _, err := range errs {
			if err == nil {
				done++
			} else if replace || !errors.Is(err, ErrExists) {
				t.Error(err)
			}
		}
		if !replace && done != 1 {
			t.Errorf("%d of 8 committed", done)
		}
		got := tree(t, in)
		if len(got) != 2 || got[0][len("closed/b="):] != got[1][len("release/a="):] {
			t.Errorf("mixed: %q", got)
		}
	}
}

// TestCommitCancelled: nothing is moved once the context has ended.
func TestCommitCancelled(t *testing.T) {
	in := t.TempDir()
	f := folder(t, in)
	put(t, f.Path("x"), "X")
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if err := f.Commit(ctx, []string{"x"}, false); !errors.Is(err, context.Canceled) {
		t.Errorf("got %v", err)
	}
	if err := f.Drop(); err != nil {
		t.Fatal(err)
	}
	if got := tree(t, in); got != nil {
		t.Errorf("left: %q", got)
	}
}
