package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"os"
	"os/signal"
	"strings"
	"syscall"
	"time"

	"github.com/apache/arrow/go/v15/arrow"

	"github.com/sluis-go/sluis/sdc"
)

// options are the flags.
type options struct {
	rows    int
	runs    int
	threads int
	only    string
	skip    string
	dir     string
	bound   time.Duration
}

func main() {
	var o options
	flag.IntVar(&o.rows, "rows", 20_000_000, "rows of the data")
	flag.IntVar(&o.runs, "runs", 5, "runs of each side")
	flag.IntVar(&o.threads, "threads", 2, "threads of each side")
	flag.StringVar(&o.only, "only", "", "run the cases whose name contains this")
	flag.StringVar(&o.skip, "skip", "", "leave out the cases whose name contains this")
	flag.StringVar(&o.dir, "dir", "", "folder for the Parquet file and DuckDB's temporary files (default: a new one, removed at the end)")
	flag.DurationVar(&o.bound, "bound", 200*time.Second, "no further run of the peer in a case once its runs took this long")
	child := flag.String("child", "", "check this file, the given number of times over, and print seconds and peak memory")
	times := flag.Int("times", 1, "see -child")
	flag.Parse()
	// The first signal ends the run, which removes its folder; the second kills.
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	context.AfterFunc(ctx, stop)
	if *child != "" {
		if err := runChild(ctx, *child, *times, o.threads); err != nil {
			fmt.Fprintln(os.Stderr, "bench:", err)
			os.Exit(1)
		}
		return
	}
	if err := run(ctx, &o); err != nil {
		fmt.Fprintln(os.Stderr, "bench:", err)
		os.Exit(1)
	}
}

// run prints the table of all cases.
func run(ctx context.Context, o *options) (err error) {
	if o.rows < 1 || o.runs < 1 || o.threads < 1 {
		return errors.New("rows, runs and threads are at least 1")
	}
	if o.dir == "" {
		if o.dir, err = os.MkdirTemp("", "sluis-bench-"); err != nil {
			return err
		}
		defer os.RemoveAll(o.dir)
	}
	d, err := openDuck(ctx, o.threads, o.dir)
	if err != nil {
		return err
	}
	defer d.close()
	version, err := d.version(ctx)
	if err != nil {
		return err
	}
	fmt.Printf("%s rows, %d threads, %d runs a side, DuckDB %s\n\n", million(float64(o.rows)), o.threads, o.runs, version)
	fmt.Print(tableHead)
	for _, c := range cases(o) {
		if !strings.Contains(c.name, o.only) || o.skip != "" && strings.Contains(c.name, o.skip) {
			continue
		}
		if err := c.data.prepare(ctx, d, o); err != nil {
			return fmt.Errorf("%s: %w", c.name, err)
		}
		row, err := c.measure(ctx, d, o)
		if err != nil {
			return fmt.Errorf("%s: %w", c.name, err)
		}
		fmt.Println(row)
	}
	if !strings.Contains(scaleName, o.only) || o.skip != "" && strings.Contains(scaleName, o.skip) {
		return nil
	}
	return scale(ctx, o)
}

// cases lists the measured cases, in the order of the table.
func cases(o *options) []*benchCase {
	mem := &memoryData{name: "t", columns: append(append([]string{}, spanning...), "who", "x"), rows: o.rows}
	classData := &memoryData{name: "c", columns: keys, rows: o.rows}
	needed := append(append([]string{}, spanning...), "x")
	return []*benchCase{
		{
			name: "count", target: 8, data: mem, bytes: 5,
			ours: func(t arrow.Table) side { return inMemory(t, sdc.Roles{}, countOutput, cellCount) },
			peer: func(t string) []query { return grouped(t, aggCount, readCount) },
		},
		{
			name: "sum, sum of absolutes, top 2", target: 6, data: mem, bytes: 13,
			ours: func(t arrow.Table) side { return inMemory(t, sdc.Roles{}, sumOutput, cellSums) },
			peer: func(t string) []query { return grouped(t, aggSums, readSums) },
		},
		{
			name: "distinct respondents", target: 5, data: mem, bytes: 13,
			ours: func(t arrow.Table) side {
				return inMemory(t, sdc.Roles{Respondent: "who"}, countOutput, cellDistinct)
			},
			peer: distinct,
		},
		{
			name: "holdings, 32 margins, top 2", target: 10, data: mem, bytes: 21, slow: true,
			ours: func(t arrow.Table) side {
				all := sumOutput
				all.NoMargins = false
				return inMemory(t, sdc.Roles{Holding: "who"}, all, cellHoldings)
			},
			peer: holdings,
		},
		{
			name: "class sizes per record", target: 4, data: classData, bytes: 4,
			ours: classSizes,
			peer: classes,
		},
		{
			name: "Parquet: count, sum, top 2", target: 2, data: mem, bytes: 13,
			ours: func(arrow.Table) side { return fromFiles([]string{mem.path}, needed, sumOutput, cellSums) },
			peer: func(string) []query {
				return grouped(fmt.Sprintf("read_parquet('%s')", mem.path), aggSums, readSums)[:1]
			},
		},
	}
}
