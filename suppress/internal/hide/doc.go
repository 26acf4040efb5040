// Package hide is the engine of package suppress: it chooses what else to hide so that
// nobody can work out a hidden value too closely, an outsider or a contributor alike, and
// makes the proof.
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
//
// The parts, by file, in the order in which a table passes them:
//
//	report to problem   build, buildcell, judge, owners, told, behind, beside
//	problem             problem, need, insider, witness, errors
//	search              protect, cover, near, box, local, region, least, product, propagate,
//	                    rescue, prune, improve, adjust, eliminate, exact
//	sums and shares     hidden, openforms, solesums, fewsums, forms
//	proof               release, public, sketch, base, certificate, confidential
//	attack              audit, interval
//	rounding            round*
//	tables of others    foreign*, argus
//
// They are one package of 10,000 lines: problem and search share some 300 names, the proof
// and the tables read the fields of both, and their tests share one brute force. Nothing
// outside of suppress and the packages below it can import the package.
package hide
