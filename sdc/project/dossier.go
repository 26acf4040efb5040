package project

import (
	"context"
	"errors"
	"fmt"
	"slices"

	"github.com/sluis-go/sluis/sdc"
	"github.com/sluis-go/sluis/sdc/dossier"
)

// loadDossier reads the dossier that a spec names; nil where it names none.
func loadDossier(path string) (*dossier.Dossier, error) {
	if path == "" {
		return nil, nil
	}
	d, err := dossier.Load(path)
	if errors.Is(err, dossier.ErrDossier) {
		return nil, &RequestError{err}
	}
	return d, err
}

// reading lists the data that a check has read, in the form of the dossier. The periods
// are counted in a separate reading of two columns.
func (f *files) reading(ctx context.Context, opts sdc.Options) (dossier.Reading, error) {
	s, src, account := f.spec, f.src, f.account
	x := dossier.Reading{Columns: slices.Clone(f.columns)}
	for _, file := range src.Files() {
		x.Access = append(x.Access, dossier.AccessOf(file.Name))
	}
	if account.Period != "" && src.Schema().HasField(account.Period) {
		if !slices.Contains(x.Columns, account.Period) {
			x.Columns = append(x.Columns, account.Period)
		}
		want := []string{account.Period}
		if s.Roles.Respondent != "" && s.Roles.Respondent != account.Period {
			want = append(want, s.Roles.Respondent)
		}
		records, err := src.Reader(ctx, want)
		if err != nil {
			return x, err
		}
		defer records.Release()
		d := sdc.FromReaders(records)
		d.Roles.Respondent, d.RespondentForm = s.Roles.Respondent, s.RespondentForm
		if x.Periods, err = account.Periods(ctx, d, sdc.Options{Threads: opts.Threads, Memory: opts.Memory}); err != nil {
			return x, &RequestError{fmt.Errorf("period of the dossier: %w", err)}
		}
	}
	for _, field := range src.Schema().Fields() {
		if !slices.Contains(x.Columns, field.Name) {
			x.Unread = append(x.Unread, field.Name)
		}
	}
	return x, nil
}
