// Package suppress publishes tables: it suppresses the unsafe cells of a report and as
// little else as keeps anybody from working them out, an outsider or a contributor alike,
// proves it, verifies the files, and only then lets them appear.
//
// One call does all of it:
//
//	report, err := sdc.Check(ctx, data, outputs, sdc.CBS(), sdc.Options{Sole: true})
//	...
//	p, err := suppress.Publish(ctx, report, "out", suppress.Options{})
//
// Afterwards out/release holds what may leave once p.Verdict is safe or a reviewer has
// agreed, and out/confidential what must not. [Release] does the same in memory. Nothing is
// released that did not go through the proofs: no other function makes a release.
//
// An attacker knows all that is published, the sums over all code trees, that counts are
// whole and values not negative where that is so, and, as a contributor, what is his own.
// docs/protection.md says what is proven and what is not; Publication.NotChecked names what
// no publication looks at.
//
// Package verify reads a release without trusting this package. Package foreign attacks
// tables of other tools. Package records suppresses single values of microdata.
package suppress
