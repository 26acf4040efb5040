package main

import (
	"context"
	"fmt"
	"math/big"
	"slices"
	"strings"

	"github.com/apache/arrow/go/v15/arrow"

	"github.com/sluis-go/sluis/riskmetrics"
	"github.com/sluis-go/sluis/sdc"
	"github.com/sluis-go/sluis/sdc/source"
)

// off is a policy without rules: only the evidence is timed.
func off() sdc.Policy {
	return sdc.Policy{
		Name:                "bench",
		MinContributors:     sdc.MinContributors{Off: true},
		MinHoldings:         sdc.MinHoldings{Off: true},
		AllEqual:            sdc.AllEqual{Off: true},
		NK:                  sdc.NK{Off: true},
		PPercent:            sdc.PPercent{Off: true},
		PQ:                  sdc.PQ{Off: true},
		GroupDisclosure:     sdc.GroupDisclosure{Off: true},
		GroupRemainder:      sdc.GroupRemainder{Off: true},
		ZeroCells:           sdc.ZeroCells{Off: true},
		Closeness:           sdc.Closeness{Off: true},
		KAnonymity:          sdc.KAnonymity{Off: true},
		Identifiers:         sdc.Identifiers{Off: true},
		Endpoints:           sdc.Endpoints{Off: true},
		QuantileTail:        sdc.QuantileTail{Off: true},
		MinDegreesOfFreedom: sdc.MinDegreesOfFreedom{Off: true},
		Request:             sdc.Request{Off: true},
		Weighting:           "tau",
	}
}

var (
	countOutput = sdc.Output{Name: "o", Kind: sdc.Frequency, By: spanning, NoMargins: true}
	sumOutput   = sdc.Output{Name: "o", Kind: sdc.Magnitude, By: spanning, Response: "x", NoMargins: true}
)

// reading is the result of a run, to be read after the clock has stopped.
type reading func() []string

// check runs the evidence pass.
func check(ctx context.Context, d *sdc.Data, o sdc.Output, threads int, read func(sdc.Cell) []string) (reading, error) {
	r, err := sdc.Check(ctx, d, []sdc.Output{o}, off(), sdc.Options{Threads: threads})
	if err != nil {
		return nil, err
	}
	return func() []string {
		var out []string
		for c := range r.Tables[0].Cells() {
			var line []string
			for _, at := range c.Coordinates() {
				if at.Total {
					at.Code = "*"
				}
				line = append(line, at.Code)
			}
			out = append(out, strings.Join(append(line, read(c)...), "|"))
		}
		slices.Sort(out)
		return out
	}, nil
}

// inMemory checks a table with the given roles.
func inMemory(t arrow.Table, roles sdc.Roles, o sdc.Output, read func(sdc.Cell) []string) func(context.Context, int) (reading, error) {
	return func(ctx context.Context, threads int) (reading, error) {
		d := sdc.FromTable(t)
		d.Roles = roles
		return check(ctx, d, o, threads, read)
	}
}

// fromFiles checks Parquet files, with opening and closing.
func fromFiles(paths []string, columns []string, o sdc.Output, read func(sdc.Cell) []string) func(context.Context, int) (reading, error) {
	return func(ctx context.Context, threads int) (reading, error) {
		src, err := source.Open(ctx, paths, source.Options{})
		if err != nil {
			return nil, err
		}
		defer src.Close()
		readers, err := src.Split(ctx, columns, threads)
		if err != nil {
			return nil, err
		}
		defer func() {
			for _, r := range readers {
				r.Release()
			}
		}()
		return check(ctx, sdc.FromReaders(readers...), o, threads, read)
	}
}

// classSizes gives every record the size of its class.
func classSizes(t arrow.Table) func(context.Context, int) (reading, error) {
	return func(ctx context.Context, threads int) (reading, error) {
		c, err := riskmetrics.NewClasses(ctx, t, riskmetrics.Options{Keys: keys, Threads: threads})
		if err != nil {
			return nil, err
		}
		size := c.SampleFreq()
		return func() []string {
			records := map[float64]int64{}
			for _, f := range size {
				records[f]++
			}
			var out []string
			for f, n := range records {
				out = append(out, fmt.Sprintf("%.0f|%d", f, n))
			}
			slices.Sort(out)
			return out
		}, nil
	}
}

func cellCount(c sdc.Cell) []string { return []string{fmt.Sprint(c.Records())} }

func cellDistinct(c sdc.Cell) []string {
	return []string{fmt.Sprint(c.Records()), fmt.Sprint(c.Respondents())}
}

func cellSums(c sdc.Cell) []string { return append(cellCount(c), amounts(c)...) }

func cellHoldings(c sdc.Cell) []string {
	return append([]string{fmt.Sprint(c.Records()), fmt.Sprint(c.Holdings())}, amounts(c)...)
}

// amounts are the sum, the sum of absolutes and the two largest.
func amounts(c sdc.Cell) []string {
	top := append(c.Top(), new(big.Rat), new(big.Rat))
	return []string{c.Sum().RatString(), c.SumAbs().RatString(), top[0].RatString(), top[1].RatString()}
}
