// Package foreign reads tables of other tools, with their suppressed cells, and computes
// the interval of an attacker for each suppressed cell. It reads tables of tau-ARGUS
// (.tab with .rda), sdcTable, the European statistical system, or any CSV file with a
// column of statuses.
//
//	spec, err := foreign.ReadRDA(folder, "t.rda")
//	...
//	table, err := foreign.Read(file, *spec)
//	...
//	report, err := table.Audit(ctx, foreign.Options{})
//
// A report is confidential.
package foreign

import (
	"io"
	"io/fs"

	"github.com/sluis-go/sluis/suppress/internal/hide"
)

type (
	// Spec describes the columns of a table with one row for each cell.
	//
	//   - Variables (with the code of each total, and a tree), Value and Status are
	//     required.
	//   - Lower, Upper and Sliding are columns of protection levels.
	//   - Contributors, Owner and Largest are columns about the contributions.
	//   - Separator, Decimal, Names, Codes and Absent describe the form of the file.
	Spec = hide.ForeignSpec
	// Variable is a spanning variable: Name, Total (the code of the total), and Tree, nil
	// where all other codes lie directly below the total.
	Variable = hide.ForeignVariable
	// Absent is the meaning of a cell that is in no row.
	Absent = hide.Absent
	// StatusCodes is a list of status codes. The zero value stands for whichever of the
	// lists of Codes has all codes that occur.
	StatusCodes = hide.StatusCodes
	// Table is a table that has been read. Its method Audit(ctx, Options) attacks it.
	Table = hide.Foreign
	// Options describe the attacker of a table (Values, AtLeast, AtMost, Within), the
	// requirements of its unsafe cells (Rules), and the effort (Threads, Branches,
	// NeedsOnly).
	Options = hide.ForeignOptions
	// Rules are the rules that made the unsafe cells, as far as the auditor knows them:
	// PPercent, NK, PQ, Range, MinContributors. The zero value has none: then the columns of
	// levels count, and without these that a value is not determined exactly.
	Rules = hide.ForeignRules
	// Report is the result of an audit: a Verdict, the interval of every suppressed cell,
	// the published cells that a rule calls unsafe, and the points that were not checked.
	// As JSON it has the schema sluis.audit/1; WriteText prints it.
	Report = hide.ForeignReport
)

// Meanings of a cell that is in no row.
const (
	// AbsentEmpty: the cell is empty, and every attacker knows that. The sums must hold
	// with the cell as zero.
	AbsentEmpty = hide.AbsentEmpty
	// AbsentWithheld: the cell is not published, and only the sums are known about it.
	AbsentWithheld = hide.AbsentWithheld
)

// The verdicts of a report.
const (
	Protected   = hide.VerdictProtected
	Undecided   = hide.VerdictUndecided
	Unprotected = hide.VerdictUnprotected
)

// Errors.
var (
	// ErrRequest says that a spec or options are not well defined. It is the ErrRequest
	// of package suppress.
	ErrRequest = hide.ErrRequest
	// ErrTable says that a table is none, or contradicts itself. The error names lines and
	// columns, and never a value.
	ErrTable = hide.ErrTable
	// ErrUndecided says that the audit ended before it decided.
	ErrUndecided = hide.ErrUndecided
)

// Read reads a table: rows of fields by a separator, quoted or not, one row a cell, in any
// order. A suppressed cell may have its value, or none: an empty field, "-", ".", ":", "x"
// or "c". The error wraps ErrTable, with line and column, or ErrRequest where the spec does
// not fit the file. Memory is bounded by 300 bytes for each of at most 2^22 rows.
func Read(r io.Reader, spec Spec) (*Table, error) { return hide.ReadForeign(r, spec) }

// ReadRDA reads the metadata of a table for tau-ARGUS (an .rda file of tabular data).
// Hierarchy files are looked for in the folder of the metadata. Where there are several
// responses, or none, Value is left empty. The error wraps ErrRequest and names the line.
func ReadRDA(fsys fs.FS, name string) (*Spec, error) { return hide.ReadRDA(fsys, name) }

// Codes returns a list of status codes by its name: tau, tau-letters, sbs, sdctable, sdmx
// or words (safe, primary or unsafe, secondary, protected, zero or empty). The error wraps
// ErrRequest.
func Codes(name string) (StatusCodes, error) { return hide.StatusCodesOf(name) }
