package ledger

import (
	"context"
	"crypto/ed25519"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"

	"github.com/sluis-go/sluis/internal/guard"
)

// Add adds a release as the next entry, in one transaction, and returns the entry with its
// number and digests. The digest is to be kept elsewhere: see [Ledger.Verify]. Where sign is
// not nil it returns the public key and its Ed25519 signature of a payload. The release that
// the caller gave is not changed.
//
// Add waits some seconds for another writer. On an error nothing was written. The error wraps
// ErrRequest of package sdc for a release that is not well formed, and ErrBusy, ErrReadOnly
// or ErrFull.
func (l *Ledger) Add(ctx context.Context, r *Release, sign func(payload []byte) (public, signature []byte)) (*Release, error) {
	if err := l.usable(ctx); err != nil {
		return nil, err
	}
	if r == nil {
		return nil, fmt.Errorf("%w: the release is nil", guard.ErrRequest)
	}
	if err := r.validate(); err != nil {
		return nil, err
	}
	x := *r
	tx, err := l.db.BeginTx(ctx, nil)
	if err != nil {
		return nil, l.failed(err)
	}
	defer tx.Rollback() //nolint:errcheck // after Commit there is nothing to take back
	x.Number, x.Previous = 1, ""
	var last int64
	switch err := tx.QueryRowContext(ctx, "SELECT number, digest FROM release ORDER BY number DESC LIMIT 1").Scan(&last, &x.Previous); {
	case err == nil:
		x.Number = last + 1
	case !errors.Is(err, sql.ErrNoRows):
		return nil, l.failed(err)
	}
	if err := x.seal(sign); err != nil {
		return nil, err
	}
	if err := x.insert(ctx, tx); err != nil {
		return nil, l.failed(err)
	}
	if err := tx.Commit(); err != nil {
		return nil, l.failed(err)
	}
	return &x, nil
}

// seal sets digest and signature.
func (r *Release) seal(sign func([]byte) ([]byte, []byte)) (err error) {
	r.Signer, r.Signature = nil, nil
	if sign != nil {
		r.Signer, _ = sign(nil) // the digest covers the key
	}
	if r.Contents, err = r.contents(); err != nil {
		return err
	}
	if r.Digest, err = r.digest(); err != nil || sign == nil {
		return err
	}
	public, signature := sign(Payload(r.Digest))
	if r.Signature = signature; len(public) != ed25519.PublicKeySize || !ed25519.Verify(public, Payload(r.Digest), signature) || string(public) != string(r.Signer) {
		return fmt.Errorf("%w: sign makes no signature that fits its key", guard.ErrRequest)
	}
	return nil
}

// insert writes the entry.
func (r *Release) insert(ctx context.Context, tx *sql.Tx) error {
	approved, err := json.Marshal(r.Approved)
	if err != nil {
		return err
	}
	w := &inserter{ctx: ctx, tx: tx}
	defer w.close()
	w.into("release", r.Number, r.Time, r.Project, r.Requester, string(approved), r.Verdict, r.Because, r.Note, r.Population, r.Unit,
		r.Policy, r.PolicySHA256, r.Spec, string(r.Reading), r.Contents, r.Previous, r.Digest, r.Signer, r.Signature)
	for i, s := range r.Sources {
		w.into("source", r.Number, i, s.Name, s.SHA256, s.Rows, s.Schema)
	}
	for i, o := range r.Outputs {
		w.into("output", r.Number, i, o.Name, string(o.Definition))
		for k, c := range o.Cells {
			coordinates, err := json.Marshal(c.Coordinates)
			if err != nil {
				return err
			}
			w.into("cell", r.Number, i, k, string(coordinates), c.Statistic, c.Value, c.Status)
		}
	}
	for i, f := range r.Files {
		w.into("file", r.Number, i, f.Name, f.SHA256, f.Bytes)
	}
	return w.err
}

// inserter writes rows; after an error it writes nothing.
type inserter struct {
	ctx  context.Context
	tx   *sql.Tx
	open map[string]*sql.Stmt
	err  error
}

// statement, where a test sets it, is called before every row.
var statement func(table string) error

func (w *inserter) into(table string, values ...any) {
	if w.err == nil && statement != nil {
		w.err = statement(table)
	}
	if w.err != nil {
		return
	}
	s := w.open[table]
	if s == nil {
		marks := "?"
		for range values[1:] {
			marks += ", ?"
		}
		if s, w.err = w.tx.PrepareContext(w.ctx, "INSERT INTO "+table+" VALUES ("+marks+")"); w.err != nil {
			return
		}
		if w.open == nil {
			w.open = map[string]*sql.Stmt{}
		}
		w.open[table] = s
	}
	_, w.err = s.ExecContext(w.ctx, values...)
}

func (w *inserter) close() {
	for _, s := range w.open {
		s.Close() //nolint:errcheck // the transaction tells
	}
}
