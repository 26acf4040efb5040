package sdc

import (
	"fmt"
	"math/big"
	"slices"
	"strconv"

	"github.com/apache/arrow/go/v15/arrow"
	"github.com/apache/arrow/go/v15/arrow/array"
	"github.com/apache/arrow/go/v15/arrow/memory"
)

// ValuesSchema is the schema of the values of a report. Its columns are:
//
//   - output;
//   - a text column for each spanning variable: "*" for the total, null where the output
//     does not have the variable;
//   - statistic;
//   - value: a decimal as text, null where the verdict is not safe;
//   - verdict: safe, unsafe or review, of the cell.
func (r *Report) ValuesSchema() *arrow.Schema {
	names := slices.Concat([]string{"output"}, r.cellVariables(), []string{"statistic", "value", "verdict"})
	fields := make([]arrow.Field, len(names))
	for i, name := range names {
		fields[i] = arrow.Field{Name: name, Type: arrow.BinaryTypes.String, Nullable: true}
	}
	return arrow.NewSchema(fields, nil)
}

// WriteValues hands the value of every published statistic of every cell of every table, margins
// included, to write, in records of at most 65,536 rows. It releases each record after write
// returns. A frequency table has the statistic count, the respondents. A count of a magnitude
// table is the number of its observations, and a mean is the sum divided by that number; of a
// table that is given as cells both are of contributors.
//
// The value is empty where the verdict on the cell is not safe, so that nobody releases such a
// value by accident; where the cell has no value; and for sums and means of data with weights,
// because the report has no weighted mean. The records are confidential all the same: an empty
// sum is often the difference of others.
//
// A value that is a decimal of at most 40 places is exact. Another one is the shortest decimal
// of the nearest float64.
func (r *Report) WriteValues(mem memory.Allocator, write func(arrow.Record) error) error {
	if mem == nil || write == nil {
		return outputsError("the allocator, or the function that takes the records, is nil")
	}
	variables := r.cellVariables()
	b := array.NewRecordBuilder(mem, r.ValuesSchema())
	defer b.Release()
	flush := func() error {
		rec := b.NewRecord()
		defer rec.Release()
		return write(rec)
	}
	rows := 0
	err := r.cellRows(func(x cellRow) error {
		t := x.cell.t
		if t.output.Kind != Frequency && t.output.Kind != Magnitude {
			return nil
		}
		statistics := t.output.Statistics
		switch {
		case t.output.Kind == Frequency:
			statistics = []string{"count"}
		case len(statistics) == 0:
			statistics = []string{"sum"}
		}
		verdict := r.Status(x.output, x.cell)
		for _, s := range statistics {
			value := ""
			if verdict == Safe {
				value = x.cell.valueText(s)
			}
			col := r.appendPlace(b, variables, x)
			for _, text := range []string{s, value, verdict.String()} {
				if f := b.Field(col).(*array.StringBuilder); text == "" {
					f.AppendNull()
				} else {
					f.Append(text)
				}
				col++
			}
			if rows++; rows%(1<<16) == 0 {
				if err := flush(); err != nil {
					return err
				}
			}
		}
		return nil
	})
	if err != nil {
		return err
	}
	return flush()
}

// valueText is the value of a statistic as text; "" where there is none.
func (c Cell) valueText(statistic string) string {
	if c.t.output.Kind == Frequency {
		return fmt.Sprint(c.Respondents())
	}
	n := c.Records() - c.MissingResponse()
	if c.t.given != nil {
		n = c.Contributors()
	}
	weighted := !c.t.m.Weights.None()
	switch statistic {
	case "count":
		return fmt.Sprint(n)
	case "sum", "mean":
		switch {
		case weighted || statistic == "mean" && n == 0:
			return ""
		case statistic == "sum":
			return ratText(c.Sum())
		}
		return ratText(new(big.Rat).Quo(c.Sum(), big.NewRat(n, 1)))
	}
	if x := c.Statistic(statistic); x != nil {
		return ratText(x)
	}
	return ""
}

// longestDecimal is the number of places of a decimal that is written out.
const longestDecimal = 40

// ratText writes a number: see WriteValues.
func ratText(x *big.Rat) string {
	if places, exact := x.FloatPrec(); exact && places <= longestDecimal {
		return x.FloatString(places)
	}
	f, _ := x.Float64()
	return strconv.FormatFloat(f, 'g', -1, 64)
}
