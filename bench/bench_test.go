package main

import (
	"context"
	"testing"
)

// TestSidesAgree computes every case on both sides, by every query, and
// compares the results.
func TestSidesAgree(t *testing.T) {
	ctx := context.Background()
	o := &options{rows: 100_000, runs: 1, threads: 2, dir: t.TempDir()}
	d, err := openDuck(ctx, o.threads, o.dir)
	if err != nil {
		t.Fatal(err)
	}
	defer d.close()
	for _, c := range cases(o) {
		if err := c.prepare(ctx, d, o); err != nil {
			t.Fatal(c.name, err)
		}
		if _, err := c.fastest(ctx, d, c.ours(), o.threads); err != nil {
			t.Error(c.name, err)
		}
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
