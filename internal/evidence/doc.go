// Package evidence computes, for every cell of a table, inner cells and margins
// alike, what the rules look at: records, distinct respondents and holdings,
// exact sums, and the largest contributions by holding.
//
// An [Accumulator] takes batches of codes; accumulators of parts of the data
// merge with [Accumulator.Merge]; [Accumulator.Margins] rolls the inner cells
// up to the asked margins.
//
// # What rolls up and what does not
//
// Counts of rows and sums of rows add up from inner cells to margins. Distinct
// respondents do not, and the largest contributions at a margin are not the
// largest of the largest below: a holding that is small in each of three
// regions may dominate their total. So every (respondent, cell) and (holding,
// cell) pair is kept. A unit all of whose rows lie in one inner cell (most
// persons in most tables) counts in exactly the cells above it, so its evidence
// is added to the inner cell and rolls up. The others are walked through unit by
// unit, partition by partition, with the contributions of a unit to a cell added
// up before they are counted and ranked.
//
// Memory grows with groups, and with distinct pairs where respondents or
// holdings are given: rows are compacted to pairs as they come. Where that is
// more than a budget, full blocks of rows are put into storage and come back a
// partition at a time.
package evidence
