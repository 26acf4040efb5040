package replace

import (
	"fmt"
	"testing"

	"github.com/apache/arrow/go/v15/arrow"
	"github.com/apache/arrow/go/v15/arrow/array"
	"github.com/apache/arrow/go/v15/arrow/memory"
)

// TestScanBoundaries: each form is named at its share of the values, and not below.
func TestScanBoundaries(t *testing.T) {
	list := func(n int, text string, m int, other string) (out []string) {
		for range n {
			out = append(out, text)
		}
		for range m {
			out = append(out, other)
		}
		return out
	}
	for _, tc := range []struct {
		name   string
		values []string
		want   bool
	}{
		{"a fifth are addresses", list(2, "1234 AB 5", 8, "word"), true},
		{"less than a fifth", list(2, "1234 AB 5", 9, "word"), false},
		{"the shortest address", list(10, "1234AB5", 0, ""), true},
		{"nine of ten are no dates", list(9, "12345678", 1, "word"), true},
		{"eight of nine", list(8, "12345678", 1, "word"), false},
		{"dates", list(10, "19991231", 0, ""), false},
		{"the first day", list(10, "18000102", 0, ""), false},
		{"the day before", list(10, "17991231", 0, ""), true},
		{"the last day", list(10, "21001231", 0, ""), false},
		{"the day after", list(10, "21010101", 0, ""), true},
		{"one e-mail address", list(1, "jan@example.nl", 99, "word"), true},
		{"blanks are no values", list(2, "1234 AB 5", 8, ""), true},
	} {
		t.Run(tc.name, func(t *testing.T) {
			c := &scanned{}
			for _, v := range tc.values {
				c.add(v)
			}
			if got := c.found(); (got != "") != tc.want {
				t.Errorf("%q", got)
			}
		})
	}
}

// TestScanOfParts: a column that cannot be read in one part of a file stays named.
func TestScanOfParts(t *testing.T) {
	mem := memory.NewCheckedAllocator(memory.NewGoAllocator())
	defer mem.AssertSize(t, 0)
	lists := array.NewListBuilder(mem, arrow.PrimitiveTypes.Int64)
	defer lists.Release()
	lists.AppendNull()
	texts := array.NewStringBuilder(mem)
	defer texts.Release()
	texts.Append("word")
	s := newScanner([]string{"id"})
	for _, col := range []arrow.Array{lists.NewArray(), texts.NewArray()} {
		for _, name := range []string{"id", "x"} {
			rec := array.NewRecord(arrow.NewSchema([]arrow.Field{{Name: name, Type: col.DataType(), Nullable: true}}, nil), []arrow.Array{col}, 1)
			s.look(rec)
			rec.Release()
		}
		col.Release()
	}
	if got := s.suspects(); len(got) != 1 || got[0].Column != "x" {
		t.Errorf("%v", got)
	}
}

// TestMetadataOfColumns: a column that is replaced loses its metadata, which can hold a value.
func TestMetadataOfColumns(t *testing.T) {
	note := arrow.NewMetadata([]string{"note"}, []string{"kept"})
	before := arrow.NewSchema([]arrow.Field{{Name: "id", Type: arrow.BinaryTypes.String, Metadata: note}, {Name: "a", Type: arrow.BinaryTypes.String, Metadata: note}}, &note)
	j := &Job{Columns: []string{"id"}}
	after := j.withMetadata(arrow.NewSchema([]arrow.Field{{Name: "id", Type: arrow.BinaryTypes.String}, {Name: "a", Type: arrow.BinaryTypes.String}}, nil), before)
	if got := fmt.Sprint(after.Field(0).Metadata.Len(), after.Field(1).Metadata.Len(), func() int { m := after.Metadata(); return m.Len() }()); got != "0 1 1" {
		t.Errorf("%s entries of metadata", got)
	}
}
