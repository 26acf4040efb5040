package main

import (
	"fmt"
	"io"
	"os"
	"runtime"
	"sync"
	"time"

	"github.com/schollz/progressbar/v3"
)

// progress is a bar on a terminal for work over a second, and nothing in a
// pipe.
type progress struct {
	bar  *progressbar.ProgressBar
	from time.Time
}

// newProgress returns a progress of total rows; -1 stands for unknown.
func newProgress(what string, total int64) *progress {
	p := &progress{from: time.Now()}
	if info, err := os.Stderr.Stat(); err != nil || info.Mode()&os.ModeCharDevice == 0 {
		return p
	}
	p.bar = progressbar.NewOptions64(total,
		progressbar.OptionSetWriter(os.Stderr), progressbar.OptionSetDescription(what),
		progressbar.OptionShowCount(), progressbar.OptionSetItsString("rows"), progressbar.OptionShowIts(),
		progressbar.OptionThrottle(100*time.Millisecond), progressbar.OptionClearOnFinish(),
		progressbar.OptionSetRenderBlankState(false))
	return p
}

// set shows that so many rows are done.
func (p *progress) set(rows int64) {
	if p.bar != nil && time.Since(p.from) > time.Second {
		p.bar.Set64(rows) //nolint:errcheck // a bar that cannot be drawn is no failure
	}
}

// finish clears the bar.
func (p *progress) finish() {
	if p.bar != nil {
		p.bar.Finish() //nolint:errcheck // as above
	}
}

// sayWorking writes a line "what: n s" to w each time that the interval has passed, until
// stop is called. Work that ends within the interval writes nothing. Nothing is written
// after stop has returned. stop may be called twice.
func sayWorking(w io.Writer, what string, interval time.Duration) (stop func()) {
	done, ended := make(chan struct{}), make(chan struct{})
	from := time.Now()
	go func() {
		defer close(ended)
		tick := time.NewTicker(interval)
		defer tick.Stop()
		for {
			select {
			case <-done:
				return
			case <-tick.C:
				fmt.Fprintf(w, "   %s: %.0f s\n", what, time.Since(from).Seconds())
			}
		}
	}()
	var once sync.Once
	return func() {
		once.Do(func() { close(done) })
		<-ended
	}
}

func defaultThreads() int { return runtime.GOMAXPROCS(0) }
