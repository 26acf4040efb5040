// Package group turns tuples of codes into dense group ids. Every count in sluis depends
// on this equality.
//
// A [Table] takes batches and gives ids in first-seen order. [Table.Order] returns the
// canonical order: the order of the codes, column by column. The whole tuple decides
// equality, never a hash. Where the product of the cardinalities fits 64 bits, tuples are
// numbered in mixed radix. Where it does not, the leading columns are grouped first, and
// their group id replaces them. So every width is exact.
package group
