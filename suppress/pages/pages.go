// Package pages makes the page of a publication, as data for package report, from the very
// files that were verified.
//
//	page, err := pages.Of(r, p, true)
//	...
//	err = report.ProtectionHTML(w, page, report.HTMLOptions{})
package pages

import (
	"encoding/csv"
	"errors"
	"fmt"
	"io/fs"
	"slices"

	"github.com/sluis-go/sluis/sdc"
	"github.com/sluis-go/sluis/sdc/report"
	"github.com/sluis-go/sluis/sdc/report/words"
	"github.com/sluis-go/sluis/sdc/source"
	"github.com/sluis-go/sluis/suppress"
)

// Of makes the page of a publication and of the report that the publication was made from.
// With inside the tables hold the values of suppressed cells, for a page that stays inside:
// see [report.ProtectionHTML]. Without, the page is for [report.ReleaseHTML].
//
// The error wraps suppress.ErrRequest for a nil argument. Another error says that a file of
// the publication does not fit its tables.
func Of(r *sdc.Report, p *suppress.Publication, inside bool) (*report.Protection, error) {
	if r == nil || p == nil {
		return nil, fmt.Errorf("%w: the report or the publication is nil", suppress.ErrRequest)
	}
	page := &report.Protection{
		Verdict: p.Verdict, Policy: r.Policy.Name, PolicySHA256: r.Policy.SHA256, Differences: r.Policy.Differences, Public: r.Policy.Public,
		Sources: r.Data.Sources, Remarks: r.Data.Remarks, About: r.About, Outputs: r.Outputs, Cautions: Cautions(p),
	}
	page.ByHand, page.SafeBy = ByHand(r, p)
	for _, o := range r.Outputs {
		if slices.ContainsFunc(p.Left, func(x suppress.LeftOutput) bool { return x.Output == o.Name }) {
			page.Others = append(page.Others, o)
		}
	}
	for _, t := range p.Tables {
		x, err := releasedTable(p.FS(suppress.ReleaseFolder), t, inside)
		if err != nil {
			return nil, fmt.Errorf("%s: %w", t.File, err)
		}
		page.Tables = append(page.Tables, *x)
	}
	return page, nil
}

// Cautions lists the remarks of a publication, and the points that the protection does not
// look at.
func Cautions(p *suppress.Publication) (out []words.Message) {
	if p == nil {
		return nil
	}
	for _, x := range p.Remarks {
		out = append(out, x.Message)
	}
	return append(out, p.NotChecked...)
}

// ByHand lists the effects of a-priori lists on the tables of a publication: entries that a
// person must look at (cells set safe against a rule, entries without effect), and the
// persons who set cells safe.
func ByHand(r *sdc.Report, p *suppress.Publication) (found []report.HandJudgement, safeBy []report.SafeBy) {
	if r == nil || p == nil {
		return nil, nil
	}
	for _, t := range p.Tables {
		for k := range r.Outputs {
			o := &r.Outputs[k]
			if o.Name != t.Name {
				continue
			}
			for _, f := range o.Findings {
				if f.Rule == "a-priori" && f.Verdict == sdc.Review {
					found = append(found, report.HandJudgement{Output: o.Name, Found: f.Message})
				}
			}
			for _, by := range o.SafeBy() {
				safeBy = append(safeBy, report.SafeBy{Output: o.Name, By: by})
			}
		}
	}
	return found, safeBy
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
