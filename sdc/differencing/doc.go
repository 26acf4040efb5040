// Package differencing compares tables that are to leave with those that have left: what do
// they tell together about few respondents that none of them tells alone?
//
//	remarks, err := differencing.Compare(ctx, now, earlier, differencing.Options{Min: 10})
//
// The cells of all tables are derived again from the files that they were made from.
// Respondents of different files are one where their identifiers are the same text. The
// classes of respondents that no published cell tells apart are the atoms; see
// internal/atoms for what is decided on them.
//
// Whatever is not decided is a remark for review, which names the release and the output.
// docs/ledger.md has the list.
package differencing
