package main

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"

	"github.com/spf13/cobra"

	"github.com/sluis-go/sluis/sdc"
	"github.com/sluis-go/sluis/sdc/dossier"
)

func newDossierCommand() *cobra.Command {
	cmd := &cobra.Command{
		Use:   "dossier init|check FILE",
		Short: "Keep the account of a project: 21 steps, who answered them, what is missing",
		Long: `dossier keeps the written account of a project. init writes an empty one, with
every step as a question; check says what is missing. A spec that names it
(dossier: FILE) has it compared with what a check reads, and a policy may require
it (dossier: required).`,
		Args: func(_ *cobra.Command, _ []string) error {
			return usageError(errors.New("dossier takes init or check; see sluis dossier --help"))
		},
		RunE: func(cmd *cobra.Command, _ []string) error { return cmd.Help() },
	}
	cmd.AddCommand(&cobra.Command{
		Use: "init FILE", Short: "Write an empty dossier", Example: "  sluis dossier init dossier.yaml", Args: exactArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			if _, err := os.Lstat(args[0]); args[0] != toStdout && !errors.Is(err, fs.ErrNotExist) {
				return usageError(fmt.Errorf("%s is there already, and is left alone", args[0]))
			}
			return writeFile(cmd.Context(), args[0], dossier.Template)
		},
	}, &cobra.Command{
		Use: "check FILE", Short: "Say which steps are answered, and which are not",
		Example: "  sluis dossier check dossier.yaml", Args: exactArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error { return checkDossier(args[0], cmd.OutOrStdout()) },
	})
	return cmd
}

// checkDossier prints the checklist. Its exit status is 3 where something is
// missing.
func checkDossier(path string, stdout io.Writer) error {
	d, err := loadDossier(path)
	if err != nil {
		return err
	}
	for _, s := range d.Steps(nil) {
		by := ""
		if s.By != "" {
			by = " by " + s.By
		}
		fmt.Fprintf(stdout, "%2d  %-9s %s (%s)%s\n", s.Step, s.State, s.Title, s.Article, by)
	}
	missing := d.Missing()
	if len(missing) == 0 {
		_, err := fmt.Fprintln(stdout, "complete")
		return err
	}
	fmt.Fprintf(stdout, "%d of 21 steps are missing\n", len(missing))
	return &exitError{code: exitUnsafe}
}

// loadDossier reads the dossier that a spec names; nil where it names none.
func loadDossier(path string) (*dossier.Dossier, error) {
	if path == "" {
		return nil, nil
	}
	d, err := dossier.Load(path)
	if errors.Is(err, dossier.ErrDossier) {
		return nil, usageError(err)
	}
	return d, err
}

// refusedBy returns why a report's outputs are refused whatever their cells say,
// or "".
func refusedBy(r *sdc.Report) string {
	for _, o := range r.Outputs {
		for _, f := range o.Findings {
			if f.Rule == "dossier" {
				return f.Message
			}
		}
	}
	return ""
}
