// Package pseudonym replaces direct identifiers (citizen service numbers, names,
// addresses, licence plates, company numbers) by keyed pseudonyms: stable within
// a [Domain], unrelated across domains, and neither reversed nor guessed without
// the key.
//
// A pseudonym is the truncated HMAC of the identifier's canonical bytes under a
// key that is derived from the project's [Key] for the domain. Every byte is
// stated in docs/pseudonym-format.md; what a pseudonym protects against and what
// not, in docs/threat-model.md.
//
// Most programs make a [Pseudonymizer] with [New] and give it columns
// ([Pseudonymizer.Array]), records or readers. The custodian of the key, and
// nobody else, may keep a linkage table back to the identifiers ([Linkage]),
// encrypted, and destroys the key when the purpose is served ([Destroy]).
//
// No error, and nothing that is printed, holds a key or an identifier.
package pseudonym
