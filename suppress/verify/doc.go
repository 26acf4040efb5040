// Package verify checks what package suppress proves of its releases: certificates,
// confidential proofs and statements about rounding, against the files themselves.
//
// It shares nothing with what makes them. It imports the standard library alone, which a
// test in internal/deps holds it to, so that whoever wants to believe a certificate reads
// this package and no other.
package verify
