// Package dossier keeps the written account of a project beside its data: 21
// steps of which some are answers of people and some are acts that a run of the
// library proves. A policy may require it; a check then calls nothing safe while
// an entry is missing or is contradicted by what was read.
package dossier

import (
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/sluis-go/sluis/internal/plainyaml"
	"github.com/sluis-go/sluis/pseudonym"
	"github.com/sluis-go/sluis/sdc"
)

// ErrDossier is wrapped by every error about the contents of a dossier file.
var ErrDossier = errors.New("dossier is not well formed")

// Dossier is the file dossier.yaml. docs/dossier.schema.json describes it.
type Dossier struct {
	// Version is 1.
	Version int `yaml:"version"`
	// Project names it.
	Project string `yaml:"project"`
	// Entries holds the answers, by the key of the step.
	Entries map[string]Entry `yaml:"entries"`
	// Files are the files as they were provided; step 14 compares.
	Files []File `yaml:"files"`
	// Columns are those that may be read; step 5 compares.
	Columns []string `yaml:"columns"`
	// Policy is the name of the policy that output is checked with; step 11
	// compares.
	Policy string `yaml:"policy"`
	// Pseudonyms are the columns that hold pseudonyms, and Records the records
	// that sluis pseudonymise left; step 6 compares. Paths are relative to the
	// dossier.
	Pseudonyms []Column `yaml:"pseudonyms"`
	Records    []string `yaml:"records"`
	// Destruction are the records that sluis key destroy left; step 19 compares.
	Destruction []string `yaml:"destruction"`
	// Custodian is the Ed25519 public key, in hexadecimal, of who keeps the keys:
	// every record must be signed by it. Records of destruction need one.
	Custodian string `yaml:"custodian"`

	// Inputs are the files that Load has read: the dossier and its records.
	Inputs []sdc.Source `yaml:"-"`

	found     Records
	destroyed []*pseudonym.DestructionRecord
}

// Column is a column of pseudonyms: the id of the key and the domain they were
// made with.
type Column struct {
	Column string `yaml:"column"`
	Key    string `yaml:"key"`
	Domain string `yaml:"domain"`
}

// Entry is one answer: what, by whom, when.
type Entry struct {
	Text string `yaml:"text"`
	By   string `yaml:"by"`
	Date string `yaml:"date"`
}

// File is a file with its SHA-256 in hexadecimal.
type File struct {
	Name   string `yaml:"name"`
	SHA256 string `yaml:"sha256"`
}

// Load reads a dossier and the records that it names. Unknown keys and steps are
// errors, and so is a record that cannot be trusted; what is missing is not, see
// [Dossier.Missing].
func Load(path string) (*Dossier, error) {
	text, err := os.ReadFile(path)
	if err != nil {
		return nil, err
	}
	d := &Dossier{}
	if err := plainyaml.Decode(text, d); err != nil {
		return nil, fmt.Errorf("%w: %s: %w", ErrDossier, path, err)
	}
	if d.Version != 1 {
		return nil, fmt.Errorf("%w: %s: version must be 1", ErrDossier, path)
	}
	for key := range d.Entries {
		if !slices.ContainsFunc(steps, func(s step) bool { return s.key == key && !s.proof }) {
			return nil, fmt.Errorf("%w: %s: %q is no step that is answered by a person", ErrDossier, path, key)
		}
	}
	d.Inputs = []sdc.Source{hashed(path, text)}
	if err := d.loadRecords(filepath.Dir(path)); err != nil {
		return nil, fmt.Errorf("%s: %w", path, err)
	}
	return d, nil
}

// filled reports whether an entry has an answer and says whose it is.
func (e Entry) filled() bool {
	return strings.TrimSpace(e.Text) != "" && strings.TrimSpace(e.By) != ""
}

// declared reports whether the dossier holds what a run is compared with.
func (d *Dossier) declared(key string) bool {
	switch key {
	case "minimisation":
		return len(d.Columns) > 0
	case "output-check":
		return d.Policy != ""
	case "integrity":
		return len(d.Files) > 0
	}
	return true // release: nothing but the run itself
}

// proves reports whether a step is proven rather than answered: those that a run
// proves, and those of which there are records.
func (d *Dossier) proves(s step) bool {
	return s.proof || s.key == "pseudonyms" && len(d.Pseudonyms) > 0 || s.key == "destruction" && len(d.Destruction) > 0
}

// answered reports whether a step has what it needs.
func (d *Dossier) answered(s step) bool {
	if d.proves(s) {
		return d.declared(s.key)
	}
	return d.Entries[s.key].filled()
}

// Missing lists the steps without what they need, as "step 8, controller": an
// answer with its author, or for the steps that a run proves what the run is
// compared with.
func (d *Dossier) Missing() []string {
	out := []string{}
	for _, s := range steps {
		if !d.answered(s) {
			out = append(out, fmt.Sprintf("step %d, %s", s.number, s.key))
		}
	}
	return out
}

// Run is what a check did, to compare a dossier with.
type Run struct {
	Policy  string
	Sources []sdc.Source
	Columns []string
	Verdict sdc.Verdict
}

// Steps returns the checklist. A state is "answered", "missing", or for the
// steps that a run or records prove "proven" or "contradicted"; with a nil run
// those are "declared". Step 20 is proven by a verdict of safe, and open otherwise;
// step 6 is open where the records fit but are no proof: not signed by a trusted key,
// or of version 1.
func (d *Dossier) Steps(run *Run) []sdc.DossierStep {
	var out []sdc.DossierStep
	for _, s := range steps {
		x := sdc.DossierStep{Step: s.number, Key: s.key, Title: s.title, Article: s.article, State: "missing"}
		switch {
		case !d.proves(s):
			if e := d.Entries[s.key]; e.filled() {
				x.State, x.By = "answered", e.By
			}
		case !d.declared(s.key):
		case run == nil:
			x.State = "declared"
		case s.key == "release" && run.Verdict != sdc.Safe:
			x.State = "open"
		case s.key == "pseudonyms":
			x.State, x.By = d.pseudonymised(run.Sources), "sluis"
		case d.agrees(s.key, run):
			x.State, x.By = "proven", "sluis"
		default:
			x.State, x.By = "contradicted", "sluis"
		}
		out = append(out, x)
	}
	return out
}

// Compare adds the checklist to the report of a check that read the columns, and
// refuses the outputs where what was read contradicts the dossier.
func (d *Dossier) Compare(r *sdc.Report, columns []string) {
	run := &Run{Policy: r.Policy.Name, Sources: r.Data.Sources, Columns: columns, Verdict: r.Verdict}
	if wrong := Contradicted(d.Steps(run)); len(wrong) > 0 {
		r.Refuse("dossier", "what was read contradicts the dossier: "+strings.Join(wrong, "; "))
		run.Verdict = r.Verdict
	}
	r.Dossier = d.Steps(run)
}

// agrees compares a run with what is declared: the same policy by name, the
// same files by name and hash and no others, no column beyond the listed ones; and
// records that tell of these files and of all keys.
func (d *Dossier) agrees(key string, run *Run) bool {
	switch key {
	case "minimisation":
		for _, c := range run.Columns {
			if !slices.Contains(d.Columns, c) {
				return false
			}
		}
	case "output-check":
		return d.Policy == run.Policy
	case "destruction":
		return d.keysDestroyed()
	case "integrity":
		if len(d.Files) != len(run.Sources) {
			return false
		}
		for i, f := range d.Files {
			once := !slices.ContainsFunc(d.Files[:i], func(g File) bool { return g.Name == f.Name })
			if !once || !slices.ContainsFunc(run.Sources, func(s sdc.Source) bool {
				return s.Name == f.Name && s.SHA256 != "" && strings.EqualFold(s.SHA256, f.SHA256)
			}) {
				return false
			}
		}
	}
	return true
}

// Contradicted lists the steps of a checklist that a run contradicts.
func Contradicted(steps []sdc.DossierStep) []string {
	var out []string
	for _, s := range steps {
		if s.State == "contradicted" {
			out = append(out, fmt.Sprintf("step %d, %s", s.Step, s.Key))
		}
	}
	return out
}

// Template writes an empty dossier with every step as a question.
func Template(w io.Writer) error {
	var b strings.Builder
	b.WriteString("# The account of a project, see docs/dossier.md. An entry wants a text and a name.\nversion: 1\nproject: \"\"\npolicy: cbs            # step 11: the policy that output is checked with\ncolumns: []            # step 5: the columns that may be read\nfiles: []              # step 14: {name: persons.csv, sha256: ...} as provided\npseudonyms: []         # step 6, where there are records: {column: id, key: ..., domain: ...}\nrecords: []            # step 6: what sluis pseudonymise wrote beside its output\ndestruction: []        # step 19: what sluis key destroy wrote\ncustodian: \"\"          # steps 6 and 19: the public key that signed the records\nentries:\n")
	for _, s := range steps {
		if s.proof {
			fmt.Fprintf(&b, "  # step %d (%s): %s. Proven by sluis check.\n", s.number, s.article, s.title)
			continue
		}
		fmt.Fprintf(&b, "  # step %d (%s): %s\n  %s: {text: \"\", by: \"\", date: \"\"}\n", s.number, s.article, s.title, s.key)
	}
	_, err := io.WriteString(w, b.String())
	return err
}
