// Package attacker attacks releases of sluis from outside, in tests. It shares no code
// with the packages that make and judge the releases, and imports only the standard
// library. It takes the records of a small data set and the files that leave. It computes
// in exact arithmetic the bounds of an outsider and of each contributor.
//
// # Knowledge
//
// Every attacker knows
//
//   - the release, all sums over all code trees, and the code lists;
//   - which rows an output leaves out for missing values;
//   - that counts are whole, and that amounts are not negative where that is so;
//   - that a listed code occurs in the data, unless the spec declares the codes.
//
// Outputs are about one population: every published or hidden cell is the sum of atoms.
// An atom is one combination of leaf codes of all variables of the spec; a missing value
// is a code of its own. So linked tables, nesting and populations need no rules of their
// own. A published count of 0 shows that the sums of its atoms are 0. A published sum
// other than 0 shows that its atoms have a contributor.
//
// A contributor knows the contributor's own contributions in every atom. In the strong
// form, which docs promise, a contributor who is alone in a cell also knows that no other
// contributor is in the cell. A holding is one contributor.
//
// # Findings
//
// The kinds of findings are those of [Kinds]. Unsafe cells, levels and sums are judged
// from the records by the formulas of docs/rules.md and docs/protection.md, in separate
// code.
//
// # Method
//
// The tables that agree with the knowledge are the points of a small polytope, whole
// points for counts. The simplex method in exact fractions decides whether a bound can be
// proven, with branching for whole numbers. Points that were found once are kept as
// witnesses for later questions. Numbers beyond 63 bits, or a search with too many
// branches, end an attack as undecided. Undecided attacks are counted, and never count as
// safe.
package attacker
