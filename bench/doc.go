// Command bench runs the evidence pass of sluis and DuckDB in one process, on the same
// data and with the same number of threads. It prints a table of times and ratios as
// Markdown.
//
// Every case is computed by both, and the results are compared, cell by cell, before any
// timing. The runs alternate, and a ratio is taken from two runs made one after the
// other.
//
// DuckDB gets its best case:
//
//   - native tables in memory, analysed, without nulls, that hold the keys as ENUM and as
//     integer codes;
//   - results left in a table of its own;
//   - of several queries for the same question, the one that was fastest in the round
//     that compares results.
//
// Where DuckDB takes minutes, that round is over a twentieth of the rows. The chosen
// query is then compared over all rows in its first run, and has as many runs as begin
// within a bound of time.
//
// The physical limit is measured as well: the sum over the bytes that a case must read,
// by the same number of threads.
//
// bench is a module of its own and needs cgo: programs that import sluis do not get
// DuckDB.
package main
