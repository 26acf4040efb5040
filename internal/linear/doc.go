// Package linear finds out which cells of additive tables can be published
// without a hidden one following from them by sums and differences: sparse
// elimination in whole numbers modulo the prime 2^61-1.
//
// Space gives every cell a vector such that all relations hold; a hidden cell
// follows from the published ones when its vector is in their span. Elimination
// keeps all vectors reduced by what is published, so that one look-up tells
// whether the next cell would give a hidden one away. What it decides does not
// depend on the coordinates, the pivots or the number of threads. The method is
// that of Langsrud's GaussSuppression.
//
// What can go wrong: an answer modulo the prime differs from that over the
// rationals only where the prime divides a minor of the relations that decides it;
// either answer can then be wrong. For tables of two hierarchical variables every
// minor is 0, 1 or -1, and nothing can. For others no bound is proven, and the
// prime has no special part in any of their relations. And the span says nothing
// of bounds: a value that no sum gives away may still be the only one that is not
// negative. So a pattern made here is a proposal, which witnesses in whole numbers
// must confirm; nothing is to be called safe on the word of this package.
package linear
