package sdc

import (
	"errors"
	"fmt"

	"github.com/apache/arrow/go/v15/arrow"

	"github.com/sluis-go/sluis/internal/column"
)

// LookAlikes counts the texts of a column of a table that look like another one of the
// column: they differ in case, blanks, Unicode form or invisible characters alone. It is 0
// for a column that holds no text. Nulls look like nothing. Linear in the rows.
//
// [Check] looks by itself. It is for callers that count persons or values in another way.
func LookAlikes(t arrow.Table, name string) (int64, error) {
	at := t.Schema().FieldIndices(name)
	if len(at) != 1 {
		return 0, &ColumnError{Column: name, Row: -1, Err: errors.New("the column does not exist once")}
	}
	col := t.Column(at[0])
	if !column.IsText(col.DataType()) {
		return 0, nil
	}
	e, err := column.NewEncoder(name, col.DataType())
	if err != nil {
		return 0, err
	}
	var codes []uint32
	row := int64(0)
	for _, chunk := range col.Data().Chunks() {
		if n := chunk.Len(); n > len(codes) {
			codes = make([]uint32, n)
		}
		if err := e.Append(chunk, row, codes[:chunk.Len()]); err != nil {
			return 0, err
		}
		row += int64(chunk.Len())
	}
	return looksOf(e), nil
}

// looksOf counts the texts of an encoder that look like another one.
func looksOf(e *column.Encoder) int64 {
	null, hasNull := e.Null()
	return looksAmong(column.NewInternerOf(e.Len(), func(i int) (string, bool) {
		return e.Label(uint32(i)), !hasNull || uint32(i) != null
	}))
}

func looksAmong(in *column.Interner) int64 {
	return in.LookAlikes(func(text []byte) []byte { return []byte(codeLook(string(text))) })
}

// UnitsLookAlike is the error, which wraps [ErrLookAlike], or for the form exact the remark
// for review, about texts of a column that names persons or households of which n look like
// another one; neither where n is 0.
func UnitsLookAlike(name string, n int64, form RespondentForm) ([]Remark, error) {
	switch {
	case n == 0:
		return nil, nil
	case form == "":
		return nil, &ColumnError{Column: name, Row: -1, Err: fmt.Errorf(
			"%w: %s in case, blanks, Unicode form or invisible characters alone: say respondent-form: fold (or trim, nfc) where these are one, exact where they are not", ErrLookAlike, differ(n))}
	}
	return []Remark{{
		Name: "look-alike", Column: name, Count: n, Verdict: Review,
		Message: fmt.Sprintf("%s of %q in case, blanks, Unicode form or invisible characters alone; each counts as a unit of its own", differ(n), name),
	}}, nil
}
