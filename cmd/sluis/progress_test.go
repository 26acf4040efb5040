package main

import (
	"bytes"
	"strings"
	"testing"
	"time"
)

// lines is a writer that tells of every write.
type lines struct {
	bytes.Buffer
	wrote chan struct{}
}

func (l *lines) Write(p []byte) (int, error) {
	n, err := l.Buffer.Write(p)
	select {
	case l.wrote <- struct{}{}:
	default:
	}
	return n, err
}

// TestSayWorking: long work says that it goes on, and nothing is written after stop.
func TestSayWorking(t *testing.T) {
	t.Run("long", func(t *testing.T) {
		w := &lines{wrote: make(chan struct{}, 1)}
		stop := sayWorking(w, "protecting", time.Millisecond)
		<-w.wrote
		stop()
		stop()
		if text := w.String(); !strings.HasPrefix(text, "   protecting: 0 s\n") {
			t.Errorf("%q", text)
		}
		// A line that is written after stop is a race, which the race detector sees, or text.
		before := w.Len()
		time.Sleep(5 * time.Millisecond)
		if w.Len() != before {
			t.Error("a line was written after stop")
		}
	})
	t.Run("short", func(t *testing.T) {
		var w bytes.Buffer
		sayWorking(&w, "protecting", time.Hour)()
		if w.Len() > 0 {
			t.Errorf("%q", w.String())
		}
	})
}
