// Package evidence computes the evidence that the rules look at, for every cell of a
// table (inner cells and margins): records, distinct respondents and holdings, exact
// sums, and the largest contributions by holding.
//
// An [Accumulator] takes batches of codes. [Accumulator.Merge] merges accumulators of
// parts of the data. [Accumulator.Margins] adds up inner cells to the margins that are
// asked for.
//
// # What rolls up and what does not
//
// Counts of rows and sums of rows add up from inner cells to margins. Distinct
// respondents do not. The largest contributions at a margin do not follow from the
// largest contributions below: a holding that is small in each of three regions may
// dominate their total. So every (respondent, cell) and (holding, cell) pair is kept.
//
//   - A unit with all its rows in one inner cell (most persons in most tables) counts in
//     exactly the cells above that cell. Its evidence is added to the inner cell, and
//     rolls up.
//   - All other units are visited one by one, partition by partition. The contributions
//     of a unit to a cell are added up before they are counted and ranked.
//
// Memory grows with groups, and with distinct pairs where respondents or holdings are
// given: rows are compacted to pairs as they come. Above a budget, full blocks of rows go
// to storage, and are read back one partition at a time.
//
// # Size
//
// This is one package of some 8,000 lines. The files grid* (dense tables), cube* (their
// margins), alike* (equal values) and spill* (storage) are rooms of one accumulator: each uses
// 41 to 93 unexported names of the others, most of them fields that every row passes.
package evidence
