package replace

import (
	"errors"
	"fmt"
	"math"
	"slices"
	"strconv"
	"time"

	"github.com/apache/arrow/go/v15/arrow"
	"github.com/apache/arrow/go/v15/arrow/array"

	"github.com/sluis-go/sluis/internal/identifier"
	"github.com/sluis-go/sluis/pseudonym"
)

// ErrScan says that columns that are copied may hold identifiers. Then no copy is
// written.
var ErrScan = errors.New("columns may hold identifiers, and nothing is written: replace or drop them, or look at them and allow them")

// Suspect is a column that is copied and may hold identifiers.
type Suspect struct {
	Column string
	// Why describes the values of the column, with numbers and without a value.
	Why string
}

// scanner looks for identifiers in the columns that are copied as they are.
//
// A value counts whole, without the blanks at both ends. With n values that are not null,
// a column is named where
//
//	one value or more is a bank account number or an e-mail address
//	5 * k >= n for the k values that pass the eleven-test of citizen service numbers,
//	  have the form of a licence plate, of a telephone number, or of a Dutch postcode
//	  with house number: each form by itself
//	10 * k >= 9 * n for the k values of exactly eight digits that are no date of the
//	  years 1800 to 2100 (KvK)
//
// One of eleven numbers of nine digits passes the eleven-test by chance: a fifth is twice
// as many. Text around an identifier is not searched. A column of lists, maps or structs
// is named too: the scanner cannot read it.
type scanner struct {
	skip    []string
	columns []string // in the order of the file
	counts  map[string]*scanned
}

type scanned struct {
	values, kvk, address int64
	kinds                [8]int64
	closed               bool // of a type that is not looked into
}

func newScanner(skip []string) *scanner {
	return &scanner{skip: skip, counts: map[string]*scanned{}}
}

// look counts the values of a record.
func (s *scanner) look(rec arrow.Record) {
	for i, col := range rec.Columns() {
		name := rec.ColumnName(i)
		if slices.Contains(s.skip, name) {
			continue
		}
		c := s.counts[name]
		if c == nil {
			c = &scanned{}
			s.counts[name] = c
			s.columns = append(s.columns, name)
		}
		get, closed := plainText(col)
		c.closed = c.closed || closed
		if get == nil {
			continue
		}
		for row := range col.Len() {
			if !col.IsNull(row) {
				c.add(get(row))
			}
		}
	}
}

func (c *scanned) add(text string) {
	if text == "" {
		return
	}
	c.values++
	c.kinds[identifier.Of(text)]++
	if len(text) == 8 && pseudonym.KvK.Valid([]byte(text)) {
		if t, err := time.Parse("20060102", text); err != nil || t.Year() < 1800 || t.Year() > 2100 {
			c.kvk++
		}
	}
	if len(text) >= 7 && len(text) < 64 && pseudonym.Address.Valid([]byte(text)) {
		c.address++
	}
}

// found describes the identifiers that a column may hold; "" for none.
func (c *scanned) found() string {
	for _, k := range []identifier.Kind{identifier.Account, identifier.Address} {
		if c.kinds[k] > 0 {
			return fmt.Sprintf("%d of %d values have the form of %v", c.kinds[k], c.values, k)
		}
	}
	for _, k := range []identifier.Kind{identifier.CitizenNumber, identifier.LicencePlate, identifier.Telephone} {
		if c.kinds[k] > 0 && 5*c.kinds[k] >= c.values {
			return fmt.Sprintf("%d of %d values have the form of %v", c.kinds[k], c.values, k)
		}
	}
	switch {
	case c.address > 0 && 5*c.address >= c.values:
		return fmt.Sprintf("%d of %d values have the form of a postcode with house number", c.address, c.values)
	case c.kvk > 0 && 10*c.kvk >= 9*c.values:
		return fmt.Sprintf("%d of %d values have the form of numbers of the trade register", c.kvk, c.values)
	case c.closed:
		return "its type holds values that are not looked into"
	}
	return ""
}

// suspects lists the columns that may hold identifiers, in the order of the file.
func (s *scanner) suspects() (out []Suspect) {
	for _, name := range s.columns {
		if why := s.counts[name].found(); why != "" {
			out = append(out, Suspect{name, why})
		}
	}
	return out
}

// plainText returns a function that reads a value as text; nil for types that hold no
// identifiers. closed says that the scanner cannot read the type.
func plainText(col arrow.Array) (get func(int) string, closed bool) {
	switch a := col.(type) {
	case *array.Null, *array.Boolean, *array.Date32, *array.Date64, *array.Timestamp, *array.Time32, *array.Time64, *array.Duration:
		return nil, false
	case *array.Binary:
		return func(i int) string { return string(a.Value(i)) }, false
	case *array.LargeBinary:
		return func(i int) string { return string(a.Value(i)) }, false
	case *array.FixedSizeBinary:
		return func(i int) string { return string(a.Value(i)) }, false
	case *array.Float64:
		return func(i int) string { return wholeFloat(a.Value(i)) }, false
	case *array.Float32:
		return func(i int) string { return wholeFloat(float64(a.Value(i))) }, false
	case *array.Dictionary:
		inner, closed := plainText(a.Dictionary())
		if inner == nil {
			return nil, closed
		}
		return func(i int) string {
			if at := a.GetValueIndex(i); a.Dictionary().IsValid(at) {
				return inner(at)
			}
			return ""
		}, closed
	case *array.Decimal128, *array.Decimal256, *array.String, *array.LargeString,
		*array.Int8, *array.Int16, *array.Int32, *array.Int64, *array.Uint8, *array.Uint16, *array.Uint32, *array.Uint64:
		return a.ValueStr, false
	}
	return nil, true
}

// wholeFloat writes a float that is a whole number without a point: files lose the type of
// identifiers where one of them is missing.
func wholeFloat(v float64) string {
	if v != math.Trunc(v) || math.Abs(v) > 1<<53 {
		return ""
	}
	return strconv.FormatFloat(v, 'f', 0, 64)
}
