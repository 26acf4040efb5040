package source

import (
	"context"
	"errors"
	"io"
	"os"
	"path/filepath"
	"testing"

	"github.com/apache/arrow/go/v15/arrow"
	"github.com/apache/arrow/go/v15/arrow/array"
)

// TestReaderCounts: a reader that would end before or after the last row ends in an
// error, for any reason.
func TestReaderCounts(t *testing.T) {
	schema := arrow.NewSchema(nil, nil)
	for _, tc := range []struct {
		name    string
		batches []int64
		want    int64
		err     error
	}{
		{"no rows", nil, 0, nil},
		{"batches without rows", []int64{0, 0}, 0, nil},
		{"all rows", []int64{3, 0, 4}, 7, nil},
		{"a row too few", []int64{3, 3}, 7, errRows},
		{"no batch", nil, 1, errRows},
		{"a row too many", []int64{3, 5}, 7, errRows},
	} {
		t.Run(tc.name, func(t *testing.T) {
			of := func() *reader {
				left := tc.batches
				return newReader(schema, tc.want, func() (arrow.Record, error) {
					if len(left) == 0 {
						return nil, io.EOF
					}
					n := left[0]
					left = left[1:]
					return array.NewRecord(schema, nil, n), nil
				}, nil)
			}
			for _, r := range []*reader{of(), chain([]*reader{of(), of()})} {
				for r.Next() {
				}
				if !errors.Is(r.Err(), tc.err) || (r.Err() != nil) != (tc.err != nil) {
					t.Errorf("%v, want %v", r.Err(), tc.err)
				}
				if r.Next() {
					t.Error("a record behind the end")
				}
				r.Release()
			}
		})
	}
	// Readers are compared with the counts of the passes of Open.
	path := filepath.Join(t.TempDir(), "x.csv")
	if err := os.WriteFile(path, []byte("a\n1\n2\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	s, err := Open(context.Background(), []string{path}, Options{})
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	s.files[0].(*csvFile).n++
	r, err := s.Reader(context.Background(), nil)
	if err != nil {
		t.Fatal(err)
	}
	defer r.Release()
	for r.Next() {
	}
	var fe *FileError
	if !errors.Is(r.Err(), errRows) || !errors.As(r.Err(), &fe) || fe.File != path {
		t.Error(r.Err())
	}
}
