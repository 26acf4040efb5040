package local_test

import (
	"context"
	"errors"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/apache/arrow/go/v15/arrow"

	"github.com/sluis-go/sluis/riskmetrics/measure"
	"github.com/sluis-go/sluis/sdc"
	"github.com/sluis-go/sluis/sdc/local"
	"github.com/sluis-go/sluis/sdc/project"
	"github.com/sluis-go/sluis/sdc/source"
	"github.com/sluis-go/sluis/suppress/records"
)

// people has six records, of which one is alone on its region.
const people = "region,sex,name\nn,f,a\nn,f,b\nn,m,c\nn,m,d\ns,f,e\nn,f,f\n"

// job is a job on the records, in a folder of its own.
func job(t *testing.T) (j *local.Job, folder string) {
	t.Helper()
	folder = t.TempDir()
	in, out := filepath.Join(folder, "in.csv"), filepath.Join(folder, "out.csv")
	if err := os.WriteFile(in, []byte(people), 0o600); err != nil {
		t.Fatal(err)
	}
	keys := []string{"region", "sex"}
	return &local.Job{
		Input: project.Input{Files: []string{in}, Codes: keys, CSV: source.CSVOptions{Clean: keys}},
		Keys:  keys, Missing: sdc.MissingWildcard, Options: records.Options{K: 2, Cost: []int64{1, 1}}, Out: out, Threads: 1,
		Create: func(schema *arrow.Schema, check func(string) error) (local.Writer, error) {
			return source.Create(out, schema, source.WriterOptions{Check: check})
		},
		Record: func(write func(io.Writer) error) error { return source.WriteFile(out+project.LocalSuffix, write) },
	}, folder
}

// files lists the files of a folder.
func files(t *testing.T, folder string) string {
	t.Helper()
	entries, err := os.ReadDir(folder)
	if err != nil {
		t.Fatal(err)
	}
	var names []string
	for _, e := range entries {
		names = append(names, e.Name())
	}
	return strings.Join(names, " ")
}

// TestRun: the copy has the records in their order, with nulls in the keys alone; its record
// reads back, and counts the nulls of the copy.
func TestRun(t *testing.T) {
	j, folder := job(t)
	r, err := j.Run(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	text, err := os.ReadFile(j.Out)
	if err != nil {
		t.Fatal(err)
	}
	lines, nulls := strings.Split(strings.TrimSpace(string(text)), "\n"), int64(0)
	if len(lines) != 7 || files(t, folder) != "in.csv out.csv out.csv.local.json" {
		t.Fatalf("%d lines, files %s", len(lines), files(t, folder))
	}
	for i, before := range strings.Split(strings.TrimSpace(people), "\n") {
		was, is := strings.Split(before, ","), strings.Split(lines[i], ",")
		for k := range was {
			switch {
			case is[k] == was[k]:
			case is[k] == "" && k < 2:
				nulls++
			default:
				t.Errorf("line %d: %q was %q", i+1, lines[i], before)
			}
		}
	}
	told := r.Suppressed[0] + r.Suppressed[1]
	list, err := project.LocalRecords([]string{j.Out})
	if err != nil {
		t.Fatal(err)
	}
	if nulls == 0 || nulls != told || r.Rows != 6 || r.Smallest < 2 || list[0].Records != 6 || list[0].Suppressed[0].Values != r.Suppressed[0] {
		t.Errorf("%d nulls in the file; result %+v, record %+v", nulls, r, list[0])
	}
}

// TestNothingLeft: where a job ends in an error, neither the copy nor a part of the copy is
// in the folder.
func TestNothingLeft(t *testing.T) {
	broken := errors.New("broken")
	for _, tc := range []struct {
		name  string
		spoil func(j *local.Job) context.Context
		want  error
	}{
		{"no such k", func(j *local.Job) context.Context { j.Options.K = 7; return t.Context() }, records.ErrInfeasible},
		{"a k of one", func(j *local.Job) context.Context { j.Options.K = 1; return t.Context() }, records.ErrRequest},
		{"no key", func(j *local.Job) context.Context { j.Keys = nil; return t.Context() }, records.ErrRequest},
		{"Missing is exclude", func(j *local.Job) context.Context { j.Missing = sdc.MissingExclude; return t.Context() }, records.ErrRequest},
		{"no file", func(j *local.Job) context.Context { j.Input.Files[0] += "x"; return t.Context() }, os.ErrNotExist},
		{"the record cannot be written", func(j *local.Job) context.Context {
			j.Record = func(func(io.Writer) error) error { return broken }
			return t.Context()
		}, broken},
		{"the copy cannot be begun", func(j *local.Job) context.Context {
			j.Create = func(*arrow.Schema, func(string) error) (local.Writer, error) { return nil, broken }
			return t.Context()
		}, broken},
		{"the recount does not agree", func(j *local.Job) context.Context {
			create := j.Create
			j.Create = func(schema *arrow.Schema, check func(string) error) (local.Writer, error) {
				return create(schema, func(path string) error {
					text := strings.Replace(people, "n,f,a", "w,f,a", 1) // somebody else writes the file
					if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
						return err
					}
					return check(path)
				})
			}
			return t.Context()
		}, measure.ErrSmall},
		{"the context has ended", func(*local.Job) context.Context {
			ctx, cancel := context.WithCancel(t.Context())
			cancel()
			return ctx
		}, context.Canceled},
	} {
		t.Run(tc.name, func(t *testing.T) {
			j, folder := job(t)
			_, err := j.Run(tc.spoil(j))
			if !errors.Is(err, tc.want) {
				t.Errorf("error %v, want %v", err, tc.want)
			}
			if got := files(t, folder); got != "in.csv" {
				t.Errorf("files that are left: %s", got)
			}
		})
	}
}
