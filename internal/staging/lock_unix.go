//go:build linux || darwin || freebsd || netbsd || openbsd || dragonfly

package staging

import (
	"errors"
	"os"
	"syscall"
)

const noFollow = syscall.O_NOFOLLOW | syscall.O_NONBLOCK

// locks says that the system has locks.
const locks = true

// tryLock takes the lock of an open file if no other process has it. The lock lasts until
// the file is closed, also by a killed process. errors.ErrUnsupported says that the file
// system has no locks.
func tryLock(f *os.File) (bool, error) {
	for {
		switch err := syscall.Flock(int(f.Fd()), syscall.LOCK_EX|syscall.LOCK_NB); {
		case err == nil:
			return true, nil
		case errors.Is(err, syscall.EINTR):
		case errors.Is(err, syscall.EWOULDBLOCK):
			return false, nil
		case errors.Is(err, syscall.ENOLCK), errors.Is(err, syscall.EBADF), errors.Is(err, syscall.EINVAL):
			return false, errors.ErrUnsupported
		default:
			return false, err
		}
	}
}

// own reports whether a file belongs to the user of this process.
func own(info os.FileInfo) bool {
	st, ok := info.Sys().(*syscall.Stat_t)
	return ok && int(st.Uid) == os.Geteuid()
}
