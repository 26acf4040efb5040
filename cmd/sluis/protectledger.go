package main

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"slices"
	"strings"

	"github.com/sluis-go/sluis/sdc"
	"github.com/sluis-go/sluis/sdc/differencing"
	"github.com/sluis-go/sluis/sdc/ledger"
	"github.com/sluis-go/sluis/sdc/project"
	"github.com/sluis-go/sluis/sdc/report"
	"github.com/sluis-go/sluis/sdc/report/words"
	"github.com/sluis-go/sluis/sdc/spec"
	"github.com/sluis-go/sluis/suppress"
)

// fitLedger refuses what --ledger and --source cannot be used with, before anything is read.
func (f *protectFlags) fitLedger(s *spec.Spec, policy *sdc.Policy) error {
	if f.ledger == "" {
		if len(f.sources) > 0 {
			return errSourceAlone
		}
		return nil
	}
	return ledgerNeeds(s, policy)
}

// lookTogether asks what the published cells tell together, and with the releases of the
// ledger. It refuses where they tell of few respondents, and leaves to a reviewer what was not
// decided.
func (f *protectFlags) lookTogether(ctx context.Context, s *spec.Spec, run *project.Project, r *sdc.Report, p *suppress.Publication) error {
	if s.Cells != nil {
		return nil
	}
	outputs, err := f.publishedOutputs(s, r, p)
	if err != nil {
		return err
	}
	found, err := run.Together(ctx, r, outputs, sdc.Options{Threads: f.threads})
	if err != nil {
		return err
	}
	// What was not decided here is no review: protection looks at sums of hidden cells itself,
	// and says what it leaves out.
	found = slices.DeleteFunc(found, func(x sdc.Remark) bool {
		return slices.Contains([]words.ID{words.LedgerLimit, words.TogetherTooMany, words.TogetherNotDerived}, x.Message.ID)
	})
	if f.ledger != "" {
		err := withLedger(ctx, f.ledger, func(l *ledger.Ledger) error {
			earlier, err := compareWithLedger(ctx, l, s, r, outputs, f.sources)
			found = append(found, earlier...)
			return err
		})
		if err != nil {
			return err
		}
	}
	var unsafe []string
	for _, x := range found {
		if x.Verdict == sdc.Unsafe {
			unsafe = append(unsafe, report.RemarkLine(&x))
			continue
		}
		if p.Remarks = append(p.Remarks, x); x.Verdict == sdc.Safe {
			continue
		}
		if p.Verdict = min(p.Verdict, x.Verdict); !slices.Contains(p.Review, x.Name) {
			p.Review = append(p.Review, x.Name)
		}
	}
	slices.Sort(p.Review)
	if len(unsafe) > 0 {
		return &exitError{code: exitUnsafe, err: fmt.Errorf(
			"nothing is released: the published cells tell of few respondents, together or with what left before; fold codes, leave variables out, or set these cells unsafe in the a-priori list of the output\n  %s",
			strings.Join(unsafe, "\n  "))}
	}
	return nil
}

// publishedOutputs are the tables that are about to leave, with their cells as published. Tables
// of records, where respondents have several, publish nothing that is compared: with a ledger
// they are an error.
func (f *protectFlags) publishedOutputs(s *spec.Spec, r *sdc.Report, p *suppress.Publication) ([]differencing.Output, error) {
	rounded := slices.ContainsFunc(p.Proofs, func(x suppress.Proof) bool { return x.Rounded != nil })
	var outputs []differencing.Output
	for i := range s.Outputs {
		k := slices.IndexFunc(p.Tables, func(t *suppress.Table) bool { return t.Name == s.Outputs[i].Name })
		if k < 0 {
			continue
		}
		t := p.Tables[k]
		text, err := fs.ReadFile(p.FS(suppress.ReleaseFolder), t.File)
		if err != nil {
			return nil, err
		}
		x, err := releasedOutput(string(text), s, r, i, t.Shows.String(), rounded)
		switch {
		case err == nil:
			outputs = append(outputs, x)
		case f.ledger != "":
			return nil, err
		}
	}
	return outputs, nil
}

// errSourceAlone says that --source needs --ledger.
var errSourceAlone = usageError(errors.New("--source says where a file of an earlier release lies: name the ledger with --ledger"))
