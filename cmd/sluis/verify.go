package main

import (
	"context"
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/apache/arrow/go/v15/arrow"
	"github.com/apache/arrow/go/v15/arrow/array"
	"github.com/spf13/cobra"

	"github.com/sluis-go/sluis/sdc/source"
	"github.com/sluis-go/sluis/suppress"
)

func newVerifyCommand() *cobra.Command {
	return &cobra.Command{
		Use:   "verify DIR",
		Short: "Check the certificates of releases against the releases alone",
		Long: `verify reads every NAME.certificate.json in DIR and the releases that it names, and
nothing else: no data, no report. A certificate holds where every suppressed cell
is shown to have at least two possible values, by tables that agree with all that
is published together. A release without a certificate, and a .parquet that is not
the same as its .csv, do not hold either: exit status 3.

Inside, where NAME.confidential.json lies beside, it checks that too: the true values
and the levels of the unsafe cells, against outsiders and every insider.

Of rounded releases it reads NAME.rounding.json, and checks that every value is a
multiple of the base and, if it says so, that all sums hold.`,
		Example: `  sluis verify release`,
		Args:    exactArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			return runVerify(cmd.Context(), args[0], cmd.OutOrStdout())
		},
	}
}

// runVerify is the verify verb.
func runVerify(ctx context.Context, dir string, stdout io.Writer) error {
	entries, err := os.ReadDir(dir)
	if err != nil {
		return err
	}
	covered := map[string]bool{}
	var releases []string
	holds, certificates := true, 0
	for _, e := range entries {
		name := e.Name()
		var files []string
		var text string
		var err error
		switch {
		case strings.HasSuffix(name, ".certificate.json"):
			files, text, err = verifyCertificate(dir, name)
		case strings.HasSuffix(name, roundingName):
			files, text, err = verifyRounding(dir, name)
		case strings.HasSuffix(name, confidentialName):
			text, err = verifyConfidential(dir, name)
			certificates-- // it covers no release
		case strings.HasSuffix(name, ".confidential.txt"), strings.HasSuffix(name, ".html"):
			continue // neither holds a table that a program reads
		case strings.Contains(name, ".release."):
			releases = append(releases, name)
			continue
		default:
			continue
		}
		certificates++
		switch {
		case errors.Is(err, suppress.ErrCertificate):
			holds = false
			text = fmt.Sprintf("%s: %v\n", name, err)
		case err != nil:
			return err
		}
		for _, r := range files {
			covered[r] = true
		}
		fmt.Fprint(stdout, text)
		if err := ctx.Err(); err != nil {
			return err
		}
	}
	if certificates == 0 {
		return fmt.Errorf("there is no certificate in %s", dir)
	}
	for _, name := range releases {
		text, binary := strings.CutSuffix(name, ".parquet")
		if binary {
			text += ".csv"
		}
		switch {
		case !covered[text]:
			holds = false
			fmt.Fprintf(stdout, "%s: no certificate holds for it\n", name)
		case binary:
			same, err := sameRelease(ctx, filepath.Join(dir, text), filepath.Join(dir, name))
			if err != nil {
				return err
			}
			if !same {
				holds = false
				fmt.Fprintf(stdout, "%s: it is not the same as %s\n", name, text)
			}
		}
	}
	if !holds {
		return &exitError{code: exitUnsafe}
	}
	return nil
}

// verifyCertificate checks one certificate, and returns the releases that it covers.
func verifyCertificate(dir, name string) (files []string, text string, err error) {
	v, err := suppress.Verify(os.DirFS(dir), name, suppress.VerifyLimits{})
	if err != nil {
		return nil, "", err
	}
	return v.Releases, verifiedText(name, v), nil
}

// verifyConfidential checks one proof that stays inside.
func verifyConfidential(dir, name string) (text string, err error) {
	v, err := suppress.VerifyConfidential(os.DirFS(dir), name, suppress.VerifyLimits{})
	if err != nil {
		return "", err
	}
	return fmt.Sprintf("%s holds, and must not leave: %s\n   %d unsafe cells are as far from what outsiders and %d insiders can rule out as their levels ask, by %d tables\n",
		name, strings.Join(v.Releases, ", "), v.Unsafe, v.Insiders, v.Witnesses), nil
}

// verifyRounding checks one statement about rounded releases, and returns these.
func verifyRounding(dir, name string) (files []string, text string, err error) {
	v, err := suppress.VerifyRounding(os.DirFS(dir), name, suppress.VerifyLimits{})
	if err != nil {
		return nil, "", err
	}
	return v.Releases, fmt.Sprintf("%s holds: %s\n   %d cells published, all of them; %s\n",
		name, strings.Join(v.Releases, ", "), v.Cells, roundedText(v)), nil
}

func verifiedText(name string, v *suppress.Verified) string {
	knows := "an attacker who knows nothing of the values beforehand"
	switch {
	case v.Least != nil && v.Whole:
		knows = fmt.Sprintf("an attacker who knows values to be whole and at least %d", *v.Least)
	case v.Least != nil:
		knows = fmt.Sprintf("an attacker who knows values to be at least %d", *v.Least)
	case v.Whole:
		knows = "an attacker who knows values to be whole"
	}
	return fmt.Sprintf("%s holds: %s\n   %d cells published, %d suppressed; %s finds at least two values for each of these, by %d tables\n",
		name, strings.Join(v.Releases, ", "), v.Cells, v.Hidden, knows, v.Witnesses+1)
}

// sameRelease compares the rows of two files as text.
func sameRelease(ctx context.Context, a, b string) (bool, error) {
	x, err := rowsOf(ctx, a)
	if err != nil {
		return false, err
	}
	y, err := rowsOf(ctx, b)
	return slices.Equal(x, y), err
}

// rowsOf reads a release as text, its cells in quotes, so that no two rows are alike.
func rowsOf(ctx context.Context, name string) ([]string, error) {
	var out []string
	if strings.HasSuffix(name, ".csv") {
		f, err := os.Open(name)
		if err != nil {
			return nil, err
		}
		defer f.Close() //nolint:errcheck // read only
		in := csv.NewReader(f)
		for {
			row, err := in.Read()
			if errors.Is(err, io.EOF) {
				return out, nil
			}
			if err != nil {
				return nil, err
			}
			out = append(out, fmt.Sprintf("%q", row))
		}
	}
	s, err := source.Open(ctx, []string{name}, source.Options{})
	if err != nil {
		return nil, err
	}
	defer s.Close() //nolint:errcheck // read only
	var row []string
	var head []string
	for _, f := range s.Schema().Fields() {
		row = append(row, f.Name)
		head = append(head, source.Defuse(f.Name))
	}
	out = append(out, fmt.Sprintf("%q", head))
	r, err := s.Reader(ctx, row)
	if err != nil {
		return nil, err
	}
	defer r.Release()
	for r.Next() {
		rec := r.Record()
		for i := range int(rec.NumRows()) {
			row = row[:0]
			for _, col := range rec.Columns() {
				text := ""
				if col.IsValid(i) {
					text = col.ValueStr(i)
					if d, ok := col.(*array.Decimal128); ok { // all its digits
						text = d.Value(i).ToString(d.DataType().(*arrow.Decimal128Type).Scale)
					}
				}
				row = append(row, source.Defuse(text)) // as CSV has it
			}
			out = append(out, fmt.Sprintf("%q", row))
		}
	}
	if err := r.Err(); err != nil && !errors.Is(err, io.EOF) {
		return nil, err
	}
	return out, nil
}
