package main

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"maps"
	"path/filepath"
	"slices"
	"strings"

	"github.com/spf13/pflag"

	plainfiles "github.com/sluis-go/sluis/internal/files"
	"github.com/sluis-go/sluis/sdc"
	"github.com/sluis-go/sluis/sdc/differencing"
	"github.com/sluis-go/sluis/sdc/ledger"
	"github.com/sluis-go/sluis/sdc/report/words"
	"github.com/sluis-go/sluis/sdc/spec"
)

func addSources(flags *pflag.FlagSet, to *[]string) {
	flags.StringArrayVar(to, "source", nil, "NAME=FILE: where a file of an earlier release lies, by its name in the ledger; may be repeated")
}

// ledgerNeeds refuses a spec and a policy that cannot be compared with a ledger.
func ledgerNeeds(s *spec.Spec, policy *sdc.Policy) error {
	if s.Cells != nil {
		return usageError(errors.New("a ledger compares tables of records, and the spec has a table of cells: leave --ledger out"))
	}
	if s.Population == "" {
		return usageError(errors.New("a ledger compares releases of one population: name it in the spec, such as data: {population: inhabitants, unit: person}"))
	}
	if policy == nil || policy.MinContributors.Off {
		return usageError(errors.New("rule min-contributors is off in the policy: nothing says how many respondents a difference must be about"))
	}
	return nil
}

// compareWithLedger compares outputs with the releases of their population and unit.
func compareWithLedger(ctx context.Context, l *ledger.Ledger, s *spec.Spec, r *sdc.Report, outputs []differencing.Output, sources []string) ([]sdc.Remark, error) {
	policy := r.JudgedBy()
	if err := ledgerNeeds(s, policy); err != nil {
		return nil, err
	}
	at := map[string]string{} // SHA-256 -> path
	now := &differencing.Made{Reading: differencing.ReadingOf(s), Outputs: outputs}
	for _, x := range r.Data.Sources {
		path := ""
		for _, p := range slices.Sorted(maps.Keys(s.Options.Sums)) {
			if s.Options.Sums[p] == x.SHA256 && filepath.Base(p) == x.Name && !slices.Contains(now.Files, p) {
				path = p
				break
			}
		}
		now.Files, now.SHA256, at[x.SHA256] = append(now.Files, path), append(now.SHA256, x.SHA256), path
	}
	chain, err := l.Chain(ctx)
	if err != nil {
		return nil, ledgerError(err)
	}
	same := func(x *ledger.Release) bool { return x.Population == s.Population && x.Unit == s.Unit }
	var entries []*ledger.Release
	for i := range chain {
		if !same(&chain[i]) {
			continue
		}
		x, err := l.Entry(ctx, chain[i].Number)
		if err != nil {
			return nil, ledgerError(err)
		}
		entries = append(entries, x)
	}
	if err := namedSources(sources, entries, at); err != nil {
		return nil, err
	}
	var earlier []*differencing.Made
	for _, x := range entries {
		m, err := madeOf(x, at)
		if err != nil {
			return nil, err
		}
		earlier = append(earlier, m)
	}
	found, err := differencing.Compare(ctx, now, earlier, differencing.Options{Min: int64(policy.MinContributors.Min)})
	if errors.Is(err, sdc.ErrRequest) {
		return nil, usageError(err)
	}
	if err != nil {
		return nil, err
	}
	for i := range chain {
		x := &chain[i]
		ofThese := func(f ledger.Source) bool { return slices.Contains(now.SHA256, f.SHA256) }
		if !same(x) && slices.ContainsFunc(x.Sources, ofThese) {
			found = append(found, sdc.Remark{
				Name: "ledger", Verdict: sdc.Review,
				Message: words.New(words.LedgerOtherName, words.Count(x.Number), words.TextOf(x.Population), words.TextOf(x.Unit)),
			})
		}
	}
	return found, nil
}

// namedSources adds the files that --source names. Each must be, byte for byte, a file of that
// name in the ledger.
func namedSources(sources []string, entries []*ledger.Release, at map[string]string) error {
	for _, text := range sources {
		name, path, ok := strings.Cut(text, "=")
		if !ok || name == "" || path == "" {
			return usageError(errors.New("--source is NAME=FILE"))
		}
		hash, err := hashOf(path)
		if err != nil {
			return err
		}
		known, same := false, false
		for _, x := range entries {
			for _, s := range x.Sources {
				known = known || s.Name == name
				same = same || s.Name == name && s.SHA256 == hash
			}
		}
		switch {
		case !known:
			return usageError(fmt.Errorf("--source: no release of this population was made from a file %q; see sluis ledger show", name))
		case !same:
			return usageError(fmt.Errorf("--source: %s is not the file %q of any release: its SHA-256 is another", path, name))
		}
		at[hash] = path
	}
	return nil
}

// hashOf is the SHA-256 of a file.
func hashOf(path string) (string, error) {
	f, err := plainfiles.Open(path)
	if err != nil {
		return "", err
	}
	defer f.Close() //nolint:errcheck // read only
	h := sha256.New()
	if _, err := io.Copy(h, f); err != nil {
		return "", err
	}
	return hex.EncodeToString(h.Sum(nil)), nil
}

// madeOf is a release of the ledger as it is compared. Its files are those that are at hand,
// none where one of them is not.
func madeOf(x *ledger.Release, at map[string]string) (*differencing.Made, error) {
	m := &differencing.Made{Release: x.Number}
	if err := json.Unmarshal(x.Reading, &m.Reading); err != nil {
		return nil, fmt.Errorf("release %d: %w", x.Number, ledger.ErrChanged)
	}
	all := true
	for _, s := range x.Sources {
		path, ok := at[s.SHA256]
		all = all && ok
		m.Files, m.SHA256 = append(m.Files, path), append(m.SHA256, s.SHA256)
	}
	if !all {
		m.Files = nil
	}
	for _, o := range x.Outputs {
		y := differencing.Output{Name: o.Name, Cells: []differencing.Published{}}
		if err := json.Unmarshal(o.Definition, &y.Definition); err != nil {
			return nil, fmt.Errorf("release %d: %w", x.Number, ledger.ErrChanged)
		}
		for _, c := range o.Cells {
			p := differencing.Published{Codes: c.Coordinates, Statistic: c.Statistic, Value: c.Value, Status: c.Status}
			if sum, n, ok := strings.Cut(c.Value, "/"); ok && c.Statistic == "mean" {
				p.Statistic, p.Value = "sum", sum
				y.Cells = append(y.Cells, p)
				p.Statistic, p.Value = "count", n
			}
			y.Cells = append(y.Cells, p)
		}
		m.Outputs = append(m.Outputs, y)
	}
	return m, nil
}
