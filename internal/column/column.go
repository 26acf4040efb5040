package column

import "github.com/apache/arrow/go/v15/arrow"

// Column is a whole column in dense codes: row i holds the value number
// Codes[i] of List. Codes ascend in canonical order of the values.
type Column struct {
	Name  string
	Type  arrow.DataType
	Codes []uint32
	List  *List
}

// Encode encodes a whole chunked column. The result does not depend on the chunks, or on
// whether the column is a dictionary. The error is an *Error. Encode does not keep col.
func Encode(name string, col *arrow.Chunked) (*Column, error) {
	e, err := NewEncoder(name, col.DataType())
	if err != nil {
		return nil, err
	}
	codes := make([]uint32, col.Len())
	row := 0
	for _, chunk := range col.Chunks() {
		if err := e.Append(chunk, int64(row), codes[row:row+chunk.Len()]); err != nil {
			return nil, err
		}
		row += chunk.Len()
	}
	list, rank := e.Finish()
	for code, r := range rank {
		if uint32(code) != r {
			for i, c := range codes {
				codes[i] = rank[c]
			}
			break
		}
	}
	return &Column{Name: name, Type: col.DataType(), Codes: codes, List: list}, nil
}
