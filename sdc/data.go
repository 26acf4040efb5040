package sdc

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/sluis-go/sluis/sdc/cells"
	"github.com/sluis-go/sluis/sdc/checklist"
	"github.com/sluis-go/sluis/sdc/declared"
	"github.com/sluis-go/sluis/sdc/localrecord"
	"github.com/sluis-go/sluis/sdc/origin"
	"github.com/sluis-go/sluis/sdc/population"
)

// Roles names the columns that are not shown in a table but decide about it.
type Roles struct {
	// Respondent identifies the unit that is counted and protected. Defaults to
	// none: every row is its own respondent. Nulls are refused.
	Respondent string
	// Holding identifies the owner of the respondent; the dominance rules look at
	// holdings. Defaults to none. Where the holding is null, the respondent is its own
	// owner.
	Holding string
	// Weight holds the sampling weights: numbers of at least 0, no nulls.
	// Defaults to none.
	Weight string
	// Request holds true (or a number other than 0) for respondents who asked for
	// protection. Defaults to none. Null means no.
	Request string
}

// Missing is the meaning of a null in a spanning or key variable: one of the constants,
// or
//
//	sdcmicro(alpha)  as sdcMicro: a record with a null counts alpha, a decimal
//	                 between 0 and 1, for a complete record that it could be
//
// The zero value is [MissingRefuse]. MissingWildcard, MissingSuppressed and
// sdcmicro(alpha) are for the keys of microdata only.
type Missing string

const (
	// MissingRefuse refuses data with a null. The default.
	MissingRefuse Missing = "refuse"
	// MissingCategory makes null a category of its own, printed as "(missing)".
	MissingCategory Missing = "category"
	// MissingExclude leaves rows with a null out, and counts them.
	MissingExclude Missing = "exclude"
	// MissingWildcard lets a null match every value, and every value a null.
	MissingWildcard Missing = "wildcard"
	// MissingSuppressed is MissingWildcard for nulls that local suppression made. The
	// record of the suppression must be in [Data.Suppressions].
	MissingSuppressed Missing = "suppressed"
)

// Validate reports whether m is one of the policies; "" is the default.
func (m Missing) Validate() error {
	switch m {
	case "", MissingRefuse, MissingCategory, MissingExclude:
		return nil
	}
	if _, err := m.matching(); err != nil {
		return err
	}
	return nil
}

// Data is a set of records with the roles of its columns. Make one with
// [FromTable], [FromReaders] or [FromOpener], then set the fields. A column that a field
// names and that the data do not have is an error of [Check]. Copies share the records.
type Data struct {
	Roles Roles
	// Missing is the policy for nulls, by column. The entry "" is for all columns that
	// are not named. Defaults to refuse.
	Missing map[string]Missing
	// Hierarchies holds the code trees of spanning variables, by column.
	Hierarchies map[string]*Hierarchy
	// Dossier says how complete the project's dossier is; nil where there is
	// none.
	Dossier *checklist.State
	// Sources is printed in the report. Required with Suppressions.
	Sources []origin.Source
	// About describes the request. The zero value describes nothing.
	About origin.About
	// Suppressions are the records of local suppression of the files of the data, one for
	// each file. Every element of Sources must have the SHA-256 of one record. The caller
	// must have verified the signers. The records must fit the data: see
	// [localrecord.Fit]. Required where a column is [MissingSuppressed].
	Suppressions []*localrecord.Record
	// NotIdentifiers gives, by column, the reason why the column is no identifier.
	// Findings of the rule identifiers about these columns are then for review. The
	// report has the reasons. Defaults to none.
	NotIdentifiers map[string]string
	// RespondentForm says in which form the texts that name respondents and holdings
	// count. Defaults to none: texts that look alike are then an error.
	RespondentForm RespondentForm
	// Declared is what the caller declares of columns. The report says so. Defaults to
	// nothing.
	Declared declared.Columns
	// Where says which records all outputs are about. Defaults to all records. What is
	// Declared is held against all records all the same.
	Where population.Where
	// Cells has the tables of all outputs, by name of the output, where the cells are known
	// and not the records. Then the Data are made as &Data{Cells: ...}, Roles, Missing and
	// Suppressions must be empty, and Declared has no codes, relations and bounds. Defaults
	// to none: the data are records.
	Cells map[string]*cells.Table
	// Remarks are facts that the caller knows about the data and that every reader of the
	// report must see. The check adds its own remarks.
	Remarks []Remark

	input *input
}

func (d *Data) missing(column string) Missing {
	for _, key := range []string{column, ""} {
		if m, ok := d.Missing[key]; ok && m != "" {
			return m
		}
	}
	return MissingRefuse
}

// validate reports the first fault of the fields of d, without looking at the records.
func (d *Data) validate() error {
	if err := validateAbout(&d.About); err != nil {
		return err
	}
	if err := d.RespondentForm.validate(); err != nil {
		return err
	}
	for _, name := range slices.Sorted(maps.Keys(d.Missing)) {
		m := d.Missing[name]
		if err := m.Validate(); err != nil {
			return fmt.Errorf("%w: column %q: %w", ErrRequest, name, err)
		}
		if m == MissingSuppressed && len(d.Suppressions) == 0 {
			return fmt.Errorf("%w: column %q: missing values are called suppressed, and there is no record of local suppression", ErrRequest, name)
		}
	}
	for _, name := range slices.Sorted(maps.Keys(d.Hierarchies)) {
		if h := d.Hierarchies[name]; h == nil || len(h.codes) == 0 {
			return fmt.Errorf("%w: column %q: the hierarchy has no codes: make it with NewHierarchy or ParseHRC, or leave the column out", ErrRequest, name)
		}
	}
	if err := d.Declared.Validate(); err != nil {
		return err
	}
	if err := d.Where.Validate(); err != nil {
		return err
	}
	if d.Cells != nil && len(d.Where) > 0 {
		return outputsError("where picks records, and the data are cells: leave it out")
	}
	for _, name := range slices.Sorted(maps.Keys(d.Declared.Codes)) {
		if d.Hierarchies[name] != nil {
			return fmt.Errorf("%w: column %q has declared codes and a hierarchy, which has its codes: leave one of them out", ErrRequest, name)
		}
	}
	for _, name := range slices.Sorted(maps.Keys(d.NotIdentifiers)) {
		if name == "" || len([]rune(strings.TrimSpace(d.NotIdentifiers[name]))) < 3 {
			return fmt.Errorf("%w: column %q: that it is no identifier needs a reason", ErrRequest, name)
		}
	}
	return d.validateSuppressions()
}

// validateSuppressions holds the records of local suppression against the files.
func (d *Data) validateSuppressions() error {
	known := map[string]bool{}
	for i, s := range d.Suppressions {
		if s == nil {
			return fmt.Errorf("%w: record %d of local suppression is nil", ErrRequest, i+1)
		}
		if err := s.Validate(); err != nil {
			return err
		}
		known[s.Output.SHA256] = true
	}
	if len(known) > 0 && len(d.Sources) == 0 {
		return fmt.Errorf("%w: there are records of local suppression, and Data.Sources has no SHA-256 of a file to hold them against", ErrRequest)
	}
	for _, src := range d.Sources {
		if len(known) > 0 && !known[src.SHA256] {
			return fmt.Errorf("%s: %w", src.Name, ErrOtherFile)
		}
	}
	return nil
}

// namedColumn is a column that a field of a Data names.
type namedColumn struct{ field, column string }

// namedColumns lists the columns that the fields name, in a fixed order.
func (d *Data) namedColumns() []namedColumn {
	var out []namedColumn
	add := func(field string, columns ...string) {
		for _, c := range columns {
			if c != "" {
				out = append(out, namedColumn{field, c})
			}
		}
	}
	add("Data.Roles.Respondent", d.Roles.Respondent)
	add("Data.Roles.Holding", d.Roles.Holding)
	add("Data.Roles.Weight", d.Roles.Weight)
	add("Data.Roles.Request", d.Roles.Request)
	add("Data.Missing", slices.Sorted(maps.Keys(d.Missing))...)
	add("Data.Hierarchies", slices.Sorted(maps.Keys(d.Hierarchies))...)
	add("Data.NotIdentifiers", slices.Sorted(maps.Keys(d.NotIdentifiers))...)
	for field, name := range d.Declared.Named() {
		add("Data.Declared."+field, name)
	}
	add("Data.Where", d.Where.Columns()...)
	return out
}
