// Package staging makes folders in which files wait until all of them are there: beside
// what they become, on the same file system, and for nobody else to read. A run that
// is killed leaves its staging folder and nothing else, and the next run that writes to
// the same place sweeps it. A lock tells the folders of the dead from those of the
// living: the system gives it up with the process that holds it.
package staging

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"time"
)

// Prefix begins the names of staging folders.
const Prefix = ".sluis-staging-"

const (
	lockName  = "lock"  // held by the process that owns the folder
	movesName = "moves" // what Commit moves, by line, once it has begun
	oldPrefix = "old-"  // of what it replaces
)

// ErrExists says that a name is taken by something that may not be replaced.
var ErrExists = errors.New("is there already")

// errBusy says that another run has held the folder for longer than is waited for.
var errBusy = errors.New("another run is writing there")

// Folder is a staging folder of a running process.
type Folder struct {
	in, dir string
	lock    *os.File
}

// swept are the folders that this process has swept once.
var swept sync.Map

// New makes a staging folder, mode 0700, in a folder that exists. The first time in a
// process it sweeps those that dead processes left there.
func New(in string) (*Folder, error) {
	if _, done := swept.LoadOrStore(filepath.Clean(in), true); !done {
		Sweep(in)
	}
	for range 100 {
		dir, err := os.MkdirTemp(in, Prefix)
		if err != nil {
			return nil, err
		}
		lock, err := os.OpenFile(filepath.Join(dir, lockName), os.O_RDWR|os.O_CREATE|os.O_EXCL, 0o600)
		if errors.Is(err, os.ErrExist) || errors.Is(err, os.ErrNotExist) {
			continue // it was swept in between
		}
		if err != nil {
			return nil, errors.Join(err, os.Remove(dir))
		}
		held, err := tryLock(lock)
		if err != nil && !errors.Is(err, errors.ErrUnsupported) {
			return nil, errors.Join(err, lock.Close(), os.RemoveAll(dir))
		}
		if err == nil && (!held || !inPlace(lock)) {
			lock.Close() //nolint:errcheck // it was swept in between
			continue
		}
		return &Folder{in: in, dir: dir, lock: lock}, nil
	}
	return nil, errBusy
}

// inPlace reports whether a lock file is still what its name stands for.
func inPlace(lock *os.File) bool {
	a, err := lock.Stat()
	if err != nil {
		return false
	}
	b, err := os.Lstat(lock.Name())
	return err == nil && os.SameFile(a, b)
}

// Path returns the path of a name in the folder.
func (f *Folder) Path(name string) string { return filepath.Join(f.dir, name) }

// Drop removes the folder with all that is in it, and gives up the lock: in this order,
// so that nobody sweeps it in between. Where there are no locks nobody does, and a file
// that is open may not be removed (Windows).
func (f *Folder) Drop() error {
	if !locks {
		return errors.Join(f.lock.Close(), os.RemoveAll(f.dir))
	}
	err := os.RemoveAll(f.dir)
	return errors.Join(err, f.lock.Close())
}

// Commit moves names of the folder to where they belong, beside it, in the order
// given, and drops it. A file takes the place of one of its name. A folder takes the
// place of one that is empty, or, with replace, of any: it appears whole, and what was
// there is gone. Where a name is taken nothing is moved and the error wraps ErrExists.
// Of several processes that commit at once one goes first, and is done before the next.
//
// A process that is killed on the way has either moved nothing, or the next one to
// sweep moves the rest: all or nothing is there afterwards.
func (f *Folder) Commit(ctx context.Context, names []string, replace bool) error {
	unlock, err := lockFolder(ctx, f.in)
	if err != nil {
		return err
	}
	defer unlock()
	sweepAll(f.in, true) // the dead may have stopped half-way
	for _, name := range names {
		if err := f.free(name, replace); err != nil {
			return err
		}
		if err := syncTree(f.Path(name)); err != nil {
			return err
		}
	}
	if err := ctx.Err(); err != nil {
		return err
	}
	if err := writeMoves(f.Path(movesName), names); err != nil {
		return err
	}
	if err := SyncDir(f.dir); err != nil {
		return err
	}
	for k, name := range names {
		if err := place(f.dir, f.in, name); err != nil {
			for _, done := range names[:k] {
				takeBack(f.dir, f.in, done)
			}
			return errors.Join(err, os.Remove(f.Path(movesName)))
		}
	}
	return errors.Join(SyncDir(f.in), f.Drop())
}

// free says whether a name can be moved to.
func (f *Folder) free(name string, replace bool) error {
	to := filepath.Join(f.in, name)
	is, err := os.Lstat(to)
	if errors.Is(err, os.ErrNotExist) {
		return nil
	}
	if err != nil {
		return err
	}
	from, err := os.Lstat(f.Path(name))
	switch {
	case err != nil:
		return err
	case from.IsDir() != is.IsDir() || !is.IsDir() && !is.Mode().IsRegular():
		return fmt.Errorf("%s %w, and is something else", to, ErrExists)
	case is.IsDir() && !replace && !empty(to):
		return fmt.Errorf("%s %w", to, ErrExists)
	}
	return nil
}

func empty(dir string) bool {
	entries, err := os.ReadDir(dir)
	return err == nil && len(entries) == 0
}

// place moves a name of a staging folder to where it belongs.
func place(dir, in, name string) error {
	from, to := filepath.Join(dir, name), filepath.Join(in, name)
	old := filepath.Join(dir, oldPrefix+name)
	if is, err := os.Lstat(to); err == nil && is.IsDir() {
		if err := os.Rename(to, old); err != nil {
			return err
		}
	}
	if err := os.Rename(from, to); err != nil {
		os.Rename(old, to) //nolint:errcheck // the first error is the one to tell
		return err
	}
	return nil
}

// takeBack undoes place of a folder; a file has replaced what was there for good.
func takeBack(dir, in, name string) {
	to := filepath.Join(in, name)
	if is, err := os.Lstat(to); err != nil || !is.IsDir() {
		return
	}
	if os.Rename(to, filepath.Join(dir, name)) == nil {
		os.Rename(filepath.Join(dir, oldPrefix+name), to) //nolint:errcheck // there may be none
	}
}

// Sweep removes the staging folders in a folder that dead processes of this user left,
// once it has finished, or undone, what they were moving. Those of the living stay.
// What cannot be swept is left for another time.
func Sweep(in string) { sweepAll(in, false) }

// sweepAll is Sweep for one who has locked the folder, or has not.
func sweepAll(in string, locked bool) {
	entries, err := os.ReadDir(in)
	if err != nil {
		return
	}
	for _, e := range entries {
		if strings.HasPrefix(e.Name(), Prefix) && e.IsDir() {
			sweep(in, filepath.Join(in, e.Name()), locked)
		}
	}
}

func sweep(in, dir string, locked bool) {
	if info, err := os.Lstat(dir); err != nil || !info.IsDir() || info.Mode().Perm() != 0o700 || !own(info) {
		return
	}
	lock, err := os.OpenFile(filepath.Join(dir, lockName), os.O_RDWR|os.O_CREATE|noFollow, 0o600)
	if err != nil {
		return
	}
	defer lock.Close() //nolint:errcheck // nothing was written
	if held, err := tryLock(lock); err != nil || !held || !inPlace(lock) {
		return
	}
	if names := readMoves(filepath.Join(dir, movesName)); len(names) > 0 {
		if !locked {
			d, err := os.Open(in)
			if err != nil {
				return
			}
			defer d.Close() //nolint:errcheck // nothing was written
			if held, err := tryLock(d); err != nil || !held {
				return // somebody is moving something there
			}
		}
		settle(in, dir, names)
	}
	os.RemoveAll(dir) //nolint:errcheck // what is left is left for another time
}

// settle finishes what a dead process was moving if the first name is in its place,
// and otherwise leaves, or puts back, what was there before.
func settle(in, dir string, names []string) {
	for k, name := range names {
		if _, err := os.Lstat(filepath.Join(dir, name)); err != nil {
			continue // it is in its place
		}
		if k == 0 {
			to := filepath.Join(in, name)
			if _, err := os.Lstat(to); errors.Is(err, os.ErrNotExist) {
				os.Rename(filepath.Join(dir, oldPrefix+name), to) //nolint:errcheck // there may be none
			}
			return
		}
		if place(dir, in, name) != nil {
			return
		}
	}
}

// writeMoves writes the names that are moved, so that they are there after a crash.
func writeMoves(path string, names []string) error {
	f, err := os.OpenFile(path, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
	if err != nil {
		return err
	}
	_, err = f.WriteString(strings.Join(names, "\n") + "\n")
	return errors.Join(err, f.Sync(), f.Close())
}

// readMoves reads them; none of a file that is not whole, or names more than names.
func readMoves(path string) []string {
	text, err := os.ReadFile(path)
	body, whole := strings.CutSuffix(string(text), "\n")
	if err != nil || !whole || body == "" {
		return nil
	}
	names := strings.Split(body, "\n")
	for _, name := range names {
		if name == "." || name != filepath.Base(name) || !filepath.IsLocal(name) {
			return nil
		}
	}
	return names
}

// SyncDir makes what was made or renamed in a folder last, where the system can.
func SyncDir(dir string) error {
	d, err := os.Open(dir)
	if err != nil {
		return err
	}
	d.Sync() //nolint:errcheck // some file systems cannot, and need not
	return d.Close()
}

// syncTree makes the entries of a folder last. The files in it have been synced.
func syncTree(path string) error {
	if info, err := os.Lstat(path); err != nil || !info.IsDir() {
		return err
	}
	return SyncDir(path)
}

// lockFolder waits until no other process commits in a folder.
func lockFolder(ctx context.Context, in string) (unlock func(), err error) {
	d, err := os.Open(in)
	if err != nil {
		return nil, err
	}
	for range 1500 {
		held, err := tryLock(d)
		if held || errors.Is(err, errors.ErrUnsupported) {
			return func() { d.Close() }, nil //nolint:errcheck // nothing was written
		}
		if err != nil {
			return nil, errors.Join(err, d.Close())
		}
		select {
		case <-ctx.Done():
			return nil, errors.Join(ctx.Err(), d.Close())
		case <-time.After(20 * time.Millisecond):
		}
	}
	return nil, errors.Join(fmt.Errorf("%s: %w", in, errBusy), d.Close())
}
