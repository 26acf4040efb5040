package replace_test

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/apache/arrow/go/v15/arrow"
	"github.com/google/go-cmp/cmp"

	"github.com/sluis-go/sluis/pseudonym"
	"github.com/sluis-go/sluis/sdc/replace"
	"github.com/sluis-go/sluis/sdc/source"
)

const persons = "person,town,mail\nJansen,A,x\nDe Vries,B,y\nJansen,B,z\n"

var errDisk = errors.New("the disk is full")

// copied is a writer that keeps what is done with it, and fails where it is told.
type copied struct {
	replace.Writer
	failWrite, failClose bool
	before               func() // before the first record
	done                 []string
}

func (c *copied) Write(r arrow.Record) error {
	if c.before != nil {
		c.before()
		c.before = nil
	}
	if c.done = append(c.done, "write"); c.failWrite {
		return errDisk
	}
	return c.Writer.Write(r)
}

func (c *copied) Close() error {
	if c.done = append(c.done, "close"); c.failClose {
		return errors.Join(errDisk, c.Writer.Abort())
	}
	return c.Writer.Close()
}

func (c *copied) Abort() error {
	c.done = append(c.done, "abort")
	return c.Writer.Abort()
}

// run is a job with all that it needs.
type run struct {
	job    *replace.Job
	writer *copied
	key    pseudonym.Key
	makers pseudonym.Columns
	ctx    context.Context
	again  bool
}

func newRun(t *testing.T) *run {
	t.Helper()
	dir := t.TempDir()
	in, out := filepath.Join(dir, "p.csv"), filepath.Join(dir, "copy.csv")
	if err := os.WriteFile(in, []byte(persons), 0o600); err != nil {
		t.Fatal(err)
	}
	key, err := pseudonym.NewKey()
	if err != nil {
		t.Fatal(err)
	}
	maker, err := pseudonym.New(pseudonym.Config{Key: key, Domain: pseudonym.Domain{Project: "p", Variable: "person"}, Form: pseudonym.AsText})
	if err != nil {
		t.Fatal(err)
	}
	r := &run{writer: &copied{}, key: key, makers: pseudonym.Columns{"person": maker}, ctx: t.Context()}
	r.job = &replace.Job{In: in, Out: out, Columns: []string{"person"}, Threads: 2, Tool: "test"}
	r.job.Create = func(schema *arrow.Schema) (replace.Writer, error) {
		w, err := source.Create(r.job.Out, schema, source.WriterOptions{Hash: true})
		if err != nil {
			return nil, err
		}
		r.writer.Writer = w
		return r.writer, nil
	}
	return r
}

func (r *run) pseudonymise() (*pseudonym.Record, error) {
	return r.job.Pseudonymise(r.ctx, r.key, r.makers, r.again)
}

// TestPseudonymise: the copy has pseudonyms in the place of identifiers, and all else as it
// was; the record has the hashes of both files and the number of values.
func TestPseudonymise(t *testing.T) {
	r := newRun(t)
	r.job.Drop = []string{"mail"}
	record, err := r.pseudonymise()
	if err != nil {
		t.Fatal(err)
	}
	text, err := os.ReadFile(r.job.Out)
	if err != nil {
		t.Fatal(err)
	}
	name := func(s string) string {
		p, err := r.makers["person"].Text(s)
		if err != nil {
			t.Fatal(err)
		}
		return p
	}
	want := "person,town\n" + name("Jansen") + ",A\n" + name("De Vries") + ",B\n" + name("Jansen") + ",B\n"
	if diff := cmp.Diff(want, string(text)); diff != "" {
		t.Error(diff)
	}
	c := record.Columns[0]
	if len(record.Columns) != 1 || c.Column != "person" || c.Distinct != 2 || record.Output.Name != "copy.csv" || len(record.Output.SHA256) != 64 ||
		len(record.Inputs) != 1 || record.Inputs[0].Name != "p.csv" || record.Inputs[0].Keyed == "" || record.Inputs[0].SHA256 != "" {
		t.Errorf("%+v", record)
	}
	if !slices.Equal(r.writer.done, []string{"write", "close"}) {
		t.Errorf("%q", r.writer.done)
	}
}

// TestNoCopy: what cannot be done is an error without an identifier, and leaves neither a
// copy nor a part of one. wrote says whether the copy had been begun.
func TestNoCopy(t *testing.T) {
	old := "an earlier file"
	for _, tc := range []struct {
		name   string
		change func(t *testing.T, r *run)
		want   error // nil for any
		wrote  bool
	}{
		{"no column", func(_ *testing.T, r *run) { r.job.Columns = nil }, replace.ErrRequest, false},
		{"no writer", func(_ *testing.T, r *run) { r.job.Create = nil }, replace.ErrRequest, false},
		{"no pseudonymizer", func(_ *testing.T, r *run) { r.makers = nil }, replace.ErrRequest, false},
		{"the pseudonymizer of another column", func(_ *testing.T, r *run) { r.job.Columns = []string{"town"} }, replace.ErrRequest, false},
		{"a destroyed key", func(_ *testing.T, r *run) { r.key.Destroy() }, pseudonym.ErrDestroyed, false},
		{"no key", func(_ *testing.T, r *run) { r.key = pseudonym.Key{} }, pseudonym.ErrDestroyed, false},
		{"a column twice", func(_ *testing.T, r *run) { r.job.Columns = []string{"person", "person"} }, replace.ErrRequest, false},
		{"a column that is not there", func(_ *testing.T, r *run) { r.job.Drop = []string{"Mail"} }, nil, false},
		{"replaced and dropped", func(_ *testing.T, r *run) { r.job.Drop = []string{"person"} }, replace.ErrRequest, false},
		{"a direct identifier left", func(_ *testing.T, r *run) { r.job.Direct = []string{"person", "mail"} }, replace.ErrDirect, false},
		{"no file", func(_ *testing.T, r *run) { r.job.In += "x" }, os.ErrNotExist, false},
		{"no folder for the copy", func(t *testing.T, r *run) { r.job.Out = filepath.Join(t.TempDir(), "none", "copy.csv") }, os.ErrNotExist, false},
		{"a folder in the place of the copy", func(t *testing.T, r *run) { r.job.Out = t.TempDir() }, nil, false},
		{"cancelled before", func(t *testing.T, r *run) {
			ctx, cancel := context.WithCancel(t.Context())
			cancel()
			r.ctx = ctx
		}, context.Canceled, false},
		{"cancelled while it is written", func(t *testing.T, r *run) {
			ctx, cancel := context.WithCancel(t.Context())
			r.ctx, r.writer.before = ctx, cancel
		}, context.Canceled, true},
		{"the disk is full", func(_ *testing.T, r *run) { r.writer.failWrite = true }, errDisk, true},
		{"the disk is full at the end", func(_ *testing.T, r *run) { r.writer.failClose = true }, errDisk, true},
		{"the input changes", func(t *testing.T, r *run) {
			text := "person,town,mail\n" + strings.Repeat("Jansen,A,x\n", 1<<18)
			if err := os.WriteFile(r.job.In, []byte(text), 0o600); err != nil {
				t.Fatal(err)
			}
			r.writer.before = func() {
				if err := os.WriteFile(r.job.In, []byte(strings.ReplaceAll(text, "A,x", "B,x")), 0o600); err != nil {
					t.Fatal(err)
				}
			}
		}, nil, true},
		{"a column that may hold identifiers", func(t *testing.T, r *run) {
			if err := os.WriteFile(r.job.In, []byte("person,town,mail\nJansen,A,jansen@example.nl\n"), 0o600); err != nil {
				t.Fatal(err)
			}
			r.job.Scan = true
		}, replace.ErrScan, true},
	} {
		t.Run(tc.name, func(t *testing.T) {
			r := newRun(t)
			if err := os.WriteFile(r.job.Out, []byte(old), 0o600); err != nil {
				t.Fatal(err)
			}
			kept := r.job.Out
			tc.change(t, r)
			record, err := r.pseudonymise()
			if err == nil || record != nil || tc.want != nil && !errors.Is(err, tc.want) {
				t.Fatalf("%v, %v", record, err)
			}
			for _, secret := range []string{"Jansen", "Vries", "example.nl"} {
				if strings.Contains(err.Error(), secret) {
					t.Errorf("the error names %q: %v", secret, err)
				}
			}
			if began := len(r.writer.done) > 0; began != tc.wrote {
				t.Errorf("%q", r.writer.done)
			}
			if tc.wrote && !r.writer.failClose && r.writer.done[len(r.writer.done)-1] != "abort" {
				t.Errorf("%q", r.writer.done)
			}
			if text, err := os.ReadFile(kept); err != nil || string(text) != old {
				t.Errorf("the earlier file is %q, %v", text, err)
			}
			entries, err := os.ReadDir(filepath.Dir(kept))
			if err != nil {
				t.Fatal(err)
			}
			if len(entries) != 2 {
				t.Errorf("something is left: %v", entries)
			}
		})
	}
}

// TestLooked: a column that may hold identifiers is copied where a person has looked at it,
// and is named either way.
func TestLooked(t *testing.T) {
	for _, allow := range []bool{false, true} {
		r := newRun(t)
		if err := os.WriteFile(r.job.In, []byte("person,town,mail\nJansen,A,jansen@example.nl\n"), 0o600); err != nil {
			t.Fatal(err)
		}
		r.job.Scan, r.job.Allow = true, allow
		_, err := r.pseudonymise()
		if errors.Is(err, replace.ErrScan) == allow || allow && err != nil {
			t.Errorf("allowed %v: %v", allow, err)
		}
		if len(r.job.Suspects) != 1 || r.job.Suspects[0].Column != "mail" {
			t.Errorf("allowed %v: %v", allow, r.job.Suspects)
		}
		if _, err := os.Stat(r.job.Out); (err == nil) != allow {
			t.Errorf("allowed %v: %v", allow, err)
		}
	}
}

// TestLinkageOfNothing: a linkage of a job that lacks something is an error.
func TestLinkageOfNothing(t *testing.T) {
	for name, change := range map[string]func(*run){
		"as it is": func(*run) {}, "no column": func(r *run) { r.job.Columns = nil }, "no pseudonymizer": func(r *run) { r.makers = nil },
		"a column that is not there": func(r *run) { r.job.Columns = []string{"Person"} },
	} {
		t.Run(name, func(t *testing.T) {
			r := newRun(t)
			change(r)
			l, invalid, err := r.job.Linkage(r.ctx, r.makers["person"])
			if (err == nil) != (name == "as it is") || (l == nil) == (err == nil) || invalid != 0 {
				t.Errorf("%v, %d, %v", l, invalid, err)
			}
		})
	}
}
