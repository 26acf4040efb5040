package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"github.com/spf13/cobra"

	"github.com/sluis-go/sluis/internal/manifest"
	"github.com/sluis-go/sluis/suppress"
	"github.com/sluis-go/sluis/suppress/verify"
)

func newVerifyCommand() *cobra.Command {
	return &cobra.Command{
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
cells under different certificates are refused: what they tell together is not proven.`,
		Example: `  sluis verify tables
  sluis verify tables/release`,
		Args: exactArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			return runVerify(cmd.Context(), args[0], cmd.OutOrStdout())
		},
	}
}

// The ends of the names of the files that prove releases.
const (
	certificateName  = ".certificate.json"
	roundingName     = ".rounding.json"
	confidentialName = ".confidential.json"
)

// runVerify is the verify verb.
func runVerify(ctx context.Context, dir string, stdout io.Writer) error {
	v, err := verified(ctx, dir, stdout)
	switch {
	case err != nil:
		return err
	case !v.holds:
		return &exitError{code: exitUnsafe}
	case v.review == nil:
		fmt.Fprintf(stdout, "review: what protect left to a reviewer is not known: it stands in no %s\n", manifest.Name)
		return &exitError{code: exitReview}
	case len(v.review) > 0:
		for _, name := range v.review {
			fmt.Fprintf(stdout, "review: %q\n", name)
		}
		fmt.Fprintln(stdout, "protect has left this to a reviewer: the release may leave once the reviewer has agreed")
		return &exitError{code: exitReview}
	}
	return nil
}

// verified looks at a folder, and tells what it finds.
func verified(ctx context.Context, dir string, stdout io.Writer) (*verification, error) {
	v := &verification{release: dir, confidential: dir, stdout: stdout, holds: true}
	if info, err := os.Stat(filepath.Join(dir, suppress.ReleaseFolder)); err == nil && info.IsDir() {
		v.release, v.confidential = filepath.Join(dir, suppress.ReleaseFolder), filepath.Join(dir, suppress.ConfidentialFolder)
		if err := v.outside(dir); err != nil {
			return nil, err
		}
	}
	return v, v.run(ctx)
}

// verification is what verify looks at, and what it has found.
type verification struct {
	release, confidential string // one folder for what was made before there were two
	stdout                io.Writer
	holds                 bool
	why                   string   // the first thing that does not hold
	review                []string // what protect left to a reviewer; nil where that is not known
}

// fail says that something does not hold.
func (v *verification) fail(format string, args ...any) {
	text := fmt.Sprintf(format, args...)
	if v.holds {
		v.holds, v.why = false, text
	}
	fmt.Fprintln(v.stdout, text)
}

// outside looks for what belongs in one of the two folders and lies beside them.
func (v *verification) outside(dir string) error {
	entries, err := os.ReadDir(dir)
	for _, e := range entries {
		if n := e.Name(); strings.HasSuffix(n, certificateName) || strings.HasSuffix(n, roundingName) || strings.Contains(n, ".release.") {
			v.fail("%q lies beside the folder %s, and is not checked", n, suppress.ReleaseFolder)
		}
	}
	return err
}

// run checks both folders.
func (v *verification) run(ctx context.Context) error {
	entries, err := os.ReadDir(v.release)
	if err != nil {
		return err
	}
	for _, e := range entries {
		if t := e.Type(); !t.IsRegular() && !t.IsDir() && (strings.HasSuffix(e.Name(), ".json") || strings.Contains(e.Name(), ".release.")) {
			v.fail("%q is no plain file", e.Name())
			return nil
		}
	}
	listed, review, wrong, err := manifest.Check(ctx, plainFiles(v.release))
	if err != nil {
		return err
	}
	v.review = review
	for _, text := range wrong {
		v.fail("%s", text)
	}
	covered, certificates, err := v.certificates(ctx, entries)
	if err != nil {
		return err
	}
	if certificates == 0 {
		return fmt.Errorf("there is no certificate in %s", v.release)
	}
	for _, e := range entries {
		if strings.Contains(e.Name(), ".release.") && !strings.HasSuffix(e.Name(), ".html") {
			if err := v.covers(ctx, e.Name(), covered); err != nil {
				return err
			}
		}
	}
	if wrong, err = verify.Together(plainFiles(v.release), covered); err != nil {
		return err
	}
	for _, text := range wrong {
		v.fail("%s", text)
	}
	return v.twins(ctx, listed)
}

// certificates checks every certificate and statement of rounding, and returns which
// of them covers each release.
func (v *verification) certificates(ctx context.Context, entries []fs.DirEntry) (covered map[string]string, n int, err error) {
	covered = map[string]string{}
	for _, e := range entries {
		name := e.Name()
		var files []string
		var text string
		var err error
		switch {
		case strings.HasSuffix(name, certificateName):
			files, text, err = verifyCertificate(ctx, v.release, name)
		case strings.HasSuffix(name, roundingName):
			files, text, err = verifyRounding(ctx, v.release, name)
		default:
			continue
		}
		n++
		if err := v.said(name, text, err); err != nil {
			return nil, 0, err
		}
		for _, r := range files {
			if covered[r] != "" {
				v.fail("%q is in two certificates, %q and %q", r, covered[r], name)
			}
			covered[r] = name
		}
		if err := ctx.Err(); err != nil {
			return nil, 0, err
		}
	}
	return covered, n, nil
}

// said tells what a file says, or why it does not hold. It returns errors of another
// kind.
func (v *verification) said(name, text string, err error) error {
	if errors.Is(err, verify.ErrCertificate) {
		v.fail("%s: %v", name, err)
		return nil
	}
	if err == nil {
		fmt.Fprint(v.stdout, text)
	}
	return err
}

// covers looks at one file of a release.
func (v *verification) covers(ctx context.Context, name string, covered map[string]string) error {
	text, binary := strings.CutSuffix(name, ".parquet")
	if binary {
		text += ".csv"
	}
	switch {
	case covered[text] == "":
		v.fail("%s: no certificate holds for it", name)
	case binary:
		same, err := canonical(ctx, filepath.Join(v.release, text), filepath.Join(v.release, name))
		if err != nil {
			return err
		}
		if !same {
			v.fail("%s: it is not %s in the one form that protect writes", name, text)
		}
	}
	return nil
}

// twins checks the proofs that stay inside, where they are.
func (v *verification) twins(ctx context.Context, listed bool) error {
	entries, err := os.ReadDir(v.confidential)
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	if err != nil {
		return err
	}
	for _, e := range entries {
		name := e.Name()
		if !strings.HasSuffix(name, confidentialName) {
			continue
		}
		if listed && v.release == v.confidential {
			v.fail("%q must not lie in a folder that leaves", name)
			continue
		}
		text, err := verifyConfidential(ctx, twin{plainFiles(v.release), plainFiles(v.confidential)}, name)
		if err := v.said(name, text, err); err != nil {
			return err
		}
		if err := ctx.Err(); err != nil {
			return err
		}
	}
	return nil
}

// verifyCertificate checks one certificate, and returns the releases that it covers.
func verifyCertificate(ctx context.Context, dir, name string) (files []string, text string, err error) {
	v, err := verify.Certificate(ctx, plainFiles(dir), name, verify.Limits{})
	if err != nil {
		return nil, "", err
	}
	return v.Releases, verifiedText(name, v), nil
}

// verifyConfidential checks one proof that stays inside.
func verifyConfidential(ctx context.Context, fsys fs.FS, name string) (text string, err error) {
	v, err := verify.Confidential(ctx, fsys, name, verify.Limits{})
	if err != nil {
		return "", err
	}
	return fmt.Sprintf("%s holds, and must not leave: %s\n   %d unsafe cells are as far from what outsiders and %d insiders can rule out as their levels ask, by %d tables\n",
		name, strings.Join(v.Releases, ", "), v.Unsafe, v.Insiders, v.Witnesses), nil
}

// verifyRounding checks one statement about rounded releases, and returns these.
func verifyRounding(ctx context.Context, dir, name string) (files []string, text string, err error) {
	v, err := verify.Rounding(ctx, plainFiles(dir), name, verify.Limits{})
	if err != nil {
		return nil, "", err
	}
	return v.Releases, fmt.Sprintf("%s holds: %s\n   %d cells published, all of them; %s\n",
		name, strings.Join(v.Releases, ", "), v.Cells, roundedText(v)), nil
}

func verifiedText(name string, v *verify.Certified) string {
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

// twin is a file system of releases with their confidential proofs beside them.
type twin struct{ release, confidential fs.FS }

// Open implements fs.FS.
func (t twin) Open(name string) (fs.File, error) {
	if strings.HasSuffix(name, confidentialName) {
		return t.confidential.Open(name)
	}
	return t.release.Open(name)
}
