package main

import (
	"fmt"
	"slices"
)

const tableHead = `| case | sluis, s | rows/s | DuckDB, s | its fastest query | ratio | target | share of bandwidth |
|---|---|---|---|---|---|---|---|
`

// row prints a case: medians, and the least and the most in brackets.
func row(c *benchCase, mine, theirs, ratio []float64, query string, limit float64) string {
	return fmt.Sprintf("| %s | %s | %s | %s | %s | %s | %gx | %.0f %% |", c.name, spread(mine, "%.3g"),
		million(float64(c.data.rows)/median(mine)), spread(theirs, "%.3g"), query, spread(ratio, "%.1f"), c.target, 100*limit/median(mine))
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
