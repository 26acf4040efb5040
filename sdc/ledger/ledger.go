package ledger

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"io/fs"
	"net/url"
	"os"
	"path/filepath"

	"modernc.org/sqlite"
	sqlite3 "modernc.org/sqlite/lib"

	"github.com/sluis-go/sluis/internal/guard"
	"github.com/sluis-go/sluis/internal/staging"
)

// Errors of this package. Errors of the file system are passed on, and so is
// ErrRequest of package sdc for a request that is not well formed.
var (
	// ErrExists says that there is a file with the name of a new ledger.
	ErrExists = errors.New("there is a file of this name: name another, the ledger is not written over")
	// ErrNoLedger says that a file is no ledger, or one of a later version of sluis.
	ErrNoLedger = errors.New("the file is no ledger that this version of sluis can read")
	// ErrBusy says that another process was writing all the time.
	ErrBusy = errors.New("another process is writing to the ledger: nothing was written, try again")
	// ErrReadOnly says that the ledger cannot be written to.
	ErrReadOnly = errors.New("the ledger cannot be written to: nothing was written, look at the rights of the file and its folder")
	// ErrFull says that there is no room for an entry.
	ErrFull = errors.New("there is no room on the disk: nothing was written")
)

// Ledger is an open ledger. Its methods may be called by several goroutines; close it when
// it is not needed any more.
type Ledger struct {
	db   *sql.DB
	path string
}

// application marks a file of SQLite as a ledger: "sLdg".
const application = 0x734c6467

// migrations are the steps from each version of the schema to the next. PRAGMA user_version
// has the number of steps that a file has seen. A step is never changed once a version of
// sluis has left with it.
var migrations = []string{`
CREATE TABLE release (
	number        INTEGER PRIMARY KEY CHECK (number > 0),
	time          TEXT NOT NULL,
	project       TEXT NOT NULL,
	requester     TEXT NOT NULL,
	approved      TEXT NOT NULL,
	verdict       TEXT NOT NULL,
	because       TEXT NOT NULL,
	note          TEXT NOT NULL,
	population    TEXT NOT NULL,
	unit          TEXT NOT NULL,
	policy        TEXT NOT NULL,
	policy_sha256 TEXT NOT NULL,
	spec          TEXT NOT NULL,
	reading       TEXT NOT NULL,
	contents      TEXT NOT NULL,
	previous      TEXT NOT NULL,
	digest        TEXT NOT NULL UNIQUE,
	signer        BLOB,
	signature     BLOB
) STRICT;
CREATE TABLE source (
	release INTEGER NOT NULL REFERENCES release,
	place   INTEGER NOT NULL,
	name    TEXT NOT NULL,
	sha256  TEXT NOT NULL,
	rows    INTEGER NOT NULL,
	schema  TEXT NOT NULL,
	PRIMARY KEY (release, place)
) STRICT, WITHOUT ROWID;
CREATE TABLE output (
	release    INTEGER NOT NULL REFERENCES release,
	place      INTEGER NOT NULL,
	name       TEXT NOT NULL,
	definition TEXT NOT NULL,
	PRIMARY KEY (release, place)
) STRICT, WITHOUT ROWID;
CREATE TABLE cell (
	release     INTEGER NOT NULL,
	output      INTEGER NOT NULL,
	place       INTEGER NOT NULL,
	coordinates TEXT NOT NULL,
	statistic   TEXT NOT NULL,
	value       TEXT NOT NULL,
	status      TEXT NOT NULL,
	PRIMARY KEY (release, output, place),
	FOREIGN KEY (release, output) REFERENCES output
) STRICT, WITHOUT ROWID;
CREATE TABLE file (
	release INTEGER NOT NULL REFERENCES release,
	place   INTEGER NOT NULL,
	name    TEXT NOT NULL,
	sha256  TEXT NOT NULL,
	bytes   INTEGER NOT NULL,
	PRIMARY KEY (release, place)
) STRICT, WITHOUT ROWID;
`}

// wait is how long, in milliseconds, a writer waits for another one.
var wait = 5000

// connect returns the file as SQLite reads and writes it. The file must be there. Every
// connection of the result has the settings.
func connect(path string) (*sql.DB, error) {
	abs, err := filepath.Abs(path)
	if err != nil {
		return nil, err
	}
	at := filepath.ToSlash(abs)
	if at[0] != '/' { // a drive
		at = "/" + at
	}
	name := url.URL{Scheme: "file", Path: at, RawQuery: url.Values{
		"mode":    {"rw"},
		"_txlock": {"immediate"},
		"_pragma": {fmt.Sprintf("busy_timeout(%d)", wait), "foreign_keys(1)", "synchronous(FULL)", "trusted_schema(0)", "cell_size_check(1)"},
	}.Encode()}
	db, err := sql.Open("sqlite", name.String())
	if err != nil {
		return nil, err
	}
	db.SetMaxOpenConns(1)
	return db, nil
}

// Create makes a ledger without entries, mode 0600. The file appears when it is complete. It
// refuses to write over any file, with an error that wraps ErrExists.
func Create(ctx context.Context, path string) (err error) {
	if ctx == nil || path == "" {
		return fmt.Errorf("%w: the context is nil, or the ledger has no name", guard.ErrRequest)
	}
	if _, err := os.Lstat(path); err == nil {
		return fmt.Errorf("%s: %w", path, ErrExists)
	}
	stage, err := staging.New(filepath.Dir(path))
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, stage.Drop()) }()
	made := stage.Path("ledger")
	f, err := os.OpenFile(made, os.O_CREATE|os.O_EXCL|os.O_WRONLY, 0o600)
	if err != nil {
		return err
	}
	if err := f.Close(); err != nil {
		return err
	}
	if err := build(ctx, made); err != nil {
		return fmt.Errorf("%s: %w", path, reason(err))
	}
	// A link, unlike a new name, never replaces a file.
	if err := os.Link(made, path); errors.Is(err, fs.ErrExist) {
		return fmt.Errorf("%s: %w", path, ErrExists)
	} else if err != nil {
		return err
	}
	return staging.SyncDir(filepath.Dir(path))
}

// build makes a ledger of an empty file.
func build(ctx context.Context, path string) (err error) {
	db, err := connect(path)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, db.Close()) }()
	if _, err := db.ExecContext(ctx, fmt.Sprintf("PRAGMA journal_mode=WAL; PRAGMA application_id=%d", application)); err != nil {
		return err
	}
	return migrate(ctx, db, 0)
}

// migrate brings the schema from a version to the newest one, in one transaction.
func migrate(ctx context.Context, db *sql.DB, from int) error {
	tx, err := db.BeginTx(ctx, nil)
	if err != nil {
		return err
	}
	defer tx.Rollback() //nolint:errcheck // after Commit there is nothing to take back
	// Another process may have been first.
	if err := tx.QueryRowContext(ctx, "PRAGMA user_version").Scan(&from); err != nil {
		return err
	}
	for _, step := range migrations[min(from, len(migrations)):] {
		if _, err := tx.ExecContext(ctx, step); err != nil {
			return err
		}
	}
	if _, err := tx.ExecContext(ctx, fmt.Sprintf("PRAGMA user_version=%d", max(from, len(migrations)))); err != nil {
		return err
	}
	return tx.Commit()
}

// Open opens a ledger. The error wraps ErrNoLedger for a file that is none, and one of a
// later version.
func Open(ctx context.Context, path string) (_ *Ledger, err error) {
	if ctx == nil {
		return nil, fmt.Errorf("%w: the context is nil", guard.ErrRequest)
	}
	info, err := os.Stat(path)
	if err != nil {
		return nil, err
	}
	if !info.Mode().IsRegular() || info.Size() == 0 {
		return nil, fmt.Errorf("%s: %w", path, ErrNoLedger)
	}
	db, err := connect(path)
	if err != nil {
		return nil, err
	}
	defer func() {
		if err != nil {
			db.Close() //nolint:errcheck // the first error is the one to tell
		}
	}()
	var id, version int
	for _, x := range []struct {
		pragma string
		to     *int
	}{{"application_id", &id}, {"user_version", &version}} {
		if err := db.QueryRowContext(ctx, "PRAGMA "+x.pragma).Scan(x.to); err != nil {
			return nil, fmt.Errorf("%s: %w", path, reason(err))
		}
	}
	if id != application || version < 1 || version > len(migrations) {
		return nil, fmt.Errorf("%s: %w", path, ErrNoLedger)
	}
	if version < len(migrations) {
		if err := migrate(ctx, db, version); err != nil {
			return nil, fmt.Errorf("%s: %w", path, reason(err))
		}
	}
	return &Ledger{db: db, path: path}, nil
}

// Close closes the ledger.
func (l *Ledger) Close() error {
	if l == nil || l.db == nil {
		return nil
	}
	return l.db.Close()
}

// usable refuses a ledger that is not open, and a context that is nil.
func (l *Ledger) usable(ctx context.Context) error {
	if l == nil || l.db == nil || ctx == nil {
		return fmt.Errorf("%w: the context is nil, or the ledger is not open", guard.ErrRequest)
	}
	return nil
}

// failed adds the name of the ledger to an error, and the reason where SQLite has one.
func (l *Ledger) failed(err error) error {
	if err == nil {
		return nil
	}
	return fmt.Errorf("%s: %w", l.path, reason(err))
}

// reason adds to an error of SQLite which error of this package it is.
func reason(err error) error {
	var x *sqlite.Error
	if !errors.As(err, &x) {
		return err
	}
	switch x.Code() & 0xff { // the low byte is the kind
	case sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED:
		return fmt.Errorf("%w (%w)", ErrBusy, err)
	case sqlite3.SQLITE_READONLY, sqlite3.SQLITE_PERM:
		return fmt.Errorf("%w (%w)", ErrReadOnly, err)
	case sqlite3.SQLITE_FULL:
		return fmt.Errorf("%w (%w)", ErrFull, err)
	case sqlite3.SQLITE_NOTADB, sqlite3.SQLITE_CORRUPT:
		return fmt.Errorf("%w (%w)", ErrNoLedger, err)
	}
	return err
}
