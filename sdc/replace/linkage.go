package replace

import (
	"context"
	"errors"
	"fmt"
	"io"

	"github.com/sluis-go/sluis/pseudonym"
	"github.com/sluis-go/sluis/sdc/source"
)

// Linkage reads the columns of identifiers into a table from pseudonyms to identifiers.
// It leaves out invalid values, and returns their number.
func (j *Job) Linkage(ctx context.Context, p *pseudonym.Pseudonymizer) (l *pseudonym.Linkage, invalid int64, err error) {
	if j == nil || ctx == nil || p == nil || len(j.Columns) == 0 {
		return nil, 0, fmt.Errorf("%w: the job, the context or the pseudonymizer is nil, or no column is named", ErrRequest)
	}
	src, err := source.Open(ctx, []string{j.In}, source.Options{CSV: j.CSV, OpenStreams: j.OpenStreams, Received: j.Received})
	if err != nil {
		return nil, 0, err
	}
	defer src.Close() //nolint:errcheck // read only
	if err := src.Need(j.Columns...); err != nil {
		return nil, 0, err
	}
	rows, err := src.Reader(ctx, j.Columns)
	if err != nil {
		return nil, 0, err
	}
	defer rows.Release()
	l = pseudonym.EmptyLinkage(p)
	for rows.Next() {
		for i, col := range rows.Record().Columns() {
			n, err := l.AddArray(p, col)
			if err != nil {
				return nil, 0, fmt.Errorf("column %q: %w", rows.Record().ColumnName(i), err)
			}
			invalid += n
		}
	}
	if err := rows.Err(); err != nil && !errors.Is(err, io.EOF) {
		return nil, 0, err
	}
	return l, invalid, nil
}
