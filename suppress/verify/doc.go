// Package verify checks the proofs of package suppress against the files of a release:
// certificates, confidential proofs and statements about rounding.
//
// Package verify shares no code with the packages that make the proofs. It imports only
// the standard library of Go, and a test in internal/deps checks that. There are two
// reasons:
//
//   - An error in shared code would be on both sides. A function that adds up totals in a
//     wrong way would choose a wrong pattern, and would then find its proof right.
//   - A receiver can read the whole of the verifier. It has some 1,900 lines, and no other
//     line of this project is needed to compile it.
//
// For the reader of a certificate this means:
//
//   - Trust in a certificate needs trust in this package, the Go compiler and the standard
//     library. It needs no trust in the search for a pattern, in the rules or in the program
//     that wrote the release: where an attacker can compute a suppressed cell, no
//     certificate holds.
//   - The reader can copy the package, build it with another version of Go, or write the
//     same checks again from the doc comments of Certificate, Confidential and Rounding.
//     These comments are the specification.
//   - The package cannot check what is not in the files: whether the published values are
//     those of the data, which cells break a rule, and what the attacker knows. Each doc
//     comment lists the statements that are left to the reader.
//
// The price is that some code exists twice: the layout of a table, the sums over code
// trees and the knowledge of insiders are written here and in suppress/internal/hide. A
// change of a form (a schema) is a change of both.
package verify
