// Package staging makes folders in which files wait until all of them are complete. A
// staging folder is beside the final place of its files, on the same file system, and no
// other user can read it. A run that is killed leaves only its staging folder, and the
// next run that writes to the same place removes it. A lock distinguishes the folders of
// dead and living processes: the system releases the lock when the process ends.
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
	movesName = "moves" // the names that Commit moves, one a line, once it has begun
	oldPrefix = "old-"  // of the replaced files
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

// New makes a staging folder, mode 0700, in a folder that exists. The first call in a
// process also removes the staging folders that dead processes left there.
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

// inPlace reports whether a lock file still has its name.
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

// Drop removes the folder with its content, and then releases the lock: in this order no
// other process can remove the folder in between. Where there are no locks, no process
// removes folders of others, and the lock file is closed first, because an open file may
// not be removed (Windows).
func (f *Folder) Drop() error {
	if !locks {
		return errors.Join(f.lock.Close(), os.RemoveAll(f.dir))
	}
	err := os.RemoveAll(f.dir)
	return errors.Join(err, f.lock.Close())
}

// Commit moves names of the folder to their final places beside it, in the order given,
// and drops the folder. A file replaces a file of its name. A folder replaces an empty
// folder or, with replace, any folder: it appears complete, and the old content is gone.
// Where a name is taken nothing is moved, and the error wraps ErrExists. Several
// processes that commit at once do so one after the other.
//
// A process that is killed during Commit has either moved nothing, or the next process
// that sweeps moves the rest. Afterwards all names are in place, or none.
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

// takeBack undoes place of a folder. A file that was replaced cannot be restored.
func takeBack(dir, in, name string) {
	to := filepath.Join(in, name)
	if is, err := os.Lstat(to); err != nil || !is.IsDir() {
		return
	}
	if os.Rename(to, filepath.Join(dir, name)) == nil {
		os.Rename(filepath.Join(dir, oldPrefix+name), to) //nolint:errcheck // there may be none
	}
}

// Sweep removes the staging folders of dead processes of this user from a folder. Before,
// it finishes or undoes their moves. Staging folders of living processes stay. A folder
// that cannot be removed stays for a later call.
func Sweep(in string) { sweepAll(in, false) }

// sweepAll is Sweep; locked says whether the caller has locked the folder.
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
				return // another process is moving files there
			}
		}
		settle(in, dir, names)
	}
	os.RemoveAll(dir) //nolint:errcheck // a rest stays for a later call
}

// settle finishes the moves of a dead process if the first name is in its place.
// Otherwise it keeps or restores the old state.
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

// writeMoves writes the names that are moved, for a recovery after a crash.
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

// SyncDir makes changes of a folder (new and renamed files) durable, where the system
// can.
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
