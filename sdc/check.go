package sdc

import (
	"context"
	"fmt"
	"runtime"

	"github.com/sluis-go/sluis/internal/guard"
	"github.com/sluis-go/sluis/sdc/basis"
	"github.com/sluis-go/sluis/sdc/origin"
	"github.com/sluis-go/sluis/sdc/population"
	"github.com/sluis-go/sluis/sdc/report/words"
	"github.com/sluis-go/sluis/sdc/seal"
)

// Options set how a check runs. They never change its result.
type Options struct {
	// Threads is the number of goroutines that work, at most 4,096. Defaults to all
	// cores (GOMAXPROCS); so does a number below 1.
	Threads int
	// Memory is a budget in bytes for the rows of respondents and holdings. Rows above
	// the budget go to a temporary file that no other user can read. The file is gone
	// when the check ends or is killed. The budget does not bound the cells, and it does
	// not bound the identifiers of respondents and holdings, each of which is held once.
	// Defaults to none: everything is kept in memory.
	Memory int64
	// TempDir is the folder of that file. Defaults to the one of the system.
	TempDir string
	// Trusted says that every array of the records can be read: offsets ascend within the
	// data, buffers are as long as the array, and the number of nulls is right. Defaults
	// to false: the check validates the columns in use, and a broken array is an error.
	// An untrusted stream may hold an array that would end the program.
	Trusted bool
	// Sole also collects the sole contributor and the largest contributors of each cell
	// of a table, see [Cell.Sole], [Cell.Largest] and [Report.HoldingsOverlap]. Package
	// suppress needs them. Defaults to false.
	Sole bool
	// Progress, if set, is called from time to time with the number of rows read, by one
	// goroutine at a time. A panic of Progress ends the check with a *PanicError.
	Progress func(rows int64)
}

// maxThreads bounds the goroutines: each goroutine has memory of its own.
const maxThreads = 4096

func (o Options) threads() int {
	if o.Threads > 0 {
		return o.Threads
	}
	return runtime.GOMAXPROCS(0)
}

// Check reads the data once, gathers the evidence that the outputs need, and returns the
// findings of the policy. Exact arithmetic decides every rule: the report is the same,
// byte for byte, for every order and chunking of the rows and any number of threads.
//
// Errors about the request wrap [ErrRequest]; errors about the data are of type
// *[ColumnError], or wrap [ErrNoRows] or [ErrLookAlike]. When ctx ends, Check returns its
// error. Check uses the readers of the data up: see [FromReaders]. A panic during the
// check is returned as a *[PanicError], and its text contains no data.
func Check(ctx context.Context, d *Data, outputs []Output, p Policy, opts Options) (r *Report, err error) {
	defer func() {
		if err = public(err); err != nil {
			r = nil
		}
	}()
	defer guard.Recover(&err)
	switch {
	case ctx == nil:
		return nil, outputsError("the context is nil")
	case d == nil:
		return nil, outputsError("the data are nil: make them with FromTable, FromReaders or FromOpener")
	case opts.Threads > maxThreads:
		return nil, outputsError("%d threads are more than %d", opts.Threads, maxThreads)
	}
	if err := p.Validate(); err != nil {
		return nil, err
	}
	if err := d.independent(outputs); err != nil {
		return nil, err
	}
	for i := range outputs {
		switch {
		case len(outputs[i].Where) == 0:
		case d.Cells != nil:
			return nil, outputsError("output %q: where picks records, and the data are cells: leave it out", outputs[i].Name)
		case opts.Sole:
			return nil, outputsError("output %q has a population of its own: protection and suggestions reckon with one population; write the conditions under data.where, in a spec for each population", outputs[i].Name)
		}
	}
	var tables []*outputTables
	var totals totals
	if d.Cells != nil {
		tables, totals, err = d.given(outputs, &p)
	} else {
		tables, totals, err = tabulate(ctx, d, outputs, &p, opts)
	}
	if err != nil {
		return nil, err
	}
	r = &Report{
		Notice: notice, Schema: seal.Schema, Verdict: Safe, Policy: p.report(),
		Data:    DataReport{Rows: totals.rows, Respondents: totals.respondents, Sources: append([]origin.Source{}, d.Sources...)},
		Outputs: []OutputReport{}, overlap: totals.overlap, policy: &p, sole: opts.Sole, declared: d.Declared,
	}
	if d.About != (origin.About{}) {
		about := d.About
		r.About = &about
	}
	for i := range outputs {
		out, found := evaluate(&outputs[i], d, tables[i], &p, opts.threads())
		out.Basis = d.basis(&outputs[i])
		out.Basis.Population = tables[i].of
		r.status = append(r.status, found)
		r.Verdict = worst(r.Verdict, out.Verdict)
		r.Outputs = append(r.Outputs, out)
		r.Tables = append(r.Tables, tables[i].main)
		r.remark(tables[i].fixedBy(&p)...)
		r.remark(notPaired(&outputs[i], &p)...)
		for _, key := range tables[i].main.natural {
			r.remark(notSuppressed(key))
		}
	}
	r.remark(d.Remarks...)
	if d.Cells != nil {
		r.remark(d.givenRemarks(outputs, &p, r)...)
	} else {
		r.remark(d.remarks(totals)...)
	}
	r.remark(totals.remarks...)
	d.population(outputs, tables)
	r.remark(d.told(totals.broken, r)...)
	r.remark(d.populations(outputs, tables)...)
	r.remark(joinedRecords(outputs)...)
	r.remark(quantilesApart(outputs, &p)...)
	r.requireDossier(&p, d.Dossier)
	return r, nil
}

// outputTables is the evidence of one output: its own table and, for microdata,
// one with each sensitive variable beside the keys.
type outputTables struct {
	main      *Table
	sensitive []*Table
	known     []*Table // as sensitive, of the rows with a known value
	pairs     []*Table // with two sensitive variables beside the keys, likewise

	population population.Where
	of         *basis.Population // nil for all records
}

// evaluate applies the policy to one output, on so many threads. Beside the report
// it returns the verdict on every cell.
func evaluate(o *Output, d *Data, t *outputTables, p *Policy, threads int) (OutputReport, []Verdict) {
	roles := d.Roles
	f := newFindings(t.main, threads)
	out := OutputReport{Name: o.Name, Title: o.Title, Kind: o.Kind, NotChecked: []words.Message{}}
	out.Rows, out.Excluded = t.main.Rows()
	switch o.Kind {
	case Frequency, Magnitude:
		entries := t.main.applyAPriori(f)
		t.main.checkHidden(f)
		p.MinContributors.check(t.main, f)
		p.MinHoldings.check(t.main, roles, f)
		if o.Kind == Magnitude {
			if !o.onlyQuantiles() { // these tell nothing of the sum
				p.NK.check(t.main, f)
				p.PPercent.check(t.main, f)
				p.PQ.check(t.main, f)
			}
			p.AllEqual.check(t.main, f)
		}
		p.GroupDisclosure.check(t.main, f)
		p.GroupRemainder.check(t.main, f)
		out.NotChecked = append(out.NotChecked, t.main.noCategory(p)...)
		p.ZeroCells.check(t.main, f)
		p.Identifiers.checkNames(o, d, f)
		p.Identifiers.checkForms(t.main, d, f)
		p.Endpoints.check(t.main, p, f)
		p.QuantileTail.check(t.main, f)
		p.Request.check(t.main, f)
		entries.report(f)
	case Microdata:
		for _, s := range t.sensitive {
			sf := newFindings(s, threads)
			p.GroupDisclosure.check(s, sf)
			p.GroupRemainder.check(s, sf)
			f.append(sf)
			f.markClasses(s, sf)
			out.NotChecked = append(out.NotChecked, s.noCategory(p)...)
		}
		for _, s := range t.known {
			sf := newFindings(s, threads)
			p.GroupDisclosure.check(s, sf)
			p.GroupRemainder.check(s, sf)
			f.append(sf)
			f.markClasses(s, sf)
		}
		p.Closeness.check(t, p, f)
		out.NotChecked = append(out.NotChecked, p.Closeness.undeclared(t)...)
		p.KAnonymity.check(t.main, f)
		p.MinHoldings.check(t.main, roles, f)
		if out.Excluded > 0 && !p.KAnonymity.Off {
			f.output(Finding{
				Rule: p.KAnonymity.name(), Verdict: Review, Observed: float64(out.Excluded), Limit: 0, Count: out.Excluded,
				Message: words.New(words.RowsLeftOut, words.Count(out.Excluded)),
			})
		}
		p.Identifiers.checkNames(o, d, f)
		p.Identifiers.checkValues(t, d, f)
	case Model:
		p.MinDegreesOfFreedom.check(t.main, int64(o.Parameters), f)
		f.output(Finding{
			Rule: "model", Verdict: Review, Observed: 0, Limit: 1,
			Message: words.New(words.ModelNotBuilt),
		})
	}
	out.Cells = t.main.Len()
	out.Findings, out.Verdict = f.all(), Safe
	for i := range out.Findings {
		out.Verdict = worst(out.Verdict, out.Findings[i].Verdict)
	}
	if o.Kind == Magnitude && !p.Request.Off && roles.Request == "" {
		// The policy asks for something that the data cannot answer.
		out.Verdict = worst(out.Verdict, Review)
	}
	for _, v := range f.worst {
		if v == Unsafe {
			out.UnsafeCells++
		}
	}
	out.NotChecked = append(out.NotChecked, notChecked(o, roles, p)...)
	return out, f.worst
}

// notChecked lists the parts of the output that the rules in force could not check.
func notChecked(o *Output, roles Roles, p *Policy) []words.Message {
	var out []words.Message
	off := []string{}
	for _, r := range p.rules() {
		if r.off() {
			off = append(off, r.name())
		}
	}
	if len(off) > 0 {
		out = append(out, words.New(words.RulesOff, words.Texts(off)...))
	}
	if idle := p.idle(); len(idle) > 0 {
		out = append(out, words.New(words.RulesIdle, words.Texts(idle)...))
	}
	table := o.Kind == Frequency || o.Kind == Magnitude
	if table && !p.ZeroCells.Off && len(o.Sensitive) == 0 {
		out = append(out, words.New(words.NoSensitiveZeros))
	}
	if o.Kind == Microdata && len(o.Sensitive) == 0 && !(p.GroupDisclosure.Off && p.GroupRemainder.Off) {
		out = append(out, words.New(words.NoSensitiveGroup))
	}
	if !p.Request.Off && roles.Request == "" && o.Kind == Magnitude {
		out = append(out, words.New(words.NoRequests))
	}
	if (table || o.Kind == Microdata) && !p.MinHoldings.Off && roles.Holding == "" {
		out = append(out, words.New(words.NoHoldings))
	}
	if o.Kind == Magnitude && !o.onlyQuantiles() && roles.Holding == "" {
		out = append(out, words.New(words.DominanceByUnit))
	}
	if table {
		out = append(out, words.New(words.SecondaryDisclosure))
	}
	if o.Kind == Model {
		out = append(out, words.New(words.ModelResults))
	}
	return out
}

func outputsError(format string, args ...any) error {
	return fmt.Errorf("%w: %s", ErrRequest, fmt.Sprintf(format, args...))
}
