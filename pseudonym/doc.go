// Package pseudonym replaces direct identifiers by keyed pseudonyms. Direct identifiers
// are citizen service numbers, names, addresses, licence plates and company numbers. A
// pseudonym is stable within a [Domain] and unrelated across domains. Without the key it
// cannot be reversed, and a guess of the identifier cannot be tested.
//
// A pseudonym is the truncated HMAC of the canonical bytes of the identifier. The key of
// the HMAC is derived from the [Key] of the project for the domain.
// docs/pseudonym-format.md specifies every byte; docs/threat-model.md lists the threats
// that a pseudonym protects against, and the others.
//
// Most programs make a [Pseudonymizer] with [New] and give it columns
// ([Pseudonymizer.Array]), records or readers. Only the custodian of the key may keep a
// linkage table back to the identifiers ([Linkage]), encrypted. The custodian destroys
// the key when the purpose is served ([Destroy]).
//
// No error and no printed text holds a key or an identifier.
//
// This is one package of some 5,400 lines. A caller who makes pseudonyms meets keys, linkage
// tables and Arrow columns in one job, and imports one package for the job. Linkage shares 31
// unexported names with the rest, Arrow columns 34, keys 5.
package pseudonym
