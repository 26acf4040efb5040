package ledger

import (
	"context"
	"time"
)

// AtStatement calls fn before every row that is written, until the result is called.
func AtStatement(fn func(table string) error) func() {
	statement = fn
	return func() { statement = nil }
}

// Waiting sets how long a writer waits, until the result is called.
func Waiting(d time.Duration) func() {
	before := wait
	wait = int(d.Milliseconds())
	return func() { wait = before }
}

// Exec runs SQL on the file as it lies there.
func (l *Ledger) Exec(query string, args ...any) error {
	_, err := l.db.ExecContext(context.Background(), query, args...)
	return err
}

// Query returns the first column of all rows.
func (l *Ledger) Query(query string) ([]string, error) {
	var out []string
	err := l.each(context.Background(), query, nil, func(scan func(...any) error) error {
		var s string
		err := scan(&s)
		out = append(out, s)
		return err
	})
	return out, err
}

// Schemas is the number of the newest schema.
var Schemas = len(migrations)

// Fill adds many entries in one transaction.
func (l *Ledger) Fill(n int, of func(k int) *Release) error {
	ctx := context.Background()
	tx, err := l.db.BeginTx(ctx, nil)
	if err != nil {
		return err
	}
	defer tx.Rollback() //nolint:errcheck // after Commit there is nothing to take back
	previous := ""
	for k := range n {
		r := of(k)
		r.Number, r.Previous = int64(k)+1, previous
		if err := r.seal(nil); err != nil {
			return err
		}
		previous = r.Digest
		if err := r.insert(ctx, tx); err != nil {
			return err
		}
	}
	return tx.Commit()
}
