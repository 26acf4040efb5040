package main

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"

	"github.com/spf13/cobra"

	"github.com/sluis-go/sluis/sdc"
	"github.com/sluis-go/sluis/sdc/dossier"
	"github.com/sluis-go/sluis/sdc/report"
	"github.com/sluis-go/sluis/suppress/releases"
)

func newDossierCommand() *cobra.Command {
	cmd := &cobra.Command{
		Use:   "dossier init|check|migrate FILE",
		Short: "Keep the account of a project: the framework's 21 steps, who answered them, what is missing",
		Long: `dossier keeps the written account of a project: the 21 steps of the juridical
framework of the City Deal, under their own numbers. init asks the questions, or
writes them; check says what is proven, answered, missing, or does not apply. A spec
that names the dossier (dossier: FILE) has it compared with what a check reads, and a
policy may require it (dossier: required).`,
		Args: func(_ *cobra.Command, _ []string) error {
			return usageError(errors.New("dossier takes init, check or migrate; see sluis dossier --help"))
		},
		RunE: func(cmd *cobra.Command, _ []string) error { return cmd.Help() },
	}
	var lang string
	var ask bool
	start := &cobra.Command{
		Use: "init FILE", Short: "Write a dossier with every question, and ask them where --ask is given",
		Long: `init writes a dossier with every question of the framework as a comment. With --ask
it asks them one by one first: an empty line skips a question, which stays open.`,
		Example: "  sluis dossier init dossier.yaml --lang nl\n  sluis dossier init dossier.yaml --ask", Args: exactArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			if lang != "en" && lang != "nl" {
				return usageError(errors.New("--lang is en or nl"))
			}
			if err := absent(args[0]); err != nil {
				return err
			}
			var d *dossier.Dossier
			if ask {
				var err error
				if d, err = askDossier(cmd.InOrStdin(), cmd.OutOrStdout(), lang); err != nil {
					return err
				}
			}
			return writeFile(cmd.Context(), args[0], func(w io.Writer) error { return dossier.Template(w, lang, d) })
		},
	}
	start.Flags().StringVar(&lang, "lang", "en", "language of the questions: en or nl")
	start.Flags().BoolVar(&ask, "ask", false, "ask the questions on the terminal")
	var release string
	check := &cobra.Command{
		Use: "check FILE", Short: "Say which steps are proven, answered, missing, or do not apply",
		Example: "  sluis dossier check dossier.yaml\n  sluis dossier check dossier.yaml --release release", Args: exactArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			return checkDossier(cmd.Context(), args[0], release, cmd.OutOrStdout())
		},
	}
	check.Flags().StringVar(&release, "release", "", "folder of the release to verify for step 20 (default: release of the dossier)")
	migrate := &cobra.Command{
		Use: "migrate OLD NEW", Short: "Turn a dossier of version 1 into one of version 2",
		Example: "  sluis dossier migrate dossier.yaml dossier2.yaml --lang nl", Args: exactArgs(2),
		RunE: func(cmd *cobra.Command, args []string) error {
			if lang != "en" && lang != "nl" {
				return usageError(errors.New("--lang is en or nl"))
			}
			if err := absent(args[1]); err != nil {
				return err
			}
			d, err := dossier.Migrate(args[0])
			if errors.Is(err, dossier.ErrDossier) {
				return usageError(err)
			}
			if err != nil {
				return err
			}
			return writeFile(cmd.Context(), args[1], func(w io.Writer) error { return dossier.Template(w, lang, d) })
		},
	}
	migrate.Flags().StringVar(&lang, "lang", "en", "language of the questions: en or nl")
	cmd.AddCommand(start, check, migrate)
	return cmd
}

// absent is an error where a file is there already.
func absent(path string) error {
	if _, err := os.Lstat(path); !errors.Is(err, fs.ErrNotExist) {
		return usageError(fmt.Errorf("%s is there already, and is left alone", path))
	}
	return nil
}

// askDossier asks the questions on a terminal. The end of the input ends the questions.
func askDossier(in io.Reader, out io.Writer, lang string) (*dossier.Dossier, error) {
	say := func(en, nl string) string {
		if lang == "nl" {
			return nl
		}
		return en
	}
	lines := bufio.NewScanner(in)
	read := func(prompt string) string {
		fmt.Fprint(out, prompt+": ")
		if !lines.Scan() {
			return ""
		}
		return lines.Text()
	}
	d := &dossier.Dossier{Answers: map[string]dossier.Entry{}}
	fmt.Fprintln(out, say("An empty line skips a question.", "Een lege regel slaat een vraag over."))
	d.Project = read(say("Project", "Project"))
	name := read(say("Your name", "Uw naam"))
	for _, q := range dossier.Questions(lang) {
		fmt.Fprintf(out, "\n%d. %s\n   %s\n", q.Step, q.Title, q.Text)
		e := dossier.Entry{Text: read(say("Answer", "Antwoord"))}
		if e.Text == "" {
			continue
		}
		e.By = name
		if q.Key == "anonymous" {
			if e.Answer = read("yes/no"); e.Answer != "yes" && e.Answer != "no" {
				e.Answer = ""
			}
		}
		d.Answers[q.Key] = e
	}
	fmt.Fprintln(out)
	return d, lines.Err()
}

// checkDossier prints the checklist. Its exit status is 3 where one of the steps up to
// 18, or a release that is named, is open.
func checkDossier(ctx context.Context, path, folder string, stdout io.Writer) error {
	d, err := dossier.Load(path)
	switch {
	case errors.Is(err, dossier.ErrDossier):
		return usageError(err)
	case err != nil:
		return err
	}
	if folder == "" {
		folder = d.ReleaseFolder()
	}
	var found *dossier.Verification
	if folder != "" {
		if found, err = verifiedRelease(ctx, folder); err != nil {
			return err
		}
	}
	list := d.Steps(nil, found)
	for _, s := range list {
		fmt.Fprintln(stdout, report.DossierLine(&s))
	}
	open := dossier.Unsettled(list)
	if found != nil && found.Problem != "" {
		open = append(open, "20, publication")
	}
	if len(open) == 0 {
		_, err := fmt.Fprintln(stdout, "Steps 1 to 18 are settled. Steps 19 to 21 are asked for after the release.")
		return err
	}
	fmt.Fprintf(stdout, "%d steps are open\n", len(open))
	return &exitError{code: exitUnsafe}
}

// verifiedRelease verifies the folder of a release as sluis verify does. A folder that
// cannot be read is a problem of the release. The error is that of a context that ended.
func verifiedRelease(ctx context.Context, dir string) (*dossier.Verification, error) {
	v, err := releases.Verify(ctx, dir, releases.Options{})
	switch {
	case ctx.Err() != nil:
		return nil, ctx.Err()
	case err != nil:
		return &dossier.Verification{Problem: err.Error()}, nil
	case !v.Holds:
		return &dossier.Verification{Problem: v.Why}, nil
	}
	return &dossier.Verification{Open: len(v.Review), Unlisted: !v.Known, Tables: v.Tables, Cells: v.Cells, Hidden: v.Hidden}, nil
}

// refusedBy returns why a report's outputs are refused whatever their cells say,
// or "".
func refusedBy(r *sdc.Report) string {
	for _, o := range r.Outputs {
		for _, f := range o.Findings {
			if f.Rule == "dossier" {
				return f.Message.String()
			}
		}
	}
	return ""
}
