//go:build !(linux || darwin || freebsd || netbsd || openbsd || dragonfly)

package staging

import (
	"errors"
	"os"
)

const noFollow = 0

// locks says that the system has locks.
const locks = false

// tryLock says that there are no locks. Then no folder is removed.
func tryLock(*os.File) (bool, error) { return false, errors.ErrUnsupported }

func own(os.FileInfo) bool { return false }
