package pseudonym

import (
	"fmt"

	"github.com/apache/arrow/go/v15/arrow"
	"github.com/apache/arrow/go/v15/arrow/array"
)

// AddArray adds the identifiers of an array of any type that the form of p takes:
// numbers, dates, text, or a dictionary of them. Nulls are left out. Invalid
// identifiers are left out and counted, unless p keeps them. p must make pseudonyms with
// the settings of the table. The error is of type *ColumnError with an empty column, or
// wraps ErrLinkage or ErrDestroyed.
func (l *Linkage) AddArray(p *Pseudonymizer, arr arrow.Array) (invalid int64, err error) {
	if l.destroyed {
		return 0, ErrLinkageDestroyed
	}
	if l.made != p.Settings() {
		return 0, fmt.Errorf("%w: its pseudonyms are made otherwise", ErrLinkage)
	}
	values, at := arr, func(i int) int { return i }
	if d, ok := arr.(*array.Dictionary); ok {
		values, at = d.Dictionary(), d.GetValueIndex
	}
	get, err := p.getter(values)
	if err != nil {
		return 0, err
	}
	nulls := values.DataType().ID() == arrow.NULL
	for i := range arr.Len() {
		if nulls || arr.IsNull(i) || values.IsNull(at(i)) {
			continue
		}
		ok, err := l.add(p, get(at(i)))
		if err != nil {
			return invalid, err
		}
		if !ok {
			invalid++
		}
	}
	return invalid, nil
}
