// Package linear finds out which cells of additive tables can be published without
// disclosure by sums: no hidden cell may follow from published cells by sums and
// differences. The method is sparse elimination in whole numbers modulo the prime 2^61-1,
// as in Langsrud's GaussSuppression.
//
// Space gives every cell a vector such that all relations hold. A hidden cell follows
// from the published cells when its vector is in their span. Elimination keeps all
// vectors reduced by the published ones, so one look-up shows whether publishing the next
// cell would make a hidden one follow. The decision does not depend on the coordinates,
// the pivots or the number of threads.
//
// # Limits
//
// An answer modulo the prime differs from the answer over the rationals only where the
// prime divides a minor of the relations that decides the answer. Such an answer can be
// wrong in either direction.
//
//   - For tables of two hierarchical variables every minor is 0, 1 or -1: no answer is
//     wrong.
//   - For other tables no bound is proven. The prime has no special role in their
//     relations.
//
// The span also says nothing about bounds: a hidden value that follows from no sum may
// still be the only value that is not negative.
//
// So a pattern made here is a proposal. Witnesses in whole numbers must confirm it. No
// cell may be called safe because of this package alone.
package linear
