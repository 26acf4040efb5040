package main

import (
	"context"
	"errors"
	"io"
	"path/filepath"
	"runtime/debug"

	"github.com/spf13/cobra"

	"github.com/sluis-go/sluis/internal/staging"
	"github.com/sluis-go/sluis/sdc"
	"github.com/sluis-go/sluis/sdc/ledger"
	"github.com/sluis-go/sluis/sdc/report"
	"github.com/sluis-go/sluis/sdc/spec"
	"github.com/sluis-go/sluis/sdc/suggest"
	"github.com/sluis-go/sluis/suppress"
)

type checkFlags struct {
	pageFlags
	policy  string
	out     string
	json    string
	cells   string
	values  string
	threads int
	memory  string
	suggest bool
	worst   int
	signer  string
	trust   []string
	ledger  string
	sources []string
}

func newCheckCommand() *cobra.Command {
	var f checkFlags
	cmd := &cobra.Command{
		Use:   "check SPEC [-]",
		Short: "Check outputs against a policy: safe, unsafe or review, with reasons",
		Long: `check reads the data that SPEC names once, counts who is behind every cell and
margin of every output, applies the policy, and says safe, unsafe or review.

With - behind SPEC, or as data.source in it, the rows are one Arrow IPC stream on
standard input.

The report on standard output, the JSON report and the cells file hold small
counts: they are confidential and must not leave the closed environment.`,
		Example: `  sluis check spec.yaml
  sluis check spec.yaml --policy essnet --json report.json --cells cells.csv
  sluis check spec.yaml --policy my-policy.yaml --out review
  producer | sluis check spec.yaml - --json -
  sluis check spec.yaml --memory 2GiB --threads 2
  sluis check spec.yaml --html report.html --public summary.html --lang nl`,
		Args: specAndStream(),
		RunE: func(cmd *cobra.Command, args []string) error {
			return runCheck(cmd.Context(), args, &f, cmd.OutOrStdout())
		},
	}
	flags := cmd.Flags()
	flags.StringVar(&f.policy, "policy", "cbs", "a policy by its name (see sluis policy list), or a policy file")
	flags.StringVar(&f.out, "out", "", "folder for report.html, report.json, report.txt and cells.csv")
	flags.StringVar(&f.json, "json", "", "file for the JSON report")
	flags.StringVar(&f.cells, "cells", "", "file for the cells, .csv or .parquet")
	flags.StringVar(&f.values, "values", "", "file for the values of the statistics of safe cells, .csv or .parquet")
	flags.IntVar(&f.threads, "threads", 0, "threads (default: all cores)")
	flags.StringVar(&f.memory, "memory", "", "memory for the rows of respondents and holdings, such as 2GiB; more goes to a temporary file (default: all in memory)")
	flags.BoolVar(&f.suggest, "suggest", false, "look for changes that would make unsafe outputs safe (one more pass over the data)")
	flags.IntVar(&f.worst, "worst", 5, "findings printed for an output")
	flags.StringVar(&f.signer, "sign-with", "", "Ed25519 private key, PEM, that signs the JSON report: see sluis key signer")
	flags.StringVar(&f.ledger, "ledger", "", "ledger of what was released: says what these outputs tell together with earlier releases")
	addSources(flags, &f.sources)
	addTrust(flags, &f.trust)
	f.add(flags, true)
	return cmd
}

// runCheck is the check verb: spec in, report out.
func runCheck(ctx context.Context, args []string, f *checkFlags, stdout io.Writer) error {
	if err := f.check(); err != nil {
		return err
	}
	if f.out == toStdout {
		return usageError(errors.New("--out is a folder"))
	}
	memory, err := parseSize(f.memory)
	if err != nil {
		return usageError(err)
	}
	if memory > 0 {
		// The collector runs more often rather than let the heap double. A limit
		// would make it run all the time where the cells alone are over it.
		debug.SetGCPercent(25)
	}
	s, err := loadSpec(args)
	if err != nil {
		return err
	}
	policy, err := spec.LoadPolicy(f.policy)
	if err != nil {
		return specError(err)
	}
	trusted, err := publicKeys(f.trust)
	if err != nil {
		return err
	}
	files := f.files()
	var sign func([]byte) ([]byte, []byte)
	if f.signer != "" {
		if files.json == "" {
			return usageError(errors.New("--sign-with signs the JSON report: name it with --json or --out"))
		}
		if sign, err = signWith(f.signer); err != nil {
			return err
		}
	}
	if err := fitOutputs(append(inputsOf(s, f.policy), f.signer, f.ledger), files.text, files.json, files.cells, files.values, files.html, files.public); err != nil {
		return err
	}
	run, err := newProject(ctx, s, policy, trusted)
	if err != nil {
		return err
	}
	opts := sdc.Options{Threads: f.threads, Memory: memory}
	r, err := checkAll(ctx, run, sdc.Options{Threads: f.threads, Memory: memory, Sole: f.suggest})
	if err != nil {
		return err
	}
	// What protect would say of the same tables.
	var again func(context.Context, []sdc.Output) (*sdc.Report, error)
	if s.Cells == nil {
		again = func(ctx context.Context, outputs []sdc.Output) (*sdc.Report, error) {
			return run.CheckOutputs(ctx, outputs, opts)
		}
	}
	together, err := suppress.Related(ctx, r, again)
	if err != nil {
		return err
	}
	r.Remark(together...)
	if f.ledger != "" {
		if err := withLedger(ctx, f.ledger, func(l *ledger.Ledger) error {
			found, err := compareWithLedger(ctx, l, s, r, comparedOutputs(s), f.sources)
			r.Remark(found...)
			return err
		}); err != nil {
			return err
		}
	} else if len(f.sources) > 0 {
		return errSourceAlone
	}
	var better []suggest.Suggestion
	if f.suggest {
		if better, err = findSuggestions(ctx, s, r, run, opts); err != nil {
			return err
		}
	}
	written, err := writeReports(ctx, r, f, sign, better)
	if err != nil {
		return err
	}
	if err := report.Text(stdout, r, report.TextOptions{Worst: f.worst, Files: written}); err != nil {
		return err
	}
	printSuggestions(stdout, r, better)
	return verdictError(r.Verdict)
}

// reportFiles are the files that a check writes; "" for one that it does not.
type reportFiles struct{ text, json, cells, values, html, public string }

// files names those that were asked for, by name or by folder.
func (f *checkFlags) files() reportFiles {
	out := reportFiles{json: f.json, cells: f.cells, values: f.values, html: f.html, public: f.public}
	if f.out == "" {
		return out
	}
	out.text = filepath.Join(f.out, "report.txt")
	for _, x := range []struct {
		to   *string
		name string
	}{{&out.json, "report.json"}, {&out.cells, "cells.csv"}, {&out.html, "report.html"}} {
		if *x.to == "" {
			*x.to = filepath.Join(f.out, x.name)
		}
	}
	return out
}

// writeReports writes the files that were asked for and says where they are. Each is
// complete or absent. Those in the folder of --out appear together, and of two runs that
// write there those of one.
func writeReports(ctx context.Context, r *sdc.Report, f *checkFlags, sign func([]byte) (public, signature []byte), better []suggest.Suggestion) (files [][2]string, err error) {
	to := f.files()
	at := func(path string) string { return path }
	if f.out != "" {
		undo, failed := makeFolder(f.out)
		if failed != nil {
			return nil, failed
		}
		stage, failed := staging.New(f.out)
		if failed != nil {
			undo()
			return nil, failed
		}
		var names []string
		at = func(path string) string {
			if filepath.Dir(path) != filepath.Clean(f.out) {
				return path
			}
			names = append(names, filepath.Base(path))
			return stage.Path(filepath.Base(path))
		}
		defer func() {
			if err == nil {
				err = stage.Commit(ctx, names, false)
			}
			if err != nil {
				files = nil
				stage.Drop() //nolint:errcheck // the first error is the one to tell
				undo()
			} else {
				for _, name := range names {
					wrote(ctx, filepath.Join(f.out, name))
				}
			}
		}()
	}
	if to.text != "" {
		err := writeFile(ctx, at(to.text), func(w io.Writer) error {
			return report.Text(w, r, report.TextOptions{Worst: 1 << 30})
		})
		if err != nil {
			return nil, err
		}
		files = append(files, [2]string{"all findings", to.text})
	}
	if to.json != "" {
		if err := writeFile(ctx, at(to.json), func(w io.Writer) error { return r.WriteSealed(w, sign) }); err != nil {
			return nil, err
		}
		files = append(files, [2]string{"the report as JSON", to.json})
	}
	if to.cells != "" {
		if err := writeCells(ctx, r, at(to.cells)); err != nil {
			return nil, err
		}
		files = append(files, [2]string{"every cell with its evidence", to.cells})
	}
	if to.values != "" {
		if err := writeValues(ctx, r, at(to.values)); err != nil {
			return nil, err
		}
		files = append(files, [2]string{"the values of safe cells", to.values})
	}
	opts := report.HTMLOptions{Lang: f.lang, Files: baseNames(files), Suggestions: better}
	if to.html != "" {
		if err := writeFile(ctx, at(to.html), func(w io.Writer) error { return report.HTML(w, r, opts) }); err != nil {
			return nil, err
		}
		files = append(files, [2]string{"the report as a page", to.html})
	}
	if to.public != "" {
		if err := writeFile(ctx, at(to.public), func(w io.Writer) error { return report.PublicHTML(w, r, opts) }); err != nil {
			return nil, err
		}
		files = append(files, [2]string{"what may leave", to.public})
	}
	return files, nil
}
