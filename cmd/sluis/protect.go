package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"path/filepath"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"github.com/sluis-go/sluis/sdc"
	"github.com/sluis-go/sluis/sdc/report"
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
	threads int
	trust   []string
	round   roundFlags
}

func newProtectCommand() *cobra.Command {
	var f protectFlags
	cmd := &cobra.Command{
		Use:   "protect SPEC --out DIR",
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
		Args: exactArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			if f.out == "" {
				return usageError(errors.New("--out is missing"))
			}
			return runProtect(cmd.Context(), args[0], &f, cmd.OutOrStdout())
		},
	}
	flags := cmd.Flags()
	flags.StringVar(&f.policy, "policy", "cbs", "cbs, essnet, or a policy file")
	flags.StringVar(&f.out, "out", "", "folder for the folders release and confidential (required)")
	flags.BoolVar(&f.replace, "replace", false, "replace the release and confidential folders of an earlier run")
	flags.StringVar(&f.cost, "cost", "value", "what suppressing a cell costs: value, count or unity")
	flags.StringVar(&f.count, "count", "respondents", "what frequency tables count: respondents or records")
	flags.BoolVar(&f.zeros, "publish-zeros", false, "never suppress an empty cell")
	flags.BoolVar(&f.whole, "whole", false, "reckon with attackers who know sums to be whole units, as they know counts to be")
	flags.IntVar(&f.digits, "digits", -1, "decimals to publish sums with (default: all that they have)")
	flags.IntVar(&f.rounds, "rounds", 8, "effort to suppress less")
	flags.Uint64Var(&f.seed, "seed", 1, "seed of that effort")
	flags.IntVar(&f.threads, "threads", 0, "threads (default: all cores)")
	addTrust(flags, &f.trust)
	f.round.add(flags)
	f.add(flags, true)
	return cmd
}

// runProtect is the protect verb.
func runProtect(ctx context.Context, path string, f *protectFlags, stdout io.Writer) error {
	if err := errors.Join(f.check(), f.round.check(f.html != "" || f.public != "")); err != nil {
		return err
	}
	s, err := spec.Load(path)
	if err != nil {
		return specError(err)
	}
	policy, err := spec.LoadPolicy(f.policy)
	if err != nil {
		return specError(err)
	}
	inputs := inputsOf(s, f.policy)
	if err := fitOutputs(inputs, f.html, f.public); err != nil {
		return err
	}
	if err := f.fitFolders(); err != nil {
		return err
	}
	trusted, err := publicKeys(f.trust)
	if err != nil {
		return err
	}
	r, err := checkSpec(ctx, s, policy, sdc.Options{Threads: f.threads, Sole: true}, trusted...)
	if err != nil {
		return err
	}
	if why := refusedBy(r); why != "" {
		return &exitError{code: exitUnsafe, err: errors.New(why)}
	}
	verdict, err := remarked(r, stdout)
	if err != nil {
		return err
	}
	tables, left, err := protectable(r, stdout)
	if err != nil {
		return err
	}
	verdict = min(verdict, left) // the stricter
	o := suppress.BuildOptions{
		Cost: suppress.Cost(f.cost), Count: suppress.Count(f.count), PublishZeros: f.zeros, WholeNumbers: f.whole,
	}
	if f.digits >= 0 {
		o.Digits = &f.digits
	}
	full, err := withBehind(ctx, r, s, policy, tables, f.threads, &o)
	if err != nil {
		return err
	}
	groups, err := suppress.FromReport(full, &policy, tables, o)
	switch {
	case errors.Is(err, suppress.ErrUnfit):
		return &exitError{code: exitUnsafe, err: err}
	case errors.Is(err, suppress.ErrRequest):
		return usageError(err)
	case err != nil:
		return err
	}
	staged, err := newStaged(f.out)
	if err != nil {
		return err
	}
	defer staged.drop()
	staged.policy = &manifestPolicy{r.Policy.Name, r.Policy.SHA256, report.PublicDifferences(r.Policy.Differences)}
	pages := &protectPages{page: report.Protection{
		Verdict: verdict, Policy: r.Policy.Name, PolicySHA256: r.Policy.SHA256, Differences: r.Policy.Differences, Sources: r.Data.Sources, Remarks: r.Data.Remarks,
		About: r.About, Outputs: r.Outputs,
	}}
	for k := range r.Outputs {
		if !slices.Contains(tables, k) {
			pages.page.Others = append(pages.page.Others, r.Outputs[k])
		}
	}
	for _, k := range tables {
		staged.shows[r.Outputs[k].Name] = shownOf(r, k, suppress.Count(f.count))
	}
	var open []sdc.Remark
	for _, g := range groups {
		if f.round.base > 0 {
			if err := roundGroup(ctx, g, f, staged, stdout); err != nil {
				return err
			}
			continue
		}
		done, err := protectGroup(ctx, g, f, staged, stdout)
		if err != nil {
			return err
		}
		open = append(open, done.open...)
		if err := pages.add(ctx, done, f, staged.release()); err != nil {
			return err
		}
	}
	beside, err := suppress.Beside(r, tables, func(k int) bool { return r.Outputs[k].UnsafeCells > 0 })
	if err != nil {
		return &exitError{code: exitUnsafe, err: fmt.Errorf("nothing is released: %w", err)}
	}
	relations, err := related(ctx, r, s, policy, tables, f.threads)
	if err != nil {
		return err
	}
	open = slices.Concat(open, beside, relations)
	for _, x := range open {
		verdict = min(verdict, x.Verdict)
		fmt.Fprintln(stdout, report.RemarkLine(&x))
	}
	pages.page.ByHand, pages.page.SafeBy = judgedByHand(r, tables)
	if kinds := countedThings(r, tables); kinds < len(groups) {
		pages.page.Cautions = append(pages.page.Cautions, unlinked)
	}
	for _, x := range open {
		pages.page.Cautions = append(pages.page.Cautions, x.Message)
	}
	pages.page.Cautions = append(pages.page.Cautions, columns, earlier)
	wrong, err := together(staged.release(), staged.covered)
	if err != nil {
		return err
	}
	if len(wrong) > 0 {
		return &exitError{code: exitUnsafe, err: fmt.Errorf("nothing is released: %s", strings.Join(wrong, "; "))}
	}
	pages.page.Verdict = verdict
	pages.describe(r, suppress.Count(f.count))
	if err := pages.render(f); err != nil {
		return err
	}
	if err := pages.write(ctx, f, staged); err != nil {
		return err
	}
	if err := fitOutputs(inputs, staged.targets()...); err != nil {
		return err
	}
	staged.review = leftToReviewer(r, tables, open)
	if err := staged.commit(ctx, f.replace); err != nil {
		return err
	}
	fmt.Fprintf(stdout, "Policy %q\n", r.Policy.Title())
	for _, s := range r.Policy.Differences {
		fmt.Fprintf(stdout, "  differs: %q\n", s)
	}
	for _, k := range tables {
		if s := shownOf(r, k, suppress.Count(f.count)); s.Means {
			fmt.Fprintf(stdout, "%q: the values are sums; a mean is the sum divided by the %s%s\n", r.Outputs[k].Name, s.divisor(), s.counts())
		}
	}
	for _, x := range pages.page.ByHand {
		fmt.Fprintf(stdout, "by hand: %q\n", x.Text)
	}
	for _, s := range pages.page.Cautions {
		fmt.Fprintln(stdout, "not checked: "+s)
	}
	fmt.Fprintf(stdout, "Released to %s; %s must not leave. Check with: sluis verify %s\n", filepath.Join(f.out, releaseFolder), filepath.Join(f.out, confidentialFolder), f.out)
	return verdictError(verdict)
}

// protectable lists the outputs that suppression can protect, and returns the verdict that
// the outputs leave: of these what suppression does not settle, and of the others, which
// are left alone, their own.
func protectable(r *sdc.Report, stdout io.Writer) (tables []int, verdict sdc.Verdict, err error) {
	verdict = sdc.Safe
	some := false
	var unfit error
	for k, o := range r.Outputs {
		if o.Kind != sdc.Frequency && o.Kind != sdc.Magnitude {
			fmt.Fprintf(stdout, "%q is no table and is left alone: %s\n", o.Name, o.Verdict)
			verdict = min(verdict, o.Verdict)
			continue
		}
		some = true
		if err := suppress.Fits(r, k); err != nil {
			fmt.Fprintf(stdout, "%q cannot be protected and is left alone: %s\n", o.Name, o.Verdict)
			unfit = errors.Join(unfit, err)
			// What cannot be protected is never better than what is left to a person.
			verdict = min(verdict, o.Verdict, sdc.Review)
			continue
		}
		tables = append(tables, k)
		verdict = min(verdict, leftOver(o))
	}
	switch {
	case !some:
		return nil, verdict, usageError(errors.New("the spec has no table to protect"))
	case tables == nil:
		return nil, verdict, &exitError{code: exitUnsafe, err: unfit}
	}
	if unfit != nil {
		for line := range strings.SplitSeq(unfit.Error(), "\n") {
			fmt.Fprintf(stdout, "   %q\n", line)
		}
	}
	return tables, verdict, nil
}

// remarked prints what the check remarks about the data, and returns the verdict that
// the remarks leave. Suppression settles nothing of a remark: an unsafe one is an error.
func remarked(r *sdc.Report, stdout io.Writer) (sdc.Verdict, error) {
	v := sdc.Safe
	for _, x := range r.Data.Remarks {
		line := report.RemarkLine(&x)
		if x.Verdict == sdc.Unsafe {
			return v, &exitError{code: exitUnsafe, err: errors.New(line)}
		}
		v = min(v, x.Verdict)
		fmt.Fprintln(stdout, line)
	}
	return v, nil
}

// withBehind checks again with the finer tables that stand behind tables linked in a
// ring, where there are such.
func withBehind(ctx context.Context, r *sdc.Report, s *spec.Spec, policy sdc.Policy, tables []int, threads int, o *suppress.BuildOptions) (*sdc.Report, error) {
	behind, err := suppress.Behind(r, tables)
	if err != nil {
		return nil, &exitError{code: exitUnsafe, err: err}
	}
	if len(behind) == 0 {
		return r, nil
	}
	finer := *s
	finer.Outputs = slices.Concat(s.Outputs, behind)
	for k := range behind {
		o.Behind = append(o.Behind, len(s.Outputs)+k)
	}
	return checkSpec(ctx, &finer, policy, sdc.Options{Threads: threads, Sole: true})
}

// confidentialName ends the name of a proof that stays inside.
const confidentialName = ".confidential.json"

// protectGroup protects the tables of one group, proves it, and stages the files.
func protectGroup(ctx context.Context, g *suppress.Tables, f *protectFlags, staged *stagedRelease, stdout io.Writer) (*protectedGroup, error) {
	threads := f.threads
	if threads <= 0 {
		threads = defaultThreads()
	}
	pattern, open, err := g.Protect(ctx, suppress.Options{Threads: threads, Rounds: f.rounds, Seed: f.seed})
	if err != nil {
		return nil, cellsFailure(g, err)
	}
	releases, err := g.Releases(pattern)
	if err != nil {
		return nil, cellsFailure(g, err)
	}
	names, files := staged.releaseNames(releases)
	certificate, err := suppress.Certify(ctx, releases, files, g.Problem().Attacker(), threads)
	if err != nil {
		return nil, cellsFailure(g, err)
	}
	if err := staged.write(names[0]+".certificate.json", certificate.WriteJSON); err != nil {
		return nil, err
	}
	if err := staged.releases(releases, names, files, names[0]+certificateName); err != nil {
		return nil, err
	}
	err = staged.keep(names[0]+".confidential.txt", func(w io.Writer) error { return g.WriteReport(w, pattern) })
	if err != nil {
		return nil, err
	}
	proof, err := g.Confidential(pattern, releases, files)
	if err != nil {
		return nil, err
	}
	if proof != nil {
		if err := staged.keep(names[0]+confidentialName, proof.WriteJSON); err != nil {
			return nil, err
		}
	}
	v, err := verify.Certificate(ctx, plainFiles(staged.release()), names[0]+".certificate.json", verify.Limits{})
	if err != nil {
		return nil, fmt.Errorf("nothing is released: %w", err)
	}
	if proof != nil {
		if _, err := verify.Confidential(ctx, twin{plainFiles(staged.release()), plainFiles(staged.confidential())}, names[0]+confidentialName, verify.Limits{}); err != nil {
			return nil, fmt.Errorf("nothing is released: %w", err)
		}
	}
	for _, r := range releases {
		all, hidden := r.Cells()
		fmt.Fprintf(stdout, "%q: %d cells, %d suppressed\n", r.Name, all, hidden)
	}
	fmt.Fprintf(stdout, "   certificate of %d possible tables, verified: %s\n", v.Witnesses+1, names[0]+".certificate.json")
	return &protectedGroup{g, pattern, releases, files, names[0] + ".certificate.json", open}, nil
}

// cellsFailure names the cells that cannot be protected. Nothing is released:
// they stay unsafe.
func cellsFailure(g *suppress.Tables, err error) error {
	var cells *suppress.CellsError
	if !errors.As(err, &cells) {
		return err
	}
	const shown = 10
	var b strings.Builder
	for _, c := range cells.Cells[:min(shown, len(cells.Cells))] {
		b.WriteString("\n  " + g.Name(c))
	}
	if n := len(cells.Cells) - shown; n > 0 {
		fmt.Fprintf(&b, "\n  and %d more", n)
	}
	return &exitError{code: exitUnsafe, err: fmt.Errorf("nothing is released: %w%s", cells.Err, b.String())}
}
