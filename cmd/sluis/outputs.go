package main

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"

	"github.com/apache/arrow/go/v15/arrow"
	"github.com/apache/arrow/go/v15/arrow/memory"

	plainfiles "github.com/sluis-go/sluis/internal/files"
	"github.com/sluis-go/sluis/internal/staging"
	"github.com/sluis-go/sluis/sdc"
	"github.com/sluis-go/sluis/sdc/source"
)

// fitOutputs refuses files to write that are read by the same command, under any
// name, or are written twice: what was there would be gone. Empty names stand for
// no file, globs among the inputs for what they find; - stands for standard output.
func fitOutputs(inputs []string, outputs ...string) error {
	taken := map[string]bool{}
	var read []os.FileInfo
	for _, pattern := range inputs {
		for _, name := range globbed(pattern) {
			if info, err := os.Stat(name); err == nil {
				read = append(read, info)
			}
		}
	}
	for _, name := range outputs {
		if name == "" {
			continue
		}
		path, err := filepath.Abs(name)
		if err != nil {
			return err
		}
		if taken[path] {
			return usageError(fmt.Errorf("%s would be written twice", name))
		}
		taken[path] = true
		if name == toStdout {
			continue
		}
		info, err := os.Stat(name)
		if err != nil {
			continue // there is nothing to lose
		}
		for _, r := range read {
			if os.SameFile(info, r) {
				return usageError(fmt.Errorf("%s is read, and would be written over", name))
			}
		}
	}
	return nil
}

// writeFile writes a file that a verb was asked for: through fn, complete or absent, to
// standard output where its name is -. It stops when the context ends.
func writeFile(ctx context.Context, path string, fn func(io.Writer) error) error {
	if path != toStdout {
		err := source.WriteFile(path, func(w io.Writer) error { return fn(interrupted{ctx, w}) })
		if err == nil {
			wrote(ctx, path)
		}
		return err
	}
	b := bufio.NewWriterSize(interrupted{ctx, stdoutOf(ctx)}, 1<<16)
	if err := fn(b); err != nil {
		return err
	}
	return b.Flush()
}

// recordFile is a file of records that a verb was asked for. The name - stands for standard
// output: the file is then written as CSV in a folder of its own, and copied to standard
// output in the end. So standard output gets a complete file or none.
type recordFile struct {
	*source.Writer
	ctx   context.Context
	path  string
	stage *staging.Folder // nil for one with a name
}

// createRecords starts one; see [source.Create].
func createRecords(ctx context.Context, path string, schema *arrow.Schema, opts source.WriterOptions) (*recordFile, error) {
	f := &recordFile{ctx: ctx, path: path}
	var err error
	if path == toStdout {
		if f.stage, err = staging.New(os.TempDir()); err != nil {
			return nil, err
		}
		path = f.stage.Path(stagedRecords)
	}
	if f.Writer, err = source.Create(path, schema, opts); err != nil && f.stage != nil {
		f.stage.Drop() //nolint:errcheck // the first error is the one to tell
	}
	return f, err
}

// writeRecord writes one record to a file and releases it.
func writeRecord(ctx context.Context, path string, rec arrow.Record) error {
	defer rec.Release()
	w, err := createRecords(ctx, path, rec.Schema(), source.WriterOptions{})
	if err != nil {
		return err
	}
	if err := w.Write(rec); err != nil {
		return errors.Join(err, w.Abort())
	}
	return w.Close()
}

// writeCells writes the cells of a report to a file of records.
func writeCells(ctx context.Context, r *sdc.Report, path string) error {
	w, err := createRecords(ctx, path, r.CellsSchema(), source.WriterOptions{Defuse: true})
	if err != nil {
		return err
	}
	if err := r.WriteCells(memory.DefaultAllocator, w.Write); err != nil {
		return errors.Join(err, w.Abort())
	}
	return w.Close()
}

// writeValues writes the values of the published statistics of safe cells.
func writeValues(ctx context.Context, r *sdc.Report, path string) error {
	w, err := createRecords(ctx, path, r.ValuesSchema(), source.WriterOptions{Defuse: true})
	if err != nil {
		return err
	}
	if err := r.WriteValues(memory.DefaultAllocator, w.Write); err != nil {
		return errors.Join(err, w.Abort())
	}
	return w.Close()
}

const stagedRecords = "records.csv"

// Write appends a record, unless the context has ended.
func (f *recordFile) Write(rec arrow.Record) error {
	if err := f.ctx.Err(); err != nil {
		return err
	}
	return f.Writer.Write(rec)
}

// Abort drops the file.
func (f *recordFile) Abort() error {
	err := f.Writer.Abort()
	if f.stage != nil {
		err = errors.Join(err, f.stage.Drop())
	}
	return err
}

// Close finishes the file. After an error nothing is left behind.
func (f *recordFile) Close() error {
	if err := f.ctx.Err(); err != nil {
		return errors.Join(err, f.Abort())
	}
	err := f.Writer.Close()
	if f.stage == nil {
		if err == nil {
			wrote(f.ctx, f.path)
		}
		return err
	}
	if err == nil {
		err = f.copy()
	}
	return errors.Join(err, f.stage.Drop())
}

func (f *recordFile) copy() error {
	in, err := openPlain(f.stage.Path(stagedRecords))
	if err != nil {
		return err
	}
	defer in.Close() //nolint:errcheck // read only
	_, err = io.Copy(interrupted{f.ctx, stdoutOf(f.ctx)}, in)
	return err
}

// globbed lists the files of a pattern; a name without one is itself.
func globbed(pattern string) []string {
	names, err := plainfiles.Glob(pattern)
	if err != nil {
		return nil // opening it says why
	}
	return names
}

// openPlain opens a plain file for reading.
func openPlain(path string) (*os.File, error) { return plainfiles.Open(path) }

// readSmall reads a plain file that has a bound.
func readSmall(path string) ([]byte, error) { return plainfiles.Read(path) }

// plainFiles is a folder of which plain files alone are read.
func plainFiles(dir string) fs.FS { return plainfiles.FS(dir) }
