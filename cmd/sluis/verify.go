package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"strings"

	"github.com/spf13/cobra"

	"github.com/sluis-go/sluis/suppress/releases"
	"github.com/sluis-go/sluis/suppress/verify"
)

// verifyFlags are the flags of verify.
type verifyFlags struct {
	with   []string
	accept string
}

func newVerifyCommand() *cobra.Command {
	var f verifyFlags
	cmd := &cobra.Command{
		Use:   "verify DIR",
		Short: "Check the certificates of releases against the releases alone",
		Long: `verify reads every NAME.certificate.json in DIR and the releases that it names, and
nothing else: no data, no report. A certificate holds where every suppressed cell
is shown to have at least two possible values, by tables that agree with all that
is published together. A release without a certificate, and a .parquet that is not,
byte for byte, what this version of protect writes of its .csv, do not hold either: exit
status 3. Where DIR has a manifest.json, nothing but the files that it lists may lie
there. What protect left to a reviewer stands in the manifest, and ends in exit status 4;
so does a folder without one.

DIR is a folder that leaves, or the folder of sluis protect with the two folders
release and confidential in it. Then it checks each confidential/NAME.confidential.json
too: the true values and the levels of the unsafe cells, against outsiders and every
insider.

Of rounded releases it reads NAME.rounding.json, and checks that every value is a
multiple of the base and, if it says so, that all sums hold. Two releases of the same
cells under different certificates are refused: what they tell together is not proven.
With --with earlier releases are checked too, and held against this one.

The manifest says what attacker was reckoned with. One that is weaker than docs/protection.md
requires does not hold, unless --accept-attacker says why that will do.`,
		Example: `  sluis verify tables
  sluis verify tables/release
  sluis verify tables/release --with may/release --with june/release`,
		Args: exactArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			return runVerify(cmd.Context(), args[0], &f, cmd.OutOrStdout())
		},
	}
	flags := cmd.Flags()
	flags.StringArrayVar(&f.with, "with", nil, "folder of an earlier release of the same data; may be repeated")
	flags.StringVar(&f.accept, "accept-attacker", "", "why an attacker will do that is weaker than docs/protection.md requires")
	return cmd
}

// runVerify is the verify verb.
func runVerify(ctx context.Context, dir string, f *verifyFlags, stdout io.Writer) error {
	if f.accept != "" {
		if len([]rune(strings.TrimSpace(f.accept))) < 3 {
			return usageError(errors.New("--accept-attacker needs a reason of three characters or more"))
		}
		fmt.Fprintf(stdout, "accepted, an attacker that is weaker than docs/protection.md requires: %q\n", f.accept)
	}
	v, err := releases.Verify(ctx, dir, releases.Options{
		With: f.with, AcceptWeaker: f.accept != "", Tell: func(x releases.Found) { tellFound(stdout, x) },
	})
	switch {
	case err != nil:
		return err
	case !v.Holds:
		return &exitError{code: exitUnsafe}
	case !v.Known:
		fmt.Fprintf(stdout, "review: what protect left to a reviewer is not known: it stands in no %s\n", releases.Manifest)
		return &exitError{code: exitReview}
	case len(v.Review) > 0:
		for _, name := range v.Review {
			fmt.Fprintf(stdout, "review: %q\n", name)
		}
		fmt.Fprintln(stdout, "protect has left this to a reviewer: the release may leave once the reviewer has agreed")
		return &exitError{code: exitReview}
	}
	return nil
}

// tellFound prints one thing that was found in a folder.
func tellFound(w io.Writer, x releases.Found) {
	switch {
	case x.Said != "":
		fmt.Fprintln(w, x.Said)
	case x.Wrong != "":
		fmt.Fprintln(w, x.Wrong)
	case x.Certified != nil:
		v := x.Certified
		fmt.Fprintf(w, "%s holds: %s\n   %d cells published, %d suppressed; %s finds at least two values for each of these, by %d tables\n",
			x.File, strings.Join(v.Releases, ", "), v.Cells, v.Hidden, attackerOf(v), v.Witnesses+1)
	case x.Rounded != nil:
		v := x.Rounded
		fmt.Fprintf(w, "%s holds: %s\n   %d cells published, all of them; %s\n", x.File, strings.Join(v.Releases, ", "), v.Cells, roundedText(v))
	case x.Proven != nil:
		v := x.Proven
		fmt.Fprintf(w, "%s holds, and must not leave: %s\n   %d unsafe cells are as far from what outsiders and %d insiders can rule out as their levels ask, by %d tables\n",
			x.File, strings.Join(v.Releases, ", "), v.Unsafe, v.Insiders, v.Witnesses)
	}
}

// attackerOf says which attacker a certificate is about.
func attackerOf(v *verify.Certified) string {
	switch {
	case v.Least != nil && v.Whole:
		return fmt.Sprintf("an attacker who knows values to be whole and at least %d", *v.Least)
	case v.Least != nil:
		return fmt.Sprintf("an attacker who knows values to be at least %d", *v.Least)
	case v.Whole:
		return "an attacker who knows values to be whole"
	}
	return "an attacker who knows nothing of the values beforehand"
}
