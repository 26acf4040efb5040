package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"github.com/sluis-go/sluis/sdc"
	"github.com/sluis-go/sluis/sdc/profile"
	"github.com/sluis-go/sluis/sdc/project"
	"github.com/sluis-go/sluis/sdc/spec"
)

type profileFlags struct {
	policy, respondent   string
	form                 string
	codes, against, json string
	csv                  csvFlags
	decimalComma         bool
	top, threads         int
	trust                []string
}

func newProfileCommand() *cobra.Command {
	var f profileFlags
	cmd := &cobra.Command{
		Use:   "profile DATA...",
		Short: "Describe the columns of data in shares that pass the rules themselves",
		Long: `profile says of every column of DATA (.parquet, .arrow, .feather, .arrows, .csv,
globs) which values there are and how often, what is missing or no code of its
list, and how numbers and dates spread over bins.

Every class that is shown is a cell that the policy found safe, and so is the rest;
shares are whole percents of the respondents. No smallest or largest value is shown,
and no sum. What the policy does not let through is withheld, with the rule. What
may be learnt by subtracting two profiles is not checked.

With --against the exit status is 4 where something has changed.`,
		Example: `  sluis profile persons.parquet --respondent person_id
  sluis profile persons.csv --respondent person_id --codes codes.yaml --json profile.json
  sluis profile june.csv --respondent person_id --against may.json`,
		Args: func(_ *cobra.Command, args []string) error {
			if len(args) == 0 {
				return usageError(errors.New("profile takes at least one data file; see sluis profile --help"))
			}
			return nil
		},
		RunE: func(cmd *cobra.Command, args []string) error {
			return runProfile(cmd.Context(), args, &f, cmd.OutOrStdout())
		},
	}
	flags := cmd.Flags()
	flags.SortFlags = false
	flags.StringVar(&f.respondent, "respondent", "", "column that identifies respondents (default: every row its own)")
	flags.StringVar(&f.form, "respondent-form", "", "what respondents are that look alike: exact, trim, nfc or fold, as in a spec (default: an error)")
	flags.StringVar(&f.codes, "codes", "", "YAML file of valid codes: columns: {region: [N, S]}")
	flags.StringVar(&f.against, "against", "", "earlier profile in JSON to compare with")
	flags.StringVar(&f.json, "json", "", "file for the profile as JSON")
	flags.StringVar(&f.policy, "policy", "cbs", "a policy by its name (see sluis policy list), or a policy file")
	flags.IntVar(&f.top, "top", 20, "values shown of a column")
	f.csv.add(flags, "inferred; text for --respondent and columns of --codes")
	flags.BoolVar(&f.decimalComma, "decimal-comma", false, "CSV: the same as --decimal ,")
	flags.IntVar(&f.threads, "threads", 0, "threads (default: all cores)")
	addTrust(flags, &f.trust)
	return cmd
}

func runProfile(ctx context.Context, files []string, f *profileFlags, stdout io.Writer) error {
	if err := fitOutputs(append(slices.Clone(files), f.policy, f.codes, f.against), f.json); err != nil {
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
	o := profile.Options{Policy: policy, Respondent: f.respondent, RespondentForm: sdc.RespondentForm(f.form), Top: f.top, Check: sdc.Options{Threads: f.threads}}
	named := []string{}
	if f.codes != "" {
		if o.Codes, err = spec.LoadCodes(f.codes); err != nil {
			return specError(err)
		}
		for name := range o.Codes {
			named = append(named, name)
		}
	}
	if f.respondent != "" {
		named = append(named, f.respondent)
	}
	var was *profile.Profile
	if f.against != "" {
		if was, err = readProfile(f.against); err != nil {
			return err
		}
	}
	if f.decimalComma {
		f.csv.decimal = ","
	}
	csv, err := f.csv.options(files)
	if err != nil {
		return err
	}
	received, err := receive(ctx, files...)
	if err != nil {
		return err
	}
	p, err := project.Profile(ctx, files, csv, named, o, project.Options{Trusted: trusted, OpenStreams: openStreams(ctx), Received: received})
	if errors.Is(err, profile.ErrRequest) || errors.Is(err, sdc.ErrRequest) {
		return usageError(err)
	}
	if err != nil {
		return requestError(err)
	}
	if f.json != "" {
		if err := writeFile(ctx, f.json, p.WriteJSON); err != nil {
			return err
		}
	}
	if err := printProfile(stdout, p); err != nil {
		return err
	}
	if was == nil {
		return nil
	}
	changes := profile.Compare(was, p)
	if len(changes) == 0 {
		_, err := fmt.Fprintf(stdout, "nothing that both profiles show has changed since %s\n", f.against)
		return err
	}
	fmt.Fprintf(stdout, "changed since %s:\n", f.against)
	for _, c := range changes {
		fmt.Fprintf(stdout, "  %q: %s\n", c.Column, c.Text)
	}
	return &exitError{code: exitReview}
}

func printProfile(w io.Writer, p *profile.Profile) error {
	var b strings.Builder
	units := fmt.Sprintf("%d respondents", p.Respondents)
	if p.RowsAreRespondents() {
		units = "each taken as a respondent of its own since no column is named"
	}
	fmt.Fprintf(&b, "%d rows, %s; what is shown passes the policy %s\n", p.Rows, units, p.Policy)
	if err := printRemarks(&b, p.Remarks); err != nil {
		return err
	}
	for _, c := range p.Columns {
		fmt.Fprintf(&b, "\n%q, %s\n", c.Name, c.Type)
		if c.Withheld != "" {
			fmt.Fprintf(&b, "  withheld: %s\n", c.Withheld)
		}
		for _, x := range c.Classes {
			share := fmt.Sprint(x.Percent)
			if x.Percent == 0 {
				share = "<1" // no class is empty
			}
			fmt.Fprintf(&b, "  %3s %%  %s\n", share, x)
		}
	}
	b.WriteByte('\n')
	for _, n := range p.NotChecked {
		fmt.Fprintf(&b, "not checked: %s\n", n)
	}
	_, err := io.WriteString(w, b.String())
	return err
}

func readProfile(path string) (*profile.Profile, error) {
	f, err := openPlain(path)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	p, err := profile.Read(f)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", path, err)
	}
	return p, nil
}
