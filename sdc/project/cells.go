package project

import (
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"io"
	"path/filepath"
	"slices"
	"strings"

	plainfiles "github.com/sluis-go/sluis/internal/files"
	"github.com/sluis-go/sluis/sdc"
	"github.com/sluis-go/sluis/sdc/cells"
	"github.com/sluis-go/sluis/sdc/origin"
	"github.com/sluis-go/sluis/sdc/source"
	"github.com/sluis-go/sluis/sdc/spec"
	"github.com/sluis-go/sluis/suppress/foreign"
)

// checkCells checks outputs of which the spec gives the cells, and not the records.
func (p *Project) checkCells(ctx context.Context, outputs []sdc.Output, opts sdc.Options) (*sdc.Report, error) {
	s := p.spec
	if s.Dossier != "" {
		return nil, &RequestError{fmt.Errorf("%w: a dossier is about the data of persons that a project reads, and the spec has a table of cells: leave the dossier out", sdc.ErrRequest)}
	}
	d := &sdc.Data{
		Cells: map[string]*cells.Table{}, Hierarchies: s.Hierarchies, About: s.About, NotIdentifiers: s.NotIdentifiers, Declared: s.Declared,
	}
	for i := range outputs {
		o := &outputs[i]
		table, sum, err := readCells(s, o)
		if err != nil {
			return nil, err
		}
		d.Cells[o.Name] = table
		if d.Sources == nil {
			d.Sources = []origin.Source{{Name: filepath.Base(s.Cells.File), SHA256: sum}}
		}
		if sum != d.Sources[0].SHA256 {
			return nil, fmt.Errorf("%s: the file has changed while it was read", s.Cells.File)
		}
	}
	r, err := sdc.Check(ctx, d, outputs, p.policy, opts)
	if errors.Is(err, sdc.ErrRequest) {
		return nil, &RequestError{err}
	}
	if err != nil {
		return nil, err
	}
	r.Manifest = &origin.Manifest{Tool: p.o.Tool, Inputs: s.Files}
	return r, nil
}

// describeCells describes the file of an output: its metadata first, and then the spec.
func describeCells(s *spec.Spec, o *sdc.Output) (f *foreign.Spec, err error) {
	c := s.Cells
	f = &foreign.Spec{Inner: c.Total == nil, Separator: s.Options.CSV.Delimiter}
	if c.Metadata != "" {
		dir, name := filepath.Split(c.Metadata)
		if f, err = foreign.ReadRDA(plainfiles.FS(filepath.Clean(dir)), name); err != nil {
			return nil, describeError(c.Metadata, err)
		}
	}
	variables := f.Variables
	f.Variables = nil
	for _, name := range o.By {
		v := foreign.Variable{Name: name, Total: c.TotalOf(name)}
		if c.Metadata != "" {
			k := slices.IndexFunc(variables, func(v foreign.Variable) bool { return v.Name == name })
			if k < 0 {
				return nil, describeError(c.Metadata, fmt.Errorf("%w: the table has no spanning variable %q of output %q", sdc.ErrRequest, name, o.Name))
			}
			v = variables[k]
		}
		if tree := s.Hierarchies[name]; tree != nil {
			v.Tree = tree
		}
		f.Variables = append(f.Variables, v)
	}
	if c.Metadata != "" && len(variables) != len(o.By) {
		return nil, describeError(c.Metadata, fmt.Errorf("%w: the table has %d spanning variables, and output %q has %d: name them all", sdc.ErrRequest, len(variables), o.Name, len(o.By)))
	}
	for _, x := range []struct {
		to   *string
		name string
	}{
		{&f.Value, c.Value}, {&f.Contributors, c.Contributors}, {&f.Status, c.Status}, {&f.Lower, c.Lower}, {&f.Upper, c.Upper},
		{&f.Sliding, c.Sliding}, {&f.Cost, c.Cost}, {&f.Owner, c.Owner},
	} {
		if x.name != "" {
			*x.to = x.name
		}
	}
	if len(c.Largest) > 0 {
		f.Largest = c.Largest
	}
	if c.Codes != "" {
		if f.Codes, err = foreign.Codes(c.Codes); err != nil {
			return nil, &RequestError{err}
		}
	}
	f.Decimal = '.'
	if s.Options.CSV.DecimalComma {
		f.Decimal = ','
	}
	if f.Separator == 0 {
		f.Separator = source.FindDelimiter(s.Patterns)
	}
	return f, nil
}

// describeError names the file of metadata.
func describeError(name string, err error) error {
	err = fmt.Errorf("%s: %w", name, err)
	if errors.Is(err, sdc.ErrRequest) {
		return &RequestError{err}
	}
	return err
}

// readCells reads the table of an output, and returns the SHA-256 of its file.
func readCells(s *spec.Spec, o *sdc.Output) (*cells.Table, string, error) {
	c := s.Cells
	f, err := describeCells(s, o)
	if err != nil {
		return nil, "", err
	}
	in, err := plainfiles.Open(c.File)
	if err != nil {
		return nil, "", err
	}
	defer in.Close() //nolint:errcheck // read only
	hash := sha256.New()
	fail := func(err error) error {
		err = fmt.Errorf("%s: %w", c.File, err)
		if errors.Is(err, foreign.ErrRequest) {
			return &RequestError{err}
		}
		return err
	}
	table, err := foreign.Read(io.TeeReader(in, hash), *f)
	if err != nil {
		return nil, "", fail(err)
	}
	if _, err := io.Copy(hash, in); err != nil { // what the reader has left
		return nil, "", err
	}
	sum := fmt.Sprintf("%x", hash.Sum(nil))
	if want, given := s.Options.Sums[filepath.Clean(c.File)]; s.Options.Sums != nil && (!given || !strings.EqualFold(want, sum)) {
		return nil, "", &source.FileError{File: c.File, Err: source.ErrHash}
	}
	out, err := table.Evidence(o.Kind == sdc.Frequency)
	if err != nil {
		return nil, "", fail(err)
	}
	return out, sum, nil
}
