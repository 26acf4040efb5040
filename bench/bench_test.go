package main

import (
	"context"
	"runtime"
	"strings"
	"testing"
	"time"
)

// TestSidesAgree computes every case on both sides, by every query, and
// compares the results.
func TestSidesAgree(t *testing.T) {
	ctx := context.Background()
	o := &options{rows: 100_000, runs: 2, threads: 2, dir: t.TempDir(), bound: time.Minute}
	d, err := openDuck(ctx, o.threads, o.dir)
	if err != nil {
		t.Fatal(err)
	}
	defer d.close()
	for _, c := range cases(o) {
		if err := c.data.prepare(ctx, d, o); err != nil {
			t.Fatal(c.name, err)
		}
		q, err := c.fastest(ctx, d, o)
		if err != nil {
			t.Error(c.name, err)
			continue
		}
		if !c.slow {
			continue
		}
		if _, err := c.measure(ctx, d, o); err != nil {
			t.Error(c.name, err)
		}
		o.bound = time.Millisecond
		line, err := c.measure(ctx, d, o)
		o.bound = time.Minute
		if err != nil || !strings.Contains(line, "over") {
			t.Errorf("%s: the bound is not kept: %s, %v", c.name, line, err)
		}
		// The connection is as good as before.
		if _, err := d.run(ctx, q); err != nil {
			t.Error(c.name, err)
		}
	}
}

// TestPeakMemory: the peak is given in bytes.
func TestPeakMemory(t *testing.T) {
	if runtime.GOOS != "linux" {
		t.Skip("only Linux tells")
	}
	peak, err := peakMemory()
	if err != nil || peak < 1<<20 || peak > 1<<40 {
		t.Errorf("%g, %v", peak, err)
	}
}

// TestDifferenceIsSeen checks that the comparison can fail.
func TestDifferenceIsSeen(t *testing.T) {
	for _, got := range [][]string{{"a|1"}, {"a|1", "b|3"}, nil} {
		if err := different(got, []string{"a|1", "b|2"}); err == nil {
			t.Error("a difference is not seen")
		}
	}
}
