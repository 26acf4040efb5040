// Package project runs a project from its spec to a finished report: the files that the spec
// names are opened and hashed, the records and the dossier beside them are read, the data
// are checked, and the report says what it was made from.
//
//	s, err := spec.Load("spec.yaml")
//	policy, err := spec.LoadPolicy("cbs")
//	...
//	run := project.New(s, policy, project.Options{})
//	report, err := run.Check(ctx, sdc.Options{})
//	suggestions, err := run.Suggest(ctx, report, sdc.Options{})
package project

import (
	"context"
	"crypto/ed25519"
	"errors"
	"fmt"
	"path/filepath"
	"runtime"
	"slices"

	"github.com/sluis-go/sluis/internal/guard"
	"github.com/sluis-go/sluis/sdc"
	"github.com/sluis-go/sluis/sdc/checklist"
	"github.com/sluis-go/sluis/sdc/differencing"
	"github.com/sluis-go/sluis/sdc/dossier"
	"github.com/sluis-go/sluis/sdc/origin"
	"github.com/sluis-go/sluis/sdc/source"
	"github.com/sluis-go/sluis/sdc/spec"
	"github.com/sluis-go/sluis/sdc/suggest"
)

// Options say how a project runs. The zero value is ready to use.
type Options struct {
	// Trusted are the keys whose signed records of pseudonyms and of local suppression are
	// proof. Defaults to none; the key of the dossier's custodian is one of them always.
	Trusted []ed25519.PublicKey
	// OpenStreams reads Arrow streams that have no mark of their end, with a remark.
	OpenStreams bool
	// Received is the stream that the name "-" among the data stands for: see
	// [source.Receive]. Defaults to none.
	Received *source.Received
	// Tool is what the report says that it was made with.
	Tool origin.Tool
	// Watch, where set, is called once before the rows are read, with their number, -1
	// where that is not known. It returns what is called now and then with the number of
	// rows read, and what is called at the end.
	Watch func(total int64) (progress func(rows int64), done func())
}

// Project is a spec with the policy that its outputs are checked with.
type Project struct {
	spec   *spec.Spec
	policy sdc.Policy
	o      Options
}

// New makes a project. The hashes of the files that its first check finds are kept in the
// spec: later checks refuse files that have changed.
func New(s *spec.Spec, policy sdc.Policy, o Options) *Project { return &Project{s, policy, o} }

// RequestError says that what a person wrote, in the spec or the dossier, cannot be used.
type RequestError struct{ Err error }

// Error is that of Err.
func (e *RequestError) Error() string {
	if e.Err == nil {
		return sdc.ErrRequest.Error()
	}
	return e.Err.Error()
}

// Unwrap returns Err.
func (e *RequestError) Unwrap() error { return e.Err }

// Check opens the data and checks the outputs of the spec. The files are hashed while they
// are read. What the tables of the spec tell together is in the report: see
// [differencing.Together].
//
// The error is a *RequestError for what a person wrote wrongly, or one of sdc.Check or of
// package source.
func (p *Project) Check(ctx context.Context, opts sdc.Options) (*sdc.Report, error) {
	if err := p.usable(ctx); err != nil {
		return nil, err
	}
	return p.checkOutputs(ctx, p.spec.Outputs, opts, true)
}

// usable refuses a project without a spec, and a context that is nil.
func (p *Project) usable(ctx context.Context) error {
	if ctx == nil || p.spec == nil {
		return &RequestError{fmt.Errorf("%w: the context or the spec is nil: load the spec with spec.Load", sdc.ErrRequest)}
	}
	return nil
}

// CheckOutputs is Check for other outputs of the same data, each by itself: it does not look at
// what the outputs tell together.
func (p *Project) CheckOutputs(ctx context.Context, outputs []sdc.Output, opts sdc.Options) (*sdc.Report, error) {
	if err := p.usable(ctx); err != nil {
		return nil, err
	}
	return p.checkOutputs(ctx, outputs, opts, false)
}

// checkOutputs checks outputs, and, where together, what they tell together.
func (p *Project) checkOutputs(ctx context.Context, outputs []sdc.Output, opts sdc.Options, together bool) (*sdc.Report, error) {
	if p.spec.Cells != nil {
		return p.checkCells(ctx, outputs, opts)
	}
	f, err := p.open(ctx, outputs, threads(opts))
	if err != nil {
		return nil, err
	}
	defer f.close()
	r, err := p.check(ctx, f, opts)
	if err != nil {
		return nil, err
	}
	if err := p.describe(r, f); err != nil {
		return nil, err
	}
	if together {
		if err := differencing.Together(ctx, f.src, f.spec, r, threads(opts), differencing.Options{}); err != nil {
			return nil, err
		}
	}
	if f.account != nil {
		err = f.holdAgainst(ctx, r, opts)
	}
	return r, err
}

// Together asks what the released cells of the tables of a report tell together: see
// [differencing.TogetherReleased]. The report is one of CheckOutputs on the outputs of the spec.
// The data are read once more where two tables can differ.
func (p *Project) Together(ctx context.Context, r *sdc.Report, released []differencing.Output, opts sdc.Options) ([]sdc.Remark, error) {
	if err := p.usable(ctx); err != nil {
		return nil, err
	}
	if p.spec.Cells != nil || len(released) < 2 {
		return nil, nil
	}
	f, err := p.open(ctx, p.spec.Outputs, threads(opts))
	if err != nil {
		return nil, err
	}
	defer f.close()
	return differencing.TogetherReleased(ctx, f.src, f.spec, r, released, threads(opts), differencing.Options{Steps: 2e8, Entries: 1e6})
}

// threads is the number of threads that options ask for; sdc.Check refuses more than 4,096.
func threads(o sdc.Options) int {
	if o.Threads > 0 {
		return min(o.Threads, 4096)
	}
	return runtime.GOMAXPROCS(0)
}

// files are the open files of a check, with what lies beside them.
type files struct {
	spec    *spec.Spec
	src     *source.Source
	data    *sdc.Data
	columns []string         // that are read
	given   bool             // the spec has the hashes
	account *dossier.Dossier // nil where the spec names none
	records *dossier.Records
	release func() // of the readers
}

func (f *files) close() {
	if f.release != nil {
		f.release()
	}
	f.src.Close() //nolint:errcheck // read only
}

// open opens the files for a check of some outputs, by so many readers.
func (p *Project) open(ctx context.Context, outputs []sdc.Output, readers int) (_ *files, err error) {
	s := *p.spec
	s.Outputs = outputs
	if s.Options.CSV.Delimiter == 0 {
		s.Options.CSV.Delimiter = source.FindDelimiter(s.Patterns)
	}
	s.Options.OpenStreams, s.Options.Received = p.o.OpenStreams, p.o.Received
	f := &files{spec: &s, records: &dossier.Records{}, given: s.Options.Sums != nil}
	if f.account, err = loadDossier(s.Dossier); err != nil {
		return nil, err
	}
	if f.account != nil {
		f.records = f.account.Known()
	}
	f.records.Trust(p.o.Trusted...)
	if f.src, err = source.Open(ctx, s.Patterns, s.Options); err != nil {
		return nil, err
	}
	defer func() {
		if err != nil {
			f.close()
		}
	}()
	if err := recordsBeside(f.records, f.src.Files()); err != nil {
		return nil, err
	}
	if err := f.src.Need(s.Columns()...); err != nil {
		return nil, err
	}
	f.columns = neededColumns(&s, f.src.Schema())
	list, err := f.src.Split(ctx, f.columns, readers)
	if err != nil {
		return nil, err
	}
	f.release = func() {
		for _, r := range list {
			r.Release()
		}
	}
	f.data = sdc.FromReaders(list...)
	f.data.Roles, f.data.Missing, f.data.Hierarchies, f.data.About, f.data.NotIdentifiers = s.Roles, s.Missing, s.Hierarchies, s.About, s.NotIdentifiers
	f.data.RespondentForm, f.data.Declared, f.data.Where = s.RespondentForm, s.Declared, s.Where
	f.data.Remarks = append(f.data.Remarks, inferredTypes(&s, f.src)...)
	if f.account != nil {
		f.data.Dossier = &checklist.State{Missing: f.account.Missing()}
	}
	return f, addSuppressions(ctx, f.data, &s, f.src)
}

// check checks the outputs, and hashes the files while they are read: see
// source.Source.Hash.
func (p *Project) check(ctx context.Context, f *files, opts sdc.Options) (*sdc.Report, error) {
	if p.o.Watch != nil {
		total, known := f.src.Rows()
		if !known {
			total = -1
		}
		progress, done := p.o.Watch(total)
		defer done()
		opts.Progress = progress
	}
	hashed := make(chan error, 1)
	hashCtx, stop := context.WithCancel(ctx)
	defer stop()
	go func() { hashed <- guard.Call(func() error { return f.src.Hash(hashCtx) }) }()
	r, err := sdc.Check(ctx, f.data, f.spec.Outputs, p.policy, opts)
	if err != nil {
		stop()
	}
	hashErr := <-hashed
	switch {
	case errors.Is(err, sdc.ErrRequest):
		return nil, &RequestError{err}
	case err != nil:
		return nil, withHint(err, f.spec)
	}
	return r, hashErr
}

// describe says in the report what it was made from, and what a reader must know of the
// files.
func (p *Project) describe(r *sdc.Report, f *files) error {
	r.Data.Sources = SourcesOf(f.src.Files())
	sums := map[string]string{} // whoever opens the files again gets the same
	for _, file := range f.src.Files() {
		sums[filepath.Clean(file.Name)] = file.SHA256
	}
	p.spec.Options = f.spec.Options
	p.spec.Options.Sums = sums
	r.Manifest = &origin.Manifest{Tool: p.o.Tool, Inputs: append(slices.Clone(f.spec.Files), f.records.Inputs...)}
	remarks, err := f.records.Join(r.Data.Sources, []string{f.spec.Roles.Respondent, f.spec.Roles.Holding}, f.columns)
	if err != nil {
		return err
	}
	trusted := p.o.Trusted
	if f.account != nil && f.account.Custodian != "" {
		key, err := dossier.PublicKey(f.account.Custodian)
		if err != nil {
			return err
		}
		trusted = append(slices.Clone(trusted), key)
	}
	r.Remark(slices.Concat(remarks, SourceRemarks(f.src.Files(), f.given), LocalRemarks(f.data.Suppressions, trusted))...)
	return nil
}

// holdAgainst compares the report with the dossier.
func (f *files) holdAgainst(ctx context.Context, r *sdc.Report, opts sdc.Options) error {
	x, err := f.reading(ctx, opts)
	if err != nil {
		return err
	}
	f.account.Compare(r, x)
	for _, in := range f.account.Inputs {
		if !slices.Contains(r.Manifest.Inputs, in) {
			r.Manifest.Inputs = append(r.Manifest.Inputs, in)
		}
	}
	return nil
}

// Suggest looks for changes that would make unsafe outputs of the report safe: see
// suggest.Find. It reads the data once more.
func (p *Project) Suggest(ctx context.Context, r *sdc.Report, opts sdc.Options) ([]suggest.Suggestion, error) {
	if err := p.usable(ctx); err != nil {
		return nil, err
	}
	if p.spec.Cells != nil {
		return nil, &RequestError{fmt.Errorf("%w: suggestions change what is read of records, and the spec has a table of cells: leave --suggest out", sdc.ErrRequest)}
	}
	return suggest.Find(ctx, r, p.spec.Outputs, p.policy, opts, func() (*sdc.Data, func(), error) {
		f, err := p.open(ctx, p.spec.Outputs, 1)
		if err != nil {
			return nil, nil, err
		}
		return f.data, f.close, nil
	})
}
