package main

import (
	"context"
	"encoding/csv"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"math/big"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"github.com/spf13/cobra"

	plainfiles "github.com/sluis-go/sluis/internal/files"
	"github.com/sluis-go/sluis/internal/manifest"
	"github.com/sluis-go/sluis/sdc"
	"github.com/sluis-go/sluis/sdc/differencing"
	"github.com/sluis-go/sluis/sdc/ledger"
	"github.com/sluis-go/sluis/sdc/report"
	"github.com/sluis-go/sluis/sdc/spec"
	"github.com/sluis-go/sluis/suppress"
	"github.com/sluis-go/sluis/suppress/releases"
)

type ledgerAddFlags struct {
	policy, signer, because, note string
	approve, trust, sources       []string
	threads                       int
}

func newLedgerAdd() *cobra.Command {
	var f ledgerAddFlags
	cmd := &cobra.Command{
		Use:   "add LEDGER SPEC [RELEASE-DIR]",
		Short: "Add a release, after a person has approved it",
		Long: `add checks the outputs of SPEC as sluis check --ledger does, and adds them with their
cells as they are published. With RELEASE-DIR, the release folder of sluis protect, the
folder is verified, and what it publishes is compared and added. What is not safe is refused,
unless --because says why it leaves.

The last line has the digest of the entry. Keep it elsewhere: sluis ledger verify --head finds
with it that the last entries are gone.`,
		Example: `  sluis ledger add releases.ledger spec.yaml --approve "B. de Boer"
  sluis ledger add releases.ledger spec.yaml tables/release --approve "B. de Boer" --sign key.pem`,
		Args: func(_ *cobra.Command, args []string) error {
			if len(args) < 2 || len(args) > 3 {
				return usageError(errors.New("add takes a ledger, a spec and perhaps a release folder; see sluis ledger add --help"))
			}
			return nil
		},
		RunE: func(cmd *cobra.Command, args []string) error {
			return runLedgerAdd(cmd.Context(), append(args, "")[:3], &f, cmd.OutOrStdout())
		},
	}
	flags := cmd.Flags()
	flags.StringVar(&f.policy, "policy", "cbs", "a policy by its name (see sluis policy list), or a policy file")
	flags.StringArrayVar(&f.approve, "approve", nil, "who has approved the release (required); may be repeated")
	flags.StringVar(&f.because, "because", "", "why a release leaves that is not safe")
	flags.StringVar(&f.note, "note", "", "a note for readers of the ledger")
	flags.StringVar(&f.signer, "sign", "", "Ed25519 private key, PEM, of the approver: see sluis key signer")
	flags.IntVar(&f.threads, "threads", 0, "threads (default: all cores)")
	addSources(flags, &f.sources)
	addTrust(flags, &f.trust)
	return cmd
}

func runLedgerAdd(ctx context.Context, args []string, f *ledgerAddFlags, stdout io.Writer) error {
	if len(f.approve) == 0 || slices.Contains(f.approve, "") {
		return usageError(errors.New("--approve is missing: who has approved the release?"))
	}
	if f.because != "" && len([]rune(strings.TrimSpace(f.because))) < 3 {
		return usageError(errors.New("--because needs a reason of three characters or more"))
	}
	s, err := spec.Load(args[1])
	if err != nil {
		return specError(err)
	}
	policy, err := spec.LoadPolicy(f.policy)
	if err != nil {
		return specError(err)
	}
	trusted, err := publicKeys(f.trust)
	if err != nil {
		return err
	}
	var sign func([]byte) ([]byte, []byte)
	if f.signer != "" {
		if sign, err = signWith(f.signer); err != nil {
			return err
		}
	}
	return withLedger(ctx, args[0], func(l *ledger.Ledger) error {
		run, err := newProject(ctx, s, policy, trusted)
		if err != nil {
			return err
		}
		opts := sdc.Options{Threads: f.threads}
		r, err := checkAll(ctx, run, opts)
		if err != nil {
			return err
		}
		left := &leaving{verdict: r.Verdict, outputs: checkedOutputs(s, r)}
		if args[2] != "" {
			if left, err = released(ctx, args[2], s, r); err != nil {
				return err
			}
		} else {
			together, err := suppress.Related(ctx, r, rechecked(run, f.threads))
			if err != nil {
				return err
			}
			r.Remark(together...)
			left.verdict = r.Verdict
			for _, x := range r.Data.Remarks {
				if x.Verdict != sdc.Safe {
					left.why = append(left.why, report.RemarkLine(&x))
				}
			}
			for _, o := range r.Outputs {
				if o.Verdict != sdc.Safe {
					left.why = append(left.why, fmt.Sprintf("output %q: %s", o.Name, o.Verdict))
				}
			}
		}
		compared := left.outputs
		if args[2] == "" {
			compared = comparedOutputs(s)
		}
		found, err := compareWithLedger(ctx, l, s, r, compared, f.sources)
		if err != nil {
			return err
		}
		for _, x := range found {
			fmt.Fprintln(stdout, report.RemarkLine(&x))
			left.verdict = min(left.verdict, x.Verdict)
		}
		if left.verdict != sdc.Safe && f.because == "" {
			for _, line := range left.why {
				fmt.Fprintln(stdout, line)
			}
			code := exitReview
			if left.verdict == sdc.Unsafe {
				code = exitUnsafe
			}
			return &exitError{code: code, err: fmt.Errorf("nothing was added: the verdict is %s; where the release leaves all the same, say why with --because", left.verdict)}
		}
		entry, err := entryOf(s, r, left, f)
		if err != nil {
			return err
		}
		if entry, err = l.Add(ctx, entry, sign); err != nil {
			return err
		}
		_, err = fmt.Fprintf(stdout, "release %d was added, verdict %s\nhead %s\n", entry.Number, entry.Verdict, entry.Digest)
		return err
	})
}

// leaving is what leaves: the outputs with their cells, the files, and the verdict with what
// it rests on.
type leaving struct {
	verdict sdc.Verdict
	why     []string
	outputs []differencing.Output
	files   []ledger.File
}

// entryOf makes the entry of a release.
func entryOf(s *spec.Spec, r *sdc.Report, left *leaving, f *ledgerAddFlags) (*ledger.Release, error) {
	reading, err := json.Marshal(differencing.ReadingOf(s))
	if err != nil {
		return nil, err
	}
	out := &ledger.Release{
		Time: time.Now().UTC().Format(time.RFC3339), Project: s.About.Project, Requester: s.About.Requester,
		Approved: f.approve, Verdict: left.verdict.String(), Because: f.because, Note: f.note, Population: s.Population, Unit: s.Unit,
		Policy: r.Policy.Name, PolicySHA256: r.Policy.SHA256, Spec: s.Files[0].SHA256, Reading: reading, Files: left.files,
	}
	for _, x := range r.Data.Sources {
		out.Sources = append(out.Sources, ledger.Source{Name: x.Name, SHA256: x.SHA256})
	}
	out.Sources[0].Rows = r.Data.Rows
	for _, o := range left.outputs {
		definition, err := json.Marshal(o.Definition)
		if err != nil {
			return nil, err
		}
		x := ledger.Output{Name: o.Name, Definition: definition}
		for _, c := range o.Cells {
			x.Cells = append(x.Cells, ledger.Cell{Coordinates: c.Codes, Statistic: c.Statistic, Value: c.Value, Status: c.Status})
		}
		out.Outputs = append(out.Outputs, x)
	}
	return out, nil
}

// checkedOutputs are the outputs of a check as they leave: every cell of every table.
func checkedOutputs(s *spec.Spec, r *sdc.Report) []differencing.Output {
	var out []differencing.Output
	for i := range s.Outputs {
		o := &s.Outputs[i]
		x := differencing.Output{Name: o.Name, Definition: differencing.Describe(s, o), Cells: []differencing.Published{}}
		for _, statistic := range publishedOf(o) {
			for c := range r.Tables[i].Cells() {
				value := fmt.Sprint(c.Respondents())
				switch {
				case o.Kind == sdc.Magnitude && statistic == "count":
					value = fmt.Sprint(c.Contributors())
				case statistic == "sum":
					value = c.SumText()
				case statistic == "mean":
					value = fmt.Sprintf("%s/%d", c.SumText(), c.Contributors())
				}
				x.Cells = append(x.Cells, differencing.Published{Codes: codesOf(c), Statistic: statistic, Value: value, Status: "published"})
			}
		}
		out = append(out, x)
	}
	return out
}

// comparedOutputs are the outputs of a spec as they are compared, with every cell.
func comparedOutputs(s *spec.Spec) []differencing.Output {
	var out []differencing.Output
	for i := range s.Outputs {
		out = append(out, differencing.Output{Name: s.Outputs[i].Name, Definition: differencing.Describe(s, &s.Outputs[i])})
	}
	return out
}

// publishedOf lists the statistics of a table whose values a report has.
func publishedOf(o *sdc.Output) []string {
	switch {
	case o.Kind == sdc.Frequency:
		return []string{"count"}
	case o.Kind == sdc.Magnitude && len(o.Statistics) == 0:
		return []string{"sum"}
	case o.Kind == sdc.Magnitude:
		return slices.DeleteFunc(slices.Clone(o.Statistics), func(s string) bool { return s != "sum" && s != "count" && s != "mean" })
	}
	return nil
}

// codesOf are the codes of a cell.
func codesOf(c sdc.Cell) []string {
	var out []string
	for _, k := range c.Coordinates() {
		if out = append(out, k.Code); k.Total {
			out[len(out)-1] = "*"
		}
	}
	return out
}

// released reads a release folder: it must hold, and be of these data and this policy.
func released(ctx context.Context, dir string, s *spec.Spec, r *sdc.Report) (*leaving, error) {
	v, err := releases.Verify(ctx, dir, releases.Options{})
	if err != nil {
		return nil, err
	}
	if !v.Holds {
		return nil, &exitError{code: exitUnsafe, err: fmt.Errorf("nothing was added: %s does not hold: %s", dir, v.Why)}
	}
	left := &leaving{verdict: sdc.Safe}
	for _, name := range v.Review {
		left.verdict = sdc.Review
		left.why = append(left.why, fmt.Sprintf("review: %q", name))
	}
	if inner := filepath.Join(dir, suppress.ReleaseFolder); isDir(inner) {
		dir = inner
	}
	m, _, err := manifest.Check(ctx, plainfiles.FS(dir))
	if err != nil {
		return nil, err
	}
	if m == nil || m.Policy == nil || m.Policy.SHA256 != r.Policy.SHA256 {
		return nil, usageError(fmt.Errorf("%s was checked with another policy: name it with --policy", dir))
	}
	rounded := false
	for _, x := range m.Files {
		left.files = append(left.files, ledger.File{Name: x.Name, SHA256: x.SHA256, Bytes: x.Bytes})
		rounded = rounded || strings.HasSuffix(x.Name, ".rounding.json")
	}
	for i := range s.Outputs {
		o := &s.Outputs[i]
		name := filepath.Join(dir, o.Name+".release.csv")
		text, err := plainfiles.Read(name)
		if errors.Is(err, os.ErrNotExist) {
			continue
		}
		if err != nil {
			return nil, err
		}
		shows := ""
		for _, f := range m.Files {
			if f.Name == filepath.Base(name) {
				shows = f.Shows
			}
		}
		x, err := releasedOutput(string(text), s, r, i, shows, rounded)
		if err != nil {
			return nil, fmt.Errorf("%s: %w", name, err)
		}
		left.outputs = append(left.outputs, x)
	}
	if len(left.outputs) == 0 {
		return nil, usageError(fmt.Errorf("%s has no table of this spec", dir))
	}
	return left, nil
}

// releasedOutput reads a released table of an output of a spec. shows says what its values are.
func releasedOutput(text string, s *spec.Spec, r *sdc.Report, i int, shows string, rounded bool) (differencing.Output, error) {
	o := &s.Outputs[i]
	cells, err := releasedCells(text, r.Tables[i], o, rounded)
	if errors.Is(err, errOtherRelease) && o.Kind == sdc.Frequency && strings.HasPrefix(shows, "number of records") && s.Roles.Respondent != "" {
		err = usageError(fmt.Errorf("table %q counts records, and a ledger compares counts of respondents: protect the spec with --count respondents", o.Name))
	}
	return differencing.Output{Name: o.Name, Definition: differencing.Describe(s, o), Cells: cells}, err
}

// errRoundedFar says that a sum is not that of the data to within a unit.
var errRoundedFar = fmt.Errorf("%w: a sum differs from that of the data by one unit or more; where sums were rounded with --digits, their totals add up the rounding: protect the spec with more digits", errOtherRelease)

// errOtherRelease says that a table is not of the data of the spec.
var errOtherRelease = errors.New("the table is not one of this spec and its data")

// releasedCells reads the cells of a released table, and holds them against the cells of the
// data: a cell that is published must have the value of the data. Sums may be rounded to a
// whole unit, and so may counts of a release that says so.
func releasedCells(text string, t *sdc.Table, o *sdc.Output, rounded bool) ([]differencing.Published, error) {
	rows, err := csv.NewReader(strings.NewReader(text)).ReadAll()
	n := len(o.By)
	if err != nil || len(rows) == 0 || len(rows[0]) != n+3 {
		return nil, errOtherRelease
	}
	for v, name := range o.By {
		if undefused(rows[0][v]) != name {
			return nil, errOtherRelease
		}
	}
	statistic := "count"
	if o.Kind == sdc.Magnitude {
		statistic = "sum"
	}
	codes := map[string]sdc.Cell{}
	for c := range t.Cells() {
		codes[strings.Join(codesOf(c), "\x00")] = c
	}
	out := []differencing.Published{}
	for _, row := range rows[1:] {
		x := differencing.Published{Statistic: statistic, Value: row[n], Status: "published"}
		for _, code := range row[:n] {
			x.Codes = append(x.Codes, undefused(code))
		}
		switch {
		case x.Value == "":
			x.Status = "suppressed"
		case rounded:
			x.Status = "rounded"
		}
		if c, ok := codes[strings.Join(x.Codes, "\x00")]; ok && x.Status == "published" {
			is := new(big.Rat).SetInt64(c.Respondents())
			if statistic == "sum" {
				is = c.Sum()
			}
			value, ok := new(big.Rat).SetString(x.Value)
			if !ok || is == nil {
				return nil, errOtherRelease
			}
			if off := new(big.Rat).Sub(value, is); off.Sign() != 0 {
				switch x.Status = "rounded"; {
				case statistic == "count":
					return nil, errOtherRelease
				case off.Abs(off).Cmp(big.NewRat(1, 1)) >= 0:
					return nil, errRoundedFar
				}
			}
		}
		out = append(out, x)
	}
	return out, nil
}

// undefused takes off the apostrophe that a release has before a code that looks like a
// formula.
func undefused(code string) string {
	if bare := strings.TrimLeft(code, "'"); bare != code && bare != "" && strings.ContainsRune("=+-@\t\r\n\uff1d\uff0b\uff0d\uff20", []rune(bare)[0]) {
		return code[1:]
	}
	return code
}

func isDir(path string) bool {
	info, err := os.Stat(path)
	return err == nil && info.IsDir()
}
