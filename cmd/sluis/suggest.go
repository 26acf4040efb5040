package main

import (
	"context"
	"fmt"
	"io"

	"github.com/sluis-go/sluis/sdc"
	"github.com/sluis-go/sluis/sdc/source"
	"github.com/sluis-go/sluis/sdc/spec"
	"github.com/sluis-go/sluis/sdc/suggest"
)

// findSuggestions opens the data of a spec once more and looks for changes that
// would do.
func findSuggestions(ctx context.Context, r *sdc.Report, s *spec.Spec, policy sdc.Policy, opts sdc.Options) ([]suggest.Suggestion, error) {
	open := func() (*sdc.Data, func(), error) {
		account, err := loadDossier(s.Dossier)
		if err != nil {
			return nil, nil, err
		}
		src, err := source.Open(ctx, s.Patterns, s.Options)
		if err != nil {
			return nil, nil, err
		}
		records, err := src.Reader(ctx, neededColumns(s, src.Schema()))
		if err != nil {
			src.Close() //nolint:errcheck // the first error is the one to tell
			return nil, nil, err
		}
		d := sdc.FromReaders(records)
		d.Roles, d.Missing, d.Hierarchies = s.Roles, s.Missing, s.Hierarchies
		if account != nil {
			d.Dossier = &sdc.DossierState{Missing: account.Missing()}
		}
		return d, func() {
			records.Release()
			src.Close() //nolint:errcheck // it was read alone
		}, nil
	}
	return suggest.Find(ctx, r, s.Outputs, policy, opts, open)
}

func printSuggestions(w io.Writer, r *sdc.Report, list []suggest.Suggestion) {
	for _, s := range list {
		fmt.Fprintf(w, "%s: %s if %s (%d of %d cells left)\n", r.Outputs[s.Output].Name, s.Verdict, s.Text(), s.Cells, s.Was)
	}
}
