package suppress

import (
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"runtime"
	"slices"
	"strings"

	"github.com/sluis-go/sluis/internal/guard"
	"github.com/sluis-go/sluis/internal/manifest"
	"github.com/sluis-go/sluis/internal/secret"
	"github.com/sluis-go/sluis/sdc"
	"github.com/sluis-go/sluis/sdc/report/words"
	"github.com/sluis-go/sluis/suppress/internal/hide"
	"github.com/sluis-go/sluis/suppress/verify"
)

// Options say what is published and how. The zero value is ready to use, and is
// what the command does by default.
type Options struct {
	// Outputs names the outputs of the report to publish. Defaults to all tables that
	// can be protected; the others are left alone, and their verdict counts.
	Outputs []string
	// Cost says what hiding a cell costs. Defaults to CostValue.
	Cost Cost
	// Count says what frequency tables count. Defaults to CountRespondents.
	Count Count
	// PublishZeros publishes every empty cell, which tells an attacker that hidden
	// counts are at least 1. By default an empty cell may be hidden to protect
	// others, unless a table of something else tells that it is empty.
	PublishZeros bool
	// WholeNumbers reckons with attackers who know sums to be whole units, as they always
	// know counts to be.
	WholeNumbers bool
	// Digits is the number of decimals, from 0 to 15, that sums are published with: inner
	// cells are rounded, half away from zero, and their totals are those of the rounded
	// cells. Levels are not rounded but up. Nil keeps all decimals.
	Digits *int
	// Rounds is the effort to suppress less. Defaults to 8; below 0 for none.
	Rounds int
	// Seed, where not 0, is for tests: the same seed gives the same bytes, also
	// to an attacker, so that the choice of the pattern tells more than its numbers. Not
	// with Secret.
	Seed uint64
	// Secret, of at least 32 bytes, is the secret of the project, as sluis secret new makes
	// one: choices are drawn under the secret, an equal table gets an equal pattern, and only
	// a holder of the secret can repeat the choice. Without Secret the publication is for review, unless the policy
	// leaves the part method of the attacker out.
	Secret []byte
	// Round, where not 0, is the base of multiples that counts are rounded to: then no
	// cell is suppressed. From 2 to 2^30.
	Round int64
	// Nearest rounds every cell by itself; then sums need not hold.
	Nearest bool
	// Threads is the number of threads, at most 4,096. Defaults to all cores. It does not
	// change the result.
	Threads int
	// Replace replaces the folders of an earlier publication.
	Replace bool
	// Recheck checks other outputs on the data of the report, with its policy and with
	// Options.Sole. Publish asks for finer tables behind tables that are linked in a ring,
	// and for pairs of columns that are in no table together. Without Recheck the former
	// are an error, and the latter are for review.
	Recheck func(ctx context.Context, outputs []sdc.Output) (*sdc.Report, error)
	// Formats are further forms of every released table, beside CSV.
	Formats []Format
	// Before, where set, is called once everything is proven and verified, before any file
	// appears. It may add files with Publication.Add. After an error nothing is published.
	Before func(ctx context.Context, p *Publication) error

	secret *secret.Secret // of Secret
}

// Format is a further form of a released table.
type Format struct {
	// Suffix ends the name of the file, after that of the table: ".release.parquet".
	Suffix string
	Write  func(w io.Writer, t *Released) error
}

// Cost says what hiding a cell costs.
type Cost string

// A cell costs its absolute value, in units; the number of its records; or 1. An a-priori
// cost goes before all of them.
const (
	CostValue Cost = "value"
	CostCount Cost = "count"
	CostUnity Cost = "unity"
)

// Count says what a frequency table counts. Respondents are those that the rules look at.
// Where some are in several cells, their counts do not add up to the totals, and only
// records can be protected as a table.
type Count string

// The things that a frequency table may count.
const (
	CountRespondents Count = "respondents"
	CountRecords     Count = "records"
)

// Publish protects the tables of a report and publishes them in two folders of dst:
// release, which may leave, and confidential, which must not. The steps, in order:
//
//	look     at the report: an unsafe remark on the data, or an output that suppression
//	         cannot protect, is an error, or is left alone with its verdict
//	search   for a pattern: Protect, or Round
//	prove    by witnesses, by a certificate that the releases alone give, and by the
//	         confidential twin with the true values
//	verify   the files, as they are, by package verify, which shares no code with the search
//	compare  the tables with each other, with microdata among the outputs, and columns
//	         with columns: what is not decided is for review
//	list     every file, the policy and what is left to a reviewer in manifest.json
//	rename   both folders to where they belong, what leaves first
//
// Either all of this succeeds and both folders appear whole, or dst is as it was. A process
// that is killed on the way leaves a staging folder that the next one sweeps.
//
// The policy is that of the report, which must be made by sdc.Check in this process, with
// Options.Sole. The verdict of the publication is safe, or review where a person has to
// decide: Publication.Review says why.
//
// Errors wrap ErrRequest for options or a report that cannot be used; ErrUnfit where no
// table can be protected by suppression; ErrFolder for a dst that holds something;
// ErrInfeasible, ErrUndecided or ErrTooClose, as a *ProtectionError with the names of cells,
// where protection fails; verify.ErrCertificate where a file does not pass. The error may be
// that of the context, of Recheck, of Before, or of the file system.
func Publish(ctx context.Context, r *sdc.Report, dst string, o Options) (p *Publication, err error) {
	defer guard.Recover(&err)
	if dst == "" {
		return nil, fmt.Errorf("%w: the folder has no name", ErrRequest)
	}
	var forms []string
	for _, f := range o.Formats {
		forms = append(forms, f.Suffix)
	}
	if err := fitFolders(dst, o.Replace, forms); err != nil {
		return nil, err
	}
	d, err := newDisk(dst)
	if err != nil {
		return nil, err
	}
	defer d.drop()
	if p, err = publish(ctx, r, d, &o); err != nil {
		return nil, err
	}
	if err := d.commit(ctx, o.Replace); err != nil {
		return nil, err
	}
	p.Files = p.store.taken()
	p.store = nil
	return p, nil
}

// Release is Publish without a folder: the files are in Publication.FS.
func Release(ctx context.Context, r *sdc.Report, o Options) (p *Publication, err error) {
	defer guard.Recover(&err)
	if p, err = publish(ctx, r, newMemory(), &o); err != nil {
		return nil, err
	}
	p.Files = p.store.taken()
	return p, nil
}

// maxThreads bounds the goroutines, each of which has memory of its own.
const maxThreads = 4096

func (o *Options) defaults() error {
	switch {
	case o.Threads > maxThreads:
		return fmt.Errorf("%w: %d threads are more than %d", ErrRequest, o.Threads, maxThreads)
	case o.Round != 0 && (o.Round < 2 || o.Round > 1<<30):
		return fmt.Errorf("%w: the base of rounding must be from 2 to 2^30", ErrRequest)
	case o.Round == 0 && o.Nearest:
		return fmt.Errorf("%w: Nearest is for rounding, and there is no base", ErrRequest)
	}
	for i, f := range o.Formats {
		if f.Suffix == "" || f.Write == nil || strings.ContainsAny(f.Suffix, `/\`) {
			return fmt.Errorf("%w: format %d has no suffix, a suffix with a slash, or no function", ErrRequest, i)
		}
	}
	if o.Rounds == 0 {
		o.Rounds = 8
	}
	o.Rounds = max(o.Rounds, 0)
	if len(o.Secret) > 0 && o.Seed != 0 {
		return fmt.Errorf("%w: a secret and a seed are both given; a seed is for tests", ErrRequest)
	}
	if len(o.Secret) > 0 {
		s, err := secret.Of(o.Secret)
		if err != nil {
			return fmt.Errorf("%w: %w", ErrRequest, err)
		}
		o.secret = &s
	}
	if o.Seed == 0 {
		o.Seed = 1
	}
	if o.Threads <= 0 {
		o.Threads = runtime.GOMAXPROCS(0)
	}
	return nil
}

// publish does all but the rename.
func publish(ctx context.Context, r *sdc.Report, s fileStore, o *Options) (*Publication, error) {
	if r == nil || r.JudgedBy() == nil {
		return nil, fmt.Errorf("%w: the report was not made by sdc.Check in this process, so that there is no evidence behind it", ErrRequest)
	}
	if err := o.defaults(); err != nil {
		return nil, err
	}
	p := &Publication{Verdict: sdc.Safe, report: r, store: s, used: map[string]bool{}, covered: map[string]string{}, shows: map[string]manifest.Values{}}
	tables, err := p.choose(o.Outputs)
	if err != nil {
		return nil, err
	}
	groups, err := p.layOut(ctx, tables, o)
	if err != nil {
		return nil, err
	}
	for _, g := range groups {
		if o.draws(r) {
			evidence := g.Evidence()
			if len(tables) == 1 {
				g.Alike(p.alike(ctx, tables[0]))
			}
			if err := g.Draw(o.secret.Draw("pattern", evidence[:])); err != nil {
				return nil, err
			}
		}
		if err := p.group(ctx, g, o); err != nil {
			return nil, err
		}
	}
	if err := p.compare(ctx, tables, len(groups), o); err != nil {
		return nil, err
	}
	p.open = true
	if o.Before != nil {
		err = o.Before(ctx, p)
	}
	p.open = false
	if err != nil {
		return nil, err
	}
	p.off = r.JudgedBy().Attacker.Off()
	if p.repeatable(o) && !slices.Contains(p.off, "method") {
		p.off = append(p.off, "method")
	}
	about := manifest.Manifest{
		Policy: &manifest.Policy{Name: r.Policy.Name, SHA256: r.Policy.SHA256, Differences: []string{}},
		Review: p.Review, Off: p.off, NotReckoned: ids(p.NotChecked),
	}
	for _, d := range r.Policy.Public {
		about.Policy.Differences = append(about.Policy.Differences, d.String())
	}
	m, err := manifest.Of(ctx, s.files(ReleaseFolder), about, p.shows)
	if err != nil {
		return nil, err
	}
	return p, s.create(ReleaseFolder, manifest.Name, m.WriteJSON)
}

// layOut makes problems of the tables, with the finer tables behind those that are linked
// in a ring.
func (p *Publication) layOut(ctx context.Context, tables []int, o *Options) ([]*hide.Tables, error) {
	r := p.report
	build := hide.BuildOptions{
		Cost: hide.Cost(o.Cost), Count: hide.Count(o.Count), PublishZeros: o.PublishZeros, WholeNumbers: o.WholeNumbers, Digits: o.Digits,
	}
	behind, err := hide.Behind(r, tables)
	if err != nil {
		return nil, err
	}
	if len(behind) > 0 {
		if o.Recheck == nil {
			return nil, fmt.Errorf("%w: output %q and others are linked in a ring, and nobody was given to count the finer table behind them; give Recheck, or leave one of them out",
				ErrUnfit, r.Outputs[tables[0]].Name)
		}
		outputs := make([]sdc.Output, len(r.Tables), len(r.Tables)+len(behind))
		for k, t := range r.Tables {
			outputs[k] = *t.Output()
		}
		for k := range behind {
			build.Behind = append(build.Behind, len(outputs)+k)
		}
		if r, err = o.Recheck(ctx, append(outputs, behind...)); err != nil {
			return nil, err
		}
		if r.JudgedBy() == nil || r.Policy.SHA256 != p.report.Policy.SHA256 || r.Data.Rows != p.report.Data.Rows {
			return nil, fmt.Errorf("%w: Recheck has checked other data, or with another policy", ErrRequest)
		}
	}
	return hide.FromReport(r, tables, build)
}

// alike reports of another table, which Draw asks about, whether a publication of the table
// would have the same remarks on relations as that of table k: these leave in the manifest.
func (p *Publication) alike(ctx context.Context, k int) func(*sdc.Report) bool {
	names := func(r *sdc.Report, k int) (out []string, ok bool) {
		list, err := related(ctx, r, []int{k}, nil)
		for _, x := range list {
			out = append(out, x.Name)
		}
		slices.Sort(out)
		return slices.Compact(out), err == nil
	}
	own, ok := names(p.report, k)
	return func(r *sdc.Report) bool {
		other, is := names(r, 0)
		return ok && is && slices.Equal(own, other)
	}
}

// group protects the tables of one group, proves it, and writes and verifies the files.
func (p *Publication) group(ctx context.Context, g *hide.Tables, o *Options) error {
	if o.Round > 0 {
		return p.rounded(ctx, g, o)
	}
	return p.suppressed(ctx, g, o)
}

// suppressed suppresses cells of a group.
func (p *Publication) suppressed(ctx context.Context, g *hide.Tables, o *Options) error {
	seed := o.Seed
	if drawn := g.Seed(); drawn != nil {
		seed = binary.BigEndian.Uint64(drawn[:])
	}
	pattern, remarks, err := g.Protect(ctx, hide.Options{Threads: o.Threads, Rounds: o.Rounds, Seed: seed})
	if err != nil {
		return protectionError(g, err)
	}
	releases, err := g.Releases(pattern)
	if err != nil {
		return protectionError(g, err)
	}
	names := p.names(releases)
	files := ended(names, csvName)
	certificate, err := hide.Certify(ctx, releases, files, g.Problem().Attacker(), o.Threads)
	if err != nil {
		// That one pattern has no certificate does not say that no pattern has.
		var cells *hide.CellsError
		if errors.As(err, &cells) {
			cells.Err = hide.ErrUndecided
		}
		return protectionError(g, err)
	}
	proof, err := g.Confidential(pattern, releases, files)
	if err != nil {
		return protectionError(g, err)
	}
	statement := names[0] + certificateName
	err = errors.Join(
		p.store.create(ReleaseFolder, statement, certificate.WriteJSON),
		p.write(g, releases, names, statement, o),
		p.store.create(ConfidentialFolder, names[0]+reportName, func(w io.Writer) error { return g.WriteReport(w, pattern) }),
	)
	if err == nil && proof != nil {
		err = p.store.create(ConfidentialFolder, names[0]+confidentialName, proof.WriteJSON)
	}
	if err != nil {
		return err
	}
	release := p.store.files(ReleaseFolder)
	v, err := verify.Certificate(ctx, release, statement, verify.Limits{})
	if err != nil {
		return err
	}
	if proof != nil {
		if _, err := verify.Confidential(ctx, twin{release, p.store.files(ConfidentialFolder)}, names[0]+confidentialName, verify.Limits{}); err != nil {
			return err
		}
	}
	p.Remarks = append(p.Remarks, remarks...)
	p.Proofs = append(p.Proofs, Proof{File: statement, Tables: g.Names(), Possible: v.Witnesses + 1})
	p.add(g, pattern, releases, names, statement, remarks, o)
	return nil
}

// rounded rounds the counts of a group, and attacks the result.
func (p *Publication) rounded(ctx context.Context, g *hide.Tables, o *Options) error {
	t, err := hide.RoundTables(ctx, g, hide.RoundOptions{Base: o.Round, Nearest: o.Nearest, Threads: o.Threads})
	if err != nil {
		return protectionError(g, err)
	}
	releases, err := t.Releases()
	if err != nil {
		return protectionError(g, err)
	}
	names := p.names(releases)
	statement := names[0] + roundingName
	err = errors.Join(
		p.store.create(ReleaseFolder, statement, func(w io.Writer) error { return t.WriteStatement(w, ended(names, csvName)) }),
		p.write(g, releases, names, statement, o),
		p.store.create(ConfidentialFolder, names[0]+reportName, t.WriteReport),
	)
	if err != nil {
		return err
	}
	v, err := verify.Rounding(ctx, p.store.files(ReleaseFolder), statement, verify.Limits{})
	if err != nil {
		return err
	}
	remarks := slices.Concat(p.roundingRemarks(g, o.Round), t.Remarks())
	p.Remarks = append(p.Remarks, remarks...)
	p.Proofs = append(p.Proofs, Proof{File: statement, Tables: g.Names(), Rounded: v})
	p.add(g, nil, releases, names, statement, remarks, o)
	return nil
}

// roundingRemarks says what the attack on a rounding does not decide. It shows of every
// unsafe cell that its value stays unknown as its level asks. It does not show
//
//	size    that the cell may have as many contributors as the policy asks: with a base
//	        below that number an unsafe count can be known to be small
//	share   that the share of a cell in its line stays unknown, which a group rule asks
func (p *Publication) roundingRemarks(g *hide.Tables, base int64) (out []sdc.Remark) {
	policy := p.report.JudgedBy()
	may := policy.Rounding.Base // the policy says that such a base will do
	if rule := policy.MinContributors; !rule.Off && base < rule.Min && (may == 0 || base < may) {
		out = append(out, sdc.Remark{
			Name: "rounding-base", Count: base, Verdict: sdc.Review,
			Message: words.New(words.RoundedSmall, words.NameOf(g.Names()[0]), words.Count(base), words.Count(rule.Min)),
		})
	}
	if n := g.GroupCells(); n > 0 && !policy.Attacker.NoShares {
		out = append(out, sdc.Remark{
			Name: "group-share", Count: int64(n), Verdict: sdc.Review,
			Message: words.New(words.RoundedShares, words.NameOf(g.Names()[0]), words.Count(int64(n))),
		})
	}
	return out
}

// write writes the tables of a group in all forms; statement covers them.
func (p *Publication) write(g *hide.Tables, releases []*hide.Release, names []string, statement string, o *Options) error {
	for i, r := range releases {
		file := names[i] + csvName
		p.covered[file] = statement
		shows := showsOf(p.report, p.number(r.Name), o.Count)
		counts := shows.Response == "" && shows.Weight == ""
		values := manifest.Values{Shows: shows.String(), Counts: &counts}
		p.shows[file] = values
		if err := p.store.create(ReleaseFolder, file, r.WriteCSV); err != nil {
			return err
		}
		for _, f := range o.Formats {
			p.shows[names[i]+f.Suffix] = values
			if err := p.store.create(ReleaseFolder, names[i]+f.Suffix, func(w io.Writer) error { return f.Write(w, &Released{r}) }); err != nil {
				return err
			}
		}
	}
	return nil
}

// compare looks at what the releases tell together, and with the rest of the report, and
// settles the verdict.
func (p *Publication) compare(ctx context.Context, tables []int, groups int, o *Options) error {
	r := p.report
	beside, err := hide.Beside(r, tables, func(k int) bool { return r.Outputs[k].UnsafeCells > 0 })
	if err != nil {
		return err
	}
	columns, err := p.known(ctx, tables, o)
	if err != nil {
		return err
	}
	method := p.method(o)
	p.Remarks = slices.Concat(p.Remarks, beside, columns, method)
	wrong, err := verify.Together(p.store.files(ReleaseFolder), p.covered)
	if err != nil {
		return err
	}
	if len(wrong) > 0 {
		return fmt.Errorf("%w: %s", ErrUnfit, strings.Join(wrong, "; "))
	}
	all := sdc.Safe // what is left to all tables
	for _, x := range slices.Concat(p.dataRemarks(), beside, columns, method) {
		all = min(all, x.Verdict)
	}
	for _, t := range p.Tables {
		t.Verdict = min(t.Verdict, all)
		p.Verdict = min(p.Verdict, t.Verdict)
	}
	for _, x := range p.Left {
		p.Verdict = min(p.Verdict, x.Verdict)
	}
	p.Review = reviewed(r, tables, slices.Concat(p.dataRemarks(), p.Remarks))
	p.NotChecked = p.notReckoned(tables, groups, o)
	return nil
}
