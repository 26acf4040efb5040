package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/apache/arrow/go/v15/arrow/memory"
	"github.com/spf13/cobra"

	"github.com/sluis-go/sluis/sdc"
	"github.com/sluis-go/sluis/sdc/report"
	"github.com/sluis-go/sluis/sdc/source"
	"github.com/sluis-go/sluis/sdc/spec"
	"github.com/sluis-go/sluis/suppress"
)

type protectFlags struct {
	pageFlags
	policy  string
	out     string
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
its tables and as little else as protects them, and writes for each table

  NAME.release.csv, .parquet   what may leave: suppressed values are absent
  NAME.certificate.json        the proof, which may leave too; see sluis verify
  NAME.confidential.txt        what was suppressed and why: it must not leave
  NAME.confidential.json       the proof with the true values: it must not leave

Tables of counts, and tables of one response, share cells: they are protected as
one, under one certificate, named after the first of them. A release appears once
its certificate has been verified, and not otherwise. Outputs that are no tables
are left alone; the exit status says whether they are safe, or that a person must
judge (4) what the check left for review.

With --round B tables of counts are rounded to multiples of B instead: all values
are published, rounded, and NAME.rounding.json says how. Nothing is released where an
attacker who knows that comes too close to an unsafe cell.`,
		Example: `  sluis protect spec.yaml --out release
  sluis protect spec.yaml --round 5 --out release
  sluis protect spec.yaml --policy essnet --count records --cost unity --out release`,
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
	flags.StringVar(&f.out, "out", "", "folder for the releases (required)")
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
	var tables []int
	for k, o := range r.Outputs {
		v := o.Verdict
		if o.Kind == sdc.Frequency || o.Kind == sdc.Magnitude {
			tables = append(tables, k)
			v = leftOver(o)
		} else {
			fmt.Fprintf(stdout, "%q is no table and is left alone: %s\n", o.Name, o.Verdict)
		}
		verdict = min(verdict, v) // the stricter
	}
	if len(tables) == 0 {
		return usageError(errors.New("the spec has no table to protect"))
	}
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
	if err := os.MkdirAll(f.out, 0o700); err != nil {
		return err
	}
	staged, err := newStaging(f.out)
	if err != nil {
		return err
	}
	defer staged.drop()
	pages := &protectPages{page: report.Protection{Verdict: verdict, Policy: r.Policy.Name, Sources: r.Data.Sources}}
	for k := range r.Outputs {
		if !slices.Contains(tables, k) {
			pages.page.Others = append(pages.page.Others, r.Outputs[k])
		}
	}
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
		if err := pages.add(ctx, done, f, staged.dir); err != nil {
			return err
		}
	}
	if kinds := countedThings(r, tables); kinds < len(groups) {
		pages.page.Cautions = append(pages.page.Cautions, unlinked)
	}
	pages.page.Verdict = verdict
	pages.describe(r, suppress.Count(f.count))
	if err := pages.render(f); err != nil {
		return err
	}
	if err := fitOutputs(inputs, append(staged.targets(), f.html, f.public)...); err != nil {
		return err
	}
	if err := staged.commit(ctx); err != nil {
		return err
	}
	if err := pages.write(f); err != nil {
		return err
	}
	for _, s := range pages.page.Cautions {
		fmt.Fprintln(stdout, "not checked: "+s)
	}
	fmt.Fprintf(stdout, "Released to %s; check with: sluis verify %s\n", f.out, f.out)
	return verdictError(verdict)
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

// unlinked is said where tables of the same counts, or of sums of one response, are
// not protected as one.
const unlinked = "what tables tell together that leave out rows with missing values; " +
	"they share no cell exactly and are protected one by one"

// countedThings returns how many different things tables count or sum up.
func countedThings(r *sdc.Report, tables []int) int {
	seen := map[string]bool{}
	for _, k := range tables {
		o := r.Tables[k].Output()
		seen[string(o.Kind)+" "+o.Response] = true
	}
	return len(seen)
}

// leftOver is what suppression does not settle: findings that a person must
// judge.
func leftOver(o sdc.OutputReport) sdc.Verdict {
	for _, x := range o.Findings {
		if x.Verdict == sdc.Review {
			return sdc.Review
		}
	}
	// What the policy asks and the data cannot answer is no finding, but no less open.
	if slices.ContainsFunc(o.NotChecked, func(s string) bool { return strings.HasPrefix(s, "request: ") }) {
		return sdc.Review
	}
	return sdc.Safe
}

// confidentialName ends the name of a proof that stays inside.
const confidentialName = ".confidential.json"

// protectGroup protects the tables of one group, proves it, and stages the files.
func protectGroup(ctx context.Context, g *suppress.Tables, f *protectFlags, staged *staging, stdout io.Writer) (*protectedGroup, error) {
	threads := f.threads
	if threads <= 0 {
		threads = defaultThreads()
	}
	pattern, err := suppress.Protect(ctx, g.Problem, suppress.Options{Threads: threads, Rounds: f.rounds, Seed: f.seed})
	if err != nil {
		return nil, cellsFailure(g, err)
	}
	releases := g.Releases(pattern)
	names, files := staged.releaseNames(releases)
	certificate, err := suppress.Certify(ctx, releases, files, g.Problem.Attacker(), threads)
	if err != nil {
		return nil, cellsFailure(g, err)
	}
	if err := staged.write(names[0]+".certificate.json", certificate.WriteJSON); err != nil {
		return nil, err
	}
	if err := staged.releases(releases, names, files); err != nil {
		return nil, err
	}
	err = staged.write(names[0]+".confidential.txt", func(w io.Writer) error { return g.WriteReport(w, pattern) })
	if err != nil {
		return nil, err
	}
	proof, err := g.Confidential(pattern, releases, files)
	if err != nil {
		return nil, err
	}
	if proof != nil {
		if err := staged.write(names[0]+confidentialName, proof.WriteJSON); err != nil {
			return nil, err
		}
	}
	v, err := suppress.Verify(os.DirFS(staged.dir), names[0]+".certificate.json", suppress.VerifyLimits{})
	if err != nil {
		return nil, fmt.Errorf("nothing is released: %w", err)
	}
	if proof != nil {
		if _, err := suppress.VerifyConfidential(os.DirFS(staged.dir), names[0]+confidentialName, suppress.VerifyLimits{}); err != nil {
			return nil, fmt.Errorf("nothing is released: %w", err)
		}
	}
	for _, r := range releases {
		all, hidden := r.Cells()
		fmt.Fprintf(stdout, "%q: %d cells, %d suppressed\n", r.Name, all, hidden)
	}
	fmt.Fprintf(stdout, "   certificate of %d possible tables, verified: %s\n", v.Witnesses+1, names[0]+".certificate.json")
	return &protectedGroup{g, pattern, releases, files, names[0] + ".certificate.json"}, nil
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

// staging is a folder in which files wait until all are there and verified.
type staging struct {
	out, dir string
	files    []string // in the order of appearance
	taken    map[string]bool
}

func newStaging(out string) (*staging, error) {
	dir, err := os.MkdirTemp(out, ".protect-")
	return &staging{out: out, dir: dir, taken: map[string]bool{}}, err
}

// name turns the name of an output into that of a file of its own.
func (s *staging) name(output string) string {
	name := strings.Map(func(r rune) rune {
		if r < 0x20 || strings.ContainsRune(`/\:*?"<>|[]`, r) {
			return '_'
		}
		return r
	}, strings.TrimLeft(output, "."))
	if name == "" {
		name = "_"
	}
	for unique, n := name, 2; ; n++ {
		if key := strings.ToLower(unique); !s.taken[key] {
			s.taken[key] = true
			return unique
		}
		unique = fmt.Sprintf("%s-%d", name, n)
	}
}

// releaseNames gives every release its name and the name of its text file.
func (s *staging) releaseNames(releases []*suppress.Release) (names, files []string) {
	for _, r := range releases {
		names = append(names, s.name(r.Name))
		files = append(files, names[len(names)-1]+".release.csv")
	}
	return names, files
}

// releases writes them, as text and as Parquet.
func (s *staging) releases(releases []*suppress.Release, names, files []string) error {
	for i, r := range releases {
		if err := s.write(files[i], r.WriteCSV); err != nil {
			return err
		}
		if err := s.parquet(names[i]+".release.parquet", r); err != nil {
			return err
		}
	}
	return nil
}

func (s *staging) write(name string, fn func(io.Writer) error) error {
	s.files = append(s.files, name)
	return source.WriteFile(filepath.Join(s.dir, name), fn)
}

func (s *staging) parquet(name string, r *suppress.Release) error {
	s.files = append(s.files, name)
	w, err := source.Create(filepath.Join(s.dir, name), r.Schema(), source.WriterOptions{})
	if err != nil {
		return err
	}
	if err := r.WriteRecords(memory.DefaultAllocator, w.Write); err != nil {
		return errors.Join(err, w.Abort())
	}
	return w.Close()
}

// targets are the names under which the files will appear.
func (s *staging) targets() []string {
	out := make([]string, len(s.files))
	for i, name := range s.files {
		out[i] = filepath.Join(s.out, name)
	}
	return out
}

// commit moves the files to where they belong: certificates first, so that no
// release is ever without.
func (s *staging) commit(ctx context.Context) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	for _, first := range []bool{true, false} {
		for _, name := range s.files {
			if (strings.HasSuffix(name, ".certificate.json") || strings.HasSuffix(name, roundingName)) != first {
				continue
			}
			if err := os.Rename(filepath.Join(s.dir, name), filepath.Join(s.out, name)); err != nil {
				return err
			}
		}
	}
	return nil
}

func (s *staging) drop() { os.RemoveAll(s.dir) } //nolint:errcheck // what is left is not named as a release
