package main

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"time"
)

// scaleName is the name of the cases that have more and more rows.
const scaleName = "linearity"

// scaleRows are the rows of the file that is read over and over.
const scaleRows = 1_000_000

const scaleHead = `
Parquet, count, sum and top 2 of 153,600 cells, each run in a process of its own:

| rows | s | ns a row | peak memory, MiB |
|---|---|---|---|
`

// scale checks one file 1, 10 and 100 times over, each time in a process of its
// own, and prints time and peak memory.
func scale(ctx context.Context, o *options) error {
	path := filepath.Join(o.dir, "scale.parquet")
	if err := writeParquet(path, table(append(append([]string{}, spanning...), "x"), scaleRows, 2)); err != nil {
		return err
	}
	self, err := os.Executable()
	if err != nil {
		return err
	}
	fmt.Print(scaleHead)
	for _, times := range []int{1, 10, 100} {
		var seconds, row, peak []float64
		for range o.runs {
			cmd := exec.CommandContext(ctx, self, "-child", path, "-times", fmt.Sprint(times), "-threads", fmt.Sprint(o.threads))
			cmd.Stderr = os.Stderr
			out, err := cmd.Output()
			if err != nil {
				return fmt.Errorf("the process of %d files: %w", times, err)
			}
			var s, mib float64
			if _, err := fmt.Sscan(string(out), &s, &mib); err != nil {
				return err
			}
			seconds, row, peak = append(seconds, s), append(row, s/float64(times*scaleRows)*1e9), append(peak, mib)
		}
		fmt.Printf("| %s | %s | %s | %s |\n", million(float64(times*scaleRows)), spread(seconds, "%.3g"), spread(row, "%.1f"), spread(peak, "%.0f"))
	}
	return nil
}

// runChild checks a file, named times over, and prints the seconds that it took
// and the peak of the process in MiB.
func runChild(ctx context.Context, path string, times, threads int) error {
	run := fromFiles(slices.Repeat([]string{path}, times), append(append([]string{}, spanning...), "x"), sumOutput, cellSums)
	start := time.Now()
	if _, err := run(ctx, threads); err != nil {
		return err
	}
	took := time.Since(start)
	peak, err := peakMemory()
	if err != nil {
		return err
	}
	fmt.Println(took.Seconds(), peak/(1<<20))
	return nil
}

// peakMemory returns the bytes that the process had resident at most. The
// kernel's account of a child, which wait returns, would begin with its parent's.
func peakMemory() (float64, error) {
	f, err := os.Open("/proc/self/status")
	if err != nil {
		return 0, err
	}
	defer f.Close()
	for s := bufio.NewScanner(f); s.Scan(); {
		if rest, ok := strings.CutPrefix(s.Text(), "VmHWM:"); ok {
			var kib float64
			_, err := fmt.Sscan(rest, &kib)
			return kib * 1024, err
		}
	}
	return 0, errors.New("the system does not tell the peak of resident memory")
}
