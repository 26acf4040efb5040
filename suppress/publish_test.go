package suppress_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/apache/arrow/go/v15/arrow"
	"github.com/apache/arrow/go/v15/arrow/array"
	"github.com/apache/arrow/go/v15/arrow/memory"

	"github.com/sluis-go/sluis/sdc"
	"github.com/sluis-go/sluis/sdc/report/words"
	"github.com/sluis-go/sluis/suppress"
	"github.com/sluis-go/sluis/suppress/verify"
)

// persons makes records of two columns, with a person of its own for every one of the
// counts, by region and state.
func persons(mem memory.Allocator, counts map[string][]int) arrow.Table {
	schema := arrow.NewSchema([]arrow.Field{
		{Name: "id", Type: arrow.PrimitiveTypes.Int64}, {Name: "region", Type: arrow.BinaryTypes.String}, {Name: "state", Type: arrow.BinaryTypes.String},
	}, nil)
	b := array.NewRecordBuilder(mem, schema)
	defer b.Release()
	id := int64(0)
	for _, region := range []string{"N", "S", "W"} {
		for s, n := range counts[region] {
			for range n {
				b.Field(0).(*array.Int64Builder).Append(id)
				b.Field(1).(*array.StringBuilder).Append(region)
				b.Field(2).(*array.StringBuilder).Append(string(rune('p' + s)))
				id++
			}
		}
	}
	rec := b.NewRecord()
	defer rec.Release()
	return array.NewTableFromRecords(schema, []arrow.Record{rec})
}

var someCounts = map[string][]int{"N": {4, 30, 28, 33}, "S": {25, 31, 27, 29}, "W": {21, 26, 24, 38}}

// checked is the report of a table of the two columns.
func checked(t *testing.T, opts sdc.Options, outputs ...sdc.Output) *sdc.Report {
	t.Helper()
	return checkedUnder(t, sdc.CBS(), opts, outputs...)
}

// checkedUnder is checked under a policy.
func checkedUnder(t *testing.T, p sdc.Policy, opts sdc.Options, outputs ...sdc.Output) *sdc.Report {
	t.Helper()
	mem := memory.NewCheckedAllocator(memory.DefaultAllocator)
	t.Cleanup(func() { mem.AssertSize(t, 0) })
	table := persons(mem, someCounts)
	defer table.Release()
	data := sdc.FromTable(table)
	data.Roles.Respondent = "id"
	r, err := sdc.Check(t.Context(), data, outputs, p, opts)
	if err != nil {
		t.Fatal(err)
	}
	return r
}

var crossed = sdc.Output{Name: "crossed", Kind: sdc.Frequency, By: []string{"region", "state"}}

// TestPublish: both folders appear whole; the verifier accepts them; the unsafe count is in
// no file that leaves; the same files come out in memory, and with any number of threads.
func TestPublish(t *testing.T) {
	r := checked(t, sdc.Options{Sole: true}, crossed)
	dst := filepath.Join(t.TempDir(), "new", "out")
	p, err := suppress.Publish(t.Context(), r, dst, suppress.Options{Secret: projectSecret})
	if err != nil {
		t.Fatal(err)
	}
	if p.Verdict != sdc.Safe || len(p.Review) != 0 || len(p.Tables) != 1 || p.Tables[0].Loss.Primary != 1 || p.Tables[0].Loss.Secondary == 0 {
		t.Errorf("%v, %q, %+v", p.Verdict, p.Review, p.Tables)
	}
	release := os.DirFS(filepath.Join(dst, suppress.ReleaseFolder))
	if _, err := verify.Certificate(t.Context(), release, p.Proofs[0].File, verify.Limits{}); err != nil {
		t.Error(err)
	}
	for _, threads := range []int{1, 3} {
		m, err := suppress.Release(t.Context(), r, suppress.Options{Threads: threads, Secret: projectSecret})
		if err != nil {
			t.Fatal(err)
		}
		if !slices.Equal(m.Files, p.Files) {
			t.Errorf("files %q, in memory %q", p.Files, m.Files)
		}
		for _, name := range m.Files {
			folder, base, _ := strings.Cut(name, "/")
			there, err := os.ReadFile(filepath.Join(dst, name))
			if err != nil {
				t.Fatal(err)
			}
			here, err := fs.ReadFile(m.FS(folder), base)
			if err != nil || !bytes.Equal(here, there) {
				t.Errorf("%s differs: %v", name, err)
			}
		}
	}
	text, err := fs.ReadFile(release, p.Tables[0].File)
	if err != nil || !strings.Contains(string(text), "N,p,,C,3") {
		t.Errorf("the unsafe cell is not suppressed: %v", err)
	}
}

// TestPublishRefuses: what would release without proof, or half of it, is an error, and
// nothing is left behind.
func TestPublishRefuses(t *testing.T) {
	sole := sdc.Options{Sole: true}
	good := checked(t, sole, crossed)
	remarked := checked(t, sole, crossed)
	remarked.Data.Remarks = append(remarked.Data.Remarks, sdc.Remark{Name: "copy", Verdict: sdc.Unsafe, Message: words.Said("two files are one")})
	microdata := checked(t, sole, crossed, sdc.Output{Name: "records", Kind: sdc.Microdata, By: []string{"region", "state"}})
	taken := t.TempDir()
	if err := os.MkdirAll(filepath.Join(taken, "release"), 0o700); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(taken, "release", "notes.txt"), []byte("mine"), 0o600); err != nil {
		t.Fatal(err)
	}
	fails := errors.New("no")
	for _, tc := range []struct {
		name   string
		report *sdc.Report
		dst    string // "" for a new one
		o      suppress.Options
		want   error
	}{
		{"no report", nil, "", suppress.Options{Secret: projectSecret}, suppress.ErrRequest},
		{"a report that nobody checked", &sdc.Report{}, "", suppress.Options{Secret: projectSecret}, suppress.ErrRequest},
		{"a report that does not say who is alone", checked(t, sdc.Options{}, crossed), "", suppress.Options{Secret: projectSecret}, suppress.ErrRequest},
		{"an unsafe remark on the data", remarked, "", suppress.Options{Secret: projectSecret}, suppress.ErrUnfit},
		{"microdata that hold all of the table", microdata, "", suppress.Options{Secret: projectSecret}, suppress.ErrUnfit},
		{"no table", checked(t, sole, sdc.Output{Name: "records", Kind: sdc.Microdata, By: []string{"region"}}), "", suppress.Options{Secret: projectSecret}, suppress.ErrRequest},
		{"an output that is not there", good, "", suppress.Options{Outputs: []string{"x"}}, suppress.ErrRequest},
		{"a cost that is none", good, "", suppress.Options{Cost: "euro"}, suppress.ErrRequest},
		{"a count that is none", good, "", suppress.Options{Count: "heads"}, suppress.ErrRequest},
		{"nearest without a base", good, "", suppress.Options{Nearest: true}, suppress.ErrRequest},
		{"a base of 1", good, "", suppress.Options{Round: 1}, suppress.ErrRequest},
		{"a form without a function", good, "", suppress.Options{Formats: []suppress.Format{{Suffix: ".x"}}}, suppress.ErrRequest},
		{"a form in another folder", good, "", suppress.Options{Formats: []suppress.Format{{Suffix: "/../x", Write: func(io.Writer, *suppress.Released) error { return nil }}}}, suppress.ErrRequest},
		{"a form that fails", good, "", suppress.Options{Formats: []suppress.Format{{Suffix: ".x", Write: func(io.Writer, *suppress.Released) error { return fails }}}}, fails},
		{"somebody else's file, to be replaced", good, taken, suppress.Options{Replace: true}, suppress.ErrFolder},
		{"what is called before fails", good, "", suppress.Options{Before: func(context.Context, *suppress.Publication) error { return fails }}, fails},
		{"what is called before panics", good, "", suppress.Options{Before: func(context.Context, *suppress.Publication) error { panic("x") }}, nil},
		{"a page with a folder of its own", good, "", suppress.Options{Before: func(_ context.Context, p *suppress.Publication) error {
			return p.Add("release", "../x.html", func(io.Writer) error { return nil })
		}}, suppress.ErrRequest},
		{"a file that is no page", good, "", suppress.Options{Before: func(_ context.Context, p *suppress.Publication) error {
			return p.Add("release", "raw.csv", func(io.Writer) error { return nil })
		}}, suppress.ErrRequest},
		{"a page over a page", good, "", suppress.Options{Before: func(_ context.Context, p *suppress.Publication) error {
			return errors.Join(p.Add("release", "x.html", func(io.Writer) error { return nil }), p.Add("release", "x.html", func(io.Writer) error { return nil }))
		}}, fs.ErrExist},
	} {
		t.Run(tc.name, func(t *testing.T) {
			dst := tc.dst
			if dst == "" {
				dst = filepath.Join(t.TempDir(), "out")
			}
			p, err := suppress.Publish(t.Context(), tc.report, dst, tc.o)
			if err == nil || p != nil || tc.want != nil && !errors.Is(err, tc.want) {
				t.Errorf("%v, %v", p, err)
			}
			if _, err := os.Stat(dst); tc.dst == "" && !errors.Is(err, fs.ErrNotExist) {
				t.Errorf("something is left: %v", err)
			}
			if tc.dst != "" {
				if entries, err := os.ReadDir(dst); err != nil || len(entries) != 1 {
					t.Errorf("%v, %v", entries, err)
				}
				return
			}
			if _, err := suppress.Release(t.Context(), tc.report, tc.o); err == nil {
				t.Error("it is released in memory")
			}
		})
	}
}

// TestPublishCancelled: after a cancel there is the context's error, and nothing else.
func TestPublishCancelled(t *testing.T) {
	r := checked(t, sdc.Options{Sole: true}, crossed)
	ctx, cancel := context.WithCancel(t.Context())
	dst := filepath.Join(t.TempDir(), "out")
	_, err := suppress.Publish(ctx, r, dst, suppress.Options{Before: func(context.Context, *suppress.Publication) error { cancel(); return nil }})
	if !errors.Is(err, context.Canceled) {
		t.Error(err)
	}
	if _, err := os.Stat(dst); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("something is left: %v", err)
	}
}

// TestAddLater: no file is added once the publication is there.
func TestAddLater(t *testing.T) {
	r := checked(t, sdc.Options{Sole: true}, crossed)
	p, err := suppress.Release(t.Context(), r, suppress.Options{Secret: projectSecret})
	if err != nil {
		t.Fatal(err)
	}
	if err := p.Add("release", "x.html", func(io.Writer) error { return nil }); !errors.Is(err, suppress.ErrRequest) {
		t.Error(err)
	}
}

// TestColumnsInNoTable: whether one column fixes another is asked of the data, or is for
// review where nobody can ask.
func TestColumnsInNoTable(t *testing.T) {
	r := checked(t, sdc.Options{Sole: true},
		sdc.Output{Name: "a", Kind: sdc.Frequency, By: []string{"region"}}, sdc.Output{Name: "b", Kind: sdc.Frequency, By: []string{"state"}})
	r.Outputs[0].UnsafeCells = 1 // as if something were hidden
	p, err := suppress.Release(t.Context(), r, suppress.Options{Secret: projectSecret})
	if err != nil {
		t.Fatal(err)
	}
	if p.Verdict != sdc.Review || !slices.Contains(p.Review, "dependent-columns") {
		t.Errorf("%v, %q", p.Verdict, p.Review)
	}
	asked := 0
	p, err = suppress.Release(t.Context(), r, suppress.Options{Secret: projectSecret, Recheck: func(_ context.Context, outputs []sdc.Output) (*sdc.Report, error) {
		asked++
		return checked(t, sdc.Options{Sole: true}, outputs...), nil
	}})
	if err != nil || p.Verdict != sdc.Safe || asked != 1 {
		t.Errorf("%v, asked %d times: %v", p, asked, err)
	}
}

// TestRoundingReview: what the attack on a rounding does not decide is for review.
func TestRoundingReview(t *testing.T) {
	quiet := func(change func(*sdc.Policy)) *sdc.Report {
		table := persons(memory.DefaultAllocator, someCounts)
		defer table.Release()
		data := sdc.FromTable(table)
		data.Roles.Respondent = "id"
		p := sdc.CBS()
		p.Name = "x"
		p.GroupDisclosure.Off, p.GroupRemainder.Off = true, true
		change(&p)
		r, err := sdc.Check(t.Context(), data, []sdc.Output{crossed}, p, sdc.Options{Sole: true})
		if err != nil {
			t.Fatal(err)
		}
		return r
	}
	for _, tc := range []struct {
		name   string
		base   int64
		change func(*sdc.Policy)
		want   []string
	}{
		{"the base is the minimum", 10, func(*sdc.Policy) {}, nil},
		{"the base is above", 15, func(*sdc.Policy) {}, nil},
		{"the base is below", 9, func(*sdc.Policy) {}, []string{"rounding-base"}},
		{"no minimum", 5, func(p *sdc.Policy) { p.MinContributors = sdc.MinContributors{Off: true} }, nil},
		{"a group", 60, func(p *sdc.Policy) { p.GroupDisclosure = sdc.GroupDisclosure{Percent: "30"} }, []string{"group-share"}},
	} {
		t.Run(tc.name, func(t *testing.T) {
			p, err := suppress.Release(t.Context(), quiet(tc.change), suppress.Options{Round: tc.base, Secret: projectSecret})
			if err != nil {
				t.Fatal(err)
			}
			if !slices.Equal(p.Review, tc.want) || (p.Verdict == sdc.Review) != (tc.want != nil) || p.Tables[0].Verdict != p.Verdict {
				t.Errorf("%v, %q", p.Verdict, p.Review)
			}
		})
	}
}

func ExamplePublish() {
	mem := memory.NewGoAllocator()
	table := persons(mem, someCounts)
	defer table.Release()
	data := sdc.FromTable(table)
	data.Roles.Respondent = "id"
	ctx := context.Background()
	report, err := sdc.Check(ctx, data, []sdc.Output{crossed}, sdc.CBS(), sdc.Options{Sole: true})
	if err != nil {
		fmt.Println(err)
		return
	}
	dir, err := os.MkdirTemp("", "example")
	if err != nil {
		fmt.Println(err)
		return
	}
	defer os.RemoveAll(dir)
	p, err := suppress.Publish(ctx, report, filepath.Join(dir, "out"), suppress.Options{Secret: projectSecret})
	if err != nil {
		fmt.Println(err)
		return
	}
	for _, t := range p.Tables {
		fmt.Printf("%s: %d cells, %d unsafe, %d suppressed to protect these\n", t.Name, t.Loss.Cells, t.Loss.Primary, t.Loss.Secondary)
	}
	fmt.Println("verdict:", p.Verdict)
	for _, name := range p.Files {
		fmt.Println(name)
	}
	// Output:
	// crossed: 20 cells, 1 unsafe, 3 suppressed to protect these
	// verdict: safe
	// release/crossed.certificate.json
	// release/crossed.release.csv
	// confidential/crossed.confidential.txt
	// confidential/crossed.confidential.json
	// release/manifest.json
}
