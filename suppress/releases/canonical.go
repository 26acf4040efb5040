package releases

import (
	"bytes"
	"context"
	"encoding/csv"
	"errors"
	"io"
	"strconv"
	"strings"

	"github.com/apache/arrow/go/v15/arrow"
	"github.com/apache/arrow/go/v15/arrow/array"
	"github.com/apache/arrow/go/v15/arrow/decimal128"
	"github.com/apache/arrow/go/v15/arrow/memory"

	"github.com/sluis-go/sluis/internal/files"
	"github.com/sluis-go/sluis/internal/formula"
	"github.com/sluis-go/sluis/sdc/source"
)

// canonical reports whether a Parquet file is, byte for byte, the file that protect
// writes for the release in a CSV file. Then no dictionary, statistic, metadata or unused
// byte of the file can hold more than the CSV file. The names of columns and the number
// of decimals come from the schema of the Parquet file; the rest comes from the CSV file.
func canonical(ctx context.Context, text, binary string) (bool, error) {
	s, err := source.Open(ctx, []string{binary}, source.Options{})
	if errors.Is(err, source.ErrUnsupported) {
		return false, nil
	}
	if err != nil {
		return false, err
	}
	schema := s.Schema()
	if err := s.Close(); err != nil {
		return false, err
	}
	n := schema.NumFields() - 3
	if n < 0 || schema.Field(n).Name != "value" {
		return false, nil
	}
	digits := int32(0)
	if d, ok := schema.Field(n).Type.(*arrow.Decimal128Type); ok {
		digits = d.Scale
	}
	f, err := files.Open(text)
	if err != nil {
		return false, err
	}
	defer f.Close() //nolint:errcheck // read only
	var want bytes.Buffer
	switch err := rewrite(csv.NewReader(f), schema, digits, &want); {
	case errors.Is(err, errOtherForm):
		return false, nil
	case err != nil:
		return false, err
	}
	is, err := files.Open(binary)
	if err != nil {
		return false, err
	}
	defer is.Close() //nolint:errcheck // read only
	return equalBytes(is, want.Bytes())
}

// errOtherForm says that a release is not in the form that protect writes.
var errOtherForm = errors.New("not in the form of a release")

// rewrite writes a release anew as Parquet, from its CSV form. Only the names and codes that
// a spreadsheet would take for formulas need the schema: CSV has them with an apostrophe.
func rewrite(in *csv.Reader, is *arrow.Schema, digits int32, to io.Writer) error {
	head, err := in.Read()
	if err != nil {
		return errOtherForm
	}
	n := len(head) - 3
	if n != is.NumFields()-3 {
		return errOtherForm
	}
	var fields []arrow.Field
	for i := range n {
		if formula.Defuse(is.Field(i).Name) != head[i] {
			return errOtherForm
		}
		fields = append(fields, arrow.Field{Name: is.Field(i).Name, Type: arrow.BinaryTypes.String})
	}
	value := arrow.DataType(arrow.PrimitiveTypes.Int64)
	if digits > 0 {
		value = &arrow.Decimal128Type{Precision: 18, Scale: digits}
	}
	schema := arrow.NewSchema(append(fields,
		arrow.Field{Name: "value", Type: value, Nullable: true},
		arrow.Field{Name: "status", Type: arrow.BinaryTypes.String},
		arrow.Field{Name: "status_tau", Type: arrow.PrimitiveTypes.Int32},
	), nil)
	out, err := source.NewWriter(to, ".parquet", schema, source.WriterOptions{})
	if err != nil {
		return err
	}
	b := array.NewRecordBuilder(memory.DefaultAllocator, schema)
	defer b.Release()
	flush := func() error {
		rec := b.NewRecord()
		defer rec.Release()
		return out.Write(rec)
	}
	for rows := 1; ; rows++ {
		row, err := in.Read()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			return errOtherForm
		}
		if err := appendRow(b, row, n, digits); err != nil {
			return err
		}
		if rows%(1<<16) == 0 {
			if err := flush(); err != nil {
				return err
			}
		}
	}
	if err := flush(); err != nil {
		return err
	}
	return out.Close()
}

// appendRow appends a cell of a release.
func appendRow(b *array.RecordBuilder, row []string, n int, digits int32) error {
	for v, code := range row[:n] {
		b.Field(v).(*array.StringBuilder).Append(undefused(code))
	}
	text := row[n]
	switch {
	case text == "":
		b.Field(n).AppendNull()
	case digits > 0:
		whole, fraction, _ := strings.Cut(text, ".")
		x, err := strconv.ParseInt(whole+fraction, 10, 64)
		if err != nil || int32(len(fraction)) != digits {
			return errOtherForm
		}
		b.Field(n).(*array.Decimal128Builder).Append(decimal128.FromI64(x))
	default:
		x, err := strconv.ParseInt(text, 10, 64)
		if err != nil {
			return errOtherForm
		}
		b.Field(n).(*array.Int64Builder).Append(x)
	}
	b.Field(n + 1).(*array.StringBuilder).Append(row[n+1])
	tau, err := strconv.ParseInt(row[n+2], 10, 32)
	if err != nil {
		return errOtherForm
	}
	b.Field(n + 2).(*array.Int32Builder).Append(int32(tau))
	return nil
}

// undefused takes off the apostrophe that formula.Defuse has put in front of a code.
func undefused(code string) string {
	if bare, ok := strings.CutPrefix(code, "'"); ok && formula.Defuse(bare) == code {
		return bare
	}
	return code
}

// equalBytes reports whether all that is left of a file is want.
func equalBytes(f io.Reader, want []byte) (bool, error) {
	text, err := io.ReadAll(io.LimitReader(f, int64(len(want))+1))
	return bytes.Equal(text, want), err
}
