package suppress

import (
	"context"
	"fmt"
	"io"
	"io/fs"
	"iter"
	"math/big"
	"slices"
	"strings"

	"github.com/sluis-go/sluis/internal/exact"
	"github.com/sluis-go/sluis/internal/manifest"
	"github.com/sluis-go/sluis/sdc"
	"github.com/sluis-go/sluis/sdc/report/words"
	"github.com/sluis-go/sluis/suppress/internal/hide"
	"github.com/sluis-go/sluis/suppress/verify"
)

// Publication is what Publish has published, or is about to.
type Publication struct {
	// Verdict is safe, or review where a person has to decide.
	Verdict sdc.Verdict
	// Review names the rules and remarks that are left to that person, as the manifest
	// does.
	Review []string
	// Tables are the tables that were protected, in the order of their groups.
	Tables []*Table
	// Left are the outputs that were left alone.
	Left []LeftOutput
	// Proofs are the files that prove the releases.
	Proofs []Proof
	// Remarks are what protection found beside the remarks of the report.
	Remarks []sdc.Remark
	// NotChecked says what this publication does not reckon with of what sdc.Attacker has:
	// docs/protection.md lists all that may stand here.
	NotChecked []words.Message
	// Files are those that were written, as folder/name.
	Files []string

	report  *sdc.Report
	store   fileStore
	open    bool                       // files may be added
	used    map[string]bool            // names of tables, in lower case
	covered map[string]string          // release -> its proof
	shows   map[string]manifest.Values // file -> what its values are
	settled []string                   // responses whose declared bounds were reckoned with
	off     []string                   // parts of the attacker that were not reckoned with
}

// Proof is a file that proves the releases of some tables: a certificate, or a statement of
// rounding.
type Proof struct {
	File   string
	Tables []string
	// Possible is the number of possible tables in a certificate, the base among them.
	Possible int
	// Rounded is what was verified of a rounding; nil for suppression.
	Rounded *verify.Rounded
}

// LeftOutput is an output that was left alone, with its verdict: at best review for a table.
type LeftOutput struct {
	Output  string
	Verdict sdc.Verdict
	Err     error // why a table cannot be protected; nil for what is no table
}

// Table is a table that was protected.
type Table struct {
	Name  string
	Shows Shows
	// Verdict is what is left to a reviewer of this table.
	Verdict sdc.Verdict
	// File is its CSV file, and Proof that of its proof, in the release folder.
	File, Proof string
	Variables   []CodeList
	// Loss counts the cells. Its share is confidential.
	Loss Loss
	// Whole says that the attacker of the proof knows values to be whole units. Least is
	// the least possible value that this attacker knows; nil for no such knowledge.
	Whole bool
	Least *big.Rat
	// Attacked says that Attack has computed the attacker's intervals. Undecided is the number
	// of suppressed cells of the group of tables for which the attack neither confirms nor
	// refutes the proof; the proof is verified without the attack.
	Attacked  bool
	Undecided int

	tables  *hide.Tables
	index   int
	pattern *hide.Pattern // nil of a rounded table
	ends    map[int]hide.Interval
}

// CodeList is a variable with its codes: number 0 is the total and has the code "", every
// other has a parent of a lower number; that of the total is -1.
type CodeList struct {
	Name    string
	Codes   []string
	Parents []int
}

func codeLists(list []hide.CodeList) (out []CodeList) {
	for _, v := range list {
		out = append(out, CodeList(v))
	}
	return out
}

// Loss is what suppression takes out of a table.
type Loss struct {
	Cells, Primary, Secondary int
	// Share is the part of the inner total that is suppressed, in percent of the
	// sum of absolute values; NaN where that sum is 0.
	Share float64
}

// HiddenCell is the truth behind a suppressed cell: confidential.
type HiddenCell struct {
	// Nodes are the numbers of its codes, of every variable.
	Nodes   []int
	Value   string
	Primary bool   // unsafe by a rule; otherwise suppressed to protect such cells
	Why     string // the kinds of rules that it breaks in its table
	Cost    int64
	// Lower and Upper are the ends of the interval that an outsider can compute, in a table
	// that is Attacked; nil for no end. Near says that the true ends lie beyond these.
	Lower, Upper *big.Rat
	Near         bool
	// AtMost and AtLeast are what the policy asks of a primary cell: Lower at most the one,
	// Upper at least the other. Both nil asks that the value cannot be told exactly.
	AtMost, AtLeast *big.Rat
}

// FS returns the files of one of the two folders, while Before runs and of a release in
// memory; nil otherwise.
func (p *Publication) FS(folder string) fs.FS {
	if p.store == nil || folder != ReleaseFolder && folder != ConfidentialFolder {
		return nil
	}
	return p.store.files(folder)
}

// Add writes a further file to one of the two folders, for Before alone. A file of the
// release folder is listed in the manifest; what it holds is not verified.
func (p *Publication) Add(folder, name string, write func(io.Writer) error) error {
	switch {
	case !p.open:
		return fmt.Errorf("%w: files can be added while Options.Before runs", ErrRequest)
	case folder != ReleaseFolder && folder != ConfidentialFolder:
		return fmt.Errorf("%w: %q is none of the two folders", ErrRequest, folder)
	case !fs.ValidPath(name) || strings.ContainsAny(name, `/\`) || !strings.HasSuffix(name, pageName):
		return fmt.Errorf("%w: %s: a file that is added has a name that ends in %s, and no folder of its own", ErrRequest, name, pageName)
	}
	return p.store.create(folder, name, write)
}

// Pending lists the files that are to appear, as folder/name, while Before runs.
func (p *Publication) Pending() []string {
	return append(slices.Clone(p.store.taken()), ReleaseFolder+"/manifest.json")
}

// number finds an output of the report.
func (p *Publication) number(name string) int {
	return slices.IndexFunc(p.report.Outputs, func(o sdc.OutputReport) bool { return o.Name == name })
}

// add takes in the tables of a group; pattern is nil where they are rounded.
func (p *Publication) add(g *hide.Tables, pattern *hide.Pattern, releases []*hide.Release, names []string, statement string, remarks []sdc.Remark, o *Options) {
	for i, r := range releases {
		k := p.number(r.Name)
		t := &Table{
			Name: r.Name, Shows: showsOf(p.report, k, o.Count), Verdict: leftOver(&p.report.Outputs[k]),
			File: names[i] + csvName, Proof: statement, Variables: codeLists(r.Variables),
			Whole: g.Problem().Attacker().Whole, tables: g, index: i, pattern: pattern,
		}
		if a := g.Problem().Attacker(); !a.Negative {
			t.Least = inUnits(a.Lower, 0, 1, g.Digits())
		}
		for _, x := range remarks {
			t.Verdict = min(t.Verdict, x.Verdict)
		}
		t.Loss.Cells, _ = r.Cells()
		if pattern != nil {
			t.Loss = Loss(g.Loss(i, pattern))
		}
		p.Tables = append(p.Tables, t)
	}
}

// Attack computes what an outsider can work out of every suppressed cell: two programs a
// cell. Tables of groups with more than most suppressed cells are left out.
//
// The error is that of the context, or ErrUndecided where the attack refutes the proof: then
// nothing may be published. Where the attack neither confirms nor refutes the proof of a
// cell, the cell is counted in Table.Undecided.
func (p *Publication) Attack(ctx context.Context, most, threads int) error {
	done := map[*hide.Tables]*attacked{}
	for _, t := range p.Tables {
		if t.pattern == nil {
			continue
		}
		a, ok := done[t.tables]
		if !ok {
			var err error
			if a, err = attackProblem(ctx, t.tables.Problem(), t.pattern.Hidden(), most, threads); err != nil {
				return err
			}
			done[t.tables] = a
		}
		if t.Attacked = a != nil; t.Attacked {
			t.ends, t.Undecided = a.ends, a.undecided
		}
	}
	return nil
}

// attacked is what an attack has computed: intervals by cell, and the number of cells of
// which the attack decides nothing.
type attacked struct {
	ends      map[int]hide.Interval
	undecided int
}

// attackProblem is Attack on one problem; nil where it has too many hidden cells.
func attackProblem(ctx context.Context, p *hide.Problem, hidden []bool, most, threads int) (*attacked, error) {
	n := 0
	for _, h := range hidden {
		if h {
			n++
		}
	}
	switch {
	case n > most:
		return nil, nil
	case n == 0:
		return &attacked{}, nil
	}
	a, err := hide.Audit(ctx, p, hidden, hide.AuditOptions{Threads: threads})
	if err != nil {
		return nil, err
	}
	return resultOf(a)
}

// resultOf is the result of an attack: ErrUndecided where the attack refutes a proof.
func resultOf(a *hide.Audited) (*attacked, error) {
	out := &attacked{ends: map[int]hide.Interval{}}
	open := map[int]bool{}
	for _, f := range a.Failures {
		if f.Verdict == hide.Fails {
			return nil, fmt.Errorf("%w: the attack does not confirm the protection", ErrUndecided)
		}
		open[f.Cell] = true
	}
	out.undecided = len(open)
	for _, v := range a.Intervals {
		out.ends[v.Cell] = v
	}
	return out, nil
}

// Hidden iterates over the suppressed cells with the truth behind them, in the order of the
// release: confidential.
func (t *Table) Hidden() iter.Seq[HiddenCell] {
	return func(yield func(HiddenCell) bool) {
		if t.pattern == nil {
			return
		}
		g := t.tables
		cells, digits := g.Problem().Cells(), g.Digits()
		for c := range g.Cells(t.index, t.pattern) {
			if !c.Status.Hidden() {
				continue
			}
			x := &cells[c.Cell]
			h := HiddenCell{Nodes: slices.Clone(c.Nodes), Value: c.Value, Primary: c.Status == hide.Primary, Why: c.Why, Cost: max(x.Cost, 1)}
			if v, ok := t.ends[c.Cell]; ok {
				h.Lower, h.Upper = end(x.Value, v.Lower, digits), end(x.Value, v.Upper, digits)
				h.Near = !v.Exact()
			}
			if h.Primary && x.Level.Lower > 0 {
				h.AtMost = inUnits(x.Value-x.Level.Lower, 0, 1, digits)
			}
			if h.Primary && x.Level.Upper > 0 {
				h.AtLeast = inUnits(x.Value+x.Level.Upper, 0, 1, digits)
			}
			if !yield(h) {
				return
			}
		}
	}
}

// end is an end of an interval around a value; nil for none.
func end(value int64, b hide.Bound, digits int) *big.Rat {
	if b.Den == 0 {
		return nil
	}
	return inUnits(value, b.Delta, b.Den, digits)
}

// inUnits is (n + delta/den) * 10^-digits.
func inUnits(n, delta, den int64, digits int) *big.Rat {
	x := new(big.Rat).SetFrac64(delta, den)
	x.Add(x, new(big.Rat).SetInt64(n))
	return x.Quo(x, new(big.Rat).SetInt(exact.Pow10(digits)))
}
