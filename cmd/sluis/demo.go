package main

import (
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"time"

	"github.com/spf13/cobra"

	projectkey "github.com/sluis-go/sluis/internal/secret"
	"github.com/sluis-go/sluis/internal/synth"
	"github.com/sluis-go/sluis/pseudonym"
	"github.com/sluis-go/sluis/suppress"
)

// demoSpec asks for what an analyst of the events would want to take out.
const demoSpec = `# Spec of the demonstration: see docs/spec.md.
version: 1
data:
  source: events.parquet
  respondent: person_id
  hierarchies:
    region: {file: region.hrc}
    offence: {file: offence.hrc}
outputs:
  - name: offences by region
    kind: frequency
    by: [region, sex, offence]
    sensitive: [offence]
  - name: damage by year and offence
    kind: magnitude
    by: [year, offence]
    response: damage
  - name: a file of suspects
    kind: microdata
    keys: [age, sex, region]
    sensitive: [offence]
`

// demoTables are tables of the same events that are to be published: two of
// counts, which share the offences, and one of sums.
const demoTables = `# Tables of the demonstration that are protected: see docs/protection.md.
version: 1
data:
  source: events.parquet
  respondent: person_id
  hierarchies:
    offence: {file: offence.hrc}
outputs:
  - name: offences by year
    kind: frequency
    by: [year, offence]
  - name: offences by sex and age
    kind: frequency
    by: [sex, age, offence]
  - name: damage by year and offence
    kind: magnitude
    by: [year, offence]
    response: damage
`

func newDemoCommand() *cobra.Command {
	var rows int64
	var seed uint64
	var out string
	cmd := &cobra.Command{
		Use:   "demo",
		Short: "Show the whole of it on synthetic data",
		Long: `demo makes a synthetic register of offences, replaces its citizen service numbers by
pseudonyms, checks three outputs on it, and reports; then it protects three tables
and verifies their certificates. Everything is left in the folder for a look: the
data, the specs, the reports as pages, every cell, and the releases in a folder of
their own. Its exit status says
whether the demonstration ran, not what it found. Each step is named before it begins;
a step of more than 3 seconds says on standard error how long it has worked.`,
		Example: `  sluis demo
  sluis demo --rows 1000000 --seed 7 --out demo`,
		Args: exactArgs(0),
		RunE: func(cmd *cobra.Command, _ []string) error {
			return runDemo(cmd.Context(), rows, seed, out, cmd.OutOrStdout(), cmd.ErrOrStderr())
		},
	}
	cmd.Flags().Int64Var(&rows, "rows", 300_000, "rows of the register")
	cmd.Flags().Uint64Var(&seed, "seed", 1, "seed")
	cmd.Flags().StringVar(&out, "out", "sluis-demo", "folder")
	return cmd
}

// demoPseudonyms replaces the numbers of persons under a key that is made from
// the seed, so that two demonstrations are alike. A real key is random: sluis
// key new.
func demoPseudonyms(ctx context.Context, in, out string, seed uint64, stdout io.Writer) error {
	secret := sha256.Sum256(fmt.Appendf(nil, "the key of demonstration %d protects nothing", seed))
	key, err := pseudonym.KeyFromBytes(secret[:])
	if err != nil {
		return err
	}
	defer key.Destroy()
	p, err := pseudonym.New(pseudonym.Config{
		Key: key, Domain: pseudonym.Domain{Project: "demo", Variable: "person"}, Form: pseudonym.BSN,
	})
	if err != nil {
		return err
	}
	defer p.Destroy()
	f := pseudonymiseFlags{columns: []string{"person_id"}, direct: []string{"person_id"}, csv: csvFlags{decimal: "."}}
	job, err := f.job(ctx, in, out)
	if err != nil {
		return err
	}
	r, err := job.Pseudonymise(ctx, key, pseudonym.Columns{"person_id": p}, false)
	if err != nil {
		return err
	}
	_, err = fmt.Fprintf(stdout, "   %d rows, about %d persons, key %s, %s\n", r.Columns[0].Rows, r.Columns[0].Distinct, p.KeyID(), p.Algorithm())
	return err
}

// ownFolder refuses a folder that holds files by the names of the demonstration
// which it did not write.
func ownFolder(at func(string) string) error {
	if text, err := readSmall(at("spec.yaml")); err == nil && string(text) == demoSpec {
		return nil
	}
	for _, name := range []string{"spec.yaml", "tables.yaml", "register.parquet", "events.parquet", "region.hrc", "offence.hrc"} {
		if _, err := os.Lstat(at(name)); err == nil {
			return usageError(fmt.Errorf("%s is there already, and is left alone: name another folder with --out", at(name)))
		}
	}
	return nil
}

// demoInterval is the time after which a step of the demonstration says that it works.
const demoInterval = 3 * time.Second

func runDemo(ctx context.Context, rows int64, seed uint64, dir string, stdout, stderr io.Writer) error {
	if rows < 1 {
		return usageError(errors.New("rows must be at least 1"))
	}
	at := func(name string) string { return filepath.Join(dir, name) }
	stop := func() {}
	defer func() { stop() }()
	working := func(what string) {
		stop()
		stop = sayWorking(stderr, what, demoInterval)
	}
	if err := ownFolder(at); err != nil {
		return err
	}
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return err
	}
	// First, so that the folder is known as ours.
	err := writeFile(ctx, at("spec.yaml"), func(w io.Writer) error {
		_, err := io.WriteString(w, demoSpec)
		return err
	})
	if err != nil {
		return err
	}
	fmt.Fprintf(stdout, "1. A synthetic register of %d offences: %s\n", rows, at("register.parquet"))
	working("making the register")
	if err := writeSynth(ctx, "events", at("register.parquet"), synth.Options{Rows: rows, Seed: seed}); err != nil {
		return err
	}
	fmt.Fprintf(stdout, "2. Its citizen service numbers become pseudonyms: %s\n", at("events.parquet"))
	working("making pseudonyms")
	if err := demoPseudonyms(ctx, at("register.parquet"), at("events.parquet"), seed, stdout); err != nil {
		return err
	}
	if err := writeTree(ctx, at("region.hrc"), synth.Regions()); err != nil {
		return err
	}
	if err := writeTree(ctx, at("offence.hrc"), synth.Offences()); err != nil {
		return err
	}
	fmt.Fprintf(stdout, "3. Checked as by: sluis check %s --out %s\n\n", at("spec.yaml"), dir)
	working("checking three outputs")
	err = runCheck(ctx, []string{at("spec.yaml")}, &checkFlags{policy: "cbs", out: dir, worst: 5}, stdout)
	if !found(err) {
		return err
	}
	err = writeFile(ctx, at("tables.yaml"), func(w io.Writer) error {
		_, err := io.WriteString(w, demoTables)
		return err
	})
	if err != nil {
		return err
	}
	page, leaves := at("protection.html"), filepath.Join(dir, suppress.ReleaseFolder, "tables.release.html")
	fmt.Fprintf(stdout, "\n4. Protected as by: sluis protect %s --count records --rounds 0 --out %s --replace --html %s --public %s\n", at("tables.yaml"), dir, page, leaves)
	working("protecting three tables")
	if err := demoSecret(at("tables.yaml.secret"), seed); err != nil {
		return err
	}
	err = runProtect(ctx, []string{at("tables.yaml")}, &protectFlags{
		policy: "cbs", out: dir, replace: true, cost: "value", count: "records", digits: -1, pageFlags: pageFlags{html: page, public: leaves},
	}, stdout)
	if !found(err) {
		return err
	}
	var exit *exitError
	if errors.As(err, &exit) && exit.code == exitReview {
		err = nil // what a person must judge was printed
	}
	if err != nil {
		fmt.Fprintf(stdout, "   %v\n", err)
		return nil // so small a register that nothing can be published
	}
	fmt.Fprintf(stdout, "5. Verified from the releases alone, as by: sluis verify %s\n", dir)
	working("verifying")
	if err = runVerify(ctx, dir, &verifyFlags{}, stdout); errors.As(err, &exit) && exit.code == exitReview {
		err = nil
	}
	return err
}

// found reports whether a verb ran: what it found is not the demonstration's to
// judge.
func found(err error) bool {
	var exit *exitError
	return err == nil || errors.As(err, &exit) && (exit.code == exitUnsafe || exit.code == exitReview)
}

// demoSecret keeps the secret of a demonstration, which protects nothing, beside the spec.
func demoSecret(path string, seed uint64) error {
	sum := sha256.Sum256(fmt.Appendf(nil, "the secret of demonstration %d protects nothing", seed))
	s, err := projectkey.Of(sum[:])
	if err != nil {
		return err
	}
	if err := os.Remove(path); err != nil && !errors.Is(err, os.ErrNotExist) {
		return err
	}
	return projectkey.Save(path, s)
}
