// Package dossier reads the dossier of a project: the 21 steps of the juridical framework
// of the City Deal "Zicht op ondermijning", with the numbers of the framework. For each
// step it has the answer with the name of a person, and the facts that sluis can prove. A
// dossier is a text file beside the spec.
//
// A step is in one of four states:
//
//	proven          sluis has checked it, from files, in this run
//	answered        a person has answered it, with a name; nobody has checked it
//	missing         it is not answered, or what was read contradicts the answer: Why says which
//	does not apply  the framework does not ask it of these data: Why says why not
//
// An answer is a text with a name. A program cannot decide whether the answer is true.
package dossier

import (
	"errors"
	"fmt"
	"maps"
	"path/filepath"
	"regexp"
	"slices"
	"strings"

	"github.com/sluis-go/sluis/internal/files"
	"github.com/sluis-go/sluis/internal/plainyaml"
	"github.com/sluis-go/sluis/pseudonym"
	"github.com/sluis-go/sluis/sdc/origin"
)

// ErrDossier says that a dossier is not well formed.
var ErrDossier = errors.New("dossier is not well formed")

// ErrVersion says that a dossier is of version 1, in which the steps had other numbers.
var ErrVersion = errors.New("dossier is of version 1; make one of version 2 with: sluis dossier migrate OLD NEW")

// States of a step.
const (
	Proven   = "proven"
	Answered = "answered"
	Missing  = "missing"
	Excused  = "does not apply"
)

// products are the types of product of step 2.
var products = []string{"trend-report", "pattern-report", "group-profile"}

var productDutch = map[string]string{"trend-report": "trendrapport", "pattern-report": "patroonrapport", "group-profile": "groepsprofiel"}

// Origins of a source.
const (
	FromCBS  = "cbs"
	Supplied = "supplied"
)

// laws are the kinds of data of a source that step 12 asks permission for, and the
// others.
var laws = []string{"", "none", "tax", "police", "judicial", "prosecution"}

// Dossier is the account of a project. docs/dossier.schema.json describes the file.
type Dossier struct {
	// Version is 2.
	Version int `yaml:"version"`
	// Project names the project.
	Project string `yaml:"project"`
	// Product is the type of product of step 2: trend-report, pattern-report or
	// group-profile.
	Product string `yaml:"product"`
	// Policy is the policy that output is checked with; step 11 compares it.
	Policy Policy `yaml:"policy"`
	// Period is the column of the period of a row, such as the year; step 1 counts by it.
	Period string `yaml:"period"`
	// Columns are the columns that may be read; step 4 compares them.
	Columns []string `yaml:"columns"`
	// Special are the columns of special categories of data of step 7.
	Special []string `yaml:"special"`
	// Sources are the files, as they were provided: steps 5, 6, 8, 12 and 14.
	Sources []Source `yaml:"sources"`
	// Pseudonyms are the columns that hold pseudonyms, and Records the records that
	// sluis pseudonymise left; step 6 compares. Paths are relative to the dossier.
	Pseudonyms []Column `yaml:"pseudonyms"`
	Records    []string `yaml:"records"`
	// Profile is the profile of step 14, as sluis profile --json wrote it. Earlier is the
	// profile before it.
	Profile string `yaml:"profile"`
	Earlier string `yaml:"earlier"`
	// Plan is the plan that sluis pseudonymise --plan used, with a key. Its columns are
	// added to Pseudonyms, and step 6 compares their settings.
	Plan string `yaml:"plan"`
	// Destruction are the records that sluis key destroy wrote. Written are the files
	// with supplied data that must be gone. Step 19 compares both.
	Destruction []string `yaml:"destruction"`
	Written     []string `yaml:"written"`
	// Release is the folder of the release; step 20 has it verified.
	Release string `yaml:"release"`
	// Custodian is the Ed25519 public key, in hexadecimal, of the custodian of the keys:
	// every record must be signed by it. Records of destruction need one.
	Custodian string `yaml:"custodian"`
	// Answers holds the answers, by the key of the step. Evaluation holds the answers to
	// the five questions of step 21.
	Answers    map[string]Entry `yaml:"answers"`
	Evaluation map[string]Entry `yaml:"evaluation"`

	// Inputs are the files that Load has read: the dossier and the files that it names.
	Inputs []origin.Source `yaml:"-"`

	dir       string
	found     Records
	plan      *pseudonym.Plan
	destroyed []*pseudonym.DestructionRecord
	profiled  *profiled
}

// Policy names a policy. SHA256 is the hash of its file, "" for a policy that sluis
// ships.
type Policy struct {
	Name   string `yaml:"name"`
	SHA256 string `yaml:"sha256"`
}

// Source is a file that was provided.
type Source struct {
	File   string `yaml:"file"`
	SHA256 string `yaml:"sha256"`
	// Origin is cbs or supplied.
	Origin   string `yaml:"origin"`
	Provider string `yaml:"provider"`
	// Law is police, judicial, prosecution, tax or none.
	Law string `yaml:"law"`
	// Responsible answers step 8, and Permission step 12.
	Responsible Entry `yaml:"responsible"`
	Permission  Entry `yaml:"permission"`
}

// Column is a column of pseudonyms, with the id of the key and the domain that made
// them.
type Column struct {
	Column string `yaml:"column"`
	Key    string `yaml:"key"`
	Domain string `yaml:"domain"`
}

// Entry is an answer.
type Entry struct {
	Text string `yaml:"text"`
	By   string `yaml:"by"`
	Date string `yaml:"date"`
	// Answer is yes or no, of step 3 alone.
	Answer string `yaml:"answer"`
}

// Load reads a dossier and the files that it names. Errors about contents wrap
// ErrDossier, and ErrVersion for a dossier of version 1; other errors are of the file
// system.
func Load(path string) (*Dossier, error) {
	text, err := files.Read(path)
	if err != nil {
		return nil, err
	}
	if oldVersion(text) {
		return nil, fmt.Errorf("%w: %s: %w", ErrDossier, path, ErrVersion)
	}
	d := &Dossier{dir: filepath.Dir(path)}
	if err := plainyaml.Decode(text, d); err != nil {
		return nil, fmt.Errorf("%w: %s: %w", ErrDossier, path, err)
	}
	if err := d.validate(); err != nil {
		return nil, fmt.Errorf("%w: %s: %w", ErrDossier, path, err)
	}
	d.Inputs = []origin.Source{hashed(path, text)}
	if err := d.loadRecords(d.dir); err != nil {
		return nil, fmt.Errorf("%s: %w", path, err)
	}
	if err := d.loadProfile(); err != nil {
		return nil, fmt.Errorf("%s: %w", path, err)
	}
	return d, nil
}

var versionOne = regexp.MustCompile(`(?m)^version:[ \t]*1[ \t]*(#.*)?\r?$`)

// oldVersion reports whether the text is a dossier of version 1.
func oldVersion(text []byte) bool { return versionOne.Match(text) }

func (d *Dossier) validate() error {
	if d.Version != 2 {
		return errors.New("version must be 2")
	}
	if d.Product != "" && !slices.Contains(products, d.Product) {
		return fmt.Errorf("product is none of %s", strings.Join(products, ", "))
	}
	for _, key := range slices.Sorted(maps.Keys(d.Answers)) {
		i := slices.IndexFunc(steps, func(s step) bool { return s.key == key })
		if i < 0 || key == "evaluation" || key == "provision" || key == "police" {
			return fmt.Errorf("answers: %q is no step that is answered there", key)
		}
		switch a := d.Answers[key].Answer; {
		case key != "anonymous" && a != "":
			return fmt.Errorf("answers: %q takes no answer of yes or no", key)
		case a != "" && a != "yes" && a != "no":
			return fmt.Errorf("answers: %q: answer is yes or no", key)
		}
	}
	for _, key := range slices.Sorted(maps.Keys(d.Evaluation)) {
		if !slices.ContainsFunc(evaluation, func(q question) bool { return q.key == key }) {
			return fmt.Errorf("evaluation: %q is none of its five questions", key)
		}
	}
	seen := map[string]bool{}
	for i, s := range d.Sources {
		switch {
		case s.File == "" || seen[s.File]:
			return fmt.Errorf("sources: entry %d has no file name, or one that came before", i+1)
		case s.Origin != "" && s.Origin != FromCBS && s.Origin != Supplied:
			return fmt.Errorf("sources: entry %d: origin is %s or %s", i+1, FromCBS, Supplied)
		case !slices.Contains(laws, s.Law):
			return fmt.Errorf("sources: entry %d: law is one of %s", i+1, strings.Join(laws[1:], ", "))
		}
		seen[s.File] = true
	}
	return nil
}

func (e Entry) filled() bool {
	return strings.TrimSpace(e.Text) != "" && strings.TrimSpace(e.By) != ""
}

// supplied lists the sources that CBS did not have.
func (d *Dossier) supplied() []Source {
	var out []Source
	for _, s := range d.Sources {
		if s.Origin != FromCBS {
			out = append(out, s)
		}
	}
	return out
}

// sensitiveLaw reports whether step 12 asks permission for a source.
func (s *Source) sensitiveLaw() bool {
	return s.Law == "police" || s.Law == "judicial" || s.Law == "prosecution"
}

// ReleaseFolder is the folder of the release that the dossier names, or "".
func (d *Dossier) ReleaseFolder() string {
	if d.Release == "" || filepath.IsAbs(d.Release) {
		return d.Release
	}
	return filepath.Join(d.dir, d.Release)
}
