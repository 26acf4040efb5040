// Package hide is the engine of package suppress. It chooses which further cells to hide, so
// that neither an outsider nor a contributor can compute a hidden value too closely. And it
// makes the proof.
//
// A Problem is a set of cells with the relations between them, of one table or of several
// that share cells. Protect finds a Pattern. For every requirement on a hidden cell, the
// pattern holds a witness: another table that agrees with all that is published, and in
// which the cell has another value, far enough from the truth. A witness is made of whole
// numbers, and is checked in whole numbers. No floating-point number takes part in calling a
// cell protected.
//
// Audit computes what an attacker can say of every hidden cell of any pattern, of this
// package or of another tool.
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
// They are one package of some 14,200 lines: problem and search share some 300 names, the proof
// and the tables read the fields of both, and their tests share one brute force. Nothing
// outside of suppress and the packages below it can import the package.
package hide
