package main

import (
	"context"
	"errors"
	"fmt"
	"math"
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
	// slow says that the peer takes minutes. Its queries are compared and chosen over a
	// twentieth of the rows. The best is compared again over all rows in its first run,
	// which counts.
	slow   bool
	sample *memoryData
	ours   func(arrow.Table) side
	peer   func(table string) []query
}

// prepare makes the data, once for all cases that share it.
func (m *memoryData) prepare(ctx context.Context, d *duck, o *options) error {
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

// sampleShare sets the sample: one row in sampleShare.
const sampleShare = 20

// fastest compares the results of both sides and returns the query that was
// answered in the least time.
func (c *benchCase) fastest(ctx context.Context, d *duck, o *options) (*query, error) {
	data := c.data
	if c.slow {
		if c.sample == nil {
			c.sample = &memoryData{name: data.name + "_sample", columns: data.columns, rows: max(1, data.rows/sampleShare)}
		}
		data = c.sample
	}
	if err := data.prepare(ctx, d, o); err != nil {
		return nil, err
	}
	read, err := c.ours(data.table)(ctx, o.threads)
	if err != nil {
		return nil, err
	}
	want := read()
	best := -1
	least := time.Duration(math.MaxInt64)
	queries := c.peer(data.name)
	for i := range queries {
		took, err := d.run(ctx, &queries[i])
		if err != nil {
			return nil, fmt.Errorf("%s: %w", queries[i].name, err)
		}
		if err := d.compare(ctx, &queries[i], want); err != nil {
			return nil, err
		}
		if took < least {
			best, least = i, took
		}
	}
	return &c.peer(c.data.name)[best], nil
}

// compare holds the table result against the lines that sluis has.
func (d *duck) compare(ctx context.Context, q *query, want []string) error {
	got, err := d.result(ctx, q)
	if err != nil {
		return fmt.Errorf("%s: %w", q.name, err)
	}
	if !slices.Equal(got, want) {
		return fmt.Errorf("%s: %w", q.name, different(got, want))
	}
	return nil
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

// times are the seconds of a case's runs.
type times struct {
	mine, theirs []float64
	// over says that the one run of the peer was ended at the bound.
	over bool
}

// measure runs both sides in turn and returns the row of the table.
func (c *benchCase) measure(ctx context.Context, d *duck, o *options) (string, error) {
	q, err := c.fastest(ctx, d, o)
	if err != nil {
		return "", err
	}
	ours := c.ours(c.data.table)
	var t times
	var spent time.Duration
	for i := range o.runs {
		runtime.GC()
		start := time.Now()
		read, err := ours(ctx, o.threads)
		if err != nil {
			return "", err
		}
		t.mine = append(t.mine, time.Since(start).Seconds())
		if spent >= o.bound {
			continue
		}
		took, err := d.runWithin(ctx, q, o.bound)
		switch {
		case err == nil:
		case ctx.Err() == nil && errors.Is(err, context.DeadlineExceeded):
			t.over = len(t.theirs) == 0
		default:
			return "", err
		}
		if spent += took; err == nil || t.over {
			t.theirs = append(t.theirs, took.Seconds())
		}
		if err != nil {
			spent = o.bound
			continue
		}
		if c.slow && i == 0 {
			if err := d.compare(ctx, q, read()); err != nil {
				return "", err
			}
		}
	}
	return row(c, &t, q.name, bandwidth(o.threads, c.bytes*c.data.rows)), nil
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

// sum adds eight words at a time, so it waits only for memory.
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
