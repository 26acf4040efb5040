// Package observed keeps the observations of a table and finds the order statistics of every
// cell, with the units that stand behind each.
//
// An observation is a row with a value; or, per respondent, the sum of the values of one
// respondent in a cell. A [Log] takes batches of rows. Logs of parts of the data merge.
// [Log.Look] sorts all observations once by value, deals them out to the cells of each
// combination of levels, and looks at both ends of each cell and around each quantile.
//
// # Numbers of units
//
// A quantile is a value between two neighbouring observations. The units that have an
// observation up to the quantile, from the quantile on, and between two quantiles are
// counted: respondents, and holdings where these are kept. A count ends at the number that
// the caller asks for, because only a smaller one matters.
//
// # The same for every order
//
// All values are whole numbers of one unit: nothing is rounded. Which of two equal
// observations comes first is left to chance, and no result depends on it: every count is
// about all observations of a value.
//
// Sorting is linear in the observations and in the bytes of a value. Each combination of
// levels costs one more pass. Everything is in memory: [Log.Bytes] says how much.
package observed
