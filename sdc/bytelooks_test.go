package sdc_test

import (
	"context"
	"errors"
	"fmt"
	"testing"

	"github.com/apache/arrow/go/v15/arrow"
	"github.com/apache/arrow/go/v15/arrow/array"
	"github.com/apache/arrow/go/v15/arrow/memory"

	"github.com/sluis-go/sluis/sdc"
)

// byteTypes are the types that hold bytes of three, in a dictionary or not.
func byteTypes() []arrow.DataType {
	fixed := &arrow.FixedSizeBinaryType{ByteWidth: 3}
	out := []arrow.DataType{arrow.BinaryTypes.Binary, arrow.BinaryTypes.LargeBinary, fixed}
	for _, dt := range []arrow.DataType{arrow.BinaryTypes.Binary, fixed} {
		out = append(out, &arrow.DictionaryType{IndexType: arrow.PrimitiveTypes.Int8, ValueType: dt})
	}
	return out
}

// appendBytes appends a value to a builder of bytes.
func appendBytes(t *testing.T, b array.Builder, v string) {
	t.Helper()
	switch b := b.(type) {
	case *array.BinaryBuilder: // of large ones too
		b.Append([]byte(v))
	case *array.FixedSizeBinaryBuilder:
		b.Append([]byte(v))
	case *array.BinaryDictionaryBuilder:
		if err := b.Append([]byte(v)); err != nil {
			t.Fatal(err)
		}
	case *array.FixedSizeBinaryDictionaryBuilder:
		if err := b.Append([]byte(v)); err != nil {
			t.Fatal(err)
		}
	default:
		t.Fatalf("a builder of %T", b)
	}
}

// byteTable has a person of each value, thrice, as bytes of a type: as "id",
// and as the code "c". "a" is one for all, "w" is 1.
func byteTable(t *testing.T, dt arrow.DataType, values []string) arrow.Table {
	t.Helper()
	mem := memory.NewCheckedAllocator(memory.NewGoAllocator())
	schema := fields("a", text, "id", dt, "c", dt, "w", integer)
	b := array.NewRecordBuilder(mem, schema)
	defer b.Release()
	for range 3 {
		for _, v := range values {
			b.Field(0).(*array.StringBuilder).Append("x")
			appendBytes(t, b.Field(1), v)
			appendBytes(t, b.Field(2), v)
			b.Field(3).(*array.Int64Builder).Append(1)
		}
	}
	rec := b.NewRecord()
	defer rec.Release()
	table := array.NewTableFromRecords(schema, []arrow.Record{rec})
	t.Cleanup(func() {
		table.Release()
		mem.AssertSize(t, 0)
	})
	return table
}

// TestBytesLook: bytes that are UTF-8 are looked at as text is; other bytes are compared
// as they are.
func TestBytesLook(t *testing.T) {
	for _, tc := range []struct {
		name            string
		ids             []string
		more            int64 // persons one too many
		codes           int64 // codes that look like another
		same            int64 // same numbers
		trim, nfc, fold int64 // persons by form
		trimMore        int64 // look-alikes that are left under trim
	}{
		{name: "different", ids: []string{"p01", "p02", "P03"}, trim: 3, nfc: 3, fold: 3},
		{name: "two of twelve", ids: []string{"p01", "P01", "p02", "p03", "p04", "p05"}, more: 1, codes: 2, trim: 6, nfc: 6, fold: 5, trimMore: 1},
		{name: "blanks", ids: []string{"ab ", " ab", "abc"}, more: 1, codes: 2, trim: 2, nfc: 3, fold: 2},
		{name: "filled with zeros", ids: []string{"a0\x00", "A0\x00", "b0\x00"}, more: 1, codes: 2, trim: 3, nfc: 3, fold: 2, trimMore: 1},
		{name: "Unicode form", ids: []string{"e\u0301", "\u00e9 ", "\u00c9 "}, more: 2, codes: 3, trim: 3, nfc: 3, fold: 1, trimMore: 2},
		{name: "the same number", ids: []string{"100", "1e2", "+99"}, same: 1, trim: 3, nfc: 3, fold: 3},
		{name: "numbers filled with zeros", ids: []string{"10\x00", "010", "011"}, same: 1, trim: 3, nfc: 3, fold: 3},
		{name: "numbers filled with blanks", ids: []string{"10 ", "010", "011"}, same: 1, trim: 3, nfc: 3, fold: 3},
		{name: "no UTF-8", ids: []string{"a\xff0", "A\xff0", "\xff1 ", "\xff 1", " \xff1"}, trim: 5, nfc: 5, fold: 5},
		{name: "no UTF-8, beside text", ids: []string{"a\xff0", "A\xff0", "abc", "ABC"}, more: 1, codes: 2, trim: 4, nfc: 4, fold: 3, trimMore: 1},
	} {
		t.Run(tc.name, func(t *testing.T) {
			for _, dt := range byteTypes() {
				table := byteTable(t, dt, tc.ids)
				for _, coded := range []bool{false, true} {
					run := func(form sdc.RespondentForm) (*sdc.Report, error) {
						d := sdc.FromTable(table)
						d.Roles.Respondent, d.RespondentForm = "id", form
						o := sdc.Output{Name: "o", Kind: sdc.Frequency, By: []string{"a"}}
						if coded { // a weight is looked up by the code of a person
							d.Roles.Weight, o.Kind, o.Response = "w", sdc.Magnitude, "w"
						}
						return sdc.Check(context.Background(), d, []sdc.Output{o}, off(), sdc.Options{Threads: 1})
					}
					if _, err := run(""); errors.Is(err, sdc.ErrLookAlike) != (tc.more > 0) || (err != nil) != (tc.more > 0) {
						t.Errorf("%v, coded %v: error %v, want %d too many", dt, coded, err, tc.more)
					}
					for form, want := range map[sdc.RespondentForm][2]int64{
						"exact": {int64(len(tc.ids)), tc.more}, "trim": {tc.trim, tc.trimMore}, "nfc": {tc.nfc, -1}, "fold": {tc.fold, 0},
					} {
						r, err := run(form)
						if err != nil {
							t.Fatal(err)
						}
						if got := remarked(r.Data.Remarks, "look-alike", "id"); got != want[1] && want[1] >= 0 {
							t.Errorf("%v, coded %v, %s: %d look alike, want %d", dt, coded, form, got, want[1])
						}
						if got := remarked(r.Data.Remarks, "same-number", "id"); form == "exact" && got != tc.same {
							t.Errorf("%v, coded %v: %d same numbers, want %d", dt, coded, got, tc.same)
						}
						if r.Data.Respondents != want[0] {
							t.Errorf("%v, coded %v, %s: %d respondents, want %d", dt, coded, form, r.Data.Respondents, want[0])
						}
						if form == "exact" && (r.Verdict == sdc.Review) != (tc.more+tc.same > 0) {
							t.Errorf("%v, coded %v: verdict %v", dt, coded, r.Verdict)
						}
					}
				}
				r := check(t, sdc.FromTable(table), off(), sdc.Output{Name: "o", Kind: sdc.Frequency, By: []string{"c"}, Sensitive: []string{"c"}})
				got := [2]int64{remarked(r.Data.Remarks, "look-alike", "c"), remarked(r.Data.Remarks, "same-number", "c")}
				if got != [2]int64{tc.codes, tc.same} || (tc.codes+tc.same > 0) != (r.Verdict == sdc.Review) {
					t.Errorf("%v: %d codes look alike or are one number, verdict %v, want %d and %d", dt, got, r.Verdict, tc.codes, tc.same)
				}
				// Callers that count in another way get the same remarks.
				remarks, err := sdc.CodeLooks(table, "c", true)
				if got := [2]int64{remarked(remarks, "look-alike", "c"), remarked(remarks, "same-number", "c")}; err != nil || got != [2]int64{tc.codes, tc.same} {
					t.Errorf("%v: CodeLooks: %d, %v", dt, got, err)
				}
				if _, err = sdc.RespondentForm("").Looks(table, "id"); errors.Is(err, sdc.ErrLookAlike) != (tc.more > 0) {
					t.Errorf("%v: UnitLooks: %v", dt, err)
				}
				remarks, err = sdc.RespondentForm("exact").Looks(table, "id")
				if got := fmt.Sprint(remarked(remarks, "look-alike", "id"), remarked(remarks, "same-number", "id"), err); got != fmt.Sprint(tc.more, tc.same, nil) {
					t.Errorf("%v: UnitLooks: %s", dt, got)
				}
			}
		})
	}
}

// remarked is the number of a remark on a column; 0 without one.
func remarked(remarks []sdc.Remark, name, column string) int64 {
	for _, r := range remarks {
		if r.Name == name && r.Column == column {
			return r.Count
		}
	}
	return 0
}
