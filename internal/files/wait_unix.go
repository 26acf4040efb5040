//go:build unix

package files

import "syscall"

// noWait has the opening of a pipe without a writer return at once.
const noWait = syscall.O_NONBLOCK
