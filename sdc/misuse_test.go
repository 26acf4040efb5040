// One file for the program of misuse: its cases share the readers that lie and the data.

package sdc_test

import (
	"bytes"
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"math"
	"math/rand/v2"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"

	"github.com/apache/arrow/go/v15/arrow"
	"github.com/apache/arrow/go/v15/arrow/array"
	"github.com/apache/arrow/go/v15/arrow/ipc"
	"github.com/apache/arrow/go/v15/arrow/memory"

	"github.com/sluis-go/sluis/sdc"
	"github.com/sluis-go/sluis/sdc/localrecord"
	"github.com/sluis-go/sluis/sdc/origin"
)

// These tests are a program that holds the library wrong, as one does who has read the
// list of names alone. Each misuse ends in an error that says what to do.

// regions is the output of the tests of misuse.
func regions() []sdc.Output {
	return []sdc.Output{{Name: "n", Kind: sdc.Frequency, By: []string{"region", "state"}, Sensitive: []string{"state"}}}
}

// refused holds an error against what it must be and say.
func refused(t *testing.T, r *sdc.Report, err, want error, says string) {
	t.Helper()
	switch {
	case err == nil:
		t.Errorf("no error, and the verdict is %v", r.Verdict)
	case r != nil:
		t.Error("there is a report beside the error")
	case !errors.Is(err, want):
		t.Errorf("%v is not %v", err, want)
	case !strings.Contains(err.Error(), says):
		t.Errorf("%q does not say %q", err, says)
	case errors.Is(err, sdc.ErrInternal) && !errors.Is(want, sdc.ErrInternal):
		t.Errorf("a panic: %v", err)
	}
}

// TestMisusedFields: a field of Data that cannot be meant is refused before a row is read.
func TestMisusedFields(t *testing.T) {
	tree, err := sdc.NewHierarchy(sdc.Code{Label: "North"}, sdc.Code{Label: "South"})
	if err != nil {
		t.Fatal(err)
	}
	proof := func(sum string) *localrecord.Record {
		return &localrecord.Record{Schema: localrecord.Schema, Output: origin.Source{SHA256: sum}, Keys: []string{"region"}, Missing: "wildcard", K: 3}
	}
	a, b := strings.Repeat("a", 64), strings.Repeat("b", 64)
	for _, tc := range []struct {
		name string
		do   func(d *sdc.Data)
		want error
		says string
	}{
		{"hierarchy of another column", func(d *sdc.Data) { d.Hierarchies = map[string]*sdc.Hierarchy{"Region": tree} }, sdc.ErrRequest, `the nearest name is "region"`},
		{"hierarchy that is nil", func(d *sdc.Data) { d.Hierarchies = map[string]*sdc.Hierarchy{"region": nil} }, sdc.ErrRequest, "NewHierarchy"},
		{"hierarchy without codes", func(d *sdc.Data) { d.Hierarchies = map[string]*sdc.Hierarchy{"region": {}} }, sdc.ErrRequest, "NewHierarchy"},
		{"missing values of another column", func(d *sdc.Data) { d.Missing = map[string]sdc.Missing{"regoin": sdc.MissingExclude} }, sdc.ErrColumn, `Data.Missing: column "regoin"`},
		{"missing values of no policy", func(d *sdc.Data) { d.Missing = map[string]sdc.Missing{"region": "drop"} }, sdc.ErrRequest, "none of refuse, category"},
		{"no identifier of another column", func(d *sdc.Data) { d.NotIdentifiers = map[string]string{"State": "a state"} }, sdc.ErrColumn, "Data.NotIdentifiers"},
		{"no identifier without a reason", func(d *sdc.Data) { d.NotIdentifiers = map[string]string{"state": ""} }, sdc.ErrRequest, "needs a reason"},
		{"respondent of another column", func(d *sdc.Data) { d.Roles.Respondent = "Person" }, sdc.ErrColumn, `"person"`},
		{"holding of another column", func(d *sdc.Data) { d.Roles.Holding = "holding" }, sdc.ErrColumn, "holding"},
		{"weight of another column", func(d *sdc.Data) { d.Roles.Weight = "weight" }, sdc.ErrColumn, "weight"},
		{"request of another column", func(d *sdc.Data) { d.Roles.Request = "asks" }, sdc.ErrColumn, "Data.Roles.Request"},
		{"weight of text", func(d *sdc.Data) { d.Roles.Weight = "state" }, sdc.ErrType, "no number"},
		{"form of respondents that is none", func(d *sdc.Data) { d.RespondentForm = "lower" }, sdc.ErrRequest, "exact, trim, nfc or fold"},
		{"suppressed without a record", func(d *sdc.Data) { d.Missing = map[string]sdc.Missing{"region": sdc.MissingSuppressed} }, sdc.ErrRequest, "no record of local suppression"},
		{"record that is nil", func(d *sdc.Data) { d.Suppressions = []*localrecord.Record{nil} }, sdc.ErrRequest, "nil"},
		{"record that is empty", func(d *sdc.Data) { d.Suppressions = []*localrecord.Record{{}} }, sdc.ErrRequest, "schema"},
		{"record without sources", func(d *sdc.Data) { d.Suppressions = []*localrecord.Record{proof(a)} }, sdc.ErrRequest, "Data.Sources"},
		{"record of another file", func(d *sdc.Data) {
			d.Suppressions, d.Sources = []*localrecord.Record{proof(a)}, []origin.Source{{Name: "f", SHA256: b}}
		}, sdc.ErrOtherFile, "of another file"},
		{"record of one file of two", func(d *sdc.Data) {
			d.Suppressions, d.Sources = []*localrecord.Record{proof(a)}, []origin.Source{{Name: "f", SHA256: a}, {Name: "g"}}
		}, sdc.ErrOtherFile, "of another file"},
	} {
		t.Run(tc.name, func(t *testing.T) {
			for _, streamed := range []bool{false, true} {
				table := persons()
				defer table.Release()
				d := sdc.FromTable(table)
				if streamed {
					r := array.NewTableReader(table, 7)
					defer r.Release()
					d = sdc.FromReaders(r)
				}
				tc.do(d)
				r, err := sdc.Check(t.Context(), d, regions(), sdc.CBS(), sdc.Options{})
				refused(t, r, err, tc.want, tc.says)
			}
		})
	}
}

// TestMisusedCall: nil and zero values, and what lies outside of every range.
func TestMisusedCall(t *testing.T) {
	table := persons()
	defer table.Release()
	wrong := func(change func(o *sdc.Output)) []sdc.Output {
		out := regions()
		change(&out[0])
		return out
	}
	var none *array.TableReader
	var noTable *tableOfNothing
	for _, tc := range []struct {
		name    string
		data    *sdc.Data
		outputs []sdc.Output
		policy  sdc.Policy
		opts    sdc.Options
		says    string
	}{
		{"no data", nil, regions(), sdc.CBS(), sdc.Options{}, "FromTable, FromReaders or FromOpener"},
		{"zero data", &sdc.Data{}, regions(), sdc.CBS(), sdc.Options{}, "FromTable, FromReaders or FromOpener"},
		{"nil table", sdc.FromTable(nil), regions(), sdc.CBS(), sdc.Options{}, "nil"},
		{"nil pointer of a table", sdc.FromTable(noTable), regions(), sdc.CBS(), sdc.Options{}, "nil"},
		{"no reader", sdc.FromReaders(), regions(), sdc.CBS(), sdc.Options{}, "nil"},
		{"nil reader", sdc.FromReaders(nil), regions(), sdc.CBS(), sdc.Options{}, "reader 1 is nil"},
		{"nil pointer of a reader", sdc.FromReaders(none), regions(), sdc.CBS(), sdc.Options{}, "reader 1 is nil"},
		{"nil opener", sdc.FromOpener(nil), regions(), sdc.CBS(), sdc.Options{}, "nil"},
		{"opener of nothing", sdc.FromOpener(func(context.Context) ([]array.RecordReader, error) { return nil, nil }), regions(), sdc.CBS(), sdc.Options{}, "no reader"},
		{"no outputs", sdc.FromTable(table), nil, sdc.CBS(), sdc.Options{}, "no outputs"},
		{"zero output", sdc.FromTable(table), []sdc.Output{{}}, sdc.CBS(), sdc.Options{}, "name is empty"},
		{"output twice", sdc.FromTable(table), append(regions(), regions()...), sdc.CBS(), sdc.Options{}, "two outputs"},
		{"output of no kind", sdc.FromTable(table), wrong(func(o *sdc.Output) { o.Kind = "table" }), sdc.CBS(), sdc.Options{}, "none of frequency"},
		{"variable of another name", sdc.FromTable(table), wrong(func(o *sdc.Output) { o.By[0] = "Region" }), sdc.CBS(), sdc.Options{}, `the nearest name is "region"`},
		{"zero policy", sdc.FromTable(table), regions(), sdc.Policy{}, sdc.Options{}, "name is empty"},
		{"memory below 0", sdc.FromTable(table), regions(), sdc.CBS(), sdc.Options{Memory: -1}, "memory"},
		{"too many threads", sdc.FromTable(table), regions(), sdc.CBS(), sdc.Options{Threads: math.MaxInt}, "threads"},
	} {
		t.Run(tc.name, func(t *testing.T) {
			r, err := sdc.Check(t.Context(), tc.data, tc.outputs, tc.policy, tc.opts)
			if err == nil || r != nil || errors.Is(err, sdc.ErrInternal) || !strings.Contains(err.Error(), tc.says) {
				t.Errorf("%v", err)
			}
		})
	}
	t.Run("threads below 0 are all cores", func(t *testing.T) {
		if _, err := sdc.Check(t.Context(), sdc.FromTable(table), regions(), sdc.CBS(), sdc.Options{Threads: -3}); err != nil {
			t.Error(err)
		}
	})
	t.Run("no context", func(t *testing.T) {
		var ctx context.Context
		r, err := sdc.Check(ctx, sdc.FromTable(table), regions(), sdc.CBS(), sdc.Options{})
		refused(t, r, err, sdc.ErrRequest, "context is nil")
	})
}

// TestMisusedReport: what is asked of an output or a cell that there is not is never safe.
func TestMisusedReport(t *testing.T) {
	table := persons()
	defer table.Release()
	d := sdc.FromTable(table)
	o := []sdc.Output{{Name: "a", Kind: sdc.Frequency, By: []string{"region"}}, {Name: "b", Kind: sdc.Frequency, By: []string{"region"}}}
	r, err := sdc.Check(t.Context(), d, o, sdc.CBS(), sdc.Options{})
	if err != nil || r.Verdict != sdc.Safe {
		t.Fatal(r, err)
	}
	for c := range r.Tables[0].Cells() {
		for output, want := range map[int]sdc.Verdict{-1: sdc.Unsafe, 0: sdc.Safe, 1: sdc.Unsafe, 2: sdc.Unsafe, math.MaxInt: sdc.Unsafe} {
			if got := r.Status(output, c); got != want {
				t.Errorf("output %d: %v, want %v", output, got, want)
			}
		}
	}
	if r.Status(0, sdc.Cell{}) != sdc.Unsafe || (&sdc.Report{}).Status(0, sdc.Cell{}) != sdc.Unsafe {
		t.Error("no cell is safe")
	}
}

// TestUnsafe: the unsafe findings of all outputs, in order, and none of the others.
func TestUnsafe(t *testing.T) {
	table := persons()
	defer table.Release()
	o := append(regions(), sdc.Output{Name: "m", Kind: sdc.Model, Parameters: 100}, sdc.Output{Name: "r", Kind: sdc.Frequency, By: []string{"region"}})
	r, err := sdc.Check(t.Context(), sdc.FromTable(table), o, sdc.CBS(), sdc.Options{})
	if err != nil {
		t.Fatal(err)
	}
	var got, want []string
	for o, f := range r.Unsafe() {
		got = append(got, o.Name+" "+f.Rule+" "+f.Cell.String())
	}
	for _, o := range r.Outputs {
		for _, f := range o.Findings {
			if f.Verdict == sdc.Unsafe {
				want = append(want, o.Name+" "+f.Rule+" "+f.Cell.String())
			}
		}
	}
	if len(want) < 4 || !slices.Equal(got, want) {
		t.Errorf("%q, want %q", got, want)
	}
	for range r.Unsafe() {
		break
	}
}

// tableOfNothing is a table of which there is only a nil pointer.
type tableOfNothing struct{ arrow.Table }

// TestReadTwice: readers are for one check, whatever came of it: 3,000 of 4,000 rows
// could be left for the next.
func TestReadTwice(t *testing.T) {
	table := persons()
	defer table.Release()
	const says = "already read: make a new Data of new readers, or use FromOpener"
	for _, threads := range []int{1, 3} {
		for _, tc := range []struct {
			name  string
			first func(t *testing.T, d *sdc.Data)
		}{
			{"after a report", func(t *testing.T, d *sdc.Data) {
				if _, err := sdc.Check(t.Context(), d, regions(), sdc.CBS(), sdc.Options{Threads: threads}); err != nil {
					t.Fatal(err)
				}
			}},
			{"after a cancel", func(t *testing.T, d *sdc.Data) {
				ctx, cancel := context.WithCancel(t.Context())
				_, err := sdc.Check(ctx, d, regions(), sdc.CBS(), sdc.Options{Threads: threads, Progress: func(int64) { cancel() }})
				if !errors.Is(err, context.Canceled) {
					t.Fatal(err)
				}
			}},
			{"after an error of a row", func(t *testing.T, d *sdc.Data) {
				north, err := sdc.NewHierarchy(sdc.Code{Label: "North"})
				if err != nil {
					t.Fatal(err)
				}
				d.Hierarchies = map[string]*sdc.Hierarchy{"region": north}
				var at *sdc.ColumnError
				if _, err := sdc.Check(t.Context(), d, regions(), sdc.CBS(), sdc.Options{Threads: threads}); !errors.As(err, &at) || at.Column != "region" || at.Row < 15 {
					t.Fatal(err)
				}
				d.Hierarchies = nil
			}},
			{"after a panic", func(t *testing.T, d *sdc.Data) {
				_, err := sdc.Check(t.Context(), d, regions(), sdc.CBS(), sdc.Options{Threads: threads, Progress: func(int64) { panic("no") }})
				if !errors.Is(err, sdc.ErrInternal) {
					t.Fatal(err)
				}
			}},
		} {
			t.Run(fmt.Sprintf("%s, %d threads", tc.name, threads), func(t *testing.T) {
				reader := array.NewTableReader(table, 7)
				defer reader.Release()
				d := sdc.FromReaders(reader)
				copied := *d
				tc.first(t, d)
				for _, again := range []*sdc.Data{d, &copied} {
					r, err := sdc.Check(t.Context(), again, regions(), sdc.CBS(), sdc.Options{Threads: threads})
					refused(t, r, err, sdc.ErrRequest, says)
				}
			})
		}
	}
	t.Run("a request that is refused before a row is read", func(t *testing.T) {
		reader := array.NewTableReader(table, 7)
		defer reader.Release()
		d := sdc.FromReaders(reader)
		d.Roles.Respondent = "Person"
		if _, err := sdc.Check(t.Context(), d, regions(), sdc.CBS(), sdc.Options{}); !errors.Is(err, sdc.ErrColumn) {
			t.Fatal(err)
		}
		d.Roles.Respondent = "person"
		r, err := sdc.Check(t.Context(), d, regions(), sdc.CBS(), sdc.Options{})
		if err != nil || r.Data.Rows != table.NumRows() {
			t.Error("the data are as good as before", err)
		}
	})
	t.Run("a reader that stands at a record", func(t *testing.T) {
		reader := array.NewTableReader(table, 7)
		defer reader.Release()
		if !reader.Next() {
			t.Fatal("no record")
		}
		r, err := sdc.Check(t.Context(), sdc.FromReaders(reader), regions(), sdc.CBS(), sdc.Options{})
		refused(t, r, err, sdc.ErrRequest, "already read up to some record")
	})
	t.Run("one reader twice", func(t *testing.T) {
		reader := array.NewTableReader(table, 7)
		defer reader.Release()
		r, err := sdc.Check(t.Context(), sdc.FromReaders(reader, reader), regions(), sdc.CBS(), sdc.Options{})
		refused(t, r, err, sdc.ErrRequest, "reader 2 is reader 1 once more")
	})
}

// TestTwoChecksAtOnce: of two checks of the same readers one gets all rows and the other
// an error; of what an opener gives both get all.
func TestTwoChecksAtOnce(t *testing.T) {
	table := persons()
	defer table.Release()
	at := func(d *sdc.Data) (whole int, errs []error) {
		var wg sync.WaitGroup
		var mu sync.Mutex
		for range 2 {
			wg.Go(func() {
				r, err := sdc.Check(t.Context(), d, regions(), sdc.CBS(), sdc.Options{Threads: 2})
				mu.Lock()
				defer mu.Unlock()
				if err != nil {
					errs = append(errs, err)
				} else if r.Data.Rows == table.NumRows() {
					whole++
				}
			})
		}
		wg.Wait()
		return whole, errs
	}
	reader := array.NewTableReader(table, 1)
	defer reader.Release()
	if whole, errs := at(sdc.FromReaders(reader)); whole != 1 || len(errs) != 1 || !errors.Is(errs[0], sdc.ErrRequest) {
		t.Errorf("readers: %d reports of all rows, errors %v", whole, errs)
	}
	if whole, errs := at(opened(table)); whole != 2 || len(errs) != 0 {
		t.Errorf("opener: %d reports of all rows, errors %v", whole, errs)
	}
}

// opened is data of an opener of a table.
func opened(table arrow.Table) *sdc.Data {
	return sdc.FromOpener(func(context.Context) ([]array.RecordReader, error) {
		return []array.RecordReader{array.NewTableReader(table, 7)}, nil
	})
}

// TestOpener: what an opener gives is read whole each time, and released; its error is
// that of the check.
func TestOpener(t *testing.T) {
	mem := memory.NewCheckedAllocator(memory.DefaultAllocator)
	defer mem.AssertSize(t, 0)
	schema := arrow.NewSchema([]arrow.Field{{Name: "a", Type: arrow.BinaryTypes.String}}, nil)
	b := array.NewRecordBuilder(mem, schema)
	defer b.Release()
	for range 20 {
		b.Field(0).(*array.StringBuilder).Append("x")
	}
	rec := b.NewRecord()
	defer rec.Release()
	own := errors.New("the disk is gone")
	var opens, fail int
	d := sdc.FromOpener(func(context.Context) ([]array.RecordReader, error) {
		opens++
		r, err := array.NewRecordReader(schema, []arrow.Record{rec, rec})
		if opens == fail {
			return []array.RecordReader{r, nil}, own
		}
		return []array.RecordReader{r}, err
	})
	o := []sdc.Output{{Name: "n", Kind: sdc.Frequency, By: []string{"a"}}}
	fail = 3
	for i := 1; i <= 4; i++ {
		r, err := sdc.Check(t.Context(), d, o, sdc.CBS(), sdc.Options{Threads: 1 + i%2})
		if i == fail {
			refused(t, r, err, own, "the disk is gone")
			continue
		}
		if err != nil || r.Data.Rows != 40 {
			t.Errorf("check %d: %v", i, err)
		}
	}
	if opens != 4 {
		t.Errorf("%d calls", opens)
	}
}

// changing is a reader of which one record has other columns than its schema.
type changing struct {
	schema  *arrow.Schema
	records []arrow.Record
	at      int
}

func (c *changing) Retain()               {}
func (c *changing) Release()              {}
func (c *changing) Schema() *arrow.Schema { return c.schema }
func (c *changing) Next() bool            { c.at++; return c.at <= len(c.records) }
func (c *changing) Err() error            { return nil }
func (c *changing) Record() arrow.Record {
	if c.at == 0 {
		panic("Next was not called")
	}
	return c.records[c.at-1]
}

// TestRecordsOfAnotherSchema: columns are never taken by their place in a record whose
// schema is not that of its reader.
func TestRecordsOfAnotherSchema(t *testing.T) {
	text, number := arrow.BinaryTypes.String, arrow.PrimitiveTypes.Int64
	record := func(n int, names ...string) arrow.Record {
		var fields []arrow.Field
		for _, name := range names {
			dt := arrow.DataType(text)
			if strings.HasPrefix(name, "#") {
				name, dt = name[1:], number
			}
			fields = append(fields, arrow.Field{Name: name, Type: dt})
		}
		b := array.NewRecordBuilder(memory.DefaultAllocator, arrow.NewSchema(fields, nil))
		defer b.Release()
		for i := range n {
			for _, f := range b.Fields() {
				switch f := f.(type) {
				case *array.StringBuilder:
					f.Append(fmt.Sprint("v", i%2))
				case *array.Int64Builder:
					f.Append(int64(i))
				}
			}
		}
		return b.NewRecord()
	}
	first := record(10, "a", "b")
	short := array.NewRecord(first.Schema(), []arrow.Array{first.Column(0), array.NewSlice(first.Column(1), 0, 4)}, 4)
	for _, tc := range []struct {
		name   string
		second arrow.Record
		says   string
	}{
		{"columns change places", record(10, "b", "a"), "row 11"},
		{"a column has another name", record(10, "a", "c"), "row 11"},
		{"a column has another type", record(10, "a", "#b"), "row 11"},
		{"a column is missing", record(10, "a"), "row 11"},
		{"a column is more", record(10, "a", "b", "c"), "row 11"},
		{"a column is short", shortRecord{short, 10}, "row 11"},
		{"fewer than no rows", shortRecord{short, -1}, "row 11"},
	} {
		for _, threads := range []int{1, 2} {
			t.Run(fmt.Sprintf("%s, %d threads", tc.name, threads), func(t *testing.T) {
				d := sdc.FromReaders(&changing{schema: first.Schema(), records: []arrow.Record{first, tc.second}})
				r, err := sdc.Check(t.Context(), d, []sdc.Output{{Name: "n", Kind: sdc.Frequency, By: []string{"a", "b"}}}, sdc.CBS(), sdc.Options{Threads: threads})
				refused(t, r, err, sdc.ErrBroken, tc.says)
			})
		}
	}
	t.Run("readers of two schemas", func(t *testing.T) {
		other := &changing{schema: record(1, "b", "a").Schema()}
		r, err := sdc.Check(t.Context(), sdc.FromReaders(&changing{schema: first.Schema()}, other), []sdc.Output{{Name: "n", Kind: sdc.Frequency, By: []string{"a"}}}, sdc.CBS(), sdc.Options{})
		refused(t, r, err, sdc.ErrRequest, "reader 2 and reader 1 differ in their schema")
	})
	t.Run("no schema", func(t *testing.T) {
		r, err := sdc.Check(t.Context(), sdc.FromReaders(&changing{}), []sdc.Output{{Name: "n", Kind: sdc.Frequency, By: []string{"a"}}}, sdc.CBS(), sdc.Options{})
		refused(t, r, err, sdc.ErrRequest, "no schema")
	})
}

// shortRecord is a record that states another number of rows.
type shortRecord struct {
	arrow.Record
	rows int64
}

func (s shortRecord) NumRows() int64 { return s.rows }

// TestPanicsOfCallers: a panic of what a caller gave ends in an error that has it, and
// that does not print it; nothing waits for ever, and nothing is left in memory.
func TestPanicsOfCallers(t *testing.T) {
	own := errors.New("secret")
	for _, threads := range []int{1, 2, 7} {
		for _, tc := range []struct {
			name string
			data func(t *testing.T, rec arrow.Record) (*sdc.Data, func(int64))
		}{
			{"progress", func(t *testing.T, rec arrow.Record) (*sdc.Data, func(int64)) {
				r, _ := array.NewRecordReader(rec.Schema(), []arrow.Record{rec, rec, rec})
				return sdc.FromOpener(func(context.Context) ([]array.RecordReader, error) { return []array.RecordReader{r}, nil }), func(int64) { panic(own) }
			}},
			{"progress of a table", func(t *testing.T, rec arrow.Record) (*sdc.Data, func(int64)) {
				table := array.NewTableFromRecords(rec.Schema(), []arrow.Record{rec, rec, rec})
				t.Cleanup(table.Release)
				return sdc.FromTable(table), func(int64) { panic(own) }
			}},
			{"a reader", func(t *testing.T, rec arrow.Record) (*sdc.Data, func(int64)) {
				return sdc.FromOpener(func(context.Context) ([]array.RecordReader, error) {
					a, _ := array.NewRecordReader(rec.Schema(), []arrow.Record{rec, rec, rec})
					b, _ := array.NewRecordReader(rec.Schema(), []arrow.Record{rec, rec, rec})
					return []array.RecordReader{a, &panicking{b, 2, own}}, nil
				}), nil
			}},
			{"an opener", func(*testing.T, arrow.Record) (*sdc.Data, func(int64)) {
				return sdc.FromOpener(func(context.Context) ([]array.RecordReader, error) { panic(own) }), nil
			}},
		} {
			t.Run(fmt.Sprintf("%s, %d threads", tc.name, threads), func(t *testing.T) {
				mem := memory.NewCheckedAllocator(memory.DefaultAllocator)
				t.Cleanup(func() { mem.AssertSize(t, 0) })
				b := array.NewRecordBuilder(mem, arrow.NewSchema([]arrow.Field{{Name: "a", Type: arrow.BinaryTypes.String}}, nil))
				b.Field(0).(*array.StringBuilder).AppendValues([]string{"x", "y"}, nil)
				rec := b.NewRecord()
				b.Release()
				t.Cleanup(rec.Release)
				d, progress := tc.data(t, rec)
				r, err := sdc.Check(t.Context(), d, []sdc.Output{{Name: "n", Kind: sdc.Frequency, By: []string{"a"}}}, sdc.CBS(), sdc.Options{Threads: threads, Progress: progress})
				refused(t, r, err, sdc.ErrInternal, "misuse_test.go")
				var p *sdc.PanicError
				if !errors.As(err, &p) || p.Value() != error(own) || !errors.Is(err, own) {
					t.Errorf("the panic is not in %v", err)
				}
				for _, verb := range []string{"%v", "%+v", "%#v", "%s", "%q"} {
					if text := fmt.Sprintf(verb, err); strings.Contains(text, "secret") {
						t.Errorf("%s prints %q", verb, text)
					}
				}
			})
		}
	}
}

// panicking is a reader whose n-th Next panics.
type panicking struct {
	array.RecordReader
	left int
	with any
}

// Next implements array.RecordReader.
func (p *panicking) Next() bool {
	if p.left--; p.left < 0 {
		panic(p.with)
	}
	return p.RecordReader.Next()
}

// stream is an Arrow stream of three batches with the columns that a check reads: texts,
// numbers, a dictionary and a decimal, some of them null.
func stream(t testing.TB, rows int) []byte {
	t.Helper()
	dict := &arrow.DictionaryType{IndexType: arrow.PrimitiveTypes.Int8, ValueType: arrow.BinaryTypes.String}
	schema := arrow.NewSchema([]arrow.Field{
		{Name: "id", Type: arrow.BinaryTypes.String},
		{Name: "own", Type: arrow.BinaryTypes.LargeString, Nullable: true},
		{Name: "region", Type: dict, Nullable: true},
		{Name: "state", Type: arrow.BinaryTypes.String, Nullable: true},
		{Name: "x", Type: arrow.PrimitiveTypes.Float64, Nullable: true},
		{Name: "y", Type: &arrow.Decimal128Type{Precision: 12, Scale: 2}},
		{Name: "flag", Type: arrow.FixedWidthTypes.Boolean},
	}, nil)
	b := array.NewRecordBuilder(memory.DefaultAllocator, schema)
	defer b.Release()
	var buf bytes.Buffer
	w := ipc.NewWriter(&buf, ipc.WithSchema(schema))
	for k := range 3 {
		for i := range rows {
			n := k*rows + i
			b.Field(0).(*array.StringBuilder).Append(fmt.Sprintf("person%05d", n))
			b.Field(1).(*array.LargeStringBuilder).AppendValues([]string{fmt.Sprint("owner", n%9)}, []bool{n%5 > 0})
			if err := b.Field(2).(*array.BinaryDictionaryBuilder).AppendString([]string{"north", "south", "east"}[n%3]); err != nil {
				t.Fatal(err)
			}
			b.Field(3).(*array.StringBuilder).AppendValues([]string{[]string{"well", "ill"}[n%2]}, []bool{n%7 > 0})
			b.Field(4).(*array.Float64Builder).AppendValues([]float64{float64(n%13) / 4}, []bool{n%11 > 0})
			if err := b.Field(5).AppendValueFromString(fmt.Sprintf("%d.25", n%100)); err != nil {
				t.Fatal(err)
			}
			b.Field(6).(*array.BooleanBuilder).Append(n%17 == 0)
		}
		rec := b.NewRecord()
		if err := w.Write(rec); err != nil {
			t.Fatal(err)
		}
		rec.Release()
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return buf.Bytes()
}

// allColumns are outputs that read every column of [stream].
func allColumns() []sdc.Output {
	return []sdc.Output{
		{Name: "n", Kind: sdc.Frequency, By: []string{"region", "state"}},
		{Name: "x", Kind: sdc.Magnitude, By: []string{"region"}, Response: "x"},
		{Name: "y", Kind: sdc.Magnitude, By: []string{"state", "flag"}, Response: "y"},
	}
}

// checkStream checks a stream as who trusts nobody does.
func checkStream(ctx context.Context, text []byte, threads int) (*sdc.Report, error) {
	// The reader of Arrow asks for as much memory as a stream says: only an allocator
	// that refuses keeps the program alive.
	r, err := ipc.NewReader(bytes.NewReader(text), ipc.WithAllocator(bounded{memory.DefaultAllocator}))
	if err != nil {
		return nil, err
	}
	defer r.Release()
	d := sdc.FromReaders(r)
	d.Roles = sdc.Roles{Respondent: "id", Holding: "own"}
	d.Missing = map[string]sdc.Missing{"": sdc.MissingCategory}
	return sdc.Check(ctx, d, allColumns(), sdc.CBS(), sdc.Options{Threads: threads})
}

// bounded is an allocator that panics rather than give 64 MB at once.
type bounded struct{ memory.Allocator }

// Allocate implements memory.Allocator.
func (b bounded) Allocate(size int) []byte {
	if size < 0 || size > 1<<26 {
		panic("too much memory")
	}
	return b.Allocator.Allocate(size)
}

// Reallocate implements memory.Allocator.
func (b bounded) Reallocate(size int, old []byte) []byte {
	if size < 0 || size > 1<<26 {
		panic("too much memory")
	}
	return b.Allocator.Reallocate(size, old)
}

// TestHostileStreams: of an Arrow stream from elsewhere of which bytes are changed every
// check ends, in an error or in a report about the rows that there are.
func TestHostileStreams(t *testing.T) {
	text := stream(t, 40)
	whole, err := checkStream(t.Context(), text, 1)
	if err != nil {
		t.Fatal(err)
	}
	// What the schema asks for is beyond every bound: ipc.NewReader ends the program before
	// the library sees anything.
	body := 8 + int(binary.LittleEndian.Uint32(text[4:]))
	rng := rand.New(rand.NewPCG(19, 6))
	tries := 1000
	var errs, reports, panics int
	for n := range tries {
		bad := slices.Clone(text)
		for range 1 + rng.IntN(4) {
			at := body + rng.IntN(len(bad)-body-4)
			switch rng.IntN(4) {
			case 0:
				bad[at] ^= 1 << rng.IntN(8)
			case 1:
				bad[at] = byte(rng.Uint32())
			case 2: // a number that is large, or negative
				copy(bad[at&^3:], []byte{0xff, 0xff, 0xff, byte(rng.IntN(2) * 0x7f)}[rng.IntN(2):])
			default: // a number that is another of the stream
				copy(bad[at&^3:], bad[rng.IntN(len(bad)-4)&^3:][:4])
			}
		}
		if rng.IntN(20) == 0 {
			bad = bad[:rng.IntN(len(bad))]
		}
		r, err := checkStream(t.Context(), bad, 1+n%3)
		switch {
		case err == nil && r.Data.Rows <= whole.Data.Rows:
			reports++
		case err == nil:
			t.Errorf("stream %d: %d rows are made of %d", n, r.Data.Rows, whole.Data.Rows)
		default:
			errs++
			if errors.Is(err, sdc.ErrInternal) {
				panics++
				t.Logf("stream %d: %v", n, err)
			}
		}
	}
	t.Logf("%d errors (%d of them panics), %d reports", errs, panics, reports)
	if errs < tries/10 || reports < tries/10 {
		t.Errorf("of %d streams %d are errors and %d are read: the test has lost its bite", tries, errs, reports)
	}
}

// TestLyingOffsets: offsets of texts that Arrow hands on as they are.
func TestLyingOffsets(t *testing.T) {
	for _, tc := range []struct {
		name    string
		offsets []int32
		says    string // "" for what is right
	}{
		{"right", []int32{0, 1, 2, 3}, ""},
		{"right, not from 0", []int32{1, 2, 3, 3}, ""},
		{"descending", []int32{0, 2, 1, 3}, "row 1"},
		{"negative", []int32{-1, 1, 2, 3}, "row 1"},
		{"behind the data and back", []int32{0, 1 << 30, 2, 3}, "row 1"},
		{"overflowing", []int32{0, math.MaxInt32, math.MinInt32, 3}, "row 1"},
	} {
		for _, use := range []string{"spanning", "respondent", "dictionary"} {
			for _, threads := range []int{1, 2} {
				t.Run(fmt.Sprintf("%s, %s, %d threads", tc.name, use, threads), func(t *testing.T) {
					texts := array.NewData(arrow.BinaryTypes.String, 3, []*memory.Buffer{nil, memory.NewBufferBytes(arrow.Int32Traits.CastToBytes(tc.offsets)), memory.NewBufferBytes([]byte("abc"))}, nil, 0, 0)
					var arr arrow.Array = array.NewStringData(texts)
					if use == "dictionary" {
						dt := &arrow.DictionaryType{IndexType: arrow.PrimitiveTypes.Int8, ValueType: arrow.BinaryTypes.String}
						arr = array.NewDictionaryData(array.NewDataWithDictionary(dt, 3, []*memory.Buffer{nil, memory.NewBufferBytes([]byte{0, 1, 2})}, 0, 0, texts))
					}
					schema := arrow.NewSchema([]arrow.Field{{Name: "a", Type: arr.DataType()}, {Name: "b", Type: arrow.FixedWidthTypes.Boolean}}, nil)
					bools := array.NewBooleanData(array.NewData(arrow.FixedWidthTypes.Boolean, 3, []*memory.Buffer{nil, memory.NewBufferBytes([]byte{5})}, nil, 0, 0))
					d := sdc.FromReaders(&changing{schema: schema, records: []arrow.Record{array.NewRecord(schema, []arrow.Array{arr, bools}, 3)}})
					o := sdc.Output{Name: "n", Kind: sdc.Frequency, By: []string{"a"}}
					if use == "respondent" {
						o.By, d.Roles.Respondent = []string{"b"}, "a"
					}
					r, err := sdc.Check(t.Context(), d, []sdc.Output{o}, sdc.CBS(), sdc.Options{Threads: threads})
					if tc.says == "" {
						if err != nil {
							t.Error(err)
						}
						return
					}
					refused(t, r, err, sdc.ErrBroken, tc.says)
				})
			}
		}
	}
}

// TestEndWithoutEOF: readers of Arrow that end with io.EOF in Err have ended well; those
// with another error have not, however many rows they gave.
func TestEndWithoutEOF(t *testing.T) {
	table := persons()
	defer table.Release()
	own := errors.New("the line is cut")
	for _, tc := range []struct {
		name string
		err  error
		want error
	}{{"nil", nil, nil}, {"io.EOF", io.EOF, nil}, {"unexpected EOF", io.ErrUnexpectedEOF, io.ErrUnexpectedEOF}, {"another", own, own}} {
		for _, threads := range []int{1, 2} {
			t.Run(fmt.Sprintf("%s, %d threads", tc.name, threads), func(t *testing.T) {
				inner := array.NewTableReader(table, 7)
				defer inner.Release()
				r, err := sdc.Check(t.Context(), sdc.FromReaders(ending{inner, tc.err}), regions(), sdc.CBS(), sdc.Options{Threads: threads})
				if !errors.Is(err, tc.want) || (err == nil) != (tc.want == nil) || (r == nil) != (err != nil) {
					t.Errorf("%v", err)
				}
			})
		}
	}
}

// ending is a reader with another error at its end.
type ending struct {
	array.RecordReader
	err error
}

// Err implements array.RecordReader.
func (e ending) Err() error { return e.err }

// BenchmarkTrusted compares a check of arrays that are looked at with one of arrays that
// are trusted.
func BenchmarkTrusted(b *testing.B) {
	text := stream(b, 200000)
	for _, trusted := range []bool{false, true} {
		b.Run(fmt.Sprintf("trusted=%v", trusted), func(b *testing.B) {
			var rows atomic.Int64
			for b.Loop() {
				r, err := ipc.NewReader(bytes.NewReader(text))
				if err != nil {
					b.Fatal(err)
				}
				d := sdc.FromReaders(r)
				d.Roles = sdc.Roles{Respondent: "id", Holding: "own"}
				d.Missing = map[string]sdc.Missing{"": sdc.MissingCategory}
				report, err := sdc.Check(b.Context(), d, allColumns(), sdc.CBS(), sdc.Options{Threads: 1, Trusted: trusted})
				if err != nil {
					b.Fatal(err)
				}
				rows.Add(report.Data.Rows)
				r.Release()
			}
			b.ReportMetric(float64(rows.Load())/b.Elapsed().Seconds(), "rows/s")
		})
	}
}
