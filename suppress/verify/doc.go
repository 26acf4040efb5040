// Package verify checks the proofs of package suppress against the files of a release:
// certificates, confidential proofs and statements about rounding.
//
// Package verify shares no code with the packages that make the proofs. It imports only
// the standard library, and a test in internal/deps checks that. So a reader who wants to
// trust a certificate has to read only this package.
package verify
