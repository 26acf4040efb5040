package releases

import (
	"context"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/sluis-go/sluis/internal/files"
	"github.com/sluis-go/sluis/internal/manifest"
	"github.com/sluis-go/sluis/suppress"
	"github.com/sluis-go/sluis/suppress/verify"
)

// attacker holds the attacker that the manifest states against the least that is required:
// every part of sdc.Attacker.
func (v *verification) attacker() {
	switch {
	case v.manifest == nil: // the verdict is not known
	case v.manifest.Off == nil:
		v.verdict.Review = append(v.verdict.Review, "attacker: the manifest does not say what was reckoned with")
	default:
		for _, part := range v.manifest.Off {
			v.weak("%q is not reckoned with", part)
		}
		for _, name := range v.manifest.NotReckoned {
			v.tell(Found{Said: fmt.Sprintf("not reckoned with, see docs/protection.md: %q", name)})
		}
	}
}

// counts holds what a certificate says of counts against what everybody knows: that they are
// whole, and not negative.
func (v *verification) counts(name string, c *verify.Certified) {
	if v.manifest == nil || c.Whole && c.Least != nil && *c.Least >= 0 && c.Digits == 0 {
		return
	}
	if slices.ContainsFunc(v.manifest.Files, func(f manifest.File) bool {
		return slices.Contains(c.Releases, f.Name) && counts(&f)
	}) {
		v.weak("%s: that counts are whole and not negative is not reckoned with", name)
	}
}

// counts reports whether a table has counts without weights. The name of the values says so in
// a manifest of an earlier version.
func counts(f *manifest.File) bool {
	if f.Counts != nil {
		return *f.Counts
	}
	return strings.HasPrefix(f.Shows, "number of ") && !strings.Contains(f.Shows, ", weighted with ")
}

// weak says that the attacker is weaker than required.
func (v *verification) weak(format string, args ...any) {
	text := fmt.Sprintf(format, args...)
	if v.accept {
		v.tell(Found{Said: "accepted: " + text})
		return
	}
	v.fail("the attacker is weaker than docs/protection.md requires: %s; make the release anew, or say why that will do with --accept-attacker", text)
}

// earlier verifies earlier releases, and holds this one against them.
func (v *verification) earlier(ctx context.Context, o *Options) error {
	for _, dir := range o.With {
		v.tell(Found{Said: "earlier release " + dir + ":"})
		old, err := Verify(ctx, dir, Options{Tell: v.tell, AcceptWeaker: v.accept})
		if err != nil {
			return err
		}
		if !old.Holds {
			v.fail("the earlier release %s does not hold", dir)
		}
		v.verdict.Known = v.verdict.Known && old.Known
		v.verdict.Review = append(v.verdict.Review, old.Review...)
	}
	slices.Sort(v.verdict.Review)
	v.verdict.Review = slices.Compact(v.verdict.Review)
	wrong, err := Against(files.FS(v.release), v.covered, o.With)
	v.failAll(wrong)
	return err
}

// Against lists the pairs of releases of the same cells, but not the same, in a folder and in
// folders of earlier releases: each certificate holds by itself, and one release may publish
// what another hides. proofs names what proves each release of the folder.
func Against(release fs.FS, proofs map[string]string, earlier []string) ([]string, error) {
	all, of, texts := layered{}, map[string]string{}, map[string]bool{}
	for name, proof := range proofs {
		all[name], of[name] = layeredFile{release, name}, proof
		text, err := fs.ReadFile(release, name)
		if err != nil {
			return nil, err
		}
		texts[string(text)] = true
	}
	for _, dir := range earlier {
		if in := filepath.Join(dir, suppress.ReleaseFolder); isFolder(in) {
			dir = in
		}
		entries, err := os.ReadDir(dir)
		if err != nil {
			return nil, err
		}
		for _, e := range entries {
			if !strings.HasSuffix(e.Name(), ".release.csv") {
				continue
			}
			text, err := fs.ReadFile(files.FS(dir), e.Name())
			if err != nil {
				return nil, err
			}
			if !texts[string(text)] { // the very same release tells nothing more
				name := filepath.Join(dir, e.Name())
				all[name], of[name] = layeredFile{files.FS(dir), e.Name()}, "of "+dir
			}
		}
	}
	return verify.Together(all, of)
}

// layered are files of several folders, by names of their own.
type layered map[string]layeredFile

type layeredFile struct {
	in   fs.FS
	name string
}

// Open implements fs.FS.
func (l layered) Open(name string) (fs.File, error) {
	if f, ok := l[name]; ok {
		return f.in.Open(f.name)
	}
	return nil, &fs.PathError{Op: "open", Path: name, Err: fs.ErrNotExist}
}

func isFolder(path string) bool {
	info, err := os.Stat(path)
	return err == nil && info.IsDir()
}
