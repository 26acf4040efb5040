package project_test

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/sluis-go/sluis/sdc"
	"github.com/sluis-go/sluis/sdc/project"
	"github.com/sluis-go/sluis/sdc/spec"
)

// folder writes a small project: four persons in N, thirty in Z.
func folder(dir string) (*spec.Spec, error) {
	data := "id,region\n"
	for i := range 34 {
		data += fmt.Sprintf("p%d,%c\n", i, "NZ"[min(1, i/4)])
	}
	text := "version: 1\ndata: {source: d.csv, respondent: id}\noutputs:\n  - {name: n, kind: frequency, by: [region]}\n"
	err := errors.Join(os.WriteFile(filepath.Join(dir, "d.csv"), []byte(data), 0o600), os.WriteFile(filepath.Join(dir, "s.yaml"), []byte(text), 0o600))
	if err != nil {
		return nil, err
	}
	return spec.Load(filepath.Join(dir, "s.yaml"))
}

// TestCheckTwice: a second check of a project reads the same files, and refuses one that has
// changed since the first.
func TestCheckTwice(t *testing.T) {
	dir := t.TempDir()
	s, err := folder(dir)
	if err != nil {
		t.Fatal(err)
	}
	var seen int64
	run := project.New(s, sdc.CBS(), project.Options{Watch: func(total int64) (func(int64), func()) {
		return func(rows int64) { seen = rows }, func() {}
	}})
	first, err := run.Check(t.Context(), sdc.Options{})
	if err != nil {
		t.Fatal(err)
	}
	if first.Verdict != sdc.Unsafe || len(first.Data.Sources) != 1 || len(first.Data.Sources[0].SHA256) != 64 || seen == 0 {
		t.Errorf("%v, %+v, %d rows seen", first.Verdict, first.Data.Sources, seen)
	}
	other, err := run.CheckOutputs(t.Context(), []sdc.Output{{Name: "all", Kind: sdc.Frequency, By: []string{"region"}, Margins: [][]string{{}}}}, sdc.Options{Threads: 2})
	if err != nil || other.Data.Sources[0] != first.Data.Sources[0] || other.Outputs[0].Name != "all" {
		t.Errorf("%+v, %v", other, err)
	}
	name := filepath.Join(dir, "d.csv")
	text, err := os.ReadFile(name)
	if err == nil {
		err = os.WriteFile(name, []byte(strings.Replace(string(text), "p33", "p99", 1)), 0o600)
	}
	if err != nil {
		t.Fatal(err)
	}
	if _, err := run.Check(t.Context(), sdc.Options{}); err == nil {
		t.Error("a file that has changed was read")
	}
}

// TestRequestErrors: what a person wrote wrongly is told from what is wrong with the data.
func TestRequestErrors(t *testing.T) {
	for _, tc := range []struct {
		name    string
		change  func(*spec.Spec)
		request bool
	}{
		{"a dossier that is none", func(s *spec.Spec) { s.Dossier = s.Patterns[0] }, true},
		{"an output twice", func(s *spec.Spec) { s.Outputs = append(s.Outputs, s.Outputs...) }, true},
		{"no record of local suppression", func(s *spec.Spec) { s.Missing = map[string]sdc.Missing{"region": sdc.MissingSuppressed} }, true},
		{"a file that is not there", func(s *spec.Spec) { s.Patterns = []string{filepath.Join(t.TempDir(), "x.csv")} }, false},
	} {
		t.Run(tc.name, func(t *testing.T) {
			s, err := folder(t.TempDir())
			if err != nil {
				t.Fatal(err)
			}
			tc.change(s)
			_, err = project.New(s, sdc.CBS(), project.Options{}).Check(t.Context(), sdc.Options{})
			var request *project.RequestError
			if err == nil || errors.As(err, &request) != tc.request {
				t.Errorf("%v", err)
			}
		})
	}
}

// TestCancel: a check that is cancelled ends with the error of the context.
func TestCancel(t *testing.T) {
	s, err := folder(t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := project.New(s, sdc.CBS(), project.Options{}).Check(ctx, sdc.Options{}); !errors.Is(err, context.Canceled) {
		t.Error(err)
	}
}

func ExampleProject_Check() {
	dir, err := os.MkdirTemp("", "project")
	if err != nil {
		fmt.Println(err)
		return
	}
	defer os.RemoveAll(dir)
	s, err := folder(dir)
	if err != nil {
		fmt.Println(err)
		return
	}
	ctx := context.Background()
	run := project.New(s, sdc.CBS(), project.Options{})
	report, err := run.Check(ctx, sdc.Options{})
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println(report.Outputs[0].Name, report.Verdict)
	for _, f := range report.Outputs[0].Findings {
		fmt.Println(f.Rule, f.Cell)
	}
	// Output:
	// n unsafe
	// min-contributors region=N
}
