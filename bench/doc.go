// Command bench runs the evidence pass of sluis beside DuckDB, in one process,
// on the same data and with the same number of threads, and prints a table of
// times and ratios as Markdown.
//
// Every case is computed by both and the results are compared, cell by cell,
// before anything is timed. The runs alternate, and a ratio is that of two runs
// made one after the other. DuckDB gets its best case: native tables in memory,
// analysed, without nulls, that hold the keys as ENUM and as integer codes, results
// left in a table of its own, and of several ways to ask the same question the one
// that was fastest in the round that compares results. Where it takes minutes, that
// round is over a twentieth of the rows, the chosen query is compared over all rows
// in its first run, and it has as many of its runs as begin within a bound of time.
//
// The physical limit is measured beside them: the sum over the bytes that a
// case has to read, by the same number of threads.
//
// bench is a module of its own, so that nobody who imports sluis gets DuckDB,
// and needs cgo.
package main
