package main

import (
	"context"
	"errors"
	"fmt"
	"path/filepath"
	"runtime"
	"slices"
	"time"

	"github.com/apache/arrow/go/v15/arrow"
)

// side is one run of sluis.
type side = func(ctx context.Context, threads int) (reading, error)

// memoryData is a data set that both sides hold in memory, and as a file.
type memoryData struct {
	name    string // of DuckDB's table
	columns []string
	rows    int
	table   arrow.Table
	path    string
}

// benchCase is one row of the table.
type benchCase struct {
	name   string
	target float64
	bytes  int // that a row of the data has, as far as the case reads it
	data   *memoryData
	ours   func() side
	peer   func() []query
}

// prepare makes the data, once for all cases that share it.
func (c *benchCase) prepare(ctx context.Context, d *duck, o *options) error {
	m := c.data
	if m.table != nil {
		return nil
	}
	m.table = table(m.columns, m.rows, 1)
	m.path = filepath.Join(o.dir, m.name+".parquet")
	if err := writeParquet(m.path, m.table); err != nil {
		return err
	}
	return d.load(ctx, m.name, m.path, m.columns)
}

// fastest compares the results of both sides and returns the query that was
// answered in the least time.
func (c *benchCase) fastest(ctx context.Context, d *duck, ours side, threads int) (*query, error) {
	read, err := ours(ctx, threads)
	if err != nil {
		return nil, err
	}
	want := read()
	var best *query
	least := time.Duration(1<<63 - 1)
	for _, q := range c.peer() {
		took, err := d.run(ctx, &q)
		if err != nil {
			return nil, fmt.Errorf("%s: %w", q.name, err)
		}
		got, err := d.result(ctx, &q)
		if err != nil {
			return nil, fmt.Errorf("%s: %w", q.name, err)
		}
		if !slices.Equal(got, want) {
			return nil, fmt.Errorf("%s: %w", q.name, different(got, want))
		}
		if took < least {
			best, least = &q, took
		}
	}
	return best, nil
}

var errDifferent = errors.New("the results differ")

// different says where results differ first. The data is made up.
func different(got, want []string) error {
	for i := range min(len(got), len(want)) {
		if got[i] != want[i] {
			return fmt.Errorf("%w: line %d: DuckDB %s, sluis %s", errDifferent, i, got[i], want[i])
		}
	}
	return fmt.Errorf("%w: DuckDB has %d lines, sluis %d", errDifferent, len(got), len(want))
}

// measure runs both sides in turn and returns the row of the table.
func (c *benchCase) measure(ctx context.Context, d *duck, o *options) (string, error) {
	ours := c.ours()
	q, err := c.fastest(ctx, d, ours, o.threads)
	if err != nil {
		return "", err
	}
	var mine, theirs, ratio []float64
	for range o.runs {
		runtime.GC()
		start := time.Now()
		if _, err := ours(ctx, o.threads); err != nil {
			return "", err
		}
		a := time.Since(start)
		b, err := d.run(ctx, q)
		if err != nil {
			return "", err
		}
		mine, theirs = append(mine, a.Seconds()), append(theirs, b.Seconds())
		ratio = append(ratio, b.Seconds()/a.Seconds())
	}
	limit := bandwidth(o.threads, c.bytes*c.data.rows)
	return row(c, mine, theirs, ratio, q.name, limit), nil
}

// bandwidth returns the seconds that threads take to sum n bytes: the median of
// five.
func bandwidth(threads, n int) float64 {
	words := make([]uint64, max(1, n/8))
	for i := range words {
		words[i] = uint64(i)
	}
	var took []float64
	for range 5 {
		sums := make(chan uint64, threads)
		start := time.Now()
		for k := range threads {
			go func() { sums <- sum(words[len(words)*k/threads : len(words)*(k+1)/threads]) }()
		}
		total := uint64(0)
		for range threads {
			total += <-sums
		}
		took = append(took, time.Since(start).Seconds())
		runtime.KeepAlive(total)
	}
	return median(took)
}

// sum adds eight words at a time, so that memory is what it waits for.
func sum(w []uint64) uint64 {
	var a, b, c, d uint64
	for ; len(w) >= 8; w = w[8:] {
		a += w[0] + w[4]
		b += w[1] + w[5]
		c += w[2] + w[6]
		d += w[3] + w[7]
	}
	for _, v := range w {
		a += v
	}
	return a + b + c + d
}
