package main

import (
	"bytes"
	"context"
	"encoding/csv"
	"errors"
	"fmt"
	"math/big"
	"path/filepath"

	"github.com/sluis-go/sluis/sdc"
	"github.com/sluis-go/sluis/sdc/report"
	"github.com/sluis-go/sluis/sdc/source"
	"github.com/sluis-go/sluis/suppress"
)

// mostAttacked is the number of suppressed cells of a group of tables up to which
// a page shows the attacker's intervals: it is two programs a cell over the table.
const mostAttacked = 400

// protectPages are the pages of a protection: made before anything is released,
// written after.
type protectPages struct {
	page         report.Protection
	html, public bytes.Buffer
}

// add takes in a group of tables whose release was verified.
func (p *protectPages) add(ctx context.Context, g *protectedGroup, f *protectFlags, dir string) error {
	if f.html == "" && f.public == "" {
		return nil
	}
	list, err := g.released(dir)
	if err != nil {
		return err
	}
	if f.html != "" {
		threads := f.threads
		if threads <= 0 {
			threads = defaultThreads()
		}
		if err := g.behind(ctx, list, threads); err != nil {
			return err
		}
	}
	p.page.Tables = append(p.page.Tables, list...)
	return nil
}

// describe says of every table what its values are.
func (p *protectPages) describe(r *sdc.Report, count suppress.Count) {
	for i := range p.page.Tables {
		t := &p.page.Tables[i]
		for k, o := range r.Outputs {
			if o.Name == t.Name {
				s := shownOf(r, k, count)
				t.Shows, t.Response, t.Weight, t.Means = s.Kind, s.Response, s.Weight, s.Means
			}
		}
	}
}

func (p *protectPages) render(f *protectFlags) error {
	if f.html != "" {
		if err := report.ProtectionHTML(&p.html, &p.page, report.HTMLOptions{Lang: f.lang}); err != nil {
			return err
		}
	}
	if f.public == "" {
		return nil
	}
	return report.ReleaseHTML(&p.public, &p.page, report.HTMLOptions{Lang: f.lang})
}

// write writes the pages; those that are asked for in one of the two folders wait with
// what appears there.
func (p *protectPages) write(ctx context.Context, f *protectFlags, staged *stagedRelease) error {
	for _, x := range []struct {
		path string
		page *bytes.Buffer
	}{{f.html, &p.html}, {f.public, &p.public}} {
		path, err := staged.pathOf(x.path)
		if err != nil {
			return err
		}
		if err := writePage(ctx, path, x.page); err != nil {
			return err
		}
	}
	return nil
}

// protectedGroup is a group of tables that was protected and proven.
type protectedGroup struct {
	tables      *suppress.Tables
	pattern     *suppress.Pattern
	releases    []*suppress.Release
	files       []string // of the releases
	certificate string
	open        []sdc.Remark // what is for review
}

// released is the group as it leaves, read from the very files that were
// verified.
func (g *protectedGroup) released(dir string) ([]report.ReleasedTable, error) {
	var out []report.ReleasedTable
	for i, r := range g.releases {
		t := report.ReleasedTable{Name: r.Name, Certificate: g.certificate}
		a := g.tables.Problem().Attacker()
		t.Attacker.Whole = a.Whole
		if !a.Negative {
			t.Attacker.Least = units(a.Lower, 0, 1, g.tables.Digits())
		}
		for _, v := range r.Variables {
			t.Variables = append(t.Variables, report.CodeTree(v))
		}
		if err := readRelease(filepath.Join(dir, g.files[i]), &t); err != nil {
			return nil, fmt.Errorf("%s: %w", g.files[i], err)
		}
		out = append(out, t)
	}
	return out, nil
}

// readRelease reads the cells of a release.
func readRelease(path string, t *report.ReleasedTable) error {
	f, err := openPlain(path)
	if err != nil {
		return err
	}
	defer f.Close()
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

// behind adds what stays inside: the truth behind suppressed cells, and how close
// an attacker comes to it.
func (g *protectedGroup) behind(ctx context.Context, tables []report.ReleasedTable, threads int) error {
	hidden := g.pattern.Hidden()
	n := 0
	for _, h := range hidden {
		if h {
			n++
		}
	}
	intervals := map[int]suppress.Interval{}
	attacked := n <= mostAttacked
	if attacked && n > 0 {
		a, err := suppress.Audit(ctx, g.tables.Problem(), hidden, suppress.AuditOptions{Threads: threads})
		if err != nil {
			return err
		}
		for _, f := range a.Failures {
			if f.Verdict == suppress.Fails {
				return errors.New("nothing is released: the audit does not confirm the protection")
			}
		}
		for _, v := range a.Intervals {
			intervals[v.Cell] = v
		}
	}
	digits := g.tables.Digits()
	cells := g.tables.Problem().Cells()
	for i := range tables {
		t := &tables[i]
		t.Attacked = attacked
		loss := report.Loss(g.tables.Loss(i, g.pattern))
		t.Loss = &loss
		k := 0
		for c := range g.tables.Cells(i, g.pattern) {
			to := &t.Cells[k]
			k++
			if !to.Suppressed {
				continue
			}
			x := cells[c.Cell]
			h := &report.HiddenCell{Value: c.Value, Primary: c.Status == suppress.Primary, Why: c.Why, Cost: max(x.Cost, 1)}
			if v, ok := intervals[c.Cell]; ok {
				h.Lower, h.Upper = end(x.Value, v.Lower, digits), end(x.Value, v.Upper, digits)
				h.Near = !v.Exact()
			}
			if h.Primary && x.Level.Lower > 0 {
				h.AtMost = units(x.Value-x.Level.Lower, 0, 1, digits)
			}
			if h.Primary && x.Level.Upper > 0 {
				h.AtLeast = units(x.Value+x.Level.Upper, 0, 1, digits)
			}
			to.Behind = h
		}
	}
	return nil
}

// end is an end of an interval around a value; nil for none.
func end(value int64, b suppress.Bound, digits int) *big.Rat {
	if b.Den == 0 {
		return nil
	}
	return units(value, b.Delta, b.Den, digits)
}

// units is (n + delta/den) * 10^-digits.
func units(n, delta, den int64, digits int) *big.Rat {
	x := new(big.Rat).SetFrac64(delta, den)
	x.Add(x, new(big.Rat).SetInt64(n))
	return x.Quo(x, new(big.Rat).SetInt(new(big.Int).Exp(big.NewInt(10), big.NewInt(int64(digits)), nil)))
}
