//go:build !(darwin || dragonfly || freebsd || linux || netbsd || openbsd)

package pseudonym

import (
	"errors"
	"fmt"
	"os"
	"time"
)

// lockFile waits for at most ten seconds until it can make a file with the suffix .lock,
// and returns a function that removes the file. After a crash a person must remove it.
func lockFile(f *os.File) (unlock func(), err error) {
	name := f.Name() + ".lock"
	for range 200 {
		var l *os.File
		if l, err = os.OpenFile(name, os.O_CREATE|os.O_EXCL, 0o600); err == nil {
			l.Close()
			return func() { os.Remove(name) }, nil
		}
		if !errors.Is(err, os.ErrExist) {
			return nil, err
		}
		time.Sleep(50 * time.Millisecond)
	}
	return nil, fmt.Errorf("%w: %s stands in the way: another look-up runs, or one was ended by force", ErrLog, name)
}
