package main

import (
	"errors"
	"strings"

	"github.com/spf13/pflag"

	"github.com/sluis-go/sluis/sdc/source"
)

// csvFlags say how CSV files are read. All verbs that read microdata without a spec
// share them.
type csvFlags struct {
	delimiter, decimal, encoding string
	nulls                        []string
	trim                         bool
	types                        map[string]string
	clean                        []string // columns that are not copied as they stand; nil for all
}

// add adds the flags. types says what columns are that are not named in --type.
func (f *csvFlags) add(flags *pflag.FlagSet, types string) {
	flags.StringVar(&f.delimiter, "delimiter", "", "CSV: delimiter (default: found from the first lines)")
	flags.StringVar(&f.decimal, "decimal", ".", "CSV: decimal mark of numbers, . or ,")
	encoding := "encoding"
	if flags.Lookup(encoding) != nil {
		encoding = "csv-encoding" // the other is that of pseudonyms
	}
	flags.StringVar(&f.encoding, encoding, "", "CSV: utf-8, utf-16, latin-1 or windows-1252 (default: utf-8, and utf-16 with a byte order mark)")
	flags.StringSliceVar(&f.nulls, "null", nil, "CSV: fields that are null beside the empty one, by comma")
	flags.BoolVar(&f.trim, "trim", false, "CSV: drop blanks around fields")
	flags.StringToStringVar(&f.types, "type", nil, "CSV: types, as zip=string,income=int64 (default: "+types+")")
}

// fit refuses types of a file that has its own.
func (f *csvFlags) fit(file string) error {
	if len(f.types) > 0 && !source.IsCSV(file) {
		return usageError(errors.New("--type is for CSV files: the others have types"))
	}
	return nil
}

// options returns how to read files.
func (f *csvFlags) options(files []string) (source.CSVOptions, error) {
	o := source.CSVOptions{Nulls: f.nulls, Trim: f.trim, Types: f.types, Clean: f.clean}
	if o.Encoding = source.Encoding(f.encoding); o.Encoding.Validate() != nil {
		return o, usageError(errors.New("the encoding of CSV is utf-8, utf-16, latin-1 or windows-1252"))
	}
	switch f.decimal {
	case "", ".":
	case ",":
		o.DecimalComma = true
	default:
		return o, usageError(errors.New("--decimal is . or ,"))
	}
	switch d := []rune(strings.ReplaceAll(f.delimiter, `\t`, "\t")); len(d) {
	case 0:
		o.Delimiter = source.FindDelimiter(files)
	case 1:
		o.Delimiter = d[0]
	default:
		return o, usageError(errors.New("the delimiter is one character"))
	}
	return o, nil
}
