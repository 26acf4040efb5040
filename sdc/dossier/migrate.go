package dossier

import (
	"fmt"
	"strings"

	"github.com/sluis-go/sluis/internal/files"
	"github.com/sluis-go/sluis/internal/plainyaml"
)

// versionOneFile is a dossier of version 1. Its 21 steps were not the steps of the
// framework.
type versionOneFile struct {
	Version int              `yaml:"version"`
	Project string           `yaml:"project"`
	Entries map[string]Entry `yaml:"entries"`
	Files   []struct {
		Name   string `yaml:"name"`
		SHA256 string `yaml:"sha256"`
	} `yaml:"files"`
	Columns     []string `yaml:"columns"`
	Policy      string   `yaml:"policy"`
	Pseudonyms  []Column `yaml:"pseudonyms"`
	Records     []string `yaml:"records"`
	Destruction []string `yaml:"destruction"`
	Custodian   string   `yaml:"custodian"`
}

// moved says where the answers of version 1 belong. Two answers to one step are put
// one after the other.
var moved = []struct{ from, to string }{
	{"question", "question"}, {"purpose", "purpose"}, {"aggregation", "anonymous"}, {"categories", "categories"},
	{"pseudonyms", "pseudonyms"}, {"sources", "sources"}, {"controller", "analysis"}, {"legal-basis", "legal-basis"},
	{"permissions", "notification"}, {"methods", "methods"}, {"error", "error"}, {"access", "security"}, {"custody", "security"},
	{"informing", "informing"}, {"retention", "destruction"}, {"destruction", "destruction"},
}

// Migrate reads a dossier of version 1 and returns one of version 2. It keeps every text
// that a person wrote. The questions that version 1 did not have stay open:
//
//   - the type of product;
//   - the origin of each source, and the person responsible for it;
//   - police data;
//   - steps 11, 14, 20 and four of the five questions of step 21.
//
// The error wraps ErrDossier.
func Migrate(path string) (*Dossier, error) {
	text, err := files.Read(path)
	if err != nil {
		return nil, err
	}
	var old versionOneFile
	if err := plainyaml.Decode(text, &old); err != nil {
		return nil, fmt.Errorf("%w: %s: %w", ErrDossier, path, err)
	}
	if old.Version != 1 {
		return nil, fmt.Errorf("%w: %s: version must be 1", ErrDossier, path)
	}
	d := &Dossier{
		Version: 2, Project: old.Project, Policy: Policy{Name: old.Policy}, Columns: old.Columns, Pseudonyms: old.Pseudonyms, Records: old.Records,
		Destruction: old.Destruction, Custodian: old.Custodian, Answers: map[string]Entry{}, Evaluation: map[string]Entry{},
	}
	for _, f := range old.Files {
		d.Sources = append(d.Sources, Source{File: f.Name, SHA256: f.SHA256})
	}
	for _, m := range moved {
		d.Answers[m.to] = joined(d.Answers[m.to], old.Entries[m.from])
		delete(old.Entries, m.from)
	}
	d.Evaluation["particulars"] = old.Entries["evaluation"]
	delete(old.Entries, "evaluation")
	if len(old.Entries) > 0 {
		return nil, fmt.Errorf("%w: %s: %d entries are no steps of version 1", ErrDossier, path, len(old.Entries))
	}
	return d, nil
}

func joined(a, b Entry) Entry {
	join := func(x, y, sep string) string {
		if x == "" || y == "" || x == y {
			return x + strings.TrimPrefix(y, x)
		}
		return x + sep + y
	}
	return Entry{Text: join(a.Text, b.Text, ". "), By: join(a.By, b.By, ", "), Date: join(a.Date, b.Date, ", ")}
}
