package source

import (
	"errors"
	"fmt"
	"slices"

	"github.com/apache/arrow/go/v15/arrow"
)

// errNotExact says that no type holds all digits of the numbers of a column.
var errNotExact = fmt.Errorf("%w: no type holds all digits of this number and of those before it", ErrValue)

// errNoNumber says that a field is no number.
var errNoNumber = fmt.Errorf("%w: it is no number (see csv.decimal and csv.nulls; csv.types for one with leading zeros)", ErrValue)

// Inferred describes the fields of a CSV column without a declared type.
type Inferred struct {
	Column string
	// Type is the type of all fields of all files: int64, float64, a decimal, or nil
	// where some field is no number.
	Type arrow.DataType
	// Grouped says that all fields with a decimal point (or comma) look like thousands:
	// three digits after it, and one to three before it, not beginning with 0. At least
	// one field has a decimal point. The fields are read as decimals.
	Grouped bool
	// File and Line say where the first field stands that is no number.
	File string
	Line int
}

// settle gives the CSV files of a source their schemas. A column has one type in all
// files: the numbers of one month may be whole, and the numbers of the next month not.
func (s *Source) settle() error {
	all := map[string]*shape{}
	for k, f := range s.files {
		c, ok := f.(*csvFile)
		if !ok {
			continue
		}
		for i, name := range c.names {
			if all[name] == nil {
				all[name] = &shape{may: anyType}
			}
			all[name].join(&c.shapes[i], s.infos[k].Name)
		}
	}
	numbers := map[string]bool{}
	for _, name := range s.opts.CSV.Numbers {
		numbers[name] = true
	}
	for _, f := range s.files {
		c, ok := f.(*csvFile)
		if !ok {
			continue
		}
		fields := make([]arrow.Field, len(c.names))
		for i, name := range c.names {
			dt := c.types[i]
			switch {
			case dt != nil:
			case numbers[name]:
				if dt = all[name].number(); dt == nil {
					return all[name].fault(name)
				}
			case s.opts.CSV.Infer && !slices.Contains(s.opts.CSV.Text, name):
				dt = all[name].inferred()
			default:
				dt = arrow.BinaryTypes.String
			}
			fields[i] = arrow.Field{Name: name, Type: dt, Nullable: true}
			if c.types[i] != nil {
				continue
			}
			s.undeclared[name] = all[name]
			if dt.ID() == arrow.STRING {
				s.inferred[name] = all[name]
			}
		}
		c.fields = arrow.NewSchema(fields, nil)
	}
	s.comma = s.opts.CSV.DecimalComma
	for k, f := range s.files {
		if err := s.sameSchema(s.infos[k].Name, f); err != nil {
			return err
		}
	}
	return nil
}

// fault says why a column has no numbers.
func (c *shape) fault(column string) error {
	err := errNoNumber
	if c.mixed || c.may&isNumber != 0 {
		err = errNotExact
	}
	return &FileError{File: c.file, Line: c.line, Column: column, Err: err}
}

// Inferred describes the fields of a column of CSV files without a declared type, which
// is delivered as text. It returns false for other columns.
func (s *Source) Inferred(column string) (Inferred, bool) {
	c, ok := s.inferred[column]
	if !ok {
		return Inferred{}, false
	}
	return Inferred{Column: column, Type: c.number(), Grouped: c.grouped && !c.plain, File: c.file, Line: c.line}, true
}

// errNoText says that a column has no numbers in text.
var errNoText = errors.New("the column is no text of a CSV file")

// Grouped reports whether a CSV column without a declared type holds only numbers, and
// every number with a decimal mark looks like thousands: see [Inferred].
func (s *Source) Grouped(column string) bool {
	c, ok := s.undeclared[column]
	return ok && c.grouped && !c.plain && c.number() != nil
}

// number returns the result of reader.Number for a column.
func (s *Source) number(column string) (arrow.DataType, bool, error) {
	c, ok := s.inferred[column]
	if !ok {
		return nil, false, errNoText
	}
	dt := c.number()
	if dt == nil {
		return nil, false, c.fault(column)
	}
	return dt, s.comma, nil
}
