package project

import (
	"context"
	"path/filepath"
	"slices"

	"github.com/apache/arrow/go/v15/arrow/array"

	"github.com/sluis-go/sluis/sdc/origin"
	"github.com/sluis-go/sluis/sdc/profile"
	"github.com/sluis-go/sluis/sdc/source"
)

// Profile describes the columns of files, as [profile.Make] does, with remarks on the
// files and the records beside them. named are columns of CSV files with fields that are
// text; they must exist. A column of a type that cannot be read is withheld.
//
// A profile may leave. It has the names of the files and no hash: with a hash any reader
// could test a guess of the microdata.
//
// The error is a *RequestError for a column that does not exist, or one of profile.Make.
func Profile(ctx context.Context, files []string, csv source.CSVOptions, named []string, po profile.Options, o Options) (*profile.Profile, error) {
	csv.Infer, csv.Text = true, named
	src, err := source.Open(ctx, files, source.Options{CSV: csv, OpenStreams: o.OpenStreams, Received: o.Received})
	if err != nil {
		return nil, err
	}
	defer src.Close() //nolint:errcheck // read only
	if err := src.Need(named...); err != nil {
		return nil, &RequestError{err}
	}
	columns, all := []string{}, []string{} // columns are the columns that can be read
	for _, field := range src.Schema().Fields() {
		all = append(all, field.Name)
		if source.Readable(field.Type) || slices.Contains(named, field.Name) {
			columns = append(columns, field.Name)
		}
	}
	p, err := profile.Make(ctx, func(ctx context.Context) (array.RecordReader, error) { return src.Reader(ctx, columns) }, po)
	if err != nil {
		return nil, err
	}
	for i, field := range src.Schema().Fields() {
		if !slices.Contains(columns, field.Name) {
			p.Columns = slices.Insert(p.Columns, i, profile.Column{
				Name: field.Name, Type: field.Type.Name(), Withheld: "columns of its type cannot be read", Classes: []profile.Class{},
			})
		}
	}
	if err := src.Hash(ctx); err != nil {
		return nil, err
	}
	joined, err := JoinRecords(src.Files(), o.Trusted, []string{po.Respondent}, all)
	if err != nil {
		return nil, err
	}
	p.Remarks = slices.Concat(joined, p.Remarks, SourceRemarks(src.Files(), true))
	for _, name := range columns {
		if !slices.Contains(named, name) && src.Grouped(name) {
			p.Remarks = append(p.Remarks, thousands(name))
		}
	}
	for _, file := range src.Files() {
		p.Sources = append(p.Sources, origin.Source{Name: filepath.Base(file.Name)})
	}
	return p, nil
}
