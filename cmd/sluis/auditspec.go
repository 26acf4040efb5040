package main

import (
	"errors"
	"fmt"
	"maps"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"

	"github.com/sluis-go/sluis/sdc"
	"github.com/sluis-go/sluis/suppress/foreign"
)

// spec is what the metadata and the flags say of the table; the flags go first.
func (f *auditFlags) spec() (s *foreign.Spec, err error) {
	if f.metadata == "" {
		if len(f.by) == 0 {
			return nil, errors.New("--by is missing: which columns span the table?")
		}
		s = &foreign.Spec{Value: "value", Status: "status"}
		for _, name := range f.by {
			s.Variables = append(s.Variables, foreign.Variable{Name: name, Total: "*"})
		}
	} else {
		if f.by != nil || f.delimiter != "" {
			return nil, errors.New("--by and --delimiter are in the metadata")
		}
		dir, name := filepath.Split(f.metadata)
		if s, err = foreign.ReadRDA(plainFiles(filepath.Clean(dir)), name); err != nil {
			return nil, err
		}
	}
	for _, column := range []struct {
		to   *string
		name string
	}{
		{&s.Value, f.value}, {&s.Status, f.status}, {&s.Lower, f.lower}, {&s.Upper, f.upper}, {&s.Sliding, f.sliding},
		{&s.Contributors, f.contributors}, {&s.Owner, f.owner},
	} {
		if column.name != "" {
			*column.to = column.name
		}
	}
	if f.largest != nil {
		s.Largest = f.largest
	}
	if f.delimiter != "" {
		r, n := utf8.DecodeRuneInString(strings.ReplaceAll(f.delimiter, `\t`, "\t"))
		if n != len(strings.ReplaceAll(f.delimiter, `\t`, "\t")) {
			return nil, errors.New("the delimiter is one character")
		}
		s.Separator = r
	}
	if f.decimal != "." && f.decimal != "," {
		return nil, errors.New("the decimal mark is a point or a comma")
	}
	s.Decimal = rune(f.decimal[0])
	if f.codes != "" {
		if s.Codes, err = foreign.Codes(f.codes); err != nil {
			return nil, err
		}
	}
	switch f.absent {
	case "empty":
	case "withheld":
		s.Absent = foreign.AbsentWithheld
	default:
		return nil, errors.New("--absent is empty or withheld")
	}
	if err := f.setTotals(s); err != nil {
		return nil, err
	}
	return s, f.setTrees(s)
}

// setTotals takes in --total: one code for all variables, or each with its own.
func (f *auditFlags) setTotals(s *foreign.Spec) error {
	for _, t := range f.totals {
		name, code, one := strings.Cut(t, "=")
		found := false
		for i := range s.Variables {
			switch {
			case !one:
				s.Variables[i].Total = t
				found = true
			case s.Variables[i].Name == name:
				s.Variables[i].Total = code
				found = true
			}
		}
		if !found {
			return fmt.Errorf("--total names %q, which does not span the table", name)
		}
	}
	return nil
}

func (f *auditFlags) setTrees(s *foreign.Spec) error {
	for _, name := range slices.Sorted(maps.Keys(f.hierarchies)) {
		k := slices.IndexFunc(s.Variables, func(v foreign.Variable) bool { return v.Name == name })
		if k < 0 {
			return fmt.Errorf("--hierarchy names %q, which does not span the table", name)
		}
		file, err := openPlain(f.hierarchies[name])
		if err != nil {
			return err
		}
		s.Variables[k].Tree, err = sdc.ParseHRC(file, f.lead)
		file.Close() //nolint:errcheck // read only
		if err != nil {
			return fmt.Errorf("%s: %w", f.hierarchies[name], err)
		}
	}
	return nil
}

// options is what the flags say of rules and attacker.
func (f *auditFlags) options() (*foreign.Options, error) {
	o := &foreign.Options{
		Values: f.values, AtLeast: f.atLeast, AtMost: f.atMost, Within: f.within,
		Threads: f.threads, Branches: f.branches, NeedsOnly: !f.intervals,
	}
	if o.Threads <= 0 {
		o.Threads = defaultThreads()
	}
	r := &o.Rules
	r.Range, r.MinContributors = sdc.Percent(f.margin), f.least
	if f.p != "" {
		r.PPercent = &sdc.PPercent{P: sdc.Percent(f.p), Coalition: f.coalition}
	}
	if f.nk != "" {
		n, k, two := strings.Cut(f.nk, ",")
		count, err := strconv.Atoi(n)
		if err != nil || !two {
			return nil, errors.New("--nk has two numbers, as 1,85")
		}
		r.NK = &sdc.NK{N: count, Percent: sdc.Percent(k)}
	}
	if f.pq != "" {
		p, q, two := strings.Cut(f.pq, ",")
		if !two {
			return nil, errors.New("--pq has two numbers, as 10,80")
		}
		r.PQ = &sdc.PQ{P: sdc.Percent(p), Q: sdc.Percent(q)}
	}
	return o, nil
}
