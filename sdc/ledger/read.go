package ledger

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"io"
)

// ErrChanged says that an entry is not as it was written, or is not there.
var ErrChanged = errors.New("the ledger is not as it was written")

// ErrNoEntry says that a ledger has no entry of a number.
var ErrNoEntry = errors.New("the ledger has no entry of this number")

const columns = "number, time, project, requester, approved, verdict, because, note, population, unit, policy, policy_sha256, spec, reading, contents, previous, digest, signer, signature"

// Releases returns all entries in order, without their sources, outputs and files. It does not
// look whether they were changed: see [Ledger.Chain].
func (l *Ledger) Releases(ctx context.Context) ([]Release, error) {
	return l.releases(ctx, func(*Release, string) error { return nil })
}

// Chain returns all entries in order with their sources, without their outputs and files. Each
// entry fits its digest, follows the entry before it, and is signed as it says: so no entry
// was dropped, moved, or given another population or other files. The error wraps ErrChanged.
// That the last entries are gone is not found: see [Ledger.Verify].
//
// Time is linear in the entries, and does not grow with their cells.
func (l *Ledger) Chain(ctx context.Context) ([]Release, error) {
	list, err := l.releases(ctx, func(r *Release, approved string) error {
		if !isObject(r.Reading) {
			return fmt.Errorf("entry %d: %w", r.Number, ErrChanged)
		}
		return texts(r.Number, approved, &r.Approved)
	})
	if err != nil {
		return nil, err
	}
	err = l.each(ctx, "SELECT release, place, name, sha256, rows, schema FROM source ORDER BY release, place", nil, func(scan func(...any) error) error {
		var number int64
		var place int
		var s Source
		if err := scan(&number, &place, &s.Name, &s.SHA256, &s.Rows, &s.Schema); err != nil {
			return err
		}
		if number < 1 || number > int64(len(list)) || place != len(list[number-1].Sources) {
			return fmt.Errorf("the sources of entry %d: %w", number, ErrChanged)
		}
		list[number-1].Sources = append(list[number-1].Sources, s)
		return nil
	})
	previous := ""
	for i := range list {
		if err == nil {
			err = list[i].linked(int64(i)+1, previous)
		}
		previous = list[i].Digest
	}
	return list, l.failed(err)
}

// releases reads the table of releases, and has look see each of them with the text of its
// approvers.
func (l *Ledger) releases(ctx context.Context, look func(r *Release, approved string) error) ([]Release, error) {
	if err := l.usable(ctx); err != nil {
		return nil, err
	}
	out := []Release{}
	err := l.each(ctx, "SELECT "+columns+" FROM release ORDER BY number", nil, func(scan func(...any) error) error {
		var r Release
		approved, err := r.scan(scan)
		if err == nil {
			err = look(&r, approved)
		}
		if err != nil {
			return err
		}
		out = append(out, r)
		return nil
	})
	return out, l.failed(err)
}

// scan reads a row of the table release. It returns Approved as it is written there.
func (r *Release) scan(scan func(...any) error) (approved string, err error) {
	var reading string
	if err := scan(&r.Number, &r.Time, &r.Project, &r.Requester, &approved, &r.Verdict, &r.Because, &r.Note, &r.Population, &r.Unit,
		&r.Policy, &r.PolicySHA256, &r.Spec, &reading, &r.Contents, &r.Previous, &r.Digest, &r.Signer, &r.Signature); err != nil {
		return "", err
	}
	r.Reading = json.RawMessage(reading)
	if json.Unmarshal([]byte(approved), &r.Approved) != nil {
		return "", fmt.Errorf("entry %d: %w", r.Number, ErrChanged)
	}
	return approved, nil
}

// texts reads a list of texts that was written as JSON.
func texts(number int64, text string, to *[]string) error {
	if json.Unmarshal([]byte(text), to) == nil {
		if again, err := json.Marshal(*to); err == nil && string(again) == text {
			return nil
		}
	}
	return fmt.Errorf("entry %d: %w", number, ErrChanged)
}

// each calls fn for the rows of a query.
func (l *Ledger) each(ctx context.Context, query string, args []any, fn func(scan func(...any) error) error) (err error) {
	rows, err := l.db.QueryContext(ctx, query, args...)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, rows.Close()) }()
	for rows.Next() {
		if err := fn(rows.Scan); err != nil {
			return err
		}
	}
	return rows.Err()
}

// Entry returns an entry with all that it holds. The error wraps ErrNoEntry, or ErrChanged
// for an entry that does not fit its digest.
func (l *Ledger) Entry(ctx context.Context, number int64) (*Release, error) {
	if err := l.usable(ctx); err != nil {
		return nil, err
	}
	r, err := l.entry(ctx, number)
	if err != nil {
		return nil, l.failed(err)
	}
	if err := r.fits(); err != nil {
		return nil, l.failed(err)
	}
	if is, err := r.contents(); err != nil || is != r.Contents {
		return nil, l.failed(fmt.Errorf("entry %d: %w: its outputs or files do not fit its digest", number, ErrChanged))
	}
	return r, nil
}

// entry reads an entry, without a look at its digest.
func (l *Ledger) entry(ctx context.Context, number int64) (*Release, error) {
	var r Release
	approved, err := r.scan(l.db.QueryRowContext(ctx, "SELECT "+columns+" FROM release WHERE number = ?", number).Scan)
	if errors.Is(err, sql.ErrNoRows) {
		return nil, fmt.Errorf("entry %d: %w", number, ErrNoEntry)
	}
	if err != nil {
		return nil, err
	}
	changed := fmt.Errorf("entry %d: %w", number, ErrChanged)
	if !isObject(r.Reading) || texts(number, approved, &r.Approved) != nil {
		return nil, changed
	}
	args := []any{number}
	err = l.each(ctx, "SELECT place, name, sha256, rows, schema FROM source WHERE release = ? ORDER BY place", args, func(scan func(...any) error) error {
		var place int
		var s Source
		err := scan(&place, &s.Name, &s.SHA256, &s.Rows, &s.Schema)
		if err == nil && place != len(r.Sources) {
			err = changed
		}
		r.Sources = append(r.Sources, s)
		return err
	})
	if err != nil {
		return nil, err
	}
	err = l.each(ctx, "SELECT place, name, definition FROM output WHERE release = ? ORDER BY place", args, func(scan func(...any) error) error {
		var place int
		var o Output
		var definition string
		err := scan(&place, &o.Name, &definition)
		if o.Definition = json.RawMessage(definition); err == nil && (place != len(r.Outputs) || !isObject(o.Definition)) {
			err = changed
		}
		r.Outputs = append(r.Outputs, o)
		return err
	})
	if err != nil {
		return nil, err
	}
	err = l.each(ctx, "SELECT output, place, coordinates, statistic, value, status FROM cell WHERE release = ? ORDER BY output, place", args, func(scan func(...any) error) error {
		var output, place int
		var coordinates string
		var c Cell
		if err := scan(&output, &place, &coordinates, &c.Statistic, &c.Value, &c.Status); err != nil {
			return err
		}
		if output < 0 || output >= len(r.Outputs) || place != len(r.Outputs[output].Cells) {
			return changed
		}
		r.Outputs[output].Cells = append(r.Outputs[output].Cells, c)
		return texts(number, coordinates, &r.Outputs[output].Cells[place].Coordinates)
	})
	if err != nil {
		return nil, err
	}
	err = l.each(ctx, "SELECT place, name, sha256, bytes FROM file WHERE release = ? ORDER BY place", args, func(scan func(...any) error) error {
		var place int
		var f File
		err := scan(&place, &f.Name, &f.SHA256, &f.Bytes)
		if err == nil && place != len(r.Files) {
			err = changed
		}
		r.Files = append(r.Files, f)
		return err
	})
	return &r, err
}

// WriteJSON writes all entries as JSON, one a line.
func (l *Ledger) WriteJSON(ctx context.Context, w io.Writer) error {
	list, err := l.Releases(ctx)
	for i := 0; err == nil && i < len(list); i++ {
		var r *Release
		if r, err = l.Entry(ctx, list[i].Number); err == nil {
			var text []byte
			if text, err = encode(r); err == nil {
				_, err = w.Write(text)
			}
		}
	}
	return err
}
