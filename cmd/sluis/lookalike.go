package main

import (
	"errors"
	"fmt"
	"slices"

	"github.com/apache/arrow/go/v15/arrow"
	"github.com/spf13/pflag"

	"github.com/sluis-go/sluis/sdc"
)

// addForm adds the flag that says that units which look alike are different ones.
func addForm(fl *pflag.FlagSet, form *string) {
	fl.StringVar(form, "respondent-form", "", "exact: persons (and households) whose texts differ in case, blanks, Unicode form or invisible characters alone are different; without it such texts are an error")
}

// lookAlikes looks in columns of units, and in columns of values, for texts that look
// alike. One person in two ways of writing would count twice: an error, unless form says
// exact. One value in two ways of writing is two values, of which somebody must judge.
func lookAlikes(data arrow.Table, units, values []string, form string) ([]sdc.Remark, error) {
	if form != "" && form != "exact" {
		return nil, usageError(errors.New("--respondent-form is exact, not another word"))
	}
	var out []sdc.Remark
	for k, name := range slices.Concat(units, values) {
		if name == "" {
			continue
		}
		if k >= len(units) {
			remarks, err := sdc.CodeLooks(data, name)
			if err != nil {
				return nil, err
			}
			out = append(out, remarks...)
			continue
		}
		remarks, err := sdc.UnitLooks(data, name, sdc.RespondentForm(form))
		if errors.Is(err, sdc.ErrLookAlike) {
			err = fmt.Errorf("%w (here: --respondent-form exact, or write one form into the file)", err)
		}
		if err != nil {
			return nil, err
		}
		out = append(out, remarks...)
	}
	return out, nil
}
