// Package releases verifies a folder of releases as a whole, as sluis verify does: every
// certificate and every statement of rounding (package suppress/verify), the manifest, the
// Parquet files, releases of the same cells under two certificates, and the confidential proofs
// where they lie beside.
//
//	v, err := releases.Verify(ctx, "tables/release", releases.Options{})
//	...
//	v.Holds, v.Review
package releases

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"github.com/sluis-go/sluis/internal/files"
	"github.com/sluis-go/sluis/internal/manifest"
	"github.com/sluis-go/sluis/suppress"
	"github.com/sluis-go/sluis/suppress/verify"
)

// The ends of the names of the files that prove releases.
const (
	certificateName  = ".certificate.json"
	roundingName     = ".rounding.json"
	confidentialName = ".confidential.json"
)

// Manifest is the name of the file that lists what is in a folder, and what is left to a
// reviewer.
const Manifest = manifest.Name

// Verdict is what was found of a folder.
type Verdict struct {
	// Holds says that everything was proven. Why is the first thing that was not.
	Holds bool
	Why   string
	// Review names what protect left to a reviewer. Known is false where no manifest says
	// what that is: then a reviewer must look at the release.
	Review []string
	Known  bool
	// Tables, Cells and Hidden count the releases in CSV, and the cells of all certificates:
	// published and suppressed.
	Tables, Cells, Hidden int
}

// Options say what is verified, and how. The zero value is ready to use.
type Options struct {
	// Tell, where it is not nil, is called for each thing that is found, in the order of the
	// names of the files.
	Tell func(Found)
	// With are folders of earlier releases, which are verified too, and held against this one.
	With []string
	// AcceptWeaker accepts an attacker that is weaker than docs/protection.md requires.
	AcceptWeaker bool
}

// Found is one thing that was found: exactly one of the fields but File is set.
type Found struct {
	// Said is a sentence about what was found, and is nothing wrong.
	Said string
	// File is the proof that holds; "" for what does not hold.
	File string
	// Wrong is a sentence about what does not hold.
	Wrong string
	// Certified, Rounded and Proven are what a proof says.
	Certified *verify.Certified
	Rounded   *verify.Rounded
	Proven    *verify.Proven
}

// Verify verifies a folder that leaves, or one with the two folders release and confidential
// in it.
//
// The error says that the folder cannot be read, or that it has no certificate. Of a folder
// that does not hold there is no error: see Verdict.
func Verify(ctx context.Context, dir string, o Options) (*Verdict, error) {
	if o.Tell == nil {
		o.Tell = func(Found) {}
	}
	v := &verification{release: dir, confidential: dir, tell: o.Tell, accept: o.AcceptWeaker, verdict: &Verdict{Holds: true}}
	if info, err := os.Stat(filepath.Join(dir, suppress.ReleaseFolder)); err == nil && info.IsDir() {
		v.release, v.confidential = filepath.Join(dir, suppress.ReleaseFolder), filepath.Join(dir, suppress.ConfidentialFolder)
		if err := v.outside(dir); err != nil {
			return nil, err
		}
	}
	if err := v.run(ctx); err != nil {
		return nil, err
	}
	if err := v.earlier(ctx, &o); err != nil {
		return nil, err
	}
	return v.verdict, nil
}

// verification is one run of [Verify].
type verification struct {
	release, confidential string // one folder for what was made before there were two
	tell                  func(Found)
	verdict               *Verdict
	accept                bool
	manifest              *manifest.Manifest // nil for none
	covered               map[string]string  // release -> what proves it
}

// fail says that something does not hold.
func (v *verification) fail(format string, args ...any) {
	text := fmt.Sprintf(format, args...)
	if v.verdict.Holds {
		v.verdict.Holds, v.verdict.Why = false, text
	}
	v.tell(Found{Wrong: text})
}

// failed says that a proof does not hold. It returns errors of another kind.
func (v *verification) failed(name string, err error) error {
	if errors.Is(err, verify.ErrCertificate) {
		v.fail("%s: %v", name, err)
		return nil
	}
	return err
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
	found, wrong, err := manifest.Check(ctx, files.FS(v.release))
	if err != nil {
		return err
	}
	listed := found != nil
	if v.manifest = found; listed {
		v.verdict.Review, v.verdict.Known = found.Review, found.Review != nil
	}
	v.failAll(wrong)
	covered, err := v.certificates(ctx, entries)
	if err != nil {
		return err
	}
	v.covered = covered
	for _, e := range entries {
		if strings.Contains(e.Name(), ".release.") && !strings.HasSuffix(e.Name(), ".html") {
			if err := v.covers(ctx, e.Name(), covered); err != nil {
				return err
			}
		}
	}
	if wrong, err = verify.Together(files.FS(v.release), covered); err != nil {
		return err
	}
	v.failAll(wrong)
	v.attacker()
	return v.twins(ctx, listed)
}

func (v *verification) failAll(wrong []string) {
	for _, text := range wrong {
		v.fail("%s", text)
	}
}

// certificates checks every certificate and statement of rounding, and returns which
// of them covers each release.
func (v *verification) certificates(ctx context.Context, entries []fs.DirEntry) (covered map[string]string, err error) {
	covered = map[string]string{}
	n := 0
	for _, e := range entries {
		name := e.Name()
		var releases []string
		switch {
		case strings.HasSuffix(name, certificateName):
			releases, err = v.certificate(ctx, name)
		case strings.HasSuffix(name, roundingName):
			releases, err = v.rounding(ctx, name)
		default:
			continue
		}
		n++
		if err := errors.Join(v.failed(name, err), ctx.Err()); err != nil {
			return nil, err
		}
		for _, r := range releases {
			if covered[r] != "" {
				v.fail("%q is in two certificates, %q and %q", r, covered[r], name)
			}
			covered[r] = name
		}
	}
	if n == 0 {
		return nil, fmt.Errorf("there is no certificate in %s", v.release)
	}
	return covered, nil
}

// certificate checks one certificate, and returns the releases that it covers.
func (v *verification) certificate(ctx context.Context, name string) ([]string, error) {
	c, err := verify.Certificate(ctx, files.FS(v.release), name, verify.Limits{})
	if err != nil {
		return nil, err
	}
	v.verdict.Cells, v.verdict.Hidden = v.verdict.Cells+c.Cells, v.verdict.Hidden+c.Hidden
	v.tell(Found{File: name, Certified: c})
	v.counts(name, c)
	return c.Releases, nil
}

// rounding checks one statement about rounded releases, and returns these.
func (v *verification) rounding(ctx context.Context, name string) ([]string, error) {
	r, err := verify.Rounding(ctx, files.FS(v.release), name, verify.Limits{})
	if err != nil {
		return nil, err
	}
	v.tell(Found{File: name, Rounded: r})
	return r.Releases, nil
}

// covers looks at one file of a release.
func (v *verification) covers(ctx context.Context, name string, covered map[string]string) error {
	text, binary := strings.CutSuffix(name, ".parquet")
	if binary {
		text += ".csv"
	} else if strings.HasSuffix(name, ".release.csv") {
		v.verdict.Tables++
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
		p, err := verify.Confidential(ctx, twin{files.FS(v.release), files.FS(v.confidential)}, name, verify.Limits{})
		if err := errors.Join(v.failed(name, err), ctx.Err()); err != nil {
			return err
		}
		if err == nil {
			v.tell(Found{File: name, Proven: p})
		}
	}
	return nil
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
