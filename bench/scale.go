package main

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"time"
)

// scaleName is the name of the cases that have more and more rows.
const scaleName = "linearity"

// scaleRows is the number of rows of a file. The file is copied up to scaleFiles times.
const (
	scaleRows  = 1_000_000
	scaleFiles = 100
)

const scaleHead = `
Parquet, count, sum and top 2 of 153,600 cells, each run in a process of its own:

| rows | s | ns a row | peak memory, MiB |
|---|---|---|---|
`

// scale checks 1, 10 and 100 files, each time in a process of its own, and prints time
// and peak memory.
func scale(ctx context.Context, o *options) error {
	path := filepath.Join(o.dir, "scale.parquet")
	if err := writeParquet(path, table(append(append([]string{}, spanning...), "x"), scaleRows, 2)); err != nil {
		return err
	}
	if err := copyFile(path); err != nil {
		return err
	}
	self, err := os.Executable()
	if err != nil {
		return err
	}
	fmt.Print(scaleHead)
	for _, times := range []int{1, 10, scaleFiles} {
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

// copyFile makes the copies of a file.
func copyFile(path string) error {
	b, err := os.ReadFile(path)
	if err != nil {
		return err
	}
	for _, to := range scalePaths(path, scaleFiles)[1:] {
		if err := os.WriteFile(to, b, 0o600); err != nil {
			return err
		}
	}
	return nil
}

// scalePaths are the first n of a file and its copies.
func scalePaths(path string, n int) []string {
	out := []string{path}
	for i := range n - 1 {
		out = append(out, fmt.Sprintf("%s.%02d.parquet", path, i))
	}
	return out
}

// runChild checks times copies of a file, and prints the seconds that this took and the
// peak of the process in MiB.
func runChild(ctx context.Context, path string, times, threads int) error {
	run := fromFiles(scalePaths(path, times), append(append([]string{}, spanning...), "x"), sumOutput, cellSums)
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
