// Package atoms decides what several tables about the same respondents tell together that
// none of them tells alone.
//
// Every published cell is a sum over a set of elements: respondents, or parts of their
// values. An atom is a class of elements that no cell tells apart. So every cell is a set of
// atoms, and an attacker computes exactly the sums of atoms that lie in the row space of the
// cells.
//
// [Problem.Decide] decides two questions:
//
//   - which two cells, one inside the other, differ by fewer respondents than the minimum;
//   - which sets of atoms have fewer respondents than the minimum and a sum that follows from
//     the cells by additions, subtractions and divisions.
//
// The arithmetic is modulo the prime 2^61-1 (package field): an answer differs from that over the
// rationals only where the prime divides a minor of the cells.
package atoms
