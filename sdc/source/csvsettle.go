package source

import (
	"errors"
	"fmt"
	"slices"

	"github.com/apache/arrow/go/v15/arrow"
)

// errNotExact says that numbers were found of which no type holds all digits.
var errNotExact = fmt.Errorf("%w: no type holds all digits of this number and of those before it", ErrValue)

// errNoNumber says what a number is.
var errNoNumber = fmt.Errorf("%w: it is no number (see csv.decimal and csv.nulls; csv.types for one with leading zeros)", ErrValue)

// Inferred says what the fields of a CSV column are that has no declared type.
type Inferred struct {
	Column string
	// Type is that of all fields of all files: int64, float64, a decimal, or nil where
	// some field is no number.
	Type arrow.DataType
	// Grouped says that some fields have a decimal point, or comma, and all of these three
	// digits behind it and one to three before it, not beginning with 0: as thousands are
	// written. They are read as decimals.
	Grouped bool
	// File and Line say where the first field stands that is no number.
	File string
	Line int
}

// settle gives the CSV files of a source their schemas. A column has one type in all
// of them: the numbers of one month may be whole, and those of the next not.
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

// Inferred says what the fields of a column are, of CSV files, whose type is not
// declared and which is delivered as text; false for other columns.
func (s *Source) Inferred(column string) (Inferred, bool) {
	c, ok := s.inferred[column]
	if !ok {
		return Inferred{}, false
	}
	return Inferred{Column: column, Type: c.number(), Grouped: c.grouped && !c.plain, File: c.file, Line: c.line}, true
}

// errNoText says that a column has no numbers in text.
var errNoText = errors.New("the column is no text of a CSV file")

// Grouped reports whether a CSV column without a declared type holds numbers alone, of
// which every one with a decimal mark is written as thousands are: see [Inferred].
func (s *Source) Grouped(column string) bool {
	c, ok := s.undeclared[column]
	return ok && c.grouped && !c.plain && c.number() != nil
}

// number is what a reader says of a column, see reader.Number.
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
