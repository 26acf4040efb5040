// Package suppress protects tables: it chooses what else to hide so that nobody
// can work out a hidden value too closely, an outsider or a contributor alike,
// and hands over a proof of it.
//
// A Problem is a set of cells with the relations between them, of one table or
// of several that share cells. Protect finds a Pattern: for every requirement
// on a hidden cell it holds a witness, another table that agrees with all that
// is published and in which the cell has another value, far enough from the
// truth. A witness is whole numbers that are checked as such; no floating-point
// number takes part in calling anything protected.
//
// Audit computes what an attacker can say of every hidden cell of any pattern,
// ours or another's.
package suppress
