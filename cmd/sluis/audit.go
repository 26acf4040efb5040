package main

import (
	"context"
	"errors"
	"io"
	"maps"
	"slices"

	"github.com/spf13/cobra"

	"github.com/sluis-go/sluis/suppress/foreign"
)

type auditFlags struct {
	metadata      string
	by            []string
	value, status string
	totals        []string
	hierarchies   map[string]string
	lead          string
	codes         string
	header        bool
	delimiter     string
	decimal       string
	absent        string

	lower, upper, sliding string
	contributors, owner   string
	largest               []string

	p, nk, pq, margin string
	coalition         int
	least             int64

	values          string
	atLeast, atMost string
	within          int64

	intervals bool
	branches  int
	threads   int
	json      string
}

func newAuditCommand() *cobra.Command {
	var f auditFlags
	cmd := &cobra.Command{
		Use:   "audit TABLE",
		Short: "Work out what an attacker can say of suppressed cells, in anybody's table",
		Long: `audit reads a table with totals and statuses, one row a cell: CSV, or a table for
tau-ARGUS with its metadata. It takes what is published and all sums over totals and
hierarchies, and works out between which values every suppressed cell must lie. For
each unsafe cell it says whether its protection level holds. Levels are the largest
of the columns --lower and --upper and of the rules that are named; without any the
value must not be worked out exactly. With --contributors everybody who stands alone
in a suppressed cell is an attacker too.

Suppressed cells may have their values in the file, or none: of a release alone the
intervals can be told, and whether a value is worked out, but no levels.

The report holds values and intervals of suppressed cells: it is confidential and
must not leave the closed environment. Exit status: 0 every unsafe cell is protected,
3 some are not, 4 it could not be decided; docs/protection.md has the details.`,
		Example: `  sluis audit table.csv --by region,size --lower lpl --upper upl --contributors n
  sluis audit table.tab --metadata table.rda --p 10 --range 20
  sluis audit out/release/turnover.release.csv --by sector,region --hierarchy region=region.hrc`,
		Args: exactArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			return runAudit(cmd.Context(), args[0], &f, cmd.OutOrStdout())
		},
	}
	fl := cmd.Flags()
	fl.SortFlags = false
	fl.StringVar(&f.metadata, "metadata", "", "metadata of a table for tau-ARGUS (.rda): columns, codes and hierarchies")
	fl.StringSliceVar(&f.by, "by", nil, "spanning variables, by comma (required without --metadata)")
	fl.StringVar(&f.value, "value", "", "column of the values (default: value, or that of the metadata)")
	fl.StringVar(&f.status, "status", "", "column of the statuses (default: status, or that of the metadata)")
	fl.StringSliceVar(&f.totals, "total", nil, "code of the totals, of all variables or by variable: region=TOT,size=T (default: *)")
	fl.StringToStringVar(&f.hierarchies, "hierarchy", nil, "code trees, as region=FILE (.hrc of tau-ARGUS)")
	fl.StringVar(&f.lead, "lead", "@", "lead string of the .hrc files")
	fl.StringVar(&f.codes, "codes", "", "status codes: tau, tau-letters, sbs, sdctable, sdmx, words (default: found from what occurs)")
	fl.BoolVar(&f.header, "header", true, "the first row has the names of the columns; without, they are 1, 2, 3, ...")
	fl.StringVar(&f.delimiter, "delimiter", "", "character between fields (default: a comma)")
	fl.StringVar(&f.decimal, "decimal", ".", "decimal mark, . or ,")
	fl.StringVar(&f.absent, "absent", "empty", "cells in no row: empty (known zeros) or withheld (not published)")
	fl.StringVar(&f.lower, "lower", "", "column of the protection levels below")
	fl.StringVar(&f.upper, "upper", "", "column of the protection levels above")
	fl.StringVar(&f.sliding, "sliding", "", "column of the least widths of intervals")
	fl.StringVar(&f.contributors, "contributors", "", "column of the numbers of contributors; of counts, that of the values")
	fl.StringVar(&f.owner, "owner", "", "column that says who the only contributor is")
	fl.StringSliceVar(&f.largest, "largest", nil, "columns of the largest contributions, largest first")
	fl.StringVar(&f.p, "p", "", "p% rule: p")
	fl.IntVar(&f.coalition, "coalition", 1, "p% rule: contributors who pool what they know")
	fl.StringVar(&f.nk, "nk", "", "(n,k) rule, as 1,85")
	fl.StringVar(&f.pq, "pq", "", "(p,q) rule, as 10,80")
	fl.StringVar(&f.margin, "range", "", "level of every unsafe cell as a percentage of its value")
	fl.Int64Var(&f.least, "min", 0, "published cells with fewer contributors are unsafe")
	fl.StringVar(&f.values, "values", "", "what is known of hidden values: whole or any (default: whole where none has decimals)")
	fl.StringVar(&f.atLeast, "at-least", "", "hidden values are known to be at least this (default: 0, or nothing where some are negative)")
	fl.StringVar(&f.atMost, "at-most", "", "hidden values are known to be at most this")
	fl.Int64Var(&f.within, "within", 0, "hidden values are known to within this percentage of the truth")
	fl.BoolVar(&f.intervals, "intervals", true, "work out the interval of every suppressed cell; without, only whether levels hold")
	fl.IntVar(&f.branches, "effort", 0, "programs for each end of an interval of whole numbers (default 200)")
	fl.IntVar(&f.threads, "threads", 0, "threads (default: all cores)")
	fl.StringVar(&f.json, "json", "", "file for the report as JSON (confidential)")
	return cmd
}

// runAudit is the audit verb.
func runAudit(ctx context.Context, path string, f *auditFlags, stdout io.Writer) error {
	s, err := f.spec()
	if err != nil {
		return specError(err)
	}
	o, err := f.options()
	if err != nil {
		return usageError(err)
	}
	inputs := append(slices.Collect(maps.Values(f.hierarchies)), path, f.metadata)
	if err := fitOutputs(inputs, f.json); err != nil {
		return err
	}
	table, err := f.read(path, s)
	if err != nil {
		return auditError(err)
	}
	r, err := table.Audit(ctx, *o)
	if err != nil {
		return auditError(err)
	}
	if f.json != "" {
		if err := writeFile(ctx, f.json, r.WriteJSON); err != nil {
			return err
		}
	}
	if err := r.WriteText(stdout); err != nil {
		return err
	}
	switch r.Verdict {
	case foreign.Protected:
		return nil
	case foreign.Undecided:
		return &exitError{code: exitReview}
	}
	return &exitError{code: exitUnsafe}
}

func auditError(err error) error {
	switch {
	case errors.Is(err, foreign.ErrRequest):
		return usageError(err)
	case errors.Is(err, foreign.ErrUndecided):
		return &exitError{code: exitReview, err: err}
	}
	return err
}

func (f *auditFlags) read(path string, s *foreign.Spec) (*foreign.Table, error) {
	in, err := openPlain(path)
	if err != nil {
		return nil, err
	}
	defer in.Close() //nolint:errcheck // read only
	if !f.header && s.Names == nil {
		if err := s.NumberColumns(in); err != nil {
			return nil, err
		}
	}
	return foreign.Read(in, *s)
}
