package main

import (
	"errors"
	"fmt"

	"github.com/spf13/pflag"

	"github.com/sluis-go/sluis/pseudonym"
)

// What --scan does with columns that may hold identifiers.
const (
	scanRefuse = "refuse"
	scanWarn   = "warn"
)

// inPlan are the flags of pseudonymise that a plan says already.
var inPlan = []string{"column", "direct", "drop", "domain", "encoding", "form", "invalid", "algorithm", "bytes", "expected", "translate"}

// fit refuses flags that do not go together.
func (f *pseudonymiseFlags) fit(flags *pflag.FlagSet) error {
	if f.scan != "" && f.scan != scanRefuse && f.scan != scanWarn {
		return usageError(errors.New("--scan is refuse or warn, written with an equals sign"))
	}
	if f.plan == "" {
		return nil
	}
	for _, name := range inPlan {
		if flags.Changed(name) {
			return usageError(fmt.Errorf("--%s does not go with --plan: the plan says it", name))
		}
	}
	return nil
}

// prepare reads the key, and makes what makes pseudonyms of each column. The caller
// destroys both.
func (f *pseudonymiseFlags) prepare() (key pseudonym.Key, err error) {
	var plan *pseudonym.Plan
	var c pseudonym.Config
	if f.plan != "" {
		if f.keyFile == "" {
			return key, usageError(errors.New("--key-file is required"))
		}
		plan, err = loadPlan(f.plan)
	} else {
		c, err = f.config()
	}
	if err != nil {
		return key, err
	}
	if key, err = loadKey(f.keyFile, f.identity); err != nil {
		return key, err
	}
	if err = expectKey(key, f.keyID); err == nil && plan != nil {
		f.columns, f.direct, f.drop = plan.Names(), plan.Direct, plan.Drop
		if f.makers, err = plan.Makers(key); err != nil {
			err = fmt.Errorf("%s: %w", f.plan, err)
		}
	} else if err == nil {
		c.Key = key
		var p *pseudonym.Pseudonymizer
		if p, err = pseudonym.New(c); err != nil {
			err = usageError(err)
		}
		f.makers = pseudonym.Columns{}
		for _, name := range f.columns {
			f.makers[name] = p
		}
	}
	if err != nil {
		key.Destroy()
		f.makers = nil
	}
	return key, err
}

// loadPlan reads a plan.
func loadPlan(path string) (*pseudonym.Plan, error) {
	text, err := readSmall(path)
	if err != nil {
		return nil, err
	}
	p, err := pseudonym.ParsePlan(text)
	if err != nil {
		return nil, usageError(fmt.Errorf("%s: %w", path, err))
	}
	return p, nil
}

// looked is what a run ends with: exit status 4 where a column was named and the file
// is written all the same.
func (f *pseudonymiseFlags) looked() error {
	if f.named > 0 {
		return &exitError{code: exitReview}
	}
	return nil
}
