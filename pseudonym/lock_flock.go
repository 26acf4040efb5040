//go:build darwin || dragonfly || freebsd || linux || netbsd || openbsd

package pseudonym

import (
	"errors"
	"os"

	"golang.org/x/sys/unix"
)

// lockFile waits until no other process holds the file, and returns a function that
// unlocks the file. The lock ends with the process that holds it.
func lockFile(f *os.File) (unlock func(), err error) {
	for {
		err = unix.Flock(int(f.Fd()), unix.LOCK_EX)
		if !errors.Is(err, unix.EINTR) {
			break
		}
	}
	if err != nil {
		return nil, &os.PathError{Op: "lock", Path: f.Name(), Err: err}
	}
	return func() { unix.Flock(int(f.Fd()), unix.LOCK_UN) }, nil //nolint:errcheck // closing gives it back too
}
