package main

import (
	"os"
	"runtime"
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

func defaultThreads() int { return runtime.GOMAXPROCS(0) }
