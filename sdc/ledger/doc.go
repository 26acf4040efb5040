// Package ledger keeps what has been released, in one SQLite file: who approved each
// release, of which files it was made, the definition of every output, and every published
// cell. A later output is compared with what the ledger holds.
//
//	err := ledger.Create(ctx, "releases.ledger")
//	l, err := ledger.Open(ctx, "releases.ledger")
//	defer l.Close()
//	r, err := l.Add(ctx, &ledger.Release{...}, nil)
//
// A ledger never holds microdata, identifiers, pseudonyms, suppressed values or evidence. It
// is confidential all the same: published cells stand beside the names of persons, projects
// and files.
//
// # Entries
//
// An entry is one release. It is written in one transaction, so the whole entry is there or
// nothing of it. Every entry has a digest, the SHA-256 of its contents and of the digest of
// the entry before it. So [Ledger.Verify] finds an entry that was changed, dropped or moved.
// It finds that the last entries are gone if the caller has kept the digest of one of them.
// A digest alone does not find that somebody has written the whole ledger anew: signatures
// do, and digests that were kept elsewhere.
//
// # The file
//
// The file has mode 0600, as have the files NAME-wal and NAME-shm that SQLite keeps beside it
// while the ledger is open. It must lie on a local file system: SQLite's locks and shared
// memory do not work on all network file systems.
package ledger
