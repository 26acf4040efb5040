package hide

import (
	"encoding/csv"
	"fmt"
	"io"
	"strconv"
	"unicode"
)

// NumberColumns names the columns of a file without a header 1, 2, 3, ..., as many as the
// first row has fields. Then it goes back to the beginning of the file. The separator of the
// spec must be set before. The error wraps ErrTable for a first row that cannot be read.
func (s *ForeignSpec) NumberColumns(in io.ReadSeeker) error {
	if in == nil {
		return fmt.Errorf("%w: the reader is nil", ErrRequest)
	}
	r := csv.NewReader(io.LimitReader(in, 1<<16))
	if s.Separator != 0 {
		r.Comma = s.Separator
	}
	r.TrimLeadingSpace = !unicode.IsSpace(r.Comma)
	first, err := r.Read()
	if err != nil {
		return fmt.Errorf("%w: the first row cannot be read", ErrTable)
	}
	s.Names = make([]string, len(first))
	for i := range s.Names {
		s.Names[i] = strconv.Itoa(i + 1)
	}
	_, err = in.Seek(0, io.SeekStart)
	return err
}
