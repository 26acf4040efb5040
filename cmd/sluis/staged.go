package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/apache/arrow/go/v15/arrow/memory"

	"github.com/sluis-go/sluis/internal/staging"
	"github.com/sluis-go/sluis/sdc/source"
	"github.com/sluis-go/sluis/suppress"
)

// The folders that protect writes: what leaves, and what must not.
const (
	releaseFolder      = "release"
	confidentialFolder = "confidential"
)

// released and kept end the names of the files that protect writes to either.
var (
	releasedNames = []string{".release.csv", ".release.parquet", certificateName, roundingName, ".html"}
	keptNames     = []string{".confidential.txt", confidentialName, ".html"}
)

// fitFolders refuses, before anything is worked out, folders that may not be replaced.
func (f *protectFlags) fitFolders() error {
	if f.out == toStdout {
		return usageError(errors.New("--out is a folder"))
	}
	for _, x := range []struct {
		folder string
		ends   []string
	}{{releaseFolder, releasedNames}, {confidentialFolder, keptNames}} {
		dir := filepath.Join(f.out, x.folder)
		entries, err := os.ReadDir(dir)
		if errors.Is(err, fs.ErrNotExist) {
			continue
		}
		if err != nil {
			return err
		}
		if len(entries) > 0 && !f.replace {
			return usageError(fmt.Errorf("%s is there already, and is left alone: name another folder with --out, or say --replace", dir))
		}
		for _, e := range entries {
			own := e.Type().IsRegular() && (e.Name() == manifestName ||
				slices.ContainsFunc(x.ends, func(end string) bool { return strings.HasSuffix(e.Name(), end) }))
			if !own {
				return usageError(fmt.Errorf("%s holds %q, which protect did not write: nothing is replaced", dir, e.Name()))
			}
		}
	}
	if f.html == "" || f.html == toStdout {
		return nil
	}
	if in, _ := within(filepath.Join(f.out, releaseFolder), f.html); in {
		return usageError(errors.New("--html shows what was suppressed: it must not lie in the release folder"))
	}
	return nil
}

// within reports whether a path lies in a folder, which need not be there, and what it
// is called in it.
func within(folder, path string) (bool, string) {
	a, err := filepath.Abs(folder)
	if err != nil {
		return false, ""
	}
	b, err := filepath.Abs(path)
	if err != nil {
		return false, ""
	}
	rel, err := filepath.Rel(resolved(a), resolved(b))
	return err == nil && filepath.IsLocal(rel), rel
}

// resolved follows the links of the longest part of a path that is there.
func resolved(path string) string {
	if real, err := filepath.EvalSymlinks(path); err == nil {
		return real
	}
	dir := filepath.Dir(path)
	if dir == path {
		return path
	}
	return filepath.Join(resolved(dir), filepath.Base(path))
}

// stagedRelease is the two folders while they wait until all is there and verified.
type stagedRelease struct {
	out     string
	stage   *staging.Folder
	files   []string // under out, in the order in which they were written
	taken   map[string]bool
	policy  *manifestPolicy
	review  []string          // what is left to a reviewer, by name
	shows   map[string]shown  // output -> what its values are
	said    map[string]string // file -> the same, for the manifest
	covered map[string]string // release -> its certificate, or statement of rounding
	dropped bool
}

func newStaged(out string) (*stagedRelease, error) {
	if err := os.MkdirAll(out, 0o700); err != nil {
		return nil, err
	}
	stage, err := staging.New(out)
	if err != nil {
		return nil, err
	}
	s := &stagedRelease{out: out, stage: stage, taken: map[string]bool{}, shows: map[string]shown{}, said: map[string]string{}, covered: map[string]string{}}
	if err := errors.Join(os.Mkdir(s.release(), 0o700), os.Mkdir(s.confidential(), 0o700)); err != nil {
		s.drop()
		return nil, err
	}
	return s, nil
}

// release and confidential are the folders as they wait.
func (s *stagedRelease) release() string      { return s.stage.Path(releaseFolder) }
func (s *stagedRelease) confidential() string { return s.stage.Path(confidentialFolder) }

// name turns the name of an output into that of a file of its own.
func (s *stagedRelease) name(output string) string {
	name := strings.Map(func(r rune) rune {
		if r < 0x20 || strings.ContainsRune(`/\:*?"<>|[]`, r) {
			return '_'
		}
		return r
	}, strings.TrimLeft(output, "."))
	if name == "" {
		name = "_"
	}
	for unique, n := name, 2; ; n++ {
		if key := strings.ToLower(unique); !s.taken[key] {
			s.taken[key] = true
			return unique
		}
		unique = fmt.Sprintf("%s-%d", name, n)
	}
}

// releaseNames gives every release its name and the name of its text file.
func (s *stagedRelease) releaseNames(releases []*suppress.Release) (names, files []string) {
	for _, r := range releases {
		names = append(names, s.name(r.Name))
		files = append(files, names[len(names)-1]+".release.csv")
	}
	return names, files
}

// releases writes them, as text and as Parquet; certificate covers them.
func (s *stagedRelease) releases(releases []*suppress.Release, names, files []string, certificate string) error {
	for i, r := range releases {
		s.covered[files[i]] = certificate
		if x, ok := s.shows[r.Name]; ok {
			s.said[files[i]], s.said[names[i]+".release.parquet"] = x.String(), x.String()
		}
		if err := s.write(files[i], r.WriteCSV); err != nil {
			return err
		}
		if err := s.parquet(names[i]+".release.parquet", r); err != nil {
			return err
		}
	}
	return nil
}

// write writes a file that leaves.
func (s *stagedRelease) write(name string, fn func(io.Writer) error) error {
	s.files = append(s.files, filepath.Join(releaseFolder, name))
	return source.WriteFile(filepath.Join(s.release(), name), fn)
}

// keep writes a file that must not leave.
func (s *stagedRelease) keep(name string, fn func(io.Writer) error) error {
	s.files = append(s.files, filepath.Join(confidentialFolder, name))
	return source.WriteFile(filepath.Join(s.confidential(), name), fn)
}

func (s *stagedRelease) parquet(name string, r *suppress.Release) error {
	s.files = append(s.files, filepath.Join(releaseFolder, name))
	w, err := source.Create(filepath.Join(s.release(), name), r.Schema(), source.WriterOptions{})
	if err != nil {
		return err
	}
	if err := r.WriteRecords(memory.DefaultAllocator, w.Write); err != nil {
		return errors.Join(err, w.Abort())
	}
	return w.Close()
}

// pathOf returns where a page is written: where it was asked for, or, in one of the
// two folders, among what waits.
func (s *stagedRelease) pathOf(path string) (string, error) {
	if path == "" || path == toStdout {
		return path, nil
	}
	for _, folder := range []string{releaseFolder, confidentialFolder} {
		in, name := within(filepath.Join(s.out, folder), path)
		switch {
		case !in:
			continue
		case name != filepath.Base(name) || name == "." || !strings.HasSuffix(name, ".html"):
			return "", usageError(fmt.Errorf("%s: a page in the folder %s has a name that ends in .html, and no folder of its own", path, folder))
		}
		rel := filepath.Join(folder, name)
		s.files = append(s.files, rel)
		return s.stage.Path(rel), nil
	}
	return path, nil
}

// targets are the names under which the files will appear.
func (s *stagedRelease) targets() []string {
	out := make([]string, len(s.files))
	for i, name := range s.files {
		out[i] = filepath.Join(s.out, name)
	}
	return out
}

// commit writes the manifest and moves both folders to where they belong, what leaves
// first.
func (s *stagedRelease) commit(ctx context.Context, replace bool) error {
	if err := writeManifest(s.release(), s.policy, s.review, s.said); err != nil {
		return err
	}
	err := s.stage.Commit(ctx, []string{releaseFolder, confidentialFolder}, replace)
	if errors.Is(err, staging.ErrExists) {
		return usageError(fmt.Errorf("%w, and is left alone: name another folder with --out, or say --replace", err))
	}
	s.dropped = err == nil
	return err
}

func (s *stagedRelease) drop() {
	if !s.dropped {
		s.stage.Drop() //nolint:errcheck // what is left is not named as a release, and is swept by the next run
	}
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
