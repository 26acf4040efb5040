// Package group turns tuples of codes into dense group ids: the equality that
// every count in sluis rests on.
//
// A [Table] takes batches and gives ids in first-seen order; [Table.Sort] says
// the canonical order, that of the codes, column by column. Equality is decided
// by the whole tuple, never by a hash: tuples are numbered in mixed radix where
// the product of the cardinalities fits 64 bits, and where it does not, the
// leading columns are grouped first and their group id takes their place, so
// that any width is exact.
package group
