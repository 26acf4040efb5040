package deps_test

import (
	"io"
	"path/filepath"
	"testing"

	"github.com/apache/arrow/go/v15/arrow"

	"github.com/sluis-go/sluis/sdc"
	"github.com/sluis-go/sluis/sdc/local"
	"github.com/sluis-go/sluis/sdc/project"
	"github.com/sluis-go/sluis/sdc/source"
	"github.com/sluis-go/sluis/suppress/records"
)

// jobs are the requests that make a whole run, from files to files.
var jobs = []request{
	requested(150, "job of local suppression", func(t *testing.T) *local.Job {
		out := filepath.Join(t.TempDir(), "safe.csv")
		return &local.Job{
			Input:   project.Input{Files: []string{written(t)}, Respondent: "person", Codes: []string{"region", "state"}},
			Reading: project.Options{OpenStreams: true},
			Keys:    []string{"region", "state"}, Missing: sdc.MissingWildcard, Options: records.Options{K: 3, Cost: []int64{1, 2}, UpTo: 2},
			Out: out, Sign: signer(t), Threads: 2,
			Create: func(schema *arrow.Schema, check func(string) error) (local.Writer, error) {
				return source.Create(out, schema, source.WriterOptions{Check: check})
			},
			Record: func(write func(io.Writer) error) error { return write(io.Discard) },
		}
	}, func(t *testing.T, j *local.Job) error {
		_, err := j.Run(t.Context())
		return err
	}),
}
