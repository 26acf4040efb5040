// Package attacker attacks releases of sluis from outside, in tests. It shares no code
// with what makes and judges the releases: it imports the standard library alone, takes
// the records of a small data set and the files that leave, and works out by exact
// arithmetic what an outsider and each contributor can say.
//
// # What is known
//
// Everybody knows the release, all sums over all code trees, the code lists, which rows an
// output leaves out for missing values, that counts are whole, that amounts are not
// negative where that is so, and that a code that is listed occurs in the data. Outputs are
// about one population: every published or hidden cell is the sum of atoms, an atom being
// one combination of leaf codes of all variables of the spec (a missing value is a code of
// its own). So linked tables, nesting and populations need no rules of their own. A
// published count of 0 says that the sums of its atoms are 0; a published sum other than 0
// says that somebody is there.
//
// A contributor knows all that is his in every atom. In the strong form, which docs
// promise, he also knows of every cell that is his alone that nobody else is in it.
// Holdings are one contributor.
//
// # What must not be found out
//
// The kinds of findings are those of [Kinds]. Unsafe cells, levels and sums are judged
// from the records by the formulas of docs/rules.md and docs/protection.md, written anew.
//
// # How it is decided
//
// The tables that agree with what is known are the points of a small polytope, whole
// points for counts. Whether a bound can be proven is decided by the simplex method in exact
// fractions, with branching for whole numbers. Points that were found once are kept as
// witnesses for later questions. Numbers that grow beyond 63 bits, or a search that takes
// too many branches, end an attack as undecided, which is counted and never taken for safe.
package attacker
