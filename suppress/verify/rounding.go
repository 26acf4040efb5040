package verify

import (
	"context"
	"io/fs"
	"path"
)

// Rounded is the result of a valid statement about rounding. Every published value is a
// multiple of Base. Where Additive is true, every total is the sum of its cells. The true
// value of a cell is said to lie from value - Below to value + Above.
type Rounded struct {
	Releases     []string // files
	Cells        int      // in all releases
	Base         int64
	Additive     bool
	Below, Above int64 // how far from a rounded value the true one may lie
}

// roundingDoc is the form of a statement about rounded releases.
type roundingDoc struct {
	Schema   string               `json:"schema"`
	Releases []certificateRelease `json:"releases"`
	Base     int64                `json:"base"`
	Additive bool                 `json:"additive"`
	Below    int64                `json:"below"`
	Above    int64                `json:"above"`
	Digest   string               `json:"digest"`
}

// Rounding reads a statement about rounded releases, and the releases, and nothing else.
// It checks in whole numbers that
//
//  1. the statement is canonical and its digest is right, and its reaches are those of
//     one of the two methods for the base;
//  2. each release is the file of the hash. It has every inner cell of the code trees and
//     any of their totals, each once, and no suppressed cell. Every value is a multiple
//     of the base and not negative;
//  3. every published total is the sum of its inner cells, where the statement says that
//     sums hold. Elsewhere the difference is at most what the reaches of all cells
//     together allow;
//  4. cells that several releases share are equal.
//
// Rounding cannot see whether the values are those of the data, or whether an attacker
// can compute a true value. Package suppress computes the attack before it publishes. The
// error wraps ErrCertificate, or is of the file system, or of the context when that is
// done. Linear in the files, times the depth of the trees.
func Rounding(ctx context.Context, fsys fs.FS, statement string, limits Limits) (*Rounded, error) {
	if err := limits.fill(ctx, fsys); err != nil {
		return nil, err
	}
	doc, err := readRounding(ctx, fsys, statement, limits.File)
	if err != nil {
		return nil, err
	}
	out := &Rounded{Base: doc.Base, Additive: doc.Additive, Below: doc.Below, Above: doc.Above}
	v := &verifier{ctx: ctx}
	for i := range doc.Releases {
		t, err := readRelease(ctx, fsys, path.Dir(statement), &doc.Releases[i], 0, limits.File)
		if err != nil {
			return nil, err
		}
		if err := t.rounded(doc); err != nil {
			return nil, err
		}
		v.tables = append(v.tables, t)
		out.Releases = append(out.Releases, t.file)
		out.Cells += t.cells
	}
	if err := v.share(); err != nil {
		return nil, err
	}
	for _, list := range v.members {
		known := -1 // place that publishes the cell
		for k, p := range list {
			switch {
			case v.tables[p.table].state[p.cell] != isPublished:
			case known < 0:
				known = k
			case v.tables[list[known].table].value[list[known].cell] != v.tables[p.table].value[p.cell]:
				return nil, refuse("%s and %s differ in a cell that they share", v.tables[list[known].table].file, v.tables[p.table].file)
			}
		}
	}
	return out, nil
}

// rounded checks the values of one release.
func (t *checkedTable) rounded(doc *roundingDoc) error {
	if len(t.hidden) > 0 {
		return refuse("%s has suppressed cells, and is said to be rounded", t.file)
	}
	sums, inner := make([]int64, t.n), make([]int64, t.n)
	for cell, s := range t.state {
		if s != isPublished {
			continue
		}
		if v := t.value[cell]; v < 0 || v%doc.Base != 0 {
			return refuse("%s: a value is negative, or no multiple of the base", t.file)
		}
		if t.inner[cell] {
			sums[cell], inner[cell] = t.value[cell], 1
		}
	}
	if !t.addUp(sums) || !t.addUp(inner) {
		return refuse("%s: sums are out of range", t.file)
	}
	for cell, s := range t.state {
		if s != isPublished || t.inner[cell] {
			continue
		}
		off := sums[cell] - t.value[cell]
		if doc.Additive && off != 0 {
			return refuse("%s: a total is not the sum of its cells", t.file)
		}
		// The true total is at most Above over the published total. The true cells are at
		// most Below under the published cells. So the sum exceeds the published total by
		// at most this; and the other way round.
		if off > inner[cell]*doc.Below+doc.Above || -off > inner[cell]*doc.Above+doc.Below {
			return refuse("%s: no cells that round to these make up a total", t.file)
		}
	}
	return nil
}
