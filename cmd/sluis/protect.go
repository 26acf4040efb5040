package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"strings"

	"github.com/apache/arrow/go/v15/arrow/memory"
	"github.com/spf13/cobra"

	"github.com/sluis-go/sluis/sdc"
	"github.com/sluis-go/sluis/sdc/project"
	"github.com/sluis-go/sluis/sdc/report"
	"github.com/sluis-go/sluis/sdc/source"
	"github.com/sluis-go/sluis/sdc/spec"
	"github.com/sluis-go/sluis/suppress"
	"github.com/sluis-go/sluis/suppress/verify"
)

type protectFlags struct {
	pageFlags
	policy  string
	out     string
	replace bool
	cost    string
	count   string
	zeros   bool
	whole   bool
	digits  int
	rounds  int
	seed    uint64
	secret  string
	with    []string
	ledger  string
	sources []string
	threads int
	trust   []string
	round   roundFlags
}

func newProtectCommand() *cobra.Command {
	var f protectFlags
	cmd := &cobra.Command{
		Use:   "protect SPEC [-] --out DIR",
		Short: "Suppress what is unsafe and what gives it away, with a certificate",
		Long: `protect checks the outputs of SPEC as check does, suppresses the unsafe cells of
its tables and as little else as protects them. Two folders appear in DIR: release,
which may leave once the verdict is safe or a reviewer has agreed, and confidential, which
must not. For each table:

  release/NAME.release.csv, .parquet    suppressed values are absent
  release/NAME.certificate.json         the proof; see sluis verify
  confidential/NAME.confidential.txt    what was suppressed and why
  confidential/NAME.confidential.json   the proof with the true values

Tables of counts, and tables of one response, share cells: they are protected as
one, under one certificate, named after the first of them. Of a table of means the sums
are released: a mean is the sum divided by the number of contributors. The folders appear whole,
once every certificate has been verified, and not otherwise; release/manifest.json lists
the files of the release. Where they hold something already nothing is written, unless
--replace is given: then what sluis wrote there is gone. Outputs that are no tables, or
cannot be protected (min, max, range), are left alone and the others released; the exit status says whether they are safe, or that a person must
judge (4) what the check left for review.

With --round B tables of counts are rounded to multiples of B instead: all values
are published, rounded, and NAME.rounding.json says how. Nothing is released where an
attacker who knows that comes too close to an unsafe cell.`,
		Example: `  sluis protect spec.yaml --out tables
  sluis protect spec.yaml --round 5 --out tables
  sluis protect spec.yaml --policy essnet --count records --cost unity --out tables --replace`,
		Args: specAndStream(),
		RunE: func(cmd *cobra.Command, args []string) error {
			if f.out == "" {
				return usageError(errors.New("--out is missing"))
			}
			return runProtect(cmd.Context(), args, &f, cmd.OutOrStdout())
		},
	}
	flags := cmd.Flags()
	flags.StringVar(&f.policy, "policy", "cbs", "a policy by its name (see sluis policy list), or a policy file")
	flags.StringVar(&f.out, "out", "", "folder for the folders release and confidential (required)")
	flags.BoolVar(&f.replace, "replace", false, "replace the release and confidential folders of an earlier run")
	flags.StringVar(&f.cost, "cost", "value", "what suppressing a cell costs: value, count or unity")
	flags.StringVar(&f.count, "count", "respondents", "what frequency tables count: respondents or records")
	flags.BoolVar(&f.zeros, "publish-zeros", false, "never suppress an empty cell")
	flags.BoolVar(&f.whole, "whole", false, "reckon with attackers who know sums to be whole units, as they know counts to be")
	flags.IntVar(&f.digits, "digits", -1, "decimals to publish sums with (default: all that they have)")
	flags.IntVar(&f.rounds, "rounds", 8, "effort to suppress less")
	flags.Uint64Var(&f.seed, "seed", 0, "for tests: choices that anybody can repeat, the same bytes for the same seed")
	flags.StringVar(&f.secret, "secret", "", "secret of the project, from sluis secret new (default: SPEC.secret, made where it is not there)")
	flags.StringArrayVar(&f.with, "with", nil, "folder of an earlier release of the same data, which is held against this one; may be repeated")
	flags.StringVar(&f.ledger, "ledger", "", "ledger of what was released: nothing is released that tells of few respondents together with earlier releases")
	addSources(flags, &f.sources)
	flags.IntVar(&f.threads, "threads", 0, "threads (default: all cores)")
	addTrust(flags, &f.trust)
	f.round.add(flags)
	f.add(flags, true)
	return cmd
}

// runProtect is the protect verb.
func runProtect(ctx context.Context, args []string, f *protectFlags, stdout io.Writer) error {
	if err := errors.Join(f.check(), f.round.check(f.html != "" || f.public != "")); err != nil {
		return err
	}
	s, err := loadSpec(args)
	if err != nil {
		return err
	}
	policy, err := spec.LoadPolicy(f.policy)
	if err != nil {
		return specError(err)
	}
	if err := f.fitLedger(s, &policy); err != nil {
		return err
	}
	inputs := append(inputsOf(s, f.policy), f.ledger)
	if err := fitOutputs(inputs, f.html, f.public); err != nil {
		return err
	}
	if err := f.fitOut(); err != nil {
		return err
	}
	trusted, err := publicKeys(f.trust)
	if err != nil {
		return err
	}
	run, err := newProject(ctx, s, policy, trusted)
	if err != nil {
		return err
	}
	// What the outputs tell together is asked of what is published.
	r, err := run.CheckOutputs(ctx, s.Outputs, sdc.Options{Threads: f.threads, Sole: true})
	if err != nil {
		return requestError(err)
	}
	if why := refusedBy(r); why != "" {
		return &exitError{code: exitUnsafe, err: errors.New(why)}
	}
	if err := remarked(r, stdout); err != nil {
		return err
	}
	o := f.options()
	kept, err := secretFor(f, args[0], &policy)
	if err != nil {
		return err
	}
	o.Secret = kept.bytes()
	if s.Cells == nil {
		o.Recheck = rechecked(run, f.threads)
	}
	o.Before = func(ctx context.Context, p *suppress.Publication) error {
		if err := fitOutputs(inputs, f.targets(p)...); err != nil {
			return err
		}
		if err := f.againstEarlier(p); err != nil {
			return err
		}
		if err := f.lookTogether(ctx, s, run, r, p); err != nil {
			return err
		}
		if err := f.pages(ctx, r, p); err != nil {
			return err
		}
		return kept.save(p)
	}
	p, err := suppress.Publish(ctx, r, f.out, o)
	if err != nil {
		return protectError(err)
	}
	kept.tell(stdout)
	f.tell(stdout, r, p)
	return verdictError(p.Verdict)
}

// options are those of the library.
func (f *protectFlags) options() suppress.Options {
	o := suppress.Options{
		Cost: suppress.Cost(f.cost), Count: suppress.Count(f.count), PublishZeros: f.zeros, WholeNumbers: f.whole,
		Rounds: f.rounds, Seed: f.seed, Round: f.round.base, Nearest: f.round.nearest, Threads: f.threads, Replace: f.replace,
		Formats: []suppress.Format{{Suffix: ".release.parquet", Write: writeParquet}},
	}
	if f.digits >= 0 {
		o.Digits = &f.digits
	}
	if f.rounds <= 0 {
		o.Rounds = -1
	}
	return o
}

// rechecked checks other outputs on the data of a project.
func rechecked(run *project.Project, threads int) func(context.Context, []sdc.Output) (*sdc.Report, error) {
	return func(ctx context.Context, outputs []sdc.Output) (*sdc.Report, error) {
		return run.CheckOutputs(ctx, outputs, sdc.Options{Threads: threads, Sole: true})
	}
}

// writeParquet writes a released table as Parquet.
func writeParquet(w io.Writer, r *suppress.Released) error {
	out, err := source.NewWriter(w, ".parquet", r.Schema(), source.WriterOptions{})
	if err != nil {
		return err
	}
	if err := r.WriteRecords(memory.DefaultAllocator, out.Write); err != nil {
		return err
	}
	return out.Close()
}

// protectError gives an error of the library the exit status that fits, and names the cells
// that cannot be protected. Nothing is released: they stay unsafe.
func protectError(err error) error {
	var cells *suppress.ProtectionError
	switch {
	case errors.As(err, &cells):
		const shown = 10
		var b strings.Builder
		for _, c := range cells.Cells[:min(shown, len(cells.Cells))] {
			b.WriteString("\n  " + c)
		}
		if n := len(cells.Cells) - shown; n > 0 {
			fmt.Fprintf(&b, "\n  and %d more", n)
		}
		return &exitError{code: exitUnsafe, err: fmt.Errorf("nothing is released: %w%s", cells.Err, b.String())}
	case errors.Is(err, suppress.ErrUnfit):
		return &exitError{code: exitUnsafe, err: fmt.Errorf("nothing is released: %w", err)}
	case errors.Is(err, suppress.ErrFolder):
		return usageError(fmt.Errorf("%w: name another folder with --out, or say --replace", err))
	case errors.Is(err, suppress.ErrRequest):
		return usageError(err)
	case errors.Is(err, verify.ErrCertificate):
		return fmt.Errorf("nothing is released: %w", err)
	}
	return err
}

// remarked prints what the check remarks about the data. Suppression settles nothing of a
// remark: an unsafe one is an error.
func remarked(r *sdc.Report, stdout io.Writer) error {
	for _, x := range r.Data.Remarks {
		line := report.RemarkLine(&x)
		if x.Verdict == sdc.Unsafe {
			return &exitError{code: exitUnsafe, err: errors.New(line)}
		}
		fmt.Fprintln(stdout, line)
	}
	return nil
}
