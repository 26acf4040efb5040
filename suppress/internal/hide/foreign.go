package hide

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/sluis-go/sluis/sdc"
)

// ErrTable says that a foreign table is none, or contradicts itself. The error names
// lines and columns, and never a value.
var ErrTable = errors.New("table cannot be used")

// ForeignSpec describes the columns of a foreign table: a table with totals and statuses,
// of this project or of another, with one row for each cell.
type ForeignSpec struct {
	// Variables span the table. Required, each with a column of its name.
	Variables []ForeignVariable
	// Value is the column of the values of cells. Required. Status is the column of their
	// statuses. Audit requires it; without it every cell is safe.
	Value, Status string
	// Lower, Upper and Sliding are the columns of the protection levels, distances
	// from the value. Empty where there are none; an empty field asks for none.
	Lower, Upper, Sliding string
	// Contributors is the column of the number of contributors to a cell; in a table of
	// counts, the column of values. Empty where it is not known: then insiders are not
	// looked at.
	Contributors string
	// Owner is the column that identifies the only contributor to a cell, where there
	// is but one. Optional: without it contributors of nested cells alone are
	// recognised as the same.
	Owner string
	// Cost is the column of the costs of hiding a cell. Optional; an audit does not look at it.
	Cost string
	// Largest are the columns of the largest contributions, largest first, for rules
	// of concentration.
	Largest []string
	// Names are the names of the columns where the file has no header; nil where it has
	// one.
	Names []string
	// Separator is between fields. Defaults to a comma.
	Separator rune
	// Decimal is the decimal mark, '.' or ','. Defaults to '.'.
	Decimal rune
	// Codes is the code list of the statuses. Defaults to the list that has all codes
	// that occur. It is an error where several lists have them and disagree.
	Codes StatusCodes
	// Absent is the meaning of a cell that is in no row.
	Absent Absent
	// Inner says that the file has inner cells alone: no variable has a row of its total or
	// of a code above others. Total of the variables is then not used. Not for Audit.
	Inner bool
}

// ForeignVariable is a spanning variable of a foreign table.
type ForeignVariable struct {
	Name  string
	Total string         // the code of its total. Required
	Tree  *sdc.Hierarchy // nil: all other codes that occur lie directly below the total
}

// Absent is the meaning of a cell that is in no row of a foreign table.
type Absent uint8

const (
	// AbsentEmpty: the cell is empty, and every attacker knows that. The sums must hold
	// with the cell as zero.
	AbsentEmpty Absent = iota
	// AbsentWithheld: the cell is not published, and only the sums are known about it.
	AbsentWithheld
)

// Foreign is a foreign table that has been read.
type Foreign struct {
	Digits int // values are in units of 10^-Digits

	grid    *layout
	spec    ForeignSpec
	codes   map[string]kind
	totals  []string    // of the variables, as the file has them
	rows    []foreign   // in the order of the file
	row     []int32     // cell -> row, -1 where it is in none
	largest [][]number  // row -> contributions
	owners  []string    // row -> only contributor
	levels  [][3]number // row -> lower, upper, sliding
	people  []number    // row -> contributors
	costs   []number    // row -> cost
}

// foreign is one cell of a foreign table.
type foreign struct {
	line int // where it stands
	kind kind
	code string // its status as the file has it
	number
}

// check makes a spec whole, and refuses one that is not well defined.
func (s *ForeignSpec) check() error {
	switch {
	case len(s.Variables) == 0:
		return fmt.Errorf("%w: no spanning variables", ErrRequest)
	case s.Value == "":
		return fmt.Errorf("%w: the column of the value is needed", ErrRequest)
	case s.Absent > AbsentWithheld:
		return fmt.Errorf("%w: what absent cells are is not declared", ErrRequest)
	}
	if s.Separator == 0 {
		s.Separator = ','
	}
	if s.Decimal == 0 {
		s.Decimal = '.'
	}
	if s.Separator < 0 || s.Separator == '"' || s.Separator == '\r' || s.Separator == '\n' || !utf8.ValidRune(s.Separator) || s.Separator == utf8.RuneError {
		return fmt.Errorf("%w: the separator is no character that can stand between fields", ErrRequest)
	}
	if s.Decimal != '.' && s.Decimal != ',' || s.Decimal == s.Separator {
		return fmt.Errorf("%w: the decimal mark is a point or a comma, and not the separator", ErrRequest)
	}
	var spanning []string
	for _, v := range s.Variables {
		if v.Name == "" || slices.Contains(spanning, v.Name) {
			return fmt.Errorf("%w: a spanning variable without a name, or one that occurs twice", ErrRequest)
		}
		spanning = append(spanning, v.Name)
	}
	for _, c := range slices.Concat([]string{s.Value, s.Status, s.Lower, s.Upper, s.Sliding, s.Contributors, s.Owner, s.Cost}, s.Largest) {
		if c != "" && slices.Contains(spanning, c) {
			return fmt.Errorf("%w: column %q spans the table and is something else as well", ErrRequest, c)
		}
	}
	return nil
}

// codeLists numbers the codes of every variable: the codes of its tree in the order of
// the tree, or the codes that occur, sorted. Blanks around codes are ignored.
func (s *ForeignSpec) codeLists(seen []map[string]bool) ([]CodeList, []map[string]int, error) {
	lists, numbers := make([]CodeList, len(s.Variables)), make([]map[string]int, len(s.Variables))
	for v, variable := range s.Variables {
		l := CodeList{Name: variable.Name, Codes: []string{""}, Parents: []int{-1}}
		total := strings.TrimSpace(variable.Total)
		number := map[string]int{total: 0}
		if s.Inner {
			number = map[string]int{}
		}
		add := func(code string, parent int) error {
			if _, twice := number[code]; twice {
				return fmt.Errorf("%w: variable %q: code %d of its tree is that of the total, or differs from another in blanks alone",
					ErrRequest, variable.Name, len(l.Codes))
			}
			number[code] = len(l.Codes)
			l.Codes, l.Parents = append(l.Codes, code), append(l.Parents, parent)
			return nil
		}
		if variable.Tree == nil {
			var codes []string
			for c := range seen[v] {
				if s.Inner || c != total {
					codes = append(codes, c)
				}
			}
			slices.Sort(codes)
			for _, c := range codes {
				if err := add(c, 0); err != nil {
					return nil, nil, err
				}
			}
		} else {
			for code, above := range variable.Tree.All() {
				parent := 0
				if above != "" {
					parent = number[strings.TrimSpace(above)]
				}
				if err := add(strings.TrimSpace(code), parent); err != nil {
					return nil, nil, err
				}
			}
		}
		if s.Inner && seen[v][""] {
			return nil, nil, fmt.Errorf("%w: variable %q: a row has no code", ErrTable, variable.Name)
		}
		if !s.Inner && !seen[v][total] {
			return nil, nil, fmt.Errorf("%w: variable %q: no row has the code that is said to be its total", ErrRequest, variable.Name)
		}
		if len(l.Codes) == 1 {
			return nil, nil, fmt.Errorf("%w: variable %q: no row has another code than the total", ErrRequest, variable.Name)
		}
		lists[v], numbers[v] = l, number
	}
	return lists, numbers, nil
}

// name is the place of a cell, the total as the file has it.
func (f *Foreign) name(cell int) string {
	var parts []string
	for v, list := range f.grid.vars {
		code := list.Codes[f.grid.code(cell, v)]
		if f.grid.code(cell, v) == 0 {
			code = f.totals[v]
		}
		parts = append(parts, code)
	}
	return strings.Join(parts, ", ")
}
