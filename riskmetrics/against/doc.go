// Package against measures two files of the same records: the original data, and the data
// that are to be released. It measures
//
//   - how many records an attacker who has the original data links to their own record, by
//     the smallest distance: see [Pair.Link];
//   - for how many records the released value tells the original: see [Pair.Intervals];
//   - what the protection cost the data: see [Pair.Cost].
//
// The package measures data and never changes them. [New] reads both files. Every count is
// exact: whether two distances are equal, and which is less, is decided in whole numbers.
//
// A small share of links is no proof of safety. The measures try one attack each. Another
// attacker may know more variables, or how the data were changed, and may link more.
package against
