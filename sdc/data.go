package sdc

import (
	"fmt"
	"strings"
)

// Roles names the columns that are not shown in a table but decide about it.
type Roles struct {
	// Respondent identifies the unit that is counted and protected. Defaults to
	// none: every row is its own respondent. Nulls are refused.
	Respondent string
	// Holding identifies the owner of the respondent; dominance looks at
	// holdings. Defaults to none. A row whose holding is null is held by its
	// respondent.
	Holding string
	// Weight holds the sampling weights: numbers of at least 0, no nulls.
	// Defaults to none.
	Weight string
	// Request holds true (or a number other than 0) for respondents who asked
	// for protection. Defaults to none. Null is no.
	Request string
}

// Missing says what a null in a spanning or key variable means:
//
//	refuse           data with nulls is refused; the default
//	category         null is a category of its own, printed as "(missing)"
//	exclude          rows with a null are left out, and counted
//	wildcard         a null matches every value, and every value a null
//	sdcmicro(alpha)  as sdcMicro: a record with a null counts alpha, a decimal
//	                 between 0 and 1, for a complete record that it could be
//	suppressed       as wildcard: the nulls went through local suppression, whose
//	                 record is in [Data.Suppressions]
//
// The last three are for the keys of microdata only.
type Missing string

const (
	missingRefuse   Missing = "refuse"
	missingCategory Missing = "category"
	missingExclude  Missing = "exclude"
	missingWildcard Missing = "wildcard"

	missingSuppressed Missing = "suppressed"
)

// check validates m; "" is the default.
func (m Missing) check() error {
	switch m {
	case "", missingRefuse, missingCategory, missingExclude:
		return nil
	}
	if _, err := m.matching(); err != nil {
		return err
	}
	return nil
}

// Source names a file that the data came from.
type Source struct {
	Name   string `json:"name"`
	SHA256 string `json:"sha256,omitempty"`
}

// Data is a set of records with the roles of its columns. Make one with
// [FromTable] or [FromReaders], then set the fields.
type Data struct {
	Roles Roles
	// Missing is the policy for nulls, by column; the entry "" is that of all
	// columns that are not named. Defaults to refuse.
	Missing map[string]Missing
	// Hierarchies holds the code trees of spanning variables, by column.
	Hierarchies map[string]*Hierarchy
	// Dossier says how complete the project's dossier is; nil where there is
	// none.
	Dossier *DossierState
	// Sources is printed in the report.
	Sources []Source
	// About is what the request is about; the zero value says nothing.
	About About
	// Suppressions are the records of local suppression of the files of the data, one
	// each; the caller has held their hashes against the files, and verified who signed them.
	// They must fit the data: see [SuppressionsFit]. Required where a column is [Missing] as
	// suppressed.
	Suppressions []*Suppression
	// NotIdentifiers says of columns why they are no identifiers, whatever the rule
	// identifiers finds: its findings about them are then for review. The report has the
	// reasons. Defaults to none.
	NotIdentifiers map[string]string
	// RespondentForm says in which form the texts that name respondents and holdings
	// count. Defaults to none: texts that look alike are then an error.
	RespondentForm RespondentForm
	// Remarks is what the caller knows about the data and every reader of the report
	// must see. The check adds its own.
	Remarks []Remark

	input input
}

func (d *Data) missing(column string) Missing {
	for _, key := range []string{column, ""} {
		if m, ok := d.Missing[key]; ok && m != "" {
			return m
		}
	}
	return missingRefuse
}

func (d *Data) validate() error {
	if err := d.About.validate(); err != nil {
		return err
	}
	if err := d.RespondentForm.validate(); err != nil {
		return err
	}
	for name, m := range d.Missing {
		if err := m.check(); err != nil {
			return fmt.Errorf("%w: column %q: %w", ErrRequest, name, err)
		}
		if m == missingSuppressed && len(d.Suppressions) == 0 {
			return fmt.Errorf("%w: column %q: missing values are called suppressed, and there is no record of local suppression", ErrRequest, name)
		}
	}
	for name, reason := range d.NotIdentifiers {
		if name == "" || len([]rune(strings.TrimSpace(reason))) < 3 {
			return fmt.Errorf("%w: column %q: that it is no identifier needs a reason", ErrRequest, name)
		}
	}
	return nil
}
