package main

import (
	"fmt"
	"slices"
)

const tableHead = `| case | sluis, s | rows/s | DuckDB, s | its fastest query | ratio | target | share of bandwidth |
|---|---|---|---|---|---|---|---|
`

// row prints a case: medians, and the least and the most in brackets. A ratio is taken
// from two runs made one after the other.
func row(c *benchCase, t *times, query string, limit float64) string {
	var ratio []float64
	for i, b := range t.theirs {
		ratio = append(ratio, b/t.mine[i])
	}
	theirs, ratios := spread(t.theirs, "%.3g"), spread(ratio, "%.1f")
	switch {
	case t.over:
		theirs, ratios = fmt.Sprintf("over %.0f, 1 run", t.theirs[0]), fmt.Sprintf("over %.0f", t.theirs[0]/median(t.mine))
	case len(t.theirs) < len(t.mine):
		theirs += fmt.Sprintf(", runs: %d", len(t.theirs))
	}
	return fmt.Sprintf("| %s | %s | %s | %s | %s | %s | %gx | %.0f %% |", c.name, spread(t.mine, "%.3g"),
		million(float64(c.data.rows)/median(t.mine)), theirs, query, ratios, c.target, 100*limit/median(t.mine))
}

// spread prints the median, and the least and the most.
func spread(values []float64, format string) string {
	return fmt.Sprintf(format+" ("+format+"-"+format+")", median(values), slices.Min(values), slices.Max(values))
}

func median(values []float64) float64 {
	s := slices.Sorted(slices.Values(values))
	n := len(s)
	return (s[(n-1)/2] + s[n/2]) / 2
}

// million prints a number in millions.
func million(v float64) string { return fmt.Sprintf("%.3g M", v/1e6) }
