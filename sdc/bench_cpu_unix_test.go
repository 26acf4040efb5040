//go:build unix

package sdc_test

import (
	"syscall"
	"time"
)

// processorTime returns the time in user mode that all threads of the process have had.
func processorTime() time.Duration {
	var u syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &u); err != nil {
		return 0
	}
	return time.Duration(u.Utime.Nano())
}
