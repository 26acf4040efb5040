package sdc

import (
	"errors"

	"github.com/apache/arrow/go/v15/arrow"

	"github.com/sluis-go/sluis/internal/column"
)

// Looks looks for texts that may name one unit in several ways, in a column of a
// table that names respondents or other units. [Check] does the same by itself; Looks
// is for callers that count units in another way.
//
//   - Texts that look alike are an error, which wraps [ErrLookAlike]; for the form exact
//     they are a remark for review.
//   - Texts that are the same number are a remark for review.
//   - Nulls are left out.
//   - Bytes that are UTF-8 are texts. Other bytes, numbers and dates have one form.
//
// Linear in the rows.
func (form RespondentForm) Looks(t arrow.Table, name string) ([]Remark, error) {
	if t == nil {
		return nil, outputsError("the table is nil")
	}
	e, err := textsOf(t, name)
	if e == nil {
		return nil, err
	}
	return unitsLookAlike(name, internerOf(e), form)
}

// CodeLooks remarks, for review, on codes of a column of a table that look like another one,
// as [CodesLookAlike] does, and on codes of a sensitive variable that are the same number as
// another one. Linear in the rows.
func CodeLooks(t arrow.Table, name string, sensitive bool) ([]Remark, error) {
	if t == nil {
		return nil, outputsError("the table is nil")
	}
	e, err := textsOf(t, name)
	if e == nil {
		return nil, err
	}
	null, hasNull := e.Null()
	return codesLook(name, sensitive, func(yield func(string) bool) {
		for code := range uint32(e.Len()) {
			if !(hasNull && code == null) && !yield(e.Text(code)) {
				return
			}
		}
	}), nil
}

// textsOf returns the texts of a column of a table, or nil for a column without text or
// bytes.
func textsOf(t arrow.Table, name string) (*column.Encoder, error) {
	at := t.Schema().FieldIndices(name)
	if len(at) != 1 {
		return nil, &ColumnError{Column: name, Row: -1, Err: errors.New("the column does not exist once")}
	}
	col := t.Column(at[0])
	if !column.Interned(col.DataType()) {
		return nil, nil
	}
	e, err := column.NewEncoder(name, col.DataType())
	if err != nil {
		return nil, err
	}
	var codes []uint32
	row := int64(0)
	for _, chunk := range col.Data().Chunks() {
		if n := chunk.Len(); n > len(codes) {
			codes = make([]uint32, n)
		}
		if err := e.Append(chunk, row, codes[:chunk.Len()]); err != nil {
			return nil, err
		}
		row += int64(chunk.Len())
	}
	return e, nil
}

// internerOf returns the texts of an encoder.
func internerOf(e *column.Encoder) *column.Interner {
	null, hasNull := e.Null()
	return column.NewInternerOf(e.Len(), func(i int) (string, bool) {
		return e.Text(uint32(i)), !hasNull || uint32(i) != null
	})
}
