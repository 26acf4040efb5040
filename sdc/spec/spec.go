package spec

import (
	"errors"
	"fmt"
	"maps"
	"path/filepath"
	"slices"
	"strings"

	"github.com/sluis-go/sluis/internal/files"
	"github.com/sluis-go/sluis/internal/plainyaml"
	"github.com/sluis-go/sluis/sdc"
	"github.com/sluis-go/sluis/sdc/declared"
	"github.com/sluis-go/sluis/sdc/origin"
	"github.com/sluis-go/sluis/sdc/population"
	"github.com/sluis-go/sluis/sdc/source"
)

// ErrSpec is wrapped by every error about the contents of a spec or policy
// file.
var ErrSpec = errors.New("file is not well formed")

// Spec is a parsed spec.
type Spec struct {
	// Patterns are the data files, globs included, with paths resolved.
	Patterns []string
	// Options says how to read them.
	Options source.Options
	// Roles, Missing and Hierarchies go into sdc.Data.
	Roles       sdc.Roles
	Missing     map[string]sdc.Missing
	Hierarchies map[string]*sdc.Hierarchy
	// NotIdentifiers goes into sdc.Data.
	NotIdentifiers map[string]string
	// RespondentForm goes into sdc.Data.
	RespondentForm sdc.RespondentForm
	// Declared goes into sdc.Data.
	Declared declared.Columns
	// Where goes into sdc.Data.
	Where population.Where
	// Population and Unit name what the data are about, such as "inhabitants" and "person".
	// A ledger compares releases of one population and one unit. Both are "" where the spec
	// does not say.
	Population, Unit string
	// Cells is the table of cells that takes the place of records; nil where the data are
	// records. Patterns then has its file.
	Cells *Cells
	// About describes the request.
	About origin.About
	// Dossier is the file of the project's dossier, or "".
	Dossier string
	// Outputs are the outputs to check.
	Outputs []sdc.Output
	// Files are the files that Load has read: the spec, and the files that it names.
	Files []origin.Source
	// Paths are where they lie.
	Paths []string
}

// Columns lists the columns that a check of the spec reads, each once: the columns of the
// roles, those of declared relations and bounds, then the columns of the outputs in their
// order. It is empty where a check needs
// only the number of rows.
func (s *Spec) Columns() []string {
	var out []string
	add := func(names ...string) {
		for _, n := range names {
			if n != "" && !slices.Contains(out, n) {
				out = append(out, n)
			}
		}
	}
	add(s.Roles.Respondent, s.Roles.Holding, s.Roles.Weight, s.Roles.Request)
	add(s.DeclaredNumbers()...)
	add(s.Where.Columns()...)
	for _, o := range s.Outputs {
		add(o.Where.Columns()...)
		add(o.By...)
		add(o.Sensitive...)
		add(o.Response)
	}
	return out
}

type specFile struct {
	Version int          `yaml:"version"`
	Dossier string       `yaml:"dossier"`
	About   aboutFile    `yaml:"about"`
	Data    dataFile     `yaml:"data"`
	Outputs []outputFile `yaml:"outputs"`
}

type aboutFile struct {
	Title     string `yaml:"title"`
	Project   string `yaml:"project"`
	Requester string `yaml:"requester"`
	Date      string `yaml:"date"`
}

type dataFile struct {
	Source       list                     `yaml:"source"`
	Cells        string                   `yaml:"cells"`
	Value        string                   `yaml:"value"`
	Contributors string                   `yaml:"contributors"`
	Largest      []string                 `yaml:"largest"`
	Total        totalFile                `yaml:"total"`
	Status       string                   `yaml:"status"`
	StatusCodes  string                   `yaml:"status-codes"`
	Lower        string                   `yaml:"lower"`
	Upper        string                   `yaml:"upper"`
	Sliding      string                   `yaml:"sliding"`
	Cost         string                   `yaml:"cost"`
	Owner        string                   `yaml:"owner"`
	Metadata     string                   `yaml:"metadata"`
	SHA256       sumsFile                 `yaml:"sha256"`
	Copies       string                   `yaml:"copies"`
	Population   string                   `yaml:"population"`
	Unit         string                   `yaml:"unit"`
	Respondent   string                   `yaml:"respondent"`
	Form         string                   `yaml:"respondent-form"`
	Holding      string                   `yaml:"holding"`
	Weight       string                   `yaml:"weight"`
	Request      string                   `yaml:"request"`
	CSV          csvFile                  `yaml:"csv"`
	Missing      map[string]string        `yaml:"missing"`
	Hierarchies  map[string]hierarchyFile `yaml:"hierarchies"`
	Codes        map[string]codeList      `yaml:"codes"`
	Independent  []pairOf                 `yaml:"independent"`
	Relations    []relation               `yaml:"relations"`
	Bounds       map[string]boundsOf      `yaml:"bounds"`
	Identifiers  identifiersFile          `yaml:"identifiers"`
	Where        whereOf                  `yaml:"where"`
}

// identifiersFile says which columns are no identifiers, and why.
type identifiersFile struct {
	Not map[string]string `yaml:"not"`
}

type csvFile struct {
	Delimiter string            `yaml:"delimiter"`
	Nulls     []string          `yaml:"nulls"`
	Decimal   string            `yaml:"decimal"`
	Encoding  string            `yaml:"encoding"`
	Trim      bool              `yaml:"trim"`
	Types     map[string]string `yaml:"types"`
}

type outputFile struct {
	Name       string                     `yaml:"name"`
	Title      string                     `yaml:"title"`
	Kind       string                     `yaml:"kind"`
	By         []string                   `yaml:"by"`
	Keys       []string                   `yaml:"keys"`
	Where      whereOf                    `yaml:"where"`
	Margins    marginsFile                `yaml:"margins"`
	Depth      map[string]plainyaml.Whole `yaml:"depth"`
	Fold       map[string][]string        `yaml:"fold"`
	Sensitive  []string                   `yaml:"sensitive"`
	Values     []plainNumber              `yaml:"sensitive-values"`
	Amounts    []string                   `yaml:"amounts"`
	Width      map[string]plainNumber     `yaml:"width"`
	Response   string                     `yaml:"response"`
	Statistics []string                   `yaml:"statistics"`
	Quantiles  plainyaml.Whole            `yaml:"quantile-type"`
	Per        string                     `yaml:"per"`
	Parameters plainyaml.Whole            `yaml:"parameters"`
	APriori    aprioriFile                `yaml:"apriori"`
}

// list is one string or a list of them.
type list []string

// UnmarshalYAML reads a string or a list of strings.
func (l *list) UnmarshalYAML(unmarshal func(any) error) error {
	var one string
	if unmarshal(&one) == nil {
		*l = list{one}
		return nil
	}
	var many []string
	if err := unmarshal(&many); err != nil {
		return errors.New("a path or a list of paths is wanted")
	}
	*l = many
	return nil
}

// plainNumber keeps the digits of a number as they are written.
type plainNumber string

// UnmarshalYAML takes the text of the scalar, quoted or not.
func (p *plainNumber) UnmarshalYAML(text []byte) error {
	*p = plainNumber(strings.Trim(strings.TrimSpace(string(text)), `"'`))
	return nil
}

// marginsFile is all, none, or a list of lists of variables.
type marginsFile struct {
	none bool
	of   [][]string
}

// UnmarshalYAML reads all, none, or a list of lists of variables.
func (m *marginsFile) UnmarshalYAML(unmarshal func(any) error) error {
	var word string
	if unmarshal(&word) == nil {
		switch word {
		case "all":
			*m = marginsFile{}
			return nil
		case "none":
			*m = marginsFile{none: true}
			return nil
		}
	}
	of := [][]string{}
	if err := unmarshal(&of); err != nil {
		return errors.New("margins are all, none, or a list of lists of variables")
	}
	*m = marginsFile{of: of}
	return nil
}

// Load reads a spec and the hierarchies and a-priori lists that it names. Load does not
// open the data. Errors about contents wrap ErrSpec or an error of sdc; other errors are
// of the file system.
func Load(path string) (*Spec, error) {
	text, err := files.Read(path)
	if err != nil {
		return nil, err
	}
	var f specFile
	if err := decode(path, text, &f, plainyaml.Decode); err != nil {
		return nil, err
	}
	in := &folder{dir: filepath.Dir(path), read: []origin.Source{hashed(path, text)}, paths: []string{path}}
	s, err := f.resolve(in)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", path, err)
	}
	s.Files, s.Paths = in.read, in.paths
	return s, nil
}

// decode reads YAML strictly. The error names the line.
func decode(path string, text []byte, into any, with func([]byte, any) error) error {
	if err := with(text, into); err != nil {
		return fmt.Errorf("%w: %s: %w", ErrSpec, path, err)
	}
	return nil
}

func wrong(format string, args ...any) error {
	return fmt.Errorf("%w: %s", ErrSpec, fmt.Sprintf(format, args...))
}

func (f *specFile) resolve(in *folder) (*Spec, error) {
	if f.Version != 1 {
		return nil, wrong("version must be 1")
	}
	if len(f.Data.Source) == 0 && f.Data.Cells == "" {
		return nil, wrong("data.source is missing")
	}
	if (f.Data.Population == "") != (f.Data.Unit == "") {
		return nil, wrong("data.population and data.unit belong together: name both, such as population: inhabitants and unit: person")
	}
	s := &Spec{
		Roles: sdc.Roles{
			Respondent: f.Data.Respondent, Holding: f.Data.Holding,
			Weight: f.Data.Weight, Request: f.Data.Request,
		},
		Missing:     map[string]sdc.Missing{},
		Hierarchies: map[string]*sdc.Hierarchy{},
		Population:  f.Data.Population,
		Unit:        f.Data.Unit,
		About:       origin.About(f.About),
		Where:       f.Data.Where.where(),
	}
	if err := s.Where.Validate(); err != nil {
		return nil, err
	}
	if f.Dossier != "" {
		s.Dossier = in.path(f.Dossier)
	}
	for _, p := range f.Data.Source {
		s.Patterns = append(s.Patterns, in.data(p))
	}
	var err error
	if s.Options.Sums, err = f.Data.SHA256.build(in); err != nil {
		return nil, err
	}
	switch f.Data.Copies {
	case "", "refused":
	case "allowed":
		s.Options.Copies = true
	default:
		return nil, wrong("data.copies is allowed or refused")
	}
	csv := &s.Options.CSV
	csv.Nulls, csv.Trim, csv.Types = f.Data.CSV.Nulls, f.Data.CSV.Trim, f.Data.CSV.Types
	switch r := []rune(f.Data.CSV.Delimiter); len(r) {
	case 0:
	case 1:
		csv.Delimiter = r[0]
	default:
		return nil, wrong("data.csv.delimiter must be one character")
	}
	switch f.Data.CSV.Decimal {
	case "", ".":
	case ",":
		csv.DecimalComma = true
	default:
		return nil, wrong("data.csv.decimal must be a point or a comma")
	}
	if csv.Encoding = source.Encoding(f.Data.CSV.Encoding); csv.Encoding.Validate() != nil {
		return nil, wrong("data.csv.encoding is utf-8, utf-16, latin-1 or windows-1252")
	}
	switch s.RespondentForm = sdc.RespondentForm(f.Data.Form); s.RespondentForm {
	case "", "exact", "trim", "nfc", "fold":
	default:
		return nil, wrong("data.respondent-form is exact, trim, nfc or fold")
	}
	s.NotIdentifiers = f.Data.Identifiers.Not
	for _, name := range slices.Sorted(maps.Keys(f.Data.Missing)) {
		m := sdc.Missing(f.Data.Missing[name])
		if err := m.Validate(); err != nil {
			return nil, wrong("data.missing: the line %q: %v", name, err)
		}
		if name == "default" {
			name = ""
		}
		s.Missing[name] = m
	}
	for _, name := range slices.Sorted(maps.Keys(f.Data.Hierarchies)) {
		h := f.Data.Hierarchies[name]
		tree, err := h.build(in)
		if err != nil {
			return nil, fmt.Errorf("hierarchy of %q: %w", name, err)
		}
		s.Hierarchies[name] = tree
	}
	if err := f.Data.declare(s); err != nil {
		return nil, err
	}
	if len(f.Outputs) == 0 {
		return nil, wrong("outputs is empty")
	}
	for _, o := range f.Outputs {
		out, err := o.resolve(in)
		if err != nil {
			return nil, err
		}
		s.Outputs = append(s.Outputs, out)
	}
	if err := f.Data.cells(s, in); err != nil {
		return nil, err
	}
	return s, s.missingHasEffect()
}

// missingHasEffect refuses a line under missing that names a column in use and has no
// effect. An author of the line "income: refuse" would think that a missing income is an
// error. But
//
//   - a null respondent or weight is always an error;
//   - a null response is counted and contributes nothing;
//   - with a null holding the respondent is its own holding.
//
// A line for a column that no output uses is allowed: specs share their descriptions of
// the data.
func (s *Spec) missingHasEffect() error {
	var looked, used []string
	for _, o := range s.Outputs {
		looked = slices.Concat(looked, o.By, o.Sensitive)
		used = append(used, o.Where.Columns()...)
		used = append(used, o.Response)
	}
	used = append(used, s.Where.Columns()...)
	used = append(used, s.Roles.Respondent, s.Roles.Holding, s.Roles.Weight, s.Roles.Request)
	for _, name := range slices.Sorted(maps.Keys(s.Missing)) {
		if name != "" && slices.Contains(used, name) && !slices.Contains(looked, name) {
			return wrong("data.missing: the line of column %q has no effect: no output has the column under by, keys or sensitive; leave the line out", name)
		}
	}
	return nil
}

func (o *outputFile) resolve(in *folder) (sdc.Output, error) {
	by := o.By
	if len(o.Keys) > 0 {
		if len(o.By) > 0 || o.Kind != string(sdc.Microdata) {
			return sdc.Output{}, wrong("output %q: keys belong to microdata, by to a table", o.Name)
		}
		by = o.Keys
	}
	out := sdc.Output{
		Name: o.Name, Title: o.Title, Kind: sdc.Kind(o.Kind), By: by, Margins: o.Margins.of, NoMargins: o.Margins.none, Fold: o.Fold, Sensitive: o.Sensitive,
		Response: o.Response, Statistics: o.Statistics, Parameters: int(o.Parameters), Where: o.Where.where(),
	}
	out.QuantileType = int(o.Quantiles)
	switch o.Per {
	case "", "row":
	case "respondent":
		out.PerRespondent = true
	default:
		return out, wrong("output %q: per is row or respondent", o.Name)
	}
	for _, v := range o.Values {
		out.SensitiveValues = append(out.SensitiveValues, string(v))
	}
	out.Amounts = o.Amounts
	for name, w := range o.Width {
		if out.Width == nil {
			out.Width = map[string]string{}
		}
		out.Width[name] = string(w)
	}
	if o.Depth != nil {
		out.Depth = map[string]int{}
	}
	for name, level := range o.Depth {
		out.Depth[name] = int(level)
	}
	var err error
	if out.APriori, err = o.APriori.build(in, by); err != nil {
		return out, fmt.Errorf("output %q: %w", o.Name, err)
	}
	return out, out.Validate()
}
