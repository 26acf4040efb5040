package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"path/filepath"
	"strings"

	"github.com/sluis-go/sluis/sdc"
	"github.com/sluis-go/sluis/sdc/report"
	"github.com/sluis-go/sluis/suppress"
	"github.com/sluis-go/sluis/suppress/pages"
)

// mostAttacked is the number of suppressed cells of a group of tables up to which
// a page shows the attacker's intervals: it is two programs a cell over the table.
const mostAttacked = 400

// pages makes the pages of a publication from the very files that were verified, and
// writes them: those that are asked for in one of the two folders appear with it.
func (f *protectFlags) pages(ctx context.Context, r *sdc.Report, p *suppress.Publication) error {
	if f.html == "" && f.public == "" {
		return nil
	}
	if f.html != "" {
		if err := p.Attack(ctx, mostAttacked, f.threads); err != nil {
			return fmt.Errorf("nothing is released: %w", err)
		}
	}
	page, err := pages.Of(r, p, f.html != "")
	if err != nil {
		return err
	}
	opts := report.HTMLOptions{Lang: f.lang}
	for _, x := range []struct {
		path string
		make func(io.Writer, *report.Protection, report.HTMLOptions) error
	}{{f.html, report.ProtectionHTML}, {f.public, report.ReleaseHTML}} {
		if x.path == "" {
			continue
		}
		var b bytes.Buffer
		if err := x.make(&b, page, opts); err != nil {
			return err
		}
		if err := f.writePage(ctx, p, x.path, &b); err != nil {
			return err
		}
	}
	return nil
}

// writePage writes a page where it was asked for, or, in one of the two folders, among what
// waits to appear.
func (f *protectFlags) writePage(ctx context.Context, p *suppress.Publication, path string, page *bytes.Buffer) error {
	folder, name := f.folderOf(path)
	if folder == "" {
		return writePage(ctx, path, page)
	}
	err := p.Add(folder, name, func(w io.Writer) error {
		_, err := page.WriteTo(w)
		return err
	})
	if errors.Is(err, suppress.ErrRequest) {
		return usageError(fmt.Errorf("%s: %w", path, err))
	}
	return err
}

// folderOf returns which of the two folders a path lies in, "" for none, and what the file
// is called in it.
func (f *protectFlags) folderOf(path string) (folder, name string) {
	if path == "" || path == toStdout {
		return "", ""
	}
	for _, folder := range []string{suppress.ReleaseFolder, suppress.ConfidentialFolder} {
		if in, name := within(filepath.Join(f.out, folder), path); in {
			return folder, filepath.ToSlash(name)
		}
	}
	return "", ""
}

// fitOut refuses, before anything is worked out, an output that is no folder, and pages in
// the wrong place.
func (f *protectFlags) fitOut() error {
	if f.out == toStdout {
		return usageError(errors.New("--out is a folder"))
	}
	if folder, _ := f.folderOf(f.html); folder == suppress.ReleaseFolder {
		return usageError(errors.New("--html shows what was suppressed: it must not lie in the release folder"))
	}
	for _, path := range []string{f.html, f.public} {
		if folder, name := f.folderOf(path); folder != "" && (name == "." || strings.Contains(name, "/") || !strings.HasSuffix(name, ".html")) {
			return usageError(fmt.Errorf("%s: a page in the folder %s has a name that ends in .html, and no folder of its own", path, folder))
		}
	}
	return nil
}

// targets are the names under which the files will appear.
func (f *protectFlags) targets(p *suppress.Publication) (out []string) {
	for _, name := range p.Pending() {
		out = append(out, filepath.Join(f.out, filepath.FromSlash(name)))
	}
	return append(out, f.html, f.public)
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
