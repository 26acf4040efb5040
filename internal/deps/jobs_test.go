package deps_test

import (
	"crypto/ed25519"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"io"
	"os"
	"path/filepath"
	"testing"

	"github.com/apache/arrow/go/v15/arrow"

	"github.com/sluis-go/sluis/pseudonym"
	"github.com/sluis-go/sluis/riskmetrics/measure"
	"github.com/sluis-go/sluis/sdc"
	"github.com/sluis-go/sluis/sdc/differencing"
	"github.com/sluis-go/sluis/sdc/ledger"
	"github.com/sluis-go/sluis/sdc/local"
	"github.com/sluis-go/sluis/sdc/project"
	"github.com/sluis-go/sluis/sdc/replace"
	"github.com/sluis-go/sluis/sdc/source"
	"github.com/sluis-go/sluis/suppress"
	"github.com/sluis-go/sluis/suppress/records"
	"github.com/sluis-go/sluis/suppress/releases"
)

// jobs are the requests that make a whole run, from files to files.
var jobs = []request{
	requested(150, "job of local suppression", func(t *testing.T) *local.Job {
		out := filepath.Join(t.TempDir(), "safe.csv")
		return &local.Job{
			Input:   project.Input{Files: []string{written(t)}, Respondent: "person", Codes: []string{"region", "state"}},
			Reading: project.Options{OpenStreams: true},
			Keys:    []string{"region", "state"}, Missing: sdc.MissingWildcard, Options: records.Options{K: 3, Cost: []int64{1, 2}, UpTo: 2},
			Out: out, Sign: signer(t), Threads: 2,
			Create: func(schema *arrow.Schema, check func(string) error) (local.Writer, error) {
				return source.Create(out, schema, source.WriterOptions{Check: check})
			},
			Record: func(write func(io.Writer) error) error { return write(io.Discard) },
		}
	}, func(t *testing.T, j *local.Job) error {
		_, err := j.Run(t.Context())
		return err
	}),
	requested(150, "job of replacing identifiers", func(t *testing.T) *replace.Job {
		out := filepath.Join(t.TempDir(), "copy.csv")
		return &replace.Job{
			In: written(t), CSV: source.CSVOptions{Types: map[string]string{"person": "string"}}, OpenStreams: true, Out: out,
			Create: func(schema *arrow.Schema) (replace.Writer, error) {
				return source.Create(out, schema, source.WriterOptions{Hash: true})
			},
			Columns: []string{"person"}, Direct: []string{"firm"}, Drop: []string{"firm"}, Scan: true, Allow: true, Suspects: []replace.Suspect{{Column: "x"}},
			KeepMetadata: true, Tool: "test", Threads: 2,
			Watch: func(int64) (func(int64), func()) { return func(int64) {}, func() {} },
		}
	}, func(t *testing.T, j *replace.Job) error {
		c := config(t)
		p, err := pseudonym.New(c)
		if err != nil {
			t.Fatal(err)
		}
		_, err = j.Pseudonymise(t.Context(), c.Key, pseudonym.Columns{"person": p}, false)
		_, _, linked := j.Linkage(t.Context(), p)
		return errors.Join(err, linked)
	}),
	requested(60, "options of measures", func(t *testing.T) measure.Options {
		return measure.Options{
			Keys: []string{"region", "state"}, Sensitive: []string{"turnover"}, Weight: "weight", Respondent: "person", K: 2, L: 2, MinCount: 3, Combinations: 2,
			RecursiveL: 2, AtRisk: 0.2, SUDASize: 2, DISFraction: 0.01, Fraction: 0.1, Worst: 3, Threads: 2,
		}
	}, func(t *testing.T, o measure.Options) error {
		_, err := measure.Make(t.Context(), people(t), o)
		_, again := measure.Recount(t.Context(), people(t), o)
		if errors.Is(again, measure.ErrSmall) {
			again = nil
		}
		return errors.Join(err, again)
	}),
	requested(150, "release that is compared", func(t *testing.T) *differencing.Made {
		name := written(t)
		text, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		sum := sha256.Sum256(text)
		return &differencing.Made{
			Release: 1, Reading: differencing.Reading{Respondent: "person", Types: map[string]string{"person": "string"}}, Files: []string{name}, SHA256: []string{hex.EncodeToString(sum[:])},
			Outputs: []differencing.Output{
				{Name: "n", Definition: differencing.Definition{Kind: "frequency", By: []string{"region", "state"}, Missing: map[string]string{"state": "category"}, Depth: map[string]int{"region": 1}}},
				{Name: "y", Definition: differencing.Definition{Kind: "magnitude", By: []string{"state"}, Response: "turnover", Statistics: []string{"mean"}, Margins: [][]string{{}}},
					Cells: []differencing.Published{{Codes: []string{"*"}, Statistic: "sum", Value: "1", Status: "rounded"}}},
			},
		}
	}, func(t *testing.T, m *differencing.Made) error {
		o := differencing.Options{Min: 5}
		_, err := differencing.Compare(t.Context(), m, nil, o)
		if m == nil {
			return err
		}
		now := *m
		now.Outputs = []differencing.Output{{Name: "n", Definition: differencing.Definition{Kind: "frequency", By: []string{"region"}}}}
		_, again := differencing.Compare(t.Context(), &now, []*differencing.Made{m}, o)
		return errors.Join(err, again)
	}),
	requested(60, "options of a comparison with releases", func(*testing.T) differencing.Options {
		return differencing.Options{Min: 5, Steps: 1000, Entries: 1000}
	}, func(t *testing.T, o differencing.Options) error {
		name := written(t)
		text, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		sum := sha256.Sum256(text)
		m := differencing.Made{
			Reading: differencing.Reading{Respondent: "person"}, Files: []string{name}, SHA256: []string{hex.EncodeToString(sum[:])},
			Outputs: []differencing.Output{{Name: "n", Definition: differencing.Definition{Kind: "frequency", By: []string{"region"}}}},
		}
		before := m
		before.Release, before.Outputs = 1, []differencing.Output{{Name: "n", Definition: differencing.Definition{Kind: "frequency", By: []string{"state"}}}}
		_, err = differencing.Compare(t.Context(), &m, []*differencing.Made{&before}, o)
		return err
	}),
	requested(150, "entry of a ledger", func(*testing.T) *ledger.Release {
		return &ledger.Release{
			Time: "2026-11-30T12:00:00Z", Approved: []string{"B. de Boer"}, Verdict: "review", Because: "public", Population: "persons", Unit: "person",
			Policy: "cbs", Reading: json.RawMessage("{}"), Sources: []ledger.Source{{Name: "a.csv", Rows: 3}},
			Outputs: []ledger.Output{{Name: "t", Definition: json.RawMessage("{}"), Cells: []ledger.Cell{{Coordinates: []string{"*"}, Statistic: "count", Value: "12", Status: "published"}}}},
			Files:   []ledger.File{{Name: "t.csv", Bytes: 12}},
		}
	}, func(t *testing.T, r *ledger.Release) error {
		_, err := addedTo(t, r, ledger.VerifyOptions{})
		return err
	}),
	requested(60, "options of a verification of a ledger", func(t *testing.T) ledger.VerifyOptions {
		return ledger.VerifyOptions{Head: "", Trusted: []ed25519.PublicKey{}}
	}, func(t *testing.T, o ledger.VerifyOptions) error {
		_, err := addedTo(t, &ledger.Release{
			Time: "2026-11-30T12:00:00Z", Approved: []string{"B"}, Verdict: "safe", Population: "persons", Unit: "person", Policy: "cbs",
			Reading: json.RawMessage("{}"), Sources: []ledger.Source{{Name: "a.csv"}}, Outputs: []ledger.Output{{Name: "t", Definition: json.RawMessage("{}")}},
		}, o)
		return err
	}),
	requested(60, "options of a verification of a folder", func(t *testing.T) releases.Options {
		return releases.Options{Tell: func(releases.Found) {}}
	}, func(t *testing.T, o releases.Options) error {
		dir := t.TempDir()
		if _, err := suppress.Publish(t.Context(), crossed(t), dir, suppress.Options{Threads: 1}); err != nil {
			t.Fatal(err)
		}
		_, err := releases.Verify(t.Context(), dir, o)
		return err
	}),
}

// addedTo adds an entry to a new ledger, and verifies the ledger.
func addedTo(t *testing.T, r *ledger.Release, o ledger.VerifyOptions) (*ledger.Verified, error) {
	path := filepath.Join(t.TempDir(), "ledger")
	if err := ledger.Create(t.Context(), path); err != nil {
		t.Fatal(err)
	}
	l, err := ledger.Open(t.Context(), path)
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close() //nolint:errcheck // a test
	if _, err := l.Add(t.Context(), r, nil); err != nil {
		return nil, err
	}
	return l.Verify(t.Context(), o)
}
