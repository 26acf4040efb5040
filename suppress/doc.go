// Package suppress publishes tables. It suppresses the unsafe cells of a report, and a
// small number of other cells, so that no outsider and no contributor can compute the
// unsafe ones. It proves this, verifies the files, and only then lets them appear.
//
// One call does all of it:
//
//	report, err := sdc.Check(ctx, data, outputs, sdc.CBS(), sdc.Options{Sole: true})
//	...
//	p, err := suppress.Publish(ctx, report, "out", suppress.Options{})
//
// Afterwards out/release holds the files that may leave, once p.Verdict is safe or a
// reviewer has agreed. out/confidential holds the files that must not leave. [Release]
// does the same in memory. No other function makes a release: every release has passed
// the proofs.
//
// An attacker knows
//
//   - all published cells, and the sums over all code trees;
//   - that counts are whole, and that values are not negative where that is so;
//   - as a contributor, the contributor's own contributions.
//
// docs/protection.md says which facts are proven, and which are not.
// Publication.NotChecked names the points that no publication looks at.
//
// Package verify reads a release without trusting this package. Package foreign attacks
// tables of other tools. Package records suppresses single values of microdata.
package suppress
