package main

import (
	"bytes"
	"context"
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"path/filepath"
	"slices"
	"strings"

	"github.com/sluis-go/sluis/sdc"
	"github.com/sluis-go/sluis/sdc/report"
	"github.com/sluis-go/sluis/sdc/source"
	"github.com/sluis-go/sluis/suppress"
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
	page := &report.Protection{
		Verdict: p.Verdict, Policy: r.Policy.Name, PolicySHA256: r.Policy.SHA256, Differences: r.Policy.Differences, Public: r.Policy.Public,
		Sources: r.Data.Sources, Remarks: r.Data.Remarks, About: r.About, Outputs: r.Outputs, Cautions: cautions(p),
	}
	page.ByHand, page.SafeBy = judgedByHand(r, p)
	for _, o := range r.Outputs {
		if slices.ContainsFunc(p.Left, func(x suppress.LeftOutput) bool { return x.Output == o.Name }) {
			page.Others = append(page.Others, o)
		}
	}
	for _, t := range p.Tables {
		x, err := releasedTable(p.FS(suppress.ReleaseFolder), t, f.html != "")
		if err != nil {
			return fmt.Errorf("%s: %w", t.File, err)
		}
		page.Tables = append(page.Tables, *x)
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

// releasedTable is a table as it leaves, read from its file, and with the truth behind its
// suppressed cells where inside says so.
func releasedTable(folder fs.FS, t *suppress.Table, inside bool) (*report.ReleasedTable, error) {
	out := &report.ReleasedTable{
		Name: t.Name, Certificate: t.Proof, Attacked: t.Attacked, Attacker: report.Attacker{Whole: t.Whole, Least: t.Least},
		Shows: t.Shows.Kind, Response: t.Shows.Response, Weight: t.Shows.Weight, Means: t.Shows.Means,
	}
	for _, v := range t.Variables {
		out.Variables = append(out.Variables, report.CodeTree(v))
	}
	if err := readRelease(folder, t.File, out); err != nil {
		return nil, err
	}
	if !inside {
		return out, nil
	}
	loss := report.Loss(t.Loss)
	out.Loss = &loss
	k := 0
	for h := range t.Hidden() {
		for !out.Cells[k].Suppressed {
			k++
		}
		if !slices.Equal(out.Cells[k].Nodes, h.Nodes) {
			return nil, errors.New("the suppressed cells of the file are not those of the pattern")
		}
		out.Cells[k].Behind = &report.HiddenCell{
			Value: h.Value, Primary: h.Primary, Why: h.Why, Cost: h.Cost,
			Lower: h.Lower, Upper: h.Upper, Near: h.Near, AtMost: h.AtMost, AtLeast: h.AtLeast,
		}
		k++
	}
	return out, nil
}

// readRelease reads the cells of a release.
func readRelease(folder fs.FS, name string, t *report.ReleasedTable) error {
	f, err := folder.Open(name)
	if err != nil {
		return err
	}
	defer f.Close() //nolint:errcheck // read only
	rows, err := csv.NewReader(f).ReadAll()
	if err != nil {
		return err
	}
	n := len(t.Variables)
	index := make([]map[string]int, n)
	for v := range index {
		index[v] = map[string]int{"*": 0}
		for k, code := range t.Variables[v].Codes[1:] {
			index[v][source.Defuse(code)] = k + 1
		}
	}
	for _, row := range rows[1:] {
		c := report.ReleasedCell{Nodes: make([]int, n), Value: row[n], Suppressed: row[n] == ""}
		for v := range index {
			k, ok := index[v][row[v]]
			if !ok {
				return errors.New("a code of the release is in no code list")
			}
			c.Nodes[v] = k
		}
		t.Cells = append(t.Cells, c)
	}
	return nil
}
